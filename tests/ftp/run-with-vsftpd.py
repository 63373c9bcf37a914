# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a test program, which speaks TAP itself, with vsftpd at its side."""

import os
import subprocess
import sys

import vsftpd
import wbtest


class Fixture(wbtest.TestCase):
    def runTest(self):
        pass


def main():
    fixture = Fixture()
    fixture.setUp()
    try:
        server = vsftpd.Vsftpd(fixture)
        os.mkdir(fixture.path("local"))
        return subprocess.run(sys.argv[1:], env=dict(
            os.environ, WB_TEST_URL=server.url.removesuffix("upload/"),
            WB_TEST_FOLDER=server.folder, WB_TEST_LOCAL=fixture.path("local"))).returncode
    finally:
        fixture.doCleanups()


if __name__ == "__main__":
    sys.exit(main())

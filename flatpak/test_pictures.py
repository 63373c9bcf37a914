#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of the pages in the sandbox, light and dark, English and Chinese, to be looked at. That each
can be drawn without a complaint, in its own language, is what is tested."""

import os
import sys

import wbtest

sys.path.insert(0, os.path.join(os.environ["G_TEST_SRCDIR"], "e2e"))

import test_shots  # noqa: E402
from sandbox import APP, SHOTS, PortalDesktop  # noqa: E402


class Shots(test_shots.Shots):
    """The same walk; only the desktop, the program and the folder are others."""

    shots = SHOTS

    def desktop(self, **how):
        return ["flatpak", "run", "--user", APP], PortalDesktop(**how)

    # The desktop has no such setting to keep, and narrow windows look the same.
    test_welcome = test_narrow = test_narrow_chinese_dark = None


if __name__ == "__main__":
    wbtest.main()

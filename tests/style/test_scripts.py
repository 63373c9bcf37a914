# SPDX-License-Identifier: GPL-3.0-or-later
"""What the scripts around the tree say where they cannot do what they are for."""

import os
import subprocess

import wbtest

TOP = os.path.dirname(os.environ["G_TEST_SRCDIR"].rstrip("/"))


class FlatpakTest(wbtest.TestCase):
    """flatpak/run-test.sh on a machine that can run no Flatpak: it is skipped, in one plain line."""

    def run_with(self, **commands):
        """Run it where these commands do something else."""
        for name, text in commands.items():
            path = self.write(os.path.join("bin", name), f"#!/bin/sh\n{text}\n".encode())
            os.chmod(path, 0o755)
        env = dict(os.environ, PATH=self.path("bin") + ":" + os.environ["PATH"])
        done = subprocess.run([os.path.join(TOP, "flatpak/run-test.sh")], env=env, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (77, ""))
        self.assertRegex(done.stdout, r"\AThe Flatpak was not tested: [^\n]*\.\n\Z")
        return done.stdout

    def test_not_root(self):
        self.assertIn("root", self.run_with(id="echo 1000"))

    def test_no_fuse_or_no_user_namespaces(self):
        said = self.run_with(id="echo 0", unshare="echo Operation not permitted >&2; exit 1")
        self.assertIn("user namespaces" if os.path.exists("/dev/fuse") else "FUSE", said)


if __name__ == "__main__":
    wbtest.main()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The installed Flatpak, used in its sandbox as a person uses it: the mail's way as tests/e2e walks it,
with every file chosen through the portal."""

import os
import re
import sys

import wbtest
from gui import atspi

sys.path.insert(0, os.path.join(os.environ["G_TEST_SRCDIR"], "e2e"))

import test_mail  # noqa: E402
from sandbox import APP, SHOTS, PortalDesktop  # noqa: E402


class Use(test_mail.Mail):
    @classmethod
    def installation(cls):
        return ["flatpak", "run", "--user", APP], PortalDesktop(size=cls.SIZE, settings=cls.SETTINGS)

    @classmethod
    def prepare(cls):
        super().prepare()
        # The sandbox has its own folder for data; the tests of the mail look where it is without one.
        inside = os.path.join(cls.home, ".var/app", APP, "data/wirebench")
        os.makedirs(inside, exist_ok=True)
        os.makedirs(os.path.join(cls.home, ".local/share"), exist_ok=True)
        os.symlink(inside, os.path.join(cls.home, ".local/share/wirebench"))

    def keep(self, name):
        self.desktop.screenshot(os.path.join(SHOTS, name + ".png"))

    # WebKit's later releases put a tree of their own in place of the view, which has no name then.

    def inside(self, window, role=None, name=None, **kw):
        if name == "Message text":
            return wbtest.wait_until(lambda: self.editor(window), "the editor")
        return super().inside(window, role, name, **kw)

    def editor(self, window):
        above = super().inside(window, "push button", "Clear formatting")
        below = [n for n in atspi.find_all(window.frame, "panel") if n.box[1] > above.box[1] and n.box[3] > 200]
        return below[-1] if below else None

    def find(self, role=None, name=None, **kw):
        return super().find(role, "Formatted" if name == "Formatted mail" else name, **kw)

    def test_0_started(self):
        self.keep("started")
        info = self.desktop.inside("cat", "/.flatpak-info").stdout
        self.assertIn("name=" + APP, info)
        self.assertNotIn("filesystems=", info)


if __name__ == "__main__":
    wbtest.main()

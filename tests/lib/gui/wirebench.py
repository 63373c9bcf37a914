# SPDX-License-Identifier: GPL-3.0-or-later
"""Wirebench on a desktop of its own."""

import os

import wbtest
from gui import atspi
from gui.pointer import Window
from gui.session import Desktop

BUILD = os.path.dirname(os.environ["G_TEST_BUILDDIR"].rstrip("/"))
SHOTS = os.path.join(BUILD, "screenshots")


def program():
    """The program, and the environment that it finds its things by: the installed copy of the build
    where there is one (only that has translations), else the one in the build folder."""
    prefix = os.path.join(BUILD, "_install")
    if os.path.exists(prefix + "/bin/wirebench"):
        return prefix + "/bin/wirebench", {
            "XDG_DATA_DIRS": prefix + "/share:/usr/local/share:/usr/share",
            "GSETTINGS_SCHEMA_DIR": prefix + "/share/glib-2.0/schemas",
        }
    return BUILD + "/src/app/wirebench", {"GSETTINGS_SCHEMA_DIR": BUILD + "/data"}


class WindowTest(wbtest.TestCase):
    """A test of the window. AT-SPI knows one desktop a process, so a file has one such class, and its
    tests share the desktop and the program, in the order of their names."""

    SIZE = "1280x900"
    DARK = False
    LANGUAGE = "en"
    SETTINGS = "welcomed=true"
    ended = False

    @classmethod
    def setUpClass(cls):
        argv, cls.desktop = cls.installation()
        cls.desktop.__enter__()
        cls.addClassCleanup(cls.desktop.__exit__, None, None, None)
        cls.home = cls.desktop.env["HOME"]
        cls.prepare()
        cls.app = cls.desktop.run(argv, G_DEBUG="fatal-criticals")
        atspi.connect(cls.desktop)
        cls.tree = atspi.application("wirebench")
        cls.window = Window(cls.desktop, cls.tree, "Wirebench")
        width, height = map(int, cls.SIZE.split("x"))
        cls.window.place(0, 0, min(width - 20, 1240), min(height - 20, 860))

    @classmethod
    def installation(cls):
        """The command that starts the program, and the desktop for it."""
        path, env = program()
        return [path], Desktop(size=cls.SIZE, dark=cls.DARK, language=cls.LANGUAGE, env=env,
                               settings=cls.SETTINGS)

    @classmethod
    def prepare(cls):
        """What has to be in place before the program starts, such as files in its home."""

    def setUp(self):
        super().setUp()
        self.assertIsNone(self.app.process.poll(), "the program ended before this test")

    def tearDown(self):
        if self.app.process.poll() != 0 or not self.ended:
            self.assertIsNone(self.app.process.poll(), "the program ended: " +
                              "\n".join(self.app.errors[-20:]))
        self.assertEqual(self.app.criticals(), [])

    def quit(self):
        """Leave the program by its key; the last thing that a file does."""
        type(self).ended = True
        self.window.focus()
        self.window.key("ctrl+q")
        wbtest.wait_until(lambda: self.app.process.poll() is not None, "the program to end")
        self.assertEqual(self.app.process.returncode, 0)

    def shot(self, name):
        self.desktop.screenshot(os.path.join(SHOTS, name + ".png"), self.window.id)

    def page(self, number):
        """Go to a page by its key."""
        self.window.focus()
        self.window.key(f"ctrl+{number}")

    def find(self, role=None, name=None, **kw):
        try:
            return atspi.find(self.tree, role, name, **kw)
        except AssertionError:
            self.desktop.screenshot(os.path.join(SHOTS, "failed-" + self.id() + ".png"))
            raise

    def click(self, role=None, name=None, **kw):
        node = self.find(role, name)
        self.window.click(node, **kw)
        return node

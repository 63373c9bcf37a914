# SPDX-License-Identifier: GPL-3.0-or-later
"""Wirebench on a desktop of its own."""

import os
import re
import sys

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
    SETTINGS = "welcomed=true\nsend-delay=0"
    # What a failed test tells of.
    TELLING = ("label", "push button", "toggle button", "menu item", "frame", "dialog")
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

    def run(self, result=None):
        bad = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > bad:
            self.desktop.screenshot(self.picture("failed-" + self.id()))
            # Where nobody can see the picture.
            print("On the screen:", " · ".join(dict.fromkeys(
                n.name[:60] for n in atspi.walk(self.tree) if n.name and n.role in self.TELLING))[:3000],
                file=sys.stderr, flush=True)
        return result

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

    def picture(self, name):
        return os.path.join(SHOTS, name + ".png")

    def shot(self, name):
        self.desktop.screenshot(self.picture(name), self.window.id)

    def page(self, number):
        """Go to a page by its key."""
        self.window.focus()
        self.window.key(f"ctrl+{number}")

    def find(self, role=None, name=None, **kw):
        return atspi.find(self.tree, role, name, **kw)

    def addresses(self, window, field="To"):
        """What stands in a field of addresses of a composer: the finished ones, then what is typed."""
        # Not what is offered to go on with.
        chips = [n for n in atspi.walk(atspi.find(window.frame, "list", field), skip=("GtkPopover",))
                 if n.role == "list item"]
        typed = atspi.text(atspi.find(window.frame, "text", field))
        return [chip.name for chip in chips] + [typed] * bool(typed)

    def click(self, role=None, name=None, **kw):
        node = self.find(role, name)
        self.window.click(node, **kw)
        return node

    def rests(self, node):
        """Wait until something that slides in stands still."""
        seen = []

        def same():
            seen.append(atspi.extents(node))
            return len(seen) > 20 and len(set(seen[-20:])) == 1

        wbtest.wait_until(same, "it to stand still")
        return node

    # Windows beside the program's own

    def inside(self, window, role=None, name=None, **kw):
        return atspi.find(window.frame, role, name, **kw)

    def composer(self, title="New Mail"):
        return Window(self.desktop, self.tree, re.escape(title), atspi.find(self.tree, "frame", title))

    def gone(self, window):
        wbtest.wait_until(lambda: window.id not in self.desktop.xdo(
            "search", "--onlyvisible", "--class", "wirebench").split(), "the window to close", timeout=60)

    def discard(self, composer):
        composer.focus()
        composer.key("ctrl+w")
        self.find(None, re.compile("Keep this mail"))
        self.desktop.xdo("key", "alt+d")
        self.gone(composer)

    def choose_file(self, title, path, save=False):
        """Type a path into a file chooser, as its users do; SAVE where it asks for a new one."""
        self.desktop.xdo("search", "--sync", "--onlyvisible", "--name", f"^{title}$")
        Window(self.desktop, None, title).focus()
        if save or title.startswith("Save"):
            # A chooser that is still filling itself may take a part of what comes.
            def entered():
                self.desktop.xdo("key", "ctrl+a")
                self.desktop.paste(path)
                self.desktop.xdo("sleep", 0.2, "key", "ctrl+a", "ctrl+c", "sleep", 0.2)
                return self.desktop.clipboard() == path
            wbtest.wait_until(entered, f"the chooser {title} to take the path")
        else:
            self.desktop.xdo("key", "slash")
            self.desktop.paste(path[1:], loops=0)
        self.desktop.xdo("sleep", 0.3, "key", "Return")
        wbtest.wait_until(
            lambda: not self.desktop.xdo("search", "--onlyvisible", "--name", f"^{title}$"),
            f"the chooser {title} to close")


class PageTest(WindowTest):
    """A test that walks from page to page. Pages behind the one in front keep their places, as AT-SPI
    tells it, so what is looked for is looked for on one page."""

    KINDS = (None, "WbMailPage", "WbFilesPage", "WbSocketsPage", "WbLabPage", "WbLearnPage")
    number = 1

    def page(self, number):
        super().page(number)
        type(self).number = number
        wbtest.wait_until(lambda: atspi.find_all(self.tree, "filler", self.KINDS[number]),
                          f"the page {number}")

    def whole_page(self):
        return self.find("filler", self.KINDS[self.number])

    def here(self, role=None, name=None, **kw):
        """Find on the page in front."""
        return atspi.find(self.whole_page(), role, name, **kw)

    def count(self, role, name):
        return len(atspi.find_all(self.whole_page(), role, name))

    def press(self, role=None, name=None, **kw):
        node = self.here(role, name, **kw)
        self.window.click(node)
        return node

    def entry(self, name, nth=0):
        """An entry is an "entry" to AT-SPI or a "text", as GTK pleases."""
        return self.here(re.compile("^(entry|text)$"), name, nth=nth)

    def choose(self, dropdown, choice):
        """Choose in a drop-down list of the page."""
        self.press("combo box", dropdown)
        popover = self.find(None, "GtkPopover")
        self.window.click(self.rests(atspi.find(popover, "label", choice)))
        atspi.gone(self.tree, None, "GtkPopover")

    def choose_in_menu(self, button, item, nth=0):
        """Open the menu of a button of the page, choose in it, and let it close."""
        self.press(None, button, nth=nth)
        self.click("menu item", item)
        atspi.gone(self.tree, "menu item", item)

    def start_endpoint(self, kind):
        self.choose_in_menu("Add", kind)
        self.here("label", kind.replace("Server", "server").replace("Client", "client"))

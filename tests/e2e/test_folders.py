# SPDX-License-Identifier: GPL-3.0-or-later
"""The folders among the rows of the two panes: what is dropped on one goes into it, what is renamed takes
nobody's place, and how much fits into the one that is shown."""

import os
import re

import wbtest
from ftpscript import FtpScript, features
from gui import atspi
from gui.screen import REFUSED
from gui.wirebench import WindowTest
from test_queue import Owner
from vsftpd import Vsftpd


def at_the_top(_session, argument):
    """The answer to CWD of a server with one folder."""
    return "250 there" if argument in (".", "/") else "550 no such folder"


class Folders(WindowTest):
    HERE, THERE = "This Computer", "Server"

    @classmethod
    def prepare(cls):
        cls.server = Vsftpd(Owner(cls))
        for root, names in ((cls.home, ("mine.txt", "near.txt", "far.txt")),
                            (cls.server.folder, ("ra.txt", "rb.txt", "theirs.txt"))):
            os.makedirs(os.path.join(root, "box"))
            os.chmod(os.path.join(root, "box"), 0o777)
            for name in names:
                with open(os.path.join(root, name), "w") as f:
                    f.write(name)

    def there(self, *names):
        return os.path.join(self.server.folder, *names)

    def here(self, *names):
        return os.path.join(self.home, *names)

    def list(self, pane):
        return self.find("tree table", pane)

    def row(self, pane, name):
        return wbtest.wait_until(
            lambda: (atspi.find_all(self.list(pane), "label", name) or [None])[0],
            f"{name} in {pane}", timeout=30)

    def connect(self, url):
        self.page(2)
        if atspi.find_all(self.window.frame, "push button", "Disconnect"):
            self.click("push button", "Disconnect")
            self.find("label", "Not Connected")
        self.window.fill(self.find(None, "Server address"), url)
        self.window.key("Return")
        self.find("push button", "Disconnect")

    def drag(self, pane, name, to, onto, **kw):
        self.window.drag(self.window.at(self.row(pane, name), 0.1),
                         self.window.at(self.row(to, onto), 0.3), **kw)

    def arrives(self, path):
        wbtest.wait_until(lambda: os.path.exists(path), path, timeout=30)

    def read(self, path):
        with open(path, encoding="utf-8") as f:
            return f.read()

    def rename(self, name, new):
        self.window.click(self.row(self.THERE, name), fx=0.1)
        self.window.key("F2")
        self.find("text", "New name")
        self.window.key("ctrl+a")
        self.window.type(new)
        self.window.key("Return")

    def test_1_a_name_that_is_taken(self):
        self.connect(self.server.url)
        self.rename("ra.txt", "rb.txt")
        self.find("label", "“rb.txt” is there already. Choose another name.")
        self.shot("folders-taken")
        self.window.key("Escape")
        # Also where it came since the folder was listed, and where its kind is another.
        with open(self.there("late.txt"), "w", encoding="utf-8") as f:
            f.write("late")
        self.rename("ra.txt", "late.txt")
        self.find("label", re.compile("has a file or folder of that name already"))
        for name in ("ra.txt", "rb.txt"):
            self.assertEqual(self.read(self.there(name)), name)
        self.assertEqual(self.read(self.there("late.txt")), "late")
        self.rename("ra.txt", "free.txt")
        self.arrives(self.there("free.txt"))
        self.row(self.THERE, "free.txt")

    def test_2_from_the_other_side(self):
        self.drag(self.HERE, "mine.txt", self.THERE, "box", release=False)
        self.shot("folders-drop")
        self.desktop.xdo("mouseup", 1)
        self.arrives(self.there("box", "mine.txt"))
        self.shot("folders-dropped")
        self.assertFalse(os.path.exists(self.there("mine.txt")))
        self.drag(self.THERE, "theirs.txt", self.HERE, "box")
        self.arrives(self.here("box", "theirs.txt"))
        self.assertFalse(os.path.exists(self.here("theirs.txt")))
        # Onto a file: into the folder that is shown.
        self.drag(self.THERE, "theirs.txt", self.HERE, "mine.txt")
        self.arrives(self.here("theirs.txt"))

    def test_3_within_a_pane(self):
        for pane, place, name in ((self.HERE, self.here, "near.txt"),
                                  (self.THERE, self.there, "rb.txt")):
            with self.subTest(pane):
                self.drag(pane, name, pane, "box")
                self.arrives(place("box", name))
                self.assertEqual(self.read(place("box", name)), name)
                wbtest.wait_until(lambda place=place, name=name: not os.path.exists(place(name)),
                                  "it to be gone from here", timeout=30)
                atspi.gone(self.list(pane), "label", name)

    def test_4_not_over_what_is_there(self):
        for pane, place, name, words in (
                (self.HERE, self.here, "mine.txt", "“mine.txt” is in that folder already"),
                (self.THERE, self.there, "free.txt", "has a file or folder of that name already")):
            with self.subTest(pane):
                with open(place("box", name), "w", encoding="utf-8") as f:
                    f.write("other")
                self.drag(pane, name, pane, "box")
                self.find("label", re.compile(words), timeout=30)
                self.assertEqual(self.read(place("box", name)), "other")
                self.assertEqual(self.read(place(name)),
                                 "ra.txt" if name == "free.txt" else name)
        self.shot("folders-not-moved")

    def test_5_where_nothing_would_happen(self):
        """The pointer says so."""
        for pane, name, onto in ((self.HERE, "far.txt", "mine.txt"), (self.THERE, "box", "box"),
                                 (self.HERE, "box", "far.txt")):
            with self.subTest(pane=pane, onto=onto):
                x, y = self.window.at(self.row(pane, name), 0.1)
                to_x, to_y = self.window.at(self.row(pane, onto), 0.3)
                self.desktop.xdo("mousemove", x, y, "sleep", 0.06, "mousedown", 1, "sleep", 0.06,
                                 "mousemove", x + 8, y + 3, "sleep", 0.05, "mousemove", x + 20, y + 4,
                                 "sleep", 0.05, "mousemove", to_x, to_y, "sleep", 0.05)
                for i in range(4):
                    self.desktop.xdo("mousemove", to_x + i % 2, to_y, "sleep", 0.06)
                self.desktop.pointer.wait_pointer(REFUSED, "the drag to be refused")
                self.desktop.xdo("mouseup", 1)
                # What is refused flies back first.
                self.row(pane, name)

    def test_6_space(self):
        """Asked for where the server tells that it has it, and only there."""
        asked = []

        def space(_session, argument):
            asked.append(argument)
            return "213 3200000000"

        without = FtpScript(self, {"plain.txt": b"x"}, on={"AVBL": space, "CWD": at_the_top})
        self.connect(without.url)
        self.row(self.THERE, "plain.txt")
        self.assertEqual(asked, [])
        self.assertEqual(atspi.find_all(self.window.frame, "label", re.compile(" free$")), [])
        server = FtpScript(self, {"roomy.txt": b"x"}, on={"AVBL": space, "CWD": at_the_top,
                                                          "FEAT": features("AVBL")})
        self.connect(server.url)
        self.row(self.THERE, "roomy.txt")
        wide = self.rests(self.find("label", re.compile("^3.2.GB free$"))).box
        self.assertEqual(len(asked), 1)
        self.shot("folders-space")
        self.window.measure()
        self.desktop.xdo("windowsize", self.window.id, 360 + 2 * self.window.border_x, 860)
        wbtest.wait_until(lambda: atspi.extents(self.window.frame)[2] == 360, "a narrow window")
        # None of it is cut off, nor beyond the edge.
        narrow = self.rests(self.find("label", re.compile("^3.2.GB free$"))).box
        self.assertEqual(narrow[2:], wide[2:])
        self.assertLessEqual(narrow[0] + narrow[2], 360)
        self.shot("folders-space-narrow")
        self.window.place(0, 0, 1240, 860)

    def test_9_quit(self):
        self.quit()


if __name__ == "__main__":
    wbtest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""The two panes of the Files page by pointer and keys: filtering by typing, sorting, the context menu,
names that are refused, the trash with its Undo, and whole folders deleted from a server."""

import os
import re

import wbtest
from ftpscript import FtpScript, features
from gui import atspi
from gui.pointer import Window
from gui.wirebench import WindowTest
from vsftpd import Vsftpd

PEER = os.path.join(os.environ["G_TEST_SRCDIR"], "lib", "gui", "peer.py")


class Panes(WindowTest):
    @classmethod
    def prepare(cls):
        for name, size in (("alpha.txt", 300), ("beta.txt", 100), ("gamma.bin", 200),
                           ("part 2.txt", 10), ("part 10.txt", 10)):
            with open(os.path.join(cls.home, name), "wb") as f:
                f.write(b"x" * size)
        os.makedirs(os.path.join(cls.home, "folder", "inner"))
        with open(os.path.join(cls.home, "folder", "inner", "deep.txt"), "w") as f:
            f.write("deep\n")

    def list(self, pane):
        return self.find("tree table", pane)

    def names(self, pane):
        """The names in the list, from the top."""
        labels = [(atspi.extents(n), n.name) for n in atspi.find_all(self.list(pane), "label")
                  if re.search(r"\.(txt|bin)$|^(folder|tree|box|link.*)$", n.name)]
        # A row may go while one looks; then it has no place any more.
        return [name for _y, name in sorted((box[1], name) for box, name in labels if box)]

    def wait_names(self, pane, *names):
        wbtest.wait_until(lambda: self.names(pane) == list(names), f"{names} in {pane}", timeout=30)

    def row(self, pane, name):
        return wbtest.wait_until(
            lambda: (atspi.find_all(self.list(pane), "label", name) or [None])[0],
            f"{name} in {pane}", timeout=30)

    def problem(self, pattern):
        return self.find("label", re.compile(pattern), timeout=30)

    def enter(self, text):
        self.find("text", "Name")
        self.window.key("ctrl+a")
        self.window.type(text)
        self.window.key("Return")
        atspi.gone(self.tree, "text", "Name")

    ALL = ("folder", "alpha.txt", "beta.txt", "gamma.bin", "part 2.txt", "part 10.txt")

    def test_1_filter_by_typing(self):
        self.page(2)
        self.wait_names("This Computer", *self.ALL)
        self.window.click(self.row("This Computer", "alpha.txt"), fx=0.1)
        self.window.type("PART")
        self.wait_names("This Computer", "part 2.txt", "part 10.txt")
        self.shot("panes-filter")
        self.window.key("Escape")
        self.wait_names("This Computer", *self.ALL)

    def test_2_sort(self):
        self.window.click(self.row("This Computer", "Size"))
        self.wait_names("This Computer", "folder", "part 2.txt", "part 10.txt", "beta.txt",
                        "gamma.bin", "alpha.txt")
        self.window.click(self.row("This Computer", "Size"))
        self.wait_names("This Computer", "folder", "alpha.txt", "gamma.bin", "beta.txt",
                        "part 2.txt", "part 10.txt")
        self.window.click(self.row("This Computer", "Name"))
        self.wait_names("This Computer", *self.ALL)

    def frame(self, begin, end, *more):
        """Draw a frame with the pointer, from one screen position to another."""
        (x1, y1), (x2, y2) = begin, end
        steps = []
        for i in range(1, 9):
            steps += ["mousemove", round(x1 + (x2 - x1) * i / 8), round(y1 + (y2 - y1) * i / 8),
                      "sleep", 0.02]
        self.desktop.xdo("mousemove", x1, y1, "sleep", 0.06, "mousedown", 1, "sleep", 0.06, *steps,
                         "mousemove", x2, y2, "sleep", 0.06, *more, "mouseup", 1)

    def test_2b_select_by_a_frame(self):
        """From the room below the rows, and from beside a name; a name itself would be dragged."""
        pane = "This Computer"
        below = self.window.at(self.list(pane), 0.3, 0.9)
        self.frame(below, self.window.at(self.row(pane, "gamma.bin"), 0.5))
        self.find("label", "3 of 6 selected")
        self.shot("panes-frame-below")
        self.frame(self.window.at(self.row(pane, "alpha.txt"), 0.95),
                   self.window.at(self.row(pane, "beta.txt"), 0.6))
        self.find("label", "2 of 6 selected")
        # In a column beside the name, too; what is selected would be dragged.
        self.window.click(self.row(pane, "gamma.bin"), fx=0.1)
        self.find("label", "1 of 6 selected")
        self.frame(self.window.at(self.row(pane, "rw-r--r--"), 0.5),
                   self.window.at(self.row(pane, "folder"), 0.8))
        self.find("label", "2 of 6 selected")
        x, y = self.window.at(self.row(pane, "beta.txt"), 0.95)
        self.desktop.xdo("mousemove", x, y, "mousedown", 1, "sleep", 0.06, "mousemove", x - 9, y + 9,
                         "sleep", 0.03, "mousemove", x - 40, y + 60, "sleep", 0.1)
        self.shot("panes-frame")
        self.desktop.xdo("mouseup", 1)
        self.window.click(self.row(pane, "alpha.txt"), fx=0.1)
        self.find("label", "1 of 6 selected")

    def test_3_context_menu(self):
        self.window.click(self.row("This Computer", "beta.txt"), button=3, fx=0.1)
        self.find("menu item", "Rename")
        self.shot("panes-menu")
        self.click("menu item", "Rename")
        self.find("text", "New name")
        self.window.type("better")
        self.window.key("Return")
        wbtest.wait_until(lambda: os.path.exists(os.path.join(self.home, "better.txt")), "the name")

    def test_4_refused_names(self):
        self.window.click(self.row("This Computer", "alpha.txt"), fx=0.1)
        for name, why in (("a/b", "slash"), ("..", "stands for a folder")):
            with self.subTest(name):
                self.window.key("ctrl+shift+n")
                self.enter(name)
                self.problem(f"cannot be a name.*{why}")
        self.shot("panes-refused")
        self.click("push button", "Dismiss")

    def test_5_trash_and_undo(self):
        path = os.path.join(self.home, "folder")
        self.window.click(self.row("This Computer", "folder"), fx=0.1)
        self.window.key("Delete")
        wbtest.wait_until(lambda: not os.path.exists(path), "the folder to go")
        undo = self.find("push button", "Undo")
        self.shot("panes-trash")
        self.window.click(undo)
        deep = os.path.join(path, "inner", "deep.txt")
        wbtest.wait_until(lambda: os.path.exists(deep), "the folder back")
        self.row("This Computer", "folder")

    def into(self, pane, name, folder):
        """Drag a row onto a folder of its own list, and see that told."""
        self.window.drag(self.window.at(self.row(pane, name), 0.1),
                         self.window.at(self.row(pane, folder), 0.1))
        self.find("label", f"“{name}” moved to “{folder}”")

    def test_5b_moved_and_undone(self):
        pane = "This Computer"
        path, inside = (os.path.join(self.home, *names) for names in (["alpha.txt"], ["folder", "alpha.txt"]))
        with open(path, encoding="utf-8") as f:
            text = f.read()
        self.into(pane, "alpha.txt", "folder")
        self.assertTrue(os.path.exists(inside))
        atspi.gone(self.list(pane), "label", "alpha.txt")
        self.shot("panes-moved")
        self.click("push button", "Undo")
        self.row(pane, "alpha.txt")
        self.assertFalse(os.path.exists(inside))
        # Something else has the name by then: both stay, and it is said.
        self.into(pane, "alpha.txt", "folder")
        with open(path, "w", encoding="utf-8") as f:
            f.write("another\n")
        self.click("push button", "Undo")
        self.problem("“alpha.txt” is in that folder already")
        for name, content in ((path, "another\n"), (inside, text)):
            with open(name, encoding="utf-8") as f:
                self.assertEqual(f.read(), content)
        os.replace(inside, path)
        self.click("push button", "Dismiss")
        self.row(pane, "alpha.txt")

    def move_on_the_server(self, server):
        path, inside = (os.path.join(server.folder, *names) for names in (["kept.txt"], ["box", "kept.txt"]))
        self.into("Server", "kept.txt", "box")
        self.assertTrue(os.path.exists(inside))
        # Also from another folder, which goes on to be shown.
        self.window.click(self.row("Server", "box"), fx=0.1)
        self.window.key("Return")
        self.row("Server", "behind.txt")
        self.click("push button", "Undo")
        wbtest.wait_until(lambda: os.path.exists(path), "it to be back", timeout=30)
        atspi.gone(self.list("Server"), "label", "kept.txt")
        self.window.click(self.row("Server", "behind.txt"), fx=0.1)
        self.window.key("alt+Up")
        self.row("Server", "kept.txt")
        self.into("Server", "kept.txt", "box")
        server.put_file("kept.txt", b"another\n")
        self.click("push button", "Undo")
        self.problem("a file or folder of that name already")
        self.assertEqual(server.read("kept.txt"), b"another\n")
        self.assertEqual(server.read("box/kept.txt"), b"kept\n")
        self.click("push button", "Dismiss")
        self.row("Server", "kept.txt")

    def test_6_wrong_path(self):
        self.window.click(self.row("This Computer", "alpha.txt"), fx=0.1)
        self.window.key("ctrl+l")
        self.window.key("ctrl+a")
        later = os.path.join(self.home, "later")
        self.window.type(later)
        self.window.key("Return")
        retry = self.find("push button", "Retry")
        self.shot("panes-wrong-path")
        os.mkdir(later)
        self.window.click(retry)
        wbtest.wait_until(lambda: self.names("This Computer") == [], "the empty folder", timeout=30)
        self.beside("This Computer")
        self.window.key("alt+Up")
        self.row("This Computer", "alpha.txt")

    def beside(self, pane):
        """A press beside the rows, or where there are none, makes a list the one that the keys are for."""
        self.window.click(self.find(None, "Server address"))
        self.window.click(self.list(pane), fx=0.3, fy=0.9)

    def test_7_delete_a_tree_on_the_server(self):
        server = Vsftpd(self)
        tree = os.path.join(server.folder, "tree")
        outside = os.path.join(server.folder, "kept.txt")
        os.makedirs(os.path.join(tree, "a", "b"))
        for name in ("one.txt", "a/two.txt", "a/b/three.txt"):
            with open(os.path.join(tree, name), "w") as f:
                f.write(name)
        os.makedirs(os.path.join(server.folder, "box"))
        with open(os.path.join(server.folder, "box", "behind.txt"), "w") as f:
            f.write("kept\n")
        with open(outside, "w") as f:
            f.write("kept\n")
        os.symlink("../box", os.path.join(tree, "link"))
        for folder, folders, files in os.walk(server.folder):
            os.chmod(folder, 0o777)

        self.window.fill(self.find(None, "Server address"), server.url)
        self.window.key("Return")
        self.window.click(self.row("Server", "tree"), fx=0.1)
        self.window.key("Delete")
        self.problem("4 files and 3 folders will be gone.*cannot be undone")
        self.shot("panes-delete-tree")
        self.window.key("Escape")
        atspi.gone(self.tree, "push button", "Delete")
        self.assertTrue(os.path.exists(os.path.join(tree, "a", "b", "three.txt")))
        self.window.key("Delete")
        atspi.press(self.find("push button", "Delete"))
        wbtest.wait_until(lambda: not os.path.exists(tree), "the tree to go", timeout=60)
        self.assertTrue(os.path.exists(os.path.join(server.folder, "box", "behind.txt")))
        self.assertTrue(os.path.exists(outside))
        atspi.gone(self.list("Server"), "label", "tree")
        self.move_on_the_server(server)
        self.copy_and_paste(server)
        self.sort_and_filter(server)
        self.paste_from_elsewhere(server)
        self.drag_selected_rows(server)
        self.drop_odd_files(server)

    def copy_and_paste(self, server):
        self.window.click(self.row("This Computer", "alpha.txt"), fx=0.1)
        self.window.key("ctrl+c")
        self.window.click(self.row("Server", "kept.txt"), fx=0.1)
        self.window.key("ctrl+v")
        sent = os.path.join(server.folder, "alpha.txt")
        wbtest.wait_until(lambda: os.path.exists(sent), "the pasted file", timeout=30)
        self.row("Server", "alpha.txt")

    def sort_and_filter(self, server):
        """As on this computer, by a column each way and by typing."""
        pane = "Server"
        self.wait_names(pane, "box", "alpha.txt", "kept.txt")
        self.window.click(self.row(pane, "Size"))
        self.wait_names(pane, "box", "kept.txt", "alpha.txt")
        self.window.click(self.row(pane, "Size"))
        self.wait_names(pane, "box", "alpha.txt", "kept.txt")
        self.window.click(self.row(pane, "Name"))
        self.window.click(self.row(pane, "Name"))
        self.wait_names(pane, "box", "kept.txt", "alpha.txt")
        self.window.click(self.row(pane, "Name"))
        self.wait_names(pane, "box", "alpha.txt", "kept.txt")
        self.window.click(self.row(pane, "kept.txt"), fx=0.1)
        self.window.type("PHA")
        self.wait_names(pane, "alpha.txt")
        self.shot("panes-server-filter")
        self.window.key("Escape")
        self.wait_names(pane, "box", "alpha.txt", "kept.txt")

    def paste_from_elsewhere(self, server):
        """What was copied in another program: a file and a folder."""
        folder = os.path.join(self.desktop.folder, "copied 抄")
        os.makedirs(os.path.join(folder, "within"))
        for name in ("loose %41.txt", "within/deep.txt"):
            with open(os.path.join(folder, name), "w") as f:
                f.write(name)
        self.desktop.copy_files(os.path.join(folder, "loose %41.txt"), os.path.join(folder, "within"))
        self.beside("Server")
        self.window.key("ctrl+v")
        for name in ("loose %41.txt", "within/deep.txt"):
            path = os.path.join(server.folder, name)
            wbtest.wait_until(lambda: os.path.exists(path), f"the pasted {name}", timeout=30)
            self.assertEqual(server.read(name), name.encode())
        self.row("Server", "loose %41.txt")
        self.assertTrue(os.path.exists(os.path.join(folder, "loose %41.txt")))

    def drag_selected_rows(self, server):
        """Rows that a frame has selected are dragged together, from anywhere on them."""
        pane = "This Computer"
        self.frame(self.window.at(self.list(pane), 0.3, 0.95),
                   self.window.at(self.row(pane, "part 2.txt"), 0.5))
        self.find("label", re.compile("^2 of . selected$"))
        self.window.drag(self.window.at(self.row(pane, "part 10.txt"), 0.95),
                         self.window.at(self.list("Server"), 0.5, 0.7))
        for name in ("part 2.txt", "part 10.txt"):
            wbtest.wait_until(lambda: name in server.names(), name, timeout=30)
            self.row("Server", name)

    def drop_odd_files(self, server):
        """From another program: what is no file is refused at once, and the file beside it is sent."""
        folder = os.path.join(self.desktop.folder, "odd")
        os.mkdir(folder)
        good, pipe, gone = (os.path.join(folder, n) for n in ("good.txt", "pipe", "gone"))
        with open(good, "w") as f:
            f.write("good\n")
        os.mkfifo(pipe)
        peer = self.desktop.run(["/usr/bin/python3", PEER, good, pipe, gone])
        peer.event("ready")
        self.window.place(0, 0, 940, 860)
        other = Window(self.desktop, None, "Peer")
        other.place(950, 300)
        self.window.drag((other.x + other.width // 4, other.y + other.height // 2),
                         self.window.at(self.list("Server"), 0.5, 0.6))
        self.problem("pipe, which has no end")
        self.problem("not there any more")
        self.shot("panes-odd-files")
        sent = os.path.join(server.folder, "good.txt")
        wbtest.wait_until(lambda: os.path.exists(sent), "the file that is one", timeout=30)
        peer.stop()

    def test_8_names_that_lie(self):
        """A server's names are shown as what they are, and none leads out of the folder here."""
        names = ["../above.txt", "../../far above.txt", "/etc/evil.txt", "a/b.txt", ".", "..",
                 "bell\a and \x1b[31mred.txt", "gpj\u202excod.txt", "line\rbreak.txt", "long" * 100 + ".txt",
                 "<b>bold & sons.txt", "%s%n.txt", "-rf", "plain.txt"]
        rows = "".join(f"type=file;size=4;modify=20200101000000; {name}\r\n" for name in names)
        rows += "type=file;size=4; two\nlines.txt\r\n" + "type=dir; ../folder\r\n" + "no facts at all\r\n"
        server = FtpScript(self, on={
            "FEAT": features("MLST type*;size*;modify*;", "UTF8"), "OPTS": lambda s, a: "200 yes",
            "CWD": lambda s, a: "250 there", "MLSD": lambda s, a: s.send(rows.encode()),
            "SIZE": lambda s, a: "213 4", "MDTM": lambda s, a: "213 20200101000000",
            "RETR": lambda s, a: s.send(b"evil")})
        if atspi.find_all(self.tree, "push button", "Disconnect"):
            self.click("push button", "Disconnect")
            self.find("label", "Not Connected")
        target = os.path.join(self.home, "target")
        os.makedirs(target)
        before = self.everything(os.path.dirname(self.home), target)
        self.page(2)
        self.window.click(self.row("This Computer", "gamma.bin"), fx=0.1)
        self.window.key("F5")
        self.window.click(self.row("This Computer", "target"), fx=0.1)
        self.window.key("Return")
        atspi.gone(self.list("This Computer"), "label", "gamma.bin")
        self.window.fill(self.find(None, "Server address"), server.url)
        self.window.key("Return")
        self.row("Server", "plain.txt")
        shown = [n.name for n in atspi.find_all(self.list("Server"), "label")]
        self.assertIn("gpj\ufffdxcod.txt", shown)
        for name in shown:
            self.assertFalse(re.search("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", name), name)
        self.assertIn("<b>bold & sons.txt", shown)
        self.assertNotIn("..", shown)
        self.shot("panes-names-that-lie")
        self.window.click(self.row("Server", "plain.txt"), fx=0.1)
        self.window.key("ctrl+a")
        self.click("push button", "Download")
        plain = os.path.join(target, "plain.txt")
        wbtest.wait_until(lambda: os.path.exists(plain), "the file that is one", timeout=60)
        wbtest.wait_until(lambda: os.path.exists(os.path.join(target, "-rf")), "the other", timeout=60)
        self.problem("name")
        self.shot("panes-names-refused")
        atspi.gone(self.tree, "label", re.compile("^(Waiting|.* at .*/s)$"), timeout=60)
        self.assertEqual(self.everything(os.path.dirname(self.home), target), before)
        # Here, too, and among the transfers.
        self.row("This Computer", "gpj\ufffdxcod.txt")
        self.assertTrue(os.path.exists(os.path.join(target, "gpj\u202excod.txt")))
        said = atspi.texts(self.list("This Computer")) + atspi.texts(self.find("list", "Transfers"))
        self.assertNotRegex("\n".join(said), "[\u202a-\u202e]")
        for name in os.listdir(target):
            self.assertTrue(os.path.isfile(os.path.join(target, name)), name)

    @staticmethod
    def everything(top, but):
        """Files below TOP, apart from the program's own and those in BUT."""
        return {os.path.join(folder, n) for folder, _, names in os.walk(top) for n in names
                if not folder.startswith(but) and "/." not in folder[len(top):] and n.endswith((".txt", "-rf"))}

    def test_9_quit(self):
        self.quit()


if __name__ == "__main__":
    wbtest.main()

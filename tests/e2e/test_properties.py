# SPDX-License-Identifier: GPL-3.0-or-later
"""Properties of rows of the Files page's panes: sizes of folders, permissions here and on a server,
and a server that refuses them; names changed in the list; search below a folder; links."""

import os
import re
import shutil
import stat

import wbtest
from gui import atspi
from gui.pointer import Window
from gui.wirebench import WindowTest
from proftpd import Proftpd, is_there
from vsftpd import Vsftpd


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


class Properties(WindowTest):
    @classmethod
    def prepare(cls):
        for name in ("alpha.txt", "beta.txt"):
            with open(os.path.join(cls.home, name), "wb") as f:
                f.write(b"x" * 300)
            os.chmod(os.path.join(cls.home, name), 0o644)
        os.chmod(os.path.join(cls.home, "beta.txt"), 0o600)
        deep = os.path.join(cls.home, "tree", "inner")
        os.makedirs(deep)
        for name in ("one.txt", "Two.TXT", "three.bin"):
            with open(os.path.join(deep, name), "wb") as f:
                f.write(b"y" * 1000)
            os.chmod(os.path.join(deep, name), 0o600)

    def list(self, pane):
        return self.find("tree table", pane)

    def row(self, pane, name):
        return wbtest.wait_until(
            lambda: (atspi.find_all(self.list(pane), "label", name) or [None])[0],
            f"{name} in {pane}", timeout=30)

    def tearDown(self):
        # What one test leaves open does not stand in the way of the next.
        for title in ("Properties", "Search Below"):
            if atspi.find_all(self.tree, "dialog", title):
                self.close_dialog(title)
        super().tearDown()

    def dialog(self, title):
        """The window of that title, for its own clicks."""
        frame = self.find("dialog", title)
        return frame, Window(self.desktop, "wirebench", title, frame)

    def close_dialog(self, title):
        self.window.key("Escape")
        atspi.gone(self.tree, "dialog", title)

    def connect(self, server):
        self.window.fill(self.find(None, "Server address"), server.url)
        self.window.key("Return")

    def test_1_here(self):
        self.page(2)
        path = os.path.join(self.home, "alpha.txt")
        self.window.click(self.row("This Computer", "alpha.txt"), fx=0.1)
        self.window.key("alt+Return")
        frame, window = self.dialog("Properties")
        atspi.find(frame, "label", re.compile(r"300.bytes"))
        window.click(atspi.find(frame, "push button", "Compute"))
        atspi.find(frame, "label", re.compile("^SHA-256 [0-9a-f]{64}$"))
        window.click(atspi.find(frame, "check box", "Group may write"))
        wbtest.wait_until(lambda: atspi.text(atspi.find(frame, "text", "As three digits")) == "664",
                          "the digits")
        self.desktop.screenshot(self.picture("properties-here"), window.id)
        window.click(atspi.find(frame, "push button", "Apply"))
        atspi.gone(self.tree, "dialog", "Properties")
        self.assertEqual(mode(path), 0o664)
        self.row("This Computer", "rw-rw-r--")

    def test_2_several(self):
        """What the rows do not have in common stays as it is, unless it is said."""
        self.window.click(self.row("This Computer", "alpha.txt"), fx=0.1)
        self.window.key("shift+Down")
        self.find("label", "2 of 3 selected")
        self.window.key("alt+Return")
        frame, window = self.dialog("Properties")
        atspi.find(frame, "label", re.compile("^2 items, 600.bytes"))
        window.click(atspi.find(frame, "check box", "Owner may execute"))
        self.desktop.screenshot(self.picture("properties-several"), window.id)
        window.click(atspi.find(frame, "push button", "Apply"))
        atspi.gone(self.tree, "dialog", "Properties")
        self.assertEqual([mode(os.path.join(self.home, n)) for n in ("alpha.txt", "beta.txt")],
                         [0o764, 0o700])

    def test_3_inside(self):
        tree = os.path.join(self.home, "tree")
        self.window.click(self.row("This Computer", "tree"), fx=0.1)
        self.window.key("alt+Return")
        frame, window = self.dialog("Properties")
        atspi.find(frame, "label", re.compile("^5 items, 3.0.kB"))
        digits = atspi.find(frame, "text", "As three digits")
        window.click(digits)
        window.key("ctrl+a")
        window.type("750")
        window.click(atspi.find(frame, "combo box", "Change also"))
        window.key("End", "Return")
        self.desktop.screenshot(self.picture("properties-inside"), window.id)
        window.click(atspi.find(frame, "push button", "Apply"))
        atspi.gone(self.tree, "dialog", "Properties")
        self.assertEqual([mode(os.path.join(tree, *p)) for p in
                          ((), ("inner",), ("inner", "one.txt"))], [0o750, 0o750, 0o600])

    def test_3a_too_deep(self):
        """It is said, and nothing above is changed as if all of it were."""
        deep = os.path.join(self.home, "deep")
        os.makedirs(os.path.join(deep, *["deep"] * 39), 0o755)
        before = mode(deep)
        self.window.key("F5")
        self.window.click(self.row("This Computer", "deep"), fx=0.1)
        self.window.key("alt+Return")
        frame, window = self.dialog("Properties")
        window.click(atspi.find(frame, "text", "As three digits"))
        window.key("ctrl+a")
        window.type("700")
        window.click(atspi.find(frame, "combo box", "Change also"))
        window.key("End", "Return")
        window.click(atspi.find(frame, "push button", "Apply"))
        atspi.find(frame, "label", re.compile("more than 32 folders inside each other"))
        self.desktop.screenshot(self.picture("properties-deep"), window.id)
        self.assertEqual(mode(deep), before)
        self.close_dialog("Properties")
        shutil.rmtree(deep)
        self.window.key("F5")
        atspi.gone(self.list("This Computer"), "label", "deep")

    def test_3b_rename_in_place(self):
        old = os.path.join(self.home, "beta.txt")
        self.window.click(self.row("This Computer", "beta.txt"), fx=0.1)
        self.window.key("F2")
        self.find("text", "New name")
        self.window.key("Escape")
        atspi.gone(self.tree, "text", "New name")
        self.window.key("F2")
        self.find("text", "New name")
        self.window.type("a/b")
        self.window.key("Return")
        self.find("label", re.compile("a/b.txt.*a slash separates folders"))
        self.shot("properties-rename")
        self.window.key("ctrl+a", "Delete", "Return")
        self.find("label", re.compile("at least one letter"))
        self.window.click(self.find(None, "Server address"))
        atspi.gone(self.tree, "text", "New name")
        self.assertTrue(os.path.exists(old))
        self.window.click(self.row("This Computer", "beta.txt"), fx=0.1)
        self.window.key("F2")
        self.find("text", "New name")
        self.window.type("gamma")
        self.window.key("Return")
        self.row("This Computer", "gamma.txt")
        self.assertFalse(os.path.exists(old))

    def test_3c_search_here(self):
        self.window.click(self.row("This Computer", "alpha.txt"), fx=0.1)
        self.window.key("F3")
        frame, window = self.dialog("Search Below")
        entry = atspi.find(frame, "text", "Name to search for")
        window.fill(entry, "t*.txt")
        window.key("Return")
        atspi.find(frame, "label", "1 found")
        atspi.find(frame, "label", "tree/inner")
        window.fill(entry, "*.t?t")
        window.key("Return")
        atspi.find(frame, "label", "4 found")
        self.desktop.screenshot(self.picture("properties-search"), window.id)
        window.click(atspi.find(frame, "label", "Two.TXT"), times=2)
        atspi.gone(self.tree, "dialog", "Search Below")
        self.row("This Computer", "Two.TXT")
        self.find("label", "1 of 3 selected")
        self.window.focus()
        self.window.key("alt+Up")
        self.row("This Computer", "inner")
        self.window.key("alt+Up")
        self.row("This Computer", "alpha.txt")

    def test_3d_link_here(self):
        self.make_link("This Computer", "alpha.txt", self.home)
        self.window.click(self.row("This Computer", "current"), fx=0.1)
        self.window.key("alt+Return")
        frame, window = self.dialog("Properties")
        atspi.find(frame, "label", "Leads to")
        atspi.find(frame, "label", "alpha.txt")
        atspi.gone(frame, "push button", "Apply")
        self.desktop.screenshot(self.picture("properties-link"), window.id)

    def test_4_server_refuses(self):
        server = Vsftpd(self)
        server.put_file("mine.txt", b"mine\n")
        self.connect(server)
        self.window.click(self.row("Server", "mine.txt"), fx=0.1)
        self.window.key("alt+Return")
        frame, window = self.dialog("Properties")
        window.click(atspi.find(frame, "check box", "Others may write"))
        window.click(atspi.find(frame, "push button", "Apply"))
        atspi.find(frame, "label", re.compile("permission.*refused|refused.*550|550"))
        self.desktop.screenshot(self.picture("properties-refused"), window.id)
        self.close_dialog("Properties")
        self.click("push button", "Disconnect")

    def test_5_server(self):
        if not is_there():
            self.skipTest("no ProFTPD")
        server = Proftpd(self)
        server.put_file("page.html", b"<p>\n")
        path = os.path.join(server.folder, "page.html")
        os.chmod(path, 0o600)
        self.connect(server)
        self.window.click(self.row("Server", "page.html"), fx=0.1)
        self.window.key("alt+Return")
        frame, window = self.dialog("Properties")
        window.click(atspi.find(frame, "push button", "Compute"))
        atspi.find(frame, "label", re.compile("^SHA-(256|512) [0-9a-f]+$"))
        window.click(atspi.find(frame, "check box", "Others may read"))
        self.desktop.screenshot(self.picture("properties-server"), window.id)
        window.click(atspi.find(frame, "push button", "Apply"))
        atspi.gone(self.tree, "dialog", "Properties")
        self.assertEqual(mode(path), 0o604)
        self.make_link("Server", "page.html", server.folder)
        self.find_below(server)
        self.click("push button", "Disconnect")

    def find_below(self, server):
        server.put_file("a/b/needle 1.txt", b"1")
        server.put_file("a/NEEDLE 2.md", b"22")
        server.put_file("c/other.txt", b"3")
        os.symlink(".", os.path.join(server.folder, "a", "loop"))
        self.window.click(self.row("Server", "page.html"), fx=0.1)
        self.window.key("F3")
        frame, window = self.dialog("Search Below")
        window.fill(atspi.find(frame, "text", "Name to search for"), "needle*")
        window.key("Return")
        atspi.find(frame, "label", "2 found", timeout=30)
        self.desktop.screenshot(self.picture("properties-search-server"), window.id)
        atspi.find(frame, "label", "NEEDLE 2.md")
        window.click(atspi.find(frame, "label", "needle 1.txt"), times=2)
        atspi.gone(self.tree, "dialog", "Search Below")
        self.row("Server", "needle 1.txt")
        self.find("label", "1 of 1 selected")

    def make_link(self, pane, target, folder):
        self.window.click(self.row(pane, target), button=3, fx=0.1)
        self.click("menu item", "New Link…")
        self.find("text", "Leads to")
        self.window.key("Return")
        self.find("text", "Name")
        self.window.key("ctrl+a")
        self.window.type("current")
        self.window.key("Return")
        self.row(pane, "current")
        # ProFTPD makes it a path from its root.
        self.assertIn(os.readlink(os.path.join(folder, "current")), (target, "/" + target))

    def test_9_quit(self):
        self.quit()


if __name__ == "__main__":
    wbtest.main()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files dragged in the installed Flatpak: odd ones in from another program, across between the panes, and
out into a folder of another program, which is outside of the sandbox and sees the files by its own paths."""

import hashlib
import os
import re
import sys

import wbtest
from gui import atspi
from gui.pointer import Window
from gui.wirebench import WindowTest

sys.path.insert(0, os.path.join(os.environ["G_TEST_SRCDIR"], "e2e"))

from sandbox import APP, SHOTS, PortalDesktop  # noqa: E402
from test_queue import Owner  # noqa: E402
from vsftpd import Vsftpd  # noqa: E402

PEER = os.path.join(os.environ["G_TEST_SRCDIR"], "lib", "gui", "peer.py")
HERE, THERE = "This Computer", "Server"

# Names that are not easy, and a file of no bytes.
ODD = {
    "with spaces  two.txt": b"spaces\n",
    "two\nlines.txt": b"a line feed in the name\n",
    "王大鹏 说明书.txt": "越过长城".encode("gb18030"),
    "🐦 100% #1 ?.bin": os.urandom(70_001),
    "empty": b"",
}


def sha(data):
    return hashlib.sha256(data).hexdigest()


def read(path):
    with open(path, "rb") as f:
        return f.read()


class Drags(WindowTest):
    @classmethod
    def installation(cls):
        return ["flatpak", "run", "--user", APP], PortalDesktop(size=cls.SIZE, settings=cls.SETTINGS)

    @classmethod
    def prepare(cls):
        cls.server = Vsftpd(Owner(cls))
        cls.files = os.path.join(cls.home, ".var/app", APP, "data/wirebench/files")
        cls.taken = os.path.join(cls.desktop.folder, "taken")
        cls.outside = os.path.join(cls.desktop.folder, "odd")
        for folder in (cls.files, cls.taken, cls.outside):
            os.makedirs(folder)
        cls.mine = os.urandom(300_017)
        cls.theirs = os.urandom(2_000_003)
        with open(os.path.join(cls.files, "mine.bin"), "wb") as f:
            f.write(cls.mine)
        os.makedirs(os.path.join(cls.files, "tray/inner"))
        with open(os.path.join(cls.files, "tray/inner/leaf.txt"), "wb") as f:
            f.write(b"leaf\n")

    def picture(self, name):
        return os.path.join(SHOTS, "drags-" + name + ".png")

    def list(self, pane):
        return self.find("tree table", pane)

    def row(self, pane, name):
        return wbtest.wait_until(
            lambda: (atspi.find_all(self.list(pane), "label", name) or [None])[0],
            f"{name} in {pane}", timeout=60)

    def reload(self):
        self.window.click(self.row(THERE, "empty"))
        self.window.key("F5")

    def peer(self, *words):
        peer = self.desktop.run(["/usr/bin/python3", PEER, *words])
        self.addCleanup(peer.stop)
        peer.event("ready", timeout=60)
        self.window.place(0, 0, 940, 860)
        other = Window(self.desktop, None, "Peer")
        other.place(950, 300)
        return peer, other

    def give(self, *paths, how=("--portal",)):
        """Drag PATHS from a program outside of the sandbox to the server's list."""
        peer, other = self.peer(*how, *paths)
        self.window.drag((other.x + other.width // 4, other.y + other.height // 2),
                         self.window.at(self.list(THERE), 0.5, 0.7))
        return peer

    def carry(self, begin, end, over=None):
        """A drag that begins in the sandbox, where the pointer has no shape that would tell how it stands:
        after each step the program has to have seen it. OVER waits until another program says that it is
        there. The button stays down."""
        (x1, y1), (x2, y2) = begin, end
        self.step("mousemove", x1, y1)
        self.step("mousedown", 1)
        for i in range(1, 9):
            self.step("mousemove", round(x1 + (x2 - x1) * i / 8), round(y1 + (y2 - y1) * i / 8))
        for i in range(8):
            self.step("mousemove", x2 + i % 2, y2)
        if over is not None:
            for i in range(2):
                self.step("mousemove", x2 - i, y2)
                over()

    def step(self, *words):
        self.desktop.xdo(*words, "sleep", 0.04)
        self.window.heard()

    def take(self, pane, name):
        """Drag a row out, into a folder of a program outside of the sandbox. Returns what is in there then."""
        peer, other = self.peer("--into", self.taken)
        self.carry(self.window.at(self.row(pane, name), 0.1),
                   (other.x + other.width * 3 // 4, other.y + other.height // 2),
                   over=lambda: peer.event("over", timeout=60))
        self.desktop.screenshot(self.picture("out-" + name))
        self.assertEqual(self.fetched(name), [], "it was fetched before the drop")
        self.desktop.xdo("mouseup", 1)
        told = {f["name"]: f["sha256"] for f in peer.event("drop", timeout=90)["files"]}
        self.assertEqual(told, {n: sha(read(os.path.join(self.taken, n))) for n in told})
        return told

    def fetched(self, name):
        """The copies that were made for other programs."""
        return [folder for folder, folders, names in
                os.walk(os.path.join(self.home, ".var/app", APP, "cache/wirebench")) if name in folders + names]

    def dismiss(self):
        self.click("push button", "Dismiss")
        atspi.gone(self.tree, "push button", "Dismiss")

    def arrives(self, path, data):
        wbtest.wait_until(lambda: os.path.exists(path), path, timeout=60)
        self.assertEqual(sha(read(path)), sha(data))

    def test_1_connect(self):
        """The folder that is shown first stays when the program goes, and has the same path outside."""
        self.page(2)
        self.row(HERE, "mine.bin")
        self.assertEqual(self.desktop.inside("cat", os.path.join(self.files, "tray/inner/leaf.txt")).stdout,
                         "leaf\n")
        self.window.fill(self.find(None, "Server address"), self.server.url)
        self.window.key("Return")
        self.find("push button", "Disconnect")
        self.list(THERE)

    def test_2_odd_files_in(self):
        paths = []
        for name, data in ODD.items():
            paths.append(os.path.join(self.outside, name))
            with open(paths[-1], "wb") as f:
                f.write(data)
        peer = self.give(*paths)
        for name, data in ODD.items():
            if "\n" not in name:
                self.arrives(os.path.join(self.server.folder, name), data)
        # A line of FTP ends where the name does not.
        self.find("label", re.compile("name contains a line break.*Remove it"), timeout=60)
        self.assertEqual(self.server.names(), sorted(n for n in ODD if "\n" not in n))
        self.desktop.screenshot(self.picture("odd"))
        peer.stop()

    def test_3_a_link_in(self):
        """The portal follows it: what it leads to comes, under that name."""
        with open(os.path.join(self.outside, "target.txt"), "wb") as f:
            f.write(b"behind a link\n")
        link = os.path.join(self.outside, "link.txt")
        os.symlink("target.txt", link)
        peer = self.give(link)
        self.arrives(os.path.join(self.server.folder, "target.txt"), b"behind a link\n")
        peer.stop()

    def test_3a_a_pipe_in(self):
        """No portal hands one over: it is said what could be dropped, and nothing waits for its end."""
        pipe = os.path.join(self.outside, "pipe")
        os.mkfifo(pipe)
        peer = self.give(pipe)
        self.find("label", re.compile("could not be read.*Drop files"), timeout=60)
        self.desktop.screenshot(self.picture("pipe"))
        self.assertNotIn("pipe", self.server.names())
        peer.stop()
        self.dismiss()

    def test_3b_in_by_path_alone(self):
        """As a program gives files that knows no portals: it is said what to do instead."""
        peer = self.give(os.path.join(self.outside, "empty"), how=())
        self.find("label", re.compile("empty.*a program in a sandbox does not see it.*Open Folder…"), timeout=60)
        self.desktop.screenshot(self.picture("by-path"))
        peer.stop()
        self.dismiss()

    def test_4_across(self):
        self.carry(self.window.at(self.row(HERE, "mine.bin"), 0.1),
                   self.window.at(self.list(THERE), 0.5, 0.7))
        self.step("mouseup", 1)
        self.arrives(os.path.join(self.server.folder, "mine.bin"), self.mine)
        self.carry(self.window.at(self.row(THERE, "target.txt"), 0.1),
                   self.window.at(self.list(HERE), 0.5, 0.7))
        self.step("mouseup", 1)
        self.arrives(os.path.join(self.files, "target.txt"), b"behind a link\n")

    def test_5_a_file_out(self):
        self.server.put_file("theirs.bin", self.theirs)
        self.reload()
        self.assertEqual(self.take(THERE, "theirs.bin"), {"theirs.bin": sha(self.theirs)})

    def test_6_a_folder_out(self):
        tree = {"out/plain.bin": os.urandom(90_001), "out/.hidden": b"hidden\n", "out/empty": b"",
                "out/deeper/王 大鹏 %41 #1.txt": b"a name\n"}
        for name, data in tree.items():
            self.server.put_file(name, data)
        self.reload()
        self.assertEqual(self.take(THERE, "out"), {n: sha(d) for n, d in tree.items()})

    def test_7_from_here_out(self):
        self.assertEqual(self.take(HERE, "mine.bin"), {"mine.bin": sha(self.mine)})
        self.assertEqual(self.take(HERE, "tray"), {"tray/inner/leaf.txt": sha(b"leaf\n")})


if __name__ == "__main__":
    wbtest.main()

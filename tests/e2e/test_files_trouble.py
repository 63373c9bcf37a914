# SPDX-License-Identifier: GPL-3.0-or-later
"""The Files page when things do not go to their end, against real servers: counting, deleting and
searching cancelled, a server that goes and comes back, folders that cannot be listed, links in
circles, folders that are too deep, ten thousand files at once, and settings that a transfer obeys."""

import contextlib
import hashlib
import json
import os
import re
import signal
import time

import wbtest
from gui import atspi
from gui.pointer import Window
from holdproxy import HoldProxy
from proftpd import Proftpd, is_there
from test_queue import PEER, Owner, QueueTest, digest
from vsftpd import PROGRAM, Vsftpd

MANY = 10_000
DEPTH = 40
LIMITED = 300  # KiB/s


class Trouble(QueueTest):
    SETTINGS = QueueTest.SETTINGS + "\nwire-visible=false"

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.proxy = HoldProxy(Owner(cls), cls.server.port)
        cls.behind = f"ftp://127.0.0.1:{cls.proxy.port}/upload"
        for name in ("taken.txt", "twin.txt", *(f"tree/{i}/{i}.txt" for i in range(8)),
                     *(f"flat/{i}.txt" for i in range(6)), "locked/twin.txt", "sub/inside.txt"):
            cls.server.put_file(name, name.encode())
        for name in (f"part-{i}.bin" for i in range(3)):
            cls.server.put_file(name, cls.big[:700_000])
        os.chmod(os.path.join(cls.server.folder, "locked"), 0o311)
        cls.put("taken.txt", b"here\n")
        cls.put("round/a/one.txt", b"1\n")
        os.symlink("..", os.path.join(cls.home, "round", "a", "up"))
        os.symlink("../a", os.path.join(cls.home, "round", "a", "self"))
        cls.put("/".join(["deep"] * DEPTH) + "/needle-below.txt", b"below\n")
        cls.put("z/needle-beside.txt", b"beside\n")
        data = os.path.join(cls.desktop.env["XDG_DATA_HOME"], "wirebench")
        os.makedirs(data, exist_ok=True)
        with open(os.path.join(data, "sites.json"), "w") as f:
            json.dump({"version": 1, "folders": [], "bookmarks": [], "addresses": [], "sites": [
                {"id": "a", "name": "Slow", "folder": "", "host": "127.0.0.1", "port": cls.server.port,
                 "tls": "none", "account": "anonymous", "user": "", "remote": "/upload",
                 "local": cls.home, "connections": 1, "speed-limit": LIMITED}]}, f)

    @classmethod
    def put(cls, name, data):
        path = os.path.join(cls.home, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data)

    def to(self, url, shows="taken.txt"):
        """Leave the server that is connected, and go to another."""
        self.page(2)
        if atspi.find_all(self.tree, "push button", "Disconnect"):
            self.click("push button", "Disconnect")
            self.find("label", "Not Connected")
        self.window.fill(self.find(None, "Server address"), url)
        self.window.key("Return")
        self.row("Server", shows)

    def ask(self, name, key):
        self.window.click(self.row("Server", name), fx=0.1)
        self.window.key(key)

    def cancel(self):
        self.click("push button", "Cancel")
        atspi.gone(self.window.frame, "push button", "Cancel")

    def there(self, *names):
        return os.path.join(self.server.folder, *names)

    def end_server(self):
        """With the processes that have a session each, which are in groups of their own."""
        parents = {}
        for pid in filter(str.isdecimal, os.listdir("/proc")):
            with contextlib.suppress(OSError), open(f"/proc/{pid}/stat", encoding="utf-8") as f:
                parents[int(pid)] = int(f.read().rsplit(")", 1)[1].split()[1])
        family = {self.server.child.pid}
        while more := {p for p, parent in parents.items() if parent in family} - family:
            family |= more
        wbtest.stop(self.server.child)
        for pid in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def problem(self, pattern):
        return self.find("label", re.compile(pattern), timeout=30)

    def search(self, words, pattern):
        frame = self.find("dialog", "Search Below")
        window = Window(self.desktop, "wirebench", "Search Below", frame)
        window.fill(atspi.find(frame, "text", "Name to search for"), words)
        window.key("Return")
        if pattern:
            atspi.find(frame, "label", re.compile(pattern), timeout=60)
        return frame, window

    # Cancelled

    def test_1_while_counting(self):
        self.to(self.behind)
        self.proxy.hold("LIST", 4)
        self.ask("tree", "Delete")
        wbtest.wait_until(self.proxy.held.is_set, "the count to stand still")
        self.problem("^Counting… ")
        self.shot("trouble-counting")
        self.cancel()
        self.window.key("F5")
        self.row("Server", "tree")
        self.assertEqual(atspi.find_all(self.tree, "push button", "Delete"), [])
        self.assertEqual([c for c in self.proxy.commands if c.split(" ")[0] in ("DELE", "RMD")], [])
        self.assertEqual(len(os.listdir(self.there("tree"))), 8)
        # And it can be asked for again.
        self.ask("tree", "Delete")
        self.problem("8 files and 9 folders will be gone")
        self.window.key("Escape")
        atspi.gone(self.tree, "push button", "Delete")

    def test_2_while_deleting(self):
        """What is gone is gone, what is not is shown, and nothing goes afterwards."""
        self.ask("flat", "Delete")
        self.problem("6 files and 1 folder will be gone")
        self.proxy.hold("DELE", 4)
        atspi.press(self.find("push button", "Delete"))
        wbtest.wait_until(self.proxy.held.is_set, "the deleting to stand still")
        self.problem("^Deleting… ")
        self.shot("trouble-deleting")
        self.cancel()
        left = sorted(os.listdir(self.there("flat")))
        self.assertEqual(len(left), 3)
        self.ask("flat", "Return")
        for name in left:
            self.row("Server", name)
        self.find("label", "3 items")
        self.assertEqual(sorted(os.listdir(self.there("flat"))), left)
        self.window.key("alt+Up")
        self.row("Server", "flat")

    def test_3_while_searching(self):
        self.proxy.hold("LIST", 5)
        self.ask("taken.txt", "F3")
        frame, window = self.search("*.txt", None)
        wbtest.wait_until(self.proxy.held.is_set, "the search to stand still")
        window.click(atspi.find(frame, "push button", "Cancel"))
        atspi.find(frame, "label", re.compile(r"^\d+ found, then stopped$"))
        self.desktop.screenshot(self.picture("trouble-search"), window.id)
        # What cannot be read is passed by, and said.
        self.search("inside*", "^1 found; 1 folder could not be read$")
        window.key("Escape")
        atspi.gone(self.tree, "dialog", "Search Below")

    # Not what was asked for

    def test_4_a_folder_that_cannot_be_listed(self):
        """What is shown then is where the next thing is done: there is a twin in that folder."""
        self.ask("locked", "Return")
        self.problem("locked|list|permission|refused")
        self.shot("trouble-locked")
        self.ask("twin.txt", "F2")
        self.find("text", "New name")
        self.window.type("renamed")
        self.window.key("Return")
        self.row("Server", "renamed.txt")
        self.assertIn("renamed.txt", self.server.names())
        os.chmod(self.there("locked"), 0o755)
        self.assertEqual(os.listdir(self.there("locked")), ["twin.txt"])

    def test_5_the_server_goes_and_comes_back(self):
        self.to(self.url)
        self.end_server()
        self.ask("sub", "Return")
        again = self.find("push button", "Reconnect", timeout=60)
        self.row("Server", "taken.txt")
        self.shot("trouble-lost")
        self.window.click(again)
        self.problem("nothing listens there")
        again = self.find("push button", "Reconnect", timeout=60)
        config = os.path.join(self.server.dir, "vsftpd.conf")
        type(self).server.child = Owner.start(self.server.test, [PROGRAM, config])
        wbtest.wait_until(lambda: wbtest.listens(self.server.port), "the server to be back")
        self.window.click(again)
        self.row("Server", "inside.txt")
        atspi.gone(self.window.frame, "push button", "Reconnect")
        self.window.key("alt+Up")
        self.row("Server", "sub")

    # Circles and depths

    def test_6_links_in_circles(self):
        self.window.click(self.row("This Computer", "taken.txt"), fx=0.1)
        self.window.key("F3")
        frame, window = self.search("one.txt", "^1 found")
        # A branch that is too deep is said, and does not hide what is beside it.
        self.search("needle*", "^1 found; there is more")
        atspi.find(frame, "label", "needle-beside.txt")
        self.desktop.screenshot(self.picture("trouble-deep"), window.id)
        window.key("Escape")
        atspi.gone(self.tree, "dialog", "Search Below")

        self.move("This Computer", "round")
        self.says("could lead round in a circle")
        wbtest.wait_until(lambda: os.path.exists(self.there("round", "a", "one.txt")), "the file")
        self.find("label", re.compile("2 failed"))
        self.shot("trouble-circle")
        self.assertEqual(os.listdir(self.there("round", "a")), ["one.txt"])
        self.click("push button", "Cancel all transfers") if atspi.find_all(
            self.tree, "push button", "Cancel all transfers") else None
        self.clear()
        self.move("This Computer", "deep")
        wbtest.wait_until(lambda: os.path.exists(
            self.there(*["deep"] * DEPTH, "needle-below.txt")), "the file at the bottom", timeout=60)
        self.says("^Done")
        self.clear()

    # Settings

    def test_7_the_limits_of_a_site(self):
        """One at a time, and no faster than it says."""
        self.click("push button", "Disconnect")
        self.find("label", "Not Connected")
        self.window.click(self.find(None, "Sites"))
        self.window.click(self.find("menu item", "Slow"))
        for name in (f"part-{i}.bin" for i in range(3)):
            self.row("Server", name)
        begun = time.monotonic()
        for i in range(3):
            self.move("Server", f"part-{i}.bin")
        self.says("at .*/s")
        states = [n.name for n in atspi.find_all(self.transfers(), "label",
                                                 re.compile("/s|^Waiting$|^Done"))]
        self.assertLessEqual(len([s for s in states if "/s" in s]), 1, states)
        self.assertIn("Waiting", states)
        self.shot("trouble-limit")
        wbtest.wait_until(lambda: len(atspi.find_all(self.transfers(), "label", re.compile("^Done"))) == 3,
                          "all three", timeout=120)
        # The first second's worth may go at once.
        self.assertGreater(time.monotonic() - begun, 3 * 700_000 / (LIMITED * 1024) - 1.5)
        for i in range(3):
            self.assertEqual(digest(self.local(f"part-{i}.bin")),
                             hashlib.sha256(self.big[:700_000]).hexdigest())
        self.clear()

    def test_8_pieces_and_checksums(self):
        if not is_there():
            self.skipTest("no ProFTPD")
        log = os.path.join(self.dir, "commands")
        server = Proftpd(self, settings=f'LogFormat all "%m %J"\nExtendedLog {log} ALL all')
        data = self.big * 4
        server.put_file("large.bin", data)
        self.to(server.url, "large.bin")
        self.click(None, "Transfer settings")
        self.window.fill(self.find("spin button", "Pieces of a large download"), "3")
        self.window.key("Tab")
        self.window.key("Escape")
        said = self.fetch_large(data, log)
        self.assertGreater(len([c for c in said if c.startswith("RETR")]), 1, said)
        self.assertEqual(len([c for c in said if c.startswith("USER")]), 4, said)
        self.assertEqual([c for c in said if c.startswith("HASH")], [])
        # A checksum is of a whole file, so that then comes in one piece.
        self.click(None, "Transfer settings")
        self.click("check box", "Compare checksums afterwards")
        self.window.key("Escape")
        said = self.fetch_large(data, log)
        self.assertTrue([c for c in said if c.startswith("HASH /large.bin")], said)
        self.click("push button", "Disconnect")
        self.find("label", "Not Connected")

    def fetch_large(self, data, log):
        """What the server was told meanwhile."""
        self.move("Server", "large.bin")
        self.says("^Done", timeout=120)
        self.assertEqual(digest(self.local("large.bin")), hashlib.sha256(data).hexdigest())
        os.remove(self.local("large.bin"))
        self.clear()
        with open(log, encoding="utf-8") as f:
            return f.read().splitlines()

    # Many

    def test_90_ten_thousand_at_once(self):
        folder = os.path.join(self.desktop.folder, "many")
        os.mkdir(folder)
        paths = [os.path.join(folder, f"f{i:05}") for i in range(MANY)]
        for path in paths:
            with open(path, "w") as f:
                f.write(path[-5:])
        os.mkdir(self.there("many"), 0o777)
        os.chmod(self.there("many"), 0o777)
        self.to(self.url)
        self.ask("many", "Return")
        self.find("label", "0 items")
        peer = self.desktop.run(["/usr/bin/python3", PEER, *paths])
        peer.event("ready", timeout=60)
        self.window.place(0, 0, 940, 860)
        other = Window(self.desktop, None, "Peer")
        other.place(950, 300)
        self.window.drag((other.x + other.width // 4, other.y + other.height // 2),
                         self.window.at(self.list("Server"), 0.5, 0.4))
        wbtest.wait_until(lambda: os.listdir(self.there("many")), "the first of them", timeout=120)
        # The window does other things meanwhile.
        self.window.focus()
        self.window.click(self.row("This Computer", "taken.txt"), fx=0.1)
        self.window.type("round")
        self.find("label", "1 item")
        during = len(os.listdir(self.there("many")))
        self.assertLess(during, MANY, "it was over before the window was looked at")
        self.shot("trouble-many")
        self.window.key("Escape")
        self.find("label", re.compile(f"{MANY:d} of {MANY:d}"), timeout=300)
        self.assertEqual(len(os.listdir(self.there("many"))), MANY)
        for path in paths[::97]:
            self.assertEqual(self.server.read("many/" + os.path.basename(path)), path[-5:].encode())
        self.find("label", f"{MANY} items", timeout=60)
        peer.stop()

    def test_99_leave(self):
        self.quit()


if __name__ == "__main__":
    wbtest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""The Files page when things do not go to their end, against real servers: counting, deleting and
searching cancelled, a server that goes and comes back, folders that cannot be listed, links in
circles, folders that are too deep, ten thousand files at once, and settings that a transfer obeys."""

import contextlib
import hashlib
import json
import os
import re
import threading
import time

import wbtest
from ftpscript import FtpScript
from gui import atspi
from gui.pointer import Window
from holdproxy import HoldProxy
from proftpd import Proftpd, is_there
from test_queue import PEER, Owner, QueueTest, digest
from vsftpd import Vsftpd

MANY = 10_000
DEPTH = 40
LIMITED = 300  # kB/s


class Trouble(QueueTest):
    SETTINGS = QueueTest.SETTINGS + "\nwire-visible=false"

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.proxy = HoldProxy(Owner(cls), cls.server.port)
        # One that ends a session after three seconds of silence.
        cls.hasty = Vsftpd(Owner(cls), idle_session_timeout=3)
        cls.hasty.put_file("sub/inside.txt", b"x")
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
                 "local": cls.home, "connections": 1, "speed-limit": LIMITED},
                {"id": "b", "name": "Behind", "folder": "", "host": "127.0.0.1",
                 "port": cls.proxy.port, "tls": "none", "account": "anonymous", "user": "",
                 "remote": "/upload", "keep-alive": 1},
                {"id": "c", "name": "Held", "folder": "", "host": "127.0.0.1",
                 "port": cls.server.port, "tls": "none", "account": "anonymous", "user": "",
                 "remote": "/upload", "local": cls.home, "upload-limit": 20},
                {"id": "d", "name": "Chinese", "folder": "", "host": "127.0.0.1",
                 "port": cls.server.port, "tls": "none", "account": "anonymous", "user": "",
                 "remote": "/upload/目录", "local": cls.home, "charset": "GBK"}] + [
                {"id": str(seconds), "name": name, "folder": "", "host": "127.0.0.1",
                 "port": cls.hasty.port, "tls": "none", "account": "anonymous", "user": "",
                 "remote": "/upload", "keep-alive": seconds}
                for name, seconds in (("Kept Up", 1), ("Left Alone", 0))]}, f)
        cls.server.put_file("目录/中文.txt".encode("gbk"), b"there\n")
        cls.put("上传.txt", b"mine\n")
        cls.put("up.bin", cls.big[:700_000])

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

    def site(self, name):
        self.page(2)
        if atspi.find_all(self.tree, "push button", "Disconnect"):
            self.click("push button", "Disconnect")
            self.find("label", "Not Connected")
        self.window.click(self.find(None, "Sites"))
        self.window.click(self.find("menu item", name))

    def ask(self, name, key):
        self.window.click(self.row("Server", name), fx=0.1)
        self.window.key(key)

    def cancel(self):
        self.click("push button", "Cancel")
        atspi.gone(self.window.frame, "push button", "Cancel")

    def there(self, *names):
        return os.path.join(self.server.folder, *names)

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

    def test_1b_while_a_huge_folder_is_listed(self):
        """The session goes on: nobody has to log in again."""
        begun = threading.Event()
        rows = b"drwxr-xr-x 2 u g 0 Jan 01 2020 huge\r\n-rw-r--r-- 1 u g 4 Jan 01 2020 taken.txt\r\n"

        def listing(session, argument):
            if "huge" not in argument:
                return session.send(rows)
            with session.accept() as data:
                session.reply("150 here it comes")
                data.sendall(b"-rw-r--r-- 1 u g 4 Jan 01 2020 one-of-many\r\n" * 1000)
                begun.set()
                # Until the client hangs up.
                data.settimeout(60)
                data.recv(1)
            return "426 stopped"

        server = FtpScript(self, {"taken.txt": b"here"}, {"LIST": listing, "CWD": lambda s, a: "250 there"})
        self.to(server.url)
        self.ask("huge", "Delete")
        wbtest.wait_until(begun.is_set, "the list to come")
        self.cancel()
        self.window.click(self.row("Server", "taken.txt"), fx=0.1)
        listed = server.verbs().count("LIST")
        self.window.key("F5")
        wbtest.wait_until(lambda: server.verbs().count("LIST") > listed, "the folder to be listed again")
        self.row("Server", "huge")
        self.assertEqual(server.verbs().count("USER"), 1, server.commands)
        self.to(self.behind)

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

    def send(self, command, answer):
        self.click(None, "Sites")
        self.click("menu item", "Send Command…")
        self.find("text", "Command")
        self.window.type(command)
        self.window.key("Return")
        self.find("label", re.compile("^" + answer))

    def test_4b_a_command_that_goes_elsewhere(self):
        """The next command by hand goes on there, and what is done with a row is done to that row."""
        for name in ("again.txt", "sub/again.txt"):
            self.server.put_file(name, name.encode())
        self.window.key("F5")
        self.row("Server", "again.txt")
        self.send("CWD sub", "250 ")
        self.send("PWD", '257 "/upload/sub"')
        self.ask("again.txt", "F2")
        self.find("text", "New name")
        self.window.type("once-more")
        self.window.key("Return")
        self.row("Server", "once-more.txt")
        self.row("Server", "taken.txt")
        self.assertEqual(self.server.read("once-more.txt"), b"again.txt")
        self.assertEqual(self.server.read("sub/again.txt"), b"sub/again.txt")
        self.send("CWD sub", "250 ")
        self.window.key("F5")
        self.row("Server", "once-more.txt")

    def told(self):
        """The answers that are shown for a moment."""
        wire = {n.path for n in atspi.find_all(self.find("list", "Transcript"), "label")}
        return [n for n in atspi.find_all(self.tree, "label", re.compile("^[2-5][0-9][0-9] "))
                if n.path not in wire]

    def test_4c_answers(self):
        """The last is told at once in place of those before it, and hides no button."""
        for _i in range(8):
            self.send("NOOP", "200 ")
        self.send("PWD", '257 "')
        wbtest.wait_until(lambda: [n.name[:4] for n in self.told()] == ["257 "], "the last answer alone",
                          timeout=10)
        self.shot("trouble-answer")
        x, y, width, height = self.rests(self.told()[0]).box
        left, top, wide, high = self.list("Server").box
        self.assertTrue(left <= x and x + width <= left + wide, (x, width, left, wide))
        self.assertTrue(top <= y and y + height <= top + high, (y, height, top, high))
        # The room for the rest.
        self.window.key("F9")
        atspi.gone(self.tree, "list", "Transcript")

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
        self.begin_server()
        self.window.click(again)
        atspi.gone(self.window.frame, "push button", "Reconnect")
        self.row("Server", "inside.txt")
        self.window.key("alt+Up")
        self.row("Server", "sub")

    def test_5b_it_goes_while_other_things_wait(self):
        """The folder that was asked for is not forgotten for what is asked behind it: here the folder
        that is shown, as at the end of a transfer. That brings the connection back."""
        self.to(self.behind)
        self.proxy.hold("CWD", 1)
        self.ask("sub", "Return")
        wbtest.wait_until(self.proxy.held.is_set, "the way there to stand still")
        self.window.key("F5")
        self.proxy.cut()
        self.row("Server", "inside.txt")
        atspi.gone(self.window.frame, "push button", "Reconnect")

    def test_5c_it_goes_and_is_asked_whether_it_is_there(self):
        """Nor for the question whether the server is there still, which waits behind it."""
        self.site("Behind")
        self.row("Server", "taken.txt")
        self.proxy.hold("CWD", 1)
        self.ask("sub", "Return")
        wbtest.wait_until(self.proxy.held.is_set, "the way there to stand still")
        # Three silences long: more than one such question waits then.
        time.sleep(3)
        self.proxy.cut()
        self.click("push button", "Reconnect")
        self.window.click(self.row("Server", "inside.txt"), fx=0.1)
        atspi.gone(self.window.frame, "push button", "Reconnect")
        self.window.key("alt+Up")
        self.row("Server", "sub")

    def hasty_log(self):
        with open(os.path.join(self.hasty.dir, "log"), encoding="utf-8", errors="replace") as f:
            return f.read()

    def test_5d_kept_up(self):
        """Longer than the server would keep a silent session; the site says how often."""
        self.site("Kept Up")
        self.row("Server", "sub")
        wbtest.wait_until(lambda: self.hasty_log().count('"NOOP"') >= 6, "to be kept up for six seconds",
                          timeout=60)
        self.ask("sub", "Return")
        self.row("Server", "inside.txt")
        self.assertEqual(self.hasty_log().count("OK LOGIN"), 1)
        self.assertNotIn('"421', self.hasty_log())

    def test_5e_left_alone(self):
        """A site that is not to be kept up is not; the next folder makes another session, unasked."""
        self.click("push button", "Disconnect")
        wbtest.wait_until(lambda: '"QUIT"' in self.hasty_log(), "the session before to be over")
        before = self.hasty_log()
        self.site("Left Alone")
        self.row("Server", "sub")
        wbtest.wait_until(lambda: '"421' in self.hasty_log(), "the server to end the session", timeout=60)
        self.assertNotIn('"NOOP"', self.hasty_log()[len(before):])
        self.ask("sub", "Return")
        self.row("Server", "inside.txt")
        self.assertEqual(self.hasty_log()[len(before):].count("OK LOGIN"), 2)
        self.assertEqual(atspi.find_all(self.tree, "push button", "Reconnect"), [])

    # Circles and depths

    def test_6_links_in_circles(self):
        self.to(self.url)
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
        self.site("Slow")
        # Its folder is one, in the address, too.
        self.find("label", "Host 127.0.0.1 · Folder upload/ · File –")
        self.assertEqual(atspi.text(self.find(None, "Server address")),
                         f"127.0.0.1:{self.server.port}/upload/")
        for name in (f"part-{i}.bin" for i in range(3)):
            self.row("Server", name)
        begun = time.monotonic()
        # Together: one by one, the first would be over before the last is asked for.
        self.window.click(self.row("Server", "part-0.bin"), fx=0.1)
        self.window.key("shift+Down", "shift+Down")
        self.click("push button", "Download")
        self.says("at .*/s")
        states = [n.name for n in atspi.find_all(self.transfers(), "label",
                                                 re.compile("/s|^Waiting$|^Done"))]
        self.assertLessEqual(len([s for s in states if "/s" in s]), 1, states)
        self.assertIn("Waiting", states)
        self.shot("trouble-limit")
        wbtest.wait_until(lambda: len(atspi.find_all(self.transfers(), "label", re.compile("^Done"))) == 3,
                          "all three", timeout=120)
        # The first second's worth may go at once.
        self.assertGreater(time.monotonic() - begun, 3 * 700_000 / (LIMITED * 1000) - 1.5)
        for i in range(3):
            self.assertEqual(digest(self.local(f"part-{i}.bin")),
                             hashlib.sha256(self.big[:700_000]).hexdigest())
        self.clear()

    def test_7b_a_limit_of_one_way(self):
        """All of a download goes by an upload that the site holds back."""
        self.site("Held")
        for i in range(3):
            with contextlib.suppress(FileNotFoundError):
                os.remove(self.local(f"part-{i}.bin"))
        atspi.gone(self.list("This Computer"), "label", "part-0.bin")
        self.move("This Computer", "up.bin")
        self.says(" at .*/s")
        self.move("Server", "part-0.bin")
        self.says("^Done, 700.0.kB")
        self.assertEqual(len(atspi.find_all(self.transfers(), "label", re.compile(" at .*/s"))), 1)
        self.assertNotIn("up.bin", self.server.names())
        self.click("push button", "Cancel all transfers")
        self.says("^Cancelled$")
        atspi.gone(self.tree, "push button", "Cancel all transfers")
        self.clear()

    def test_7c_names_in_gbk(self):
        """Shown as they are meant, and on the wire in the server's own bytes."""
        def there():
            return {n.decode("gbk") for n in os.listdir(os.path.join(
                os.fsencode(self.server.folder), "目录".encode("gbk")))}
        self.site("Chinese")
        self.assertEqual(atspi.text(atspi.find(self.tree, re.compile("^(text|entry)$"), "Folder", nth=1)),
                         "/upload/目录")
        self.move("Server", "中文.txt")
        self.says("^Done")
        with open(self.local("中文.txt"), "rb") as f:
            self.assertEqual(f.read(), b"there\n")
        self.clear()
        self.move("This Computer", "上传.txt")
        self.says("^Done")
        self.row("Server", "上传.txt")
        self.assertEqual(there(), {"中文.txt", "上传.txt"})
        self.clear()
        self.ask("上传.txt", "F2")
        self.find("text", "New name")
        self.window.key("ctrl+a")
        self.desktop.paste("王大鹏.txt")
        self.window.key("Return")
        self.row("Server", "王大鹏.txt")
        self.assertEqual(there(), {"中文.txt", "王大鹏.txt"})
        self.shot("trouble-gbk")
        # What the server's character set does not have is refused before a byte of it is sent.
        self.ask("王大鹏.txt", "F2")
        self.find("text", "New name")
        self.window.key("ctrl+a")
        self.desktop.paste("naïve 🙂.txt")
        self.window.key("Return")
        self.problem("character set|GBK")
        self.assertEqual(there(), {"中文.txt", "王大鹏.txt"})
        self.click("push button", "Dismiss")

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
        # A checksum is of a whole file, so that then comes in one piece.
        said = self.fetch_large(data, log)
        self.assertTrue([c for c in said if c.startswith("HASH /large.bin")], said)
        self.assertEqual(len([c for c in said if c.startswith("RETR")]), 1, said)
        self.click(None, "Transfer settings")
        check = self.find("check box", "Compare checksums afterwards")
        self.assertIn("checked", atspi.states(check))
        self.window.click(self.rests(check))
        self.window.key("Escape")
        os.truncate(log, 0)
        said = self.fetch_large(data, log)
        self.assertGreater(len([c for c in said if c.startswith("RETR")]), 1, said)
        self.assertEqual([c for c in said if c.startswith("HASH")], [])
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

# SPDX-License-Identifier: GPL-3.0-or-later
"""The Files page as a person uses it: files dragged to the lab's server and back, and in from another
program."""

import glob
import hashlib
import os
import re
import socket
import stat
import subprocess
import threading

import wbtest
from ftpscript import FtpScript
from gui import atspi
from gui.pointer import Window
from gui.wirebench import WindowTest

PEER = os.path.join(os.environ["G_TEST_SRCDIR"], "lib", "gui", "peer.py")


def digest(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


class Files(WindowTest):
    @classmethod
    def prepare(cls):
        cls.files = {
            "letter.txt": "Across the Great Wall we can reach every corner in the world.\n".encode(),
            "noise.bin": os.urandom(3 * 1024 * 1024 + 17),
            "说明 书.txt": "王大鹏".encode("gb18030"),
        }
        for name, data in cls.files.items():
            with open(os.path.join(cls.home, name), "wb") as f:
                f.write(data)
        cls.outside = os.path.join(cls.desktop.folder, "outside.dat")
        with open(cls.outside, "wb") as f:
            f.write(os.urandom(700_001))

    def on_server(self, name):
        """The file of that name in the lab's FTP folder, whole and under its final name."""
        for folder, _, names in os.walk(os.path.join(self.home, ".local", "state")):
            if name in names:
                return os.path.join(folder, name)
        return None

    def list(self, pane):
        return self.find("tree table", pane)

    def row(self, pane, name):
        """A row's name in a list, which is made anew whenever the folder is read."""
        return wbtest.wait_until(
            lambda: (atspi.find_all(self.list(pane), "label", name) or [None])[0],
            f"{name} in {pane}", timeout=20)

    def drop_point(self, pane):
        return self.window.at(self.list(pane), 0.5, 0.8)

    def test_1_connect_to_the_lab(self):
        self.page(2)
        self.row("This Computer", "letter.txt")
        self.click(None, "Lab server")
        self.click("menu item", "Registered")
        self.find("push button", "Disconnect")
        self.list("Server")
        self.shot("files-connected")

    def test_1b_made_narrow_while_connected(self):
        """What needed more room in one row goes into two, and nothing is beyond the edge."""
        self.window.place(0, 0, 400 + 2 * self.window.border_x, 860)

        def ends(name):
            box = atspi.extents(self.find("push button", name))
            return box[0] + box[2]

        wbtest.wait_until(lambda: max(map(ends, ("Disconnect", "Upload", "Download"))) <= 400,
                          "all of it within the window", timeout=30)
        self.shot("files-made-narrow")
        self.window.place(0, 0, 1240, 860)

    def test_2_drag_to_the_server(self):
        def look():
            self.desktop.xdo("mousemove", 5, 5)
            x, y = self.window.at(self.row("This Computer", "letter.txt"), 0, 0)
            return self.desktop.brightness(x - 20, y, 200, 20)
        before = look()
        for name, data in self.files.items():
            with self.subTest(name):
                self.window.drag(self.window.at(self.row("This Computer", name), 0.1),
                                 self.drop_point("Server"))
                path = wbtest.wait_until(lambda: self.on_server(name), "the file on the server")
                self.assertEqual(digest(path), hashlib.sha256(data).hexdigest())
                self.row("Server", name)
        # Nothing is left of the drags: no mark, no selection.
        wbtest.wait_until(lambda: look() == before, "the row to look as it did")
        self.shot("files-uploaded")

    def test_3_ask_before_replacing(self):
        with open(os.path.join(self.home, "letter.txt"), "wb") as f:
            f.write(b"another letter\n")
        self.window.drag(self.window.at(self.row("This Computer", "letter.txt"), 0.1),
                         self.drop_point("Server"))
        dialog = Window(self.desktop, self.tree, "Name Taken")
        self.desktop.screenshot(self.picture("files-replace"))
        dialog.click(atspi.find(dialog.frame, "label", "Skip"))
        self.find("label", re.compile("^Skipped"))
        self.assertEqual(digest(self.on_server("letter.txt")),
                         hashlib.sha256(self.files["letter.txt"]).hexdigest())

        self.window.drag(self.window.at(self.row("This Computer", "letter.txt"), 0.1),
                         self.drop_point("Server"))
        dialog = Window(self.desktop, self.tree, "Name Taken")
        dialog.click(atspi.find(dialog.frame, "label", "Overwrite"))
        wbtest.wait_until(lambda: digest(self.on_server("letter.txt")) ==
                          hashlib.sha256(b"another letter\n").hexdigest(), "the new letter")

    def test_4_other_programs(self):
        peer = self.desktop.run(["/usr/bin/python3", PEER, self.outside])
        peer.event("ready")
        self.window.place(0, 0, 940, 860)
        other = Window(self.desktop, None, "Peer")
        other.place(950, 300)

        name = os.path.basename(self.outside)
        self.window.drag((other.x + other.width // 4, other.y + other.height // 2),
                         self.window.at(self.list("Server"), 0.5, 0.4))
        path = wbtest.wait_until(lambda: self.on_server(name), "the file on the server")
        self.assertEqual(digest(path), digest(self.outside))

        # Out: it is fetched when the drop asks, into a folder for nobody else.
        self.assertEqual(self.copies("noise.bin"), [])
        self.window.drag(self.window.at(self.row("Server", "noise.bin"), 0.1),
                         (other.x + other.width * 3 // 4, other.y + other.height // 2))
        self.assertEqual(peer.event("drop")["files"], [{
            "name": "noise.bin", "size": len(self.files["noise.bin"]),
            "sha256": hashlib.sha256(self.files["noise.bin"]).hexdigest()}])
        self.shot("files-dragged-out")
        copy, = self.copies("noise.bin")
        for folder in (os.path.dirname(copy), os.path.dirname(os.path.dirname(copy))):
            self.assertEqual(stat.S_IMODE(os.stat(folder).st_mode), 0o700)
        peer.stop()
        self.window.place(0, 0, 1240, 860)

    def copies(self, name):
        return glob.glob(os.path.join(self.home, ".cache", "wirebench", "dragged-*", "*", name))

    def test_5_drag_back(self):
        os.remove(os.path.join(self.home, "noise.bin"))
        atspi.gone(self.list("This Computer"), "label", "noise.bin")
        self.window.drag(self.window.at(self.row("Server", "noise.bin"), 0.1),
                         self.drop_point("This Computer"))
        path = os.path.join(self.home, "noise.bin")
        wbtest.wait_until(lambda: os.path.exists(path), "the file back here")
        self.assertEqual(digest(path), hashlib.sha256(self.files["noise.bin"]).hexdigest())
        self.assertFalse(os.path.exists(path + ".part"))

    def test_6_keyboard(self):
        root = os.path.dirname(self.on_server("letter.txt"))
        self.window.click(self.row("Server", "letter.txt"), fx=0.1)
        self.window.key("F2")
        self.find("text", "New name")
        self.window.type("renamed")
        self.window.key("Return")
        wbtest.wait_until(lambda: self.on_server("renamed.txt"), "the file's new name")
        self.row("Server", "renamed.txt")

        self.window.key("ctrl+shift+n")
        self.enter("box")
        box = os.path.join(root, "box")
        wbtest.wait_until(lambda: os.path.isdir(box), "the new folder")
        self.window.click(self.row("Server", "box"), fx=0.1)
        self.window.key("Return")
        self.wait_location("/box")
        self.window.key("alt+Up")
        self.wait_location("/")

        self.window.click(self.row("Server", "box"), fx=0.1)
        self.window.key("Delete")
        self.find("push button", "Delete")
        self.shot("files-delete")
        self.window.key("Escape")
        atspi.gone(self.tree, "push button", "Delete")
        self.assertTrue(os.path.isdir(box))
        self.window.key("Delete")
        atspi.press(self.find("push button", "Delete"))
        wbtest.wait_until(lambda: not os.path.exists(box), "the folder to go")
        atspi.gone(self.list("Server"), "label", "box")

        with open(os.path.join(root, "behind.txt"), "w"):
            pass
        self.window.key("F5")
        self.row("Server", "behind.txt")

    def test_7_tab_order(self):
        self.window.click(self.find("text", "Folder"))
        names = []
        while len(names) < 14 and names.count("Folder") < 2:
            name = atspi.focused(self.window.frame).name
            if name != "GtkListItemWidget":  # the list, which has stops of its own
                names.append(name)
            self.window.key("Tab")
        self.assertEqual(names, ["Folder", "Reload", "More actions", "Filter", "Parent folder",
                                 "Folder"])

    def enter(self, text):
        self.find("text", "Name")
        self.window.key("ctrl+a")
        self.window.type(text)
        self.window.key("Return")
        atspi.gone(self.tree, "text", "Name")

    def wait_location(self, location):
        wbtest.wait_until(lambda: location in [atspi.text(n) for n in atspi.find_all(
            self.window.frame, "text", "Folder")], location, timeout=20)

    def connect(self, url):
        """Leave the server that is connected, and go to another."""
        self.click("push button", "Disconnect")
        self.find("label", "Not Connected")
        self.window.fill(self.find(None, "Server address"), url)
        self.window.key("Return")

    def test_8_cancel(self):
        """A transfer that stands still: the server takes some of the file, and waits."""
        waits = threading.Event()
        self.addCleanup(waits.set)

        def takes_no_more(session, _argument):
            data = session.accept()
            session.reply("150 go on")
            data.recv(1)
            waits.wait(60)
            data.close()
            return "426 cut off"

        server = FtpScript(self, {"there.txt": b"x"}, on={
            "STOR": takes_no_more, "CWD": lambda session, argument: "250 there"})
        self.connect(server.url)
        self.row("Server", "there.txt")
        self.window.drag(self.window.at(self.row("This Computer", "noise.bin"), 0.1),
                         self.drop_point("Server"))
        wbtest.wait_until(lambda: "STOR" in server.verbs(), "the transfer to begin")
        self.click("push button", "Cancel transfer")
        self.find("label", "Cancelled")
        self.shot("files-cancelled")
        self.assertNotIn("noise.bin", server.files)

    def problem(self, *patterns):
        for pattern in patterns:
            found = self.find("label", re.compile(pattern), timeout=60)
        return atspi.text(found)

    def test_90_wrong_password_says_so(self):
        self.connect(f"ftp://student:canary-7431@127.0.0.1:{self.lab_port()}")
        self.assertNotIn("canary-7431", self.problem("Could not log in.*password is wrong.*Check both"))
        self.assertNotIn("canary-7431", atspi.text(self.find(None, "Server address")))
        self.shot("files-refused")
        self.window.key("Escape")

    def again(self, url):
        self.window.key("Escape")  # a wrong password opens the account
        self.window.fill(self.find(None, "Server address"), url)
        self.window.key("Return")

    def test_91_refused_and_not_found(self):
        self.again(f"ftp://127.0.0.1:{wbtest.free_port()}/")
        self.problem("Could not connect.*nothing listens there.*Check")
        self.again("ftp://no-such-host.invalid/")
        self.problem("no-such-host.invalid.*not found.*[Cc]heck")
        self.shot("files-not-found")

    def test_92_a_silent_server(self):
        release = threading.Event()
        server = wbtest.ScriptedServer(lambda connection, address: release.wait(90))
        self.addCleanup(server.close)
        self.addCleanup(release.set)
        self.again(f"ftp://127.0.0.1:{server.port}/")
        self.find("push button", "Cancel")
        self.problem("Could not connect.*did not answer in time.*Check")
        self.shot("files-silent")

    def test_93_a_password_stays_with_its_server(self):
        """One that came with an address is not sent to the next."""
        self.again(f"ftp://student:canary-7431@127.0.0.1:{self.lab_port()}")
        self.problem("Could not log in.*password is wrong.*Check both")
        self.window.key("Escape")
        server = FtpScript(self)
        self.again(server.url)
        wbtest.wait_until(lambda: [c for c in server.commands if c.startswith("PASS")], "the log-in")
        self.assertIn("USER anonymous", server.commands)
        self.assertEqual([c for c in server.commands if "student" in c or "canary" in c], [])

    def test_99_leaves_nothing(self):
        self.assertEqual(len(self.copies("noise.bin")), 1)
        self.quit()
        self.assertEqual(glob.glob(os.path.join(self.home, ".cache", "wirebench", "dragged-*")), [])

    def lab_port(self):
        done = subprocess.run(["ss", "-Hltnp"], stdout=subprocess.PIPE, text=True, check=True)
        ports = [int(line.split()[3].rsplit(":", 1)[1]) for line in done.stdout.splitlines()
                 if f"pid={self.app.process.pid}," in line]
        for port in ports:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as s:
                s.settimeout(2)
                try:
                    if b"FTP" in s.recv(200):
                        return port
                except OSError:
                    pass
        self.fail(f"none of {ports} is FTP")


if __name__ == "__main__":
    wbtest.main()

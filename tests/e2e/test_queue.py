# SPDX-License-Identifier: GPL-3.0-or-later
"""The transfers on the Files page, against vsftpd: many at once, paused and gone on with, asked about
where a name is taken, and still there when the program was killed in the middle of one."""

import contextlib
import glob
import hashlib
import os
import re
import shutil
import signal
import subprocess
import tempfile

import wbtest
from gui import atspi
from gui.pointer import Window
from gui.wirebench import WindowTest
from vsftpd import PROGRAM, Vsftpd

PEER = os.path.join(os.environ["G_TEST_SRCDIR"], "lib", "gui", "peer.py")
BIG = 6_000_000


def digest(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


# The desktop's notifications, as far as they are of use here: a line for each.
NOTIFIED = """
import json
from gi.repository import Gio, GLib
XML = '<node><interface name="org.freedesktop.Notifications"><method name="Notify">' + ''.join(
    f'<arg type="{t}" direction="in"/>' for t in ("s", "u", "s", "s", "s", "as", "a{sv}", "i")
) + '<arg type="u" direction="out"/></method><method name="GetCapabilities"><arg type="as" direction="out"/>' \\
    '</method><method name="CloseNotification"><arg type="u" direction="in"/></method></interface></node>'

def called(connection, sender, path, interface, method, arguments, invocation):
    if method == "Notify":
        values = arguments.unpack()
        print(json.dumps({"event": "notify", "summary": values[3], "body": values[4]}), flush=True)
        invocation.return_value(GLib.Variant("(u)", (1,)))
    elif method == "GetCapabilities":
        invocation.return_value(GLib.Variant("(as)", (["body"],)))
    else:
        invocation.return_value(None)

def owned(connection, name):
    print(json.dumps({"event": "ready"}), flush=True)

bus = Gio.bus_get_sync(Gio.BusType.SESSION)
bus.register_object("/org/freedesktop/Notifications", Gio.DBusNodeInfo.new_for_xml(XML).interfaces[0],
                    called, None, None)
Gio.bus_own_name_on_connection(bus, "org.freedesktop.Notifications", 0, owned, None)
GLib.MainLoop().run()
"""


class Owner:
    """What a daemon's launcher wants of a test, for one that lives as long as the class."""

    def __init__(self, cls):
        self.cls = cls
        self.dir = tempfile.mkdtemp(prefix="wb-test-")
        cls.addClassCleanup(shutil.rmtree, self.dir, ignore_errors=True)

    path = wbtest.TestCase.path
    start = wbtest.TestCase.start

    def addCleanup(self, *args):
        self.cls.addClassCleanup(*args)

    @staticmethod
    def assertIsNone(value, message):
        assert value is None, message


class QueueTest(WindowTest):
    """A window beside vsftpd, whose rate a test can choose in OPTIONS."""

    OPTIONS = {}

    @classmethod
    def prepare(cls):
        cls.server = Vsftpd(Owner(cls), **cls.OPTIONS)
        cls.url = f"ftp://127.0.0.1:{cls.server.port}/upload"
        cls.big = os.urandom(BIG)

    def connect(self):
        self.page(2)
        self.window.fill(self.find(None, "Server address"), self.url)
        self.window.key("Return")
        self.find("push button", "Disconnect")

    def end_server(self):
        """With the processes that have a session each, which are in groups of their own."""
        parents = {}
        self.server.child.send_signal(signal.SIGSTOP)
        for pid in filter(str.isdecimal, os.listdir("/proc")):
            with contextlib.suppress(OSError), open(f"/proc/{pid}/stat", encoding="utf-8") as f:
                parents[int(pid)] = int(f.read().rsplit(")", 1)[1].split()[1])
        family = {self.server.child.pid}
        while more := {p for p, parent in parents.items() if parent in family} - family:
            family |= more
        for pid in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        wbtest.stop(self.server.child)

    def begin_server(self):
        config = os.path.join(self.server.dir, "vsftpd.conf")
        type(self).server.child = Owner.start(self.server.test, [PROGRAM, config])
        wbtest.wait_until(lambda: wbtest.listens(self.server.port), "the server to be back")

    def list(self, pane):
        return self.find("tree table", pane)

    def row(self, pane, name):
        return wbtest.wait_until(
            lambda: (atspi.find_all(self.list(pane), "label", name) or [None])[0],
            f"{name} in {pane}", timeout=20)

    def reload(self, pane):
        self.window.click(self.row(pane, "taken.txt"), fx=0.1)
        self.window.key("F5")

    def move(self, pane, name):
        """Send a file or folder to the other pane by its button."""
        self.window.click(self.row(pane, name), fx=0.1)
        self.click("push button", {"Server": "Download", "This Computer": "Upload"}[pane])

    def transfers(self):
        return self.find("list", "Transfers")

    def says(self, pattern, timeout=30):
        """Something among the transfers says that."""
        return atspi.find(self.transfers(), "label", re.compile(pattern), timeout=timeout)

    def clear(self):
        self.click("push button", "Clear finished transfers")
        atspi.gone(self.tree, "list", "Transfers")

    def local(self, *names):
        return os.path.join(self.home, *names)

    def answer(self, choice, for_all=False):
        """Choose in the dialog about a name that is taken."""
        window = Window(self.desktop, self.tree, "Name Taken")
        if for_all:
            window.click(atspi.find(window.frame, "check box", re.compile("^Do the same")))
        window.click(atspi.find(window.frame, "label", choice))
        wbtest.wait_until(lambda: not self.desktop.xdo("search", "--onlyvisible", "--name", "^Name Taken$")
                          or window.id not in self.desktop.xdo("search", "--name", "^Name Taken$").split(),
                          "the dialog to go")


class Queue(QueueTest):
    # Slow enough to look at what runs.
    OPTIONS = {"anon_max_rate": 500_000}

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.server.put_file("big.bin", cls.big)
        for i in range(4):
            os.truncate(cls.server.put_file(f"part-{i}.bin", b""), 40_000_000 + i)
        cls.server.put_file("taken.txt", b"the server's\n")
        for name, data in (("tree/a.txt", b"one\n"), ("tree/.hidden", b"two\n"),
                           ("tree/inner/b.txt", b"three\n")):
            cls.server.put_file(name, data)
        with open(os.path.join(cls.home, "taken.txt"), "wb") as f:
            f.write(b"this computer's own\n")

    def test_1_pause_and_resume(self):
        self.connect()
        self.find("push button", "Synchronize folders")
        self.shot("queue-empty")
        self.move("Server", "big.bin")
        self.says(r"MB of 6\.0.MB at .*/s, \d+:\d\d left")
        graph = self.find(None, re.compile(r"^Down [1-9][0-9.]*.kB/s, up 0.bytes/s; the most in a minute was "
                                           r"[1-9][0-9.]*.kB/s$"))
        # Something is drawn there, that does not stand where nothing has gone by.
        x, y = self.window.at(graph, 0, 0)
        _x, _y, width, height = graph.box

        def drawn():
            return self.desktop.brightness(x, y + height // 2, width)
        wbtest.wait_until(lambda: len(set(drawn()[width // 2:-4])) > 1, "bars for the last seconds")
        self.assertEqual(len(set(drawn()[4:width // 2])), 1)
        self.shot("queue-running")
        self.click("push button", "Pause transfer")
        self.says("^Paused$")
        self.assertFalse(os.path.exists(self.local("big.bin")))
        self.shot("queue-paused")
        self.click("push button", "Resume transfer")
        self.says("Done, 6.0.MB", timeout=60)
        self.assertEqual(digest(self.local("big.bin")), hashlib.sha256(self.big).hexdigest())
        self.clear()

    def test_2_all_of_them(self):
        for i in range(4):
            self.move("Server", f"part-{i}.bin")
        self.click("push button", "Pause all transfers")
        wbtest.wait_until(lambda: len(atspi.find_all(self.transfers(), "label", "Paused")) >= 3,
                          "them to stop")
        self.find("push button", "Resume all transfers")
        self.shot("queue-all-paused")
        self.click("push button", "Resume all transfers")
        self.says(r"at .*/s")
        self.click("push button", "Cancel all transfers")
        self.says("^Cancelled$")
        # What was cancelled is not what is done.
        atspi.gone(self.tree, "push button", "Cancel all transfers")
        summary = self.find("label", re.compile("^[0-4] of 4, [1-4] cancelled · ")).name
        done, cancelled = map(int, re.match("(.) of 4, (.) cancelled", summary).groups())
        self.assertEqual(done + cancelled, 4)
        # By state: those that are finished, and nothing that has failed.
        self.click("combo box", "Which transfers to show")
        popover = self.find(None, "GtkPopover")
        self.window.click(atspi.find(popover, "label", "Trouble"))
        atspi.gone(self.transfers(), "label", "Cancelled")
        self.click("combo box", "Which transfers to show")
        popover = self.find(None, "GtkPopover")
        self.window.click(atspi.find(popover, "label", "All"))
        self.says("^Cancelled$")
        self.clear()

    def test_3_a_name_that_is_taken(self):
        self.reload("Server")
        self.move("Server", "taken.txt")
        self.answer("Skip")
        self.says("^Skipped")
        self.assertEqual(open(self.local("taken.txt"), "rb").read(), b"this computer's own\n")
        self.clear()
        self.move("Server", "taken.txt")
        Window(self.desktop, self.tree, "Name Taken")
        self.desktop.screenshot(self.picture("queue-conflict"))
        self.answer("Keep Both")
        self.says("^Done")
        self.assertEqual(open(self.local("taken (2).txt"), "rb").read(), b"the server's\n")
        self.assertEqual(open(self.local("taken.txt"), "rb").read(), b"this computer's own\n")
        self.clear()

    def test_4_later_then_overwrite(self):
        self.move("Server", "taken.txt")
        window = Window(self.desktop, self.tree, "Name Taken")
        self.window.key("Escape")
        self.says("what is to be done")
        self.shot("queue-undecided")
        del window
        self.click("push button", re.compile("Decide"))
        self.answer("Overwrite")
        self.says("^Done")
        self.assertEqual(open(self.local("taken.txt"), "rb").read(), b"the server's\n")
        self.clear()

    def test_5_a_folder_once_for_all(self):
        self.move("Server", "tree")
        wbtest.wait_until(lambda: os.path.exists(self.local("tree", "inner", "b.txt")), "the folder")
        wbtest.wait_until(lambda: os.path.exists(self.local("tree", ".hidden")), "what is hidden")
        wbtest.wait_until(lambda: os.path.exists(self.local("tree", "a.txt")), "the rest")
        for name in ("a.txt", ".hidden", "inner/b.txt"):
            with open(self.local("tree", name), "wb") as f:
                f.write(b"changed here: " + name.encode())
        self.says("^Done")
        self.clear()
        self.reload("This Computer")
        self.move("This Computer", "tree")
        self.answer("Overwrite", for_all=True)
        for name in ("a.txt", ".hidden", "inner/b.txt"):
            wbtest.wait_until(lambda: self.server.read("tree/" + name) == b"changed here: " + name.encode(),
                              name)
        wbtest.wait_until(lambda: len(atspi.find_all(self.transfers(), "label", re.compile("^Done"))) == 3,
                          "three files")
        self.assertEqual(self.desktop.xdo("search", "--onlyvisible", "--name", "^Name Taken$"), "")
        self.clear()

    def test_5_drag_a_folder_out(self):
        """To another program: the whole tree, with what is hidden and with names that are not easy;
        its copies are in a folder for nobody else and without a right to be run."""
        tree = {"out/plain.bin": os.urandom(90_000), "out/.hidden": b"hidden\n", "out/empty": b"",
                "out/deeper/王 大鹏 %41 #1.txt": b"a name\n", "out/deeper/run.desktop": b"[Desktop Entry]\n"}
        for name, data in tree.items():
            os.chmod(self.server.put_file(name, data), 0o755)
        self.reload("Server")
        peer = self.desktop.run(["/usr/bin/python3", PEER, self.local("taken.txt")])
        peer.event("ready")
        self.window.place(0, 0, 940, 860)
        other = Window(self.desktop, None, "Peer")
        other.place(950, 300)
        self.window.drag(self.window.at(self.row("Server", "out"), 0.1),
                         (other.x + other.width * 3 // 4, other.y + other.height // 2))
        files = {f["name"]: f["sha256"] for f in peer.event("drop", timeout=60)["files"]}
        self.assertEqual(files, {n: hashlib.sha256(d).hexdigest() for n, d in tree.items()})
        self.shot("queue-dragged-out")
        for folder, _, names in os.walk(os.path.join(self.home, ".cache", "wirebench")):
            for name in names:
                self.assertEqual(os.stat(os.path.join(folder, name)).st_mode & 0o111, 0, name)
        peer.stop()
        self.window.place(0, 0, 1240, 860)
        self.clear()

    def test_5_copy_for_another_program(self):
        """By the clipboard: fetched when another program asks for it."""
        self.window.click(self.row("Server", "taken.txt"), fx=0.1)
        self.window.key("ctrl+c")

        def pasted():
            done = subprocess.run(["xclip", "-selection", "clipboard", "-o", "-t", "text/uri-list"],
                                  env=self.desktop.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            return done.stdout.decode().split()

        uri, = wbtest.wait_until(pasted, "the file on the clipboard")
        self.assertEqual(open(uri.removeprefix("file://"), "rb").read(), b"the server's\n")
        self.clear()

    def test_6_failed_and_again(self):
        """One that fails says why; once that is seen to, all of them go."""
        path = self.server.put_file("locked.bin", b"now it can be read\n")
        os.chmod(path, 0)
        self.reload("Server")
        self.move("Server", "locked.bin")
        failed = self.says("locked.bin.*")
        self.assertIn("locked.bin", atspi.text(failed))
        self.find("push button", "Try all that failed again")
        self.shot("queue-failed")
        os.chmod(path, 0o644)
        self.click("push button", "Try all that failed again")
        self.says("^Done")
        self.assertEqual(open(self.local("locked.bin"), "rb").read(), b"now it can be read\n")
        self.clear()

    def test_7_settings_are_kept(self):
        self.click(None, "Transfer settings")
        self.window.fill(self.find("spin button", "Download limit (kB/s)"), "200")
        self.window.key("Tab")
        self.click("check box", "Compare checksums afterwards")
        self.desktop.screenshot(self.picture("queue-settings"))
        self.window.key("Escape")
        keyfile = os.path.join(self.desktop.env["XDG_CONFIG_HOME"], "glib-2.0/settings/keyfile")

        def kept():
            with open(keyfile, encoding="utf-8") as f:
                text = f.read()
            return "transfer-limit-down=uint32 200" in text or "transfer-limit-down=200" in text

        wbtest.wait_until(kept, "the limit in the settings")

    def test_7_told_of_the_end(self):
        """Who looks elsewhere when something long is over hears of it from the desktop."""
        listener = self.desktop.run(["/usr/bin/python3", "-c", NOTIFIED])
        listener.event("ready")
        peer = self.desktop.run(["/usr/bin/python3", PEER, self.local("taken.txt")])
        peer.event("ready")
        with contextlib.suppress(FileNotFoundError):
            os.remove(self.local("big.bin"))
        self.move("Server", "big.bin")
        self.says(r"at .*/s")
        other = Window(self.desktop, None, "Peer")
        other.focus()
        told = listener.event("notify", timeout=120)
        self.assertEqual((told["summary"], told["body"]), ("Transfers Finished", "1 file is there"))
        peer.stop()
        listener.stop()
        self.window.focus()
        self.clear()

    def test_8_killed_in_the_middle(self):
        """What runs when the program is killed is there after the next start, waits, and goes on
        from where it was."""
        os.remove(self.local("big.bin"))
        self.move("Server", "big.bin")
        wbtest.wait_until(lambda: self.kept(), "the list to be written", timeout=20)
        wbtest.wait_until(lambda: self.part() > 1_200_000, "a good part of it", timeout=60)
        os.kill(self.app.process.pid, signal.SIGKILL)
        self.app.process.wait()
        kept = self.part()
        self.assertGreater(kept, 1_000_000)

        self.start_again()
        self.says("^Paused$")
        self.shot("queue-restored")
        log = os.path.join(self.server.dir, "log")
        before = os.path.getsize(log)
        self.click("push button", "Resume all transfers")
        self.says("Done, 6.0.MB", timeout=90)
        self.assertEqual(digest(self.local("big.bin")), hashlib.sha256(self.big).hexdigest())
        with open(log, "rb") as f:
            f.seek(before)
            self.assertIn(b"REST ", f.read(), "it went on, and did not begin again")

    def kept(self):
        path = os.path.join(self.desktop.env["XDG_DATA_HOME"], "wirebench", "transfers.json")
        if not os.path.exists(path):
            return False
        with open(path, encoding="utf-8") as f:
            return "big.bin" in f.read()

    def part(self):
        return sum(os.path.getsize(path) for path in glob.glob(self.local("big.bin.????????.part")))

    def start_again(self):
        cls = type(self)
        argv, _ = cls.installation()
        cls.app = cls.desktop.run(argv, G_DEBUG="fatal-criticals")
        cls.tree = atspi.application("wirebench")
        cls.window = Window(cls.desktop, cls.tree, "Wirebench")
        cls.window.place(0, 0, 1240, 860)
        self.page(2)

    def test_9_closing_asks(self):
        self.connect()
        with contextlib.suppress(FileNotFoundError):
            os.remove(self.local("big.bin"))
        self.move("Server", "big.bin")
        self.says(r"at .*/s")
        self.page(3)
        self.shot("queue-badge")
        self.window.key("ctrl+q")
        self.find("push button", "Stop and Close")
        self.desktop.screenshot(self.picture("queue-close"))
        self.window.key("Escape")
        atspi.gone(self.tree, "push button", "Stop and Close")
        self.window.key("ctrl+q")
        type(self).ended = True
        atspi.press(self.find("push button", "Stop and Close"))
        wbtest.wait_until(lambda: self.app.process.poll() is not None, "the program to end")
        self.assertEqual(self.app.process.returncode, 0)
        self.assertTrue(self.kept())


if __name__ == "__main__":
    wbtest.main()

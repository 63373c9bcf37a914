# SPDX-License-Identifier: GPL-3.0-or-later
"""Transfers that break off, again and again, at any byte: what comes of them in the end is what was to
be sent, and until then nothing bears its name.

WB_TEST_INTERRUPTED_MIB makes the file larger than it has to be; 64 takes minutes."""

import ctypes
import glob
import hashlib
import os
import random
import re
import signal
import struct
import subprocess

import cutproxy
import proftpd
import pureftpd
import wbtest
from vsftpd import Vsftpd

SIZE = int(os.environ.get("WB_TEST_INTERRUPTED_MIB", "4")) << 20
CUTS = 50
KILLS = 20

# <sys/inotify.h>
IN_MODIFY, IN_MOVED_TO, IN_CREATE = 0x2, 0x80, 0x100
EVENT = struct.Struct("iIII")


class Watch:
    """All that happens to names in some folders, while it happens, as the kernel tells it."""

    def __init__(self, test, *folders):
        libc = ctypes.CDLL(None, use_errno=True)
        self.fd = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        test.assertGreaterEqual(self.fd, 0)
        test.addCleanup(os.close, self.fd)
        for folder in folders:
            added = libc.inotify_add_watch(self.fd, os.fsencode(folder), IN_MODIFY | IN_MOVED_TO | IN_CREATE)
            test.assertGreaterEqual(added, 0, folder)
        self.events = {}

    def read(self):
        """Name → the kinds of what happened to it so far, in order."""
        while True:
            try:
                data = os.read(self.fd, 1 << 16)
            except BlockingIOError:
                return self.events
            while data:
                _watch, mask, _cookie, length = EVENT.unpack_from(data)
                name = data[EVENT.size:EVENT.size + length].rstrip(b"\0").decode()
                self.events.setdefault(name, []).append(mask)
                data = data[EVENT.size + length:]


class Interrupted:
    start_server = staticmethod(cutproxy.start_vsftpd)
    tls = False
    cuts = CUTS
    kills = KILLS

    def setUp(self):
        super().setUp()
        seed = random.randrange(1 << 30)
        print(f"# seed {seed}", flush=True)
        self.random = random.Random(seed)
        self.proxy = cutproxy.CutProxy(self, self.start_server, tls=self.tls)
        self.server = self.proxy.server
        self.watch = Watch(self, self.dir, self.server.folder)
        self.data = self.random.randbytes(SIZE)
        self.sum = hashlib.sha256(self.data).hexdigest()
        self.source = self.write("source", self.data)

    def arguments(self, up, name):
        """The command, and the path that its file gets in the end."""
        if up:
            return (["ftp", "put", self.source, self.proxy.url + name],
                    os.path.join(self.server.folder, name))
        return (["ftp", "get", self.proxy.url + "source", self.path(name)], self.path(name))

    def start_wire(self, up, name):
        args, final = self.arguments(up, name)
        return [wbtest.WIRE, *args, "--resume", "--retries", "0", "--timeout", "10",
                *self.server.options()], final

    def run_to_the_end(self, up, name):
        args, final = self.arguments(up, name)
        if not os.path.exists(final):
            self.wire(*args, "--resume", *self.server.options(), check=0)
        with open(final, "rb") as f:
            self.assertEqual(hashlib.sha256(f.read()).hexdigest(), self.sum)
        folder = os.path.dirname(final)
        self.assertEqual([n for n in os.listdir(folder) if n.startswith(name + ".")], [],
                         "nothing is left beside it")

    def interrupt(self, up, count, once):
        """Breaks transfers off COUNT times: some bytes further each time, until the file is there; then
        with another one."""
        if not up:
            self.server.put_file("source", self.data)
        number = done = 0
        while done < count:
            name = f"file-{number}"
            number += 1
            argv, final = self.start_wire(up, name)
            while done < count:
                # From the first byte on to what is more than the rest of it.
                if not once(argv, self.random.randrange(1, SIZE // 4)):
                    break
                done += 1
                self.assertFalse(os.path.exists(final), "part of a file has its name")
                self.assertNotIn(name, self.watch.read(), "part of a file had its name")
            self.proxy.let_go()
            self.run_to_the_end(up, name)
            # It came whole, by its name, and nothing was written to it any more. Its part was seen to grow.
            events = self.watch.read()
            self.assertEqual(len(events[name]), 1, events[name])
            self.assertIn(events[name][0], (IN_MOVED_TO, IN_CREATE))
            self.assertTrue(any(IN_MODIFY in kinds for other, kinds in events.items()
                                if other.startswith(name + ".")), events.keys())
            events.clear()
            os.unlink(final)

    def cut_once(self, argv, count):
        self.proxy.break_after(count)
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=60)
        if done.returncode == 0:
            return False
        self.assertEqual(done.returncode, 1, done.stderr.decode())
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr.decode())
        return True

    def kill_once(self, argv, count):
        self.proxy.break_after(count, hold=True)
        child = self.start(argv, stderr=subprocess.PIPE)
        wbtest.wait_until(lambda: self.proxy.held.is_set() or child.poll() is not None,
                          "it got that far")
        if child.poll() is not None:
            return False
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        child.stderr.close()
        self.proxy.let_go()
        return True

    def test_cut_downloads(self):
        self.interrupt(False, self.cuts, self.cut_once)

    def test_cut_uploads(self):
        self.interrupt(True, self.cuts, self.cut_once)

    def test_killed_downloads(self):
        self.interrupt(False, self.kills, self.kill_once)

    def test_killed_uploads(self):
        self.interrupt(True, self.kills, self.kill_once)

    def test_goes_on_by_itself(self):
        """With --resume one command lives through it."""
        self.server.put_file("source", self.data)
        self.proxy.break_after(SIZE // 2)
        self.run_to_the_end(False, "down")
        self.proxy.break_after(SIZE // 2)
        self.run_to_the_end(True, "up")


class Plain(Interrupted, wbtest.TestCase):
    pass


class Tls(Interrupted, wbtest.TestCase):
    tls = True


@wbtest.unittest.skipUnless(proftpd.is_there(), "ProFTPD is not here, or this is not root")
class Proftpd(Interrupted, wbtest.TestCase):
    start_server = staticmethod(cutproxy.start_proftpd)
    cuts = kills = 6


@wbtest.unittest.skipUnless(pureftpd.is_there(), "Pure-FTPd is not here, or this is not root")
class PureFtpd(Interrupted, wbtest.TestCase):
    start_server = staticmethod(cutproxy.start_pureftpd)
    cuts = kills = 6


class HungUp(wbtest.TestCase):
    def test_a_closed_terminal_leaves_no_parts(self):
        """It hangs up, perhaps twice, and what was under way is taken away, here and there. Whom `nohup`
        started does not hear that."""
        data = os.urandom(3_000_000)
        server = Vsftpd(self)
        server.put_file("big", data)
        local = self.write("local", data)

        def parts():
            return [n for folder in (server.folder, self.dir) for n in os.listdir(folder) if n.endswith(".part")]

        def begin(*argv, action=signal.SIG_DFL):
            child = self.start([wbtest.WIRE, "ftp", *argv, "-q", "--limit", "400K"], stderr=subprocess.PIPE,
                               preexec_fn=lambda: signal.signal(signal.SIGHUP, action))
            wbtest.wait_until(parts, "a part")
            child.send_signal(signal.SIGHUP)
            return child
        for argv in (("get", server.url + "big", self.path("got")), ("put", local, server.url + "sent")):
            child = begin(*argv)
            child.send_signal(signal.SIGHUP)
            self.assertEqual(child.wait(30), 1)
            self.assertEqual(parts(), [])
        child = begin("get", server.url + "big", self.path("got"), action=signal.SIG_IGN)
        self.assertEqual(child.wait(60), 0)
        self.assertEqual(self.read("got"), data)


class Pieces(wbtest.TestCase):
    """A download over several connections, of eight pieces."""

    SIZE = 64 << 20

    def setUp(self):
        super().setUp()
        self.proxy = cutproxy.CutProxy(self)
        self.server = self.proxy.server
        # Each piece another one: a server that sends the beginning again and again is found out by that.
        self.data = random.Random(5).randbytes(self.SIZE)
        self.server.put_file("source", self.data)
        self.argv = ["ftp", "get", self.proxy.url + "source", self.path("down"), "--segments", "3"]

    def from_the_beginning(self):
        """How many RETR came without a REST before them on their connection."""
        count = 0
        last = {}
        for line in self.log():
            if "FTP command" in line and (found := re.search(r'\[pid (\d+)\].*"([A-Z]+)[^"]*"$', line.strip())):
                count += found[2] == "RETR" and last.get(found[1]) != "REST"
                last[found[1]] = found[2]
        return count

    def log(self):
        with open(os.path.join(self.server.dir, "log"), encoding="utf-8", errors="replace") as f:
            return f.readlines()

    def test_what_broke_comes_again(self):
        """All connections break in the middle; what had come by then stays."""
        self.proxy.break_after(self.SIZE * 5 // 8)
        self.wire(*self.argv, "--retries", "0", check=0)
        self.assertEqual(self.read("down"), self.data)
        # Only the first piece begins at the beginning.
        self.assertEqual(self.from_the_beginning(), 1)
        self.assertEqual([n for n in os.listdir(self.dir) if n.startswith("down.")], [])

    def test_the_beginning_is_gone_on_with(self):
        self.proxy.break_after(self.SIZE * 5 // 8, hold=True)
        child = self.start([wbtest.WIRE, *self.argv, "--resume", "-q"], stderr=subprocess.PIPE)
        self.assertTrue(self.proxy.held.wait(60))
        child.send_signal(signal.SIGINT)
        self.assertEqual(child.wait(30), 1)
        self.proxy.let_go()
        part, = glob.glob(self.path("down.????????.part"))
        left = os.path.getsize(part)
        self.assertGreater(left, 0)
        self.assertEqual(left % (8 << 20), 0)
        self.wire(*self.argv, "--resume", check=0)
        self.assertEqual(self.read("down"), self.data)
        self.assertTrue(any(f'"REST {left - (32 << 10)}"' in line for line in self.log()))
        self.assertEqual([n for n in os.listdir(self.dir) if n.startswith("down.")], [])


if __name__ == "__main__":
    wbtest.main()

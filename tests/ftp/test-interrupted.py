# SPDX-License-Identifier: GPL-3.0-or-later
"""Transfers that break off, again and again, at any byte: what comes of them in the end is what was to
be sent, and until then nothing bears its name.

WB_TEST_INTERRUPTED_MIB makes the file larger than it has to be; 64 takes minutes."""

import hashlib
import os
import random
import re
import signal
import subprocess

import cutproxy
import wbtest

SIZE = int(os.environ.get("WB_TEST_INTERRUPTED_MIB", "4")) << 20
CUTS = 50
KILLS = 20


class Interrupted:
    tls = False

    def setUp(self):
        super().setUp()
        seed = random.randrange(1 << 30)
        print(f"# seed {seed}", flush=True)
        self.random = random.Random(seed)
        self.proxy = cutproxy.CutProxy(self, tls=self.tls)
        self.server = self.proxy.server
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
            self.proxy.let_go()
            self.run_to_the_end(up, name)
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
        self.interrupt(False, CUTS, self.cut_once)

    def test_cut_uploads(self):
        self.interrupt(True, CUTS, self.cut_once)

    def test_killed_downloads(self):
        self.interrupt(False, KILLS, self.kill_once)

    def test_killed_uploads(self):
        self.interrupt(True, KILLS, self.kill_once)

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


class Pieces(wbtest.TestCase):
    """A download over several connections, of eight pieces."""

    SIZE = 64 << 20

    def setUp(self):
        super().setUp()
        self.proxy = cutproxy.CutProxy(self)
        self.server = self.proxy.server
        self.data = random.Random(5).randbytes(1 << 20) * 64
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
        left = os.path.getsize(self.path("down.part"))
        self.assertGreater(left, 0)
        self.assertEqual(left % (8 << 20), 0)
        self.wire(*self.argv, "--resume", check=0)
        self.assertEqual(self.read("down"), self.data)
        self.assertTrue(any(f'"REST {left - (32 << 10)}"' in line for line in self.log()))
        self.assertEqual([n for n in os.listdir(self.dir) if n.startswith("down.")], [])


if __name__ == "__main__":
    wbtest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Files above 4 GiB, which are sparse here, and files that change while they are sent, with vsftpd."""

import glob
import os
import signal
import subprocess

import wbtest
from vsftpd import Vsftpd

EDGE = 4 * 1024 * 1024 * 1024
TAIL = os.urandom(64 * 1024)
SLOW = ("--limit", "64K")


class Large(wbtest.TestCase):
    def setUp(self):
        super().setUp()
        self.server = Vsftpd(self)

    def sparse(self, path):
        """A file of 4 GiB of nothing, and some bytes behind."""
        with open(path, "wb") as f:
            f.seek(EDGE)
            f.write(TAIL)
        return path

    def assert_whole(self, path):
        self.assertEqual(os.path.getsize(path), EDGE + len(TAIL))
        with open(path, "rb") as f:
            self.assertEqual(f.read(1024 * 1024), bytes(1024 * 1024))
            f.seek(EDGE)
            self.assertEqual(f.read(), TAIL)

    def break_off(self, *args, part):
        """Begins a transfer, ends the program in the middle of it, and makes its part, whose bytes are all
        zero so far, one of 4 GiB; the path of the part, which PART finds."""
        child = self.start([wbtest.WIRE, "ftp", *args, "--resume", *SLOW], stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
        path = wbtest.wait_until(part, "some bytes to be there")
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        os.truncate(path, EDGE)

    def test_listed_and_gone_on_with_on_the_way_down(self):
        self.sparse(os.path.join(self.server.folder, "big"))
        done = self.wire("ftp", "ls", self.server.url, check=0)
        self.assertIn(str(EDGE + len(TAIL)).encode(), done.stdout.replace(b",", b""))
        local = self.path("big")

        def part():
            found = glob.glob(local + ".*.part")
            return found[0] if found and os.path.getsize(found[0]) else None
        self.break_off("get", self.server.url + "big", local, part=part)
        self.wire("ftp", "get", self.server.url + "big", local, "--resume", check=0, timeout=120)
        self.assert_whole(local)

    def test_gone_on_with_on_the_way_up(self):
        local = self.sparse(self.path("big"))

        def part():
            found = [os.path.join(self.server.folder, n) for n in os.listdir(self.server.folder)]
            return found[0] if found and os.path.getsize(found[0]) else None
        self.break_off("put", local, self.server.url + "big", part=part)
        self.wire("ftp", "put", local, self.server.url + "big", "--resume", check=0, timeout=120)
        self.assertEqual(os.listdir(self.server.folder), ["big"])
        self.assert_whole(os.path.join(self.server.folder, "big"))


class Changing(wbtest.TestCase):
    """What is sent is changed by somebody meanwhile: nothing half bears the name, and it is said."""

    SIZE = 400_000

    def send(self, change):
        server = Vsftpd(self)
        local = self.write("local", os.urandom(self.SIZE))
        child = self.start([wbtest.WIRE, "ftp", "put", local, server.url + "x", "--limit", "200K",
                            "--transcript", self.path("t.txt")],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           env=dict(os.environ, LANGUAGE="en"))
        wbtest.wait_until(lambda: [n for n in os.listdir(server.folder)
                                   if os.path.getsize(os.path.join(server.folder, n))], "some bytes")
        change(local)
        _, err = child.communicate(timeout=60)
        return server, child.returncode, err

    def test_shrinks(self):
        server, code, err = self.send(lambda path: os.truncate(path, 1000))
        self.assertEqual(code, 1)
        self.assertIn(b"became shorter", err)
        self.assertNotIn("x", os.listdir(server.folder))

    def test_grows(self):
        def change(path):
            with open(path, "ab") as f:
                f.write(b"more" * 1000)
        server, code, err = self.send(change)
        self.assertEqual(code, 0, err)
        with open(os.path.join(server.folder, "x"), "rb") as f:
            self.assertEqual(f.read(), self.read("local")[:self.SIZE])
        self.assertIn(f"grew to {self.SIZE + 4000} bytes".encode(), self.read("t.txt"))


if __name__ == "__main__":
    wbtest.main()

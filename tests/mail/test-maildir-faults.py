# SPDX-License-Identifier: GPL-3.0-or-later
"""What the store acknowledged is there, whole, wherever the process is killed or a call fails; what it
did not acknowledge has harmed nothing."""

import errno
import os
import subprocess

import wbtest

WRITER = os.environ["MAILDIR_WRITER"]
PRELOAD = os.environ["FAULT_PRELOAD"]
PATTERN = b"Subject: kept\r\n\r\n"
COUNT = 3
SIZE = 5000


def content(size):
    return (PATTERN * (size // len(PATTERN) + 1))[:size]


class Faults(wbtest.TestCase):
    def setUp(self):
        super().setUp()
        self.runs = 0

    def run_writer(self, box, mode="one", count=COUNT, size=SIZE, **faults):
        env = dict(os.environ, LD_PRELOAD=PRELOAD,
                   ASAN_OPTIONS="verify_asan_link_order=0:detect_leaks=0", LANGUAGE="en")
        env.update({"WB_FAULT_" + k.upper(): str(v) for k, v in faults.items()})
        done = subprocess.run([WRITER, box, mode, str(count), str(size)], env=env, timeout=60,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)
        self.assertIn(done.returncode, (0, 1, 137), done.stderr)
        return done.returncode, done.stdout.decode().split(), done.stderr.decode()

    def box(self):
        self.runs += 1
        return self.path(f"box{self.runs}")

    def trace(self, mode):
        """The calls of a run that nothing disturbs, each (name, descriptor, about)."""
        self.runs += 1
        path = self.path(f"trace{self.runs}")
        code, names, _ = self.run_writer(self.box(), mode, trace=path)
        self.assertEqual((code, len(names)), (0, COUNT))
        with open(path, encoding="utf-8") as f:
            calls = [line.rstrip("\n").split(" ", 3)[1:] for line in f]
        self.assertGreater(len(calls), 4 * COUNT)
        return calls

    def messages(self, box):
        """Name without flags -> bytes, of all that a mail program would see."""
        found = {}
        for folder in ("new", "cur"):
            path = os.path.join(box, folder)
            for name in os.listdir(path) if os.path.isdir(path) else []:
                with open(os.path.join(path, name), "rb") as f:
                    found[name.split(":")[0]] = f.read()
        return found

    def check_whole(self, box, acknowledged):
        found = self.messages(box)
        for name in acknowledged:
            self.assertIn(name, found, "acknowledged and lost")
        for name, data in found.items():
            size = int(name.split(",S=")[1])
            self.assertEqual(data, content(size), f"torn: {name}")
        return found

    def fill(self):
        box = self.box()
        code, names, _ = self.run_writer(box, count=2, size=100)
        self.assertEqual((code, len(names)), (0, 2))
        return box, names

    def test_killed_anywhere(self):
        for mode in ("one", "flags", "many"):
            for n in range(1, len(self.trace(mode)) + 1):
                with self.subTest(mode=mode, n=n):
                    box = self.box()
                    code, names, _ = self.run_writer(box, mode, kill=n)
                    self.assertEqual(code, 137)
                    self.check_whole(box, names)
                    # Whoever comes after can work with what is left.
                    code, more, _ = self.run_writer(box, mode)
                    self.assertEqual((code, len(more)), (0, COUNT))
                    self.check_whole(box, names + more)

    def test_one_call_fails(self):
        for mode in ("one", "flags", "many"):
            calls = self.trace(mode)
            for number in (errno.ENOSPC, errno.EIO):
                for n in range(1, len(calls) + 1):
                    with self.subTest(mode=mode, n=n, error=errno.errorcode[number]):
                        box, before = self.fill()
                        code, names, message = self.run_writer(box, mode, error=n, errno=number)
                        found = self.check_whole(box, before + names)
                        # All that is there was there before or was acknowledged: taken back, else.
                        self.assertEqual(set(found), set(before + names))
                        self.assertEqual(os.listdir(os.path.join(box, "tmp")), [])
                        if code == 1:
                            self.assertIn("mail", message)
                            self.assertNotEqual(len(names), COUNT)
                        else:
                            self.assertEqual(len(names), COUNT)

    def test_every_call_fails_from_then_on(self):
        for mode in ("one", "many"):
            for n in range(1, len(self.trace(mode)) + 1):
                with self.subTest(mode=mode, n=n):
                    box, before = self.fill()
                    _, names, _ = self.run_writer(box, mode, error=n, errno=errno.EIO, stay=1)
                    self.check_whole(box, before + names)

    def test_failed_sync_is_not_tried_again(self):
        """A second fsync() that succeeds would prove nothing."""
        calls = self.trace("one")
        first = next(i for i, c in enumerate(calls) if c[0] == "write")
        sync = next(i for i, c in enumerate(calls) if c[0] == "fsync" and i > first)
        path = self.path("trace-sync")
        code, names, _ = self.run_writer(self.box(), "one", error=sync + 1, errno=errno.EIO, trace=path)
        self.assertEqual((code, names), (1, []))
        with open(path, encoding="utf-8") as f:
            after = [line.split()[1] for line in f][sync + 1:]
        self.assertNotIn("fsync", after)
        self.assertNotIn("rename", after)

    def test_order(self):
        """Each file is synced and closed before it is renamed, the folder synced after."""
        for mode in ("one", "many"):
            calls = [c[0] for c in self.trace(mode)]
            calls = calls[calls.index("write"):]
            last_rename = len(calls) - calls[::-1].index("rename")
            self.assertIn("fsync", calls[last_rename:], "the folder was not synced")
            self.assertNotIn("write", calls[last_rename:])
            one = calls[:calls.index("rename")]
            self.assertEqual(one.count("fsync"), one.count("close"))
            self.assertEqual(one[-1], "close")
        self.assertEqual([c[0] for c in self.trace("many")].count("rename"), COUNT)

    def test_interrupted_and_short(self):
        for faults in ({"eintr": 2}, {"eintr": 3, "short": 1}, {"short": 1}):
            with self.subTest(**faults):
                box = self.box()
                code, names, _ = self.run_writer(box, **faults)
                self.assertEqual((code, len(names)), (0, COUNT))
                self.check_whole(box, names)

    def test_names_are_unique(self):
        """Two processes, in the same second, which is also that of the mail already there."""
        box = self.box()
        env = dict(os.environ, LD_PRELOAD=PRELOAD, WB_FAULT_CLOCK="1700000000",
                   ASAN_OPTIONS="verify_asan_link_order=0:detect_leaks=0")
        children = [self.start([WRITER, box, "many", "300", "10"], env=env, stdout=subprocess.PIPE)
                    for _ in range(2)]
        names = [n for c in children for n in c.communicate()[0].decode().split()]
        self.assertEqual([c.returncode for c in children], [0, 0])
        code, more, _ = self.run_writer(box, "many", count=300, clock=1600000000)
        self.assertEqual(code, 0)
        self.assertEqual(len(set(names + more)), 900)
        self.assertEqual(len(self.check_whole(box, names + more)), 900)
        for name in names:
            self.assertRegex(name, r"^1700000000\.M000000P\d+Q\d+R[0-9a-f]{16}\.localhost,S=\d+$")


if __name__ == "__main__":
    wbtest.main()

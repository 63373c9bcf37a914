# SPDX-License-Identifier: GPL-3.0-or-later
"""Mails that are larger than memory is wide: built, kept and sent piece by piece, with no byte changed."""

import base64
import fcntl
import glob
import hashlib
import os
import random
import signal
import subprocess
import termios

import exim
import smtpsink
import wbtest

SENDER = os.environ["OUTBOX_SENDER"]
MEBIBYTE = 1 << 20
# How much more a hundred times the mail may take.
ROOM = 16 * MEBIBYTE
SMALL, LARGE = 2 * MEBIBYTE, 200 * MEBIBYTE
HEADER = b"From: teacher@school.test\r\nTo: student@school.test\r\nBcc: hidden@school.test\r\nSubject: large\r\n\r\n"
BLOCK = b"".join(base64.b64encode(random.Random(1).randbytes(57)) + b"\r\n" for _ in range(13443))


@wbtest.unittest.skipIf(os.environ["SANITIZED"], "a sanitizer takes memory of its own")
class Memory(wbtest.TestCase):
    def measure(self, argv, **kw):
        done, memory = wbtest.run_measured(argv, **kw)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return memory

    def eml(self, size):
        path = self.path("%d.eml" % size)
        with open(path, "wb") as f:
            f.write(HEADER)
            for _ in range(size // len(BLOCK) + 1):
                f.write(BLOCK)
        return path

    def attachment(self, size):
        path = self.path("%d.bin" % size)
        with open(path, "wb") as f:
            for _ in range(size // len(BLOCK) + 1):
                f.write(BLOCK)
        return path

    def test_send(self):
        sink = smtpsink.SmtpSink(self, keep=False)
        for more in ((), ("--from", "a@example.org", "--to", "b@example.org")):
            used = [self.measure([wbtest.WIRE, "mail", "send", "--server", sink.url, "--eml", self.eml(size), *more])
                    for size in (SMALL, LARGE)]
            self.assertLessEqual(used[1], used[0] + ROOM)

    def test_send_from_a_pipe(self):
        """What comes but once goes by way of a file without a name, of which nothing is left."""
        sink = smtpsink.SmtpSink(self, keep=False)
        os.mkdir(self.path("tmp"))
        for more in ((), ("--from", "a@example.org", "--to", "b@example.org")):
            used = []
            for size in (SMALL, LARGE):
                used.append(self.measure(["sh", "-c", 'cat "$0" | "$@"', self.eml(size), wbtest.WIRE, "mail", "send",
                                          "--server", sink.url, "--eml", "-", *more],
                                         env=dict(os.environ, TMPDIR=self.path("tmp"))))
                self.assertEqual(os.listdir(self.path("tmp")), [])
            self.assertLessEqual(used[1], used[0] + ROOM)

    @wbtest.unittest.skipUnless(exim.is_there(), "Exim is not there or this is not root")
    def test_send_in_counted_pieces(self):
        server = exim.Exim(self, size=2 * LARGE)
        used = [self.measure([wbtest.WIRE, "mail", "send", "--server", server.url, "--chunking", "--eml", self.eml(size)])
                for size in (SMALL, LARGE)]
        self.assertLessEqual(used[1], used[0] + ROOM)

    def test_build(self):
        """Built, and built to be sent at once."""
        sink = smtpsink.SmtpSink(self, keep=False)
        for command in (["mail", "build"], ["mail", "send", "--server", sink.url]):
            used = []
            for size in (SMALL, LARGE):
                argv = [wbtest.WIRE, *command, "--from", "a@example.org", "--to", "b@example.org", "--attach",
                        self.attachment(size)]
                with open(self.path("built"), "wb") as out:
                    used.append(self.measure(["sh", "-c", 'exec "$@" >"$0"', out.name, *argv]))
            self.assertLessEqual(used[1], used[0] + ROOM)

    def test_outbox(self):
        """Sent out of the Outbox, with its copy put into Sent."""
        sink = smtpsink.SmtpSink(self, keep=False)
        used = []
        for size in (SMALL, LARGE):
            folder = self.path("mail%d" % size)
            with open(self.eml(size), "rb") as mail:
                name = subprocess.run([SENDER, folder, "queue", "a@example.org", "b@example.org"], stdin=mail, check=True,
                                      stdout=subprocess.PIPE).stdout.decode().strip()
            used.append(self.measure([SENDER, folder, "send", str(sink.port), name]))
            copy, = glob.glob(folder + "/Sent/cur/*")
            self.assertEqual(self.digest(copy), self.digest(self.eml(size)))
            self.assertEqual(os.listdir(folder + "/Outbox/cur"), [])
        self.assertLessEqual(used[1], used[0] + ROOM)

    def digest(self, path):
        with open(path, "rb") as f:
            return hashlib.file_digest(f, "sha256").digest()


class Same(wbtest.TestCase):
    """What comes from a file in pieces is what comes from memory at once."""

    def texts(self):
        """Where pieces meet, wherever that is: line ends of each kind, dots, long lines, none at the end."""
        parts = [b"\r\n", b"\n", b"\r", b"\r\n.", b"\n.\n", b"\r.\r", b"\r\n..\r\n", b"\r\r\n", b".", b"line of text ", b"x" * 900]
        for seed in range(3):
            chance = random.Random(seed)
            text = b"".join(chance.choices(parts, k=60000))
            yield text + chance.choice((b"", b"\r", b"\n", b"end"))
        yield b"\r\n" * (3 * MEBIBYTE)
        yield b"x" + b"\r\n" * (3 * MEBIBYTE)
        yield b".\r" * (3 * MEBIBYTE)
        yield b"y" * (5 * MEBIBYTE)

    def messages(self):
        for text in self.texts():
            yield HEADER + text

    def send(self, url, path, data, *more):
        """The size that the server is told."""
        self.wire("mail", "send", "--server", url, "--eml", path, "--transcript", self.path("t.txt"), *more,
                  input=data, check=0)
        return [l for l in self.read("t.txt").splitlines() if b"MAIL FROM" in l][0].split(b" SIZE=")[-1]

    def test_with_a_dot(self):
        for number, data in enumerate(self.messages()):
            with self.subTest(number=number):
                path = self.write("m.eml", data)
                self.assertGreater(len(data), 4 * MEBIBYTE)
                got = []
                for way in (path, "-"):
                    sink = smtpsink.SmtpSink(self)
                    self.send(sink.url, way, data if way == "-" else None)
                    got.append(sink.messages()[0][1])
                    wbtest.stop(sink.child)
                self.assertTrue(got[0] == got[1])
                self.assertNotIn(b"hidden", got[0])

    @wbtest.unittest.skipUnless(exim.is_there(), "Exim is not there or this is not root")
    def test_in_counted_pieces(self):
        for number, data in enumerate(self.messages()):
            with self.subTest(number=number):
                if any(len(line) > 900000 for line in data.split(b"\n")):
                    continue
                path = self.write("m.eml", data)
                server = exim.Exim(self, size=100 * MEBIBYTE)
                sizes = {self.send(server.url, way, data if way == "-" else None, *(["--chunking"] if count < 2 else []))
                         for count, way in enumerate((path, "-", path))}
                self.assertEqual(len(sizes), 1)
                got = wbtest.wait_until(lambda s=server: len(s.mailbox("student")) == 3 and s.mailbox("student"),
                                        "the mails to be delivered")
                self.assertEqual(len({m[m.index(b"\nFrom: "):] for m in got}), 1)
                wbtest.stop(server.child)

    def test_built(self):
        """An attachment arrives as it was."""
        data = random.Random(3).randbytes(9 * MEBIBYTE + 1)
        sent = self.wire("mail", "build", "--from", "a@example.org", "--attach", self.write("a.bin", data), check=0).stdout
        body = sent.split(b"base64\r\n\r\n")[1].split(b"\r\n--")[0]
        self.assertTrue(base64.b64decode(body) == data)


class Trouble(wbtest.TestCase):
    def test_file_changes_while_it_is_sent(self):
        """Such a mail gets no end, so that nobody takes it."""
        path = self.write("m.eml", HEADER + BLOCK * 40)
        seen = []

        def handler(connection, _address):
            file = connection.makefile("rwb", buffering=0)
            file.write(b"220 test\r\n")
            for line in iter(file.readline, b""):
                if line == b"DATA\r\n":
                    file.write(b"354 go\r\n")
                    file.readline()
                    with open(path, "r+b") as f:
                        f.truncate(5 * MEBIBYTE)
                    rest = file.read()
                    while rest:
                        seen.append(rest[-5:])
                        rest = file.read()
                    return
                file.write(b"250 fine\r\n")

        server = wbtest.ScriptedServer(handler)
        self.addCleanup(server.close)
        done = self.wire("mail", "send", "--server", "smtp://127.0.0.1:%d" % server.port, "--eml", path, check=1)
        self.assertIn("changed while it was read", done.stderr.decode())
        self.assertNotIn(b"may have arrived", done.stderr)
        self.assertNotIn(b"\r\n.\r\n", b"".join(seen))

    def test_no_room_for_what_comes(self):
        """Nothing is sent of a mail that could not be taken down."""
        server = smtpsink.SmtpSink(self)
        done = self.wire("mail", "send", "--server", server.url, "--eml", "-", input=HEADER + BLOCK * 6, check=1,
                         env={"TMPDIR": self.path("nowhere")})
        self.assertIn("nowhere", done.stderr.decode())
        self.assertEqual(server.messages(), [])

    def test_pipe_is_interrupted(self):
        """While the rest is waited for, in memory and in the file."""
        server = smtpsink.SmtpSink(self)
        os.mkdir(self.path("tmp"))
        for text in (HEADER, HEADER + BLOCK * 6):
            child = self.start([wbtest.WIRE, "mail", "send", "--server", server.url, "--eml", "-"], stdin=subprocess.PIPE,
                               stderr=subprocess.PIPE, env=dict(os.environ, TMPDIR=self.path("tmp"), LANGUAGE="en"))
            child.stdin.write(text)
            child.stdin.flush()
            wbtest.wait_until(lambda c=child: self.left_in(c.stdin) == 0, "it to read what there is")
            child.send_signal(signal.SIGTERM)
            self.assertEqual(child.wait(30), 1)
            self.assertIn(b"Interrupted", child.stderr.read())
            self.assertEqual(os.listdir(self.path("tmp")), [])
        self.assertEqual(server.messages(), [])

    def test_build_is_interrupted(self):
        """While it builds, and while nobody reads the result; nothing is left behind."""
        path = self.path("large.bin")
        with open(path, "wb") as f:
            f.truncate(250 * MEBIBYTE)
        os.mkdir(self.path("tmp"))
        for number in (signal.SIGINT, signal.SIGTERM):
            child = self.start([wbtest.WIRE, "mail", "build", "--from", "a@example.org", "--attach", path],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ, TMPDIR=self.path("tmp"),
                                                                                        LANGUAGE="en"))
            wbtest.wait_until(lambda c=child: self.is_reading(c, path), "it to open the attachment")
            child.send_signal(number)
            # Nobody reads, so it ends for the signal's sake alone.
            self.assertEqual(child.wait(30), 1)
            self.assertEqual(child.stdout.read(), b"")
            self.assertEqual(os.listdir(self.path("tmp")), [])

    def test_result_is_not_read(self):
        child = self.start([wbtest.WIRE, "mail", "build", "--from", "a@example.org", "--attach",
                            self.write("a.bin", bytes(6 * MEBIBYTE))], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(len(child.stdout.read(10)), 10)
        child.send_signal(signal.SIGINT)
        self.assertEqual(child.wait(30), 1)

    @staticmethod
    def left_in(pipe):
        return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), "little")

    @staticmethod
    def is_reading(child, path):
        for fd in glob.glob("/proc/%d/fd/*" % child.pid):
            try:
                if os.readlink(fd) == path:
                    return True
            except OSError:
                pass
        return False


if __name__ == "__main__":
    wbtest.main()

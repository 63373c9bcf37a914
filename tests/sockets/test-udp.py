# SPDX-License-Identifier: GPL-3.0-or-later
"""`wire udp` against Python's own sockets, ncat and socat."""

import json
import os
import select
import shutil
import signal
import socket
import subprocess
import threading

import wbtest

NAME = "王大鹏"


def listener(test, *args, **kw):
    """`wire udp|tcp listen`: the process, and the port from its first line."""
    child = test.start([wbtest.WIRE, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                       env=dict(os.environ, LANGUAGE="en"), **kw)
    line = child.stdout.readline().decode()
    test.assertTrue(line, child.stderr.read() if not line else "")
    return child, json.loads(line)["port"] if line.startswith("{") else int(line.rsplit(":", 1)[1])


def finish(child, how=signal.SIGINT):
    """End a listener as a person would; what it still wrote, and its exit code."""
    if how is not None:
        os.kill(child.pid, how)
    out, err = child.communicate(timeout=60)
    return out, err, child.returncode


class Listen(wbtest.TestCase):
    def client(self, port, host="127.0.0.1"):
        s = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(s.close)
        s.settimeout(30)
        s.connect((host, port))
        return s

    def test_echo(self):
        child, port = listener(self, "udp", "listen", "0", "--echo")
        s = self.client(port)
        for data in (b"hello", b"", bytes(range(256)), b"x" * 65507):
            s.send(data)
            self.assertEqual(s.recv(70000), data)
        out, err, code = finish(child)
        self.assertEqual((err, code), (b"", 0))
        self.assertEqual(len(out.splitlines()), 4)
        self.assertTrue(out.splitlines()[0].endswith(b" hello"))

    def test_fixed_reply_in_each_charset(self):
        for charset in ("UTF-8", "GBK", "GB18030", "Big5", "UTF-16LE"):
            with self.subTest(charset):
                child, port = listener(self, "udp", "listen", "127.0.0.1:0", "--reply", "大",
                                       "--charset", charset, "--count", "1")
                s = self.client(port)
                s.send("王大".encode(charset))
                self.assertEqual(s.recv(100), "大".encode(charset))
                out, err, code = finish(child, None)
                self.assertEqual((err, code), (b"", 0))
                self.assertTrue(out.decode().rstrip().endswith("王大"), out)

    def test_what_could_hide_is_escaped(self):
        child, port = listener(self, "udp", "listen", "0", "--count", "4")
        s = self.client(port)
        for data in (b"\x1b[2Jgone\r\n", "a\u202eb".encode(), b"\xff\xfe", b"\x00\x07"):
            s.send(data)
        lines = finish(child, None)[0].decode().splitlines()
        self.assertEqual([l.split(" ", 1)[1] for l in lines],
                         [r"\x1B[2Jgone\r\n", r"a\u202Eb", r"\xFF\xFE", r"\x00\x07"])

    def test_json(self):
        child, port = listener(self, "udp", "listen", "0", "--json", "--receive-size", "4",
                               "--count", "2")
        s = self.client(port)
        s.send(b"four")
        s.send(b"fives")
        rows = [json.loads(l) for l in finish(child, None)[0].splitlines()]
        self.assertEqual([(r["event"], r.get("text"), r.get("truncated")) for r in rows[:2]],
                         [("received", "four", False), ("received", "five", True)])
        self.assertEqual(rows[2]["event"], "end")
        self.assertEqual(rows[2]["messages"], 2)

    def test_flood_is_counted(self):
        """Whatever is not received is known to have been dropped."""
        child, port = listener(self, "udp", "listen", "0", "--json")
        s = self.client(port)
        os.kill(child.pid, signal.SIGSTOP)
        for _ in range(3000):
            s.send(b"x" * 1000)
        os.kill(child.pid, signal.SIGCONT)
        out, _, code = finish(child, signal.SIGTERM)
        end = json.loads(out.splitlines()[-1])
        self.assertEqual(code, 0)
        self.assertGreater(end["dropped"], 0)
        # What was still in the queue when the signal came was neither received nor dropped.
        self.assertLessEqual(end["messages"] + end["dropped"], 3000)

    def test_flood_without_loss_unreported(self):
        child, port = listener(self, "udp", "listen", "0", "--echo", "--json")
        s = self.client(port)
        sent = 20000
        s.setblocking(False)
        for _ in range(sent):
            try:
                s.send(b"y" * 100)
            except BlockingIOError:
                select.select([], [s], [])
                s.send(b"y" * 100)
        s.setblocking(True)
        s.send(b"last")

        def answered_last():
            try:
                while True:
                    if s.recv(2000, socket.MSG_DONTWAIT) == b"last":
                        return True
            except BlockingIOError:
                s.send(b"last")
                return False
        extra = [0]

        def poll():
            extra[0] += 1
            return answered_last()
        wbtest.wait_until(poll, "an answer to the last datagram")
        end = json.loads(finish(child)[0].splitlines()[-1])
        self.assertGreaterEqual(end["messages"] + end["dropped"], sent + 1)

    def test_ipv6(self):
        child, port = listener(self, "udp", "listen", "[::1]:0", "--echo", "--count", "1")
        s = self.client(port, "::1")
        s.send(b"six")
        self.assertEqual(s.recv(100), b"six")
        self.assertIn(b"[::1]", finish(child, None)[0])

    def test_ncat_and_socat(self):
        child, port = listener(self, "udp", "listen", "0", "--echo")
        if shutil.which("ncat"):
            nc = self.start(["ncat", "-u", "127.0.0.1", str(port)], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE)
            nc.stdin.write(b"from ncat\n")
            nc.stdin.flush()
            self.assertEqual(nc.stdout.readline(), b"from ncat\n")
        if shutil.which("socat"):
            so = self.start(["socat", "-", f"UDP:127.0.0.1:{port}"], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE)
            so.stdin.write(b"from socat\n")
            so.stdin.flush()
            self.assertEqual(so.stdout.readline(), b"from socat\n")
        finish(child)

    def test_transcript(self):
        path = self.path("t.jsonl")
        child, port = listener(self, "udp", "listen", "0", "--echo", "--count", "1",
                               "--transcript", path)
        s = self.client(port)
        s.send(b"hello")
        s.recv(100)
        finish(child, None)
        rows = [json.loads(l) for l in self.read("t.jsonl").splitlines()]
        self.assertGreater(len(rows), 3)
        self.assertIn("hello", json.dumps(rows))

    def test_port_in_use(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(("127.0.0.1", 0))
            done = self.wire("udp", "listen", s.getsockname()[1])
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(done.stderr.splitlines()), 1)
        self.assertIn(b"another program", done.stderr)
        self.assertIn(b"0 for a free one", done.stderr)


class Send(wbtest.TestCase):
    def server(self, handler, count=1):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind(("127.0.0.1", 0))
        s.settimeout(30)
        self.got = []

        def run():
            with s:
                for _ in range(count):
                    try:
                        data, peer = s.recvfrom(70000)
                    except OSError:
                        return
                    self.got.append(data)
                    for answer in handler(data):
                        s.sendto(answer, peer)
        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()
        return s.getsockname()[1]

    def test_text_in_each_charset(self):
        for charset in ("UTF-8", "GBK", "GB18030", "Big5", "GB2312", "Shift_JIS"):
            text = NAME if charset not in ("Shift_JIS", "Big5") else "王大"
            with self.subTest(charset):
                port = self.server(lambda d: [d])
                done = self.wire("udp", "send", f"127.0.0.1:{port}", "--text", text,
                                 "--charset", charset, "--wait", "30", check=0)
                self.thread.join(30)
                self.assertEqual(self.got, [text.encode(charset)])
                self.assertEqual(done.stdout.decode(), text + "\n")

    def test_hex_file_escapes(self):
        path = self.write("data", bytes(range(256)))
        for args, expected in ((["--hex", "00 ff:0a0x0d"], b"\x00\xff\n\r"),
                               (["--file", path], bytes(range(256))),
                               (["--text", r"a\r\n\x00", "--escapes"], b"a\r\n\x00"),
                               (["--text", r"a\n"], rb"a\n"),
                               ([], b"")):
            with self.subTest(args):
                port = self.server(lambda d: [b"ok"])
                done = self.wire("udp", "send", f"127.0.0.1:{port}", *args, "--wait", "30", check=0)
                self.assertEqual(self.got, [expected])
                self.assertEqual(done.stdout, b"ok\n")

    def test_an_empty_answer_is_one(self):
        port = self.server(lambda d: [b""])
        done = self.wire("udp", "send", f"127.0.0.1:{port}", "--text", "x", "--wait", "30", check=0)
        self.assertEqual(done.stdout, b"\n")

    def test_count_and_rate(self):
        port = self.server(lambda d: [d], 5)
        done = self.wire("udp", "send", f"127.0.0.1:{port}", "--text", "x", "--count", "5",
                         "--rate", "500", "--wait", "30", "--json", check=0)
        rows = [json.loads(l) for l in done.stdout.splitlines()]
        self.assertEqual(rows[-1], {"event": "end", "sent": 5, "received": 5})
        self.assertEqual(len(self.got), 5)

    def test_no_answer(self):
        port = self.server(lambda d: [])
        done = self.wire("udp", "send", f"127.0.0.1:{port}", "--text", "x", "--wait", "0.2")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(done.stderr.splitlines()), 1)
        self.assertIn(b"waiting for answers", done.stderr)

    def test_closed_port(self):
        port = wbtest.free_port(socket.SOCK_DGRAM)
        done = self.wire("udp", "send", f"127.0.0.1:{port}", "--text", "x", "--wait", "30")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"nothing listens there", done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1)

    def test_too_long(self):
        path = self.write("data", b"x" * 65508)
        done = self.wire("udp", "send", "127.0.0.1:9", "--file", path)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"too long", done.stderr)
        self.assertIn(b"65507", done.stderr)

    def test_wrong_usage(self):
        for args in (["127.0.0.1"], ["127.0.0.1:0x"], [], ["127.0.0.1:7", "more"],
                     ["127.0.0.1:7", "--text", "a", "--hex", "00"], ["127.0.0.1:7", "--hex", "0"],
                     ["127.0.0.1:7", "--text", "a", "--charset", "klingon"],
                     ["127.0.0.1:7", "--text", NAME, "--charset", "ISO-8859-1"],
                     ["127.0.0.1:7", "--wait", "soon"], ["127.0.0.1:7", "--count", "0"],
                     ["127.0.0.1:7", "--nonsense"], ["127.0.0.1:7", "--transcript", "x.doc"]):
            with self.subTest(args):
                done = self.wire("udp", "send", *args)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)

    def test_transcript_on_failure(self):
        port = wbtest.free_port(socket.SOCK_DGRAM)
        done = self.wire("udp", "send", f"127.0.0.1:{port}", "--text", "canary", "--wait", "30",
                         "--transcript", self.path("t.txt"))
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"canary", self.read("t.txt"))
        self.assertIn(b"nothing listens", self.read("t.txt"))


if __name__ == "__main__":
    wbtest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""What every command of `wire` shares: help, usage, passwords, transcripts, signals, exit codes."""

import json
import os
import signal
import socket
import stat
import subprocess
import threading

import wbtest


def pop3(passwords, seen=None, release=None):
    """A POP3 server that notes the password of each session and has no mail; with RELEASE it goes
    silent after the greeting's answer instead."""
    def handler(c, _):
        f = c.makefile("rwb", buffering=0)
        f.write(b"+OK ready\r\n")
        for line in f:
            verb = line.split()[0].upper()
            if seen is not None:
                seen.set()
                release.wait(60)
                return
            if verb == b"PASS":
                passwords.append(line[5:].rstrip(b"\r\n").decode())
            if verb == b"CAPA":
                f.write(b"+OK\r\nUSER\r\nUIDL\r\n.\r\n")
            elif verb in (b"LIST", b"UIDL"):
                f.write(b"+OK\r\n.\r\n")
            elif verb == b"STAT":
                f.write(b"+OK 0 0\r\n")
            elif verb in (b"USER", b"PASS", b"QUIT", b"NOOP"):
                f.write(b"+OK\r\n")
                if verb == b"QUIT":
                    return
            else:
                f.write(b"-ERR unknown\r\n")
    return handler


def takes_signals(child):
    """Whether SIGINT waits for the thread that takes it, and does not end the process any more."""
    with open(f"/proc/{child.pid}/status", encoding="ascii") as f:
        blocked = next(line for line in f if line.startswith("SigBlk:"))
    return int(blocked.split()[1], 16) >> (signal.SIGINT - 1) & 1


class Frame(wbtest.TestCase):
    def test_help_and_version(self):
        top = self.wire("--help", check=0).stdout.decode()
        for name in ("udp send", "tcp listen", "ftp get", "mail send", "lab", "case"):
            self.assertIn("  " + name, top)
        self.assertRegex(self.wire("--version", check=0).stdout.decode(), r"^wire \d+\.\d+")
        group = self.wire("udp", "--help", check=0).stdout.decode()
        self.assertIn("udp send", group)
        self.assertNotIn("tcp", group)
        for line in top.splitlines():
            if line.startswith("  "):
                name = line[2:20].split()
                done = self.wire(*name, "--help")
                with self.subTest(name):
                    if b"Not yet" not in done.stderr:
                        self.assertEqual(done.returncode, 0)
                        for option in (b"--transcript", b"--timeout", b"--ca-file", b"--pin",
                                       b"--json", b"--password-fd", b"--password-file"):
                            self.assertIn(option, done.stdout)

    def test_wrong_usage_is_one_line_and_2(self):
        for args in ([], ["nonsense"], ["udp"], ["udp", "nonsense"], ["tcp", "connect"],
                     ["tcp", "connect", "h:1", "--timeout", "never"],
                     ["tcp", "connect", "h:1", "--timeout", "-1"],
                     ["tcp", "connect", "h:1", "--timeout", "0"], ["tcp", "connect", "h:1", "--pin", "12"],
                     ["udp", "send", "h:1", "--rate", "nan"], ["lab", "--servers", ""], ["ftp", "get", "ftp://h/a", "--jobs", "0"],
                     ["tcp", "connect", "h:1", "--transcript", "x.pdf"],
                     ["mail", "list", "not a url"], ["mail", "list", "pop3://h:0/"],
                     ["mail", "list", "pop3://h/%0d%0aDELE"]):
            with self.subTest(args):
                done = self.wire(*args)
                self.assertEqual((done.returncode, done.stdout), (2, b""))
                self.assertEqual(len(done.stderr.splitlines()), 1)
                self.assertTrue(done.stderr.startswith(b"wire"))

    def test_not_yet(self):
        for args in (["imap", "list"], ["lab", "--servers", "imap", "--state", self.path("lab")]):
            done = self.wire(*args)
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"ot yet", done.stderr)

    def test_passwords_by_precedence(self):
        passwords = []
        server = wbtest.ScriptedServer(pop3(passwords))
        self.addCleanup(server.close)
        path = self.write("pw", "from-file\nsecond line\n")
        url = f"pop3://u:from-url@127.0.0.1:{server.port}/?starttls=never"
        for args, env, expected in (
                ([], {}, "from-url"),
                ([], {"WIRE_PASSWORD": "from-env"}, "from-env"),
                (["--password-file", path], {"WIRE_PASSWORD": "from-env"}, "from-file"),
                (["--password-file", path, "--password-fd", "0"], {"WIRE_PASSWORD": "x"},
                 "from-fd")):
            with self.subTest(expected):
                env = dict(env, WIREBENCH_SECRETS="memory")
                done = self.wire("mail", "list", url, *args, env=env, input=b"from-fd\r\n")
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(passwords[-1], expected)

    def test_a_password_that_cannot_be_read(self):
        done = self.wire("mail", "list", "pop3://u@127.0.0.1:1/?starttls=never", "--password-file",
                         self.path("none"))
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(b"none", done.stderr)

    def test_a_password_that_does_not_come(self):
        """Opening a pipe or waiting for it must not keep Ctrl+C out."""
        os.mkfifo(self.path("pipe"))
        for args in (["mail", "list", "pop3://u@127.0.0.1:1/", "--password-file", self.path("pipe")],
                     ["ftp", "ls", "ftp://u@127.0.0.1:1/", "--password-fd", "0"],
                     ["mail", "build", "--from", "a@b.c", "--text", self.path("pipe")]):
            with self.subTest(args):
                child = self.start([wbtest.WIRE, *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env=dict(os.environ, LANGUAGE="en"))
                wbtest.wait_until(lambda: takes_signals(child), "the command to take signals")
                os.kill(child.pid, signal.SIGINT)
                self.assertEqual(child.wait(10), 1)
                self.assertIn(b"Interrupted", child.stderr.read())

    def test_a_pipe_gives_the_password(self):
        passwords = []
        server = wbtest.ScriptedServer(pop3(passwords))
        self.addCleanup(server.close)
        os.mkfifo(self.path("pipe"))
        url = f"pop3://u@127.0.0.1:{server.port}/?starttls=never"
        child = self.start([wbtest.WIRE, "mail", "list", url, "--password-file", self.path("pipe")])
        with open(self.path("pipe"), "w", encoding="ascii") as f:
            f.write("from-pipe\n")
        self.assertEqual(child.wait(30), 0)
        self.assertEqual(passwords, ["from-pipe"])

    def test_every_control_character_is_json(self):
        text = "".join(map(chr, range(1, 128))) + "\u0085\u2028"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(("127.0.0.1", 0))
            address = "127.0.0.1:%d" % s.getsockname()[1]
            child = self.start([wbtest.WIRE, "udp", "send", address, "--text", text, "--json", "--wait",
                                "30", "--transcript", self.path("t.jsonl")], stdout=subprocess.PIPE)
            data, sender = s.recvfrom(1000)
            s.sendto(data, sender)
            lines = child.communicate()[0].splitlines()
        self.assertEqual(json.loads(lines[0])["text"], text)
        for line in self.read("t.jsonl").splitlines():
            json.loads(line)

    def test_closed_descriptors_stay_closed(self):
        """Or the next socket would be what is printed to."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(("127.0.0.1", 0))
            s.settimeout(0.2)
            address = "127.0.0.1:%d" % s.getsockname()[1]
            done = subprocess.run(["sh", "-c", 'exec "$0" "$@" >&- 2>&- <&-', wbtest.WIRE, "udp", "send",
                                   address, "--text", "a", "--wait", "0.1", "--json"])
            self.assertEqual(s.recv(100), b"a")
            self.assertRaises(TimeoutError, s.recv, 100)
        self.assertEqual(done.returncode, 1)

    def test_no_trace_of_a_password(self):
        """Not in what ps(1) shows, not in any transcript, not in an error."""
        for ending in ("txt", "jsonl", "pcapng"):
            passwords = []
            server = wbtest.ScriptedServer(pop3(passwords))
            self.addCleanup(server.close)
            path = self.path("t." + ending)
            done = self.wire("mail", "list",
                             f"pop3://u:canary-17@127.0.0.1:{server.port}/?starttls=never",
                             "--transcript", path)
            self.assertEqual(passwords, ["canary-17"], done.stderr)
            self.assertNotIn(b"canary-17", self.read("t." + ending))
            self.assertNotIn(b"canary-17", done.stdout + done.stderr)

        seen, release = threading.Event(), threading.Event()
        self.addCleanup(release.set)
        server = wbtest.ScriptedServer(pop3([], seen, release))
        self.addCleanup(server.close)
        child = self.start([wbtest.WIRE, "mail", "list",
                            f"pop3://u:canary-17@127.0.0.1:{server.port}/?starttls=never"],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertTrue(seen.wait(30))
        with open(f"/proc/{child.pid}/cmdline", "rb") as f:
            shown = f.read()
        self.assertIn(b"pop3://u@127.0.0.1", shown)
        self.assertNotIn(b"canary", shown)

    def test_signals_end_it_in_order(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            seen, release = threading.Event(), threading.Event()
            self.addCleanup(release.set)
            server = wbtest.ScriptedServer(pop3([], seen, release))
            self.addCleanup(server.close)
            child = self.start([wbtest.WIRE, "mail", "list", "--transcript", self.path("t.txt"),
                                f"pop3://u:p@127.0.0.1:{server.port}/?starttls=never"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env=dict(os.environ, LANGUAGE="en"),
                               preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL))
            self.assertTrue(seen.wait(30))
            os.kill(child.pid, number)
            out, err = child.communicate(timeout=30)
            self.assertEqual(child.returncode, 1)
            self.assertEqual(len(err.splitlines()), 1, err)
            self.assertIn(b"CAPA", self.read("t.txt"))
            release.set()

    def test_a_transcript_that_cannot_be_written(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(("127.0.0.1", 0))
            done = self.wire("udp", "send", "127.0.0.1:%d" % s.getsockname()[1], "--text", "x",
                             "--transcript", self.path("no", "such", "folder.txt"))
            # It is found out before anything is done that could not be taken back.
            s.setblocking(False)
            self.assertRaises(BlockingIOError, s.recv, 10)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(done.stderr.splitlines()), 1)

    def test_what_is_no_ordinary_file_is_not_replaced(self):
        """Files are renamed into place, which would turn /dev/null into a file."""
        os.mkfifo(self.path("t.txt"))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(("127.0.0.1", 0))
            done = self.wire("udp", "send", "127.0.0.1:%d" % s.getsockname()[1], "--text", "x",
                             "--transcript", self.path("t.txt"), check=1)
        self.assertIn(b"not an ordinary file", done.stderr)
        done = self.wire("lab", "--servers", "udp-echo", "--state", self.path("lab"),
                         "--ports-file", self.path("t.txt"), check=1)
        self.assertIn(b"not an ordinary file", done.stderr)
        self.assertTrue(stat.S_ISFIFO(os.lstat(self.path("t.txt")).st_mode))

    def test_output_that_cannot_be_written(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([wbtest.WIRE, "--help"], stdout=full, stderr=subprocess.PIPE,
                                  env=dict(os.environ, LANGUAGE="en"))
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(done.stderr.splitlines()), 1)

    def test_what_a_server_says_stays_on_one_line(self):
        def handler(c, _):
            c.sendall(b"-ERR \x1b[2J\x07go\xe2\x80\xaeaway\r\n")
        server = wbtest.ScriptedServer(handler)
        self.addCleanup(server.close)
        done = self.wire("mail", "list", f"pop3://u:p@127.0.0.1:{server.port}/?starttls=never")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(done.stderr.splitlines()), 1)
        self.assertNotIn(b"\x1b", done.stderr)
        self.assertNotIn("\u202e".encode(), done.stderr)


if __name__ == "__main__":
    wbtest.main()

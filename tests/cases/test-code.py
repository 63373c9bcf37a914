# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs that are shown beside the cases really run."""

import contextlib
import glob
import os
import py_compile
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import unittest

import wbtest
from lab import Lab

CODE = os.path.join(os.path.dirname(os.environ["G_TEST_SRCDIR"].rstrip("/")), "src", "cases", "code")


def source(number, ending):
    with open(os.path.join(CODE, f"case-{number:02}.{ending}"), encoding="utf-8") as f:
        return f.read()


class Code(wbtest.TestCase):
    def program(self, number, ending, replace=None):
        """The command that runs a case's program, with some of its constants REPLACEd."""
        text = source(number, ending)
        for old, new in (replace or {}).items():
            self.assertIn(old, text)
            text = text.replace(old, new)
        path = self.write(f"case-{number:02}.{ending}", text)
        if ending == "py":
            return [sys.executable, path]
        flags = subprocess.run(["pkg-config", "--cflags", "--libs", "gio-2.0"], check=True,
                               stdout=subprocess.PIPE, text=True).stdout
        done = subprocess.run(["gcc", "-std=gnu11", "-Wall", "-Werror", path, "-o", path + ".out",
                               *shlex.split(flags)], stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [path + ".out"]

    def output(self, command, **kw):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60,
                              env=dict(os.environ, PYTHONIOENCODING="utf-8"), **kw)
        text = done.stdout.decode()
        self.assertEqual(done.returncode, 0, f"{command}\n{text}")
        return text

    def test_all_are_there(self):
        self.assertEqual(len(glob.glob(os.path.join(CODE, "case-*.py"))), 12)
        self.assertEqual(len(glob.glob(os.path.join(CODE, "case-*.c"))), 12)

    def test_python_compiles(self):
        for number in range(1, 13):
            path = self.write(f"{number}.py", source(number, "py"))
            py_compile.compile(path, cfile=path + "c", doraise=True)

    @unittest.skipUnless(shutil.which("gcc") and shutil.which("pkg-config"), "no gcc or pkg-config")
    def test_c_compiles(self):
        for number in range(1, 13):
            self.program(number, "c")

    def serve(self, program, port, kind):
        """A server program on a port that is free now, instead of PORT; the child and that port."""
        number = wbtest.free_port(socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM)
        child = self.start(self.program(*program, replace={str(port): str(number)}),
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           env=dict(os.environ, PYTHONIOENCODING="utf-8"))

        def bound():
            """Whether one of the child's own sockets has the port."""
            with open(f"/proc/net/{kind}", encoding="ascii") as f:
                rows = [line.split() for line in f]
            inodes = {row[9] for row in rows if row[1].endswith(f":{number:04X}") and row[2][-4:] == "0000"}
            with contextlib.suppress(OSError):
                for fd in os.listdir(f"/proc/{child.pid}/fd"):
                    with contextlib.suppress(OSError):
                        target = os.readlink(f"/proc/{child.pid}/fd/{fd}")
                        if target.strip("socket:[]") in inodes:
                            return True
            return child.poll() is not None

        wbtest.wait_until(bound, "the server's port")
        return child, number

    def pair(self, server, client, port, kind):
        """A server and a client program that talk to each other: the server, what the client says,
        and the port. Another program may have taken the free port meanwhile, so it is tried again."""
        for _ in range(5):
            serving, number = self.serve(server, port, kind)
            if serving.poll() is None:
                break
        else:
            self.fail(serving.stderr.read().decode())
        said = self.output(self.program(*client, replace={str(port): str(number)}))
        return serving, said, number

    def check_pair(self, server, client, port, kind):
        serving, said, number = self.pair(server, client, port, kind)
        heard = serving.communicate(timeout=30)[0].decode()
        self.assertEqual(serving.returncode, 0)
        self.assertIn("Hello, network! 你好，网络！", heard)
        self.assertIn("Got it: Hello, network! 你好，网络！", said)

    def test_udp_python(self):
        self.check_pair((1, "py"), (2, "py"), 8001, "udp")

    def test_tcp_python(self):
        self.check_pair((4, "py"), (5, "py"), 8004, "tcp")

    def test_udp_c_and_python(self):
        self.check_pair((1, "c"), (2, "py"), 8001, "udp")
        self.check_pair((1, "py"), (2, "c"), 8001, "udp")

    def test_tcp_c_and_python(self):
        self.check_pair((4, "c"), (5, "py"), 8004, "tcp")
        self.check_pair((4, "py"), (5, "c"), 8004, "tcp")

    def check_endless(self, ending):
        serving, said, port = self.pair((3, ending), (2, "py"), 8001, "udp")
        self.assertIn("Got it: ", said)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(10)
            s.connect(("127.0.0.1", port))
            for odd in (b"\xff\xfe", b"", b"x" * 60000):
                s.send(odd)
                self.assertTrue(s.recv(65535).startswith(b"Got it" if odd[:1] != b"\xff" else b"That was no"))
        heard = self.interrupt(serving)
        self.assertEqual(serving.returncode, 0)
        self.assertIn("stopped", heard)

    def interrupt(self, child):
        """Ctrl+C, as a person presses it, who does so again where nothing happens: Python only notes a signal
        that comes between its last look and the system call, and the call then waits on."""
        for _ in range(10):
            child.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                return child.communicate(timeout=3)[0].decode()
        self.fail("it goes on in spite of Ctrl+C")

    def test_endless_python(self):
        self.check_endless("py")

    def test_endless_c(self):
        self.check_endless("c")

    def check_ftp(self, ending, replace):
        lab = Lab(self, "--servers", "ftp")
        user, password = lab.login("ftp", "real")
        said = self.output(self.program(6, ending, replace={
            "2121": str(lab.ports["ftp"]), '"anonymous"': f'"{user}"',
            "me@example.org": password, **replace}))
        self.assertIn("documents", said)
        self.assertFalse(os.path.exists(os.path.join(lab.ftp_folder("real"), "documents", "hello.txt")))
        return said

    def test_ftp_python(self):
        self.assertIn("the same: True", self.check_ftp("py", {}))

    def test_ftp_c(self):
        self.assertIn("Hello, FTP! 你好！", self.check_ftp("c", {}))

    def test_mail_python(self):
        lab = Lab(self, "--servers", "smtp,smtp-b,pop3")
        user, password = lab.login("mail", "teacher@lab-a.test")
        student, secret = lab.login("mail", "student@lab-b.test")
        for number in range(7, 12):
            self.output(self.program(number, "py", replace={
                "2525": str(lab.ports["smtp"]), '"secret"': repr(password),
                "CA_FILE = None": f"CA_FILE = {lab.ca_file!r}"}))
            wbtest.wait_until(lambda: len(lab.mails("student@lab-b.test")) == number - 6,
                              f"delivery of case {number}")
        mails = b"".join(lab.mails("student@lab-b.test"))
        for subject in (b"A plain mail", b"A mail in HTML", b"A mail with an attachment",
                        b"HTML and text", b"=?utf-8?"):
            self.assertIn(b"Subject: " + subject, mails)

        said = self.output(self.program(12, "py", replace={
            "2110": str(lab.ports["pop3"]), '"secret"': repr(secret),
            "CA_FILE = None": f"CA_FILE = {lab.ca_file!r}"}))
        self.assertIn("5 messages", said)
        self.assertIn("From: teacher@lab-a.test", said)

    def test_smtp_c(self):
        from aiosmtp import Aiosmtpd

        server = Aiosmtpd(self)
        for number in range(7, 12):
            self.output(self.program(number, "c", replace={"2525": str(server.port)}))
        self.assertEqual(len(server.mails), 5)
        from email import message_from_bytes, policy
        messages = [message_from_bytes(m.data, policy=policy.default) for m in server.mails]
        self.assertEqual([m.get_content_type() for m in messages],
                         ["text/plain", "text/html", "multipart/mixed", "text/plain",
                          "multipart/alternative"])
        self.assertIn("你好！", messages[0].get_content())
        attachment = next(messages[2].iter_attachments())
        self.assertIn("王大鹏,98", attachment.get_content())
        self.assertEqual(messages[3]["To"], "王大鹏 <student@lab-b.test>")
        self.assertEqual(messages[3]["Subject"], "你好，世界 – grüß dich")

    def test_pop3_c(self):
        def serve(connection, address):
            stream = connection.makefile("rwb")
            replies = {b"USER": b"+OK\r\n", b"PASS": b"+OK\r\n", b"STAT": b"+OK 1 30\r\n",
                       b"LIST": b"+OK\r\n1 30\r\n.\r\n", b"QUIT": b"+OK\r\n",
                       b"RETR": b"+OK\r\nSubject: hi\r\n\r\nthe body\r\n..dot\r\n.\r\n"}
            stream.write(b"+OK ready\r\n")
            stream.flush()
            for line in stream:
                stream.write(replies[line.split()[0]])
                stream.flush()

        server = wbtest.ScriptedServer(serve)
        self.addCleanup(server.close)
        said = self.output(self.program(12, "c", replace={"2110": str(server.port)}))
        self.assertEqual(server.errors, [])
        self.assertIn("header: Subject: hi\nthe body\n.dot\n", said)


if __name__ == "__main__":
    wbtest.main()

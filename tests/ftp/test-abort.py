# SPDX-License-Identifier: GPL-3.0-or-later
"""A transfer that is stopped while the server does not look: ABOR (RFC 959 §4.1.3) tells it, and the
session goes on with no reply left over, or is known to have ended."""

import contextlib
import fcntl
import os
import re
import select
import signal
import socket
import ssl
import subprocess
import threading

import certs
import ftpdriver
import proftpd
import pureftpd
import vsftpd
import wbtest
from ftpscript import FtpScript
from lab import Lab

MIB = 1024 * 1024
SYNCH = b"\xff\xf4\xff\xf2"


class Stopped:
    """The driver, in the middle of a transfer that has begun and is to be stopped."""

    def __init__(self, test, url, home, call, *after, options=()):
        argv = [ftpdriver.PROGRAM, *options, url, "cd", home, ",", *call, "held"]
        for words in after:
            argv += [",", *words]
        self.child = test.start(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                env=dict(os.environ, LANGUAGE="en"))
        self.expect("ok ")
        self.expect("moving")

    def line(self):
        ready, _, _ = select.select([self.child.stdout], [], [], 60)
        if not ready:
            raise AssertionError("the driver says nothing")
        return self.child.stdout.readline().decode().rstrip("\n")

    def expect(self, line):
        said = self.line()
        if said != line:
            raise AssertionError(f"{said!r} instead of {line!r}")

    def let_go(self):
        """Have it stop the transfer."""
        self.child.stdin.write(b"\n")
        self.child.stdin.flush()

    def rest(self):
        """What the verbs said, until the end."""
        lines = []
        while line := self.line():
            lines.append(line)
        code = self.child.wait(30)
        if code not in (0, 1):
            raise AssertionError(f"the driver ended with {code}")
        return lines


class Script(wbtest.TestCase):
    """A server that moves some bytes and then looks at nothing before ABOR is there."""

    data = b"x" * MIB

    def hear(self, session):
        """The next line, as it came on the wire."""
        while b"\n" not in session.buffer:
            got = session.connection.recv(65536)
            if not got:
                raise OSError("closed")
            session.buffer += got
        line, session.buffer = session.buffer.split(b"\n", 1)
        self.heard.append(line)
        return line

    def serve(self, answer, **kw):
        self.heard = []
        self.closed = threading.Event()

        def retrieve(session, _argument):
            session.connection.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
            data = session.accept()
            session.reply("150 here it comes")
            data = session.protect(data)
            data.sendall(self.data[:65536])
            try:
                self.hear(session)
                return answer(session)
            finally:
                data.close()
                self.closed.set()

        return FtpScript(self, {"big": self.data, "small": b"after that"}, {
            "RETR": lambda s, a: retrieve(s, a) if a == "big" else s.send(s.server.files[a])}, **kw)

    def stop(self, server, url=None, options=(), way="get"):
        """What the verbs said: whether it lives, the folder, a file, the folder."""
        driver = Stopped(self, url or server.url, "/", ["stop", way, "big", self.path("got")],
                         ["pwd"], ["get", "small", self.path("small"), "o"], ["pwd"], ["said", "ABOR"],
                         options=options)
        driver.let_go()
        *said, count = driver.rest()
        self.assertEqual(count, "ok 1", "it stands in the log")
        return said

    def lives(self, said):
        self.assertEqual(said, ["ok lives", "ok /", "ok 10", "ok /"])
        self.assertEqual(self.read("small"), b"after that")

    def ended(self, said):
        self.assertEqual(said[0], "ok ended")
        self.assertEqual([line.split()[0] for line in said[1:]], ["error"] * 3, said)

    def replies(self, *replies):
        def answer(session):
            for reply in replies:
                session.reply(reply)
        return answer

    def test_one_reply(self):
        for reply in ("426 stopped", "226 stopped", "225 nothing runs", "500 what?"):
            with self.subTest(reply):
                server = self.serve(self.replies(reply))
                self.lives(self.stop(server))
                self.assertEqual(self.heard, [SYNCH + b"ABOR\r"])
                commands = server.verbs()
                self.assertEqual(commands[commands.index("RETR") + 1:][:2], ["NOOP", "PWD"])

    def test_two_replies(self):
        self.lives(self.stop(self.serve(self.replies("426 broken off", "226 ABOR is done"))))

    def test_two_replies_one_late(self):
        """The second one comes when NOOP is there already."""
        def answer(session):
            session.reply("426 broken off")
            self.assertEqual(self.hear(session), b"NOOP\r")
            session.reply("226 ABOR is done")
            session.reply("200 still here")
        self.lives(self.stop(self.serve(answer)))

    def test_too_many_replies(self):
        self.ended(self.stop(self.serve(self.replies("426 a", "226 b", "226 c", "226 d", "226 e"))))

    def test_never_answers(self):
        def answer(session):
            with contextlib.suppress(OSError):
                while True:
                    self.hear(session)
        server = self.serve(answer)
        self.ended(self.stop(server))
        self.assertTrue(self.closed.wait(30), "the client hangs up")
        self.assertEqual(self.heard, [SYNCH + b"ABOR\r"])

    def test_a_listing(self):
        """One of a huge folder, which somebody does not want to wait for any longer."""
        for replies in (["426 stopped"], ["426 broken off", "226 ABOR is done"]):
            with self.subTest(replies):
                self.heard = []

                def listing(session, _argument, replies=replies):
                    session.connection.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
                    data = session.accept()
                    session.reply("150 here it comes")
                    with data:
                        data.sendall(b"-rw-r--r-- 1 ftp ftp 10 Jan 01 2020 small\r\n" * 1000)
                        self.hear(session)
                        self.replies(*replies)(session)

                self.lives(self.stop(FtpScript(self, {"small": b"after that"}, {
                    "LIST": listing, "RETR": lambda s, a: s.send(s.server.files[a])}), way="list"))
                self.assertEqual(self.heard, [SYNCH + b"ABOR\r"])

    def test_what_is_behind_is_thrown_away(self):
        def answer(session):
            session.reply("426 broken off")
            while True:
                self.hear(session)
        self.ended(self.stop(self.serve(answer)))
        self.assertEqual(self.heard[1:], [b"NOOP\r"])

    def test_200_says_nothing(self):
        """Were it taken for that to NOOP, each command would get the reply to the one before."""
        self.ended(self.stop(self.serve(self.replies("426 broken off", "200 ABOR is done"))))

    def test_421(self):
        self.ended(self.stop(self.serve(self.replies("421 enough"))))

    def test_urgent(self):
        """The mark is where RFC 1122 §4.2.2.4 has it: what is urgent ends before the Data Mark."""
        got = []
        urgent = threading.Event()

        def retrieve(session, _argument):
            data = session.accept()
            session.reply("150 here it comes")
            data.sendall(self.data[:65536])
            poll = select.poll()
            poll.register(session.connection, select.POLLPRI)
            if poll.poll(30_000):
                got.append(session.connection.recv(1, socket.MSG_OOB))
            urgent.set()
            self.hear(session)
            data.close()
            return "226 stopped"

        self.heard = []
        server = FtpScript(self, {"big": self.data, "small": b"after that"}, {
            "RETR": lambda s, a: retrieve(s, a) if a == "big" else s.send(s.server.files[a])})
        self.lives(self.stop(server))
        self.assertTrue(urgent.is_set())
        # The kernel takes it out of what is read.
        self.assertEqual((got, self.heard), ([b"\xff"], [b"\xff\xf4\xf2ABOR\r"]))

    def test_tls(self):
        ca = certs.make_ca(self.path("tls"))
        certificate, key, _both = certs.make_server(self.path("tls"))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server = self.serve(self.replies("426 broken off", "226 ABOR is done"), certificate=context)
        self.lives(self.stop(server, server.url.replace("ftp:", "ftpes:"), ["--ca-file", ca]))
        self.assertEqual(self.heard, [b"ABOR\r"])


def below(pid):
    """The processes that PID has begun, and those that they have."""
    parents = {}
    for name in filter(str.isdecimal, os.listdir("/proc")):
        with contextlib.suppress(OSError), open(f"/proc/{name}/stat", encoding="utf-8") as f:
            parents[int(name)] = int(f.read().rsplit(")", 1)[1].split()[1])
    family = {pid}
    while more := {p for p, parent in parents.items() if parent in family} - family:
        family |= more
    return family - {pid}


def is_stopped(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as f:
        return f.read().rsplit(")", 1)[1].split()[0] == "T"


class Daemon:
    """A real one, whose session stands still (SIGSTOP) while a transfer is stopped, until ABOR is on its
    way. SERVER is begun by each case."""

    options = []
    home = "/"
    lives = True

    def sessions(self):
        return below(self.server.child.pid)

    def stand_still(self):
        pids = self.sessions()
        self.assertTrue(pids)
        self.addCleanup(self.go_on, pids)
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        for pid in pids:
            wbtest.wait_until(lambda pid=pid: is_stopped(pid), "the server to stand still")
        return pids

    def go_on(self, pids):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def check(self, way, name, path):
        driver = Stopped(self, self.server.url, self.home, ["stop", way, name, path], ["ping"], ["pwd"],
                         ["get", "big", self.path("whole"), "o"], ["ping"], ["pwd"],
                         options=["--watch", *self.server.options(), *self.options])
        still = self.stand_still()
        driver.let_go()
        driver.expect("abor")
        self.go_on(still)
        said = driver.rest()
        print("#", self.id(), way, said[0], flush=True)
        if said[0] == "ok lives" or self.lives:
            self.assertEqual(said[:2] + said[3:5], ["ok lives", "ok ", f"ok {len(self.data)}", "ok "])
            self.assertTrue(re.match("ok /", said[2]), said)
            self.assertEqual(said[5], said[2])
            self.assertEqual(self.read("whole"), self.data)
            self.assertEqual([n for n in os.listdir(self.server.folder) if "sent" in n], [])
        else:
            self.assertEqual(said[0], "ok ended")

    def check_at_once(self):
        """The same where the server looks: the way that most of them go, without a word."""
        self.server.put_file("small", b"after that")
        self.server.put_file("big", os.urandom(5 * MIB))
        local = self.write("local", os.urandom(5 * MIB))
        said = ftpdriver.ask(self.server.url, ["cd", self.home], ["stop", "get", "big", self.path("got")],
                             ["ping"], ["pwd"], ["stop", "put", "sent", local], ["pwd"],
                             ["get", "small", self.path("small"), "o"],
                             options=[*self.server.options(), *self.options])
        self.assertEqual([said[1], said[4], said[3]], ["lives", "lives", said[5]])
        self.assertEqual(self.read("small"), b"after that")
        self.assertEqual([n for n in os.listdir(self.server.folder) if "sent" in n], [])

    def test_stopped(self):
        self.data = os.urandom(5 * MIB)
        self.server.put_file("big", self.data)
        for way, name, path in (("get", "big", self.path("got")),
                                ("put", "sent", self.write("local", self.data))):
            with self.subTest(way):
                self.check(way, name, path)


@wbtest.unittest.skipUnless(proftpd.is_there(), "ProFTPD is not here, or this is not root")
class Proftpd(Daemon, wbtest.TestCase):
    arguments = {}

    def setUp(self):
        super().setUp()
        self.server = proftpd.Proftpd(self, **self.arguments)


class ProftpdActive(Proftpd):
    options = ["--active"]


class ProftpdTls(Proftpd):
    arguments = {"tls": True}
    lives = False  # what was encrypted and broke off is an attack to it


@wbtest.unittest.skipUnless(pureftpd.is_there(), "Pure-FTPd is not here, or this is not root")
class PureFtpd(Daemon, wbtest.TestCase):
    arguments = {}

    def setUp(self):
        super().setUp()
        self.server = pureftpd.PureFtpd(self, **self.arguments)


class PureFtpdTls(PureFtpd):
    arguments = {"tls": True}


class Vsftpd(Daemon, wbtest.TestCase):
    """Its process that has the rights takes a stopped child for a dead one. So it stands still for its
    disk: it locks the file that it logs to before it says something."""

    arguments = {}
    home = "/upload"

    def setUp(self):
        super().setUp()
        self.server = vsftpd.Vsftpd(self, **self.arguments)

    def stand_still(self):
        log = open(os.path.join(self.server.dir, "log"), "ab")
        self.addCleanup(log.close)
        fcntl.lockf(log, fcntl.LOCK_EX)
        return log

    def go_on(self, still):
        fcntl.lockf(still, fcntl.LOCK_UN)


class VsftpdAsync(Vsftpd):
    """It takes the urgent byte for a signal, and then reads nothing but ABOR."""
    arguments = {"async_abor_enable": "YES"}

    def test_stopped_at_once(self):
        self.check_at_once()


class VsftpdTls(Vsftpd):
    arguments = {"tls": True}


class OurLab(Daemon, wbtest.TestCase):
    def setUp(self):
        super().setUp()
        self.server = Lab(self, "--servers", "ftp")
        user, password = self.server.login("ftp", "real")
        self.server.url = f"ftp://{user}:{password}@127.0.0.1:{self.server.ports['ftp']}/"
        self.server.folder = self.server.ftp_folder("real")
        self.server.options = lambda: []
        self.server.put_file = self.put_file

    def sessions(self):
        return {self.server.child.pid}

    def test_stopped_at_once(self):
        self.check_at_once()

    def put_file(self, name, data):
        with open(os.path.join(self.server.folder, name), "wb") as f:
            f.write(data)


if __name__ == "__main__":
    wbtest.main()

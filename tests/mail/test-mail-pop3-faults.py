# SPDX-License-Identifier: GPL-3.0-or-later
"""POP3 servers that misbehave: nothing is lost, nothing comes twice, nothing is deleted that should not be."""

import base64
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import threading

import certs
import proxies
import wbtest
from mailscript import CLOSE, SILENT, Pop3

CANARY = "c4n4ry-in-the-mine"
# Sanitizers take some for themselves.
MEMORY_LIMIT = (512 if os.environ.get("SANITIZED") else 96) << 20

STEPS = (("greeting", "waiting for the greeting of"), ("CAPA", "what it can do"), ("USER", "logging in to"),
         ("PASS", "logging in to"), ("LIST", "list of messages"), ("UIDL", "list of messages"), ("RETR", "fetching message 1"))
ONE_BY_ONE = {"CAPA": b"+OK\r\nUSER\r\nUIDL\r\n.\r\n"}


def make(count):
    return [b"Subject: mail %d\r\n\r\n.dot\r\n..\r\nnumber %d\r\n" % (i, i) for i in range(count)]


class Case(wbtest.TestCase):
    def mail(self, verb, server, *args, check=0, timeout=20, password=CANARY):
        url = server if isinstance(server, str) else server.url
        return self.wire("mail", verb, url, "--timeout", timeout, *args, check=check, env={"WIRE_PASSWORD": password})

    def get_all(self, server, *args, **kw):
        """Fetches all into the folder box; what the command printed."""
        done = self.mail("get", server, "--all", "--maildir", self.path("box"), "--json", *args, **kw)
        return json.loads(done.stdout) if done.stdout else None, done.stderr.decode()

    def stored(self):
        folder = self.path("box", "new")
        return sorted(self.read("box", "new", n) for n in os.listdir(folder)) if os.path.isdir(folder) else []

    def move_memory(self, port):
        """What the folder remembers is made to be about the server on another port."""
        path = self.path("box", "wirebench-pop3-uids")
        if os.path.exists(path):
            with open(path, encoding="ascii") as f:
                text = f.read()
            with open(path, "w", encoding="ascii") as f:
                f.write(re.sub(r"@localhost:\d+", "@localhost:%d" % port, text))

    def tidy(self):
        """Nothing half-written lies about."""
        self.assertEqual(os.listdir(self.path("box", "tmp")), [])


class Server(Case):
    def test_silence_at_each_step(self):
        for step, words in STEPS:
            for extra in ({}, ONE_BY_ONE):
                if extra and step == "CAPA":
                    continue
                with self.subTest(step=step, pipelining=not extra):
                    server = Pop3(self, make(2), dict(extra, **{step: SILENT}))
                    done = self.mail("get", server, "--number", 1, check=1, timeout=1)
                    self.assertIn(words, done.stderr.decode())
                    self.assertIn("did not answer in time", done.stderr.decode())

    def test_closed_at_each_step(self):
        for step, words in STEPS:
            with self.subTest(step=step):
                done = self.mail("get", Pop3(self, make(2), {step: CLOSE}), "--number", 1, check=1)
                self.assertIn(words, done.stderr.decode())
                self.assertIn("closed the connection", done.stderr.decode())

    def test_refused_at_each_step(self):
        for step, words in STEPS:
            if step in ("CAPA", "UIDL"):
                continue    # these may be refused, and the work goes on
            with self.subTest(step=step):
                done = self.mail("get", Pop3(self, make(2), {step: b"-ERR not today\r\n"}), "--number", 1, check=1)
                self.assertIn(words, done.stderr.decode())
                self.assertIn("The server said: not today", done.stderr.decode())

    def test_not_pop3(self):
        for greeting in (b"220 smtp\r\n", b"* OK IMAP4rev1\r\n", b"+OKAY\r\n", b"-ERROR\r\n", b"\r\n", b"ok\r\n"):
            with self.subTest(greeting=greeting):
                done = self.mail("list", Pop3(self, [], {"greeting": greeting}), check=1)
                self.assertIn("not how a POP3 server answers", done.stderr.decode())

    def test_response_codes(self):
        for code, words in (("[IN-USE]", "Another program has this mailbox open"), ("[LOGIN-DELAY]", "longer pause"),
                            ("[SYS/TEMP]", "Try again later"), ("[AUTH]", "user name or the password")):
            done = self.mail("list", Pop3(self, [], {"PASS": b"-ERR %s no\r\n" % code.encode()}), check=1)
            self.assertIn(words, done.stderr.decode())

    def test_without_capa(self):
        server = Pop3(self, make(5), {"CAPA": b"-ERR what?\r\n"})
        self.assertEqual(self.get_all(server)[0], {"fetched": 5, "known": 0})

    def test_no_user_in_the_clear(self):
        """A server that takes no password in the clear is not sent one, whatever the person permits."""
        server = Pop3(self, [], {"CAPA": b"+OK\r\nSTLS\r\n.\r\n"})
        done = self.mail("list", server, check=1)
        self.assertIn(b"takes no password over a connection in the clear", done.stderr)
        self.assertNotIn(b"PASS", server.said())

    def test_apop_wants_a_real_timestamp(self):
        for stamp, verb in ((b"<1.2@host>", b"APOP"), (b"<\x01\x02@host>", b"USER"), (b"<no-at>", b"USER"), (b"<a b@c>", b"USER")):
            server = Pop3(self, [], {"greeting": b"+OK " + stamp + b"\r\n"})
            self.mail("list", server)
            self.assertIn(verb, server.said().split(b"\r\n")[1])
            self.assertEqual(CANARY.encode() in server.said(), verb == b"USER")

    def test_apop_refused(self):
        """Refused for the password: not tried again in the clear. Refused as unknown: USER and PASS."""
        for reply, again in ((b"-ERR [AUTH] wrong\r\n", False), (b"-ERR unknown command\r\n", True)):
            server = Pop3(self, [], {"greeting": b"+OK <1.2@host>\r\n", "APOP": reply})
            self.mail("list", server, check=int(not again))
            self.assertEqual(b"PASS" in server.said(), again)

    def test_huge_line(self):
        sent = []

        def huge(server, line):
            server.send(b"+OK ")
            for i in range(1600):
                server.send(b"x" * 65536)
                sent.append(i)
            return b"\r\n"
        server = Pop3(self, [], {"greeting": huge})
        done, memory = wbtest.run_measured([wbtest.WIRE, "mail", "list", server.url],
                                           env=dict(os.environ, WIRE_PASSWORD="x"))
        self.assertIn(b"sent a line of more than", done.stderr)
        self.assertLess(len(sent), 1600)
        self.assertLess(memory, MEMORY_LIMIT)

    def test_endless_texts(self):
        """A list or capabilities without an end."""
        for step in ("CAPA", "LIST", "UIDL"):
            def endless(server, line):
                server.send(b"+OK\r\n")
                while True:
                    server.send(b"1 1000 and so on\r\n" * 4000)
            with self.subTest(step=step):
                server = Pop3(self, make(1), dict({"CAPA": b"+OK\r\nUSER\r\n.\r\n"}, **{step: endless}))
                done, memory = wbtest.run_measured([wbtest.WIRE, "mail", "list", server.url],
                                                   env=dict(os.environ, WIRE_PASSWORD="x"))
                self.assertIn(b"larger than the limit", done.stderr)
                self.assertLess(memory, MEMORY_LIMIT * 4)

    def test_bad_numbers(self):
        for reply in (b"+OK\r\n-1 5\r\n0 5\r\n99999999999999999999 5\r\n1 99999999999999999999\r\nx y\r\n.\r\n", b"+OK\r\n.\r\n"):
            server = Pop3(self, [], {"LIST": reply})
            self.assertEqual(self.mail("list", server).stdout, b"")


class Fetching(Case):
    def test_without_pipelining(self):
        """One request at a time: none goes out before the answer to the one before has come."""
        early = []

        def retr(server, line):
            server.connection.setblocking(False)
            try:
                early.append(server.connection.recv(1, socket.MSG_PEEK))
            except BlockingIOError:
                pass
            server.connection.setblocking(True)
            return server.retr(line)
        messages = make(20)
        server = Pop3(self, messages, dict(ONE_BY_ONE, RETR=retr))
        self.assertEqual(self.get_all(server)[0]["fetched"], 20)
        self.assertEqual(early, [])
        self.assertEqual(self.stored(), sorted(messages))

    def test_dribble(self):
        """One byte at a time."""
        def retr(server, line):
            for byte in server.retr(line):
                server.send(bytes([byte]))
            return b""
        messages = make(10)
        self.get_all(Pop3(self, messages, {"RETR": retr}))
        self.assertEqual(self.stored(), sorted(messages))

    def test_cut_in_the_kth(self):
        """What came before is kept, the rest comes the next time, nothing comes twice."""
        messages = make(450)
        for k in (1, 2, 200, 201, 333):
            for whole in (False, True):
                with self.subTest(k=k, whole=whole):
                    subprocess.run(["rm", "-rf", self.path("box")], check=True)

                    def retr(server, line):
                        answer = server.retr(line)
                        if int(line.split()[1]) < k:
                            return answer
                        server.send(answer if whole else answer[:-4])
                        return CLOSE
                    told, error = self.get_all(Pop3(self, messages, {"RETR": retr}), check=1)
                    kept = k if whole else k - 1
                    self.assertEqual(told["fetched"], kept)
                    self.assertIn("message %d" % (kept + 1), error)
                    self.assertEqual(self.stored(), sorted(messages[:kept]))
                    self.tidy()
                    again = Pop3(self, messages)
                    self.move_memory(again.port)
                    told, _ = self.get_all(again)
                    self.assertEqual(told, {"fetched": 450 - kept, "known": kept})
                    self.assertEqual(self.stored(), sorted(messages))

    def test_refused_in_the_middle(self):
        """One message that the server does not give does not keep the others away."""
        for extra in ({}, ONE_BY_ONE):
            with self.subTest(pipelining=not extra):
                subprocess.run(["rm", "-rf", self.path("box")], check=True)

                def retr(server, line):
                    return b"-ERR gone\r\n" if line == b"RETR 3" else server.retr(line)
                messages = make(6)
                told, error = self.get_all(Pop3(self, messages, dict(extra, RETR=retr)), check=1)
                self.assertEqual(told["fetched"], 5)
                self.assertIn("While fetching message 3", error)
                self.assertEqual(self.stored(), sorted(messages[:2] + messages[3:]))

    def test_wrong_size(self):
        messages = make(3)

        def wrong(server, line):
            return b"+OK\r\n1 5\r\n2 %d\r\n3 99999999999\r\n.\r\n" % len(messages[1])
        told, error = self.get_all(Pop3(self, messages, {"LIST": wrong}))
        self.assertEqual(told["fetched"], 3)
        self.assertIn("Message 1 was announced with 5 bytes and came with", error)
        self.assertIn("Message 3 was announced with 99999999999 bytes", error)
        self.assertNotIn("Message 2", error)
        self.assertEqual(self.stored(), sorted(messages))

    def test_missing_dot(self):
        def retr(server, line):
            return b"+OK\r\nSubject: x\r\n\r\nno end\r\n"
        done = self.mail("get", Pop3(self, make(1), {"RETR": retr}), "--number", 1, check=1, timeout=1)
        self.assertIn(b"did not answer in time", done.stderr)
        self.assertEqual(done.stdout, b"")

    def test_interrupted(self):
        """SIGTERM in the middle: what came is kept, and the next fetch brings the rest."""
        messages = make(30)
        arrived = threading.Event()

        def retr(server, line):
            if line == b"RETR 20":
                arrived.set()
                return SILENT
            return server.retr(line)
        server = Pop3(self, messages, {"RETR": retr})
        child = self.start([wbtest.WIRE, "mail", "get", server.url, "--all", "--maildir", self.path("box"), "--json"],
                           env=dict(os.environ, WIRE_PASSWORD="x"), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        arrived.wait(20)
        child.send_signal(signal.SIGTERM)
        out, _ = child.communicate(timeout=20)
        self.assertEqual(child.returncode, 1)
        fetched = json.loads(out)["fetched"]
        self.assertLessEqual(fetched, 19)
        self.assertEqual(self.stored(), sorted(messages[:fetched]))
        self.tidy()

    def test_killed_while_keeping(self):
        """Killed at each call that changes a file: the next fetch completes the folder, and nothing is there
        twice."""
        messages = make(4)
        n, code = 0, None
        while code != 0:
            n += 1
            subprocess.run(["rm", "-rf", self.path("box")], check=True)
            server = Pop3(self, messages)
            env = dict(os.environ, WIRE_PASSWORD="x", LD_PRELOAD=os.environ["FAULT_PRELOAD"], WB_FAULT_KILL=str(n),
                       ASAN_OPTIONS="verify_asan_link_order=0:detect_leaks=0")
            code = subprocess.run([wbtest.WIRE, "mail", "get", server.url, "--all", "--maildir", self.path("box")],
                                  env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60,
                                  check=False).returncode
            self.assertIn(code, (0, 137), n)
            again = Pop3(self, messages)
            self.move_memory(again.port)
            self.get_all(again)
            self.assertEqual(self.stored(), sorted(messages), n)
        self.assertGreater(n, 4 * len(messages))

    def test_two_at_once(self):
        arrived = threading.Event()

        def stall(server, line):
            arrived.set()
            return SILENT
        slow = Pop3(self, make(1), {"RETR": stall})
        first = self.start([wbtest.WIRE, "mail", "get", slow.url, "--all", "--maildir", self.path("box")],
                           env=dict(os.environ, WIRE_PASSWORD="x"), stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
        arrived.wait(20)
        told, error = self.get_all(Pop3(self, make(1)), check=1)
        self.assertIsNone(told)
        self.assertIn("being fetched", error)
        first.terminate()
        first.wait(20)
        self.get_all(Pop3(self, make(1)))


class Deleting(Case):
    def test_missing_uids(self):
        """Without marks, or with a doubled one: a warning, and no DELE for those."""
        messages = make(3)
        for name, reply, left in (("none", b"-ERR what?\r\n", 3), ("hole", b"+OK\r\n1 a\r\n3 c\r\n.\r\n", 1),
                                  ("double", b"+OK\r\n1 a\r\n2 a\r\n3 c\r\n.\r\n", 2)):
            with self.subTest(name=name):
                server = Pop3(self, messages, {"UIDL": reply})
                done = self.mail("delete", server, "--all", check=1)
                self.assertIn(b"names no unique mark (UIDL) for %d of 3 messages" % left, done.stderr)
                self.assertIn(b"%d of 3 messages were not deleted" % left, done.stderr)
                self.assertEqual(server.said().count(b"DELE"), 3 - left)

    def test_not_deleted_before_it_is_kept(self):
        server = Pop3(self, make(3))
        done = self.mail("delete", server, "--all", "--maildir", self.path("box"), check=1)
        self.assertIn(b"3 of 3 messages were not deleted", done.stderr)
        self.assertNotIn(b"DELE", server.said())

    def test_get_deletes_nothing(self):
        server = Pop3(self, make(3))
        self.get_all(server)
        self.assertNotIn(b"DELE", server.said())

    def test_quit_lost(self):
        """Whether the server deleted is not known, and said so; what is there again is not fetched twice."""
        messages = make(3)
        first = Pop3(self, messages)
        self.get_all(first)
        server = Pop3(self, messages, {"QUIT": CLOSE})
        self.move_memory(server.port)
        done = self.mail("delete", server, "--all", "--maildir", self.path("box"), check=1)
        self.assertIn(b"may or may not be there still", done.stderr)
        again = Pop3(self, messages)
        self.move_memory(again.port)
        self.assertEqual(self.get_all(again)[0], {"fetched": 0, "known": 3})
        self.assertEqual(len(self.stored()), 3)

    def test_quit_refused(self):
        done = self.mail("delete", Pop3(self, make(1), {"QUIT": b"-ERR some not removed\r\n"}), "--all", check=1)
        self.assertIn(b"could not delete everything", done.stderr)

    def test_a_failed_delete_leaves_all(self):
        """The session ends without QUIT, so the server deletes nothing."""
        def dele(server, line):
            return b"-ERR no\r\n" if line == b"DELE 2" else b"+OK\r\n"
        server = Pop3(self, make(3), {"DELE": dele})
        done = self.mail("delete", server, "--all", check=1)
        self.assertIn(b"While deleting message 2", done.stderr)
        self.assertNotIn(b"QUIT", server.said())


class Secrets(Case):
    def test_line_breaks(self):
        for user, password in (("me%0D%0ADELE%201", CANARY), ("me", CANARY + "\r\nDELE 1"), ("me%0ADELE", CANARY)):
            server = Pop3(self, make(1))
            done = self.mail("list", server.url.replace("student", user), check=None, password=password)
            self.assertNotEqual(done.returncode, 0)
            self.assertNotIn(b"DELE", server.said())

    def test_canary(self):
        for name, replies in (("pass", {}), ("apop", {"greeting": b"+OK <1.2@h>\r\n"}),
                              ("refused", {"PASS": lambda s, l: b"-ERR not " + l + b"\r\n"})):
            for kind in ("txt", "jsonl", "pcapng"):
                with self.subTest(name=name, kind=kind):
                    server = Pop3(self, make(1), replies)
                    done = self.mail("list", server.url.replace("student", "student:" + CANARY), "--transcript",
                                     self.path("t." + kind), check=None)
                    self.assertEqual(done.returncode, int(name == "refused"))
                    seen = done.stdout + done.stderr + self.read("t." + kind)
                    self.assertNotIn(CANARY.encode(), seen)
                    self.assertNotIn(base64.b64encode(CANARY.encode())[:-4], seen)

    def test_through_a_proxy(self):
        for kind in (proxies.Socks5, proxies.Http):
            with self.subTest(kind):
                server = Pop3(self, make(1))
                proxy = kind(self, "me", CANARY)
                done = self.mail("list", server, "--json", "--proxy", proxy.url, "--transcript", self.path("t.txt"))
                self.assertEqual(len(done.stdout.splitlines()), 1)
                self.assertEqual(proxy.asked[0][1], server.port)
                self.assertNotIn(CANARY.encode(), self.read("t.txt"))
        self.mail("list", server, "--proxy", "ftp://x", check=2)

    def test_certificate(self):
        """The server wants one, and sees ours."""
        ca = certs.make_ca(self.path("ca"))
        certificate = certs.make_server(self.path("ca"))
        server = Pop3(self, make(1), tls="implicit", certificate=certificate[2])
        server.context.load_verify_locations(ca)
        server.context.verify_mode = ssl.CERT_REQUIRED
        mine = certs.make_server(self.path("ca"), name="me", hosts=("DNS:me.example",), usage="clientAuth")
        self.mail("list", server, "--ca-file", ca, check=1)
        self.mail("list", server, "--ca-file", ca, "--client-cert", mine[0], "--client-key", mine[1])
        self.mail("list", server, "--ca-file", ca, "--client-cert", mine[2])
        self.mail("list", server, "--ca-file", ca, "--client-key", mine[1], check=2)
        done = self.mail("list", server, "--ca-file", ca, "--client-cert", self.write("junk.pem", "junk"), check=1)
        self.assertIn(b"certificate to show", done.stderr)

    def test_command_line(self):
        server = Pop3(self, [], {"STAT": SILENT, "LIST": SILENT})
        child = self.start([wbtest.WIRE, "mail", "list", server.url.replace("student", "student:" + CANARY)],
                           stderr=subprocess.DEVNULL)
        wbtest.wait_until(lambda: b"LIST" in server.said(), "LIST to come")
        with open("/proc/%d/cmdline" % child.pid, "rb") as f:
            self.assertNotIn(CANARY.encode(), f.read())


if __name__ == "__main__":
    wbtest.main()

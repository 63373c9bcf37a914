# SPDX-License-Identifier: GPL-3.0-or-later
"""SMTP's extensions, offered and not: delivery reports, counted pieces, binary texts; and the way there through
a proxy."""

import os
import re

import mailscript
import postfix
import proxies
import wbtest
from mailscript import CLOSE

PLAIN = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: hello\r\n\r\nOne line.\r\n"
EHLO = b"250-test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-DSN\r\n250-CHUNKING\r\n250 SIZE 900000000\r\n"
MEGABYTE = 1 << 20


class Chunked(mailscript.Smtp):
    """One that takes BDAT, and keeps the pieces of each mail."""

    def __init__(self, *args, **kw):
        self.pieces = [[]]
        super().__init__(*args, **kw)
        self.replies.setdefault("BDAT", b"250 2.0.0 taken\r\n")

    def read_line(self):
        line = super().read_line()
        if line == b"RSET":
            self.pieces[-1].clear()
        if line.startswith(b"BDAT"):
            words = line.split()
            self.pieces[-1].append(self.input.read(int(words[1])))
            if words[2:] == [b"LAST"]:
                self.bodies.append(b"".join(self.pieces[-1]))
                self.pieces.append([])
        return line


class Case(wbtest.TestCase):
    def send(self, server, *args, check=0, data=PLAIN, **kw):
        return self.wire("mail", "send", "--server", getattr(server, "url", server), "--timeout", 30, "--eml",
                         self.write("m.eml", data), *args, check=check, **kw)


class Reports(Case):
    def test_asked_for(self):
        server = mailscript.Smtp(self, {"EHLO": EHLO})
        self.send(server, "--notify", "success,failure,delay", "--return", "headers", "--envid", "a b+c=1")
        self.assertIn(b" RET=HDRS ENVID=a+20b+2Bc+3D1\r\n", server.said())
        self.assertIn(b"RCPT TO:<b@example.org> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;b@example.org\r\n",
                      server.said())
        self.send(server, "--notify", "never", "--return", "full")
        self.assertIn(b" RET=FULL\r\n", server.said())
        self.assertIn(b" NOTIFY=NEVER ", server.said())

    def test_not_asked_for(self):
        server = mailscript.Smtp(self, {"EHLO": EHLO})
        self.send(server)
        self.assertIsNone(re.search(rb"RET=|ENVID|NOTIFY|ORCPT", server.said()))

    def test_not_offered(self):
        server = mailscript.Smtp(self)
        done = self.send(server, "--notify", "success", check=1)
        self.assertIn(b"offers no DSN", done.stderr)
        self.assertNotIn(b"MAIL", server.said())

    def test_usage(self):
        server = mailscript.Smtp(self, {"EHLO": EHLO})
        for args in (("--notify", "always"), ("--notify", "never,success"), ("--notify", ""), ("--return", "some"),
                     ("--envid", "x\r\nRSET"), ("--envid", "é"), ("--envid", "x" * 101), ("--envid", "")):
            with self.subTest(args=args):
                self.send(server, *args, check=2)
        self.assertEqual(server.connections, 0)


class Pieces(Case):
    def test_small(self):
        server = Chunked(self, {"EHLO": EHLO})
        body = b".dot\r\n.\r\n\r\nbare\nlf\rcr\r\r\nend"
        self.send(server, "--chunking", data=PLAIN + body)
        self.assertEqual(server.bodies, [PLAIN + b".dot\r\n.\r\n\r\nbare\r\nlf\r\ncr\r\n\r\nend\r\n"])
        self.assertNotIn(b"DATA", server.said())

    def test_not_unless_asked_for_or_needed(self):
        server = Chunked(self, {"EHLO": EHLO})
        self.send(server)
        self.assertIn(b"DATA", server.said())
        server = Chunked(self)
        self.send(server, "--chunking")
        self.assertIn(b"DATA", server.said())

    def test_large(self):
        """Whatever falls on the edge between two pieces; each is answered before the next goes out."""
        for edge in (b"\r\n", b"\n", b"\r", b"x\r", b"\r\r\n", b"xy"):
            server = Chunked(self, {"EHLO": EHLO})
            data = PLAIN + b"z" * (MEGABYTE - len(PLAIN) - 1) + edge + (b"line of text\r\n" * 200000)
            self.send(server, "--chunking", data=data)
            body, = server.bodies
            wanted = re.sub(rb"\r\n|\r|\n", b"\r\n", data)
            self.assertEqual(len(body), len(wanted))
            self.assertEqual(body, wanted)
            self.assertGreater(len(server.pieces[0]), 2)
            declared = int(re.search(rb"SIZE=(\d+)", server.said()).group(1))
            self.assertEqual(declared, len(body))

    def test_many_on_one_connection(self):
        server = Chunked(self, {"EHLO": EHLO})
        more = [a for i in range(5) for a in ("--eml", self.write("%d.eml" % i, PLAIN + b"number %d\r\n" % i))]
        self.send(server, "--chunking", *more)
        self.assertEqual([b[-10:] for b in server.bodies[1:]], [b"number %d\r\n" % i for i in range(5)])
        self.assertEqual(server.connections, 1)

    def test_refused(self):
        for nth in (1, 2):
            count = [0]

            def bdat(server, line):
                count[0] += 1
                return b"552 5.3.4 too large\r\n" if count[0] == nth else b"250 fine\r\n"
            server = Chunked(self, {"EHLO": EHLO, "BDAT": bdat})
            done = self.send(server, "--chunking", "--eml", self.write("n.eml", PLAIN), check=1,
                             data=PLAIN + b"line of text\r\n" * 200000)
            self.assertIn(b"larger than the server takes", done.stderr)
            self.assertIn(b"RSET", server.said())
            self.assertEqual(server.bodies[-1], PLAIN)

    def test_cut(self):
        """Before the last piece is out nobody has the mail; behind it nobody knows."""
        for nth, unknown in ((1, False), (3, True)):
            count = [0]

            def bdat(server, line):
                count[0] += 1
                return CLOSE if count[0] == nth else b"250 fine\r\n"
            server = Chunked(self, {"EHLO": EHLO, "BDAT": bdat})
            done = self.send(server, "--chunking", check=1, data=PLAIN + b"line of text\r\n" * 200000)
            self.assertEqual(b"may or may not have arrived" in done.stderr, unknown)

    def test_binary(self):
        """A NUL in the text goes through as it is where the server takes that."""
        data = PLAIN + b"\0binary\n\r\0" + b"x" * 3000
        server = Chunked(self, {"EHLO": EHLO.replace(b"DSN", b"BINARYMIME")})
        self.send(server, data=data)
        self.assertEqual(server.bodies, [data])
        self.assertIn(b"BODY=BINARYMIME", server.said())
        self.assertIn(b"SIZE=%d " % len(data), server.said())

    def test_long_lines(self):
        data = PLAIN + b"x" * 3000 + b"\n"
        server = Chunked(self, {"EHLO": EHLO.replace(b"DSN", b"BINARYMIME")})
        self.send(server, data=data)
        self.assertEqual(server.bodies, [data.replace(b"x\n", b"x\r\n")])
        self.assertIn(b"BODY=BINARYMIME", server.said())

    def test_nobody_accepted(self):
        server = Chunked(self, {"EHLO": EHLO, "RCPT": b"550 5.1.1 no\r\n"})
        done = self.send(server, "--chunking", check=1)
        self.assertIn(b"no such mailbox", done.stderr)
        self.assertEqual(server.bodies, [])


class Through(Case):
    def test_proxies(self):
        for kind in (proxies.Socks5, proxies.Http):
            for account in ((), ("me", "s3cret-canary")):
                with self.subTest(kind=kind, account=account):
                    server = mailscript.Smtp(self)
                    proxy = kind(self, *account)
                    self.send(server, "--proxy", proxy.url, "--transcript", self.path("t.txt"))
                    self.assertEqual(server.bodies, [PLAIN])
                    self.assertEqual(proxy.asked[0][1], server.port)
                    self.assertNotIn(b"s3cret-canary", self.read("t.txt"))

    def test_proxy_refuses(self):
        server = mailscript.Smtp(self)
        done = self.send(server, "--proxy", proxies.Socks5(self, refuse=True).url, check=1)
        self.assertIn(b"While connecting to localhost:", done.stderr)
        self.assertEqual(server.connections, 0)

    def test_no_proxy_at_all(self):
        self.send("smtp://localhost:1", "--proxy", "ftp://x", check=2)


@wbtest.unittest.skipUnless(os.getuid() == 0, "Postfix wants root to start")
class Postfix(Case):
    def test_pieces_and_reports(self):
        server = postfix.Postfix(self)
        data = PLAIN + b".dot\r\n" + b"line of text\n" * 60000 + b".\r\nlast\r\n"
        self.send(server.address, "--chunking", "--notify", "success", "--return", "headers", "--envid", "lesson 1",
                  "--from", "teacher@school.test", "--to", "student@school.test", data=data)
        text, = wbtest.wait_until(lambda: server.mailbox("student"), "the mail to be delivered")
        self.assertTrue(text.endswith(data.split(b"\r\n\r\n")[1].replace(b"\r\n", b"\n")), text[-100:])
        report, = wbtest.wait_until(lambda: server.mailbox("teacher"), "the report to come")
        self.assertIn(b"Original-Envelope-Id: lesson 1", report)
        self.assertIn(b"Action: delivered", report)
        self.assertIn(b"student@school.test", report)


if __name__ == "__main__":
    wbtest.main()

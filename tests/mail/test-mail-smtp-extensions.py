# SPDX-License-Identifier: GPL-3.0-or-later
"""SMTP's extensions, offered and not: delivery reports, counted pieces, binary texts; and the way there through
a proxy."""

import json
import os
import re
from base64 import b64encode as b64

import certs
import dovecot
import exim
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

    def test_foreign_proxies(self):
        """microsocks and tinyproxy: with TLS behind them too, wrong and missing passwords, nobody behind them."""
        ca, files = certs.make_ca(self.path("ca")), certs.make_server(self.path("ca"))
        plain, tls = mailscript.Smtp(self), mailscript.Smtp(self, tls="implicit", certificate=files[2])
        for kind in (proxies.Microsocks, proxies.Tinyproxy):
            if not kind.is_there():
                self.skipTest(kind.program + " is not there")
            for account in ((), ("me", "s3cret-canary")):
                with self.subTest(kind=kind, account=account):
                    proxy = kind(self, *account)
                    for server, args in ((plain, ()), (tls, ("--ca-file", ca))):
                        del server.bodies[:]
                        self.send(server, "--proxy", proxy.url, "--transcript", self.path("t.txt"), *args)
                        self.assertEqual(server.bodies, [PLAIN])
                        self.assertNotIn(b"s3cret-canary", self.read("t.txt"))
                        self.assertNotIn(b64(b"me:s3cret-canary"), self.read("t.txt"))
                    before = plain.connections
                    for url in ([proxy.url.replace("canary", "wrong"), proxy.url.replace("me:s3cret-canary@", "")]
                                if account else []):
                        done = self.send(plain, "--proxy", url, check=1)
                        self.assertIn(b"While connecting to localhost:", done.stderr)
                        self.assertNotIn(b"s3cret", done.stderr)
                    self.assertEqual(plain.connections, before)
                    done = self.send("smtp://localhost:%d" % wbtest.free_port(), "--proxy", proxy.url, check=1)
                    self.assertIn(b"While connecting to localhost:", done.stderr)

    def test_proxy_refuses(self):
        server = mailscript.Smtp(self)
        done = self.send(server, "--proxy", proxies.Socks5(self, refuse=True).url, check=1)
        self.assertIn(b"While connecting to localhost:", done.stderr)
        self.assertEqual(server.connections, 0)

    def test_no_proxy_at_all(self):
        self.send("smtp://localhost:1", "--proxy", "ftp://x", check=2)


# What Postfix may leave out of what it offers; nothing of that must be used then.
KEYWORDS = {"pipelining": None, "size": rb"SIZE=", "8bitmime": rb"BODY=8BITMIME", "smtputf8": rb"SMTPUTF8",
            "dsn": rb"NOTIFY=", "chunking": rb"BDAT", "enhancedstatuscodes": None, "starttls": rb"STARTTLS",
            "auth": rb"AUTH"}


@wbtest.unittest.skipUnless(os.getuid() == 0, "Postfix wants root to start")
class Postfix(Case):
    PEOPLE = ("--from", "teacher@school.test", "--to", "student@school.test")

    def said(self):
        """What was sent to the server in the last conversation."""
        events = [json.loads(line) for line in self.read("t.jsonl").splitlines()]
        return "\n".join(json.dumps(e, ensure_ascii=False) for e in events if e["direction"] == "sent").encode()

    def test_with_and_without_each_extension(self):
        """What takes 8 bits, another script, a report, pieces: sent where each is offered, and where it is not as far
        as the mail can do without."""
        ca, files = certs.make_ca(self.path("ca")), certs.make_server(self.path("ca"))
        sasl = dovecot.Sasl(self, "plain", {})
        doors = {k: ["smtpd_discard_ehlo_keywords = " + k, "smtpd_tls_security_level = may"] for k in KEYWORDS}
        doors["all of them"] = ["smtpd_discard_ehlo_keywords = " + ", ".join(KEYWORDS), "smtpd_tls_security_level = may"]
        server = postfix.Postfix(self, files[:2], sasl.settings(), dict(doors, none=["smtpd_tls_security_level = may"]))
        mails = {"plain": (PLAIN, (), None), "8bitmime": (PLAIN + "Grüße\r\n".encode(), (), "8BITMIME"),
                 "smtputf8": (PLAIN, ("--to", "李@school.test"), "SMTPUTF8"),
                 "dsn": (PLAIN, ("--notify", "never"), "DSN"), "chunking": (PLAIN, ("--chunking",), None)}
        for door, port in server.doors.items():
            left_out = set(KEYWORDS) if door == "all of them" else {door} & set(KEYWORDS)
            for kind, (data, more, wanted) in mails.items():
                with self.subTest(left_out=door, kind=kind):
                    before = len(server.mailbox("student"))
                    fails = wanted is not None and kind in left_out
                    secure = not left_out & {"starttls", "auth"}
                    url = "smtp://%slocalhost:%d?starttls=%s" % (("me@", port, "required") if secure else
                                                                 ("", port, "never"))
                    done = self.send(url, "--ca-file", ca, "--transcript", self.path("t.jsonl"), *self.PEOPLE, *more,
                                     data=data, check=None, env={"WIRE_PASSWORD": sasl.password} if secure else {})
                    if fails:
                        self.assertEqual(done.returncode, 1)
                        self.assertIn(wanted.encode(), done.stderr)
                    elif kind != "smtputf8":
                        # There nobody of that name is: the other one gets it.
                        self.assertEqual(done.returncode, 0, done.stderr)
                    for keyword in left_out:
                        if KEYWORDS[keyword]:
                            self.assertNotRegex(self.said(), rb'"[^"]*\b' + KEYWORDS[keyword])
                    if not fails:
                        wbtest.wait_until(lambda n=before: len(server.mailbox("student")) > n, "the mail to be delivered")
                        self.assertEqual(len(server.mailbox("student")), before + 1)
        texts = server.mailbox("student")
        self.assertEqual(sum("Grüße\n".encode() in t for t in texts), len(doors) + 1 - 2)
        self.assertTrue(any(b"with ESMTPSA" in t for t in texts))
        self.assertTrue(any(b"with UTF8SMTPSA" in t for t in texts))

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


@wbtest.unittest.skipUnless(exim.is_there(), "Exim is not there or this is not root")
class Exim(Case):
    PEOPLE = ("--from", "teacher@school.test", "--to", "student@school.test")

    def delivered(self, server, user):
        return wbtest.wait_until(lambda: server.mailbox(user), "the mail to be delivered")

    def test_reports_and_scripts(self):
        """It understands how a report is asked for; eight bits and another script go through, whole and in pieces."""
        server = exim.Exim(self, options="dsn_advertise_hosts = *\nchunking_advertise_hosts = *")
        self.send(server.url, *self.PEOPLE, "--notify", "success", "--return", "headers", "--envid", "lesson 1",
                  "--transcript", self.path("t.txt"))
        self.delivered(server, "student")
        self.assertIn(b"RET=HDRS ENVID=lesson+201", self.read("t.txt"))
        self.assertIn(b"NOTIFY=SUCCESS ORCPT=rfc822;student@school.test", self.read("t.txt"))
        count = 1
        for more in ((), ("--chunking",)):
            for data, words in ((PLAIN + "Grüße\r\n".encode(), "Grüße\n"), (PLAIN.replace(b"hello", "你好".encode()),
                                                                           "Subject: 你好\n")):
                self.send(server.url, *self.PEOPLE, *more, data=data)
                count += 1
                texts = wbtest.wait_until(lambda n=count: len(server.mailbox("student")) >= n and server.mailbox("student"),
                                          "the mail to be delivered")
                self.assertTrue(any(words.encode() in t for t in texts))
            self.send(server.url, *self.PEOPLE, "--to", "李@school.test", *more)
            self.assertIn("P=utf8esmtp", server.log())
            count += 1
            wbtest.wait_until(lambda n=count: len(server.mailbox("student")) >= n, "the mail to be delivered")


if __name__ == "__main__":
    wbtest.main()

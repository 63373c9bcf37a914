# SPDX-License-Identifier: GPL-3.0-or-later
"""`wire mail send` against servers that nobody here wrote: Postfix's smtp-sink, aiosmtpd, Postfix itself, Exim."""

import json
import os

import aiosmtp
import certs
import exim
import postfix
import smtpsink
import wbtest

PLAIN = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: hello\r\n\r\nOne line.\r\n"


class Case(wbtest.TestCase):
    def eml(self, data=PLAIN, name="mail.eml"):
        return self.write(name, data)

    def send(self, url, *args, check=0, env=None, **kw):
        return self.wire("mail", "send", "--server", url, "--timeout", 30, *args, check=check, env=env, **kw)

    def authority(self, *args, **kw):
        """A CA and a server's certificate: the CA's file, then (certificate, key, both)."""
        folder = self.path("ca")
        return certs.make_ca(folder), certs.make_server(folder, *args, **kw)


class Sink(Case):
    def test_a_built_message(self):
        sink = smtpsink.SmtpSink(self)
        self.send(sink.url, "--from", "A <a@example.org>", "--to", "B <b@example.org>", "--to", "c@example.org",
                  "--bcc", "hidden@example.org", "--subject", "你好", "--text", self.write("t", "Hello\n"))
        (envelope, text), = sink.messages()
        self.assertIn("X-Mail-Args: <a@example.org>", envelope)
        self.assertEqual([l for l in envelope if l.startswith("X-Rcpt")],
                         ["X-Rcpt-Args: <%s@example.org>" % n for n in ("b", "c", "hidden")])
        self.assertIn(b"Hello", text)
        self.assertNotIn(b"hidden", text)
        self.assertNotIn(b"Bcc", text)

    def test_own_name_is_an_address(self):
        sink = smtpsink.SmtpSink(self)
        self.send(sink.url, "--eml", self.eml())
        (envelope, _), = sink.messages()
        self.assertIn("X-Helo-Args: [127.0.0.1]", envelope)

    def test_many_on_one_connection(self):
        sink = smtpsink.SmtpSink(self)
        files = []
        for i in range(50):
            files += ["--eml", self.eml(PLAIN.replace(b"hello", b"number %d" % i), "m%d.eml" % i)]
        self.send(sink.url, *files, "--transcript", self.path("t.jsonl"))
        self.assertEqual(sorted(t.count(b"Subject: number") for _, t in sink.messages()), [1] * 50)
        events = [json.loads(l) for l in self.read("t.jsonl").splitlines()]
        self.assertEqual(sum(e.get("kind") == "connect" for e in events), 1)

    def test_bcc_of_a_finished_message_stays_here(self):
        sink = smtpsink.SmtpSink(self)
        data = b"From: a@example.org\nTo: b@example.org\nbcc: secret@example.org,\n more@example.org\nX: y\n" \
               b"RESENT-BCC : deeper@example.org,\n deepest@example.org\nResent-Bccx: z\n\nBcc: body\n"
        self.send(sink.url, "--eml", self.eml(data))
        (envelope, text), = sink.messages()
        self.assertIn("X-Rcpt-Args: <secret@example.org>", envelope)
        self.assertIn("X-Rcpt-Args: <more@example.org>", envelope)
        self.assertIn("X-Rcpt-Args: <deepest@example.org>", envelope)
        self.assertIn(b"Resent-Bccx: z", text)
        self.assertNotIn(b"deep", text)
        self.assertNotIn(b"secret", text)
        self.assertNotIn(b"more@", text)
        self.assertIn(b"X: y", text)
        self.assertIn(b"Bcc: body", text)

    def test_recipients_of_a_finished_message(self):
        """--to replaces those of its header, --cc and --bcc add to them; nothing of it stands in the text."""
        for more, found in ((("--bcc", "q@example.org"), "bq"), (("--cc", "q@example.org", "--bcc", "b@example.org"), "bq"),
                            (("--to", "t@example.org"), "t"), (("--to", "t@example.org", "--cc", "q@example.org"), "tq")):
            with self.subTest(more):
                sink = smtpsink.SmtpSink(self)
                self.send(sink.url, "--eml", self.eml(), *more)
                (envelope, text), = sink.messages()
                self.assertEqual([l for l in envelope if l.startswith("X-Rcpt")],
                                 ["X-Rcpt-Args: <%s@example.org>" % n for n in found])
                self.assertNotIn(b"q@", text)

    def test_without_esmtp(self):
        """-e: EHLO is not known; HELO is."""
        sink = smtpsink.SmtpSink(self, "-e")
        self.send(sink.url, "--eml", self.eml())
        self.assertEqual(len(sink.messages()), 1)

    def test_without_pipelining(self):
        sink = smtpsink.SmtpSink(self, "-p")
        self.send(sink.url, "--eml", self.eml(), "--eml", self.eml())
        self.assertEqual(len(sink.messages()), 2)

    def test_eight_bit_wants_8bitmime(self):
        sink = smtpsink.SmtpSink(self, "-8")
        done = self.send(sink.url, "--eml", self.eml(PLAIN + "é".encode()), check=1)
        self.assertIn(b"8BITMIME", done.stderr)
        self.assertEqual(sink.messages(), [])

    def test_refused_at_each_step(self):
        words = {"ehlo": "greeting", "mail": "sending from a@example.org", "rcpt": "sending to b@example.org",
                 "data": "asking 127.0.0.1:", ".": "handing the message to 127.0.0.1:"}
        for option, code in (("-f", "500"), ("-r", "450")):
            for step, said in words.items():
                if step == "ehlo" and option == "-f":
                    continue    # then HELO is tried, and taken
                for pipelining in ([], ["-p"]):
                    with self.subTest(option=option, step=step, pipelining=pipelining):
                        sink = smtpsink.SmtpSink(self, option, step, *pipelining)
                        done = self.send(sink.url, "--eml", self.eml(), check=1)
                        error = done.stderr.decode()
                        self.assertIn(said, error)
                        self.assertIn("(The server said: " + code[0], error)
                        self.assertEqual(len(error.splitlines()), 1)

    def test_hung_up_on_at_each_step(self):
        for step in ("connect", "ehlo", "mail", "rcpt", "data", "."):
            with self.subTest(step=step):
                sink = smtpsink.SmtpSink(self, "-q", step, keep=False)
                done = self.send(sink.url, "--eml", self.eml(), check=1)
                error = done.stderr.decode()
                self.assertIn("closed the connection", error)
                self.assertEqual("may or may not have arrived" in error, step == ".")

    def test_leading_dots_and_line_ends(self):
        sink = smtpsink.SmtpSink(self)
        body = b".one\r\n..two\r\n.\r\nthree\n.\nfour\r.five\r\r\nsix"
        self.send(sink.url, "--eml", self.eml(PLAIN + body))
        (_, text), = sink.messages()
        self.assertTrue(text.rstrip(b"\n").endswith(b".one\n..two\n.\nthree\n.\nfour\n.five\n\nsix"), text)


class Aiosmtpd(Case):
    def test_starttls_and_each_mechanism(self):
        ca, files = self.authority()
        for offered, used in ((["PLAIN"], "PLAIN"), (["LOGIN"], "LOGIN"), (["CRAM-MD5"], "CRAM-MD5"),
                              (["PLAIN", "LOGIN"], "PLAIN"), (["PLAIN", "LOGIN", "CRAM-MD5"], "CRAM-MD5")):
            with self.subTest(offered=offered):
                server = aiosmtp.Aiosmtpd(self, "starttls", files[2], auth=offered)
                self.send("smtp://teacher@localhost:%d?starttls=required" % server.port, "--ca-file", ca,
                          "--eml", self.eml(), env={"WIRE_PASSWORD": server.password})
                mail, = server.mails
                self.assertEqual((mail.tls, mail.user, mail.data), (True, "teacher", PLAIN))
                self.assertEqual(server.mechanisms, [used])

    def test_implicit_tls(self):
        ca, files = self.authority()
        server = aiosmtp.Aiosmtpd(self, "implicit", files[2])
        self.send(server.address, "--ca-file", ca, "--eml", self.eml())
        self.assertEqual(server.mails[0].data, PLAIN)

    def test_wrong_password(self):
        ca, files = self.authority()
        for offered in (["PLAIN"], ["LOGIN"], ["CRAM-MD5"]):
            with self.subTest(offered=offered):
                server = aiosmtp.Aiosmtpd(self, "starttls", files[2], auth=offered)
                done = self.send("smtp://teacher@localhost:%d?starttls=required" % server.port, "--ca-file", ca,
                                 "--eml", self.eml(), env={"WIRE_PASSWORD": "wr0ng-one"}, check=1)
                self.assertIn(b"While logging in to localhost:", done.stderr)
                self.assertIn(b"authorization code", done.stderr)
                self.assertIn(b"535", done.stderr)
                self.assertNotIn(b"wr0ng-one", done.stderr)
                self.assertEqual(server.mails, [])

    def test_no_password_in_the_clear(self):
        server = aiosmtp.Aiosmtpd(self, auth=["PLAIN", "LOGIN", "CRAM-MD5"], auth_without_tls=True)
        done = self.send("smtp://teacher@localhost:%d" % server.port, "--eml", self.eml(),
                         env={"WIRE_PASSWORD": server.password}, check=1)
        self.assertIn(b"for everyone to read", done.stderr)
        self.assertEqual((server.mechanisms, server.mails), ([], []))
        self.send("smtp://teacher@localhost:%d?starttls=never" % server.port, "--eml", self.eml(),
                  env={"WIRE_PASSWORD": server.password})
        self.assertEqual(server.mechanisms, ["CRAM-MD5"])
        self.assertEqual(len(server.mails), 1)

    def test_login_is_wanted(self):
        server = aiosmtp.Aiosmtpd(self, auth=["PLAIN"], auth_without_tls=True)
        done = self.send("smtp://localhost:%d" % server.port, "--eml", self.eml(), check=1)
        self.assertIn(b"wants a login first", done.stderr)

    def test_starttls_is_wanted(self):
        _, files = self.authority()
        server = aiosmtp.Aiosmtpd(self, "starttls", files[2], require_starttls=True)
        done = self.send("smtp://localhost:%d" % server.port, "--eml", self.eml(), check=1)
        self.assertIn(b"encrypted connection only", done.stderr)

    def test_mixed_recipients(self):
        server = aiosmtp.Aiosmtpd(self)
        to = [a for n in ("b", "550", "c", "450") for a in ("--to", n + "@example.org")]
        done = self.send(server.address, "--from", "a@example.org", *to, "--eml", self.eml(), "--json", check=1)
        self.assertEqual(server.mails[0].recipients, ["b@example.org", "c@example.org"])
        told = json.loads(done.stdout)
        self.assertTrue(told["sent"])
        self.assertEqual([(r["address"], r["accepted"], r["code"]) for r in told["recipients"]],
                         [("b@example.org", True, 250), ("550@example.org", False, 550),
                          ("c@example.org", True, 250), ("450@example.org", False, 450)])
        self.assertIn(b"went to 2 of 4 recipients", done.stderr)
        self.assertIn(b"550@example.org: 550 5.1.1 no such user", done.stderr)

    def test_all_recipients_refused_and_the_next_mail(self):
        server = aiosmtp.Aiosmtpd(self)
        bad = self.eml(PLAIN.replace(b"b@", b"550@"), "bad.eml")
        done = self.send(server.address, "--eml", bad, "--eml", self.eml(), check=1)
        self.assertIn(b"no such mailbox", done.stderr)
        self.assertEqual([m.recipients for m in server.mails], [["b@example.org"]])

    def test_size(self):
        server = aiosmtp.Aiosmtpd(self, size=1000)
        done = self.send(server.address, "--eml", self.eml(PLAIN + b"x" * 70 * 20), "--transcript",
                         self.path("t.txt"), check=1)
        self.assertIn("takes at most 1.0\N{NO-BREAK SPACE}kB", done.stderr.decode())
        self.assertNotIn(b"MAIL FROM", self.read("t.txt"))
        self.send(server.address, "--eml", self.eml())
        mail, = server.mails
        self.assertIn("SIZE=%d" % len(PLAIN), mail.options)

    def test_smtputf8_only_where_needed(self):
        server = aiosmtp.Aiosmtpd(self)
        self.send(server.address, "--eml", self.eml())
        self.send(server.address, "--eml", self.eml(PLAIN + "é\r\n".encode()))
        self.send(server.address, "--from", "a@example.org", "--to", "王@example.org", "--eml", self.eml())
        self.send(server.address, "--from", "a@example.org", "--to", "b@例子.测试", "--eml", self.eml())
        plain, body, address, domain = server.mails
        self.assertNotIn("SMTPUTF8", plain.options + body.options + domain.options)
        self.assertIn("BODY=8BITMIME", body.options)
        self.assertNotIn("BODY=8BITMIME", plain.options)
        self.assertIn("SMTPUTF8", address.options)
        self.assertEqual(address.recipients, ["王@example.org"])
        self.assertEqual(domain.recipients, ["b@xn--fsqu00a.xn--0zwm56d"])

    def test_smtputf8_not_offered(self):
        server = aiosmtp.Aiosmtpd(self, utf8=False)
        done = self.send(server.address, "--from", "a@example.org", "--to", "王@example.org", "--eml", self.eml(),
                         check=1)
        self.assertIn("王@example.org", done.stderr.decode())
        self.assertEqual(server.mails, [])

    def test_refused_as_a_whole(self):
        server = aiosmtp.Aiosmtpd(self)
        server.data_reply = "554 5.7.1 smells of ham"
        done = self.send(server.address, "--eml", self.eml(), check=1)
        self.assertIn(b"554 5.7.1 smells of ham", done.stderr)


@wbtest.unittest.skipUnless(os.getuid() == 0, "Postfix wants root to start")
class Postfix(Case):
    def test_delivery(self):
        ca, files = self.authority()
        server = postfix.Postfix(self, files[:2])
        done = self.send(server.address, "--from", "teacher@school.test", "--to", "student@school.test",
                         "--eml", self.eml(), check=1)
        self.assertIn(b"encrypted connection only", done.stderr)
        self.send(server.address + "?starttls=required", "--ca-file", ca, "--from", "teacher@school.test",
                  "--to", "student@school.test", "--to", "teacher@school.test", "--eml",
                  self.eml(PLAIN + b".dots\r\n..\r\n.\r\nend\r\n"))
        for user in ("student", "teacher"):
            text, = wbtest.wait_until(lambda u=user: server.mailbox(u), "the mail to be delivered")
            self.assertIn(b"with ESMTPS", text)
            self.assertTrue(text.endswith(b"One line.\n.dots\n..\n.\nend\n"), text)

    def test_many_on_one_connection(self):
        server = postfix.Postfix(self)
        files = [a for i in range(20) for a in ("--eml", self.eml(PLAIN + b"number %02d\r\n" % i, "%d.eml" % i))]
        self.send(server.address, "--from", "teacher@school.test", "--to", "student@school.test", *files)
        wbtest.wait_until(lambda: len(server.mailbox("student")) >= 20, "the mails to be delivered")
        self.assertEqual(sorted(m[-10:] for m in server.mailbox("student")), [b"number %02d\n" % i for i in range(20)])

    def test_refusals(self):
        server = postfix.Postfix(self)
        for address, words in (("nobody@school.test", b"no such mailbox"), ("x@elsewhere.test", b"pass mail on")):
            done = self.send(server.address, "--from", "teacher@school.test", "--to", address, "--eml", self.eml(),
                             check=1)
            self.assertIn(words, done.stderr)
        done = self.send(server.address, "--from", "teacher@school.test", "--to", "student@school.test", "--eml",
                         self.eml(PLAIN + b"x" * 1000 + b"\r\n" * 600000), check=1)
        self.assertIn("takes at most 1.0\N{NO-BREAK SPACE}MB", done.stderr.decode())

    def test_smuggling(self):
        """With every way of ending a line, what looks like an end of the mail and a second one behind it
        arrives as one mail."""
        server = postfix.Postfix(self)
        second = b"MAIL FROM:<x@school.test>", b"RCPT TO:<student@school.test>", b"DATA", b"smuggled", b".", b""
        ends = (b"\r\n.\r\n", b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r.\r\n", b"\r\r\n.\r\r\n",
                b"\n.\r", b"\r\n\x00.\r\n", b"\r\n.\x00\r\n")
        for end in ends:
            self.send(server.address, "--from", "teacher@school.test", "--to", "student@school.test", "--eml",
                      self.eml(PLAIN + b"before" + end + b"\r\n".join(second)))
        wbtest.wait_until(lambda: len(server.mailbox("student")) >= len(ends), "the mails to be delivered")
        mails = server.mailbox("student")
        self.assertEqual(len(mails), len(ends))
        for mail in mails:
            self.assertIn(b"before", mail)
            self.assertIn(b"smuggled", mail)


@wbtest.unittest.skipUnless(exim.is_there(), "Exim is not there or this is not root")
class Exim(Case):
    PEOPLE = ("--from", "teacher@school.test", "--to", "student@school.test")

    def delivered(self, server, user, count=1):
        return wbtest.wait_until(lambda: len(server.mailbox(user)) >= count and server.mailbox(user),
                                 "the mail to be delivered")

    def test_plain(self):
        """Exim hangs up on who talks before his turn; counted pieces are taken like a text with a dot."""
        body = PLAIN + b".dots\r\n..\r\n.\r\nend\r\n"
        for pipelining in ("", "pipelining_advertise_hosts ="):
            for more in ((), ("--chunking",)):
                with self.subTest(pipelining=pipelining, more=more):
                    server = exim.Exim(self, options=pipelining)
                    self.send(server.url, *self.PEOPLE, "--to", "teacher@school.test", "--eml", self.eml(body), *more,
                              "--transcript", self.path("t.txt"))
                    self.assertEqual(b"BDAT" in self.read("t.txt"), bool(more))
                    for user in ("student", "teacher"):
                        text, = self.delivered(server, user)
                        self.assertTrue(text.endswith(b"One line.\n.dots\n..\n.\nend\n"), text)

    def test_many_on_one_connection(self):
        for more in ((), ("--chunking",)):
            server = exim.Exim(self)
            files = [a for i in range(20) for a in ("--eml", self.eml(PLAIN + b"number %02d\r\n" % i, "%d.eml" % i))]
            self.send(server.url, *self.PEOPLE, *files, *more)
            self.assertEqual(sorted(m[-10:] for m in self.delivered(server, "student", 20)),
                             [b"number %02d\n" % i for i in range(20)])

    def test_starttls_and_each_mechanism(self):
        ca, files = self.authority()
        for offered, used in ((["PLAIN"], "plain"), (["LOGIN"], "login"), (["CRAM-MD5"], "cram"),
                              (["PLAIN", "LOGIN", "CRAM-MD5"], "cram")):
            with self.subTest(offered=offered):
                server = exim.Exim(self, certificate=files[:2], mechanisms=offered)
                url = "smtp://teacher@localhost:%d?starttls=required" % server.port
                done = self.send(url, "--ca-file", ca, *self.PEOPLE, "--eml", self.eml(), check=1,
                                 env={"WIRE_PASSWORD": "wr0ng-one"})
                self.assertIn(b"While logging in to localhost:", done.stderr)
                self.assertIn(b"535", done.stderr)
                self.send(url, "--ca-file", ca, *self.PEOPLE, "--eml", self.eml(),
                          env={"WIRE_PASSWORD": exim.PASSWORD})
                text, = self.delivered(server, "student")
                self.assertIn(b"with esmtpsa", text)
                self.assertIn("A=%s:teacher" % used, server.log())

    def test_starttls_refused(self):
        _, files = self.authority()
        server = exim.Exim(self, {"starttls": "deny message = 5.7.0 not to you"}, files[:2])
        done = self.send(server.url + "?starttls=required", *self.PEOPLE, "--eml", self.eml(), check=1)
        self.assertIn(b"not to you", done.stderr)
        self.assertEqual(server.mailbox("student"), [])

    def test_login_is_wanted(self):
        ca, files = self.authority()
        server = exim.Exim(self, {"mail": "deny !authenticated = *\n message = 5.7.1 log in first\n  accept"}, files[:2])
        done = self.send(server.url + "?starttls=required", "--ca-file", ca, *self.PEOPLE, "--eml", self.eml(), check=1)
        self.assertIn(b"While sending from teacher@school.test", done.stderr)
        self.assertIn(b"log in first", done.stderr)

    def test_mixed_recipients(self):
        for pipelining in ("", "pipelining_advertise_hosts ="):
            with self.subTest(pipelining=pipelining):
                server = exim.Exim(self, options=pipelining)
                to = [a for n in ("nobody@school.test", "later@school.test", "x@elsewhere.test") for a in ("--to", n)]
                done = self.send(server.url, *self.PEOPLE, *to, "--eml", self.eml(), "--json", check=1)
                told = json.loads(done.stdout)
                self.assertTrue(told["sent"])
                self.assertEqual([r["code"] for r in told["recipients"]], [250, 550, 451, 550])
                self.assertIn(b"went to 1 of 4 recipients", done.stderr)
                for words in (b"nobody@school.test: 550 5.1.1 no such user", b"later@school.test: 451 4.2.1 mailbox busy",
                              b"x@elsewhere.test: 550 5.7.1 relay not permitted"):
                    self.assertIn(words, done.stderr)
                text, = self.delivered(server, "student")
                self.assertTrue(text.endswith(b"One line.\n"))

    def test_size(self):
        """What is too large is seen before a byte of it goes; where the server says no size, at its refusal."""
        large = self.eml(PLAIN + b"x" * 70 + b"\r\n" * exim.SIZE, "large.eml")
        server = exim.Exim(self)
        done = self.send(server.url, *self.PEOPLE, "--eml", large, "--transcript", self.path("t.txt"), check=1)
        self.assertIn("takes at most 1.0\N{NO-BREAK SPACE}MB", done.stderr.decode())
        self.assertNotIn(b"MAIL FROM", self.read("t.txt"))
        done = self.send(server.url, *self.PEOPLE, "--eml", self.eml(), "--eml", large, "--eml", self.eml(), check=1)
        self.assertEqual(len(self.delivered(server, "student", 2)), 2)


if __name__ == "__main__":
    wbtest.main()

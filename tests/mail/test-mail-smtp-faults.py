# SPDX-License-Identifier: GPL-3.0-or-later
"""SMTP servers that misbehave, and arguments that would make us misbehave."""

import base64
import json
import os
import re
import signal
import subprocess

import wbtest
from mailscript import CLOSE, RESET, SILENT, Smtp

PLAIN = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: hello\r\n\r\nOne line.\r\n"
# Sanitizers take some for themselves.
MEMORY_LIMIT = (512 if os.environ.get("SANITIZED") else 64) << 20
CANARY = "c4n4ry-in-the-mine"

# Each step of a mail, and what the person is told it was.
STEPS = (("greeting", "waiting for the greeting of"), ("EHLO", "greeting localhost:"),
         ("MAIL", "sender"), ("RCPT", "recipient"), ("DATA", "take the message"), (".", "receipt was not confirmed"))
LINEWISE = {"EHLO": b"250 test\r\n"}


class Case(wbtest.TestCase):
    def send(self, server, *args, check=1, timeout=20, data=PLAIN, **kw):
        args = args or ("--eml", self.write("m.eml", data))
        return self.wire("mail", "send", "--server", server if isinstance(server, str) else server.url, *args,
                         "--timeout", timeout, check=check, **kw)

    def assert_one_line(self, done):
        self.assertEqual(len(done.stderr.decode().splitlines()), 1, done.stderr)


class Server(Case):
    def test_silence_at_each_step(self):
        """The time-out ends it, and the error names the step."""
        for step, words in STEPS:
            for extra in ({}, LINEWISE):
                if extra and step in ("greeting", "EHLO"):
                    continue
                with self.subTest(step=step, pipelining=not extra):
                    server = Smtp(self, dict(extra, **{step: SILENT}))
                    done = self.send(server, timeout=1)
                    self.assertIn(words, done.stderr.decode())
                    self.assertIn("did not answer in time", done.stderr.decode())
                    self.assert_one_line(done)

    def test_closed_at_each_step(self):
        for step, words in STEPS:
            for extra in ({}, LINEWISE):
                if extra and step in ("greeting", "EHLO"):
                    continue
                with self.subTest(step=step, pipelining=not extra):
                    server = Smtp(self, dict(extra, **{step: CLOSE}))
                    done = self.send(server)
                    self.assertIn(words, done.stderr.decode())
                    self.assertIn("closed the connection", done.stderr.decode())
                    self.assertEqual("may or may not have arrived" in done.stderr.decode(), step == ".")
                    self.assert_one_line(done)

    def test_refused_at_each_step(self):
        for reply in (b"451 4.3.0 later\r\n", b"554 5.0.0 never\r\n", b"421 4.3.2 closing\r\n"):
            for step, _ in STEPS:
                for extra in ({}, LINEWISE):
                    if extra and step in ("greeting", "EHLO"):
                        continue
                    with self.subTest(step=step, reply=reply, pipelining=not extra):
                        server = Smtp(self, dict(extra, **{step: reply}))
                        done = self.send(server)
                        self.assertIn(b"(The server said: " + reply.rstrip(), done.stderr)
                        self.assertNotIn(b"may or may not", done.stderr)
                        self.assert_one_line(done)
                        self.assertEqual(len([b for b in server.bodies if b]), int(step == "."))

    def test_hung_up_behind_421(self):
        """A server that says 421 and leaves: what it said is told, not that it left."""
        for step in ("MAIL", "RCPT", "DATA", "."):
            with self.subTest(step=step):
                def bye(server, line):
                    server.send(b"421 4.3.2 maintenance\r\n")
                    return CLOSE
                done = self.send(Smtp(self, {step: bye}))
                self.assertIn(b"421 4.3.2 maintenance", done.stderr)

    def test_cut_between_dot_and_reply(self):
        """Nobody knows what became of it; the words say so, and nothing is sent again by itself."""
        server = Smtp(self, {".": CLOSE})
        files = [a for i in range(3) for a in ("--eml", self.write("m%d.eml" % i, PLAIN))]
        done = self.send(server, *files)
        self.assertIn(b"may or may not have arrived", done.stderr)
        self.assertEqual((server.connections, len(server.bodies)), (1, 1))

    def test_json_tells_of_each_file(self):
        """One line a file, which it names: also of one that is not there, and where nobody came to it."""
        m = [self.write("m%d.eml" % i, PLAIN) for i in range(3)]
        for ending, sent in ((b"250 taken\r\n", m), (CLOSE, [])):
            with self.subTest(ending):
                files = [m[0], self.path("absent.eml"), self.write("bad.eml", PLAIN.replace(b"b@", b"")), m[1],
                         self.dir, m[2]]
                done = self.send(Smtp(self, {".": ending}), *(a for f in files for a in ("--eml", f)), "--json")
                told = [json.loads(line) for line in done.stdout.splitlines()]
                self.assertEqual(sorted(t["file"] for t in told), sorted(files))
                self.assertEqual([t["file"] for t in told if t["sent"]], sent)
                self.assertEqual([t["file"] for t in told if t["error"] is None], sent)
        done = self.send("smtp://localhost:%d" % wbtest.free_port(), "--eml", m[0], "--eml", m[1], "--json")
        self.assertEqual([json.loads(line)["file"] for line in done.stdout.splitlines()], m[:2])

    def test_cut_behind_refused_recipients(self):
        """Of some nobody knows whether they got it; who was refused did not, and is named."""
        def rcpt(server, line):
            return b"550 5.1.1 no such user\r\n" if b"bad" in line else b"250 fine\r\n"
        for more in ({}, LINEWISE):
            for ending, words in ((CLOSE, "may or may not have arrived"), (b"451 4.3.0 later\r\n", "451 4.3.0 later")):
                with self.subTest(pipelining=not more, words=words):
                    done = self.send(Smtp(self, {"RCPT": rcpt, ".": ending, **more}), "--eml", self.write("m.eml", PLAIN),
                                     "--json", "--from", "a@example.org", "--to", "b@example.org", "--to",
                                     "bad@example.org", "--to", "bad2@example.org")
                    self.assertIn(words, done.stderr.decode())
                    self.assertIn("refused these recipients: bad@example.org: 550 5.1.1 no such user; bad2@example.org: 550",
                                  done.stderr.decode())
                    self.assert_one_line(done)
                    told = json.loads(done.stdout)
                    self.assertIn(words, told["error"])
                    self.assertEqual([(r["address"], r["accepted"], r["code"]) for r in told["recipients"]],
                                     [("b@example.org", True, 250), ("bad@example.org", False, 550),
                                      ("bad2@example.org", False, 550)])

    def test_cut_inside_the_text(self):
        """Before the dot is out, the mail has not been sent: no doubt about that."""
        def half(server, line):
            server.send(b"354 go\r\n")
            server.connection.recv(1000)
            return RESET
        server = Smtp(self, {"DATA": half, "EHLO": b"250-test\r\n250 PIPELINING\r\n"})
        done = self.send(server, data=PLAIN + b"x" * 70 * 1000000)
        self.assertNotIn(b"may or may not", done.stderr)
        self.assertIn(b"handing the message to", done.stderr)

    def test_endless_reply(self):
        for step in ("greeting", "EHLO", "MAIL", "."):
            def endless(server, line):
                code = {"greeting": b"220"}.get(step, b"250")
                while True:
                    server.send(code + b"-and another thing\r\n")
            with self.subTest(step=step):
                done = self.send(Smtp(self, {step: endless}))
                self.assertIn(b"does not end", done.stderr)

    def test_huge_line(self):
        """A line of 100 MB is refused early and takes no memory to speak of."""
        sent = []

        def huge(server, line):
            server.send(b"250-")
            for i in range(1600):
                server.send(b"x" * 65536)
                sent.append(i)
            return b"\r\n"
        server = Smtp(self, {"EHLO": huge})
        done, memory = wbtest.run_measured([wbtest.WIRE, "mail", "send", "--server", server.url, "--eml",
                                            self.write("m.eml", PLAIN)])
        self.assertIn(b"sent a line of more than", done.stderr)
        self.assertLess(len(sent), 1600)
        self.assertLess(memory, MEMORY_LIMIT)

    def test_not_smtp(self):
        for greeting in (b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"+OK POP3\r\n",
                         b"\x15\x03\x01\x00\x02\x02\x46\n"):
            with self.subTest(greeting=greeting):
                done = self.send(Smtp(self, {"greeting": greeting}))
                self.assertIn("not how a mail server answers", done.stderr.decode())
                self.assert_one_line(done)

    def test_wrong_answers(self):
        """Replies that fit no rule: an end, never a mail taken for sent."""
        for step, reply in (("MAIL", b"250-fine\r\n251 other\r\n"), ("DATA", b"250 what\r\n"),
                            (".", b"354 more\r\n"), ("RCPT", b"what?\r\n")):
            with self.subTest(step=step):
                self.send(Smtp(self, {step: reply}))

    def test_data_invited_though_nobody_was_accepted(self):
        """Pipelined, a server may say 354 although it refused every recipient: it gets an empty text, never
        the mail (RFC 2920 §3.1)."""
        server = Smtp(self, {"RCPT": b"550 5.1.1 no\r\n"})
        done = self.send(server)
        self.assertIn(b"no such mailbox", done.stderr)
        self.assertEqual(server.bodies, [b""])

    def test_reset_between_mails(self):
        def rcpt(server, line):
            return b"550 5.1.1 no\r\n" if b"bad@" in line else b"250 fine\r\n"
        for extra in ({}, LINEWISE):
            server = Smtp(self, dict(extra, RCPT=rcpt))
            bad = self.write("bad.eml", PLAIN.replace(b"b@", b"bad@"))
            self.send(server, "--eml", bad, "--eml", self.write("m.eml", PLAIN))
            self.assertIn(b"RSET\r\n", server.lines)
            self.assertEqual(server.bodies[-1], PLAIN)

    def test_one_of_many(self):
        """The envelope of the next mail goes out behind the text of the one before, and each gets its own
        answer, whichever of them is refused and at what step."""
        for step, words in (("MAIL", "sending from a2@"), ("RCPT", "no such mailbox"), ("DATA", "take the message"),
                            (".", "handing the message")):
            for extra in ({}, LINEWISE):
                with self.subTest(step=step, pipelining=not extra):
                    count = [0]

                    def second(server, line):
                        count[0] += 1
                        return b"550 5.1.1 no\r\n" if count[0] == 2 else Smtp.DEFAULTS[step]
                    server = Smtp(self, dict(extra, **{step: second}))
                    files = [a for i in range(1, 5) for a in
                             ("--eml", self.write("m%d.eml" % i, PLAIN.replace(b"a@", b"a%d@" % i)))]
                    done = self.send(server, *files, "--json")
                    told = [json.loads(l) for l in done.stdout.splitlines()]
                    self.assertEqual([t["sent"] for t in told], [True, False, True, True])
                    self.assertIn("m2.eml", done.stderr.decode())
                    self.assertIn(words, done.stderr.decode())
                    self.assert_one_line(done)
                    whole = [b for b in server.bodies if b]
                    self.assertEqual([b[:9] for b in whole if step != "." or b"a2@" not in b],
                                     [b"From: a%d@" % i for i in (1, 3, 4)])

    def test_hung_up_behind_the_second(self):
        """What was confirmed is told as sent, the next in the queue as not sent, the rest too, and counted."""
        count = [0]

        def second(server, line):
            count[0] += 1
            return CLOSE if count[0] == 2 else Smtp.DEFAULTS["."]
        server = Smtp(self, {".": second})
        files = [a for i in range(6) for a in ("--eml", self.write("m%d.eml" % i, PLAIN))]
        done = self.send(server, *files, "--json")
        told = [json.loads(l) for l in done.stdout.splitlines()]
        self.assertEqual([t["sent"] for t in told], [True] + [False] * 5)
        self.assertIn("may or may not have arrived", told[1]["error"])
        self.assertIn("no connection", told[2]["error"])
        self.assertIn(b"3 more messages were not sent", done.stderr)
        self.assertEqual(len(server.bodies), 2)

    def test_many_recipients(self):
        """More than fit into the buffers of both ends: nobody waits for the other."""
        def rcpt(server, line):
            return b"250 2.1.5 " + b"fine " * 90 + b"\r\n"
        server = Smtp(self, {"RCPT": rcpt})
        data = b"From: a@example.org\r\nTo: " + b",\r\n ".join(
            b"a-rather-long-local-part-%05d@example.org" % i for i in range(2000)) + b"\r\n\r\nhi\r\n"
        done = self.send(server, check=0, data=data)
        self.assertEqual(done.stderr, b"")
        self.assertEqual(sum(l.startswith(b"RCPT") for l in server.lines), 2000)

    def test_chinese_refusal(self):
        """QQ and others answer in GBK."""
        done = self.send(Smtp(self, {"RCPT": "550 邮箱不存在\r\n".encode("gbk")}))
        self.assertIn("邮箱不存在", done.stderr.decode())

    def test_qq_wants_a_code(self):
        server = Smtp(self, {"AUTH": b"535 Login Fail. Please enter your authorization code to login.\r\n"})
        done = self.send(server.url.replace("//", "//me@") + "?starttls=never", env={"WIRE_PASSWORD": CANARY})
        self.assertIn(b"wants an authorization code here, not the account's password", done.stderr)


class Arguments(Case):
    def test_line_breaks(self):
        """CR and LF in any argument: refused, and no command but the expected ones reaches the server."""
        for broken in ("x@example.org\r\nDATA", "x@example.org\nDATA", "x@example.org\rDATA", "\r\n", "x\r\n@example.org",
                       "x@example.org>\r\nRSET\r\n<y@example.org"):
            for option in ("--from", "--to", "--cc", "--bcc"):
                with self.subTest(broken=broken, option=option):
                    server = Smtp(self)
                    args = {"--from": "a@example.org", "--to": "b@example.org", option: broken}
                    flat = [a for pair in args.items() for a in pair]
                    for more in (("--text", self.write("t", "hi")), ("--eml", self.write("m.eml", PLAIN))):
                        self.send(server, *flat, *more, check=None)
                        for line in server.lines:
                            self.assertRegex(line, rb"^(EHLO \[|MAIL FROM:<|RCPT TO:<|DATA\r|QUIT\r)")
                        self.assertNotIn(b"RSET", server.said())

    def test_line_breaks_in_a_login(self):
        for user, password in (("me%0D%0ARSET", CANARY), ("me", CANARY + "\r\nRSET"), ("me%0ARSET", CANARY)):
            server = Smtp(self)
            done = self.send("smtp://%s@localhost:%d?starttls=never" % (user, server.port), check=None,
                             env={"WIRE_PASSWORD": password})
            self.assertNotEqual(done.returncode, 0)
            self.assertNotIn(b"RSET", server.said())
            self.assertNotIn(CANARY.encode(), done.stderr)

    def test_line_break_in_the_subject(self):
        server = Smtp(self)
        self.send(server, "--from", "a@b.example", "--to", "c@d.example", "--text", self.write("t", "hi"), "--subject",
                  "x\r\nBcc: evil@example.org", check=2)
        self.assertEqual(server.bodies, [])

    def test_odd_addresses(self):
        for address in ("a b@example.org", "a@example.org> SIZE=1", "<a@example.org> NOTIFY=NEVER", "a@", "@b", "\x01@b.example"):
            server = Smtp(self)
            done = self.send(server, "--from", "a@example.org", "--to", address, "--eml", self.write("m.eml", PLAIN),
                             check=None)
            for line in server.lines:
                if line.startswith(b"RCPT"):
                    self.assertRegex(line, rb"^RCPT TO:<[^ <>]+>\r\n$")
            del done

    def test_smuggled_terminators(self):
        """Whatever stands in a message, on the wire there is one end, and only CRLF ends lines."""
        second = b"MAIL FROM:<x@example.org>\r\nRCPT TO:<y@example.org>\r\nDATA\r\nsmuggled\r\n.\r\n"
        for end in (b"\r\n.\r\n", b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r.\r\n", b"\r\r\n.\r\r\n",
                    b"\n.\r", b"\r\n.\r\r\n", b"\n\n.\n\n"):
            with self.subTest(end=end):
                server = Smtp(self)
                self.send(server, check=0, data=PLAIN + b"before" + end + second)
                body, = server.bodies
                self.assertIsNone(re.search(rb"[^\r]\n|\r[^\n]|(^|\n)\.\r\n", body), body)
                self.assertIn(b"smuggled", body)
                self.assertEqual(sum(l.startswith(b"MAIL") for l in server.lines), 1)

    def test_size_before_upload(self):
        server = Smtp(self, {"EHLO": b"250-test\r\n250-PIPELINING\r\n250 SIZE 100\r\n"})
        done = self.send(server, data=PLAIN + b"x" * 70)
        self.assertIn(b"takes at most 100", done.stderr)
        self.assertNotIn(b"MAIL", server.said())

    def test_size_counts_what_is_sent(self):
        """Bare line feeds grow; SIZE says what really comes."""
        server = Smtp(self)
        self.send(server, check=0, data=PLAIN.replace(b"\r\n", b"\n") + b"\n\n.\nx")
        declared = int(re.search(rb"SIZE=(\d+)", server.said()).group(1))
        self.assertEqual(len(server.bodies[0].replace(b"\r\n..\r\n", b"\r\n.\r\n")), declared)

    def test_no_recipient(self):
        server = Smtp(self)
        done = self.send(server, "--from", "a@example.org", "--text", self.write("t", "hi"), check=2)
        self.assertIn(b"recipient", done.stderr)

    def test_bad_addresses_in_a_message(self):
        """None of those that it names gets it, where one cannot be understood."""
        for field, value, shown in (("To", "good@y.org, broken@, <also broken", "“broken@”"),
                                    ("Cc", "good@y.org, <also broken", "“Cc”"),
                                    ("Bcc", "x@y.org z@y.org", "“x@y.org z@y.org”"),
                                    ("From", "me", "“me”"), ("From", "", "--from")):
            with self.subTest(field=field, value=value):
                server = Smtp(self)
                data = b"".join(b"%s: %s\r\n" % (name.encode(), text.encode()) for name, text in
                                dict({"From": "a@example.org", "To": "b@example.org"}, **{field: value}).items())
                done = self.send(server, data=data + b"\r\nBody.\r\n")
                self.assertIn(shown, done.stderr.decode())
                self.assertIn(b"m.eml: ", done.stderr)
                self.assertNotIn(b"MAIL", server.said())
                self.assert_one_line(done)

    def test_what_was_typed_counts(self):
        """What is wrong in a header does not matter where --from and --to say it all."""
        server = Smtp(self)
        self.send(server, "--from", "me@example.org", "--to", "you@example.org", "--eml",
                  self.write("m.eml", b"To: broken@\r\n\r\nBody.\r\n"), check=0)
        self.assertIn(b"MAIL FROM:<me@example.org>", server.said())
        self.assertEqual(re.findall(rb"RCPT TO:<(.*?)>", server.said()), [b"you@example.org"])

    def test_odd_names_in_a_message(self):
        """Folded, encoded in pieces or in no known way, in groups: the addresses are as they are."""
        server = Smtp(self, {"EHLO": b"250-test\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"})
        self.send(server, check=0, data=b"From: =?utf-8?Q?Doe=2C_John?= <a@example.org>\r\n"
                  b"To: =?gb18030?B?xOM=?=\r\n =?gb18030?B?usM=?= <b@example.org>,\r\n"
                  b'\t"c, (d)" <c@example.org>\r\nCc: \xc4\xe3 <d@example.org>\r\nCc: G: e@example.org, b@example.org;\r\n'
                  b"Bcc: undisclosed-recipients:;\r\n\r\nBody.\r\n")
        self.assertIn(b"MAIL FROM:<a@example.org>", server.said())
        self.assertEqual(re.findall(rb"RCPT TO:<(.)@", server.said()), [b"b", b"c", b"d", b"e"])

    def test_recipients_that_are_not_to_be_seen(self):
        """Their name in place of an address is nobody, and no reason to refuse the others."""
        for phrase in ("undisclosed recipients", "Undisclosed-Recipients", "undisclosed-recipients:", '"Undisclosed recipients"',
                       "Recipient List Suppressed", "unlisted-recipients: ;", "=?utf-8?Q?Undisclosed_recipients?="):
            with self.subTest(phrase=phrase):
                data = b"From: a@example.org\r\nTo: %s\r\n" % phrase.encode()
                server = Smtp(self)
                self.send(server, data=data + b"Bcc: b@example.org\r\n\r\nBody.\r\n", check=0)
                self.send(server, "--bcc", "c@example.org", "--eml", self.write("m.eml", data + b"\r\nBody.\r\n"), check=0)
                self.assertEqual(re.findall(rb"RCPT TO:<(.*?)>", server.said()), [b"b@example.org", b"c@example.org"])
                self.assertTrue(all(b"To: " + phrase.encode() in body for body in server.bodies))
                # Where there is nobody else, that is said.
                done = self.send(server, data=data + b"\r\nBody.\r\n", check=1)
                self.assertIn("recipient", done.stderr.decode())
        for wrong in ("Anna Smith", "recipients b@", "recipient, Anna", "学生", "b@example.org, undisclosed recipients"):
            with self.subTest(wrong=wrong):
                server = Smtp(self)
                done = self.send(server, data=b"From: a@example.org\r\nTo: %s\r\nCc: b@example.org\r\n\r\nBody.\r\n"
                                 % wrong.encode(), check=1)
                self.assertNotIn(b"MAIL", server.said())
                self.assert_one_line(done)

    def test_line_of_a_mailbox(self):
        """What stands before a message in an mbox is no header; more than one message is no message."""
        for mark in (b"From a@example.org Sat Nov 28 03:00:00 2026\n", b"From 0123456789abcdef Mon Sep 17 00:00:00 2001\r\n",
                     b"From  -\n"):
            for size in (10, 6_000_000):
                with self.subTest(mark=mark, size=size):
                    server = Smtp(self, {"EHLO": b"250-test\r\n250 8BITMIME\r\n"})
                    text = PLAIN + b"line of text\r\n" * (size // 14) + b"\r\nFrom here: on\r\n\r\nFrom 10:00 to 11:00\r\n"
                    self.send(server, data=mark + text, check=0)
                    self.assertEqual(server.bodies, [text])
        for rest in (b"", b"line of text\r\n" * 400_000):
            two = PLAIN + rest + b"\r\nFrom b@example.org Sat Nov 28 03:00:01 2026\r\n" + PLAIN
            server = Smtp(self)
            done = self.send(server, data=b"From a@example.org Sat Nov 28 03:00:00 2026\r\n" + two, check=1)
            self.assertIn("mailbox (mbox) with more than one message", done.stderr.decode())
            self.assertNotIn(b"MAIL", server.said())
        # White space before the colon of a header is old, and no mark.
        server = Smtp(self)
        self.send(server, "--from", "a@example.org", "--eml", self.write("m.eml", PLAIN.replace(b"From:", b"From :")), check=0)
        self.assertIn(b"From :", server.bodies[0])

    def test_usage(self):
        m = self.write("m.eml", PLAIN)
        for option, value in (("--subject", "x"), ("--text", m), ("--html", m), ("--format", "both"), ("--attach", m),
                              ("--picture", "x=" + m), ("--reply-to", "r@example.org"), ("--charset", "UTF-8"),
                              ("--header", "X: y"), ("--in-reply-to", "<a@b>"), ("--references", "<a@b>")):
            done = self.wire("mail", "send", "--server", "smtp://localhost:1", "--eml", m, option, value, check=2)
            self.assertIn("%s cannot be added" % option, done.stderr.decode())
        for args in (("--eml", m), ("--server", "ftp://x", "--eml", m), ("--server", "smtp://u@localhost:1", "--eml", m),
                     ("--server", "smtp://localhost:1", "--eml", m, "--subject", "x")):
            self.wire("mail", "send", *args, check=2)


class Secrets(Case):
    def test_canary(self):
        """The password is nowhere but on the wire: no transcript, no error, no command line."""
        replies = {"good": {}, "refused": {"AUTH": lambda s, l: b"535 5.7.8 no, not " + l + b"\r\n"},
                   "login": {"EHLO": b"250-test\r\n250 AUTH LOGIN\r\n", "AUTH": self.auth_login}}
        for name, own in replies.items():
            for kind in ("txt", "jsonl", "pcapng"):
                with self.subTest(name=name, kind=kind):
                    server = Smtp(self, dict({"EHLO": b"250-test\r\n250 AUTH PLAIN\r\n"}, **own))
                    url = "smtp://me:%s@localhost:%d?starttls=never" % (CANARY, server.port)
                    done = self.send(url, "--eml", self.write("m.eml", PLAIN), "--transcript", self.path("t." + kind),
                                     check=None)
                    self.assertEqual(done.returncode, int(name == "refused"))
                    self.assert_no_canary(done.stdout + done.stderr + self.read("t." + kind))

    @staticmethod
    def auth_login(server, line):
        server.send(b"334 VXNlcm5hbWU6\r\n")
        server.read_line()
        server.send(b"334 UGFzc3dvcmQ6\r\n")
        server.read_line()
        return b"235 welcome\r\n"

    def assert_no_canary(self, data):
        self.assertNotIn(CANARY.encode(), data)
        self.assertNotIn(CANARY.encode("utf-16-le"), data)
        for lead in (b"", b"\0me\0", b"x", b"xx"):
            self.assertNotIn(base64.b64encode(lead + CANARY.encode())[4:-4], data)

    def test_command_line(self):
        """While it waits for the server, /proc shows no password, though it was typed into the URL."""
        server = Smtp(self, {"EHLO": SILENT})
        child = self.start([wbtest.WIRE, "mail", "send", "--server",
                            "smtp://me:%s@localhost:%d?starttls=never" % (CANARY, server.port), "--eml",
                            self.write("m.eml", PLAIN)], stderr=subprocess.PIPE)
        wbtest.wait_until(lambda: server.lines, "EHLO to come")
        with open("/proc/%d/cmdline" % child.pid, "rb") as f:
            self.assertNotIn(CANARY.encode(), f.read())
        child.terminate()
        self.assertEqual(child.wait(10), 1)

    def test_interrupted_by_hand(self):
        """Ctrl+C between dot and reply: the words say what is not known, and of which file."""
        server = Smtp(self, {".": SILENT})
        child = self.start([wbtest.WIRE, "mail", "send", "--server", server.url, "--eml", self.write("m.eml", PLAIN)],
                           stderr=subprocess.PIPE, stdout=subprocess.PIPE)
        wbtest.wait_until(lambda: server.bodies, "the mail to come")
        child.send_signal(signal.SIGINT)
        out, said = child.communicate(timeout=10)
        self.assertEqual((child.returncode, out), (1, b""))
        self.assertIn("m.eml: ", said.decode())
        self.assertIn("may or may not have arrived", said.decode())

    def test_interrupted(self):
        """SIGTERM between dot and reply: ends at once and says what is not known."""
        server = Smtp(self, {".": SILENT})
        child = self.start([wbtest.WIRE, "mail", "send", "--server", server.url, "--eml", self.write("m.eml", PLAIN),
                            "--json"], stderr=subprocess.PIPE, stdout=subprocess.PIPE)
        wbtest.wait_until(lambda: server.bodies, "the mail to come")
        child.terminate()
        out, said = child.communicate(timeout=10)
        self.assertEqual(child.returncode, 1)
        self.assertIn("may or may not have arrived", json.loads(out)["error"])
        self.assertIn("may or may not have arrived", said.decode())


if __name__ == "__main__":
    wbtest.main()

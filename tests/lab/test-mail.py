# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's mail servers, driven by clients that nobody here wrote: smtplib, msmtp, swaks, curl;
poplib, mpop, curl."""

import base64
import contextlib
import email
import os
import poplib
import smtplib
import socket
import ssl
import subprocess

import wbtest
from lab import Lab

TEACHER = "teacher@lab-a.test"
STUDENT = "student@lab-b.test"
CATCH_ALL = "catch-all@lab-a.test"

MAIL = (b"From: Teacher <teacher@lab-a.test>\r\nTo: student@lab-b.test\r\nSubject: Homework\r\n"
        b"\r\nFirst line\r\n.\r\n..two dots\r\n\r\nlast\r\n")


class Case(wbtest.TestCase):
    def setUp(self):
        super().setUp()
        self.lab = Lab(self)
        self.password = {a["address"]: a["password"] for a in self.lab.accounts if "address" in a}

    def smtp(self, service="smtp", **kw):
        smtp = smtplib.SMTP("127.0.0.1", self.lab.ports[service], timeout=20,
                            local_hostname="mua.example", **kw)
        self.addCleanup(smtp.close)
        return smtp

    def pop3(self, service="pop3", user=STUDENT):
        if service == "pop3s":
            pop3 = poplib.POP3_SSL("127.0.0.1", self.lab.ports[service], timeout=20,
                                   context=self.lab.tls())
        else:
            pop3 = poplib.POP3("127.0.0.1", self.lab.ports[service], timeout=20)
        self.addCleanup(pop3.close)
        if user:
            pop3.user(user)
            pop3.pass_(self.password[user])
        return pop3

    def arrived(self, address, count=1):
        wbtest.wait_until(lambda: len(self.lab.mails(address)) >= count, f"mail for {address}")
        mails = self.lab.mails(address)
        self.assertEqual(len(mails), count)
        return mails

    def body(self, mail):
        return mail.split(b"\r\n\r\n", 1)[1]

    def fill(self, count, address=STUDENT):
        service = "smtp-b" if address == STUDENT else "smtp"
        smtp = self.smtp(service)
        for i in range(count):
            smtp.sendmail(TEACHER, [address],
                          b"Subject: %d\r\n\r\nline one\r\n.two\r\nthree\r\n" % i)
        smtp.quit()

    def run_client(self, argv, input=None, check=0, **kw):
        done = subprocess.run(argv, input=input, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=60, **kw)
        self.assertEqual(done.returncode, check, (done.stdout + done.stderr).decode())
        return done.stdout


class Smtplib(Case):
    def test_offers(self):
        smtp = self.smtp()
        smtp.ehlo()
        for feature in ("size", "8bitmime", "pipelining", "smtputf8", "starttls", "help", "auth",
                        "enhancedstatuscodes"):
            self.assertTrue(smtp.has_extn(feature), feature)
        self.assertEqual(set(smtp.esmtp_features["auth"].split()), {"PLAIN", "LOGIN", "CRAM-MD5"})
        smtp.starttls(context=self.lab.tls())
        smtp.ehlo()
        self.assertFalse(smtp.has_extn("starttls"))
        self.assertEqual(smtp.docmd("STARTTLS")[0], 503)
        self.assertEqual(smtp.verify("teacher")[0], 252)
        self.assertEqual(smtp.docmd("HELP")[0], 214)
        self.assertEqual(smtp.noop()[0], 250)
        self.assertEqual(smtp.docmd("BOGUS")[0], 500)
        self.assertEqual(smtp.rset()[0], 250)
        self.assertEqual(smtp.quit()[0], 221)

    def test_the_whole_way(self):
        """MUA → MTA → MTA → MDA → MUA: two Received lines, the body as it was sent."""
        for how in ("plain", "starttls", "smtps"):
            with self.subTest(how=how):
                if how == "smtps":
                    smtp = smtplib.SMTP_SSL("127.0.0.1", self.lab.ports["smtps"], timeout=20,
                                            context=self.lab.tls())
                else:
                    smtp = self.smtp()
                if how == "starttls":
                    smtp.starttls(context=self.lab.tls())
                smtp.login(TEACHER, self.password[TEACHER])
                self.assertEqual(smtp.sendmail(TEACHER, [STUDENT], MAIL), {})
                smtp.quit()

                self.arrived(STUDENT)
                pop3 = self.pop3()
                got = b"".join(line + b"\r\n" for line in pop3.retr(1)[1])
                pop3.dele(1)
                pop3.quit()
                self.assertEqual(self.lab.mails(STUDENT), [])

                message = email.message_from_bytes(got)
                received = message.get_all("Received")
                self.assertEqual(len(received), 2)
                self.assertIn("by lab-b.test", received[0])
                self.assertIn("for <student@lab-b.test>", received[0])
                self.assertIn("by lab-a.test", received[1])
                self.assertRegex(received[1], r"from \S+ \(localhost \[127\.0\.0\.1\]\)")
                self.assertRegex(received[1], "with ESMTPA id" if how == "plain"
                                 else "with ESMTPSA id")
                self.assertEqual(message["Return-Path"], f"<{TEACHER}>")
                self.assertEqual(message["Delivered-To"], STUDENT)
                self.assertEqual(self.body(got), self.body(MAIL))
                self.assertTrue(got.endswith(MAIL), "headers and body as they were sent")

    def test_back_again(self):
        smtp = self.smtp("smtp-b")
        smtp.login(STUDENT, self.password[STUDENT])
        smtp.sendmail(STUDENT, [TEACHER], MAIL)
        mail, = self.arrived(TEACHER)
        self.assertEqual(len(email.message_from_bytes(mail).get_all("Received")), 2)
        self.assertEqual(self.body(mail), self.body(MAIL))

    def test_local(self):
        smtp = self.smtp()
        smtp.sendmail("someone@elsewhere.example",
                      [TEACHER, "Teacher@LAB-A.test", "postmaster"], MAIL)
        mails = self.arrived(TEACHER, 3)
        self.assertEqual(len(email.message_from_bytes(mails[0]).get_all("Received")), 1)
        self.assertNotIn(b"for <", mails[0], "several recipients are not told of each other")

    def test_catch_all(self):
        smtp = self.smtp()
        smtp.sendmail("app@example.com", ["a@example.org", "b@example.net"], MAIL)
        mails = self.arrived(CATCH_ALL, 2)
        self.assertEqual({email.message_from_bytes(m)["Delivered-To"] for m in mails},
                         {"a@example.org", "b@example.net"})
        pop3 = self.pop3(user=CATCH_ALL)
        self.assertEqual(pop3.stat()[0], 2)

    def test_unknown_users(self):
        smtp = self.smtp()
        refused = smtp.sendmail(TEACHER, [TEACHER, "nobody@lab-a.test"], MAIL)
        self.assertEqual({a: code for a, (code, _) in refused.items()}, {"nobody@lab-a.test": 550})
        self.arrived(TEACHER)

    def test_bounce(self):
        """Who is unknown at the other provider is reported to the sender; a report never is."""
        smtp = self.smtp()
        smtp.sendmail(TEACHER, ["nobody@lab-b.test", STUDENT], MAIL)
        report, = self.arrived(TEACHER)
        message = email.message_from_bytes(report)
        self.assertEqual(message["Return-Path"], "<>")
        self.assertIn("<nobody@lab-b.test>: 550", message.get_payload())
        self.assertIn("Subject: Homework", message.get_payload())
        self.arrived(STUDENT)
        smtp.sendmail("", ["nobody@lab-b.test"], MAIL)
        smtp.sendmail(TEACHER, [STUDENT], MAIL)
        self.arrived(STUDENT, 2)
        self.assertEqual(len(self.lab.mails(TEACHER)), 1)

    def test_auth(self):
        for mechanism in ("auth_plain", "auth_login", "auth_cram_md5"):
            for initial in (True, False):
                with self.subTest(mechanism=mechanism, initial=initial):
                    smtp = self.smtp()
                    smtp.ehlo()
                    smtp.user, smtp.password = TEACHER, self.password[TEACHER]
                    name = mechanism[5:].upper().replace("_", "-")
                    code, _ = smtp.auth(name, getattr(smtp, mechanism),
                                        initial_response_ok=initial)
                    self.assertEqual(code, 235)
                    self.assertEqual(smtp.docmd("AUTH PLAIN")[0], 503)
                    smtp.password = "wrong"
                    smtp.docmd("EHLO", "again")

    def test_auth_refused(self):
        smtp = self.smtp()
        self.assertEqual(smtp.docmd("AUTH PLAIN AAAA")[0], 503)
        smtp.ehlo()
        self.assertEqual(smtp.docmd("AUTH BOGUS")[0], 504)
        self.assertEqual(smtp.docmd("AUTH")[0], 504)
        for bad in ("AUTH PLAIN !!!", "AUTH PLAIN YQ", "AUTH CRAM-MD5 YQ=="):
            self.assertEqual(smtp.docmd(bad)[0], 501, bad)
        self.assertEqual(smtp.docmd("AUTH LOGIN")[0], 334)
        self.assertEqual(smtp.docmd("*")[0], 501)
        wrong = base64.b64encode(b"\0" + TEACHER.encode() + b"\0wrong").decode()
        other = base64.b64encode(b"somebody\0" + TEACHER.encode() + b"\0"
                                 + self.password[TEACHER].encode()).decode()
        self.assertEqual(smtp.docmd("AUTH PLAIN " + wrong)[0], 535)
        self.assertEqual(smtp.docmd("AUTH PLAIN " + other)[0], 535)
        self.assertEqual(smtp.docmd("AUTH PLAIN " + wrong)[0], 421)

    def test_order(self):
        smtp = self.smtp()
        self.assertEqual(smtp.docmd("MAIL FROM:<a@b.example>")[0], 503)
        smtp.ehlo()
        self.assertEqual(smtp.docmd("RCPT TO:<a@b.example>")[0], 503)
        self.assertEqual(smtp.docmd("DATA")[0], 503)
        self.assertEqual(smtp.docmd("MAIL FROM:<a@b.example>")[0], 250)
        self.assertEqual(smtp.docmd("MAIL FROM:<a@b.example>")[0], 503)
        self.assertEqual(smtp.docmd("DATA")[0], 503)
        smtp.ehlo()
        self.assertEqual(smtp.docmd("RCPT TO:<a@b.example>")[0], 503)
        self.assertEqual(smtp.docmd("EHLO")[0], 501)

    def test_addresses(self):
        smtp = self.smtp()
        smtp.ehlo()
        for bad in ("MAIL a@b.example", "MAIL FROM:a@b.example", "MAIL FROM:<a@b.example",
                    "MAIL FROM:<a b@c.example>", "MAIL FROM:<<a@b.example>", "MAIL FROM:<@>"):
            self.assertEqual(smtp.docmd(bad)[0], 501, bad)
        for bad in ("MAIL FROM:<a>", "MAIL FROM:<a@>", "MAIL FROM:<a@-b>", "MAIL FROM:<a@b..c>",
                    "MAIL FROM:<a@b/c>"):
            self.assertEqual(smtp.docmd(bad)[0], 553, bad)
        smtp.command_encoding = "utf-8"
        self.assertEqual(smtp.docmd("MAIL FROM:<ü@b.example>")[0], 553)
        self.assertEqual(smtp.docmd("MAIL FROM:<ü@b.example> SMTPUTF8")[0], 250)
        smtp.rset()
        self.assertEqual(smtp.docmd("MAIL FROM:<a@b.example> SIZE=99999999999")[0], 552)
        self.assertEqual(smtp.docmd("MAIL FROM:<a@b.example> SIZE=x")[0], 501)
        self.assertEqual(smtp.docmd("MAIL FROM:<a@b.example> FOO=1")[0], 555)
        self.assertEqual(smtp.docmd("MAIL FROM: <\"a b>\\\"c\"@b.example> BODY=8BITMIME")[0], 250)
        self.assertEqual(smtp.docmd("RCPT TO:<@x.example,@y.example:teacher@lab-a.test>")[0], 250)
        self.assertEqual(smtp.docmd("RCPT TO:<>")[0], 553)
        self.assertEqual(smtp.docmd("RCPT TO:<a@b.example> NOTIFY=NEVER")[0], 555)
        for _ in range(99):
            self.assertEqual(smtp.docmd(f"RCPT TO:<{TEACHER}>")[0], 250)
        self.assertEqual(smtp.docmd(f"RCPT TO:<{TEACHER}>")[0], 452)

    def test_utf8_address(self):
        smtp = self.smtp()
        smtp.ehlo()
        smtp.sendmail("张三@例子.example", ["李四@例子.example"], MAIL,
                      mail_options=["SMTPUTF8"])
        mail, = self.arrived(CATCH_ALL)
        self.assertIn("with UTF8SMTP id", mail.decode())
        self.assertIn("Delivered-To: 李四@例子.example", mail.decode())

    def test_too_large(self):
        smtp = self.smtp()
        size = int(smtp.ehlo() and smtp.esmtp_features["size"])
        with self.assertRaises(smtplib.SMTPSenderRefused) as caught:
            smtp.sendmail(TEACHER, [TEACHER], b"x" * 70 + b"\r\n" * size)
        self.assertEqual(caught.exception.smtp_code, 552)
        # And one that does not say so beforehand.
        smtp.docmd(f"MAIL FROM:<{TEACHER}>")
        smtp.docmd(f"RCPT TO:<{TEACHER}>")
        self.assertEqual(smtp.data(b"x" * (size + 1))[0], 552)
        self.assertEqual(smtp.noop()[0], 250)
        self.assertEqual(self.lab.mails(TEACHER), [])

    def test_loop(self):
        smtp = self.smtp()
        with self.assertRaises(smtplib.SMTPDataError) as caught:
            smtp.sendmail(TEACHER, [TEACHER], b"Received: x\r\n" * 31 + MAIL)
        self.assertEqual(caught.exception.smtp_code, 554)
        self.assertEqual(self.lab.mails(TEACHER), [])

    def test_queue_survives(self):
        """A mail that was acknowledged while the other provider was off goes out later."""
        self.lab.stop()
        state = self.lab.state
        first = Lab(self, "--servers", "smtp", state=state)
        smtp = smtplib.SMTP("127.0.0.1", first.ports["smtp"], timeout=20)
        smtp.sendmail(TEACHER, [STUDENT], MAIL)
        smtp.quit()
        self.assertEqual(first.mails(STUDENT), [])
        first.stop()
        self.lab = Lab(self, "--servers", "smtp-b,smtp", state=state)
        mail, = self.arrived(STUDENT)
        self.assertEqual(self.body(mail), self.body(MAIL))


class Raw(Case):
    """Bytes that no library sends."""

    def connect(self, service="smtp"):
        raw = socket.create_connection(("127.0.0.1", self.lab.ports[service]), timeout=20)
        self.addCleanup(raw.close)
        return raw, raw.makefile("rb")

    def reply(self, lines):
        while True:
            line = lines.readline()
            if line[3:4] != b"-":
                return line

    def rest(self, lines):
        """What comes until the server drops the connection, which it may do by a reset."""
        with contextlib.suppress(ConnectionResetError):
            return lines.read()
        return b""

    def begin(self):
        raw, lines = self.connect()
        self.reply(lines)
        raw.sendall(b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<teacher@lab-a.test>\r\n"
                    b"DATA\r\n")
        for code in (b"250", b"250", b"250", b"354"):
            self.assertTrue(self.reply(lines).startswith(code))
        return raw, lines

    def test_smuggling(self):
        """Nothing but CRLF . CRLF ends a mail: what looks like it makes no second one."""
        inner = (b"MAIL FROM:<evil@b.example>\r\nRCPT TO:<teacher@lab-a.test>\r\nDATA\r\n"
                 b"Subject: smuggled\r\n\r\n")
        for end in (b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r\n\0.\r\n",
                    b"\r\r\n.\r\r\n"):
            with self.subTest(end=end):
                count = len(self.lab.mails(TEACHER))
                raw, lines = self.begin()
                raw.sendall(b"Subject: outer\r\n\r\ntext" + end + inner + b"x\r\n.\r\nQUIT\r\n")
                self.assertTrue(self.reply(lines).startswith(b"250 2.0.0"))
                self.assertTrue(self.reply(lines).startswith(b"221"))
                mails = self.arrived(TEACHER, count + 1)
                self.assertTrue(any(b"smuggled" in m and b"outer" in m for m in mails[-1:] + mails))

    def test_byte_by_byte(self):
        """However the bytes are cut, one mail with the same content arrives."""
        raw, lines = self.begin()
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in MAIL.replace(b"\r\n.", b"\r\n..") + b".\r\n":
            raw.sendall(bytes([byte]))
        self.assertTrue(self.reply(lines).startswith(b"250"))
        mail, = self.arrived(TEACHER)
        self.assertTrue(mail.endswith(MAIL))

    def test_plaintext_behind_starttls(self):
        raw, lines = self.connect()
        self.reply(lines)
        raw.sendall(b"EHLO x\r\n")
        self.reply(lines)
        raw.sendall(b"STARTTLS\r\nRSET\r\n")
        self.assertTrue(self.reply(lines).startswith(b"220"))
        self.assertEqual(self.rest(lines), b"")

    def test_long_lines_and_http(self):
        raw, lines = self.connect()
        self.reply(lines)
        raw.sendall(b"NOOP " + b"x" * 5000 + b"\r\nNOOP\r\nNO\0OP\r\n")
        for code in (b"500", b"250", b"500"):
            self.assertTrue(self.reply(lines).startswith(code))
        raw.sendall(b"POST / HTTP/1.1\r\nHost: x\r\n\r\n")
        self.assertEqual(self.rest(lines), b"")
        raw, lines = self.connect("pop3")
        lines.readline()
        raw.sendall(b"NOOP " + b"x" * 70_000)
        self.assertEqual(self.rest(lines), b"")

    def test_cut_in_the_middle(self):
        raw, lines = self.begin()
        raw.sendall(b"Subject: half\r\n\r\nthis never ends\r\n")
        raw.close()
        lines.close()
        smtp = self.smtp()
        smtp.sendmail(TEACHER, [TEACHER], MAIL)
        self.assertTrue(self.arrived(TEACHER)[0].endswith(MAIL))


class OtherSenders(Case):
    def test_msmtp(self):
        rc = self.path("msmtprc")
        for n, (port, tls, mechanism) in enumerate([
                ("smtp", "tls off", "cram-md5"), ("smtp", "tls on\ntls_starttls on", "plain"),
                ("smtps", "tls on\ntls_starttls off", "login")]):
            with self.subTest(port=port, tls=tls):
                self.write("msmtprc", "account default\nhost 127.0.0.1\n"
                           f"port {self.lab.ports[port]}\nfrom {TEACHER}\n{tls}\n"
                           f"tls_trust_file {self.lab.ca_file}\n"
                           f"auth {mechanism}\nuser {TEACHER}\npassword {self.password[TEACHER]}\n")
                os.chmod(rc, 0o600)
                self.run_client(["msmtp", "-C", rc, STUDENT], input=MAIL.replace(b"\r\n", b"\n"))
                mail = self.arrived(STUDENT, n + 1)[-1]
                self.assertEqual(self.body(mail), self.body(MAIL))

    def test_swaks(self):
        for n, options in enumerate([
                ["--auth", "PLAIN"], ["--auth", "LOGIN"], ["--auth", "CRAM-MD5"],
                ["--tls", "--auth"], ["--tls-on-connect", "--auth"], ["--pipeline"]]):
            with self.subTest(options=options):
                service = "smtps" if "--tls-on-connect" in options else "smtp"
                if "--auth" in options:
                    options += ["--auth-user", TEACHER, "--auth-password", self.password[TEACHER]]
                self.run_client(["swaks", "--server", f"127.0.0.1:{self.lab.ports[service]}",
                                 "--from", TEACHER, "--to", STUDENT, "--body", f"number {n}",
                                 "--timeout", "20", *options])
                self.assertIn(b"number %d" % n, b"".join(self.arrived(STUDENT, n + 1)))

    def test_curl(self):
        path = self.write("mail.eml", MAIL)
        rc = self.write("curlrc", f'user = "{TEACHER}:{self.password[TEACHER]}"\n')
        for n, (scheme, service, *options) in enumerate([
                ("smtp", "smtp"), ("smtp", "smtp", "--ssl-reqd"), ("smtps", "smtps"),
                ("smtps", "smtps", "--tls-max", "1.2")]):
            with self.subTest(scheme=scheme, options=options):
                self.run_client(["curl", "-q", "-sS", "--max-time", "30", "-K", rc, "--cacert",
                                 self.lab.ca_file, "--mail-from", TEACHER, "--mail-rcpt",
                                 STUDENT, "-T", path, *options,
                                 f"{scheme}://127.0.0.1:{self.lab.ports[service]}/mua.example"])
                mail = self.arrived(STUDENT, n + 1)[-1]
                self.assertEqual(self.body(mail), self.body(MAIL))

    def test_names_on_the_certificate(self):
        """The certificate is good for the two domains; not for any other."""
        for name, good in (("localhost", True), ("lab-a.test", True), ("lab-b.test", True),
                           ("127.0.0.1", True), ("example.org", False)):
            with self.subTest(name=name):
                with socket.create_connection(("127.0.0.1", self.lab.ports["smtps"]), 20) as raw:
                    if good:
                        self.lab.tls().wrap_socket(raw, server_hostname=name).close()
                    else:
                        with self.assertRaises(ssl.SSLCertVerificationError):
                            self.lab.tls().wrap_socket(raw, server_hostname=name)


class Poplib(Case):
    def test_verbs(self):
        self.fill(3)
        pop3 = self.pop3()
        count, size = pop3.stat()
        listed = [tuple(map(int, row.split())) for row in pop3.list()[1]]
        self.assertEqual((count, size), (3, sum(octets for _, octets in listed)))
        self.assertEqual([n for n, _ in listed], [1, 2, 3])
        for number, octets in listed:
            lines = pop3.retr(number)[1]
            self.assertEqual(sum(len(line) + 2 for line in lines), octets)
            self.assertEqual(lines[-3:], [b"line one", b".two", b"three"])
            self.assertEqual(len(pop3.list(number).split()), 3)
        uids = [row.split()[1] for row in pop3.uidl()[1]]
        self.assertEqual(len(set(uids)), 3)
        self.assertTrue(all(len(uid) <= 70 for uid in uids))
        self.assertEqual(pop3.uidl(2).split()[2], uids[1])
        top = pop3.top(2, 1)[1]
        self.assertEqual(top[-2:], [b"", b"line one"])
        self.assertEqual(pop3.top(2, 0)[1][-1], b"")
        self.assertEqual(pop3.top(2, 99)[1], pop3.retr(2)[1])
        pop3.noop()
        pop3.dele(2)
        self.assertEqual(pop3.stat()[0], 2)
        for refused in (lambda: pop3.retr(2), lambda: pop3.dele(2), lambda: pop3.retr(0),
                        lambda: pop3.retr(99), lambda: pop3.list(2),
                        lambda: pop3._shortcmd("RETR x"), lambda: pop3._shortcmd("TOP 1"),
                        lambda: pop3._shortcmd("BOGUS")):
            with self.assertRaises(poplib.error_proto):
                refused()
        pop3.rset()
        self.assertEqual(pop3.stat()[0], 3)
        pop3.dele(1)
        pop3.quit()
        again = self.pop3()
        self.assertEqual([row.split()[1] for row in again.uidl()[1]], uids[1:])

    def test_delete_at_quit_alone(self):
        self.fill(2)
        pop3 = self.pop3()
        pop3.dele(1)
        pop3.close()
        # The lock of a client that vanished ends with its connection.
        wbtest.wait_until(self.can_log_in, "the lock to be given back")
        self.assertEqual(len(self.lab.mails(STUDENT)), 2)

    def can_log_in(self):
        with contextlib.suppress(poplib.error_proto):
            self.pop3().quit()
            return True
        return False

    def test_lock(self):
        self.fill(1)
        first = self.pop3()
        with self.assertRaises(poplib.error_proto) as caught:
            self.pop3()
        self.assertIn(b"[IN-USE]", caught.exception.args[0])
        self.pop3(user=TEACHER).quit()
        first.quit()
        self.pop3().quit()

    def test_logins(self):
        self.fill(1)
        for service in ("pop3", "pop3s"):
            pop3 = self.pop3(service)
            self.assertEqual(pop3.stat()[0], 1)
            pop3.quit()
        pop3 = self.pop3(user=None)
        self.assertIn("STLS", pop3.capa())
        for capability in ("TOP", "UIDL", "USER", "PIPELINING", "RESP-CODES"):
            self.assertIn(capability, pop3.capa())
        pop3.stls(context=self.lab.tls())
        self.assertNotIn("STLS", pop3.capa())
        pop3.apop("student", self.password[STUDENT])
        self.assertEqual(pop3.stat()[0], 1)
        with self.assertRaises(poplib.error_proto):
            pop3._shortcmd("USER x")
        pop3.quit()

    def test_wrong_password(self):
        pop3 = self.pop3(user=None)
        for command in ("STAT", "LIST", "RETR 1", "DELE 1", "PASS x"):
            with self.assertRaises(poplib.error_proto):
                pop3._shortcmd(command)
        for user, password in ((STUDENT, "wrong"), ("nobody", "x")):
            pop3.user(user)
            with self.assertRaises(poplib.error_proto) as caught:
                pop3.pass_(password)
            self.assertIn(b"[AUTH]", caught.exception.args[0])
        with self.assertRaises(poplib.error_proto):
            pop3.apop(STUDENT, "wrong")
        with self.assertRaises((poplib.error_proto, OSError)):
            pop3._shortcmd("CAPA")

    def test_pipelining(self):
        self.fill(20)
        pop3 = self.pop3()
        pop3.sock.sendall(b"".join(b"RETR %d\r\n" % n for n in range(1, 21)) + b"STAT\r\n")
        for _ in range(20):
            _, lines, _ = pop3._getlongresp()
            self.assertEqual(lines[-1], b"three")
        self.assertTrue(pop3._getresp().startswith(b"+OK 20 "))

    def test_mail_that_came_by_other_means(self):
        """Bare line ends and no end at all, put there by hand: counted as they are sent."""
        folder = os.path.join(self.lab.maildir(STUDENT), "new")
        for name, data in (("1.a.x", b"Subject: lf\n\n.one\ntwo"), ("2.b.x", b"Subject: cr\r\rx\r"),
                           ("3.c.x", b""), ("4.ü.x", b"Subject: uid\r\n\r\n")):
            with open(os.path.join(folder, name), "wb") as f:
                f.write(data)
        pop3 = self.pop3()
        for row in pop3.list()[1]:
            number, octets = map(int, row.split())
            self.assertEqual(sum(len(line) + 2 for line in pop3.retr(number)[1]), octets)
        self.assertTrue(all(32 < byte < 127 for row in pop3.uidl()[1] for byte in row.split()[1]))


class OtherReaders(Case):
    def test_mpop(self):
        rc = self.path("mpoprc")
        target = self.path("got")
        for folder in ("new", "cur", "tmp"):
            os.makedirs(os.path.join(target, folder))
        for n, (port, tls, auth) in enumerate([
                ("pop3", "tls off", "user"), ("pop3", "tls off", "apop"),
                ("pop3", "tls on\ntls_starttls on", "user"),
                ("pop3s", "tls on\ntls_starttls off", "user")]):
            with self.subTest(port=port, tls=tls, auth=auth):
                self.fill(5)
                self.write("mpoprc", "account default\nhost 127.0.0.1\n"
                           f"port {self.lab.ports[port]}\n{tls}\n"
                           f"tls_trust_file {self.lab.ca_file}\nauth {auth}\nuser {STUDENT}\n"
                           f"password {self.password[STUDENT]}\ndelivery maildir {target}\n"
                           f"uidls_file {self.path('uidls')}\nkeep off\n")
                os.chmod(rc, 0o600)
                self.run_client(["mpop", "-C", rc, "-Q"])
                self.assertEqual(len(os.listdir(os.path.join(target, "new"))), 5 * (n + 1))
                self.assertEqual(self.lab.mails(STUDENT), [])

    def test_curl(self):
        self.fill(2)
        rc = self.write("curlrc", f'user = "{STUDENT}:{self.password[STUDENT]}"\n')
        for scheme, service, *options in (("pop3", "pop3"), ("pop3", "pop3", "--ssl-reqd"),
                                          ("pop3s", "pop3s")):
            with self.subTest(scheme=scheme, options=options):
                base = f"{scheme}://127.0.0.1:{self.lab.ports[service]}/"

                def curl(path):
                    return self.run_client(["curl", "-q", "-sS", "--max-time", "30", "-K", rc,
                                            "--cacert", self.lab.ca_file, *options, base + path])
                self.assertEqual(len(curl("").splitlines()), 2)
                self.assertIn(b"Subject: 1", curl("2"))


if __name__ == "__main__":
    wbtest.main()

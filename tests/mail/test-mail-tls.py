# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS as mail uses it, SMTP and POP3 alike: what is not to be trusted gets no password and no mail."""

import re
import socket
import ssl
import subprocess

import certs
import mailscript
import wbtest
from mailscript import CLOSE

CANARY = "c4n4ry-in-the-mine"
MAIL = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\n\r\nhi\r\n"
ATTEMPTS = (("smtp", "implicit"), ("smtp", "starttls"), ("pop3", "implicit"), ("pop3", "starttls"))


class Case(wbtest.TestCase):
    def setUp(self):
        super().setUp()
        self.folder = self.path("ca")
        self.ca = certs.make_ca(self.folder)

    def script(self, protocol, tls, certificate=None, replies=None):
        if protocol == "smtp":
            own = {"EHLO": b"250-test\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n"} if tls == "starttls" else {}
            return mailscript.Smtp(self, dict(own, **(replies or {})), tls, certificate)
        own = {"CAPA": b"+OK\r\nSTLS\r\nUSER\r\n.\r\n"} if tls == "starttls" else {}
        return mailscript.Pop3(self, [MAIL], dict(own, **(replies or {})), tls=tls, certificate=certificate)

    def attempt(self, protocol, tls, port, *args, host="localhost", check=1):
        """Logs in and sends or lists; the completed process."""
        scheme = protocol + ("s" if tls == "implicit" else "")
        url = "%s://student@%s:%d%s" % (scheme, host, port, "?starttls=required" if tls == "starttls" else "")
        command = ["send", "--eml", self.write("m.eml", MAIL), "--server", url] if protocol == "smtp" else [
            "list", url]
        return self.wire("mail", *command, "--timeout", 20, *args, check=check, env={"WIRE_PASSWORD": CANARY})

    def assert_no_secret(self, server):
        said = server.said()
        for verb in (b"AUTH", b"USER", b"PASS", b"APOP", b"MAIL", b"RCPT", CANARY.encode()):
            self.assertNotIn(verb, said)


class Certificates(Case):
    def fingerprint(self, path):
        out = subprocess.run(["openssl", "x509", "-in", path, "-noout", "-fingerprint", "-sha256"], check=True,
                             stdout=subprocess.PIPE).stdout.decode()
        return out.split("=")[1].strip().replace(":", "").lower()

    def check_refused(self, files, words, *args, host="localhost"):
        for protocol, tls in ATTEMPTS:
            with self.subTest(protocol=protocol, tls=tls):
                server = self.script(protocol, tls, files[2])
                done = self.attempt(protocol, tls, server.port, *args, host=host)
                error = done.stderr.decode()
                self.assertIn(words, error)
                self.assertIn(self.fingerprint(files[0]), re.sub("[: ]", "", error).lower())
                self.assert_no_secret(server)

    def test_unknown_ca(self):
        self.check_refused(certs.make_server(self.folder), "certificate")

    def test_wrong_host(self):
        self.check_refused(certs.make_server(self.folder, hosts=("DNS:other.example",)), "localhost",
                           "--ca-file", self.ca)

    def test_expired(self):
        self.check_refused(certs.make_server(self.folder, days=-1), "expired", "--ca-file", self.ca)

    def test_good_ones_are_taken(self):
        files = certs.make_server(self.folder)
        for protocol, tls in ATTEMPTS:
            with self.subTest(protocol=protocol, tls=tls):
                server = self.script(protocol, tls, files[2])
                self.attempt(protocol, tls, server.port, "--ca-file", self.ca, check=0)
                pinned = self.script(protocol, tls, files[2])
                self.attempt(protocol, tls, pinned.port, "--pin", self.fingerprint(files[0]), check=0)

    def test_changed_pin(self):
        files = certs.make_server(self.folder)
        self.check_refused(files, "certificate", "--ca-file", self.ca, "--pin", "00" * 32)


class Attacks(Case):
    def test_starttls_stripped(self):
        for protocol in ("smtp", "pop3"):
            with self.subTest(protocol=protocol):
                server = self.script(protocol, None)
                done = self.attempt(protocol, "starttls", server.port)
                self.assertIn(b"does not offer ST", done.stderr)
                self.assertIn(b"Nothing was sent", done.stderr)
                self.assert_no_secret(server)

    def test_starttls_refused(self):
        for protocol, verb, reply in (("smtp", "STARTTLS", b"454 not now\r\n"), ("pop3", "STLS", b"-ERR no\r\n")):
            with self.subTest(protocol=protocol):
                server = self.script(protocol, "starttls", certs.make_server(self.folder)[2], {verb: reply})
                done = self.attempt(protocol, "starttls", server.port, "--ca-file", self.ca)
                self.assertIn(b"encrypt", done.stderr)
                self.assert_no_secret(server)

    def test_plaintext_behind_starttls(self):
        files = certs.make_server(self.folder)
        for protocol, verb, reply in (("smtp", "STARTTLS", b"220 go\r\n250-injected\r\n250 AUTH PLAIN\r\n"),
                                      ("pop3", "STLS", b"+OK go\r\n+OK injected\r\n")):
            with self.subTest(protocol=protocol):
                server = self.script(protocol, "starttls", files[2], {verb: reply})
                done = self.attempt(protocol, "starttls", server.port, "--ca-file", self.ca)
                self.assertIn(b"in the clear after it agreed to begin TLS", done.stderr)
                self.assert_no_secret(server)

    def test_capabilities_from_before_tls_are_forgotten(self):
        """What was offered in the clear does not count once TLS has begun."""
        files = certs.make_server(self.folder)

        def ehlo(server, line):
            if isinstance(server.connection, ssl.SSLSocket):
                return b"250-test\r\n250 8BITMIME\r\n"
            return b"250-test\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n"

        server = self.script("smtp", "starttls", files[2], {"EHLO": ehlo})
        done = self.attempt("smtp", "starttls", server.port, "--ca-file", self.ca)
        self.assertIn(b"takes no login here", done.stderr)
        self.assertNotIn(b"AUTH", server.said())

    def test_plain_server_on_a_tls_port(self):
        for protocol in ("smtp", "pop3"):
            with self.subTest(protocol=protocol):
                server = self.script(protocol, None)
                done = self.attempt(protocol, "implicit", server.port)
                self.assertIn(b"does not speak TLS on this port", done.stderr)
                self.assert_no_secret(server)

    def test_old_tls_only(self):
        files = certs.make_server(self.folder)
        for protocol in ("smtp", "pop3"):
            with self.subTest(protocol=protocol):
                server = self.script(protocol, "implicit", files[2])
                server.context.minimum_version = ssl.TLSVersion.TLSv1
                server.context.maximum_version = ssl.TLSVersion.TLSv1_1
                server.context.set_ciphers("ALL:@SECLEVEL=0")
                done = self.attempt(protocol, "implicit", server.port, "--ca-file", self.ca)
                self.assertIn(b"TLS", done.stderr)
                self.assert_no_secret(server)

    def test_cut_during_the_handshake(self):
        for protocol in ("smtp", "pop3"):
            with self.subTest(protocol=protocol):
                server = self.script(protocol, None, replies={"greeting": CLOSE})
                done = self.attempt(protocol, "implicit", server.port)
                self.assertIn(b"While connecting to localhost:", done.stderr)

    def test_stalled_handshake(self):
        """A server that accepts and then says nothing: the time-out ends it and names the step."""
        silent = wbtest.ScriptedServer(lambda connection, address: connection.recv(1 << 20) and connection.recv(1))
        self.addCleanup(silent.close)
        done = self.wire("mail", "list", "pop3s://student@localhost:%d" % silent.port, "--timeout", 1, check=1,
                         env={"WIRE_PASSWORD": CANARY})
        self.assertIn(b"While connecting to localhost:", done.stderr)
        self.assertIn(b"did not answer in time", done.stderr)

    def test_nothing_listens(self):
        with socket.create_server(("127.0.0.1", 0)) as s:
            port = s.getsockname()[1]
        done = self.attempt("smtp", "implicit", port)
        self.assertIn(b"nothing listens there", done.stderr)


if __name__ == "__main__":
    wbtest.main()

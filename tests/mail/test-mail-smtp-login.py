# SPDX-License-Identifier: GPL-3.0-or-later
"""Logging in to an SMTP server by SCRAM with and without binding, by a token, by a certificate: what is proved,
what is refused, and what never goes over the wire."""

import base64
import hashlib
import hmac
import json
import os
import ssl
import subprocess

import certs
import dovecot
import mailscript
import postfix
import wbtest

PLAIN = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: hello\r\n\r\nOne line.\r\n"
PASSWORD = "c4n4ry-in-the-mine"


def b64(data):
    return base64.b64encode(data if isinstance(data, bytes) else data.encode())


class Scram:
    """The server's half of SCRAM (RFC 5802), as what a scripted server says to AUTH."""

    def __init__(self, digest, iterations=4096, binding=None, password=PASSWORD, lie=False, nonce=None,
                 premature=False):
        self.digest, self.iterations, self.binding = digest, iterations, binding
        self.password, self.lie, self.nonce, self.premature = password, lie, nonce, premature
        self.header = None
        self.channel = None

    def __call__(self, server, line):
        _, _, first = line.split(b" ")
        message = base64.b64decode(first).decode()
        self.header, bare = message[:message.index(",,") + 2], message[message.index(",,") + 2:]
        if self.premature:
            return b"235 2.7.0 come in\r\n"
        nonce = self.nonce or bare.split("r=")[1] + "server"
        salt = b"some salt"
        challenge = "r=%s,s=%s,i=%d" % (nonce, b64(salt).decode(), self.iterations)
        server.send(b"334 " + b64(challenge) + b"\r\n")
        final = base64.b64decode(server.read_line()).decode()
        without, proof = final.rsplit(",p=", 1)
        self.channel = base64.b64decode(without.split(",")[0][2:])
        salted = hashlib.pbkdf2_hmac(self.digest, self.password.encode(), salt, self.iterations)
        signed = ",".join((bare, challenge, without)).encode()
        client_key = hmac.digest(salted, b"Client Key", self.digest)
        stored = hashlib.new(self.digest, client_key).digest()
        signature = hmac.digest(stored, signed, self.digest)
        good = bytes(a ^ b for a, b in zip(base64.b64decode(proof), signature)) == client_key
        expected = self.header.encode() + (self.binding(server) if self.binding else b"")
        if not good or (self.binding is not None and self.channel != expected):
            return b"535 5.7.8 no\r\n"
        proof = hmac.digest(hmac.digest(salted, b"Server Key", self.digest), signed, self.digest)
        server.send(b"334 " + b64(b"v=" + b64(b"\0" * len(proof) if self.lie else proof)) + b"\r\n")
        if server.read_line() != b"":
            return b"501 5.5.2 what?\r\n"
        return b"235 2.7.0 welcome\r\n"


class Case(wbtest.TestCase):
    def authority(self):
        folder = self.path("ca")
        return certs.make_ca(folder), certs.make_server(folder)

    def serve(self, offered, auth, tls="implicit", **replies):
        self.ca, self.files = self.authority() if tls else (None, None)
        ehlo = b"250-test\r\n250 AUTH %s\r\n" % offered
        return mailscript.Smtp(self, dict({"EHLO": ehlo, "AUTH": auth}, **replies), tls,
                               self.files[2] if tls else None)

    def login(self, server, *args, check=0, env=None):
        url = "smtp%s://me@localhost:%d%s" % ("s" if server.tls else "", server.port,
                                             "" if server.tls else "?starttls=never")
        ca = ("--ca-file", self.ca) if self.ca else ()
        done = self.wire("mail", "send", "--server", url, *ca, "--eml", self.write("m.eml", PLAIN), "--timeout", 30,
                         "--transcript", self.path("t.jsonl"), *args, check=check,
                         env=env or {"WIRE_PASSWORD": PASSWORD})
        for secret in (PASSWORD.encode(), b64("\0me\0" + PASSWORD)):
            self.assertNotIn(secret, done.stderr + done.stdout + self.read("t.jsonl"))
        return done


class ScramLogin(Case):
    def test_each_digest(self):
        for name, digest in ((b"SCRAM-SHA-1", "sha1"), (b"SCRAM-SHA-256", "sha256")):
            for tls in ("implicit", None):
                with self.subTest(name=name, tls=tls):
                    scram = Scram(digest)
                    server = self.serve(b"PLAIN LOGIN CRAM-MD5 " + name, scram, tls)
                    self.login(server)
                    self.assertEqual(server.bodies, [PLAIN])
                    self.assertIn(b"AUTH " + name + b" ", server.said())
                    self.assertNotIn(PASSWORD.encode(), server.said())
                    # Over TLS we could have bound it: the server hears that.
                    self.assertEqual(scram.header, "y,," if tls else "n,,")

    def test_bound_to_the_certificate(self):
        """TLS 1.2: tls-server-end-point, the certificate's own hash."""
        def hash_of_certificate(server):
            with open(self.files[0], encoding="ascii") as f:
                return hashlib.sha256(ssl.PEM_cert_to_DER_cert(f.read())).digest()
        for name, digest in ((b"SCRAM-SHA-1-PLUS", "sha1"), (b"SCRAM-SHA-256-PLUS", "sha256")):
            scram = Scram(digest, binding=hash_of_certificate)
            server = self.serve(b"SCRAM-SHA-256 " + name, scram)
            server.context.maximum_version = ssl.TLSVersion.TLSv1_2
            self.login(server)
            self.assertEqual(scram.header, "p=tls-server-end-point,,")
            self.assertEqual(len(server.bodies), 1)

    def test_bound_to_the_session(self):
        """TLS 1.3: tls-exporter, 32 bytes that no other connection has."""
        seen = set()
        for _ in range(2):
            scram = Scram("sha256")
            self.login(self.serve(b"SCRAM-SHA-256 SCRAM-SHA-256-PLUS", scram))
            self.assertEqual(scram.header, "p=tls-exporter,,")
            self.assertEqual(len(scram.channel), len(scram.header) + 32)
            seen.add(scram.channel)
        self.assertEqual(len(seen), 2)

    def test_passed_on_by_somebody_between(self):
        """A server that sees another binding lets nobody in, and no mail goes."""
        scram = Scram("sha256", binding=lambda server: b"of another connection")
        server = self.serve(b"SCRAM-SHA-256-PLUS PLAIN", scram)
        done = self.login(server, check=1)
        self.assertIn(b"535", done.stderr)
        self.assertEqual(server.bodies, [])
        self.assertEqual(server.said().count(b"AUTH"), 1)

    def test_no_binding_without_tls(self):
        server = self.serve(b"SCRAM-SHA-256-PLUS", Scram("sha256"), None)
        done = self.login(server, check=1)
        self.assertIn(b"no way of logging in that is known here", done.stderr)
        self.assertNotIn(b"AUTH", server.said())

    def test_impostor(self):
        """A server that does not know the password cannot prove that it does: no mail, no second attempt."""
        for scram in (Scram("sha256", lie=True), Scram("sha256", premature=True)):
            server = self.serve(b"SCRAM-SHA-256 PLAIN", scram)
            done = self.login(server, check=1)
            self.assertIn(b"could not prove that it knows the password", done.stderr)
            self.assertNotIn(b"MAIL", server.said())
            self.assertEqual(server.said().count(b"AUTH"), 1)

    def test_iterations(self):
        for count, words in ((1, b"hashed only 1 times"), (4095, b"hashed only 4095 times"),
                             (2000000000, b"more than the 1000000")):
            scram = Scram("sha256", iterations=count)
            server = self.serve(b"SCRAM-SHA-256", scram)
            done = self.login(server, check=1)
            self.assertIn(words, done.stderr)
            self.assertIsNone(scram.channel)

    def test_anothers_nonce(self):
        scram = Scram("sha256", nonce="somebody-elses")
        done = self.login(self.serve(b"SCRAM-SHA-256", scram), check=1)
        self.assertIn(b"tampering", done.stderr)
        self.assertIsNone(scram.channel)

    def test_wrong_password(self):
        server = self.serve(b"SCRAM-SHA-256 PLAIN", Scram("sha256", password="another"))
        done = self.login(server, check=1)
        self.assertIn(b"While logging in to localhost:", done.stderr)
        self.assertIn(b"authorization code", done.stderr)
        self.assertEqual(server.said().count(b"AUTH"), 1)

    def test_one_mechanism_only(self):
        server = self.serve(b"SCRAM-SHA-256 PLAIN LOGIN", b"235 fine\r\n")
        self.login(server, "--auth", "plain")
        self.assertIn(b"AUTH PLAIN ", server.said())
        server = self.serve(b"PLAIN LOGIN", b"235 fine\r\n")
        done = self.login(server, "--auth", "SCRAM-SHA-256", check=1)
        self.assertIn(b"does not offer the way of logging in that was asked for", done.stderr)
        self.assertNotIn(b"AUTH", server.said())
        self.login(server, "--auth", "GSSAPI", check=2)


class Tokens(Case):
    def refuse(self, challenge, expected):
        def auth(server, line):
            server.send(b"334 " + b64(challenge) + b"\r\n")
            self.acknowledged = server.read_line()
            return b"535 5.7.8 Username and Password not accepted\r\n"
        return auth

    def test_both_forms(self):
        for name in (b"XOAUTH2", b"OAUTHBEARER"):
            server = self.serve(b"PLAIN LOGIN " + name, b"235 2.7.0 Accepted\r\n")
            self.login(server, env={"WIRE_TOKEN": PASSWORD})
            line, = (l for l in server.lines if l.startswith(b"AUTH"))
            said = base64.b64decode(line.split()[2])
            wanted = {b"XOAUTH2": b"user=me\1auth=Bearer %s\1\1" % PASSWORD.encode(),
                      b"OAUTHBEARER": b"n,a=me,\1host=localhost\1port=%d\1auth=Bearer %s\1\1" %
                      (server.port, PASSWORD.encode())}
            self.assertEqual(said, wanted[name])
            self.assertEqual(server.bodies, [PLAIN])

    def test_from_a_file_and_as_the_password(self):
        path = self.write("token", PASSWORD + "\n")
        for args, env in ((("--token-file", path), {}), (("--auth", "XOAUTH2"), {"WIRE_PASSWORD": PASSWORD})):
            server = self.serve(b"PLAIN XOAUTH2", b"235 2.7.0 Accepted\r\n")
            self.login(server, *args, env=env or {"X": "y"})
            self.assertIn(b64("user=me\1auth=Bearer %s\1\1" % PASSWORD), server.said())

    def test_refused(self):
        """What the server says about the token is decoded, and acknowledged as each form wants it."""
        challenge = json.dumps({"status": "401", "schemes": "bearer", "scope": "https://mail.example/"})
        for name, answer in ((b"XOAUTH2", b""), (b"OAUTHBEARER", b"AQ==")):
            server = self.serve(name, self.refuse(challenge, answer))
            done = self.login(server, env={"WIRE_TOKEN": PASSWORD}, check=1)
            self.assertIn(b"refused the token", done.stderr)
            self.assertIn(b"535 401, scope https://mail.example/", done.stderr)
            self.assertEqual(self.acknowledged, answer)
            self.assertEqual(server.bodies, [])

    def test_odd_refusals(self):
        for challenge in ("", "no json", "[1]", '{"status": {"x": 1}}', "{" * 5000, "\x00\xff"):
            server = self.serve(b"XOAUTH2", self.refuse(challenge, b""))
            done = self.login(server, env={"WIRE_TOKEN": PASSWORD}, check=1)
            self.assertIn(b"not accepted", done.stderr)

    def test_not_offered(self):
        server = self.serve(b"PLAIN", b"235 fine\r\n")
        done = self.login(server, env={"WIRE_TOKEN": PASSWORD}, check=1)
        self.assertIn(b"takes no token", done.stderr)
        server = self.serve(b"XOAUTH2", b"235 fine\r\n")
        done = self.login(server, check=1)
        self.assertIn(b"only a token of its provider", done.stderr)
        self.assertNotIn(b"AUTH", server.said())

    def test_not_in_the_clear(self):
        server = self.serve(b"XOAUTH2", b"235 fine\r\n", None)
        done = self.wire("mail", "send", "--server", "smtp://me@localhost:%d" % server.port, "--eml",
                         self.write("m.eml", PLAIN), env={"WIRE_TOKEN": PASSWORD}, check=1)
        self.assertIn(b"for everyone to read", done.stderr)
        self.assertNotIn(b"AUTH", server.said())


class Certificate(Case):
    def test_external(self):
        """The server sees our certificate, and lets us in by it."""
        server = self.serve(b"PLAIN EXTERNAL", b"235 fine\r\n")
        client = certs.make_server(self.path("ca"), name="me", hosts=("DNS:me.example",),
                                   usage="clientAuth")
        server.context.load_verify_locations(self.ca)
        server.context.verify_mode = ssl.CERT_REQUIRED
        self.login(server, "--auth", "EXTERNAL", "--client-cert", client[0], "--client-key", client[1])
        self.assertIn(b"AUTH EXTERNAL " + b64("me") + b"\r\n", server.said())
        self.assertEqual(server.bodies, [PLAIN])

    def test_wanted_and_not_given(self):
        server = self.serve(b"PLAIN", b"235 fine\r\n")
        server.context.load_verify_locations(self.ca)
        server.context.verify_mode = ssl.CERT_REQUIRED
        self.login(server, check=1)
        self.assertEqual(server.bodies, [])

    def test_unreadable(self):
        server = self.serve(b"PLAIN", b"235 fine\r\n")
        done = self.login(server, "--client-cert", self.write("junk.pem", "junk"), check=1)
        self.assertIn(b"certificate to show", done.stderr)
        self.assertEqual(server.connections, 0)


@wbtest.unittest.skipUnless(os.getuid() == 0, "Postfix wants root to start")
class Postfix(Case):
    """The same with programs that nobody here wrote: Postfix asks Dovecot about logins, and looks at
    certificates by itself."""

    MECHANISMS = ("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", "XOAUTH2", "OAUTHBEARER")

    def attempt(self, *args, user="student@school.test", env=None, check=0):
        who = user.replace("@", "%40") + "@" if user else ""
        done = self.wire("mail", "send", "--server", "smtp://%slocalhost:%d?starttls=required" % (who, self.server.port),
                         "--ca-file", self.ca, "--from", "teacher@school.test", "--to", "head@school.test",
                         "--eml", self.write("m.eml", PLAIN), "--transcript", self.path("t.jsonl"), "--timeout", 30, *args,
                         env=env or {}, check=check)
        for secret in (env or {}).values():
            self.assertNotIn(secret.encode(), done.stderr + done.stdout + self.read("t.jsonl"))
        return done

    def delivered(self):
        """What was delivered since the last time."""
        texts = wbtest.wait_until(lambda: len(self.server.mailbox("head")) > self.before and self.server.mailbox("head"),
                                  "the mail to be delivered")
        self.before += 1
        self.assertEqual(len(texts), self.before)
        return [t for t in texts if t not in self.texts and not self.texts.append(t)][0].replace(b"\n\t", b" ")

    def test_logins(self):
        self.ca, files = self.authority()
        self.before, self.texts = 0, []
        client = certs.make_server(self.path("ca"), name="me", hosts=("DNS:me.example",), usage="clientAuth")
        other = certs.make_server(self.path("ca"), name="other", hosts=("DNS:o.example",), usage="clientAuth")
        out = subprocess.run(["openssl", "x509", "-in", client[0], "-noout", "-fingerprint", "-sha256"], check=True,
                             stdout=subprocess.PIPE).stdout.decode().strip()
        tokens = {"t0ken-g00d": {"active": True, "username": "student@school.test", "scope": "mail"},
                  "t0ken-0ther": {"active": True, "username": "teacher@school.test", "scope": "mail"}}
        sasl = dovecot.Sasl(self, " ".join(self.MECHANISMS).lower(), tokens)
        permit = "permit_sasl_authenticated, permit_tls_clientcerts, reject"
        self.server = postfix.Postfix(
            self, files[:2], sasl.settings() + "smtpd_tls_ask_ccert = yes\nsmtpd_tls_received_header = yes\n"
            "smtpd_tls_CAfile = %s\nsmtpd_tls_fingerprint_digest = sha256\nsmtpd_tls_auth_only = yes\n"
            "relay_clientcerts = inline:{ { %s = me } }\nsmtpd_relay_restrictions = %s\n"
            "smtpd_recipient_restrictions = %s\n" % (self.ca, out.split("=")[1], permit, permit))

        for name in self.MECHANISMS:
            with self.subTest(name=name):
                token = "OAUTH" in name
                self.attempt("--auth", name, env={"WIRE_TOKEN" if token else "WIRE_PASSWORD":
                                                  "t0ken-g00d" if token else sasl.password})
                self.assertIn(b"(Authenticated sender: student@school.test)", self.delivered())
                self.assertIn(b"AUTH " + name.encode(), self.read("t.jsonl"))
                # Not the right one, and somebody else's.
                for secret in ("wr0ng-0ne",) + (("t0ken-0ther",) if token else ()):
                    done = self.attempt("--auth", name, check=1,
                                        env={"WIRE_TOKEN" if token else "WIRE_PASSWORD": secret})
                    self.assertIn(b"While logging in to localhost:", done.stderr)
                    self.assertIn(b"The server said: 535 ", done.stderr)
                    self.assertIn(b"refused the token" if token else b"authorization code", done.stderr)
        with self.subTest("the best that is offered"):
            self.attempt(env={"WIRE_PASSWORD": sasl.password})
            self.delivered()
            self.assertIn(b"AUTH SCRAM-SHA-256", self.read("t.jsonl"))
        with self.subTest("certificate"):
            self.attempt("--client-cert", client[0], "--client-key", client[1], user=None)
            self.assertRegex(self.delivered(), rb'Client CN "me",? Issuer "Test CA" \(verified OK\)')
            # One that nobody knows, though the same authority made it, and none.
            for args in (("--client-cert", other[0], "--client-key", other[1]), ()):
                done = self.attempt(*args, user=None, check=1)
                self.assertIn(b"While sending to head@school.test", done.stderr)
                self.assertIn(b"Access denied", done.stderr)
        self.assertEqual(len(self.server.mailbox("head")), self.before)


if __name__ == "__main__":
    wbtest.main()

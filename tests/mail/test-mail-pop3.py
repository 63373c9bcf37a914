# SPDX-License-Identifier: GPL-3.0-or-later
"""`wire mail list|get|delete` against Dovecot."""

import base64
import hashlib
import json
import os
import random

import certs
import dovecot
import mailscript
import wbtest


def make_messages(count, size=2000):
    """COUNT messages, all different, with what a mail may hold: leading dots, long lines, 8-bit bytes, empty
    lines at the end."""
    chance = random.Random(7)
    lines = [b".", b"..", b".leading", b"", b"x" * 990, "日本語 é".encode(), b"From somebody", b"plain text here"]
    messages = []
    for i in range(count):
        body = [b"number %d" % i]
        while sum(map(len, body)) < size:
            body.append(chance.choice(lines))
        head = b"From: \"Nr %d\" <n%d@example.org>\r\nSubject: mail %d\r\nDate: Mon, 06 Nov 2023 10:00:00 +0800\r\n" % (
            i, i, i)
        messages.append(head + b"\r\n" + b"\r\n".join(body) + b"\r\n")
    return messages


class Case(wbtest.TestCase):
    def server(self, messages=(), **kw):
        server = dovecot.Dovecot(self, **kw)
        server.fill(messages)
        return server.start()

    def authority(self, *args, **kw):
        folder = self.path("ca")
        return certs.make_ca(folder), certs.make_server(folder, *args, **kw)

    def mail(self, verb, url, *args, check=0, password=dovecot.PASSWORD):
        return self.wire("mail", verb, url, "--timeout", 30, *args, check=check, env={"WIRE_PASSWORD": password})

    def stored(self, name="box"):
        """The messages in a Maildir of ours."""
        folder = self.path(name, "new")
        return [self.read(name, "new", n) for n in os.listdir(folder)] if os.path.isdir(folder) else []


class Tokens(Case):
    """Dovecot asks a provider of ours about each token."""

    GOOD = "g00d" * 300
    TOKENS = {GOOD: {"active": True, "username": "student", "scope": "mail"},
              "some0ne-else": {"active": True, "username": "teacher", "scope": "mail"},
              "0nly-to-send": {"active": True, "username": "student", "scope": "send"}}

    def test_both_forms(self):
        """One that is longer than a command may be."""
        ca, files = self.authority()
        for mechanism in ("xoauth2", "oauthbearer", "xoauth2 oauthbearer", "plain xoauth2"):
            with self.subTest(mechanism=mechanism):
                server = self.server(make_messages(2), certificate=files[:2], tokens=self.TOKENS, mechanisms=mechanism)
                self.check_taken(server, ca)
                wbtest.stop(server.child)
                wbtest.shutil.rmtree(server.dir)

    def check_taken(self, server, ca):
        for number, (args, env) in enumerate((((), {"WIRE_TOKEN": self.GOOD}),
                                              (("--token-file", self.write("token", self.GOOD + "\n")), {}))):
            done = self.wire("mail", "list", server.tls_url, "--timeout", 30, "--ca-file", ca, "--json", *args,
                             "--transcript", self.path("t.txt"), check=0, env=env)
            self.assertEqual(len(done.stdout.splitlines()), 2)
            said = self.read("t.txt")
            self.assertNotIn(b"g00d", said)
            self.assertNotIn(b"ZzAwZ", said)
            self.wire("mail", "get", server.tls_url, "--ca-file", ca, "--all", "--maildir", self.path("box%d" % number),
                      *args, check=0, env=env)
            self.assertEqual(len(self.stored("box%d" % number)), 2)
            wbtest.shutil.rmtree(self.path("box%d" % number))

    def test_refused(self):
        ca, files = self.authority()
        for mechanism in ("xoauth2", "oauthbearer"):
            server = self.server(make_messages(1), certificate=files[:2], tokens=self.TOKENS, mechanisms=mechanism)
            for token in ("some0ne-else", "0nly-to-send", "unkn0wn"):
                with self.subTest(mechanism=mechanism, token=token):
                    done = self.wire("mail", "list", server.tls_url, "--timeout", 30, "--ca-file", ca, check=1,
                                     env={"WIRE_TOKEN": token})
                    self.assertIn(b"While logging in to localhost:", done.stderr)
                    self.assertIn(b"The server refused the token", done.stderr)
                    self.assertIn(b"permits reading mail", done.stderr)
                    self.assertNotIn(token.encode(), done.stderr)
            wbtest.stop(server.child)
            wbtest.shutil.rmtree(server.dir)

    def test_not_in_the_clear(self):
        server = self.server(make_messages(1), tokens=self.TOKENS)
        done = self.wire("mail", "list", server.url, "--transcript", self.path("t.txt"), check=1,
                         env={"WIRE_TOKEN": self.GOOD})
        self.assertIn(b"token would go over the network for everyone to read", done.stderr)
        self.assertNotIn(b"  AUTH OAUTHBEARER", self.read("t.txt"))

    def test_not_offered(self):
        ca, files = self.authority()
        server = self.server(make_messages(1), certificate=files[:2])
        done = self.wire("mail", "list", server.tls_url, "--ca-file", ca, "--transcript", self.path("t.txt"), check=1,
                         env={"WIRE_TOKEN": self.GOOD})
        self.assertIn(b"takes no token", done.stderr)
        self.assertNotIn(b"AUTH XOAUTH2", self.read("t.txt"))

    def test_odd_servers(self):
        """Nobody gets the token who did not ask for it, and nobody who refused it lets us in."""
        def ask(server, line):
            server.send(b"+ \r\n")
            server.read_line()
            return b"+ " + base64.b64encode(b'{"status":"400"}') + b"\r\n"
        capabilities = b"+OK\r\nUIDL\r\nSASL XOAUTH2\r\n.\r\n"
        for replies, words in (({"AUTH": b"+OK welcome\r\n"}, b"did not ask for the token"),
                               ({"AUTH": b"-ERR no\r\n"}, b"reading mail. (The server said: no)"),
                               ({"AUTH": b"334 what\r\n"}, b"POP3 server answers"),
                               ({"AUTH": ask, "": b"+OK come in\r\n"}, b"let us in all the same"),
                               ({"AUTH": ask, "": b"-ERR [AUTH] no\r\n"}, b"The server said: 400)")):
            server = mailscript.Pop3(self, make_messages(1), dict({"CAPA": capabilities}, **replies))
            done = self.wire("mail", "list", server.url, "--timeout", 20, check=1, env={"WIRE_TOKEN": "t0ken"})
            self.assertIn(words, done.stderr)
            self.assertNotIn(b"t0ken", done.stderr)
            self.assertEqual(len(done.stderr.splitlines()), 1)


class Login(Case):
    def test_plain_refused_without_consent(self):
        server = self.server(make_messages(1))
        done = self.mail("list", server.url, "--transcript", self.path("t.txt"), check=1)
        self.assertIn(b"for everyone to read", done.stderr)
        self.assertNotIn(b"USER student", self.read("t.txt"))
        self.assertNotIn(b"PASS", self.read("t.txt"))
        self.mail("list", server.url + "?starttls=never")

    def test_stls_and_implicit_tls(self):
        ca, files = self.authority()
        server = self.server(make_messages(2), certificate=files[:2])
        for url in (server.url.replace("127.0.0.1", "localhost") + "?starttls=required", server.tls_url):
            done = self.mail("list", url, "--ca-file", ca, "--json")
            self.assertEqual(len(done.stdout.splitlines()), 2)

    def test_stls_not_offered(self):
        server = self.server()
        done = self.mail("list", server.url + "?starttls=required", check=1)
        self.assertIn(b"does not offer STLS", done.stderr)

    def test_apop(self):
        server = self.server(make_messages(1), apop=True)
        self.mail("list", server.url + "?starttls=never", "--transcript", self.path("t.txt"))
        text = self.read("t.txt")
        self.assertIn(b"APOP student ********", text)
        self.assertNotIn(b"PASS", text)

    def test_wrong_password(self):
        ca, files = self.authority()
        server = self.server(certificate=files[:2])
        done = self.mail("list", server.tls_url, "--ca-file", ca, check=1, password="wr0ng-one")
        self.assertIn(b"refused the user name or the password", done.stderr)
        self.assertIn(b"authorization code", done.stderr)
        self.assertNotIn(b"wr0ng-one", done.stderr)


class Mailbox(Case):
    def test_list(self):
        messages = make_messages(3)
        server = self.server(messages)
        done = self.mail("list", server.url + "?starttls=never", "--json")
        told = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([t["number"] for t in told], [1, 2, 3])
        self.assertEqual([t["size"] for t in told], [len(m) for m in messages])
        self.assertEqual(len({t["uid"] for t in told}), 3)
        self.assertEqual([t["subject"] for t in told], ["mail 0", "mail 1", "mail 2"])
        self.assertEqual([t["from"] for t in told], ["Nr %d <n%d@example.org>" % (i, i) for i in range(3)])
        self.assertEqual({t["date"] for t in told}, {"2023-11-06T10:00:00+08"})
        lines = self.mail("list", server.url + "?starttls=never").stdout.decode().splitlines()
        self.assertEqual(len(lines), 3)
        self.assertIn("mail 2", lines[2])
        self.assertEqual(self.mail("list", server.url + "?starttls=never", "--number", 2).stdout.count(b"\n"), 1)

    def test_empty(self):
        server = self.server()
        self.assertEqual(self.mail("list", server.url + "?starttls=never").stdout, b"")
        done = self.mail("get", server.url + "?starttls=never", "--number", 1, check=1)
        self.assertIn(b"There is no message 1", done.stderr)

    def test_get_one(self):
        messages = make_messages(3)
        server = self.server(messages)
        url = server.url + "?starttls=never"
        self.assertEqual(self.mail("get", url, "--number", 2).stdout, messages[1])
        uid = json.loads(self.mail("list", url, "--json", "--number", 3).stdout)["uid"]
        self.assertEqual(self.mail("get", url, "--uid", uid).stdout, messages[2])
        self.assertEqual(server.count(), 3)

    def test_usage(self):
        url = "pop3://student@127.0.0.1:1?starttls=never"
        for args in ((), ("--all",), ("--number", 0), ("--number", "x"), ("--number", 1, "--all"),
                     ("--number", 1, "--number", 2)):
            self.mail("get", url, *args, check=2)
        self.mail("delete", url, check=2)
        self.mail("get", "smtp://student@127.0.0.1:1", "--number", 1, check=2)

    def test_a_thousand(self):
        """Fetched under TLS, compared byte for byte, fetched again without a double, then deleted."""
        ca, files = self.authority()
        messages = make_messages(1000)
        server = self.server(messages, certificate=files[:2])
        done = self.mail("get", server.tls_url, "--ca-file", ca, "--all", "--maildir", self.path("box"), "--json")
        self.assertEqual(json.loads(done.stdout), {"fetched": 1000, "known": 0})
        self.assertEqual(done.stderr, b"")
        digests = sorted(hashlib.sha256(m).hexdigest() for m in messages)
        self.assertEqual(sorted(hashlib.sha256(m).hexdigest() for m in self.stored()), digests)
        self.assertEqual(server.count(), 1000)

        done = self.mail("get", server.tls_url, "--ca-file", ca, "--all", "--maildir", self.path("box"), "--json")
        self.assertEqual(json.loads(done.stdout), {"fetched": 0, "known": 1000})
        self.assertEqual(len(self.stored()), 1000)

        self.mail("delete", server.tls_url, "--ca-file", ca, "--all", "--maildir", self.path("box"))
        self.assertEqual(server.count(), 0)
        self.assertEqual(len(self.stored()), 1000)

    def test_delete_only_what_was_asked(self):
        messages = make_messages(4)
        server = self.server(messages)
        url = server.url + "?starttls=never"
        self.mail("delete", url, "--number", 2)
        left = [json.loads(l)["subject"] for l in self.mail("list", url, "--json").stdout.splitlines()]
        self.assertEqual(left, ["mail 0", "mail 2", "mail 3"])

    def test_delete_only_what_is_kept(self):
        server = self.server(make_messages(3))
        url = server.url + "?starttls=never"
        self.mail("get", url, "--number", 2, "--maildir", self.path("box"))
        done = self.mail("delete", url, "--all", "--maildir", self.path("box"), check=1)
        self.assertIn(b"2 of 3 messages were not deleted", done.stderr)
        left = [json.loads(l)["subject"] for l in self.mail("list", url, "--json").stdout.splitlines()]
        self.assertEqual(left, ["mail 0", "mail 2"])

    def test_two_accounts_in_one_folder(self):
        server = self.server(make_messages(2))
        url = server.url + "?starttls=never"
        self.mail("get", url, "--all", "--maildir", self.path("box"))
        other = url.replace("127.0.0.1", "localhost")
        told = json.loads(self.mail("get", other, "--all", "--maildir", self.path("box"), "--json").stdout)
        self.assertEqual(told, {"fetched": 2, "known": 0})
        told = json.loads(self.mail("get", url, "--all", "--maildir", self.path("box"), "--json").stdout)
        self.assertEqual(told, {"fetched": 0, "known": 2})


if __name__ == "__main__":
    wbtest.main()

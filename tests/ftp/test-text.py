# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses that end with ;type= (RFC 1738 §3.2.2): lines of text, bytes, and lists of folders."""

import json
import os

import ftpscript
import proftpd
import vsftpd
import wbtest

# More than one buffer of lines that end on either side of its edge, and a CR at the very end.
LINES = b"".join(b"line %d %s\n" % (i, b"x" * (i % 97)) for i in range(12_000)) + b"\nno end"


def on_wire(text):
    return text.replace(b"\n", b"\r\n")


class TestCase(wbtest.TestCase):
    def get(self, url, name, *options, check=0):
        return self.wire("ftp", "get", url, self.path(name), *self.options, *options, check=check)

    def put(self, name, url, *options, check=0):
        return self.wire("ftp", "put", self.path(name), url, *self.options, *options, check=check)

    options = []


class Daemon:
    """What a server that converts line ends keeps is what a Unix file has."""

    def sent(self):
        """The commands of the last transcript."""
        with open(self.path("log.jsonl"), encoding="utf-8") as f:
            events = [json.loads(line) for line in f]
        return [e["text"].strip() for e in events if e.get("direction") == "sent" and "text" in e]

    def test_down(self):
        self.server.put_file("a", LINES)
        self.get(self.url + "a;type=a", "a", "--transcript", self.path("log.jsonl"))
        self.assertEqual(self.read("a"), LINES)
        sent = self.sent()
        self.assertLess(sent.index("TYPE A"), next(i for i, line in enumerate(sent)
                                                   if line.startswith("RETR ")))
        self.assertFalse([line for line in sent if line.startswith(("SIZE", "REST"))], sent)
        self.assertFalse([n for n in os.listdir(os.path.dirname(self.path("a"))) if n.endswith(".part")])

    def test_up(self):
        self.write("a", LINES)
        self.put("a", self.url + "a;type=a", "--transcript", self.path("log.jsonl"))
        self.assertEqual(self.server.read("a"), LINES)
        self.assertIn("TYPE A", self.sent())
        # Its size is another one on the wire, and nothing is left under another name.
        self.assertEqual(os.listdir(self.server.folder), ["a"])

    def test_lines_of_another_system(self):
        """CR LF in the file is one line end, too, and not one and a half."""
        self.write("dos", b"a\r\nb\r\n")
        self.put("dos", self.url + "dos;type=a")
        self.assertEqual(self.server.read("dos"), b"a\nb\n")

    def test_bytes(self):
        for tail in ("", ";type=i", ";type=I"):
            self.write("a", b"a\r\nb\nc\r")
            self.put("a", self.url + "a" + tail, "--if-exists", "overwrite")
            self.assertEqual(self.server.read("a"), b"a\r\nb\nc\r")
            self.get(self.url + "a" + tail, "b", "--if-exists", "overwrite")
            self.assertEqual(self.read("b"), b"a\r\nb\nc\r")

    def test_both_in_one_go(self):
        self.server.put_file("a", LINES)
        os.mkdir(self.path("into"))
        self.server.put_file("b", b"1\r\n2\n")
        self.wire("ftp", "get", self.url + "a;type=a", self.url + "b", self.path("into"), *self.options,
                  check=0)
        self.assertEqual(self.read("into/a"), LINES)
        self.assertEqual(self.read("into/b"), b"1\r\n2\n")

    def test_many(self):
        """A whole folder, over names that are there and names that are free."""
        os.mkdir(self.path("here"))
        for i in range(40):
            self.write(f"here/f{i}", b"%d\nlines\n" % i)
        for _again in range(2):
            self.put("here", self.url + "new;type=a", "-r", "--if-exists", "overwrite")
        self.get(self.url + "new;type=a", "back", "-r")
        for i in range(40):
            self.assertEqual(self.server.read(f"new/f{i}"), b"%d\nlines\n" % i)
            self.assertEqual(self.read(f"back/f{i}"), b"%d\nlines\n" % i)

    def test_a_name_that_is_taken(self):
        """SIZE is asked in TYPE I, or it would seem free."""
        self.server.put_file("a", b"old\n")
        self.write("a", b"new\n")
        self.put("a", self.url + "a;type=a", check=1)
        self.assertEqual(self.server.read("a"), b"old\n")

    def test_list(self):
        self.server.put_file("d/one", b"1")
        for verb in ("ls", "get"):
            done = self.wire("ftp", verb, self.url + "d;type=d", "--json", *self.options, check=0)
            self.assertEqual([json.loads(line)["name"] for line in done.stdout.splitlines()], ["one"])


class Vsftpd(Daemon, TestCase):
    tls = False

    def setUp(self):
        super().setUp()
        self.server = vsftpd.Vsftpd(self, tls=self.tls, ascii_upload_enable="YES", ascii_download_enable="YES")
        self.url = self.server.url
        self.options = self.server.options()


class VsftpdTls(Vsftpd):
    tls = True


@wbtest.unittest.skipUnless(proftpd.is_there(), "ProFTPD is not here, or this is not root")
class Proftpd(Daemon, TestCase):
    def setUp(self):
        super().setUp()
        self.server = proftpd.Proftpd(self)
        self.url = self.server.url


class Scripted(TestCase):
    """What goes over the wire, byte by byte."""

    def test_the_wire(self):
        server = ftpscript.FtpScript(self, {"a": on_wire(LINES)})
        self.get(server.url + "a;type=a", "a")
        self.assertEqual(self.read("a"), LINES)
        self.put("a", server.url + "b;type=a")
        self.assertEqual(server.files["b"], on_wire(LINES))
        self.assertNotIn("REST", server.verbs())

    def test_a_size_that_does_not_fit(self):
        """The server counts its own line ends, or none."""
        server = ftpscript.FtpScript(self, {"a": b"1\r\n2\r\n"}, {
            "SIZE": lambda s, a: "213 4" if a in s.server.files else "550 not found"})
        self.get(server.url + "a;type=a", "a")
        self.assertEqual(self.read("a"), b"1\n2\n")
        self.put("a", server.url + "b;type=a")
        self.assertEqual(server.files["b"], b"1\r\n2\r\n")

    def test_a_bare_cr_stays(self):
        server = ftpscript.FtpScript(self, {"a": b"1\r2\n3\r\r\n4\r"})
        self.get(server.url + "a;type=a", "a")
        self.assertEqual(self.read("a"), b"1\r2\n3\r\n4\r")

    def test_the_reply_decides(self):
        for code in ("426", "451", "550"):
            server = ftpscript.FtpScript(self, {"a": b"1\r\n"}, {
                "RETR": lambda s, _a, code=code: s.send(b"1\r\n", end=code + " broke off"),
                "STOR": lambda s, a, code=code: (s.receive(), code + " broke off")[1]})
            self.get(server.url + "a;type=a", "got", check=1)
            self.assertFalse(os.path.exists(self.path("got")))
            self.write("here", b"1\n")
            self.put("here", server.url + "b;type=a", check=1)
            self.assertNotIn("b", server.files)

    def test_a_lost_reply_is_no_success(self):
        server = ftpscript.FtpScript(self, {}, {"STOR": lambda s, a: (s.receive(), s.connection.close())[1]})
        self.write("here", b"1\n")
        self.put("here", server.url + "b;type=a", check=1)

    def test_a_refusal_of_text(self):
        server = ftpscript.FtpScript(self, {"a": b"1\r\n"}, {
            "TYPE": lambda _s, a: "504 bytes only" if a == "A" else "200 so be it"})
        self.assertIn(b"504 bytes only", self.get(server.url + "a;type=a", "got", check=1).stderr)

    def test_what_does_not_go_together(self):
        server = ftpscript.FtpScript(self, {"a": b"1"})
        for options in (["--resume"], ["--verify"], ["--segments", "2"], ["--if-exists", "resume"]):
            self.assertIn(b"type=a", self.get(server.url + "a;type=a", "got", *options, check=2).stderr)
        self.write("here", b"1\n")
        self.put("here", server.url + "a;type=a", "--resume", check=2)
        self.put("here", server.url + "a;type=d", check=2)
        self.get(server.url + "a;type=d", "got", check=2)
        self.wire("ftp", "mirror", server.url + "d;type=a", self.path("d"), check=2)
        self.assertEqual(server.sessions, 0)

    def test_no_type_at_all(self):
        server = ftpscript.FtpScript(self, {"a": b"1"})
        for tail in ("x", "", "ai", "a/b"):
            done = self.get(f"{server.url}a;type={tail}", "got", check=2)
            self.assertIn(b";type=", done.stderr)
        self.assertEqual(server.sessions, 0)
        # Encoded it is a part of the name.
        server.files["a;type=x"] = b"2"
        self.get(server.url + "a%3Btype=x", "got")
        self.assertEqual(self.read("got"), b"2")


if __name__ == "__main__":
    wbtest.main()

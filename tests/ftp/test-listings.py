# SPDX-License-Identifier: GPL-3.0-or-later
"""Listings over the wire: by each command, in other charsets and time zones, and by what is left when
a server knows only some of them."""

import ftpdriver
import ftpscript
import wbtest

ROW = b"-rw-r--r-- 1 u g 4 Jan 01 2020 "
NO = staticmethod(lambda s, a: "502 no").__func__


class TestCase(wbtest.TestCase):
    def serve(self, on=None):
        self.server = ftpscript.FtpScript(self, {}, on)
        return self.server

    def ls(self, *options, path=""):
        text, = ftpdriver.ask(self.server.url, ["ls", path], options=options)
        return text.split("|") if text else []


class Names(TestCase):
    def test_nlst_is_what_is_left(self):
        self.serve({"LIST": NO, "NLST": lambda s, a: s.send(b"a\r\nb c\r\n./d\r\n/abs/e\r\n.\r\n..\r\n")})
        self.assertEqual(self.ls(), [f"0/-1/-/{name}" for name in ("a", "b c", "d", "e")])

    def test_empty(self):
        self.serve({"LIST": NO, "NLST": lambda s, a: "550 No files found"})
        self.assertEqual(self.ls(), [])

    def test_climbing(self):
        self.serve({"NLST": lambda s, a: s.send(b"x/..\r\n../\r\na\0b\r\n" + b"n" * 5000 + b"\r\n")})
        for row in self.ls("--way", "nlst"):
            self.assertNotIn("/..", row.replace("0/-1/-/", ""))


class Stat(TestCase):
    def test_forms(self):
        for before, after in ((b"213-Status follows:", b"213 End"), (b"211-Here", b"211 End"),
                              (b"212-", b"212 ")):
            for prefix in (b"", b" ", before[:3] + b"-"):
                reply = before + b"\r\n" + prefix + ROW + b"a b\r\n" + prefix + \
                    b"drwxr-xr-x 2 u g 4 Jan 01 2020 d\r\n" + after + b"\r\n"
                self.serve({"STAT": lambda s, a, reply=reply: reply})
                self.assertEqual(self.ls("--way", "stat", path="/x"),
                                 ["1/4/2020-01-01T00:00:00/a b", "2/4/2020-01-01T00:00:00/d"])
                self.assertIn("STAT /x", self.server.commands)
                self.assertNotIn("EPSV", self.server.verbs())

    def test_refused(self):
        self.serve({"STAT": lambda s, a: "550 not found"})
        ok, text = ftpdriver.run(self.server.url, ["ls", "x"], options=["--way", "stat"])[0]
        self.assertFalse(ok)
        self.assertIn("no such file", text)

    def test_endless(self):
        def stat(session, _argument):
            session.reply(b"213-Status\r\n")
            while True:
                session.connection.sendall((ROW + b"x" * 4000 + b"\r\n") * 50)
        self.serve({"STAT": stat})
        ok, text = ftpdriver.run(self.server.url, ["ls", "x"], options=["--way", "stat"])[0]
        self.assertFalse(ok)
        self.assertIn("longer than any folder", text)


class Charsets(TestCase):
    NAME = "王大鹏.txt"

    def test_shown_and_typed(self):
        raw = self.NAME.encode("gbk")
        made = []
        server = self.serve({"LIST": lambda s, a: s.send(ROW + raw + b"\r\n"),
                             "FEAT": lambda s, a: b"211-F\r\n UTF8\r\n211 End\r\n",
                             "OPTS": lambda s, a: "200 fine",
                             "MKD": lambda s, a: made.append(a) or "257 made"})
        rows, _made = ftpdriver.ask(server.url, ["ls", ""], ["mkdir", self.NAME],
                                    options=["--charset", "GBK"])
        self.assertTrue(rows.endswith("/" + self.NAME), rows)
        self.assertEqual(made, [raw.decode("utf-8", "surrogateescape")])
        self.assertIn("OPTS UTF8 OFF", server.commands)
        ok, text = ftpdriver.run(server.url, ["mkdir", "😀"], options=["--charset", "GBK"])[0]
        self.assertFalse(ok)
        self.assertIn("cannot be written in GBK", text)

    def test_bytes_go_back_as_they_came(self):
        raw = self.NAME.encode("gbk")
        name = raw.decode("utf-8", "surrogateescape")
        server = ftpscript.FtpScript(self, {name: b"data"})
        self.wire("ftp", "get", "--charset", "GBK", b"".join(b"%%%02X" % c for c in raw).decode()
                  .join((server.url, "")), self.path("got"), check=0)
        self.assertEqual(self.read("got"), b"data")
        self.assertIn("RETR " + name, server.commands)

    def test_utf8_is_the_default(self):
        server = self.serve({"LIST": lambda s, a: s.send(ROW + self.NAME.encode() + b"\r\n"),
                             "FEAT": lambda s, a: b"211-F\r\n UTF8\r\n211 End\r\n"})
        self.assertTrue(self.ls()[0].endswith(self.NAME))
        self.assertIn("OPTS UTF8 ON", server.commands)

    def test_what_the_charset_cannot_read(self):
        self.serve({"LIST": lambda s, a: s.send(ROW + b"\x81\xff\r\n" + ROW + b"plain\r\n")})
        rows = self.ls("--charset", "GBK")
        self.assertEqual(len(rows), 2)
        self.assertTrue(rows[0].endswith("\ufffd\ufffd"), rows)
        self.assertTrue(rows[1].endswith("/plain"))

    def test_control_characters_stay_hidden(self):
        self.serve({"LIST": lambda s, a: s.send(ROW + "a\u202eb".encode("gb18030") + b"\r\n")})
        self.assertTrue(self.ls("--charset", "GB18030")[0].endswith("a\ufffdb"))

    def test_unknown(self):
        self.serve()
        ok, text = ftpdriver.run(self.server.url, ["ls", ""], options=["--charset", "KLINGON"])[0]
        self.assertFalse(ok)
        self.assertIn("KLINGON", text)


class Times(TestCase):
    def test_offset(self):
        self.serve({"LIST": lambda s, a: s.send(b"-rw-r--r-- 1 u g 4 2020-01-01 12:00 a\r\n")})
        self.assertEqual(self.ls(), ["1/4/2020-01-01T12:00:00/a"])
        self.assertEqual(self.ls("--offset", "480"), ["1/4/2020-01-01T04:00:00Z/a"])
        self.assertEqual(self.ls("--offset=-90"), ["1/4/2020-01-01T13:30:00Z/a"])
        self.assertEqual(self.ls("--offset", "0"), ["1/4/2020-01-01T12:00:00Z/a"])

    def test_mlsd_is_in_utc_anyway(self):
        self.serve({"FEAT": lambda s, a: b"211-F\r\n MLST type*;\r\n211 End\r\n", "MLSD":
                    lambda s, a: s.send(b"type=file;size=4;modify=20200101120000; a\r\n")})
        self.assertEqual(self.ls("--offset", "480"), ["1/4/2020-01-01T12:00:00Z/a"])


class CommandLine(TestCase):
    def test_list_by(self):
        self.serve({"NLST": lambda s, a: s.send(b"a\r\n")})
        url = self.server.url
        self.assertIn(b'"a"', self.wire("ftp", "ls", "--json", "--list-by", "nlst", url, check=0).stdout)
        self.assertEqual(self.wire("ftp", "ls", "--list-by", "list", url, check=0).stdout, b"")
        self.wire("ftp", "ls", "--list-by", "mlsd", url, check=1)
        self.wire("ftp", "ls", "--list-by", "stat", url, check=1)
        self.wire("ftp", "ls", "--list-by", "guess", url, check=2)

    def test_charset(self):
        raw = "王.txt".encode("gbk")
        self.serve({"LIST": lambda s, a: s.send(ROW + raw + b"\r\n")})
        done = self.wire("ftp", "ls", "--json", "--charset", "gbk", self.server.url, check=0)
        self.assertIn("王.txt".encode(), done.stdout)
        self.assertIn(raw.hex().encode(), done.stdout.replace(b" ", b""))


if __name__ == "__main__":
    wbtest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Listings over the wire: by each command, in other charsets and time zones, and by what is left when
a server knows only some of them."""

import datetime
import json
import os
import time

import ftpdriver
import ftpscript
import proftpd
import pureftpd
import vsftpd
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


class Wrapped(TestCase):
    """OpenVMS puts what belongs to a long name on the next line."""

    LINES = [b"Directory DISK:[PUB]", b"LONG.TXT;1", b"            3/4  9-NOV-2004 12:30 [G,O] (RE,,,)",
             b"A.TXT;1 1/1 9-NOV-2004 12:31 [G,O] (RE,,,)", b"LAST.TXT;7"]
    ROWS = ["1/-1/2004-11-09T12:30:00/LONG.TXT;1", "1/-1/2004-11-09T12:31:00/A.TXT;1",
            "1/-1/-/LAST.TXT;7"]

    def test_list(self):
        self.serve({"LIST": lambda s, a: s.send([line + b"\r\n" for line in self.LINES])})
        self.assertEqual(self.ls(), self.ROWS)

    def test_stat(self):
        reply = b"\r\n ".join([b"213-Status follows:", *self.LINES]) + b"\r\n213 End\r\n"
        self.serve({"STAT": lambda s, a: reply})
        self.assertEqual(self.ls("--way", "stat"), self.ROWS)


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
        self.assertNotIn(b"name_hex", done.stdout, "the name itself is what other commands take")


class OtherTimeZone(wbtest.TestCase):
    """Daemons that live eight hours east of here, where LIST has the hours of their own clock."""

    EAST = {"TZ": "XST-8"}

    def check(self, server):
        # Neither of an hour that a listing would leave out nor of another year.
        moment = (int(time.time()) - 40 * 86400) // 60 * 60
        os.utime(server.put_file("site/a", b"content"), (moment, moment))

        def list_with(*options):
            row, = self.wire("ftp", "ls", server.url + "site", "--list-by", "list", "--json", *options,
                             check=0).stdout.splitlines()
            told = datetime.datetime.fromisoformat(json.loads(row)["modified"])
            return int(told.replace(tzinfo=datetime.timezone.utc).timestamp())
        self.assertEqual(list_with(), moment + 8 * 3600)
        self.assertEqual(list_with("--time-offset", "480"), moment)
        mirror = ["ftp", "mirror", server.url + "site", self.path("copy"), "--time-offset", "480"]
        self.wire(*mirror, check=0)
        self.assertEqual(os.stat(self.path("copy", "a")).st_mtime, moment)
        self.assertEqual(self.wire(*mirror, "--dry-run", check=0).stdout, b"")

    def test_vsftpd(self):
        self.check(vsftpd.Vsftpd(self, use_localtime="YES", environ=self.EAST))

    def test_proftpd(self):
        if not proftpd.is_there():
            self.skipTest("ProFTPD is not there")
        self.check(proftpd.Proftpd(self, "TimesGMT off", environ=self.EAST))

    def test_pureftpd(self):
        if not pureftpd.is_there():
            self.skipTest("Pure-FTPd is not there")
        self.check(pureftpd.PureFtpd(self, environ=self.EAST))


class Explained(wbtest.TestCase):
    """`wire ftp parse-listing`: text in, an object a line out, with --json and without."""

    NOW = ("--now", "2026-03-15T12:00:00")
    KEYS = ["name", "type", "size", "modified", "mode", "owner", "group", "target", "raw"]

    # A line of each dialect, and what it says of name, type, size, time and mode.
    DIALECTS = {
        "Unix": ("-rw-r--r--  1 u g 42 Jan 05 09:30 a b",
                 ["a b", "file", 42, "2026-01-05T09:30:00", "rw-r--r--"]),
        "Windows": ("03-14-26  01:05PM       <DIR>          Program Files",
                    ["Program Files", "directory", None, "2026-03-14T13:05:00", None]),
        "MLSD": ("type=file;size=7;modify=20260102030405;UNIX.mode=0644; x;y",
                 ["x;y", "file", 7, "2026-01-02T03:04:05", "rw-r--r--"]),
        "EPLF": ("+i8388621.44468,m839956783,r,s10376,\tRFCEPLF",
                 ["RFCEPLF", "file", 10376, "1996-08-13T17:19:43", None]),
        "OpenVMS": ("A.TXT;1   3/4   9-NOV-2004 12:31 [G,O] (RWED,RE,,)",
                    ["A.TXT;1", "file", None, "2004-11-09T12:31:00", None]),
        "OS/400": ("QSYS            77824 02/23/00 15:09:55 *DIR       FOLDER/",
                   ["FOLDER", "directory", None, "2000-02-23T15:09:55", None]),
        "z/OS": ("VSAM05 3390   2026/01/20  1    1  FB     27   27998  PO  MY.DATA",
                 ["MY.DATA", "directory", None, "2026-01-20T00:00:00", None]),
        "VxWorks": ("   512      JAN-04-2026  14:05:12   DIR.D        <DIR>",
                    ["DIR.D", "directory", None, "2026-01-04T14:05:12", None]),
        "no listing": ("what is this", ["what is this", "unknown", None, None, None]),
    }

    def explain(self, text, *args, check=0):
        done = self.wire("ftp", "parse-listing", *args, input=text, check=check)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_dialects(self):
        for name, (line, wanted) in self.DIALECTS.items():
            with self.subTest(name):
                row, = self.explain(line.encode() + b"\r\n", *self.NOW)
                self.assertEqual([row[key] for key in self.KEYS[:5]], wanted)
                self.assertEqual(row["raw"], line)

    def test_a_file_and_stdin_alike(self):
        text = (b"total 3\r\n" + ROW + b"a\r\n\r\nlrwxrwxrwx 1 u g 3 Jan 01 2020 to -> a\r\n"
                + ROW + "王".encode("gbk") + b"\r\n")
        path = self.write("listing.txt", text)
        rows = self.explain(text)
        self.assertEqual([list(row)[:9] for row in rows[:2]], [self.KEYS] * 2)
        self.assertEqual([(row["name"], row["type"], row["target"]) for row in rows[:2]],
                         [("a", "file", None), ("to", "link", "a")])
        self.assertEqual((rows[0]["owner"], rows[0]["group"], rows[0]["size"]), ("u", "g", 4))
        self.assertEqual(bytes.fromhex(rows[2]["name_hex"]), "王".encode("gbk"))
        self.assertEqual(len(rows), 3)
        for args in ((path,), ("-",), ("--json",), ("--json", path)):
            self.assertEqual(self.explain(text, *args), rows, args)
        self.assertEqual(self.explain(b""), [])

    def test_the_year_that_is_left_out(self):
        line = b"-rw-r--r-- 1 u g 4 Nov 20 12:00 notes.txt"
        for now, year in (("2026-11-23T09:00:00", 2026), ("2026-03-15", 2025), ("2024-11-21T00:00:00Z", 2024)):
            row, = self.explain(line, "--now", now)
            self.assertEqual(row["modified"], f"{year}-11-20T12:00:00")

    def test_exit_codes(self):
        done = self.wire("ftp", "parse-listing", self.path("none"), check=1)
        self.assertEqual((done.stdout, len(done.stderr.splitlines())), (b"", 1))
        self.assertIn(b"none", done.stderr)
        for args in (("--now", "yesterday"), ("--now", ""), ("--active",), ("a", "b"), ("--host", "x")):
            done = self.wire("ftp", "parse-listing", *args, input=ROW + b"a", check=2)
            self.assertEqual(done.stdout, b"", args)


if __name__ == "__main__":
    wbtest.main()

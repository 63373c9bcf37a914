# SPDX-License-Identifier: GPL-3.0-or-later
"""Times, permissions, links, checksums, free space and typed commands, against servers that know
them, do not, or answer oddly; and `wire ftp chmod`."""

import hashlib
import os
import zlib

import ftpdriver
import ftpscript
import wbtest
from ftpscript import features

DATA = os.urandom(5000)


class TestCase(wbtest.TestCase):
    def serve(self, on=None, files=None, **kw):
        self.server = ftpscript.FtpScript(self, {"a": DATA} if files is None else files, on, **kw)
        return self.server

    def fails(self, *call):
        ok, text = ftpdriver.run(self.server.url, list(call))[0]
        self.assertFalse(ok, text)
        return text

    def ask(self, *call):
        return ftpdriver.ask(self.server.url, list(call))[0]


class Times(TestCase):
    def test_answers(self):
        for answer, seconds in (("213 20260101120000", 1767268800),
                                ("213 20260101120000.999", 1767268800),
                                ("213 20260101120000 a", 1767268800),
                                ("213 19700101000000", 0), ("213 20161231235960", 1483228799)):
            self.serve({"MDTM": lambda s, a, answer=answer: answer})
            self.assertEqual(int(self.ask("mdtm", "a")), seconds, answer)
        for answer in ("213 2026", "213 20261301120000", "213 -1", "213", "213 20260101", "213 x"):
            self.serve({"MDTM": lambda s, a, answer=answer: answer})
            self.assertIn("not a time", self.fails("mdtm", "a"))
        self.serve({"MDTM": lambda s, a: "550 not found"})
        self.assertIn("no such file", self.fails("mdtm", "a"))

    def test_ways_to_set(self):
        stamp = "20090213233130"
        self.serve({"FEAT": features("MFMT"), "MFMT": lambda s, a: "213 Modify=" + a})
        self.ask("mfmt", "a b", 1234567890)
        self.assertIn(f"MFMT {stamp} a b", self.server.commands)
        self.serve({"MDTM": lambda s, a: "213 set" if " " in a else "550 no"})
        self.ask("mfmt", "a b", 1234567890)
        self.assertIn(f"MDTM {stamp} a b", self.server.commands)
        self.serve({"MDTM": lambda s, a: "550 no", "SITE": lambda s, a: "200 set"})
        self.ask("mfmt", "a", 1234567890)
        self.assertIn(f"SITE UTIME {stamp} a", self.server.commands)
        self.serve({"FEAT": features("MFMT"), "MFMT": lambda s, a: "550 Permission denied"})
        self.assertIn("may not", self.fails("mfmt", "a", 1))
        self.assertNotIn("SITE", self.server.verbs())

    def test_kept_where_it_can_be(self):
        """A server without the commands has the file all the same."""
        self.serve()
        local = self.write("local", DATA)
        ftpdriver.ask(self.server.url, ["put", local, "new", "t"], ["get", "a", self.path("g"), "t"])
        self.assertEqual(self.server.files["new"], DATA)
        self.assertEqual(self.read("g"), DATA)


class Checksums(TestCase):
    def test_strongest_is_chosen(self):
        sums = {"SHA-512": hashlib.sha512(DATA).hexdigest(), "MD5": hashlib.md5(DATA).hexdigest(),
                "SHA-256": hashlib.sha256(DATA).hexdigest(), "CRC32": f"{zlib.crc32(DATA):08X}",
                "SHA-1": hashlib.sha1(DATA).hexdigest()}
        chosen = []

        def opts(_session, argument):
            chosen.append(argument.split()[-1])
            return "200 so be it"

        def by_hash(_session, argument):
            return f"213 {chosen[-1]} 0-4999 {sums[chosen[-1]]} {argument}"
        for listed, best in (("SHA-1*;SHA-512;MD5", "SHA-512"), ("CRC32;MD5*", "MD5"),
                             ("CRC32*", "CRC32"), ("sha-256", "SHA-256")):
            self.serve({"FEAT": features("HASH " + listed), "OPTS": opts, "HASH": by_hash})
            self.assertEqual(self.ask("hash", "a"), f"{best} {sums[best].lower()}")
        for verb, name in (("XSHA512", "SHA-512"), ("XSHA256", "SHA-256"), ("XSHA1", "SHA-1"),
                           ("XMD5", "MD5"), ("XCRC", "CRC32"), ("XSHA", "SHA-1"), ("MD5", "MD5")):
            self.serve({"FEAT": features("XCRC filename", verb) if verb != "XCRC" else features(verb),
                        verb: lambda s, a, name=name: f"250 {sums[name]}"})
            self.assertEqual(self.ask("hash", "a"), f"{name} {sums[name].lower()}")

    def test_odd_answers(self):
        for answer, words in (("250 no sum", "not a checksum"), ("250", "not a checksum"),
                              ("250 123", "not a checksum"), ("550 not found", "no such file"),
                              ("502 no", "does not offer")):
            self.serve({"FEAT": features("XMD5"), "XMD5": lambda s, a, answer=answer: answer})
            self.assertIn(words, self.fails("hash", "a"))
        self.serve()
        self.assertIn("cannot make checksums", self.fails("hash", "a"))

    def test_compared(self):
        right = {"a": hashlib.md5(DATA).hexdigest()}
        for name, digits in (("right", right["a"]), ("wrong", "0" * 32)):
            with self.subTest(name):
                self.serve({"FEAT": features("XMD5"), "XMD5": lambda s, a, d=digits: "250 " + d})
                local = self.write("local", DATA)
                got = self.path("got-" + name)
                down, up = ftpdriver.run(self.server.url, ["get", "a", got, "vr"],
                                         ["put", local, "b", "v"])
                self.assertEqual((down[0], up[0]), (name == "right",) * 2)
                self.assertEqual(os.path.exists(got), name == "right")
                self.assertEqual("b" in self.server.files, name == "right")
                if name == "wrong":
                    self.assertIn("MD5 checksum", down[1])
                    self.assertIn("MD5 checksum", up[1])
                    self.assertEqual([n for n in self.server.files if "part" in n], [])
                    self.assertEqual([n for n in os.listdir(self.dir) if "part" in n], [])

    def test_nothing_to_compare_is_no_error(self):
        self.serve({"FEAT": features("XMD5"), "XMD5": lambda s, a: "550 no"})
        self.ask("get", "a", self.path("got"), "v")


class Others(TestCase):
    def test_free_space(self):
        for answer, space in (("213 1099511627776", 1 << 40), ("213 0", 0), ("213 12 bytes", 12)):
            self.serve({"AVBL": lambda s, a, answer=answer: answer})
            self.assertEqual(int(self.ask("avbl", "folder")), space)
        for answer in ("213 -1", "213 lots", "213", "213 99999999999999999999999"):
            self.serve({"AVBL": lambda s, a, answer=answer: answer})
            self.assertIn("not a size", self.fails("avbl"))
        self.serve()
        self.assertIn("does not offer", self.fails("avbl"))

    def test_modes_and_links(self):
        self.serve({"SITE": lambda s, a: "200 done"})
        ftpdriver.ask(self.server.url, ["chmod", "644", "a b"], ["chmod", "4755", "a"],
                      ["chmod", "0", "a"], ["link", "a", "b"])
        self.assertEqual([c for c in self.server.commands if c.startswith("SITE")],
                         ["SITE CHMOD 644 a b", "SITE CHMOD 4755 a", "SITE CHMOD 000 a",
                          "SITE SYMLINK a b"])
        self.assertIn("space", self.fails("link", "a", "b c"))
        self.serve()
        self.assertIn("Could not change the permissions", self.fails("chmod", "644", "a"))

    def test_chmod_from_the_command_line(self):
        server = self.serve({"SITE": lambda s, a: "550 Permission denied." if "b" in a else "200 ok"})
        self.wire("ftp", "chmod", "755", server.url + "a", server.url + "c", check=0)
        self.assertIn("SITE CHMOD 755 a", server.commands)
        self.assertIn("SITE CHMOD 755 c", server.commands)
        done = self.wire("ftp", "chmod", "755", server.url + "b", check=1)
        self.assertIn(b"may not", done.stderr)
        for mode in ("9", "888", "77777", "rwx", "-1", ""):
            self.wire("ftp", "chmod", mode, server.url + "a", check=2)

    def test_typed_commands(self):
        self.serve({"SITE": lambda s, a: b"214-Help\r\n more\r\n214 end\r\n",
                    "STAT": lambda s, a: "150 wait\r\n211 fine".encode() + b"\r\n"})
        self.assertEqual(self.ask("raw", "SITE HELP"), "214 Help| more|end")
        self.assertEqual(self.ask("raw", "NOOP"), "200 still here")
        self.assertEqual(self.ask("raw", "STAT"), "211 fine")
        self.assertEqual(self.ask("raw", "WHAT"), "502 not here")
        for line in ("NOOP\r\nDELE a", "NOOP\nDELE a", "NOOP\rDELE a", "", " NOOP"):
            self.fails("raw", line)
        for verb in ("PASS x", "user x", "PASV", "RETR a", "STOR a", "LIST", "AUTH TLS", "QUIT"):
            self.assertIn("Wirebench itself", self.fails("raw", verb))
        self.assertEqual(self.server.files, {"a": DATA})

    def test_line_breaks_everywhere(self):
        self.serve({"SITE": lambda s, a: "200 ok", "MDTM": lambda s, a: "213 20260101120000",
                    "AVBL": lambda s, a: "213 1", "FEAT": features("XMD5", "MFMT")})
        for evil in ("x\r\nDELE a", "x\nDELE a", "x\rDELE a"):
            for call in (("mdtm", evil), ("mfmt", evil, 1), ("chmod", "644", evil),
                         ("link", evil, "b"), ("link", "b", evil), ("hash", evil), ("avbl", evil),
                         ("range", evil, 0, 1, self.path("r")), ("get", evil, self.path("g"), "r"),
                         ("mkdir", evil), ("ls", evil)):
                self.fails(*call)
        self.assertEqual([c for c in self.server.commands if "DELE" in c], [])


if __name__ == "__main__":
    wbtest.main()

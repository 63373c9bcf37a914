# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to hold for a real FTP daemon, whichever it is."""

import datetime
import hashlib
import os
import urllib.parse

import ftpdriver

MIB = 1024 * 1024


class Basics:
    """For test cases with self.server, whose URL leads to self.server.folder."""

    mode = []
    survives_stop = True
    home = "/"
    has_mlsd = True

    def ask(self, *calls, options=()):
        return ftpdriver.ask(self.server.url, ["cd", self.home], *calls,
                             options=[*self.server.options(), *self.mode, *options])[1:]

    def run_all(self, *calls, options=()):
        return ftpdriver.run(self.server.url, ["cd", self.home], *calls,
                             options=[*self.server.options(), *self.mode, *options])[1:]

    def test_stopped(self):
        """The session goes on, with no reply left over, or it is known to have ended."""
        data = os.urandom(5 * MIB)
        self.server.put_file("big", data)
        local = self.write("local", data)
        for way, name, path in (("get", "big", self.path("got")), ("put", "sent", local)):
            with self.subTest(way):
                results = self.run_all(["stop", way, name, path], ["pwd"], ["stop", way, name, path],
                                       ["get", "big", self.path("whole"), "o"], ["ping"], ["pwd"])
                # Under TLS some servers take it for an attack, and are right to.
                if self.server.url.startswith("ftp:"):
                    self.assertEqual(results[0], (True, "lives"))
                if results[0] == (True, "lives") and results[2] == (True, "lives"):
                    self.assertEqual([ok for ok, _text in results], [True] * 6, results)
                    self.assertEqual(results[-1][1], results[1][1])
                    self.assertEqual(self.read("whole"), data)
                    self.assertEqual([n for n in os.listdir(self.server.folder) if "sent" in n], [])

    def test_both_ways(self):
        data = os.urandom(3 * MIB + 1)
        local = self.write("local", data)
        self.ask(["put", local, "up", "-"], ["get", "up", self.path("back"), "-"],
                 ["put", self.write("empty", b""), "nothing", "-"],
                 ["get", "nothing", self.path("nothing"), "-"])
        self.assertEqual(self.server.read("up"), data)
        self.assertEqual(self.read("back"), data)
        self.assertEqual(self.read("nothing"), b"")

    def test_listings(self):
        self.server.put_file("a b", b"12345")
        self.server.put_file("folder/in", b"1")
        for way, kinds in (("mlsd", ["1/5/", "2/-1/"]), ("list", ["1/5/", "2/"]),
                           ("nlst", ["0/-1/", "0/-1/"]), ("stat", ["1/5/", "2/"])):
            if way == "mlsd" and not self.has_mlsd:
                continue
            with self.subTest(way):
                rows = self.ask(["ls", self.home], options=["--way", way])[0].split("|")
                rows = {row.rsplit("/", 1)[1]: row for row in rows}
                self.assertEqual(sorted(rows), ["a b", "folder"])
                for name, kind in zip(("a b", "folder"), kinds):
                    if way != "mlsd" or name == "a b":
                        self.assertTrue(rows[name].startswith(kind), rows[name])


class Verbs(Basics):
    def test_times_are_kept(self):
        data = b"x" * 1000
        os.utime(self.server.put_file("old", data), (1_000_000_000, 1_000_000_000))
        local = self.write("local", data)
        os.utime(local, (1_111_111_111, 1_111_111_111))
        said = self.ask(["mdtm", "old"], ["get", "old", self.path("got"), "t"],
                        ["put", local, "new", "t"], ["mdtm", "new"])
        self.assertEqual(said[0], "1000000000")
        self.assertEqual(int(os.stat(self.path("got")).st_mtime), 1_000_000_000)
        self.assertEqual(said[3], "1111111111")

    def test_renaming_takes_nothing_away(self):
        for name in ("ra", "rb", "folder/in"):
            self.server.put_file(name, name.encode())
        for name, status in (("rb", 1), ("folder", 1), ("free", 0)):
            done = self.wire("ftp", "mv", self.server.url + "ra", name, *self.server.options(),
                             check=status)
            self.assertEqual(b"has a file or folder of that name already" in done.stderr, status == 1)
        for name in ("free", "rb", "folder/in"):
            self.assertEqual(self.server.read(name), name.replace("free", "ra").encode())

    def test_ranges_fill_one_file(self):
        data = os.urandom(5 * MIB)
        self.server.put_file("big", data)
        got = self.path("got")
        for offset, length in ((2 * MIB, MIB), (0, 2 * MIB), (3 * MIB, 2 * MIB), (100, 0)):
            self.ask(["range", "big", offset, length, got])
        self.assertEqual(self.read("got"), data)
        if self.survives_stop:
            self.ask(["range", "big", 0, MIB, got], ["range", "big", MIB, MIB, got], ["pwd"])
        (ok, text), _ping = self.run_all(["range", "big", 4 * MIB, 2 * MIB, got], ["ping"])
        self.assertFalse(ok)
        self.assertIn("shorter", text)

    def test_resumed_both_ways(self):
        data = os.urandom(3 * MIB)
        for kept in (1, 1000, 32 * 1024, MIB, 3 * MIB - 1, 3 * MIB):
            with self.subTest(kept):
                path = self.server.put_file("big", data)
                self.begin_part("big", kept, data)
                self.ask(["get", "big", self.path("got"), "ro"])
                self.assertEqual(self.read("got"), data)
                self.assertEqual([n for n in os.listdir(self.dir) if "part" in n], [])
                os.unlink(path)

    def begin_part(self, name, kept, data):
        """A part as an earlier download leaves it, with its record."""
        parts = urllib.parse.urlsplit(self.server.url)
        address = f"{parts.username or 'anonymous'}@{parts.hostname}:{parts.port}"
        digits = self.digest(f"{address}\n{name}".encode(), "SHA-256")[:8]
        part = f"got.{digits}.part"
        modified, = self.ask(["mdtm", name])
        stamp = datetime.datetime.fromtimestamp(int(modified), datetime.timezone.utc)
        self.write(part, data[:kept])
        self.write(part + ".info",
                   f"[part]\naddress={urllib.parse.quote(address)}\npath={name}\nsize={len(data)}\n"
                   f"modified={stamp.strftime('%Y-%m-%dT%H:%M:%SZ')}\n")

    def digest(self, data, algorithm):
        return hashlib.new(algorithm.replace("-", "").lower(), data).hexdigest()

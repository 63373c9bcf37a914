# SPDX-License-Identifier: GPL-3.0-or-later
"""Against pyftpdlib: accounts with passwords, MLSD, rights that are missing, a limit on connections."""

import json
import os

import wbtest
from pyftp import Pyftp

PASSWORD = "pass word §-canary"


class Pyftpdlib(wbtest.TestCase):
    def setUp(self):
        super().setUp()
        server = Pyftp(self, {"real": PASSWORD, "reader": PASSWORD}, readers=["reader"])
        self.root, self.port, self.server = server.folder, server.port, server.server

    def url(self, path="", user="real"):
        return f"ftp://{user + '@' if user else ''}127.0.0.1:{self.port}/{path}"

    def ftp(self, verb, *args, check=0, password=PASSWORD):
        done = self.wire("ftp", verb, *args, "--timeout", "10", check=check,
                         env={"WIRE_PASSWORD": password} if password else {})
        self.assertNotIn(b"canary", done.stderr)
        return done

    def ls(self, url):
        return {row["name"]: row for row in
                map(json.loads, self.ftp("ls", "--json", url).stdout.splitlines())}

    def test_password_is_nowhere(self):
        self.ftp("ls", self.url(), "--transcript", self.path("t.jsonl"))
        self.assertIn(b"MLSD", self.read("t.jsonl"))
        self.assertNotIn(b"canary", self.read("t.jsonl"))

    def test_wrong_password(self):
        done = self.ftp("ls", self.url(), password="wrong one", check=1)
        self.assertIn(b"user name or the password is wrong", done.stderr)

    def test_mlsd(self):
        os.makedirs(os.path.join(self.root, "folder"))
        self.write("pyftpdlib/a b", "12345")
        self.write("pyftpdlib/ leading", "1")
        os.utime(self.path("pyftpdlib/a b"), (1000000000, 1000000000))
        rows = self.ls(self.url())
        self.assertEqual({n: r["type"] for n, r in rows.items()},
                         {"a b": "file", "folder": "directory", " leading": "file"})
        self.assertEqual(rows["a b"]["size"], 5)
        self.assertEqual(rows["a b"]["modified"], "2001-09-09T01:46:40")

    def test_quotes_in_the_folders_name(self):
        os.makedirs(os.path.join(self.root, 'q"uo""te'))
        self.write('pyftpdlib/q"uo""te/x', "1")
        self.assertEqual(list(self.ls(self.url("q%22uo%22%22te"))), ["x"])
        self.ftp("get", "-r", self.url("q%22uo%22%22te"), self.path("got"))
        self.assertEqual(self.read("got/x"), b"1")

    def test_both_ways(self):
        data = os.urandom(1_000_000)
        local = self.write("local", data)
        self.ftp("put", local, self.url("王大鹏.bin"))
        self.assertEqual(self.read("pyftpdlib/王大鹏.bin"), data)
        self.ftp("put", local, self.url("王大鹏.bin"), check=1)
        self.ftp("put", "--if-exists", "overwrite", self.write("other", "new"),
                 self.url("王大鹏.bin"))
        self.assertEqual(self.read("pyftpdlib/王大鹏.bin"), b"new")
        self.ftp("get", self.url("王大鹏.bin"), self.path("got"))
        self.assertEqual(self.read("got"), b"new")
        self.ftp("mkdir", self.url("d"))
        self.ftp("mv", self.url("王大鹏.bin"), "d/x")
        self.ftp("rm", self.url("d/x"), self.url("d"))
        self.assertEqual(os.listdir(self.root), [])

    def test_reader_may_not_write(self):
        self.write("pyftpdlib/a", "1")
        local = self.write("local", "2")
        for args in (("put", local, self.url("b", "reader")), ("mkdir", self.url("d", "reader")),
                     ("rm", self.url("a", "reader")), ("mv", self.url("a", "reader"), "b")):
            done = self.ftp(*args, check=1)
            self.assertIn(b"may not", done.stderr, args)
        self.ftp("get", self.url("a", "reader"), self.path("got"))
        self.assertEqual(os.listdir(self.root), ["a"])

    def test_anonymous(self):
        self.write("pyftpdlib/a", "1")
        self.assertEqual(list(self.ls(self.url("", ""))), ["a"])

    def test_queue_lives_with_fewer_connections(self):
        for i in range(30):
            self.write(f"pyftpdlib/t/{i}", str(i))
        self.server.max_cons = 3
        self.ftp("get", "-r", "--jobs", "8", self.url("t"), self.path("got"))
        self.assertEqual(sorted(os.listdir(self.path("got")), key=int), [str(i) for i in range(30)])


if __name__ == "__main__":
    wbtest.main()

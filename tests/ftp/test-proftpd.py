# SPDX-License-Identifier: GPL-3.0-or-later
"""Against ProFTPD, with its modules for checksums and links."""

import os
import re
import shutil

import ftpverbs
import proftpd
import wbtest


@wbtest.unittest.skipUnless(proftpd.is_there(), "ProFTPD is not here, or this is not root")
class Plain(wbtest.TestCase):
    arguments = {}

    def setUp(self):
        super().setUp()
        self.server = proftpd.Proftpd(self, **self.arguments)


class Proftpd(Plain, ftpverbs.Verbs):
    def test_attributes(self):
        data = b"content" * 99
        path = self.server.put_file("a", data)
        said = self.ask(["hash", "a"], ["chmod", "640", "a"], ["link", "a", "to-a"],
                        ["mfmt", "a", "1234567890"], ["raw", "SITE HELP"], ["ls", "."])
        algorithm, digits = said[0].split()
        self.assertEqual(digits, self.digest(data, algorithm))
        self.assertEqual(os.stat(path).st_mode & 0o7777, 0o640)
        self.assertEqual(os.readlink(os.path.join(self.server.folder, "to-a")).strip("/"), "a")
        self.assertEqual(int(os.stat(path).st_mtime), 1234567890)
        self.assertTrue(said[4].startswith("214 "), said[4])

    def test_verified(self):
        data = os.urandom(100_000)
        local = self.write("local", data)
        self.ask(["put", local, "up", "v"], ["get", "up", self.path("back"), "v"])
        self.assertEqual(self.read("back"), data)


class Active(Proftpd):
    mode = ["--active"]


class Tls(Proftpd):
    arguments = {"tls": True}


class NoRename(Plain):
    """Accounts that may do little more than upload."""

    def serve(self, settings):
        """A server of its own, in a folder of its own, so that each case begins alike."""
        self.dir = self.path("case")
        os.mkdir(self.dir)
        self.server = proftpd.Proftpd(self, settings)

    def setUp(self):
        wbtest.TestCase.setUp(self)
        os.chmod(self.dir, 0o755)

    def deny(self, verbs):
        return f"<Limit {verbs}>\nDenyAll\n</Limit>"

    def put(self, *args):
        self.wire("ftp", "put", *args, "--retries", "0", check=0)

    def check(self, settings):
        self.serve(settings)
        new, old = os.urandom(2000), os.urandom(3000)
        files = {f"f{i}": os.urandom(1000 + i) for i in range(9)}
        for name, data in files.items():
            self.write("many/" + name, data)
        self.put(self.write("a", old), self.server.url)
        self.assertEqual(self.server.read("a"), old)
        self.put(self.write("a", new), self.server.url, "--if-exists", "overwrite")
        self.assertEqual(self.server.read("a"), new)
        self.put("-r", self.path("many"), self.server.url)
        for name, data in files.items():
            self.assertEqual(self.server.read("many/" + name), data)
        # Nothing but the files is there.
        self.assertEqual(sorted(os.listdir(self.server.folder)), ["a", "many"])
        self.assertEqual(sorted(os.listdir(os.path.join(self.server.folder, "many"))), sorted(files))

    def test_neither_from_nor_to(self):
        self.check(self.deny("RNFR RNTO"))

    def test_not_to(self):
        self.check(self.deny("RNTO"))

    def test_not_that_name(self):
        self.check("PathDenyFilter \\.part$")

    def test_upload_only(self):
        self.check(self.deny("RNFR RNTO DELE RMD"))


class LeftPart(Plain):
    """Asked by RNFR for something that is there, it answers nothing but RNTO."""

    def test_name_is_taken(self):
        self.server.put_file("a.part", b"somebody's")
        self.wire("ftp", "put", self.write("a", b"content"), self.server.url, check=0)
        self.assertEqual(self.server.read("a"), b"content")
        self.assertEqual(self.server.read("a.part"), b"somebody's")

    def test_resumed(self):
        data = os.urandom(3 << 20)
        put = ["ftp", "put", "--resume", self.write("a", data), self.server.url, "--if-exists",
               "overwrite", "--transcript"]
        self.wire(*put, self.path("first.txt"), check=0)
        part = re.search(rb"STOR (a\.[0-9a-f]{8}\.part)", self.read("first.txt"))[1].decode()
        self.server.put_file(part, data[:2 << 20])
        self.wire(*put, self.path("second.txt"), check=0)
        self.assertIn(b"REST 2097152", self.read("second.txt"))
        self.assertEqual(self.server.read("a"), data)
        self.assertEqual(os.listdir(self.server.folder), ["a"])


class OneClient(Plain):
    """It lets in one connection, and says so at the password."""

    arguments = {"settings": "MaxClientsPerHost 1"}

    def wire(self, *args, **kw):
        """When the session of the one before has come to its end."""
        pid = self.server.child.pid

        def is_alone():
            with open(f"/proc/{pid}/task/{pid}/children") as f:
                return not f.read().split()
        wbtest.wait_until(is_alone, "the last session is over")
        return super().wire(*args, **kw)

    def test_many_files(self):
        files = {f"f{i}": os.urandom(2000) for i in range(60)}
        for name, data in files.items():
            self.write("turn/" + name, data)
        for turn in range(5):
            self.wire("ftp", "put", "-r", "--jobs", "8", self.path("turn"), self.server.url, check=0)
            for name, data in files.items():
                self.assertEqual(self.server.read("turn/" + name), data)
            shutil.move(os.path.join(self.server.folder, "turn"), self.path(f"turn{turn}"))
        self.server.put_file("a/b", b"x")
        self.wire("ftp", "get", "-r", "--jobs", "8", self.server.url, self.path("got"), check=0)
        self.assertEqual(self.read("got/a/b"), b"x")

    def test_mirror(self):
        """What is done behind the transfers is done on a session that is there already."""
        for turn in range(3):
            for i in range(9):
                self.write(f"local/{turn}-{i}", os.urandom(2000))
            self.wire("ftp", "mirror", "--delete", "--jobs", "8", self.path("local"),
                      self.server.url + "new", check=0)
            self.assertEqual(sorted(os.listdir(os.path.join(self.server.folder, "new"))),
                             sorted(os.listdir(self.path("local"))))
            self.server.put_file("new/extra", b"x")
        self.wire("ftp", "mirror", "--jobs", "8", self.server.url + "new", self.path("back"), check=0)
        self.assertEqual(len(os.listdir(self.path("back"))), 28)


class TlsSessions(Plain):
    """It has each data connection resume the TLS session of its own control connection."""

    arguments = {"tls": True}

    def test_several_connections(self):
        files = {f"f{i}": os.urandom(3000) for i in range(6)}
        for name, data in files.items():
            self.server.put_file(name, data)
        for turn in range(10):
            got = self.path(f"got{turn}")
            os.mkdir(got)
            self.wire("ftp", "get", *[self.server.url + name for name in files], got + "/",
                      "--retries", "0", *self.server.options(), check=0)
            sent = [self.write(f"sent{turn}-{name}", data) for name, data in files.items()]
            self.wire("ftp", "put", *sent, self.server.url, "--retries", "0", *self.server.options(),
                      check=0)
            for name, data in files.items():
                self.assertEqual(self.read(got, name), data)
                self.assertEqual(self.server.read(f"sent{turn}-{name}"), data)
        with open(os.path.join(self.server.dir, "tls-log")) as f:
            self.assertNotIn("did not reuse", f.read())


class TlsActive(Plain, ftpverbs.Basics):
    arguments = {"tls": True}
    survives_stop = False  # it ends the session when an encrypted transfer is stopped
    mode = ["--active"]


class Implicit(Plain, ftpverbs.Basics):
    arguments = {"implicit": True}
    survives_stop = False


class Six(Plain, ftpverbs.Basics):
    arguments = {"host": "::1"}


class SixActive(Plain, ftpverbs.Basics):
    arguments = {"host": "::1"}
    mode = ["--active"]


if __name__ == "__main__":
    wbtest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""A server whose names are in GBK, with vsftpd, which takes any bytes: UTF-8 on this side, GBK on the other,
whatever goes over, and what is no GBK as it is."""

import os
import urllib.parse

import ftpscript
import proftpd
import pureftpd
import vsftpd
import wbtest

GBK = ("--charset", "GBK")
# The bytes of this one in UTF-8 are no GBK, though they are UTF-8.
ODD = "中.txt"


class Gbk(wbtest.TestCase):
    def setUp(self):
        super().setUp()
        self.server = self.start_server()
        self.folder = os.fsencode(self.server.folder)

    def start_server(self):
        return vsftpd.Vsftpd(self, chmod_enable="YES")

    def ftp(self, verb, *args, check=0):
        return self.wire("ftp", verb, *GBK, *args, check=check)

    def url(self, path=""):
        return self.server.url + urllib.parse.quote(path)

    def there(self, path=""):
        """The names in a folder of the server, as GBK reads them."""
        return sorted(n.decode("gbk") for n in os.listdir(os.path.join(self.folder, path.encode("gbk"))))

    def put_file(self, path, data):
        self.server.put_file(path.encode("gbk") if isinstance(path, str) else path, data)

    def test_one_file(self):
        self.put_file("中文.txt", b"content")
        self.assertIn("中文.txt".encode(), self.ftp("ls", self.url()).stdout)
        self.ftp("get", self.url("中文.txt"), self.dir + "/")
        self.assertEqual(self.read("中文.txt"), b"content")
        self.ftp("mv", self.url("中文.txt"), self.url("文件.txt"))
        self.assertEqual(self.there(), ["文件.txt"])
        self.ftp("mkdir", self.url("目录"))
        self.ftp("mv", self.url("文件.txt"), self.url("目录/文件.txt"))
        self.assertEqual((self.there(), self.there("目录")), (["目录"], ["文件.txt"]))
        self.ftp("put", self.write("王大鹏.txt", "mine"), self.url("目录/"))
        self.assertEqual(self.there("目录"), ["文件.txt", "王大鹏.txt"])
        self.ftp("rm", self.url("目录/王大鹏.txt"))
        self.ftp("rm", "-r", self.url("目录"))
        self.assertEqual(self.there(), [])

    def test_many(self):
        """Small ones, which go several at once, and large ones, there and back."""
        files = {"王.txt": b"1", "目录/文件.txt": b"2" * 100, "目录/里面/中文.bin": os.urandom(2_000_000),
                 "目录/plain": b"3"}
        for name, data in files.items():
            self.write("网站/" + name, data)
        self.ftp("put", "-r", self.path("网站"), self.url())
        for name, data in files.items():
            self.assertEqual(self.server.read(("网站/" + name).encode("gbk")), data)
        self.assertEqual(self.there("网站/目录"), ["plain", "文件.txt", "里面"])
        self.ftp("get", "-r", self.url("网站"), self.path("back"))
        self.assertEqual(tree(self.path("back")), files)

    def test_mirror_both_ways(self):
        files = {"王.txt": b"1", "目录/文件.txt": b"22"}
        for name, data in files.items():
            self.write("here/" + name, data)
        self.ftp("mirror", self.path("here"), self.url("网站"), "--delete")
        self.assertEqual((self.there("网站"), self.there("网站/目录")), (["王.txt", "目录"], ["文件.txt"]))
        done = self.ftp("mirror", self.path("here"), self.url("网站"), "--delete", "--dry-run", "--json")
        self.assertEqual(done.stdout, b"")
        self.ftp("mirror", self.url("网站"), self.path("back"), "--delete")
        self.assertEqual(tree(self.path("back")), files)
        os.unlink(self.path("here/王.txt"))
        self.ftp("mirror", self.path("here"), self.url("网站"), "--delete")
        self.assertEqual(self.there("网站"), ["目录"])

    def test_not_in_the_charset(self):
        done = self.ftp("put", self.write("😀", "x"), self.url(), check=1)
        self.assertIn("cannot be written in GBK", done.stderr.decode())
        self.ftp("mkdir", self.url("😀"), check=1)
        self.write("both/😀", "x")
        self.write("both/王.txt", "y")
        self.ftp("put", "-r", self.path("both"), self.url(), check=1)
        self.assertEqual(self.there("both"), ["王.txt"], "the others are none the worse")

    def test_bytes_that_do_not_fit_stay(self):
        for number, raw in enumerate((b"\xfe\xffodd", ODD.encode())):
            with self.subTest(raw=raw):
                got = self.path(f"got-{number}")
                self.put_file(b"in/" + raw, b"content")
                self.put_file("in/王.txt", b"other")
                self.ftp("get", "-r", self.url("in"), got)
                self.assertEqual(sorted(tree(got).values()), [b"content", b"other"])
                self.ftp("put", "-r", got, self.url("back"))
                self.assertEqual(sorted(os.listdir(self.folder + b"/back")),
                                 sorted([raw, "王.txt".encode("gbk")]))
                self.ftp("rm", "-r", self.url("in"))
                self.ftp("rm", "-r", self.url("back"))
                self.assertEqual(self.there(), [])


@wbtest.unittest.skipUnless(proftpd.is_there(), "ProFTPD is not here, or this is not root")
class GbkProftpd(Gbk):
    """Its files are in GBK, and it is told to leave names alone."""

    def start_server(self):
        return proftpd.Proftpd(self)


@wbtest.unittest.skipUnless(pureftpd.is_there(), "Pure-FTPd is not here, or this is not root")
class GbkPureFtpd(Gbk):
    def start_server(self):
        return pureftpd.PureFtpd(self)


class Telnet(wbtest.TestCase):
    """The byte 0xFF, which begins a command where the control connection follows Telnet."""

    NAMES = [b"one\xff\xffz", b"bad\xff\xfe", b"end\xff", b"\xff"]

    def run_with(self, server, folder):
        folder = os.fsencode(folder)
        os.mkdir(self.path("here"))
        for name in self.NAMES:
            with open(os.path.join(os.fsencode(self.path("here")), name), "wb") as f:
                f.write(name)
        for i in range(2):
            self.wire("ftp", "put", "-r", self.path("here"), server.url + f"there-{i}", "--jobs", "1", check=0)
            place = folder + b"/there-%d" % i
            self.assertEqual(sorted(os.listdir(place)), sorted(self.NAMES))
            for name in self.NAMES:
                with open(os.path.join(place, name), "rb") as f:
                    self.assertEqual(f.read(), name)
        self.wire("ftp", "get", "-r", server.url + "there-0", self.path("back"), check=0)
        self.assertEqual(sorted(os.listdir(os.fsencode(self.path("back")))), sorted(self.NAMES))
        self.wire("ftp", "mv", server.url + "there-0/%FF", server.url + "there-0/new%FF%FF", check=0)
        self.assertIn(b"new\xff\xff", os.listdir(folder + b"/there-0"))
        self.wire("ftp", "mkdir", server.url + "folder%FF%FE", check=0)
        self.assertIn(b"folder\xff\xfe", os.listdir(folder))
        self.wire("ftp", "rm", "-r", server.url + "there-0", check=0)
        self.assertNotIn(b"there-0", os.listdir(folder))

    def test_vsftpd(self):
        server = vsftpd.Vsftpd(self)
        self.run_with(server, server.folder)

    def test_proftpd(self):
        if not proftpd.is_there():
            self.skipTest("ProFTPD is not there")
        server = proftpd.Proftpd(self)
        self.run_with(server, server.folder)

    def test_pureftpd(self):
        if not pureftpd.is_there():
            self.skipTest("Pure-FTPd is not there")
        server = pureftpd.PureFtpd(self)
        self.run_with(server, server.folder)

    def test_nobody_knows(self):
        """Nothing gets a wrong name; what is there can be had."""
        name = b"one\xff.txt".decode("utf-8", "surrogateescape")
        server = ftpscript.FtpScript(self, {name: b"data", "a": b"a"})
        self.wire("ftp", "get", server.url + "one%FF.txt", self.path("got"), check=0)
        self.assertEqual(self.read("got"), b"data")
        for verb in (("put", self.write("local", "x")), ("mkdir",), ("mv", server.url + "a"), ("rm",)):
            done = self.wire("ftp", *verb, server.url + "two%FF.txt", check=1)
            self.assertIn(b"byte 0xFF", done.stderr)
        self.assertEqual(list(server.files), [name, "a"])


def tree(folder):
    """Paths below FOLDER and what is in them."""
    found = {}
    for base, _folders, names in os.walk(folder):
        for name in names:
            path = os.path.join(base, name)
            with open(path, "rb") as f:
                found[os.path.relpath(path, folder)] = f.read()
    return found


if __name__ == "__main__":
    wbtest.main()

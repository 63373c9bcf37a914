# SPDX-License-Identifier: GPL-3.0-or-later
"""Transfers that broke off and go on: the same bytes in the end, and never two files in one."""

import glob
import hashlib
import os
import ssl

import certs
import ftpdriver
import ftpscript
import wbtest

KIB = 1024
DATA = os.urandom(300 * KIB)
SIZE = len(DATA)

# Around the edges of buffers and of the overlap, and some in between.
CUTS = (1, 2, 1000, 32 * KIB - 1, 32 * KIB, 32 * KIB + 1, 64 * KIB, 100_000, 256 * KIB, SIZE - 1)


class Server(ftpscript.FtpScript):
    """With REST and MDTM, and a data connection that can break off. cut: after so many bytes of the
    next transfer; mdtm, rest, feat: what it says."""

    def __init__(self, test, files, on=None, **kw):
        self.cut = None
        self.stamp = "20260101120000"
        self.offsets = {}
        self.moved = []
        rules = {"REST": self.rest, "MDTM": lambda s, a: f"213 {self.stamp}", "RETR": self.retr,
                 "STOR": self.stor}
        rules.update(on or {})
        super().__init__(test, files, rules, **kw)

    def rest(self, session, argument):
        self.offsets[session] = int(argument)
        return "350 go on"

    def take_offset(self, session):
        return self.offsets.pop(session, 0)

    def retr(self, session, argument):
        data = self.files.get(argument)
        if data is None:
            return "550 not found"
        data = data[self.take_offset(session):]
        cut, self.cut = self.cut, None
        if cut is None:
            self.moved.append(len(data))
            return session.send(data)
        self.moved.append(cut)
        return session.send(data[:cut], end="close")

    def stor(self, session, argument):
        offset = self.take_offset(session)
        cut, self.cut = self.cut, None
        old = self.files.get(argument, b"")[:offset]
        data = session.accept()
        session.reply("150 go on")
        got = b""
        while cut is None or len(got) < cut:
            piece = data.recv(65536 if cut is None else min(65536, cut - len(got)))
            if not piece:
                break
            got += piece
        self.moved.append(len(got))
        self.files[argument] = old.ljust(offset, b"\0") + got
        data.close()
        return "close" if cut is not None else "226 have it"


class TestCase(wbtest.TestCase):
    def get(self, server, flags="ro"):
        return ftpdriver.run(server.url, ["get", "a", self.path("got"), flags])[0]

    def put(self, server, flags="ro"):
        return ftpdriver.run(server.url, ["put", self.path("local"), "a", flags])[0]

    def left(self):
        return sorted(n for n in os.listdir(self.dir) if "part" in n)

    def part(self, wait=False):
        """The one that a download left or is writing, whose name has eight digits of its own."""
        def find():
            return glob.glob(self.path("got.????????.part"))
        if wait:
            wbtest.wait_until(find, "a part")
        path, = find()
        return path

    def assert_left(self):
        name = os.path.basename(self.part())
        self.assertEqual(self.left(), [name, name + ".info"])

    def assert_got(self, data):
        self.assertEqual(len(self.read("got")), len(data))
        self.assertEqual(self.read("got"), data)
        self.assertEqual(self.left(), [])


# A server that tells a checksum.
XMD5 = {"FEAT": ftpscript.features("XMD5"),
        "XMD5": lambda s, a: "250 " + hashlib.md5(s.server.files[a]).hexdigest()}


class Downloads(TestCase):
    def broken(self, cut=100_000, on=None, **kw):
        """A server, after a transfer from it that was cut."""
        server = Server(self, {"a": DATA}, on, **kw)
        server.cut = cut
        ok, text = self.get(server)
        self.assertFalse(ok, text)
        self.assertFalse(os.path.exists(self.path("got")))
        self.assert_left()
        return server

    def test_a_part_with_other_content(self):
        """Of the same size and with the same end: only a checksum can tell."""
        for verify in (False, True):
            with self.subTest(verify=verify):
                server = self.broken(on=XMD5)
                with open(self.part(), "r+b") as f:
                    f.write(bytes(1000))
                if not verify:
                    self.assertTrue(self.get(server)[0])
                    self.assertEqual(self.read("got"), bytes(1000) + DATA[1000:])
                    os.unlink(self.path("got"))
                    continue
                ok, text = self.get(server, "rov")
                self.assertFalse(ok)
                self.assertIn("checksum", text)
                self.assertFalse(os.path.exists(self.path("got")))
                # Nobody goes on with that.
                self.assertTrue(self.get(server, "rov")[0])
                self.assert_got(DATA)

    def test_cut_anywhere(self):
        for cut in CUTS:
            with self.subTest(cut):
                server = self.broken(cut)
                self.assertEqual(os.path.getsize(self.part()), cut)
                ok, text = self.get(server)
                self.assertTrue(ok, text)
                self.assertEqual(int(text), SIZE)
                self.assert_got(DATA)
                self.assertEqual(server.moved, [cut, SIZE - max(cut - 32 * KIB, 0)])
                os.unlink(self.path("got"))

    def test_cut_again_and_again(self):
        server = self.broken(40_000)
        for _i in range(5):
            server.cut = 80_000
            self.assertFalse(self.get(server)[0])
        self.assertTrue(self.get(server)[0])
        self.assert_got(DATA)

    def test_changed_time_or_size(self):
        for stamp, data in (("20260101120001", os.urandom(SIZE)),
                            ("20260101120000", DATA[:100_000] + os.urandom(SIZE)),
                            ("20260101120001", os.urandom(50_000)), ("20260101120001", b"")):
            with self.subTest(stamp=stamp, size=len(data)):
                server = self.broken()
                server.stamp = stamp
                server.files["a"] = data
                self.assertTrue(self.get(server)[0])
                self.assert_got(data)
                self.assertEqual(server.verbs().count("REST"), 0)
                os.unlink(self.path("got"))

    def test_changed_content_with_the_same_time_and_size(self):
        """The end of the part comes once more, and is another."""
        server = self.broken()
        server.files["a"] = new = os.urandom(SIZE)
        ok, text = self.get(server)
        self.assertTrue(ok, text)
        self.assert_got(new)

    def test_changed_while_it_went_on(self):
        server = self.broken()
        new = DATA[:100_000] + os.urandom(SIZE - 100_000)

        def change(session, argument):
            if server.stamp == "20260101120000" and server.offsets:
                server.stamp = "20260101120009"
                server.files["a"] = new
            return server.retr(session, argument)
        server.on["RETR"] = change
        ok, text = self.get(server)
        self.assertTrue(ok, text)
        self.assert_got(new)
        self.assertEqual(server.moved[-1], SIZE)

    def test_rest_refused(self):
        for reply in ("502 no", "501 no", "500 no", "550 no"):
            server = self.broken()
            server.on["REST"] = lambda s, a, reply=reply: reply
            ok, text = self.get(server)
            self.assertTrue(ok, text)
            self.assert_got(DATA)
            self.assertEqual(server.moved[-1], SIZE)
            os.unlink(self.path("got"))

    def test_rest_refused_by_retr(self):
        server = self.broken()

        def retr(session, argument):
            if server.take_offset(session):
                return "554 restart is not valid"
            return server.retr(session, argument)
        server.on["RETR"] = retr
        self.assertTrue(self.get(server)[0])
        self.assert_got(DATA)

    def test_rest_ignored(self):
        server = self.broken()
        server.on["REST"] = lambda s, a: "350 (and does nothing)"
        ok, text = self.get(server)
        self.assertTrue(ok, text)
        self.assert_got(DATA)

    def test_rest_ignored_where_all_bytes_are_the_same(self):
        """The overlap cannot tell then, but the size does."""
        zeros = bytes(SIZE)
        server = Server(self, {"a": zeros})
        server.cut = 100_000
        self.assertFalse(self.get(server)[0])
        server.on["REST"] = lambda s, a: "350 (and does nothing)"
        ok, text = self.get(server)
        self.assertTrue(ok, text)
        self.assert_got(zeros)

    def test_no_mdtm(self):
        server = Server(self, {"a": DATA}, {"MDTM": lambda s, a: "502 no"})
        server.cut = 100_000
        self.assertFalse(self.get(server)[0])
        self.assertEqual(self.left(), [])
        self.assertTrue(self.get(server)[0])
        self.assert_got(DATA)

    def test_a_part_with_a_hole(self):
        """As a power cut leaves it: the length is there, the bytes are not."""
        server = self.broken()
        with open(self.part(), "r+b") as f:
            f.truncate(99_000)
            f.truncate(120_000)
        self.assertTrue(self.get(server)[0])
        self.assert_got(DATA)

    def test_a_part_that_is_too_long(self):
        server = self.broken()
        with open(self.part(), "ab") as f:
            f.write(bytes(SIZE))
        self.assertTrue(self.get(server)[0])
        self.assert_got(DATA)

    def test_all_of_it_was_there(self):
        server = self.broken()
        self.write(self.part(), DATA)
        self.assertTrue(self.get(server)[0])
        self.assert_got(DATA)

    def test_files_that_are_called_like_a_part(self):
        """They were received, and are nothing to go on with, whatever the record beside it says."""
        server = self.broken()
        part = self.part()
        os.rename(part, self.path("got.part"))
        os.rename(part + ".info", self.path("got.part.info"))
        kept = {name: self.read(name) for name in ("got.part", "got.part.info")}
        self.assertTrue(self.get(server)[0])
        self.assertEqual(self.read("got"), DATA)
        self.assertEqual({name: self.read(name) for name in self.left()}, kept)

    def test_another_file_of_the_server(self):
        server = self.broken()
        server.files["b"] = os.urandom(SIZE)
        ok, text = ftpdriver.run(server.url, ["get", "b", self.path("got"), "ro"])[0]
        self.assertTrue(ok, text)
        self.assertEqual(self.read("got"), server.files["b"])
        self.assert_left()

    def test_links_in_the_parts_place(self):
        server = self.broken()
        precious = self.write("precious", "old")
        part = self.part()
        os.unlink(part)
        os.symlink(precious, part)
        self.assertTrue(self.get(server)[0])
        self.assertEqual(self.read("got"), DATA)
        self.assertEqual(self.read("precious"), b"old")

    def test_records_that_make_no_sense(self):
        for text in (b"", b"[part]\n", b"\0\xff" * 99, b"[part]\naddress=x\npath=a\nsize=99\n",
                     b"[part]\nsize=" + b"9" * 100_000):
            server = self.broken()
            part = self.part()
            self.write(part + ".info", text)
            self.assertTrue(self.get(server)[0])
            self.assertEqual(self.read("got"), DATA)
            for path in (self.path("got"), part, part + ".info"):
                os.unlink(path)

    def test_killed(self):
        """SIGKILL in the middle: what was written is gone on with."""
        server = Server(self, {"a": DATA})

        def retr(session, argument):
            session.kept = session.accept()
            session.reply("150 here")
            session.kept.sendall(DATA[:100_000])
        server.on["RETR"] = retr
        child = self.start([ftpdriver.PROGRAM, server.url, "get", "a", self.path("got"), "ro"])
        part = self.part(wait=True)
        wbtest.wait_until(lambda: os.path.getsize(part) == 100_000,
                          "100,000 bytes are there")
        child.kill()
        child.wait()
        server.on["RETR"] = server.retr
        self.assertTrue(self.get(server)[0])
        self.assert_got(DATA)
        self.assertEqual(server.moved, [SIZE - 100_000 + 32 * KIB])

    def test_two_at_once_do_not_share_a_part(self):
        server = Server(self, {"a": DATA})
        gate = []

        def retr(session, argument):
            if not gate:
                gate.append(session.accept())
                session.reply("150 here")
                gate[0].sendall(DATA[:1000])
                return None
            return server.retr(session, argument)
        server.on["RETR"] = retr
        child = self.start([ftpdriver.PROGRAM, server.url, "get", "a", self.path("got"), "ro"])
        part = self.part(wait=True)
        wbtest.wait_until(lambda: os.path.getsize(part) == 1000, "begun")
        self.assertTrue(self.get(server)[0])
        self.assertEqual(self.read("got"), DATA)
        self.assertEqual(os.path.getsize(part), 1000)
        wbtest.stop(child)

    def test_ascii_mode_never_stays(self):
        """A person who typed TYPE A does not get a file with changed line ends."""
        server = Server(self, {"a": DATA})
        kinds = []

        def of_type(session, argument):
            kinds.append(argument)
            return "200 so be it"
        server.on["TYPE"] = of_type
        ftpdriver.ask(server.url, ["raw", "TYPE A"], ["get", "a", self.path("got"), "ro"],
                      ["raw", "NOOP"], ["ping"])
        self.assertEqual(kinds, ["I", "A", "I"])
        self.assert_got(DATA)


class Tls(TestCase):
    """A cut under TLS shows by the close_notify that is missing, and what came is still the beginning."""

    def test_cut(self):
        ca = certs.make_ca(self.path("tls"))
        certificate, key, _both = certs.make_server(self.path("tls"))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server = Server(self, {"a": DATA}, certificate=context)
        url = server.url.replace("ftp:", "ftpes:")
        server.on["RETR"] = lambda s, a: s.send(DATA[:100_000], chop=True)
        call = ["get", "a", self.path("got"), "r"]
        ok, text = ftpdriver.run(url, call, options=["--ca-file", ca])[0]
        self.assertFalse(ok)
        self.assertIn("not all of it", text)
        self.assertEqual(os.path.getsize(self.part()), 100_000)
        server.on["RETR"] = server.retr
        ftpdriver.ask(url, call, options=["--ca-file", ca])
        self.assert_got(DATA)
        self.assertEqual(server.moved, [SIZE - 100_000 + 32 * KIB])


class Uploads(TestCase):
    def setUp(self):
        super().setUp()
        self.write("local", DATA)

    def broken(self, cut=100_000, on=None):
        server = Server(self, {"a": b"old"}, on)
        server.cut = cut
        ok, text = self.put(server)
        self.assertFalse(ok, text)
        self.assertEqual(server.files["a"], b"old")
        part, = set(server.files) - {"a"}
        self.assertEqual(len(server.files[part]), cut)
        return server

    def assert_sent(self, server, data=DATA):
        self.assertEqual(server.files["a"], data)
        self.assertEqual(list(server.files), ["a"])

    def test_cut_anywhere(self):
        for cut in CUTS:
            with self.subTest(cut):
                server = self.broken(cut)
                ok, text = self.put(server)
                self.assertTrue(ok, text)
                self.assert_sent(server)
                self.assertEqual(server.moved, [cut, SIZE - cut])

    def test_a_part_with_other_content(self):
        """Of the same name and size: only a checksum can tell, and then all of it is sent again."""
        for cut in (100_000, SIZE - 1):
            for verify in (False, True):
                with self.subTest(cut=cut, verify=verify):
                    server = self.broken(cut, XMD5)
                    part, = set(server.files) - {"a"}
                    server.files[part] = bytes(cut)
                    ok, text = self.put(server, "rov" if verify else "ro")
                    self.assertTrue(ok, text)
                    self.assert_sent(server, DATA if verify else bytes(cut) + DATA[cut:])
                    self.assertEqual(server.moved, [cut, SIZE - cut, SIZE] if verify else [cut, SIZE - cut])

    def test_a_whole_part_with_other_content(self):
        """Nothing would be left to send."""
        server = self.broken(100_000, XMD5)
        part, = set(server.files) - {"a"}
        server.files[part] = bytes(SIZE)
        ok, text = self.put(server, "rov")
        self.assertTrue(ok, text)
        self.assert_sent(server)

    def test_local_file_changed(self):
        server = self.broken()
        new = os.urandom(SIZE)
        before = os.stat(self.path("local")).st_mtime_ns
        self.write("local", new)
        wbtest.wait_until(lambda: os.stat(self.path("local")).st_mtime_ns != before, "changed")
        self.assertTrue(self.put(server)[0])
        self.assertEqual(server.files["a"], new)
        self.assertEqual(server.moved[-1], SIZE)

    def test_rest_refused_or_ignored(self):
        for reply in ("502 no", "350 (and does nothing)"):
            with self.subTest(reply):
                server = self.broken()
                server.on["REST"] = lambda s, a, reply=reply: reply
                ok, text = self.put(server)
                self.assertTrue(ok, text)
                self.assert_sent(server)
                self.assertEqual(server.moved[-1], SIZE)

    def test_a_part_that_is_too_long(self):
        server = self.broken()
        part, = set(server.files) - {"a"}
        server.files[part] += bytes(SIZE)
        self.assertTrue(self.put(server)[0])
        self.assert_sent(server)

    def test_all_of_it_was_there(self):
        """The cut came between the last byte and the reply."""
        server = self.broken()
        part, = set(server.files) - {"a"}
        server.files[part] = DATA
        self.assertTrue(self.put(server)[0])
        self.assert_sent(server)
        self.assertEqual(server.verbs().count("STOR"), 1)

    def test_size_unknown(self):
        server = self.broken()
        server.has_size = False
        self.assertTrue(self.put(server)[0])
        self.assert_sent(server)
        self.assertEqual(server.moved[-1], SIZE)


class Pieces(TestCase):
    """One file over several connections, and what a server may do to that."""

    LENGTH = 20 * 1024 * KIB

    def get_pieces(self, on=None, data=None):
        data = os.urandom(self.LENGTH) if data is None else data
        server = Server(self, {"a": data}, on)
        self.wire("ftp", "get", "--segments", "3", server.url + "a", self.path("got"))
        self.assertTrue(self.read("got") == data)
        self.assertEqual(self.left(), [])
        return server

    def test_in_pieces(self):
        self.assertGreaterEqual(len(self.get_pieces().moved), 3)

    def test_rest_ignored(self):
        """The size is right, and each piece the beginning."""
        self.get_pieces({"REST": lambda s, a: "350 (and does nothing)"})
        os.unlink(self.path("got"))
        self.get_pieces(data=bytes(self.LENGTH))

    def test_rest_refused(self):
        for reply in ("502 no", "501 not there"):
            server = self.get_pieces({"REST": lambda s, a, reply=reply: reply})
            self.assertIn(self.LENGTH, server.moved)
            os.unlink(self.path("got"))

    def test_no_time(self):
        self.assertEqual(self.get_pieces({"MDTM": lambda s, a: "502 no"}).moved, [self.LENGTH])

    def test_changed_meanwhile(self):
        times = iter(["213 20260101120000"])
        server = self.get_pieces({"MDTM": lambda s, a: next(times, "213 20260101120001")})
        self.assertIn(self.LENGTH, server.moved)


class Large(TestCase):
    """Above 4 GiB every number counts, and nothing is as large here as it looks."""

    SIZE = 5 << 30
    TAIL = 1 << 20

    def sparse(self, name, size):
        with open(self.path(name), "wb") as f:
            f.truncate(size)

    def test_download(self):
        server = Server(self, {"a": b""}, {"SIZE": lambda s, a: f"213 {self.SIZE}"})
        server.on["RETR"] = lambda s, a: s.send(b"x" * 10, end="close")
        self.assertFalse(self.get(server)[0])
        self.sparse(self.part(), self.SIZE - self.TAIL)
        offsets = []

        def retr(session, _argument):
            offsets.append(server.take_offset(session))
            return session.send(bytes(self.SIZE - offsets[-1]))
        server.on["RETR"] = retr
        ok, text = self.get(server)
        self.assertTrue(ok, text)
        self.assertEqual(int(text), self.SIZE)
        self.assertEqual(offsets, [self.SIZE - self.TAIL - 32 * KIB])
        self.assertEqual(os.path.getsize(self.path("got")), self.SIZE)
        self.assertEqual(self.left(), [])

    def test_range(self):
        server = Server(self, {"a": b""}, {
            "RETR": lambda s, a: s.send(str(server.take_offset(s)).encode() + b"more" * 100)})
        got = self.path("got")
        ftpdriver.ask(server.url, ["range", "a", self.SIZE, 10, got])
        with open(got, "rb") as f:
            f.seek(self.SIZE)
            self.assertEqual(f.read(), str(self.SIZE).encode())

    def test_upload(self):
        self.sparse("local", self.SIZE)
        sizes = {}

        def stor(session, argument):
            sizes[argument] = server.take_offset(session) + len(session.receive())
            return "226 have it"
        server = Server(self, {}, {
            "STOR": stor, "RNFR": lambda s, a: "350 to what?",
            "RNTO": lambda s, a: sizes.update({a: sizes.popitem()[1]}) or "250 renamed",
            "SIZE": lambda s, a: f"213 {sizes.get(a, self.SIZE - self.TAIL)}"})
        ok, text = self.put(server)
        self.assertTrue(ok, text)
        self.assertEqual(sizes, {"a": self.SIZE})
        self.assertIn(f"REST {self.SIZE - self.TAIL}", server.commands)


if __name__ == "__main__":
    wbtest.main()

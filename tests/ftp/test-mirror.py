# SPDX-License-Identifier: GPL-3.0-or-later
"""`wire ftp mirror`, both ways, against vsftpd and against servers that mean harm."""

import contextlib
import hashlib
import json
import os
import socket
import zlib

import ftpscript
import holdproxy
import proftpd
import vsftpd
import wbtest


class Mirror(wbtest.TestCase):
    def setUp(self):
        super().setUp()
        self.server = vsftpd.Vsftpd(self, force_dot_files="YES")
        self.url = self.server.url + "site"

    def mirror(self, *args, check=0):
        done = self.wire("ftp", "mirror", *args, check=check)
        return done.stdout.decode("utf-8", "replace")

    def actions(self, *args):
        rows = [json.loads(line) for line in self.mirror(*args, "--dry-run", "--json").splitlines()]
        return [(row["action"], row["path"]) for row in rows]

    def tree(self, folder):
        """Paths below FOLDER and what is in them."""
        found = {}
        for at, folders, files in os.walk(os.fsencode(folder)):
            for name in folders:
                found[os.path.relpath(os.path.join(at, name), os.fsencode(folder))] = None
            for name in files:
                path = os.path.join(at, name)
                with open(path, "rb") as f:
                    found[os.path.relpath(path, os.fsencode(folder))] = f.read()
        return found

    FILES = {b"a": b"1", b"empty": b"", b".hidden/.file": b"2", b"d/e/f": b"3", b"caf\xe9": b"4",
             "王大鹏 (2).txt".encode(): b"5", b"-a": b"6"}

    def make(self, folder, files):
        for name, data in files.items():
            path = os.path.join(os.fsencode(folder), name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as f:
                f.write(data)

    def put_site(self, files):
        for name, data in files.items():
            self.server.put_file(b"site/" + name, data)

    def test_down(self):
        self.put_site(self.FILES)
        os.symlink("a", os.path.join(self.server.folder, "site", "link"))
        os.symlink("..", os.path.join(self.server.folder, "site", "loop"))
        copy = self.path("copy")
        wanted = sorted([("mkdir", ".hidden"), ("mkdir", "d"), ("mkdir", "d/e"), ("skip", "link"),
                         ("skip", "loop"), *(("copy", os.fsdecode(n)) for n in self.FILES)])
        self.assertEqual([(a, p.replace("\ufffd", "\udce9")) for a, p in
                          sorted(self.actions(self.url, copy))], wanted)
        self.assertFalse(os.path.exists(copy), "a dry run changes nothing")
        self.assertEqual(self.mirror(self.url, copy), "")
        folders = {b".hidden": None, b"d": None, b"d/e": None}
        self.assertEqual(self.tree(copy), {**self.FILES, **folders})
        self.assertEqual(self.actions(self.url, copy), [("skip", "link"), ("skip", "loop")])

        # A change on each side, one that is gone, one that is extra.
        self.put_site({b"a": b"one"})
        os.unlink(os.path.join(self.server.folder, "site", "d", "e", "f"))
        self.make(copy, {b"extra/x": b"7"})
        self.assertEqual([a for a in self.actions(self.url, copy) if a[0] != "skip"], [("replace", "a")])
        self.assertEqual([a for a in self.actions(self.url, copy, "--delete") if a[0] != "skip"],
                         [("replace", "a"), ("delete", "d/e/f"), ("delete", "extra/x"), ("rmdir", "extra")])
        self.mirror(self.url, copy, "--delete")
        files = {**self.FILES, b"a": b"one"}
        del files[b"d/e/f"]
        self.assertEqual(self.tree(copy), {**files, **folders})

    def test_up(self):
        here = self.path("here")
        self.make(here, self.FILES)
        os.symlink("a", os.path.join(here, "link"))
        self.assertIn("copy     missing      a\n", self.mirror(here, self.url, "--dry-run"))
        self.assertEqual(self.server.names(), [])
        self.mirror(here, self.url)
        site = os.path.join(self.server.folder, "site")
        folders = {b".hidden": None, b"d": None, b"d/e": None}
        self.assertEqual(self.tree(site), {**self.FILES, **folders})
        self.assertEqual(self.actions(here, self.url), [("skip", "link")])

        # Later than what the server has by more than a listing leaves out.
        later = os.stat(os.path.join(here, "a")).st_mtime + 200
        os.utime(os.path.join(here, "a"), (later, later))
        self.put_site({b"extra/x": b"7"})
        self.assertEqual([a for a in self.actions(here, self.url, "--delete") if a[0] != "skip"],
                         [("replace", "a"), ("delete", "extra/x"), ("rmdir", "extra")])
        self.assertEqual(self.actions(here, self.url, "--size-only"), [("skip", "link")])
        self.mirror(here, self.url, "--delete")
        self.assertEqual(self.tree(site), {**self.FILES, **folders})

    def test_one_connection(self):
        """The server lets in no other beside it."""
        server = vsftpd.Vsftpd(self, folder=self.path("one"), max_per_ip="1")
        for turn in range(3):
            self.make(self.path("here"), {f"{turn}-{i}".encode(): b"x" * 999 for i in range(9)})
            server.put_file("site/extra", b"x")
            self.mirror(self.path("here"), server.url + "site", "--delete", "--jobs", "8")
            self.assertEqual(self.tree(os.path.join(server.folder, "site")), self.tree(self.path("here")))

    def test_kinds_in_the_way(self):
        self.put_site({b"x/a": b"1", b"y": b"2"})
        copy = self.path("copy")
        self.make(copy, {b"x": b"old", b"y/deep/z": b"old"})
        self.assertEqual(self.actions(self.url, copy), [("skip", "x"), ("skip", "y")])
        self.mirror(self.url, copy, "--delete")
        self.assertEqual(self.tree(copy), {b"x": None, b"x/a": b"1", b"y": b"2"})

    def test_a_link_is_not_entered(self):
        """A link in the target could lead anywhere."""
        self.put_site({b"d/a": b"1"})
        outside = self.path("outside")
        os.mkdir(outside)
        os.mkdir(self.path("copy"))
        os.symlink(outside, self.path("copy", "d"))
        self.mirror(self.url, self.path("copy"))
        self.assertEqual(os.listdir(outside), [])
        self.mirror(self.url, self.path("copy"), "--delete")
        self.assertEqual(os.listdir(outside), [])
        self.assertEqual(self.tree(self.path("copy")), {b"d": None, b"d/a": b"1"})

    def test_links_left_out_are_told(self):
        self.make(self.path("from"), {b"a": b"1"})
        os.symlink("a", self.path("from", "link"))
        done = self.wire("ftp", "mirror", self.path("from"), self.url, check=0)
        self.assertIn(b"1 link was left out, since links are not followed: link", done.stderr)
        os.symlink("a", self.path("from", "other"))
        done = self.wire("ftp", "mirror", self.path("from"), self.url, check=0)
        self.assertIn(b"2 links were left out", done.stderr)
        self.assertNotIn(b"link", self.wire("ftp", "mirror", self.path("from"), self.url, "-q", check=0).stderr)

    def test_nothing_is_deleted_when_something_failed(self):
        self.put_site({b"a": b"1", b"b": b"2"})
        os.chmod(os.path.join(self.server.folder, "site", "b"), 0)
        copy = self.path("copy")
        self.make(copy, {b"extra": b"3"})
        self.mirror(self.url, copy, "--delete", check=1)
        self.assertEqual(self.tree(copy), {b"a": b"1", b"extra": b"3"})

    def test_missing_source(self):
        self.mirror(self.path("none"), self.url, check=1)
        self.mirror(self.url, self.path("copy"), check=1)
        self.assertFalse(os.path.exists(self.path("copy")))


class LinkCase(wbtest.TestCase):
    """What becomes of links with --links."""

    options = ()

    def mirror(self, *args, check=0):
        return self.wire("ftp", "mirror", *args, *self.options, check=check)

    def links(self, folder):
        """Path → where it leads, of all links in FOLDER."""
        found = {}
        for at, folders, files in os.walk(folder):
            for name in folders + files:
                path = os.path.join(at, name)
                if os.path.islink(path):
                    found[os.path.relpath(path, folder)] = os.readlink(path)
        return found

    def make(self, folder, files, links):
        for name, data in files.items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as f:
                f.write(data)
        for name, target in links.items():
            os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
            os.symlink(target, os.path.join(folder, name))

    FILES = {"a": b"1", "d/e/f": b"2"}
    GOOD = {"to-a": "a", "to-d": "d", "d/up": "../a", "d/e/top": "../..", "chain": "to-a", "loop": ".",
            "self": "self", "round-1": "round-2", "round-2": "round-1", "dangling": "none/x"}
    BAD = {"etc": "/etc/passwd", "up": "..", "d/far": "../../secret", "sly": "d/../../x",
           "d/e/longer": "../../../x", "by": "to-d/../../x"}


class LinksDown(LinkCase):
    def setUp(self):
        super().setUp()
        self.server = vsftpd.Vsftpd(self)
        self.url = self.server.url + "site"
        for name, data in self.FILES.items():
            self.server.put_file("site/" + name, data)
        self.site = os.path.join(self.server.folder, "site")
        self.copy = self.path("copy")

    def test_copied(self):
        self.make(self.site, {}, {**self.GOOD, **self.BAD})
        done = self.mirror(self.url, self.copy, "--links", "copy")
        self.assertIn(b"6 links were left out, since they lead out of the folder", done.stderr)
        self.assertEqual(self.links(self.copy), self.GOOD)
        rows = self.mirror(self.url, self.copy, "--links", "copy", "--dry-run", "--json").stdout.splitlines()
        self.assertEqual(sorted((json.loads(r)["action"], json.loads(r)["path"]) for r in rows),
                         sorted(("skip", name) for name in self.BAD))

        # One that changed, one that is gone, one that is a file by now.
        for name in ("to-a", "to-d", "chain"):
            os.unlink(os.path.join(self.site, name))
        self.make(self.site, {"chain": b"file"}, {"to-a": "d/e/f"})
        self.mirror(self.url, self.copy, "--links", "copy", "--delete")
        wanted = {**self.GOOD, "to-a": "d/e/f"}
        del wanted["to-d"], wanted["chain"]
        self.assertEqual(self.links(self.copy), wanted)
        self.assertTrue(os.path.isfile(os.path.join(self.copy, "chain")))

    def test_whole_paths(self):
        """A link that names its own folder by its whole path stays in it."""
        self.make(self.site, {}, {"d/abs": "/upload/site/d/e/f", "abs": "/upload/site", "out": "/upload/sitex/f"})
        self.mirror(self.url, self.copy, "--links", "copy")
        self.assertEqual(self.links(self.copy), {"d/abs": "e/f", "abs": "."})

    def test_a_way_out_that_was_there(self):
        """A link here that the person made leads away, and one of the server's would pass it."""
        outside = self.path("outside")
        os.mkdir(outside)
        self.make(self.copy, {}, {"mine": outside})
        self.make(self.site, {}, {"by": "mine/x", "direct": "mine", "fine": "a"})
        done = self.mirror(self.url, self.copy, "--links", "copy", check=1)
        self.assertIn(b"lead out of the folder", done.stderr)
        self.assertEqual(self.links(self.copy), {"mine": outside, "fine": "a"})

    def test_what_is_no_link_stays(self):
        self.make(self.copy, {"to-a": b"mine"}, {})
        self.make(self.site, {}, {"to-a": "a"})
        self.mirror(self.url, self.copy, "--links", "copy")
        self.assertEqual(self.links(self.copy), {})
        self.mirror(self.url, self.copy, "--links", "copy", "--delete")
        self.assertEqual(self.links(self.copy), {"to-a": "a"})

    def test_followed(self):
        self.make(self.site, {}, {**self.GOOD, "etc": "/etc/passwd"})
        done = self.mirror(self.url, self.copy, "--links", "follow")
        self.assertEqual(self.links(self.copy), {})
        found = sorted(os.path.relpath(os.path.join(at, name), self.copy)
                       for at, _folders, files in os.walk(self.copy) for name in files)
        self.assertEqual(found, ["a", "chain", "d/e/f", "d/up", "to-a", "to-d/e/f", "to-d/up"])
        self.assertIn(b"lead nowhere or in a circle", done.stderr)
        with open(os.path.join(self.copy, "to-d", "up"), "rb") as f:
            self.assertEqual(f.read(), b"1")
        rows = self.mirror(self.url, self.copy, "--links", "follow", "--dry-run", "--json").stdout.splitlines()
        self.assertEqual({json.loads(r)["action"] for r in rows}, {"skip"})

    def test_skipped(self):
        self.make(self.site, {}, self.GOOD)
        self.assertNotIn(b"left out", self.mirror(self.url, self.copy, "--links", "skip").stderr)
        self.assertEqual(self.links(self.copy), {})

    def test_nonsense(self):
        self.assertIn(b"--links takes", self.mirror(self.url, self.copy, "--links", "all", check=2).stderr)


class LinksUp(LinkCase):
    def setUp(self):
        super().setUp()
        self.here = self.path("here")

    def test_proftpd(self):
        """It makes whole paths of all targets, and none that leads nowhere."""
        if not proftpd.is_there():
            self.skipTest("ProFTPD is not there")
        server = proftpd.Proftpd(self)
        good = {"to-a": "a", "d/up": "../a", "d/e/beside": "f", "chain": "to-a", "a-first": "d/up"}
        self.make(self.here, self.FILES, {**good, "out": "/etc/passwd"})
        self.mirror(self.here, server.url + "site", "--links", "copy")
        site = os.path.join(server.folder, "site")
        self.assertEqual(sorted(self.links(site)), sorted(good))
        real = {name: os.path.join(site, os.path.relpath(target, "/site")) if target.startswith("/")
                else os.path.join(site, os.path.dirname(name), target)
                for name, target in self.links(site).items()}
        for name in good:
            self.assertTrue(os.path.lexists(real[name]), name)
        self.assertEqual(os.path.normpath(real["d/up"]), os.path.join(site, "a"))
        # Nothing is left to do, as far as it kept what it was told.
        rows = self.mirror(self.here, server.url + "site", "--links", "copy", "--dry-run", "--json").stdout
        again = [json.loads(row) for row in rows.splitlines()]
        self.assertLessEqual({row["path"] for row in again}, {"out", "chain", "a-first"})
        # And back again.
        self.mirror(server.url + "site", self.path("back"), "--links", "copy")
        back = self.links(self.path("back"))
        self.assertEqual({k: back[k] for k in ("to-a", "d/up", "d/e/beside")},
                         {"to-a": "a", "d/up": "../a", "d/e/beside": "f"})

    def test_a_server_that_makes_none(self):
        server = vsftpd.Vsftpd(self)
        self.make(self.here, self.FILES, {"to-a": "a"})
        done = self.mirror(self.here, server.url + "site", "--links", "copy", check=1)
        self.assertIn(b"link", done.stderr)
        self.assertEqual(server.read("site/d/e/f"), b"2")
        # Nor does it lose one that leads elsewhere.
        os.symlink("d", os.path.join(server.folder, "site", "to-a"))
        self.mirror(self.here, server.url + "site", "--links", "copy", check=1)
        self.assertEqual(self.links(os.path.join(server.folder, "site")), {"to-a": "d"})

    def test_followed(self):
        server = vsftpd.Vsftpd(self)
        self.make(self.here, self.FILES, self.GOOD)
        done = self.mirror(self.here, server.url + "site", "--links", "follow")
        site = os.path.join(server.folder, "site")
        found = sorted(os.path.relpath(os.path.join(at, name), site)
                       for at, _folders, files in os.walk(site) for name in files)
        self.assertEqual(found, ["a", "chain", "d/e/f", "d/up", "to-a", "to-d/e/f", "to-d/up"])
        self.assertIn(b"lead nowhere or in a circle", done.stderr)

    def test_scripted(self):
        """What goes over the wire: from the link's own folder, and the one in its place goes only when
        there is another."""
        made = []
        server = ftpscript.FtpScript(self, {}, {
            "SITE": lambda _s, a: (made.append(a), "200 made")[1] if a.startswith("SYMLINK") else "502 no",
            "CWD": lambda _s, _a: "250 there",
            "LIST": lambda s, a: s.send(b"lrwxrwxrwx 1 u g 3 Jan 01 2020 to-a -> old\r\n"),
            "RNFR": lambda _s, _a: "350 and now",
            "RNTO": lambda s, _a: "250 done" if "DELE to-a" in s.server.commands else "553 it exists",
            "DELE": lambda _s, _a: "250 gone"})
        self.make(self.here, {"a": b"1"}, {"to-a": "a"})
        self.mirror(self.here, server.url + "site", "--links", "copy")
        self.assertEqual(len(made), 1)
        part = made[0].split()[-1]
        self.assertRegex(made[0], r"^SYMLINK a to-a\.[0-9a-f]{8}\.part$")
        at = server.commands.index("SITE " + made[0])
        self.assertEqual(server.commands[at - 1].split()[0], "CWD")
        self.assertEqual(server.commands[at + 1:at + 6], [f"RNFR {part}", "RNTO to-a", "DELE to-a",
                                                          f"RNFR {part}", "RNTO to-a"])


class HostileLinks(LinkCase):
    """A server that says what it likes about its links."""

    def serve(self, rows, **on):
        text = b"".join(b"lrwxrwxrwx 1 u g %d Jan 01 2020 %s -> %s\r\n" % (len(t), n, t) for n, t in rows)
        return ftpscript.FtpScript(self, {}, {"LIST": lambda s, _a: s.send(text),
                                              "CWD": lambda _s, _a: "250 there", **on})

    def test_targets(self):
        rows = [(b"a%d" % i, target) for i, target in enumerate((
            b"/etc", b"..", b"../..", b"./..", b"x/../..", b"x/..", b"a/../../b", b"//etc", b"../copy2",
            b".//..", b"x/./../../y", b"/", b"/../etc", b"n" * 5000))]
        server = self.serve([*rows, (b"../evil", b"x"), (b"good", b"a0")],
                            PWD=lambda _s, _a: '257 "/site" is where you are')
        self.mirror(server.url, self.path("in", "copy"), "--links", "copy", check=None)
        self.assertEqual(self.links(self.dir), {os.path.join("in", "copy", "good"): "a0"})
        self.assertEqual(os.listdir(self.path("in")), ["copy"])

    def test_a_root_that_is_claimed(self):
        """“/etc” is no part of the folder because the server says that it is in “/”."""
        server = self.serve([(b"a", b"/etc/passwd"), (b"b", b"/../etc")])
        self.mirror(server.url, self.path("copy"), "--links", "copy", check=None)
        for name, target in self.links(self.path("copy")).items():
            self.assertEqual(name, "a")
            self.assertEqual(target, "etc/passwd", "inside the copy")

    def test_files_behind_a_link(self):
        """One name as a link and as a folder: nothing is written through the link."""
        outside = self.path("outside")
        os.mkdir(outside)
        rows = {"": b"lrwxrwxrwx 1 u g 10 Jan 01 2020 d -> ../outside\r\ndrwxr-xr-x 1 u g 4 Jan 01 2020 d\r\n",
                "d": b"-rw-r--r-- 1 u g 4 Jan 01 2020 x\r\n"}
        server = ftpscript.FtpScript(self, {"d/x": b"evil"}, {
            "LIST": lambda s, a: s.send(rows["d" if a.endswith("d") else ""]),
            "CWD": lambda _s, _a: "250 there", "RETR": lambda s, _a: s.send(b"evil")})
        self.mirror(server.url, self.path("copy"), "--links", "copy", check=None)
        self.assertEqual(os.listdir(outside), [])

    def test_endless_links(self):
        """Each leads to a folder that has two more, and the server never says where it is."""
        server = self.serve([(b"a", b"x"), (b"b", b"y")], PWD=lambda s, _a: f'257 "/{len(s.server.commands)}"')
        done = self.mirror(server.url, self.path("copy"), "--links", "follow", check=None)
        self.assertLess(len(server.commands), 20_000)
        self.assertNotIn(done.returncode, (-6, -11))


class Checksums(wbtest.TestCase):
    """Files of one size and time, told apart by what the server says of their content."""

    SUMS = {"XCRC": lambda data: f"{zlib.crc32(data):08X}", "XMD5": lambda data: hashlib.md5(data).hexdigest(),
            "XSHA256": lambda data: hashlib.sha256(data).hexdigest()}
    FILES = {"same": b"alike", "other": b"there"}

    def serve(self, *verbs):
        rows = b"".join(f"-rw-r--r-- 1 u g 5 Jan 01 2020 {name}\r\n".encode() for name in self.FILES)
        answer = {verb: lambda s, a, sum=self.SUMS[verb]: "250 " + sum(self.FILES[os.path.basename(a)])
                  for verb in verbs}
        return ftpscript.FtpScript(self, self.FILES, {
            "FEAT": ftpscript.features(*verbs), "CWD": lambda _s, _a: "250 there",
            "LIST": lambda s, _a: s.send(rows), **answer})

    def setUp(self):
        super().setUp()
        os.mkdir(self.path("copy"))
        for name, data in (("same", b"alike"), ("other", b"heres")):
            with open(self.path("copy", name), "wb") as f:
                f.write(data)

    def compare(self, server, *args, check=0):
        return self.wire("ftp", "mirror", server.url, self.path("copy"), "--dry-run", *args, check=check)

    def test_content_is_compared(self):
        for verb in self.SUMS:
            with self.subTest(verb):
                server = self.serve(verb)
                self.assertEqual(self.compare(server).stdout, b"")
                self.assertEqual(self.compare(server, "--checksum").stdout.split(),
                                 [b"replace", b"hash", b"other"])

    def test_a_server_without_any(self):
        self.assertIn(b"cannot make checksums", self.compare(self.serve(), "--checksum", check=1).stderr)

    def test_a_file_that_cannot_be_read(self):
        """It was there a moment ago: that is said, and the two are not taken for equal."""
        server = self.serve("XMD5")

        def takes_it_away(_session, name):
            os.unlink(self.path("copy", os.path.basename(name)))
            return "250 " + "0" * 32

        server.on["XMD5"] = takes_it_away
        done = self.compare(server, "--checksum", check=1)
        self.assertIn(b"Reading the file failed", done.stderr)


class HidingProxy(holdproxy.HoldProxy):
    """On its control connections FEAT does not tell of HASH."""

    @staticmethod
    def answers(server, client):
        with contextlib.suppress(OSError):
            while got := server.recv(65536):
                client.sendall(got.replace(b" HASH ", b" HUSH "))
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)


class RealChecksums(wbtest.TestCase):
    """Against ProFTPD, by HASH, and by the commands with an X where a proxy hides that it has HASH."""

    def test_both_ways(self):
        if not proftpd.is_there():
            self.skipTest("ProFTPD is not there")
        server = proftpd.Proftpd(self)
        hidden = server.url.replace(f":{server.port}/", f":{HidingProxy(self, server.port).port}/")
        here = self.path("here")
        for url, verb in ((server.url, rb"\bHASH "), (hidden, rb"\bXSHA512 ")):
            for up in (True, False):
                with self.subTest(verb=verb, up=up):
                    # Alike in size and time, but for what is in them.
                    for name, data in (("same", b"alike"), ("d/other", b"here!")):
                        self.write("here/" + name, data)
                    server.put_file("site/same", b"alike")
                    server.put_file("site/d/other", b"there")
                    for folder in (here, os.path.join(server.folder, "site")):
                        for name in ("same", "d/other"):
                            os.utime(os.path.join(folder, name), (1_700_000_000,) * 2)
                    ends = (here, url + "site") if up else (url + "site", here)
                    self.assertEqual(self.mirror(*ends, "--dry-run"), b"")
                    log = self.path("log.txt")
                    self.assertEqual(self.mirror(*ends, "--checksum", "--dry-run", "--transcript", log).split(),
                                     [b"replace", b"hash", b"d/other"])
                    self.assertRegex(self.read("log.txt"), verb)
                    self.assertNotRegex(self.read("log.txt"), rb"\b(STOR|RETR|MKD|DELE|RNFR) ")
                    both = (server.read("site/d/other"), self.read("here", "d", "other"))
                    self.assertEqual(both, (b"there", b"here!"), "a dry run changes nothing")
                    self.mirror(*ends, "--checksum")
                    both = (server.read("site/d/other"), self.read("here", "d", "other"))
                    self.assertEqual(both, (b"here!" if up else b"there",) * 2)
                    self.assertEqual(self.mirror(*ends, "--checksum", "--dry-run"), b"")

    def mirror(self, *args):
        return self.wire("ftp", "mirror", *args, check=0).stdout


class Hostile(wbtest.TestCase):
    def serve(self, rows):
        server = ftpscript.FtpScript(self, {"good": b"fine"}, {
            "LIST": lambda s, _a: s.send(b"".join(row + b"\r\n" for row in rows)),
            "CWD": lambda _s, _a: "250 there",
            "RETR": lambda s, _a: s.send(b"fine"),
        })
        return server

    def test_names(self):
        row = b"-rw-r--r-- 1 u g 4 Jan 01 2020 "
        server = self.serve([row + name for name in (b"good", b"../evil", b"/evil", b"..", b".",
                                                     b"a/../../evil", b"ev\0il", b"d/evil")])
        os.makedirs(self.path("in", "copy"))
        self.wire("ftp", "mirror", server.url, self.path("in", "copy"), check=0)
        found = sorted(name for _at, _folders, files in os.walk(self.dir) for name in files)
        self.assertEqual([name for name in found if name == "good"], ["good"])
        self.assertEqual(sorted(os.listdir(self.dir)), ["in"])
        self.assertEqual(os.listdir(self.path("in")), ["copy"])

    def test_endless_folders(self):
        server = self.serve([b"drwxr-xr-x 1 u g 4 Jan 01 2020 again"])
        done = self.wire("ftp", "mirror", server.url, self.path("copy"), check=1)
        self.assertIn(b"loop", done.stderr)
        self.assertLess(len(server.commands), 500)
        self.assertFalse(os.path.exists(self.path("copy")))


if __name__ == "__main__":
    wbtest.main()

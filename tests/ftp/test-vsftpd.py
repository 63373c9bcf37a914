# SPDX-License-Identifier: GPL-3.0-or-later
"""Every verb against vsftpd, in the clear, with AUTH TLS and with implicit TLS."""

import json
import os
import pty
import stat

import ftpverbs
import vsftpd
import wbtest


class Verbs:
    tls = {}

    def setUp(self):
        super().setUp()
        self.server = vsftpd.Vsftpd(self, **self.tls)
        self.url = self.server.url

    def ftp(self, verb, *args, check=0, **kw):
        done = self.wire("ftp", verb, *args, *self.server.options(), check=check, **kw)
        if check == 1:
            self.assertEqual(done.stderr.count(b"\n"), 1, done.stderr)
        return done

    def ls(self, url):
        return {row["name"]: row for row in
                map(json.loads, self.ftp("ls", "--json", url).stdout.splitlines())}

    def test_list(self):
        self.server.put_file("a b.txt", b"12345")
        self.server.put_file(".hidden", b"")
        self.server.put_file("folder/x", b"1")
        os.symlink("a b.txt", os.path.join(self.server.folder, "link"))
        rows = self.ls(self.url)
        self.assertEqual({n: r["type"] for n, r in rows.items()},
                         {"a b.txt": "file", ".hidden": "file", "folder": "directory",
                          "link": "link"})
        self.assertEqual(rows["a b.txt"]["size"], 5)
        self.assertEqual(rows["a b.txt"]["mode"], "rw-r--r--")
        self.assertEqual(rows["link"]["target"], "a b.txt")
        self.assertEqual(list(self.ls(self.url + "folder")), ["x"])
        self.assertIn(b"a b.txt", self.ftp("ls", self.url).stdout)

    def test_list_empty_and_missing(self):
        self.assertEqual(self.ls(self.url), {})
        done = self.ftp("ls", self.url + "missing", check=1)
        self.assertIn(b"no such file or folder", done.stderr)

    def test_list_unreadable(self):
        """The server lists nothing, and says that all went well."""
        self.server.put_file("locked/inside", b"1")
        os.chmod(os.path.join(self.server.folder, "locked"), 0o311)
        self.server.put_file("same/same/x", b"1")
        for end in ("locked/", "locked"):
            done = self.ftp("ls", self.url + end, check=1)
            self.assertIn(b"may not do that here", done.stderr)
        self.assertEqual(list(self.ls(self.url + "same")), ["same"])
        self.assertEqual(list(self.ls(self.url + "same/same")), ["x"])

    def test_list_names_that_look_like_options(self):
        for folder in ("-a", "*", "a[b]", " x", "q\"uote"):
            self.server.put_file(folder + "/inside", b"1")
        for folder in ("-a", "%2A", "a%5Bb%5D", "%20x", "q%22uote"):
            self.assertEqual(list(self.ls(self.url + folder)), ["inside"], folder)

    def test_get(self):
        data = os.urandom(3_000_001)
        self.server.put_file("a b.bin", data)
        self.ftp("get", self.url + "a%20b.bin", self.path("got"))
        self.assertEqual(self.read("got"), data)
        os.mkdir(self.path("in"))
        self.ftp("get", self.url + "a%20b.bin", self.path("in"))
        self.assertEqual(self.read("in", "a b.bin"), data)
        self.assertEqual(os.listdir(self.path("in")), ["a b.bin"])

    def test_get_empty(self):
        self.server.put_file("empty", b"")
        self.ftp("get", self.url + "empty", self.path("got"))
        self.assertEqual(self.read("got"), b"")

    def test_get_missing(self):
        done = self.ftp("get", self.url + "missing", self.path("got"), check=1)
        self.assertIn(b"Could not receive the file", done.stderr)
        self.assertEqual([n for n in os.listdir(self.dir) if n.startswith("got")], [])

    def test_get_where_a_file_is(self):
        self.server.put_file("a.txt", b"new")
        self.write("got.txt", "old")
        for policy in ((), ("--if-exists", "ask")):
            self.ftp("get", *policy, self.url + "a.txt", self.path("got.txt"), check=1)
            self.assertEqual(self.read("got.txt"), b"old")
        self.ftp("get", "--if-exists", "skip", self.url + "a.txt", self.path("got.txt"))
        self.assertEqual(self.read("got.txt"), b"old")
        self.ftp("get", "--if-exists", "rename", self.url + "a.txt", self.path("got.txt"))
        self.assertEqual(self.read("got.txt"), b"old")
        self.assertEqual(self.read("got (2).txt"), b"new")
        self.ftp("get", "--if-exists", "overwrite", self.url + "a.txt", self.path("got.txt"))
        self.assertEqual(self.read("got.txt"), b"new")
        self.write("got.txt", "old")
        self.ftp("get", "--if-exists", "resume", self.url + "a.txt", self.path("got.txt"))
        self.assertEqual(self.read("got.txt"), b"old", "of the same size")
        self.write("got.txt", "n")
        self.ftp("get", "--if-exists", "resume", self.url + "a.txt", self.path("got.txt"))
        self.assertEqual(self.read("got.txt"), b"new")

    def test_resume_replaces_nothing_longer(self):
        self.server.put_file("a.txt", b"new")
        self.write("got.txt", "longer than it")
        done = self.ftp("get", "--if-exists", "resume", self.url + "a.txt", self.path("got.txt"), check=1)
        self.assertIn(b"longer (14 bytes) than the file (3 bytes)", done.stderr)
        self.assertEqual(self.read("got.txt"), b"longer than it")
        self.ftp("put", "--if-exists", "resume", self.path("got.txt"), self.url + "a.txt")
        self.assertEqual(self.server.read("a.txt"), b"longer than it", "the shorter one is gone on with")
        self.write("got.txt", "short")
        done = self.ftp("put", "--if-exists", "resume", self.path("got.txt"), self.url + "a.txt", check=1)
        self.assertIn(b"longer (14 bytes) than the file (5 bytes)", done.stderr)
        self.assertEqual(self.server.read("a.txt"), b"longer than it")

    def test_a_part_that_is_there_is_not_touched(self):
        self.server.put_file("a", b"new")
        self.server.put_file("b.part", b"theirs")
        self.write("got.part", "mine")
        self.ftp("get", self.url + "a", self.path("got"))
        self.assertEqual((self.read("got"), self.read("got.part")), (b"new", b"mine"))
        self.ftp("put", self.path("got"), self.url + "b")
        self.assertEqual((self.server.read("b"), self.server.read("b.part")), (b"new", b"theirs"))

    def test_get_never_follows_a_link(self):
        self.server.put_file("a", b"new")
        self.write("precious", "old")
        os.symlink(self.path("precious"), self.path("got"))
        os.symlink(self.path("precious"), self.path("got.part"))
        self.ftp("get", self.url + "a", self.path("got"), check=1)
        self.ftp("get", "--if-exists", "overwrite", self.url + "a", self.path("got"))
        self.assertEqual(self.read("precious"), b"old")
        self.assertEqual(self.read("got"), b"new")
        self.assertFalse(os.path.islink(self.path("got")))

    def test_put(self):
        data = os.urandom(3_000_001)
        self.ftp("put", self.write("a b.bin", data), self.url)
        self.assertEqual(self.server.names(), ["a b.bin"])
        self.assertEqual(self.server.read("a b.bin"), data)
        self.ftp("put", self.write("empty", b""), self.url + "other")
        self.assertEqual(self.server.read("other"), b"")

    def test_put_where_a_file_is(self):
        local = self.write("a.txt", "new")
        self.server.put_file("a.txt", b"old")
        done = self.ftp("put", local, self.url, check=1)
        self.assertIn(b"overwrite", done.stderr)
        self.assertEqual(self.server.read("a.txt"), b"old")
        self.ftp("put", "--if-exists", "skip", local, self.url)
        self.assertEqual(self.server.read("a.txt"), b"old")
        self.ftp("put", "--if-exists", "rename", local, self.url)
        self.assertEqual(self.server.names(), ["a (2).txt", "a.txt"])
        self.ftp("put", "--if-exists", "overwrite", local, self.url)
        self.assertEqual(self.server.read("a.txt"), b"new")
        self.assertEqual(self.server.names(), ["a (2).txt", "a.txt"])

    def test_put_takes_ordinary_files_only(self):
        os.mkfifo(self.path("fifo"))
        for path in (self.path("fifo"), "/dev/zero", "/proc/self/status", self.path("missing")):
            done = self.ftp("put", path, self.url, check=1)
            self.assertIn(b"Could not send the file", done.stderr, path)
        self.ftp("put", self.dir, self.url, check=2)
        self.assertEqual(self.server.names(), [])

    def test_folders_and_names(self):
        self.ftp("mkdir", self.url + "a")
        self.ftp("mkdir", self.url + "a", check=1)
        self.ftp("mkdir", "-p", self.url + "b/c/d")
        self.server.put_file("x", b"1")
        self.ftp("mv", self.url + "x", "y")
        self.ftp("mv", self.url + "y", self.url + "a/z")
        self.ftp("mv", self.url + "missing", "y", check=1)
        self.assertEqual(self.server.read("a/z"), b"1")
        self.ftp("rm", self.url + "a", check=1)
        self.ftp("rm", self.url + "a/z", self.url + "a")
        self.ftp("rm", self.url + "missing", check=1)
        self.ftp("rm", "--recursive", self.url + "b")
        self.assertEqual(self.server.names(), [])

    def test_names_round_trip(self):
        """The server's bytes, whatever they are, go back as they came."""
        folder = os.fsencode(self.server.folder)
        names = ["王大鹏.txt".encode("gbk"), b"caf\xe9", "王大鹏.txt".encode(), b"a\tb", b"%41#?"]
        for name in names:
            self.server.put_file(name, name * 3)
        self.ftp("get", "-r", self.url, self.path("got"))
        self.assertEqual(sorted(os.listdir(os.fsencode(self.path("got")))), sorted(names))
        for name in names:
            with open(os.path.join(os.fsencode(self.path("got")), name), "rb") as f:
                self.assertEqual(f.read(), name * 3)
        self.ftp("put", "-r", self.path("got"), self.url + "back")
        self.assertEqual(sorted(os.listdir(os.path.join(folder, b"back"))), sorted(names))
        rows = self.ls(self.url)
        self.assertEqual(rows["caf\ufffd"]["name_hex"].replace(" ", ""), b"caf\xe9".hex())
        self.ftp("get", self.url + "caf%E9", self.path("one"))
        self.assertEqual(self.read("one"), b"caf\xe9" * 3)

    def test_trees_both_ways(self):
        files = {f"t/{d}/f{i}": os.urandom(i * 37) for d in ("a", "a/b", "c") for i in range(20)}
        for name, data in files.items():
            self.write(name, data)
        os.mkdir(self.path("t/empty"))
        os.symlink("..", self.path("t/loop"))
        done = self.ftp("put", "-r", "--jobs", "4", self.path("t"), self.url, check=1)
        self.assertIn(b"link to another folder", done.stderr)
        self.assertEqual(sorted(os.listdir(os.path.join(self.server.folder, "t"))),
                         ["a", "c", "empty"])
        self.ftp("get", "-r", self.url + "t", self.path("back"))
        for name, data in files.items():
            self.assertEqual(self.read("back" + name[1:]), data, name)
        self.assertEqual(os.listdir(self.path("back/empty")), [])
        # Again, into what is there: nothing is overwritten, and with skip nothing is wrong.
        done = self.ftp("get", "-r", self.url + "t/a", self.path("back"), check=1)
        self.assertIn(b"exists already", done.stderr)
        self.ftp("get", "-r", "--if-exists", "skip", self.url + "t/a", self.path("back"))

    def test_segments(self):
        data = os.urandom((40 << 20) + 12345)
        self.server.put_file("large", data)
        self.ftp("get", "--segments", "4", self.url + "large", self.path("got"))
        self.assertEqual(self.read("got"), data)
        self.assertFalse([n for n in os.listdir(self.dir) if ".part" in n])
        with open(os.path.join(self.server.dir, "log"), encoding="utf-8", errors="replace") as f:
            self.assertGreater(f.read().count('"REST '), 2)
        self.ftp("get", "--segments", "4", self.url + "large", self.path("got"), check=1)

    def test_preserve(self):
        path = self.write("tool", "run")
        os.utime(path, (1700000000, 1700000000))
        self.server.put_file("old", b"1")
        os.utime(os.path.join(self.server.folder, "old"), (1600000000, 1600000000))
        self.ftp("get", "--preserve", self.url + "old", self.path("old"))
        self.assertEqual(os.stat(self.path("old")).st_mtime, 1600000000)
        self.ftp("get", self.url + "old", self.path("new"))
        self.assertGreater(os.stat(self.path("new")).st_mtime, 1700000000)

    def test_preserve_permissions(self):
        path = self.server.put_file("t/tool", b"#!")
        os.chmod(path, 0o6755)
        secret = self.server.put_file("t/secret", b"1")
        os.chmod(secret, 0o600)
        for name, args in (("kept", ["--preserve"]), ("plain", [])):
            self.ftp("get", "-r", self.url + "t", self.path(name), *args)
        modes = {name: stat.S_IMODE(os.stat(self.path(*name.split("/"))).st_mode)
                 for name in ("kept/tool", "kept/secret", "plain/tool")}
        umask = os.umask(0)
        os.umask(umask)
        self.assertEqual(modes, {"kept/tool": 0o755 & ~umask, "kept/secret": 0o600,
                                 "plain/tool": 0o666 & ~umask})

    def ask(self, typed, *args):
        """A person at a terminal; what the terminal showed."""
        outside, inside = pty.openpty()
        self.addCleanup(os.close, outside)
        child = self.start([wbtest.WIRE, "ftp", *args, *self.server.options()], stdin=inside,
                           stderr=inside, env=dict(os.environ, LANGUAGE="en"))
        os.close(inside)
        os.write(outside, typed)
        shown = b""
        while True:
            try:
                shown += os.read(outside, 4096)
            except OSError:
                break
        self.assertEqual(child.wait(60), 0, shown)
        return shown

    def test_asks_at_a_terminal(self):
        for i in range(3):
            self.server.put_file(f"t/{i}", b"new")
            self.write(f"t/{i}", "old")
        shown = self.ask(b"what\nN\n", "get", "-r", self.url + "t", self.dir)
        self.assertEqual(shown.count(b"exists. Overwrite"), 2)
        self.assertEqual([self.read("t", f"{i}") for i in range(3)], [b"old"] * 3)
        shown = self.ask(b"r\nY\n", "get", "-r", self.url + "t", self.dir)
        self.assertEqual(shown.count(b"exists. Overwrite"), 2)
        self.assertEqual(sorted(self.read("t", n) for n in os.listdir(self.path("t"))),
                         [b"new"] * 3 + [b"old"])

    def test_json_of_transfers(self):
        self.server.put_file("a", b"12345")
        done = self.ftp("get", "--json", self.url + "a", self.url + "none", self.dir, check=1)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([(r["state"], r["bytes"], r["upload"]) for r in rows],
                         [("done", 5, False), ("failed", 0, False)])
        self.assertIsNone(rows[0]["error"])
        self.assertIn("no such file", rows[1]["error"])
        self.assertEqual(len(done.stderr.splitlines()), 1)

    def test_transcript_and_anonymous_login(self):
        self.server.put_file("a", b"x" * 1000)
        self.ftp("get", self.url + "a", self.path("got"), "--transcript", self.path("t.jsonl"))
        text = self.read("t.jsonl").decode()
        self.assertIn("USER anonymous", text)
        events = [json.loads(line) for line in text.splitlines()]
        self.assertTrue(any(1000 in e.values() for e in events), text)


class Plain(Verbs, wbtest.TestCase):
    pass


class Explicit(Verbs, wbtest.TestCase):
    tls = {"tls": True}

    def test_many_transfers_resume_the_session(self):
        """vsftpd refuses a data channel without the control channel's session, and an upload without
        close_notify: clients that get either wrong fail every few files, not every one."""
        data = {f"f{i}": os.urandom(4096 + i) for i in range(40)}
        for name, content in data.items():
            self.write("t/" + name, content)
        self.ftp("put", "-r", self.path("t"), self.url)
        self.ftp("get", "-r", self.url + "t", self.path("back"))
        for name, content in data.items():
            self.assertEqual(self.server.read("t/" + name), content)
            self.assertEqual(self.read("back", name), content)

    def test_unknown_ca_is_refused_before_the_name(self):
        self.wire("ftp", "ls", self.url, "--transcript", self.path("t.txt"), check=1)
        self.assertNotIn(b"USER", self.read("t.txt"))

    def test_plain_session_is_refused_by_this_server(self):
        self.wire("ftp", "ls", self.url.replace("ftpes", "ftp"), check=1)


class Implicit(Verbs, wbtest.TestCase):
    tls = {"implicit": True}


class Driven(ftpverbs.Verbs, wbtest.TestCase):
    """The verbs that `wire` has no command for."""

    home = "/upload"
    has_mlsd = False
    arguments = {}

    def setUp(self):
        super().setUp()
        self.server = vsftpd.Vsftpd(self, **self.arguments)

    def test_modes(self):
        path = self.server.put_file("a", b"1")
        before = os.stat(path).st_mode
        ok, text = self.run_all(["chmod", "600", "a"])[0]
        self.assertFalse(ok, "anonymous users may not, here")
        self.assertIn("Could not change the permissions", text)
        self.assertEqual(os.stat(path).st_mode, before)


class DrivenActive(Driven):
    mode = ["--active"]


class DrivenTls(Driven):
    arguments = {"tls": True}


if __name__ == "__main__":
    wbtest.main()

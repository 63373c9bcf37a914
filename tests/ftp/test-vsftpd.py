# SPDX-License-Identifier: GPL-3.0-or-later
"""Every verb against vsftpd, in the clear, with AUTH TLS and with implicit TLS."""

import json
import os
import pty
import re
import shutil
import stat
import subprocess

import ftpverbs
import vsftpd
import wbtest


class Verbs:
    tls = {}

    def setUp(self):
        super().setUp()
        self.server = vsftpd.Vsftpd(self, **self.tls)
        self.url = self.server.url

    def ftp(self, verb, *args, check=0, lines=1, **kw):
        done = self.wire("ftp", verb, *args, *self.server.options(), check=check, **kw)
        if check == 1:
            self.assertEqual(done.stderr.count(b"\n"), lines, done.stderr)
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

    def test_renaming_takes_nothing_away(self):
        """A server would put one file in the place of the other, without a word."""
        for name in ("ra", "rb", ".hidden", "folder/in"):
            self.server.put_file(name, name.encode())
        for name in ("rb", ".hidden", "folder"):
            done = self.ftp("mv", self.url + "ra", name, check=1)
            self.assertIn(b"has a file or folder of that name already", done.stderr)
        self.ftp("mv", "--if-exists", "skip", self.url + "ra", "rb")
        self.ftp("mv", "--if-exists", "newer", self.url + "ra", "rb", check=2)
        for name in ("ra", "rb", ".hidden", "folder/in"):
            self.assertEqual(self.server.read(name), name.encode())
        self.ftp("mv", self.url + "ra", "RA")
        self.ftp("mv", "--if-exists", "overwrite", self.url + "RA", "rb")
        self.assertEqual(self.server.read("rb"), b"ra")
        self.ftp("mv", self.url + "rb", self.url + "folder/rb")
        self.assertEqual(self.server.read("folder/rb"), b"ra")

    def test_each_failure_is_told(self):
        self.server.put_file("there", b"1")
        os.mkdir(self.path("got"))
        missing = [self.url + f"m{i:02}" for i in range(23)]
        done = self.ftp("get", self.url + "there", *missing[:3], self.path("got"), check=1, lines=3)
        lines = done.stderr.decode().splitlines()
        for i in range(3):
            self.assertIn(f"m{i:02}: ", lines[i])
        self.assertIn("(3 transfers failed.)", lines[2])
        done = self.ftp("get", *missing, self.path("got"), check=1, lines=21)
        lines = done.stderr.decode().splitlines()
        self.assertIn("(23 transfers failed.)", lines[19])
        self.assertEqual(lines[20:], ["wire ftp get: … and 3 more."])

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
        done = self.ftp("get", "-r", self.url + "t/a", self.path("back"), check=1, lines=21)
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
        rows = sorted(map(json.loads, done.stdout.splitlines()), key=lambda row: row["state"])
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
    def watch(self, *args):
        """Its stdout goes down a pipe, its stderr to a terminal: what came of each."""
        outside, inside = pty.openpty()
        self.addCleanup(os.close, outside)
        child = self.start([wbtest.WIRE, "ftp", *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=inside, env=dict(os.environ, LANGUAGE="en"))
        os.close(inside)
        shown = b""
        while True:
            try:
                shown += os.read(outside, 4096)
            except OSError:
                break
        data = child.stdout.read()
        self.assertEqual(child.wait(60), 0, shown)
        return shown, data

    def test_progress_on_a_terminal(self):
        """It is drawn on the terminal, taken away at the end, and in nobody's data."""
        for name in ("t/a", "t/b"):
            self.server.put_file(name, os.urandom(100_000))
        slow = ["get", "-r", self.url + "t", "--json", "--jobs", "1", "--limit", "100K"]
        shown, data = self.watch(*slow, self.path("seen"))
        drawn = shown.split(b"\r\x1b[K")
        self.assertRegex(drawn[1], rb"^ *\d+ %  [\d.]+.*/s")
        self.assertTrue(any(re.search(rb"  [01]/2$", line) for line in drawn), shown)
        self.assertEqual((drawn[0], drawn[-1]), (b"", b""), "what is left on the line")
        rows = [json.loads(line) for line in data.splitlines()]
        self.assertEqual([row["state"] for row in rows], ["done"] * 2)

        shown, data = self.watch(*slow, self.path("quiet"), "--quiet")
        self.assertEqual(shown, b"")
        self.assertEqual(len(data.splitlines()), 2)
        done = self.ftp(*slow, self.path("piped"))
        self.assertEqual((done.stderr, len(done.stdout.splitlines())), (b"", 2))

    def test_links_in_a_tree(self):
        """A folder that a link leads to is not walked, so that no loop has an end to be waited for; the
        files behind links come, and what does not is told."""
        for name in ("t/a", "t/d/b", "elsewhere/c"):
            self.server.put_file(name, name.encode())
        for name, target in (("t/to-a", "a"), ("t/to-d", "d"), ("t/d/loop", ".."), ("t/self", "self"),
                             ("t/out", "../elsewhere"), ("t/none", "missing")):
            os.symlink(target, os.path.join(self.server.folder, name))
        os.symlink(self.path("real"), self.path("link"))
        for place in ("real", "link"):
            os.makedirs(self.path("real"), exist_ok=True)
            # Into a new folder, and into one that is there, under the same rule.
            for target, at in (("new-" + place, "new-" + place), (place, "real/t")):
                with self.subTest(target):
                    done = self.wire("ftp", "get", "-r", self.url + "t", self.path(target), "--json", check=1)
                    states = {}
                    for row in map(json.loads, done.stdout.splitlines()):
                        states.setdefault(row["state"], set()).add(row["remote"].removeprefix("upload/t/"))
                    self.assertEqual(states, {"done": {"a", "to-a", "d/b"},
                                              "failed": {"to-d", "d/loop", "self", "out", "none"}})
                    self.assertEqual(done.stderr.count(b"link to another folder"), 3)
                    self.assertEqual(self.walk(at), {"a": b"t/a", "to-a": b"t/a", "d/b": b"t/d/b"})
            shutil.rmtree(self.path("real"))

    def test_everything_of_a_server(self):
        """The root, into a folder that a link of the person's leads to."""
        for name in ("a", "d/b"):
            self.server.put_file(name, name.encode())
        os.symlink(".", os.path.join(self.server.folder, "loop"))
        os.mkdir(self.path("real"))
        os.symlink("real", self.path("link"))
        root = self.url.removesuffix("upload/")
        done = self.wire("ftp", "get", "-r", root, self.path("link"), check=1)
        self.assertIn(b"upload/loop: This is a link to another folder", done.stderr)
        self.assertEqual(self.walk("real"), {"upload/a": b"a", "upload/d/b": b"d/b"})

    def walk(self, folder):
        """Paths below a folder of the test's, and what is in them."""
        found = {}
        for at, _folders, names in os.walk(self.path(folder)):
            for name in names:
                path = os.path.join(at, name)
                with open(path, "rb") as f:
                    found[os.path.relpath(path, self.path(folder))] = f.read()
        return found


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


class Six(ftpverbs.Basics, wbtest.TestCase):
    home = "/upload"
    has_mlsd = False

    def setUp(self):
        super().setUp()
        self.server = vsftpd.Vsftpd(self, host="::1")


class SixActive(Six):
    mode = ["--active"]


if __name__ == "__main__":
    wbtest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that are broken, hostile or unlucky: the error says what it is, within the time-out, and what
was there before is as it was."""

import contextlib
import json
import os
import resource
import signal
import socket
import ssl
import stat
import subprocess
import threading
import time

import certs
import ftpdriver
import ftpscript
import wbtest

MIB = 1024 * 1024


class TestCase(wbtest.TestCase):
    def serve(self, *args, **kw):
        return ftpscript.FtpScript(self, *args, **kw)

    def fails(self, *args, code=1, **kw):
        """Run `wire ftp ARGS`, which has to fail with one line; that line."""
        done = self.wire("ftp", *args, "--timeout", "5", check=code, **kw)
        text = done.stderr.decode()
        self.assertEqual(text.count("\n"), 1, text)
        self.assertNotIn("Assertion", text)
        return text

    def parts(self):
        return [n for n in os.listdir(self.dir) if n.endswith(".part")]


class Passive(TestCase):
    def test_foreign_address(self):
        """The port is taken from a 227, the address never."""
        def pasv(session, _argument):
            port = session.listen()
            return f"227 come (10,99,99,99,{port // 256},{port % 256})"
        server = self.serve({"a": b"data"}, {"EPSV": lambda s, a: "500 no", "PASV": pasv})
        self.wire("ftp", "get", server.url + "a", self.path("got"), "--timeout", "5",
                  "--transcript", self.path("t.txt"), check=0)
        self.assertEqual(self.read("got"), b"data")
        self.assertIn(b"another address than its own", self.read("t.txt"))

    def test_odd_ports(self):
        for odd in ("229 (|||0|)", "229 (|||1000000|)", "229 (|||-1|)", "229 (||||)", "229 come",
                    "229 (|1|127.0.0.1|5|)", "229 (|||99999999999999999999|)"):
            with self.subTest(odd):
                server = self.serve({"a": b"data"}, {"EPSV": lambda s, a, odd=odd: odd})
                os.path.exists(self.path("got")) and os.unlink(self.path("got"))
                self.wire("ftp", "get", server.url + "a", self.path("got"), check=0)
                self.assertEqual(self.read("got"), b"data")
                self.assertEqual(server.verbs().count("PASV"), 1)

    def test_odd_ports_both_ways(self):
        for odd in ("227 (127,0,0,1,0,0)", "227 (127,0,0,1,256,1)", "227 (1,2,3)", "227 come",
                    "227 (127,0,0,1,99999999999,1)"):
            with self.subTest(odd):
                server = self.serve({"a": b"data"}, {"EPSV": lambda s, a: "229 (|||0|)",
                                                     "PASV": lambda s, a, odd=odd: odd})
                self.assertIn("no usable port", self.fails("get", server.url + "a", self.path("x")))
                self.assertEqual(server.verbs().count("PASV"), 2)

    def test_second_try_after_425(self):
        tries = []

        def retr(session, _argument):
            tries.append(1)
            return "425 no" if len(tries) == 1 else session.send(b"data")
        server = self.serve({"a": b"data"}, {"RETR": retr})
        self.wire("ftp", "get", server.url + "a", self.path("got"), check=0)
        self.assertEqual(self.read("got"), b"data")

        server = self.serve({"a": b"data"}, {"RETR": lambda s, a: "425 no"})
        self.assertIn("firewall", self.fails("get", server.url + "a", self.path("never")))
        self.assertEqual(server.verbs().count("RETR"), 2)

    def test_nothing_listens_there(self):
        def epsv(session, _argument):
            port = session.listen()
            session.listener.close()
            return f"229 (|||{port}|)"
        server = self.serve({"a": b"data"}, {"EPSV": epsv})
        self.assertIn("refused the connection", self.fails("get", server.url + "a", self.path("x")))

    def test_data_channel_never_opens(self):
        server = self.serve({"a": b"data"}, {"RETR": lambda s, a: s.accept() and None})
        done = self.wire("ftp", "get", server.url + "a", self.path("got"), "--timeout", "1", check=1)
        self.assertIn(b"did not answer in time", done.stderr)
        self.assertEqual(os.listdir(self.dir), [])

    def test_data_stalls(self):
        def retr(session, _argument):
            session.kept = session.accept()
            session.reply("150 here")
            session.kept.sendall(b"beginning")
        server = self.serve({"a": b"x" * 100}, {"RETR": retr})
        done = self.wire("ftp", "get", server.url + "a", self.path("got"), "--timeout", "1", check=1)
        self.assertIn(b"in time", done.stderr)
        self.assertEqual(os.listdir(self.dir), [])


class Completeness(TestCase):
    def setUp(self):
        super().setUp()
        self.write("got", "old")

    def get(self, server, *args, **kw):
        return self.fails("get", "--if-exists", "overwrite", server.url + "a", self.path("got"),
                          *args, **kw)

    def unharmed(self):
        self.assertEqual(self.read("got"), b"old")
        self.assertEqual(os.listdir(self.dir), ["got"])

    def test_226_with_short_data(self):
        server = self.serve({"a": b"x" * 1000}, {"RETR": lambda s, a: s.send(b"x" * 999)})
        text = self.get(server)
        self.assertIn("999", text)
        self.assertIn("1000", text)
        self.unharmed()

    def test_226_with_too_much_data(self):
        self.get(self.serve({"a": b"x" * 1000}, {"RETR": lambda s, a: s.send(b"x" * 1001)}))
        self.unharmed()

    def test_426_after_all_data(self):
        server = self.serve({"a": b"x" * 1000},
                            {"RETR": lambda s, a: s.send(b"x" * 1000, end="426 broke")})
        self.wire("ftp", "get", "--if-exists", "overwrite", server.url + "a", self.path("got"),
                  check=0)
        self.assertEqual(self.read("got"), b"x" * 1000)

    def test_426_in_the_middle(self):
        self.get(self.serve({"a": b"x" * 1000},
                            {"RETR": lambda s, a: s.send(b"x" * 500, end="426 broke")}))
        self.unharmed()

    def test_426_where_size_is_unknown(self):
        self.get(self.serve({"a": b"x" * 1000}, size=False,
                            on={"RETR": lambda s, a: s.send(b"x" * 1000, end="426 broke")}))
        self.unharmed()

    def test_size_negative_or_absurd(self):
        for answer in ("213 -5", "213 99999999999999999999", "213 four", "213"):
            server = self.serve({"a": b"data"}, {"SIZE": lambda s, a, answer=answer: answer})
            os.unlink(self.path("got"))
            self.wire("ftp", "get", server.url + "a", self.path("got"), check=0)
            self.assertEqual(self.read("got"), b"data")

    def test_no_closing_reply(self):
        self.get(self.serve({"a": b"x"}, {"RETR": lambda s, a: s.send(b"x", end="close")}))
        self.unharmed()

    def test_reset_in_the_middle(self):
        def retr(session, _argument):
            data = session.accept()
            session.reply("150 here")
            data.sendall(b"x" * 100)
            data.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            data.close()
            return "426 broke"
        self.get(self.serve({"a": b"x" * 1000}, {"RETR": retr}))
        self.unharmed()

    def test_disk_full(self):
        """A limit on the file's size stands in for a full disk: write fails the same way."""
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (MIB, MIB))
        server = self.serve({"a": b"x" * (3 * MIB)})
        done = subprocess.run([wbtest.WIRE, "ftp", "get", "--if-exists", "overwrite",
                               server.url + "a", self.path("got")], preexec_fn=limit,
                              stderr=subprocess.PIPE, restore_signals=False, timeout=60)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(b"larger than a file may be", done.stderr)
        self.unharmed()

    def test_disk_really_full(self):
        disk = self.path("disk")
        os.mkdir(disk)
        mounted = os.geteuid() == 0 and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=1m", "none", disk],
            stderr=subprocess.DEVNULL).returncode == 0
        if not mounted:
            self.skipTest("no permission to mount a small tmpfs")
        self.addCleanup(subprocess.run, ["umount", disk], check=True)
        with open(os.path.join(disk, "got"), "wb") as f:
            f.write(b"old")
        server = self.serve({"a": b"x" * (3 * MIB)})
        text = self.fails("get", "--if-exists", "overwrite", server.url + "a",
                          os.path.join(disk, "got"))
        self.assertIn("disk is full", text)
        self.assertEqual(os.listdir(disk), ["got"])

    def test_cancelled_by_a_signal(self):
        started = threading.Event()

        def retr(session, _argument):
            session.kept = session.accept()
            session.reply("150 here")
            session.kept.sendall(b"beginning")
            started.set()
        server = self.serve({"a": b"x" * 100}, {"RETR": retr})
        child = self.start([wbtest.WIRE, "ftp", "get", "--if-exists", "overwrite", server.url + "a",
                            self.path("got")], stderr=subprocess.PIPE)
        self.assertTrue(started.wait(30))
        child.send_signal(signal.SIGINT)
        self.assertEqual(child.wait(30), 1)
        self.unharmed()


class Uploads(TestCase):
    def put(self, server, name="a", code=1):
        local = self.write("local", "new content")
        return self.fails("put", "--if-exists", "overwrite", local, server.url + name, code=code)

    def test_size_differs(self):
        def stor(session, argument):
            session.server.files[argument] = session.receive()[:-1]
            return "226 have it"
        server = self.serve({"a": b"old"}, {"STOR": stor})
        self.assertIn("11 bytes were sent", self.put(server))
        self.assertEqual(server.files, {"a": b"old"})

    def test_reply_lost(self):
        """Everything arrived and the 226 did not: a second session looks at the size."""
        def stor(session, argument):
            session.server.files[argument] = session.receive()
            return "close"
        server = self.serve({"a": b"old"}, {"STOR": stor})
        self.wire("ftp", "put", "--if-exists", "overwrite", self.write("local", "new content"),
                  server.url + "a", check=0)
        self.assertEqual(server.files, {"a": b"new content"})
        self.assertEqual(server.verbs().count("STOR"), 1)

    def test_reply_and_data_lost(self):
        def stor(session, argument):
            session.server.files[argument] = session.receive()[:5]
            return "close"
        server = self.serve({"a": b"old"}, {"STOR": stor})
        self.put(server)
        self.assertEqual(server.files["a"], b"old")
        self.assertEqual(server.verbs().count("STOR"), 1)

    def test_reply_lost_where_size_is_unknown(self):
        def stor(session, argument):
            session.server.files[argument] = session.receive()
            return "close"
        server = self.serve({"a": b"old"}, {"STOR": stor}, size=False)
        self.put(server)
        self.assertEqual(server.files["a"], b"old")

    def test_no_space(self):
        def stor(session, argument):
            session.receive()
            return "552 quota"
        server = self.serve({"a": b"old"}, {"STOR": stor})
        self.assertIn("no space left on the server", self.put(server))
        self.assertEqual(server.files, {"a": b"old"})

    def test_421_in_mid_session_is_not_replayed(self):
        for verb, command in (("STOR", ("put",)), ("DELE", ("rm",)), ("RNTO", ("mv",))):
            def gone(session, _argument):
                session.reply("421 going down")
                return "close"
            server = self.serve({"a": b"old"}, {verb: gone})
            if verb == "STOR":
                text = self.put(server)
            elif verb == "DELE":
                text = self.fails("rm", server.url + "a")
            else:
                text = self.fails("mv", server.url + "a", "b")
            self.assertIn("going down", text)
            self.assertEqual(server.verbs().count(verb), 1)
            self.assertEqual(server.sessions, 1)
            self.assertEqual(server.files, {"a": b"old"})

    def test_a_yes_to_any_name_is_looked_at_once_more(self):
        def rnfr(session, argument):
            session.rename_from = argument
            return "350 to what?"
        for size in (True, False):
            server = self.serve({"a": b"1", "b": b"2"}, {"RNFR": rnfr}, size=size)
            self.assertIn("of that name already", self.fails("mv", server.url + "a", "b"))
            self.assertNotIn("RNTO", server.verbs())
            self.wire("ftp", "mv", server.url + "a", "c", check=0)
            self.wire("ftp", "mv", server.url + "b", "B", check=0)
            self.assertEqual(server.files, {"c": b"1", "B": b"2"})

    def test_account_that_may_not_rename(self):
        """Then the name itself is used, and the size is compared all the same."""
        server = self.serve({"a": b"old"}, {"RNFR": lambda s, a: "550 Permission denied."})
        self.wire("ftp", "put", "--if-exists", "overwrite", self.write("local", "new"),
                  server.url + "a", check=0)
        self.assertEqual(server.files, {"a": b"new"})
        self.assertIn("STOR a", server.commands)

    def test_server_that_does_not_rename_onto_a_file(self):
        def rnto(session, argument):
            if argument in session.server.files:
                return "550 File exists"
            return session.do_rnto(argument)
        server = self.serve({"a": b"old"}, {"RNTO": rnto})
        self.wire("ftp", "put", "--if-exists", "overwrite", self.write("local", "new"),
                  server.url + "a", check=0)
        self.assertEqual(server.files, {"a": b"new"})


class Replies(TestCase):
    def test_one_text_for_two_causes(self):
        """What cannot be deleted is not in its own way."""
        server = self.serve({"d/f": b""}, {"RMD": lambda s, a: "550 It exists, or is not empty.",
                                           "DELE": lambda s, a: "550 It exists, or is not empty."})
        self.assertIn("folder is not empty", self.fails("rm", server.url + "d"))


class Hostile(TestCase):
    def test_names_stay_inside(self):
        rows = [b"../climb", b"/absolute", b"..", b".", b"a/../../b", b"with\rcr", b"n\0ul",
                b"x" * 4096, b"..\\back", b"ok"]
        listing = b"".join(b"-rw-r--r-- 1 u g 4 Jan 01 2020 " + n + b"\r\n" for n in rows)
        listing += b"drwxr-xr-x 2 u g 4 Jan 01 2020 ../dir\r\n"
        server = self.serve({}, {"LIST": lambda s, a: s.send(listing),
                                 "CWD": lambda s, a: "250 there",
                                 "RETR": lambda s, a: s.send(b"evil")})
        os.makedirs(self.path("one/two"))
        self.wire("ftp", "get", "-r", server.url, self.path("one/two"), "--timeout", "5", check=1)
        found = [os.path.join(p, n) for p, d, names in os.walk(self.dir) for n in names + d]
        self.assertEqual(sorted(os.path.relpath(f, self.dir) for f in found),
                         ["one", "one/two", "one/two/..\\back", "one/two/ok"])
        for command in server.commands:
            self.assertNotIn("..", command.replace("..\\back", ""))

    def test_mlsd_names_stay_inside(self):
        listing = b"".join(b"type=file;size=4; " + n + b"\r\n" for n in
                           (b"../climb", b"/abs", b"..", b"ok"))
        listing += b"type=dir; ../d\r\ntype=pdir; /\r\ntype=cdir; .\r\n"
        server = self.serve({}, {"FEAT": lambda s, a: b"211-Features:\r\n MLST type*;size*;\r\n211 End\r\n",
                                 "MLSD": lambda s, a: s.send(listing),
                                 "RETR": lambda s, a: s.send(b"evil")})
        self.wire("ftp", "get", "-r", server.url, self.path("in"), "--timeout", "5", check=1)
        self.assertEqual((os.listdir(self.dir), os.listdir(self.path("in"))), (["in"], ["ok"]))

    def test_folders_in_folders_without_end(self):
        row = b"drwxr-xr-x 2 u g 4 Jan 01 2020 d\r\n"
        server = self.serve({}, {"LIST": lambda s, a: s.send(row)})
        self.wire("ftp", "get", "-r", server.url, self.path("in"), "--timeout", "5", check=1)
        self.assertLess(server.verbs().count("LIST"), 100)

    def test_no_file_in_a_devices_place(self):
        """The rename at the end would make a file of /dev/null; a FIFO stands for it here."""
        server = self.serve({"a": b"x"})
        os.mkfifo(self.path("special"))
        text = self.fails("get", "--if-exists", "overwrite", server.url + "a", self.path("special"))
        self.assertIn("not an ordinary file", text)
        self.assertTrue(stat.S_ISFIFO(os.lstat(self.path("special")).st_mode))
        self.assertEqual(os.listdir(self.dir), ["special"])

    def test_local_link_in_a_folders_place(self):
        """A server that has a folder of that name must not fill what the link leads to."""
        os.makedirs(self.path("precious"))
        os.makedirs(self.path("in"))
        os.symlink(self.path("precious"), self.path("in/d"))
        def listing(session, argument):
            row = b"-rw-r--r-- 1 u g 4 Jan 01 2020 f\r\n" if "d" in argument else \
                b"drwxr-xr-x 2 u g 4 Jan 01 2020 d\r\n"
            return session.send(row)
        server = self.serve({"d/f": b"evil"}, {"LIST": listing})
        self.wire("ftp", "get", "-r", "--if-exists", "overwrite", server.url, self.path("in"),
                  "--timeout", "5", check=1)
        self.assertEqual(os.listdir(self.path("precious")), [])

    def test_line_breaks_in_every_argument(self):
        server = self.serve({"a": b"data"})
        for evil in ("x%0D%0ADELE%20a", "x%0ADELE%20a", "x%0DDELE%20a"):
            url = server.url + evil
            local = self.write("local", "1")
            for args in (("ls", url), ("get", url, self.path("got")), ("put", local, url),
                         ("mkdir", url), ("rm", url), ("mv", url, "y"), ("mv", server.url + "a", url),
                         ("get", "-r", url, self.path("tree")), ("put", "-r", local, url)):
                done = self.wire("ftp", *args, "--timeout", "5")
                self.assertIn(done.returncode, (1, 2), args)
            for who in (evil + "@", "u:" + evil + "@"):
                done = self.wire("ftp", "ls", server.url.replace("//", "//" + who), "--timeout", "5")
                self.assertIn(done.returncode, (1, 2), who)
        self.assertEqual([c for c in server.commands if "DELE" in c], [])
        self.assertEqual(server.files, {"a": b"data"})

    def peak(self, *args):
        """Run `wire ftp ARGS`; exit code, stderr, peak memory in MiB."""
        child = self.start([wbtest.WIRE, "ftp", *args], stdout=subprocess.DEVNULL,
                           stderr=subprocess.PIPE)
        text = child.stderr.read()
        _pid, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        return child.returncode, text, usage.ru_maxrss / 1024

    def test_endless_list(self):
        def pieces():
            row = b"".join(b"-rw-r--r-- 1 user group 1234 Jan 01 2020 file-%06d\r\n" % i
                           for i in range(2000))
            while True:
                yield row
        server = self.serve({}, {"LIST": lambda s, a: s.send(pieces())})
        code, text, memory = self.peak("ls", server.url, "--timeout", "20")
        self.assertEqual(code, 1)
        self.assertIn(b"longer than any folder", text)
        # A sanitizer keeps what was freed for a while.
        self.assertLess(memory, 1200 if os.environ.get("SANITIZED") else 350)

    def test_endless_line_in_a_list(self):
        def pieces():
            for _i in range(100):
                yield b"x" * MIB
        server = self.serve({}, {"LIST": lambda s, a: s.send(pieces())})
        code, text, memory = self.peak("ls", server.url)
        self.assertEqual(code, 1)
        self.assertIn(b"longer than any folder", text)
        self.assertLess(memory, 60)

    def test_endless_line_in_a_reply(self):
        def pwd(session, _argument):
            for _i in range(100):
                session.connection.sendall(b"x" * MIB)
        server = self.serve({}, {"TYPE": pwd})
        code, text, memory = self.peak("ls", server.url)
        self.assertEqual(code, 1)
        self.assertIn(b"line of more than", text)
        self.assertLess(memory, 60)

    def test_endless_reply(self):
        def greet(session, _argument):
            while True:
                session.connection.sendall(b"230-and on\r\n" * 1000)
        server = self.serve({}, {"USER": greet})
        code, text, memory = self.peak("ls", server.url)
        self.assertEqual(code, 1)
        self.assertIn(b"does not end", text)
        self.assertLess(memory, 60)

    def test_not_an_ftp_server(self):
        for greeting in ("SSH-2.0-OpenSSH_9.2", "HTTP/1.1 400 Bad Request", "+OK POP3", "hello",
                         b"\x16\x03\x01\x00\xff\n"):
            text = self.fails("ls", self.serve({}, greeting=greeting).url)
            self.assertIn("not how an FTP server answers", text)

    def test_escape_sequences_do_not_reach_the_terminal(self):
        row = b"-rw-r--r-- 1 u g 4 Jan 01 2020 a\x1b[2Jb\xe2\x80\xaec\r\n"
        server = self.serve({}, {"LIST": lambda s, a: s.send(row), "RETR": lambda s, a:
                                 "550 \x1b[2J\x07 no"})
        done = self.wire("ftp", "ls", server.url, check=0)
        self.assertNotIn(b"\x1b", done.stdout)
        self.assertNotIn("\u202e".encode(), done.stdout)
        self.assertNotIn("\x1b", self.fails("get", server.url + "a", self.path("got")))


class Sessions(TestCase):
    def test_wrong_password(self):
        server = self.serve({}, {"PASS": lambda s, a: f"530 {a} is wrong"})
        url = server.url.replace("//", "//somebody:canary-7319@")
        text = self.fails("ls", url, "--transcript", self.path("t.jsonl"))
        self.assertIn("user name or the password is wrong", text)
        self.assertNotIn("canary", text)
        self.assertNotIn(b"canary", self.read("t.jsonl"))
        self.assertIn("PASS canary-7319", server.commands)

    def test_busy(self):
        self.assertIn("no more connections", self.fails("ls", self.serve(greeting="421 full").url))
        for words in ("Sorry, the maximum number of clients (1) from your host are already connected.",
                      "There are too many users of this account"):
            server = self.serve({}, {"PASS": lambda s, a, w=words: "530 " + w})
            text = self.fails("ls", server.url.replace("//", "//somebody:canary-7319@"))
            self.assertIn("no more connections", text)
            self.assertNotIn("password", text)

    def test_silent_server(self):
        server = wbtest.ScriptedServer(lambda connection, _address: connection.recv(1))
        self.addCleanup(server.close)
        done = self.wire("ftp", "ls", f"ftp://127.0.0.1:{server.port}/", "--timeout", "1", check=1)
        self.assertIn(b"Could not connect", done.stderr)
        self.assertIn(b"in time", done.stderr)

    def test_silent_at_each_step(self):
        for verb in ("USER", "PASS", "FEAT", "TYPE", "EPSV", "LIST"):
            server = self.serve({}, {verb: lambda s, a: None})
            done = self.wire("ftp", "ls", server.url, "--timeout", "1", check=1)
            self.assertIn(b"in time", done.stderr, verb)

    def test_refused_and_not_found(self):
        port = wbtest.free_port()
        self.assertIn("refused", self.fails("ls", f"ftp://127.0.0.1:{port}/"))
        self.assertIn("not found", self.fails("ls", "ftp://no-such-host.invalid/"))

    def test_kept_alive_where_nothing_was_said(self):
        server = self.serve({"a": b"x"})
        ftpdriver.ask(server.url, ["alive", 3600], ["pwd"], ["alive", 3600])
        self.assertNotIn("NOOP", server.verbs())
        ftpdriver.ask(server.url, ["alive", 0], ["alive", 0], ["pwd"])
        self.assertEqual(server.verbs().count("NOOP"), 2)
        self.assertEqual(server.verbs()[-2:], ["PWD", "QUIT"])

    def test_kept_alive_too_late(self):
        """The server had given up on it: an error, and no command after it."""
        def noop(session, _argument):
            session.reply("421 too late")
            return "close"
        server = self.serve({"a": b"x"}, {"NOOP": noop})
        results = ftpdriver.run(server.url, ["alive", 0], ["pwd"])
        self.assertEqual([ok for ok, _text in results], [False, False])
        self.assertNotIn("PWD", server.verbs())

    def test_usage(self):
        for args in (("ls",), ("ls", "http://x/"), ("ls", "ftp://"), ("get", "x"), ("mv", "ftp://x/a"),
                     ("get", "ftp://127.0.0.1/"), ("chmod", "999", "ftp://x/a"), ("chmod", "644"),
                     ("mirror", "ftp://x/", "ftp://y/"), ("mirror", "a", "b"), ("get", "--limit", "x", "ftp://x/a"),
                     ("mirror", "ftp://x/", ".", "--tolerance", "-1"), ("get", "--segments", "0", "ftp://x/a"),
                     ("get", "--jobs", "99", "ftp://x/a"), ("get", "--if-exists", "no", "ftp://x/a"),
                     ("ls", "--proxy", "nonsense", "ftp://x/"), ("ls", "--charset", "no-such", "ftp://x/"),
                     ("put", __file__, "ftp://x/a", "--proxy", "socks5://"), ("rm", "ftp://x/a", "--charset", "no-such")):
            self.wire("ftp", *args, check=2)

    def test_queue_learns_how_many_logins_there_are(self):
        """The first two are let in, and nobody after them."""
        logins = []

        def password(session, _argument):
            logins.append(session)
            return "230 welcome" if len(logins) <= 2 else "530 too many of you"

        files = {f"f{i}": b"x" * 1000 for i in range(30)}
        server = self.serve(files, {"PASS": password})
        self.wire("ftp", "get", "-r", "--jobs", "4", server.url, self.path("in"), check=0)
        self.assertEqual(sorted(os.listdir(self.path("in"))), sorted(files))
        self.assertLessEqual(len(logins), 6)

    def test_queue_tries_again(self):
        """Each file breaks off twice, and comes the third time."""
        counts = {}

        def retrieve(session, argument):
            counts[argument] = counts.get(argument, 0) + 1
            if counts[argument] == 3:
                return session.send(session.server.files[argument])
            data = session.accept()
            session.reply("150 here it comes")
            data.sendall(session.server.files[argument][:10])
            data.close()
            return "426 lost it"

        server = self.serve({"a": b"x" * 1000, "b": b"y" * 1000}, {"RETR": retrieve})
        self.wire("ftp", "get", "-r", "--retries", "1", server.url, self.path("in"), check=1)
        self.assertEqual(counts, {"a": 2, "b": 2})
        self.assertEqual(os.listdir(self.path("in")), [])
        counts.clear()
        self.wire("ftp", "get", "-r", "--retries", "2", server.url, self.path("in"), check=0)
        self.assertEqual(sorted(os.listdir(self.path("in"))), ["a", "b"])
        self.assertEqual(self.read("in", "b"), b"y" * 1000)

    def test_limit(self):
        """It cannot be faster than what is allowed, all connections together."""
        server = self.serve({f"f{i}": b"x" * 50000 for i in range(4)})
        begin = time.monotonic()
        self.wire("ftp", "get", "-r", "--jobs", "4", "--limit", "200000", server.url, self.path("in"), check=0)
        self.assertGreater(time.monotonic() - begin, 0.8)
        self.assertEqual(len(os.listdir(self.path("in"))), 4)

    def test_no_epsv_no_feat_no_size(self):
        no = lambda s, a: "500 what?"
        server = self.serve({"a": b"data"}, {"EPSV": no, "FEAT": no, "SIZE": no})
        self.wire("ftp", "get", server.url + "a", self.path("got"), check=0)
        self.assertEqual(self.read("got"), b"data")
        self.wire("ftp", "put", self.path("got"), server.url + "b", check=0)
        self.assertEqual(server.files["b"], b"data")
        self.fails("put", self.path("got"), server.url + "b")

    def test_mlsd_promised_and_not_there(self):
        server = self.serve({"a": b"data"}, {
            "FEAT": lambda s, a: b"211-Features:\r\n MLST type*;\r\n UTF8\r\n211 End\r\n"})
        rows = self.wire("ftp", "ls", "--json", server.url, check=0).stdout.splitlines()
        self.assertEqual([json.loads(r)["name"] for r in rows], ["a"])

    def test_empty_folder_as_an_error(self):
        for answer in ("550 No files found", "450 No files found"):
            server = self.serve({}, {"LIST": lambda s, a, answer=answer: answer})
            self.assertEqual(self.wire("ftp", "ls", server.url, check=0).stdout, b"")

    def test_replies_of_several_lines(self):
        server = self.serve({"a": b"x"}, {
            "USER": lambda s, a: b"230-Hello\r\n230 is not the end?\r\n",
            "TYPE": lambda s, a: b"200-first\r\n  200 indented\r\n201 other\r\n200-200 x\r\n200 last\r\n"})
        self.wire("ftp", "get", server.url + "a", self.path("got"), check=0)


class Tls(TestCase):
    def setUp(self):
        super().setUp()
        self.ca = certs.make_ca(self.path("tls"))
        certificate, key, _both = certs.make_server(self.path("tls"))
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)

    def url(self, server):
        return server.url.replace("ftp:", "ftpes:")

    def test_plaintext_behind_the_reply(self):
        """Whoever sits between could put replies there that would be taken for the server's."""
        def auth(session, _argument):
            session.connection.sendall(b"234 begin\r\n230 welcome\r\n")
            with contextlib.suppress(OSError):
                session.connection = self.context.wrap_socket(session.connection, server_side=True)
        server = self.serve({"a": b"x"}, {"AUTH": auth}, certificate=self.context)
        text = self.fails("ls", self.url(server), "--ca-file", self.ca)
        self.assertIn("tampering", text)
        self.assertEqual(server.verbs(), ["AUTH"])

    def test_no_tls_offered(self):
        server = self.serve({"a": b"x"})
        text = self.fails("ls", self.url(server), "--ca-file", self.ca)
        self.assertIn("does not encrypt", text)
        self.assertEqual(server.verbs(), ["AUTH"])

    def test_data_refused_protection(self):
        server = self.serve({"a": b"x"}, {"PROT": lambda s, a: "536 no"}, certificate=self.context)
        self.fails("get", self.url(server) + "a", self.path("got"), "--ca-file", self.ca)
        self.assertNotIn("RETR", server.verbs())

    def test_download_without_close_notify(self):
        server = self.serve({"a": b"x" * 1000}, certificate=self.context, on={
            "RETR": lambda s, a: s.send(b"x" * 1000, chop=True)})
        text = self.fails("get", self.url(server) + "a", self.path("got"), "--ca-file", self.ca)
        self.assertIn("not all of it", text)
        self.assertFalse(os.path.exists(self.path("got")))
        self.assertEqual(self.parts(), [])

    def test_works_at_all(self):
        server = self.serve({"a": b"x" * 100000}, certificate=self.context)
        self.wire("ftp", "get", self.url(server) + "a", self.path("got"), "--ca-file", self.ca,
                  check=0)
        self.assertEqual(self.read("got"), b"x" * 100000)
        self.wire("ftp", "put", self.path("got"), self.url(server) + "b", "--ca-file", self.ca,
                  check=0)
        self.assertEqual(server.files["b"], b"x" * 100000)


if __name__ == "__main__":
    wbtest.main()

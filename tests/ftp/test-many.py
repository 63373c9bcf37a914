# SPDX-License-Identifier: GPL-3.0-or-later
"""Many small files to a new folder: several commands at once where the server takes that, each file whole and
never under its name before it is, and nothing left behind."""

import json
import os
import signal
import subprocess
import threading

import ftpscript
import proftpd
import pureftpd
import vsftpd
import wbtest

# One that is empty, those around the edge of what is small, and a crowd.
SIZES = [0, 1, 4096, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 200_000] + [100 + i for i in range(150)]


class TestCase(wbtest.TestCase):
    def make(self, sizes):
        """A folder of files; name → content."""
        files = {f"f{i:03}": os.urandom(size) for i, size in enumerate(sizes)}
        os.makedirs(self.path("here"))
        for name, data in files.items():
            self.write(os.path.join("here", name), data)
        return files

    def put(self, url, *options, check=0):
        return self.wire("ftp", "put", "-r", self.path("here"), url + "new", "--if-exists", "overwrite",
                         *options, check=check)


class Daemons(TestCase):
    def run_with(self, server, folder, *options):
        files = self.make(SIZES)
        deep = os.path.join("here", "below")
        os.mkdir(self.path(deep))
        for name, data in files.items():
            self.write(os.path.join(deep, name), data)
        self.put(server.url, "--jobs", "3", "--transcript", self.path("log.jsonl"), *server.options(),
                 *options)
        for place in (os.path.join(folder, "new"), os.path.join(folder, "new", "below")):
            names = sorted(name for name in os.listdir(place) if name != "below")
            self.assertEqual(names, sorted(files))
            for name, data in files.items():
                with open(os.path.join(place, name), "rb") as f:
                    self.assertEqual(f.read(), data)

    def at_once(self):
        """How many SIZE went out at most before one was answered."""
        most = now = 0
        with open(self.path("log.jsonl"), encoding="utf-8") as f:
            for line in f:
                event = json.loads(line)
                text = event.get("text", "")
                if event.get("direction") == "sent" and text.startswith("SIZE "):
                    now += 1
                elif event.get("direction") == "received" and text[:3] in ("213", "550"):
                    now = 0
                most = max(most, now)
        return most

    def ports_ahead(self):
        """How many EPSV went out before the transfer before was over."""
        ahead = 0
        under_way = {}
        with open(self.path("log.jsonl"), encoding="utf-8") as f:
            for line in f:
                event = json.loads(line)
                text = event.get("text", "")
                who = event.get("conversation")
                if event.get("direction") == "sent" and text.startswith("STOR "):
                    under_way[who] = True
                elif event.get("direction") == "received" and text[:1] in "2345" and text[:1]:
                    under_way[who] = False
                elif event.get("direction") == "sent" and text.startswith("EPSV"):
                    ahead += bool(under_way.get(who))
        return ahead

    def test_vsftpd(self):
        server = vsftpd.Vsftpd(self)
        self.run_with(server, server.folder)
        self.assertGreater(self.at_once(), 1)
        self.assertGreater(self.ports_ahead(), 1)

    def test_vsftpd_under_tls(self):
        server = vsftpd.Vsftpd(self, tls=True)
        self.run_with(server, server.folder)

    def test_proftpd(self):
        if not proftpd.is_there():
            self.skipTest("ProFTPD is not there")
        server = proftpd.Proftpd(self)
        self.run_with(server, server.folder, "--preserve")
        self.assertGreater(self.at_once(), 1)

    def test_pureftpd(self):
        if not pureftpd.is_there():
            self.skipTest("Pure-FTPd is not there")
        server = pureftpd.PureFtpd(self)
        self.run_with(server, server.folder, "--preserve")
        # It wants to hear of each file by PRET, which is no reason to send them one by one.
        self.assertGreater(self.at_once(), 1)
        self.assertEqual(self.ports_ahead(), 0)

    def test_times_and_modes_are_kept(self):
        if not pureftpd.is_there():
            self.skipTest("Pure-FTPd is not there")
        server = pureftpd.PureFtpd(self)
        for name in self.make([100] * 10):
            os.chmod(self.path("here", name), 0o640)
            os.utime(self.path("here", name), (1_500_000_000, 1_500_000_000))
        self.put(server.url, "--preserve")
        for name in os.listdir(os.path.join(server.folder, "new")):
            found = os.stat(os.path.join(server.folder, "new", name))
            self.assertEqual((found.st_mtime, found.st_mode & 0o777), (1_500_000_000, 0o640))

    def test_names_like_temporary_ones(self):
        """Each of these was once the temporary name of another one, so that they got into each other's way."""
        server = vsftpd.Vsftpd(self)
        names = ["a", "a.part", "a.part.part", "a.part.info", "a.pieces", "a.pieces.part", "b", "b.part"]
        files = {name: os.urandom(100_000) for name in names}
        os.makedirs(self.path("here"))
        for name, data in files.items():
            self.write(os.path.join("here", name), data)
        for i in range(6):
            self.wire("ftp", "put", "-r", self.path("here"), f"{server.url}new-{i}", "--jobs", "8", check=0)
            self.wire("ftp", "get", "-r", f"{server.url}new-{i}", self.path(f"back-{i}"), "--jobs", "8",
                      check=0)
            for place in (os.path.join(server.folder, f"new-{i}"), self.path(f"back-{i}")):
                self.assertEqual(sorted(os.listdir(place)), sorted(names))
                for name, data in files.items():
                    with open(os.path.join(place, name), "rb") as f:
                        self.assertEqual(f.read(), data)

    def interrupt(self, server, name):
        """The names on the server after some had arrived."""
        child = self.start([wbtest.WIRE, "ftp", "put", "-r", self.path("here"), server.url + name, "-q"],
                           stderr=subprocess.PIPE)
        new = os.path.join(server.folder, name)
        wbtest.wait_until(lambda: os.path.isdir(new) and len(os.listdir(new)) > 50, "some arrive")
        child.send_signal(signal.SIGINT)
        self.assertEqual(child.wait(30), 1)
        return os.listdir(new)

    def test_interrupted_leaves_no_parts(self):
        """There is a moment to come to an end in. A machine that has too much to do may not make it in
        time, but not each time."""
        server = vsftpd.Vsftpd(self)
        self.make([4096] * 3000)
        for i in range(20):
            arrived = self.interrupt(server, f"new-{i}")
            self.assertLess(len(arrived), 3000)
            if not [name for name in arrived if name.endswith(".part")]:
                return
        self.fail("parts were left each time")


class Limits(TestCase):
    """A server that lets in three of eight, and says so in its own way: at the greeting or at the password.
    What it does not take is tried again with what it takes, and it is not asked for more again."""

    TAKES = 3
    JOBS = 8

    def run_with(self, server, code, folder):
        # Too large for batches: each file is a turn for a connection, and a reason to want one more.
        files = self.make([70_000] * 60)
        for way in (("put", "-r", self.path("here"), server.url + "new"),
                    ("get", "-r", server.url + "new", self.path("back"))):
            wbtest.wait_until(lambda: self.alone(server), "the sessions of before are over")
            log = self.path("log-" + way[0])
            self.wire("ftp", *way, "--jobs", str(self.JOBS), "--transcript", log + ".jsonl", check=0)
            refused = 0
            with open(log + ".jsonl", encoding="utf-8") as f:
                for line in f:
                    event = json.loads(line)
                    if event.get("direction") == "received":
                        refused += event.get("text", "")[:4] == code
            self.assertGreater(refused, 0, "it takes all of them")
            self.assertLessEqual(refused, self.JOBS - self.TAKES)
        for name, data in files.items():
            with open(os.path.join(folder, "new", name), "rb") as f:
                self.assertEqual(f.read(), data)
            self.assertEqual(self.read("back", name), data)

    def alone(self, server):
        pid = server.child.pid
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
            return not f.read().split()

    def test_vsftpd(self):
        server = vsftpd.Vsftpd(self, max_per_ip=str(self.TAKES))
        self.run_with(server, "421 ", server.folder)

    def test_proftpd(self):
        if not proftpd.is_there():
            self.skipTest("ProFTPD is not there")
        server = proftpd.Proftpd(self, f"MaxClientsPerHost {self.TAKES}")
        self.run_with(server, "530 ", server.folder)

    def test_pureftpd(self):
        if not pureftpd.is_there():
            self.skipTest("Pure-FTPd is not there")
        server = pureftpd.PureFtpd(self, "-C", str(self.TAKES))
        self.run_with(server, "421 ", server.folder)


class Large(TestCase):
    """Folders so large that a list of what became of each file would be seen in the memory it takes."""

    def get(self, url, *options):
        argv = [wbtest.WIRE, "ftp", "get", "-r", url, self.path("got"), "-q", "--json", *options]
        done, peak = wbtest.run_measured(argv, env=dict(os.environ, LANGUAGE="en", G_DEBUG=""))
        return done, [json.loads(line) for line in done.stdout.splitlines()], peak

    def test_memory(self):
        """Twenty thousand of which nothing is to be fetched, and a hundred: the peak is nearly the same."""
        if os.environ.get("SANITIZED"):
            self.skipTest("a sanitizer has memory of its own")
        row = "-rw-r--r-- 1 u g 1 Jan 01 2020 a-name-of-a-file-{:05}\r\n"
        names = [f"a-name-of-a-file-{i:05}" for i in range(20_000)]
        os.mkdir(self.path("got"))
        for name in names:
            with open(self.path("got", name), "wb") as f:
                f.write(b"x")
        peaks = []
        for count in (100, len(names)):
            server = ftpscript.FtpScript(self, {}, {
                "LIST": lambda s, a, n=count: s.send("".join(row.format(i) for i in range(n)).encode())})
            done, rows, peak = self.get(server.url, "--if-exists", "skip")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual([row["state"] for row in rows], ["skipped"] * count)
            self.assertEqual(sorted(os.path.basename(row["remote"]) for row in rows), names[:count])
            peaks.append(peak)
        print(f"# {peaks[0] >> 10} KiB, {peaks[1] >> 10} KiB")
        self.assertLess(peaks[1] - peaks[0], 5 << 20)

    def test_each_is_told_of_once(self):
        """Also of those whose turn never came: the person stops it, or the server lets in nobody any more."""
        server = vsftpd.Vsftpd(self)
        for i in range(300):
            server.put_file(f"t/d{i % 3}/f{i:03}", os.urandom(20_000))
        argv = [wbtest.WIRE, "ftp", "get", "-r", server.url + "t", self.path("got"), "-q", "--json",
                "--limit", "100K", "--jobs", "2"]
        child = self.start(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        first = child.stdout.readline()
        child.send_signal(signal.SIGINT)
        rows = [json.loads(line) for line in [first, *child.stdout]]
        self.assertEqual(child.wait(60), 1)
        self.assertEqual(child.stderr.read().splitlines(), [b"wire ftp get: Interrupted."])
        self.assertEqual({row["state"] for row in rows}, {"done", "cancelled"})
        self.assertEqual(len({row["remote"] for row in rows}), len(rows))
        # Nobody had looked into some folders.
        folders = [row for row in rows if row["remote"].split("/")[-1][0] == "d"]
        self.assertEqual(len(rows) - len(folders) + 100 * len(folders), 300)

        locked = server.put_file("u/locked/a", b"1")
        os.chmod(os.path.dirname(locked), 0)
        for i in range(50):
            os.chmod(server.put_file(f"u/no-{i:02}", b"1"), 0)
            server.put_file(f"u/yes-{i:02}", b"1")
        done, rows, _peak = self.get(server.url + "u")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(sorted((row["state"] for row in rows)), ["done"] * 50 + ["failed"] * 51)
        lines = done.stderr.decode().splitlines()
        self.assertEqual(len(lines), 21)
        self.assertIn("(51 transfers failed.)", lines[19])
        self.assertIn("31 more", lines[20])


class Scripted(TestCase):
    def serve(self, on=None, **kw):
        return ftpscript.FtpScript(self, {}, on, **kw)

    def expect(self, server, files, but=()):
        self.assertEqual({name: data for name, data in server.files.items()},
                         {"new/" + name: data for name, data in files.items() if name not in but})

    def part_of(self, argument):
        return argument.split("/")[-1].split(".")[0]

    def test_named_only_when_whole(self):
        """Each RNTO comes after the 226 and after the answer to SIZE for that very file."""
        known = set()

        def size(session, argument):
            answer = session.do_size(argument)
            if answer.startswith("213"):
                known.add(argument)
            return answer

        def rnto(session, argument):
            if session.rename_from not in known:
                return "553 too early"
            return session.do_rnto(argument)
        server = self.serve({"SIZE": size, "RNTO": rnto})
        files = self.make([100] * 60)
        self.put(server.url, "--jobs", "2")
        self.expect(server, files)
        self.assertEqual(server.verbs().count("STOR"), 60)

    def test_server_that_throws_commands_away(self):
        """It is found out with SIZE, which changes nothing, and not tried again."""
        server = self.serve(hasty=True)
        files = self.make([100] * 40)
        self.put(server.url, "--jobs", "1", "--timeout", "2")
        self.expect(server, files)
        self.assertEqual(server.verbs().count("STOR"), 40)
        # The first batch on a second session, and from then on a third one for all.
        self.assertLessEqual(server.sessions, 4)

    def test_wrong_size(self):
        def stor(session, argument):
            content = session.receive()
            session.server.files[argument] = content[:-1] if self.part_of(argument) == "f007" else content
            return "226 have it"
        server = self.serve({"STOR": stor})
        files = self.make([100] * 30)
        text = self.put(server.url, "--jobs", "1", check=1).stderr.decode()
        self.assertIn("100 bytes were sent, and the server has 99", text)
        self.expect(server, files, but=["f007"])

    def test_temporary_names_refused(self):
        def stor(session, argument):
            if argument.endswith(".part"):
                return "553 not such a name"
            return session.do_stor(argument)
        server = self.serve({"STOR": stor})
        files = self.make([100] * 10)
        self.put(server.url, "--jobs", "1")
        self.expect(server, files)

    def test_refused_before_anything_is_read(self):
        """What was sent ahead goes nowhere, and the session goes on."""
        def stor(session, argument):
            if self.part_of(argument) == "f003":
                return "550 Permission denied."
            return session.do_stor(argument)
        server = self.serve({"STOR": stor})
        files = self.make([100] * 10)
        self.put(server.url, "--jobs", "1", check=1)
        self.expect(server, files, but=["f003"])

    def test_temporary_names_are_nobody_elses(self):
        """Both ways, also of a file that is gone on with when the connection breaks."""
        def stor(session, argument):
            sent.append(argument.split("/")[-1])
            return session.do_stor(argument)

        def retr(session, argument):
            here.extend(os.listdir(self.path("back")))
            return session.do_retr(argument)
        sent, here = [], []
        server = self.serve({"STOR": stor, "RETR": retr, "MDTM": lambda s, a: "213 20260101120000"})
        names = ["a", "a.part", "a.1.part", "a.part.info", "a.part.part"]
        os.makedirs(self.path("here"))
        for name in names:
            self.write(os.path.join("here", name), os.urandom(2_000_000))
        self.put(server.url, "--jobs", "1")
        self.assertEqual(len(sent), len(names))
        self.assertFalse(set(sent) & set(names), sent)

        os.makedirs(self.path("back"))
        for resume in ((), ("--resume",)):
            for name in names:
                target = self.path("back", name)
                self.wire("ftp", "get", server.url + "new/" + name, target, *resume, check=0)
                os.unlink(target)
        self.assertFalse(set(here) & set(names), here)

    def test_no_renaming(self):
        server = self.serve({"RNFR": lambda s, a: "550 Permission denied."})
        files = self.make([100] * 10)
        self.put(server.url, "--jobs", "1")
        self.expect(server, files)

    def test_no_size(self):
        server = self.serve(size=False)
        files = self.make([100] * 10)
        self.put(server.url, "--jobs", "1")
        self.expect(server, files)

    def test_server_that_minds_a_port_ahead(self):
        """It listens to commands while it receives: what it meant shows by the codes, whatever the order,
        and it is not asked like that again on this connection."""
        def answers(how):
            def stor(session, argument):
                content = session.receive()
                if not session.buffer.startswith(b"EPSV"):
                    session.server.files[argument] = content
                    return "226 have it"
                asked.append(argument)
                session.buffer = session.buffer.split(b"\n", 1)[1]
                if how != "breaks":
                    session.server.files[argument] = content
                port = f"229 come (|||{session.listen()}|)\r\n"
                return {"refuses": "450 busy\r\n226 have it", "refuses late": "226 have it\r\n450 busy",
                        "first": port + "226 have it", "breaks": port + "426 that was yours",
                        "both": "451 no\r\n450 no", "odd": "226 have it\r\n200 what?"}[how]
            return stor
        files = self.make([100] * 60)
        for how in ("refuses", "refuses late", "first", "breaks", "both", "odd"):
            with self.subTest(how):
                asked = []
                server = self.serve({"STOR": answers(how)})
                self.put(server.url, "--jobs", "1")
                server.files = {name: data for name, data in server.files.items() if ".part" not in name}
                self.expect(server, files)
                self.assertEqual(len(asked), 1)
                self.assertEqual(server.sessions, 1)

    def test_server_that_does_not_listen_meanwhile(self):
        """What comes while it receives is thrown away: that is waited for once, not once a batch."""
        def stor(session, argument):
            reply = session.do_stor(argument)
            thrown.extend(session.buffer.splitlines())
            session.buffer = b""
            return reply
        thrown = []
        server = self.serve({"STOR": stor})
        files = self.make([100] * 100)
        self.put(server.url, "--jobs", "1", "--timeout", "2")
        self.expect(server, files)
        self.assertEqual(thrown, [b"EPSV"])
        self.assertEqual(server.verbs().count("STOR"), 100)
        self.assertLessEqual(server.sessions, 3)

    def test_a_port_that_is_gone(self):
        """The port ahead of a file that takes no connection any more costs no more than an attempt."""
        def stor(session, argument):
            reply = session.do_stor(argument)
            session.is_ahead = session.buffer.startswith(b"EPSV")
            return reply

        def epsv(session, _argument):
            port = session.listen()
            if getattr(session, "is_ahead", False):
                session.listener.close()
                session.is_ahead = False
            return f"229 come (|||{port}|)"
        server = self.serve({"EPSV": epsv, "STOR": stor})
        files = self.make([100] * 40)
        self.put(server.url, "--jobs", "1")
        self.expect(server, files)
        self.assertEqual(server.verbs().count("STOR"), 40, "each went once")
        self.assertEqual(server.verbs().count("EPSV"), 41, "one was in vain, and none behind STOR after it")

    def test_reply_lost(self):
        """At the 226, and in the middle of the renaming: a new session looks at what is there."""
        for verb, place in (("STOR", "f003"), ("RNTO", "f002"), ("RNFR", "f001")):
            lost = threading.Event()

            def answer(session, argument, verb=verb, place=place, lost=lost):
                reply = getattr(session, "do_" + verb.lower())(argument)
                if self.part_of(argument) == place and not lost.is_set():
                    lost.set()
                    return "close"
                return reply
            with self.subTest(verb):
                server = self.serve({verb: answer})
                if not os.path.exists(self.path("here")):
                    files = self.make([100] * 12)
                self.put(server.url, "--jobs", "1")
                self.expect(server, files)
                self.assertEqual(server.verbs().count("STOR"), 12)

    def test_421_is_not_replayed(self):
        done = threading.Event()

        def stor(session, argument):
            if self.part_of(argument) == "f003" and not done.is_set():
                done.set()
                session.reply("421 going down")
                return "close"
            return session.do_stor(argument)
        server = self.serve({"STOR": stor})
        files = self.make([100] * 12)
        self.put(server.url, "--jobs", "1", check=1)
        self.expect(server, files, but=["f003"])

    def test_a_file_that_cannot_be_read(self):
        server = self.serve()
        files = self.make([100] * 12)
        os.unlink(self.path("here", "f005"))
        os.symlink("nowhere", self.path("here", "f005"))
        text = self.put(server.url, "--jobs", "1", check=1).stderr.decode()
        self.assertIn("f005", text)
        self.expect(server, files, but=["f005"])


if __name__ == "__main__":
    wbtest.main()

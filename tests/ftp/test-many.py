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

# SPDX-License-Identifier: GPL-3.0-or-later
"""The Outbox, wherever the program is killed, a call fails or a server lets it down: no mail is lost, none is
sent twice by itself, and what is said about each is true."""

import errno
import glob
import json
import os
import re
import shutil
import subprocess

import aiosmtp
import certs
import dovecot
import exim
import postfix
import smtpsink
import wbtest
from mailscript import CLOSE, RESET, SILENT, Smtp

SENDER = os.environ["OUTBOX_SENDER"]
PRELOAD = os.environ["FAULT_PRELOAD"]
MAIL = (b"From: a@example.org\r\nTo: b@example.org\r\nMessage-ID: <lesson-1@example.org>\r\n"
        b"Subject: hello\r\n\r\nOne line.\r\n.\r\nand more\r\n")
QUEUED, SENDING, FAILED, UNKNOWN, SENT = range(5)
EHLO = b"250-test\r\n250-PIPELINING\r\n250 8BITMIME\r\n"


class Case(wbtest.TestCase):
    def setUp(self):
        super().setUp()
        self.count = 0

    def folder(self):
        self.count += 1
        return self.path(f"mail{self.count}")

    def run_sender(self, folder, *args, check=0, input=b"", **faults):
        env = dict(os.environ, LANGUAGE="en", ASAN_OPTIONS="verify_asan_link_order=0:detect_leaks=0")
        if faults:
            env["LD_PRELOAD"] = PRELOAD
            env.update({"WB_FAULT_" + k.upper(): str(v) for k, v in faults.items()})
        done = subprocess.run([SENDER, folder, *map(str, args)], env=env, timeout=60, input=input,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if check is not None:
            self.assertEqual(done.returncode, check, done.stderr)
        return done

    def queue(self, folder, *recipients):
        done = self.run_sender(folder, "queue", "a@example.org", *(recipients or ("b@example.org",)), input=MAIL)
        return done.stdout.decode().strip()

    def state(self, folder):
        """(state, words) of the one mail in the Outbox, or None."""
        lines = self.run_sender(folder, "list").stdout.decode().splitlines()
        self.assertLessEqual(len(lines), 1, "doubled")
        if not lines:
            return None
        _, state, words = lines[0].split(" ", 2)
        return int(state), words

    def goes_by_itself(self, folder):
        """Whether the one mail in the Outbox is sent without anybody asking."""
        line, = self.run_sender(folder, "due").stdout.decode().splitlines()
        return int(line.split()[1]) > 0

    def copies(self, folder):
        found = []
        for path in glob.glob(folder + "/Sent/cur/*"):
            with open(path, "rb") as f:
                found.append(f.read())
        return found

    def mails(self, server):
        return [b for b in server.bodies if b]

    def check_promise(self, folder, server, name):
        """What holds after anything: call it when nobody sends."""
        self.run_sender(folder, "recover")
        before = len(self.mails(server))
        self.assertLessEqual(before, 1, "sent twice by itself")
        found = self.state(folder)
        if found is None:
            self.assertEqual((self.copies(folder), before), ([MAIL], 1), "lost")
            return None
        self.assertNotEqual(found[0], SENDING)
        if self.goes_by_itself(folder):
            self.assertIn(found[0], (QUEUED, FAILED))
            self.assertEqual(before, 0, "would be sent twice by itself")
        if found[0] in (QUEUED, FAILED):
            self.assertEqual(before, 0, "would be sent twice")
            self.run_sender(folder, "send", server.port, name)
        elif found[0] == UNKNOWN:
            done = self.run_sender(folder, "send", server.port, name, check=1)
            self.assertIn(b"may have arrived", done.stderr)
            self.assertEqual(len(self.mails(server)), before)
            # The person says so: it goes, the same mail to the letter.
            self.run_sender(folder, "send", server.port, name, "again")
            self.assertEqual(len(set(self.mails(server))), 1)
        else:
            self.run_sender(folder, "send", server.port, name)
            self.assertEqual(len(self.mails(server)), 1, "its copy alone was missing")
        self.assertIsNone(self.state(folder))
        self.assertEqual(self.copies(folder), [MAIL])
        self.assertEqual(os.listdir(folder + "/Outbox/state"), [])
        return found[0]


class Killed(Case):
    def trace(self):
        folder = self.folder()
        name = self.queue(folder)
        server = Smtp(self)
        path = self.path(f"trace{self.count}")
        self.run_sender(folder, "send", server.port, name, trace=path)
        with open(path, encoding="utf-8") as f:
            calls = [line.rstrip("\n") for line in f]
        self.assertGreater(len(calls), 20)
        return calls

    def test_at_each_call(self):
        seen = set()
        for n in range(1, len(self.trace()) + 1):
            with self.subTest(n=n):
                folder, server = self.folder(), Smtp(self)
                name = self.queue(folder)
                done = self.run_sender(folder, "send", server.port, name, check=None, kill=n)
                self.assertEqual(done.returncode, 137)
                seen.add(self.check_promise(folder, server, name))
        # Each way in which it can be found was there.
        self.assertTrue({QUEUED, UNKNOWN, SENT} <= seen, seen)

    def test_one_call_fails(self):
        for number in (errno.ENOSPC, errno.EIO):
            for n in range(1, len(self.trace()) + 1):
                with self.subTest(n=n, error=errno.errorcode[number]):
                    folder, server = self.folder(), Smtp(self)
                    name = self.queue(folder)
                    done = self.run_sender(folder, "send", server.port, name, check=None, error=n, errno=number)
                    self.assertIn(done.returncode, (0, 1))
                    self.check_promise(folder, server, name)

    def test_every_call_fails_from_then_on(self):
        for n in range(1, len(self.trace()) + 1):
            with self.subTest(n=n):
                folder, server = self.folder(), Smtp(self)
                name = self.queue(folder)
                self.run_sender(folder, "send", server.port, name, check=None, error=n, errno=errno.ENOSPC, stay=1)
                self.check_promise(folder, server, name)

    def test_kept_before_anything_is_sent(self):
        """Killed while it is kept: there and whole if that was acknowledged."""
        for n in range(1, 40):
            folder = self.folder()
            done = self.run_sender(folder, "queue", "a@example.org", "b@example.org", input=MAIL, check=None, kill=n)
            if done.returncode == 0:
                return
            found = self.state(folder)
            if done.stdout:
                self.assertEqual(found[0], QUEUED)
            if found is not None:
                server = Smtp(self)
                name = self.run_sender(folder, "list").stdout.decode().split()[0]
                self.run_sender(folder, "send", server.port, name)
                self.assertEqual(self.copies(folder), [MAIL])
        self.fail("it never came to an end")

    def test_while_the_server_holds_it(self):
        """SIGKILL in the middle of the conversation: only behind the end of the mail is there a doubt."""
        for step in ("greeting", "EHLO", "MAIL", "RCPT", "DATA", "."):
            with self.subTest(step=step):
                folder = self.folder()
                name = self.queue(folder)
                held = Smtp(self, {step: SILENT} if step == "greeting" else
                            dict({"EHLO": EHLO}, **{step: SILENT}))
                child = self.start([SENDER, folder, "send", str(held.port), name], stdin=subprocess.DEVNULL)
                verb = {"greeting": b"", ".": b"DATA"}.get(step, step.encode())
                wbtest.wait_until(lambda: held.bodies if step == "." else held.connections and verb in held.said(),
                                  "the client to come so far")
                child.kill()
                child.wait()
                self.run_sender(folder, "recover")
                self.assertEqual(self.state(folder)[0], UNKNOWN if step == "." else QUEUED)
                self.assertEqual(self.goes_by_itself(folder), step != ".")

    def test_the_mark_comes_before_the_end(self):
        """While the server has all but the end, the disk does not say "committed"; when it has it, it does."""
        folder = self.folder()
        name = self.queue(folder)
        states = []

        def look(step, reply):
            def answer(server, line):
                with open(os.path.join(folder, "Outbox", "state", name), "rb") as f:
                    states.append((step, b'"committed":true' in f.read()))
                return reply
            return answer
        server = Smtp(self, {"EHLO": look("EHLO", EHLO), "DATA": look("DATA", b"354 go\r\n"),
                             ".": look(".", b"250 fine\r\n")})
        self.run_sender(folder, "send", server.port, name)
        self.assertEqual(states, [("EHLO", False), ("DATA", False), (".", True)])


class KilledBetween(Case):
    """The same where the server takes the mail for some only: each gets it once by itself at most, and
    nobody is forgotten."""

    TO = ("b@example.org", "later@example.org", "bad@example.org")

    @staticmethod
    def rcpt(_server, line):
        return (b"250 fine\r\n" if b"<b@" in line else b"450 4.2.0 greylisted\r\n" if b"<later" in line
                else b"550 5.1.1 no such user\r\n")

    def left(self, folder):
        """Who is in a mail of the Outbox, and who is in one that goes by itself."""
        here, by_itself = set(), set()
        due = dict(line.split() for line in self.run_sender(folder, "due").stdout.decode().splitlines())
        for path in glob.glob(folder + "/Outbox/cur/*"):
            with open(path, "rb") as f:
                data = f.read()
            self.assertTrue(data.endswith(MAIL), "torn")
            to = set(re.findall(rb"X-Wirebench-Recipient: (\w+)@", data))
            here |= to
            if due[os.path.basename(path).split(":")[0]] != "0":
                by_itself |= to
        return here, by_itself

    def check(self, folder, server):
        self.run_sender(folder, "recover")
        taken = len([b for b in server.bodies if b])
        here, by_itself = self.left(folder)
        self.assertLessEqual(taken, 1)
        self.assertLessEqual({b"later", b"bad"}, here, "forgotten")
        if taken:
            self.assertNotIn(b"b", by_itself, "would be sent twice by itself")
        else:
            self.assertIn(b"b", here, "lost")

    def sweep(self, **fault):
        path = self.path("trace")
        folder = self.folder()
        name = self.queue(folder, *self.TO)
        self.run_sender(folder, "send", Smtp(self, {"RCPT": self.rcpt}).port, name, trace=path)
        self.assertEqual(self.left(folder), ({b"later", b"bad"}, {b"later"}))
        with open(path, encoding="utf-8") as f:
            calls = len(f.readlines())
        self.assertGreater(calls, 40)
        for n in range(1, calls + 1):
            with self.subTest(n=n):
                folder, server = self.folder(), Smtp(self, {"RCPT": self.rcpt})
                name = self.queue(folder, *self.TO)
                self.run_sender(folder, "send", server.port, name, check=None,
                                **{key: n if value is None else value for key, value in fault.items()})
                self.check(folder, server)

    def test_at_each_call(self):
        self.sweep(kill=None)

    def test_one_call_fails(self):
        self.sweep(error=None, errno=errno.ENOSPC)

    def test_every_call_fails_from_then_on(self):
        self.sweep(error=None, errno=errno.ENOSPC, stay=1)


class KilledBesides(Case):
    """The same for what is done with a mail that waits: what an ended program left, put off, sent once more, sent to
    those who are left, taken out to be changed."""

    LATER = 4000000000

    def unknown(self):
        """One of which nobody knows whether the server has it."""
        folder = self.folder()
        name = self.queue(folder)
        self.run_sender(folder, "send", Smtp(self, {".": CLOSE}).port, name, check=1)
        self.assertEqual(self.state(folder)[0], UNKNOWN)
        return folder, name

    def drafts(self, folder):
        found = []
        for path in glob.glob(folder + "/Drafts/cur/*"):
            with open(path, "rb") as f:
                found.append(f.read())
        return found

    def sweep(self, before, *args, check):
        """Does ARGS with copies of the folder BEFORE, ended and failing at each call, and lets CHECK (folder, server,
        result) look."""
        def run(check_result=None, **faults):
            folder, server = self.folder(), Smtp(self)
            shutil.copytree(before, folder, symlinks=True)
            done = self.run_sender(folder, *(server.port if a == "PORT" else a for a in args), check=check_result,
                                   **faults)
            return folder, server, done

        path = self.path(f"trace{self.count}")
        run(0, trace=path)
        with open(path, encoding="utf-8") as f:
            calls = len(f.readlines())
        self.assertGreater(calls, 2)
        for n in range(1, calls + 1):
            for kind, faults in (("kill", {"kill": n}), ("error", {"error": n, "errno": errno.ENOSPC})):
                with self.subTest(kind=kind, n=n):
                    folder, server, done = run(**faults)
                    self.assertIn(done.returncode, (137,) if kind == "kill" else (0, 1))
                    check(folder, server, done)
        # Interrupted and half done is not failed.
        for faults in ({"eintr": 2}, {"short": 1}, {"eintr": 3, "short": 1}):
            with self.subTest(**faults):
                folder, server, done = run(0, **faults)
                check(folder, server, done)

    def test_recover(self):
        for committed, state in ((True, UNKNOWN), (False, QUEUED)):
            folder = self.folder()
            name = self.queue(folder)
            path = os.path.join(folder, "Outbox", "state", name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as f:
                json.dump({"state": "sending", "committed": committed, "attempts": 1}, f)

            def check(folder, _server, _done, state=state):
                self.run_sender(folder, "recover")
                self.assertEqual(self.state(folder)[0], state)
                self.assertEqual(self.goes_by_itself(folder), state == QUEUED)
            self.sweep(folder, "recover", check=check)

    def test_postpone(self):
        folder = self.folder()
        name = self.queue(folder)

        def check(folder, _server, done):
            self.run_sender(folder, "recover")
            self.assertEqual(self.state(folder)[0], QUEUED)
            line, = self.run_sender(folder, "due").stdout.decode().splitlines()
            self.assertIn(line, (f"{name} {self.LATER}",) + ((f"{name} 0",) if done.returncode else ()))
            server = Smtp(self)
            self.run_sender(folder, "send", server.port, name)
            self.assertEqual((len(self.mails(server)), self.copies(folder)), (1, [MAIL]))
        self.sweep(folder, "postpone", name, self.LATER, check=check)

    def test_again(self):
        folder, name = self.unknown()

        def check(folder, server, _done):
            self.check_promise(folder, server, name)
        self.sweep(folder, "send", "PORT", name, "again", check=check)

    def test_rest(self):
        """Others have it: who is left gets it once by itself at most, nobody else does, and nobody is forgotten."""
        folder = self.folder()
        name = self.queue(folder, "b@example.org", "later@example.org")
        self.run_sender(folder, "send", Smtp(self, {"RCPT": KilledBetween.rcpt}).port, name)
        rest = self.run_sender(folder, "list").stdout.decode().split()[0]

        def check(folder, server, _done):
            self.run_sender(folder, "recover")
            taken, found = len(self.mails(server)), self.state(folder)
            self.assertLessEqual(taken, 1)
            self.assertNotIn(b"<b@", server.said())
            if found is None:
                self.assertEqual(taken, 1, "forgotten")
                return
            if taken:
                self.assertFalse(self.goes_by_itself(folder) and found[0] != SENT, "would be sent twice by itself")
                self.assertIn(found[0], (UNKNOWN, SENT))
            else:
                self.run_sender(folder, "send", server.port, rest, *(["again"] if found[0] == UNKNOWN else []))
                self.assertEqual(len(self.mails(server)), 1)
                self.assertIsNone(self.state(folder))
        self.sweep(folder, "send", "PORT", rest, check=check)

    def test_edit(self):
        """Taken out to be changed while it waits for its time: in Drafts or in the Outbox; if in both, it does not
        go by itself."""
        folder = self.folder()
        name = self.queue(folder)
        self.run_sender(folder, "postpone", name, self.LATER)

        def check(folder, _server, done):
            self.run_sender(folder, "recover")
            here, drafts = self.state(folder), self.drafts(folder)
            self.assertIn(drafts, ([], [MAIL]))
            self.assertTrue(here or drafts, "lost")
            if done.returncode == 0:
                self.assertEqual((here, drafts), (None, [MAIL]))
            if here and drafts:
                self.assertFalse(self.goes_by_itself(folder), "would be sent as it was before")
            if here:
                self.run_sender(folder, "edit", name)
                self.assertIsNone(self.state(folder))
        self.sweep(folder, "edit", name, check=check)
        # Drafts that cannot be written leave it as it was.
        with open(folder + "/Drafts", "wb"):
            pass
        self.run_sender(folder, "edit", name, check=1)
        self.assertTrue(self.goes_by_itself(folder))

    def test_interrupted(self):
        """Kept and sent, with every call interrupted and half done."""
        for faults in ({"eintr": 2}, {"short": 1}, {"eintr": 3, "short": 1}):
            folder, server = self.folder(), Smtp(self)
            name = self.run_sender(folder, "queue", "a@example.org", "b@example.org", input=MAIL,
                                   **faults).stdout.decode().strip()
            self.run_sender(folder, "send", server.port, name, **faults)
            self.assertEqual((self.state(folder), self.copies(folder), len(self.mails(server))), (None, [MAIL], 1))


class Servers(Case):
    def outcome(self, replies, *recipients):
        """Sends one mail to a server that does as REPLIES say; the state, the words, the server."""
        folder = self.folder()
        name = self.queue(folder, *recipients)
        server = Smtp(self, replies) if isinstance(replies, dict) else replies
        self.run_sender(folder, "send", server.port, name, check=None)
        found = self.state(folder)
        self.assertEqual(len(self.copies(folder)), int(found is None))
        return found, folder, name

    def test_each_stage(self):
        stages = ("greeting", "EHLO", "MAIL", "RCPT", "DATA", ".")
        answers = ((b"421 4.3.2 closing\r\n", "421 4.3.2 closing"), (b"451 4.3.0 later\r\n", "451 4.3.0 later"),
                   (b"554 5.0.0 never\r\n", "554 5.0.0 never"), (CLOSE, "closed the connection"),
                   (RESET, "127.0.0.1"))
        for pipelining in (EHLO, b"250 test\r\n"):
            for stage in stages:
                for answer, words in answers:
                    with self.subTest(stage=stage, answer=answer, pipelining=pipelining):
                        found, folder, name = self.outcome(dict({"EHLO": pipelining}, **{stage: answer}))
                        lost = stage == "." and answer in (CLOSE, RESET)
                        self.assertEqual(found[0], UNKNOWN if lost else FAILED)
                        self.assertIn(words, found[1])
                        self.assertEqual("may or may not have arrived" in found[1], lost)
                        # Only what passes, and of which the server has nothing, is tried again by itself.
                        self.assertEqual(self.goes_by_itself(folder), answer != answers[2][0] and not lost)
                        self.assertEqual("Next try" in found[1], answer != answers[2][0] and not lost)
                        # Trying again always works.
                        again = Smtp(self)
                        self.run_sender(folder, "send", again.port, name, *(["again"] if lost else []))
                        self.assertEqual((self.mails(again), self.copies(folder)),
                                         ([MAIL.replace(b"\r\n.\r\n", b"\r\n..\r\n")], [MAIL]))

    def test_smtp_sink(self):
        for option, words in (("-f", "500 5.3.0"), ("-r", "450 4.3.0"), ("-q", "closed the connection"),
                              ("-Q", "421 4.0.0")):
            for stage in ("connect", "ehlo", "mail", "rcpt", "data", "."):
                if stage == "connect" and option in ("-f", "-r"):
                    continue    # smtp-sink cannot
                if stage == "ehlo" and option == "-f":
                    continue    # then HELO is tried, and taken
                for pipelining in ([], ["-p"]):
                    with self.subTest(option=option, stage=stage, pipelining=pipelining):
                        sink = smtpsink.SmtpSink(self, option, stage, *pipelining)
                        found, folder, name = self.outcome(sink)
                        self.assertEqual(found[0], UNKNOWN if (option, stage) == ("-q", ".") else FAILED)
                        self.assertIn(words, found[1])
                        # What it says is so: the next server gets it, once.
                        again = smtpsink.SmtpSink(self)
                        self.run_sender(folder, "send", again.port, name, *(["again"] if found[0] == UNKNOWN else []))
                        self.assertEqual(len(again.messages()), 1)
                        self.assertEqual((self.state(folder), self.copies(folder)), (None, [MAIL]))

    @wbtest.unittest.skipUnless(exim.is_there(), "Exim is not there or this is not root")
    def test_exim(self):
        """A refusal at each stage, for good, for now, and with the connection ended."""
        kinds = (("deny", "5.7.1 not this one", "550 5.7.1 not this one"), ("defer", "4.3.0 not now", "451 4.3.0 not now"),
                 ("drop", "5.7.0 go away", "550 5.7.0 go away"))
        steps = {"connect": "waiting for the greeting", "helo": "greeting", "mail": "sending from a@example.org", "rcpt":
                 "sending to student@school.test", "predata": "asking 127.0.0.1:", "data": "handing the message to 127.0.0.1:"}
        for verb, message, words in kinds:
            for stage, step in steps.items():
                for options in ("", "pipelining_advertise_hosts ="):
                    with self.subTest(verb=verb, stage=stage, options=options):
                        server = exim.Exim(self, {stage: verb + " message = " + message}, options=options)
                        found, folder, name = self.outcome(server, "student@school.test")
                        self.assertEqual(found[0], FAILED)
                        self.assertIn(words, found[1])
                        self.assertIn(step, found[1])
                        self.assertNotIn("may or may not have arrived", found[1])
                        self.assertEqual(server.mailbox("student"), [])
                        wbtest.stop(server.child)

    def test_aiosmtpd(self):
        """The same of aiosmtpd, which then takes it: one server, each stage in turn."""
        server = aiosmtp.Aiosmtpd(self)
        for stage, step in (("ehlo", "greeting"), ("mail", "sending from a@example.org"),
                            ("rcpt", "sending to b@example.org"), ("predata", "asking 127.0.0.1:"),
                            ("data", "handing the message to 127.0.0.1:")):
            for reply, lasting in (("554 5.7.1 not this one", True), ("451 4.3.0 not now", False)):
                with self.subTest(stage=stage, reply=reply):
                    del server.mails[:]
                    server.refusals = {stage: reply}
                    found, folder, name = self.outcome(server)
                    self.assertEqual(found[0], FAILED)
                    self.assertIn(step, found[1])
                    self.assertIn(reply, found[1])
                    self.assertEqual(self.goes_by_itself(folder), not lasting)
                    server.refusals = {}
                    self.run_sender(folder, "send", server.port, name)
                    self.assertEqual((self.state(folder), self.copies(folder)), (None, [MAIL]))
                    self.assertEqual([m.data for m in server.mails], [MAIL])

    def send_secured(self, folder, name, user, port, password, ca, check):
        """By a server that is to be encrypted, and logged in to."""
        os.environ.update(CA_FILE=ca, WIRE_PASSWORD=password)
        self.addCleanup(os.environ.pop, "CA_FILE", None)
        self.addCleanup(os.environ.pop, "WIRE_PASSWORD", None)
        return self.run_sender(folder, "send", "smtp://%s@localhost:%d?starttls=required" % (user, port), name,
                               check=check)

    def test_aiosmtpd_secured(self):
        """The same of what comes before the mail: STARTTLS and the login."""
        ca, files = certs.make_ca(self.path("ca")), certs.make_server(self.path("ca"))
        server = aiosmtp.Aiosmtpd(self, "starttls", files[2], auth=["PLAIN"])
        for stage, reply, step, passes in (("starttls", "454 4.7.0 no TLS now", "TLS", True),
                                           ("starttls", "554 5.7.0 no TLS here", "TLS", False),
                                           ("auth", "454 4.7.0 not now", "logging in", True),
                                           ("auth", "535 5.7.8 not you", "logging in", False)):
            with self.subTest(stage=stage, reply=reply):
                del server.mails[:]
                folder = self.folder()
                name = self.queue(folder, "b@example.org")
                server.refusals = {stage: reply}
                self.send_secured(folder, name, server.user, server.port, server.password, ca, 1)
                found = self.state(folder)
                self.assertEqual(found[0], FAILED)
                self.assertIn(step, found[1])
                self.assertIn(reply, found[1])
                self.assertEqual(self.goes_by_itself(folder), passes)
                self.assertEqual(server.mails, [])
                server.refusals = {}
                self.send_secured(folder, name, server.user, server.port, server.password, ca, 0)
                self.assertEqual((self.state(folder), self.copies(folder)), (None, [MAIL]))
                self.assertEqual([(m.data, m.tls, m.user) for m in server.mails], [(MAIL, True, server.user)])

    @wbtest.unittest.skipUnless(os.getuid() == 0, "Postfix wants root to start")
    def test_postfix(self):
        """The same of Postfix, at each stage that it has, TLS and the login too: a door for each."""
        stages = {
            "connect": (["smtpd_delay_reject = no", "smtpd_client_restrictions = reject"],
                        ("554 5.7.1", "greeting")),
            "ehlo": (["smtpd_delay_reject = no", "smtpd_helo_restrictions = reject"], ("554 5.7.1", "greeting")),
            "starttls": (["smtpd_tls_cert_file = /nowhere", "smtpd_tls_key_file = /nowhere"],
                         ("454 4.7.0", "TLS")),
            "auth": ([], ("535 5.7.8", "logging in", "authorization code")),
            # Where there is nobody whom it could ask about logins, it hangs up.
            "auth for now": (["smtpd_sasl_path = /nowhere"], ("localhost:\\d+ closed the connection",)),
            "mail": (["smtpd_delay_reject = no", "smtpd_sender_restrictions = reject"], ("554 5.7.1", "sending from a@example.org")),
            "mail for now": (["smtpd_delay_reject = no", "smtpd_sender_restrictions = defer"],
                             ("450 4.3.2", "sending from a@example.org")),
            "rcpt": (["smtpd_recipient_restrictions = reject"], ("554 5.7.1", "sending to student@school.test")),
            "rcpt for now": (["smtpd_recipient_restrictions = defer"],
                             ("450 4.3.2", "sending to student@school.test")),
            "data": (["smtpd_data_restrictions = reject"], ("554 5.7.1", "student@school.test|localhost")),
            "end": (["smtpd_end_of_data_restrictions = reject"], ("554 5.7.1", "handing the message")),
            "end for now": (["smtpd_end_of_data_restrictions = defer"], ("450 4.3.2", "handing the message")),
        }
        ca, files = certs.make_ca(self.path("ca")), certs.make_server(self.path("ca"))
        sasl = dovecot.Sasl(self, "plain scram-sha-256", {})
        server = postfix.Postfix(self, files[:2], sasl.settings(), {k: v[0] for k, v in stages.items()})

        for stage, (_, words) in stages.items():
            with self.subTest(stage=stage):
                folder = self.folder()
                name = self.queue(folder, "student@school.test")
                self.send_secured(folder, name, "me", server.doors[stage],
                                  "wr0ng" if stage == "auth" else sasl.password, ca, 1)
                found = self.state(folder)
                self.assertEqual(found[0], FAILED)
                for word in words:
                    self.assertRegex(found[1], word)
                self.assertNotIn("may or may not have arrived", found[1])
                self.assertEqual(self.copies(folder), [])
                # What passes by itself is tried again by itself, and the next server takes it.
                self.assertEqual(self.goes_by_itself(folder), "for now" in stage or stage == "starttls")
                count = len(server.mailbox("student"))
                self.send_secured(folder, name, "me", server.port, sasl.password, ca, 0)
                self.assertEqual((self.state(folder), self.copies(folder)), (None, [MAIL]))
                wbtest.wait_until(lambda n=count: len(server.mailbox("student")) > n, "the mail to be delivered")
                self.assertEqual(len(server.mailbox("student")), count + 1)

    @wbtest.unittest.skipUnless(exim.is_there(), "Exim is not there or this is not root")
    def test_exim_takes_what_others_refused(self):
        """Refused by one, taken by the next, and only for whom it takes it."""
        found, folder, name = self.outcome(exim.Exim(self, {"mail": "defer message = 4.3.0 not now"}),
                                           "student@school.test", "nobody@school.test")
        self.assertEqual(found[0], FAILED)
        server = exim.Exim(self)
        self.run_sender(folder, "send", server.port, name)
        self.assertEqual(self.copies(folder), [MAIL])
        state, words = self.state(folder)
        self.assertEqual(state, FAILED)
        self.assertRegex(words, "Everybody else has got it. Refused: nobody@")
        text, = wbtest.wait_until(lambda: server.mailbox("student"), "the mail to be delivered")
        self.assertTrue(text.endswith(b"\nOne line.\n.\nand more\n"), text)

    def test_some_recipients(self):
        """One is taken: it is sent, and not to the others again."""
        def rcpt(server, line):
            return b"550 5.1.1 no such user\r\n" if b"bad" in line else b"250 fine\r\n"
        folder = self.folder()
        name = self.queue(folder, "b@example.org", "bad@example.org", "bad2@example.org")
        self.run_sender(folder, "send", Smtp(self, {"RCPT": rcpt}).port, name)
        self.assertEqual(self.copies(folder), [MAIL])
        # What is left is for those who were refused, with the server's words.
        rest, = os.listdir(folder + "/Outbox/state")
        self.assertNotEqual(rest, name)
        found = self.state(folder)
        self.assertEqual(found[0], FAILED)
        self.assertIn("Refused: bad@example.org: 550 5.1.1 no such user; bad2@example.org: 550", found[1])
        self.assertFalse(self.goes_by_itself(folder))
        again = Smtp(self)
        told = []
        again.replies["RCPT"] = lambda server, line: told.append(line.strip()) or b"250 fine\r\n"
        self.run_sender(folder, "send", again.port, rest)
        self.assertEqual(told, [b"RCPT TO:<bad@example.org>", b"RCPT TO:<bad2@example.org>"])
        self.assertEqual(self.mails(again), [MAIL.replace(b"\r\n.\r\n", b"\r\n..\r\n")])
        self.assertIsNone(self.state(folder))
        self.assertEqual(os.listdir(folder + "/Outbox/state"), [])
        found, _, _ = self.outcome({"RCPT": rcpt}, "bad@example.org", "bad2@example.org")
        self.assertEqual(found[0], FAILED)
        self.assertIn("no such mailbox", found[1])
        self.assertIn("bad2@example.org: 550 5.1.1 no such user", found[1])

    def test_some_recipients_for_now(self):
        """Who is refused for now gets it later, alone."""
        def rcpt(server, line):
            return b"250 fine\r\n" if b"<b@" in line else b"450 4.2.0 greylisted\r\n"
        for recipients in (("b@example.org", "later@example.org"), ("later@example.org", "other@example.org")):
            with self.subTest(recipients=recipients):
                folder = self.folder()
                name = self.queue(folder, *recipients)
                self.run_sender(folder, "send", Smtp(self, {"RCPT": rcpt}).port, name, check=None)
                self.assertEqual(self.state(folder)[0], FAILED)
                self.assertTrue(self.goes_by_itself(folder))
                self.assertEqual(len(self.copies(folder)), int("b@example.org" in recipients))

    @staticmethod
    def some_for_good(server, line):
        return (b"250 fine\r\n" if b"<b@" in line else b"450 4.2.0 greylisted\r\n" if b"<later" in line
                else b"550-5.1.1 no such\r\n550 5.1.1 user\r\n")

    def rests(self, folder):
        """Of each mail in the Outbox: to whom, what is said of it, and whether it goes by itself."""
        found = {}
        due = dict(line.split() for line in self.run_sender(folder, "due").stdout.decode().splitlines())
        for line in self.run_sender(folder, "list").stdout.decode().splitlines():
            name, _, words = line.split(" ", 2)
            with open(glob.glob(f"{folder}/Outbox/cur/{name}*")[0], "rb") as f:
                to = tuple(re.findall(rb"X-Wirebench-Recipient: (\w+)@", f.read()))
            found[to] = name, words, due[name] != "0"
        return found

    def test_some_for_now_and_some_for_good(self):
        """Those whom others got it before: the ones are tried again by themselves, the others stay, with the words."""
        folder = self.folder()
        name = self.queue(folder, "never@example.org", "b@example.org", "later@example.org", "gone@example.org")
        self.run_sender(folder, "send", Smtp(self, {"RCPT": self.some_for_good}).port, name)
        self.assertEqual(self.copies(folder), [MAIL])
        rests = self.rests(folder)
        self.assertEqual(set(rests), {(b"later",), (b"never", b"gone")})
        name, words, due = rests[b"later",]
        self.assertTrue(due)
        self.assertRegex(words, r"^Others have got it\. Refused: later@example\.org: 450 4\.2\.0 greylisted\..*Next try")
        _, words, due = rests[b"never", b"gone"]
        self.assertFalse(due)
        self.assertIn("Refused: never@example.org: 550 5.1.1 no such user; gone@example.org: 550 5.1.1 no such user.", words)
        self.assertNotIn("Next try", words)
        # The one goes, and leaves the other as it was.
        self.run_sender(folder, "send", Smtp(self).port, name)
        self.assertEqual(self.rests(folder), {(b"never", b"gone"): rests[b"never", b"gone"]})

    def test_all_refused_but_some_for_now(self):
        """While nobody has it, it is one mail; who was refused for good is not asked for again by itself."""
        for by_itself in (True, False):
            with self.subTest(by_itself=by_itself):
                folder, told = self.folder(), []
                name = self.queue(folder, "never@example.org", "later@example.org")
                self.run_sender(folder, "send", Smtp(self, {"RCPT": self.some_for_good}).port, name, check=1)
                (_, words, due), = self.rests(folder).values()
                self.assertTrue(due)
                self.assertIn("Refused were all: later@example.org: 450 4.2.0 greylisted; "
                              "never@example.org: 550 5.1.1 no such user.", words)
                path = os.path.join(folder, "Outbox", "state", name)
                if by_itself:
                    with open(path, "r+", encoding="utf-8") as f:
                        record = json.load(f)
                        f.seek(0)
                        f.truncate()
                        json.dump(dict(record, **{"next-try": 1}), f)
                server = Smtp(self, {"RCPT": lambda s, line: told.append(line.strip()) or b"250 fine\r\n"})
                self.run_sender(folder, "send", server.port, name)
                self.assertEqual(self.copies(folder), [MAIL])
                if not by_itself:
                    # Somebody wants it: all are asked.
                    self.assertEqual(told, [b"RCPT TO:<never@example.org>", b"RCPT TO:<later@example.org>"])
                    self.assertEqual(self.rests(folder), {})
                    continue
                self.assertEqual(told, [b"RCPT TO:<later@example.org>"])
                (_, words, due), = self.rests(folder).values()
                self.assertFalse(due)
                self.assertRegex(words, "^Everybody else has got it. Refused: never@example.org: 550 5.1.1 no such user")
        # Where in the end nobody takes it, it is as if it had been at once.
        folder = self.folder()
        name = self.queue(folder, "never@example.org", "later@example.org")
        for reply in (self.some_for_good, b"550 5.1.1 neither\r\n"):
            self.run_sender(folder, "send", Smtp(self, {"RCPT": reply}).port, name, check=1)
        self.assertFalse(self.goes_by_itself(folder))

    def test_refused_before_a_byte(self):
        for recipient, words in (("b b@example.org", "cannot be used as a mail address"),
                                 ("王@example.org", "offers no SMTPUTF8")):
            found, _, _ = self.outcome({}, recipient)
            self.assertEqual(found[0], FAILED)
            self.assertIn(words, found[1])

    def test_nothing_listens(self):
        folder = self.folder()
        name = self.queue(folder)
        done = self.run_sender(folder, "send", wbtest.free_port(), name, check=1)
        self.assertIn(b"nothing listens there", done.stderr)
        self.assertEqual(self.state(folder)[0], FAILED)
        self.assertTrue(self.goes_by_itself(folder))

    def test_copy_alone(self):
        """Sent and the copy failed are two things; the copy is tried again without the server."""
        folder, server = self.folder(), Smtp(self)
        name = self.queue(folder)
        with open(folder + "/Sent", "wb"):
            pass
        done = self.run_sender(folder, "send", server.port, name, check=1)
        self.assertEqual(done.stdout, b"taken\n")
        self.assertEqual(self.state(folder)[0], SENT)
        os.unlink(folder + "/Sent")
        self.run_sender(folder, "send", 1, name)
        self.assertEqual((self.state(folder), self.copies(folder), len(self.mails(server))), (None, [MAIL], 1))


if __name__ == "__main__":
    wbtest.main()

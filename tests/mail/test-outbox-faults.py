# SPDX-License-Identifier: GPL-3.0-or-later
"""The Outbox, wherever the program is killed, a call fails or a server lets it down: no mail is lost, none is
sent twice by itself, and what is said about each is true."""

import errno
import glob
import os
import subprocess

import exim
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

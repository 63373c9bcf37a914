# SPDX-License-Identifier: GPL-3.0-or-later
"""When mail does not go as it should: refused, cut off, cancelled, left unfinished. Nothing is lost,
nothing goes twice, and the window says what happened."""

import glob
import json
import os
import re
import threading

import wbtest
from gui import atspi
from gui.pointer import Window
from gui.wirebench import WindowTest

PEER = os.path.join(os.environ["G_TEST_SRCDIR"], "lib", "gui", "peer.py")


class Server:
    """An SMTP server that takes mail, or does what `mode` says."""

    def __init__(self, port=0):
        self.mode = "take"
        self.taken = []
        self.release = threading.Event()
        self.server = wbtest.ScriptedServer(self.talk, port=port)
        self.port = self.server.port

    def talk(self, connection, address):
        stream = connection.makefile("rwb")

        def say(text):
            stream.write(text.encode() + b"\r\n")
            stream.flush()

        if self.mode == "down":
            return
        if self.mode == "silent":
            self.release.wait(60)
            return
        self.converse(stream, say)

    def converse(self, stream, say):
        say("220 trouble.test ESMTP")
        for line in stream:
            verb = line.strip().upper()
            if verb.startswith(b"EHLO"):
                say("250-trouble.test\r\n250-AUTH PLAIN\r\n250 8BITMIME")
            elif verb.startswith(b"AUTH"):
                say("535 5.7.8 No" if self.mode == "password" else "235 2.7.0 Welcome")
            elif verb.startswith(b"RCPT") and self.mode == "refuse":
                say("550 5.1.1 There is nobody of that name here")
            elif verb == b"DATA":
                say("354 go on")
                lines = []
                for line in stream:
                    if line == b".\r\n":
                        break
                    lines.append(line)
                self.taken.append(b"".join(lines))
                if self.mode == "cut":
                    return
                say("250 2.0.0 taken")
            elif verb == b"QUIT":
                say("221 bye")
                return
            else:
                say("250 fine")


class Mailbox(Server):
    """The same for POP3: one mail, or what `mode` says."""

    def converse(self, stream, say):
        say("+OK trouble.test")
        for line in stream:
            verb = line.strip().upper()
            if verb.startswith(b"CAPA"):
                say("+OK\r\nUSER\r\nUIDL\r\n.")
            elif verb.startswith(b"PASS") and self.mode == "password":
                say("-ERR [AUTH] No")
            elif verb.startswith(b"UIDL"):
                say("+OK\r\n1 first\r\n.")
            elif verb.startswith(b"LIST"):
                say("+OK\r\n1 60\r\n.")
            elif verb.startswith(b"RETR"):
                say("+OK\r\nFrom: a@trouble.test\r\nSubject: It came\r\n\r\nAt last.\r\n.")
            else:
                say("+OK 1 60")
                if verb == b"QUIT":
                    return


class Trouble(WindowTest):
    # The place that the Wire would take is wanted for the folders of four accounts.
    SETTINGS = "welcomed=true\nwire-visible=false\nsend-delay=0"

    @classmethod
    def prepare(cls):
        cls.server, cls.mailbox = Server(), Mailbox()
        for server in (cls.server, cls.mailbox):
            cls.addClassCleanup(server.server.close)
            cls.addClassCleanup(server.release.set)
        cls.store = os.path.join(cls.home, ".local/share/wirebench/mail")
        os.makedirs(cls.store)
        with open(os.path.join(cls.store, "accounts.ini"), "w") as f:
            f.write("[account-me]\nname=Me\naddress=me@trouble.test\n"
                    f"smtp=smtp://me:canary-5083@127.0.0.1:{cls.server.port}/?starttls=never\n"
                    f"pop3=pop3://me:canary-5083@127.0.0.1:{cls.mailbox.port}/?starttls=never\n"
                    "[account-lost]\nname=Lost\naddress=lost@trouble.test\n"
                    "smtp=smtp://no-such-host.invalid:25/?starttls=never\n"
                    "pop3=pop3://lost:canary-5083@no-such-host.invalid:110/?starttls=never\n")
        cls.file = os.path.join(cls.home, "dropped.txt")
        with open(cls.file, "w") as f:
            f.write("dropped\n")

    def folder(self, name, account="account-me"):
        return glob.glob(os.path.join(self.store, account, name, "[nc]*", "*"))

    def compose(self, subject, text="Some words."):
        self.window.focus()
        self.click("push button", "Write a mail")
        frame = atspi.find(self.tree, "frame", "New Mail")
        w = Window(self.desktop, self.tree, "New Mail", frame)
        if self.addresses(w) != ["somebody@trouble.test"]:
            w.fill(self.inside(w, "text", "To"), "somebody@trouble.test")
        w.fill(self.inside(w, "text", "Subject"), subject)
        w.click(self.inside(w, None, "Message text"), fy=0.3)
        w.type(text)
        return w

    def closed(self, subject):
        wbtest.wait_until(
            lambda: not self.desktop.xdo("search", "--onlyvisible", "--name", f"^{subject}$"),
            "the composer to close")

    def wait_for(self, text):
        return self.find(None, re.compile(text))

    def test_1_refused_stays_with_its_reason(self):
        self.page(1)
        self.click("list item", "Outbox of me@trouble.test")
        self.server.mode = "refuse"
        w = self.compose("Refused")
        w.click(self.inside(w, "push button", "Send"))
        self.inside(w, "label", re.compile(r"nobody of that name here"))
        self.inside(w, "label", re.compile(r"kept in the Outbox"))
        self.assertEqual(len(self.folder("Outbox")), 1)
        self.desktop.screenshot(os.path.join(os.path.dirname(
            os.environ["G_TEST_BUILDDIR"].rstrip("/")), "screenshots", "mail-refused.png"))
        w.key("ctrl+w")
        self.closed("Refused")
        self.window.click(self.wait_for(r"somebody@trouble\.test: Refused"))
        self.wait_for(r"nobody of that name here")
        self.shot("mail-outbox")
        self.server.mode = "take"
        self.click("push button", "Send Again")
        wbtest.wait_until(lambda: self.folder("Sent"), "the mail in Sent")
        wbtest.wait_until(lambda: not self.folder("Outbox"), "the Outbox to be empty")
        self.assertEqual(len(self.server.taken), 1)
        self.assertIn(b"Some words.", self.server.taken[0])

    def test_2_unknown_is_never_sent_again_by_itself(self):
        self.server.mode = "cut"
        w = self.compose("Cut off")
        w.click(self.inside(w, "push button", "Send"))
        self.inside(w, "label", re.compile(r"may or may not"))
        self.assertNotIn("sensitive", atspi.states(self.inside(w, "push button", "Send")))
        w.key("ctrl+w")
        self.closed("Cut off")
        self.server.mode = "take"
        self.window.click(self.wait_for(r"somebody@trouble\.test: Cut off"))
        self.click("push button", "Send Again")
        self.wait_for("Send it a second time")
        self.desktop.xdo("key", "Escape")
        atspi.gone(self.tree, None, re.compile("Send it a second time"))
        self.assertEqual(len(self.server.taken), 2)
        self.assertEqual(len(self.folder("Outbox")), 1)
        self.assertEqual(len(self.folder("Sent")), 1)

    def record(self, account="account-me"):
        """What is known about the one mail in the Outbox that is not uncertain, and its file."""
        found = []
        for path in glob.glob(os.path.join(self.store, account, "Outbox", "state", "*")):
            with open(path, encoding="utf-8") as f:
                record = json.load(f)
            if record["state"] != "unknown":
                found.append((record, path))
        (one,) = found
        return one

    def fail_for_now(self, subject):
        self.server.mode = "down"
        w = self.compose(subject)
        w.click(self.inside(w, "push button", "Send"))
        self.inside(w, "label", re.compile("kept in the Outbox. Once this window is closed, it is tried again"))
        wbtest.wait_until(lambda: self.record()[0]["next-try"] > 0, "its next try")
        return w

    def test_2a_tried_again_when_the_window_is_closed(self):
        """Not while the window is there, from which it could be sent as well."""
        taken = len(self.server.taken)
        w = self.fail_for_now("Held")
        self.desktop.screenshot(self.picture("mail-held"), w.id)
        record, path = self.record()
        with open(path + ".new", "w", encoding="utf-8") as f:
            json.dump(dict(record, **{"next-try": 1}), f)
        os.rename(path + ".new", path)
        self.server.mode = "take"
        # Somebody else who wants to send it learns why not.
        self.window.focus()
        self.window.click(self.wait_for(r"somebody@trouble\.test: Held"))
        self.click("push button", "Send Again")
        self.wait_for("is being sent already, or is open in a window")
        self.assertEqual(len(self.server.taken), taken)
        w.focus()
        w.key("ctrl+w")
        self.closed("Held")
        wbtest.wait_until(lambda: len(self.folder("Outbox")) == 1, "it to be sent", timeout=60)
        self.find(None, re.compile("A mail that could not be sent before is sent"))
        self.assertEqual(len(self.server.taken), taken + 1)

    def test_2b_not_what_was_changed(self):
        """What is changed in the window is not what is to be sent any more."""
        taken = len(self.server.taken)
        w = self.fail_for_now("Changed")
        w.click(self.inside(w, None, "Message text"), fy=0.3)
        w.key("ctrl+End")
        w.type(" More.")
        wbtest.wait_until(lambda: self.record()[0]["next-try"] == 0, "it to be kept back")
        self.inside(w, "label", re.compile("As it was before this change, the mail stays in the Outbox"))
        self.server.mode = "take"
        w.click(self.inside(w, "push button", "Send"))
        self.closed("Changed")
        wbtest.wait_until(lambda: len(self.folder("Outbox")) == 1, "the Outbox to be as before")
        self.assertEqual(len(self.server.taken), taken + 1)
        self.assertIn(b"Some words. More.", self.server.taken[-1])

    def test_3_cancel(self):
        self.server.mode = "silent"
        w = self.compose("Silent")
        w.click(self.inside(w, "push button", "Send"))
        w.click(self.inside(w, "push button", "Cancel"))
        self.inside(w, "label", re.compile(r"^Cancelled"))
        self.assertEqual(len(self.folder("Outbox")), 2)
        self.server.release.set()
        w.key("ctrl+w")
        self.closed("Silent")

    def test_4_unfinished_is_kept_as_it_is(self):
        w = self.compose("Unfinished", "half a sen")
        w.fill(self.inside(w, "text", "To"), "half typed, <x")
        w.key("ctrl+w")
        self.find(None, re.compile("Keep this mail"))
        self.desktop.screenshot(os.path.join(os.path.dirname(
            os.environ["G_TEST_BUILDDIR"].rstrip("/")), "screenshots", "mail-keep.png"))
        self.desktop.xdo("key", "Return")
        self.closed("Unfinished")
        wbtest.wait_until(lambda: self.folder("Drafts"), "the draft")
        self.click("list item", "Drafts of me@trouble.test")
        self.window.click(self.wait_for(r": Unfinished"))
        self.click("push button", "Edit")
        w = Window(self.desktop, self.tree, "Unfinished", atspi.find(self.tree, "frame", "Unfinished"))
        self.assertEqual(self.addresses(w), ["half typed", "<x"])
        w.click(self.inside(w, None, "What will be sent"))
        w.fill(self.inside(w, "text", "To"), "somebody@trouble.test")
        w.click(self.inside(w, None, "Message text"), fy=0.3)
        w.key("ctrl+End")
        w.type("tence")
        self.inside(w, "label", "multipart/alternative")
        self.server.mode = "take"
        w.click(self.inside(w, "push button", "Send"))
        self.closed("Unfinished")
        wbtest.wait_until(lambda: not self.folder("Drafts"), "the draft to be gone")
        self.assertIn(b"half a sentence", self.server.taken[-1])

    def test_5_dropped_file_is_attached_and_the_text_stays(self):
        w = self.compose("Dropped", "before the drop")
        w.place(0, 0)
        peer = self.desktop.run(["/usr/bin/python3", PEER, self.file])
        peer.event("ready")
        other = Window(self.desktop, None, "Peer")
        other.place(880, 560)
        w.drag((other.x + 60, other.y + 90), w.at(self.inside(w, None, "Message text"), 0.5, 0.6))
        self.inside(w, "push button", "Remove dropped.txt")
        w.focus()
        w.click(self.inside(w, "push button", "Send"))
        self.closed("Dropped")
        self.assertIn(b"before the drop", self.server.taken[-1])
        self.assertIn(b"dropped.txt", self.server.taken[-1])

    def stays(self, subject, pattern, account="account-me", patience=20):
        """Send a mail that cannot be sent: why and what to do are told, and it stays in the Outbox."""
        before = self.folder("Outbox", account)
        w = self.compose(subject)
        w.click(self.inside(w, "push button", "Send"))
        said = atspi.text(self.inside(w, "label", re.compile(pattern, re.S), timeout=patience))
        self.assertIn("kept in the Outbox", said)
        self.assertNotIn("canary-5083", said)
        self.desktop.screenshot(self.picture("mail-" + subject.lower().replace(" ", "-")))
        w.key("ctrl+w")
        self.closed(subject)
        # What failed before may have been sent by itself in the meantime.
        after = self.folder("Outbox", account)
        self.assertEqual(len(set(after) - set(before)), 1)

        def kept(path):
            with open(path, "rb") as f:
                return ("Subject: " + subject).encode() in f.read()

        self.assertTrue(any(kept(path) for path in set(after) - set(before)))

    def receive(self, account="me"):
        self.click("list item", f"Inbox of {account}@trouble.test")
        self.window.click(self.find("push button", "Receive"))

    def receive_fails(self, pattern, account="me", patience=20):
        self.receive(account)
        said = self.find("label", re.compile(pattern, re.S), timeout=patience)
        self.assertNotIn("canary-5083", atspi.text(said))
        self.shot("mail-receive-" + self.id().split(".")[-1])
        self.assertIn("sensitive", atspi.states(self.find("push button", "Receive")))

    def test_60_wrong_password(self):
        self.server.mode = self.mailbox.mode = "password"
        self.click("list item", "Outbox of me@trouble.test")
        wrong = r"While logging in to 127\.0\.0\.1.*refused.*password.*Check both"
        self.stays("Wrong password", wrong)
        self.receive_fails(wrong)

    def test_61_host_not_found(self):
        self.click("list item", "Outbox of lost@trouble.test")
        wrong = r"no-such-host\.invalid.*not found.*Check"
        self.stays("Not found", wrong, "account-lost")
        self.receive_fails(wrong, "lost")

    def test_62_silent_server(self):
        """Both are waited for at once: each is given half a minute."""
        for server in (self.server, self.mailbox):
            server.mode = "silent"
            server.release.clear()
        silent = r"While waiting for the greeting of 127\.0\.0\.1.*did not answer in time.*Check"
        self.receive()
        self.stays("Silent all along", silent, patience=90)
        self.find("label", re.compile(silent, re.S), timeout=90)
        self.shot("mail-receive-silent")

    def test_63_cancel_receiving(self):
        self.receive()
        self.window.click(self.find("push button", "Cancel"))
        self.find("label", "Receiving was cancelled")
        self.assertEqual(self.folder("Inbox"), [])
        for server in (self.server, self.mailbox):
            server.mode = "take"
            server.release.set()
        # What went wrong leaves nothing behind: the next try goes well.
        self.receive()
        self.find(None, re.compile("It came"))
        self.assertEqual(len(self.folder("Inbox")), 1)

    def test_64_nothing_listens(self):
        self.server.server.close()
        self.mailbox.server.close()
        self.click("list item", "Outbox of me@trouble.test")
        refused = r"127\.0\.0\.1.*nothing listens there.*Check"
        self.stays("Nobody there", refused)
        self.receive_fails(refused)

    def test_7_an_account_by_hand(self):
        """The dialog: what is wrong is said, what is right is kept, the password in no file."""
        self.click("push button", "Add Account…")
        frame = atspi.find(self.tree, "dialog", "Mail Account")
        w = Window(self.desktop, self.tree, "Mail Account", frame)
        w.click(self.inside(w, "push button", "Save account"))
        self.inside(w, "label", re.compile("needs a name and a host"))
        for title, text in (("Name", "Other Person"), ("Address", "other@trouble.test"),
                            ("Password or authorization code", "canary-7391")):
            w.click(self.inside(w, "label", title))
            w.type(text)
        w.click(self.inside(w, "label", "Server, as HOST or HOST:PORT"))
        w.type("smtp.trouble.test:587")
        self.desktop.screenshot(os.path.join(os.path.dirname(
            os.environ["G_TEST_BUILDDIR"].rstrip("/")), "screenshots", "mail-account.png"))
        w.click(self.inside(w, "push button", "Save account"))
        self.find("list item", "Inbox of other@trouble.test")
        with open(os.path.join(self.store, "accounts.ini")) as f:
            text = f.read()
        self.assertIn("smtp=smtps://other%40trouble.test@smtp.trouble.test:587/", text)
        self.assertIn("delete-from-server=false", text)
        for folder, _, names in os.walk(self.home):
            for name in names:
                path = os.path.join(folder, name)
                if os.path.isfile(path) and not os.path.islink(path):
                    with open(path, "rb") as f:
                        self.assertNotIn(b"canary-7391", f.read(), path)


if __name__ == "__main__":
    wbtest.main()

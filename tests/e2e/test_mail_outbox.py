# SPDX-License-Identifier: GPL-3.0-or-later
"""A mail that was sent can be taken back for some seconds; one that failed can be changed and sent after all."""

import glob
import json
import os
import re

import wbtest
from gui import atspi
from gui.pointer import Window
from gui.wirebench import WindowTest
from test_mail_trouble import Server


class Outbox(WindowTest):
    # The place that the Wire would take is wanted for the folders of four accounts.
    SETTINGS = "welcomed=true\nwire-visible=false\nsend-delay=12"

    @classmethod
    def prepare(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.server.close)
        # Where nothing listens at first.
        cls.late_port = wbtest.free_port()
        cls.store = os.path.join(cls.home, ".local/share/wirebench/mail")
        os.makedirs(cls.store)
        with open(os.path.join(cls.store, "accounts.ini"), "w") as f:
            f.write("[account-me]\nname=Me\naddress=me@trouble.test\n"
                    f"smtp=smtp://127.0.0.1:{cls.server.port}/?starttls=never\n"
                    "[account-late]\nname=Late\naddress=late@trouble.test\n"
                    f"smtp=smtp://127.0.0.1:{cls.late_port}/?starttls=never\n")
        cls.leave_half_sent()

    @classmethod
    def leave_half_sent(cls):
        """As a program leaves it that was killed while the end of a mail was on its way."""
        outbox = os.path.join(cls.store, "account-me", "Outbox")
        for folder in ("cur", "new", "tmp", "state"):
            os.makedirs(os.path.join(outbox, folder))
        with open(os.path.join(outbox, "cur", "1700000000.M1P1Q1Rx.localhost:2,S"), "wb") as f:
            f.write(b"X-Wirebench-Sender: me@trouble.test\r\nX-Wirebench-Recipient: somebody@trouble.test\r\n"
                    b"From: me@trouble.test\r\nTo: somebody@trouble.test\r\nSubject: Half sent\r\n\r\nhalf\r\n")
        with open(os.path.join(outbox, "state", "1700000000.M1P1Q1Rx.localhost"), "w") as f:
            f.write('{"state":"sending","committed":true,"attempts":1}')

    def folder(self, name, account="account-me"):
        return glob.glob(os.path.join(self.store, account, name, "[nc]*", "*"))

    def record(self):
        """What is known about the one mail of the account whose server comes late, and its file."""
        path, = glob.glob(os.path.join(self.store, "account-late", "Outbox", "state", "*"))
        with open(path, encoding="utf-8") as f:
            return json.load(f), path

    def send_late(self, subject):
        self.click("list item", "Outbox of late@trouble.test")
        self.click("push button", "Write a mail")
        w = self.composer("New Mail")
        w.fill(self.inside(w, "text", "To"), "somebody@trouble.test")
        w.fill(self.inside(w, "text", "Subject"), subject)
        w.click(self.inside(w, None, "Message text"), fy=0.3)
        w.type("Some words.")
        w.click(self.inside(w, "push button", "Send"))

    def wait_for_late(self, server, count):
        wbtest.wait_until(lambda: len(server.taken) == count, "it to be sent by itself", timeout=180)
        wbtest.wait_until(lambda: len(self.folder("Sent", "account-late")) == count, "the copy")
        wbtest.wait_until(lambda: not self.folder("Outbox", "account-late"), "the Outbox to be empty")
        wbtest.wait_until(lambda: not os.path.exists(os.path.join(self.store, "waiting")), "nothing to wait")
        self.assertEqual(len(server.taken), count)

    def on_screen(self, title):
        return bool(self.desktop.xdo("search", "--onlyvisible", "--name", f"^{title}$"))

    def test_1_half_sent_is_uncertain(self):
        self.page(1)
        self.click("list item", "Outbox of me@trouble.test")
        self.window.click(self.find(None, re.compile(r"somebody@trouble\.test: Half sent")))
        self.find(None, re.compile("Wirebench ended while the mail was being handed over"))
        self.shot("mail-half-sent")
        self.click("push button", "Send Again")
        self.find(None, re.compile("Send it a second time"))
        self.desktop.xdo("key", "Escape")
        atspi.gone(self.tree, None, re.compile("Send it a second time"))
        self.assertEqual(self.server.taken, [])

    def test_2_undo(self):
        self.click("push button", "Write a mail")
        w = self.composer("New Mail")
        w.fill(self.inside(w, "text", "To"), "somebody@trouble.test")
        w.fill(self.inside(w, "text", "Subject"), "Too early")
        w.click(self.inside(w, None, "Message text"), fy=0.3)
        w.type("Not yet.")
        w.click(self.inside(w, "push button", "Send"))
        wbtest.wait_until(lambda: not self.on_screen("Too early"), "the composer to go")
        self.find(None, re.compile("Sending in 12 seconds"))
        self.shot("mail-undo")
        self.window.click(self.find(None, re.compile("^Undo")))
        wbtest.wait_until(lambda: self.on_screen("Too early"), "the composer to come back")
        wbtest.wait_until(lambda: len(self.folder("Outbox")) == 1, "the mail to leave the Outbox")
        self.assertEqual(self.server.taken, [])

    def test_3_not_undone(self):
        w = self.composer("Too early")
        w.click(self.inside(w, None, "Message text"), fy=0.3)
        w.key("ctrl+End")
        w.type(" Now.")
        w.click(self.inside(w, "push button", "Send"))
        wbtest.wait_until(lambda: self.folder("Sent"), "the mail in Sent", timeout=60)
        self.assertEqual(len(self.server.taken), 1)
        self.assertIn(b"Not yet. Now.", self.server.taken[0])
        wbtest.wait_until(lambda: len(self.folder("Outbox")) == 1, "the Outbox to be as before")
        self.assertFalse(self.on_screen("Too early"))

    def test_4_failed_and_edited(self):
        self.server.mode = "refuse"
        self.click("push button", "Write a mail")
        w = self.composer("New Mail")
        w.fill(self.inside(w, "text", "To"), "somebody@trouble.test")
        w.fill(self.inside(w, "text", "Subject"), "Mistyped")
        w.click(self.inside(w, None, "Message text"), fy=0.3)
        w.type("Some words.")
        w.click(self.inside(w, "push button", "Send"))
        self.window.click(self.find(None, re.compile(r"somebody@trouble\.test: Mistyped")))
        # In the list, and in the mail that is open.
        wbtest.wait_until(lambda: len(atspi.find_all(
            self.tree, "label", re.compile("nobody of that name here.*Last tried"))) >= 2, "its reason", timeout=60)
        self.shot("mail-failed")
        self.click("push button", "Edit")
        w = self.composer("Mistyped")
        wbtest.wait_until(lambda: len(self.folder("Outbox")) == 1 and len(self.folder("Drafts")) == 1,
                          "the mail to become a draft")
        self.assertEqual(self.addresses(w), ["somebody@trouble.test"])
        self.server.mode = "take"
        w.click(self.inside(w, "push button", "Send"))
        wbtest.wait_until(lambda: len(self.server.taken) == 2, "the mail to be sent", timeout=60)
        self.assertIn(b"Some words.", self.server.taken[1])
        wbtest.wait_until(lambda: not self.folder("Drafts"), "the draft to go")

    def test_5_tried_again_by_itself(self):
        """The server is not there at first; when it is, the mail goes without a hand, and once."""
        self.send_late("Patient")
        self.window.focus()
        self.find(None, re.compile("“Patient” could not be sent yet; it is tried again by itself"), timeout=60)
        self.window.click(self.find(None, re.compile(r"somebody@trouble\.test: Patient")))
        wbtest.wait_until(lambda: len(atspi.find_all(
            self.tree, "label", re.compile(r"nothing listens there.*Last tried.*Next try: \d\d:\d\d\."))) >= 2,
            "when it is tried again", timeout=60)
        self.shot("outbox-next-try")
        record, _ = self.record()
        self.assertEqual(record["next-try"], record["since"] + 60)
        self.assertTrue(os.path.exists(os.path.join(self.store, "waiting")))
        type(self).late = Server(self.late_port)
        self.wait_for_late(self.late, 1)
        self.find(None, re.compile("A mail that could not be sent before is sent"))
        self.shot("outbox-sent-by-itself")
        self.late.server.close()

    def test_6_tried_again_after_the_next_start(self):
        """What is on the disk counts, whatever page is in front."""
        self.send_late("Over night")
        self.window.focus()
        self.find(None, re.compile("“Over night” could not be sent yet"), timeout=60)
        record, path = self.record()
        self.page(2)
        self.quit()
        with open(path + ".new", "w", encoding="utf-8") as f:
            json.dump(dict(record, **{"next-try": 1}), f)
        os.rename(path + ".new", path)
        late = Server(self.late_port)
        self.addCleanup(late.server.close)
        type(self).ended = False
        type(self).app = self.desktop.run(self.installation()[0], G_DEBUG="fatal-criticals")
        type(self).tree = atspi.application("wirebench")
        type(self).window = Window(self.desktop, self.tree, "Wirebench")
        wbtest.wait_until(lambda: len(late.taken) == 1, "it to be sent", timeout=60)
        wbtest.wait_until(lambda: not self.folder("Outbox", "account-late"), "the Outbox to be empty")
        self.assertEqual(len(late.taken), 1)
        # What may have arrived was left alone all along.
        self.assertEqual(len(self.server.taken), 2)


if __name__ == "__main__":
    wbtest.main()

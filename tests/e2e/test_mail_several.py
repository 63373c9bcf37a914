# SPDX-License-Identifier: GPL-3.0-or-later
"""Several mails of a list at once, by Ctrl and Shift and Ctrl+A: deleted, brought back, sent."""

import contextlib
import glob
import os
import re

import wbtest
from gui import atspi
from gui.wirebench import WindowTest
from test_mail_trouble import Server

# A mail and what is known about it; nothing of one that was never tried.
MAILS = (("One", None), ("Two", None), ("Three", '{"state":"failed","attempts":1,"reason":"Nobody was there."}'),
         ("Four", None), ("Five", '{"state":"sending","committed":true,"attempts":1}'))


class Several(WindowTest):
    SETTINGS = "welcomed=true\nwire-visible=false\nsend-delay=0"

    @classmethod
    def prepare(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.server.close)
        cls.store = os.path.join(cls.home, ".local/share/wirebench/mail")
        cls.outbox = os.path.join(cls.store, "account-me", "Outbox")
        for folder in ("cur", "new", "tmp", "state"):
            os.makedirs(os.path.join(cls.outbox, folder))
        with open(os.path.join(cls.store, "accounts.ini"), "w") as f:
            f.write("[account-me]\nname=Me\naddress=me@trouble.test\n"
                    f"smtp=smtp://127.0.0.1:{cls.server.port}/?starttls=never\n")
        for i, (subject, record) in enumerate(MAILS):
            name = f"{1700000000 + i}.M1P1Q{i}Rx.localhost"
            with open(os.path.join(cls.outbox, "cur", name + ":2,S"), "w") as f:
                f.write("X-Wirebench-Sender: me@trouble.test\r\nX-Wirebench-Recipient: somebody@trouble.test\r\n"
                        f"Date: Tue, 14 Nov 2023 22:13:{i:02} +0000\r\n"
                        f"From: me@trouble.test\r\nTo: somebody@trouble.test\r\nSubject: {subject}\r\n\r\ntext\r\n")
            if record:
                with open(os.path.join(cls.outbox, "state", name), "w") as f:
                    f.write(record)

    def row(self, subject):
        return self.find(None, re.compile(rf"somebody@trouble\.test: {subject},"))

    def kept(self):
        """The subjects of what is in the Outbox on the disk."""
        found = []
        for path in glob.glob(self.outbox + "/cur/*"):
            # It may be on its way to elsewhere.
            with contextlib.suppress(FileNotFoundError), open(path, encoding="utf-8") as f:
                found.append(re.search("Subject: (.*)", f.read()).group(1))
        return sorted(found)

    def listed(self):
        return sorted(re.search(": (.*?),", n.name).group(1)
                      for n in atspi.find_all(self.tree, None, re.compile(r"somebody@trouble\.test: \w+,")))

    def taken(self):
        return [re.search(rb"Subject: (\w+)", mail).group(1).decode() for mail in self.server.taken]

    def toast_gone(self, pattern):
        wbtest.wait_until(lambda: not atspi.find_all(self.tree, None, re.compile(pattern)), "the toast to go")

    def test_1_one_is_sent_now_or_again(self):
        """What was never tried is not sent "again"."""
        self.page(1)
        self.click("list item", "Outbox of me@trouble.test")
        self.window.click(self.row("One"))
        self.find("label", "One")
        self.find("push button", "Send Now")
        self.assertEqual(atspi.find_all(self.tree, "push button", "Send Again"), [])
        self.window.click(self.row("Three"))
        self.find("push button", "Send Again")
        self.assertEqual(atspi.find_all(self.tree, "push button", "Send Now"), [])

    def test_2_deleted_and_brought_back(self):
        self.window.click(self.row("One"))
        self.window.click(self.row("Three"), modifier="ctrl")
        # Once below the list, once in the reader's place.
        wbtest.wait_until(lambda: len(atspi.find_all(self.tree, "label", "2 mails selected")) == 2, "two")
        self.find("push button", "Send Again")
        self.shot("outbox-several")
        self.click("push button", "Delete")
        self.find(None, "2 mails deleted")
        wbtest.wait_until(lambda: self.listed() == ["Five", "Four", "Two"], "the list")
        self.assertEqual(len(self.kept()), 5)
        self.window.click(self.rests(self.find(None, re.compile("^Undo"))))
        wbtest.wait_until(lambda: len(self.listed()) == 5, "the list as before")
        self.toast_gone("mails deleted")
        # A row of neighbours, by the key, and for good.
        self.window.click(self.row("One"))
        self.window.click(self.row("Two"), modifier="shift")
        wbtest.wait_until(lambda: atspi.find_all(self.tree, "label", "2 mails selected"), "two")
        self.window.key("Delete")
        self.find(None, "2 mails deleted")
        wbtest.wait_until(lambda: self.kept() == ["Five", "Four", "Three"], "them to leave the disk")

    def test_3_sent(self):
        self.server.mode = "take"
        self.window.click(self.row("Four"))
        self.window.key("ctrl+a")
        wbtest.wait_until(lambda: atspi.find_all(self.tree, "label", "3 mails selected"), "all")
        self.click("push button", "Send Again")
        self.find(None, re.compile("^Send some a second time"))
        self.find(None, re.compile("^1 of them may have arrived already"))
        self.desktop.screenshot(self.picture("outbox-several-again"))
        self.desktop.xdo("key", "Escape")
        atspi.gone(self.tree, None, re.compile("^Send some a second time"))
        self.assertEqual(self.taken(), [])
        # Without that one nothing is asked.
        self.window.click(self.row("Five"), modifier="ctrl")
        wbtest.wait_until(lambda: atspi.find_all(self.tree, "label", "2 mails selected"), "two")
        self.click("push button", "Send Again")
        wbtest.wait_until(lambda: self.taken() == ["Three", "Four"], "them to be sent")
        wbtest.wait_until(lambda: self.kept() == ["Five"], "the Outbox to have the other")
        atspi.gone(self.tree, None, re.compile("mails selected"))

    def test_9_leave(self):
        self.quit()


if __name__ == "__main__":
    wbtest.main()

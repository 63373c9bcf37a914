# SPDX-License-Identifier: GPL-3.0-or-later
"""Many attachments of one mail, many mails of one Outbox, and what waits there when the program ends."""

import base64
import glob
import json
import os
import re
import signal
import time

import wbtest
from gui import atspi
from gui.pointer import Window
from gui.wirebench import WindowTest
from test_mail_trouble import Server

FILES = 14


class Counting(Server):
    """The same, which counts who comes."""

    def __init__(self):
        super().__init__()
        self.came = 0

    def converse(self, stream, say):
        self.came += 1
        super().converse(stream, say)


class Many(WindowTest):
    # The place that the Wire would take is wanted for the folders of three accounts.
    SETTINGS = "welcomed=true\nwire-visible=false\nsend-delay=20"

    @classmethod
    def prepare(cls):
        cls.server = Counting()
        cls.addClassCleanup(cls.server.server.close)
        cls.store = os.path.join(cls.home, ".local/share/wirebench/mail")
        os.makedirs(cls.store)
        with open(os.path.join(cls.store, "accounts.ini"), "w") as f:
            f.write("[account-me]\nname=Me\naddress=me@trouble.test\n"
                    f"smtp=smtp://127.0.0.1:{cls.server.port}/?starttls=never\n")
        cls.files = [os.path.join(cls.home, f"measurements of day {i:02}.txt") for i in range(FILES)]
        for path in cls.files:
            with open(path, "w", encoding="utf-8") as f:
                f.write("four")
        cls.leave_draft("Laden", cls.files, to="Wang <wang@trouble.test>")

    @classmethod
    def leave_draft(cls, subject, files, to):
        """As the program keeps one."""
        for folder in ("cur", "new", "tmp"):
            os.makedirs(os.path.join(cls.store, "account-me", "Drafts", folder), exist_ok=True)
        kept = f"[draft]\nto={to}\nsubject={subject}\nformat=0\nfiles=" + "".join(path + ";" for path in files) + "\n"
        header = base64.b64encode(kept.encode()).decode()
        lines = "\r\n ".join(header[at:at + 70] for at in range(0, len(header), 70))
        with open(os.path.join(cls.store, "account-me/Drafts/cur/1700000000.M1P1Q1Rx.localhost:2,DS"), "w",
                  encoding="ascii", newline="") as f:
            f.write(f"X-Wirebench-Draft: {lines}\r\nFrom: me@trouble.test\r\nSubject: {subject}\r\n\r\nSome words.\r\n")

    def folder(self, name):
        return glob.glob(os.path.join(self.store, "account-me", name, "[nc]*", "*"))

    def write(self, subject, to="somebody@trouble.test"):
        self.page(1)
        self.click("list item", "Outbox of me@trouble.test")
        self.click("push button", "Write a mail")
        w = self.composer()
        w.fill(self.inside(w, "text", "To"), to)
        w.fill(self.inside(w, "text", "Subject"), subject)
        w.click(self.inside(w, None, "Message text"), fy=0.3)
        w.type("Some words.")
        return w

    def attach(self, w, path):
        w.click(self.inside(w, "push button", "Attach files"))
        self.choose_file("Attach Files", path)

    def chip(self, w, path):
        return self.inside(w, "push button", f"Remove {os.path.basename(path)}")

    def edges(self, w, path):
        """Top and bottom of a chip's button, and the bottom of its window."""
        _, top, _, height = atspi.extents(self.chip(w, path))
        return top, top + height, sum(atspi.extents(w.frame)[1::2])

    def test_1_two_attachments_are_seen(self):
        w = self.write("Two")
        for path in self.files[:2]:
            self.attach(w, path)
        for path in self.files[:2]:
            wbtest.wait_until(lambda p=path: self.edges(w, p)[1] <= self.edges(w, p)[2], "the attachment to be seen")
        # There is room beside the first.
        self.assertEqual(self.edges(w, self.files[0])[0], self.edges(w, self.files[1])[0])
        self.desktop.screenshot(self.picture("compose-two-attachments"), w.id)
        self.discard(w)

    def open_draft(self):
        self.click("list item", "Drafts of me@trouble.test")
        # To whom it is to go stands in the list, and in the mail.
        self.window.click(self.find(None, re.compile("^Wang <wang@trouble.test>: Laden, ")))
        self.find("label", "Wang <wang@trouble.test>")
        self.click("push button", "Edit")
        return self.composer("Laden")

    def test_2_many_attachments_are_scrolled_to(self):
        w = self.open_draft()
        self.chip(w, self.files[-1])
        wbtest.wait_until(lambda: self.edges(w, self.files[0])[1] <= self.edges(w, self.files[0])[2], "the first")
        self.desktop.screenshot(self.picture("compose-many-attachments"), w.id)
        # The text keeps its place.
        self.assertGreater(atspi.extents(self.inside(w, None, "Message text"))[3], 120)
        x, y = w.at(self.chip(w, self.files[0]))
        self.desktop.xdo("mousemove", x, y, *["sleep", 0.05, "click", 5] * 12)
        w.click(self.chip(w, self.files[-1]))
        atspi.gone(w.frame, "push button", f"Remove {os.path.basename(self.files[-1])}")
        self.discard(w)

    def test_2_one_window_a_draft(self):
        w = self.open_draft()
        self.chip(w, self.files[0])
        self.window.focus()
        self.click("push button", "Edit")
        # It comes to the front, and takes what is typed.
        wbtest.wait_until(lambda: self.desktop.xdo("getactivewindow").strip() == w.id, "the window to come forward")
        self.assertEqual(len(self.desktop.xdo("search", "--onlyvisible", "--name", "^Laden$").split()), 1)
        w.key("ctrl+w")
        self.gone(w)

    def leave_queued(self, count):
        for i in range(count):
            with open(os.path.join(self.store, f"account-me/Outbox/cur/170000000{i}.M1P1Q{i}Rx.localhost:2,S"), "wb") as f:
                f.write(b"X-Wirebench-Sender: me@trouble.test\r\nX-Wirebench-Recipient: somebody@trouble.test\r\n"
                        b"From: me@trouble.test\r\nTo: somebody@trouble.test\r\n"
                        b"Subject: Number %d\r\n\r\nSome words.\r\n" % i)

    def test_3_all_are_sent_over_one_connection(self):
        self.click("list item", "Outbox of me@trouble.test")
        self.leave_queued(5)
        # One that may have arrived, and one whose time has not come.
        state = os.path.join(self.store, "account-me/Outbox/state")
        os.makedirs(state, exist_ok=True)
        with open(os.path.join(state, "1700000003.M1P1Q3Rx.localhost"), "w") as f:
            f.write('{"state":"unknown"}')
        with open(os.path.join(state, "1700000004.M1P1Q4Rx.localhost"), "w") as f:
            f.write('{"state":"queued","not-before":%d}' % (time.time() + 86400))
        self.click("list item", "Sent of me@trouble.test")
        self.click("list item", "Outbox of me@trouble.test")
        self.find(None, re.compile(": Number 4"))
        # What waits is counted, read or not.
        self.find("label", "5")
        self.shot("mail-send-all")
        self.window.click(self.find("push button", "Send All"))
        wbtest.wait_until(lambda: len(self.server.taken) == 3, "three to be sent", timeout=60)
        wbtest.wait_until(lambda: len(self.folder("Outbox")) == 2, "two to stay")
        wbtest.wait_until(lambda: len(self.folder("Sent")) == 3, "the copies")
        self.find(None, "3 mails sent")
        self.assertEqual([re.search(rb"Subject: Number (\d)", mail)[1] for mail in self.server.taken], [b"0", b"1", b"2"])
        self.assertEqual(self.server.came, 1)

    def test_3_none_reached(self):
        """What keeps one of them from the server keeps the others; each says so, and is tried again by itself."""
        self.server.mode = "down"
        self.leave_queued(2)
        self.click("list item", "Sent of me@trouble.test")
        self.click("list item", "Outbox of me@trouble.test")
        self.window.click(self.find(None, re.compile(": Number 0")))
        self.window.key("ctrl+shift+Return")
        self.find(None, "0 mails sent, 2 not; the Outbox says why", timeout=60)
        records = []
        for path in glob.glob(os.path.join(self.store, "account-me/Outbox/state/*[01]Rx.localhost")):
            with open(path, encoding="utf-8") as f:
                records.append(json.load(f))
        self.assertEqual([record["state"] for record in records], ["failed"] * 2)
        for record in records:
            self.assertGreater(record["next-try"], 0)
        self.server.mode = "take"
        self.window.click(self.find("push button", "Send All"))
        wbtest.wait_until(lambda: len(self.server.taken) == 5, "both to be sent", timeout=60)
        wbtest.wait_until(lambda: len(self.folder("Outbox")) == 2, "the others to stay")

    def merge(self, w, table):
        w.click(self.inside(w, None, "More about this mail"))
        w.click(self.rests(self.find("push button", "Mail merge")))
        self.choose_file("Choose a Table", table)
        frame = atspi.find(self.tree, re.compile("^(frame|dialog)$"), "Mail Merge")
        return Window(self.desktop, self.tree, "Mail Merge", frame)

    def test_4_merged_and_sent(self):
        table = os.path.join(self.home, "students.csv")
        with open(table, "w", encoding="utf-8") as f:
            f.write("name,mail\n" + "".join(f"Student {i},s{i}@trouble.test\n" for i in range(3)))
        w = self.write("Marks of {{name}}", "{{mail}}")
        m = self.merge(w, table)
        self.desktop.screenshot(self.picture("compose-merge-send"), m.id)
        before = self.server.came
        m.click(self.inside(m, "push button", "Send All Now"))
        wbtest.wait_until(lambda: len(self.server.taken) == 8, "three more to be sent", timeout=60)
        wbtest.wait_until(lambda: len(self.folder("Outbox")) == 2, "the Outbox to be as before")
        self.find(None, "3 mails sent")
        self.assertEqual(self.server.came, before + 1)
        self.discard(w)

    def test_5_wrong_rows_are_told(self):
        table = os.path.join(self.home, "wrong.csv")
        with open(table, "w", encoding="utf-8") as f:
            f.write("mail\ns0@trouble.test\nnobody\ns2@trouble.test\n")
        w = self.write("Wrong", "{{mail}}")
        m = self.merge(w, table)
        # The first that needs a look is the one that is shown.
        self.inside(m, "label", "Mail 2 of 3; 1 has a wrong address")
        self.inside(m, "label", re.compile("nobody.*"), nth=1)
        self.desktop.screenshot(self.picture("compose-merge-wrong"), m.id)
        m.click(self.inside(m, None, "Next mail"))
        self.inside(m, "label", "Mail 3 of 3; 1 has a wrong address")
        m.key("Escape")
        self.gone(m)
        self.discard(w)

    def test_6_file_that_has_changed(self):
        path = os.path.join(self.home, "changing.txt")
        with open(path, "w", encoding="utf-8") as f:
            f.write("four")
        w = self.write("Changing")
        self.attach(w, path)
        self.inside(w, "label", "4 bytes")
        with open(path, "w", encoding="utf-8") as f:
            f.write("four" * 11)
        w.click(self.inside(w, "push button", "Send"))
        self.inside(w, "label", re.compile("“changing.txt” has changed since it was attached: it had 4 bytes and has "
                                           "44 bytes now"))
        self.inside(w, "label", "44 bytes")
        self.inside(w, "label", "1 file, 44 bytes")
        self.desktop.screenshot(self.picture("compose-changed-file"), w.id)
        self.assertEqual(len(self.folder("Outbox")), 2)
        # As many bytes, and a time that was set back, as by a program that copies times too.
        times = os.stat(path)
        with open(path, "r+", encoding="utf-8") as f:
            f.write("five")
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
        w.click(self.inside(w, "push button", "Send"))
        self.inside(w, "label", "“changing.txt” has changed since it was attached. Send again to send it as it is.")
        self.assertEqual(len(self.folder("Outbox")), 2)
        w.click(self.inside(w, "push button", "Send"))
        self.find(None, re.compile("Sending in 20 seconds"))
        self.window.click(self.find(None, re.compile("^Undo")))
        w = self.composer("Changing")
        self.discard(w)
        wbtest.wait_until(lambda: len(self.folder("Outbox")) == 2, "the Outbox to be as before")

    def test_8_sent_and_killed(self):
        """Whoever pressed Send wants it sent, whatever ends the program."""
        w = self.write("Killed")
        w.click(self.inside(w, "push button", "Send"))
        self.find(None, re.compile("Sending in 20 seconds"))
        os.kill(self.app.process.pid, signal.SIGKILL)
        self.app.process.wait()
        self.assertEqual(len(self.server.taken), 8)
        self.assertEqual(len(self.folder("Outbox")), 3)
        type(self).app = self.desktop.run(self.installation()[0], G_DEBUG="fatal-criticals")
        type(self).tree = atspi.application("wirebench")
        type(self).window = Window(self.desktop, self.tree, "Wirebench")
        wbtest.wait_until(lambda: len(self.server.taken) == 9, "it to be sent", timeout=120)
        self.assertIn(b"Subject: Killed", self.server.taken[-1])
        wbtest.wait_until(lambda: len(self.folder("Outbox")) == 2, "it to leave the Outbox")


if __name__ == "__main__":
    wbtest.main()

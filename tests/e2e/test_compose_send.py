# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a mail has to do with the server that it goes by: reports of delivery, and how large it may be."""

import glob
import json
import os
import re
import time

import wbtest
from gui import atspi
from gui.pointer import Window
from gui.wirebench import WindowTest
from test_mail_trouble import Server

SIZE = 2_000_000


class Telling(Server):
    """The same, telling what it can, and keeping what it was told."""

    def __init__(self):
        super().__init__()
        self.can = ["8BITMIME", "DSN", f"SIZE {SIZE}"]
        self.told = []

    def converse(self, stream, say):
        def said(text):
            if self.mode == "partly" and self.told and self.told[-1].startswith("RCPT TO:<two@"):
                text = "550 5.1.1 Nobody is called two"
            say("\r\n".join(["250-trouble.test"] + [f"250-{word}" for word in self.can] + ["250 HELP"])
                if text.startswith("250-trouble.test") else text)

        super().converse(Kept(stream, self.told), said)


class Kept:
    """A stream whose lines are kept."""

    def __init__(self, stream, lines):
        self.stream, self.lines = stream, lines

    def __iter__(self):
        for line in self.stream:
            if len(self.lines) < 10_000:
                self.lines.append(line.decode().strip())
            yield line


class ComposeSend(WindowTest):
    # What waits for its time is sent from any page.
    SETTINGS = "welcomed=true\nsend-delay=0\npage='files'"

    @classmethod
    def prepare(cls):
        cls.server = Telling()
        cls.addClassCleanup(cls.server.server.close)
        cls.store = os.path.join(cls.home, ".local/share/wirebench/mail")
        os.makedirs(cls.store)
        with open(os.path.join(cls.store, "accounts.ini"), "w") as f:
            f.write("[account-me]\nname=Me\naddress=me@trouble.test\n"
                    f"smtp=smtp://127.0.0.1:{cls.server.port}/?starttls=never\n")

    def folder(self, name):
        return glob.glob(os.path.join(self.store, "account-me", name, "[nc]*", "*"))

    def mails(self, name, words):
        found = []
        for path in self.folder(name):
            with open(path, "rb") as f:
                found += [path] * (words in f.read())
        return found

    def write(self, subject):
        self.page(1)
        self.click("list item", "Outbox of me@trouble.test")
        self.click("push button", "Write a mail")
        w = self.composer()
        w.fill(self.inside(w, "text", "To"), "one@trouble.test, two@trouble.test")
        w.fill(self.inside(w, "text", "Subject"), subject)
        w.click(self.inside(w, None, "Message text"), fy=0.3)
        w.type("Some words.")
        return w

    def send(self, w):
        before = len(self.server.taken)
        w.click(self.inside(w, "push button", "Send"))
        wbtest.wait_until(lambda: len(self.server.taken) > before, "the mail to be sent", timeout=60)
        self.gone(w)

    def options(self, w):
        w.click(self.inside(w, None, "More about this mail"))
        seen = []

        def same():
            seen.append(atspi.extents(self.inside(w, "check box", "On success")))
            return len(seen) > 5 and len(set(seen[-5:])) == 1

        wbtest.wait_until(same, "the options to stand still")

    def checked(self, w):
        return [name for name in ("Never", "On success", "On failure", "On delay")
                if "checked" in atspi.states(self.inside(w, "check box", name))]

    def test_1_reports(self):
        w = self.write("Reports")
        self.options(w)
        w.click(self.inside(w, "check box", "Never"))
        w.click(self.inside(w, "check box", "On success"))
        w.click(self.inside(w, "check box", "On delay"))
        wbtest.wait_until(lambda: self.checked(w) == ["On success", "On delay"], "the choice")
        w.click(self.inside(w, "combo box", "What a report of delivery carries"))
        w.key("Down", "Down", "Return")
        self.desktop.screenshot(self.picture("compose-reports"))
        w.key("Escape")
        self.send(w)
        self.assertTrue([line for line in self.server.told
                         if line.startswith("MAIL FROM:<me@trouble.test>") and "RET=HDRS" in line],
                        self.server.told)
        self.assertEqual([line for line in self.server.told if line.startswith("RCPT")],
                         [f"RCPT TO:<{who}@trouble.test> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;{who}@trouble.test"
                          for who in ("one", "two")])
        # It is no part of the mail that others get to see.
        self.assertNotIn(b"Reports:", self.server.taken[-1].replace(b"Subject: Reports", b""))
        self.find(None, re.compile("NOTIFY=SUCCESS,DELAY"))

    def test_2_without_reports(self):
        """A server that has none is known the next time, and says so before the mail is sent."""
        self.server.can = ["8BITMIME"]
        w = self.write("Plain")
        self.send(w)
        self.assertNotIn("NOTIFY", self.server.told[-3])
        w = self.write("None")
        self.options(w)
        self.inside(w, "label", "The server of this account offers no reports.")
        self.assertNotIn("sensitive", atspi.states(self.inside(w, "check box", "On success")))
        w.key("Escape")
        self.discard(w)
        self.server.can = ["8BITMIME", "DSN", f"SIZE {SIZE}"]

    def attach(self, w, path):
        w.click(self.inside(w, "push button", "Attach files"))
        self.choose_file("Attach Files", path)

    def test_3_too_large(self):
        """What the server takes is known from the last time; the composer names it and the mail's size."""
        path = os.path.join(self.home, "large.bin")
        with open(path, "wb") as f:
            f.truncate(1_600_000)
        w = self.write("Learnt")
        self.send(w)
        w = self.write("Large")
        self.attach(w, path)
        self.inside(w, "label", re.compile("^1 file, 1.6.MB$"))
        self.inside(w, "label", re.compile("the mail is about 2.2.MB, and the server of this account takes no more "
                                           "than 2.0.MB"))
        self.desktop.screenshot(self.picture("compose-too-large"))
        # Whoever sends it all the same learns it from the server's own word, and nothing is transferred.
        before = len(self.server.told)
        w.click(self.inside(w, "push button", "Send"))
        self.inside(w, "label", re.compile("The message has 2.2.MB and the server takes at most 2.0.MB"))
        self.assertNotIn("DATA", self.server.told[before:])
        w.click(self.inside(w, "push button", "Remove large.bin"))
        atspi.gone(w.frame, "label", re.compile("the server of this account takes no more"))
        w.click(self.inside(w, "push button", "Send"))
        self.gone(w)

    def later(self, w, choice):
        w.click(self.inside(w, None, "Send later"))
        self.find("menu item", choice)
        self.desktop.screenshot(self.picture("compose-later-menu"))
        self.window.click(self.find("menu item", choice))

    def records(self):
        """What is known of each mail in the Outbox, by its file."""
        state = os.path.join(self.store, "account-me", "Outbox", "state")
        found = {}
        for name in os.listdir(state):
            if not name.startswith("."):
                with open(os.path.join(state, name), encoding="utf-8") as f:
                    found[os.path.join(state, name)] = json.load(f)
        return found

    def set_time(self, path, when):
        with open(path, encoding="utf-8") as f:
            record = dict(json.load(f), **{"not-before": int(when)})
        with open(path + ".new", "w", encoding="utf-8") as f:
            json.dump(record, f)
        os.rename(path + ".new", path)

    def test_4_later(self):
        """Tomorrow, changed to another day, and sent by itself when its time has come."""
        before = len(self.server.taken)
        w = self.write("Later")
        self.later(w, "Tomorrow at 8:00")
        self.gone(w)
        path, = wbtest.wait_until(self.records, "the mail in the Outbox")
        first = self.records()[path]["not-before"]
        self.assertEqual(time.localtime(first)[3:6], (8, 0, 0))
        self.assertTrue(0 < first - time.time() < 48 * 3600)
        self.window.click(self.find(None, re.compile(r"one@trouble.test, two@trouble.test: Later")))
        wbtest.wait_until(lambda: len(atspi.find_all(self.tree, "label", re.compile("^Will be sent"))) >= 2,
                          "its time in the list and in the mail")
        self.shot("outbox-later")
        self.click("push button", "Send Later…")
        d = Window(self.desktop, self.tree, "Send Later",
                   atspi.find(self.tree, re.compile("^(frame|dialog)$"), "Send Later"))
        self.inside(d, "label", re.compile("stays in the Outbox and goes when Wirebench is started next"))
        d.fill(self.inside(d, "spin button", "Hour"), "17")
        d.fill(self.inside(d, "spin button", "Minute"), "30")
        d.key("Tab")
        self.desktop.screenshot(self.picture("outbox-later-dialog"), d.id)
        d.click(self.inside(d, "push button", "Send Then"))
        self.gone(d)
        wbtest.wait_until(lambda: self.records()[path]["not-before"] == first + 9.5 * 3600, "the other time")
        self.assertEqual(len(self.server.taken), before)
        self.set_time(path, time.time() + 3)
        wbtest.wait_until(lambda: len(self.server.taken) > before, "it to be sent", timeout=120)
        wbtest.wait_until(lambda: not self.folder("Outbox"), "the Outbox to be empty")
        self.find(None, re.compile("A mail that waited for its time is sent"))
        self.assertIn(b"Subject: Later", self.server.taken[-1])

    def test_5_overdue(self):
        """The program was not there at the time: it sends when it is started, whatever page is in front."""
        before = len(self.server.taken)
        w = self.write("Overdue")
        self.later(w, "At a Chosen Time…")
        d = Window(self.desktop, self.tree, "Send Later",
                   atspi.find(self.tree, re.compile("^(frame|dialog)$"), "Send Later"))
        d.click(self.inside(d, "push button", "Send Then"))
        self.gone(w)
        path, = wbtest.wait_until(self.records, "the mail in the Outbox")
        wbtest.wait_until(lambda: os.path.exists(os.path.join(self.store, "waiting")), "it to be remembered")
        self.page(2)
        self.quit()
        self.set_time(path, time.time() - 3600)
        type(self).ended = False
        type(self).app = self.desktop.run(self.installation()[0], G_DEBUG="fatal-criticals")
        type(self).tree = atspi.application("wirebench")
        type(self).window = Window(self.desktop, self.tree, "Wirebench")
        wbtest.wait_until(lambda: len(self.server.taken) > before, "it to be sent", timeout=60)
        wbtest.wait_until(lambda: not self.folder("Outbox"), "the Outbox to be empty")
        wbtest.wait_until(lambda: not os.path.exists(os.path.join(self.store, "waiting")), "nothing to wait")
        self.assertEqual(len(self.server.taken), before + 1)

    def test_6_not_to_everybody(self):
        """Who was refused stands in the Outbox with the server's words, and is alone in what is sent again."""
        self.page(1)
        self.server.mode = "partly"
        w = self.write("Partly")
        self.send(w)
        words = "Everybody else has got it. Refused: two@trouble.test: 550 5.1.1 Nobody is called two."
        self.window.click(self.find(None, re.compile("one@trouble.test, two@trouble.test: Partly")))
        wbtest.wait_until(lambda: len(atspi.find_all(self.tree, "label", re.compile(re.escape(words)))) >= 2,
                          "the words in the list and in the mail")
        self.shot("outbox-refused")
        self.assertEqual(len(self.mails("Sent", b"Subject: Partly")), 1)
        self.server.mode = "take"
        self.click("push button", "Edit")
        w = self.composer("Partly")
        self.assertEqual(self.addresses(w), ["two@trouble.test"])
        before = len(self.server.told)
        self.send(w)
        self.assertEqual([line for line in self.server.told[before:] if line.startswith("RCPT")],
                         ["RCPT TO:<two@trouble.test>"])
        wbtest.wait_until(lambda: not self.folder("Outbox"), "the Outbox to be empty")


    def memory(self, name):
        with open(f"/proc/{self.app.process.pid}/status", encoding="ascii") as f:
            return next(int(line.split()[1]) * 1024 for line in f if line.startswith(name + ":"))

    def test_7_a_large_attachment_is_not_held(self):
        """It goes from file to file and to the server in pieces."""
        path = os.path.join(self.home, "film.bin")
        size = int(os.environ.get("LARGE_MIB", "64")) << 20
        with open(path, "wb") as f:
            f.write(os.urandom(1 << 20) * (size >> 20))
        self.page(1)
        self.server.can = ["8BITMIME"]
        w = self.write("Film")
        self.attach(w, path)
        self.inside(w, "push button", "Remove film.bin")
        with open(f"/proc/{self.app.process.pid}/clear_refs", "w", encoding="ascii") as f:
            f.write("5")
        before = self.memory("VmRSS")
        self.send(w)
        wbtest.wait_until(lambda: self.mails("Sent", b"Subject: Film"), "the copy")
        wbtest.wait_until(lambda: not self.folder("Outbox"), "the Outbox to be empty")
        grown = self.memory("VmHWM") - before
        print(f"# {size >> 20} MiB: {grown / (1 << 20):.1f} MiB more at the most", flush=True)
        self.assertGreater(len(self.server.taken[-1]), size * 4 / 3)
        self.assertLess(grown, 32 << 20)


if __name__ == "__main__":
    wbtest.main()

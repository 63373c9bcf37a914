# SPDX-License-Identifier: GPL-3.0-or-later
"""The window in which a mail is written, by pointer and keys."""

import contextlib
import glob
import os
import re
import signal

import wbtest
from gui import atspi
from gui.composer import ComposerTest, read
from gui.pointer import Window

DRAFTS = "/.local/share/wirebench/mail/lab-teacher/Drafts/[nc]*/*"
SENT = "/.local/share/wirebench/mail/lab-teacher/Sent/[nc]*/*"


class Compose(ComposerTest):

    def write(self):
        # From here the teacher writes to the student, who is filled in.
        self.page(1)
        self.click("list item", "Inbox of student@lab-b.test")
        self.click("push button", "Write a mail")
        w = self.composer()
        wbtest.wait_until(lambda: self.addresses(w) == ["student@lab-b.test"], "the recipient")
        w.focus()
        return w

    def subject(self, w, text):
        w.fill(self.inside(w, "text", "Subject"), text)
        wbtest.wait_until(lambda: self.desktop.xdo("search", "--onlyvisible", "--name", f"^{text}$"),
                          "the title")

    def send(self, w):
        before = set(glob.glob(self.home + SENT))
        self.press(w, "push button", "Send")
        self.gone(w)
        return read(wbtest.wait_until(lambda: set(glob.glob(self.home + SENT)) - before, "Sent").pop())

    def test_keys_before_the_editor_is_there(self):
        w = self.write()
        editor = self.inside(w, None, "Message text")
        subject = self.inside(w, "text", "Subject")

        def left_the_subject():
            w.click(editor, fy=0.1)
            return "focused" not in atspi.states(subject)

        # The press may come at the very moment when one text takes the other's place.
        wbtest.wait_until(left_the_subject, "the text to have the keys")
        w.type("early birds catch worms")
        self.formatted(w)
        w.type(", later ones do not")
        view = self.source(w)
        self.assertIn("early birds catch worms, later ones do not", atspi.text(view))
        self.shot_of(w, "compose-source")
        self.discard(w)

    def test_the_toolbar(self):
        w = self.write()
        self.subject(w, "Toolbar")
        w.click(self.formatted(w), fy=0.2)
        for button, word in (("Strike through", "struck"), ("Code", "coded")):
            self.press(w, None, button)
            self.shows(w, button)
            w.type(word)
            self.press(w, None, button)
            self.shows(w, button, False)
            w.type(" ")
        self.choose(w, "Size of the text", "Large")
        w.type("large")
        self.press(w, None, "Highlight")
        self.press(w, "push button", "Yellow")
        w.type(" marked")
        w.key("Return")
        self.press(w, None, "Clear formatting")
        self.press(w, None, "Numbered list")
        self.shows(w, "Numbered list")
        w.type("first")
        w.key("Return")
        self.press(w, None, "One level in")
        w.type("nested")
        w.key("Return", "Return", "Return")
        self.shows(w, "Numbered list", False)
        self.press(w, None, "Horizontal rule")
        self.press(w, None, "Table")
        self.press(w, "push button", "Insert")
        w.type("a1")
        w.key("Tab")
        w.type("b1")
        self.shot_of(w, "compose-toolbar")
        message = self.send(w)
        html = message.get_body(("html",)).get_content().replace("\n", "")
        for pattern in ("<(s|strike)>struck</", "<code>coded</code>", "size=\"5\"[^>]*>large",
                        "background-color: rgb\\(249, 240, 107\\)[^>]*>[^<]*marked",
                        "<ol><li>(<[^>]*>)*first(<[^>]*>)*<ol><li>(<[^>]*>)*nested", "<hr", "<table border=\"1\"",
                        "<td[^>]*>a1</td><td[^>]*>b1</td>"):
            self.assertRegex(html, pattern)
        plain = message.get_body(("plain",)).get_content()
        self.assertRegex(plain, r"1\. first\n +1\. nested")

    def test_find(self):
        w = self.write()
        w.click(self.formatted(w), fy=0.2)
        w.type("needle in hay")
        w.key("ctrl+f")
        entry = self.inside(w, None, "What to find")
        w.type("straw")
        wbtest.wait_until(lambda: atspi.find_all(w.frame, None, "What to find"), "the entry")
        w.key("Escape")
        atspi.gone(w.frame, None, "What to find")
        w.type(" again")
        self.assertIn("needle in hay again", atspi.text(self.source(w)))
        self.discard(w)

    def test_html_both_ways(self):
        w = self.write()
        self.subject(w, "Source")
        w.click(self.formatted(w), fy=0.2)
        w.type("by hand")
        view = self.source(w)
        w.click(view, fy=0.8)
        w.key("ctrl+a")
        self.desktop.paste("<h2>From <em>source</em></h2><script>alert(1)</script>"
                           "<p onclick='x()'>text</p>", loops=0)
        self.press(w, None, "Formatted")
        w.click(self.inside(w, None, "Message text"), fy=0.9)
        w.key("ctrl+End")
        w.type(" and typed")
        message = self.send(w)
        html = message.get_body(("html",)).get_content().replace("\n", "")
        self.assertIn("<h2>From <em>source</em></h2><p>text and typed</p>", html)
        self.assertNotIn("alert", html)

    def test_plain_version_of_ones_own(self):
        w = self.write()
        self.subject(w, "Alternative")
        w.click(self.formatted(w), fy=0.2)
        w.type("formatted words")
        self.press(w, None, "Plain")
        plain = self.inside(w, "text", "Plain text of the message")
        wbtest.wait_until(lambda: atspi.text(plain) == "formatted words\n", "the plain version")
        w.click(plain, fy=0.8)
        w.key("ctrl+Home")
        w.type("My own: ")
        self.inside(w, "push button", "Make Anew")
        self.shot_of(w, "compose-plain")
        self.press(w, None, "Formatted")
        w.click(self.inside(w, None, "Message text"), fy=0.9)
        w.key("ctrl+End")
        w.type(" and more")
        self.press(w, None, "Plain")
        plain = self.inside(w, "text", "Plain text of the message")
        self.assertEqual(atspi.text(plain), "My own: formatted words\n")
        self.press(w, "push button", "Make Anew")
        wbtest.wait_until(lambda: atspi.text(plain) == "formatted words and more\n", "it made anew")
        w.click(plain, fy=0.8)
        w.key("ctrl+End")
        w.type("PS")
        message = self.send(w)
        self.assertEqual(message.get_body(("plain",)).get_content(), "formatted words and more\nPS\n")
        self.assertIn("formatted words and more</div>", message.get_body(("html",)).get_content())

    def drafts(self):
        """What Drafts hold, each as a text to look for things in."""
        texts = []
        for path in glob.glob(self.home + DRAFTS):
            # The next copy may have taken its place.
            with contextlib.suppress(FileNotFoundError):
                draft = read(path)
                texts.append(draft.get_body(("html", "plain")).get_content() + draft["Subject"])
        return texts

    def test_a_crash_loses_nothing(self):
        self.assertEqual(self.drafts(), [])
        path = os.path.join(self.home, "notes 笔记.txt")
        with open(path, "w", encoding="utf-8") as f:
            f.write("attached")
        w = self.write()
        self.subject(w, "Crash")
        w.fill(self.inside(w, "text", "To"), "half typed, <x")
        self.press(w, "push button", "Attach files")
        self.choose_file("Attach Files", path)
        self.inside(w, "push button", "Remove notes 笔记.txt")
        w.click(self.formatted(w), fy=0.2)
        w.key("ctrl+b")
        self.shows(w, "Bold")
        w.type("not to be lost")
        wbtest.wait_until(lambda: any("not to be lost" in text for text in self.drafts()), "the copy")
        os.kill(self.app.process.pid, signal.SIGKILL)
        self.app.process.wait()
        self.start_again()
        self.page(1)
        self.click("list item", "Drafts of teacher@lab-a.test")
        self.window.click(self.find(None, re.compile(": Crash")))
        self.click("push button", "Edit")
        w = self.composer("Crash")
        self.inside(w, "push button", "Remove notes 笔记.txt")
        self.assertEqual(self.addresses(w), ["half typed", "<x"])
        self.formatted(w)
        self.assertIn("<b>not to be lost</b>", atspi.text(self.source(w)))
        w.fill(self.inside(w, "text", "To"), "student@lab-b.test")
        message = self.send(w)
        self.assertEqual([p.get_filename() for p in message.iter_attachments()], ["notes 笔记.txt"])
        wbtest.wait_until(lambda: self.drafts() == [], "the draft to go")

    def test_discarded_leaves_nothing(self):
        w = self.write()
        w.click(self.formatted(w), fy=0.2)
        w.type("not wanted")
        wbtest.wait_until(lambda: any("not wanted" in text for text in self.drafts()), "the copy")
        w.type(" at all")
        self.discard(w)
        wbtest.wait_until(lambda: self.drafts() == [], "the copy to go")

    def test_options_and_what_will_be_sent(self):
        w = self.write()
        w.fill(self.inside(w, "text", "Subject"), "Options ü")
        self.press(w, None, "Cc, Bcc")
        w.fill(self.inside(w, "text", "Reply-To"), "Office <office@example.org>")
        # They stand below one another.
        fields = [self.inside(w, "list", name) for name in ("To", "Cc", "Bcc", "Reply-To")]
        self.assertEqual(len({atspi.extents(field)[0] for field in fields}), 1, fields)
        w.click(self.formatted(w), fy=0.2)
        w.type("with wishes")
        self.press(w, None, "More about this mail")
        headers = self.rested("text", "More headers")
        self.shot_of(w, "compose-options")
        w.click(headers)
        w.type("X-Course: Networks")
        w.key("Return")
        w.type("no header")
        self.press(w, "check box", "Ask for a read receipt")
        w.key("Escape")
        self.press(w, None, "What will be sent")
        self.inside(w, "label", re.compile("“no header” is no header"))
        self.press(w, None, "More about this mail")
        w.click(self.rested("text", "More headers"))
        w.key("ctrl+End", "shift+Home", "BackSpace")
        w.key("Escape")
        self.inside(w, "label", re.compile("^multipart/alternative: the same text twice"))
        self.shot_of(w, "compose-preview")
        self.press(w, None, "Headers")
        # All three stand beside the mail.
        x, _, width, _ = atspi.extents(self.inside(w, None, "Source"))
        self.assertLessEqual(x + width, atspi.extents(w.frame)[2])
        for text in ("Reply-To", "Office <office@example.org>", "X-Course", "Networks"):
            self.inside(w, "label", text)
        self.inside(w, "label", re.compile("^Where answers are to go"))
        self.shot_of(w, "compose-headers")
        self.press(w, None, "As It Travels")
        self.inside(w, "label", "Subject: =?UTF-8?Q?Options_=C3=BC?=")
        self.shot_of(w, "compose-headers-raw")
        shown = self.inside(w, "label", re.compile("^Message-ID: <")).name
        message = self.send(w)
        self.assertEqual("Message-ID: " + message["Message-ID"], shown)
        self.assertEqual(message["Reply-To"], "Office <office@example.org>")
        self.assertEqual(message["X-Course"], "Networks")
        self.assertEqual(message["Disposition-Notification-To"], "teacher@lab-a.test")

    def test_reminder_and_total(self):
        w = self.write()
        self.subject(w, "Reminder")
        w.click(self.formatted(w), fy=0.2)
        w.type("See the attached file.")
        self.press(w, "push button", "Send")
        self.find(None, re.compile("Send without an attachment"))
        self.desktop.xdo("key", "Escape")
        atspi.gone(self.tree, None, re.compile("Send without an attachment"))
        w.focus()
        path = os.path.join(self.home, "large.bin")
        with open(path, "wb") as f:
            f.truncate(30_000_000)
        self.press(w, "push button", "Attach files")
        self.choose_file("Attach Files", path)
        self.inside(w, "label", re.compile("^1 file, 30.0.MB$"))
        self.press(w, "push button", "Remove large.bin")
        atspi.gone(w.frame, "label", re.compile("^1 file"))
        self.press(w, "push button", "Send")
        self.find(None, re.compile("Send without an attachment"))
        before = set(glob.glob(self.home + SENT))
        self.desktop.xdo("key", "alt+s")
        self.gone(w)
        wbtest.wait_until(lambda: set(glob.glob(self.home + SENT)) - before, "Sent")

    def test_addresses_are_offered(self):
        os.makedirs(self.home + "/.local/share/wirebench", exist_ok=True)
        with open(self.home + "/.local/share/wirebench/address-book.vcf", "a", encoding="utf-8") as f:
            f.write("BEGIN:VCARD\nVERSION:3.0\nFN:Wang\\, Dapeng\nEMAIL:wang@lab-b.test\nEND:VCARD\n")
        w = self.write()
        self.subject(w, "Offered")
        to = self.inside(w, "text", "To")
        w.click(to)
        w.key("ctrl+a")
        w.type("dap")
        self.find(None, '"Wang, Dapeng" <wang@lab-b.test>')
        w.key("Return")
        self.holds(w, ['"Wang, Dapeng" <wang@lab-b.test>'])
        w.type("student@lab-b.test, wrong@, x")
        self.holds(w, ['"Wang, Dapeng" <wang@lab-b.test>', "student@lab-b.test", "wrong@", "x"])
        self.shot_of(w, "compose-addresses")
        w.key("Tab")
        w.fill(to, "Student <student@lab-b.test>")
        w.click(self.formatted(w), fy=0.2)
        w.type("hello")
        self.send(w)
        with open(self.home + "/.local/share/wirebench/address-book.vcf", encoding="utf-8") as f:
            cards = f.read()
        self.assertIn("FN:Student\n", cards)
        self.assertIn("FN:Wang\\, Dapeng\n", cards)
        self.assertIn("EMAIL:student@lab-b.test\n", cards)

    def holds(self, w, addresses, field="To"):
        seen = []

        def good():
            seen[:] = self.addresses(w, field)
            return seen == addresses

        try:
            wbtest.wait_until(good, field)
        except AssertionError:
            self.assertEqual(seen, addresses)

    def test_chips(self):
        """Addresses by pointer and keys: pasted, walked through, changed, removed."""
        w = self.write()
        self.subject(w, "Chips")
        to = self.inside(w, "text", "To")
        w.click(to)
        w.key("ctrl+a", "BackSpace")
        self.holds(w, [])
        self.desktop.paste('a@x.test, 李 <b@x.test>; "C, D" <c@x.test>\nTeam: d@x.test, e@x.test; wrong@')
        self.holds(w, ["a@x.test", "李 <b@x.test>", '"C, D" <c@x.test>', "Team: d@x.test, e@x.test;", "wrong@"])
        w.key("Tab")
        wbtest.wait_until(lambda: atspi.text(to) == "", "the last one to be finished")
        wrong = self.inside(w, "list item", "wrong@")
        # By another name before GTK 4.10.
        self.assertTrue({"invalid", "invalid-entry"} & atspi.states(wrong))
        for name in ("a@x.test", "李", "C, D", "Team (2)", "wrong@"):
            self.inside(w, "label", name)
        self.shot_of(w, "compose-chips")
        self.press(w, "push button", "Remove 李 <b@x.test>")
        self.holds(w, ["a@x.test", '"C, D" <c@x.test>', "Team: d@x.test, e@x.test;", "wrong@"])
        # The keys: back to the last, changed in its place; along to the first, removed both ways.
        w.key("BackSpace", "Return")
        wbtest.wait_until(lambda: atspi.text(to) == "wrong@", "it to be changed")
        w.type("x.test,")
        w.key("Left", "Left", "Left", "Left", "Delete")
        self.holds(w, ['"C, D" <c@x.test>', "Team: d@x.test, e@x.test;", "wrong@x.test"])
        w.key("Right", "BackSpace", "F2", "ctrl+a")
        w.type("first@x.test")
        w.key("Return")
        self.holds(w, ["first@x.test", "wrong@x.test"])
        w.click(self.inside(w, "label", "first@x.test"), times=2)
        wbtest.wait_until(lambda: atspi.text(to) == "first@x.test", "it to be changed")
        w.key("Home")
        w.type("very-")
        w.click(self.inside(w, "text", "Subject"))
        self.holds(w, ["very-first@x.test", "wrong@x.test"])
        # Who types on a chip means the next one; what is not finished counts.
        w.click(to)
        w.key("Left")
        w.type("student@lab-b.test")
        w.key("ctrl+Return")
        sent = wbtest.wait_until(lambda: [
            m for m in map(read, glob.glob(self.home + SENT)) if m["Subject"] == "Chips"], "the mail in Sent")[0]
        self.assertEqual(sent["To"], "very-first@x.test, wrong@x.test, student@lab-b.test")
        self.gone(w)

    def test_many_addresses(self):
        """They leave room for the text while it is written, and are all sent."""
        w = self.write()
        self.subject(w, "Many")
        people = [f"p{i}@x.test" for i in range(40)]
        w.click(self.inside(w, "text", "To"))
        w.key("ctrl+a")
        self.desktop.paste(", ".join(people), loops=0)
        self.holds(w, people)
        w.click(self.formatted(w), fy=0.2)
        self.inside(w, "push button", "Show all 40 addresses")
        self.holds(w, people[:24])
        w.type("to all")
        self.shot_of(w, "compose-many")
        self.press(w, "push button", "Show all 40 addresses")
        self.holds(w, people)
        w.key("BackSpace", "BackSpace")
        self.holds(w, people[:-1])
        w.key("ctrl+Return")
        sent = wbtest.wait_until(lambda: [
            m for m in map(read, glob.glob(self.home + SENT)) if m["Subject"] == "Many"], "the mail in Sent")[0]
        self.assertEqual([a.addr_spec for a in sent["To"].addresses], people[:-1])
        self.gone(w)

    def test_mail_merge(self):
        table = os.path.join(self.home, "students.csv")
        with open(table, "w", encoding="utf-8") as f:
            f.write('name,mail,mark\n"Wang, Dapeng",student@lab-b.test,<1>\n李娜,li@lab-b.test,2\n')
        w = self.write()
        self.subject(w, "Merge")
        w.fill(self.inside(w, "text", "To"), "{{name}} <{{mail}}>")
        w.click(self.formatted(w), fy=0.2)
        w.type("Dear {{name}}, your mark is {{mark}}.")
        self.press(w, None, "More about this mail")
        w.click(self.rested("push button", "Mail merge"))
        self.choose_file("Choose a Table", table)
        frame = atspi.find(self.tree, re.compile("^(frame|dialog)$"), "Mail Merge")
        m = Window(self.desktop, self.tree, "Mail Merge", frame)
        text = self.inside(m, "text", "Text of this mail")
        self.assertIn("Dear Wang, Dapeng, your mark is <1>.", atspi.text(text))
        self.inside(m, "label", '"Wang, Dapeng" <student@lab-b.test>')
        self.press(m, None, "Next mail")
        self.inside(m, "label", "李娜 <li@lab-b.test>")
        self.assertIn("Dear 李娜, your mark is 2.", atspi.text(text))
        self.shot_of(m, "compose-merge")
        self.press(m, "push button", "Put All into the Outbox")
        outbox = self.home + "/.local/share/wirebench/mail/lab-teacher/Outbox/[nc]*/*"
        wbtest.wait_until(lambda: len(glob.glob(outbox)) == 2, "the Outbox")
        mails = sorted((read(path) for path in glob.glob(outbox)), key=lambda m: str(m["To"]))
        self.assertEqual([str(m["To"]) for m in mails],
                         ['"Wang, Dapeng" <student@lab-b.test>', "李娜 <li@lab-b.test>"])
        self.assertIn("mark is &lt;1&gt;.", mails[0].get_body(("html",)).get_content())
        self.assertIn("mark is 2.", mails[1].get_body(("plain",)).get_content())
        self.discard(w)

    def test_signature(self):
        w = self.write()
        w.click(self.formatted(w), fy=0.2)
        w.key("ctrl+b")
        self.shows(w, "Bold")
        w.type("Ms Teacher")
        self.press(w, None, "More about this mail")
        w.click(self.rested("push button", "Keep This Text"))
        wbtest.wait_until(lambda: glob.glob(self.home + "/.local/share/wirebench/signatures/*.html"),
                          "the signature")
        self.discard(w)
        w = self.write()
        self.subject(w, "Signed")
        w.click(self.formatted(w), fy=0.02)
        w.key("ctrl+Home")
        w.type("Hello")
        message = self.send(w)
        self.assertEqual(message.get_body(("plain",)).get_content(), "Hello\n-- \nMs Teacher\n")
        self.assertIn("<b>Ms Teacher</b>", message.get_body(("html",)).get_content())
        w = self.write()
        self.formatted(w)
        # To look at an address changes nothing.
        w.click(self.inside(w, "text", "To"))
        w.click(self.inside(w, "text", "Subject"))
        self.press(w, None, "More about this mail")
        w.click(self.rested("push button", "Remove"))
        wbtest.wait_until(lambda: not glob.glob(self.home + "/.local/share/wirebench/signatures/*.html"),
                          "the signature to go")
        w.key("ctrl+w")
        self.gone(w)

    def templates(self):
        return sorted(os.path.basename(path) for path in glob.glob(
            self.home + "/.local/share/wirebench/mail/lab-teacher/Templates/*"))

    def option(self, w, button):
        self.press(w, None, "More about this mail")
        w.click(self.rested("push button", button))

    def dialog(self, title):
        return Window(self.desktop, self.tree, title, atspi.find(self.tree, re.compile("^(frame|dialog)$"), title))

    def enter(self, heading, text):
        """Answer a question for a text."""
        self.find(None, re.compile(heading))
        self.desktop.xdo("key", "ctrl+a")
        self.desktop.xdo("type", "--delay", 8, "--", text)
        self.desktop.xdo("key", "Return")
        atspi.gone(self.tree, None, re.compile(heading))

    def test_templates(self):
        w = self.write()
        w.fill(self.inside(w, "text", "To"), "Li Na <li@lab-b.test>")
        w.fill(self.inside(w, "text", "Subject"), "Lesson of {{date}}")
        w.click(self.formatted(w), fy=0.2)
        w.type("Dear {{name}}, bring your {{thing}}, {{Name}}.")
        self.option(w, "Keep as One…")
        self.enter("^Keep as a Template", "../out")
        self.inside(w, "label", re.compile("can be no name of a template"))
        self.assertEqual(self.templates(), [])
        self.option(w, "Keep as One…")
        self.enter("^Keep as a Template", "Lesson")
        wbtest.wait_until(lambda: self.templates() == ["Lesson.eml"], "the template")
        self.discard(w)
        # Its fields are asked for; what can be known is filled in.
        w = self.write()
        self.option(w, "Use…")
        m = self.dialog("Templates")
        self.press(m, "push button", "Rename Lesson")
        self.enter("^Rename the Template", "Lesson <one>")
        wbtest.wait_until(lambda: self.templates() == ["Lesson <one>.eml"], "the new name")
        m.focus()
        row = self.inside(m, "label", "Lesson <one>")
        self.shot_of(m, "compose-templates")
        m.click(row)
        self.inside(m, "text", "thing")
        self.assertEqual(atspi.text(self.inside(m, "text", "name")), "Li Na")
        self.assertTrue(atspi.text(self.inside(m, "text", "date")))
        m.fill(self.inside(m, "text", "date"), "Monday")
        m.fill(self.inside(m, "text", "thing"), "<cable>")
        self.shot_of(m, "compose-template-fields")
        self.press(m, "push button", "Use")
        self.gone(w)
        w = self.composer("Lesson of Monday")
        w.focus()
        self.holds(w, ["Li Na <li@lab-b.test>"])
        w.fill(self.inside(w, "text", "To"), "student@lab-b.test")
        self.formatted(w)
        message = self.send(w)
        self.assertEqual(message.get_body(("plain",)).get_content(), "Dear Li Na, bring your <cable>, Li Na.\n")
        w = self.write()
        self.option(w, "Use…")
        m = self.dialog("Templates")
        self.press(m, "push button", "Delete Lesson <one>")
        self.find(None, re.compile("^Delete “Lesson <one>”"))
        self.desktop.xdo("key", "alt+d")
        self.inside(m, None, "No templates yet")
        self.assertEqual(self.templates(), [])
        m.key("Escape")
        self.gone(m)
        w.focus()
        w.key("ctrl+w")
        self.gone(w)

    def test_narrow(self):
        """Everything is there at 360 pixels, in more rows."""
        w = self.write()
        w.place(0, 0, 360, 720)
        w.focus()
        self.subject(w, "Narrow")
        w.click(self.formatted(w), fy=0.2)
        w.type("on a phone")
        w.fill(self.inside(w, "text", "To"), "student@lab-b.test, somebody@somewhere.test, wrong@, x@y.test,")
        self.holds(w, ["student@lab-b.test", "somebody@somewhere.test", "wrong@", "x@y.test"])
        rows = {atspi.extents(self.inside(w, "list item", name))[1] for name in self.addresses(w)}
        self.assertGreater(len(rows), 1)
        for name in ("Send", "Attach files", "More about this mail", "What will be sent", "Bold",
                     "Clear formatting", "Table", "Code", "HTML", "Plain"):
            x, _, width, _ = atspi.extents(self.inside(w, None, name))
            self.assertGreaterEqual(x, 0, name)
            self.assertLessEqual(x + width, 360, name)
        # The addresses have the whole width, and many of them leave room for the text.
        _, y, _, height = atspi.extents(self.inside(w, None, "Cc, Bcc"))
        self.assertLessEqual(y + height, atspi.extents(self.inside(w, "list", "To"))[1])
        self.shot_of(w, "360-compose")
        people = [f"p{i}@x.test" for i in range(20)]
        w.fill(self.inside(w, "text", "To"), ", ".join(people) + ",")
        self.holds(w, people)
        w.key("Tab")
        self.inside(w, "push button", "Show all 20 addresses")
        self.holds(w, people[:8])
        self.shot_of(w, "360-compose-many")
        self.press(w, None, "Table")
        self.rested("push button", "Insert")
        self.desktop.screenshot(self.picture("360-compose-table"))
        w.key("Escape")
        self.press(w, None, "More about this mail")
        self.rested("text", "More headers")
        self.desktop.screenshot(self.picture("360-compose-options"))
        w.key("Escape")
        self.press(w, None, "Plain")
        plain = self.inside(w, "text", "Plain text of the message")
        wbtest.wait_until(lambda: atspi.text(plain) == "on a phone\n", "the plain version")
        self.discard(w)

    @classmethod
    def start_again(cls):
        cls.app = cls.desktop.run(cls.installation()[0], G_DEBUG="fatal-criticals")
        cls.tree = atspi.application("wirebench")
        cls.window = Window(cls.desktop, cls.tree, "Wirebench")
        cls.window.place(0, 0, 1240, 860)

if __name__ == "__main__":
    wbtest.main()

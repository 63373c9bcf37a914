# SPDX-License-Identifier: GPL-3.0-or-later
"""A person writes a formatted mail to the lab's student, sends it, receives it and reads it."""

import email
import email.policy
import glob
import hashlib
import os
import re
import subprocess

import wbtest
from gui import atspi
from gui.letter import CHINESE, SUBJECT, LetterTest
from gui.pointer import Window


class Mail(LetterTest):
    broken = None

    @classmethod
    def prepare(cls):
        cls.bird = os.path.join(cls.home, "bird.png")
        subprocess.run(["convert", "-size", "96x64", "gradient:#3584e4-#26a269", cls.bird],
                       check=True)
        cls.file = os.path.join(cls.home, "notes 笔记.bin")
        with open(cls.file, "wb") as f:
            f.write(bytes(range(256)) * 300 + b"\r\n.\r\nend")
        cls.saved = os.path.join(cls.home, "saved.bin")

    def run(self, result=None):
        # Each step stands on the one before; only the first that fails says why.
        if type(self).broken:
            result.startTest(self)
            result.addSkip(self, f"{type(self).broken} failed")
            return result
        bad = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > bad:
            type(self).broken = self.id()
        return result

    def keep(self, name):
        shots = os.path.join(os.path.dirname(os.environ["G_TEST_BUILDDIR"].rstrip("/")), "screenshots")
        self.desktop.screenshot(os.path.join(shots, f"mail-{name}.png"))

    def test_1_write_and_send(self):
        self.page(1)
        self.click("push button", "Write a mail")
        w = self.composer()
        self.assertEqual(self.addresses(w), ["student@lab-b.test"])
        w.fill(self.inside(w, "text", "Subject"), SUBJECT)
        wbtest.wait_until(
            lambda: self.desktop.xdo("search", "--onlyvisible", "--name", "Lesson one"), "the title")
        self.write_letter(w, self.bird, self.file)
        self.keep("composer")
        w.click(self.inside(w, "push button", "Send"))
        wbtest.wait_until(
            lambda: not self.desktop.xdo("search", "--onlyvisible", "--name", "Lesson one"),
            "the composer to close", timeout=60)
        sent = wbtest.wait_until(
            lambda: glob.glob(self.home + "/.local/share/wirebench/mail/lab-teacher/Sent/*/*"), "Sent")
        wbtest.wait_until(
            lambda: not glob.glob(self.home + "/.local/share/wirebench/mail/lab-teacher/Outbox/[nc]*/*"),
            "the Outbox to be empty")
        with open(sent[0], "rb") as f:
            message = email.message_from_binary_file(f, policy=email.policy.default)
        self.assertEqual(message["Subject"], SUBJECT)
        self.assertEqual(message.get_content_type(), "multipart/mixed")
        html = message.get_body(("html",)).get_content()
        self.assertIn("<b>important</b>", html)
        self.assertRegex(html, r"<ul>\s*<li>first</li>\s*<li>second</li>\s*</ul>")
        self.assertIn('<a href="https://example.org/a?b=1&amp;c=2">the site</a>', html)
        self.assertIn(CHINESE, html)
        self.assertIn('src="cid:', html)
        plain = message.get_body(("plain",)).get_content()
        self.assertIn("This is important", plain.replace("*", ""))
        self.assertIn(CHINESE, plain)

    def test_2_wire_shows_each_step(self):
        self.window.focus()
        if not atspi.find_all(self.tree, None, re.compile("^Filter")):
            self.window.key("F9")
        entry = self.find(None, re.compile("^(Filter|Search)"))
        for step in ("EHLO", "AUTH", "MAIL FROM:<teacher@lab-a.test>", "RCPT TO:<student@lab-b.test>",
                     "DATA", "250 ", "QUIT"):
            self.window.fill(entry, step)
            self.find(None, re.compile(re.escape(step)))
        self.window.click(entry)
        self.window.key("ctrl+a", "BackSpace")
        self.keep("wire")

    def test_3_receive_and_read(self):
        self.click("list item", "Inbox of student@lab-b.test")
        self.click("push button", "Receive")
        row = self.find(None, re.compile(r"Teacher: .*Lesson one"))
        self.window.click(row)
        self.find("label", SUBJECT)
        self.find("label", re.compile(r"<teacher@lab-a\.test>"))
        self.find("label", re.compile(r"<student@lab-b\.test>"))
        self.find(None, "Formatted mail", timeout=30)
        self.keep("read")

    def test_4_plain_source_structure(self):
        self.click(None, "Plain")
        plain = atspi.text(self.find("text", "Plain text of the mail"))
        self.assertIn(CHINESE, plain)
        self.assertIn("first", plain)
        self.keep("plain")
        self.click(None, "Source")
        source = atspi.text(self.find("text", "Source of the mail"))
        self.assertIn("MIME-Version: 1.0", source)
        self.assertIn("Received:", source)
        self.keep("source")
        self.click(None, "Structure")
        for part in ("multipart/mixed", "multipart/alternative", "text/html", "image/png"):
            self.find("label", part)
        self.keep("structure")
        self.window.click(self.find("label", "text/html"))
        content = self.find("text", "Content of the part")
        wbtest.wait_until(lambda: "<b>important</b>" in atspi.text(content), "the part's content")

    def test_5_save_attachment(self):
        self.click("push button", "Save notes 笔记.bin…")
        self.choose_file("Save Attachment", self.saved)
        # In a sandbox the portal makes the file first and the program fills it.
        wbtest.wait_until(lambda: os.path.exists(self.saved) and
                          os.path.getsize(self.saved) == os.path.getsize(self.file), "the saved file")
        with open(self.file, "rb") as a, open(self.saved, "rb") as b:
            self.assertEqual(hashlib.sha256(a.read()).hexdigest(), hashlib.sha256(b.read()).hexdigest())
        self.assertEqual(os.stat(self.saved).st_mode & 0o111, 0)

    def test_6_delete_and_undo(self):
        self.click("push button", "Delete")
        undo = self.find(None, re.compile("^Undo"))
        self.rests(undo)
        self.window.click(undo)
        self.find(None, re.compile(r"Teacher: .*Lesson one"))

    def test_7_a_second_receive_brings_no_double(self):
        for _ in range(2):
            self.window.key("F5")
            self.find(None, "No new mail")
            atspi.gone(self.tree, None, "No new mail")
        self.assertEqual(len(atspi.find_all(self.tree, None, re.compile(r"Teacher: .*Lesson one"))), 1)
        self.assertEqual(
            len(glob.glob(self.home + "/.local/share/wirebench/mail/lab-student/Inbox/[nc]*/*")), 1)

    def test_8_reply(self):
        self.window.click(self.find(None, re.compile(r"Teacher: .*Lesson one")))
        self.click("push button", "Reply")
        title = "Re: " + SUBJECT
        w = Window(self.desktop, self.tree, "Re: .*", atspi.find(self.tree, "frame", title))
        self.assertEqual(self.addresses(w), ['"Teacher" <teacher@lab-a.test>'])
        editor = self.inside(w, None, "Message text")
        w.click(editor, fy=0.02)
        w.key("ctrl+Home")
        w.type("Thank you.")
        w.click(self.inside(w, None, "What will be sent"))
        w.click(self.inside(w, "label", "text/html"))
        content = self.inside(w, "text", "Content of the part")
        wbtest.wait_until(lambda: "Thank you." in atspi.text(content), "the answer")
        self.assertIn("<blockquote", atspi.text(content))
        self.assertIn("<b>important</b>", atspi.text(content))
        self.keep("reply")
        w.click(self.inside(w, "push button", "Send"))
        sent = wbtest.wait_until(
            lambda: glob.glob(self.home + "/.local/share/wirebench/mail/lab-student/Sent/[nc]*/*"),
            "the answer in Sent")
        with open(sent[0], "rb") as f:
            answer = email.message_from_binary_file(f, policy=email.policy.default)
        self.assertTrue(answer["In-Reply-To"])
        self.assertEqual(answer["In-Reply-To"], answer["References"])

    def test_99_leaves_without_a_complaint(self):
        """With a mail on show, its web view, and what is chosen in the list."""
        self.window.click(self.find(None, re.compile(r"Teacher: .*Lesson one")))
        self.quit()


if __name__ == "__main__":
    wbtest.main()

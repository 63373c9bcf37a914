# SPDX-License-Identifier: GPL-3.0-or-later
"""The mail of the README, written with keys and pointer, carried by Postfix, fetched from Dovecot, and compared
with what Python reads; and the composer that it stands in, in both languages, light and dark, wide and narrow."""

import email
import email.policy
import gettext
import glob
import hashlib
import html.parser
import os
import re
import shutil
import subprocess

import dovecot
import postfix
import wbtest
from gui import atspi
from gui.letter import CHINESE, SUBJECT, LetterTest
from gui.pointer import Window
from gui.wirebench import BUILD

USERS = ("teacher", "student")
# Language and whether it is dark; the first is the one that the mail is written in.
LOOKS = (("en", False), ("en", True), ("zh_CN", False), ("zh_CN", True))


class Shape(html.parser.HTMLParser):
    """What stands in which elements."""

    def __init__(self, text):
        super().__init__()
        self.open, self.words, self.attributes = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.attributes.append((tag, dict(attrs)))
        if tag not in ("br", "img", "meta", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if data.strip():
            self.words.append((data.strip(), tuple(self.open)))

    def within(self, tag):
        return [words for words, tags in self.words if tag in tags]

    def all(self, tag):
        return [attributes for name, attributes in self.attributes if name == tag]


def tree(part):
    """The MIME tree as nested lists."""
    if part.is_multipart():
        return [part.get_content_type(), *map(tree, part.iter_parts())]
    return part.get_content_type()


@wbtest.unittest.skipUnless(os.getuid() == 0 and os.path.exists(postfix.PROGRAM) and os.path.exists(dovecot.PROGRAM),
                            "Postfix and Dovecot want to be there, and root")
class Written(LetterTest):
    # The page of mails looks for its accounts when it is first opened.
    SETTINGS = "welcomed=true\nwire-visible=false\nsend-delay=0\npage='files'"

    @classmethod
    def prepare(cls):
        cls.bird = os.path.join(cls.home, "bird.png")
        subprocess.run(["convert", "-size", "96x64", "gradient:#3584e4-#26a269", cls.bird], check=True)
        cls.notes = os.path.join(cls.home, "notes 笔记.bin")
        with open(cls.notes, "wb") as f:
            f.write(bytes(range(256)) * 300 + b"\r\n.\r\nend")
        cls.store = os.path.join(cls.home, ".local/share/wirebench/mail")

    def accounts(self):
        """A teacher whose mails go by Postfix, and a student who has them from Dovecot."""
        server, mailbox = postfix.Postfix(self), dovecot.Dovecot(self)
        for user in USERS:
            server.share(mailbox, user)
        mailbox.start()
        os.makedirs(self.store)
        with open(os.path.join(self.store, "accounts.ini"), "w", encoding="utf-8") as f:
            for user, name in zip(USERS, ("王老师 Teacher", "Student")):
                f.write(f"[account-{user}]\nname={name}\naddress={user}@school.test\n"
                        f"smtp=smtp://127.0.0.1:{server.port}/?starttls=never\n"
                        f"pop3=pop3://{user}:{mailbox.password}@127.0.0.1:{mailbox.port}/?starttls=never\n")
        return server, mailbox

    def delivered(self, server, user):
        folders = (os.path.join(server.dir, "mail", user, name) for name in ("new", "cur"))
        paths = [path for folder in folders for path in glob.glob(folder + "/*")]
        for path in paths:
            with open(path, "rb") as f:
                return f.read()
        return None

    def write_mail(self):
        self.click("push button", "Write a mail")
        w = self.composer()
        w.fill(self.inside(w, "text", "To"), "李同学 <student@school.test>, ")
        w.click(self.inside(w, None, "Cc, Bcc"))
        w.fill(self.inside(w, "text", "Cc"), "head@school.test")
        w.fill(self.inside(w, "text", "Bcc"), "office@school.test")
        w.fill(self.inside(w, "text", "Subject"), SUBJECT)
        self.inside(w, None, "HTML")
        self.write_letter(w, self.bird, self.notes)
        return w

    def test_1_written_carried_and_compared(self):
        server, _ = self.accounts()
        self.page(1)
        self.click("list item", "Inbox of student@school.test")
        self.click("list item", "Inbox of teacher@school.test")
        w = self.write_mail()
        self.desktop.screenshot(self.picture("written-en-light"), w.id)
        w.key("ctrl+s")
        drafts = os.path.join(self.store, "account-teacher", "Drafts", "[nc]*", "*")
        wbtest.wait_until(lambda: any(b"picture-1.png" in open(path, "rb").read() for path in glob.glob(drafts)),
                          "the draft")
        # For the looks at it below.
        type(self).draft = os.path.join(self.home, "draft.eml")
        shutil.copy(glob.glob(drafts)[0], self.draft)
        w.click(self.inside(w, "push button", "Send"))
        self.gone(w)
        wire = wbtest.wait_until(lambda: self.delivered(server, "student"), "the mail to come", timeout=60)
        self.compare(wire)
        for user in ("head", "office"):
            self.compare(wbtest.wait_until(lambda u=user: self.delivered(server, u), f"{user}'s", timeout=60))
        self.read_back()

    def compare(self, wire):
        self.assertNotIn(b"office@school.test", re.sub(rb"(?m)^(Delivered-To|X-Original-To):.*\n", b"", wire)
                         .replace(b"for <office@school.test>", b""))
        self.assertNotRegex(wire, rb"(?mi)^bcc:")
        self.assertNotIn(b"X-Wirebench", wire)
        message = email.message_from_bytes(wire, policy=email.policy.default)
        self.assertEqual([d.defects for d in message.walk() if d.defects], [])
        self.assertEqual(message["Subject"], SUBJECT)
        self.assertEqual([(a.display_name, a.addr_spec) for a in message["From"].addresses],
                         [("王老师 Teacher", "teacher@school.test")])
        self.assertEqual([(a.display_name, a.addr_spec) for a in message["To"].addresses],
                         [("李同学", "student@school.test")])
        self.assertEqual([a.addr_spec for a in message["Cc"].addresses], ["head@school.test"])
        self.assertTrue(message["Date"].datetime and message["Message-ID"])
        self.assertEqual(tree(message), [
            "multipart/mixed",
            ["multipart/related", ["multipart/alternative", "text/plain", "text/html"], "image/png"],
            "application/octet-stream"] if tree(message)[1][0] == "multipart/related" else [
            "multipart/mixed",
            ["multipart/alternative", "text/plain", ["multipart/related", "text/html", "image/png"]],
            "application/octet-stream"])
        self.assertEqual(message.get_body(("plain",)).get_content().replace("\r\n", "\n"),
                         f"This is important, see {CHINESE}\n\n- first\n- second\n\n"
                         "the site <https://example.org/a?b=1&c=2>\n[bird.png]\n")
        self.compare_html(message)
        attachment, = message.iter_attachments()
        self.assertEqual((attachment.get_filename(), attachment.get_content_disposition()),
                         ("notes 笔记.bin", "attachment"))
        with open(self.notes, "rb") as f:
            self.assertEqual(attachment.get_content(), f.read())

    def compare_html(self, message):
        shape = Shape(message.get_body(("html",)).get_content())
        self.assertEqual(shape.within("b"), ["important"])
        self.assertEqual(shape.within("li"), ["first", "second"])
        self.assertEqual([tags[-2:] for words, tags in shape.words if words in ("first", "second")],
                         [("ul", "li")] * 2)
        self.assertEqual(shape.within("a"), ["the site"])
        self.assertEqual([a["href"] for a in shape.all("a")], ["https://example.org/a?b=1&c=2"])
        self.assertTrue(any(CHINESE in words for words, _ in shape.words))
        image, = shape.all("img")
        self.assertEqual(image["alt"], "bird.png")
        picture, = (part for part in message.walk() if part.get_content_type() == "image/png")
        self.assertEqual((picture["Content-ID"], picture.get_content_disposition()),
                         (f"<{image['src'].removeprefix('cid:')}>", "inline"))
        with open(self.bird, "rb") as f:
            self.assertEqual(picture.get_content(), f.read())

    def read_back(self):
        """The student has it in the window."""
        self.window.focus()
        self.click("list item", "Inbox of student@school.test")
        self.click("push button", "Receive")
        self.window.click(self.find(None, re.compile("王老师 Teacher: .*Lesson one"), timeout=60))
        self.find("label", SUBJECT)
        self.find("label", re.compile(r"<student@school\.test>"))
        self.find("label", re.compile(r"head@school\.test"))
        self.find(None, "Formatted mail", timeout=60)
        self.shot("written-read")
        self.click(None, "Plain")
        plain = self.find("text", "Plain text of the mail")
        wbtest.wait_until(lambda: CHINESE in atspi.text(plain), "its text")
        saved = os.path.join(self.home, "saved.bin")
        self.click("push button", "Save notes 笔记.bin…")
        self.choose_file("Save Attachment", saved)
        wbtest.wait_until(lambda: os.path.exists(saved) and os.path.getsize(saved) == os.path.getsize(self.notes),
                          "the saved file")
        with open(saved, "rb") as a, open(self.notes, "rb") as b:
            self.assertEqual(hashlib.sha256(a.read()).digest(), hashlib.sha256(b.read()).digest())

    def words(self, language):
        return gettext.translation("wirebench", os.path.join(BUILD, "_install/share/locale"), [language],
                                   fallback=True).gettext

    def start_as(self, language, dark):
        self.quit()
        type(self).ended = False
        type(self).app = self.desktop.run(self.installation()[0], G_DEBUG="fatal-criticals", LANGUAGE=language,
                                          ADW_DEBUG_COLOR_SCHEME="prefer-dark" if dark else "prefer-light")
        type(self).tree = atspi.application("wirebench")
        type(self).window = Window(self.desktop, self.tree, "Wirebench")
        self.window.place(0, 0, 1240, 860)

    def test_2_looks(self):
        """What was written, as it stands in the composer: pictures to be looked at, and nothing beyond the edge."""
        folder = os.path.join(self.store, "account-teacher", "Drafts")
        wbtest.wait_until(lambda: not glob.glob(folder + "/[nc]*/*"), "the draft to have gone")
        shutil.copy(self.draft, folder + "/cur/1700000000.M1P1Q1Rx.localhost:2,DS")
        for language, dark in LOOKS:
            with self.subTest(language=language, dark=dark):
                self.look_at(language, dark)

    def look_at(self, language, dark):
        name = f"written-{language.split('_')[0]}-{'dark' if dark else 'light'}"
        self.start_as(language, dark)
        _ = self.words(language)
        self.page(1)
        self.click("list item", _("%s of %s") % (_("Drafts"), "teacher@school.test"))
        self.window.click(self.find(None, re.compile("Lesson one")))
        self.click("push button", _("Edit"))
        w = Window(self.desktop, self.tree, "第一课 Lesson one .*", atspi.find(self.tree, "frame", SUBJECT))
        self.inside(w, None, "HTML")
        w.place(0, 0, 1100, 800)
        w.click(self.inside(w, None, _("What will be sent")))
        self.inside(w, "label", "image/png")
        self.desktop.screenshot(self.picture(name), w.id)
        w.click(self.inside(w, None, _("What will be sent")))
        w.place(0, 0, 360, 720)
        w.measure()
        self.inside(w, "push button", _("Send"))
        wbtest.wait_until(lambda: atspi.extents(w.frame)[2] <= 360, "a narrow window")
        for node in atspi.walk(w.frame):
            if node.role in ("push button", "toggle button", "combo box", "text") and node.box:
                self.assertLessEqual(node.box[0] + node.box[2], 360, node)
        self.desktop.screenshot(self.picture(name + "-360"), w.id)
        w.key("ctrl+w")
        self.gone(w)


if __name__ == "__main__":
    wbtest.main()

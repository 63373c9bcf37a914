# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written in the composer, and what of it is sent: spelling, forms, marks, files, people, undo."""

import email
import email.policy
import glob
import os
import re
import subprocess
import urllib.parse

import wbtest
from gui import atspi
from gui.composer import ComposerTest
from gui.pointer import Window
from test_compose_send import Telling

PEER = os.path.join(os.environ["G_TEST_SRCDIR"], "lib", "gui", "peer.py")
DICTIONARY = "/usr/share/hunspell/en_US.dic"

# As a word processor puts it on the clipboard, with what a stranger may have put in, too.
OFFICE = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta name=Generator content="A word processor">
<style>p.MsoNormal {{ margin: 0; background: url({url}/style) }}</style></head><body lang=EN-US><!--StartFragment-->
<h1 style='mso-outline-level:1;color:#2F5496'>Report<o:p></o:p></h1>
<p class=MsoNormal onmouseover="steal()" style='mso-margin-top-alt:auto;margin-left:36pt'>Some <b>fat</b> words
<script>fetch("{url}/script")</script><a href="javascript:steal()">here</a>.</p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·<span>  </span></span>one</p>
<p class=MsoListParagraph style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>o</span>two</p>
<table class=MsoTableGrid border=1 background="{url}/table"><tr><td style='width:2cm'>cell</td></tr></table>
<img src="{url}/seen.gif" alt="a chart"><iframe src="{url}/frame"></iframe>
<form action="{url}/form"><input name=password value=secret></form><!--EndFragment--></body></html>"""


class Text(ComposerTest):
    SETTINGS = "welcomed=true\nwire-visible=false\nsend-delay=0\npage='files'"

    @classmethod
    def prepare(cls):
        cls.server = Telling()
        cls.server.can = ["8BITMIME", "SMTPUTF8"]
        cls.addClassCleanup(cls.server.server.close)
        cls.store = os.path.join(cls.home, ".local/share/wirebench/mail")
        os.makedirs(cls.store)
        with open(os.path.join(cls.store, "accounts.ini"), "w", encoding="utf-8") as f:
            f.write("[account-me]\nname=Me\naddress=me@trouble.test\n"
                    "identity-names=王老师;Office;\nidentity-addresses=wang@trouble.test;office@trouble.test;\n"
                    f"smtp=smtp://127.0.0.1:{cls.server.port}/?starttls=never\n"
                    "[account-other]\nname=Other\naddress=other@trouble.test\n"
                    f"smtp=smtp://127.0.0.1:{cls.server.port}/?starttls=never\n")
        inbox = os.path.join(cls.store, "account-me", "Inbox")
        for name in ("cur", "new", "tmp"):
            os.makedirs(os.path.join(inbox, name))
        with open(os.path.join(inbox, "cur", "1700000000.M1P1Q1Rx.localhost:2,S"), "w", encoding="ascii") as f:
            f.write("From: Asker <asker@trouble.test>\nTo: x@trouble.test, OFFICE@trouble.test\nCc: me@trouble.test\n"
                    "Subject: Question\nMessage-ID: <1@trouble.test>\n\nWhen?\n")

    def write(self, subject, to="one@trouble.test"):
        self.page(1)
        self.click("list item", "Outbox of me@trouble.test")
        self.click("push button", "Write a mail")
        w = self.composer()
        w.fill(self.inside(w, "text", "To"), to)
        w.fill(self.inside(w, "text", "Subject"), subject)
        w.click(self.formatted(w), fy=0.1)
        return w

    def send(self, w):
        """The mail as the server got it."""
        before = len(self.server.taken)
        self.press(w, "push button", "Send")
        self.gone(w)
        wbtest.wait_until(lambda: len(self.server.taken) > before, "the mail to be sent", timeout=5)
        data = re.sub(rb"(?m)^\.\.", b".", self.server.taken[-1])
        return email.message_from_bytes(data, policy=email.policy.default)

    def html(self, message):
        return message.get_body(("html",)).get_content().replace("\r", "").replace("\n", "")

    def replace(self, w, text=""):
        """Make the text nothing but TEXT."""
        w.key("ctrl+a", "BackSpace")
        w.type(text)

    # Spelling

    def editor_colours(self, w):
        """How many points of the text have which colour."""
        x, y, width, height = atspi.extents(self.formatted(w))
        w.measure()
        image = subprocess.run(["import", "-window", "root", "-crop",
                                f"{width}x{height}+{w.x + w.border_x + x}+{w.y + w.border_y + y}", "-depth", "8", "rgb:-"],
                               env=self.desktop.env, stdout=subprocess.PIPE, check=True).stdout
        return [tuple(image[i:i + 3]) for i in range(0, len(image), 3)]

    def marked(self, w):
        """Whether something of the text is underlined in red."""
        return sum(r - max(g, b) > 50 for r, g, b in self.editor_colours(w)) > 8

    def spelling(self, w, key, language):
        """Choose it by KEY in its list."""
        self.press(w, None, "More about this mail")
        box = self.rested("combo box", "Spelling")
        w.click(box)
        w.key(key, "Return")
        self.desktop.screenshot(self.picture("compose-spelling-" + language))
        w.key("Escape")
        atspi.gone(self.tree, "combo box", "Spelling")

    @wbtest.unittest.skipUnless(os.path.exists(DICTIONARY), "no dictionary is installed")
    def test_1_spelling(self):
        w = self.write("Spelling")
        w.type("speling is ")
        wbtest.wait_until(lambda: self.marked(w), "the wrong word to be marked, in the program's language")
        self.shot_of(w, "compose-spelling")
        x, y = w.at(self.formatted(w), 0, 0)
        self.desktop.xdo("mousemove", x + 36, y + 24, "sleep", 0.1, "click", 3)
        guess = self.find(None, "spelling")
        self.desktop.screenshot(self.picture("compose-spelling-menu"))
        w.click(self.rests(guess))
        wbtest.wait_until(lambda: not self.marked(w), "the word to be right")
        w.key("ctrl+End")
        w.type("mispeled ")
        wbtest.wait_until(lambda: self.marked(w), "what is typed now to be marked")
        self.spelling(w, "Up", "off")
        wbtest.wait_until(lambda: not self.marked(w), "no mark where it is off")
        self.assertIn("spelling is mispeled", self.html(self.send(w)).replace("&nbsp;", " "))
        # It stays off, and comes back for what is there already.
        w = self.write("Spelling again")
        w.type("speling is ")
        self.spelling(w, "Down", "on")
        w.click(self.formatted(w), fy=0.9)
        w.key("ctrl+Home", "ctrl+End")
        wbtest.wait_until(lambda: self.marked(w), "what was there before to be marked")
        self.discard(w)

    # Forms

    def says(self, w, sentence):
        return self.inside(w, "label", re.compile(sentence))

    def size_told(self, w):
        """What stands below the preview, in bytes or kB."""
        text = atspi.text(self.inside(w, "label", re.compile("Each line is what goes over the wire")))
        number, unit = re.match(r"([\d.]+)\s(bytes|kB)", text).groups()
        return float(number) * (1000 if unit == "kB" else 1)

    def form_by_keys(self, w, *keys):
        w.click(self.inside(w, "combo box", "Format"))
        self.rests(self.find(None, "GtkPopover"))
        w.key(*keys, "Return")
        atspi.gone(self.tree, None, "GtkPopover")

    def test_2_forms_and_senders(self):
        """By the lists: what of it the server gets, and what is said of each before."""
        w = self.write("Both")
        w.place(0, 0, 1180, 820)
        self.press(w, None, "What will be sent")
        w.click(self.formatted(w), fy=0.2)
        w.key("ctrl+b")
        self.shows(w, "Bold")
        w.type("fat 你")
        self.says(w, "^multipart/alternative: the same text twice")
        self.choose(w, "From", "Office <office@trouble.test>")
        message = self.send(w)
        self.assertEqual([part.get_content_type() for part in message.walk()],
                         ["multipart/alternative", "text/plain", "text/html"])
        self.assertIn("<b>fat", self.html(message))
        self.assertEqual(str(message["From"]), "Office <office@trouble.test>")
        self.assertIn("MAIL FROM:<office@trouble.test>", " ".join(self.server.told))

        w = self.write("Formatted")
        w.place(0, 0, 1180, 820)
        w.key("ctrl+b")
        self.shows(w, "Bold")
        w.type("fat")
        self.press(w, None, "What will be sent")
        self.choose(w, "Format", "Formatted")
        self.says(w, "^text/html: formatted text alone")
        self.choose(w, "From", "Other <other@trouble.test>")
        del self.server.told[:]
        message = self.send(w)
        self.assertEqual([part.get_content_type() for part in message.walk()], ["text/html"])
        self.assertIn("<b>fat</b>", message.get_content())
        self.assertIn("MAIL FROM:<other@trouble.test>", " ".join(self.server.told))

        w = self.write("Plain")
        w.place(0, 0, 1180, 820)
        w.key("ctrl+b")
        self.shows(w, "Bold")
        w.type("fat")
        self.press(w, None, "What will be sent")
        self.choose(w, "Format", "Plain text")
        self.says(w, "^text/plain: plain text alone")
        plain = self.inside(w, "text", "Plain text of the message")
        wbtest.wait_until(lambda: atspi.text(plain) == "fat\n", "the plain text")
        # Its marks come back with the form, and go again: by the keys this time.
        self.form_by_keys(w, "Up", "Up")
        self.says(w, "^multipart/alternative")
        self.assertIn("<b>fat</b>", atspi.text(self.source(w)))
        self.form_by_keys(w, "Down", "Down")
        self.says(w, "^text/plain")
        plain = self.inside(w, "text", "Plain text of the message")
        w.click(plain, fy=0.9)
        w.key("ctrl+End")
        w.type("and thin")
        self.choose(w, "From", "王老师 <wang@trouble.test>")
        message = self.send(w)
        self.assertEqual([part.get_content_type() for part in message.walk()], ["text/plain"])
        self.assertEqual(message["Content-Type"].params.get("format"), "flowed")
        self.assertEqual(message.get_content(), "fat\r\nand thin\r\n")
        self.assertEqual(message["From"].addresses[0].display_name, "王老师")

    def from_shown(self, w):
        return [n.name for n in atspi.walk(self.inside(w, "combo box", "From")) if n.role == "label" and "@" in n.name]

    def test_2a_who_was_written_to_answers(self):
        """And still does when the answer was put aside."""
        self.page(1)
        self.click("list item", "Inbox of me@trouble.test")
        self.window.click(self.find(None, re.compile("^Asker: Question")))
        self.click("push button", "Reply to all")
        w = self.composer("Re: Question")
        self.formatted(w)
        self.assertEqual(self.from_shown(w), ["Office <office@trouble.test>"])
        self.assertEqual(self.addresses(w), ['"Asker" <asker@trouble.test>'])
        self.assertEqual(self.addresses(w, "Cc"), ["x@trouble.test"])
        w.key("ctrl+s")
        self.find(None, "Kept in Drafts")
        w.key("ctrl+w")
        self.gone(w)
        self.window.focus()
        self.click("list item", "Drafts of me@trouble.test")
        self.window.click(self.find(None, re.compile(": Re: Question")))
        self.click("push button", "Edit")
        w = self.composer("Re: Question")
        self.formatted(w)
        self.assertEqual(self.from_shown(w), ["Office <office@trouble.test>"])
        message = self.send(w)
        self.assertEqual(message["From"].addresses[0].addr_spec, "office@trouble.test")
        self.assertEqual(message["In-Reply-To"], "<1@trouble.test>")

    def test_3_what_will_be_sent(self):
        """The other shapes, and the source and the size as they grow."""
        w = self.write("Shapes")
        w.place(0, 0, 1180, 820)
        self.press(w, None, "What will be sent")
        w.click(self.formatted(w), fy=0.2)
        w.type("short")
        before = self.size_told(w)
        w.key("Return")
        w.type("a longer text than before " * 6)
        wbtest.wait_until(lambda: self.size_told(w) > before + 200, "the size to grow")
        self.press(w, None, "Source")
        source = self.inside(w, "text", "Source that will be sent")
        wbtest.wait_until(lambda: "longer text" in atspi.text(source), "the source")
        w.click(self.formatted(w), fy=0.9)
        self.assertTrue(atspi.text(source).startswith(("From:", "Date:", "Message-ID:", "MIME-Version:", "Subject:", "To:")))
        w.type(" now this")
        wbtest.wait_until(lambda: "now this" in atspi.text(source), "the source to grow")
        self.shot_of(w, "compose-preview-source")
        picture, file = os.path.join(self.home, "p.png"), os.path.join(self.home, "file.bin")
        subprocess.run(["convert", "-size", "24x24", "xc:red", picture], check=True)
        with open(file, "wb") as f:
            f.write(bytes(2000))
        self.press(w, "push button", "Insert picture")
        self.choose_file("Insert Picture", picture)
        self.says(w, "multipart/related: a formatted text and the pictures")
        self.press(w, "push button", "Attach files")
        self.choose_file("Attach Files", file)
        self.says(w, "multipart/mixed: a text and files beside it.*multipart/alternative.*multipart/related|"
                     "multipart/mixed: a text and files beside it.*multipart/related.*multipart/alternative")
        self.shot_of(w, "compose-preview-all")
        # The HTML is shown in colours.
        self.source(w)
        x, y, width, height = atspi.extents(self.inside(w, "text", "HTML of the message"))
        w.measure()
        image = subprocess.run(["import", "-window", "root", "-crop",
                                f"{width}x{height}+{w.x + w.border_x + x}+{w.y + w.border_y + y}", "-depth", "8", "rgb:-"],
                               env=self.desktop.env, stdout=subprocess.PIPE, check=True).stdout
        coloured = sum(max(image[i:i + 3]) - min(image[i:i + 3]) > 60 for i in range(0, len(image), 3))
        self.assertGreater(coloured, 100)
        self.shot_of(w, "compose-source-colours")
        self.press(w, None, "Formatted")
        message = self.send(w)
        self.assertEqual([part.get_content_type() for part in message.walk() if part.is_multipart()],
                         ["multipart/mixed", "multipart/related", "multipart/alternative"]
                         if message.get_payload()[0].get_content_type() == "multipart/related"
                         else ["multipart/mixed", "multipart/alternative", "multipart/related"])

    # Marks

    def test_4_marks_by_toolbar(self):
        w = self.write("By toolbar")
        self.choose(w, "Paragraph style", "Heading 2")
        w.type("Title")
        w.key("Return")
        self.choose(w, "Paragraph style", "Text")
        for button, word in (("Bold", "fat"), ("Italic", "slanted"), ("Underline", "lined")):
            self.press(w, None, button)
            self.shows(w, button)
            w.type(word)
            self.press(w, None, button)
            self.shows(w, button, False)
            w.type(" ")
        self.press(w, None, "Text colour")
        self.press(w, "push button", "Red")
        w.type("red")
        w.key("Return")
        self.press(w, None, "Clear formatting")
        self.press(w, None, "Quotation")
        self.shows(w, "Quotation")
        w.type("said")
        w.key("Return")
        self.press(w, None, "Quotation")
        self.shows(w, "Quotation", False)
        self.press(w, None, "Bulleted list")
        self.shows(w, "Bulleted list")
        w.type("one")
        w.key("Return")
        self.press(w, None, "One level in")
        w.type("two")
        w.key("Return")
        self.press(w, None, "One level out")
        w.type("three")
        w.key("Return", "Return")
        self.shows(w, "Bulleted list", False)
        w.type("last words")
        self.press(w, None, "What will be sent")
        self.press(w, None, "Source")
        source = self.inside(w, "text", "Source that will be sent")
        w.click(self.formatted(w), fy=0.95)
        for button, there in (("Horizontal rule", True), ("Undo", False), ("Redo", True)):
            self.press(w, None, button)
            wbtest.wait_until(lambda there=there: "last words" in atspi.text(source) and
                              ("<hr" in atspi.text(source)) == there, button)
        self.press(w, None, "What will be sent")
        self.shot_of(w, "compose-marks")
        html = self.html(self.send(w))
        for pattern in ("<h2>Title</h2>", "<b>fat</b>", "<i>slanted</i>", "<u>lined</u>", '<font color="#a51d2d">red</font>',
                        "<blockquote[^>]*>(<div>)?said(</div>)?</blockquote>",
                        "<ul><li>one<ul><li>two</li></ul></li><li>three</li></ul>", "<div>last words</div><hr"):
            self.assertRegex(html, pattern)

    def test_5_marks_by_keys(self):
        w = self.write("By keys")
        w.key("ctrl+alt+1")
        w.type("Title")
        w.key("Return", "ctrl+alt+0")
        for key, button, word in (("ctrl+b", "Bold", "fat"), ("ctrl+i", "Italic", "slanted"),
                                  ("ctrl+u", "Underline", "lined"), ("ctrl+shift+x", "Strike through", "struck"),
                                  ("ctrl+e", "Code", "coded")):
            w.key(key)
            self.shows(w, button)
            w.type(word)
            w.key(key)
            self.shows(w, button, False)
            w.type(" ")
        w.key("Return", "ctrl+shift+9")
        self.shows(w, "Quotation")
        w.type("said")
        w.key("Return", "ctrl+shift+9")
        self.shows(w, "Quotation", False)
        w.key("ctrl+shift+7")
        self.shows(w, "Numbered list")
        w.type("one")
        w.key("Return", "Tab")
        w.type("two")
        w.key("Return", "shift+Tab")
        w.type("three")
        w.key("Return", "Return")
        self.shows(w, "Numbered list", False)
        w.key("ctrl+backslash")
        w.type("here")
        self.press(w, None, "What will be sent")
        self.press(w, None, "Source")
        source = self.inside(w, "text", "Source that will be sent")
        wbtest.wait_until(lambda: "here" in atspi.text(source), "what is typed")
        w.click(self.formatted(w), fy=0.95)
        w.key("ctrl+End")
        w.type("gone")
        wbtest.wait_until(lambda: "gone" in atspi.text(source), "what is typed then")
        for key, there in (("ctrl+z", False), ("ctrl+shift+z", True), ("ctrl+z", False), ("ctrl+y", True), ("ctrl+z", False)):
            w.key(key)
            wbtest.wait_until(lambda there=there: ("gone" in atspi.text(source)) == there, f"{key} to be heard")
        self.press(w, None, "What will be sent")
        # What is found is selected, and typing takes its place.
        w.click(self.formatted(w), fy=0.95)
        w.key("ctrl+f")
        self.inside(w, None, "What to find")
        w.type("slanted")
        w.key("Return", "Escape")
        atspi.gone(w.frame, None, "What to find")
        self.shows(w, "Italic")
        w.type("leaning")
        html = self.html(self.send(w))
        for pattern in ("<h1>Title</h1>", "<b>fat</b>", "<i>leaning</i>", "<u>lined</u>", "<(s|strike)>struck</", "<code>coded</code>",
                        "<blockquote[^>]*>(<div>)?said(</div>)?</blockquote>",
                        "<ol><li>one<ol><li>two</li></ol></li><li>three</li></ol>"):
            self.assertRegex(html, pattern)
        self.assertNotIn("gone", html)

    # Files and what is pasted

    def test_6_files_and_pasted_text(self):
        """Files that were copied elsewhere, dropped and chosen; text of a word processor."""
        names = ("copied.txt", "copied 笔记.txt", "dropped.txt", "chosen.txt")
        for name in names:
            with open(os.path.join(self.home, name), "wb") as f:
                f.write(name.encode() * 3)
        asked = []
        listener = wbtest.ScriptedServer(lambda connection, address: asked.append(address))
        self.addCleanup(listener.close)
        w = self.write("Files")
        w.place(0, 0, 820, 660)
        w.type("before ")
        uris = "".join("file://" + urllib.parse.quote(os.path.join(self.home, name)) + "\r\n" for name in names[:2])
        self.clip(uris.encode(), "text/uri-list")
        w.key("ctrl+v")
        for name in names[:2]:
            self.inside(w, "push button", f"Remove {name}")
        peer = self.desktop.run(["/usr/bin/python3", PEER, os.path.join(self.home, names[2])])
        peer.event("ready")
        other = Window(self.desktop, None, "Peer")
        other.place(880, 560)
        # Beside the text.
        w.drag((other.x + 60, other.y + 90), w.at(self.inside(w, None, "Bold"), 0.5, 0.5))
        self.inside(w, "push button", f"Remove {names[2]}")
        peer.stop()
        w.focus()
        self.press(w, "push button", "Attach files")
        self.choose_file("Attach Files", os.path.join(self.home, names[3]))
        self.inside(w, "push button", f"Remove {names[3]}")
        self.shot_of(w, "compose-files")
        w.click(self.formatted(w), fy=0.5)
        w.key("ctrl+End")
        self.clip(OFFICE.format(url=f"http://127.0.0.1:{listener.port}").encode(), "text/html")
        w.key("ctrl+v", "ctrl+End")
        w.type("after")
        self.shot_of(w, "compose-office")
        message = self.send(w)
        self.assertEqual([(part.get_filename(), part.get_content()) for part in message.iter_attachments()],
                         [(name, name * 3) for name in names])
        html = self.html(message).replace("&nbsp;", " ")
        for pattern in ("before", "<h1[^>]*>Report</h1>", "Some <b>fat</b> words", ">one<ul><li>two</li></ul>", "cell", "a chart", "after"):
            self.assertRegex(html, pattern)
        for word in ("script", "steal", "Mso", "mso-", "o:p", "http:", "background", "iframe", "form action", "secret", "class=", "-webkit"):
            self.assertNotIn(word, html)
        self.assertEqual(asked, [])

    # People

    def test_7_people(self):
        """The address book from a file and into one; addresses of other scripts as they are typed."""
        card = os.path.join(self.home, "people.vcf")
        with open(card, "w", encoding="utf-8") as f:
            f.write("BEGIN:VCARD\nVERSION:4.0\nFN:李娜\nEMAIL:lina@trouble.test\nEND:VCARD\n"
                    "BEGIN:VCARD\nVERSION:3.0\nFN:Bird\\, Big\nEMAIL:bird@trouble.test\nEND:VCARD\n")
        w = self.write("People", "")
        for told in ("2 addresses are new in the address book", "No new address is in that file"):
            self.press(w, None, "More about this mail")
            w.click(self.rested("push button", "Import…"))
            self.choose_file("Import Addresses", card)
            self.find(None, told)
            atspi.gone(self.tree, None, told)
            w.focus()
        out = os.path.join(self.home, "out.vcf")
        self.press(w, None, "More about this mail")
        w.click(self.rested("push button", "Export…"))
        self.choose_file("Export Addresses", out, save=True)
        self.find(None, "The address book is written to out.vcf")
        with open(out, encoding="utf-8") as f:
            cards = f.read()
        self.assertEqual(cards.count("BEGIN:VCARD"), len(re.findall("EMAIL[^:]*:", cards)))
        for line in ("FN:李娜", "FN:Bird\\, Big", "lina@trouble.test", "bird@trouble.test"):
            self.assertIn(line, cards)
        w.focus()
        to = self.inside(w, "text", "To")
        w.click(to)
        w.type("bir")
        self.find(None, '"Bird, Big" <bird@trouble.test>')
        w.key("Return")
        for address in ("one@bücher.test", "用户@trouble.test", "a@-.test", "a b@trouble.test", "two@例子.测试"):
            w.click(to)
            self.desktop.paste(address + ",", loops=0)
        w.key("Tab")

        def chips():
            found = atspi.find_all(atspi.find(w.frame, "list", "To"), "list item")
            return [(chip.name, not {"invalid", "invalid-entry"} & atspi.states(chip)) for chip in found]

        wanted = [('"Bird, Big" <bird@trouble.test>', True), ("one@bücher.test", True), ("用户@trouble.test", True),
                  ("a@-.test", False), ("a b@trouble.test", False), ("two@例子.测试", True)]
        wbtest.wait_until(lambda: chips() == wanted, f"the addresses, not {chips()}")
        self.shot_of(w, "compose-people")
        for bad in ("a@-.test", "a b@trouble.test"):
            self.press(w, "push button", f"Remove {bad}")
        del self.server.told[:]
        self.send(w)
        recipients = [line for line in self.server.told if line.startswith("RCPT")]
        self.assertEqual(recipients, ["RCPT TO:<bird@trouble.test>", "RCPT TO:<one@xn--bcher-kva.test>",
                                      "RCPT TO:<用户@trouble.test>", "RCPT TO:<two@xn--fsqu00a.xn--0zwm56d>"])
        self.assertIn("SMTPUTF8", next(line for line in self.server.told if line.startswith("MAIL")))

    # Sending

    def preferences(self):
        self.window.focus()
        self.window.key("ctrl+comma")
        return Window(self.desktop, self.tree, "Preferences", atspi.find(self.tree, re.compile("^(frame|dialog)$"), "Preferences"))

    def delay(self, seconds):
        """Choose how long a mail waits; what is there then."""
        p = self.preferences()
        spin = self.inside(p, "spin button", "Undo Send (seconds)")
        p.fill(spin, str(seconds))
        p.key("Tab")
        wbtest.wait_until(lambda: atspi.text(spin) != str(seconds) or seconds <= 30, "it to be taken")
        value = int(atspi.text(spin))
        self.desktop.screenshot(self.picture("preferences-undo"), p.id)
        p.key("Escape")
        self.gone(p)
        return value

    def on_screen(self, title):
        return bool(self.desktop.xdo("search", "--onlyvisible", "--name", f"^{title}$"))

    def test_8_taken_back(self):
        """How long a mail waits is chosen; so long it can be taken back, and goes then with a word."""
        self.assertEqual(self.delay(31), 30)
        w = self.write("Taken back")
        w.type("too early")
        self.press(w, "push button", "Send")
        wbtest.wait_until(lambda: not self.on_screen("Taken back"), "the composer to go")
        self.find(None, re.compile("Sending in 30 seconds"))
        self.window.click(self.rests(self.find(None, re.compile("^Undo"))))
        wbtest.wait_until(lambda: self.on_screen("Taken back"), "the composer to come back")
        atspi.gone(self.tree, None, re.compile("Sending in 30 seconds"))
        self.assertEqual(self.delay(0), 0)
        w = self.composer("Taken back")
        w.focus()
        w.click(self.formatted(w), fy=0.9)
        w.key("ctrl+End")
        w.type(" no more")
        message = self.send(w)
        self.assertIn("too early no more", message.get_body(("plain",)).get_content())
        self.find(None, "Sent to one@trouble.test")
        self.shot("compose-sent-toast")

    def test_8a_the_copy_cannot_be_kept(self):
        """It is sent, and said to be; the copy follows when there is room for it, and nothing goes twice."""
        sent = os.path.join(self.store, "account-me", "Sent")
        os.makedirs(sent, exist_ok=True)
        os.rename(sent, sent + ".away")
        with open(sent, "w", encoding="ascii"):
            pass
        w = self.write("No copy")
        w.type("once")
        before = len(self.server.taken)
        self.press(w, "push button", "Send")
        said = atspi.text(self.inside(w, "label", re.compile("^The mail is sent, but its copy could not be put into Sent"), timeout=60))
        self.shot_of(w, "compose-no-copy")
        self.assertNotIn("tried again", said)
        # From here it would go a second time.
        self.assertNotIn("sensitive", atspi.states(self.inside(w, "push button", "Send")))
        w.key("ctrl+w")
        self.gone(w)
        self.window.focus()
        self.window.click(self.find(None, re.compile("one@trouble.test: No copy")))
        wbtest.wait_until(lambda: len(atspi.find_all(
            self.tree, "label", re.compile("It is sent, but the copy for Sent could not be written"))) >= 2, "its state")
        self.assertEqual(atspi.find_all(self.tree, "push button", re.compile("^(Send Again|Send Later…|Edit)$")), [])
        self.shot("outbox-no-copy")
        os.remove(sent)
        os.rename(sent + ".away", sent)
        self.click("push button", "Keep the Copy")
        wbtest.wait_until(lambda: not glob.glob(os.path.join(self.store, "account-me", "Outbox", "[nc]*", "*")), "the Outbox to be empty")
        self.assertEqual(len(self.server.taken), before + 1)
        self.assertEqual(sum(b"Subject: No copy" in open(path, "rb").read()
                             for path in glob.glob(sent + "/[nc]*/*")), 1)

    @wbtest.unittest.skipUnless(os.getuid() == 0 and os.path.exists(DICTIONARY), "root alone can hide the dictionaries")
    def test_9_no_dictionary(self):
        """It is said, and the place to choose one is not to be used."""
        self.quit()
        empty = self.path("empty")
        os.makedirs(empty)
        argv, _ = self.installation()
        type(self).ended = False
        type(self).app = self.desktop.run(
            ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" "$1" && shift && exec "$@"', empty,
             os.path.dirname(DICTIONARY), *argv], G_DEBUG="fatal-criticals")
        type(self).tree = atspi.application("wirebench")
        type(self).window = Window(self.desktop, self.tree, "Wirebench")
        w = self.write("No dictionary")
        w.type("speling is ")
        self.press(w, None, "More about this mail")
        box = self.rested("combo box", "Spelling")
        self.assertNotIn("sensitive", atspi.states(box))
        self.inside(w, "label", "No dictionary is installed")
        self.desktop.screenshot(self.picture("compose-no-dictionary"))
        w.key("Escape")
        self.assertFalse(self.marked(w))
        self.discard(w)
        self.quit()


if __name__ == "__main__":
    wbtest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""What a start leaves alone: what it does not load, write or hand on, and what it looks like."""

import contextlib
import glob
import os
import re

import wbtest
from gui import atspi
from gui.composer import ComposerTest, read
from gui.pointer import Window

KEYFILE = ".config/glib-2.0/settings/keyfile"
MAIL = """From: teacher@lab-a.test
To: student@lab-b.test
Subject: Formatted
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<p>A <b>formatted</b> mail.</p>
"""
# What one of is there if a graphics card is.
CARDS = ("/dev/dri", "/dev/nvidiactl", "/dev/dxg", "/dev/kgsl-3d0", "/dev/mali0")


# What a web page may ask for, and what it may not.
LINK = ("mailto:student@lab-b.test,%E6%9D%8E%20%3Cli%40lab-b.test%3E?to=wang@lab-b.test&cc=cc@lab-b.test&bcc=bcc@lab-b.test"
        "&reply-to=back@lab-b.test&subject=Caf%C3%A9%20one&body=Line%20%26%20one%0D%0Aline%20%3Cb%3Etwo"
        "&attach=/etc/passwd&attachment=%2Fetc%2Fpasswd&from=evil@lab-a.test&x-evil=1%0D%0Ay:2")


class Start(ComposerTest):
    SETTINGS = "welcomed=true\nsend-delay=0"

    @classmethod
    def prepare(cls):
        sent = os.path.join(cls.home, ".local/share/wirebench/mail/lab-student/Sent")
        for name in ("new", "cur", "tmp"):
            os.makedirs(os.path.join(sent, name))
        with open(os.path.join(sent, "cur", "1.2.3:2,S"), "w") as f:
            f.write(MAIL)

    def mapped(self, name):
        with open(f"/proc/{self.app.process.pid}/maps", encoding="utf-8") as f:
            return name in f.read()

    def children(self, pid):
        """All processes that a process started, and those that these did; some end while one looks."""
        found = []
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as f:
                    for child in map(int, f.read().split()):
                        found += [child, *self.children(child)]
        return found

    def program(self, pid):
        with contextlib.suppress(OSError):
            return os.path.basename(os.readlink(f"/proc/{pid}/exe"))
        return None

    def environment(self, pid):
        with open(f"/proc/{pid}/environ", "rb") as f:
            return {e.split(b"=")[0].decode() for e in f.read().split(b"\0")}

    def brightness(self):
        """Of a point in the middle of the screen, 0 where nothing is."""
        return self.desktop.brightness(640, 450)[0]

    def test_1_loads_no_webkit_while_no_mail_is_there(self):
        self.page(1)
        for folder in ("Inbox", "Outbox", "Drafts"):
            self.click("list item", f"{folder} of student@lab-b.test")
        self.find("label", "No drafts")
        self.assertFalse(self.mapped("libwebkit"))

    def test_2_starts_no_gl_that_the_processor_would_draw(self):
        if any(os.path.exists(card) for card in CARDS):
            self.skipTest("this machine has a graphics card")
        for name in ("swrast", "libgallium", "libLLVM"):
            self.assertFalse(self.mapped(name), name)

    def test_3_loads_webkit_with_the_first_mail(self):
        self.click("list item", "Sent of student@lab-b.test")
        self.click("label", "Formatted")
        wbtest.wait_until(lambda: self.mapped("libwebkit"), "WebKit to be loaded", timeout=60)

    def test_4_children_have_the_environment_of_the_person(self):
        def begun():
            return [p for p in self.children(self.app.process.pid)
                    if self.program(p) == "WebKitWebProcess"]

        for child in wbtest.wait_until(begun, "the web process", timeout=60):
            mine = self.environment(child)
            self.assertIn("HOME", mine)
            self.assertFalse(mine & {"GTK_THEME", "GDK_DEBUG", "GDK_DISABLE"})

    def test_5_shortcuts_open_twice(self):
        for _ in range(2):
            self.window.focus()
            self.window.key("ctrl+question")
            wbtest.wait_until(lambda: self.desktop.xdo("search", "--onlyvisible", "--name",
                                                       "^Keyboard Shortcuts$"), "the window")
            self.find("label", "Show or hide the Wire")
            self.desktop.xdo("key", "Escape")
            wbtest.wait_until(lambda: not self.desktop.xdo("search", "--onlyvisible", "--name",
                                                           "^Keyboard Shortcuts$"), "it to close")

    def hand_over(self, link):
        """What a browser does with a link, and what comes of it in the program that runs."""
        second = self.desktop.run([*self.installation()[0], link])
        wbtest.wait_until(lambda: second.process.poll() is not None, "the second to hand it over", timeout=60)
        self.assertEqual(second.process.returncode, 0, second.errors)

    def of_title(self, title):
        return Window(self.desktop, self.tree, title, atspi.find(self.tree, "frame", re.compile(title + "$"), timeout=60))

    def sent(self, subject):
        for path in glob.glob(self.home + "/.local/share/wirebench/mail/lab-teacher/Sent/[nc]*/*"):
            message = read(path)
            if message["Subject"] == subject:
                return message
        return None

    def check_link(self, w):
        self.assertEqual(self.addresses(w), ["student@lab-b.test", "李 <li@lab-b.test>", "wang@lab-b.test"])
        for field, address in (("Cc", "cc@lab-b.test"), ("Bcc", "bcc@lab-b.test"), ("Reply-To", "back@lab-b.test")):
            self.assertEqual(self.addresses(w, field), [address])
        self.assertEqual(atspi.text(self.inside(w, "text", "Subject")), "Café one")
        self.assertEqual(atspi.find_all(w.frame, "push button", re.compile("^Remove passwd")), [])
        self.formatted(w)
        self.assertIn("<div>Line &amp; one</div>\n<div>line &lt;b&gt;two</div>", atspi.text(self.source(w)))

    def test_5a_links_go_to_the_program_that_runs(self):
        """Each has a window of its own, and is a mail of its own."""
        self.page(2)
        self.hand_over(LINK)
        w = self.of_title("Caf.* one")
        self.check_link(w)
        self.shot_of(w, "start-mailto")
        self.press(w, None, "Formatted")
        self.hand_over("mailto:student@lab-b.test?subject=Two&body=second")
        other = self.of_title("Two")
        other.focus()
        self.formatted(other)
        other.click(self.inside(other, None, "Message text"), fy=0.9)
        other.key("ctrl+End")
        other.type(" of two")
        self.press(other, "push button", "Send")
        self.gone(other)
        message = wbtest.wait_until(lambda: self.sent("Two"), "the second in Sent", timeout=60)
        self.assertIn("second of two", message.get_body(("plain",)).get_content())
        self.assertIsNone(self.sent("Café one"))
        w.focus()
        w.click(self.inside(w, None, "Message text"), fy=0.9)
        w.key("ctrl+End")
        w.type(" of one")
        self.press(w, "push button", "Send")
        self.gone(w)
        message = wbtest.wait_until(lambda: self.sent("Café one"), "the first in Sent", timeout=60)
        self.assertIn("Line & one\nline <b>two of one", message.get_body(("plain",)).get_content())
        self.assertEqual(list(message.iter_attachments()), [])
        self.assertEqual(message["From"].addresses[0].addr_spec, "teacher@lab-a.test")
        self.assertEqual(str(message["Reply-To"]), "back@lab-b.test")
        self.assertIsNone(message["X-Evil"])

    def keyfile(self):
        found = os.stat(os.path.join(self.home, KEYFILE))
        return found.st_ino, found.st_mtime_ns

    def test_6_a_start_writes_no_setting_and_keeps_the_theme_that_a_person_named(self):
        self.quit()
        seen = {}
        for name, theme in (("light", {}), ("dark", {"GTK_THEME": "Adwaita:dark"})):
            argv, _ = self.installation()
            before = self.keyfile()
            program = self.desktop.run(argv, **theme)
            seen[name] = wbtest.wait_until(self.brightness, "the first frame")
            self.assertEqual(self.keyfile(), before)
            self.desktop.screenshot(self.picture("start-" + name))
            program.stop()
            wbtest.wait_until(lambda: not self.brightness(), "the window to go")
        # One that a link started has the link's mail before its person.
        argv, _ = self.installation()
        program = self.desktop.run([*argv, LINK], G_DEBUG="fatal-criticals")
        type(self).tree = atspi.application("wirebench")
        w = self.of_title("Caf.* one")
        self.check_link(w)
        w.key("ctrl+w")
        self.gone(w)
        program.stop()
        self.assertEqual(program.criticals(), [])
        self.assertGreater(seen["light"], 0xE0)
        self.assertLess(seen["dark"], 0x60)


if __name__ == "__main__":
    wbtest.main()

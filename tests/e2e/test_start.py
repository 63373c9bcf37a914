# SPDX-License-Identifier: GPL-3.0-or-later
"""What a start leaves alone: what it does not load, write or hand on, and what it looks like."""

import contextlib
import os

import wbtest
from gui.wirebench import WindowTest

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


class Start(WindowTest):
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
        self.assertGreater(seen["light"], 0xE0)
        self.assertLess(seen["dark"], 0x60)


if __name__ == "__main__":
    wbtest.main()

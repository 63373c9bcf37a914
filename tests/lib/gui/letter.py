# SPDX-License-Identifier: GPL-3.0-or-later
"""The mail of the README's tour, as a person writes it."""

import wbtest
from gui import atspi
from gui.wirebench import WindowTest

SUBJECT = "第一课 Lesson one 🎓"
CHINESE = "越过长城，走向世界 🐦"


class LetterTest(WindowTest):
    def shows(self, w, name, on=True):
        """Wait until a button of the format bar follows the caret."""
        button = self.inside(w, None, name)
        wbtest.wait_until(lambda: bool(atspi.states(button) & {"checked", "pressed"}) == on,
                          f"{name} {'on' if on else 'off'}")

    def write_letter(self, w, picture, attachment):
        """Bold, Chinese and emoji, a list, a link, a picture and a file, and a look at what that is."""
        editor = self.inside(w, None, "Message text")
        w.click(editor, fy=0.2)
        w.type("This is ")
        w.key("ctrl+b")
        self.shows(w, "Bold")
        w.type("important")
        w.key("ctrl+b")
        self.shows(w, "Bold", False)
        w.type(", see ")
        self.desktop.paste(CHINESE, loops=0)
        w.key("Return")
        w.click(self.inside(w, None, "Bulleted list"))
        self.shows(w, "Bulleted list")
        w.type("first")
        w.key("Return")
        w.type("second")
        w.key("Return", "Return")
        w.type("the site")
        w.key("ctrl+shift+Left", "ctrl+shift+Left", "ctrl+k")
        self.inside(w, "text", "Address of the link")
        w.type("example.org/a?b=1&c=2")
        w.key("Return")
        w.click(editor, fy=0.9)
        w.key("ctrl+End", "Return")
        w.click(self.inside(w, "push button", "Insert picture"))
        self.choose_file("Insert Picture", picture)
        w.click(self.inside(w, "push button", "Attach files"))
        self.choose_file("Attach Files", attachment)
        self.inside(w, "push button", "Remove notes 笔记.bin")
        w.click(self.inside(w, None, "What will be sent"))
        for part in ("multipart/mixed", "multipart/related", "multipart/alternative", "text/plain", "text/html",
                     "image/png"):
            self.inside(w, "label", part)

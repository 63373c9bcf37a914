# SPDX-License-Identifier: GPL-3.0-or-later
"""The window in which a mail is written, as the tests of it go about it."""

import email
import email.policy
import subprocess

import wbtest
from gui import atspi
from gui.wirebench import WindowTest


def read(path):
    with open(path, "rb") as f:
        return email.message_from_binary_file(f, policy=email.policy.default)


class ComposerTest(WindowTest):

    def press(self, w, role=None, name=None, **kw):
        node = self.inside(w, role, name)
        w.click(node, **kw)
        return node

    def formatted(self, w):
        """Wait for the editor, which is there when its views can be chosen."""
        self.inside(w, None, "HTML")
        return self.inside(w, None, "Message text")

    def source(self, w):
        """The HTML, as its view shows it."""
        self.press(w, None, "HTML")
        view = self.inside(w, "text", "HTML of the message")
        wbtest.wait_until(lambda: "<body" in atspi.text(view), "the source")
        return view

    def shot_of(self, w, name):
        self.desktop.screenshot(self.picture(name), w.id)

    def shows(self, w, name, on=True):
        button = self.inside(w, None, name)
        wbtest.wait_until(lambda: bool(atspi.states(button) & {"checked", "pressed"}) == on,
                          f"{name} {'on' if on else 'off'}", timeout=15)

    def choose(self, w, dropdown, choice):
        self.press(w, "combo box", dropdown)
        popover = self.find(None, "GtkPopover")
        self.rests(popover)
        w.click(atspi.find(popover, "label", choice))
        atspi.gone(self.tree, None, "GtkPopover")
        # GTK 4.8 may lose the press after one that closed a list; where this one goes nothing happens.
        w.click(self.inside(w, "label", "Subject"))

    def rested(self, role, name):
        node = self.find(role, name)
        self.rests(node)
        return node

    def clip(self, data, kind):
        """Put DATA on the clipboard as another program does, as KIND and nothing else."""
        clip = subprocess.Popen(["xclip", "-selection", "clipboard", "-t", kind], env=self.desktop.env,
                                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                start_new_session=True)
        self.desktop.children.append(clip)
        clip.stdin.write(data)
        clip.stdin.close()
        wbtest.wait_until(lambda: kind in self.desktop.clipboard("-t", "TARGETS"), "the clipboard")

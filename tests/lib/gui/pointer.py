# SPDX-License-Identifier: GPL-3.0-or-later
"""The pointer and the keyboard on a window: AT-SPI says where a thing is, the X server moves there."""

import time

import wbtest
from gui import atspi
from gui.screen import REFUSED, TAKEN

# By how much, in pixels, the X window of a popover may differ from what GTK tells of its size.
POPOVER_SLACK = 24


class Window:
    """An X window and the accessible frame in it."""

    def __init__(self, desktop, application, title, frame=None):
        self.desktop = desktop
        self.application = application
        self.id = wbtest.wait_until(
            lambda: desktop.xdo("search", "--onlyvisible", "--name", f"^{title}$").split(),
            f"the window {title}")[-1]
        self.frame = frame or (atspi.find(application, "frame", title) if application else None)
        self.measure()

    def geometry(self, window):
        """Where an X window is and how large; empty when it has gone."""
        shell = self.desktop.xdo("getwindowgeometry", "--shell", window)
        return {k: int(v) for k, v in (line.split("=") for line in shell.split("\n") if "=" in line)}

    def measure(self):
        """Where the window is now; its shadow is part of it and not of the accessible frame."""
        values = self.geometry(self.id)
        self.x, self.y, self.width, self.height = (values[k] for k in ("X", "Y", "WIDTH", "HEIGHT"))
        inner = atspi.extents(self.frame) if self.frame else (0, 0, self.width, self.height)
        # Where a shadow is, GTK 4.18 tells positions that are off by twice the frame's own.
        self.border_x = (self.width - inner[2]) // 2 - 2 * inner[0]
        self.border_y = (self.height - inner[3]) // 2 - 2 * inner[1]

    def place(self, x, y, width=None, height=None):
        self.desktop.xdo("windowmove", "--sync", self.id, x, y)
        if width:
            self.desktop.xdo("windowsize", "--sync", self.id, width, height)
        wbtest.wait_until(lambda: self._settled(), "the window to settle")

    def _settled(self):
        before = (self.desktop.xdo("getwindowgeometry", "--shell", self.id))
        time.sleep(0.1)
        self.measure()
        return before == self.desktop.xdo("getwindowgeometry", "--shell", self.id)

    def at(self, node, fx=0.5, fy=0.5):
        """The screen position of a point in NODE, given as fractions of its size."""
        popover = atspi.popover_of(node)
        x, y, width, height = self._at_rest(node)
        if popover:
            left, top = self._popover_origin(popover)
        else:
            self.measure()
            left, top = self.x + self.border_x, self.y + self.border_y
        return int(left + x + width * fx), int(top + y + height * fy)

    @staticmethod
    def _at_rest(node):
        """The extents of NODE once it does not move, as a toast does that slides in."""
        seen = [atspi.extents(node)]

        def rests():
            time.sleep(0.03)
            seen.append(atspi.extents(node))
            return seen[-1] == seen[-2]
        wbtest.wait_until(rests, f"{node} to come to rest")
        return seen[-1]

    def _popover_origin(self, popover):
        """What to add to the place of something in POPOVER. GTK tells places in it as if it had
        opened to where it was first meant to, which is wrong of one that had no room there: its X
        window, known by its size, is where it is."""
        def look():
            x, y, width, height = atspi.extents(popover)
            best = None
            for window in self.desktop.xdo("search", "--onlyvisible", "--class", "wirebench").split():
                g = self.geometry(window)
                far = abs(g["WIDTH"] - width) + abs(g["HEIGHT"] - height) if g else POPOVER_SLACK
                if far < POPOVER_SLACK and (best is None or far <= best[0]):
                    best = far, g["X"] - x, g["Y"] - y
            return best and best[1:]
        return wbtest.wait_until(look, f"the X window of {popover}")

    def focus(self):
        self.desktop.xdo("windowactivate", "--sync", self.id)

    def click(self, node, button=1, times=1, fx=0.5, fy=0.5, modifier=None):
        x, y = self.at(node, fx, fy)
        keys = ["keydown", modifier] if modifier else []
        up = ["keyup", modifier] if modifier else []
        press = ["mousedown", button, "sleep", 0.06]
        release = ["mouseup", button, "sleep", 0.04]
        # All but the last release in one go: between the presses of a double click little time may pass.
        self.desktop.xdo("mousemove", x, y, "sleep", 0.06, *keys, *(press + release) * (times - 1), *press)
        # A press and a release that come in one breath leave GTK's grab behind where a menu opens or
        # closes by them, and the next press is lost: the program has to have seen the press.
        self.heard()
        self.desktop.xdo(*release, *up)

    def heard(self):
        """Wait until the program has gone through what has come to it, however busy the machine is."""
        for _ in range(2):
            if self.frame:
                atspi.extents(self.frame)

    def type(self, text):
        self.desktop.xdo("type", "--delay", 8, "--", text)

    def key(self, *keys):
        self.desktop.xdo("key", "--delay", 20, *keys)

    def fill(self, node, text):
        """Put TEXT into an entry in place of what is there."""
        self.click(node)
        self.key("ctrl+a")
        if not text:
            self.key("Delete")
        elif text.isascii():
            self.type(text)
        else:
            self.desktop.paste(text)

    def drag(self, begin, end, release=True):
        """From one screen position to another, as a hand does that looks at the pointer: its shape
        says when the drag has begun and when it would be taken."""
        x1, y1 = begin
        x2, y2 = end
        screen = self.desktop.pointer
        self.desktop.xdo("mousemove", x1, y1, "sleep", 0.06, "mousedown", 1, "sleep", 0.06,
                         "mousemove", x1 + 6, y1 + 2, "sleep", 0.03, "mousemove", x1 + 14, y1 + 4)
        screen.wait_pointer(TAKEN | REFUSED, f"a drag from {begin}")
        steps = []
        for i in range(1, 9):
            steps += ["mousemove", round(x1 + (x2 - x1) * i / 8), round(y1 + (y2 - y1) * i / 8),
                      "sleep", 0.02]
        self.desktop.xdo(*steps)
        # The shape may still be that of the way here.
        for i in range(4):
            self.desktop.xdo("mousemove", x2 + i % 2, y2, "sleep", 0.06)
        screen.wait_pointer(TAKEN, f"what is dragged to be taken at {end}")
        if release:
            self.desktop.xdo("mouseup", 1)

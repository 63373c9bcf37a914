# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of every page, light and dark, in English and Chinese, wide and narrow: kept in the build's
folder screenshots/, to be looked at. That each can be drawn without a complaint is what is tested."""

import hashlib
import os
import subprocess
import time

import wbtest
from gui.session import Desktop
from gui.wirebench import SHOTS, program

PAGES = ("mail", "files", "sockets", "lab", "learn")


class Shots(wbtest.TestCase):
    shots = SHOTS

    def desktop(self, **how):
        """The command that starts the program, and the desktop for it."""
        path, env = program()
        return [path], Desktop(env=dict(env, GTK_A11Y="none"), **how)

    def window(self, desktop):
        return wbtest.wait_until(
            lambda: desktop.xdo("search", "--onlyvisible", "--class", "wirebench").split(),
            "the window")[-1]

    def settled(self, desktop, window, path):
        """A picture of the window once two in a row are the same."""
        before = None
        end = time.monotonic() + 20
        while time.monotonic() < end:
            desktop.screenshot(path, window)
            done = subprocess.run(["identify", "-format", "%#", path], stdout=subprocess.PIPE,
                                  check=True)
            if done.stdout == before:
                return
            before = done.stdout
            time.sleep(0.3)

    def walk(self, name, size, **how):
        width, height = map(int, size.split("x"))
        argv, desktop = self.desktop(size=f"{width + 40}x{height + 40}", **how)
        with desktop:
            app = desktop.run(argv, G_DEBUG="fatal-criticals")
            window = self.window(desktop)
            desktop.xdo("windowmove", "--sync", window, 0, 0)
            desktop.xdo("windowsize", window, width, height)
            self.settled(desktop, window, os.path.join(self.shots, f"{name}-start.png"))
            for number, page in enumerate(PAGES, 1):
                desktop.xdo("windowfocus", "--sync", window, "key", f"ctrl+{number}")
                shot = os.path.join(self.shots, f"{name}-{page}.png")
                self.settled(desktop, window, shot)
                self.assertIsNone(app.process.poll(), "\n".join(app.errors[-10:]))
            self.assertEqual(app.criticals(), [])
        pictures = {hashlib.sha256(open(os.path.join(self.shots, f"{name}-{p}.png"), "rb").read()).digest()
                    for p in PAGES}
        self.assertEqual(len(pictures), len(PAGES), "each page looks different")

    def test_light(self):
        self.walk("light", "1100x800")

    def test_dark(self):
        self.walk("dark", "1100x800", dark=True)

    def test_chinese(self):
        self.walk("zh", "1100x800", language="zh_CN")

    def test_chinese_dark(self):
        self.walk("zh-dark", "1100x800", language="zh_CN", dark=True)

    def test_narrow(self):
        self.walk("narrow", "400x760", settings="welcomed=true\nwire-visible=false")

    def test_narrow_chinese_dark(self):
        self.walk("narrow-zh-dark", "400x760", language="zh_CN", dark=True,
                  settings="welcomed=true\nwire-visible=false")

    def test_welcome(self):
        path, env = program()
        with Desktop(size="1140x840", env=dict(env, GTK_A11Y="none"), settings="") as desktop:
            app = desktop.run([path], G_DEBUG="fatal-criticals")
            desktop.xdo("search", "--sync", "--onlyvisible", "--name", "^Welcome to Wirebench$")
            self.settled(desktop, None, os.path.join(SHOTS, "welcome.png"))
            desktop.xdo("key", "Escape")
            wbtest.wait_until(lambda: not desktop.xdo("search", "--onlyvisible", "--name",
                                                      "^Welcome to Wirebench$"),
                              "the welcome to close")
            self.assertEqual(app.criticals(), [])
            app.stop()
            keyfile = os.path.join(desktop.env["XDG_CONFIG_HOME"], "glib-2.0/settings/keyfile")
            with open(keyfile, encoding="utf-8") as f:
                self.assertIn("welcomed=true", f.read())


if __name__ == "__main__":
    wbtest.main()

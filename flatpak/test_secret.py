#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A password that one run of the installed Flatpak keeps is found again by the next, by way of the Secret
portal: the sandbox may not talk to the keyring itself."""

import os
import re

import wbtest
from gui import atspi
from gui.pointer import Window
from gui.wirebench import WindowTest
from sandbox import APP, SHOTS, PortalDesktop

PASSWORD = "canary-5519"


class Secret(WindowTest):
    @classmethod
    def installation(cls):
        return ["flatpak", "run", "--user", APP], PortalDesktop(size=cls.SIZE, settings=cls.SETTINGS)

    @classmethod
    def prepare(cls):
        cls.passwords = []
        cls.server = wbtest.ScriptedServer(cls.serve)
        cls.addClassCleanup(cls.server.close)

    @classmethod
    def serve(cls, connection, address):
        stream = connection.makefile("rwb", buffering=0)
        stream.write(b"220 a server that writes down what it hears\r\n")
        for line in stream:
            verb, _, rest = line.strip().partition(b" ")
            if verb == b"PASS":
                cls.passwords.append(rest.decode())
            stream.write({b"USER": b"331 and now\r\n", b"PASS": b"230 welcome\r\n",
                          b"PWD": b'257 "/"\r\n'}.get(verb, b"502 no\r\n"))

    def address(self, password=""):
        return f"ftp://somebody{password}@127.0.0.1:{self.server.port}/"

    def test_1_keep(self):
        self.page(2)
        self.window.fill(self.find(None, "Server address"), self.address(":" + PASSWORD))
        self.click(None, "Account")
        self.click("combo box", "Account")
        self.window.key("Home", "Return")
        self.click(re.compile("check box|toggle|switch"), "Remember the password")
        self.desktop.screenshot(os.path.join(SHOTS, "account.png"))
        self.window.key("Escape")
        self.click("push button", "Connect")
        wbtest.wait_until(lambda: self.passwords, "the first password")
        self.assertEqual(self.passwords, [PASSWORD])
        self.desktop.screenshot(os.path.join(SHOTS, "password-kept.png"))

    def find(self, role=None, name=None, **kw):
        try:
            return super().find(role, name, **kw)
        except AssertionError:
            print("# " + atspi.dump(self.tree).replace("\n", "\n# "))
            raise

    def test_2_find_after_a_restart(self):
        inside = os.path.join(self.home, ".var/app", APP, "data/keyrings/default.keyring")
        wbtest.wait_until(lambda: os.path.exists(inside), "the sandbox's own keyring")
        with open(inside, "rb") as f:
            self.assertNotIn(PASSWORD.encode(), f.read())
        self.quit()
        cls = type(self)
        cls.ended = False
        cls.app = self.desktop.run(["flatpak", "run", "--user", APP], G_DEBUG="fatal-criticals")
        cls.tree = atspi.application("wirebench")
        cls.window = Window(self.desktop, cls.tree, "Wirebench")
        self.window.place(0, 0, 1240, 860)
        self.page(2)
        self.window.fill(self.find(None, "Server address"), self.address())
        self.window.key("Return")
        wbtest.wait_until(lambda: len(self.passwords) == 2, "the second password")
        self.assertEqual(self.passwords, [PASSWORD] * 2)


if __name__ == "__main__":
    wbtest.main()

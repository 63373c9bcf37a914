#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A password that one run of the installed Flatpak keeps is found again by the next, by way of the Secret
portal: the sandbox may not talk to the keyring itself."""

import os
import re
import threading

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer

import wbtest
from gui import atspi
from gui.pointer import Window
from gui.wirebench import WindowTest
from sandbox import APP, SHOTS, PortalDesktop

PASSWORD = "canary-5519"


class Authorizer(DummyAuthorizer):
    """One that writes down what it hears."""

    def validate_authentication(self, username, password, handler):
        self.heard.append(password)
        super().validate_authentication(username, password, handler)


class Secret(WindowTest):
    @classmethod
    def installation(cls):
        return ["flatpak", "run", "--user", APP], PortalDesktop(size=cls.SIZE, settings=cls.SETTINGS)

    @classmethod
    def prepare(cls):
        cls.passwords = []
        authorizer = Authorizer()
        authorizer.heard = cls.passwords
        authorizer.add_user("somebody", PASSWORD, cls.home)
        handler = type("Handler", (FTPHandler,), {"authorizer": authorizer})
        cls.server = FTPServer(("127.0.0.1", 0), handler)
        thread = threading.Thread(target=cls.server.serve_forever, daemon=True)
        thread.start()
        cls.port = cls.server.socket.getsockname()[1]

    def address(self, password=""):
        return f"ftp://somebody{password}@127.0.0.1:{self.port}/"

    def test_1_keep(self):
        self.page(2)
        self.window.fill(self.find(None, "Server address"), self.address(":" + PASSWORD))
        self.click(None, "Account")
        self.click("combo box", "Account")
        self.window.key("Home", "Return")
        # A switch has a role of its own with newer GTK, which an older library of AT-SPI does not know.
        switch = self.click(re.compile("check box|toggle|switch|last defined"), "Remember the password")
        wbtest.wait_until(lambda: atspi.states(switch) & {"checked", "pressed"}, "the switch to be on")
        self.desktop.screenshot(os.path.join(SHOTS, "account.png"))
        self.window.key("Escape")
        self.click("push button", "Connect")
        wbtest.wait_until(lambda: self.passwords, "the first password")
        self.find("push button", "Disconnect")
        self.assertEqual(set(self.passwords), {PASSWORD})
        type(self).first = len(self.passwords)
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
        wbtest.wait_until(lambda: len(self.passwords) > self.first, "the second password")
        self.assertEqual(set(self.passwords), {PASSWORD})


if __name__ == "__main__":
    wbtest.main()

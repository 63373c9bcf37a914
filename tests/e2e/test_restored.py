# SPDX-License-Identifier: GPL-3.0-or-later
"""Transfers that were left for a server with a password: they wait in the window, and go on when the
person has given the password, which no file keeps. Twenty thousand of them are no burden."""

import json
import os
import re
import tempfile

import wbtest
from ftpscript import FtpScript
from gui import atspi
from gui.wirebench import WindowTest

MANY = 20_000


class Owner:
    """Stands in for the test that a scripted server ends with."""

    def __init__(self, cls):
        self.addCleanup = cls.addClassCleanup


class Restored(WindowTest):
    @classmethod
    def prepare(cls):
        def password(_session, argument):
            return "230 welcome" if argument == "canary-5112" else "530 no"

        cls.target = tempfile.mkdtemp(dir=cls.home)
        cls.server = FtpScript(Owner(cls), {"left.txt": b"what was left\n"}, on={
            "PASS": password, "CWD": lambda _session, _argument: "250 there"})
        transfers = [cls.transfer("left.txt", 14)]
        servers = [{"url": f"ftp://student@127.0.0.1:{cls.server.port}/", "transfers": transfers},
                   {"url": "ftp://other@127.0.0.1:9/",
                    "transfers": [cls.transfer(f"many-{i:05}.bin", 1000 + i) for i in range(MANY)]}]
        folder = os.path.join(cls.desktop.env["XDG_DATA_HOME"], "wirebench")
        os.makedirs(folder, exist_ok=True)
        cls.kept = os.path.join(folder, "transfers.json")
        with open(cls.kept, "w", encoding="utf-8") as f:
            json.dump({"version": 1, "servers": servers}, f)

    @classmethod
    def transfer(cls, name, size):
        return {"upload": False, "local": "file://" + os.path.join(cls.target, name), "remote": name,
                "type": "file", "if-exists": "ask", "size": size}

    def says(self, pattern):
        return self.find("label", re.compile(pattern), timeout=30)

    def test_1_they_wait(self):
        self.page(2)
        self.says(f"^0 of {MANY + 1} ")
        self.assertEqual(self.server.sessions, 0, "nothing is sent before the person says so")
        self.shot("restored-many")

    def test_2_the_password_is_asked_for(self):
        """Those of one server go on when that is connected; the others stay."""
        self.window.click(self.find("push button", "Resume all transfers"))
        self.says("Enter the password for 127.0.0.1")
        self.window.fill(self.find(None, "Server address"),
                         f"ftp://student:canary-5112@127.0.0.1:{self.server.port}/")
        self.window.key("Return")
        path = os.path.join(self.target, "left.txt")
        wbtest.wait_until(lambda: os.path.exists(path), "what was left", timeout=60)
        with open(path, "rb") as f:
            self.assertEqual(f.read(), b"what was left\n")
        self.says(f"^1 of {MANY + 1} ")
        self.shot("restored-one-done")

    def test_3_by_state(self):
        self.click("combo box", "Which transfers to show")
        self.window.click(atspi.find(self.find(None, "GtkPopover"), "label", "Finished"))
        listing = self.find("list", "Transfers")
        wbtest.wait_until(lambda: [n.name for n in atspi.find_all(listing, "label")][:1] == ["left.txt"],
                          "the one that is done")
        self.assertEqual(atspi.find_all(listing, "label", re.compile("^many-")), [])
        self.click("combo box", "Which transfers to show")
        self.window.click(atspi.find(self.find(None, "GtkPopover"), "label", "All"))
        self.says("^Paused$")

    def test_4_all_cancelled_and_cleared(self):
        self.click("push button", "Cancel all transfers")
        self.says(f"^1 of {MANY + 1}, {MANY} cancelled ")
        self.click("push button", "Clear finished transfers")
        atspi.gone(self.tree, "list", "Transfers")
        wbtest.wait_until(lambda: not os.path.exists(self.kept), "the list on disk to go")

    def test_5_no_file_has_the_password(self):
        for folder, _, names in os.walk(self.home):
            for name in names:
                with open(os.path.join(folder, name), "rb") as f:
                    self.assertNotIn(b"canary-5112", f.read(), name)

    def test_9_leave(self):
        self.quit()


if __name__ == "__main__":
    wbtest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""The Files page and servers that let in few: one that is full and has room again later, and one that
grants a single connection, against vsftpd."""

import contextlib
import hashlib
import os
import re
import socket

import wbtest
from gui import atspi
from test_queue import QueueTest, digest

PARTS = 3


class Full(QueueTest):
    SETTINGS = QueueTest.SETTINGS + "\nwire-visible=false"
    OPTIONS = {"max_per_ip": 1}
    # For who looks at the pictures.
    DARK = os.environ.get("WB_TEST_DARK") == "1"

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.part = cls.big[:900_000]
        for name in [f"part-{i}.bin" for i in range(PARTS)] + ["sub/inside.bin"]:
            cls.server.put_file(name, cls.part)
        cls.server.put_file("taken.txt", b"the server's\n")
        for i in range(PARTS):
            with open(os.path.join(cls.home, f"up-{i}.bin"), "wb") as f:
                f.write(cls.part)

    def take_the_place(self):
        """Whoever is in keeps all others out."""
        def taken():
            other = socket.create_connection(("127.0.0.1", self.server.port))
            if other.recv(3) == b"220":
                return other
            other.close()
            return None
        return wbtest.wait_until(taken, "a place at the server")

    def ask(self):
        self.page(2)
        self.window.fill(self.find(None, "Server address"), self.url)
        self.window.key("Return")
        return self.find("label", re.compile("^Trying again in [0-9]+ second"))

    def test_1_it_is_full(self):
        """That is said, and it is asked again by itself until there is room."""
        with contextlib.closing(self.take_the_place()):
            first = self.ask().name
            self.find("label", re.compile("takes no more connections"))
            self.shot("full")
            wbtest.wait_until(
                lambda: first not in [n.name for n in atspi.find_all(
                    self.tree, "label", re.compile("^Trying again"))], "the time to go by")
        self.row("Server", "taken.txt")
        atspi.gone(self.tree, "push button", "Try Now")
        self.click("push button", "Disconnect")
        self.find("label", "Not Connected")

    def test_2_try_now(self):
        with contextlib.closing(self.take_the_place()):
            self.ask()
            # It is not full of patience: each time that it is full still, it waits for longer.
            self.click("push button", "Try Now")
            self.find("label", re.compile("^Trying again in [5-8] seconds"))
        self.click("push button", "Try Now")
        self.row("Server", "taken.txt")
        self.click("push button", "Disconnect")
        self.find("label", "Not Connected")

    def test_3_cancel(self):
        """By the button beside it, and by the one of the bar."""
        with contextlib.closing(self.take_the_place()):
            for nth in (0, 1):
                self.ask()
                wbtest.wait_until(lambda: len(atspi.find_all(self.tree, "push button", "Cancel")) == 2,
                                  "both buttons")
                self.window.click(self.find("push button", "Cancel", nth=nth))
                self.find("label", "Not Connected")
                self.find("push button", "Connect")
                atspi.gone(self.tree, "label", re.compile("^Trying again"))

    def test_4_narrow(self):
        self.window.measure()
        self.desktop.xdo("windowsize", self.window.id, 360 + 2 * self.window.border_x, 700)
        wbtest.wait_until(lambda: atspi.extents(self.window.frame)[2] == 360, "a narrow window")
        with contextlib.closing(self.take_the_place()):
            self.ask()
            self.shot("full-360")
            self.click("push button", "Try Now")
        self.window.place(0, 0, 1240, 860)
        self.row("Server", "taken.txt")

    def all_done(self, count):
        wbtest.wait_until(lambda: len(atspi.find_all(self.transfers(), "label",
                                                     re.compile("^Done"))) == count,
                          "all to be done", timeout=90)

    def test_5_one_connection_down(self):
        """The pane lends its session to the transfers, and has it again for folders behind them."""
        self.window.click(self.row("Server", "part-0.bin"), fx=0.1)
        self.window.key("shift+Down", "shift+Down")
        self.click("push button", "Download")
        self.all_done(PARTS)
        for i in range(PARTS):
            self.assertEqual(digest(self.local(f"part-{i}.bin")), hashlib.sha256(self.part).hexdigest())
        self.shot("full-one")
        self.browse()
        self.clear()

    def browse(self):
        self.window.click(self.row("Server", "sub"), fx=0.1)
        self.window.key("Return")
        self.row("Server", "inside.bin")
        self.window.key("alt+Up")
        self.row("Server", "sub")
        self.assertEqual(atspi.find_all(self.tree, "push button", re.compile("^(Reconnect|Retry)$")), [])

    def test_6_one_connection_up(self):
        self.window.click(self.row("This Computer", "up-0.bin"), fx=0.1)
        self.window.key("shift+Down", "shift+Down")
        self.click("push button", "Upload")
        self.all_done(PARTS)
        for i in range(PARTS):
            self.assertEqual(self.server.read(f"up-{i}.bin"), self.part)
        self.row("Server", "up-0.bin")
        self.browse()
        self.clear()

    def test_7_a_folder_meanwhile(self):
        """It is said what is in the way, and it is shown as soon as that is over."""
        self.click(None, "Transfer settings")
        self.window.fill(self.rests(self.find("spin button", "Download limit (kB/s)")), "20")
        self.window.key("Tab")
        self.window.key("Escape")
        atspi.gone(self.tree, "spin button", "Download limit (kB/s)")
        os.remove(self.local("part-0.bin"))
        self.window.click(self.find("label", re.compile("^Host 127")))
        self.move("Server", "part-0.bin")
        self.says(" at .*/s")
        self.window.click(self.row("Server", "sub"), fx=0.1)
        self.window.key("Return")
        self.find("label", re.compile("takes one connection only"))
        self.shot("full-meanwhile")
        self.click("push button", "Cancel all transfers")
        self.window.click(self.row("Server", "inside.bin"), fx=0.1)
        atspi.gone(self.tree, "label", re.compile("takes one connection only"))
        self.window.key("alt+Up")
        self.row("Server", "sub")
        self.clear()

    def test_8_left_in_the_middle(self):
        """The place is free again at once, although the transfer waits to go on."""
        self.move("Server", "part-0.bin")
        self.says(" at .*/s")
        self.click("push button", "Disconnect")
        self.find("label", "Not Connected")
        self.says("^Paused$")
        self.take_the_place().close()

    def test_9_quit(self):
        self.quit()


if __name__ == "__main__":
    wbtest.main()

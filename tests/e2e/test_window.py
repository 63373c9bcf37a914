# SPDX-License-Identifier: GPL-3.0-or-later
"""The window's frame and three of its pages, used as a person uses them: Sockets, Lab and Learn, and
the Wire below."""

import os
import re
import socket
import subprocess

import wbtest
from gui import atspi
from gui.wirebench import SHOTS, WindowTest


def answers(port):
    return wbtest.listens(port)


class Walk(WindowTest):
    """In the order of the numbers; what a page holds stays for the next step."""

    def page(self, number):
        super().page(number)
        type(self).kind = (None, "WbMailPage", "WbFilesPage", "WbSocketsPage", "WbLabPage",
                           "WbLearnPage")[number]

    def here(self, role=None, name=None, **kw):
        """Find on the page in front: pages behind it keep their places, as AT-SPI tells it."""
        try:
            return atspi.find(self.find("filler", self.kind), role, name, **kw)
        except AssertionError:
            self.desktop.screenshot(os.path.join(SHOTS, "failed-" + self.id() + ".png"))
            raise

    def press(self, role=None, name=None, **kw):
        node = self.here(role, name, **kw)
        self.window.click(node)
        return node

    def count(self, role, name):
        return len(atspi.find_all(self.find("filler", self.kind), role, name))

    def lines(self):
        return [atspi.text(n) for n in atspi.find_all(self.find("list", "Transcript"), "label")]

    def said(self, text, times=1):
        """Wait until the messages of the endpoint on show hold TEXT so many times."""
        messages = self.here("list", "Messages")
        wbtest.wait_until(lambda: len(atspi.find_all(messages, "label", text)) >= times,
                          f"{times} × {text!r} among the messages", timeout=20)

    def choose(self, dropdown, steps):
        """Go STEPS rows down in a drop-down list. By the keyboard, since AT-SPI does not know that a
        list opened upwards."""
        self.press("combo box", dropdown)
        self.window.key(*["Down"] * steps, "Return")

    def entry(self, name, nth=0):
        """An entry is an "entry" to AT-SPI or a "text", as GTK pleases."""
        return self.here(re.compile("^(entry|text)$"), name, nth=nth)

    def start_endpoint(self, kind):
        self.press("push button", "Add")
        self.click("menu item", kind)

    # ── The frame ──

    def test_10_pages_by_key(self):
        for number, role, name in ((3, "push button", "Talk over UDP"), (4, None, "UDP echo"),
                                   (5, "list", "Steps"), (2, None, "Lab server"),
                                   (1, "list", "Accounts and folders")):
            self.page(number)
            self.find(role, name)

    def test_11_pages_by_pointer(self):
        for tab, role, name in (("Sockets", "push button", "Talk over UDP"),
                                ("Lab", None, "UDP echo"), ("Learn", "list", "Steps")):
            self.click("page tab", tab)
            self.find(role, name)

    def test_12_wire_comes_and_goes(self):
        self.window.focus()
        self.find("list", "Transcript")
        self.window.key("F9")
        atspi.gone(self.tree, "list", "Transcript")
        self.window.key("ctrl+grave")
        self.find("list", "Transcript")

    def test_13_shortcuts_and_preferences(self):
        for key, title in (("ctrl+question", "Keyboard Shortcuts"), ("ctrl+comma", "Preferences")):
            self.window.focus()
            self.window.key(key)
            wbtest.wait_until(
                lambda t=title: self.desktop.xdo("search", "--onlyvisible", "--name", f"^{t}$"),
                f"the window {title}")
            self.desktop.screenshot(os.path.join(SHOTS, title.lower().replace(" ", "-") + ".png"))
            self.desktop.xdo("key", "Escape")
            wbtest.wait_until(
                lambda t=title: not self.desktop.xdo("search", "--onlyvisible", "--name", f"^{t}$"),
                f"{title} to close")

    # ── Sockets ──

    def test_20_a_server_and_a_client_over_udp(self):
        self.page(3)
        self.press("push button", "Talk over UDP")
        message = self.entry("Message")
        self.window.fill(message, "hello")
        self.window.key("Return")
        self.said("hello", 2)
        self.shot("sockets-udp")

    def test_21_hex_and_charset(self):
        self.choose("Charset", 1)
        self.window.fill(self.entry("Message"), "你好")
        self.window.key("Return")
        self.said("你好", 2)
        self.press("push button", "Hex")
        self.said("c4 e3 ba c3", 2)
        self.shot("sockets-hex")
        self.press("push button", "Text")

    def test_22_bad_hex_is_told(self):
        self.choose("Input", 1)
        self.window.fill(self.entry("Message"), "4Z")
        self.window.key("Return")
        self.here("label", re.compile("4Z|hex", re.I))
        self.shot("sockets-bad-hex")
        self.window.fill(self.entry("Message"), "41 42")
        self.window.key("Return")
        self.said("AB", 2)

    def test_23_tcp_server_echoes_to_another_program(self):
        self.start_endpoint("TCP Server")
        self.press("push button", "Start")
        self.here("push button", "Stop")
        port = int(wbtest.wait_until(lambda: atspi.text(self.entry("Port")), "the port"))
        with socket.create_connection(("127.0.0.1", port), timeout=20) as peer:
            peer.sendall(b"from outside")
            self.assertEqual(peer.recv(100), b"from outside")
            self.said("from outside", 2)

            self.window.fill(self.entry("Message"), "to you")
            self.press("push button", "Send")
            self.assertEqual(peer.recv(100), b"to you")
            self.shot("sockets-tcp")
        self.press("push button", "Stop")
        self.here("push button", "Start")
        wbtest.wait_until(lambda: not answers(port), "the port to close")

    def test_24_port_in_use(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            self.window.fill(self.entry("Port"), str(taken.getsockname()[1]))
            self.press("push button", "Start")
            self.here("label", re.compile("Another program already uses"))
            self.shot("sockets-port-in-use")

    def test_25_client_refused(self):
        port = wbtest.free_port()
        self.start_endpoint("TCP Client")
        self.window.fill(self.entry("Port"), str(port))
        self.press("push button", "Connect")
        self.here("label", re.compile("nothing listens there"))

    def test_26_remove_and_undo(self):
        before = len(atspi.find_all(self.here("list", "Endpoints"), "list item"))
        self.window.click(atspi.find(self.here("list", "Endpoints"), "push button", "Remove",
                                     nth=before - 1))
        wbtest.wait_until(lambda: len(atspi.find_all(self.here("list", "Endpoints"), "list item"))
                          == before - 1, "the row to go")
        self.click("push button", "Undo")
        wbtest.wait_until(lambda: len(atspi.find_all(self.here("list", "Endpoints"), "list item"))
                          == before, "the row to come back")

    # ── Wire ──

    def test_30_wire_shows_the_page_in_front(self):
        wbtest.wait_until(lambda: "from outside" in self.lines(), "the TCP talk in the Wire")
        self.window.key("ctrl+shift+f")
        self.window.type("to you")
        wbtest.wait_until(lambda: "to you" in self.lines() and "from outside" not in self.lines(),
                          "the filter to act")
        self.shot("wire-filter")
        self.window.key("Escape")
        wbtest.wait_until(lambda: "from outside" in self.lines(), "the filter to end")

    def test_31_copy(self):
        self.click("push button", "Copy")
        text = wbtest.wait_until(
            lambda: subprocess.run(["xclip", "-selection", "clipboard", "-o"], env=self.desktop.env,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                   timeout=20).stdout.decode(), "the clipboard")
        self.assertIn("←  from outside", text)

    def test_32_export(self):
        self.click(None, "Export")
        self.click("menu item", "As Text…")
        self.desktop.xdo("search", "--sync", "--onlyvisible", "--name", "^Export the Wire$")
        self.desktop.xdo("key", "ctrl+a")
        path = self.home + "/wire.txt"
        self.desktop.xdo("type", "--delay", 8, path)
        self.desktop.xdo("sleep", 0.3, "key", "Return")
        self.find("label", re.compile("was written to wire.txt"))
        with open(path, encoding="utf-8") as f:
            self.assertIn("from outside", f.read())

    # ── Lab ──

    def test_40_switch_a_server(self):
        self.page(4)
        switch = self.here("check box", "TCP echo")
        entry = self.entry("Port", nth=1)  # of the second row, TCP echo
        port = int(atspi.text(entry))
        self.assertTrue(answers(port))
        self.window.click(switch)
        wbtest.wait_until(lambda: not answers(port), "the server to stop")
        wbtest.wait_until(lambda: atspi.text(entry) == "", "the port to go")
        self.window.fill(entry, str(port))
        self.window.key("Return")
        wbtest.wait_until(lambda: answers(port), "the server to start on the port of before")

    def test_41_lab_port_in_use(self):
        self.press("check box", "TCP echo")
        entry = self.entry("Port", nth=1)
        wbtest.wait_until(lambda: atspi.text(entry) == "", "the port to go")
        with socket.create_server(("127.0.0.1", 0)) as taken:
            self.window.fill(entry, str(taken.getsockname()[1]))
            self.window.key("Return")
            self.here("label", re.compile("Another program already uses"))
            self.shot("lab-port-in-use")

    def test_42_passwords_are_hidden(self):
        self.assertEqual(atspi.find_all(self.find("filler", self.kind), "label", re.compile("^anonymous@example.org$")), [])

    # ── Learn ──

    def test_50_run_a_case(self):
        self.page(5)
        self.press("label", "TCP server")
        self.press("push button", "Run")
        wbtest.wait_until(lambda: self.count(None, "Done") == 7,
                          "seven steps done", timeout=60)
        self.here("push button", "Run")
        self.shot("learn-done")

    def test_51_change_the_text(self):
        self.press("label", "UDP client")
        self.press(None, "Change It and Run Again")
        self.window.fill(self.here(None, "Text"), "a word of mine")
        self.press("push button", "Run")
        wbtest.wait_until(lambda: self.count(None, "Done") == 3,
                          "three steps done", timeout=60)
        wbtest.wait_until(lambda: "a word of mine" in self.lines(), "the word in the Wire")

    def test_52_all_cases_to_their_end(self):
        for title, steps in (("FTP", 6), ("Headers", 3), ("Receiving by POP3", 4)):
            with self.subTest(title):
                self.press("label", title)
                self.press("push button", "Run")
                wbtest.wait_until(
                    lambda n=steps: self.count(None, "Done") == n,
                    f"{steps} steps done", timeout=90)
                self.here("push button", "Run")
        self.shot("learn-pop3")


if __name__ == "__main__":
    wbtest.main()

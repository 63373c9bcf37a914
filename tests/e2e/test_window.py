# SPDX-License-Identifier: GPL-3.0-or-later
"""The window's frame and three of its pages, used as a person uses them: Sockets, Lab and Learn, and
the Wire below."""

import ftplib
import os
import re
import socket
import subprocess

import wbtest
from gui import atspi
from gui.wirebench import SHOTS, PageTest

# The twelve cases, and how many steps each has.
CASES = {
    "UDP server": 4, "UDP client": 3, "UDP server that runs for ever": 5, "TCP server": 7,
    "TCP client": 5, "FTP": 6, "Plain-text mail": 2, "HTML mail": 2, "Mail with an attachment": 3,
    "Headers": 3, "HTML and text in one mail": 3, "Receiving by POP3": 4,
}


class Walk(PageTest):
    """In the order of the numbers; what a page holds stays for the next step."""

    def lines(self):
        return [atspi.text(n) for n in atspi.find_all(self.find("list", "Transcript"), "label")]

    def said(self, text, times=1):
        """Wait until the messages of the endpoint on show hold TEXT so many times, and the newest of
        them is in sight."""
        wbtest.wait_until(
            lambda: len(atspi.find_all(self.here("list", "Messages"), "label", text)) >= times,
            f"{times} × {text!r} among the messages", timeout=20)
        wbtest.wait_until(lambda: self.sees(text), f"the newest {text!r} in sight", timeout=20)

    def sees(self, text):
        """Whether the newest message that is TEXT is in sight."""
        messages = self.here("list", "Messages")
        found = atspi.find_all(messages, "label", text)
        if not found:
            return False
        _, top, _, height = atspi.extents(messages)
        _, newest, _, line = atspi.extents(found[-1])
        return top <= newest and newest + line <= top + height

    def send(self, text):
        self.window.fill(self.entry("Message"), text)
        self.window.key("Return")

    def select(self, title, nth=0):
        """Show an endpoint, by its title in the list."""
        self.window.click(atspi.find(self.here("list", "Endpoints"), "label", title, nth=nth))

    def port(self):
        return int(wbtest.wait_until(lambda: atspi.text(self.entry("Port")), "the port"))

    def clipboard(self):
        return subprocess.run(["xclip", "-selection", "clipboard", "-o"], env=self.desktop.env,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              timeout=20).stdout.decode()

    def copied(self, pattern):
        """Wait until the clipboard holds what PATTERN wants, and return it."""
        wbtest.wait_until(lambda: re.search(pattern, self.clipboard()), f"{pattern} in the clipboard")
        return self.clipboard()

    def reach(self, node):
        """Turn the wheel until NODE is wholly above the Wire."""
        page = atspi.extents(self.whole_page())
        x, y = self.window.at(self.whole_page(), 0.5, 0.3)
        self.desktop.xdo("mousemove", x, y)

        def near():
            _, top, _, height = atspi.extents(node)
            if page[1] + 10 < top and top + height < page[1] + page[3] - 10:
                return True
            self.desktop.xdo("click", 5 if top > page[1] + 10 else 4)
            return False

        wbtest.wait_until(near, f"{node} to come into sight")
        before = []
        wbtest.wait_until(lambda: before.append(atspi.extents(node)) or
                          len(before) > 9 and len(set(before[-9:])) == 1, "the page to rest")
        return node

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
        self.choose("Charset", "GB18030")
        self.send("你好")
        self.said("你好", 2)
        self.press("push button", "Hex")
        self.said("c4 e3 ba c3", 2)
        self.shot("sockets-hex")
        self.press("push button", "Text")

    def test_22_bad_hex_is_told(self):
        self.choose("Input", "Hex")
        self.send("4Z")
        self.here("label", re.compile("4Z|hex", re.I))
        self.shot("sockets-bad-hex")
        self.send("41 42")
        self.said("AB", 2)

    def test_23_udp_server_echoes_to_another_program(self):
        self.select("UDP server")
        port = self.port()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.settimeout(20)
            peer.sendto(b"a datagram from outside", ("127.0.0.1", port))
            self.assertEqual(peer.recv(100), b"a datagram from outside")
        self.said("a datagram from outside")

    def test_24_tcp_server_echoes_to_another_program(self):
        self.start_endpoint("TCP Server")
        self.press("push button", "Start")
        self.here("push button", "Stop")
        port = self.port()
        with socket.create_connection(("127.0.0.1", port), timeout=20) as peer:
            peer.sendall(b"from outside")
            self.assertEqual(peer.recv(100), b"from outside")
            self.said("from outside")

            self.window.fill(self.entry("Message"), "to you")
            self.press("push button", "Send")
            self.assertEqual(peer.recv(100), b"to you")
            self.said("to you")

            self.choose("Charset", "GB18030")
            self.send("你好")
            self.assertEqual(peer.recv(100), "你好".encode("gb18030"))
            peer.sendall("越过长城".encode("gb18030"))
            self.said("越过长城", 2)
            self.choose("Input", "Hex")
            self.send("00 ff 0D 0a")
            wanted = "越过长城".encode("gb18030") + b"\x00\xff\r\n"
            got = b""
            while len(got) < len(wanted):
                got += peer.recv(100)
            self.assertEqual(got, wanted)
            self.shot("sockets-tcp")
        self.press("push button", "Stop")
        self.here("push button", "Start")
        wbtest.wait_until(lambda: not wbtest.listens(port), "the port to close")

    def test_25_a_fixed_answer(self):
        self.choose("Answer", "Fixed answer")
        self.window.fill(self.entry("Text of the answer"), r"OK\r\n")
        self.press("push button", "Start")
        self.here("push button", "Stop")
        port = self.port()
        with socket.create_connection(("127.0.0.1", port), timeout=20) as peer:
            peer.sendall(b"is anybody there?")
            self.assertEqual(peer.recv(100), b"OK\r\n")

        # A client of ours: it is aimed at the newest server of its kind.
        self.start_endpoint("TCP Client")
        self.assertEqual(self.port(), port)
        self.press("push button", "Connect")
        self.here("push button", "Disconnect")
        self.send("and now?")
        self.said("and now?")
        self.said(re.compile("^OK"))
        self.shot("sockets-tcp-client")
        self.press("push button", "Disconnect")
        self.here("push button", "Connect")

    def test_26_client_of_another_program(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(20)
            self.window.fill(self.entry("Port"), str(server.getsockname()[1]))
            self.press("push button", "Connect")
            peer, _ = server.accept()
            with peer:
                peer.settimeout(20)
                self.here("push button", "Disconnect")
                self.choose("Charset", "GB18030")
                self.send("你好")
                self.assertEqual(peer.recv(100), "你好".encode("gb18030"))
                peer.sendall("收到".encode("gb18030"))
                self.said("收到")
            self.here("push button", "Connect")

    def test_27_the_newest_stays_in_sight(self):
        """However the room for the messages changes; unless one looks at what was before."""
        self.select("UDP client")
        self.choose("Input", "Text")
        for number in range(15):
            self.send(f"message {number}")
            self.said(f"message {number}", 2)
        for _ in range(4):
            self.window.focus()
            self.window.key("F9")
            self.said("message 14", 2)
        messages = self.here("list", "Messages")
        x, y = self.window.at(messages)
        self.desktop.xdo("mousemove", x, y, "click", "--repeat", 60, "--delay", 20, 4)
        wbtest.wait_until(lambda: self.sees("hello"), "the oldest in sight")
        self.send("one more")
        wbtest.wait_until(lambda: "one more" in self.lines(), "the message in the Wire")
        self.assertTrue(self.sees("hello"))
        self.assertFalse(self.sees("one more"))
        self.select("TCP client")

    # ── What goes wrong is told: the step, the cause, the way out ──

    def told(self, *patterns):
        for pattern in patterns:
            self.here("label", re.compile(pattern), timeout=60)

    def test_31_client_refused(self):
        self.window.fill(self.entry("Port"), str(wbtest.free_port()))
        self.press("push button", "Connect")
        self.told("nothing listens there.*Check")
        self.shot("sockets-refused")

    def test_32_host_not_found(self):
        self.window.fill(self.entry("Address"), "no-such-host.invalid")
        self.press("push button", "Connect")
        self.told("no-such-host.invalid.*not found.*[Cc]heck")
        self.shot("sockets-not-found")

    def test_33_no_port(self):
        self.window.fill(self.entry("Port"), "")
        self.press("push button", "Connect")
        self.told("[Pp]ort")
        self.window.fill(self.entry("Port"), "70000")
        self.press("push button", "Connect")
        self.told("65535")

    def test_34_port_in_use(self):
        for kind, udp in (("TCP Server", socket.SOCK_STREAM), ("UDP Server", socket.SOCK_DGRAM)):
            with self.subTest(kind), socket.socket(socket.AF_INET, udp) as taken:
                taken.bind(("127.0.0.1", 0))
                if udp == socket.SOCK_STREAM:
                    taken.listen()
                self.start_endpoint(kind)
                self.window.fill(self.entry("Port"), str(taken.getsockname()[1]))
                self.press("push button", "Start")
                self.told("While opening the port.*nother program already uses.*Choose another port")
                self.here("push button", "Start")
        self.shot("sockets-port-in-use")

    def test_35_silent_server(self):
        """A server may be as silent as it likes: the client waits, and can be stopped."""
        with socket.create_server(("127.0.0.1", 0)) as silent:
            self.select("TCP client")
            self.window.fill(self.entry("Address"), "127.0.0.1")
            self.window.fill(self.entry("Port"), str(silent.getsockname()[1]))
            self.press("push button", "Connect")
            self.press("push button", "Disconnect")
            self.here("push button", "Connect")

    def test_39_remove_and_undo(self):
        before = len(atspi.find_all(self.here("list", "Endpoints"), "list item"))
        self.window.click(atspi.find(self.here("list", "Endpoints"), "push button", "Remove",
                                     nth=before - 1))
        wbtest.wait_until(lambda: len(atspi.find_all(self.here("list", "Endpoints"), "list item"))
                          == before - 1, "the row to go")
        self.window.click(self.rests(self.find("push button", "Undo")))
        wbtest.wait_until(lambda: len(atspi.find_all(self.here("list", "Endpoints"), "list item"))
                          == before, "the row to come back")

    # ── Wire ──

    def test_40_wire_shows_the_page_in_front(self):
        wbtest.wait_until(lambda: "from outside" in self.lines(), "the TCP talk in the Wire")
        self.window.key("ctrl+shift+f")
        self.window.type("to you")
        wbtest.wait_until(lambda: "to you" in self.lines() and "from outside" not in self.lines(),
                          "the filter to act")
        self.shot("wire-filter")
        few = len(self.lines())
        self.window.key("Escape")
        wbtest.wait_until(lambda: len(self.lines()) > few, "the filter to end")

    def test_41_copy(self):
        self.click("push button", "Copy")
        self.copied("←  from outside")

    def test_42_export(self):
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

    def lab_port(self, row):
        return atspi.text(self.entry("Port", nth=row))

    def test_50_switch_a_server(self):
        self.page(4)
        self.window.key("F9")
        self.here("check box", "TCP echo")
        for row, title in ((1, "TCP echo"), (3, "FTP")):
            with self.subTest(title):
                self.reach(self.here("check box", title))
                port = int(self.lab_port(row))
                with socket.create_connection(("127.0.0.1", port), timeout=20) as peer:
                    if title == "TCP echo":
                        peer.sendall(b"echo?")
                        self.assertEqual(peer.recv(100), b"echo?")
                    else:
                        self.assertTrue(peer.recv(100).startswith(b"220 "))
                self.press("check box", title)
                wbtest.wait_until(lambda p=port: not wbtest.listens(p), "the server to stop")
                wbtest.wait_until(lambda r=row: self.lab_port(r) == "", "the port to go")
                self.window.fill(self.entry("Port", nth=row), str(port))
                self.window.key("Return")
                wbtest.wait_until(lambda p=port: wbtest.listens(p),
                                  "the server to start on the port of before")
                self.press("check box", title)
                wbtest.wait_until(lambda r=row: self.lab_port(r) == "", "the port to go")
                self.press("check box", title)
                port = int(wbtest.wait_until(lambda r=row: self.lab_port(r), "a port"))
                wbtest.wait_until(lambda p=port: wbtest.listens(p), "the server to start")

    def test_51_udp_echo(self):
        port = int(self.lab_port(0))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.settimeout(20)
            peer.connect(("127.0.0.1", port))
            peer.send(b"echo?")
            self.assertEqual(peer.recv(100), b"echo?")

    def test_52_lab_port_in_use(self):
        self.press("check box", "TCP echo")
        wbtest.wait_until(lambda: self.lab_port(1) == "", "the port to go")
        with socket.create_server(("127.0.0.1", 0)) as taken:
            self.window.fill(self.entry("Port", nth=1), str(taken.getsockname()[1]))
            self.window.key("Return")
            self.told("While starting.*nother program already uses.*Choose another port")
            self.shot("lab-port-in-use")
        self.window.fill(self.entry("Port", nth=1), "70000")
        self.window.key("Return")
        self.told("from 1 to 65535")
        self.window.fill(self.entry("Port", nth=1), "")
        self.window.key("Return")
        wbtest.wait_until(lambda: self.lab_port(1) not in ("", "70000"), "a free port")

    def test_53_copy_an_address(self):
        port = self.lab_port(1)
        self.window.click(self.here(None, "Copy the address", nth=1))
        self.copied(f"127.0.0.1:{port}")
        self.find("label", re.compile("^Copied .*:" + port))

    def test_54_read_and_copy_a_password(self):
        self.reach(self.here(None, "Show the password"))
        self.press(None, "Show the password")
        self.here(None, "Hide the password")
        self.choose_in_menu("Copy the user or the password", "Copy the User")
        user = self.copied("^student$")
        self.choose_in_menu("Copy the user or the password", "Copy the Password")
        self.find("label", "Password copied")
        password = wbtest.wait_until(
            lambda: (self.clipboard() != user and self.clipboard()), "the password")
        self.here("label", password)
        self.shot("lab-password")
        # It is the one that the server takes.
        with ftplib.FTP() as ftp:
            ftp.connect("127.0.0.1", int(self.lab_port(3)), timeout=20)
            self.assertTrue(ftp.login(user, password).startswith("230"))
        self.press(None, "Hide the password")
        wbtest.wait_until(lambda: not self.count("label", password), "the password to hide")

    # ── Learn ──

    def run_case(self, title):
        """Run a case, and wait for its last step: every one of them says that it is done."""
        self.press("label", title)
        steps = self.here("list", "Steps")
        wbtest.wait_until(lambda: len(atspi.find_all(steps, "list item")) == CASES[title],
                          "the steps of " + title)
        self.press("push button", "Run")
        wbtest.wait_until(lambda: self.count(None, "Done") == CASES[title],
                          f"{CASES[title]} steps done", timeout=90)
        self.here("push button", "Run")

    def test_60_run_a_case(self):
        self.window.key("F9")
        self.page(5)
        self.run_case("TCP server")
        self.shot("learn-done")

    def test_61_change_the_text(self):
        self.press("label", "UDP client")
        self.press(None, "Change It and Run Again")
        self.window.fill(self.here(None, "Text"), "a word of mine")
        self.run_case("UDP client")
        wbtest.wait_until(lambda: "a word of mine" in self.lines(), "the word in the Wire")

    def test_62_all_cases_to_their_end(self):
        for title in CASES:
            with self.subTest(title):
                self.run_case(title)
                self.assertEqual(self.count(None, "Failed"), 0)
        self.shot("learn-pop3")

    def test_63_a_case_that_fails_says_why(self):
        self.press("label", "TCP client")
        self.window.fill(self.here(None, "Server (empty is the lab’s)"),
                         f"127.0.0.1:{wbtest.free_port()}")
        self.press("push button", "Run")
        self.told("nothing listens there")
        self.assertLess(self.count(None, "Done"), CASES["TCP client"])
        self.shot("learn-failed")

    def test_99_leave(self):
        self.quit()


if __name__ == "__main__":
    wbtest.main()

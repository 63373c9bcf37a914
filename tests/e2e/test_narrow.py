# SPDX-License-Identifier: GPL-3.0-or-later
"""The window at the least width that it promises: it can be had on every page, and no control is
beyond its edge."""

import os
import re
import subprocess

import wbtest
from gui import atspi
from gui.pointer import Window
from gui.wirebench import PageTest

WIDTH = 360
CONTROLS = re.compile("^(push button|toggle button|combo box|check box|text|entry|page tab|label)$")


class Narrow(PageTest):
    SIZE = "1280x900"
    # What scrolls sideways may go on beyond the edge.
    SCROLLS = ("This Computer", "Server", "Code", "WbFormatBar")

    def least(self, window):
        """The least width that the window manager lets WINDOW have, without the frame about it."""
        done = subprocess.run(["xprop", "-id", window.id, "WM_NORMAL_HINTS"], env=self.desktop.env,
                              stdout=subprocess.PIPE, text=True, check=True)
        width = re.search(r"minimum size: (\d+) by", done.stdout)
        window.measure()
        return int(width.group(1)) - 2 * window.border_x if width else 0

    def make_narrow(self, window):
        window.measure()
        self.desktop.xdo("windowsize", window.id, WIDTH + 2 * window.border_x, 800)
        wbtest.wait_until(lambda: atspi.extents(window.frame)[2] == WIDTH, "a narrow window")

    def beyond(self, root, out_of_sight=None):
        """The controls below ROOT that are not wholly in a narrow window."""
        nodes = [n for n in atspi.walk(root, skip=self.SCROLLS) if CONTROLS.match(n.role) and n.box]
        self.assertTrue(nodes)
        return [n for n in nodes if (n.box[0] < 0 or n.box[0] + n.box[2] > WIDTH)
                and not (out_of_sight and out_of_sight.match(n.name))]

    def check(self, name, root=None, window=None, out_of_sight=None):
        window = window or self.window
        wbtest.wait_until(lambda: self.least(window) <= WIDTH, f"{name} to take {WIDTH} px",
                          timeout=10)
        try:
            wbtest.wait_until(lambda: not self.beyond(root or self.whole_page(), out_of_sight),
                              f"all of {name} within {WIDTH} px", timeout=10)
        except AssertionError as e:
            raise AssertionError(f"{e}: {self.beyond(root or self.whole_page(), out_of_sight)}") from None
        self.assertEqual(atspi.extents(window.frame)[2], WIDTH)
        self.desktop.screenshot(self.picture("360-" + name), window.id)

    def test_1_the_least_width_is_known_while_wide(self):
        for number in range(1, 6):
            self.page(number)
            self.whole_page()
            wbtest.wait_until(lambda: self.least(self.window) <= WIDTH, f"page {number} to give way",
                              timeout=10)

    def test_2_a_narrow_frame(self):
        self.page(3)
        self.make_narrow(self.window)
        self.here("push button", "Talk over UDP")
        self.check("sockets-empty")
        self.assertEqual(len(atspi.find_all(self.tree, "page tab")), 10, "the bar below and its like")

    def test_3_sockets(self):
        self.press("push button", "Talk over UDP")
        self.window.fill(self.entry("Message"), "hello")
        self.window.key("Return")
        wbtest.wait_until(lambda: self.count("label", "hello") >= 2, "the echo")
        self.check("sockets-udp")
        self.press("push button", "Back")
        self.here("list", "Endpoints")
        self.check("sockets-list", self.here("list", "Endpoints"))
        self.start_endpoint("TCP Server")
        self.press("push button", "Start")
        self.here("push button", "Stop")
        self.check("sockets-tcp")

    def test_4_files(self):
        self.page(2)
        self.here("push button", "Connect")
        self.check("files")
        # What to do is not behind the pane's edge.
        _, y, _, height = atspi.extents(self.here("label", re.compile("^Enter a server above")))
        _, page, _, whole = atspi.extents(self.whole_page())
        self.assertLessEqual(y + height, page + whole)
        self.press(None, "Lab server")
        self.click("menu item", "Registered")
        self.here("push button", "Disconnect")
        self.check("files-connected")
        with open(os.path.join(self.home, "a small file with a rather long name.txt"), "w") as f:
            f.write("small\n")
        self.press("label", "a small file with a rather long name.txt")
        self.press("push button", "Upload")
        self.here("label", re.compile("^Done"))
        self.check("files-transfers")
        self.press("push button", "Synchronize folders")
        dialog = Window(self.desktop, self.tree, "Synchronize")
        self.make_narrow(dialog)
        self.check("files-sync", dialog.frame, dialog)
        self.window.key("Escape")

    def test_4b_no_sites(self):
        """Without a site there is no list to go back to, but what to begin with."""
        self.window.focus()
        self.window.key("ctrl+s")
        dialog = Window(self.desktop, self.tree, "Sites", self.find("dialog", "Sites"))
        self.make_narrow(dialog)
        new = atspi.find(dialog.frame, "push button", "New Site")
        wbtest.wait_until(lambda: sum(atspi.extents(new)[::2]) < WIDTH, "it to be in sight")
        self.assertEqual(atspi.find_all(dialog.frame, "push button", "Back to the list"), [])
        self.desktop.screenshot(self.picture("360-sites-empty"), dialog.id)
        dialog.click(new)
        dialog.click(atspi.find(dialog.frame, "push button", "Back to the list"))
        dialog.click(atspi.find(dialog.frame, "label", "New site"))
        dialog.click(atspi.find(dialog.frame, "push button", "Back to the list"))
        dialog.click(atspi.find(dialog.frame, "push button", "Remove"))
        atspi.gone(dialog.frame, "push button", "Back to the list")
        dialog.click(atspi.find(dialog.frame, "push button", "New Site"))
        atspi.find(dialog.frame, "push button", "Back to the list")
        dialog.click(atspi.find(dialog.frame, "push button", "Close"))
        atspi.gone(self.tree, "dialog", "Sites")

    def test_5_lab(self):
        self.page(4)
        self.here("check box", "TCP echo")
        self.check("lab", out_of_sight=re.compile("^Starting the servers"))

    def test_6_learn(self):
        self.page(5)
        self.here("list", "Cases")
        self.check("learn-list", self.here("list", "Cases"))
        self.press("label", "TCP server")
        self.here("push button", "Run")
        self.check("learn-case")
        self.press("push button", "Run")
        wbtest.wait_until(lambda: self.count(None, "Done") == 7, "seven steps done", timeout=60)
        self.check("learn-done")

    def test_7_wire(self):
        self.page(3)
        panel = self.find("filler", "Wire")
        for role, name in (("combo box", "Conversation"), (None, "Filter the Wire"),
                           ("push button", "Copy"), (None, "Export"), ("push button", "Clear"),
                           ("list", "Transcript")):
            self.assertTrue(atspi.find_all(panel, role, name), name)
        self.check("wire", panel)

    def test_8_mail(self):
        self.page(1)
        self.here("push button", "Receive")
        # The reader is out of sight and has the place of before.
        self.check("mail", out_of_sight=re.compile("^(No mail selected|Choose one)"))
        self.press("push button", "Write a mail")
        composer = Window(self.desktop, self.tree, "New Mail")
        self.make_narrow(composer)
        self.check("composer", composer.frame, composer)
        composer.click(atspi.find(composer.frame, None, "What will be sent"))
        self.check("composer-preview", composer.frame, composer)

    def test_9_leave(self):
        self.assertEqual(self.app.criticals(), [])


if __name__ == "__main__":
    wbtest.main()

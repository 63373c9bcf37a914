# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds the Files page back: a rate for downloads and one for uploads, each for its own direction,
and how many folders inside each other permissions are changed in."""

import hashlib
import os
import re
import stat

import wbtest
from gui import atspi
from gui.pointer import Window
from proftpd import Proftpd, is_there
from test_queue import QueueTest, digest

DOWN, UP = "Download limit (kB/s)", "Upload limit (kB/s)"
SMALL = 100
DEPTH = 40


class Limits(QueueTest):
    SETTINGS = QueueTest.SETTINGS + "\nwire-visible=false"
    # For who looks at the pictures.
    DARK = os.environ.get("WB_TEST_DARK") == "1"

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.server.put_file("taken.txt", b"the server's\n")
        cls.server.put_file("big.bin", cls.big)
        with open(os.path.join(cls.home, "taken.txt"), "wb") as f:
            f.write(b"this computer's own\n")
        with open(os.path.join(cls.home, "up.bin"), "wb") as f:
            f.write(cls.big)
        with open(os.path.join(cls.home, "tiny.txt"), "wb") as f:
            f.write(b"tiny\n")
        os.mkdir(os.path.join(cls.home, "small"))
        for i in range(SMALL):
            with open(os.path.join(cls.home, "small", f"{i}.txt"), "wb") as f:
                f.write(b"s" * 4000)

    def settings(self):
        """What is kept of the two rates."""
        keyfile = os.path.join(self.desktop.env["XDG_CONFIG_HOME"], "glib-2.0/settings/keyfile")
        if not os.path.exists(keyfile):
            return [None, None]
        with open(keyfile, encoding="utf-8") as f:
            text = f.read()
        found = [re.search(rf"^transfer-limit-{way}=(?:uint32 )?(\d+)$", text, re.M) for way in ("down", "up")]
        return [int(m[1]) if m else None for m in found]

    def open_settings(self):
        self.click(None, "Transfer settings")
        return self.rests(self.find("spin button", UP))

    def enter(self, name, figure):
        self.open_settings()
        self.window.fill(self.find("spin button", name), str(figure))
        self.window.key("Tab")
        self.window.key("Escape")
        atspi.gone(self.tree, "spin button", UP)
        # GDK of that age may still believe that the popover has grabbed the pointer, and take the next
        # press for one that closes it: one that does nothing.
        self.window.click(self.find("label", re.compile("^Host 127")))

    def running(self):
        return atspi.find_all(self.transfers(), "label", re.compile(r" at .*/s"))

    def all_done(self, rows=0):
        """The list, where ROWS have to be done, is empty in the end."""
        wbtest.wait_until(lambda: len(atspi.find_all(self.transfers(), "label", re.compile("^Done"))) >= rows,
                          "each to be done")
        # What stands beside it goes, and it takes that place.
        atspi.gone(self.tree, "push button", "Cancel all transfers")
        self.rests(self.find("push button", "Clear finished transfers"))
        self.clear()

    def test_1_two_figures(self):
        """By the keys alone, and by the pointer."""
        self.connect()
        self.open_settings()
        down, up = self.find("spin button", DOWN), self.find("spin button", UP)
        self.assertEqual([atspi.text(down), atspi.text(up)], ["0", "0"])
        self.window.click(down, fx=0.2)
        self.window.key("ctrl+a")
        self.window.type("250")
        self.window.key("Tab")
        wbtest.wait_until(lambda: self.settings() == [250, None], "the download's rate alone to be kept")
        # Past the two buttons of a figure, which are for the pointer.
        self.window.key("ctrl+a")
        self.window.type("40")
        self.window.key("Tab")
        wbtest.wait_until(lambda: self.settings() == [250, 40], "the upload's rate to be kept")
        self.desktop.screenshot(self.picture("limits-settings"))
        # The last of the figure's own buttons is for more of it.
        self.window.click(up, fx=0.95)
        wbtest.wait_until(lambda: self.settings() == [250, 140], "the step that the button makes")
        self.window.click(up, fx=0.2)
        self.window.key("Up")
        wbtest.wait_until(lambda: self.settings() == [250, 240], "the step that the key makes")
        self.window.key("Escape")
        atspi.gone(self.tree, "spin button", UP)

    def test_1b_buttons_that_stay(self):
        """They are where they were when the last transfer has come to its end, and no press goes by
        them."""
        self.move("This Computer", "tiny.txt")
        self.says("^Done")
        self.move("This Computer", "taken.txt")
        self.find(None, "Name Taken")
        before = self.rests(self.find("push button", "Clear finished transfers")).box
        self.answer("Skip")
        atspi.gone(self.tree, "push button", "Cancel all transfers")
        self.assertEqual(self.rests(self.find("push button", "Clear finished transfers")).box, before)
        self.clear()

    def test_2_an_upload_is_held_back_alone(self):
        self.enter(DOWN, 0)
        self.enter(UP, 20)
        self.move("This Computer", "up.bin")
        wbtest.wait_until(self.running, "the upload to run")
        # All of a download goes by meanwhile.
        self.move("Server", "big.bin")
        self.says("^Done, 6.0.MB", timeout=60)
        self.assertEqual(digest(self.local("big.bin")), hashlib.sha256(self.big).hexdigest())
        self.assertEqual(len(self.running()), 1)
        self.shot("limits-upload")
        self.assertNotIn("up.bin", self.server.names())
        # And what runs hears of another rate.
        self.enter(UP, 0)
        wbtest.wait_until(lambda: "up.bin" in self.server.names(), "the rest of it", timeout=60)
        self.assertEqual(self.server.read("up.bin"), self.big)
        self.all_done(2)

    def test_2b_a_hint_that_stays(self):
        """While the graph beside it moves, once a second, what the pointer rests on goes on being
        explained."""
        def windows():
            return len(self.desktop.xdo("search", "--onlyvisible", "--class", "wirebench").split())
        before = windows()
        x, y = self.window.at(self.find(None, "Transfer settings"))
        self.desktop.xdo("mousemove", x - 1, y, "sleep", 0.1, "mousemove", x, y)
        wbtest.wait_until(lambda: windows() > before, "the hint")
        for _i in range(30):
            self.desktop.xdo("sleep", 0.1)
            self.assertGreater(windows(), before)

    def test_3_small_files_are_uploads_too(self):
        """Several of them go up at once, in a way of their own."""
        self.enter(UP, 20)
        self.move("This Computer", "small")
        wbtest.wait_until(lambda: "small" in self.server.names(), "the folder")
        os.remove(self.local("big.bin"))
        self.move("Server", "big.bin")
        wbtest.wait_until(lambda: os.path.exists(self.local("big.bin")), "all of the download", timeout=60)
        self.assertLess(len(self.arrived()), SMALL)
        self.enter(UP, 0)
        wbtest.wait_until(lambda: len(self.arrived()) == SMALL, "the rest of them", timeout=60)
        self.all_done()

    def arrived(self):
        return [n for n in os.listdir(os.path.join(self.server.folder, "small")) if n.endswith(".txt")]

    def test_4_a_download_is_held_back_alone(self):
        os.remove(self.local("big.bin"))
        os.remove(os.path.join(self.server.folder, "up.bin"))
        self.reload("Server")
        atspi.gone(self.list("Server"), "label", "up.bin")
        self.enter(DOWN, 20)
        self.move("Server", "big.bin")
        wbtest.wait_until(self.running, "the download to run")
        self.move("This Computer", "up.bin")
        self.says("^Done, 6.0.MB", timeout=60)
        self.assertEqual(self.server.read("up.bin"), self.big)
        self.assertEqual(len(self.running()), 1)
        self.assertFalse(os.path.exists(self.local("big.bin")))
        self.enter(DOWN, 0)
        wbtest.wait_until(lambda: os.path.exists(self.local("big.bin")), "the rest of it", timeout=60)
        self.all_done(2)

    def test_5_narrow(self):
        self.window.measure()
        self.desktop.xdo("windowsize", self.window.id, 360 + 2 * self.window.border_x, 800)
        wbtest.wait_until(lambda: atspi.extents(self.window.frame)[2] == 360, "a narrow window")
        self.open_settings()
        self.desktop.screenshot(self.picture("limits-settings-360"))
        # A screen may be no wider, so that it cannot hang out. A margin of 14 px is on each side.
        boxes = [n.box for n in atspi.walk(self.find(None, "GtkPopover")) if n.role in ("label", "spin button")]
        left, right = min(b[0] for b in boxes), max(b[0] + b[2] for b in boxes)
        self.assertLessEqual(right - left + 2 * 14, 360)
        for name in (DOWN, UP):
            self.window.fill(self.find("spin button", name), "7")
            self.window.key("Tab")
        wbtest.wait_until(lambda: self.settings() == [7, 7], "both to be kept")
        for name in (DOWN, UP):
            self.window.fill(self.find("spin button", name), "0")
            self.window.key("Tab")
        wbtest.wait_until(lambda: self.settings() == [0, 0], "both to be none again")
        self.window.key("Escape")
        atspi.gone(self.tree, "spin button", UP)
        self.window.place(0, 0, 1240, 860)
        self.click("push button", "Disconnect")
        self.find("label", "Not Connected")

    def test_6_permissions_too_deep_on_a_server(self):
        """It is said what is in the way and what to do; no folder of the chain is changed."""
        if not is_there():
            self.skipTest("no ProFTPD")
        server = Proftpd(self)
        server.put_file("taken.txt", b"here\n")
        server.put_file("/".join(["deep"] * DEPTH) + "/bottom.txt", b"below\n")
        chain = [os.path.join(server.folder, *["deep"] * n) for n in range(1, DEPTH + 1)]
        owner = os.stat(server.folder)
        for path in chain:
            os.chown(path, owner.st_uid, owner.st_gid)
            os.chmod(path, 0o755)
        self.window.fill(self.find(None, "Server address"), server.url)
        self.window.key("Return")
        self.change_inside("deep", "750")
        atspi.find(self.tree, "label", re.compile("more than 32 folders inside each other.*Choose a folder "
                                                  "further inside"), timeout=60)
        self.desktop.screenshot(self.picture("limits-deep"))
        self.assertEqual({mode(path) for path in chain}, {0o755})
        self.assertNotEqual(mode(os.path.join(chain[-1], "bottom.txt")), 0o750)
        self.window.key("Escape")
        atspi.gone(self.tree, "dialog", "Properties")
        # The way out that it names is one, and the session goes on.
        self.window.click(self.row("Server", "deep"), fx=0.1)
        for _i in range(9):
            self.window.key("Return")
            self.row("Server", "deep")
        self.change_inside("deep", "750")
        atspi.gone(self.tree, "dialog", "Properties", timeout=60)
        self.assertEqual([mode(path) for path in chain], [0o755] * 9 + [0o750] * (DEPTH - 9))
        self.assertEqual(mode(os.path.join(chain[-1], "bottom.txt")), 0o750)

    def change_inside(self, name, digits):
        self.window.click(self.row("Server", name), fx=0.1)
        self.window.key("alt+Return")
        frame = self.find("dialog", "Properties")
        window = Window(self.desktop, "wirebench", "Properties", frame)
        window.click(atspi.find(frame, "text", "As three digits"))
        window.key("ctrl+a")
        window.type(digits)
        window.click(atspi.find(frame, "combo box", "Change also"))
        window.key("Home", "Down", "Return")
        window.click(atspi.find(frame, "push button", "Apply"))

    def test_9_quit(self):
        self.quit()


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


if __name__ == "__main__":
    wbtest.main()

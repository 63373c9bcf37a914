#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The installed Flatpak, used in its sandbox as a person uses it: the mail's way as tests/e2e walks it,
with every file chosen through the portal."""

import contextlib
import hashlib
import os
import subprocess
import sys

import wbtest
from gui import atspi
from gui.pointer import Window

sys.path.insert(0, os.path.join(os.environ["G_TEST_SRCDIR"], "e2e"))

import test_mail  # noqa: E402
from sandbox import APP, SHOTS, PortalDesktop  # noqa: E402

# More points than a blinking caret has, fewer than a word.
CARET = 60
PEER = os.path.join(os.environ["G_TEST_SRCDIR"], "lib", "gui", "peer.py")


class Use(test_mail.Mail):
    # The program is ended with its sandbox here.
    test_99_leaves_without_a_complaint = None

    warm = False

    @classmethod
    def installation(cls):
        return ["flatpak", "run", "--user", APP], PortalDesktop(size=cls.SIZE, settings=cls.SETTINGS)

    @classmethod
    def prepare(cls):
        super().prepare()
        # The sandbox has its own folder for data; the tests of the mail look where it is without one.
        inside = os.path.join(cls.home, ".var/app", APP, "data/wirebench")
        os.makedirs(inside, exist_ok=True)
        os.makedirs(os.path.join(cls.home, ".local/share"), exist_ok=True)
        os.symlink(inside, os.path.join(cls.home, ".local/share/wirebench"))

    def keep(self, name):
        self.desktop.screenshot(os.path.join(SHOTS, name + ".png"))

    # WebKit's later releases put a tree of their own in place of the view, which has no name then.

    def inside(self, window, role=None, name=None, **kw):
        if name == "Message text":
            editor = wbtest.wait_until(lambda: self.editor(window), "the editor")
            if not self.warm:
                # WebKit's first process starts slowly in here, and takes a click later than the keys
                # that follow it: as a person does, look whether what is typed comes.
                type(self).warm = True
                window.click(editor, fy=0.2)
                window.type("are you there")
                # On the newest GTK nothing was seen there once; what follows shows whether the keys arrive.
                with contextlib.suppress(AssertionError):
                    wbtest.wait_until(lambda: self.ink(window, editor) > CARET, "what was typed")

                def blank():
                    window.key("ctrl+a", "BackSpace")
                    return self.ink(window, editor) < CARET
                wbtest.wait_until(blank, "the editor to be empty again")
            return editor
        return super().inside(window, role, name, **kw)

    def ink(self, window, editor):
        """How many dark points the editor's first lines show."""
        x, y = window.at(editor, 0, 0)
        return sum(v < 128 for v in self.desktop.brightness(x, y + 8, editor.box[2], 60))

    def editor(self, window):
        above = super().inside(window, "push button", "Clear formatting")
        below = [n for n in atspi.find_all(window.frame, "panel") if n.box[1] > above.box[1] and n.box[3] > 200]
        return below[-1] if below else None

    def find(self, role=None, name=None, **kw):
        try:
            return super().find(role, "Read" if name == "Formatted mail" else name, **kw)
        except AssertionError:
            print("# " + atspi.dump(self.tree).replace("\n", "\n# "))
            raise

    def test_0_started(self):
        self.keep("started")
        info = self.desktop.inside("cat", "/.flatpak-info").stdout
        self.assertIn("name=" + APP, info)
        self.assertNotIn("filesystems=", info)

    def test_3_webkit_is_in_a_sandbox_of_its_own(self):
        """The processes that see what strangers wrote are in namespaces that are not the program's."""
        own, webkit, network = None, [], []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as f:
                    name = f.read().split(b"\0")[0].decode()
                if not os.path.exists(f"/proc/{pid}/root/.flatpak-info"):
                    continue
                if os.path.basename(name) == "wirebench":
                    own = pid
                elif os.path.basename(name) == "WebKitWebProcess":
                    webkit.append(pid)
                elif os.path.basename(name) == "WebKitNetworkProcess":
                    network.append(pid)
            except OSError:
                continue
        self.assertTrue(own)
        self.assertTrue(webkit)
        # WebKit's network process parses no mail, and is where the program is: in the Flatpak's sandbox.
        self.assertTrue(network)
        for pid in network:
            self.assertEqual(os.readlink(f"/proc/{pid}/ns/mnt"), os.readlink(f"/proc/{own}/ns/mnt"))
            self.assertNotEqual(os.readlink(f"/proc/{pid}/ns/mnt"), os.readlink("/proc/self/ns/mnt"))
        for pid in webkit:
            for kind in ("mnt", "net", "pid"):
                self.assertNotEqual(os.readlink(f"/proc/{pid}/ns/{kind}"),
                                    os.readlink(f"/proc/{own}/ns/{kind}"), kind)
                self.assertNotEqual(os.readlink(f"/proc/{pid}/ns/{kind}"),
                                    os.readlink(f"/proc/self/ns/{kind}"), kind)
            # Of the mail there is nothing to be seen in there.
            self.assertFalse(os.path.exists(f"/proc/{pid}/root{self.home}/.var/app/{APP}/data/wirebench/mail"))

    def on_server(self, name):
        for folder, _, names in os.walk(os.path.join(self.home, ".var/app", APP)):
            if name in names:
                return os.path.join(folder, name)
        return None

    def drop(self, path):
        """Drag PATH from a program outside of the sandbox to the server's list."""
        peer = self.desktop.run(["/usr/bin/python3", PEER, "--portal", path])
        peer.event("ready")
        self.window.place(0, 0, 940, 860)
        other = Window(self.desktop, None, "Peer")
        other.place(950, 300)
        self.window.drag((other.x + other.width // 4, other.y + other.height // 2),
                         self.window.at(self.find("tree table", "Server"), 0.5, 0.5))
        return peer

    def test_91_drop_a_file(self):
        self.window.focus()
        self.window.key("ctrl+2")
        self.click(None, "Lab server")
        # The first of the menu; its items have no names in GTK 4.18.
        self.find("menu item")
        self.window.key("Return")
        self.find("push button", "Disconnect")
        path = os.path.join(self.desktop.folder, "outside.dat")
        with open(path, "wb") as f:
            f.write(os.urandom(700_001))
        peer = self.drop(path)
        there = wbtest.wait_until(lambda: self.on_server("outside.dat"), "the file on the server")
        with open(path, "rb") as a, open(there, "rb") as b:
            self.assertEqual(hashlib.sha256(a.read()).digest(), hashlib.sha256(b.read()).digest())
        self.keep("dropped")
        peer.stop()

    def test_92_drop_a_folder(self):
        """Where the portals cannot hand one over, it is said what to do instead. They learned it with 1.18."""
        version = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "xdg-desktop-portal"], check=True,
                                 stdout=subprocess.PIPE, text=True).stdout
        can = tuple(map(int, version.split(".")[:2])) >= (1, 18)
        folder = os.path.join(self.desktop.folder, "holiday")
        os.mkdir(folder)
        with open(os.path.join(folder, "beach.txt"), "w") as f:
            f.write("sand")
        peer = self.drop(folder)
        said = lambda: [n for n in atspi.find_all(self.tree, "label") if "Drop files" in (n.name or "")]
        if can:
            wbtest.wait_until(lambda: self.on_server("beach.txt"), "what is in the folder")
        else:
            wbtest.wait_until(said, "a word about the folder")
            self.assertIn("Open Folder…", said()[0].name)
        self.keep("dropped-folder")
        peer.stop()

    def test_93_links(self):
        self.click("push button", "Disconnect")
        self.find("label", "Not Connected")
        self.window.key("ctrl+1")
        self.desktop.run(["flatpak", "run", "--user", APP, "mailto:somebody@example.org?subject=By%20link"])
        frame = atspi.find(self.tree, "frame", "By link")
        self.assertEqual(self.addresses(Window(self.desktop, self.tree, "By link", frame)), ["somebody@example.org"])
        self.keep("mailto")
        port = wbtest.free_port()
        self.desktop.run(["flatpak", "run", "--user", APP, f"ftp://student@127.0.0.1:{port}/"])
        wbtest.wait_until(lambda: f"127.0.0.1:{port}" in [
            atspi.text(n) for n in atspi.find_all(self.window.frame, None, "Server address")],
            "the link's server in the address")
        self.keep("ftp-link")


if __name__ == "__main__":
    wbtest.main()

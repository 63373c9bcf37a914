# SPDX-License-Identifier: GPL-3.0-or-later
"""The viewer and the editor of formatted mail: a page of tricks gets nothing out, the editor writes
what was typed. `test_html.py PEER`, on a display of its own."""

import contextlib
import http.server
import os
import queue
import shutil
import subprocess
import sys
import threading
import unittest

import wbtest

HERE = os.path.dirname(os.path.abspath(__file__))
PEER = os.path.abspath(sys.argv.pop(1))
BOLD, ITALIC, BULLETS, LINK = 1, 2, 16, 128
CONTROL = """
import sys, gi
gi.require_version("Gtk", "4.0"); gi.require_version("WebKit", "6.0")
from gi.repository import Gtk, GLib, WebKit
Gtk.init()
loop = GLib.MainLoop()
view = WebKit.WebView(network_session=WebKit.NetworkSession.new_ephemeral())
window = Gtk.Window(child=view, default_width=800, default_height=600)
window.present()
view.load_html(open(sys.argv[1]).read(), "about:blank")
GLib.io_add_watch(0, GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, lambda *a: loop.quit())
loop.run()
"""


class Counter(http.server.ThreadingHTTPServer):
    """An HTTP server that remembers what was asked of it, and any connection at all."""

    def __init__(self):
        self.paths = []
        self.connections = 0
        super().__init__(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def process_request(self, request, client_address):
        self.connections += 1
        super().process_request(request, client_address)


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        self.server.paths.append(self.path)
        self.send_response(204)
        self.end_headers()

    do_GET = do_POST = do_HEAD = answer

    def log_message(self, *args):
        pass


class Display:
    """A private X server, window manager and message bus."""

    def __init__(self, test):
        run = test.path("run")
        os.makedirs(run, mode=0o700)
        read, write = os.pipe()
        self.env = {k: v for k, v in os.environ.items()
                    if k not in ("WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "AT_SPI_BUS_ADDRESS")}
        self.env.update(HOME=test.dir, XDG_RUNTIME_DIR=run, XDG_CACHE_HOME=test.path("cache"),
                        XDG_CONFIG_HOME=test.path("config"), XDG_DATA_HOME=test.path("data"),
                        GDK_BACKEND="x11", GSK_RENDERER="cairo", GTK_A11Y="none", GTK_USE_PORTAL="0",
                        G_DEBUG="fatal-criticals", LC_ALL="C.UTF-8")
        test.start(["Xvfb", "-displayfd", str(write), "-screen", "0", "1000x800x24", "-noreset",
                    "-nolisten", "tcp"], pass_fds=[write], env=self.env, stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as f:
            self.env["DISPLAY"] = ":" + f.readline().strip()
        bus = test.start(["dbus-daemon", "--session", "--nofork", "--print-address=1"], stderr=subprocess.DEVNULL,
                         env=self.env, stdout=subprocess.PIPE, text=True)
        self.env["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
        test.start(["openbox"], env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def do(self, *args):
        return subprocess.run(["xdotool", *map(str, args)], env=self.env, check=True, timeout=30,
                              capture_output=True, text=True).stdout.strip()

    def clip(self, text, target="UTF8_STRING"):
        subprocess.run(["xclip", "-selection", "clipboard", "-t", target], env=self.env, check=True,
                       input=text if isinstance(text, bytes) else text.encode(), timeout=30,
                       stdout=subprocess.DEVNULL)


class Peer:
    """The window under test: a command a line in, an event a line out."""

    def __init__(self, test, display, kind, env=None):
        self.display = display
        self.events = queue.Queue()
        self.seen = []
        self.child = test.start([PEER, kind], env=dict(display.env, **(env or {})),
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.child.stdout:
            event, _, text = line.decode("ascii").rstrip("\n").partition(" ")
            text = text.encode().decode("unicode_escape").encode("latin-1").decode(errors="replace")
            self.events.put((event, text))
        self.events.put(("ended", ""))

    def say(self, command, argument=None):
        text = command if argument is None else f"{command} {argument}"
        escaped = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
        self.child.stdin.write(escaped.encode() + b"\n")
        self.child.stdin.flush()

    def wait(self, event, good=lambda text: True, timeout=60):
        while True:
            try:
                got, text = self.events.get(timeout=timeout)
            except queue.Empty:
                raise AssertionError(f"no {event}; seen {self.seen[-10:]}") from None
            self.seen.append((got, text))
            if got == event and good(text):
                return text
            if got == "ended":
                raise AssertionError(f"the peer ended before {event}: {self.seen[-10:]}")

    def html(self):
        self.say("get")
        return self.wait("html")

    def window(self):
        return wbtest.wait_until(
            lambda: self.display.do("search", "--onlyvisible", "--name", "^html-peer$"), "its window")

    def click(self, x, y):
        window = self.window().split()[0]
        self.display.do("mousemove", "--window", window, x, y, "sleep", 0.1, "click", 1)


@unittest.skipUnless(shutil.which("Xvfb") and shutil.which("xdotool"), "no Xvfb or xdotool here")
class Html(wbtest.TestCase):
    def setUp(self):
        super().setUp()
        self.display = Display(self)
        self.server = Counter()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        with open(os.path.join(HERE, "tricks.html"), encoding="utf-8") as f:
            text = f.read()
        self.tricks = text.replace("@@", self.server.base).replace("@host@", self.server.base[7:])

    def quiet(self):
        self.assertEqual((self.server.paths, self.server.connections), ([], 0))

    def test_control(self):
        """The same page in a bare web view: the counter counts, the tricks are tricks."""
        stays = self.tricks.replace('http-equiv="refresh"', "").replace("location =", "void")
        page = self.write("page.html", stays)
        env = dict(self.display.env)
        env.pop("G_DEBUG")
        child = self.start(["/usr/bin/python3", "-c", CONTROL, page], env=env,
                           stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        wbtest.wait_until(lambda: len(set(self.server.paths)) >= 15, "a bare view fetches")
        child.stdin.close()

    def test_viewer_fetches_nothing(self):
        peer = Peer(self, self.display, "viewer")
        peer.wait("created")
        peer.say("show", self.tricks)
        peer.wait("cid", lambda text: text == "sentinel")
        # The link: told to the program, not followed. Then the form and the other links by key.
        peer.click(400, 60)
        self.assertEqual(peer.wait("link"), self.server.base + "/clicked")
        self.display.do("key", "Tab", "Return", "Tab", "space", "Tab", "Return", "Tab", "Return")
        for name in ("second", "third"):
            peer.say("show", f'<p>after</p><img src="cid:{name}">')
            peer.wait("cid", lambda text: text == name)
        self.quiet()
        self.assertNotIn("failed", [event for event, _ in peer.seen])

    def test_viewer_asks_for_each_mails_own_picture(self):
        """Two mails with one content id: the second one's picture is asked for anew."""
        peer = Peer(self, self.display, "viewer")
        peer.wait("created")
        for _ in range(2):
            peer.say("show", '<img src="cid:a%40b">')
            peer.wait("cid", lambda text: text == "a@b")

    def test_editor_fetches_nothing(self):
        peer = Peer(self, self.display, "editor")
        peer.wait("ready")
        peer.say("set", self.tricks)
        got = peer.html()
        self.assertIn("a link as large as a barn door", got)
        self.assertIn("/clicked", got)
        for word in ("<script", "onload", "onerror", "<iframe", "<form", "<link", "<meta http",
                     "url(", "<video", "<object", "<svg", "img.png", "background=", "ping"):
            self.assertNotIn(word, got.lower())
        peer.say("insert", self.tricks)
        peer.click(400, 60)
        self.display.clip(self.tricks, "text/html")
        self.display.do("key", "ctrl+v")
        peer.wait("changed")
        self.assertGreaterEqual(peer.html().count("barn door"), 2)
        peer.say("InsertHTML", self.tricks)
        peer.html()
        self.quiet()

    def test_editor_writes(self):
        peer = Peer(self, self.display, "editor")
        peer.wait("ready")
        peer.click(200, 40)
        self.display.do("type", "--delay", 15, "plain ")
        wbtest.wait_until(lambda: "plain" in peer.html(), "the keys")
        peer.say("Bold")
        peer.wait("state", lambda text: int(text.split()[0]) & BOLD)
        self.display.do("type", "--delay", 15, "fat")
        wbtest.wait_until(lambda: "fat" in peer.html(), "the keys")
        peer.say("Bold")
        peer.wait("state", lambda text: not int(text.split()[0]) & BOLD)
        self.display.do("key", "Return")
        wbtest.wait_until(lambda: "<br" in peer.html(), "the new line")
        peer.say("InsertUnorderedList")
        peer.wait("state", lambda text: int(text.split()[0]) & BULLETS)
        self.display.clip("大鹏 🐦")
        self.display.do("key", "ctrl+v")
        wbtest.wait_until(lambda: "大鹏 🐦" in peer.html(), "the pasted text")
        got = peer.html()
        self.assertRegex(got, r"<b>fat</b>")
        self.assertRegex(got, r"<ul>.*<li>.*大鹏 🐦.*</li>.*</ul>")
        peer.say("Undo")
        wbtest.wait_until(lambda: "大鹏" not in peer.html(), "undo")
        peer.say("Redo")
        wbtest.wait_until(lambda: "大鹏" in peer.html(), "redo")

    def test_editor_links(self):
        peer = Peer(self, self.display, "editor")
        peer.wait("ready")
        peer.say("set", "<p>word</p>")
        peer.say("SelectAll")
        peer.say("CreateLink", "https://example.org/?a=1&b=\"2\"")
        peer.wait("state", lambda text: int(text.split()[0]) & LINK)
        self.assertIn('<a href="https://example.org/?a=1&amp;b=&quot;2&quot;">word</a>', peer.html())
        peer.say("Unlink")
        wbtest.wait_until(lambda: "<a" not in peer.html(), "the link is gone")
        self.quiet()

    def test_editor_takes_a_pasted_picture(self):
        peer = Peer(self, self.display, "editor")
        peer.wait("ready")
        picture = subprocess.run(["convert", "-size", "24x24", "xc:red", "png:-"], check=True,
                                 capture_output=True).stdout
        peer.click(200, 40)
        self.display.clip(picture, "image/png")
        self.display.do("key", "ctrl+v")
        wbtest.wait_until(lambda: 'src="data:image/png;base64,' in peer.html(), "the picture")
        self.assertNotIn("blob:", peer.html())

    def test_remote_content_is_seen(self):
        peer = Peer(self, self.display, "viewer")
        peer.wait("created")
        for text, expected in (("<a href='http://x/'>x</a>", "no"), ("<img src='http://x/'>", "yes"),
                               ("<img src=\"cid:a\">", "no"), ("<p style='background:url(//x/y)'>", "yes"),
                               ("<link rel=stylesheet href=https://x/>", "yes"), ("", "no")):
            peer.say("remote", text)
            self.assertEqual(peer.wait("remote"), expected, text)

    def test_without_a_sandbox_it_says_so(self):
        """No user namespaces: a plain sentence, and the program lives."""
        with contextlib.suppress(FileNotFoundError):
            limits = subprocess.run(
                ["unshare", "--user", "--map-root-user", "sh", "-c",
                 "echo 0 >/proc/sys/user/max_user_namespaces; echo 0 >/proc/sys/user/max_pid_namespaces"],
                capture_output=True)
            if limits.returncode != 0:
                self.skipTest("cannot take namespaces away here: " + limits.stderr.decode())
        script = ("echo 0 >/proc/sys/user/max_user_namespaces; echo 0 >/proc/sys/user/max_pid_namespaces; "
                  'exec "$0" viewer')
        child = self.start(["unshare", "--user", "--map-root-user", "sh", "-c", script, PEER],
                           env=self.display.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        line = child.stdout.readline().decode()
        self.assertTrue(line.startswith("unavailable "), line)
        self.assertIn("plain text", line)
        child.stdin.close()
        self.assertEqual(child.wait(30), 0)


if __name__ == "__main__":
    wbtest.main()

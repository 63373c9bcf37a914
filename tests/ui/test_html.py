# SPDX-License-Identifier: GPL-3.0-or-later
"""The viewer and the editor of formatted mail: a page of tricks gets nothing out, the editor writes
what was typed. `test_html.py PEER`, on a display of its own."""

import base64
import contextlib
import http.server
import os
import queue
import re
import shutil
import subprocess
import sys
import threading
import unittest
import urllib.parse

import wbtest

HERE = os.path.dirname(os.path.abspath(__file__))
PEER = os.path.abspath(sys.argv.pop(1))
BOLD, ITALIC, STRIKE, BULLETS, NUMBERS, QUOTE, LINK, CODE, TABLE = 1, 2, 8, 16, 32, 64, 128, 256, 512
PIXEL = "data:image/png;base64,iVBORw0KGgo="

# What is pasted, and what is made of it.
PASTED = [
    ("<p>a</p>", "<p>a</p>"),
    ("a<script>alert(1)</script>b", "ab"),
    ("<p onclick='x()' class='c' id='i'>a</p>", "<p>a</p>"),
    ("<style>p { background: url(http://x/) }</style><p>a</p>", "<p>a</p>"),
    ("<p style='color: red; background: url(http://x/y); position: fixed'>a</p>",
     '<p style="color: red;">a</p>'),
    ("<a href='javascript:alert(1)'>a</a>", "<a>a</a>"),
    ("<a href=' JaVaScRiPt:alert(1)'>a</a>", "<a>a</a>"),
    ("<a href='data:text/html,x'>a</a>", "<a>a</a>"),
    ("<a href='https://example.org/?a=1&b=2' target=_blank ping=http://x/>a</a>",
     '<a href="https://example.org/?a=1&amp;b=2">a</a>'),
    ("<img src='http://x/track.gif' alt='a cat'>", "a cat"),
    ("<img srcset='http://x/2x.png 2x' src=''>b", "b"),
    (f"<img src='{PIXEL}' onerror='x()'>", f'<img src="{PIXEL}">'),
    ("<img src='data:image/svg+xml;base64,AAAA'>b", "b"),
    ("<svg><script>x</script><text>t</text></svg>a", "a"),
    ("<math><mi>x</mi></math>a", "a"),
    ("<iframe src='http://x/'></iframe><object data='http://x/'></object>a", "a"),
    ("<form action='http://x/'><input value='v'><button>go</button>kept</form>", "kept"),
    ("<video src='http://x/' poster='http://x/'></video><audio src='http://x/'></audio>a", "a"),
    ("<table background='http://x/' width='5'><tr><td bgcolor='#fff'>c</td></tr></table>",
     '<table width="5"><tbody><tr><td bgcolor="#fff">c</td></tr></tbody></table>'),
    ("<!-- a comment --><p>a</p><!--[if gte mso 9]><xml>x</xml><![endif]-->", "<p>a</p>"),
    ("<![if !supportLists]>a<![endif]>", "a"),
    ("<p class=MsoNormal style='mso-margin-top-alt:auto;margin-left:3px'>a<o:p></o:p></p>",
     '<p style="margin-left: 3px;">a</p>'),
    ("<span lang=EN-US style='mso-fareast-language:ZH-CN'>a</span>", '<span lang="EN-US">a</span>'),
    ("<span style='mso-x:y'>a <span>b</span></span>", "a b"),
    ("<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·"
     "<span>  </span></span>one</p>\n<p style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>o"
     "</span>two</p><p style='mso-list:l0 level1 lfo1'>three</p>",
     "<ul><li>one<ul><li>two</li></ul></li><li>three</li></ul>"),
    ("<p style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>1.</span>one</p>"
     "<p style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>2.</span>two</p>",
     "<ol><li>one</li><li>two</li></ol>"),
    ("<b style='font-weight:normal' id='docs-internal-guid-1'><p>a</p></b>", "<p>a</p>"),
    ("<div style='display:none'>preheader</div>a<span style='mso-hide:all'>b</span>", "a"),
    ("<ul><li>a</li><ul><li>b</li></ul></ul>", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
    ("<custom-element onload=x>a</custom-element>", "a"),
    ("<p>你好 🐦 &lt;b&gt; &amp;amp;</p>", "<p>你好 🐦 &lt;b&gt; &amp;amp;</p>"),
    ("<meta http-equiv=refresh content='0;url=http://x/'><link rel=stylesheet href=http://x/>a", "a"),
    ("<base href='http://x/'><a href='/y'>a</a>", "<a>a</a>"),
    ("<noscript><img src='http://x/'></noscript>a", "a"),
    ("<template><img src='http://x/'></template>a", "a"),
    ("<font face='Arial' color='#ff0000' size='5'>a</font>",
     '<font face="Arial" color="#ff0000" size="5">a</font>'),
    ("<p style='background-image:\\75rl(http://x/)'>a</p>", "<p>a</p>"),
    ("<p style='width: expression(alert(1)); width: var(--x)'>a</p>", "<p>a</p>"),
]
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
        self.assertRegex(got, r"(?s)<ul>.*<li>.*大鹏 🐦.*</li>.*</ul>")
        peer.say("Undo")
        wbtest.wait_until(lambda: "大鹏" not in peer.html(), "undo")
        peer.say("Redo")
        wbtest.wait_until(lambda: "大鹏" in peer.html(), "redo")

    def body(self, peer):
        text = peer.html()
        return text[text.index("<body>") + 6:text.index("</body>")].replace(">\n<", "><")

    def test_what_is_pasted_is_cleaned(self):
        peer = Peer(self, self.display, "editor")
        peer.wait("ready")
        for given, wanted in PASTED:
            with self.subTest(given):
                peer.say("set", given)
                self.assertEqual(self.body(peer).strip(), wanted)
                # What is clean stays as it is.
                peer.say("set", wanted)
                self.assertEqual(self.body(peer).strip(), wanted)
        self.quiet()

    def expect(self, peer, pattern):
        return wbtest.wait_until(lambda: re.search(pattern, self.body(peer), re.S),
                                 f"{pattern}, not {self.body(peer)}")

    def state(self, peer, flag, on=True):
        peer.wait("state", lambda text: bool(int(text.split()[0]) & flag) == on)

    def keys(self, *keys):
        self.display.do("key", "--delay", 20, *keys)

    def type(self, text):
        self.display.do("type", "--delay", 12, text)

    def test_what_is_copied_elsewhere_is_pasted_as_it_was(self):
        """With the styles that make lists of an office program's paragraphs, in any charset, and before what is
        typed behind it."""
        items = ("<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·</span>一</p>"
                 "<p class=MsoListParagraph style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>o</span>二</p>")
        peer = Peer(self, self.display, "editor")
        peer.wait("ready")
        for charset in ("utf-8", "utf-16", "utf-16-le"):
            with self.subTest(charset):
                peer.say("set", "<p>start</p>")
                peer.click(200, 40)
                self.display.clip(items.encode(charset), "text/html")
                self.keys("ctrl+End", "Return", "ctrl+v")
                self.type("behind")
                self.expect(peer, "<p>start</p>.*<ul><li>一<ul><li>二")
                self.expect(peer, "二.*behind")
        self.quiet()

    def test_editor_keys(self):
        """What the toolbar does by the keys that people know, and the state that follows."""
        peer = Peer(self, self.display, "editor")
        peer.wait("ready")
        peer.click(200, 40)
        self.type("gone")
        self.keys("ctrl+a", "ctrl+shift+x")
        self.state(peer, STRIKE)
        self.expect(peer, "<(strike|s)>gone</")
        self.keys("ctrl+a", "ctrl+backslash")
        self.expect(peer, "<div>gone</div>")
        self.keys("ctrl+a", "BackSpace", "ctrl+alt+1")
        peer.wait("state", lambda text: text.split()[1] == "h1")
        self.type("Title")
        self.keys("Return", "ctrl+alt+0", "ctrl+shift+8")
        self.state(peer, BULLETS)
        self.type("one")
        self.keys("Return", "Tab")
        self.type("two")
        self.keys("Return", "shift+Tab")
        self.type("three")
        self.expect(peer, r"<h1>Title</h1>.*<ul><li>one<ul><li>two</li></ul></li><li>three</li></ul>")
        self.keys("ctrl+a", "BackSpace")
        peer.say("set", "")
        self.keys("ctrl+shift+9")
        self.state(peer, QUOTE)
        self.type("said")
        self.expect(peer, "<blockquote.*said.*</blockquote>")
        self.keys("ctrl+shift+9")
        self.state(peer, QUOTE, False)
        peer.say("set", "")
        self.type("call ")
        self.keys("ctrl+e")
        self.state(peer, CODE)
        self.type("f(x)")
        self.keys("ctrl+e")
        self.state(peer, CODE, False)
        self.type(" now")
        self.expect(peer, "call.*<code>f\\(x\\)</code>.* now")
        self.assertNotIn("\ufeff", peer.html())

    def test_editor_code_block(self):
        peer = Peer(self, self.display, "editor")
        peer.wait("ready")
        peer.click(200, 40)
        self.keys("ctrl+alt+4")
        peer.wait("state", lambda text: text.split()[1] == "pre")
        self.type("if x:")
        self.keys("Return")
        self.type("  y()")
        self.keys("Return", "Return")
        self.type("after")
        self.expect(peer, r"<pre>if x:\n  y\(\)</pre><div>after</div>")

    def test_editor_table(self):
        peer = Peer(self, self.display, "editor")
        peer.wait("ready")
        peer.click(200, 40)
        peer.say("Table", "2x2")
        self.state(peer, TABLE)
        for word in ("a", "b", "c", "d", "e"):
            self.type(word)
            self.keys("Tab")
        self.expect(peer, "<table border=.1.")
        rows = re.findall("<tr>(.*?)</tr>", self.body(peer), re.S)
        cells = [[re.sub("<[^>]*>", "", cell) for cell in re.findall("<td.*?</td>", row)] for row in rows]
        self.assertEqual(cells, [["a", "b"], ["c", "d"], ["e", ""]])

    def test_editor_colors_sizes_and_rule(self):
        peer = Peer(self, self.display, "editor")
        peer.wait("ready")
        peer.say("set", "<div>word</div>")
        peer.say("SelectAll")
        peer.say("HiliteColor", "#f9f06b")
        peer.say("FontSize", "5")
        peer.wait("state", lambda text: int(text.split()[0]) >> 16 == 5)
        peer.say("ForeColor", "#a51d2d")
        got = self.body(peer)
        self.assertIn("background-color: rgb(249, 240, 107)", got)
        self.assertIn('size="5"', got)
        self.assertIn('color="#a51d2d"', got)
        peer.say("Clear")
        self.expect(peer, "<div>word</div>")
        peer.say("Rule")
        self.expect(peer, "<hr")

    def test_editor_finds(self):
        peer = Peer(self, self.display, "editor")
        peer.wait("ready")
        peer.say("set", "<p>one two one</p>")
        peer.say("Find", "ONE")
        self.assertEqual(peer.wait("found"), "yes")
        peer.say("FindNext")
        self.assertEqual(peer.wait("found"), "yes")
        peer.say("Find", "three")
        self.assertEqual(peer.wait("found"), "no")
        peer.say("Find", "")

    def test_editor_checks_spelling_without_a_dictionary(self):
        peer = Peer(self, self.display, "editor")
        peer.wait("ready")
        for languages in ("xx_XX", "en_US", "xx_XX,en_US", ""):
            peer.say("CheckSpelling", languages)
            peer.say("set", "<p>speling</p>")
            self.assertIn("speling", peer.html())

    def test_editor_scales_a_large_picture(self):
        peer = Peer(self, self.display, "editor")
        peer.wait("ready")
        data = base64.b64encode(subprocess.run(
            ["convert", "-size", "1800x900", "xc:red", "png:-"], check=True,
            capture_output=True).stdout).decode()
        peer.say("insert", f'<img src="data:image/png;base64,{data}">')
        self.expect(peer, '<img [^>]*width="600"')

    def test_editor_takes_copied_files(self):
        peer = Peer(self, self.display, "editor")
        peer.wait("ready")
        path = self.write("a file.txt", "x")
        peer.click(200, 40)
        self.display.clip("file://" + urllib.parse.quote(path) + "\r\n", "text/uri-list")
        self.keys("ctrl+v")
        self.assertEqual(peer.wait("dropped"), path)

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

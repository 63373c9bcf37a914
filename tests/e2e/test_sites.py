# SPDX-License-Identifier: GPL-3.0-or-later
"""How the Files page comes to a server: sites, addresses, certificates, bookmarks, both panes together,
a connection that is lost, commands by hand."""

import json
import os
import re
import socket
import time

import certs
import proxies
import wbtest
from ftpscript import FtpScript
from gui import atspi
from gui.pointer import Window
from gui.wirebench import WindowTest
from pyftp import Pyftp
from vsftpd import PROGRAM, Vsftpd

SITES = """<?xml version="1.0" encoding="UTF-8"?>
<FileZilla3 version="3.63.0" platform="*nix"><Servers><Folder expanded="1">Elsewhere&#xA;
<Server><Host>ftp.example.org</Host><Port>21</Port><Protocol>6</Protocol><User>me</User>
<Pass encoding="base64">Y2FuYXJ5LTU1MDM=</Pass><Logontype>1</Logontype>
<EncodingType>Custom</EncodingType><CustomEncoding>GB18030</CustomEncoding><Name>Imported</Name></Server>
<Server><Host>ssh.example.org</Host><Protocol>1</Protocol><User>me</User><Name>By key</Name></Server>
</Folder></Servers></FileZilla3>"""


def at_the_top(_session, argument):
    """The answer to CWD of a server with one folder."""
    return "250 there" if argument in (".", "/") else "550 no such folder"


class Sites(WindowTest):
    @classmethod
    def prepare(cls):
        cls.work = os.path.join(cls.home, "work")
        os.makedirs(os.path.join(cls.work, "both"))
        os.makedirs(os.path.join(cls.work, "here-only"))
        cls.list_file = os.path.join(cls.home, "sitemanager.xml")
        with open(cls.list_file, "w") as f:
            f.write(SITES)

    def setUp(self):
        super().setUp()
        self.page(2)

    # What a person does

    def manager(self):
        self.window.focus()
        self.window.key("ctrl+s")
        return Window(self.desktop, self.tree, "Sites", self.find("dialog", "Sites"))

    def inside(self, window, role=None, name=None, **kw):
        return atspi.find(window.frame, role, name, **kw)

    def leave(self, window):
        window.key("Escape")
        atspi.gone(self.tree, "dialog", "Sites")

    def reveal(self, window, node):
        """The page follows the focus."""
        for _ in range(60):
            _x, y, _width, height = atspi.extents(node)
            if y < 60:
                window.key("shift+Tab")
            elif y + height > atspi.extents(window.frame)[3] - 8:
                window.key("Tab")
            else:
                break
        return node

    def enter(self, window, row, text, role="text"):
        window.click(self.reveal(window, self.inside(window, role, row)), fx=0.3)
        window.key("ctrl+a")
        window.type(text)

    def choose(self, window, row, choice):
        window.click(self.reveal(window, self.inside(window, "combo box", row)))
        popover = self.find(None, "GtkPopover")
        window.click(atspi.find(popover, "label", choice))
        atspi.gone(self.tree, None, "GtkPopover")

    def menu(self, *items):
        self.click(None, "Sites")
        try:
            self.find("menu item", items[0], timeout=5)
        except AssertionError:
            # The first press after a menu has closed may be lost.
            self.click(None, "Sites")
        for item in items:
            node = self.find("menu item", item)
            seen = []

            def rests():
                seen.append((atspi.extents(node), atspi.extents(atspi.popover_of(node) or node)))
                return len(seen) > 15 and len(set(seen[-15:])) == 1

            wbtest.wait_until(rests, f"{item} to stand still")
            self.window.click(node)
        atspi.gone(self.tree, "menu item", items[-1])

    def connect(self, address):
        if atspi.find_all(self.window.frame, "push button", "Disconnect"):
            self.click("push button", "Disconnect")
            self.find("label", "Not Connected")
        self.window.fill(self.find(None, "Server address"), address)
        self.window.key("Return")

    def row(self, pane, name):
        return wbtest.wait_until(
            lambda: (atspi.find_all(self.find("tree table", pane), "label", name) or [None])[0],
            f"{name} in {pane}", timeout=20)

    def wait_location(self, *locations):
        wbtest.wait_until(lambda: [atspi.text(n) for n in atspi.find_all(
            self.window.frame, "text", "Folder")] == list(locations), str(locations), timeout=20)

    def kept(self):
        path = os.path.join(self.home, ".local", "share", "wirebench", "sites.json")
        try:
            with open(path, encoding="utf-8") as f:
                return json.load(f)
        except FileNotFoundError:
            return {"sites": [], "bookmarks": [], "addresses": []}

    def kept_site(self, name):
        return next((s for s in self.kept()["sites"] if s["name"] == name), None)

    def assert_secret(self, *words):
        """In no file, and in nothing that the window says."""
        for folder, _, names in os.walk(self.home):
            for name in names:
                path = os.path.join(folder, name)
                if os.path.isfile(path) and path != self.list_file:
                    with open(path, "rb") as f:
                        content = f.read()
                    for word in words:
                        self.assertNotIn(word.encode(), content, path)
        said = "\n".join(atspi.texts(self.tree)) + "\n".join(self.app.errors)
        for word in words:
            self.assertNotIn(word, said)

    # Sites

    def test_1_a_site_by_hand(self):
        """A wrong password is asked for again, and kept only when it has worked."""
        server = FtpScript(self, {"there.txt": b"x"}, on={
            "CWD": at_the_top,
            "PASS": lambda s, a: "230 in" if a == "canary-5502" else "530 Login incorrect"})
        w = self.manager()
        w.click(self.inside(w, "push button", "New site"))
        self.inside(w, "text", "Name")
        w.key("ctrl+a")
        w.type("Alpha")
        self.enter(w, "Folder of the list", "Work/Inner")
        self.enter(w, "Host", "127.0.0.1")
        self.enter(w, "Port, if it is not the usual one", str(server.port))
        self.choose(w, "Encryption", "None")
        self.inside(w, "label", "Everything can be read on the way")
        self.enter(w, "User name", "me")
        self.enter(w, "New password", "canary-5501")
        w.key("Return")
        for name, figure in (("Download limit (kB/s)", "300"), ("Upload limit (kB/s)", "40")):
            self.enter(w, name, figure, role="list item")
            w.key("Tab")
        self.desktop.screenshot(self.picture("sites-manager"), w.id)
        w.click(self.inside(w, "push button", "Connect"))
        self.find("label", re.compile("Could not log in"))
        wbtest.wait_until(lambda: (atspi.focused(self.tree) or self).name == "Password",
                          "the focus on the password")
        self.shot("sites-wrong-password")
        self.window.type("canary-5502")
        self.desktop.xdo("key", "Tab", "space")
        box = self.find("check box", re.compile("Keep it in the keyring"))
        wbtest.wait_until(lambda: "checked" in atspi.states(box), "the box to be checked")
        self.desktop.xdo("key", "shift+Tab", "Return")
        self.row("Server", "there.txt")
        site = wbtest.wait_until(lambda: self.kept_site("Alpha"), "the site in its file")
        self.assertEqual((site["folder"], site["host"], site["port"], site["tls"], site["user"]),
                         ("Work/Inner", "127.0.0.1", server.port, "none", "me"))
        self.assertEqual((site["download-limit"], site["upload-limit"]), (300, 40))

        self.click("push button", "Disconnect")
        self.find("label", "Not Connected")
        self.menu("Work/Inner", "Alpha")
        self.row("Server", "there.txt")
        self.assertEqual([c for c in server.commands if c.startswith("PASS")],
                         ["PASS canary-5501", "PASS canary-5502", "PASS canary-5502"])
        self.assert_secret("canary-5501", "canary-5502")
        self.click("push button", "Disconnect")

    name = "the test itself"  # what focused() is compared with while nothing has the focus

    def test_2_duplicate_remove_and_find(self):
        w = self.manager()
        w.click(self.inside(w, "label", "Alpha"))
        w.click(self.inside(w, "push button", "Duplicate"))
        wbtest.wait_until(lambda: self.kept_site("Alpha (copy)"), "the copy")
        self.assertNotEqual(self.kept_site("Alpha (copy)")["id"], self.kept_site("Alpha")["id"])
        w.key("ctrl+a")
        w.type("Beta")
        wbtest.wait_until(lambda: self.kept_site("Beta"), "the new name")

        w.click(self.inside(w, None, "Search sites"))
        w.type("alph")
        atspi.gone(w.frame, "label", "Beta")
        self.inside(w, "label", "Alpha")
        w.key("ctrl+a", "Delete")
        w.click(self.inside(w, "label", "Beta"))
        w.click(self.inside(w, "push button", "Remove"))
        wbtest.wait_until(lambda: not self.kept_site("Beta"), "Beta to go")
        self.desktop.screenshot(self.picture("sites-removed"), w.id)
        w.click(self.inside(w, "push button", "Undo"))
        wbtest.wait_until(lambda: self.kept_site("Beta"), "Beta to come back")

        w.click(self.inside(w, "push button", "New folder"))
        self.find("text", "Name")
        self.desktop.xdo("key", "ctrl+a")
        w.type("Spare")
        w.key("Return")
        self.inside(w, "label", "Spare")
        w.place(0, 0, 360, 700)
        self.inside(w, "label", "Beta")
        self.desktop.screenshot(self.picture("sites-narrow-list"), w.id)
        w.click(self.inside(w, "label", "Beta"))
        self.inside(w, "push button", "Back to the list")
        self.inside(w, "text", "Host")
        self.desktop.screenshot(self.picture("sites-narrow"), w.id)
        self.leave(w)

    def test_3_import(self):
        w = self.manager()
        w.click(self.inside(w, None, "More actions"))
        w.click(self.find("menu item", "Import from FileZilla…"))
        title = r"Import Sites from FileZilla \(sitemanager.xml\)"
        chooser = Window(self.desktop, None, title)
        chooser.focus()
        self.desktop.xdo("key", "slash")
        self.desktop.paste(self.list_file[1:], loops=0)
        self.desktop.xdo("sleep", 0.3, "key", "Return")
        report = self.find("dialog", "Import from FileZilla")
        atspi.find(report, "label", "1 site imported, 1 left out")
        atspi.find(report, "label", re.compile("By key: .*SFTP is not supported"))
        self.desktop.screenshot(self.picture("sites-imported"))
        self.desktop.xdo("key", "Escape")
        atspi.gone(self.tree, "dialog", "Import from FileZilla")
        site = wbtest.wait_until(lambda: self.kept_site("Imported"), "the imported site")
        self.assertEqual((site["folder"], site["charset"], site["tls"]),
                         ("Elsewhere", "GB18030", "none"))
        w.focus()
        self.leave(w)
        self.assert_secret("canary-5503")

    # Addresses

    def test_4_an_address_that_names_a_file(self):
        server = FtpScript(self, {"there.txt": b"from an address"}, on={
            "CWD": at_the_top, "RETR": lambda s, a: s.send(b"from an address")})
        address = f"127.0.0.1:{server.port}"
        self.connect(f"ftp://me:canary-5504@{address}/there.txt;type=i")
        path = os.path.join(self.home, "there.txt")
        wbtest.wait_until(lambda: os.path.exists(path), "the file that the address names")
        with open(path, "rb") as f:
            self.assertEqual(f.read(), b"from an address")
        os.remove(path)

        self.connect(f"{address} · none.txt")
        self.find("label", re.compile("ends in “none.txt”"), timeout=30)
        self.connect(f"ftp://{address}/there.txt;type=d")
        self.find("label", re.compile("no such folder"), timeout=30)
        self.assertFalse(os.path.exists(path))
        wbtest.wait_until(lambda: self.kept()["addresses"] ==
                          [f"ftp://me@{address}/there.txt"], "the address to be kept")
        self.assert_secret("canary-5504")

        # Completed from what was typed before.
        self.window.fill(self.find(None, "Server address"), "127")
        self.find("list item", f"ftp://me@{address}/there.txt")
        self.shot("sites-history")
        self.window.key("Down", "Return")
        wbtest.wait_until(lambda: atspi.text(self.find(None, "Server address")) ==
                          f"{address}/there.txt", "the address from before")

    # Certificates

    def self_signed(self, server, name):
        certs.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                      "-nodes", "-keyout", "server.key", "-out", "server.pem", "-days", "30",
                      "-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:other.test",
                      cwd=server.dir)

    def restart(self, server, name):
        wbtest.stop(server.child)
        self.self_signed(server, name)
        server.child = self.start([PROGRAM, os.path.join(server.dir, "vsftpd.conf")])
        wbtest.wait_until(lambda: wbtest.listens(server.port), "vsftpd listens")

    def certificate(self, title):
        return Window(self.desktop, self.tree, title, self.find("dialog", title, timeout=40))

    def test_5_certificates(self):
        server = Vsftpd(self, tls=True, require_ssl_reuse="NO")
        server.put_file("secret.txt", b"x")
        self.restart(server, "first")
        self.connect(server.url)
        w = self.certificate("Certificate")
        for words in ("not signed by an authority", "not for 127.0.0.1", "CN=first", "other.test"):
            self.inside(w, "label", re.compile(words))
        self.desktop.screenshot(self.picture("sites-certificate"), w.id)
        pin = self.inside(w, "push button", "Pin and Connect")
        self.assertNotIn("sensitive", atspi.states(pin))
        w.click(self.inside(w, "check box", re.compile("compared")), fx=0.02)
        wbtest.wait_until(lambda: "sensitive" in atspi.states(pin), "the button to be usable")
        w.click(pin)
        self.row("Server", "secret.txt")
        pins = os.path.join(self.home, ".local", "share", "wirebench", "certificates.json")
        wbtest.wait_until(lambda: os.path.exists(pins), "the pin in its file")

        self.restart(server, "second")
        self.connect(server.url)
        w = self.certificate("Certificate Changed")
        self.inside(w, "label", "Pinned fingerprint (SHA-256)")
        self.inside(w, "label", "Fingerprint now (SHA-256)")
        self.inside(w, "label", re.compile("somebody is in between"))
        self.assertEqual(atspi.find_all(w.frame, "push button", "Pin and Connect"), [])
        self.desktop.screenshot(self.picture("sites-certificate-changed"), w.id)
        with open(os.path.join(server.dir, "log")) as f:
            self.assertEqual(f.read().count("OK LOGIN"), 1)
        w.click(self.inside(w, "check box", re.compile("replaced")), fx=0.02)
        w.click(self.inside(w, "push button", "Forget the Old Pin"))
        atspi.gone(self.tree, "dialog", "Certificate Changed")
        self.window.click(self.find("push button", "Connect"))
        w = self.certificate("Certificate")
        self.inside(w, "label", re.compile("CN=second"))
        w.key("Escape")

    # Folders

    def test_6_bookmarks_and_both_together(self):
        server = Vsftpd(self)
        server.put_file("both/deep.txt", b"x")
        server.put_file("there-only/x.txt", b"x")
        self.connect(server.url)
        self.row("Server", "both")
        self.window.click(self.row("This Computer", "work"), fx=0.1)
        self.window.key("Return")
        self.wait_location(self.work, "/upload")
        self.window.key("ctrl+d")
        self.find("text", "Name")
        self.shot("sites-bookmark")
        self.window.key("ctrl+a")
        self.window.type("pair")
        self.window.key("Return")
        mark = wbtest.wait_until(lambda: self.kept()["bookmarks"], "the bookmark")[0]
        self.assertEqual(mark, {"name": "pair", "local": self.work, "remote": "/upload"})

        self.menu("Browse Both Together")
        self.window.click(self.row("Server", "both"), fx=0.1)
        self.window.key("Return")
        self.wait_location(self.work + "/both", "/upload/both")
        self.window.key("alt+Up")
        self.wait_location(self.work, "/upload")
        self.window.click(self.row("This Computer", "both"), fx=0.1)
        self.window.key("Return")
        self.wait_location(self.work + "/both", "/upload/both")
        self.window.key("alt+Up")
        self.wait_location(self.work, "/upload")

        # Missing there: it is made.
        self.window.click(self.row("This Computer", "here-only"), fx=0.1)
        self.window.key("Return")
        self.find("label", re.compile("the server has no “/upload/here-only”"))
        self.shot("sites-together")
        atspi.press(self.find("push button", re.compile("Make Folder$")))
        self.wait_location(self.work + "/here-only", "/upload/here-only")
        self.assertIn("here-only", server.names())
        self.window.key("alt+Up")
        self.wait_location(self.work, "/upload")

        # Missing here: the person would rather not.
        self.window.click(self.row("Server", "there-only"), fx=0.1)
        self.window.key("Return")
        self.find("label", re.compile("this computer has no"))
        self.desktop.xdo("key", "Escape")
        self.wait_location(self.work, "/upload/there-only")
        self.assertFalse(os.path.exists(self.work + "/there-only"))
        self.window.click(self.row("This Computer", "both"), fx=0.1)
        self.window.key("Return")
        self.wait_location(self.work + "/both", "/upload/there-only")

        self.menu("pair")
        self.wait_location(self.work, "/upload")

    def test_7_save_as_site(self):
        server = Vsftpd(self)
        server.put_file("here.txt", b"x")
        self.connect(server.url)
        self.row("Server", "here.txt")
        self.menu("Save as Site")
        w = Window(self.desktop, self.tree, "Sites", self.find("dialog", "Sites"))
        site = wbtest.wait_until(lambda: self.kept_site("127.0.0.1"), "the new site")
        self.assertEqual((site["host"], site["port"], site["account"], site["remote"], site["local"]),
                         ("127.0.0.1", server.port, "anonymous", "/upload", self.work))
        self.leave(w)

    # Trouble, and what experts want

    def test_8_lost_and_found(self):
        sessions = []

        server = FtpScript(self, {"there.txt": b"x"}, on={
            "CWD": at_the_top,
            "PWD": lambda s, a: sessions.append(s) or '257 "/" is where you are'})
        self.connect(server.url)
        self.row("Server", "there.txt")
        for session in sessions:
            session.connection.shutdown(socket.SHUT_RDWR)
        self.window.click(self.row("Server", "there.txt"), fx=0.1)
        self.window.key("F5")
        reconnect = self.find("push button", "Reconnect")
        self.shot("sites-lost")
        self.window.click(reconnect)
        atspi.gone(self.window.frame, "push button", "Reconnect")
        self.row("Server", "there.txt")
        self.assertEqual(server.verbs().count("USER"), 2)

    def test_90_a_command_by_hand(self):
        server = FtpScript(self, on={"CWD": at_the_top, "SITE": lambda s, a: f"200 heard {a}"})
        self.connect(server.url)
        wbtest.wait_until(lambda: "LIST" in server.verbs(), "the folder")
        self.find("push button", "Disconnect")
        self.menu("Send Command…")
        self.find("text", "Command")
        self.window.type("SITE HELLO")
        self.window.key("Return")
        self.find("label", re.compile("200 heard HELLO"))
        self.assertIn("SITE HELLO", server.commands)
        self.shot("sites-command")

        # Two lines are two commands.
        before = len(server.commands)
        self.menu("Send Command…")
        self.find("text", "Command")
        self.desktop.paste("SITE A\r\nDELE there.txt")
        self.window.key("Return")
        self.find("label", re.compile("line break"))
        self.assertEqual(server.commands[before:], [])

    def test_91_wrong_password_of_an_address(self):
        """The password's field has the focus, and what was wrong is selected."""
        server = FtpScript(self, on={
            "CWD": at_the_top,
            "PASS": lambda s, a: "230 in" if a == "canary-5506" else "530 Login incorrect"})
        self.connect(f"ftp://me:canary-5505@127.0.0.1:{server.port}")
        self.find("label", re.compile("Could not log in"))
        self.find("text", "Password")
        self.shot("sites-refused")
        self.window.type("canary-5506")
        self.window.key("Escape")
        self.window.click(self.find("push button", "Connect"))
        self.find("push button", "Disconnect")
        self.assertEqual([c for c in server.commands if c.startswith("PASS")],
                         ["PASS canary-5505", "PASS canary-5506"])
        self.assert_secret("canary-5505", "canary-5506")

    def log(self, server):
        with open(os.path.join(server.dir, "log"), encoding="utf-8", errors="replace") as f:
            return f.read()

    def times(self, name):
        """What stands in the row of that name."""
        line = self.row("Server", name).box
        return [n.name for n in atspi.find_all(self.find("tree table", "Server"), "label")
                if abs(n.box[1] - line[1]) < 10 and re.search(r"\d:\d\d", n.name)]

    def test_92_all_of_a_site(self):
        """Implicit TLS, active data connections and the clock of the server, as the manager has them."""
        server = Vsftpd(self, implicit=True)
        path = server.put_file("clock.txt", b"x")
        noon = (int(time.time()) // 86400 - 2) * 86400 + 12 * 3600 + 34 * 60
        os.utime(path, (noon, noon))
        w = self.manager()
        w.place(0, 0, 900, 880)
        w.click(self.inside(w, "push button", "New site"))
        self.inside(w, "text", "Name")
        w.key("ctrl+a")
        w.type("Elaborate")
        self.enter(w, "Host", "127.0.0.1")
        self.enter(w, "Port, if it is not the usual one", str(server.port))
        self.choose(w, "Encryption", "Implicit TLS")
        self.choose(w, "Account", "Anonymous")
        self.enter(w, "Folder on the server", "/upload")
        self.choose(w, "Data connections", "Active: from the server to here")
        self.enter(w, "Server’s clock ahead of UTC (minutes)", "120", role="list item")
        w.key("Tab")
        self.desktop.screenshot(self.picture("sites-elaborate"), w.id)
        w.click(self.inside(w, "push button", "Connect"))
        w = self.certificate("Certificate")
        w.click(self.inside(w, "check box", re.compile("compared")), fx=0.02)
        w.click(self.inside(w, "push button", "Pin and Connect"))
        self.assertEqual(len(wbtest.wait_until(lambda: self.times("clock.txt"), "the time")), 1)
        self.assertRegex(self.times("clock.txt")[0], "10:34")
        self.shot("sites-clock")
        log = self.log(server)
        self.assertRegex(log, '"(EPRT|PORT) ')
        for command in ("AUTH", "EPSV", "PASV"):
            self.assertNotIn(f'"{command}', log)
        site = self.kept_site("Elaborate")
        self.assertEqual((site["tls"], site["account"], site["data"], site["time-offset"]),
                         ("implicit", "anonymous", "active", 120))
        self.by_proxy(server)

    def by_proxy(self, server):
        """Both kinds of proxy see where the session goes, and each data connection, too."""
        for kind, proxy in (("SOCKS5", proxies.Socks5(self)), ("HTTP", proxies.Http(self))):
            with self.subTest(kind):
                self.click("push button", "Disconnect")
                self.find("label", "Not Connected")
                w = self.manager()
                w.click(self.inside(w, "label", "Elaborate"))
                self.choose(w, "Data connections", "Passive: from here to the server")
                self.choose(w, "Proxy", kind)
                self.enter(w, "Address of the proxy, HOST:PORT", proxy.url.split("/")[-1])
                self.desktop.screenshot(self.picture("sites-proxy"), w.id)
                w.click(self.inside(w, "push button", "Connect"))
                self.row("Server", "clock.txt")
                self.assertEqual(proxy.asked[0], ("127.0.0.1", server.port))
                self.assertGreaterEqual(len(proxy.asked), 2)
        # A proxy that is gone is named, and there is no way round it.
        self.click("push button", "Disconnect")
        self.find("label", "Not Connected")
        proxy.close()
        before = self.log(server).count("CONNECT")
        self.menu("Elaborate")
        self.find("label", re.compile("The proxy could not be reached. 127.0.0.1:"))
        self.shot("sites-no-proxy")
        self.assertEqual(self.log(server).count("CONNECT"), before)

    def test_93_as_whom(self):
        """What each kind of account says to the server."""
        server = Vsftpd(self, no_anon_password="NO")
        server.put_file("there.txt", b"x")
        self.connect(f"ftp://127.0.0.1:{server.port}/upload")
        self.row("Server", "there.txt")
        self.assertIn('"USER anonymous"', self.log(server))
        self.assertIn('anon password "anonymous@example.com"', self.log(server))

        other = Pyftp(self, {"visitor": "canary-5507", "real": "canary-5508"})
        with open(os.path.join(other.folder, "shared.txt"), "w") as f:
            f.write("x")
        for kind, user, password in (("Guest", "visitor", "canary-5507"),
                                     ("Registered", "real", "canary-5508")):
            self.click("push button", "Disconnect")
            self.find("label", "Not Connected")
            self.window.fill(self.find(None, "Server address"), f"ftp://127.0.0.1:{other.port}")
            self.window.click(self.find(re.compile("button"), "Account"))
            self.window.click(self.rests(self.find("combo box", "Account")))
            self.window.click(self.rests(self.find("label", kind)))
            self.window.fill(self.find("text", "User name"), user)
            self.window.fill(self.find("text", "Password"), password)
            self.desktop.screenshot(self.picture("sites-" + kind.lower()))
            self.window.key("Return")
            # GDK 4.8 may lose the first press after a popover that a key closed.
            self.window.click(self.row("Server", "shared.txt"))
            self.assertEqual(other.logins[-1], user)
        self.click("push button", "Disconnect")
        self.find("label", "Not Connected")
        self.assert_secret("canary-5507", "canary-5508")

    def test_94_the_server_says_goodbye(self):
        """421 in the middle (RFC 959 §4.2.2): its words are told, and one comes back to where one went."""
        def cwd(session, argument):
            if argument == "sub" and not said:
                said.append(argument)
                session.reply("421 Closing for maintenance, back in a minute")
                session.connection.shutdown(socket.SHUT_RDWR)
                return None
            return "250 there"

        def listing(session, _argument):
            inside = session.server.commands[-4:].count("CWD sub")
            row = b"-rw-r--r-- 1 u g 3 Jan 01 2020 inside.txt\r\n" if inside else \
                b"drwxr-xr-x 2 u g 0 Jan 01 2020 sub\r\n"
            return session.send(row)

        said = []
        server = FtpScript(self, on={"CWD": cwd, "LIST": listing})
        self.connect(server.url)
        self.window.click(self.row("Server", "sub"), fx=0.1)
        self.window.key("Return")
        self.find("label", re.compile("Closing for maintenance"))
        self.row("Server", "sub")
        self.shot("sites-421")
        self.click("push button", "Reconnect")
        self.row("Server", "inside.txt")
        atspi.gone(self.window.frame, "push button", "Reconnect")
        self.assertEqual(server.verbs().count("USER"), 2)

    def test_99_all_is_kept(self):
        self.quit()
        self.assertEqual({s["name"] for s in self.kept()["sites"]},
                         {"Alpha", "Beta", "Imported", "127.0.0.1", "Elaborate"})


if __name__ == "__main__":
    wbtest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Mail accounts in the window: set up from an address alone, tried out, changed, removed; what a known
provider wants in the place of a password; signing in with the browser. A small internet on loopback."""

import base64
import glob
import os
import re
import shutil
import ssl
import subprocess
import tempfile
import urllib.parse
import urllib.request

import certs
import mailscript
import proxies
import wbtest
from autoconfig import Places, Web, describe
from gui import atspi
from gui.pointer import Window
from gui.wirebench import WindowTest

CANARY = "canary-8264-in-the-mine"
OWN = ("autoconfig.example.test", "/mail/config-v1.1.xml")
SERVER = "Server, as HOST or HOST:PORT"
FIRST = "[account-kept]\nname=Kept\naddress=kept@example.test\nsmtp=smtps://smtp.example.test:465/\n" \
        "[account-broken]\nname=No address\n"

BROWSER = """#!/bin/sh
printf '%%s\\n' "$1" >> %s
"""


MAIL = b"From: a@example.test\r\nSubject: By a token\r\n\r\nAt last.\r\n"


def take_token(server, line):
    server.send(b"+ \r\n")
    server.read_line()
    return b"+OK welcome\r\n"


class Proxy(proxies.Socks5):
    """Knows where the hosts of the small internet are."""

    def __init__(self, *args):
        self.named = []
        super().__init__(*args)

    def handshake(self, client):
        host, port = super().handshake(client)
        self.named.append(host)
        return "127.0.0.1", port


class Accounts(WindowTest):
    SIZE = "1280x2000"
    SETTINGS = "welcomed=true\nwire-visible=false\nsend-delay=0"

    @classmethod
    def installation(cls):
        argv, desktop = super().installation()
        cls.net = tempfile.mkdtemp(prefix="wb-net-")
        cls.addClassCleanup(shutil.rmtree, cls.net, ignore_errors=True)
        cls.places = Places(cls.net)
        # What scripted servers want of a test is that it ends them.
        cls.addCleanup = cls.addClassCleanup
        hosts = ("autoconfig.example.test", "example.test", "smtp.example.test", "pop.example.test",
                 "login.example.test")
        certificate = cls.places.certificate("all", *hosts)
        cls.web = Web(certificate)
        cls.addClassCleanup(cls.web.close)
        greeting = {"EHLO": b"250-test\r\n250 AUTH PLAIN XOAUTH2\r\n"}
        cls.smtp = mailscript.Smtp(cls, greeting, "implicit", certificate)
        cls.pop3 = mailscript.Pop3(cls, [MAIL], {"CAPA": b"+OK\r\nUSER\r\nUIDL\r\nSASL XOAUTH2\r\n.\r\n", "AUTH": take_token},
                                   tls="implicit", certificate=certificate)
        del cls.addCleanup
        cls.places.name(*hosts)
        cls.places.ports["https"] = cls.web.port
        desktop.more = dict(desktop.more, WIREBENCH_PLACES=cls.places.write())
        return argv, desktop

    @classmethod
    def prepare(cls):
        cls.store = os.path.join(cls.home, ".local/share/wirebench/mail")
        os.makedirs(cls.store)
        with open(os.path.join(cls.store, "accounts.ini"), "w") as f:
            f.write(FIRST)
        # A browser that only tells where it was sent.
        cls.visited = os.path.join(cls.home, "visited")
        browser = os.path.join(cls.home, "browser")
        with open(browser, "w") as f:
            f.write(BROWSER % cls.visited)
        os.chmod(browser, 0o755)
        applications = os.path.join(cls.home, ".local/share/applications")
        os.makedirs(applications)
        with open(os.path.join(applications, "browser.desktop"), "w") as f:
            f.write(f"[Desktop Entry]\nType=Application\nName=Browser\nExec={browser} %u\n"
                    "MimeType=x-scheme-handler/https;\n")
        with open(os.path.join(cls.home, ".config/mimeapps.list"), "w") as f:
            f.write("[Default Applications]\nx-scheme-handler/https=browser.desktop\n")

    def open(self, button="Add Account…", nth=0):
        self.window.focus()
        self.window.click(self.find("push button", button, nth=nth))
        frame = atspi.find(self.tree, "dialog", "Mail Account")
        type(self).dialog = Window(self.desktop, self.tree, "Mail Account", frame)
        self.dialog.place(300, 0, 620, 1900)
        return self.dialog

    def inside(self, role=None, name=None, **kw):
        return atspi.find(self.dialog.frame, role, name, **kw)

    def entry(self, title, nth=0):
        """The text of an entry row, whose title is a label that moves away when there is text."""
        return self.inside(re.compile("^(text|entry|password text)$"), title, nth=nth)

    def fill(self, title, text, nth=0):
        self.dialog.click(self.inside("label", title, nth=nth))
        self.dialog.key("ctrl+a")
        self.dialog.type(text)

    def press(self, name, role="push button", nth=0):
        self.dialog.click(self.inside(role, name, nth=nth))

    def says(self, pattern, **kw):
        return atspi.text(self.inside("label", re.compile(pattern, re.S), **kw))

    def shows(self, *texts):
        """Wait until these are texts of the dialog, in entries too."""
        def look():
            seen = atspi.texts(self.dialog.frame)
            return all(any(t in s for s in seen) for t in texts)
        wbtest.wait_until(look, f"{texts} in the window")

    def close(self):
        self.dialog.key("Escape")
        self.closed()

    def closed(self):
        wbtest.wait_until(lambda: not self.desktop.xdo("search", "--onlyvisible", "--name", "^Mail Account$"),
                          "the dialog to close")

    def picture_of_dialog(self, name):
        self.desktop.screenshot(self.picture("account-" + name), self.dialog.id)

    def ini(self):
        with open(os.path.join(self.store, "accounts.ini")) as f:
            return f.read()

    def assert_no_canary(self, *more):
        """Not in any file of the home, not in what the program said."""
        for folder, _, names in os.walk(self.home):
            for name in names:
                path = os.path.join(folder, name)
                if os.path.isfile(path) and not os.path.islink(path):
                    with open(path, "rb") as f:
                        text = f.read()
                    for secret in (CANARY, *more):
                        self.assertNotIn(secret.encode(), text, path)
        self.assertNotIn(CANARY, "\n".join(self.app.errors))

    def test_0_damaged_list_is_set_aside(self):
        self.page(1)
        aside = wbtest.wait_until(lambda: glob.glob(os.path.join(self.store, "accounts.ini.damaged-*")),
                                  "the list set aside")
        with open(aside[0]) as f:
            self.assertEqual(f.read(), FIRST)
        self.find("label", re.compile("damaged.*set aside"))
        self.find("list item", "Inbox of kept@example.test")
        self.shot("account-damaged")

    def test_1_known_provider(self):
        """The help is there as soon as the address is, and the servers are filled in without a question."""
        self.open()
        self.fill("Address", "12345@qq.com")
        self.says("QQ Mail wants an authorization code")
        self.press("Find")
        self.says("Found: QQ Mail")
        self.shows("smtp.qq.com:465", "pop.qq.com:995")
        self.dialog.click(self.inside("label", re.compile("QQ Mail wants")))
        self.assertIn("授权码", self.says("^1\\. Open mail.qq.com"))
        self.picture_of_dialog("qq")
        self.assertEqual(self.web.asked, [])

    def test_2_refused_code_is_explained(self):
        """535 of such a provider: not the password is wrong, but a code is lacking."""
        refusals = {"AUTH": "535 登录失败".encode("gb18030") + b"\r\n"}
        script = mailscript.Smtp(self, refusals, "implicit", os.path.join(self.places.folder, "all-both.pem"))
        self.fill("Password or authorization code", CANARY)
        self.dialog.fill(self.inside("text", SERVER), f"smtp.example.test:{script.port}")
        self.dialog.fill(self.inside("text", SERVER, nth=1), "")
        self.press("Test")
        self.says("It does not work yet")
        said = self.says("QQ Mail wants an authorization code here, not your password")
        self.assertIn("登录失败", said)
        self.assertIn("1. Open mail.qq.com", said)
        self.says(f"Connect to smtp.example.test, port {script.port}")
        self.picture_of_dialog("refused")
        for label in atspi.find_all(self.dialog.frame, "label"):
            self.assertNotIn(CANARY, atspi.text(label))
        self.close()
        self.assert_no_canary()

    def test_3_from_the_address_alone(self):
        self.web.pages[OWN] = describe("example.test", "Example Mail", self.smtp.port, self.pop3.port,
                                           "%EMAILADDRESS%")
        self.open()
        self.fill("Name", "New Person")
        self.fill("Address", "new@example.test")
        self.press("Find")
        self.says("Found: Example Mail")
        self.shows(f"smtp.example.test:{self.smtp.port}", f"pop.example.test:{self.pop3.port}")
        self.assertEqual([path.split("?")[0] for _, path in self.web.asked], [OWN[1]])
        self.fill("Password or authorization code", CANARY)
        self.press("Test")
        self.says("All is well")
        self.says("Sign in as new@example.test at pop.example.test")
        self.picture_of_dialog("tested")
        self.assertTrue(any(b"AUTH" in line for line in self.smtp.lines))
        self.assertTrue(any(CANARY.encode() in line for line in self.pop3.lines))
        self.press("Save account")
        self.closed()
        self.find("list item", "Inbox of new@example.test")
        # Where there is no keyring that is said.
        self.find("label", re.compile("There is no keyring"))
        text = self.ini()
        self.assertIn(f"smtp=smtps://new%40example.test@smtp.example.test:{self.smtp.port}/", text)
        self.assertIn("delete-from-server=false", text)
        # The one that was read from the damaged list is still there.
        self.assertIn("[account-kept]", text)
        self.assert_no_canary()

    def test_3_it_is_not_on_the_wire(self):
        """The trial is in the log, its password is not."""
        self.window.focus()
        self.window.key("F9")
        self.find("label", re.compile("AUTH PLAIN"))
        shown = "\n".join(atspi.texts(self.tree))
        self.shot("account-wire")
        for offset in range(3):
            piece = base64.b64encode(b"x" * offset + CANARY.encode())[4:-4].decode()
            self.assertNotIn(piece, shown)
        self.assertNotIn(CANARY, shown)
        self.window.key("F9")

    def test_4_change(self):
        """Another address to write from, the default, and mails deleted from the server on purpose."""
        self.open("Account settings", nth=1)
        self.shows("new@example.test", "New Person")
        self.press("Add an address")
        self.dialog.type("no address")
        self.press("Save account")
        self.says("“no address” is no address")
        self.dialog.key("shift+Tab")
        self.dialog.fill(self.inside("text", "Name <user@host>"), "Work <work@example.test>")
        self.dialog.click(self.inside("label", "New mails are from this account"))
        self.dialog.click(self.inside("label", "Delete mails from the server"))
        self.picture_of_dialog("changed")
        self.press("Save account")
        self.closed()
        text = self.ini()
        for line in ("identity-names=Work;", "identity-addresses=work@example.test;", "default=true",
                     "delete-from-server=true"):
            self.assertIn(line, text)
        self.assertEqual(text.count("default=true"), 1)
        # The password is still there for the test, without being typed again.
        self.open("Account settings", nth=1)
        self.press("Test")
        self.says("All is well")
        self.close()

    def choose_proxy(self, choice):
        self.dialog.click(self.rests(self.inside("combo box", "Proxy")))
        popover = self.find(None, "GtkPopover")
        node = atspi.find(popover, "label", choice)
        self.dialog.click(self.rests(node))
        atspi.gone(self.tree, None, "GtkPopover")

    def test_4a_proxy_and_certificate(self):
        """Both servers are reached through the proxy, and let in who shows the certificate."""
        proxy = Proxy(self)
        mine = certs.make_server(self.places.folder, "mine", ("DNS:me.example",), usage="clientAuth")[2]
        # A new one, which remembers nobody who came before without a certificate.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(self.places.folder, "all-both.pem"))
        context.load_verify_locations(self.places.ca)
        context.verify_mode = ssl.CERT_REQUIRED
        for server in (self.smtp, self.pop3):
            self.addCleanup(setattr, server, "context", server.context)
            server.context = context
        self.open("Account settings", nth=1)
        self.press("Test")
        self.says("It does not work yet")
        self.dialog.click(self.inside("label", "Proxy and client certificate"))
        self.choose_proxy("SOCKS5")
        self.rests(self.inside("label", "Address of the proxy, HOST:PORT"))
        self.fill("Address of the proxy, HOST:PORT", "me:secret@127.0.0.1:1")
        self.press("Save account")
        self.says("A proxy that asks for a password cannot be kept")
        self.dialog.fill(self.entry("Address of the proxy, HOST:PORT"), proxy.url.partition("//")[2])
        self.press("Choose a certificate")
        self.choose_file("Choose a Certificate", mine)
        self.shows(mine)
        self.press("Test")
        self.says("All is well")
        self.picture_of_dialog("proxy")
        self.assertEqual(proxy.named, ["smtp.example.test", "pop.example.test"])
        self.press("Save account")
        self.closed()
        text = self.ini()
        self.assertIn("proxy=" + proxy.url, text)
        self.assertIn("certificate=" + mine, text)
        # It is there again, and can be taken away.
        self.open("Account settings", nth=1)
        self.shows(mine, proxy.url.partition("//")[2])
        self.choose_proxy("None")
        self.dialog.fill(self.entry("Certificate with its key, a PEM file"), "")
        self.press("Save account")
        self.closed()
        for left in ("proxy=", "certificate="):
            self.assertNotIn(left, self.ini())

    def test_5_nobody_knows_and_cancel(self):
        self.open()
        self.fill("Address", "me@nowhere.test")
        self.press("Find")
        self.says("Nobody could say what the servers of nowhere.test are")
        self.says("Not asked: Mozilla would learn")
        self.picture_of_dialog("nobody")
        # A server that is silent, left by the button.
        self.web.pages[OWN] = lambda handler: handler.connection.recv(1)
        self.dialog.fill(self.inside("text", "Address"), "me@example.test")
        self.press("Find")
        self.press("Cancel", nth=1)
        self.says("Cancelled")
        self.close()

    def test_6_browser(self):
        """OAuth 2: the browser is opened, a wrong answer is not taken, the right one is."""
        self.web.pages["login.example.test", "/token"] = lambda h: h.say(
            200, '{"access_token": "%s-access", "refresh_token": "%s-refresh", "expires_in": 3600}'
            % (CANARY, CANARY), kind="application/json")
        base = "https://login.example.test:%d" % self.web.port
        self.open()
        self.fill("Address", "me@oauth.test")
        self.fill(SERVER, f"smtp.example.test:{self.smtp.port}")
        # The title of the one that is filled is a label no more.
        self.dialog.fill(self.inside("text", SERVER, nth=1), f"pop.example.test:{self.pop3.port}")
        self.dialog.click(self.inside("check box", re.compile("^Sign in with the browser")))
        self.fill("Client ID", "my-client")
        self.fill("Sign-in page (https)", base + "/authorize")
        self.fill("Tokens (https)", base + "/token")
        self.fill("Scope", "mail")
        self.press("Sign in…")
        wbtest.wait_until(lambda: os.path.exists(self.visited), "the browser")
        uri = wbtest.wait_until(lambda: open(self.visited).read().strip(), "the address")
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(uri).query))
        self.assertTrue(uri.startswith(base + "/authorize?"))
        self.assertEqual(query["client_id"], "my-client")
        self.says("Waiting for your browser")
        self.picture_of_dialog("browser")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with self.assertRaises(OSError):
            opener.open(query["redirect_uri"] + "?code=x&state=wrong")
        opener.open(query["redirect_uri"] + "?code=x&state=" + query["state"]).read()
        self.says("You are signed in")
        # The token goes where a password would.
        self.press("Test")
        self.says("All is well")
        said = "user=me@oauth.test\1auth=Bearer %s-access\1\1" % CANARY
        self.assertIn(base64.b64encode(said.encode()), self.smtp.said())
        self.assertIn(b"AUTH XOAUTH2\r\n" + base64.b64encode(said.encode()) + b"\r\n", self.pop3.said())
        self.press("Save account")
        self.closed()
        # And so it does when the mailbox is read.
        before = len(self.pop3.lines)
        self.window.place(0, 0, 1240, 1400)
        self.click("list item", "Inbox of me@oauth.test")
        self.window.click(self.find("push button", "Receive"))
        self.find(None, re.compile("By a token"))
        self.window.place(0, 0, 1240, 860)
        self.assertIn(base64.b64encode(said.encode()) + b"\r\n", self.pop3.lines[before:])
        self.assertFalse([line for line in self.pop3.lines if line.startswith(b"PASS") and b"-access" in line])
        self.assertIn("oauth-client-id=my-client", self.ini())
        self.assert_no_canary()

    def test_7_narrow(self):
        """All of it can be had at 360 pixels."""
        self.open("Account settings", nth=1)
        done = subprocess.run(["xprop", "-id", self.dialog.id, "WM_NORMAL_HINTS"], env=self.desktop.env,
                              stdout=subprocess.PIPE, text=True, check=True)
        self.dialog.measure()
        least = int(re.search(r"minimum size: (\d+) by", done.stdout).group(1)) - 2 * self.dialog.border_x
        self.assertLessEqual(least, 360)
        self.desktop.xdo("windowsize", self.dialog.id, 360 + 2 * self.dialog.border_x, 1900)
        wbtest.wait_until(lambda: atspi.extents(self.dialog.frame)[2] == 360, "a narrow dialog")
        self.picture_of_dialog("360")
        self.close()

    def test_8_remove(self):
        """What happens to the mails is said; the password goes, the mails stay."""
        folder = glob.glob(os.path.join(self.store, "account-*", "Inbox"))
        self.open("Account settings", nth=1)
        self.press("Remove Account")
        self.find("label", re.compile("Its mails stay on this computer, in .*account-", re.S))
        self.desktop.screenshot(self.picture("account-remove"))
        self.desktop.xdo("key", "alt+r")
        self.closed()
        atspi.gone(self.tree, "list item", "Inbox of new@example.test")
        self.assertNotIn("new@example.test", self.ini())
        self.assertEqual([f for f in folder if os.path.isdir(f)], folder)


if __name__ == "__main__":
    wbtest.main()

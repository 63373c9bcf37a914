# SPDX-License-Identifier: GPL-3.0-or-later
"""How data connections come about: active and passive, announced, through proxies, over IPv6; and
what happens where somebody else wants to have them."""

import os
import socket
import ssl

import certs
import ftpdriver
import ftpscript
import proxies
import vsftpd
import wbtest

DATA = os.urandom(200_000)


class TestCase(wbtest.TestCase):
    def serve(self, on=None, **kw):
        return ftpscript.FtpScript(self, {"a": DATA}, on, **kw)

    def get(self, url, *options, name="a"):
        ok, text = ftpdriver.run(url, ["get", name, self.path("got"), "o"],
                                 options=["--timeout", "5", *options])[-1]
        return ok, text

    def assert_got(self):
        self.assertEqual(self.read("got"), DATA)
        os.unlink(self.path("got"))


class ActiveServer(ftpscript.FtpScript):
    """Connects to the port that it is told of; strangers: connections of others before its own."""

    def __init__(self, test, files, eprt="200 fine", port="200 fine", strangers=0, tls=None):
        self.strangers = strangers
        self.turned_away = 0
        super().__init__(test, files, {
            "EPRT": lambda s, a: self.take(s, a.split("|")[2], int(a.split("|")[3]), eprt),
            "PORT": lambda s, a: self.take(s, ".".join(a.split(",")[:4]),
                                           int(a.split(",")[4]) * 256 + int(a.split(",")[5]), port),
            "RETR": self.retr}, certificate=tls)

    def take(self, session, host, port, reply):
        session.told = (host, port)
        return reply

    def retr(self, session, argument):
        session.reply("150 coming")
        for _i in range(self.strangers):
            with socket.socket() as stranger:
                stranger.bind(("127.0.0.77", 0))
                stranger.connect(session.told)
                stranger.settimeout(5)
                stranger.sendall(b"evil" * 100)
                try:
                    self.turned_away += stranger.recv(1) == b""
                except ConnectionResetError:
                    self.turned_away += 1
        with socket.create_connection(session.told) as data:
            data = session.protect(data)
            data.sendall(self.files[argument])
            if isinstance(data, ssl.SSLSocket):
                data = data.unwrap()
        return "226 done"


class Active(TestCase):
    def test_eprt(self):
        server = ActiveServer(self, {"a": DATA})
        ok, text = self.get(server.url, "--active")
        self.assertTrue(ok, text)
        self.assert_got()
        self.assertNotIn("PORT", server.verbs())
        self.assertNotIn("EPSV", server.verbs())

    def test_port_where_eprt_is_not_known(self):
        for reply in ("500 what?", "502 no", "501 no"):
            server = ActiveServer(self, {"a": DATA}, eprt=reply)
            ok, text = self.get(server.url, "--active")
            self.assertTrue(ok, text)
            self.assert_got()
            self.assertEqual([v for v in server.verbs() if v in ("EPRT", "PORT")], ["EPRT", "PORT"])

    def test_foreign_peers_are_sent_away(self):
        server = ActiveServer(self, {"a": DATA}, strangers=3)
        ok, text = self.get(server.url, "--active")
        self.assertTrue(ok, text)
        self.assert_got()
        self.assertEqual(server.turned_away, 3)

    def test_only_foreign_peers(self):
        server = ActiveServer(self, {"a": DATA}, strangers=16)
        ok, text = self.get(server.url, "--active")
        self.assertFalse(ok)
        self.assertIn("Others than the server", text)
        self.assertFalse(os.path.exists(self.path("got")))

    def test_nobody_comes(self):
        server = self.serve({"EPRT": lambda s, a: "200 fine", "RETR": lambda s, a: "150 coming"})
        ok, text = self.get(server.url, "--active", "--timeout", "1")
        self.assertFalse(ok)
        self.assertIn("passive mode", text)
        self.assertFalse(os.path.exists(self.path("got")))

    def test_refused(self):
        server = ActiveServer(self, {"a": DATA}, eprt="502 no", port="502 no")
        ok, text = self.get(server.url, "--active")
        self.assertFalse(ok)
        self.assertIn("does not offer", text)

    def test_from_the_command_line(self):
        server = ActiveServer(self, {"a": DATA})
        self.wire("ftp", "get", "--active", server.url + "a", self.path("got"), check=0)
        self.assert_got()
        self.assertIn("EPRT", server.verbs())

    def test_under_tls(self):
        ca = certs.make_ca(self.path("tls"))
        certificate, key, _both = certs.make_server(self.path("tls"))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server = ActiveServer(self, {"a": DATA}, tls=context)
        ok, text = self.get(server.url.replace("ftp:", "ftpes:"), "--active", "--ca-file", ca)
        self.assertTrue(ok, text)
        self.assert_got()

    def test_vsftpd(self):
        for tls in ({}, {"tls": True}):
            server = vsftpd.Vsftpd(self, folder=self.path("srv" + str(len(tls))), **tls)
            server.put_file("a", DATA)
            ok, text = self.get(server.url, "--active", *server.options(), name="upload/a")
            self.assertTrue(ok, text)
            self.assert_got()


class Announced(TestCase):
    """PRET, for servers that have the file on another machine."""

    FEAT = staticmethod(lambda s, a: b"211-Features:\r\n PRET\r\n211 End\r\n")

    def test_before_each_port(self):
        server = self.serve({"FEAT": self.FEAT, "PRET": lambda s, a: "200 fine"})
        ftpdriver.ask(server.url, ["get", "a", self.path("got"), "o"], ["ls", ""])
        self.assert_got()
        wanted = [c for c in server.commands if c.split()[0] in ("PRET", "EPSV", "RETR")]
        self.assertEqual(wanted[:3], ["PRET RETR a", "EPSV", "RETR a"])
        self.assertIn("PRET LIST -a", server.commands)

    def test_refused(self):
        server = self.serve({"FEAT": self.FEAT, "PRET": lambda s, a: "550 not found"})
        ok, text = self.get(server.url)
        self.assertFalse(ok)
        self.assertIn("no such file", text)
        self.assertNotIn("EPSV", server.verbs())

    def test_not_known_after_all(self):
        server = self.serve({"FEAT": self.FEAT, "PRET": lambda s, a: "500 what?"})
        self.assertTrue(self.get(server.url)[0])
        self.assert_got()


class Proxies(TestCase):
    def test_all_connections_go_through(self):
        for kind in (proxies.Socks5, proxies.Http):
            for account in ((None, None), ("user", "canary-3141")):
                with self.subTest(kind=kind.__name__, account=account):
                    proxy = kind(self, *account)
                    server = self.serve()
                    ok, text = self.get(server.url, "--proxy", proxy.url)
                    self.assertTrue(ok, text)
                    self.assert_got()
                    self.assertEqual(proxy.asked[0], ("127.0.0.1", server.port))
                    self.assertEqual(len(proxy.asked), 2)

    def test_under_tls(self):
        server = vsftpd.Vsftpd(self, tls=True)
        server.put_file("a", DATA)
        for kind in (proxies.Socks5, proxies.Http):
            proxy = kind(self)
            ok, text = self.get(server.url, "--proxy", proxy.url, *server.options(), name="upload/a")
            self.assertTrue(ok, text)
            self.assert_got()
            self.assertEqual(len(proxy.asked), 2)

    def test_refused(self):
        for kind in (proxies.Socks5, proxies.Http):
            proxy = kind(self, refuse=True)
            server = self.serve()
            ok, text = self.get(server.url, "--proxy", proxy.url)
            self.assertFalse(ok)
            self.assertIn("Could not connect", text)
            self.assertEqual(server.sessions, 0)

    def test_nothing_goes_past_it(self):
        server = self.serve()
        ok, _text = self.get(server.url, "--proxy", f"socks5://127.0.0.1:{wbtest.free_port()}")
        self.assertFalse(ok)
        self.assertEqual(server.sessions, 0)

    def test_password_is_not_shown(self):
        proxy = proxies.Http(self, "user", "canary-3141")
        server = self.serve()
        self.wire("ftp", "get", "--proxy", proxy.url, server.url + "a", self.path("got"),
                  "--transcript", self.path("t.jsonl"), check=0)
        self.assertNotIn(b"canary", self.read("t.jsonl"))
        proxy.password = "another"
        done = self.wire("ftp", "ls", "--proxy", proxy.url, server.url, check=1)
        self.assertNotIn(b"canary", done.stderr)

    def test_addresses_that_are_none(self):
        server = self.serve()
        for proxy in ("ftp://x", "socks5://", "nonsense", "http:///x"):
            ok, text = self.get(server.url, "--proxy", proxy)
            self.assertFalse(ok)
            self.assertIn("socks5://HOST:PORT", text)


class Six(TestCase):
    def test_pyftpdlib(self):
        import logging
        import threading
        from pyftpdlib.authorizers import DummyAuthorizer
        from pyftpdlib.handlers import FTPHandler
        from pyftpdlib.ioloop import IOLoop
        from pyftpdlib.servers import FTPServer
        logging.disable()
        self.write("srv/a", DATA)
        authorizer = DummyAuthorizer()
        authorizer.add_anonymous(self.path("srv"))

        class Handler(FTPHandler):
            pass
        Handler.authorizer = authorizer
        server = FTPServer(("::1", 0), Handler, ioloop=IOLoop())
        stop = threading.Event()

        def run():
            while not stop.is_set():
                server.ioloop.loop(timeout=0.05, blocking=False)
            server.close_all()
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(stop.set)
        for options in ((), ("--active",)):
            ok, text = self.get(f"ftp://[::1]:{server.address[1]}/", *options)
            self.assertTrue(ok, text)
            self.assert_got()


if __name__ == "__main__":
    wbtest.main()

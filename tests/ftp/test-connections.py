# SPDX-License-Identifier: GPL-3.0-or-later
"""How data connections come about: active and passive, announced, through proxies, over IPv6; and
what happens where somebody else wants to have them."""

import os
import socket
import ssl
import urllib.parse

import certs
import cutproxy
import ftpdriver
import ftpscript
import proftpd
import proxies
import pureftpd
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


class NotThisTime(TestCase):
    """425 behind "150", which is worth one more try."""

    def refuse_first(self, verb, times=1):
        """A server that does, and what it was asked for. It takes no notice of what it is sent."""
        asked = []

        def answer(session, argument):
            asked.append(argument)
            if len(asked) > times:
                return getattr(session, "do_" + verb.lower())(argument)
            data = session.accept()
            session.reply("150 here it comes")
            data.shutdown(socket.SHUT_WR)
            while verb == "STOR" and data.recv(65536):
                pass
            data.close()
            return "425 not this time"
        return self.serve({verb: answer}), asked

    def test_once(self):
        server, asked = self.refuse_first("RETR")
        ok, text = self.get(server.url)
        self.assertTrue(ok, text)
        self.assert_got()
        server, asked = self.refuse_first("STOR")
        ftpdriver.ask(server.url, ["put", self.write("local", DATA), "b", "o"])
        self.assertEqual(server.files["b"], DATA)
        server, asked = self.refuse_first("LIST")
        self.assertIn("a", ftpdriver.ask(server.url, ["ls", ""])[0])
        self.assertEqual(len(asked), 2)

    def test_not_for_ever(self):
        server, asked = self.refuse_first("RETR", times=99)
        ok, text = self.get(server.url)
        self.assertFalse(ok)
        self.assertIn("425 not this time", text)
        self.assertEqual(len(asked), 2)
        self.assertFalse(os.path.exists(self.path("got")))
        server, asked = self.refuse_first("STOR", times=99)
        ok, _text = ftpdriver.run(server.url, ["put", self.write("local", DATA), "b", "o"])[0]
        self.assertFalse(ok)
        self.assertEqual(len(asked), 2)


def read_records(flight):
    """The records that are there whole: their kinds and what is in them."""
    while len(flight) >= 5:
        length = int.from_bytes(flight[3:5], "big")
        yield flight[0], flight[5:5 + length]
        flight = flight[5 + length:]


def resumes(flight):
    """Whether what a server said first goes on with an earlier session. TLS 1.3: its ServerHello (RFC 8446
    §4.1.3) has pre_shared_key. TLS 1.2 (RFC 5246 §7.3): no certificate comes before all is encrypted."""
    hello = flight[5:]
    at = 4 + 2 + 32
    at += 1 + hello[at] + 2 + 1
    end = at + 2 + int.from_bytes(hello[at:at + 2], "big")
    at += 2
    extensions = []
    while at < end:
        extensions.append(int.from_bytes(hello[at:at + 2], "big"))
        at += 4 + int.from_bytes(hello[at + 2:at + 4], "big")
    if 43 in extensions:  # supported_versions
        return 41 in extensions
    clear = b""
    for kind, content in read_records(flight):
        if kind != 22:
            break
        clear += content
    while clear:
        if clear[0] == 11:
            return False
        clear = clear[4 + int.from_bytes(clear[1:4], "big"):]
    return True


# What an alert such as close_notify is in the end: TLS 1.3 hides that it is one, in a record of 19 bytes.
ALERTS = (b"\x17\x03\x03\x00\x13", b"\x15\x03\x03\x00")


class Sessions(TestCase):
    """What of TLS can be seen of a data connection: that it resumes the session of its control connection,
    and that it ends with close_notify; whether the server minds or not."""

    def check(self, start, **kw):
        proxy = cutproxy.CutProxy(self, start, tls=True, **kw)
        proxy.server.put_file("a", DATA)
        local = self.write("local", DATA)
        parts = urllib.parse.urlsplit(proxy.url).path.strip("/")
        name = parts + "/" * bool(parts)
        ftpdriver.ask(proxy.url, *[["get", name + "a", self.path(f"got-{i}"), "o"] for i in range(3)],
                      *[["put", local, f"{name}b-{i}", "o"] for i in range(3)], ["ls", parts],
                      options=proxy.server.options())
        for i in range(3):
            self.assertEqual(self.read(f"got-{i}"), DATA)
            self.assertEqual(proxy.server.read(f"b-{i}"), DATA)
        # A port may have been asked for and never been used.
        flights = [(ours, theirs) for ours, theirs in proxy.flights if ours.begin]
        self.assertEqual(len(flights), 7)
        self.assertEqual([resumes(theirs.begin) for _ours, theirs in flights], [True] * 7)
        for ours, _theirs in flights:
            self.assertTrue(any(alert in ours.end[-40:] for alert in ALERTS), ours.end[-40:])

    def test_vsftpd(self):
        self.check(cutproxy.start_vsftpd)

    def test_proftpd(self):
        if not proftpd.is_there():
            self.skipTest("ProFTPD is not there")
        self.check(cutproxy.start_proftpd)

    def test_pureftpd(self):
        if not pureftpd.is_there():
            self.skipTest("Pure-FTPd is not there")
        # It gives away no tickets under TLS 1.3.
        config = self.write("openssl.conf", "openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\n"
                            "system_default = old\n[old]\nMaxProtocol = TLSv1.2\n")
        self.check(cutproxy.start_pureftpd, environ={"OPENSSL_CONF": config})


class Named(TestCase):
    def test_under_tls(self):
        """Whom a connection is for is told by its host's name."""
        names = []
        ca = certs.make_ca(self.path("tls"))
        certificate, key, _both = certs.make_server(self.path("tls"))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        context.sni_callback = lambda _socket, name, _context: names.append(name)
        server = self.serve(certificate=context)
        url = f"ftpes://localhost:{server.port}/"
        ok, text = self.get(url, "--ca-file", ca)
        self.assertTrue(ok, text)
        self.assert_got()
        self.assertEqual(names, ["localhost", "localhost"])


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

    def test_pureftpd(self):
        """One that has the command, and says so."""
        if not pureftpd.is_there():
            self.skipTest("Pure-FTPd is not there")
        server = pureftpd.PureFtpd(self)
        server.put_file("a", DATA)
        log = self.path("log.txt")
        self.wire("ftp", "get", server.url + "a", self.path("got"), "--transcript", log, check=0)
        self.assert_got()
        self.assertRegex(self.read("log.txt"), rb"(?s)PRET RETR a\r?\n.*\b200 .*EPSV.*RETR a")

    def test_a_server_of_many(self):
        """Which has each file on another machine, as DrFTPD has: without PRET for the very command it gives
        no port, and the port is good for that alone."""
        announced = []

        def pret(_session, argument):
            announced.append(argument)
            return "200 planned"

        def port(session, argument):
            if not announced:
                return "503 PRET first"
            session.planned = announced.pop()
            return session.do_pasv(argument)

        def do(verb):
            def answer(session, argument):
                wanted = f"{verb} {argument}".rstrip()
                planned, session.planned = getattr(session, "planned", None), None
                if planned != wanted:
                    return f"503 you planned {planned}"
                return getattr(ftpscript.Session, "do_" + verb.lower())(session, argument)
            return answer
        server = self.serve({"FEAT": self.FEAT, "PRET": pret, "EPSV": lambda s, a: "500 not here", "PASV": port,
                             "RETR": do("RETR"), "STOR": do("STOR"), "LIST": do("LIST")})
        files = {f"f{i}": os.urandom(2000 + i) for i in range(30)}
        for name, data in files.items():
            self.write("many/" + name, data)
        self.wire("ftp", "put", "-r", "--jobs", "1", self.path("many"), server.url + "many", check=0)
        self.assertEqual({name.removeprefix("many/"): data for name, data in server.files.items()
                          if name != "a"}, files)
        self.wire("ftp", "get", "--jobs", "1", *[f"{server.url}many/{name}" for name in files], self.dir + "/",
                  check=0)
        for name, data in files.items():
            self.assertEqual(self.read(name), data)
        ftpdriver.ask(server.url, ["ls", ""])


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
        server = FTPServer(("::1", wbtest.free_port(host="::1")), Handler, ioloop=IOLoop())
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

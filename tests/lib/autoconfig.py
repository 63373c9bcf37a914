# SPDX-License-Identifier: GPL-3.0-or-later
"""A small internet on loopback for looking for mail settings: web servers whose certificates our own
CA signed, mail servers, and the names that lead to them."""

import http.server
import os
import socket
import ssl
import threading

import certs

XML = """<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1"><emailProvider id="x"><displayName>%(name)s</displayName>
<incomingServer type="imap"><hostname>imap.%(host)s</hostname><port>993</port>
<socketType>SSL</socketType><username>%%EMAILADDRESS%%</username></incomingServer>
<incomingServer type="pop3"><hostname>pop.%(host)s</hostname><port>%(pop3)d</port>
<socketType>SSL</socketType><username>%(user)s</username>
<authentication>password-cleartext</authentication></incomingServer>
<outgoingServer type="smtp"><hostname>smtp.%(host)s</hostname><port>%(smtp)d</port>
<socketType>SSL</socketType><username>%%EMAILADDRESS%%</username></outgoingServer>
<documentation url="https://help.%(host)s/"/></emailProvider></clientConfig>"""


def describe(host, name="Provider", smtp=465, pop3=995, user="%EMAILLOCALPART%"):
    return XML % {"host": host, "name": name, "smtp": smtp, "pop3": pop3, "user": user}


class Web:
    """An HTTP server for many hosts. `pages` is (host, path) → text, or a function of the handler;
    `asked` has what was asked, in order."""

    def __init__(self, certificate=None):
        self.pages = {}
        self.asked = []
        web = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                host = self.headers["Host"].split(":")[0]
                path = self.path.split("?")[0]
                length = int(self.headers.get("Content-Length") or 0)
                self.body = self.rfile.read(length).decode() if length else ""
                web.asked.append((host, self.path))
                page = web.pages.get((host, path))
                if callable(page):
                    page(self)
                elif page is None:
                    self.say(404, "<html>no such page</html>")
                else:
                    self.say(200, page)

            do_GET = do_POST = answer

            def say(self, status, text, kind="text/xml", **headers):
                data = text.encode()
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def get_request(self):
                connection, address = super().get_request()
                if context:
                    connection = context.wrap_socket(connection, server_side=True,
                                                     do_handshake_on_connect=False)
                return connection, address

            def handle_error(self, request, address):
                pass

        context = None
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Handshakes:
    """Takes TLS connections and says nothing; keeps what it was told."""

    def __init__(self, certificate):
        self.said = []
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            connection.settimeout(10)
            try:
                with self.context.wrap_socket(connection, server_side=True) as stream:
                    self.said.append(stream.recv(100))
            except OSError:
                self.said.append(None)

    def close(self):
        self.socket.close()


def closed_port():
    """A port of loopback where nobody listens, for as long as the socket that comes with it is kept."""
    keeper = socket.socket()
    keeper.bind(("127.0.0.1", 0))
    return keeper.getsockname()[1], keeper


class Places:
    """The file that says where to look. Ports that are not named are closed ones."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "places")
        self.ca = certs.make_ca(os.path.join(folder, "ca"))
        self.folder = os.path.join(folder, "ca")
        closed, self.keeper = closed_port()
        self.ports = {n: closed for n in ("https", "http", "smtps", "submission", "pop3s", "pop3")}
        self.ispdb = "https://ispdb.test:%d/v1.1/%%s" % closed
        self.hosts, self.srv, self.mx = {}, {}, {}

    def certificate(self, name, *hosts):
        return certs.make_server(self.folder, name, tuple("DNS:" + h for h in hosts))[2]

    def name(self, *hosts):
        for host in hosts:
            self.hosts[host] = "127.0.0.1"

    def write(self):
        groups = {"places": dict(self.ports, ispdb=self.ispdb, ca=self.ca), "hosts": self.hosts,
                  "srv": self.srv, "mx": self.mx}
        with open(self.path, "w") as f:
            for group, values in groups.items():
                f.write("[%s]\n" % group + "".join("%s=%s\n" % v for v in values.items()))
        return self.path

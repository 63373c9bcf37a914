# SPDX-License-Identifier: GPL-3.0-or-later
"""SMTP and POP3 servers that do whatever a test wants them to: each step's reply can be another one, silence,
a closed connection, or a function."""

import contextlib
import socket
import ssl

import wbtest

SILENT = object()
# What was sent before arrives, and then there is no more.
CLOSE = object()
# What was sent before may be lost.
RESET = object()


class Gone(ValueError):
    """The client has left, or we have."""


class Script:
    """REPLIES has bytes, SILENT, CLOSE, RESET or a function of (this, line) that returns one of these, by step.
    TLS is None, "implicit" or "starttls" with CERTIFICATE, a file of certificate and key."""

    def __init__(self, test, replies=None, tls=None, certificate=None):
        self.replies = dict(self.DEFAULTS, **(replies or {}))
        self.tls, self.context = tls, None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(certificate)
        self.lines, self.connections = [], 0
        self.server = wbtest.ScriptedServer(self.serve)
        test.addCleanup(self.server.close)
        self.port = self.server.port

    def serve(self, connection, address):
        self.connections += 1
        # As servers do that answer a group of commands one by one.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connection = connection
        self.input = connection.makefile("rb")
        try:
            if self.tls == "implicit":
                self.encrypt()
            self.reply("greeting", b"")
            self.talk()
        except Gone:
            pass
        finally:
            self.input.close()
            self.connection.close()

    def encrypt(self):
        self.input.close()
        self.connection = self.context.wrap_socket(self.connection, server_side=True)
        self.input = self.connection.makefile("rb")

    def read_line(self):
        line = self.input.readline(100000)
        if not line.endswith(b"\n"):
            raise Gone()
        self.lines.append(line)
        return line.rstrip(b"\r\n")

    def read_text(self):
        """A text up to its final dot, dots still doubled."""
        lines = []
        while True:
            line = self.input.readline()
            if not line:
                raise Gone()
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line)

    def send(self, data):
        self.connection.sendall(data)

    def reply(self, step, line):
        """Answers STEP; the bytes that were sent."""
        answer = self.replies.get(step)
        if callable(answer):
            answer = answer(self, line)
        if answer is RESET:
            raise Gone()
        if answer is CLOSE:
            self.connection.shutdown(socket.SHUT_WR)
        if answer in (CLOSE, SILENT):
            with contextlib.suppress(OSError):
                while self.connection.recv(65536):
                    pass
            raise Gone()
        self.send(answer)
        return answer

    def said(self):
        """All that came, as one text."""
        return b"".join(self.lines)


class Smtp(Script):
    DEFAULTS = {
        "greeting": b"220 test ESMTP\r\n",
        "EHLO": b"250-test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SIZE 1000000\r\n250 AUTH PLAIN LOGIN\r\n",
        "HELO": b"250 test\r\n", "STARTTLS": b"220 go ahead\r\n", "AUTH": b"235 welcome\r\n",
        "MAIL": b"250 2.1.0 fine\r\n", "RCPT": b"250 2.1.5 fine\r\n", "DATA": b"354 go ahead\r\n",
        ".": b"250 2.0.0 taken\r\n", "RSET": b"250 fine\r\n", "QUIT": b"221 bye\r\n",
    }

    def __init__(self, *args, **kw):
        self.bodies = []
        super().__init__(*args, **kw)
        self.url = "smtp%s://localhost:%d" % ("s" if self.tls == "implicit" else "", self.port)

    def talk(self):
        while True:
            line = self.read_line()
            verb = line.split(b" ")[0].split(b":")[0].upper().decode("latin-1")
            if verb not in self.replies:
                self.send(b"502 5.5.1 unknown\r\n")
                continue
            answer = self.reply(verb, line)
            if verb == "STARTTLS" and answer.startswith(b"220"):
                self.encrypt()
            elif verb == "DATA" and answer.startswith(b"354"):
                self.bodies.append(self.read_text())
                self.reply(".", b".")
            elif verb == "QUIT":
                return


class Pop3(Script):
    """MESSAGES are bytes with CRLF line ends."""

    DEFAULTS = {
        "greeting": b"+OK ready\r\n", "CAPA": b"+OK\r\nUSER\r\nUIDL\r\nTOP\r\nPIPELINING\r\n.\r\n",
        "STLS": b"+OK go ahead\r\n", "USER": b"+OK\r\n", "PASS": b"+OK\r\n", "APOP": b"+OK\r\n",
        "NOOP": b"+OK\r\n", "DELE": b"+OK\r\n", "QUIT": b"+OK bye\r\n", "RSET": b"+OK\r\n",
    }

    def __init__(self, test, messages=(), replies=None, **kw):
        self.messages = list(messages)
        own = {"STAT": Pop3.stat, "LIST": Pop3.list, "UIDL": Pop3.uidl, "RETR": Pop3.retr, "TOP": Pop3.top}
        super().__init__(test, dict(own, **(replies or {})), **kw)
        scheme = "pop3s" if self.tls == "implicit" else "pop3"
        self.url = "%s://student@localhost:%d" % (scheme, self.port)
        if not self.tls:
            self.url += "?starttls=never"

    @staticmethod
    def dotted(text):
        stuffed = b"".join(b"." + l if l.startswith(b".") else l for l in text.splitlines(True))
        return b"+OK\r\n" + stuffed + (b"" if stuffed.endswith(b"\r\n") or not stuffed else b"\r\n") + b".\r\n"

    def stat(self, line):
        return b"+OK %d %d\r\n" % (len(self.messages), sum(map(len, self.messages)))

    def list(self, line):
        lines = (b"%d %d\r\n" % (i + 1, len(m)) for i, m in enumerate(self.messages))
        return b"+OK\r\n" + b"".join(lines) + b".\r\n"

    def uidl(self, line):
        return b"+OK\r\n" + b"".join(b"%d uid-%d\r\n" % (i + 1, i + 1)
                                     for i in range(len(self.messages))) + b".\r\n"

    def retr(self, line):
        return self.dotted(self.messages[int(line.split()[1]) - 1])

    def top(self, line):
        head = self.messages[int(line.split()[1]) - 1].split(b"\r\n\r\n")[0]
        return self.dotted(head + b"\r\n\r\n")

    def talk(self):
        while True:
            line = self.read_line()
            verb = line.split(b" ")[0].upper().decode("latin-1")
            if verb not in self.replies:
                self.send(b"-ERR unknown\r\n")
                continue
            answer = self.reply(verb, line)
            if verb == "STLS" and answer.startswith(b"+OK"):
                self.encrypt()
            elif verb == "QUIT":
                return

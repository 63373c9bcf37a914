# SPDX-License-Identifier: GPL-3.0-or-later
"""An FTP server that follows a script: it behaves, except where a test tells it otherwise."""

import contextlib
import socket
import ssl
import threading


def features(*names):
    """What answers FEAT, for a server that has these."""
    text = "211-Features:\r\n" + "".join(f" {name}\r\n" for name in names) + "211 End\r\n"
    return lambda s, a: text.encode()


class FtpScript:
    """FILES is what it has. ON maps a verb to a function (session, argument) that takes its place: it
    returns a reply, or None when it has seen to that itself. Each client has a thread of its own.
    HASTY: it throws away what came in one go with a command."""

    def __init__(self, test, files=None, on=None, greeting="220 ready", size=True, certificate=None,
                 hasty=False):
        self.hasty = hasty
        self.files = dict(files or {})
        self.on = on or {}
        self.greeting = greeting
        self.has_size = size
        self.certificate = certificate
        self.commands = []
        self.sessions = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.url = f"ftp://127.0.0.1:{self.port}/"
        test.addCleanup(self.close)
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                connection, _address = self.socket.accept()
            except OSError:
                return
            self.sessions += 1
            threading.Thread(target=Session(self, connection).run, daemon=True).start()

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def verbs(self):
        return [c.split(" ")[0] for c in self.commands]


class Session:
    def __init__(self, server, connection):
        self.server = server
        self.connection = connection
        self.listener = None
        self.rename_from = None
        self.protected = False
        self.buffer = b""  # what came behind the command that is being answered

    def reply(self, text):
        if text is not None:
            self.connection.sendall(text if isinstance(text, bytes) else text.encode() + b"\r\n")

    def run(self):
        with contextlib.suppress(OSError, ValueError), self.connection:
            self.reply(self.server.greeting)
            while True:
                while b"\n" not in self.buffer:
                    got = self.connection.recv(65536)
                    if not got:
                        return
                    self.buffer += got
                line, self.buffer = self.buffer.split(b"\n", 1)
                if self.server.hasty:
                    self.buffer = b""
                text = line.rstrip(b"\r").decode("utf-8", "surrogateescape")
                self.server.commands.append(text)
                verb, _, argument = text.partition(" ")
                func = self.server.on.get(verb.upper())
                if func is None:
                    func = getattr(type(self), "do_" + verb.lower(), None)
                    answer = func(self, argument) if func else "502 not here"
                else:
                    answer = func(self, argument)
                self.reply(answer)
                if verb.upper() == "QUIT" or answer == "close":
                    return

    # What a server that behaves says

    def do_user(self, _argument):
        return "331 password, please"

    def do_pass(self, _argument):
        return "230 welcome"

    def do_type(self, _argument):
        return "200 binary"

    def do_noop(self, _argument):
        return "200 still here"

    def do_pwd(self, _argument):
        return '257 "/" is where you are'

    def do_quit(self, _argument):
        return "221 bye"

    def do_pbsz(self, _argument):
        return "200 PBSZ=0"

    def do_prot(self, argument):
        self.protected = argument == "P"
        return "200 protected"

    def do_auth(self, _argument):
        if self.server.certificate is None:
            return "502 no TLS"
        self.reply("234 begin")
        self.connection = self.server.certificate.wrap_socket(self.connection, server_side=True)
        return None

    def do_cwd(self, argument):
        folder = argument.strip("/")
        there = not folder or any(name.startswith(folder + "/") for name in self.server.files)
        return "250 there" if there else "550 no such folder"

    def do_mkd(self, argument):
        return f'257 "{argument}" made'

    def do_rmd(self, _argument):
        return "250 gone"

    def do_dele(self, argument):
        return "250 gone" if self.server.files.pop(argument, None) is not None else "550 not found"

    def do_size(self, argument):
        if not self.server.has_size:
            return "502 no SIZE"
        data = self.server.files.get(argument)
        return f"213 {len(data)}" if data is not None else "550 not found"

    def do_rnfr(self, argument):
        self.rename_from = argument
        return "350 to what?" if argument in self.server.files else "550 not found"

    def do_rnto(self, argument):
        if self.rename_from not in self.server.files:
            return "503 RNFR first"
        self.server.files[argument] = self.server.files.pop(self.rename_from)
        return "250 renamed"

    # Data

    def listen(self):
        if self.listener:
            self.listener.close()
        self.listener = socket.create_server(("127.0.0.1", 0))
        return self.listener.getsockname()[1]

    def do_epsv(self, _argument):
        return f"229 come (|||{self.listen()}|)"

    def do_pasv(self, _argument):
        port = self.listen()
        return f"227 come (127,0,0,1,{port // 256},{port % 256})"

    def accept(self):
        self.listener.settimeout(20)
        data, _address = self.listener.accept()
        data.settimeout(20)
        return data

    def protect(self, data):
        if self.protected:
            return self.server.certificate.wrap_socket(data, server_side=True,
                                                       suppress_ragged_eofs=False)
        return data

    def send(self, content, end="226 done", chop=False):
        """CONTENT, whole or in pieces, then END. CHOP: under TLS, end without close_notify."""
        data = self.accept()
        self.reply("150 here it comes")
        data = self.protect(data)
        for piece in [content] if isinstance(content, bytes) else content:
            data.sendall(piece)
        if isinstance(data, ssl.SSLSocket) and not chop:
            data = data.unwrap()
        data.close()
        return end

    def do_list(self, argument):
        rows = "".join(f"-rw-r--r-- 1 u g {len(data)} Jan 01 2020 {name}\r\n"
                       for name, data in self.server.files.items())
        return self.send(rows.encode("utf-8", "surrogateescape"))

    def do_retr(self, argument):
        data = self.server.files.get(argument)
        return "550 not found" if data is None else self.send(data)

    def receive(self):
        data = self.accept()
        self.reply("150 go on")
        data = self.protect(data)
        content = b""
        while got := data.recv(65536):
            content += got
        data.close()
        return content

    def do_stor(self, argument):
        self.server.files[argument] = self.receive()
        return "226 have it"

# SPDX-License-Identifier: GPL-3.0-or-later
"""A SOCKS5 and an HTTP proxy on loopback, with or without a password. proxy.asked: where to. And two that nobody
here wrote."""

import base64
import contextlib
import os
import shutil
import socket
import subprocess
import threading

import wbtest


def pump(source, target):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


class Proxy:
    def __init__(self, test, user=None, password=None, refuse=False):
        self.asked = []
        self.user, self.password, self.refuse = user, password, refuse
        self.socket = socket.create_server(("127.0.0.1", 0))
        who = f"{user}:{password}@" if user else ""
        self.url = f"{self.scheme}://{who}127.0.0.1:{self.socket.getsockname()[1]}"
        test.addCleanup(self.close)
        threading.Thread(target=self.run, daemon=True).start()

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def run(self):
        while True:
            try:
                client, _address = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        with contextlib.suppress(OSError, ValueError, IndexError), client:
            host, port = self.handshake(client)
            self.asked.append((host, port))
            if self.refuse:
                self.no(client)
                return
            with socket.create_connection((host, port)) as there:
                self.yes(client)
                back = threading.Thread(target=pump, args=(there, client), daemon=True)
                back.start()
                pump(client, there)
                back.join()

    def exactly(self, client, count):
        data = b""
        while len(data) < count:
            piece = client.recv(count - len(data))
            if not piece:
                raise OSError("gone")
            data += piece
        return data


class Socks5(Proxy):
    scheme = "socks5"

    def handshake(self, client):
        _version, count = self.exactly(client, 2)
        self.exactly(client, count)
        client.sendall(b"\5\2" if self.user else b"\5\0")
        if self.user:
            user = self.exactly(client, self.exactly(client, 2)[1])
            password = self.exactly(client, self.exactly(client, 1)[0])
            good = (user.decode(), password.decode()) == (self.user, self.password)
            client.sendall(b"\1\0" if good else b"\1\1")
            if not good:
                raise OSError("wrong password")
        kind = self.exactly(client, 4)[3]
        if kind == 1:
            host = socket.inet_ntop(socket.AF_INET, self.exactly(client, 4))
        elif kind == 4:
            host = socket.inet_ntop(socket.AF_INET6, self.exactly(client, 16))
        else:
            host = self.exactly(client, self.exactly(client, 1)[0]).decode()
        return host, int.from_bytes(self.exactly(client, 2), "big")

    def yes(self, client):
        client.sendall(b"\5\0\0\1\0\0\0\0\0\0")

    def no(self, client):
        client.sendall(b"\5\2\0\1\0\0\0\0\0\0")


class Http(Proxy):
    scheme = "http"

    def handshake(self, client):
        head = b""
        while b"\r\n\r\n" not in head:
            head += self.exactly(client, 1)
        if self.user:
            token = base64.b64encode(f"{self.user}:{self.password}".encode())
            if b"Basic " + token not in head:
                client.sendall(b"HTTP/1.0 407 no\r\n\r\n")
                raise OSError("no password")
        host, _, port = head.split()[1].decode().rpartition(":")
        return host.strip("[]"), int(port)

    def yes(self, client):
        client.sendall(b"HTTP/1.0 200 go on\r\n\r\n")

    def no(self, client):
        client.sendall(b"HTTP/1.0 403 no\r\n\r\n")


class Foreign:
    """A program on a free port, ended with TEST."""

    def __init__(self, test, user=None, password=None):
        self.port = wbtest.free_port()
        who = f"{user}:{password}@" if user else ""
        self.url = f"{self.scheme}://{who}127.0.0.1:{self.port}"
        if os.getuid() == 0:
            os.chmod(test.dir, 0o755)
        test.start(self.command(test, user, password), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
        wbtest.wait_until(lambda: wbtest.listens(self.port), self.program + " to listen")

    @classmethod
    def is_there(cls):
        return shutil.which(cls.program) is not None


class Microsocks(Foreign):
    program, scheme = "microsocks", "socks5"

    def command(self, _test, user, password):
        return [self.program, "-i", "127.0.0.1", "-p", str(self.port), *(["-u", user, "-P", password] if user else [])]


class Tinyproxy(Foreign):
    program, scheme = "tinyproxy", "http"

    def command(self, test, user, password):
        text = f"Port {self.port}\nListen 127.0.0.1\nTimeout 60\nMaxClients 10\nAllow 127.0.0.1\n"
        if user:
            text += f"BasicAuth {user} {password}\n"
        return [self.program, "-d", "-c", test.write(f"tinyproxy-{self.port}", text)]

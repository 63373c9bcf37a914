# SPDX-License-Identifier: GPL-3.0-or-later
"""A real server behind something that holds back a command, so that what a person does in the midst of
long work does not depend on how long it takes."""

import contextlib
import socket
import threading


class HoldProxy:
    """Listens on PORT for the control connections of the server at TARGET_PORT; data goes to the server
    itself, which is on the same address. What the clients said and was passed on is in COMMANDS."""

    def __init__(self, test, target_port):
        self.target = target_port
        self.commands = []
        self.lock = threading.Lock()
        self.verb, self.left = None, 0
        self.held = threading.Event()
        self.open = set()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        test.addCleanup(self.close)
        threading.Thread(target=self.accept, daemon=True).start()

    def hold(self, verb, count):
        """The COUNTth command of that verb from now on is never passed on; HELD is set then."""
        with self.lock:
            self.held.clear()
            self.verb, self.left = verb, count

    def is_held(self, verb):
        with self.lock:
            if verb != self.verb:
                return False
            self.left -= 1
            if self.left > 0:
                return False
            self.verb = None
        self.held.set()
        return True

    def accept(self):
        while True:
            try:
                client, _address = self.socket.accept()
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                return
            with self.lock:
                self.open |= {client, server}
            threading.Thread(target=self.answers, args=(server, client), daemon=True).start()
            threading.Thread(target=self.asks, args=(client, server), daemon=True).start()

    @staticmethod
    def answers(server, client):
        with contextlib.suppress(OSError):
            while got := server.recv(65536):
                client.sendall(got)
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)

    def asks(self, client, server):
        with contextlib.suppress(OSError), client, server, client.makefile("rb") as lines:
            for line in lines:
                text = line.decode("utf-8", "replace").rstrip("\r\n")
                if self.is_held(text.split(" ")[0]):
                    continue
                self.commands.append(text)
                server.sendall(line)
            server.shutdown(socket.SHUT_RDWR)
        with self.lock:
            self.open -= {client, server}

    def cut(self):
        """End all connections; new ones are taken."""
        with self.lock:
            for end in self.open:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

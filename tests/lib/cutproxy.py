# SPDX-License-Identifier: GPL-3.0-or-later
"""A real server behind something that breaks connections, also those that it cannot read. The server has
an address of its own on loopback, and the data ports have the same numbers on both, so nothing in the
conversation has to be rewritten."""

import contextlib
import select
import socket
import struct
import threading

import proftpd
import pureftpd
import vsftpd

SERVER = "127.0.0.2"
PORTS = 8


def free_ports():
    """PORTS ports in a row, listened on here and free at the server's address."""
    while True:
        first = socket.create_server(("127.0.0.1", 0))
        begin = first.getsockname()[1]
        listeners = [first]
        try:
            for port in range(begin + 1, begin + PORTS):
                listeners.append(socket.create_server(("127.0.0.1", port)))
            for port in range(begin, begin + PORTS):
                socket.create_server((SERVER, port)).close()
            return begin, listeners
        except (OSError, OverflowError):
            for listener in listeners:
                listener.close()


def start_vsftpd(test, begin, end, **kw):
    return vsftpd.Vsftpd(test, host=SERVER, pasv_min_port=begin, pasv_max_port=end, **kw)


def start_proftpd(test, begin, end, **kw):
    return proftpd.Proftpd(test, f"PassivePorts {begin} {end}", host=SERVER, **kw)


def start_pureftpd(test, begin, end, **kw):
    return pureftpd.PureFtpd(test, "-p", f"{begin}:{end}", host=SERVER, **kw)


class Flight:
    """How one side of a connection began and ended."""

    def __init__(self):
        self.begin = self.end = b""

    def add(self, data, most):
        self.begin += data[:most - len(self.begin)]
        self.end = (self.end + data)[-most:]


class CutProxy:
    """URL leads through it. break_after() says after how many bytes of data it breaks everything, or
    holds everything up until let_go(). Of each data connection it keeps how either side began and
    ended: FLIGHTS has pairs of (from the client, from the server)."""

    ENDS = 4096  # how much of it, in bytes

    def __init__(self, test, start=start_vsftpd, **options):
        begin, listeners = free_ports()
        self.server = start(test, begin, begin + PORTS - 1, **options)
        control = socket.create_server(("127.0.0.1", 0))
        self.url = self.server.url.replace(f"@{SERVER}:", "@127.0.0.1:").replace(f"//{SERVER}:", "//127.0.0.1:")
        self.url = self.url.replace(f":{self.server.port}/", f":{control.getsockname()[1]}/")
        self.flights = []
        self.lock = threading.Lock()
        self.sockets = set()
        self.left = None
        self.holds = False
        self.held = threading.Event()
        self.released = threading.Event()
        for listener, port in [(control, self.server.port),
                               *zip(listeners, range(begin, begin + PORTS))]:
            test.addCleanup(self.close, listener)
            threading.Thread(target=self.accept, args=(listener, port, listener is not control),
                             daemon=True).start()
        test.addCleanup(self.released.set)

    def break_after(self, count, hold=False):
        self.held.clear()
        self.released.clear()
        self.left = count
        self.holds = hold

    def let_go(self):
        self.left = None
        self.released.set()

    @staticmethod
    def close(listener):
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()

    def accept(self, listener, port, is_data):
        while True:
            try:
                client, _address = listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection((SERVER, port))
            except OSError:
                client.close()
                continue
            with self.lock:
                self.sockets |= {client, server}
            threading.Thread(target=self.carry, args=(client, server, is_data), daemon=True).start()

    def carry(self, client, server, is_data):
        other = {client: server, server: client}
        reading = {client, server}
        said = {client: Flight(), server: Flight()}
        if is_data:
            self.flights.append((said[client], said[server]))
        with contextlib.suppress(OSError, ValueError):
            while reading:
                for source in select.select(list(reading), [], [])[0]:
                    got = source.recv(65536)
                    if not got:
                        reading.discard(source)
                        other[source].shutdown(socket.SHUT_WR)
                    elif is_data:
                        said[source].add(got, self.ENDS)
                        self.pass_on(other[source], got)
                    else:
                        other[source].sendall(got)
        with self.lock:
            self.sockets -= {client, server}
        client.close()
        server.close()

    def pass_on(self, target, data):
        with self.lock:
            allowed = len(data) if self.left is None else min(len(data), self.left)
            if self.left is not None:
                self.left -= allowed
        target.sendall(data[:allowed])
        if allowed == len(data):
            return
        if self.holds:
            self.held.set()
            self.released.wait()
            raise OSError("broken off")
        self.cut()

    def cut(self):
        """Everything at once, as when a cable is pulled out and a router says so."""
        with self.lock:
            for one in self.sockets:
                with contextlib.suppress(OSError):
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    one.shutdown(socket.SHUT_RDWR)
        self.left = None
        raise OSError("cut")

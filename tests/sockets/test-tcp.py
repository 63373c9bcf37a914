# SPDX-License-Identifier: GPL-3.0-or-later
"""`wire tcp` against Python's own sockets, ncat, socat and OpenSSL."""

import contextlib
import fcntl
import json
import os
import resource
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import termios
import threading
import time
import warnings

import certs
import wbtest

NAME = "王大鹏"


def listener(test, *args, **kw):
    """`wire tcp listen`: the process, and the port from its first line."""
    child = test.start([wbtest.WIRE, "tcp", "listen", *args], stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, env=dict(os.environ, LANGUAGE="en"), **kw)
    line = child.stdout.readline().decode()
    test.assertTrue(line, child.stderr.read() if not line else "")
    if line.startswith("{"):
        child.first = json.loads(line)
        return child, child.first["port"]
    return child, int(line.rsplit(":", 1)[1])


def read_exactly(s, size):
    data = b""
    while len(data) < size and (piece := s.recv(size - len(data))):
        data += piece
    return data


def finish(child, how=signal.SIGINT):
    if how is not None:
        os.kill(child.pid, how)
    out, err = child.communicate(timeout=60)
    return out, err, child.returncode


def read_all(s):
    data = b""
    while True:
        piece = s.recv(65536)
        if not piece:
            return data
        data += piece


def unacknowledged(s):
    return struct.unpack("i", fcntl.ioctl(s, termios.TIOCOUTQ, b"\0\0\0\0"))[0]


def resident(child):
    with open(f"/proc/{child.pid}/status") as f:
        return int(next(l for l in f if l.startswith("VmRSS:")).split()[1]) * 1024


def cpu(child):
    with open(f"/proc/{child.pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Listen(wbtest.TestCase):
    def client(self, port, host="127.0.0.1"):
        s = socket.create_connection((host, port), timeout=30)
        self.addCleanup(s.close)
        return s

    def test_echo_and_half_close(self):
        child, port = listener(self, "0", "--echo")
        s = self.client(port)
        data = os.urandom(3000000)
        t = threading.Thread(target=lambda: (s.sendall(data), s.shutdown(socket.SHUT_WR)))
        t.start()
        got = read_all(s)
        t.join()
        self.assertTrue(got == data)
        out, err, code = finish(child)
        self.assertEqual((err, code), (b"", 0))

    def test_nothing_is_left_unread(self):
        # All is there before the server looks: an urgent byte cuts its read short, and the end comes
        # with the last bytes.
        for urgent in (False, True):
            with self.subTest(urgent=urgent):
                child, port = listener(self, "0", "--echo")
                with self.client(port) as s:
                    s.sendall(b"first")
                    self.assertEqual(read_exactly(s, 5), b"first")
                    child.send_signal(signal.SIGSTOP)
                    s.sendall(b"before")
                    if urgent:
                        s.send(b"!", socket.MSG_OOB)
                    s.sendall(b"after")
                    if not urgent:
                        s.shutdown(socket.SHUT_WR)
                    child.send_signal(signal.SIGCONT)
                    self.assertEqual(read_exactly(s, 11), b"beforeafter")
                    if urgent:
                        s.shutdown(socket.SHUT_WR)
                    self.assertEqual(s.recv(1), b"")
                self.assertEqual(finish(child)[1:], (b"", 0))

    def test_framings(self):
        for args, sent, messages in (
                (["--framing", "line"], b"one\ntwo\r\nlast", ["one\\n", "two\\r\\n", "last"]),
                (["--framing", "length2"], b"\0\3one\0\3two", [r"\x00\x03one", r"\x00\x03two"]),
                (["--framing", "length4"], b"\0\0\0\3one\0\0\0\0", [r"\x00\x00\x00\x03one",
                                                                    r"\x00\x00\x00\x00"]),
                (["--delimiter", r"\r\n.\r\n"], b"a\r\n.\r\nb\r\n.\r\n", [r"a\r\n.\r\n",
                                                                          r"b\r\n.\r\n"])):
            for step in (1, 2, len(sent)):
                with self.subTest(args=args, step=step):
                    child, port = listener(self, "0", "--reply", "ok;", *args)
                    with self.client(port) as s:
                        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                        for i in range(0, len(sent), step):
                            s.send(sent[i:i + step])
                        s.shutdown(socket.SHUT_WR)
                        self.assertEqual(read_all(s), b"ok;" * len(messages))
                    lines = finish(child)[0].decode().splitlines()
                    self.assertEqual([l.split(" ", 1)[1] for l in lines], messages)

    def test_answers_to_many_messages_come_in_one_piece(self):
        child, port = listener(self, "0", "--reply", "ok;", "--framing", "line")
        with self.client(port) as s:
            s.sendall(b"line\n" * 1000)
            self.assertEqual(s.recv(65536), b"ok;" * 1000)
            # More than are kept, or than the other side takes: all of it all the same.
            t = threading.Thread(target=lambda: (s.sendall(b"\n" * 300_000), s.shutdown(socket.SHUT_WR)))
            t.start()
            got = read_all(s)
            t.join()
        self.assertTrue(got == b"ok;" * 300_000)
        self.assertEqual(finish(child)[1:], (b"", 0))

    def test_a_message_without_end_is_capped(self):
        child, port = listener(self, "0", "--framing", "line", "--json")
        with self.client(port) as s:
            with contextlib.suppress(OSError):
                for _ in range(40):
                    s.sendall(b"x" * 65536)
            with contextlib.suppress(OSError):
                self.assertEqual(s.recv(1), b"")
        with self.client(port) as s:
            s.sendall(b"still here\n")
            self.assertIn(b"longer than 1 MiB", child.stdout.readline() + child.stdout.readline())
        self.assertLess(resident(child), 100e6)
        self.assertEqual(finish(child)[2], 0)

    def test_charsets(self):
        for charset in ("GBK", "Big5", "GB18030"):
            child, port = listener(self, "0", "--reply", "大", "--charset", charset, "--count", "1")
            with self.client(port) as s:
                s.sendall("王大".encode(charset))
                self.assertEqual(read_all(s), "大".encode(charset))
            self.assertTrue(finish(child, None)[0].decode().rstrip().endswith("王大"))

    def test_many_clients(self):
        child, port = listener(self, "0", "--echo", "--json")
        clients = [self.client(port) for _ in range(200)]
        for i, s in enumerate(clients):
            s.sendall(b"%d" % i)
        for i, s in enumerate(clients):
            self.assertEqual(s.recv(100), b"%d" % i)
        for s in clients:
            s.close()
        rows = [json.loads(l) for l in finish(child)[0].splitlines()]
        self.assertEqual(rows[-1]["accepted"], 200)
        self.assertEqual(rows[-1]["messages"], 200)

    def test_reset_client(self):
        child, port = listener(self, "0", "--echo", "--json")
        s = self.client(port)
        s.sendall(b"x")
        self.assertEqual(s.recv(1), b"x")
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        s.close()
        rows = [json.loads(child.stdout.readline()) for _ in range(3)]
        self.assertEqual([r["event"] for r in rows], ["connected", "received", "closed"])
        self.assertIn("reset", rows[2]["error"])
        finish(child)

    def test_clients_that_never_read(self):
        """Each fills what the server is ready to keep for it, and no more."""
        child, port = listener(self, "0", "--echo", "--json")
        clients = [self.client(port) for _ in range(20)]
        for s in clients:
            s.settimeout(0.2)
            with contextlib.suppress(OSError):
                while True:
                    s.send(b"x" * 65536)
        self.assertLess(resident(child), 300e6)
        lively = self.client(port)
        lively.sendall(b"hello")
        self.assertEqual(lively.recv(5), b"hello")
        for s in clients:
            s.close()
        os.kill(child.pid, signal.SIGINT)
        child.stdout.read()
        self.assertEqual(child.wait(60), 0)

    def flood(self, limit, clients):
        """More clients than the server can have: they are turned away, those inside are served, and
        the server does not spin."""
        def few():
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
        child, port = listener(self, "0", "--echo", "--json", "--clients", clients, preexec_fn=few)
        first = self.client(port)
        crowd = [self.client(port) for _ in range(150)]
        first.sendall(b"inside")
        self.assertEqual(first.recv(6), b"inside")

        def turned_away():
            closed = 0
            for s in crowd:
                s.setblocking(False)
                try:
                    closed += s.recv(1) == b""
                except BlockingIOError:
                    pass
                except OSError:
                    closed += 1
            return closed >= 150 - min(limit, int(clients))
        wbtest.wait_until(turned_away, "clients above the limit to be closed")
        before = cpu(child)
        begin = time.monotonic()
        while time.monotonic() < begin + 1:
            first.sendall(b"x")
            self.assertEqual(first.recv(1), b"x")
            time.sleep(0.05)
        self.assertLess(cpu(child) - before, 0.5)
        for s in crowd:
            s.close()
        wbtest.wait_until(lambda: self.served(port), "room again after the crowd has left")
        rows = finish(child)[0].splitlines()
        self.assertGreaterEqual(json.loads(rows[-1])["refused"],
                                150 - min(limit, int(clients)))

    def served(self, port):
        with self.client(port) as s:
            try:
                s.sendall(b"again")
                return s.recv(5) == b"again"
            except OSError:
                return False

    def test_out_of_descriptors(self):
        self.flood(60, "1000")

    def test_more_clients_than_permitted(self):
        self.flood(200, "50")

    def test_port_in_use_or_not_ours(self):
        with socket.create_server(("127.0.0.1", 0)) as s:
            done = self.wire("tcp", "listen", s.getsockname()[1])
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"another program already uses 127.0.0.1:", done.stderr)
        done = self.wire("tcp", "listen", "192.0.2.1:0")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"no address 192.0.2.1", done.stderr)
        done = self.wire("tcp", "listen", "example.org:0")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"not a numeric address", done.stderr)

    def test_privileged_port(self):
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid=65534", "--clear-groups", "--inh-caps=-all",
                       "--bounding-set=-all", wbtest.WIRE, "tcp", "listen", "1"]
        else:
            command = [wbtest.WIRE, "tcp", "listen", "1"]
        with open("/proc/sys/net/ipv4/ip_unprivileged_port_start") as f:
            if int(f.read()) <= 1:
                self.skipTest("this system has no privileged ports")
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=dict(os.environ, LANGUAGE="en"))
        if done.returncode not in (1, 2):
            self.skipTest(f"cannot give up root here: {done.stderr!r}")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"below 1024", done.stderr)

    def test_ncat_and_socat(self):
        child, port = listener(self, "0", "--echo")
        for program in (["ncat", "127.0.0.1", str(port)], ["socat", "-", f"TCP:127.0.0.1:{port}"]):
            if not shutil.which(program[0]):
                continue
            done = subprocess.run(program, input=b"from " + program[0].encode(),
                                  stdout=subprocess.PIPE, timeout=60)
            self.assertEqual(done.stdout, b"from " + program[0].encode())
        finish(child)

    def test_pcapng(self):
        child, port = listener(self, "0", "--echo", "--transcript", self.path("t.pcapng"))
        with self.client(port) as s:
            s.sendall(b"hello")
            self.assertEqual(s.recv(5), b"hello")
        self.assertEqual(finish(child, signal.SIGTERM)[2], 0)
        self.assertEqual(self.read("t.pcapng")[:4], b"\x0a\x0d\x0d\x0a")


class ListenTls(wbtest.TestCase):
    def setUp(self):
        super().setUp()
        self.ca = certs.make_ca(self.dir)
        self.cert, self.key, self.both = certs.make_server(self.dir)

    def context(self):
        return ssl.create_default_context(cafile=self.ca)

    def test_echo(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            child, port = listener(self, "0", "--tls", "--cert", self.cert, "--key", self.key,
                                   "--echo", "--json")
            context = self.context()
            context.minimum_version = context.maximum_version = version
            data = os.urandom(500000)
            with socket.create_connection(("127.0.0.1", port), timeout=60) as raw:
                with context.wrap_socket(raw, server_hostname="localhost") as s:
                    got = b""
                    for i in range(0, len(data), 50000):
                        s.sendall(data[i:i + 50000])
                        want = i + 50000
                        while len(got) < want:
                            got += s.recv(65536)
            self.assertTrue(got == data)
            finish(child)

    def test_old_versions_are_refused(self):
        child, port = listener(self, "0", "--tls", "--cert", self.both, "--echo", "--json")
        context = self.context()
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        with socket.create_connection(("127.0.0.1", port), timeout=30) as raw:
            with self.assertRaises((ssl.SSLError, OSError)):
                context.wrap_socket(raw, server_hostname="localhost")
        finish(child)

    def test_a_client_without_tls_or_silent(self):
        child, port = listener(self, "0", "--tls", "--cert", self.both, "--echo", "--json")
        silent = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.addCleanup(silent.close)
        with socket.create_connection(("127.0.0.1", port), timeout=30) as s:
            s.sendall(b"GET / HTTP/1.0\r\n\r\n")
            with contextlib.suppress(OSError):
                while s.recv(100):
                    pass
        with socket.create_connection(("127.0.0.1", port), timeout=30) as raw:
            with self.context().wrap_socket(raw, server_hostname="localhost") as s:
                s.sendall(b"served")
                self.assertEqual(s.recv(10), b"served")
        out = finish(child)[0]
        self.assertIn(b"does not speak TLS", out)

    def test_openssl_client(self):
        child, port = listener(self, "0", "--tls", "--cert", self.both, "--echo")
        client = self.start(["openssl", "s_client", "-quiet", "-verify_return_error", "-CAfile",
                             self.ca, "-connect", f"127.0.0.1:{port}"], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        client.stdin.write(b"from openssl\n")
        client.stdin.flush()
        self.assertEqual(client.stdout.readline(), b"from openssl\n")
        finish(child)

    def test_self_made_certificate_can_be_pinned(self):
        child, port = listener(self, "0", "--tls", "--echo", "--json")
        done = self.wire("tcp", "connect", f"127.0.0.1:{port}", "--tls", "--text", "no")
        self.assertEqual(done.returncode, 1)
        self.assertIn(child.first["sha256"].encode(), done.stderr)
        done = self.wire("tcp", "connect", f"127.0.0.1:{port}", "--tls", "--pin",
                         child.first["sha256"], "--text", "yes", check=0)
        self.assertEqual(done.stdout, b"yes")
        done = self.wire("tcp", "connect", f"127.0.0.1:{port}", "--tls", "--pin", "00" * 32,
                         "--text", "no")
        self.assertEqual(done.returncode, 1)
        finish(child)


class Connect(wbtest.TestCase):
    def server(self, handler):
        s = wbtest.ScriptedServer(handler)
        self.addCleanup(s.close)
        return s

    def test_echo_in_charsets(self):
        def echo(c, _):
            c.sendall(read_all(c))
        server = self.server(echo)
        for charset in ("UTF-8", "GBK", "GB18030", "Big5"):
            text = "王大" if charset == "Big5" else NAME
            done = self.wire("tcp", "connect", f"127.0.0.1:{server.port}", "--text", text,
                             "--charset", charset, check=0)
            self.assertEqual(done.stdout.decode(), text)
        done = self.wire("tcp", "connect", f"127.0.0.1:{server.port}", "--hex", "00ff80", check=0)
        self.assertEqual(done.stdout, b"\x00\xff\x80")

    def test_standard_input(self):
        def echo(c, _):
            c.sendall(read_all(c))
        server = self.server(echo)
        data = os.urandom(300000)
        done = self.wire("tcp", "connect", f"127.0.0.1:{server.port}", input=data, check=0)
        self.assertTrue(done.stdout == data)

    def test_reset_after_some_bytes_keeps_them(self):
        for n in (0, 1, 1000, 100000):
            def handler(c, _):
                c.recv(100)
                c.sendall(b"x" * n)
                c.recv(100)
                wbtest.wait_until(lambda: not unacknowledged(c), "the client to have the bytes")
                c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            server = self.server(handler)
            done = self.wire("tcp", "connect", f"127.0.0.1:{server.port}", "--text", "go")
            self.assertEqual(len(done.stdout), n)
            self.assertEqual(done.returncode, 1)
            self.assertIn(b"reset", done.stderr)

    def test_half_close_can_still_receive(self):
        def handler(c, _):
            got = read_all(c)
            c.sendall(b"you said " + got)
        server = self.server(handler)
        done = self.wire("tcp", "connect", f"127.0.0.1:{server.port}", "--text", "bye", check=0)
        self.assertEqual(done.stdout, b"you said bye")

    def test_one_byte_at_a_time(self):
        data = os.urandom(2000)

        def handler(c, _):
            c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for i in range(len(data)):
                c.send(data[i:i + 1])
        server = self.server(handler)
        done = self.wire("tcp", "connect", f"127.0.0.1:{server.port}", "--text", "", check=0)
        self.assertEqual(done.stdout, data)

    def test_interrupted_system_calls(self):
        """Every third call that waits or moves bytes is interrupted: the bytes are the same."""
        if not shutil.which("strace"):
            self.skipTest("strace is not installed")
        inject = "inject=recvfrom,sendto,recvmsg,sendmsg,poll,epoll_wait,accept4:error=EINTR:when=3+3"
        works = subprocess.run(["strace", "-f", "-o", os.devnull, "-e", inject, "true"],
                               stderr=subprocess.DEVNULL)
        if works.returncode != 0:
            self.skipTest("strace may not trace here")
        # The leak check of a sanitizer cannot run in a traced process.
        env = dict(os.environ, LANGUAGE="en",
                   ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0")
        data = os.urandom(200000).replace(b"\n", b"") + b"\n"
        path = self.write("data", data)
        child = self.start(["strace", "-f", "-o", os.devnull, "-e", inject, wbtest.WIRE, "tcp",
                            "listen", "0", "--echo", "--framing", "line", "--count", "1"],
                           stdout=subprocess.PIPE, env=env)
        port = int(child.stdout.readline().decode().rsplit(":", 1)[1])
        done = subprocess.run(["strace", "-f", "-o", os.devnull, "-e", inject, wbtest.WIRE, "tcp",
                               "connect", f"127.0.0.1:{port}", "--file", path],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=60, env=env)
        self.assertEqual(done.returncode, 0)
        self.assertTrue(done.stdout == data)
        child.communicate(timeout=60)
        self.assertEqual(child.returncode, 0)

    def test_silence_names_the_phase(self):
        release = threading.Event()
        self.addCleanup(release.set)
        server = self.server(lambda c, _: release.wait(60))
        done = self.wire("tcp", "connect", f"127.0.0.1:{server.port}", "--text", "x", "--wait",
                         "0.3")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"While waiting for an answer", done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1)

    def test_a_peer_that_takes_nothing(self):
        release = threading.Event()
        self.addCleanup(release.set)
        server = self.server(lambda c, _: release.wait(60))
        path = self.write("data", b"x" * 30000000)
        done = self.wire("tcp", "connect", f"127.0.0.1:{server.port}", "--file", path, "--wait", "1",
                         "--timeout", "1")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"While sending", done.stderr)

    def test_refused_and_not_found(self):
        done = self.wire("tcp", "connect", f"127.0.0.1:{wbtest.free_port()}", "--text", "x")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"While connecting", done.stderr)
        self.assertIn(b"nothing listens there", done.stderr)
        done = self.wire("tcp", "connect", "no-such-host.invalid:1", "--text", "x")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"was not found", done.stderr)
        done = self.wire("tcp", "connect", "127.0.0.1:0", "--text", "x")
        self.assertNotEqual(done.returncode, 0)

    def test_interrupted(self):
        seen = threading.Event()
        release = threading.Event()
        self.addCleanup(release.set)

        def handler(c, _):
            c.recv(1)
            seen.set()
            release.wait(60)
        server = self.server(handler)
        child = self.start([wbtest.WIRE, "tcp", "connect", f"127.0.0.1:{server.port}", "--text", "x",
                            "--transcript", self.path("t.txt")], stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, env=dict(os.environ, LANGUAGE="en"))
        self.assertTrue(seen.wait(30))
        out, err, code = finish(child)
        self.assertEqual(code, 1)
        self.assertEqual(err, b"wire tcp connect: Interrupted.\n")
        self.assertIn(b"connected to", self.read("t.txt"))

    def test_tls(self):
        ca = certs.make_ca(self.dir)
        cert, key, both = certs.make_server(self.dir)
        port = wbtest.free_port()
        self.start(["openssl", "s_server", "-quiet", "-rev", "-accept", f"127.0.0.1:{port}",
                    "-cert", cert, "-key", key], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
        wbtest.wait_until(lambda: wbtest.listens(port), "openssl s_server")
        done = self.wire("tcp", "connect", f"localhost:{port}", "--tls", "--ca-file", ca, "--text",
                         "abc\n", "--wait", "2", check=0)
        self.assertEqual(done.stdout, b"cba\n")
        done = self.wire("tcp", "connect", f"localhost:{port}", "--tls", "--text", "abc\n")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"not to be trusted", done.stderr)

    def test_tls_to_a_peer_without(self):
        """One greets, one is silent until it hears something, and one sends back what it gets."""
        def handlers():
            yield lambda c, _: (c.sendall(b"220 here\r\n"), c.recv(10_000))
            yield lambda c, _: (c.recv(10_000), c.sendall(b"400 what?\r\n"))
            yield lambda c, _: (c.sendall(c.recv(10_000)), c.recv(10_000))
        for number, handler in enumerate(handlers()):
            with self.subTest(number):
                server = self.server(handler)
                done = self.wire("tcp", "connect", f"localhost:{server.port}", "--tls", "--text", "x")
                self.assertEqual(done.returncode, 1)
                self.assertIn(b"does not speak TLS", done.stderr)

    def tls_server(self, cert, key):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)

        def handler(c, _):
            with context.wrap_socket(c, server_side=True) as tls:
                tls.recv(10)
                tls.unwrap()
        return self.server(handler)

    def test_a_certificate_of_the_future_suggests_the_clock(self):
        ca = certs.make_ca(self.dir)
        server = self.tls_server(*certs.make_future(self.dir))
        done = self.wire("tcp", "connect", f"localhost:{server.port}", "--tls", "--ca-file", ca,
                         "--text", "go")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, b"not valid before .*2090.*clock")

    def test_a_huge_chain_is_bounded(self):
        ca = certs.make_ca(self.dir)
        cert, key, _ = certs.make_server(self.dir)
        long = self.write("long.pem", (self.read("server.pem") + self.read("ca.pem") * 20_000))
        chains = ((cert, 0), (long, 1))
        most = []
        for chain, code in chains:
            server = self.tls_server(chain, key)
            done, memory = wbtest.run_measured(
                [wbtest.WIRE, "tcp", "connect", f"localhost:{server.port}", "--tls", "--ca-file", ca,
                 "--text", "go", "--timeout", "20"], timeout=120)
            self.assertEqual(done.returncode, code, done.stderr)
            most.append(memory)
        self.assertIn(b"TLS", done.stderr)
        # A sanitizer takes memory of its own.
        if not os.environ["SANITIZED"]:
            self.assertLess(most[1], most[0] + 16 * 1024 * 1024)

    def test_tls_cut_without_goodbye(self):
        certs.make_ca(self.dir)
        both = certs.make_server(self.dir)[2]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(both)

        def handler(c, _):
            s = context.wrap_socket(c, server_side=True)
            s.recv(10)
            s.sendall(b"half of")
            os.close(s.detach())
        server = self.server(handler)
        done = self.wire("tcp", "connect", f"localhost:{server.port}", "--tls", "--ca-file",
                         self.path("ca.pem"), "--text", "go", "--wait", "30")
        self.assertEqual(done.stdout, b"half of")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"incomplete", done.stderr)


if __name__ == "__main__":
    wbtest.main()

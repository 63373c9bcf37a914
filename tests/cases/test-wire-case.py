# SPDX-License-Identifier: GPL-3.0-or-later
"""`wire case 01` … `12`, as a person types it."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import unittest

import wbtest
from lab import Lab

STEPS = {1: 4, 2: 3, 3: 5, 4: 7, 5: 5, 6: 6, 7: 2, 8: 2, 9: 3, 10: 3, 11: 3, 12: 4}


class WireCase(wbtest.TestCase):
    def case(self, number, *args, check=0):
        return self.wire("case", f"{number:02}", "--state", self.path("lab"), *args, check=check)

    def check_steps(self, number, done):
        lines = done.stdout.decode().splitlines()
        self.assertTrue(lines[0].startswith(f"{number:02} "), lines[0])
        seen = [int(m.group(1)) for line in lines if (m := re.match(r"(\d)\. \S", line))]
        first = list(dict.fromkeys(seen))
        self.assertEqual(first, list(range(1, STEPS[number] + 1)))
        self.assertEqual(done.stderr, b"")
        for title, after in zip(lines[1:], lines[2:]):
            if re.match(r"\d\. ", title):
                self.assertRegex(after, "^   ✓ .")

    def test_usage(self):
        for args in (["00"], ["13"], ["x"], [], ["1", "2"], ["1", "--port", "70000"],
                     ["6", "--against", "nonsense"]):
            done = self.wire("case", *args, check=2)
            self.assertEqual(done.stdout, b"")
            self.assertEqual(len(done.stderr.splitlines()), 1)

    def test_json(self):
        done = self.case(4, "--json")
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([(r["step"], r["state"]) for r in rows],
                         [(s, state) for s in range(1, 8) for state in ("begun", "done")])
        self.assertEqual({r["case"] for r in rows}, {4})
        self.assertEqual(rows[0]["title"], "make a socket")
        self.assertIn("Hello, network!", rows[9]["detail"])

    def test_text_and_charset(self):
        done = self.case(1, "--text", "grüße", "--charset", "ISO-8859-1")
        self.assertIn("5 bytes from", done.stdout.decode())
        self.assertIn("“grüße”", done.stdout.decode())
        done = self.case(1, "--text", "汉", "--charset", "ISO-8859-1", check=1)
        self.assertEqual(len(done.stderr.splitlines()), 1)

    def test_failure_names_the_step(self):
        port = wbtest.free_port()
        done = self.case(5, "--against", f"127.0.0.1:{port}", check=1)
        self.assertIn("1. make a socket\n   ✓", done.stdout.decode())
        self.assertIn("2. connect\n   ✗", done.stdout.decode())
        self.assertEqual(len(done.stderr.splitlines()), 1)
        self.assertIn("step “connect”", done.stderr.decode())
        self.assertIn(f"127.0.0.1:{port}", done.stderr.decode())

    def test_port_in_use(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(("127.0.0.1", 0))
            done = self.case(1, "--port", s.getsockname()[1], check=1)
        self.assertIn("Another program already uses", done.stderr.decode())

    def test_endless(self):
        """Case 03 serves whoever comes until it is interrupted, and then ends well."""
        port = wbtest.free_port(socket.SOCK_DGRAM)
        with open(self.path("out"), "wb") as out:
            child = self.start([wbtest.WIRE, "case", "03", "--endless", "--port", str(port),
                                "--state", self.path("lab")], stdout=out)
        wbtest.wait_until(lambda: b"datagram 5" in self.read("out"), "its own client's datagrams")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(10)
            s.connect(("127.0.0.1", port))
            for said in (b"from outside", b"\xff", b""):
                s.send(said)
                self.assertIn(b"Got it: " if said != b"\xff" else b"That was no text", s.recv(65535))
        child.send_signal(signal.SIGINT)
        self.assertEqual(child.wait(30), 0)
        self.assertIn("5. stop when asked\n   ✓ stopped as asked after 8 datagrams",
                      self.read("out").decode())

    @unittest.skipUnless(shutil.which("tshark"), "tshark is not installed")
    def test_transcript_of_a_mail(self):
        """What goes by in case 09 can be read in Wireshark, and holds no password."""
        path = self.path("talk.pcapng")
        done = self.case(9, "--transcript", path)
        self.check_steps(9, done)
        shown = subprocess.run(["tshark", "-n", "-r", path, "-Y", "smtp.req.command", "-T", "fields",
                                "-e", "smtp.req.command"], stdout=subprocess.PIPE, text=True,
                               env=dict(os.environ, HOME=self.dir), stderr=subprocess.DEVNULL)
        for command in ("EHLO", "STAR", "AUTH", "MAIL", "RCPT", "DATA", "QUIT"):
            self.assertIn(command, shown.stdout.split())
        wrong = subprocess.run(["tshark", "-n", "-r", path, "-Y", "_ws.malformed"],
                               stdout=subprocess.PIPE, env=dict(os.environ, HOME=self.dir),
                               stderr=subprocess.DEVNULL)
        self.assertEqual(wrong.stdout, b"")

    def test_against_any_echo_server(self):
        """Cases 02 and 05 with servers that are not ours, in text and in a charset of choice."""
        def echo(connection, address):
            while data := connection.recv(65536):
                connection.sendall(data)

        tcp = wbtest.ScriptedServer(echo)
        self.addCleanup(tcp.close)
        udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        self.addCleanup(udp.close)
        udp.bind(("::1", 0))

        def echo_udp():
            with contextlib.suppress(OSError):
                while True:
                    data, peer = udp.recvfrom(65535)
                    if data == b"end":
                        return
                    udp.sendto(data, peer)

        thread = threading.Thread(target=echo_udp, daemon=True)
        thread.start()
        for args, size in (([], 34), (["--text", "汉字", "--charset", "GB18030"], 4)):
            done = self.case(5, "--against", f"localhost:{tcp.port}", *args)
            self.check_steps(5, done)
            self.assertEqual(done.stdout.decode().count(f"{size} bytes"), 2)
            done = self.case(2, "--against", f"[::1]:{udp.getsockname()[1]}", *args)
            self.check_steps(2, done)
            self.assertEqual(done.stdout.decode().count(f"{size} bytes"), 2)
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
            s.sendto(b"end", udp.getsockname())
        thread.join(30)
        self.assertFalse(thread.is_alive())

    def test_against_another_lab(self):
        """The same cases with servers in another process, as with any real host."""
        lab = Lab(self, state=self.path("other"))
        ca = ["--ca-file", lab.ca_file]
        secret = {}
        for service, which in (("ftp", "real"), ("mail", "teacher@lab-a.test"),
                               ("mail", "student@lab-b.test")):
            secret[which] = lab.login(service, which)

        def url(scheme, port, which, rest=""):
            user, password = secret[which]
            self.write("password", password)
            return (f"{scheme}://{user.replace('@', '%40')}@127.0.0.1:{lab.ports[port]}/{rest}")

        def case(number, address):
            return self.wire("case", f"{number:02}", "--against", address, *ca, "--password-file",
                             self.path("password"), check=0)

        self.check_steps(2, case(2, f"127.0.0.1:{lab.ports['udp-echo']}"))
        self.check_steps(5, case(5, f"localhost:{lab.ports['tcp-echo']}"))
        self.check_steps(6, case(6, url("ftp", "ftp", "real")))
        for number in range(7, 12):
            self.check_steps(number, case(number, url("smtp", "smtp", "teacher@lab-a.test",
                                                      "student@lab-b.test?starttls=required")))
        wbtest.wait_until(lambda: len(lab.mails("student@lab-b.test")) == 5, "five mails")
        done = case(12, url("pop3", "pop3", "student@lab-b.test", "?starttls=required"))
        self.check_steps(12, done)
        self.assertIn("messages: 5", done.stdout.decode())


def add_case(number):
    def test(self):
        self.check_steps(number, self.case(number))

    setattr(WireCase, f"test_case_{number:02}", test)


for n in STEPS:
    add_case(n)


if __name__ == "__main__":
    wbtest.main()

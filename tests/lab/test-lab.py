# SPDX-License-Identifier: GPL-3.0-or-later
"""`wire lab` as a process: its contract, its limits, its secrets, its faults."""

import base64
import contextlib
import ftplib
import io
import json
import os
import poplib
import signal
import smtplib
import socket
import ssl
import stat
import subprocess
import threading
import time
import warnings

import wbtest
from lab import Lab

TEACHER = "teacher@lab-a.test"
STUDENT = "student@lab-b.test"
LINE_SERVERS = ("ftp", "smtp", "smtp-b", "pop3")
TLS_SERVERS = ("ftps", "smtps", "pop3s")


def listeners(pid):
    """The addresses that a process listens on or is bound to, from /proc."""
    inodes = set()
    for name in os.listdir(f"/proc/{pid}/fd"):
        with contextlib.suppress(OSError):
            target = os.readlink(f"/proc/{pid}/fd/{name}")
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
    found = []
    for table in ("tcp", "tcp6", "udp", "udp6"):
        with open(f"/proc/{pid}/net/{table}", encoding="ascii") as f:
            for line in list(f)[1:]:
                words = line.split()
                address, port = words[1].split(":")
                if words[9] in inodes and (words[3] == "0A" or table.startswith("udp")):
                    found.append((address, int(port, 16)))
    return found


class Contract(wbtest.TestCase):
    def test_json(self):
        lab = Lab(self)
        for name in LINE_SERVERS + TLS_SERVERS:
            self.assertTrue(wbtest.listens(lab.ports[name]), name)
        self.assertEqual(set(lab.ports), {*LINE_SERVERS, *TLS_SERVERS, "udp-echo", "tcp-echo",
                                          "tls-echo"})
        self.assertEqual({(a["service"], a["kind"]) for a in lab.accounts},
                         {("ftp", "real"), ("ftp", "guest"), ("ftp", "anonymous"),
                          ("mail", "real")})
        self.assertEqual([a["address"] for a in lab.accounts if a["service"] == "mail"][:2],
                         [TEACHER, STUDENT])
        self.assertEqual(set(lab.json), {"servers", "ca_file", "accounts"})

    def test_stdout(self):
        child = self.start([wbtest.WIRE, "lab", "--state", self.path("s"), "--servers", "ftp,pop3"],
                           stdout=subprocess.PIPE)
        printed = json.loads(child.stdout.readline())
        self.assertEqual(set(printed["servers"]), {"ftp", "pop3"})
        self.assertTrue(wbtest.listens(printed["servers"]["ftp"]))

    def test_default_state(self):
        child = self.start([wbtest.WIRE, "lab", "--servers", "ftp"], stdout=subprocess.PIPE,
                           env=dict(os.environ, XDG_STATE_HOME=self.path("xdg")))
        printed = json.loads(child.stdout.readline())
        self.assertEqual(printed["ca_file"], self.path("xdg", "wirebench", "lab", "ca.pem"))

    def test_loopback_only(self):
        lab = Lab(self)
        loopback = {"0100007F", "00000000000000000000000001000000"}
        found = listeners(lab.child.pid)
        self.assertGreaterEqual(len(found), len(lab.ports))
        self.assertEqual({address for address, _ in found} - loopback, set())
        ftp = ftplib.FTP()
        ftp.connect("127.0.0.1", lab.ports["ftp"], timeout=20)
        self.addCleanup(ftp.close)
        ftp.login()
        before = len(found)
        ftp.sendcmd("PASV")
        found = listeners(lab.child.pid)
        self.assertEqual(len(found), before + 1)
        self.assertEqual({address for address, _ in found} - loopback, set())

    def test_port(self):
        port = wbtest.free_port()
        lab = Lab(self, "--servers", f"ftp:{port}")
        self.assertEqual(lab.ports["ftp"], port)
        done = self.wire("lab", "--state", self.path("other"), "--servers", f"smtp:{port}", check=1)
        self.assertIn(b"smtp", done.stderr)
        self.assertIn(f"127.0.0.1:{port}".encode(), done.stderr)
        self.assertIn(b"another port", done.stderr.lower())
        self.assertEqual(done.stdout, b"")

    def test_usage(self):
        for arguments in (["--fault", "x"], ["--fault", "delay=-1"], ["--fault", "reply=RETR"],
                          ["--fault", "reply=RETR:99"], ["--fault", "delay=5,"], ["--fault", ""],
                          ["--fault", "close-after=0"], ["--servers", "gopher"],
                          ["--servers", "ftp:70000"], ["--servers", "ftp:x"], ["surplus"],
                          ["--bogus"]):
            done = self.wire("lab", "--state", self.path("s"), *arguments, check=2)
            self.assertEqual(done.stdout, b"")
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)

    def test_state_that_cannot_be(self):
        path = self.write("file", b"")
        done = self.wire("lab", "--state", path, check=1)
        self.assertIn(path.encode(), done.stderr)

    def test_ends_promptly(self):
        """SIGTERM or SIGINT, with clients in every state: exit 0, nothing waits for them."""
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=number):
                lab = Lab(self, state=self.path(f"state{number}"))
                huge = os.path.join(lab.ftp_folder("real"), "huge")
                with open(huge, "wb") as f:
                    f.truncate(1 << 30)
                with contextlib.ExitStack() as stack:
                    for port in [port for name, port in lab.ports.items() if name != "udp-echo"]:
                        stack.enter_context(socket.create_connection(("127.0.0.1", port), 20))
                    ftp = ftplib.FTP()
                    ftp.connect("127.0.0.1", lab.ports["ftp"], timeout=20)
                    stack.callback(ftp.close)
                    ftp.login(*lab.login("ftp", "real"))
                    stack.enter_context(ftp.transfercmd("RETR huge")).recv(10)
                    waiting = ftplib.FTP()
                    waiting.connect("127.0.0.1", lab.ports["ftp"], timeout=20)
                    stack.callback(waiting.close)
                    waiting.login()
                    waiting.makepasv()
                    waiting.putcmd("LIST")
                    mail = socket.create_connection(("127.0.0.1", lab.ports["smtp"]), 20)
                    stack.enter_context(mail)
                    mail.sendall(b"EHLO x\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<teacher@lab-a.test>\r\n"
                                 b"DATA\r\nhalf")
                    began = time.monotonic()
                    os.kill(lab.child.pid, number)
                    self.assertEqual(lab.child.wait(20), 0, lab.log())
                    # Not a measure of speed: the shortest of the time-outs is thirty seconds.
                    self.assertLess(time.monotonic() - began, 15)
                self.assertEqual(lab.mails(TEACHER), [])

    def test_accounts_and_keys(self):
        first = Lab(self)
        for name in ("ca.key", "server.key"):
            mode = os.stat(os.path.join(first.state, name)).st_mode
            self.assertEqual(stat.S_IMODE(mode), 0o600, name)
        self.assertEqual(stat.S_IMODE(os.stat(first.state).st_mode), 0o700)
        ports_file = [n for n in os.listdir(self.dir) if n.startswith("ports-")][0]
        self.assertEqual(stat.S_IMODE(os.stat(self.path(ports_file)).st_mode), 0o600)
        first.stop()
        with open(first.ca_file, "rb") as f:
            ca = f.read()

        second = Lab(self)
        with open(second.ca_file, "rb") as f:
            self.assertEqual(f.read(), ca, "the CA stays, for whoever came to trust it")
        passwords = [a["password"] for lab in (first, second) for a in lab.accounts
                     if a["kind"] != "anonymous"]
        self.assertEqual(len(set(passwords)), len(passwords), "random, and new at each start")
        second.stop()
        third = Lab(self, env={"WIRE_LAB_PASSWORD": "open-sesame"})
        self.assertEqual({a["password"] for a in third.accounts if a["kind"] != "anonymous"},
                         {"open-sesame"})

    def openssl(self, *args):
        return subprocess.run(["openssl", *args], check=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, cwd=self.dir).stdout.decode()

    def test_certificates(self):
        """What openssl thinks of them; and what has run out is made again, the CA kept."""
        lab = Lab(self)
        lab.stop()
        server = os.path.join(lab.state, "server.pem")
        self.openssl("verify", "-x509_strict", "-CAfile", lab.ca_file, server)
        text = self.openssl("x509", "-in", server, "-noout", "-text")
        for name in ("DNS:localhost", "IP Address:127.0.0.1", "IP Address:0:0:0:0:0:0:0:1",
                     "DNS:lab-a.test", "DNS:lab-b.test", "CA:FALSE", "P-256"):
            self.assertIn(name, text)
        text = self.openssl("x509", "-in", lab.ca_file, "-noout", "-text")
        self.assertIn("Permitted", text, "the CA is good for loopback names alone")

        with open(lab.ca_file, "rb") as f:
            ca = f.read()
        key = os.path.join(lab.state, "server.key")
        self.openssl("req", "-new", "-key", key, "-subj", "/CN=localhost", "-out", "r.csr")
        self.openssl("x509", "-req", "-in", "r.csr", "-CA", lab.ca_file, "-CAkey",
                     os.path.join(lab.state, "ca.key"), "-CAcreateserial", "-days", "1", "-out",
                     server)
        again = Lab(self)
        again.stop()
        self.openssl("x509", "-in", server, "-noout", "-checkend", str(300 * 24 * 3600))
        with open(lab.ca_file, "rb") as f:
            self.assertEqual(f.read(), ca)
        # A key that does not fit, as after a crash between two writes: both are made again.
        self.openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out",
                     os.path.join(lab.state, "ca.key"))
        Lab(self).stop()
        self.openssl("verify", "-CAfile", lab.ca_file, server)

    def test_ca_signs_nothing_else(self):
        """A certificate for another name, signed by the lab's own key, is refused."""
        lab = Lab(self)
        lab.stop()
        self.openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                     "-nodes", "-keyout", "e.key", "-subj", "/CN=bank.example", "-out", "e.csr")
        self.write("e.ext", "subjectAltName=DNS:bank.example\n")
        self.openssl("x509", "-req", "-in", "e.csr", "-CA", lab.ca_file, "-CAkey",
                     os.path.join(lab.state, "ca.key"), "-CAcreateserial", "-extfile", "e.ext",
                     "-out", "e.pem")
        with self.assertRaises(subprocess.CalledProcessError) as caught:
            self.openssl("verify", "-CAfile", lab.ca_file, "e.pem")
        self.assertIn(b"permitted subtree violation", caught.exception.stdout)


class Echo(wbtest.TestCase):
    def test_all(self):
        lab = Lab(self)
        data = os.urandom(50_000)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.settimeout(20)
            for size in (0, 1, 1400, 50_000):
                udp.sendto(data[:size], ("127.0.0.1", lab.ports["udp-echo"]))
                self.assertEqual(udp.recv(65536), data[:size])
        with socket.create_connection(("127.0.0.1", lab.ports["tcp-echo"]), 20) as tcp:
            self.assertEqual(self.echo(tcp, data), data)
        with socket.create_connection(("127.0.0.1", lab.ports["tls-echo"]), 20) as tcp:
            with lab.tls().wrap_socket(tcp, server_hostname="localhost") as tls:
                self.assertEqual(self.echo(tls, data), data)

    def echo(self, connection, data):
        connection.sendall(data)
        got = b""
        while len(got) < len(data):
            block = connection.recv(65536)
            if not block:
                break
            got += block
        return got


class Limits(wbtest.TestCase):
    def test_connections(self):
        """Above the cap a client is told so and turned away; a free place is given again."""
        lab = Lab(self)
        for name, word in (("ftp", b"421"), ("smtp", b"421"), ("pop3", b"-ERR")):
            with self.subTest(server=name), contextlib.ExitStack() as stack:
                held = []
                for _ in range(64):
                    client = stack.enter_context(
                        socket.create_connection(("127.0.0.1", lab.ports[name]), 20))
                    self.assertIn(client.recv(100)[:3], (b"220", b"+OK"))
                    held.append(client)
                surplus = socket.create_connection(("127.0.0.1", lab.ports[name]), 20)
                stack.enter_context(surplus)
                self.assertTrue(surplus.recv(100).startswith(word))
                held.pop().close()

                def served():
                    with socket.create_connection(("127.0.0.1", lab.ports[name]), 20) as client:
                        return client.recv(100)[:3] in (b"220", b"+OK")

                wbtest.wait_until(served, "a place to become free")

    def test_out_of_descriptors(self):
        """Without a descriptor left the lab neither ends nor spins."""
        child = self.start(["prlimit", "--nofile=64", wbtest.WIRE, "lab", "--state",
                            self.path("s"), "--servers", "ftp"], stdout=subprocess.PIPE)
        port = json.loads(child.stdout.readline())["servers"]["ftp"]
        with contextlib.ExitStack() as stack:
            for _ in range(80):
                stack.enter_context(socket.create_connection(("127.0.0.1", port), 20))
            before = self.cpu_ticks(child.pid)
            time.sleep(1)
            # A loop without a pause would have used most of that second.
            self.assertLess(self.cpu_ticks(child.pid) - before, os.sysconf("SC_CLK_TCK") // 2)
            self.assertIsNone(child.poll())

        def served():
            with contextlib.suppress(OSError):
                with socket.create_connection(("127.0.0.1", port), 5) as client:
                    client.settimeout(5)
                    return client.recv(100).startswith(b"220")
            return False

        wbtest.wait_until(served, "the lab to serve again")

    def cpu_ticks(self, pid):
        with open(f"/proc/{pid}/stat", encoding="ascii") as f:
            words = f.read().rsplit(")", 1)[1].split()
        return int(words[11]) + int(words[12])

    # What another user's program does: connects, says what it has to, prints what it hears.
    STRANGER = """
import os, socket, sys
os.setgid(65534); os.setuid(65534)
for address in ("127.0.0.1", "::1"):
    try:
        client = socket.create_connection((address, int(sys.argv[1])), 20)
    except ConnectionRefusedError:
        continue
    try:
        client.sendall(sys.argv[2].encode())
        while block := client.recv(1000):
            print(block)
    except (ConnectionResetError, BrokenPipeError):
        pass
"""

    def test_other_users(self):
        """Loopback belongs to everybody on the computer; the lab does not."""
        if os.getuid() != 0:
            self.skipTest("becoming another user takes root")
        lab = Lab(self)
        said = "\r\n".join(["EHLO x", "MAIL FROM:<a@b.example>", f"RCPT TO:<{TEACHER}>", "DATA",
                            "x", ".", ""])
        for name in LINE_SERVERS + TLS_SERVERS:
            done = subprocess.run(["/usr/bin/python3", "-c", self.STRANGER, str(lab.ports[name]),
                                   said], stdout=subprocess.PIPE, check=True, timeout=60)
            self.assertEqual(done.stdout, b"", name)
        self.assertEqual(lab.mails(TEACHER), [])
        smtplib.SMTP("127.0.0.1", lab.ports["smtp"], timeout=20).quit()

    def test_http(self):
        lab = Lab(self)
        for name in LINE_SERVERS:
            with socket.create_connection(("127.0.0.1", lab.ports[name]), 20) as client:
                client.recv(1000)
                client.sendall(b"GET / HTTP/1.1\r\n\r\n")
                with contextlib.suppress(ConnectionResetError):
                    self.assertEqual(client.recv(1000), b"", name)

    def test_garbage(self):
        """Random bytes and plain text on every port; the lab answers the next client."""
        lab = Lab(self)
        for name, port in [item for item in lab.ports.items() if item[0] != "udp-echo"]:
            for data in (os.urandom(5000), b"\0" * 100, b"\r\n" * 200, b"QUIT now\r\n",
                         b"\xff\xf4\xff\xf2ABOR\r\n", b"A" * 200_000):
                with socket.create_connection(("127.0.0.1", port), 20) as client:
                    with contextlib.suppress(OSError):
                        client.sendall(data)
                        client.shutdown(socket.SHUT_WR)
                        while client.recv(65536):
                            pass
            self.assertTrue(wbtest.listens(port), name)
        self.assertIsNone(lab.child.poll())

    def test_old_tls(self):
        lab = Lab(self)
        for name in TLS_SERVERS:
            context = lab.tls()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                context.minimum_version = ssl.TLSVersion.TLSv1
                context.maximum_version = ssl.TLSVersion.TLSv1_1
            context.set_ciphers("ALL:@SECLEVEL=0")
            with socket.create_connection(("127.0.0.1", lab.ports[name]), 20) as client:
                with self.assertRaises((ssl.SSLError, OSError)):
                    context.wrap_socket(client, server_hostname="localhost")


class Secrets(wbtest.TestCase):
    def test_transcript(self):
        """Every way of logging in to every server: no password in any form in what is kept."""
        for kind in ("txt", "jsonl", "pcapng"):
            with self.subTest(kind=kind):
                transcript = self.path("transcript." + kind)
                lab = Lab(self, state=self.path("state-" + kind), transcript=transcript)
                typed = self.log_in_everywhere(lab)
                self.assertEqual(lab.stop(), 0)
                with open(transcript, "rb") as f:
                    kept = f.read()
                self.assertIn(b"USER student", kept)
                self.assertIn(b"********", kept)
                for secret in typed:
                    self.assertNotIn(secret, kept)
                self.assertNotIn(b"PRIVATE KEY", kept)

    def log_in_everywhere(self, lab):
        typed = [b"hunter2-wrong"]
        for kind in ("real", "guest"):
            user, password = lab.login("ftp", kind)
            ftp = ftplib.FTP()
            ftp.connect("127.0.0.1", lab.ports["ftp"], timeout=20)
            ftp.sendcmd("USER " + user)
            with self.assertRaises(ftplib.error_perm):
                ftp.sendcmd("PASS hunter2-wrong")
            ftp.login(user, password)
            ftp.sendcmd("ACCT hunter2-wrong")
            ftp.quit()
            typed.append(password.encode())
        password = lab.account("mail", TEACHER)["password"]
        for mechanism in ("auth_plain", "auth_login", "auth_cram_md5"):
            for initial in (True, False):
                smtp = smtplib.SMTP("127.0.0.1", lab.ports["smtp"], timeout=20)
                smtp.ehlo()
                smtp.user = TEACHER
                for smtp.password in ("hunter2-wrong", password):
                    with contextlib.suppress(smtplib.SMTPAuthenticationError):
                        smtp.auth(mechanism[5:].upper().replace("_", "-"),
                                  getattr(smtp, mechanism), initial_response_ok=initial)
                smtp.quit()
        for service in ("pop3", "pop3s"):
            if service == "pop3":
                pop3 = poplib.POP3("127.0.0.1", lab.ports[service], timeout=20)
            else:
                pop3 = poplib.POP3_SSL("127.0.0.1", lab.ports[service], context=lab.tls(),
                                       timeout=20)
            pop3.user(TEACHER)
            with self.assertRaises(poplib.error_proto):
                pop3.pass_("hunter2-wrong")
            pop3.user(TEACHER)
            pop3.pass_(password)
            pop3.quit()
        typed.append(password.encode())
        for secret in list(typed):
            for padding in (b"", b"x", b"xx"):
                whole = base64.b64encode(padding + secret)
                typed.append(whole[(len(padding) * 4 + 2) // 3 + 1:][:12])
        return typed

    def test_not_in_argv_or_log(self):
        lab = Lab(self)
        passwords = [a["password"].encode() for a in lab.accounts if a["kind"] != "anonymous"]
        self.log_in_everywhere(lab)
        with open(f"/proc/{lab.child.pid}/cmdline", "rb") as f:
            command = f.read()
        lab.stop()
        for password in passwords:
            self.assertNotIn(password, command)
            self.assertNotIn(password, lab.log().encode())
            for folder, _, names in os.walk(lab.state):
                for name in names:
                    with open(os.path.join(folder, name), "rb") as f:
                        self.assertNotIn(password, f.read(), name)


class Faults(wbtest.TestCase):
    def test_replies(self):
        lab = Lab(self, "--fault", "reply=RETR:451,reply=RCPT:452", "--fault", "reply=.:554",
                  "--fault", "reply=STAT:500")
        ftp = ftplib.FTP()
        ftp.connect("127.0.0.1", lab.ports["ftp"], timeout=20)
        self.addCleanup(ftp.close)
        ftp.login(*lab.login("ftp", "real"))
        with self.assertRaises(ftplib.error_temp) as caught:
            ftp.retrbinary("RETR README.txt", print)
        self.assertTrue(str(caught.exception).startswith("451"))
        self.assertIn("README.txt", ftp.nlst())

        smtp = smtplib.SMTP("127.0.0.1", lab.ports["smtp"], timeout=20)
        self.addCleanup(smtp.close)
        with self.assertRaises(smtplib.SMTPRecipientsRefused) as caught:
            smtp.sendmail(TEACHER, [TEACHER], b"x")
        self.assertEqual(caught.exception.recipients[TEACHER][0], 452)

        pop3 = poplib.POP3("127.0.0.1", lab.ports["pop3"], timeout=20)
        self.addCleanup(pop3.close)
        pop3.user(TEACHER)
        pop3.pass_(lab.account("mail", TEACHER)["password"])
        with self.assertRaises(poplib.error_proto):
            pop3.stat()

    def test_reply_to_the_dot(self):
        lab = Lab(self, "--fault", "reply=.:451")
        smtp = smtplib.SMTP("127.0.0.1", lab.ports["smtp"], timeout=20)
        self.addCleanup(smtp.close)
        with self.assertRaises(smtplib.SMTPDataError) as caught:
            smtp.sendmail(TEACHER, [TEACHER], b"x")
        self.assertEqual(caught.exception.smtp_code, 451)
        self.assertEqual(lab.mails(TEACHER), [])

    def test_greeting_and_goodbye(self):
        lab = Lab(self, "--fault", "reply=CONNECT:421")
        for name in LINE_SERVERS:
            with socket.create_connection(("127.0.0.1", lab.ports[name]), 20) as client:
                self.assertIn(client.recv(4), (b"421 ", b"-ERR"))
                while client.recv(1000):
                    pass

    def test_close_after(self):
        """Exactly so many bytes of a file arrive, and of a conversation at most so many."""
        for count in (1000, 100_000):
            lab = Lab(self, "--fault", f"close-after={count}", state=self.path(f"s{count}"))
            with open(os.path.join(lab.ftp_folder("real"), "big"), "wb") as f:
                f.write(bytes(1 << 20))
            for ascii_type in (False, True):
                ftp = ftplib.FTP()
                ftp.connect("127.0.0.1", lab.ports["ftp"], timeout=20)
                self.addCleanup(ftp.close)
                ftp.login(*lab.login("ftp", "real"))
                out = io.BytesIO()
                with self.assertRaises(ftplib.all_errors):
                    ftp.sendcmd("TYPE A" if ascii_type else "TYPE I")
                    with ftp.transfercmd("RETR big") as data:
                        with contextlib.suppress(ConnectionResetError):
                            while block := data.recv(65536):
                                out.write(block)
                    ftp.voidresp()
                self.assertEqual(len(out.getvalue()), count)
            with socket.create_connection(("127.0.0.1", lab.ports["smtp"]), 20) as client:
                sent = got = 0
                with contextlib.suppress(OSError):
                    while True:
                        client.sendall(b"NOOP\r\n")
                        sent += 6
                        block = client.recv(65536)
                        if not block:
                            break
                        got += len(block)
                self.assertLessEqual(got, count)
                self.assertGreaterEqual(sent + got, count)

    def test_delay(self):
        """Each reply waits; other clients wait no longer for it; the end does not wait at all."""
        lab = Lab(self, "--fault", "delay=400")
        began = time.monotonic()

        def talk():
            with socket.create_connection(("127.0.0.1", lab.ports["smtp"]), 20) as client:
                client.recv(100)

        clients = [threading.Thread(target=talk) for _ in range(10)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        self.assertGreaterEqual(time.monotonic() - began, 0.4)
        lab.stop()
        slow = Lab(self, "--fault", "delay=500000", state=self.path("slow"))
        with socket.create_connection(("127.0.0.1", slow.ports["smtp"]), 20):
            self.assertEqual(slow.stop(), 0)


if __name__ == "__main__":
    wbtest.main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's FTP server, driven by clients that nobody here wrote: curl, lftp, Python's ftplib."""

import contextlib
import ftplib
import hashlib
import io
import os
import random
import socket
import subprocess
import threading
import time

import wbtest
from lab import Lab


def some_bytes(size, seed=1):
    return random.Random(seed).randbytes(size)


class Case(wbtest.TestCase):
    def setUp(self):
        super().setUp()
        self.lab = Lab(self)

    def connect(self, kind="real"):
        ftp = ftplib.FTP()
        ftp.connect("127.0.0.1", self.lab.ports["ftp"], timeout=20)
        self.addCleanup(ftp.close)
        ftp.login(*self.lab.login("ftp", kind))
        return ftp

    def connect_tls(self, kind="real", protect=True):
        ftp = ftplib.FTP_TLS(context=self.lab.tls())
        ftp.connect("127.0.0.1", self.lab.ports["ftp"], timeout=20)
        self.addCleanup(ftp.close)
        ftp.login(*self.lab.login("ftp", kind))
        if protect:
            ftp.prot_p()
        return ftp

    def fetch(self, ftp, name, **kw):
        out = io.BytesIO()
        ftp.retrbinary("RETR " + name, out.write, **kw)
        return out.getvalue()

    def refused(self, code, func, *args):
        with self.assertRaises(ftplib.all_errors) as caught:
            func(*args)
        self.assertEqual(str(caught.exception)[:3], code, str(caught.exception))


    def upload_refused(self, code, ftp, name, data):
        """An upload that fails half-way: the data connection breaks, the reply says why."""
        ftp.voidcmd("TYPE I")
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            with ftp.transfercmd("STOR " + name) as connection:
                connection.sendall(data)
        self.refused(code, ftp.getresp)


class Ftplib(Case):
    def test_round_trip(self):
        data = some_bytes(3_000_000)
        ftp = self.connect()
        ftp.storbinary("STOR big.bin", io.BytesIO(data))
        self.assertEqual(ftp.size("big.bin"), len(data))
        self.assertEqual(self.fetch(ftp, "big.bin"), data)
        ftp.quit()

    def test_round_trip_tls(self):
        data = some_bytes(3_000_000)
        ftp = self.connect_tls()
        ftp.storbinary("STOR big.bin", io.BytesIO(data))
        self.assertEqual(self.fetch(ftp, "big.bin"), data)
        self.assertIn("README.txt", ftp.nlst())
        ftp.prot_c()
        self.assertEqual(self.fetch(ftp, "big.bin"), data)
        ftp.quit()

    def test_tls_hides_and_protects(self):
        """With PROT P a data connection in the clear gets no byte of the file."""
        ftp = self.connect_tls()
        host, port = ftp.makepasv()
        with socket.create_connection((host, port), timeout=20) as plain:
            ftp.putcmd("RETR README.txt")
            self.assertTrue(ftp.getresp().startswith("150"))
            plain.sendall(b"not a client hello\r\n")
            plain.shutdown(socket.SHUT_WR)
            got = b""
            with contextlib.suppress(ConnectionResetError):
                while block := plain.recv(65536):
                    got += block
        self.assertNotIn(b"registered", got)
        self.refused("426", ftp.getresp)

    def test_active(self):
        ftp = self.connect()
        ftp.set_pasv(False)
        ftp.storbinary("STOR a.bin", io.BytesIO(b"active"))
        self.assertEqual(self.fetch(ftp, "a.bin"), b"active")

    def test_ipv6(self):
        if not wbtest.listens(self.lab.ports["ftp"], "::1"):
            self.skipTest("no IPv6 on this machine")
        ftp = ftplib.FTP()
        ftp.connect("::1", self.lab.ports["ftp"], timeout=20)
        self.addCleanup(ftp.close)
        ftp.login(*self.lab.login("ftp", "real"))
        self.assertIn("README.txt", ftp.nlst())
        ftp.set_pasv(False)
        self.assertIn("README.txt", ftp.nlst())
        self.refused("425", ftp.sendcmd, "PASV")

    def test_restart(self):
        data = some_bytes(300_000)
        ftp = self.connect()
        ftp.storbinary("STOR part.bin", io.BytesIO(data[:100_000]))
        ftp.storbinary("STOR part.bin", io.BytesIO(data[100_000:]), rest=100_000)
        self.assertEqual(self.fetch(ftp, "part.bin"), data)
        self.assertEqual(self.fetch(ftp, "part.bin", rest=200_000), data[200_000:])
        ftp.storbinary("APPE part.bin", io.BytesIO(b"tail"))
        self.assertEqual(self.fetch(ftp, "part.bin"), data + b"tail")
        self.refused("554", lambda: ftp.retrbinary("RETR part.bin", print, rest=10**9))
        ftp.sendcmd("TYPE A")
        self.refused("504", ftp.sendcmd, "REST 5")

    def test_ascii(self):
        ftp = self.connect()
        ftp.storlines("STOR text.txt", io.BytesIO(b"one\ntwo\r\nthree\n"))
        with open(os.path.join(self.lab.ftp_folder("real"), "text.txt"), "rb") as f:
            self.assertEqual(f.read(), b"one\ntwo\nthree\n")
        lines = []
        ftp.retrlines("RETR text.txt", lines.append)
        self.assertEqual(lines, ["one", "two", "three"])
        ftp.sendcmd("TYPE A")
        self.refused("550", ftp.sendcmd, "SIZE text.txt")

    def test_ascii_at_block_boundary(self):
        """A CR at the end of one read and its LF at the start of the next are one line end."""
        ftp = self.connect()
        ftp.sendcmd("TYPE A")
        with ftp.transfercmd("STOR cr.txt") as data:
            for piece in (b"a\r", b"\nb\r", b"c\r", b"\n\r"):
                data.sendall(piece)
                time.sleep(0)
        ftp.voidresp()
        self.assertEqual(self.fetch(ftp, "cr.txt"), b"a\nb\rc\n\r")

    def test_folders_and_names(self):
        ftp = self.connect()
        self.assertEqual(ftp.mkd('qu"ote'), '/qu"ote')
        ftp.cwd('qu"ote')
        self.assertEqual(ftp.pwd(), '/qu"ote')
        ftp.mkd("中文 文件夹")
        ftp.cwd("中文 文件夹")
        ftp.storbinary("STOR  leading and trailing ", io.BytesIO(b"x"))
        self.assertEqual(ftp.nlst(), [" leading and trailing "])
        ftp.rename(" leading and trailing ", "plain")
        self.assertEqual([n for n, _ in ftp.mlsd()], ["plain"])
        self.refused("550", ftp.rmd, "/")
        self.refused("550", ftp.rmd, '/qu"ote')
        ftp.delete("plain")
        ftp.cwd("..")
        ftp.rmd("中文 文件夹")
        ftp.cwd("/")
        ftp.rmd('qu"ote')
        self.refused("550", ftp.cwd, 'qu"ote')

    def test_names_that_are_no_utf8(self):
        ftp = self.connect()
        ftp.encoding = "latin-1"
        name = "r\xe9sum\xe9"
        ftp.storbinary("STOR " + name, io.BytesIO(b"x"))
        self.assertIn(name, ftp.nlst())
        folder = os.fsencode(self.lab.ftp_folder("real"))
        self.assertIn(name.encode("latin-1"), os.listdir(folder))

    def test_facts(self):
        ftp = self.connect()
        ftp.storbinary("STOR f.bin", io.BytesIO(b"12345"))
        ftp.sendcmd("MFMT 20200102030405 f.bin")
        self.assertEqual(ftp.sendcmd("MDTM f.bin"), "213 20200102030405")
        ftp.sendcmd("SITE CHMOD 640 f.bin")
        path = os.path.join(self.lab.ftp_folder("real"), "f.bin")
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o640)
        facts = dict(ftp.mlsd())["f.bin"]
        self.assertEqual((facts["type"], facts["size"], facts["modify"], facts["unix.mode"]),
                         ("file", "5", "20200102030405", "0640"))
        self.assertIn("type=dir;", ftp.sendcmd("MLST documents"))
        lines = []
        ftp.retrlines("LIST f.bin", lines.append)
        self.assertRegex(lines[0], r"^-rw-r----- +1 student +real +5 Jan  2  2020 f.bin$")
        self.assertIn("f.bin", ftp.sendcmd("STAT f.bin"))
        for bad in ("2020", "20201302030405", "x" * 14):
            self.refused("501", ftp.sendcmd, f"MFMT {bad} f.bin")

    def test_small_talk(self):
        ftp = self.connect()
        self.assertIn("UTF8", ftp.sendcmd("FEAT"))
        self.assertTrue(ftp.sendcmd("SYST").startswith("215 UNIX"))
        self.assertTrue(ftp.sendcmd("OPTS UTF8 ON").startswith("200"))
        self.assertIn("STOR", ftp.sendcmd("HELP"))
        self.assertIn("211", ftp.sendcmd("STAT"))
        self.assertTrue(ftp.sendcmd("NOOP").startswith("200"))
        self.assertTrue(ftp.sendcmd("ACCT x").startswith("202"))
        self.assertTrue(ftp.sendcmd("ALLO 5").startswith("202"))
        self.refused("500", ftp.sendcmd, "NONSENSE")
        self.refused("504", ftp.sendcmd, "MODE Z")
        self.refused("504", ftp.sendcmd, "STRU R")
        self.refused("503", ftp.sendcmd, "RNTO x")
        self.refused("503", ftp.sendcmd, "PROT P")
        self.refused("425", ftp.sendcmd, "RETR README.txt")
        self.assertTrue(ftp.sendcmd("REIN").startswith("220"))
        self.refused("530", ftp.sendcmd, "PWD")

    def test_abort(self):
        """ABOR, by Telnet's urgent data as ftplib sends it, ends a transfer in the middle."""
        path = os.path.join(self.lab.ftp_folder("real"), "huge")
        with open(path, "wb") as f:
            f.truncate(1 << 30)
        ftp = self.connect()
        ftp.voidcmd("TYPE I")
        with ftp.transfercmd("RETR huge") as data:
            data.recv(1000)
            self.assertTrue(ftp.sendcmd("NOOP").startswith("200"))
            self.assertEqual(ftp.abort()[:3], "426")
        self.assertTrue(ftp.getmultiline().startswith("226"))
        self.assertTrue(ftp.sendcmd("PWD").startswith("257"))
        self.assertTrue(ftp.sendcmd("ABOR").startswith("226"))

    def test_typed_ahead(self):
        """Commands sent while a file goes by are carried out after it, in order."""
        ftp = self.connect()
        ftp.voidcmd("TYPE I")
        with ftp.transfercmd("STOR slow") as data:
            data.sendall(b"first ")
            ftp.sock.sendall(b"SIZE slow\r\nPWD\r\n")
            data.sendall(b"second")
        self.assertTrue(ftp.getresp().startswith("226"))
        self.assertEqual(ftp.getresp(), "213 12")
        self.assertTrue(ftp.getresp().startswith("257"))

    def test_client_vanishes(self):
        """A control connection that closes ends its transfer; the server goes on."""
        path = os.path.join(self.lab.ftp_folder("real"), "huge")
        with open(path, "wb") as f:
            f.truncate(1 << 30)
        ftp = self.connect()
        ftp.voidcmd("TYPE I")
        with ftp.transfercmd("RETR huge") as data:
            ftp.close()
            data.settimeout(20)
            got = 0
            with contextlib.suppress(ConnectionResetError):
                while block := data.recv(1 << 20):
                    got += len(block)
        self.assertLess(got, 1 << 30)
        self.assertIn("huge", self.connect().nlst())

    def test_disk_full(self):
        """No room: 452, and what was there is still served."""
        mount = self.path("small")
        os.mkdir(mount)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", mount],
                          stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("may not mount a tmpfs")
        self.addCleanup(subprocess.run, ["umount", "-l", mount], check=True)
        lab = Lab(self, state=os.path.join(mount, "state"))
        ftp = ftplib.FTP()
        ftp.connect("127.0.0.1", lab.ports["ftp"], timeout=20)
        self.addCleanup(ftp.close)
        ftp.login(*lab.login("ftp", "real"))
        self.upload_refused("452", ftp, "big", bytes(4 << 20))
        ftp.delete("big")
        self.assertIn(b"registered", self.fetch(ftp, "README.txt"))


class Accounts(Case):
    def test_wrong_password(self):
        ftp = ftplib.FTP()
        ftp.connect("127.0.0.1", self.lab.ports["ftp"], timeout=20)
        self.addCleanup(ftp.close)
        for user in ("student", "nobody"):
            self.assertTrue(ftp.sendcmd("USER " + user).startswith("331"))
            self.refused("530", ftp.sendcmd, "PASS wrong")
        ftp.sendcmd("USER student")
        self.refused("421", ftp.sendcmd, "PASS wrong")
        with self.assertRaises(ftplib.all_errors + (EOFError,)):
            ftp.sendcmd("NOOP")

    def test_nothing_before_login(self):
        ftp = ftplib.FTP()
        ftp.connect("127.0.0.1", self.lab.ports["ftp"], timeout=20)
        self.addCleanup(ftp.close)
        for command in ("LIST", "RETR README.txt", "STOR x", "PASV", "CWD /", "SITE CHMOD 777 /",
                        "STAT /", "DELE README.txt", "PORT 127,0,0,1,200,200"):
            self.refused("530", ftp.sendcmd, command)
        self.refused("503", ftp.sendcmd, "PASS early")

    def test_anonymous(self):
        ftp = ftplib.FTP()
        ftp.connect("127.0.0.1", self.lab.ports["ftp"], timeout=20)
        self.addCleanup(ftp.close)
        ftp.login()
        self.assertEqual(ftp.nlst(), ["incoming", "pub"])
        self.assertIn(b"anonymous", self.fetch(ftp, "/pub/README"))
        ftp.cwd("pub/android/focus/1.1-RC1/")
        self.assertEqual(len(ftp.nlst()), 1)
        ftp.cwd("/")
        ftp.storbinary("STOR incoming/gift", io.BytesIO(b"gift"))
        self.assertEqual(ftp.size("incoming/gift"), 4)
        for command in ("STOR pub/x", "STOR x", "STOR incoming/gift", "APPE incoming/gift",
                        "RETR incoming/gift", "DELE incoming/gift", "MKD incoming/d", "MKD d",
                        "DELE pub/README", "RNFR pub/README", "SITE CHMOD 777 pub/README",
                        "RMD incoming", "MFMT 20200102030405 pub/README"):
            self.refused("550", ftp.sendcmd, command)
        ftp.rename("incoming/gift", "incoming/present")
        ftp.storbinary("STOR incoming/gift", io.BytesIO(b"two"))
        self.refused("550", ftp.rename, "incoming/gift", "incoming/present")
        self.refused("550", ftp.rename, "incoming/gift", "pub/gift")

    def test_guest(self):
        ftp = self.connect("guest")
        self.assertIn("upload", ftp.nlst())
        ftp.storbinary("STOR upload/x", io.BytesIO(b"guest"))
        self.assertEqual(self.fetch(ftp, "upload/x"), b"guest")
        ftp.mkd("upload/d")
        ftp.rename("upload/x", "upload/d/x")
        for command in ("STOR x", "MKD x", "DELE README.txt", "RNFR README.txt",
                        "SITE CHMOD 600 README.txt", "STOR shared/x", "RMD upload", "RNFR upload"):
            self.refused("550", ftp.sendcmd, command)
        self.refused("550", ftp.rename, "upload/d/x", "x")
        ftp.delete("upload/d/x")

    def test_guest_quota(self):
        ftp = self.connect("guest")
        megabyte = bytes(1 << 20)
        for i in range(15):
            ftp.storbinary(f"STOR upload/{i}", io.BytesIO(megabyte))
        self.upload_refused("552", ftp, "upload/big", megabyte * 3)
        used = sum(os.stat(os.path.join(self.lab.ftp_folder("guest"), "upload", n)).st_size
                   for n in os.listdir(os.path.join(self.lab.ftp_folder("guest"), "upload")))
        self.assertLessEqual(used, 16 << 20)
        other = self.connect("guest")
        self.upload_refused("552", other, "upload/more", megabyte * 2)
        other.delete("upload/more")
        ftp.delete("upload/big")
        ftp.storbinary("STOR upload/fits", io.BytesIO(megabyte))
        # Overwriting counts once.
        for _ in range(20):
            ftp.storbinary("STOR upload/fits", io.BytesIO(megabyte))
        # And the registered account has no such limit.
        self.connect().storbinary("STOR large", io.BytesIO(megabyte * 20))


class Jail(Case):
    """Nothing outside: neither read, nor written, nor told of."""

    def setUp(self):
        super().setUp()
        self.outside = self.path("outside")
        os.mkdir(self.outside)
        self.secret = self.write("outside/secret", b"SECRET")
        self.home = self.lab.ftp_folder("real")

    def commands(self, path):
        return [verb % path for verb in
                ("RETR %s", "SIZE %s", "MDTM %s", "CWD %s", "MLST %s", "STAT %s", "DELE %s",
                 "RMD %s", "RNFR %s", "SITE CHMOD 777 %s", "MFMT 20200102030405 %s",
                 "STOR %s", "APPE %s",
                 "MKD %s/x", "LIST %s", "NLST %s", "MLSD %s")]

    def unharmed(self):
        self.assertEqual(os.listdir(self.outside), ["secret"])
        self.assertEqual(self.read("outside", "secret"), b"SECRET")
        self.assertEqual(os.stat(self.secret).st_mode & 0o777, 0o644)

    def test_dots(self):
        os.chmod(self.secret, 0o644)
        ftp = self.connect()
        for path in ("..", "../", "/..", "../../outside/secret", "documents/../../x",
                     "/../../../../../../../../etc/passwd", "documents/../../home/README.txt"):
            for command in self.commands(path):
                self.refused("550", ftp.sendcmd, command)
        self.refused("550", ftp.sendcmd, "CDUP")
        ftp.cwd("documents")
        ftp.cwd("..")
        self.assertEqual(ftp.pwd(), "/")
        self.refused("550", ftp.rename, "README.txt", "../stolen")
        self.assertFalse(os.path.exists(os.path.join(self.lab.state, "ftp", "stolen")))
        self.unharmed()

    def test_absolute_is_inside(self):
        ftp = self.connect()
        self.refused("550", ftp.sendcmd, "RETR " + self.secret)
        self.refused("550", ftp.sendcmd, "RETR /etc/passwd")
        self.assertIn(b"registered", self.fetch(ftp, "/README.txt"))

    def test_links(self):
        os.chmod(self.secret, 0o644)
        os.symlink(self.outside, os.path.join(self.home, "folder"))
        os.symlink(self.secret, os.path.join(self.home, "file"))
        os.symlink("../../../../outside", os.path.join(self.home, "relative"))
        os.symlink("/proc/self/cwd", os.path.join(self.home, "magic"))
        ftp = self.connect()
        for path in ("folder", "folder/secret", "folder/new", "relative/secret", "magic",
                     "magic/x"):
            for command in self.commands(path):
                if command in ("DELE folder", "DELE relative", "DELE magic"):
                    continue  # the link itself may go
                self.refused("550", ftp.sendcmd, command)
        for command in ("RETR file", "STOR file", "APPE file", "SITE CHMOD 777 file"):
            self.refused("550", ftp.sendcmd, command)
        lines = []
        ftp.retrlines("LIST", lines.append)
        self.assertFalse([line for line in lines if "secret" in line or "->" in line])
        self.unharmed()
        ftp.delete("file")
        ftp.delete("folder")
        self.unharmed()

    def test_links_inside(self):
        """A link that stays inside may be read through, not written through."""
        os.symlink("documents", os.path.join(self.home, "docs"))
        ftp = self.connect()
        self.assertIn("notes.txt", ftp.nlst("docs"))
        self.assertIn(b"FTP", self.fetch(ftp, "docs/notes.txt"))
        self.refused("550", ftp.sendcmd, "STOR docs/new")
        self.refused("550", ftp.sendcmd, "DELE docs/notes.txt")

    def test_no_ordinary_file(self):
        os.mkfifo(os.path.join(self.home, "fifo"))
        ftp = self.connect()
        for command in ("RETR fifo", "STOR fifo", "APPE fifo", "RETR documents", "STOR documents"):
            self.refused("550", ftp.sendcmd, command)

    def test_rename_race(self):
        """A folder that turns into a link outside, again and again, while it is written through."""
        os.chmod(self.secret, 0o644)
        inside = os.path.join(self.home, "spin")
        link = os.path.join(self.home, "link")
        aside = os.path.join(self.home, "aside")
        os.mkdir(inside)
        os.symlink(self.outside, link)
        over = threading.Event()

        def spin():
            while not over.is_set():
                os.rename(inside, aside)
                os.rename(link, inside)
                os.rename(inside, link)
                os.rename(aside, inside)

        spinner = threading.Thread(target=spin)
        spinner.start()
        stored = 0
        try:
            ftp = self.connect()
            for i in range(300):
                for command in (f"MKD spin/d{i}", "DELE spin/secret", "RETR spin/secret",
                                "SITE CHMOD 777 spin/secret", "SIZE spin/secret"):
                    try:
                        stored += ftp.sendcmd(command).startswith("257")
                    except ftplib.error_perm as e:
                        self.assertEqual(str(e)[:3], "550")
                    except ftplib.error_temp as e:
                        self.assertEqual(str(e)[:3], "425", "RETR found a secret inside?")
                        self.fail("RETR opened what is outside")
        finally:
            over.set()
            spinner.join()
        self.unharmed()
        self.assertGreater(stored, 0, "the race was never won by the rightful folder")


class Data(Case):
    def test_port_to_others(self):
        ftp = self.connect()
        with socket.create_server(("127.0.0.2", 0)) as victim:
            port = victim.getsockname()[1]
            self.refused("500", ftp.sendcmd, f"PORT 127,0,0,2,{port >> 8},{port & 255}")
            self.refused("500", ftp.sendcmd, f"EPRT |1|127.0.0.2|{port}|")
            self.refused("500", ftp.sendcmd, "PORT 192,0,2,1,200,200")
            self.refused("425", ftp.sendcmd, "LIST")
            victim.settimeout(0.2)
            with self.assertRaises(TimeoutError):
                victim.accept()
        self.refused("500", ftp.sendcmd, "PORT 127,0,0,1,0,25")
        self.refused("522", ftp.sendcmd, "EPRT |3|127.0.0.1|2000|")
        for bad in ("PORT 1,2,3", "PORT 127,0,0,1,300,1", "PORT a,b,c,d,e,f", "EPRT x",
                    "EPRT |1|127.0.0.1|0|", "EPRT |1|::1|2000|", "EPRT |1|127.0.0.1|99999|"):
            self.refused("501", ftp.sendcmd, bad)

    def test_thief(self):
        """Whoever comes to the passive port from another address gets nothing."""
        data = some_bytes(100_000)
        ftp = self.connect()
        ftp.storbinary("STOR x", io.BytesIO(data))
        host, port = ftp.makepasv()
        ftp.voidcmd("TYPE I")
        with socket.create_connection((host, port), timeout=20,
                                      source_address=("127.0.0.3", 0)) as thief:
            ftp.putcmd("RETR x")
            self.assertEqual(thief.recv(100), b"")
        with socket.create_connection((host, port), timeout=20) as right:
            self.assertTrue(ftp.getresp().startswith("150"))
            got = b""
            while block := right.recv(65536):
                got += block
        self.assertTrue(ftp.getresp().startswith("226"))
        self.assertEqual(got, data)

    def test_epsv_all(self):
        ftp = self.connect()
        self.assertTrue(ftp.sendcmd("EPSV ALL").startswith("200"))
        self.refused("501", ftp.sendcmd, "PASV")
        self.refused("501", ftp.sendcmd, "PORT 127,0,0,1,200,200")
        self.assertTrue(ftp.sendcmd("EPSV 1").startswith("229"))
        self.refused("522", ftp.sendcmd, "EPSV 2")

    def test_abor_while_waiting(self):
        """Nobody connects: ABOR ends the wait at once."""
        ftp = self.connect()
        ftp.makepasv()
        ftp.putcmd("RETR README.txt")
        ftp.putcmd("ABOR")
        self.refused("425", ftp.getresp)
        self.assertTrue(ftp.getresp().startswith("226"))
        self.assertTrue(ftp.sendcmd("PWD").startswith("257"))


class Curl(Case):
    def curl(self, *args, check=0, kind="real"):
        user, password = self.lab.login("ftp", kind)
        config = self.write("curlrc", f'user = "{user}:{password}"\n')
        done = subprocess.run(["curl", "-q", "-sS", "--max-time", "60", "-K", config, "--cacert",
                               self.lab.ca_file, *args], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, check, done.stderr.decode())
        return done.stdout

    def url(self, path, service="ftp"):
        scheme = "ftps" if service == "ftps" else "ftp"
        return f"{scheme}://127.0.0.1:{self.lab.ports[service]}/{path}"

    def test_each_channel(self):
        data = some_bytes(2_000_000)
        local = self.write("up.bin", data)
        for n, (service, *options) in enumerate([
                ("ftp",), ("ftp", "--disable-epsv"), ("ftp", "--ftp-port", "127.0.0.1"),
                ("ftp", "--ftp-port", "127.0.0.1", "--disable-eprt"), ("ftp", "--ssl-reqd"),
                ("ftp", "--ssl-reqd", "--ftp-ssl-control"), ("ftps",),
                ("ftps", "--tls-max", "1.2")]):
            with self.subTest(service=service, options=options):
                name = f"up{n}.bin"
                self.curl(*options, "-T", local, self.url(name, service))
                self.assertEqual(self.curl(*options, self.url(name, service)), data)

    def test_resume(self):
        data = some_bytes(500_000)
        remote = os.path.join(self.lab.ftp_folder("real"), "r.bin")
        with open(remote, "wb") as f:
            f.write(data)
        self.write("r.bin", data[:123_456])
        self.curl("-C", "-", "-o", self.path("r.bin"), self.url("r.bin"))
        self.assertEqual(self.read("r.bin"), data)
        with open(remote, "wb") as f:
            f.write(data[:200_000])
        self.curl("-C", "-", "-T", self.path("r.bin"), self.url("r.bin"))
        with open(remote, "rb") as f:
            self.assertEqual(f.read(), data)

    def test_quote_and_create(self):
        self.curl("--ftp-create-dirs", "-T", self.write("x", b"x"), self.url("a/b/c/x"))
        self.curl("-Q", "-DELE a/b/c/x", "-Q", "-RMD a/b/c", self.url(""))
        self.assertEqual(os.listdir(os.path.join(self.lab.ftp_folder("real"), "a", "b")), [])
        self.curl(self.url("absent"), check=78)
        self.curl("-u", "student:wrong", self.url(""), check=67)

    def test_untrusted(self):
        done = subprocess.run(["curl", "-q", "-sS", "--max-time", "30",
                               f"ftps://127.0.0.1:{self.lab.ports['ftps']}/"],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 60, done.stderr.decode())


class Lftp(Case):
    def lftp(self, script, tls=False, kind="real"):
        user, password = self.lab.login("ftp", kind)
        head = ["set net:max-retries 2", "set net:timeout 20", "set cmd:fail-exit yes",
                "set ssl:ca-file " + self.lab.ca_file, "set ftp:ssl-protect-data yes",
                f"set ftp:ssl-force {'yes' if tls else 'no'}",
                f"set ftp:ssl-allow {'yes' if tls else 'no'}",
                f"open -p {self.lab.ports['ftp']} -u {user},{password} 127.0.0.1"]
        done = subprocess.run(["lftp", "--norc"], input="\n".join(head + script).encode(),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120,
                              env=dict(os.environ, HOME=self.dir))
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return done.stdout.decode()

    def tree(self, top):
        found = {}
        for folder, _, names in os.walk(top):
            for name in names:
                path = os.path.join(folder, name)
                with open(path, "rb") as f:
                    found[os.path.relpath(path, top)] = hashlib.sha256(f.read()).hexdigest()
        return found

    def test_mirror_both_ways(self):
        for i in range(40):
            self.write(f"tree/d{i % 5}/中文 {i}.bin", some_bytes(i * 1000, i))
        for tls in (False, True):
            with self.subTest(tls=tls):
                self.lftp([f"mirror -R --parallel=4 {self.path('tree')} tree{tls}"], tls)
                self.lftp([f"mirror --parallel=4 tree{tls} {self.path(f'back{tls}')}"], tls)
                self.assertEqual(self.tree(self.path(f"back{tls}")), self.tree(self.path("tree")))

    def test_verbs(self):
        out = self.lftp(["mkdir v", "cd v", f"put {self.write('x', b'12')}", "mv x y",
                         "chmod 600 y", "cls -l", "pget -n 3 y -o " + self.path("y"), "rm y",
                         "cd ..", "rmdir v",
                         "ls"])
        self.assertRegex(out, r"-rw------- .* y")
        self.assertEqual(self.read("y"), b"12")
        self.assertNotIn(" v\n", out.split("y\n")[-1])


if __name__ == "__main__":
    wbtest.main()

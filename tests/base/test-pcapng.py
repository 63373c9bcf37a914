# SPDX-License-Identifier: GPL-3.0-or-later
"""Wireshark's own dissectors read a capture that the log was written to."""

import os
import shutil
import subprocess
import unittest

import wbtest

CHECKS = [arg for name in ("ip.check_checksum", "tcp.check_checksum", "udp.check_checksum")
          for arg in ("-o", f"{name}:TRUE")]


@unittest.skipUnless(shutil.which("tshark"), "tshark is not installed")
class Pcapng(wbtest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = __import__("tempfile").mkdtemp(prefix="wb-test-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.capture = os.path.join(cls.folder, "talk.pcapng")
        subprocess.run([os.environ["WIRE_SAMPLE"], cls.capture], check=True)

    def fields(self, condition, *names):
        """The values of the fields NAMES of each packet that CONDITION chooses."""
        args = [arg for name in names for arg in ("-e", name)]
        done = subprocess.run(["tshark", "-n", "-r", self.capture, *CHECKS, "-Y", condition, "-T",
                               "fields", "-E", "separator=/t", "-E", "occurrence=a", *args],
                              env=dict(os.environ, HOME=self.folder),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        rows = [line.split("\t") for line in done.stdout.decode().splitlines()]
        return [row[0] for row in rows] if len(names) == 1 else [tuple(row) for row in rows]

    def test_nothing_is_malformed(self):
        self.assertGreater(len(self.fields("frame", "frame.number")), 60)
        self.assertEqual(self.fields("_ws.malformed", "frame.number", "_ws.col.Info"), [])
        self.assertEqual(self.fields("tcp.checksum.status != 1 || udp.checksum.status != 1 || "
                                     "ip.checksum.status != 1", "frame.number"), [])
        self.assertEqual(self.fields("tcp && !tcp.checksum.status == 1", "frame.number"), [])

    def test_tcp_fits_together(self):
        trouble = ("tcp.analysis.retransmission || tcp.analysis.lost_segment || tcp.analysis.out_of_order"
                   " || tcp.analysis.ack_lost_segment || tcp.analysis.window_full"
                   " || tcp.analysis.duplicate_ack")
        self.assertEqual(self.fields(trouble, "frame.number", "_ws.col.Info"), [])
        self.assertEqual(len(self.fields("tcp.flags.syn == 1 && tcp.flags.ack == 0", "frame.number")),
                         len(self.fields("tcp.flags.syn == 1 && tcp.flags.ack == 1", "frame.number")))

    def test_smtp(self):
        for condition in ("ip && smtp", "ipv6 && smtp"):
            commands = self.fields(f"{condition} && smtp.req.command", "smtp.req.command")
            # The dissector takes four letters for the command.
            self.assertEqual(commands, ["EHLO", "STAR", "EHLO", "AUTH", "MAIL", "RCPT", "DATA",
                                        "QUIT"])
            codes = self.fields(f"{condition} && smtp.response.code", "smtp.response.code")
            self.assertEqual(codes, ["220", "250", "250", "220", "250", "250", "235", "250", "250",
                                     "354", "250", "221"])
        self.assertEqual(self.fields("smtp && imf && ip", "imf.subject", "imf.from"),
                         [("Dots", "a@lab-a.test")])
        self.assertEqual(self.fields("tls", "frame.number"), [])

    def test_ftp(self):
        self.assertEqual(self.fields("ftp.request.command", "ftp.request.command", "ftp.request.arg"),
                         [("USER", "anonymous"), ("PASS", "********"), ("EPSV", ""),
                          ("RETR", "file.bin"), ("QUIT", ""),
                          ("USER", "guest"), ("PASS", "********"), ("QUIT", "")])
        self.assertEqual(self.fields("ftp.response.code", "ftp.response.code"),
                         ["220", "331", "230", "229", "226", "221", "220", "331", "230", "221"])
        # Where we are the server the client's packets come from the peer.
        self.assertEqual(self.fields('ftp.request.arg == "guest"', "tcp.srcport", "tcp.dstport"),
                         [("50003", "21")])

    def test_pop3(self):
        self.assertEqual(self.fields("pop.request.command", "pop.request.command"),
                         ["STLS", "USER", "PASS", "STAT", "RETR", "QUIT"])
        self.assertEqual(self.fields("pop.response.indicator", "pop.response.indicator"),
                         ["+OK"] * 7)

    def test_raw_tcp(self):
        sent = self.fields("tcp.port == 40991 && tcp.len > 0 && tcp.srcport == 50005", "tcp.payload")
        self.assertEqual([bytes.fromhex(p) for p in sent], [b"ping\0", b"thanks"])
        back = self.fields("tcp.port == 40991 && tcp.len > 0 && tcp.srcport == 40991", "tcp.payload")
        self.assertEqual(b"".join(bytes.fromhex(p) for p in back), b"pong" + b"x" * 65536)
        self.assertEqual([(bytes.fromhex(p), src) for p, src in
                          self.fields("tcp.port == 40992 && tcp.len > 0", "tcp.payload", "tcp.srcport")],
                         [(b"six", "50006"), (b"sixth", "40992")])

    def test_both_ends_in_the_log_are_one_conversation(self):
        self.assertEqual([(bytes.fromhex(p), src) for p, src in
                          self.fields("tcp.port == 40995 && tcp.len > 0", "tcp.payload", "tcp.srcport")],
                         [(b"question", "50021"), (b"answer", "40995")] * 2)

    def test_waiting_is_no_connection(self):
        self.assertEqual(self.fields("tcp.port == 40996", "frame.number"), [])

    def test_udp(self):
        got = self.fields("udp.port == 40993", "data.data", "udp.srcport", "udp.length")
        self.assertEqual([(bytes.fromhex(d)[:20], s, int(n)) for d, s, n in got],
                         [(b"datagram", "50007", 16), (b"odd", "40993", 11), (b"", "50007", 8),
                          (b"x" * 20, "50007", 65515)])
        six = self.fields("ipv6 && udp", "data.data", "udp.dstport", "ipv6.src")
        self.assertEqual([(bytes.fromhex(d), p, a) for d, p, a in six],
                         [(b"datagram six", "40994", "::1")])

    def test_comments(self):
        comments = "\n".join(self.fields("frame.comment", "frame.comment"))
        for text in ("smtp 1: the server's real port is 40025", "TLS 1.3", "a remark with 王大鹏",
                     "it broke", "5000000000 bytes were received",
                     "Only the first 65536 of 200000 bytes were kept."):
            self.assertIn(text, comments)

    def test_unknown_conversation(self):
        self.assertEqual(self.fields("ip.src == 192.0.2.1 && tcp.len > 0", "tcp.payload"),
                         [b"of nobody".hex()])

    def test_interfaces(self):
        rows = set(self.fields("frame", "frame.interface_name", "frame.protocols"))
        self.assertEqual({name for name, _ in rows},
                         {"smtp", "ftp", "ftp-data", "pop3", "tcp", "udp", "unknown"})

    def test_capinfos(self):
        done = subprocess.run(["capinfos", "-T", "-m", "-r", "-I", self.capture],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual((done.returncode, done.stderr), (0, b""))


if __name__ == "__main__":
    wbtest.main()

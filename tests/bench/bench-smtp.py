#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mails over one connection to Postfix's smtp-sink: ours beside Postfix's smtp-source, in turn.

    bench-smtp.py BUILD [ROUNDS [MAILS [BYTES]]]

`library` is bench-smtp-send, which sends one message again and again as smtp-source does; `wire` is the
command, which reads each message from a file of its own and says what became of it."""

import os
import sys

import peers
import smtpsink
import wbtest

LINE = b"The quick brown fox jumps over the lazy dog, all day long and on.\r\n"


class Bench(wbtest.TestCase):
    def runTest(self):
        build = os.path.abspath(sys.argv[1])
        rounds, mails, size = (int(a) for a in (sys.argv[2:] + ["7", "2000", "10240"][len(sys.argv) - 2:]))
        sink = smtpsink.SmtpSink(self, keep=False)
        head = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: bench\r\n\r\n"
        text = head + LINE * ((size - len(head)) // len(LINE))
        files = [a for i in range(mails) for a in ("--eml", self.write("mails/%d.eml" % i, text))]
        library = os.path.join(build, "tests", "bench", "bench-smtp-send")
        wire = os.path.join(build, "src", "cli", "wire")
        figures = peers.in_turn({
            "library": lambda: peers.run_timed([library, str(sink.port), str(mails), str(size)]),
            "smtp-source -d": lambda: peers.run_timed(
                ["/usr/sbin/smtp-source", "-d", "-m", str(mails), "-l", str(size), "-f", "a@example.org", "-t",
                 "b@example.org", "127.0.0.1:%d" % sink.port]),
            "wire mail send": lambda: peers.run_timed([wire, "mail", "send", "--server", sink.url, "--from", "a@example.org", "--to",
                                                        "b@example.org", *files]),
        }, rounds)
        peers.report("smtp", figures, [
            ("SMTP, one mail again and again, library", "library", ["smtp-source -d"]),
            ("SMTP, mails from files, wire mail send", "wire mail send", ["smtp-source -d"]),
        ], mails, bytes=size, rounds=rounds)


if __name__ == "__main__":
    bench = Bench()
    result = bench.run()
    for _, trace in result.failures + result.errors:
        sys.exit(trace)

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mails over one connection to Postfix's smtp-sink: ours beside Postfix's smtp-source, curl and Python's
smtplib, in turn; then the same under TLS, and how much memory a mail of 200 MiB takes.

    bench-smtp.py BUILD [ROUNDS [MAILS [BYTES]]]

`library` is bench-smtp-send, which sends one message again and again as smtp-source does; `wire` is the
command, which reads each message from a file of its own and says what became of it. smtp-source and
smtp-sink have no TLS in Debian: there socat ends it in front of smtp-sink, and begins it behind smtp-source,
whose seconds of the processor are those of both. socat is OpenSSL and two calls a block, so that pair is as
near to a bare sender under TLS as there is."""

import os
import subprocess
import sys

import certs
import peers
import smtpsink
import wbtest

LINE = b"The quick brown fox jumps over the lazy dog, all day long and on.\r\n"

SMTPLIB = """
import smtplib, ssl, sys
port, count, path, ca = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
with open(path, "rb") as f:
    text = f.read()
client = smtplib.SMTP_SSL("localhost", port, context=ssl.create_default_context(cafile=ca)) if ca else \\
    smtplib.SMTP("127.0.0.1", port)
for _ in range(count):
    client.sendmail("a@example.org", "b@example.org", text)
client.quit()
"""


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

        def curl(url, *more):
            """One transfer a mail over one connection, by a configuration file."""
            one = 'url = "%s"\nmail-from = "a@example.org"\nmail-rcpt = "b@example.org"\nupload-file = "%s"\n%s' % (
                url, files[1], "".join(m + "\n" for m in more))
            path = self.write("curl.conf", "next\n".join([one] * mails))
            return lambda: peers.run_timed(["curl", "-sS", "-K", path])

        def python(port, ca=""):
            return lambda: peers.run_timed([sys.executable, "-c", SMTPLIB, str(port), str(mails), files[1], ca])

        figures = peers.in_turn({
            "library": lambda: peers.run_timed([library, str(sink.port), str(mails), str(size)]),
            "smtp-source -d": lambda: peers.run_timed(
                ["/usr/sbin/smtp-source", "-d", "-m", str(mails), "-l", str(size), "-f", "a@example.org", "-t",
                 "b@example.org", "127.0.0.1:%d" % sink.port]),
            "curl": curl(sink.url),
            "smtplib": python(sink.port),
            "wire mail send": lambda: peers.run_timed([wire, "mail", "send", "--server", sink.url, "--from", "a@example.org", "--to",
                                                        "b@example.org", *files]),
        }, rounds)
        folder = self.path("ca")
        ca = certs.make_ca(folder)
        secure, _ = self.start_socat("OPENSSL-LISTEN:%d,bind=127.0.0.1,reuseaddr,fork,nodelay,verify=0,cert=" +
                                  certs.make_server(folder)[2], "TCP:127.0.0.1:%d,nodelay" % sink.port)
        url = "smtps://localhost:%d" % secure
        figures.update(peers.in_turn({
            "library, TLS": lambda: peers.run_timed([library, str(secure), str(mails), str(size), ca]),
            "wire, TLS": lambda: peers.run_timed([wire, "mail", "send", "--server", url, "--ca-file", ca, "--from",
                                                  "a@example.org", "--to", "b@example.org", *files]),
            "smtp-source -d through socat, TLS": lambda: self.run_through(secure, ca, [
                "/usr/sbin/smtp-source", "-d", "-m", str(mails), "-l", str(size), "-f", "a@example.org", "-t",
                "b@example.org"]),
            "curl, TLS": curl(url, 'cacert = "%s"' % ca),
            "smtplib, TLS": python(secure, ca),
        }, rounds))
        secured = ["smtp-source -d through socat, TLS", "curl, TLS", "smtplib, TLS"]
        peers.report("smtp", figures, [
            ("SMTP, one mail again and again, library", "library", ["smtp-source -d", "curl", "smtplib"]),
            ("SMTP, mails from files, wire mail send", "wire mail send", ["smtp-source -d", "curl", "smtplib"]),
            ("SMTP under TLS, one mail again and again, library", "library, TLS", secured),
            ("SMTP under TLS, mails from files, wire mail send", "wire, TLS", secured),
        ], mails, bytes=size, rounds=rounds, peak_200_mib=self.measure_large(wire, sink))

    def start_socat(self, left, right):
        """socat between LEFT, in which %d is a free port, and RIGHT; the port, and the child."""
        port = wbtest.free_port()
        child = self.start(["socat", left % port, right], stderr=subprocess.DEVNULL)
        wbtest.wait_until(lambda: child.poll() is not None or wbtest.listens(port), "socat to listen")
        self.assertIsNone(child.poll(), "socat ended at once")
        return port, child

    def run_through(self, port, ca, argv):
        """ARGV in the clear to a socat that talks TLS to PORT: its seconds by the wall, the processor's of both."""
        before, child = self.start_socat("TCP-LISTEN:%d,bind=127.0.0.1,reuseaddr,fork,nodelay",
                                         "OPENSSL:localhost:%d,cafile=%s,nodelay" % (port, ca))
        wall, used = peers.run_timed([*argv, "127.0.0.1:%d" % before])
        child.terminate()
        _, _, usage = os.wait4(child.pid, 0)
        child.returncode = 0
        return wall, used + usage.ru_utime + usage.ru_stime

    def measure_large(self, wire, sink):
        """The most memory, in MiB, that a mail of 200 MiB takes, and a small one beside it."""
        head = b"From: a@example.org\r\nTo: b@example.org\r\n\r\n"
        path = self.write("large.eml", head + LINE * (200 * (1 << 20) // len(LINE)))
        peaks = {}
        small = self.write("small.eml", head + b"hi\r\n")
        for name, file in (("large", path), ("small", small)):
            done, memory = wbtest.run_measured([wire, "mail", "send", "--server", sink.url, "--eml", file])
            self.assertEqual(done.returncode, 0, done.stderr)
            peaks[name] = round(memory / (1 << 20), 1)
        return peaks


if __name__ == "__main__":
    bench = Bench()
    result = bench.run()
    for _, trace in result.failures + result.errors:
        sys.exit(trace)

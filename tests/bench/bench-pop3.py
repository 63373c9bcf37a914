#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole mailbox fetched from Dovecot into an empty Maildir: `wire mail get` beside mpop, in turn.

    bench-pop3.py BUILD [ROUNDS [MAILS [BYTES]]]

Both sync every message to the disk before it counts as kept. `to memory` is ours under a library that
makes what syncs do nothing, and mpop's likewise: what is left without the disk."""

import os
import subprocess
import sys

import dovecot
import peers
import wbtest

LINE = b"The quick brown fox jumps over the lazy dog, all day long and on.\r\n"
NO_SYNC = """
int fsync (int fd) { return 0; }
int fdatasync (int fd) { return 0; }
int sync_file_range (int fd, long begin, long length, unsigned flags) { return 0; }
"""


class Bench(wbtest.TestCase):
    def runTest(self):
        build = os.path.abspath(sys.argv[1])
        rounds, mails, size = (int(a) for a in (sys.argv[2:] + ["3", "10000", "8192"][len(sys.argv) - 2:]))
        server = dovecot.Dovecot(self)
        head = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: bench %d\r\n\r\n"
        server.fill([head % i + LINE * ((size - len(head)) // len(LINE)) for i in range(mails)])
        server.start()
        wire = os.path.join(build, "src", "cli", "wire")
        self.library = self.path("no-sync.so")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", self.library, self.write("no-sync.c", NO_SYNC)], check=True)

        def ours(**env):
            box = self.fresh()
            return peers.run_timed([wire, "mail", "get", server.url + "?starttls=never", "--all", "--maildir", box],
                                   dict(os.environ, WIRE_PASSWORD=server.password, **env))

        def mpop(**env):
            box = self.fresh()
            config = self.write("mpoprc", f"""
account default
host 127.0.0.1
port {server.port}
user {server.user}
auth user
password {server.password}
tls off
keep on
received_header off
uidls_file {self.path("uidls-%d" % self.count)}
delivery maildir {box}
""")
            os.chmod(config, 0o600)
            return peers.run_timed(["mpop", "-C", config, "-Q"], dict(os.environ, **env))

        figures = peers.in_turn({
            "wire mail get": ours, "mpop": mpop,
            "wire mail get, to memory": lambda: ours(LD_PRELOAD=self.library),
            "mpop, to memory": lambda: mpop(LD_PRELOAD=self.library),
        }, rounds)
        peers.report("pop3", figures, [
            ("POP3, mails kept on disk", "wire mail get", ["mpop"]),
            ("POP3, mails kept, no syncs", "wire mail get, to memory", ["mpop, to memory"]),
        ], mails, bytes=size, rounds=rounds)

    count = 0

    def fresh(self):
        """An empty Maildir; all that was written before is on the disk before the clock starts. The ones before
        stay until the end: ext4 goes looking for an inode that was not in use a moment ago, which after so many
        deletions takes longer than the mails."""
        self.count += 1
        box = self.path("box-%d" % self.count)
        for name in ("cur", "new", "tmp"):
            os.makedirs(os.path.join(box, name))
        os.sync()
        return box


if __name__ == "__main__":
    bench = Bench()
    result = bench.run()
    for _, trace in result.failures + result.errors:
        sys.exit(trace)

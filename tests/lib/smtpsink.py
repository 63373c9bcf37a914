# SPDX-License-Identifier: GPL-3.0-or-later
"""Postfix's smtp-sink: takes every mail, or refuses and hangs up as it is told."""

import glob
import os
import tempfile

import wbtest

PROGRAM = "/usr/sbin/smtp-sink"


class SmtpSink:
    """`smtp-sink OPTIONS` on a free port, ended with TEST; kept mails are in messages()."""

    def __init__(self, test, *options, keep=True):
        self.folder = tempfile.mkdtemp(prefix="sink-", dir=test.dir)
        os.chmod(self.folder, 0o777)
        os.chmod(test.dir, 0o755)
        self.port = wbtest.free_port()
        user = ["-u", "nobody"] if os.getuid() == 0 else []
        dump = ["-d", os.path.join(self.folder, "%M.")] if keep else []
        self.child = test.start([PROGRAM, *user, *dump, *options, "127.0.0.1:%d" % self.port, "1000"])
        wbtest.wait_until(lambda: wbtest.listens(self.port), "smtp-sink to listen")
        self.url = "smtp://127.0.0.1:%d" % self.port

    def messages(self):
        """What was taken, as (envelope lines, text); smtp-sink writes X- headers before the text."""
        found = []
        for path in sorted(glob.glob(os.path.join(self.folder, "*"))):
            with open(path, "rb") as f:
                data = f.read()
            lines = data.split(b"\n")
            envelope = []
            while lines and lines[0].startswith(b"X-"):
                envelope.append(lines.pop(0).decode())
            # Its own trace header: "Received: from … by smtp-sink …" of three lines.
            if lines and lines[0].startswith(b"Received:"):
                lines.pop(0)
                while lines and lines[0][:1] in b" \t" and lines[0]:
                    lines.pop(0)
            found.append((envelope, b"\n".join(lines)))
        return found

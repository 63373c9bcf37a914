#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A large attachment in the window in which a mail is written: whether the window stays smooth, and how much
memory it takes, while the mail is shown, looked at, kept as a draft and sent to Postfix's smtp-sink.

    bench-composer.py BUILD [MIB]

There is no peer: what counts is that no frame and no turn of the main loop takes more than 50 ms."""

import json
import os
import subprocess
import sys

import smtpsink
import wbtest
from gui.session import Desktop


class Bench(wbtest.TestCase):
    def runTest(self):
        build = os.path.abspath(sys.argv[1])
        size = int((sys.argv[2:] or ["200"])[0])
        path = self.path("large.bin")
        block = os.urandom(1 << 20)
        with open(path, "wb") as f:
            for _ in range(size):
                f.write(block)
        sink = smtpsink.SmtpSink(self, keep=False)
        env = {"GSETTINGS_SCHEMA_DIR": os.path.join(build, "data"), "GTK_A11Y": "none",
               "WIREBENCH_MODULE_DIR": os.path.join(build, "src", "app", "html")}
        with Desktop(env=env, settings="welcomed=true\nsend-delay=0") as desktop:
            store = os.path.join(desktop.env["HOME"], ".local/share/wirebench/mail")
            os.makedirs(store)
            with open(os.path.join(store, "accounts.ini"), "w", encoding="ascii") as f:
                f.write("[account-bench]\nname=Bench\naddress=bench@example.org\n"
                        f"smtp=smtp://127.0.0.1:{sink.port}/?starttls=never\n")
            done = subprocess.run([os.path.join(build, "tests", "bench", "bench-composer"), "bench@example.org", path],
                                  env=desktop.env, stdout=subprocess.PIPE, check=True, timeout=600, text=True)
        steps = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        rows = []
        for what, key, unit in (("longest frame", "frame_ms", "ms"), ("longest turn of the main loop", "stall_ms", "ms"),
                                ("the same, processor time", "stall_cpu_ms", "ms"), ("time", "ms", "ms"),
                                ("more memory", "more_mib", "MiB")):
            rows += [{"what": f"composer, {size} MiB, {step['step']}: {what}", "unit": unit, "ours": step[key], "peers": {},
                      "ratio": None} for step in steps]
        print(json.dumps({"bench": "composer", "mib": size, "rows": rows}))


if __name__ == "__main__":
    bench = Bench()
    result = bench.run()
    for _, trace in result.failures + result.errors:
        sys.exit(trace)

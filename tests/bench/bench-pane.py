#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server's folder with many entries in the window's pane: listed by FTP from vsftpd, shown, scrolled,
sorted and filtered, on a desktop of its own.

    bench-pane.py PROGRAM [ENTRIES]

PROGRAM is bench-pane, which says what it measures. No frame is to take more than 50 ms, and the rows are
to be there, in order, within a second of the last byte of the list."""

import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(TOP, "tests", "lib"))
os.environ.setdefault("WIRE", os.path.join(TOP, "_build", "src", "cli", "wire"))

import vsftpd  # noqa: E402
import wbtest  # noqa: E402
from gui.session import Desktop  # noqa: E402


class Bench(wbtest.TestCase):
    """Only for its folder and its children."""

    def runTest(self):
        pass

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="wb-bench-", dir="/dev/shm")
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)


def fill(folder, entries):
    """Names in no order, some folders, and times and sizes that differ."""
    os.mkdir(folder)
    for i in range(entries):
        number = i * 7919 % entries
        path = os.path.join(folder, f"entry {number:06} of the folder.txt")
        if i % 50 == 0:
            os.mkdir(path)
            continue
        with open(path, "wb") as f:
            f.truncate(number * 37 % 100003)
        os.utime(path, (1_700_000_000 + number * 60,) * 2)


def main():
    program = os.path.abspath(sys.argv[1])
    entries = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    schemas = os.path.join(os.path.dirname(program), "..", "..", "data")
    bench = Bench()
    bench.setUp()
    try:
        server = vsftpd.Vsftpd(bench)
        fill(os.path.join(server.folder, "many"), entries)
        with Desktop(env={"GTK_A11Y": "none", "GSETTINGS_SCHEMA_DIR": schemas}) as desktop:
            done = subprocess.run([program, str(entries), server.url + "many/"], env=desktop.env,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, timeout=600)
    finally:
        bench.doCleanups()
    steps = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0 or not steps:
        sys.exit(f"{program} failed with exit code {done.returncode}")
    by_name = {step["step"]: step for step in steps}
    # The first frames load fonts and icons.
    steps = [step for step in steps if step["step"] != "start"]
    rows = [{"what": f"pane, {entries} entries by FTP: {what}", "unit": "ms", "ours": value} for what, value in (
        ("shown after the last byte", by_name["show"]["ms"]),
        ("read again, after the last byte", by_name["reload"]["ms"]),
        ("sorted, at the most", max(s["ms"] for s in steps if s["step"].startswith("sort"))),
        ("filtered", by_name["filter"]["ms"]),
        ("longest frame", max(s["frame_ms"] for s in steps)),
        ("longest frame, processor time", max(s["frame_cpu_ms"] for s in steps)),
        ("longest turn of the main loop", max(s["stall_ms"] for s in steps)),
        ("longest turn, processor time", max(s["stall_cpu_ms"] for s in steps)))]
    print(json.dumps({"bench": "pane", "entries": entries, "rows": rows, "steps": steps}))


if __name__ == "__main__":
    main()

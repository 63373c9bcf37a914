# SPDX-License-Identifier: GPL-3.0-or-later
"""How much memory a transfer takes at its peak: a small and a large file, a small and a large folder, down
and up, `wire` beside curl and lftp, against vsftpd on a memory file system.

    tests/bench/bench-ftp-memory.py [--sizes MIB,MIB] [--files N,N] [--tls]

What does not grow with the file or the folder is flat."""

import argparse
import importlib
import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

many = importlib.import_module("bench-ftp-many")
one = importlib.import_module("bench-ftp")

JOBS = 8

# How often its memory is looked at, in seconds.
LOOK = 0.002


def get_peak(pid):
    """So far, in KiB; 0 where it is gone."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as f:
            return next((int(line.split()[1]) for line in f if line.startswith("VmHWM:")), 0)
    except OSError:
        return 0


def measure(argv):
    """The largest resident set that it had, in MiB. Not by wait4(2), which counts what Python had when it
    forked; the mark only rises, so a look at it now and then misses no more than the last moment."""
    child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, env=dict(os.environ, G_DEBUG=""))
    peak = 0
    error = b""
    while child.returncode is None:
        peak = max(peak, get_peak(child.pid))
        try:
            error = child.communicate(timeout=LOOK)[1]
        except subprocess.TimeoutExpired:
            continue
    if child.returncode != 0:
        print(f"{argv[0]} failed: {error.decode()[-300:].strip()}", file=sys.stderr)
        return None
    return round(peak / 1024, 1)


def remove(path):
    if os.path.isdir(path):
        shutil.rmtree(path)
    elif os.path.exists(path):
        os.unlink(path)


def row(what, figures):
    ours = figures.pop("wire", None)
    ratio = round(ours / min(figures.values()), 3) if ours and figures else None
    return {"what": what, "unit": "MiB", "ours": ours, "peers": figures, "ratio": ratio}


def run_file(bench, server, mib, rows):
    source = os.fsdecode(server.put_file("big", b""))
    with open(source, "r+b") as f:
        block = os.urandom(1 << 20)
        for _i in range(mib):
            f.write(block)
    target, up = bench.path("got"), os.path.join(server.folder, "up")
    tls = server.scheme != "ftp"
    figures = {}
    for (program, way), argv in one.commands(server, target, source, server.ca_file if tls else None).items():
        if program == "wire" or shutil.which(program) is not None:
            peak = measure(argv)
            whole = os.path.getsize(target if way == "down" else up) == mib << 20
            remove(target)
            remove(up)
            if peak is not None and whole:
                figures.setdefault(way, {})[program] = peak
    for way, programs in figures.items():
        rows.append(row(f"FTP peak memory, {mib} MiB {way}, {'TLS' if tls else 'plain'}", programs))


def run_folder(bench, server, count, rows):
    names = [f"file-{i:05}" for i in range(count)]
    remove(bench.path("here"))
    os.mkdir(bench.path("here"))
    for name in names:
        server.put_file("many/" + name, b"small")
        with open(bench.path("here", name), "wb") as f:
            f.write(b"small")
    for way in ("down", "up"):
        figures = {}
        got = bench.path("got") if way == "down" else os.path.join(server.folder, "got")
        for program, argv in many.commands(bench, server, way, JOBS, names).items():
            if program == "curl" or (program != "wire" and shutil.which(program) is None):
                continue
            remove(got)
            if way == "down":
                os.mkdir(got)
            peak = measure(argv())
            if peak is not None:
                figures[program] = peak
        remove(got)
        rows.append(row(f"FTP peak memory, {count} files {way}, {JOBS} connections", figures))
    remove(os.path.join(server.folder, "many"))


def run(options, tls, rows):
    bench = many.Bench()
    bench.setUp()
    try:
        server = many.vsftpd.Vsftpd(bench, tls=tls, xferlog_enable="NO", log_ftp_protocol="NO")
        for mib in map(int, options.sizes.split(",")):
            run_file(bench, server, mib, rows)
        for count in [] if tls else map(int, options.files.split(",")):
            run_folder(bench, server, count, rows)
    finally:
        bench.doCleanups()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="64,2048", help="MiB")
    parser.add_argument("--files", default="1000,50000")
    parser.add_argument("--tls", action="store_true", help="under TLS, too")
    options = parser.parse_args()

    rows = []
    for tls in ([False, True] if options.tls else [False]):
        run(options, tls, rows)
    print(json.dumps({"bench": "ftp-memory", "rows": rows}))
    if any(one_row["ours"] is None for one_row in rows):
        sys.exit(1)


if __name__ == "__main__":
    main()

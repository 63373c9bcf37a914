# SPDX-License-Identifier: GPL-3.0-or-later
"""Many small files down and up over one connection and over eight, in the clear and under TLS, and a long
listing: `wire` beside curl and lftp, against vsftpd on a memory file system.

    tests/bench/bench-ftp-many.py [--files N] [--tls-files N] [--entries N] [--rounds N] [--only WORD]

The programs take turns within a round. The best round counts, as a rate; medians and processor time are
in the JSON, too."""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(TOP, "tests", "lib"))
os.environ.setdefault("WIRE", os.path.join(TOP, "_build", "src", "cli", "wire"))

import vsftpd  # noqa: E402
import wbtest  # noqa: E402

SIZE = 4096


class Bench(wbtest.TestCase):
    """Only for its folder and its children."""

    def runTest(self):
        pass

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="wb-bench-", dir="/dev/shm")
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)


def lftp(server, script):
    tls = "set ftp:ssl-force true; set ftp:ssl-allow-anonymous true; set ftp:ssl-protect-data true; " \
          f"set ssl:ca-file {server.ca_file}; " if server.scheme != "ftp" else ""
    url = server.url.replace("ftpes", "ftp")
    return ["lftp", "-c", f"{tls}open {url}; {script}"]


def curl(server, way, jobs, bench, names, target):
    """All of it in one process, by a list, as its users do who have many files."""
    config = bench.path("curl.conf")
    url = server.url.replace("ftpes", "ftp")
    with open(config, "w") as f:
        for name in names:
            if way == "down":
                f.write(f'url = "{url}many/{name}"\noutput = "{target}/{name}"\n')
            else:
                f.write(f'upload-file = "{bench.path("here")}/{name}"\nurl = "{url}got/{name}"\n')
    tls = ["--ssl-reqd", "--cacert", server.ca_file] if server.scheme != "ftp" else []
    parallel = ["--parallel", "--parallel-max", str(jobs)] if jobs > 1 else []
    return ["curl", "-s", "-S", "-g", "--ftp-create-dirs", *tls, *parallel, "-K", config]


def commands(bench, server, way, jobs, names):
    target = bench.path("got")
    here = bench.path("here")
    options = [*server.options(), "--jobs", str(jobs), "-q"]
    if way == "down":
        return {
            "wire": lambda: [wbtest.WIRE, "ftp", "get", "-r", server.url + "many", target, *options],
            "lftp": lambda: lftp(server, f"mirror --no-perms --parallel={jobs} many {target}"),
            "curl": lambda: curl(server, way, jobs, bench, names, target),
        }
    return {
        "wire": lambda: [wbtest.WIRE, "ftp", "put", "-r", here, server.url + "got", *options],
        "lftp": lambda: lftp(server, f"mirror -R --no-perms --parallel={jobs} {here} got"),
        "curl": lambda: curl(server, way, jobs, bench, names, target),
    }


def get_children_cpu():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure(argv, cpu=None):
    """The seconds that it took; its processor time is added to the list CPU."""
    begin = time.monotonic()
    before = get_children_cpu()
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, env=dict(os.environ, G_DEBUG=""))
    seconds = time.monotonic() - begin
    if done.returncode != 0:
        print(f"{argv[0]} failed: {done.stderr.decode()[-300:].strip()}", file=sys.stderr)
        return None
    if cpu is not None:
        cpu.append(round(get_children_cpu() - before, 3))
    return seconds


def check(folder, count):
    """Whether they have all arrived whole, wherever in the folder."""
    found = [os.path.join(at, name) for at, _folders, files in os.walk(folder) for name in files]
    return len(found) == count and all(os.path.getsize(path) == SIZE for path in found)


def run_files(bench, server, way, jobs, count, rounds, without):
    names = [f"file-{i:05}" for i in range(count)]
    figures = {}
    cpu = {}
    turns = list(commands(bench, server, way, jobs, names).items())
    got = bench.path("got") if way == "down" else os.path.join(server.folder, "got")
    for _round in range(rounds):
        # Nobody is always the one who comes after somebody else.
        turns = turns[1:] + turns[:1]
        for program, argv in turns:
            if program in without or (program != "wire" and shutil.which(program) is None):
                continue
            shutil.rmtree(got, ignore_errors=True)
            if way == "down":
                os.mkdir(got)
            seconds = measure(argv(), cpu.setdefault(program, []))
            if seconds is not None and check(got, count):
                figures.setdefault(program, []).append(round(seconds, 3))
            elif seconds is not None:
                print(f"{program} left something out", file=sys.stderr)
    shutil.rmtree(got, ignore_errors=True)
    return row(f"FTP {count} x 4 KiB {way}, {'TLS' if server.scheme != 'ftp' else 'plain'}, "
               f"{jobs} connection{'s' if jobs > 1 else ''}", "files/s", count, figures, cpu)


def run_listing(server, entries, rounds):
    folder = os.path.join(server.folder, "long")
    os.mkdir(folder)
    for i in range(entries):
        os.close(os.open(os.path.join(folder, f"entry-{i:06}"), os.O_CREAT | os.O_WRONLY, 0o644))
    turns = [("wire", [wbtest.WIRE, "ftp", "ls", server.url + "long"]),
             ("curl", ["curl", "-s", "-S", server.url + "long/"]),
             ("lftp", lftp(server, "cls long"))]
    figures = {}
    for _round in range(rounds):
        turns = turns[1:] + turns[:1]
        for program, argv in turns:
            seconds = measure(argv) if program == "wire" or shutil.which(program) else None
            if seconds is not None:
                figures.setdefault(program, []).append(round(seconds, 3))
    shutil.rmtree(folder)
    return row(f"FTP listing of {entries}", "entries/s", entries, figures)


def row(what, unit, count, figures, cpu=None):
    rates = {program: round(count / min(seconds), 1) for program, seconds in figures.items()}
    ours = rates.pop("wire", None)
    ratio = round(ours / max(rates.values()), 3) if ours and rates else None
    document = {"what": what, "unit": unit, "ours": ours, "peers": rates, "ratio": ratio,
                "seconds": figures,
                "medians": {program: statistics.median(seconds) for program, seconds in figures.items()}}
    if cpu:
        document["cpu"] = {program: statistics.median(seconds) for program, seconds in cpu.items() if seconds}
    return document


def run_server(options, tls, rows):
    bench = Bench()
    bench.setUp()
    try:
        server = vsftpd.Vsftpd(bench, tls=tls, xferlog_enable="NO", log_ftp_protocol="NO")
        count = options.tls_files if tls else options.files
        os.mkdir(bench.path("here"))
        for i in range(count):
            data = os.urandom(SIZE)
            server.put_file(f"many/file-{i:05}", data)
            with open(bench.path("here", f"file-{i:05}"), "wb") as f:
                f.write(data)
        for way in ("down", "up"):
            for jobs in (1, 8):
                if options.only in f"{way} {jobs} {'tls' if tls else 'plain'}":
                    # One after the other under TLS curl takes minutes.
                    rows.append(run_files(bench, server, way, jobs, count, options.rounds,
                                          ["curl"] if tls else []))
        if not tls and options.only in "listing":
            rows.append(run_listing(server, options.entries, options.rounds))
    finally:
        bench.doCleanups()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--tls-files", type=int, default=500)
    parser.add_argument("--entries", type=int, default=100000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="as in “down 8 plain” or “listing”")
    options = parser.parse_args()

    rows = []
    for tls in (False, True):
        run_server(options, tls, rows)
    print(json.dumps({"bench": "ftp-many", "rounds": options.rounds, "rows": rows}))
    if any(one["ours"] is None for one in rows):
        sys.exit(1)


if __name__ == "__main__":
    main()

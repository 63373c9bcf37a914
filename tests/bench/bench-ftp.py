# SPDX-License-Identifier: GPL-3.0-or-later
"""One large file down and up, `wire` beside curl and lftp, against vsftpd on a memory file system.

    tests/bench/bench-ftp.py [--size MIB] [--rounds N] [--tls]

The programs take turns within a round, so that whatever else the machine does meets them all. The best
round counts. "cpu" in the JSON has the processor time of the program in seconds a GiB: medians, which a
busy machine leaves nearly as they are."""

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


class Bench(wbtest.TestCase):
    """Only for its folder and its children."""

    def runTest(self):
        pass

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="wb-bench-", dir="/dev/shm")
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)


def commands(server, target, source, ca_file):
    url = f"{server.url}big"
    up = f"{server.url}up"
    lftp_tls = "set ftp:ssl-force true; set ftp:ssl-allow-anonymous true; " \
               "set ftp:ssl-protect-data true; " \
               f"set ssl:ca-file {ca_file}; " if ca_file else ""
    lftp = lftp_tls + f"open {url.rsplit('/', 1)[0].replace('ftpes', 'ftp')}; "
    curl = ["curl", "-s", "-S", "-g"] + (["--ssl-reqd", "--cacert", ca_file] if ca_file else [])
    plain = url.replace("ftpes", "ftp")
    return {
        ("wire", "down"): [wbtest.WIRE, "ftp", "get", url, target, *server.options()],
        ("curl", "down"): [*curl, "-o", target, plain],
        ("lftp", "down"): ["lftp", "-c", lftp + f"get big -o {target}"],
        ("wire", "up"): [wbtest.WIRE, "ftp", "put", source, up, *server.options()],
        ("curl", "up"): [*curl, "-T", source, up.replace("ftpes", "ftp")],
        ("lftp", "up"): ["lftp", "-c", lftp + f"put {source} -o up"],
    }


def remove(path):
    if os.path.exists(path):
        os.unlink(path)


def get_children_cpu():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure(argv, expected, path):
    begin = time.monotonic()
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, env=dict(os.environ, G_DEBUG=""))
    seconds = time.monotonic() - begin
    if done.returncode != 0 or not os.path.exists(path) or os.path.getsize(path) != expected:
        print(f"{argv[0]} failed: {done.stderr.decode().strip()}", file=sys.stderr)
        return None
    return seconds


def run(size, rounds, tls):
    bench = Bench()
    bench.setUp()
    try:
        server = vsftpd.Vsftpd(bench, tls=tls, xferlog_enable="NO", log_ftp_protocol="NO")
        source = os.fsdecode(server.put_file("big", b""))
        with open(source, "r+b") as f:
            block = os.urandom(1 << 20)
            for _i in range(size):
                f.write(block)
        target = bench.path("got")
        up = os.path.join(server.folder, "up")
        ca_file = server.ca_file if tls else None
        results = {}
        cpu = {}
        turns = list(commands(server, target, source, ca_file).items())
        for _round in range(rounds):
            # Nobody is always the one who comes after somebody else.
            turns = turns[1:] + turns[:1]
            for (program, way), argv in turns:
                if program != "wire" and shutil.which(program) is None:
                    continue
                path = target if way == "down" else up
                remove(path)
                before = get_children_cpu()
                seconds = measure(argv, size << 20, path)
                remove(path)
                if seconds is not None:
                    results.setdefault(way, {}).setdefault(program, []).append(round(seconds, 3))
                    cpu.setdefault(way, {}).setdefault(program, []).append(get_children_cpu() - before)
        return results, {way: {program: round(statistics.median(times) * 1024 / size, 2)
                               for program, times in programs.items()} for way, programs in cpu.items()}
    finally:
        bench.doCleanups()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=2048, help="MiB")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tls", action="store_true", help="under TLS, too")
    options = parser.parse_args()

    rows = []
    for tls in ([False, True] if options.tls else [False]):
        results, cpu = run(options.size, options.rounds, tls)
        for way, figures in results.items():
            rates = {program: round(options.size / min(seconds), 1)
                     for program, seconds in figures.items()}
            ours = rates.pop("wire", None)
            ratio = round(ours / max(rates.values()), 3) if ours and rates else None
            rows.append({"what": f"FTP {way}, {'TLS' if tls else 'plain'}", "unit": "MiB/s",
                         "ours": ours, "peers": rates, "ratio": ratio, "seconds": figures, "cpu": cpu[way]})
    print(json.dumps({"bench": "ftp", "mib": options.size, "rounds": options.rounds, "rows": rows}))
    if any(row["ours"] is None for row in rows):
        sys.exit(1)


if __name__ == "__main__":
    main()

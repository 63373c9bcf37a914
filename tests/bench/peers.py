# SPDX-License-Identifier: GPL-3.0-or-later
"""What the benches beside other programs share: runs taken in turn, wall and processor time, one JSON."""

import json
import os
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import wbtest  # noqa: E402,F401


def run_timed(argv, env=None):
    """Wall and processor seconds of a program that has to succeed."""
    begin = time.monotonic()
    child = subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - begin
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit(f"{argv[0]} ended with {child.returncode}")
    return wall, usage.ru_utime + usage.ru_stime


def in_turn(runs, rounds):
    """Runs each of RUNS (name -> function that gives wall and processor seconds) in turn, ROUNDS times and
    once before that to warm up; name -> the medians."""
    figures = {name: [] for name in runs}
    for i in range(rounds + 1):
        for name, function in runs.items():
            figure = function()
            if i:
                figures[name].append(figure)
    return {name: {"wall": round(statistics.median(f[0] for f in rows), 3),
                   "cpu": round(statistics.median(f[1] for f in rows), 3),
                   "least": round(min(f[0] for f in rows), 3), "most": round(max(f[0] for f in rows), 3)}
            for name, rows in figures.items()}


def report(bench, figures, pairs, mails, **facts):
    """One JSON object on stdout, in mails a second. PAIRS has a row each: what is measured, the name of
    ours in FIGURES, those of its peers."""
    rates = {name: round(mails / figure["wall"], 1) for name, figure in figures.items()}
    rows = []
    for what, ours, others in pairs:
        peers = {name: rates[name] for name in others}
        rows.append({"what": what, "unit": "1/s", "ours": rates[ours], "peers": peers,
                     "ratio": round(rates[ours] / max(peers.values()), 3)})
    print(json.dumps({"bench": bench, "mails": mails, **facts, "seconds": figures, "rows": rows}))

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""First frame and memory of the window, beside the smallest program of its kind, started in turn.

    bench-window.py WIREBENCH MINIMAL [ROUNDS]

The peer is MINIMAL: a header bar, a view switcher and a page with an icon and a text. It runs twice:
as it is, and told not to start GL, as Wirebench does by itself where there is no graphics card. "bare"
in each row is the latter with nothing but a header bar and a word, which no program with something to
show can reach. The first frame is seen from outside, alike for all: the time from the start of the
process until a pixel in the middle of its window is painted. Memory is read 1.5 s later and once more
after 5 s: what the process has written to and shares with nobody (Private_Dirty), and that with its
share of what others map, too (Pss)."""

import ctypes
import json
import os
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import wbtest  # noqa: E402
from gui.session import Desktop  # noqa: E402

x11 = ctypes.CDLL("libX11.so.6")
x11.XOpenDisplay.restype = ctypes.c_void_p
x11.XDefaultRootWindow.restype = ctypes.c_ulong
x11.XGetImage.restype = ctypes.c_void_p


def whole_screen(display, root, x, y):
    """One pixel of the screen, as the X server has it."""
    image = x11.XGetImage(ctypes.c_void_p(display), ctypes.c_ulong(root), x, y, 1, 1,
                          ctypes.c_ulong(0xFFFFFFFF), 2)
    if not image:
        return 0
    # struct _XImage: width, height, xoffset, format (four ints), then char *data
    data = ctypes.cast(image + 16, ctypes.POINTER(ctypes.c_void_p))[0]
    pixel = ctypes.cast(data, ctypes.POINTER(ctypes.c_uint32))[0] & 0xFFFFFF
    x11.XDestroyImage(ctypes.c_void_p(image))
    return pixel


def memory(pid):
    """Proportional set size and private dirty memory in KiB."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
        fields = dict(line.split()[:2] for line in f if line.endswith("kB\n"))
    return int(fields["Pss:"]), int(fields["Private_Dirty:"])


def processor(pid):
    """Milliseconds that all threads of a process ran for; unlike the clock's, they hardly depend on
    what else the machine does."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as f:
            total += int(f.read().split()[0])
    return total / 1e6


def measure(desktop, display, root, argv, env):
    begin = time.monotonic()
    child = subprocess.Popen(argv, env={**desktop.env, **env}, stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                             start_new_session=True)
    try:
        while whole_screen(display, root, 640, 450) == 0:
            if child.poll() is not None or time.monotonic() > begin + 60:
                raise SystemExit(f"{argv[0]} showed no window")
            time.sleep(0.001)
        first = (time.monotonic() - begin) * 1000
        used = processor(child.pid)
        time.sleep(1.5)  # until idle work is done, the same for all
        soon = memory(child.pid)
        time.sleep(3.5)
        return first, used, *soon, *memory(child.pid)
    finally:
        wbtest.stop(child)
        while whole_screen(display, root, 640, 450) != 0:
            time.sleep(0.01)


def main():
    ours, minimal = sys.argv[1:3]
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 7
    # The variable has another name since GTK 4.16.
    no_gl = {"GDK_DEBUG": "gl-disable", "GDK_DISABLE": "gl,vulkan"}
    programs = {"ours": ([ours], {}), "minimal": ([minimal], {}),
                "no GL": ([minimal], no_gl), "bare": ([minimal, "bare"], no_gl)}
    figures = {name: [] for name in programs}
    schemas = os.path.join(os.path.dirname(os.path.abspath(ours)), "..", "..", "data")
    with Desktop(env={"GTK_A11Y": "none", "GSETTINGS_SCHEMA_DIR": schemas}) as desktop:
        display = x11.XOpenDisplay(desktop.env["DISPLAY"].encode())
        root = x11.XDefaultRootWindow(ctypes.c_void_p(display))
        for i in range(rounds + 1):
            for name, (argv, env) in programs.items():
                figure = measure(desktop, display, root, argv, env)
                if i:  # the first round warms the caches
                    figures[name].append(figure)

    rows = []
    for index, choose, what, unit in ((0, statistics.median, "first frame", "ms"),
                                      (0, min, "first frame, quickest", "ms"),
                                      (1, statistics.median, "processor time until then", "ms"),
                                      (2, statistics.median, "memory, idle", "KiB"),
                                      (3, statistics.median, "private memory, idle", "KiB"),
                                      (4, statistics.median, "memory after 5 s", "KiB"),
                                      (5, statistics.median, "private memory after 5 s", "KiB")):
        ours, peer, no_gl, bare = (round(choose([f[index] for f in figures[name]]), 1)
                                   for name in programs)
        rows.append({"what": what, "unit": unit, "ours": ours,
                     "peers": {"smallest program": peer, "the same without GL": no_gl},
                     "bare": bare, "ratio": round(ours / min(peer, no_gl), 3)})
    print(json.dumps({"bench": "window", "rounds": rounds, "rows": rows}))


if __name__ == "__main__":
    main()

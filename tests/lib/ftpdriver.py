# SPDX-License-Identifier: GPL-3.0-or-later
"""The client's verbs from Python: several in one session, by tests/ftp/ftp-driver.c."""

import os
import subprocess

PROGRAM = os.environ.get("FTP_DRIVER", "ftp-driver")


class Failed(AssertionError):
    pass


def run(url, *calls, options=(), timeout=120):
    """CALLS are lists of a verb and its arguments. A list of (whether it worked, what it said)."""
    argv = [PROGRAM, *map(str, options), url]
    for number, call in enumerate(calls):
        argv += ([","] if number else []) + [os.fsencode(str(w)) if not isinstance(w, bytes) else w
                                             for w in call]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=timeout,
                          env=dict(os.environ, LANGUAGE="en"))
    if done.returncode not in (0, 1) or b"CRITICAL" in done.stderr:
        raise Failed(f"{argv}: {done.returncode}\n{done.stderr.decode(errors='replace')}")
    lines = done.stdout.decode(errors="surrogateescape").splitlines()
    return [(line.startswith("ok "), line.partition(" ")[2]) for line in lines]


def ask(url, *calls, **kw):
    """The same where all of them have to work; what they said."""
    results = run(url, *calls, **kw)
    for ok, text in results:
        if not ok:
            raise Failed(text)
    if len(results) != len(calls):
        raise Failed(str(results))
    return [text for _ok, text in results]

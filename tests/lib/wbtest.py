# SPDX-License-Identifier: GPL-3.0-or-later
"""What every Python test here stands on: a folder of its own, processes that end with the test, and
TAP on stdout so that the build's runner counts each test by itself."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

WIRE = os.environ.get("WIRE", "wire")


_kept = []


def free_port(kind=socket.SOCK_STREAM, host="127.0.0.1"):
    """A port that nothing listened on a moment ago, for daemons that cannot pick one themselves. Of an IPv6
    address: that nobody gets at 127.0.0.1 either, as whoever asks for localhost tries IPv6 first."""
    while True:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, kind) as s:
            s.bind((host, 0))
            port = s.getsockname()[1]
        if ":" not in host:
            return port
        keeper = socket.socket(socket.AF_INET, kind)
        try:
            keeper.bind(("127.0.0.1", port))
        except OSError:
            keeper.close()
            continue
        _kept.append(keeper)
        return port


def wait_until(condition, what, timeout=30):
    """Poll CONDITION until it is true; its value, or an AssertionError that names WHAT."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"gave up after {timeout} s: {what}")
        time.sleep(0.01)


def listens(port, host="127.0.0.1"):
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


class TestCase(unittest.TestCase):
    """A test with a temporary folder (self.dir) and children that do not outlive it."""

    maxDiff = None

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="wb-test-")
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)

    def path(self, *names):
        return os.path.join(self.dir, *names)

    def write(self, name, data):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data.encode() if isinstance(data, str) else data)
        return path

    def read(self, *names):
        with open(self.path(*names), "rb") as f:
            return f.read()

    def start(self, argv, **kw):
        """Start a child in a process group of its own; it is ended with the test."""
        child = subprocess.Popen(argv, start_new_session=True, **kw)
        self.addCleanup(stop, child)
        return child

    def wire(self, *args, input=None, env=None, timeout=60, check=None):
        """Run `wire ARGS`; the completed process with bytes in stdout and stderr."""
        e = dict(os.environ, LANGUAGE="en", **(env or {}))
        done = subprocess.run([WIRE, *map(str, args)], input=input, env=e, timeout=timeout,
                              stdin=subprocess.DEVNULL if input is None else None,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if check is not None:
            self.assertEqual(done.returncode, check,
                             f"wire {' '.join(map(str, args))}\n{done.stderr.decode(errors='replace')}")
        return done


def stop(child, timeout=5):
    """End a child that start() began, and its group, by its id."""
    if child.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGTERM)
        try:
            child.wait(timeout)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
    for stream in (child.stdin, child.stdout, child.stderr):
        if stream:
            stream.close()


MEASURE = """
import os, subprocess, sys
child = subprocess.Popen(sys.argv[2:])
_, status, usage = os.wait4(child.pid, 0)
with open(sys.argv[1], "w") as f:
    f.write(str(usage.ru_maxrss * 1024))
sys.exit(os.waitstatus_to_exitcode(status))
"""


def run_measured(argv, **kw):
    """Run a program; the completed process and the most memory that it had, in bytes. It is started by a
    small process, since a child counts what its parent had when it was forked."""
    with tempfile.NamedTemporaryFile("r") as result:
        done = subprocess.run([sys.executable, "-c", MEASURE, result.name, *map(str, argv)], check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **kw)
        return done, int(result.read())


class ScriptedServer(threading.Thread):
    """A TCP server on loopback whose HANDLER (connection, address) is called for each client in turn."""

    def __init__(self, handler, host="127.0.0.1", port=0):
        super().__init__(daemon=True)
        self.handler = handler
        self.socket = socket.create_server((host, port))
        self.port = self.socket.getsockname()[1]
        self.errors = []
        self.start()

    def run(self):
        while True:
            try:
                connection, address = self.socket.accept()
            except OSError:
                return
            with connection:
                try:
                    self.handler(connection, address)
                except (OSError, ValueError) as e:
                    self.errors.append(e)

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


class TapResult(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.count = 0

    def say(self, ok, test, comment="", detail=""):
        self.count += 1
        print(f"{'ok' if ok else 'not ok'} {self.count} {test.id()}{comment}", flush=True)
        # On stderr, which the build's runner shows of a test that fails.
        print(detail, end="", file=sys.stderr, flush=True)

    def addSuccess(self, test):
        self.say(True, test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.say(False, test, detail=self._exc_info_to_string(err, test))

    def addError(self, test, err):
        super().addError(test, err)
        self.say(False, test, detail=self._exc_info_to_string(err, test))

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.say(True, test, f" # SKIP {reason}")

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.say(False, subtest, detail=self._exc_info_to_string(err, subtest))


def main():
    """Run the tests of the calling script; names on the command line choose some of them."""
    module = sys.modules["__main__"]
    names = sys.argv[1:]
    loader = unittest.defaultTestLoader
    suite = loader.loadTestsFromNames(names, module) if names else loader.loadTestsFromModule(module)
    result = TapResult()
    suite.run(result)
    print(f"1..{result.count}", flush=True)
    sys.exit(0 if result.wasSuccessful() else 1)

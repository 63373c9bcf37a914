# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure-FTPd as a child of the test, with one account."""

import os
import pwd
import subprocess

import certs
import wbtest

PLACE = "/var/lib/wirebench-tests/pure-ftpd"
PROGRAM = PLACE + "/usr/sbin/pure-ftpd"
PASSWORD = "canary-8841"


def is_there():
    return os.geteuid() == 0 and os.path.exists(PROGRAM)


class PureFtpd:
    """SERVER.url is SERVER.folder here. ENVIRON is what its environment has more than ours."""

    def __init__(self, test, *options, tls=False, host="127.0.0.1", environ=None):
        self.test = test
        self.dir = test.path("pureftpd")
        self.folder = os.path.join(self.dir, "home")
        os.makedirs(self.folder)
        for path in (test.dir, self.dir, self.folder):
            os.chmod(path, 0o755)
        user = pwd.getpwnam("ftp")
        os.chown(self.folder, user.pw_uid, user.pw_gid)
        handler = self.write("auth", "#!/bin/sh\n"
                             f'if [ "$AUTHD_PASSWORD" = "{PASSWORD}" ]; then\n'
                             f"echo auth_ok:1; echo uid:{user.pw_uid}; echo gid:{user.pw_gid}\n"
                             f"echo dir:{self.folder}/./\nelse echo auth_ok:-1; fi\necho end\n")
        os.chmod(handler, 0o755)
        socket = os.path.join(self.dir, "authd")
        self.port = wbtest.free_port(host=host)
        test.start([PLACE + "/usr/sbin/pure-authd", "-s", socket, "-r", handler])
        wbtest.wait_until(lambda: os.path.exists(socket), "pure-authd listens")

        argv = [PROGRAM, "-l", "extauth:" + socket, "-S", f"{host},{self.port}", "-H", "-E",
                "-g", os.path.join(self.dir, "pid"), "-u", "1", "-c", "50", "-C", "50", *options]
        if tls:
            self.ca_file = certs.make_ca(self.dir)
            _certificate, _key, both = certs.make_server(self.dir)
            argv += ["-Y", "3", "-2", both]
        self.child = test.start(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                env=dict(os.environ, **(environ or {})))
        wbtest.wait_until(lambda: self.child.poll() is not None or wbtest.listens(self.port, host),
                          "Pure-FTPd listens")
        test.assertIsNone(self.child.poll(), "Pure-FTPd ended at once")
        name = f"[{host}]" if ":" in host else host
        self.url = f"{'ftpes' if tls else 'ftp'}://real:{PASSWORD}@{name}:{self.port}/"

    def options(self):
        return ["--ca-file", self.ca_file] if self.url.startswith("ftpes") else []

    def write(self, name, text):
        path = os.path.join(self.dir, name)
        with open(path, "w") as f:
            f.write(text)
        return path

    def put_file(self, name, data):
        """A file on the server, made behind its back."""
        path = os.path.join(os.fsencode(self.folder), os.fsencode(name))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data)
        user = pwd.getpwnam("ftp")
        above = path
        while above != os.fsencode(self.folder):
            os.chown(above, user.pw_uid, user.pw_gid)
            above = os.path.dirname(above)
        return path

    def read(self, name):
        with open(os.path.join(os.fsencode(self.folder), os.fsencode(name)), "rb") as f:
            return f.read()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Against ProFTPD, with its modules for checksums and links."""

import os

import ftpverbs
import proftpd
import wbtest


@wbtest.unittest.skipUnless(proftpd.is_there(), "ProFTPD is not here, or this is not root")
class Plain(wbtest.TestCase):
    arguments = {}

    def setUp(self):
        super().setUp()
        self.server = proftpd.Proftpd(self, **self.arguments)


class Proftpd(Plain, ftpverbs.Verbs):
    def test_attributes(self):
        data = b"content" * 99
        path = self.server.put_file("a", data)
        said = self.ask(["hash", "a"], ["chmod", "640", "a"], ["link", "a", "to-a"],
                        ["mfmt", "a", "1234567890"], ["raw", "SITE HELP"], ["ls", "."])
        algorithm, digits = said[0].split()
        self.assertEqual(digits, self.digest(data, algorithm))
        self.assertEqual(os.stat(path).st_mode & 0o7777, 0o640)
        self.assertEqual(os.readlink(os.path.join(self.server.folder, "to-a")).strip("/"), "a")
        self.assertEqual(int(os.stat(path).st_mtime), 1234567890)
        self.assertTrue(said[4].startswith("214 "), said[4])

    def test_verified(self):
        data = os.urandom(100_000)
        local = self.write("local", data)
        self.ask(["put", local, "up", "v"], ["get", "up", self.path("back"), "v"])
        self.assertEqual(self.read("back"), data)


class Active(Proftpd):
    mode = ["--active"]


class Tls(Proftpd):
    arguments = {"tls": True}


class TlsActive(Plain, ftpverbs.Basics):
    arguments = {"tls": True}
    survives_stop = False  # it ends the session when an encrypted transfer is stopped
    mode = ["--active"]


class Six(Plain, ftpverbs.Basics):
    arguments = {"host": "::1"}


class SixActive(Plain, ftpverbs.Basics):
    arguments = {"host": "::1"}
    mode = ["--active"]


if __name__ == "__main__":
    wbtest.main()

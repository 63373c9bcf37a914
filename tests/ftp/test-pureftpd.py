# SPDX-License-Identifier: GPL-3.0-or-later
"""Against Pure-FTPd."""

import os

import ftpverbs
import pureftpd
import wbtest


@wbtest.unittest.skipUnless(pureftpd.is_there(), "Pure-FTPd is not here, or this is not root")
class Plain(wbtest.TestCase):
    arguments = {}

    def setUp(self):
        super().setUp()
        self.server = pureftpd.PureFtpd(self, **self.arguments)


class PureFtpd(Plain, ftpverbs.Verbs):
    def test_uploads_under_a_temporary_name(self):
        """Its words for a name that is free are others than most have."""
        local = self.write("local", b"content")
        self.wire("ftp", "put", local, self.server.url + "a", *self.server.options(),
                  "--transcript", self.path("log.txt"), check=0)
        self.assertRegex(self.read("log.txt"), rb"STOR a\.[0-9a-f]{8}\.part")
        self.assertEqual(self.server.read("a"), b"content")

    def test_missing_folder(self):
        """It has words of its own for one, with "exist" in them."""
        done = self.wire("ftp", "ls", self.server.url + "missing/", *self.server.options(), check=1)
        self.assertIn(b"There is no such file or folder", done.stderr)
        self.write("local/a", b"content")
        self.wire("ftp", "mirror", self.path("local"), self.server.url + "new/deep",
                  *self.server.options(), check=0)
        self.assertEqual(self.server.read("new/deep/a"), b"content")

    def test_attributes(self):
        path = self.server.put_file("a", b"content" * 99)
        self.ask(["chmod", "640", "a"], ["mfmt", "a", "1234567890"], ["raw", "SITE HELP"])
        self.assertEqual(os.stat(path).st_mode & 0o7777, 0o640)
        self.assertEqual(int(os.stat(path).st_mtime), 1234567890)
        for call, word in ((["hash", "a"], "cannot make checksums"), (["avbl"], "free space"),
                           (["link", "a", "b"], "Could not make the link")):
            ok, text = self.run_all(call)[0]
            self.assertFalse(ok)
            self.assertIn(word, text)


class Active(PureFtpd):
    mode = ["--active"]


class Tls(PureFtpd):
    arguments = {"tls": True}


class TlsActive(Plain, ftpverbs.Basics):
    arguments = {"tls": True}
    mode = ["--active"]


class Six(Plain, ftpverbs.Basics):
    arguments = {"host": "::1"}


class SixActive(Plain, ftpverbs.Basics):
    arguments = {"host": "::1"}
    mode = ["--active"]


if __name__ == "__main__":
    wbtest.main()

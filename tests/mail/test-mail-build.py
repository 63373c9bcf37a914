# SPDX-License-Identifier: GPL-3.0-or-later
"""What `wire mail build` makes is what Python's email package reads: each row of SHAPES is built, read
back and compared, and nothing in it may count as a defect."""

import contextlib
import email
import email.header
import email.policy
import email.utils
import hashlib
import itertools
import json
import os
import random
import re
import signal
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import wbtest

PNG = bytes(range(256)) * 40
LONG = "x" * 3000
CHINESE = "您好，这是一封测试邮件。" * 60
EMOJI = "👩‍👩‍👧‍👦 family 😀 naïve Ω"
SPECIALS = "From here\r\n.\r\n..dots\r\n> quoted\r\ntrailing  \t\r\n\r\nFrom \r\n=41 =?utf-8?Q?x?=\r\n"

# name, options, text, html, attachments as (name, bytes, type or None), expected tree of types
SHAPES = [
    ("plain", {"subject": "Hello"}, "Hello\n", None, [], "text/plain"),
    ("html", {"subject": "Hello"}, None, "<p>Hello <b>you</b></p>\n", [], "text/html"),
    ("chinese", {"subject": "测试：" + CHINESE, "from": "王大鹏 <user@example.com>",
                 "to": ["李娜 <li@example.com>, 张三 <zhang@example.com>"]}, CHINESE + "\n", None, [],
     "text/plain"),
    ("gb18030", {"subject": "中文主题 with English", "charset": "GB18030", "from": "王大鹏 <u@example.com>"},
     "你好，𠮷 世界\n" * 20, None, [], "text/plain"),
    ("big5", {"subject": "繁體中文", "charset": "Big5"}, "繁體中文\n", None, [], "text/plain"),
    ("latin1", {"subject": "Grüße", "charset": "ISO-8859-1", "from": "Jürgen Groß <j@example.com>"},
     "Ça va? Grüße!\n", None, [], "text/plain"),
    ("iso-2022-jp", {"subject": "日本語の件名" * 8, "charset": "ISO-2022-JP"}, "こんにちは\n", None, [],
     "text/plain"),
    ("emoji", {"subject": EMOJI * 10, "from": f'"{EMOJI}" <a@example.com>'}, EMOJI + "\n",
     f"<p>{EMOJI}</p>\n", [], ["multipart/alternative", "text/plain", "text/html"]),
    ("long lines", {"subject": LONG, "header": ["X-Long: " + LONG]}, LONG + "\n" + "长" * 2000 + "\n",
     "<p>" + LONG + "</p>\n", [], ["multipart/alternative", "text/plain", "text/html"]),
    ("long ascii lines", {"subject": "word " * 100}, LONG + "\n", None, [], "text/plain"),
    ("fragile text", {"subject": "=?utf-8?Q?not_encoded?= [x]  two  spaces"}, SPECIALS.replace("\r", ""),
     None, [], "text/plain"),
    ("specials in names", {"subject": "a", "from": '"Doe, \\"John\\" (x) \\\\" <j@example.com>',
                           "to": ['"a.b" <a@example.com>', "O'Neil <o@example.com>",
                                  '"=?utf-8?Q?x?=" <x@example.com>'],
                           "cc": ["Dr. Strange Love <d@example.com>", "plain@example.com"],
                           "reply-to": ["Büro <b@example.com>"]}, "a\n", None, [], "text/plain"),
    ("many recipients", {"subject": "a", "to": [f"收件人{i} <r{i}@example.com>" for i in range(300)]},
     "a\n", None, [], "text/plain"),
    ("groups", {"subject": "a", "to": ["朋友: a@example.com, 李 <b@example.com>;", "c@example.com"],
                "cc": ["nobody:;"]}, "a\n", None, [], "text/plain"),
    ("quoted local part and IDN", {"subject": "a", "to": ['"john doe"@example.com',
                                                          "Bücher <a@bücher.example>"]},
     "a\n", None, [], "text/plain"),
    ("attachment", {"subject": "a"}, "see it\n", None, [("a.bin", PNG, None)],
     ["multipart/mixed", "text/plain", "application/octet-stream"]),
    ("attachment names", {"subject": "a"}, "see them\n", None,
     [("王大鹏的简历（最终版）.pdf", b"%PDF-1.4\n", None), ("na\u00efve file; \"x\" '1' %41 \\.txt", b"text\n", None),
      ("很长的名字" * 14 + ".png", PNG, None), ("=?utf-8?Q?x?=.txt", b"y\r\n", None),
      ("😀.txt", "你好\n".encode(), None), ("a'b''c.html", b"<p>x</p>", None)],
     ["multipart/mixed", "text/plain", "application/pdf", "text/plain", "image/png", "text/plain",
      "text/plain", "text/html"]),
    ("empty attachment", {"subject": ""}, "", None, [("empty", b"", None)],
     ["multipart/mixed", "text/plain", None]),
    ("all at once", {"subject": "全部", "pictures": [("pic@example.com", "图.png", PNG)]}, "文本\n",
     '<p>图 <img src="cid:pic@example.com"></p>\n', [("b.bin", PNG[:1000], None)],
     ["multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html",
      "image/png", "application/octet-stream"]),
    ("picture that nothing shows", {"subject": "a", "pictures": [("lost@example.com", "l.png", PNG)]},
     None, "<p>no picture</p>\n", [], ["multipart/mixed", "text/html", "image/png"]),
    ("enclosed message", {"subject": "a"}, "a\n", None,
     [("m.eml", b"From: a@example.com\r\nSubject: x\r\n\r\nbody\r\n", None)],
     ["multipart/mixed", "text/plain", "application/octet-stream"]),
    ("reply", {"subject": "Re: a", "in-reply-to": "<b@example.com>",
               "references": " ".join(f"<{i}.{'r' * 30}@example.com>" for i in range(20))}, "a\n", None,
     [], "text/plain"),
]


def addresses(header):
    if header is None:
        return []
    return [(a.display_name, f"{a.addr_spec}") for a in header.addresses]


class Build(wbtest.TestCase):
    def build(self, options, text, html, attachments, check=0):
        argv = ["mail", "build"]
        options = {"from": "Anna <anna@example.com>", "to": ["bob@example.com"], **options}
        for i, (cid, name, data) in enumerate(options.pop("pictures", [])):
            argv += ["--picture", f"{cid}={self.write(os.path.join(f'picture{i}', name), data)}"]
        for key, values in options.items():
            for value in values if isinstance(values, list) else [values]:
                argv += ["--" + key, value]
        if text is not None:
            argv += ["--text", self.write("text", text)]
        if html is not None:
            argv += ["--html", self.write("html", html)]
        for i, (name, data, _) in enumerate(attachments):
            path = os.path.join(self.dir.encode(), b"file%d" % i, name.encode())
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as f:
                f.write(data)
            argv += ["--attach", os.fsdecode(path)]
        return self.wire(*argv, check=check)

    def check_wire_form(self, data):
        """ASCII lines of at most 998 bytes that end in CRLF, none of which a relay would touch."""
        self.assertTrue(data.endswith(b"\r\n"))
        for line in data[:-2].split(b"\r\n"):
            self.assertLessEqual(len(line), 998)
            self.assertNotIn(b"\r", line)
            self.assertNotIn(b"\n", line)
            self.assertNotIn(b"\0", line)
            self.assertFalse(line.startswith(b"From "), line)
        self.assertTrue(data.isascii())
        head = data.split(b"\r\n\r\n")[0]
        for line in head.split(b"\r\n"):
            if b"=?" in line:
                self.assertLessEqual(len(line), 76, line)

    def check_no_defects(self, message):
        for part in message.walk():
            self.assertEqual(part.defects, [])
            for name, value in part.items():
                # The second name of a file is an encoded word in quotes, which is what older
                # programs write and read.
                if name != "Content-Type" or "name=" not in value:
                    self.assertEqual(value.defects, (), name)

    def check_attachment(self, part, name, data):
        self.assertEqual(part.get_content_disposition(), "attachment")
        self.assertEqual(part.get_payload(decode=True), data)
        if name is not None:
            self.assertEqual(part.get_filename(), name)
        # The second name, for programs that know RFC 2047 alone.
        value = email.message_from_bytes(part.as_bytes(), policy=email.policy.compat32).get_param("name")
        if isinstance(value, tuple):
            self.fail(f"the second name is RFC 2231 too: {value}")
        self.assertEqual(str(email.header.make_header(email.header.decode_header(value))),
                         name)

    def test_shapes(self):
        for name, options, text, html, attachments, tree in SHAPES:
            with self.subTest(name):
                self.run_shape(dict(options), text, html, attachments, tree)

    def run_shape(self, options, text, html, attachments, tree):
        before = int(time.time())
        data = self.build(dict(options), text, html, attachments).stdout
        self.check_wire_form(data)
        message = email.message_from_bytes(data, policy=email.policy.default)
        self.check_no_defects(message)

        self.assertEqual(message["Subject"], options.get("subject", ""))
        for field in ("from", "to", "cc", "reply-to"):
            given = options.get(field, {"from": "Anna <anna@example.com>", "to": "bob@example.com"}.get(field))
            given = given if isinstance(given, list) else [given] if given else []
            self.check_addresses(data, field, addresses(message[field]), ", ".join(given))
        self.assertGreaterEqual(message["Date"].datetime.timestamp(), before)
        self.assertRegex(message["Message-ID"], r"^<[^\s<>@]+@example\.com>$")
        self.assertEqual(message["MIME-Version"], "1.0")
        for header in options.get("header", []):
            key, value = header.split(": ", 1)
            self.assertEqual(message[key], value)
        if "references" in options:
            self.assertEqual(message["In-Reply-To"], options["in-reply-to"])
            self.assertEqual(message["References"].split(),
                             options["references"].split() + [options["in-reply-to"]])

        types = [part.get_content_type() for part in message.walk()]
        wanted = [tree] if isinstance(tree, str) else tree
        self.assertEqual(len(types), len(wanted), types)
        for found, expected in zip(types, wanted):
            if expected is not None:
                self.assertEqual(found, expected)
        plain = message.get_body(("plain",))
        if text is not None:
            self.assertEqual(plain.get_content().replace("\r\n", "\n"), text)
            self.assertEqual(plain.get_content_charset(), options.get("charset", "utf-8").lower())
        if html is not None:
            body = message.get_body(("html",))
            self.assertEqual(body.get_content().replace("\r\n", "\n"), html)
        found = list(message.iter_attachments()) if message.get_content_type() == "multipart/mixed" else []
        pictures = options.get("pictures", [])
        inline = [p for p in message.walk() if p.get_content_disposition() == "inline"]
        for cid, file_name, content in pictures:
            shown = html is not None and "cid:" + cid in html
            part = inline[0] if shown else found.pop(0)
            self.assertEqual(part["Content-ID"], f"<{cid}>")
            self.assertEqual(part.get_filename(), file_name)
            self.assertEqual(part.get_payload(decode=True), content)
        self.assertEqual(len(found), len(attachments))
        for part, (file_name, content, _) in zip(found, attachments):
            self.check_attachment(part, file_name, content)

        # And we read ourselves no worse.
        shown = self.wire("mail", "show", "--json", "-", input=data, check=0)
        self.assertIn(b'"warnings":[]', shown.stdout)

    def check_addresses(self, data, field, found, given):
        """Against what Python's older parser of addresses makes of what was given."""
        given = re.sub(r"(^|, )[^:,<]*: *", r"\1", given).replace(";", "") if ":" in given else given
        expected = [(n, a.replace("bücher", "xn--bcher-kva"))
                    for n, a in email.utils.getaddresses([given]) if a]
        if found == expected:
            return
        # Python up to 3.12 keeps the space between two encoded words of a name (RFC 2047 section 6.2
        # says not to); its older interface does not.
        raw = email.message_from_bytes(data, policy=email.policy.compat32)[field]
        self.assertRegex(raw, r"\?=\s+=\?")
        decoded = [(str(email.header.make_header(email.header.decode_header(n))), a)
                   for n, a in email.utils.getaddresses([raw])]
        self.assertEqual(decoded, expected)

    def test_bcc_is_absent(self):
        data = self.build({"bcc": ["Secret <secret@example.org>", "second@example.org"]}, "a\n", None,
                          []).stdout
        for word in (b"bcc", b"secret", b"second"):
            self.assertNotIn(word, data.lower())

    def test_resent_bcc_is_refused(self):
        done = self.build({"header": "resent-bcc: secret@example.com"}, "a\n", None, [], check=2)
        self.assertEqual(done.stdout, b"")
        self.assertIn("resent-bcc", done.stderr.decode())

    def test_host_name_is_absent(self):
        data = self.build({}, "a\n", None, []).stdout
        self.assertNotIn(os.uname().nodename.encode(), data)

    def test_line_breaks_refused_everywhere(self):
        """CR, LF or both in any argument: exit 1, one line on stderr that names the field, no output."""
        fields = {"from": "From", "to": "To", "cc": "Cc", "bcc": "Bcc", "reply-to": "Reply-To",
                  "subject": "Subject", "in-reply-to": "In-Reply-To", "header": "X-A",
                  "references": "References"}
        good = {"header": "X-A: value", "subject": "subject", "in-reply-to": "<a@example.com>",
                "references": "<a@example.com>"}
        for field, shown in fields.items():
            for evil in ("\r\n", "\n", "\r", "\r\nBcc: eve@example.org", "\n\nbody"):
                for before in (False, True):
                    with self.subTest(field=field, evil=evil, before=before):
                        value = good.get(field, "x@example.com")
                        value = value[:4] + evil + value[4:] if before else value + evil
                        options = {field: value}
                        if field == "references":
                            options["in-reply-to"] = "<b@example.com>"
                        done = self.build(options, "a\n", None, [], check=2)
                        self.assertEqual(done.stdout, b"")
                        self.assertEqual(done.stderr.count(b"\n"), 1)
                        self.assertIn(shown if field != "header" or not before else "", done.stderr.decode())

    def test_line_break_in_charset_picture_and_file_name(self):
        done = self.build({"charset": "utf-8\r\nX: y"}, "a\n", None, [], check=2)
        self.assertEqual(done.stdout, b"")
        done = self.build({"pictures": [("a\r\nX: y", "a.png", PNG)]}, None, "<p>x", [], check=2)
        self.assertIn("Content-ID", done.stderr.decode())
        done = self.build({}, "a\n", None, [("a\r\nX: y.txt", b"a", None)], check=2)
        self.assertIn("File name", done.stderr.decode())
        self.assertEqual(done.stdout, b"")

    def test_zero_bytes_in_a_text(self):
        done = self.build({}, b"a\0b", None, [], check=1)
        self.assertIn("UTF-8", done.stderr.decode())

    def test_bad_addresses(self):
        for address in ("a", "a@", "@example.com", "a b@example.com", "a@b c", "<a@example.com",
                        "a@example.com, b", "a@ex_ample.com", "a..b@example.com", "G: a@example.com"):
            with self.subTest(address):
                done = self.build({"to": [address]}, "a\n", None, [], check=2)
                self.assertIn("“To”", done.stderr.decode())

    def test_sender_missing_or_double(self):
        for sender in ("", "a@example.com, b@example.com", "G: a@example.com;"):
            self.build({"from": sender}, "a\n", None, [], check=2)

    def test_unencodable(self):
        done = self.build({"charset": "ISO-8859-1"}, "Grüße 你好\n", None, [], check=2)
        self.assertIn("“你” (character 7)", done.stderr.decode())
        # A header falls back to UTF-8 alone.
        data = self.build({"charset": "ISO-8859-1", "subject": "你好"}, "Grüße\n", None, []).stdout
        message = email.message_from_bytes(data, policy=email.policy.default)
        self.assertEqual(message["Subject"], "你好")
        self.assertEqual(message.get_content_charset(), "iso-8859-1")

    def test_smtputf8_address(self):
        """A local part that is not ASCII cannot be encoded: it stands as it is (RFC 6532)."""
        data = self.build({"to": ["李 <李@例え.jp>"]}, "a\n", None, []).stdout
        self.assertIn("<李@xn--r8jz45g.jp>".encode(), data)
        message = email.message_from_string(data.decode(), policy=email.policy.SMTPUTF8)
        self.assertEqual(addresses(message["To"]), [("李", "李@xn--r8jz45g.jp")])

    def test_dangerous_attachments(self):
        os.mkfifo(self.path("fifo"))
        os.symlink(self.path("loop"), self.path("loop"))
        for path in (self.path("fifo"), "/dev/zero", "/dev/tty", self.dir, self.path("loop"),
                     self.path("absent"), "/proc/self/mem"):
            with self.subTest(path):
                done = self.wire("mail", "build", "--from", "a@example.com", "--to", "b@example.com",
                                 "--attach", path, timeout=20)
                self.assertEqual(done.returncode, 1)
                self.assertEqual(done.stdout, b"")
                self.assertIn(os.path.basename(path), done.stderr.decode())

    def test_socket(self):
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(self.path("socket"))
            server.listen()
            done = self.wire("mail", "build", "--from", "a@example.com", "--to", "b@example.com",
                             "--attach", self.path("socket"), timeout=20, check=1)
        self.assertIn(b"is no ordinary file", done.stderr)
        # What is no name of a file here: the text of a URI.
        for name in ("file://otherhost/etc/passwd", "file:///etc/hostname", "a%00b"):
            done = self.wire("mail", "build", "--from", "a@example.com", "--to", "b@example.com", "--attach", name, check=1)
            self.assertIn(b"cannot be attached: No such file or directory", done.stderr)
            self.assertEqual(done.stdout, b"")

    def test_file_that_changes_while_it_is_read(self):
        """Grown, cut, gone: an error that names it, or the file as it was; never a mixture."""
        size = 200 << 20
        for change in ("grow", "cut", "remove"):
            with self.subTest(change):
                path = self.path("large.bin")
                with open(path, "wb") as f:
                    f.truncate(size)
                with open(self.path("out.eml"), "wb") as out:
                    child = self.start([wbtest.WIRE, "mail", "build", "--from", "a@example.com", "--to", "b@example.com",
                                        "--attach", path], stdout=out, stderr=subprocess.PIPE,
                                       env=dict(os.environ, LANGUAGE="en"))
                wbtest.wait_until(lambda c=child, p=path: self.stop_while_reading(c, p), "the file to be read")
                if change == "remove":
                    os.unlink(path)
                else:
                    os.truncate(path, size + 1 if change == "grow" else 1 << 20)
                os.kill(child.pid, signal.SIGCONT)
                error = child.communicate(timeout=120)[1]
                if change == "remove":
                    self.assertEqual(child.returncode, 0, error)
                    self.assertGreater(os.path.getsize(self.path("out.eml")), size * 4 // 3)
                else:
                    self.assertEqual(child.returncode, 1)
                    self.assertIn(b"large.bin", error)
                    self.assertEqual(os.path.getsize(self.path("out.eml")), 0)
                os.unlink(self.path("out.eml"))
        done = self.wire("mail", "build", "--from", "a@example.com", "--attach", path, check=1)
        self.assertIn(b"No such file", done.stderr)

    @staticmethod
    def stop_while_reading(child, path):
        """Stops CHILD as soon as it has read something of PATH, and more than its beginning is left."""
        if child.poll() is not None:
            raise AssertionError("it ended before it was stopped")
        os.kill(child.pid, signal.SIGSTOP)
        folder = "/proc/%d/fd" % child.pid
        for name in os.listdir(folder):
            with contextlib.suppress(OSError):
                if os.readlink(os.path.join(folder, name)) != path:
                    continue
                with open("/proc/%d/fdinfo/%s" % (child.pid, name), encoding="ascii") as f:
                    if 65536 < int(f.readline().split()[1]) < 64 << 20:
                        return True
        os.kill(child.pid, signal.SIGCONT)
        return False

    def test_longest(self):
        """What is too long is said to be, and what is not is whole."""
        long_name = "长" * 85     # of 255 bytes, the longest that file systems take
        data = self.build({"subject": "s" * 4000}, "a\n", None, [(long_name, b"x", None)]).stdout
        message = email.message_from_bytes(data, policy=email.policy.default)
        self.assertEqual(message["Subject"], "s" * 4000)
        self.assertEqual(next(message.iter_attachments()).get_filename(), long_name)
        for options, words in (({"subject": "s" * 100000}, b"Subject"), ({"header": ["X-A: " + "x" * 100000]}, b"X-A"),
                               ({"to": ["a" * 100000 + "@example.com"]}, b"is not a mail address"),
                               ({"to": ["x <" + "a" * 9000]}, b"is missing"),
                               ({"from": "n" * 100000 + " <a@example.com>"}, b"long|From"),
                               ({"header": ["N" * 2000 + ": x"]}, b"cannot name a header: it is empty or too long"),
                               ({"charset": "c" * 5000}, b"charset"), ({"in-reply-to": "i" * 5000}, b"is no Message-ID")):
            with self.subTest(words):
                done = self.build(options, "a\n", None, [], check=None)
                if done.returncode == 0:
                    # Of any length: then it is folded as it must be.
                    self.check_wire_form(done.stdout)
                else:
                    self.assertRegex(done.stderr, words)
                    self.assertLess(len(done.stderr), 1000)
        done = self.build({}, "x" * (70 << 20), None, [], check=1)
        self.assertLess(len(done.stderr), 1000)

    def test_file_that_says_it_is_empty(self):
        data = self.wire("mail", "build", "--from", "a@example.com", "--to", "b@example.com",
                         "--attach", "/proc/self/status", check=0).stdout
        message = email.message_from_bytes(data, policy=email.policy.default)
        part = next(message.iter_attachments())
        self.assertIn(b"wire", part.get_payload(decode=True))

    def test_large_attachment(self):
        data = os.urandom(1 << 20) * 40
        path = self.write("large.bin", data)
        sent = self.wire("mail", "build", "--from", "a@example.com", "--to", "b@example.com",
                         "--attach", path, check=0).stdout
        message = email.message_from_bytes(sent, policy=email.policy.default)
        part = next(message.iter_attachments())
        self.assertEqual(hashlib.sha256(part.get_payload(decode=True)).digest(),
                         hashlib.sha256(data).digest())
        with open(self.path("sparse"), "wb") as f:
            f.truncate(5 << 30)
        done = self.wire("mail", "build", "--from", "a@example.com", "--attach", self.path("sparse"),
                         check=1)
        self.assertIn("too large", done.stderr.decode())

    def test_usage(self):
        self.wire("mail", "build", "--no-such-option", check=2)
        self.wire("mail", "build", "argument", check=2)
        self.build({"format": "fancy"}, "a\n", None, [], check=2)
        self.build({"header": "no colon"}, "a\n", None, [], check=2)
        self.wire("mail", "build", "--from", "a@example.com", "--picture", "no-equals-sign", check=2)

    def test_standard_input_once(self):
        m = self.write("m.eml", "From: a@example.com\nTo: b@example.com\n\nx\n")
        for more in (("--text", "-", "--html", "-"), ("--html", "-", "--picture", "a=-"),
                     ("--picture", "a=-", "--picture", "b=-")):
            done = self.wire("mail", "build", "--from", "a@example.com", "--to", "b@example.com", *more, check=2,
                             input=b"x\n")
            self.assertIn("one option only", done.stderr.decode())
        self.wire("mail", "send", "--server", "smtp://localhost:1", "--eml", "-", "--eml", m, "--eml", "-", check=2)

    def test_both_from_the_text_alone(self):
        message = email.message_from_bytes(self.build({"format": "both"}, "a < b\n", None, []).stdout,
                                           policy=email.policy.default)
        self.assertEqual([p.get_content_type() for p in message.iter_parts()], ["text/plain", "text/html"])
        self.assertIn("a &lt; b", list(message.iter_parts())[1].get_content())

    def test_what_is_no_message_id(self):
        for value in ("nope", "<nope>", "<a@b> nope", "<a@b", "@b", "a@", "<a@b><c@d>"):
            for options in ({"in-reply-to": value}, {"in-reply-to": "<a@b>", "references": value}):
                with self.subTest(options):
                    done = self.build(options, "a\n", None, [], check=2)
                    self.assertIn("is no Message-ID", done.stderr.decode())
        done = self.build({"references": "<a@b>"}, "a\n", None, [], check=2)
        self.assertIn("--in-reply-to", done.stderr.decode())
        data = self.build({"in-reply-to": "a@b", "references": "<c@d>  e@f"}, "a\n", None, []).stdout
        self.assertIn(b"In-Reply-To: <a@b>\r\n", data)
        self.assertIn(b"References: <c@d> <e@f> <a@b>\r\n", data)

    def test_same_picture_id_twice(self):
        done = self.build({"pictures": [("a", "a.png", PNG), ("a", "b.png", PNG)]}, None, '<img src="cid:a">', [],
                          check=2)
        self.assertIn("“a”", done.stderr.decode())

    def test_text_without_a_locale(self):
        """As in cron or a container: C, where bytes beyond ASCII are no characters."""
        done = self.wire("mail", "build", "--from", "王大鹏 <a@example.com>", "--to", "b@example.com",
                         "--subject", "你好", env={"LC_ALL": "C"}, check=0)
        message = email.message_from_bytes(done.stdout, policy=email.policy.default)
        self.assertEqual(message["Subject"], "你好")
        self.assertEqual(message["From"], "王大鹏 <a@example.com>")


# What is put together at random, always at the same.
TEXTS = {
    "UTF-8": ["Hello\n", CHINESE + "\n", EMOJI + "\n", SPECIALS.replace("\r", ""), LONG + "\n", "\n",
              "> quoted\n\n-- \nBob\n", "שלום עולם\nПривет\n"],
    "GB18030": ["你好，𠮷 世界\n" * 9, "plain\n", "€ 100\n"],
    "Big5": ["繁體中文\n", "plain\n"],
    "ISO-8859-1": ["Grüße, ça va?\n", "x" * 1200 + "é\n"],
    "ISO-2022-JP": ["こんにちは世界\n", "plain\n"],
    "KOI8-R": ["Привет\n"],
}
NAMES = ["Anna", "王大鹏", "O'Neil", "Doe, \"J\" (x)", EMOJI, "Jürgen Groß", "a.b", "李 " * 30 + "娜"]
FILES = ["a.bin", "简历（最终）.pdf", "naïve; \"x\" '1' %41.txt", "长" * 60 + ".png", "=?utf-8?Q?x?=.txt",
         "😀 smile.dat", "no extension"]
PARTS = ("plain", "html", "both", "flowed", "flowed both")
SUBJECTS = ["", "x" * 300, "word " * 60 + "end"]


def unflow(text):
    """RFC 3676, written anew: what a reader's program makes of flowed lines."""
    paragraphs, depth_before, open_before = [], 0, False
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        line = line[depth:]
        if line.startswith(" "):
            line = line[1:]
        signature = line == "-- "
        if open_before and depth == depth_before and not signature:
            paragraphs[-1][1] += line
        else:
            paragraphs.append([depth, line])
        depth_before, open_before = depth, line.endswith(" ") and not signature
    return "\n".join((">" * depth + " " if depth else "") + line for depth, line in paragraphs)


class Generated(wbtest.TestCase):
    """Three hundred messages of all shapes, read by two parsers that have nothing to do with ours."""

    COUNT = 300

    def make(self, number, chance):
        shape = PARTS[number % len(PARTS)]
        charset = list(TEXTS)[number // len(PARTS) % len(TEXTS)]
        case = {"charset": charset, "subject": chance.choice(TEXTS[charset] + SUBJECTS)[:300].strip(),
                "name": chance.choice(NAMES), "files": [], "pictures": [], "flowed": "flowed" in shape,
                "to": [(chance.choice(NAMES), f"to{i}@example.com") for i in range(chance.choice((1, 1, 2, 40)))],
                "cc": [(chance.choice(NAMES), f"cc{i}@example.com") for i in range(chance.choice((0, 0, 1, 3)))]}
        case["subject"] = re.sub(r"\s+", " ", case["subject"])
        text = chance.choice(TEXTS[charset])
        if shape != "html":
            case["text"] = text
        if shape not in ("plain", "flowed"):
            case["html"] = "<p>" + text.replace("<", "&lt;") + "</p>\n"
            for i in range(chance.choice((0, 0, 1, 2))):
                cid = f"p{i}@example.com"
                case["html"] += f'<img src="cid:{cid}">\n'
                case["pictures"].append((cid, chance.choice(FILES), chance.randbytes(chance.randrange(3000))))
        for _ in range(chance.choice((0, 0, 1, 3))):
            case["files"].append((chance.choice(FILES), chance.randbytes(chance.choice((0, 1, 57, 5000)))))
        return case

    def build(self, number, case):
        argv = ["mail", "build", "--subject", case["subject"], "--charset", case["charset"]]
        for field, people in (("from", [(case["name"], "a@example.com")]), ("to", case["to"]), ("cc", case["cc"])):
            for name, address in people:
                name = name.replace("\\", "\\\\").replace('"', '\\"')
                argv += ["--" + field, f'"{name}" <{address}>']
        if case["flowed"]:
            argv.append("--flowed")
        for kind in ("text", "html"):
            if kind in case:
                argv += ["--" + kind, self.write(f"{number}.{kind}", case[kind])]
        for i, (file_name, data) in enumerate(case["files"]):
            argv += ["--attach", self.write(os.path.join(f"{number}-f{i}", file_name), data)]
        for i, (cid, file_name, data) in enumerate(case["pictures"]):
            argv += ["--picture", f"{cid}=" + self.write(os.path.join(f"{number}-p{i}", file_name), data)]
        return self.write(f"{number}.eml", self.wire(*argv, check=0).stdout)

    @staticmethod
    def told(case):
        """The tree that the message must have."""
        def file(name, data, cid=None):
            part = {"name": name, "sha256": hashlib.sha256(data).hexdigest()}
            return dict(part, cid=f"<{cid}>") if cid else part

        bodies = []
        if "text" in case:
            body = {"type": "text/plain", "text": case["text"]}
            if case["flowed"]:
                # White space at the end of a line would join it to the next (RFC 3676 section 4.2).
                body = {"type": "text/plain", "flowed": True,
                        "text": re.sub(r"(?m)[ \t]+$", lambda m: m[0] if m.string[:m.start()].endswith("\n--") else "",
                                       case["text"])}
            bodies.append(body)
        if "html" in case:
            html = {"type": "text/html", "text": case["html"]}
            if case["pictures"]:
                html = {"type": "multipart/related",
                        "parts": [html] + [file(n, d, c) for c, n, d in case["pictures"]]}
            bodies.append(html)
        body = bodies[0] if len(bodies) == 1 else {"type": "multipart/alternative", "parts": bodies}
        if case["files"]:
            body = {"type": "multipart/mixed", "parts": [body] + [file(n, d) for n, d in case["files"]]}
        return body

    def seen_by_python(self, part):
        self.assertEqual(part.defects, [])
        if part.is_multipart():
            return {"type": part.get_content_type(),
                    "parts": [self.seen_by_python(p) for p in part.iter_parts()]}
        found = {"type": part.get_content_type()}
        if part.get_filename() is not None:
            found["name"] = part.get_filename()
            found["sha256"] = hashlib.sha256(part.get_payload(decode=True)).hexdigest()
        else:
            found["text"] = part.get_payload(decode=True).decode(part.get_content_charset()).replace(
                "\r\n", "\n")
            if part["Content-Type"].params.get("format") == "flowed":
                found["flowed"] = True
                found["text"] = self.unflowed(found["text"])
        if part["Content-ID"]:
            found["cid"] = part["Content-ID"]
        return found

    def seen_by_perl(self, part):
        def text(pair):
            return bytes.fromhex(pair[1]).decode(pair[0])

        part = dict(part)
        if "parts" in part:
            part["parts"] = [self.seen_by_perl(p) for p in part["parts"]]
        if "name" in part:
            part["name"] = text(part["name"])
        if "text" in part:
            part["text"] = text(part["text"]).replace("\r\n", "\n")
        if part.pop("format", None) == "flowed":
            part["flowed"] = True
            part["text"] = self.unflowed(part["text"])
        return part

    def unflowed(self, text):
        for line in text.split("\n"):
            if " " in line.strip():
                self.assertLessEqual(len(line), 78)
        return unflow(text)

    @staticmethod
    def people(entries):
        """What Perl found: addresses split before the encoded words are decoded, as a reader must."""
        return [("".join("".join(bytes.fromhex(data).decode(charset) for charset, data in name).split()), address)
                for name, address in entries]

    def same(self, found, wanted):
        """The type of a file is guessed from its name, as the system does."""
        if "parts" in wanted:
            self.assertEqual(found["type"], wanted["type"])
            self.assertEqual(len(found["parts"]), len(wanted["parts"]))
            for one, other in zip(found["parts"], wanted["parts"]):
                self.same(one, other)
        else:
            self.assertEqual({k: v for k, v in found.items() if k != "type" or "type" in wanted}, wanted)

    def test_two_other_parsers_read_the_same(self):
        chance = random.Random(20)
        cases = [self.make(i, chance) for i in range(self.COUNT)]
        with ThreadPoolExecutor(2) as pool:
            paths = list(pool.map(self.build, itertools.count(), cases))
        told = subprocess.run(["perl", os.path.join(os.path.dirname(__file__), "mime-parser.pl"), *paths],
                              check=True, stdout=subprocess.PIPE).stdout.splitlines()
        self.assertEqual(len(told), self.COUNT)
        for number, (case, path, line) in enumerate(zip(cases, paths, told)):
            with self.subTest(number):
                wanted = self.told(case)
                with open(path, "rb") as f:
                    message = email.message_from_binary_file(f, policy=email.policy.default)
                self.same(self.seen_by_python(message), wanted)
                self.assertEqual(message["Subject"], case["subject"])
                perl = json.loads(line)
                for field, people in (("From", [(case["name"], "a@example.com")]), ("To", case["to"]),
                                      ("Cc", case["cc"])):
                    # Python up to 3.12 keeps the space between two encoded words of a name.
                    people = [("".join(n.split()), a) for n, a in people]
                    seen = addresses(message[field])
                    self.assertEqual([("".join(n.split()), a) for n, a in seen], people)
                    self.assertEqual(self.people(perl["people"][field.lower()]), people)
                self.assertEqual(perl["problems"], [])
                self.same(self.seen_by_perl(perl["tree"]), wanted)
                self.assertEqual("".join(bytes.fromhex(data).decode(charset)
                                         for charset, data in perl["subject"]), case["subject"])


if __name__ == "__main__":
    wbtest.main()

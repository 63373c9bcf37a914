# SPDX-License-Identifier: GPL-3.0-or-later
"""What Python's email package makes is what `wire mail show` reads, in every policy and encoding; and
what no decent program would make is read too, or refused, within bounds."""

import email
import email.policy
import email.utils
import hashlib
import json
import os
import resource
import stat
import subprocess
from email.header import Header
from email.message import EmailMessage
from email.mime.application import MIMEApplication
from email.mime.image import MIMEImage
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import wbtest

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 30
DATE = "Mon, 23 Nov 2026 08:15:30 +0800"
POLICIES = {"default": email.policy.default, "SMTP": email.policy.SMTP, "SMTPUTF8": email.policy.SMTPUTF8}


def new(policy, subject="Hello", sender="Anna <anna@example.com>", to="bob@example.com"):
    message = EmailMessage(policy=policy)
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = DATE
    message["Message-ID"] = "<1@example.com>"
    return message


def plain(policy):
    message = new(policy)
    message.set_content("Hello\nline two\n")
    return message


def html_only(policy):
    message = new(policy)
    message.set_content("<p>Hällo 你好</p>\n", subtype="html")
    return message


def chinese(policy):
    message = new(policy, "测试主题：" + "很长的中文主题" * 20, "王大鹏 <user@example.com>",
                  "李娜 <li@example.com>, \"Doe, John\" <john@example.com>")
    message["Cc"] = "张三 <zhang@example.com>, plain@example.com"
    message["Reply-To"] = "回复 <reply@example.com>"
    message.set_content("您好，世界\n" * 30)
    return message


def emoji(policy):
    message = new(policy, "😀 naïve Ω 👩‍👩‍👧‍👦" * 6)
    message.set_content("😀\n")
    message.add_alternative("<p>😀</p>\n", subtype="html")
    return message


def alternative(policy):
    message = new(policy)
    message.set_content("text\n")
    message.add_alternative("<p>html</p>\n", subtype="html")
    return message


def attachments(policy):
    message = new(policy)
    message.set_content("see\n")
    message.add_attachment(PNG, "image", "png", filename="图片 一.png")
    message.add_attachment("text “quoted”\n", filename="naïve.txt")
    message.add_attachment(b"", "application", "octet-stream", filename="empty.bin")
    message.add_attachment(b"%PDF", "application", "pdf", filename="很长的名字" * 20 + ".pdf")
    message.add_attachment(b"q", "application", "x-q", filename='a "b" c;d.bin')
    return message


def related(policy):
    message = new(policy)
    message.set_content("text\n")
    message.add_alternative('<p><img src="cid:pic@example.com"></p>\n', subtype="html")
    message.get_payload()[1].add_related(PNG, "image", "png", cid="<pic@example.com>")
    message.add_attachment(b"x", "application", "zip", filename="x.zip")
    return message


def enclosed(policy):
    message = new(policy)
    message.set_content("forwarded\n")
    message.add_attachment(attachments(policy))
    return message


def with_charset(charset, cte=None):
    def make(policy):
        message = new(policy, "中文 charset")
        message.set_content("你好，世界 abc\n" * 3, charset=charset, **({"cte": cte} if cte else {}))
        return message
    return make


def with_cte(cte):
    def make(policy):
        message = new(policy)
        message.set_content("Grüße = a_b \t \n.\nFrom me\n" + "y" * 70 + "\n", cte=cte)
        return message
    return make


def group(policy):
    message = new(policy, to="Friends: a@example.com, 李 <b@example.com>;, c@example.com")
    message.set_content("a\n")
    return message


SHAPES = {
    "plain": plain, "html": html_only, "chinese": chinese, "emoji": emoji, "alternative": alternative,
    "attachments": attachments, "related": related, "enclosed": enclosed, "group": group,
    "gb2312": with_charset("gb2312"), "gbk": with_charset("gbk"), "gb18030": with_charset("gb18030"),
    "big5hkscs qp": with_charset("big5hkscs", "quoted-printable"),
    "8bit": with_cte("8bit"), "quoted-printable": with_cte("quoted-printable"),
    "base64": with_cte("base64"),
}


def legacy_text(charset, text="你好，世界 abc\n", subject="旧式主题"):
    def make():
        message = MIMEText(text, "plain", charset)
        message["Subject"] = Header((subject + " ") * 12, charset)
        message["From"] = Header("王大鹏", "utf-8").encode() + " <user@example.com>"
        message["To"] = "bob@example.com"
        return message
    return make


def legacy_mixed():
    message = MIMEMultipart()
    message["From"] = "anna@example.com"
    message["To"] = "bob@example.com"
    message["Subject"] = Header("附件", "utf-8")
    message.attach(MIMEText("见附件\n", "plain", "utf-8"))
    part = MIMEApplication(PNG)
    part.add_header("Content-Disposition", "attachment", filename=("gb18030", "", "中文.bin".encode("gb18030").decode("latin-1")))
    message.attach(part)
    part = MIMEApplication(b"abc", name=str(Header("旧名字.bin", "gb2312")))
    part.add_header("Content-Disposition", "attachment")
    message.attach(part)
    part = MIMEImage(PNG, "png")
    part.add_header("Content-ID", "<a@b>")
    message.attach(part)
    message.attach(MIMEMessage(legacy_text("utf-8")()))
    return message


LEGACY = {"text utf-8": legacy_text("utf-8"), "text gb2312": legacy_text("gb2312"),
          "text big5": legacy_text("big5", "信件內容\n", "舊式主題"), "text gb18030": legacy_text("gb18030"),
          "text iso-2022-jp": legacy_text("iso-2022-jp", "こんにちは\n", "日本語の件名"),
          "text euc-kr": legacy_text("euc-kr", "안녕하세요\n", "제목"), "mixed": legacy_mixed}


def lines(text):
    return None if text is None else text.replace("\r\n", "\n")


class Show(wbtest.TestCase):
    def show(self, data, *args, check=0):
        return self.wire("mail", "show", "-", *args, input=data, check=check).stdout

    def json(self, data):
        return json.loads(self.show(data, "--json"))

    def compare_tree(self, found, expected):
        """FOUND, as we tell it, against the parts as Python nests them."""
        self.assertEqual(found["type"], expected.get_content_type())
        if expected.is_multipart():
            children = expected.get_payload()
            self.assertEqual(len(found["parts"]), len(children))
            for ours, theirs in zip(found["parts"], children):
                self.compare_tree(ours, theirs)
            return
        data = expected.get_payload(decode=True)
        self.assertEqual(found["size"], len(data))
        self.assertEqual(found["sha256"], hashlib.sha256(data).hexdigest())
        self.assertEqual(found["disposition"], expected.get_content_disposition())
        charset = expected.get_content_charset()
        self.assertEqual(found["charset"] and found["charset"].lower(), charset)
        cid = expected["Content-ID"]
        self.assertEqual(found["content_id"], cid and str(cid).strip("<> "))
        self.assertEqual(found["filename"], self.name_of(expected))

    def name_of(self, part):
        name = part.get_filename()
        if name is None:
            return None
        name = str(email.header.make_header(email.header.decode_header(name)))
        if len(name.encode()) <= 200:
            return name
        stem, dot, extension = name.rpartition(".")
        return stem.encode()[:200 - len(dot + extension)].decode(errors="ignore") + dot + extension

    def compare(self, data):
        expected = email.message_from_bytes(data, policy=email.policy.default)
        found = self.json(data)
        self.assertEqual(dict(found["headers"])["Subject"], expected["Subject"])
        self.assertEqual([h[0] for h in found["headers"]], expected.keys())
        for key, field in (("from", "From"), ("to", "To"), ("cc", "Cc"), ("reply_to", "Reply-To")):
            addresses = expected[field].addresses if expected[field] else ()
            self.assertEqual([(a["name"] or "", a["address"]) for a in found[key]],
                             [(a.display_name, a.addr_spec) for a in addresses])
        if expected["Date"]:
            self.assertEqual(found["date"], expected["Date"].datetime.isoformat())
        for kind, key in (("plain", "text"), ("html", "html")):
            body = expected.get_body((kind,))
            self.assertEqual(lines(found[key]), lines(body.get_content()) if body else None)
        self.compare_tree(found["tree"], expected)
        self.assertEqual(found["warnings"], [])
        return found

    def test_shapes(self):
        for policy_name, policy in POLICIES.items():
            for name, make in SHAPES.items():
                with self.subTest(policy=policy_name, shape=name):
                    message = make(policy)
                    # Written raw, mailboxes are not what Python's reader of bytes takes.
                    if policy.utf8:
                        data = message.as_bytes()
                        expected = make(email.policy.SMTP)
                        found = self.json(data)
                        self.assertEqual(dict(found["headers"])["Subject"], expected["Subject"])
                        self.assertEqual([(a["name"] or "", a["address"]) for a in found["to"]],
                                         [(a.display_name, a.addr_spec)
                                          for a in expected["To"].addresses])
                        body = expected.get_body(("plain",))
                        self.assertEqual(lines(found["text"]),
                                         lines(body.get_content()) if body else None)
                    else:
                        self.compare(message.as_bytes())

    def test_legacy(self):
        for name, make in LEGACY.items():
            with self.subTest(name):
                self.compare(make().as_bytes())

    def test_one_message_all_views(self):
        data = related(email.policy.SMTP).as_bytes()
        self.assertEqual(self.show(data, "--text"), b"text\n")
        self.assertEqual(self.show(data, "--html"), b'<p><img src="cid:pic@example.com"></p>\n')
        tree = self.show(data, "--tree").decode()
        self.assertIn("1.2.2", tree)
        self.assertIn("“x.zip”", tree)
        summary = self.show(data).decode()
        self.assertIn("From: Anna <anna@example.com>\n", summary)
        self.assertIn("x.zip", summary)
        self.assertNotIn("image/png", summary)
        self.show(plain(email.policy.SMTP).as_bytes(), "--html", check=1)
        self.wire("mail", "show", "-", "--html", "--json", input=data, check=2)
        self.wire("mail", "show", check=2)
        self.wire("mail", "show", self.path("absent"), check=1)

    def test_html_as_text(self):
        message = new(email.policy.SMTP)
        message.set_content('<p>Hello</p><p><a href="https://example.com/">here</a></p>', subtype="html")
        self.assertEqual(self.show(message.as_bytes(), "--text"),
                         b"Hello\n\nhere <https://example.com/>\n")

    def test_save_attachments(self):
        message = new(email.policy.SMTP)
        message.set_content("a\n")
        names = ["../../../escape", "/etc/passwd", "a\\b\\c.txt", "..", ".hidden", "x\u202egpj.exe",
                 "evil.desktop", "王" * 150 + ".txt", "a.txt", "a.txt", "tab\there"]
        for i, name in enumerate(names):
            message.add_attachment(b"%d" % i, "application", "x-executable", filename=name)
        folder = self.path("out")
        self.show(message.as_bytes(), "--save-attachments", folder)
        self.assertEqual(sorted(os.listdir(self.dir)), ["out"])
        found = {}
        for name in os.listdir(folder):
            info = os.lstat(os.path.join(folder, name))
            self.assertEqual(stat.S_IMODE(info.st_mode), 0o600)
            self.assertTrue(stat.S_ISREG(info.st_mode))
            self.assertLessEqual(len(name.encode()), 200)
            self.assertFalse(name.startswith("."))
            self.assertNotIn("\u202e", name)
            with open(os.path.join(folder, name), "rb") as f:
                found[f.read()] = name
        self.assertEqual(len(found), len(names))
        self.assertEqual(found[b"0"], "escape")
        self.assertEqual(found[b"1"], "passwd")
        self.assertEqual(found[b"5"], "xgpj.exe")
        self.assertEqual({found[b"8"], found[b"9"]}, {"a.txt", "a (2).txt"})

    def test_links_in_the_folder_are_not_followed(self):
        os.mkdir(self.path("out"))
        victim = self.write("victim", "precious")
        os.symlink(victim, self.path("out", "a.txt"))
        message = new(email.policy.SMTP)
        message.set_content("a\n")
        message.add_attachment(b"evil", "application", "x", filename="a.txt")
        self.show(message.as_bytes(), "--save-attachments", self.path("out"))
        self.assertEqual(self.read("victim"), b"precious")
        self.assertEqual(self.read("out", "a (2).txt"), b"evil")

    def test_terminal_is_not_steered(self):
        """What a stranger wrote does not move the cursor of whoever looks at a summary."""
        data = (b"From: =?utf-8?Q?a=1B[2Jb?= <a@example.com>\r\nSubject: =?utf-8?Q?x=1B]0;evil=07?=\r\n\r\n"
                b"\x1b[31mred\xc2\x9b31m\r\n")
        out = self.show(data)
        self.assertNotIn(b"\x1b", out)
        self.assertNotIn("\u009b".encode(), out)
        self.assertIn(b"red", out)

    def test_wrong_charset_is_shown(self):
        data = "Subject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n".encode() + "你好".encode("gbk")
        found = self.json(data)
        self.assertIn("\ufffd", found["text"])
        self.assertTrue(found["warnings"])
        raw = "From: 王 <a@example.com>\r\nSubject: 你好\r\n\r\n世界\r\n".encode("gb18030")
        found = self.json(raw)
        self.assertEqual(dict(found["headers"])["Subject"], "你好")
        self.assertEqual(found["from"], [{"name": "王", "address": "a@example.com"}])
        self.assertEqual(found["text"], "世界\n")

    def limited(self, data, megabytes, *args, timeout=60):
        """`wire mail show` of DATA in a process that may take so many MiB of memory."""
        path = self.write("large.eml", data)

        def limit():
            if not os.environ.get("SANITIZED"):
                resource.setrlimit(resource.RLIMIT_DATA, (megabytes << 20, megabytes << 20))
        return subprocess.run([wbtest.WIRE, "mail", "show", path, *args], preexec_fn=limit,
                              timeout=timeout, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=dict(os.environ, LANGUAGE="en"))

    def check_refused(self, data):
        done = self.limited(data, 400, "--json")
        self.assertEqual(done.returncode, 1, done.stderr[:300])
        self.assertEqual(done.stdout, b"")
        self.assertEqual(done.stderr.count(b"\n"), 1)
        self.assertIn(b"cannot be taken to pieces", done.stderr)

    def test_bounds(self):
        nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i)
                          for i in range(10000))
        self.check_refused(nested)
        self.check_refused(b"Content-Type: message/rfc822\r\n\r\n" * 10000)
        self.check_refused(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 1000000)
        self.check_refused(b"Subject: " + b"x" * (10 << 20) + b"\r\n\r\nbody\r\n")
        self.check_refused(b"X: y\r\n" * 1000000 + b"\r\n")
        self.check_refused(b"To: " + b"a:" * 50000 + b"\r\n\r\n")

    def test_line_of_100_megabytes(self):
        done = self.limited(b"Subject: x\r\n\r\n" + b"x" * 100_000_000, 400, "--json")
        self.assertEqual(done.returncode, 0, done.stderr[:300])
        found = json.loads(done.stdout)
        self.assertEqual(found["tree"]["size"], 100_000_000)
        self.assertEqual(len(found["text"]), 16 << 20)
        self.assertTrue(found["warnings"])


if __name__ == "__main__":
    wbtest.main()

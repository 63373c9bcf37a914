# SPDX-License-Identifier: GPL-3.0-or-later
"""Large pictures in the text of a mail: the size that they are sent in, and what arrives then."""

import contextlib
import email
import email.policy
import glob
import os
import re
import struct
import subprocess

import wbtest
from gui import atspi
from gui.wirebench import WindowTest

STORE = "/.local/share/wirebench/mail/lab-teacher/"
# As GTK pleases.
BUTTON = re.compile("^(toggle button|push button)$")
BLUE, GREEN = (53, 132, 228), (38, 162, 105)


def with_exif(jpeg, orientation, note):
    """The same with what a camera writes in front of it (EXIF 2.32 section 4.5.4): how it was held, and a note."""
    text = note.encode() + b"\0"
    entries = struct.pack("<HHHIHH", 2, 0x112, 3, 1, orientation, 0) + struct.pack("<HHII", 0x10e, 2, len(text), 38)
    tiff = b"II*\0" + struct.pack("<I", 8) + entries + struct.pack("<I", 0) + text
    body = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


def look_at(data):
    """Type, width, height, and the colours of the top left and the bottom right corner."""
    def convert(*how):
        return subprocess.run(["convert", "-", *how], input=data, stdout=subprocess.PIPE, check=True).stdout
    kind, width, height = convert("-format", "%m %w %h", "info:").decode().split()
    corners = [tuple(convert("-gravity", gravity, "-crop", "1x1+2+2", "-depth", "8", "rgb:-"))
               for gravity in ("NorthWest", "SouthEast")]
    return kind, int(width), int(height), corners


def close_to(a, b):
    return all(abs(x - y) < 24 for x, y in zip(a, b))


class Pictures(WindowTest):
    SETTINGS = "welcomed=true\nwire-visible=false\nsend-delay=0"

    @classmethod
    def prepare(cls):
        def make(name, *how):
            path = os.path.join(cls.home, name)
            subprocess.run(["convert", *how, path], check=True)
            return path
        # Of a camera that was held on its side: 4000 wide as it is written, 3000 as it is to be seen.
        cls.photo = make("photo.jpg", "-size", "4000x3000", "gradient:#3584e4-#26a269", "-attenuate", "0.1",
                         "+noise", "Gaussian", "-quality", "92")
        with open(cls.photo, "r+b") as f:
            data = with_exif(f.read(), 6, "Where the teacher lives")
            f.seek(0)
            f.write(data)
        cls.screen = make("screen.png", "-size", "2400x1200", "plasma:red-blue", "-posterize", "24")
        cls.moving = make("moving.gif", "-delay", "20", "-size", "1800x400", "xc:red", "xc:blue", "-loop", "0")
        cls.icon = make("icon.png", "-size", "300x200", "xc:green")

    def write(self, subject):
        self.page(1)
        self.click("list item", "Inbox of student@lab-b.test")
        self.click("push button", "Write a mail")
        w = self.composer()
        wbtest.wait_until(lambda: self.addresses(w) == ["student@lab-b.test"], "the recipient")
        w.fill(self.inside(w, "text", "Subject"), subject)
        self.inside(w, None, "HTML")
        w.click(self.inside(w, None, "Message text"), fy=0.1)
        w.type("Look: ")
        return w

    def insert(self, w, path):
        w.click(self.inside(w, "push button", "Insert picture"))
        self.choose_file("Insert Picture", path)

    def part_says(self, w, kind, pattern):
        """What stands beside a picture in the tree of what will be sent."""
        self.inside(w, "label", kind)
        return self.inside(w, "label", re.compile(pattern))

    def bar(self, w):
        return self.inside(w, None, "Size that pictures are sent in")

    def chosen(self, w):
        return [name for name in ("Small", "Medium", "Large", "Original")
                for node in atspi.find_all(self.bar(w), BUTTON, name)
                if atspi.states(node) & {"checked", "pressed"}]

    def choose(self, w, size):
        w.click(atspi.find(self.bar(w), BUTTON, size))
        wbtest.wait_until(lambda: self.chosen(w) == [size], f"{size} to be chosen")

    def shot_of(self, w, name):
        self.desktop.screenshot(self.picture(name), w.id)

    def sent(self, subject):
        def found():
            for path in glob.glob(self.home + STORE + "Sent/[nc]*/*"):
                with open(path, "rb") as f:
                    message = email.message_from_binary_file(f, policy=email.policy.default)
                if message["Subject"] == subject:
                    return message
            return None
        return wbtest.wait_until(found, f"{subject} in Sent", timeout=60)

    def pictures(self, message):
        return [part.get_content() for part in message.walk() if part.get_content_maintype() == "image"]

    def size_in_draft(self):
        for path in glob.glob(self.home + STORE + "Drafts/[nc]*/*"):
            # The next copy may have taken its place.
            with contextlib.suppress(FileNotFoundError), open(path, "rb") as f:
                message = email.message_from_binary_file(f, policy=email.policy.default)
            for data in self.pictures(message):
                return len(data), "data-longest" in message.get_body(("html",)).get_content()
        return None

    def test_1_photo(self):
        w = self.write("Photo")
        self.assertEqual(atspi.find_all(w.frame, None, "Size that pictures are sent in"), [])
        self.insert(w, self.icon)
        self.insert(w, self.photo)
        self.inside(w, "label", re.compile("^Send the picture of 3000 × 4000, .* as$"))
        self.assertEqual(self.chosen(w), ["Original"])
        w.click(self.inside(w, None, "What will be sent"))
        original = os.path.getsize(self.photo)
        # One has 300 pixels and is not spoken of.
        self.part_says(w, "image/jpeg", rf"picture-2\.jpeg.* {original / 1e6:.1f}.MB")
        self.choose(w, "Small")
        self.part_says(w, "image/jpeg", r"picture-2\.jpeg.* \d+\.\d.kB")
        self.shot_of(w, "picture-size")
        # Another size is made of the original, which is what the draft keeps, too.
        w.key("ctrl+s")
        wbtest.wait_until(lambda: self.size_in_draft(), "the draft")
        self.choose(w, "Large")
        self.choose(w, "Original")
        self.part_says(w, "image/jpeg", rf"picture-2\.jpeg.* {original / 1e6:.1f}.MB")
        self.choose(w, "Medium")
        self.part_says(w, "image/jpeg", r"picture-2\.jpeg.* \d+\.\d.kB")
        w.click(self.inside(w, "push button", "Send"))
        self.gone(w)
        message = self.sent("Photo")
        icon, photo = self.pictures(message)
        with open(self.icon, "rb") as f:
            self.assertEqual(icon, f.read())
        kind, width, height, corners = look_at(photo)
        self.assertEqual((kind, width, height), ("JPEG", 768, 1024))
        # Turned by a quarter, as EXIF said: what was at the bottom is at the left.
        self.assertTrue(close_to(corners[0], GREEN) and close_to(corners[1], BLUE), corners)
        self.assertLess(len(photo), original / 5)
        self.assertNotIn(b"Where the teacher lives", photo)
        html = message.get_body(("html",)).get_content()
        self.assertNotIn("data-longest", html)
        self.assertNotIn("class=", html)
        self.assertRegex(html, 'width="600"')

    def test_2_draft_keeps_the_original(self):
        w = self.write("Draft")
        self.insert(w, self.photo)
        self.inside(w, "label", re.compile("^Send the picture of"))
        self.choose(w, "Small")
        w.key("ctrl+w")
        self.find(None, re.compile("Keep this mail"))
        self.desktop.xdo("key", "Return")
        self.gone(w)
        wbtest.wait_until(lambda: self.size_in_draft() == (os.path.getsize(self.photo), True),
                          "the draft to hold the original, and the size that was chosen")
        self.window.focus()
        self.click("list item", "Drafts of teacher@lab-a.test")
        self.window.click(self.find(None, re.compile(": Draft")))
        self.click("push button", "Edit")
        w = self.composer("Draft")
        self.inside(w, "label", re.compile("^Send the picture of 3000 × 4000"))
        self.assertEqual(self.chosen(w), ["Small"])
        self.choose(w, "Large")
        w.click(self.inside(w, "push button", "Send"))
        self.gone(w)
        photo, = self.pictures(self.sent("Draft"))
        self.assertEqual(look_at(photo)[:3], ("JPEG", 1200, 1600))

    def test_3_several(self):
        """All that are large at once, or the one that was pressed; what moves is left alone."""
        w = self.write("Several")
        self.insert(w, self.screen)
        self.inside(w, "label", re.compile("^Send the picture of 2400 × 1200"))
        w.key("Return")
        self.insert(w, self.moving)
        w.key("Return")
        self.insert(w, self.photo)
        self.inside(w, "label", re.compile("^Send 2 large pictures, .* as$"))
        self.choose(w, "Medium")
        w.place(0, 0, 360, 720)
        for name in ("Small", "Medium", "Large", "Original"):
            x, _, width, _ = atspi.extents(atspi.find(self.bar(w), BUTTON, name))
            self.assertLessEqual(x + width, 360, name)
        self.shot_of(w, "360-picture-size")
        w.place(0, 0, 820, 800)
        editor = self.inside(w, None, "Message text")
        w.key("ctrl+Home")
        w.click(editor, fx=0.3, fy=0.25)
        self.inside(w, "label", re.compile("^Send the picture of 2400 × 1200"))
        self.choose(w, "Small")
        bold = self.inside(w, None, "Bold")
        self.assertFalse(atspi.states(bold) & {"checked", "pressed"})
        self.shot_of(w, "picture-selected")
        w.key("ctrl+End")
        self.inside(w, "label", re.compile("^Send 2 large pictures"))
        wbtest.wait_until(lambda: self.chosen(w) == [], "no size that is that of both")
        w.click(self.inside(w, "push button", "Send"))
        self.gone(w)
        screen, moving, photo = self.pictures(self.sent("Several"))
        self.assertEqual(look_at(screen)[:3], ("PNG", 640, 320))
        self.assertLess(len(screen), os.path.getsize(self.screen))
        self.assertEqual(look_at(photo)[:3], ("JPEG", 768, 1024))
        with open(self.moving, "rb") as f:
            self.assertEqual(moving, f.read())

    def test_4_pasted(self):
        """From the clipboard, as a picture or as a copied file: the same is offered."""
        for kind, source, pattern in (("image/png", self.screen, "2400 × 1200"), ("text/uri-list", None, "3000 × 4000")):
            with self.subTest(kind=kind):
                w = self.write("Pasted " + kind)
                data = f"file://{self.photo}\r\n".encode()
                if source:
                    with open(source, "rb") as f:
                        data = f.read()
                clip = subprocess.Popen(["xclip", "-selection", "clipboard", "-t", kind], env=self.desktop.env,
                                        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True)
                self.desktop.children.append(clip)
                clip.stdin.write(data)
                clip.stdin.close()
                wbtest.wait_until(lambda k=kind: k in self.desktop.clipboard("-t", "TARGETS"), "the clipboard")
                w.key("ctrl+v")
                self.inside(w, "label", re.compile("^Send the picture of " + pattern))
                self.choose(w, "Small")
                w.click(self.inside(w, "push button", "Send"))
                self.gone(w)
                picture, = self.pictures(self.sent("Pasted " + kind))
                self.assertEqual(max(look_at(picture)[1:3]), 640)

    def test_9_leave(self):
        self.quit()


if __name__ == "__main__":
    wbtest.main()

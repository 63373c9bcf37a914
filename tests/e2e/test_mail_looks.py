# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands around a mail, in the dark, in Chinese and at 360 pixels: pictures to be looked at, and no control
beyond an edge."""

import gettext
import glob
import os
import re
import time
import urllib.parse

import wbtest
from gui import atspi
from gui.composer import ComposerTest
from gui.pointer import Window
from gui.wirebench import BUILD
from test_mail_several import MAILS

WIDTH = 360
CONTROLS = re.compile("^(push button|toggle button|combo box|check box|text|entry|spin button|page tab|label)$")


class Looks(ComposerTest):
    SIZE = "1280x2000"
    LANGUAGE = "zh_CN"
    DARK = True
    SETTINGS = "welcomed=true\nwire-visible=false\nsend-delay=0\npage='files'"

    @classmethod
    def prepare(cls):
        cls._ = staticmethod(gettext.translation("wirebench", os.path.join(BUILD, "_install/share/locale"),
                                                 [cls.LANGUAGE], fallback=True).gettext)
        store = os.path.join(cls.home, ".local/share/wirebench/mail")
        cls.folder = os.path.join(store, "account-me")
        for name in ("cur", "new", "tmp", "state"):
            os.makedirs(os.path.join(cls.folder, "Outbox", name))
        os.makedirs(os.path.join(cls.folder, "Templates"))
        with open(os.path.join(store, "accounts.ini"), "w", encoding="utf-8") as f:
            f.write("[account-me]\nname=王老师\naddress=wang@school.test\nsmtp=smtp://127.0.0.1:1/?starttls=never\n"
                    "pop3=pop3://wang@127.0.0.1:1/?starttls=never\nproxy=socks5://127.0.0.1:1080\n")
        for i, (subject, record) in enumerate(MAILS):
            name = f"{1700000000 + i}.M1P1Q{i}Rx.localhost"
            with open(os.path.join(cls.folder, "Outbox/cur", name + ":2,S"), "w", encoding="utf-8") as f:
                f.write("X-Wirebench-Sender: wang@school.test\r\nX-Wirebench-Recipient: li@school.test\r\n"
                        "From: wang@school.test\r\nTo: 李同学 <li@school.test>\r\nSubject: 第一课 " + subject +
                        "\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\n你好\r\n")
            if record:
                with open(os.path.join(cls.folder, "Outbox/state", name), "w", encoding="utf-8") as f:
                    f.write(record)
        cls.table = os.path.join(cls.home, "students.csv")
        with open(cls.table, "w", encoding="utf-8") as f:
            f.write("name,mail,mark\n李娜,li@school.test,90\n王大鹏,nobody,85\n")

    def look(self, w, name):
        self.desktop.screenshot(self.picture("looks-" + name), w.id)

    def narrow(self, w, name, height=800):
        """The same at the least width, with all its controls."""
        w.place(0, 0, WIDTH + 2 * w.border_x, height)
        wbtest.wait_until(lambda: atspi.extents(w.frame)[2] == WIDTH, f"{name} at {WIDTH} px")

        def beyond():
            # Pages behind the one in front keep their places.
            return [n for n in atspi.walk(w.frame, skip=("WbMessageStructure",)) if CONTROLS.match(n.role) and n.box
                    and (n.box[0] < 0 or n.box[0] + n.box[2] > WIDTH)]
        wbtest.wait_until(lambda: not beyond(), f"all of {name} within {WIDTH} px: {beyond()}", timeout=10)
        self.look(w, name + "-360")

    def dialog(self, title):
        return Window(self.desktop, self.tree, title, atspi.find(self.tree, re.compile("^(frame|dialog)$"), title))

    def compose(self):
        self.window.focus()
        self.click("push button", self._("Write a mail"))
        w = self.composer(self._("New Mail"))
        self.inside(w, None, "HTML")
        w.fill(self.inside(w, "text", self._("To")), "{{name}} <{{mail}}>")
        w.fill(self.inside(w, "text", self._("Subject")), "成绩 {{name}}")
        w.click(self.inside(w, None, self._("Message text")), fy=0.3)
        self.desktop.paste("{{name}}：你的成绩是 {{mark}}。", loops=0)
        return w

    def option(self, w, button):
        def opened():
            w.click(self.inside(w, None, self._("More about this mail")))
            end = time.monotonic() + 5
            while time.monotonic() < end:
                if atspi.find_all(self.tree, "push button", self._(button)):
                    return True
            return False

        # While a window comes to the front, a press may be for that alone.
        wbtest.wait_until(opened, "the options to open")
        w.click(self.rests(self.find("push button", self._(button))))

    def leave(self, w):
        w.focus()
        w.key("ctrl+w")
        self.find(None, re.compile(self._("Keep this mail?")))
        self.desktop.xdo("key", "alt+d")
        self.gone(w)

    def test_1_outbox(self):
        _ = self._
        self.page(1)
        self.click("list item", _("%s of %s") % (_("Outbox"), "wang@school.test"))
        self.window.click(self.find(None, re.compile("第一课 Three")))
        self.find("push button", _("Send Again"))
        self.look(self.window, "outbox")
        self.window.place(0, 0, WIDTH + 2 * self.window.border_x, 800)
        self.find("push button", _("Send Again"))
        self.look(self.window, "outbox-mail-360")
        x, _y, width, _h = atspi.extents(self.find(None, _("Structure")))
        self.assertLessEqual(x + width, WIDTH)
        self.click("push button", _("Back to the mails"))
        self.window.click(self.find(None, re.compile("第一课 One")), modifier="ctrl")
        self.find("label", re.compile("(^| )2 "))
        self.find("push button", _("Send All"))
        self.look(self.window, "outbox-several-360")
        self.window.place(0, 0, 1240, 860)

    def test_2_account(self):
        _ = self._
        self.click("push button", _("Account settings"))
        d = self.dialog(_("Mail Account"))
        d.place(300, 0, 620, 1900)
        # Open, since there is one.
        self.rests(self.inside(d, "label", _("Address of the proxy, HOST:PORT")))
        self.look(d, "account")
        self.narrow(d, "account", 1900)
        d.key("Escape")
        self.gone(d)

    def test_3_templates(self):
        _ = self._
        w = self.compose()
        self.option(w, "Keep as One…")
        self.find(None, re.compile(_("Keep as a Template")))
        self.desktop.screenshot(self.picture("looks-template-name"))
        self.desktop.xdo("key", "Return")
        wbtest.wait_until(lambda: glob.glob(self.folder + "/Templates/*.eml"), "the template")
        atspi.gone(self.tree, None, re.compile(_("Keep as a Template")))
        w.focus()
        self.option(w, "Use…")
        d = self.dialog(_("Templates"))
        self.inside(d, "label", "成绩 {{name}}")
        self.look(d, "templates")
        self.narrow(d, "templates", 500)
        d.click(self.inside(d, "label", "成绩 {{name}}"))
        self.inside(d, "text", "mark")
        self.narrow(d, "template-fields", 500)
        d.place(100, 100, 520, 500)
        self.look(d, "template-fields")
        d.key("Escape")
        self.gone(d)
        self.leave(w)

    def test_4_merge(self):
        _ = self._
        w = self.compose()
        self.option(w, "Mail merge")
        self.choose_file(_("Choose a Table"), self.table)
        d = self.dialog(_("Mail Merge"))
        self.inside(d, "push button", _("Put All into the Outbox"))
        self.look(d, "merge")
        self.narrow(d, "merge", 600)
        d.key("Escape")
        self.gone(d)
        self.leave(w)

    def test_5_time(self):
        _ = self._
        self.window.focus()
        self.window.click(self.find(None, re.compile("第一课 One")))
        self.click("push button", _("Send Later…"))
        d = self.dialog(_("Send Later"))
        self.inside(d, "push button", _("Send Then"))
        self.look(d, "time")
        self.narrow(d, "time", 640)
        d.key("Escape")
        self.gone(d)

    def test_6_headers(self):
        _ = self._
        w = self.compose()
        w.fill(self.inside(w, "text", self._("To")), "李娜 <li@school.test>, ")
        w.place(0, 0, 1100, 800)
        w.click(self.inside(w, None, _("What will be sent")))
        w.click(self.inside(w, None, _("Headers")))
        self.inside(w, "label", "MIME-Version")
        self.look(w, "headers")
        w.place(0, 0, WIDTH + 2 * w.border_x, 880)
        # One below the other, and each has its half.
        wbtest.wait_until(lambda: 350 < atspi.extents(self.inside(w, None, _("Headers")))[1] < 520, "the half")
        self.narrow(w, "headers", 880)
        self.leave(w)

    def test_7_all_fields_and_attachments(self):
        """All of it at once leaves the attachments in sight, and a place to write."""
        _ = self._
        self.page(1)
        w = self.compose()
        w.fill(self.inside(w, "text", _("To")), "李娜 <li@school.test>, ")
        w.click(self.inside(w, None, _("Cc, Bcc")))
        w.place(0, 0, WIDTH + 2 * w.border_x, 720)
        paths = [os.path.join(self.home, f"附件 {i}.txt") for i in range(7)]
        for path in paths:
            with open(path, "w", encoding="ascii") as f:
                f.write("x" * 5000)
        self.clip("".join("file://" + urllib.parse.quote(path) + "\r\n" for path in paths).encode(), "text/uri-list")
        w.click(self.inside(w, None, _("Message text")), fy=0.3)
        w.key("ctrl+v")
        self.inside(w, "label", re.compile("^7 "))
        first = self.inside(w, "push button", _("Remove %s") % "附件 0.txt")
        self.rests(first)
        _x, y, _w, height = atspi.extents(first)
        self.assertLess(y + height, atspi.extents(w.frame)[3])
        top = atspi.extents(self.inside(w, None, _("Message text")))[1]
        self.assertGreater(atspi.extents(self.inside(w, None, _("Formatted")))[1] - top, 80)
        self.narrow(w, "compose-all", 720)
        self.leave(w)

    def test_9_leave(self):
        self.quit()


if __name__ == "__main__":
    wbtest.main()

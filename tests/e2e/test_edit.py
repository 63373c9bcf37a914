# SPDX-License-Identifier: GPL-3.0-or-later
"""A server's file opened in another program: fetched where nobody else looks, sent back when it is
saved, asked about when the server's changed meanwhile, and never run."""

import glob
import os
import re
import stat

import wbtest
from gui import atspi
from test_queue import QueueTest

EDITOR = """[Desktop Entry]
Type=Application
Name=Test Editor
Exec=/bin/sh -c 'echo "$1" >> {log}' editor %f
MimeType=text/plain;application/x-desktop;
"""


class Edit(QueueTest):
    @classmethod
    def prepare(cls):
        super().prepare()
        cls.log = os.path.join(cls.desktop.folder, "opened")
        data = cls.desktop.env["XDG_DATA_HOME"]
        os.makedirs(data + "/applications", exist_ok=True)
        with open(data + "/applications/test-editor.desktop", "w") as f:
            f.write(EDITOR.format(log=cls.log))
        with open(os.path.join(cls.desktop.env["XDG_CONFIG_HOME"], "mimeapps.list"), "w") as f:
            f.write("[Default Applications]\ntext/plain=test-editor.desktop\n"
                    "application/x-desktop=test-editor.desktop\n")
        cls.server.put_file("notes 说明.txt", b"as it was\n")
        cls.server.put_file("run.desktop", b"[Desktop Entry]\nType=Application\nExec=touch /tmp/no\n")
        with open("/bin/true", "rb") as f:
            cls.server.put_file("innocent.txt", f.read())

    def opened(self):
        if not os.path.exists(self.log):
            return []
        with open(self.log, encoding="utf-8") as f:
            return f.read().splitlines()

    def open(self, name):
        self.window.click(self.row("Server", name), fx=0.1)
        self.window.key("F4")

    def save(self, data):
        """As many programs do it: another file in the place of the old one."""
        path = self.opened()[0]
        with open(path + ".new", "wb") as f:
            f.write(data)
        os.rename(path + ".new", path)

    def there(self):
        return self.server.read("notes 说明.txt")

    def test_1_open(self):
        self.connect()
        self.open("notes 说明.txt")
        path, = wbtest.wait_until(self.opened, "the editor to start")
        with open(path, "rb") as f:
            self.assertEqual(f.read(), b"as it was\n")
        self.assertEqual(os.path.basename(path), "notes 说明.txt")
        self.assertEqual(stat.S_IMODE(os.stat(os.path.dirname(path)).st_mode), 0o700)

    def test_2_save(self):
        self.save(b"as I like it\n")
        wbtest.wait_until(lambda: self.there() == b"as I like it\n", "what was saved on the server")
        self.find("label", re.compile("is on the server as you saved it"))
        self.shot("edit-saved")
        self.save(b"and once more\n")
        wbtest.wait_until(lambda: self.there() == b"and once more\n", "the second save")
        wbtest.wait_until(lambda: not [n for n in atspi.find_all(self.tree, "label", "Waiting")],
                          "nothing to wait")

    def test_3_changed_there(self):
        path = self.server.put_file("notes 说明.txt", b"somebody else's, and longer\n")
        os.utime(path, (1_700_000_000, 1_700_000_000))
        self.save(b"mine\n")
        self.find("push button", "Overwrite")
        self.desktop.screenshot(self.picture("edit-changed-there"))
        self.window.key("Escape")
        atspi.gone(self.tree, "push button", "Overwrite")
        self.assertEqual(self.there(), b"somebody else's, and longer\n")
        self.save(b"mine, again\n")
        atspi.press(self.find("push button", "Overwrite"))
        wbtest.wait_until(lambda: self.there() == b"mine, again\n", "what was saved on the server")

    def test_3b_saved_while_the_server_is_gone(self):
        """It is told, kept, and sent when the server is there again."""
        def noted():
            with open(os.path.join(self.server.dir, "log"), encoding="utf-8") as f:
                log = f.read()
            return log.rindex('"MDTM') > log.rindex('"STOR')
        wbtest.wait_until(noted, "the window to note what the server has")
        self.end_server()
        self.save(b"written in a tunnel\n")
        self.find("label", re.compile("is kept here and sent when the server answers"))
        again = self.find("push button", "Reconnect", timeout=60)
        self.shot("edit-kept")
        self.assertEqual(self.there(), b"mine, again\n")
        with open(self.opened()[0], "rb") as f:
            self.assertEqual(f.read(), b"written in a tunnel\n")
        self.begin_server()
        self.window.click(again)
        wbtest.wait_until(lambda: self.there() == b"written in a tunnel\n", "what was saved", timeout=60)
        atspi.gone(self.window.frame, "push button", "Reconnect")
        # Nothing is sent a second time, nor asked about.
        self.window.key("F5")
        self.row("Server", "notes 说明.txt")
        self.save(b"and at the end\n")
        wbtest.wait_until(lambda: self.there() == b"and at the end\n", "the save after that", timeout=60)

    def test_4_never_run(self):
        for name in ("run.desktop", "innocent.txt"):
            self.open(name)
            self.find("label", re.compile(f"{re.escape(name)}.*is a program"))
            self.click("push button", "Dismiss")
        self.shot("edit-refused")
        self.assertEqual(len(self.opened()), 1)
        self.assertFalse(os.path.exists("/tmp/no"))

    def test_5_leaves_nothing(self):
        folders = os.path.join(self.home, ".cache", "wirebench", "edit-*")
        self.assertEqual(len(glob.glob(folders)), 1)
        self.quit()
        self.assertEqual(glob.glob(folders), [])


if __name__ == "__main__":
    wbtest.main()

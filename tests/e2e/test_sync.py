# SPDX-License-Identifier: GPL-3.0-or-later
"""One folder made like another in the window, against vsftpd: both ways, with and without deleting, and
nothing touched that was not ticked."""

import os
import re

import wbtest
from gui import atspi
from gui.pointer import Window
from test_queue import QueueTest

OLD = 1_700_000_000


class Sync(QueueTest):
    @classmethod
    def prepare(cls):
        super().prepare()
        cls.folder = os.path.join(cls.home, "site")
        for name, data in (("same.txt", b"the same on both\n"), ("new.txt", b"only here\n"),
                           ("changed.txt", b"longer than there\n"), ("deep/inner.txt", b"inner\n"),
                           ("other/left.txt", b"left out\n"), (".hidden", b"hidden\n")):
            path = os.path.join(cls.folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as f:
                f.write(data)
            os.utime(path, (OLD, OLD))
        for name, data in (("same.txt", b"the same on both\n"), ("changed.txt", b"short\n"),
                           ("extra.txt", b"only there\n"), ("old/a.txt", b"a\n"), ("old/b.txt", b"b\n")):
            path = cls.server.put_file(name, data)
            os.utime(path, (OLD, OLD))
        cls.url = f"ftp://127.0.0.1:{cls.server.port}/upload"

    @staticmethod
    def files(top):
        """Every file below TOP, by its path."""
        found = {}
        for folder, _, names in os.walk(top):
            for name in names:
                path = os.path.join(folder, name)
                with open(path, "rb") as f:
                    found[os.path.relpath(path, top)] = f.read()
        return found

    def open_dialog(self):
        self.click("push button", "Synchronize folders")
        return Window(self.desktop, self.tree, "Synchronize")

    def rows(self, dialog):
        """What the preview says: each path, with what would be done."""
        listing = atspi.find(dialog.frame, "list", "What would be done")
        labels = [n.name for n in atspi.find_all(listing, "label")]
        return labels

    def press_in(self, dialog, name):
        dialog.click(atspi.find(dialog.frame, "push button", name))

    def compare(self, dialog):
        self.press_in(dialog, re.compile("Compare"))
        atspi.find(dialog.frame, "list", "What would be done")

    def finish(self, dialog, pattern):
        self.press_in(dialog, re.compile("Run"))
        atspi.find(dialog.frame, "label", re.compile(pattern), timeout=60)

    def close(self, dialog):
        dialog.key("Escape")
        wbtest.wait_until(lambda: not self.desktop.xdo("search", "--onlyvisible", "--name", "^Synchronize$"),
                          "the dialog to go")

    def test_1_up_without_deleting(self):
        self.connect()
        self.window.click(self.row("This Computer", "site"), times=2, fx=0.1)
        self.row("This Computer", "same.txt")
        dialog = self.open_dialog()
        self.desktop.screenshot(self.picture("sync-setup"))
        self.compare(dialog)
        words = self.rows(dialog)
        self.desktop.screenshot(self.picture("sync-preview"))
        for name in ("new.txt", "changed.txt", "deep/", "deep/inner.txt", "other/", ".hidden"):
            self.assertIn(name, words)
        for name in ("same.txt", "extra.txt", "old/"):
            self.assertNotIn(name, words)
        self.assertIn("Replace: the sizes differ", words)
        # A folder that is not to be made keeps back what would be in it.
        before = self.files(self.server.folder)
        self.assertNotIn("new.txt", before)
        dialog.click(atspi.find(dialog.frame, "check box", "other/"))
        dialog.click(atspi.find(dialog.frame, "check box", "new.txt"))
        self.finish(dialog, r"Copied: 3 · Deleted: 0")
        self.desktop.screenshot(self.picture("sync-done"))
        self.close(dialog)
        after = self.files(self.server.folder)
        self.assertEqual(after["changed.txt"], b"longer than there\n")
        self.assertEqual(after["deep/inner.txt"], b"inner\n")
        self.assertEqual(after[".hidden"], b"hidden\n")
        self.assertNotIn("new.txt", after)
        self.assertFalse(os.path.exists(os.path.join(self.server.folder, "other")))
        self.assertEqual(after["extra.txt"], b"only there\n")

    def test_2_up_with_deleting(self):
        """Deletions are shown, and a folder goes only with all that is in it."""
        dialog = self.open_dialog()
        dialog.click(atspi.find(dialog.frame, None, "Delete what only the target has"), fx=0.95)
        self.compare(dialog)
        words = self.rows(dialog)
        for name in ("extra.txt", "old/a.txt", "old/b.txt", "old/"):
            self.assertIn(name, words)
        self.assertIn("Delete: only the target has it", words)
        dialog.click(atspi.find(dialog.frame, "check box", "old/b.txt"))
        self.desktop.screenshot(self.picture("sync-delete"))
        self.finish(dialog, r"Copied: 2 · Deleted: 2")
        self.close(dialog)
        after = self.files(self.server.folder)
        here = self.files(self.folder)
        self.assertEqual(after.pop("old/b.txt"), b"b\n")
        self.assertEqual(after, here)

    def test_3_down_with_deleting(self):
        path = self.server.put_file("from-server.txt", b"made there\n")
        os.utime(path, (OLD, OLD))
        os.remove(os.path.join(self.server.folder, "same.txt"))
        dialog = self.open_dialog()
        dialog.click(atspi.find(dialog.frame, None, "Make this computer like the server"))
        dialog.click(atspi.find(dialog.frame, None, "Delete what only the target has"), fx=0.95)
        self.compare(dialog)
        self.assertIn("same.txt", self.rows(dialog))
        self.desktop.screenshot(self.picture("sync-down"))
        self.finish(dialog, r"Copied: 2 · Deleted: 1")
        self.close(dialog)
        self.assertEqual(self.files(self.folder), self.files(self.server.folder))

    def test_4_alike(self):
        dialog = self.open_dialog()
        self.press_in(dialog, re.compile("Compare"))
        atspi.find(dialog.frame, "label", "The two folders are alike.", timeout=30)
        self.close(dialog)

    def test_5_a_failure_deletes_nothing(self):
        """What cannot be copied keeps the deletions back."""
        locked = os.path.join(self.server.folder, "deep")
        os.chmod(locked, 0o555)
        self.addCleanup(os.chmod, locked, 0o755)
        with open(os.path.join(self.folder, "deep", "more.txt"), "wb") as f:
            f.write(b"does not fit\n")
        self.server.put_file("doomed.txt", b"still here\n")
        dialog = self.open_dialog()
        dialog.click(atspi.find(dialog.frame, None, "Delete what only the target has"), fx=0.95)
        self.compare(dialog)
        self.press_in(dialog, re.compile("Run"))
        atspi.find(dialog.frame, "label", "Not Finished", timeout=60)
        self.desktop.screenshot(self.picture("sync-failed"))
        self.close(dialog)
        self.assertEqual(self.server.read("doomed.txt"), b"still here\n")
        self.assertNotIn("more.txt", os.listdir(locked))

    def test_9_leave(self):
        self.quit()


if __name__ == "__main__":
    wbtest.main()

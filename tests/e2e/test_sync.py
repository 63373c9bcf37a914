# SPDX-License-Identifier: GPL-3.0-or-later
"""One folder made like another in the window, against vsftpd: both ways, with and without deleting, and
nothing touched that was not ticked."""

import os
import re
import time

import wbtest
from gui import atspi
from gui.pointer import Window
from holdproxy import HoldProxy
from proftpd import Proftpd, is_there
from test_queue import Owner, QueueTest

OLD = 1_700_000_000
# So that a listing tells the minute, too.
RECENT = int(time.time()) // 60 * 60 - 5 * 86400


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

    def to(self, url, folder, shows):
        """Both sides: a server's folder and one here."""
        self.click("push button", "Disconnect")
        self.find("label", "Not Connected")
        self.window.click(self.find(None, "Folder"))
        self.window.key("ctrl+a")
        self.window.type(folder)
        self.window.key("Return")
        self.row("This Computer", shows)
        self.window.fill(self.find(None, "Server address"), url)
        self.window.key("Return")
        self.row("Server", shows)

    def pairs(self, where, *rows):
        """Files with the same name on both sides: NAME, ours, theirs, and by how much theirs is newer."""
        folder = os.path.join(self.home, where)
        os.makedirs(folder)
        server = self.other if where == "digest" else self.server
        for name, ours, theirs, newer in rows:
            with open(os.path.join(folder, name), "wb") as f:
                f.write(ours)
            os.utime(f.name, (RECENT, RECENT))
            path = server.put_file(name if where == "digest" else f"{where}/{name}", theirs)
            os.utime(path, (RECENT + newer, RECENT + newer))
        return folder

    def compare_by(self, dialog, choice, ahead=None):
        """What would be done, as the preview has it: a name and why, row by row."""
        if ahead is not None:
            dialog.fill(atspi.find(dialog.frame, "spin button", re.compile("clock is ahead")), str(ahead))
            dialog.key("Tab")
        dialog.click(atspi.find(dialog.frame, "combo box", "Compare by"))
        popover = atspi.find(dialog.frame, None, "GtkPopover")
        dialog.click(self.rests(atspi.find(popover, "label", choice)))
        atspi.gone(dialog.frame, None, "GtkPopover")
        self.press_in(dialog, re.compile("Compare"))
        wbtest.wait_until(lambda: atspi.find_all(dialog.frame, "list", "What would be done") or
                          atspi.find_all(dialog.frame, "label", "The two folders are alike."),
                          "the end of comparing", timeout=60)
        if not atspi.find_all(dialog.frame, "list", "What would be done"):
            return {}
        words = self.rows(dialog)
        return {name: why for name, why in zip(words, words[1:]) if name.endswith(".txt")}

    def test_6_by_contents(self):
        """Files of one size and one time that are not the same, by a server that makes checksums."""
        if not is_there():
            self.skipTest("no ProFTPD")
        type(self).other = Proftpd(Owner(type(self)))
        folder = self.pairs("digest", ("differs.txt", b"ours\n", b"them\n", 0), ("same.txt", b"x\n", b"x\n", 0),
                            ("touched.txt", b"y\n", b"y\n", -7200))
        self.to(self.other.url, folder, "differs.txt")
        dialog = self.open_dialog()
        self.assertEqual(self.compare_by(dialog, "Size"), {})
        self.close(dialog)
        dialog = self.open_dialog()
        self.assertEqual(self.compare_by(dialog, "Checksums"), {"differs.txt": "Replace: the contents differ"})
        self.desktop.screenshot(self.picture("sync-contents"))
        self.finish(dialog, r"Copied: 1 · Deleted: 0")
        self.close(dialog)
        self.assertEqual(self.files(self.other.folder), self.files(folder))

    def test_7_by_time(self):
        """With a server whose clock is elsewhere, and never onto what is newer."""
        folder = self.pairs("clocks", ("ahead.txt", b"one\n", b"one\n", 7200), ("old.txt", b"new\n", b"was\n", -86400),
                            ("newer.txt", b"ours\n", b"theirs, longer\n", 86400))
        self.to(self.url + "/clocks", folder, "ahead.txt")
        dialog = self.open_dialog()
        dialog.click(atspi.find(dialog.frame, None, "Make this computer like the server"))
        self.assertEqual(self.compare_by(dialog, "Time"),
                         {"ahead.txt": "Replace: the source is newer", "newer.txt": "Replace: the source is newer"})
        self.press_in(dialog, re.compile("Back"))
        self.assertEqual(self.compare_by(dialog, "Time", 120), {"newer.txt": "Replace: the source is newer"})
        self.desktop.screenshot(self.picture("sync-clock"))
        self.close(dialog)

        dialog = self.open_dialog()
        dialog.click(atspi.find(dialog.frame, None, "Never replace what is newer"), fx=0.95)
        found = self.compare_by(dialog, "Size and time")
        self.assertEqual(found, {"newer.txt": "Left alone: the target is newer",
                                 "old.txt": "Replace: the source is newer"})
        self.desktop.screenshot(self.picture("sync-newer"))
        self.finish(dialog, r"Copied: 1 · Deleted: 0")
        self.close(dialog)
        self.assertEqual(self.server.read("clocks/newer.txt"), b"theirs, longer\n")
        self.assertEqual(self.server.read("clocks/old.txt"), b"new\n")

    def test_8_cancelled(self):
        """In the midst of comparing, which begins again then, and of copying: nothing is deleted."""
        proxy = HoldProxy(self, self.server.port)
        folder = self.pairs("cancelled", ("a.txt", b"longer\n", b"short", 0), ("b.txt", b"longer\n", b"short", 0))
        self.server.put_file("cancelled/doomed.txt", b"still here\n")
        self.to(f"ftp://127.0.0.1:{proxy.port}/upload/cancelled", folder, "a.txt")
        dialog = self.open_dialog()
        dialog.click(atspi.find(dialog.frame, None, "Delete what only the target has"), fx=0.95)
        proxy.hold("LIST", 1)
        self.press_in(dialog, re.compile("Compare"))
        wbtest.wait_until(proxy.held.is_set, "comparing to stand still")
        self.press_in(dialog, re.compile("Cancel"))
        self.assertEqual(self.compare_by(dialog, "Size and time"),
                         {"a.txt": "Replace: the sizes differ", "b.txt": "Replace: the sizes differ",
                          "doomed.txt": "Delete: only the target has it"})
        proxy.hold("STOR", 2)
        self.press_in(dialog, re.compile("Run"))
        wbtest.wait_until(proxy.held.is_set, "copying to stand still")
        self.press_in(dialog, re.compile("Cancel"))
        atspi.find(dialog.frame, "label", "Cancelled", timeout=60)
        self.desktop.screenshot(self.picture("sync-cancelled"))
        self.close(dialog)
        self.assertEqual(self.server.read("cancelled/doomed.txt"), b"still here\n")
        self.assertEqual([c for c in proxy.commands if c.split(" ")[0] in ("DELE", "RMD") and "doomed" in c], [])

    def test_9_leave(self):
        self.quit()


if __name__ == "__main__":
    wbtest.main()

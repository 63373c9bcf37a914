# SPDX-License-Identifier: GPL-3.0-or-later
"""A walk through all that does without WebKit, which the look for leaks does not get along with: under
the address sanitizer the program ends with an error when something of ours was not given back."""

import wbtest
from gui.wirebench import PageTest


class Leaks(PageTest):
    def test_walk_and_quit(self):
        for number in (2, 3, 4, 5, 1):
            self.page(number)
            self.whole_page()
        for key, title in (("ctrl+question", "Keyboard Shortcuts"), ("ctrl+comma", "Preferences")):
            self.window.focus()
            self.window.key(key)
            wbtest.wait_until(
                lambda t=title: self.desktop.xdo("search", "--onlyvisible", "--name", f"^{t}$"),
                f"the window {title}", timeout=60)
            self.desktop.xdo("key", "Escape")
            wbtest.wait_until(
                lambda t=title: not self.desktop.xdo("search", "--onlyvisible", "--name", f"^{t}$"),
                f"{title} to close")
        self.page(3)
        self.press("push button", "Talk over UDP")
        message = self.entry("Message")
        self.window.fill(message, "hello")
        self.window.key("Return")
        self.here("label", "hello", nth=1)
        for _ in range(2):
            self.window.key("F9")
        self.quit()


if __name__ == "__main__":
    wbtest.main()

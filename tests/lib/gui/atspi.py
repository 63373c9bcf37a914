# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding and reading what is on the screen, by the names and roles that a screen reader gets. One
desktop a process: AT-SPI keeps the first bus that it saw."""

import os
import re
import time
import warnings

warnings.filterwarnings("ignore", category=DeprecationWarning)

# The bus warns of what is gone before it could be asked; that is no failure of the test's own.
os.environ.pop("G_DEBUG", None)

import gi  # noqa: E402

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402


def connect(desktop):
    for key in ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "HOME"):
        os.environ[key] = desktop.env[key]
    Atspi.init()
    Atspi.set_timeout(5000, 15000)


def _pump():
    context = GLib.MainContext.default()
    while context.pending():
        context.iteration(False)


def application(name="wirebench", timeout=60):
    end = time.monotonic() + timeout
    while True:
        _pump()
        root = Atspi.get_desktop(0)
        for i in range(root.get_child_count()):
            child = root.get_child_at_index(i)
            if child and child.get_name() == name:
                child.set_cache_mask(Atspi.Cache.NONE)
                return child
        if time.monotonic() > end:
            raise AssertionError(f"no application {name} on the accessibility bus")
        time.sleep(0.05)


def extents(node):
    """(x, y, width, height) in the window, or None; only WINDOW coordinates are right."""
    try:
        e = node.get_component_iface().get_extents(Atspi.CoordType.WINDOW)
    except (GLib.Error, AttributeError):
        return None
    return e.x, e.y, e.width, e.height


def is_shown(node):
    e = extents(node)
    return bool(e and e[2] > 0 and e[3] > 0)


def walk(node, depth=60):
    """Everything below NODE that has a size; what has none is not on the screen."""
    yield node
    if not depth:
        return
    try:
        count = node.get_child_count()
    except GLib.Error:
        return
    for i in range(count):
        try:
            child = node.get_child_at_index(i)
            if child is None or (extents(child) is not None and not is_shown(child)):
                continue
        except GLib.Error:
            continue
        yield from walk(child, depth - 1)


def _matches(node, role, name):
    try:
        if role and node.get_role_name() != role:
            return False
        if name is None:
            return True
        own = node.get_name() or ""
        if isinstance(name, re.Pattern):
            return name.search(own) is not None
        # A button with a mnemonic in a dialog of libadwaita is called "_Replace Replace".
        return own == name or ("_" in own and own.endswith(" " + name))
    except GLib.Error:
        return False


def find_all(root, role=None, name=None):
    _pump()
    root.clear_cache()  # or a window that has come since is not seen
    return [n for n in walk(root) if _matches(n, role, name) and is_shown(n)]


def find(root, role=None, name=None, timeout=20, nth=0):
    """The nth shown node of that role and name (a text or a pattern); waits for it."""
    end = time.monotonic() + timeout
    while True:
        found = find_all(root, role, name)
        if len(found) > nth:
            return found[nth]
        if time.monotonic() > end:
            raise AssertionError(f"not on the screen within {timeout} s: {role} {name!r}")
        time.sleep(0.05)


def gone(root, role=None, name=None, timeout=20):
    end = time.monotonic() + timeout
    while find_all(root, role, name):
        if time.monotonic() > end:
            raise AssertionError(f"still on the screen after {timeout} s: {role} {name!r}")
        time.sleep(0.05)


def text(node):
    iface = node.get_text_iface()
    return iface.get_text(0, iface.get_character_count()) if iface else node.get_name()


def states(node):
    return {Atspi.StateType(s).value_nick for s in node.get_state_set().get_states()}


def texts(root):
    """All the words below ROOT, for a look at what a page says."""
    out = []
    for node in walk(root):
        try:
            out.append(node.get_name() or "")
            iface = node.get_text_iface()
            if iface:
                out.append(iface.get_text(0, iface.get_character_count()))
        except GLib.Error:
            continue
    return [t for t in out if t]


def press(node, action=None):
    """Activate by the accessible action; for buttons. Prefer a click where there is one."""
    for i in range(node.get_n_actions()):
        if action is None or node.get_action_name(i) == action:
            return node.do_action(i)
    raise AssertionError(f"no action {action} on {node.get_name()!r}")


def dump(root):
    """The tree as text, for the message of a failed test."""
    lines = []

    def go(node, depth):
        lines.append("  " * depth + f"{node.get_role_name()} {node.get_name()!r} {extents(node)}")
        for i in range(node.get_child_count()):
            child = node.get_child_at_index(i)
            if child is not None and (extents(child) is None or is_shown(child)):
                go(child, depth + 1)

    go(root, 0)
    return "\n".join(lines)

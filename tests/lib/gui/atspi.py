# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding and reading what is on the screen, by the names and roles that a screen reader gets. A tree
is asked level by level, a whole level at once: one question at a time takes seconds a look. One
desktop a process."""

import os
import re
import time

# The bus warns of what is gone before it could be asked; that is no failure of the test's own.
os.environ.pop("G_DEBUG", None)

import gi  # noqa: E402

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, Gio, GLib  # noqa: E402

ROOT = "/org/a11y/atspi/accessible/root"
NULL = "/org/a11y/atspi/null"
ACCESSIBLE = "org.a11y.atspi.Accessible"
COMPONENT = "org.a11y.atspi.Component"
TEXT = "org.a11y.atspi.Text"
ACTION = "org.a11y.atspi.Action"
PROPERTIES = "org.freedesktop.DBus.Properties"
IN_WINDOW = GLib.Variant("(u)", (1,))
CALL_MS = 20000
FAR = 1 << 16

_connection = None


def connect(desktop):
    global _connection
    session = Gio.DBusConnection.new_for_address_sync(
        desktop.env["DBUS_SESSION_BUS_ADDRESS"],
        Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
        | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
    address, = session.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None,
                                 None, 0, CALL_MS, None).unpack()
    _connection = Gio.DBusConnection.new_for_address_sync(
        address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
        | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
    session.close_sync(None)


def _ask(questions):
    """The answers, in order, of (node, interface, method, arguments) asked at once; None for one
    that got an error, as something that has gone does."""
    answers = [None] * len(questions)
    left = [len(questions)]

    def answered(connection, result, place):
        try:
            answers[place] = connection.call_finish(result).unpack()
        except GLib.Error:
            pass
        left[0] -= 1

    for place, (node, interface, method, arguments) in enumerate(questions):
        _connection.call(node.bus, node.path, interface, method, arguments, None, 0, CALL_MS, None,
                         answered, place)
    context = GLib.MainContext.default()
    while left[0]:
        context.iteration(True)
    return answers


class Node:
    """Something on the screen; role, name and extents are those of when it was seen last."""

    def __init__(self, bus, path):
        self.bus, self.path = bus, path
        self.role, self.name, self.box, self.children = "", "", None, []

    def __repr__(self):
        return f"<{self.role} {self.name!r} {self.box}>"

    def get_name(self):
        return self.name

    def get_role_name(self):
        return self.role

    def call(self, interface, method, arguments=None):
        return _ask([(self, interface, method, arguments)])[0]


def _get(node, name):
    return (node, PROPERTIES, "Get", GLib.Variant("(ss)", (ACCESSIBLE, name)))


def _look_at(nodes):
    """Ask what NODES are; those that are gone or have no size are left out."""
    answers = _ask([question for node in nodes for question in (
        (node, ACCESSIBLE, "GetRole", None), _get(node, "Name"),
        (node, COMPONENT, "GetExtents", IN_WINDOW), (node, ACCESSIBLE, "GetChildren", None))])
    seen = []
    for i, node in enumerate(nodes):
        role, name, box, children = answers[4 * i:4 * i + 4]
        if role is None or children is None:
            continue
        node.role, node.name = Atspi.role_get_name(role[0]), name[0] if name else ""
        node.box = box[0] if box else None
        # Of what was never drawn GTK 4.18 tells whatever was in memory.
        if node.box and not (0 < node.box[2] < FAR and 0 < node.box[3] < FAR):
            continue
        node.children = [Node(*child) for child in children[0] if child[1] != NULL]
        seen.append(node)
    return seen


def application(name="wirebench", timeout=60):
    registry = Node("org.a11y.atspi.Registry", ROOT)
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        registry.children = [Node(*c) for c in registry.call(ACCESSIBLE, "GetChildren")[0]]
        names = _ask([_get(child, "Name") for child in registry.children])
        for child, answer in zip(registry.children, names):
            if answer and answer[0] == name:
                return child
        time.sleep(0.05)
    raise AssertionError(f"no application {name} on the accessibility bus")


def extents(node):
    """(x, y, width, height) in the window, or None; only WINDOW coordinates are right."""
    answer = node.call(COMPONENT, "GetExtents", IN_WINDOW)
    node.box = answer[0] if answer else None
    return node.box


def is_shown(node):
    e = extents(node)
    return bool(e and e[2] > 0 and e[3] > 0)


def popover_of(node):
    """The popover that NODE is in or is, or None."""
    while node and node.path not in (ROOT, NULL):
        answers = _ask([_get(node, "Name"), _get(node, "Parent")])
        if not answers[0] or not answers[1]:
            return None
        if answers[0][0] in ("GtkPopover", "GtkPopoverMenu"):
            return node
        node = Node(*answers[1][0])
    return None


def walk(node, skip=()):
    """Everything below NODE that has a size, itself included, level by level; what has none is not on
    the screen. Does not go into what is called one of SKIP."""
    level = [node]
    while level:
        level = _look_at(level)
        yield from level
        level = [child for n in level if n.name not in skip or n is node for child in n.children]


def _is(own, wanted):
    return wanted.search(own) is not None if isinstance(wanted, re.Pattern) else own == wanted


def _matches(node, role, name):
    if role and not _is(node.role, role):
        return False
    if name is None:
        return True
    # A button with a mnemonic in a dialog of libadwaita is called "_Replace Replace".
    return _is(node.name, name) or (isinstance(name, str) and "_" in node.name and node.name.endswith(" " + name))


def find_all(root, role=None, name=None):
    return [n for n in walk(root) if _matches(n, role, name) and n.box]


def find(root, role=None, name=None, timeout=20, nth=0):
    """The nth shown node of that role and name (a text or a pattern), counted level by level; waits
    for it."""
    end = time.monotonic() + timeout
    while True:
        left = nth
        for node in walk(root):
            if _matches(node, role, name) and node.box:
                if not left:
                    return node
                left -= 1
        if time.monotonic() > end:
            raise AssertionError(f"not on the screen within {timeout} s: {role} {name!r}")
        time.sleep(0.05)


def gone(root, role=None, name=None, timeout=20):
    end = time.monotonic() + timeout
    while find_all(root, role, name):
        if time.monotonic() > end:
            raise AssertionError(f"still on the screen after {timeout} s: {role} {name!r}")
        time.sleep(0.05)


def _own_text(node):
    # With the character count: −1 as the end does not work.
    count = node.call(PROPERTIES, "Get", GLib.Variant("(ss)", (TEXT, "CharacterCount")))
    answer = node.call(TEXT, "GetText", GLib.Variant("(ii)", (0, count[0]))) if count else None
    return answer[0] if answer else None


def text(node):
    own = _own_text(node)
    return node.name if own is None else own


def states(node):
    low, high = node.call(ACCESSIBLE, "GetState")[0]
    bits = low | high << 32
    return {Atspi.StateType(n).value_nick for n in range(64) if bits >> n & 1}


def focused(root):
    """What has the keyboard's focus, or None."""
    nodes = list(walk(root))
    bit = 1 << int(Atspi.StateType.FOCUSED)
    answers = _ask([(node, ACCESSIBLE, "GetState", None) for node in nodes])
    found = [n for n, a in zip(nodes, answers) if a and a[0][0] & bit]
    return found[-1] if found else None


def texts(root):
    """All the words below ROOT, for a look at what a page says."""
    return [t for node in walk(root) for t in (node.name, _own_text(node)) if t]


def press(node, action=None):
    """Activate by the accessible action; for buttons. Prefer a click where there is one."""
    count = node.call(PROPERTIES, "Get", GLib.Variant("(ss)", (ACTION, "NActions")))
    for i in range(count[0] if count else 0):
        index = GLib.Variant("(i)", (i,))
        if action is None or node.call(ACTION, "GetName", index)[0] == action:
            return node.call(ACTION, "DoAction", index)
    raise AssertionError(f"no action {action} on {node.name!r}")


def dump(root):
    """The tree as text, for the message of a failed test."""
    list(walk(root))
    lines = []

    def go(node, depth):
        lines.append("  " * depth + repr(node))
        for child in node.children:
            if child.role:
                go(child, depth + 1)

    go(root, 0)
    return "\n".join(lines)

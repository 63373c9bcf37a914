#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Another program to drag from and to: the left half of its window gives the files named on the
command line, the right half takes files and prints what it got, a JSON object a line. With --portal as
the first word it gives them by the portal, too, as those into a sandbox have to be. With --into and a
folder it copies what it takes into that, as a file manager does."""

import hashlib
import json
import os
import shutil
import sys

import gi

gi.require_version("Gtk", "4.0")
gi.require_version("Gdk", "4.0")
from gi.repository import Gdk, Gio, GLib, Gtk  # noqa: E402


def say(**what):
    print(json.dumps(what), flush=True)


by_portal = sys.argv[1:2] == ["--portal"]
into = sys.argv[2] if sys.argv[1:2] == ["--into"] else None
paths = sys.argv[3 if into else 2 if by_portal else 1:]


def prepare(source, x, y):
    if by_portal:
        return Gdk.ContentProvider.new_for_value(
            Gdk.FileList.new_from_list([Gio.File.new_for_path(p) for p in paths]))
    # As text/uri-list, the form that every program takes.
    uris = "".join(Gio.File.new_for_path(p).get_uri() + "\r\n" for p in paths)
    return Gdk.ContentProvider.new_for_bytes("text/uri-list", GLib.Bytes.new(uris.encode()))


def describe(path, name):
    with open(path, "rb") as f:
        data = f.read()
    return {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def dropped(target, value, x, y):
    """A folder gives a line for each file in it."""
    files = []
    for file in value.get_files():
        path = file.get_path()
        if into:
            copy = os.path.join(into, os.path.basename(path))
            (shutil.copytree if os.path.isdir(path) else shutil.copy)(path, copy)
            path = copy
        if not os.path.isdir(path):
            files.append(describe(path, file.get_basename()))
        for folder, _, names in os.walk(path):
            files += [describe(os.path.join(folder, n),
                               os.path.relpath(os.path.join(folder, n), os.path.dirname(path)))
                      for n in sorted(names)]
    say(event="drop", files=files)
    return True


def over(target, x, y):
    """Said again only when whoever drags has had the answer to the time before."""
    say(event="over")
    return Gdk.DragAction.COPY


def half(text):
    label = Gtk.Label(label=text, hexpand=True, vexpand=True)
    label.add_css_class("title-1")
    return label


Gtk.init()
window = Gtk.Window(title="Peer", default_width=300, default_height=160)
box = Gtk.Box(homogeneous=True)
give = half("Give")
take = half("Take")
box.append(give)
box.append(take)
window.set_child(box)

drag = Gtk.DragSource(actions=Gdk.DragAction.COPY)
drag.connect("prepare", prepare)
drag.connect("drag-end", lambda *a: say(event="drag-end"))
drag.connect("drag-cancel", lambda s, d, reason: say(event="drag-cancel", reason=int(reason)))
give.add_controller(drag)

drop = Gtk.DropTarget.new(Gdk.FileList, Gdk.DragAction.COPY)
drop.connect("motion", over)
drop.connect("drop", dropped)
take.add_controller(drop)

loop = GLib.MainLoop()
window.connect("close-request", lambda w: loop.quit())
window.present()
say(event="ready")
loop.run()

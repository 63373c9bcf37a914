# SPDX-License-Identifier: GPL-3.0-or-later
"""What the X server itself knows: the shape of the pointer, which tells how a drag stands."""

import ctypes

import wbtest

# What GTK calls the pointer's shape while a drag would be taken, and while it would not.
TAKEN = {"copy", "dnd-copy", "move", "dnd-move", "alias", "dnd-link", "dnd-ask"}
REFUSED = {"no-drop", "dnd-none", "dnd-no-drop"}


class _CursorImage(ctypes.Structure):
    _fields_ = [("x", ctypes.c_short), ("y", ctypes.c_short),
                ("width", ctypes.c_ushort), ("height", ctypes.c_ushort),
                ("hot_x", ctypes.c_ushort), ("hot_y", ctypes.c_ushort),
                ("serial", ctypes.c_ulong), ("pixels", ctypes.c_void_p),
                ("atom", ctypes.c_ulong), ("name", ctypes.c_char_p)]


class Screen:
    def __init__(self, display):
        self.x11 = ctypes.CDLL("libX11.so.6")
        self.fixes = ctypes.CDLL("libXfixes.so.3")
        self.x11.XOpenDisplay.restype = ctypes.c_void_p
        self.x11.XOpenDisplay.argtypes = [ctypes.c_char_p]
        self.x11.XFree.argtypes = [ctypes.c_void_p]
        self.x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
        self.fixes.XFixesGetCursorImage.restype = ctypes.POINTER(_CursorImage)
        self.fixes.XFixesGetCursorImage.argtypes = [ctypes.c_void_p]
        self.fixes.XFixesQueryExtension.argtypes = [ctypes.c_void_p, ctypes.POINTER(ctypes.c_int),
                                                    ctypes.POINTER(ctypes.c_int)]
        self.display = self.x11.XOpenDisplay(display.encode())
        if not self.display:
            raise RuntimeError("no X server at " + display)
        base, error = ctypes.c_int(), ctypes.c_int()
        if not self.fixes.XFixesQueryExtension(self.display, base, error):
            raise RuntimeError("the X server does not tell the pointer's shape")

    def pointer(self):
        """The name of the pointer's shape, "" for one without."""
        image = self.fixes.XFixesGetCursorImage(self.display)
        name = (image.contents.name or b"").decode()
        self.x11.XFree(image)
        return name

    def wait_pointer(self, names, what, timeout=20):
        return wbtest.wait_until(lambda: self.pointer() in names, what, timeout)

    def close(self):
        self.x11.XCloseDisplay(self.display)

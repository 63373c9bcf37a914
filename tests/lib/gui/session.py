# SPDX-License-Identifier: GPL-3.0-or-later
"""A desktop of its own for a test: an X server, a bus with nothing on it but accessibility, a window
manager, and a home folder that goes with the test."""

import json
import os
import pathlib
import queue
import shutil
import subprocess
import tempfile
import threading
import time

import wbtest
from gui.screen import Screen

# What GTK 4.8 itself complains of when a GTK 3 program drops files on it.
KNOWN_CRITICALS = ("gdk_drop_set_actions",)

BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{services}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""

A11Y = """[D-BUS Service]
Name=org.a11y.Bus
Exec=/usr/libexec/at-spi-bus-launcher
"""


def _line_from(fd):
    data = b""
    while not data.endswith(b"\n"):
        byte = os.read(fd, 1)
        if not byte:
            raise RuntimeError("a part of the desktop ended before it was ready")
        data += byte
    os.close(fd)
    return data.decode().strip()


class Program:
    """A child whose output is read as it comes."""

    def __init__(self, argv, env):
        self.process = subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        errors="replace", start_new_session=True)
        self.errors = []
        self.lines = queue.Queue()
        self.threads = [threading.Thread(target=self._read, args=a, daemon=True) for a in (
            (self.process.stdout, self.lines.put), (self.process.stderr, self.errors.append))]
        for thread in self.threads:
            thread.start()

    @staticmethod
    def _read(stream, take):
        for line in stream:
            take(line.rstrip("\n"))

    def event(self, name, timeout=20):
        """The next JSON object on stdout whose "event" is NAME."""
        end = time.monotonic() + timeout
        while True:
            try:
                line = self.lines.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no event {name} within {timeout} s") from None
            if line.startswith("{"):
                what = json.loads(line)
                if what.get("event") == name:
                    return what

    def stop(self):
        wbtest.stop(self.process)
        for thread in self.threads:
            thread.join(5)

    def criticals(self):
        return [e for e in self.errors
                if ("CRITICAL" in e or "AddressSanitizer" in e or "runtime error" in e)
                and not any(k in e for k in KNOWN_CRITICALS)]


class Desktop:
    """Start with `with Desktop() as desktop:`; everything in it ends with the block."""

    def __init__(self, size="1280x900", dark=False, language="en", env=None, settings="welcomed=true"):
        self.size, self.dark, self.language, self.more = size, dark, language, env or {}
        self.pointer = None
        self.settings = settings
        self.programs = []
        self.children = []

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="wb-gui-")
        try:
            self._begin()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def _begin(self):
        env = {k: v for k, v in os.environ.items()
               if k not in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS",
                            "AT_SPI_BUS_ADDRESS", "G_DEBUG", "LANGUAGE")}
        run = os.path.join(self.folder, "run")
        os.makedirs(run, mode=0o700, exist_ok=True)
        for name in ("home/.config/glib-2.0/settings", "services"):
            os.makedirs(os.path.join(self.folder, name), exist_ok=True)
        # As after the first start, which would welcome.
        with open(os.path.join(self.folder, "home/.config/glib-2.0/settings/keyfile"), "w") as f:
            f.write(f"[io/github/wirebench/Wirebench]\n{self.settings}\n")
        home = os.path.join(self.folder, "home")
        env.update(
            HOME=home, XDG_RUNTIME_DIR=run, XDG_CONFIG_HOME=home + "/.config",
            XDG_CACHE_HOME=home + "/.cache", XDG_DATA_HOME=home + "/.local/share",
            XDG_STATE_HOME=home + "/.local/state",
            GDK_BACKEND="x11", GSK_RENDERER="cairo", GSETTINGS_BACKEND="keyfile",
            ADW_DISABLE_PORTAL="1", GTK_USE_PORTAL="0", WIREBENCH_SECRETS="memory",
            LANG="C.UTF-8", LC_ALL="C.UTF-8", LANGUAGE=self.language)
        if self.dark:
            env["ADW_DEBUG_COLOR_SCHEME"] = "prefer-dark"
        env.update(self.more)
        self.env = env = {k: v for k, v in env.items() if v is not None}

        fd, inherited = os.pipe()
        self._child(["Xvfb", "-displayfd", str(inherited), "-screen", "0", self.size + "x24",
                     "-dpi", "96", "-nolisten", "tcp", "-noreset", "+extension", "GLX"], inherited)
        env["DISPLAY"] = ":" + _line_from(fd)
        self.pointer = Screen(env["DISPLAY"])

        with open(os.path.join(self.folder, "services", "org.a11y.Bus.service"), "w") as f:
            f.write(A11Y)
        config = os.path.join(self.folder, "bus.conf")
        with open(config, "w") as f:
            f.write(BUS.format(services=os.path.join(self.folder, "services")))
        fd, inherited = os.pipe()
        self._child(["dbus-daemon", "--config-file=" + config, "--nofork",
                     f"--print-address={inherited}"], inherited)
        env["DBUS_SESSION_BUS_ADDRESS"] = _line_from(fd)

        self._child(["openbox"])
        wbtest.wait_until(lambda: "_NET_SUPPORTING_WM_CHECK" in self._root_properties(),
                          "the window manager")

    def _root_properties(self):
        done = subprocess.run(["xprop", "-root", "_NET_SUPPORTING_WM_CHECK"], env=self.env,
                              stdout=subprocess.PIPE, text=True)
        return done.stdout if "window id" in done.stdout else ""

    def _child(self, argv, inherited=None):
        child = subprocess.Popen(argv, env=self.env, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                 pass_fds=[] if inherited is None else [inherited],
                                 start_new_session=True)
        if inherited is not None:
            os.close(inherited)
        self.children.append(child)

    def run(self, argv, **env):
        """Start a program on this desktop."""
        program = Program([str(a) for a in argv], dict(self.env, **env))
        self.programs.append(program)
        return program

    def xdo(self, *args):
        return subprocess.run(["xdotool", *map(str, args)], env=self.env, check=False, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              text=True).stdout.strip()

    def paste(self, text, loops=2):
        """Any text, through the clipboard: xdotool cannot type all scripts. LOOPS is how often it is
        asked for until it is forgotten; 0 for ever, for those who look at all its forms."""
        clip = subprocess.Popen(["xclip", "-selection", "clipboard", "-loops", str(loops)], env=self.env,
                                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL, start_new_session=True)
        self.children.append(clip)
        clip.stdin.write(text.encode())
        clip.stdin.close()
        # Asking for the text itself would count as one of few times.
        wbtest.wait_until(lambda: self.clipboard("-t", "TARGETS") if loops
                          else self.clipboard() == text, "the clipboard")
        self.xdo("key", "ctrl+v")

    def copy_files(self, *paths):
        """Put files on the clipboard, as a file manager does."""
        uris = "".join(pathlib.Path(path).as_uri() + "\r\n" for path in paths)
        clip = subprocess.Popen(["xclip", "-selection", "clipboard", "-t", "text/uri-list"], env=self.env,
                                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL, start_new_session=True)
        self.children.append(clip)
        clip.stdin.write(uris.encode())
        clip.stdin.close()
        wbtest.wait_until(lambda: "text/uri-list" in self.clipboard("-t", "TARGETS"), "the clipboard")

    def clipboard(self, *look):
        """The text on the clipboard, or what else LOOK asks xclip for."""
        look = look or ("-t", "UTF8_STRING")
        done = subprocess.run(["xclip", "-selection", "clipboard", "-o", *look], env=self.env,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return done.stdout.decode(errors="replace")

    def screenshot(self, path, window=None):
        """A PNG of the screen, or of an X window."""
        os.makedirs(os.path.dirname(path), exist_ok=True)
        subprocess.run(["import", "-window", window or "root", path], env=self.env, check=True,
                       timeout=60)

    def brightness(self, x, y, width=1, height=1):
        """Of each point of a part of the screen, from 0 to 255."""
        return subprocess.run(["import", "-window", "root", "-crop", f"{width}x{height}+{x}+{y}",
                               "-depth", "8", "gray:-"], env=self.env, check=True, timeout=60,
                              stdout=subprocess.PIPE).stdout

    def __exit__(self, *exc):
        for program in reversed(self.programs):
            program.stop()
        if self.pointer:
            self.pointer.close()
        for child in reversed(self.children):
            wbtest.stop(child)
        shutil.rmtree(self.folder, ignore_errors=True)

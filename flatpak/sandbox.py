# SPDX-License-Identifier: GPL-3.0-or-later
"""A desktop as sandboxed programs find one: portals for files, secrets and processes, and an unlocked
keyring, on a bus of its own."""

import os
import subprocess

import wbtest
from gui.session import Desktop

APP = os.environ["APP"]
WORK = os.environ["WORK"]
SHOTS = os.path.join(WORK, "screenshots")

# Who is started when a name is asked for, beside accessibility, which Desktop has.
SERVICES = {
    "org.freedesktop.portal.Desktop": "/usr/libexec/xdg-desktop-portal",
    "org.freedesktop.impl.portal.desktop.gtk": "/usr/libexec/xdg-desktop-portal-gtk",
    "org.freedesktop.portal.Documents": "/usr/libexec/xdg-document-portal",
    "org.freedesktop.impl.portal.PermissionStore": "/usr/libexec/xdg-permission-store",
    "org.freedesktop.portal.Flatpak": "/usr/libexec/flatpak-portal",
    "org.freedesktop.Flatpak": "/usr/libexec/flatpak-session-helper",
}


class PortalDesktop(Desktop):
    def _begin(self):
        services = os.path.join(self.folder, "services")
        os.makedirs(services)
        for name, program in SERVICES.items():
            with open(os.path.join(services, name + ".service"), "w", encoding="utf-8") as f:
                f.write(f"[D-BUS Service]\nName={name}\nExec={program}\n")
        # Where the sandboxed program reads its settings.
        inside = os.path.join(self.folder, "home/.var/app", APP, "config/glib-2.0/settings")
        os.makedirs(inside)
        with open(os.path.join(inside, "keyfile"), "w", encoding="utf-8") as f:
            f.write(f"[io/github/wirebench/Wirebench]\n{self.settings}\n")
        self.more.update(dict.fromkeys(("GTK_USE_PORTAL", "ADW_DISABLE_PORTAL", "WIREBENCH_SECRETS")))
        self.more.update(XDG_RUNTIME_DIR=f"/run/user/{os.getuid()}", XDG_CURRENT_DESKTOP="GNOME",
                         FLATPAK_USER_DIR=os.environ["FLATPAK_USER_DIR"])
        super()._begin()
        # As at log-in: the keyring's password is that of the person.
        subprocess.run(["gnome-keyring-daemon", "--unlock", "--components=secrets"], env=self.env,
                       input=b"a password for the keyring", check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, timeout=60)

    def flatpak(self, *args, **kw):
        return subprocess.run(["flatpak", *args], env=self.env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60,
                              **kw)

    def inside(self, *command):
        """What a command says that is run in the sandbox of the running program."""
        def instance():
            lines = self.flatpak("ps", "--columns=instance,application").stdout.splitlines()
            return [line.split()[0] for line in lines if line.split()[1:] == [APP]]

        return subprocess.run(["flatpak", "enter", wbtest.wait_until(instance, "the sandbox")[0],
                               *command], env=self.env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)

    def __exit__(self, *exc):
        self.flatpak("kill", APP)
        super().__exit__(*exc)

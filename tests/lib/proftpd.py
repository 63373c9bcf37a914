# SPDX-License-Identifier: GPL-3.0-or-later
"""ProFTPD as a child of the test, with one account, in the clear or under TLS."""

import os
import pwd
import subprocess

import certs
import wbtest

PLACE = "/var/lib/wirebench-tests"
PROGRAM = PLACE + "/proftpd-core/usr/sbin/proftpd"
CORE = PLACE + "/proftpd-core/usr/lib/proftpd"
CRYPTO = PLACE + "/proftpd-mod-crypto/usr/lib/proftpd"
PASSWORD = "canary-5512"


def is_there():
    return os.geteuid() == 0 and os.path.exists(PROGRAM)


class Proftpd:
    """SERVER.url is SERVER.folder here. SETTINGS are lines of its configuration, ENVIRON is what
    its environment has more than ours."""

    def __init__(self, test, settings="", tls=False, implicit=False, host="127.0.0.1", environ=None):
        self.test = test
        self.dir = test.path("proftpd")
        self.folder = os.path.join(self.dir, "home")
        modules = os.path.join(self.dir, "modules")
        for folder in (self.folder, modules):
            os.makedirs(folder)
        for path in (test.dir, self.dir, self.folder):
            os.chmod(path, 0o755)
        for source in (CORE, CRYPTO):
            if os.path.isdir(source):
                for name in os.listdir(source):
                    os.symlink(os.path.join(source, name), os.path.join(modules, name))
        user = pwd.getpwnam("ftp")
        os.chown(self.folder, user.pw_uid, user.pw_gid)
        digest = subprocess.run(["openssl", "passwd", "-6", PASSWORD], check=True, text=True,
                                stdout=subprocess.PIPE).stdout.strip()
        self.write("passwd", f"real:{digest}:{user.pw_uid}:{user.pw_gid}::"
                   f"{self.folder}:/bin/false\n")
        os.chmod(os.path.join(self.dir, "passwd"), 0o600)

        self.port = wbtest.free_port(host=host)
        lines = [
            f"ModulePath {modules}", "LoadModule mod_digest.c", "LoadModule mod_site_misc.c",
            "ServerType standalone", "ServerName test", f"DefaultAddress {host}",
            "SocketBindTight on", f"Port {self.port}", "User ftp", "Group nogroup",
            f"PidFile {self.dir}/pid", f"ScoreboardFile {self.dir}/scoreboard",
            f"SystemLog {self.dir}/log", "WtmpLog off", "AuthOrder mod_auth_file.c",
            f"AuthUserFile {self.dir}/passwd", "RequireValidShell off", "DefaultRoot ~",
            "AllowOverwrite on", "AllowRetrieveRestart on", "AllowStoreRestart on",
            "DelayEngine off", "UseReverseDNS off", "MaxInstances 60",
            "ShowSymlinks on", "TimeoutLinger 0", f"UseIPv6 {'on' if ':' in host else 'off'}",
        ]
        if tls or implicit:
            self.ca_file = certs.make_ca(self.dir)
            certificate, key, _both = certs.make_server(self.dir)
            os.chmod(key, 0o600)
            lines += ["LoadModule mod_tls.c", "TLSEngine on", "TLSRequired on",
                      "TLSProtocol TLSv1.2 TLSv1.3", f"TLSLog {self.dir}/tls-log",
                      f"TLSECCertificateFile {certificate}", f"TLSECCertificateKeyFile {key}",
                      "TLSVerifyClient off"]
        if implicit:
            lines.append("TLSOptions UseImplicitSSL")
        config = self.write("conf", "\n".join(lines) + "\n" + settings + "\n")
        self.child = test.start([PROGRAM, "-n", "-q", "-c", config],
                                env=dict(os.environ, **(environ or {})))
        wbtest.wait_until(lambda: self.child.poll() is not None or wbtest.listens(self.port, host),
                          "ProFTPD listens")
        test.assertIsNone(self.child.poll(), "ProFTPD ended at once")
        name = f"[{host}]" if ":" in host else host
        self.url = f"{'ftps' if implicit else 'ftpes' if tls else 'ftp'}://real:{PASSWORD}@{name}:{self.port}/"

    def options(self):
        return ["--ca-file", self.ca_file] if not self.url.startswith("ftp:") else []

    def write(self, name, text):
        path = os.path.join(self.dir, name)
        with open(path, "w") as f:
            f.write(text)
        return path

    def put_file(self, name, data):
        """A file on the server, made behind its back."""
        path = os.path.join(os.fsencode(self.folder), os.fsencode(name))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data)
        user = pwd.getpwnam("ftp")
        above = path
        while above != os.fsencode(self.folder):
            os.chown(above, user.pw_uid, user.pw_gid)
            above = os.path.dirname(above)
        return path

    def read(self, name):
        with open(os.path.join(os.fsencode(self.folder), os.fsencode(name)), "rb") as f:
            return f.read()

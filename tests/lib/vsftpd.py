# SPDX-License-Identifier: GPL-3.0-or-later
"""vsftpd as a child of the test, for anonymous users, in the clear or under TLS with the two switches
that find out bad clients: the data channel has to resume the control channel's session, and to end
with close_notify."""

import os
import pwd
import shutil

import certs
import wbtest

PROGRAM = shutil.which("vsftpd", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


class Vsftpd:
    """SERVER.url leads into a folder that is SERVER.folder here; SERVER.ca_file is there with TLS. ENVIRON
    is what its environment has more than ours, OPTIONS are lines of its configuration."""

    def __init__(self, test, tls=False, implicit=False, folder=None, host="127.0.0.1", environ=None, **options):
        self.test = test
        self.dir = test.path("vsftpd")
        self.root = folder or os.path.join(self.dir, "srv")
        self.folder = os.path.join(self.root, "upload")
        for name in (self.folder, os.path.join(self.dir, "empty")):
            os.makedirs(name, exist_ok=True)
        os.chmod(self.root, 0o555 if os.geteuid() != 0 else 0o755)
        test.addCleanup(os.chmod, self.root, 0o755)
        if os.geteuid() == 0:
            os.chmod(test.dir, 0o711)
            user = pwd.getpwnam("ftp")
            os.chown(self.folder, user.pw_uid, user.pw_gid)

        self.port = wbtest.free_port(host=host)
        self.scheme = "ftps" if implicit else "ftpes" if tls else "ftp"
        listen = ({"listen": "NO", "listen_ipv6": "YES", "listen_address6": host} if ":" in host
                  else {"listen": "YES", "listen_address": host})
        self.url = f"{self.scheme}://{f'[{host}]' if ':' in host else host}:{self.port}/upload/"
        settings = {
            **listen, "listen_port": self.port,
            "background": "NO", "anonymous_enable": "YES", "no_anon_password": "YES",
            "local_enable": "NO", "write_enable": "YES", "anon_root": self.root,
            "anon_upload_enable": "YES", "anon_mkdir_write_enable": "YES",
            "anon_other_write_enable": "YES", "anon_umask": "022",
            "secure_chroot_dir": os.path.join(self.dir, "empty"), "ftp_username": "ftp",
            "connect_from_port_20": "NO", "seccomp_sandbox": "NO", "idle_session_timeout": "600",
            "anon_world_readable_only": "NO", "xferlog_enable": "YES",
            "vsftpd_log_file": os.path.join(self.dir, "log"), "log_ftp_protocol": "YES",
            "max_per_ip": 0, "max_clients": 0,
        }
        if os.geteuid() != 0:
            settings["run_as_launching_user"] = "YES"
        if tls or implicit:
            self.ca_file = certs.make_ca(self.dir)
            certificate, key, _both = certs.make_server(self.dir)
            settings.update(
                ssl_enable="YES", allow_anon_ssl="YES", force_anon_data_ssl="YES",
                force_anon_logins_ssl="YES", require_ssl_reuse="YES", strict_ssl_read_eof="YES",
                ssl_ciphers="HIGH", rsa_cert_file=certificate, rsa_private_key_file=key,
                implicit_ssl="YES" if implicit else "NO")
        settings.update(options)
        config = os.path.join(self.dir, "vsftpd.conf")
        with open(config, "w") as f:
            f.writelines(f"{name}={value}\n" for name, value in settings.items())
        self.child = test.start([PROGRAM, config], env=dict(os.environ, **(environ or {})))
        wbtest.wait_until(lambda: self.child.poll() is not None or wbtest.listens(self.port, host),
                          "vsftpd listens")
        test.assertIsNone(self.child.poll(), "vsftpd ended at once")

    def options(self):
        return ["--ca-file", self.ca_file] if self.scheme != "ftp" else []

    def put_file(self, name, data):
        """A file on the server, made behind its back."""
        path = os.path.join(os.fsencode(self.folder), os.fsencode(name))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data)
        if os.geteuid() == 0:
            user = pwd.getpwnam("ftp")
            os.chown(path, user.pw_uid, user.pw_gid)
            while (path_above := os.path.dirname(path)) != os.fsencode(self.folder):
                os.chown(path_above, user.pw_uid, user.pw_gid)
                path = path_above
            path = os.path.join(os.fsencode(self.folder), os.fsencode(name))
        return path

    def names(self):
        return sorted(os.listdir(self.folder))

    def read(self, name):
        with open(os.path.join(os.fsencode(self.folder), os.fsencode(name)), "rb") as f:
            return f.read()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Postfix proper, in a configuration, queue and spool of its own, delivering into Maildirs."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess

import wbtest

PROGRAM = "/usr/sbin/postfix"

MAIN = """
compatibility_level = 3.6
queue_directory = {dir}/queue
data_directory = {dir}/data
maillog_file = /dev/null
maillog_file_prefixes = /dev
mail_owner = postfix
setgid_group = postdrop
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
shlib_directory = /usr/lib/postfix
meta_directory = /etc/postfix
myhostname = mail.school.test
myorigin = school.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
virtual_mailbox_domains = school.test
virtual_mailbox_base = {dir}/mail
virtual_mailbox_maps = inline:{{ student@school.test=student/, teacher@school.test=teacher/, head@school.test=head/,
  office@school.test=office/ }}
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
message_size_limit = 1000000
smtpd_recipient_restrictions = permit_auth_destination, reject
smtpd_relay_restrictions = permit_auth_destination, reject
smtputf8_enable = yes
smtpd_error_sleep_time = 0
smtpd_tls_security_level = {level}
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_forbid_bare_newline = yes
{more}
"""

MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """A server on a free port, ended with TEST. CERTIFICATE is (certificate, key) for STARTTLS,
    which it then insists on. MORE is put behind its settings; DOORS are more ports, each with settings
    of its own: doors[NAME] is the port. Wants root, as Postfix does."""

    def __init__(self, test, certificate=None, more="", doors=None):
        self.dir = test.path("postfix")
        os.chmod(test.dir, 0o755)
        owner = pwd.getpwnam("nobody")
        for name in ("etc", "queue", "data", "mail"):
            os.makedirs(os.path.join(self.dir, name))
        shutil.chown(os.path.join(self.dir, "data"), "postfix")
        shutil.chown(os.path.join(self.dir, "mail"), owner.pw_uid, owner.pw_gid)
        self.port = wbtest.free_port()
        main = MAIN.format(dir=self.dir, uid=owner.pw_uid, gid=owner.pw_gid,
                           level="encrypt" if certificate else "none",
                           certificate=certificate[0] if certificate else "",
                           key=certificate[1] if certificate else "", more=more)
        test.write("postfix/etc/main.cf", main)
        self.doors = {name: wbtest.free_port() for name in doors or {}}
        test.write("postfix/etc/master.cf", MASTER.format(port=self.port) + "".join(
            "127.0.0.1:%d inet n - n - - smtpd%s\n" % (
                self.doors[name], "".join("\n  -o {%s}" % setting for setting in settings))
            for name, settings in (doors or {}).items()))
        self.test = test
        test.addCleanup(self.stop)
        self.child = test.start([PROGRAM, "-c", os.path.join(self.dir, "etc"), "start-fg"],
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)
        wbtest.wait_until(lambda: all(map(wbtest.listens, (self.port, *self.doors.values()))), "Postfix to listen")
        self.address = "smtp://localhost:%d" % self.port

    def stop(self):
        """Its master leaves the process group that it was started in, so it is ended by its own id."""
        with contextlib.suppress(FileNotFoundError, ProcessLookupError, ValueError):
            with open(os.path.join(self.dir, "queue", "pid", "master.pid"), encoding="ascii") as f:
                master = int(f.read())
            os.kill(master, signal.SIGTERM)
            wbtest.wait_until(lambda: not wbtest.listens(self.port), "Postfix to end")

    def share(self, mailbox, user):
        """Lets MAILBOX, a server that is not started yet, find what is delivered to USER."""
        folder = os.path.join(self.dir, "mail", user)
        place = os.path.join(mailbox.dir, "home", user)
        for name in ("cur", "new", "tmp"):
            os.makedirs(os.path.join(folder, name))
        for path, _, _ in os.walk(folder):
            shutil.chown(path, "nobody", "nogroup")
        os.makedirs(place, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            os.rmdir(os.path.join(place, "Maildir"))
        os.symlink(folder, os.path.join(place, "Maildir"))

    def mailbox(self, user):
        """The messages delivered to USER so far."""
        folder = os.path.join(self.dir, "mail", user, "new")
        if not os.path.isdir(folder):
            return []
        found = []
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), "rb") as f:
                found.append(f.read())
        return found

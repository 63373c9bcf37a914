# SPDX-License-Identifier: GPL-3.0-or-later
"""Exim in a configuration and spool of its own, which delivers into files and refuses where it is told."""

import glob
import os
import pwd
import subprocess

import wbtest

PROGRAM = "/var/lib/wirebench-tests/exim4-daemon-light/usr/sbin/exim4"
# Debian's Exim asks for its user by name, and only its package makes one: here it is told of one.
PRELOAD = "libnss_wrapper.so"
PASSWORD = "chalk and talk"
SIZE = 1000000

CONFIGURATION = """
primary_hostname = mail.school.test
exim_path = {program}
spool_directory = {dir}/spool
log_file_path = {dir}/log/%s
pid_file_path = {dir}/pid
keep_environment = LD_PRELOAD : ^NSS_WRAPPER_
daemon_smtp_ports = {port}
local_interfaces = 127.0.0.1
deliver_drop_privilege = true
message_size_limit = {size}
smtputf8_advertise_hosts = *
host_lookup =
smtp_accept_queue_per_connection = 0
rfc1413_query_timeout = 0s
{tls}
auth_advertise_hosts = ${{if eq{{$tls_in_cipher}}{{}}{{}}{{*}}}}
{options}
{acl_names}

begin acl
{acls}

begin routers
local:
  driver = accept
  domains = school.test
  local_parts = student : teacher
  transport = files

begin transports
files:
  driver = appendfile
  directory = {dir}/mail/$local_part_data
  maildir_format
  user = nobody
  group = nogroup

begin authenticators
{authenticators}
"""

AUTHENTICATORS = {
    "PLAIN": """
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{teacher}}}}{{eq{{$auth3}}{{{password}}}}}}}}}
  server_set_id = $auth2
""",
    "LOGIN": """
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${{if and{{{{eq{{$auth1}}{{teacher}}}}{{eq{{$auth2}}{{{password}}}}}}}}}
  server_set_id = $auth1
""",
    "CRAM-MD5": """
cram:
  driver = cram_md5
  public_name = CRAM-MD5
  server_secret = ${{if eq{{$auth1}}{{teacher}}{{{password}}}fail}}
  server_set_id = $auth1
""",
}

# What is asked at a recipient: somebody unknown, somebody not at the moment, everybody here, nobody else.
RECIPIENTS = """
  deny    local_parts = nobody
          message     = 5.1.1 no such user here
  defer   local_parts = later
          message     = 4.2.1 mailbox busy
  accept  domains     = school.test
  deny    message     = 5.7.1 relay not permitted
"""

STAGES = ("connect", "helo", "starttls", "auth", "mail", "rcpt", "predata", "data")


def is_there():
    return os.geteuid() == 0 and os.path.exists(PROGRAM) and bool(glob.glob("/usr/lib/*/" + PRELOAD + "*"))


class Exim:
    """A server on a free port, ended with TEST. ACLS says for some of STAGES what is said there;
    CERTIFICATE is (certificate, key) for STARTTLS, under which MECHANISMS are offered."""

    def __init__(self, test, acls=None, certificate=None, mechanisms=("PLAIN",), size=SIZE,
                 options=""):
        self.dir = test.path("exim%d" % len(os.listdir(test.dir)))
        os.chmod(test.dir, 0o755)
        owner = pwd.getpwnam("nobody")
        for name in ("spool", "log", "mail"):
            os.makedirs(os.path.join(self.dir, name))
        for name in (".", "spool", "log", "mail"):
            os.chown(os.path.join(self.dir, name), owner.pw_uid, owner.pw_gid)
        self.port = wbtest.free_port()
        acls = {stage: "accept" for stage in STAGES} | {"rcpt": RECIPIENTS} | (acls or {})
        tls = "tls_advertise_hosts ="
        if certificate:
            os.chmod(certificate[1], 0o644)
            os.chmod(os.path.dirname(certificate[1]), 0o755)
            tls = "tls_advertise_hosts = *\ntls_certificate = %s\ntls_privatekey = %s" % certificate[:2]
        path = self.write("configuration", CONFIGURATION.format(
            program=PROGRAM, dir=self.dir, port=self.port, size=size, tls=tls, options=options,
            acl_names="\n".join("acl_smtp_%s = at_%s" % (s, s) for s in acls),
            acls="\n".join("at_%s:\n  %s\n" % a for a in acls.items()),
            authenticators="".join(AUTHENTICATORS[m].format(password=PASSWORD) for m in mechanisms)))
        env = dict(os.environ, LD_PRELOAD=PRELOAD)
        for name, entry in (("passwd", "Debian-exim:x:%d:%d::/nonexistent:/bin/false\n"), ("group", "Debian-exim:x:%.0s%d:\n")):
            with open("/etc/" + name, encoding="utf-8") as f:
                text = f.read() + entry % (owner.pw_uid, owner.pw_gid)
            env["NSS_WRAPPER_" + name.upper()] = self.write(name, text)
        self.child = test.start([PROGRAM, "-C", path, "-bdf"], env=env, stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        wbtest.wait_until(lambda: self.child.poll() is not None or wbtest.listens(self.port), "Exim to listen")
        test.assertIsNone(self.child.poll(), "Exim ended at once")
        self.url = "smtp://localhost:%d" % self.port

    def write(self, name, text):
        path = os.path.join(self.dir, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return path

    def log(self):
        with open(os.path.join(self.dir, "log", "main"), encoding="utf-8", errors="replace") as f:
            return f.read()

    def mailbox(self, user):
        """The messages delivered to USER so far."""
        folder = os.path.join(self.dir, "mail", user, "new")
        found = []
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            with open(os.path.join(folder, name), "rb") as f:
                found.append(f.read())
        return found

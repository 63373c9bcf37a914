# SPDX-License-Identifier: GPL-3.0-or-later
"""Dovecot as a POP3 server over a Maildir in the test's folder, unprivileged towards everything else."""

import getpass
import http.server
import json
import os
import shutil
import threading
import urllib.parse

import wbtest

PROGRAM = "/usr/sbin/dovecot"
PASSWORD = "bench"

CONFIG = """
base_dir = {dir}/run
state_dir = {dir}/state
log_path = {dir}/log
listen = 127.0.0.1
protocols = pop3
{tls}
disable_plaintext_auth = no
auth_mechanisms = {mechanisms}
{users}
{tokens}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={dir}/home/%u
}}
first_valid_uid = 0
mail_location = maildir:~/Maildir
namespace inbox {{
  inbox = yes
}}
service auth {{
  unix_listener {dir}/sasl {{
    mode = 0666
  }}
}}
service pop3-login {{
  {chroot}
  inet_listener pop3 {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener pop3s {{
    address = 127.0.0.1
    port = {tls_port}
    ssl = yes
  }}
}}
"""

UNPRIVILEGED = """
default_internal_user = {me}
default_internal_group = {group}
default_login_user = {me}
service anvil {{
  chroot =
}}
"""


TOKENS = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {dir}/oauth2.conf
}}
"""

# Dovecot asks the provider about each token (RFC 7662).
PROVIDER = """
introspection_mode = post
introspection_url = {url}
username_attribute = username
active_attribute = active
active_value = true
scope = mail
"""


class Provider(http.server.BaseHTTPRequestHandler):
    """Who knows which tokens are good, and for whom."""

    def do_POST(self):
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        token = urllib.parse.parse_qs(text).get("token", [""])[0]
        answer = json.dumps(self.server.tokens.get(token, {"active": False})).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_args):
        pass


def start_provider(test, tokens):
    """TOKENS says of each what is known about it; the address to ask at."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    server.daemon_threads = True
    server.tokens = tokens
    threading.Thread(target=server.serve_forever, daemon=True).start()
    test.addCleanup(server.server_close)
    test.addCleanup(server.shutdown)
    return "http://127.0.0.1:%d/introspect" % server.server_address[1]


class Dovecot:
    """A server on free ports, ended with TEST. CERTIFICATE is (certificate, key) for TLS. TOKENS are taken
    by MECHANISMS."""

    def __init__(self, test, certificate=None, apop=False, user="student", tokens=None,
                 mechanisms="xoauth2 oauthbearer"):
        self.test, self.user, self.password = test, user, PASSWORD
        self.dir = test.path("dovecot")
        root = os.getuid() == 0
        self.owner = "nobody" if root else getpass.getuser()
        self.group = "nogroup" if root else str(os.getgid())
        for name in ("run", "state", "home/" + user + "/Maildir"):
            os.makedirs(os.path.join(self.dir, name))
        os.chmod(test.dir, 0o755)
        self.port, self.tls_port = wbtest.free_port(), wbtest.free_port()
        tls = "ssl = no"
        if certificate:
            tls = "ssl = yes\nssl_cert = <%s\nssl_key = <%s" % tuple(certificate)
        config = CONFIG.format(
            dir=self.dir, tls=tls,
            mechanisms=mechanisms if tokens else "plain login apop" if apop else "plain login",
            tokens=TOKENS.format(dir=self.dir) if tokens else "", password=PASSWORD,
            uid=self.owner, gid=self.group, port=self.port, tls_port=self.tls_port if certificate else 0,
            users="" if root else UNPRIVILEGED.format(me=self.owner, group=self.group),
            chroot="" if root else "chroot =")
        if tokens:
            test.write("dovecot/oauth2.conf", PROVIDER.format(url=start_provider(test, tokens)))
        self.config = test.write("dovecot/dovecot.conf", config)
        self.maildir = os.path.join(self.dir, "home", user, "Maildir")
        # Where another server asks whether a password is right.
        self.sasl = os.path.join(self.dir, "sasl")
        self.url = "pop3://%s@127.0.0.1:%d" % (user, self.port)
        self.tls_url = "pop3s://%s@localhost:%d" % (user, self.tls_port)

    def fill(self, messages):
        """Puts MESSAGES (bytes with CRLF) into the mailbox, before it is first opened. Their sizes stand in
        the names, which spares Dovecot a first look at each."""
        for name in ("cur", "new", "tmp"):
            os.makedirs(os.path.join(self.maildir, name), exist_ok=True)
        for i, text in enumerate(messages):
            stored = text.replace(b"\r\n", b"\n")
            name = "%d.M%dP1.test,S=%d,W=%d" % (1700000000 + i, i, len(stored), len(text))
            with open(os.path.join(self.maildir, "new", name), "wb") as f:
                f.write(stored)

    def start(self):
        """Starts it; what fill() put there is its mailbox."""
        if os.getuid() == 0:
            for path, folders, names in os.walk(os.path.join(self.dir, "home")):
                for name in [path] + [os.path.join(path, n) for n in names]:
                    shutil.chown(name, self.owner, self.group)
        self.child = self.test.start([PROGRAM, "-F", "-c", self.config])
        wbtest.wait_until(lambda: wbtest.listens(self.port), "Dovecot to listen")
        return self

    def count(self):
        """How many messages are in the mailbox now."""
        return sum(len(os.listdir(os.path.join(self.maildir, n))) for n in ("cur", "new"))


SASL = """
base_dir = {dir}/run
state_dir = {dir}/state
log_path = {dir}/log
protocols =
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
auth_mechanisms = {mechanisms}
{tokens}
passdb {{
  driver = static
  args = password={password}
}}
first_valid_uid = 0
# Who fails often waits longer each time.
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service auth {{
  unix_listener {path} {{
    mode = 0666
  }}
}}
"""


class Sasl:
    """Only what Postfix asks about logins, at a socket: start it before Postfix, whose settings() it has."""

    def __init__(self, test, mechanisms, tokens):
        self.dir = test.path("dovecot-sasl")
        self.password = PASSWORD
        for name in ("run", "state"):
            os.makedirs(os.path.join(self.dir, name))
        os.chmod(test.dir, 0o755)
        self.path = os.path.join(self.dir, "socket")
        test.write("dovecot-sasl/oauth2.conf", PROVIDER.format(url=start_provider(test, tokens)))
        config = test.write("dovecot-sasl/dovecot.conf", SASL.format(
            dir=self.dir, path=self.path, mechanisms=mechanisms, password=PASSWORD,
            tokens=TOKENS.format(dir=self.dir)))
        self.child = test.start([PROGRAM, "-F", "-c", config])
        wbtest.wait_until(lambda: os.path.exists(self.path), "Dovecot to wait for questions")

    def settings(self):
        return ("smtpd_sasl_auth_enable = yes\nsmtpd_sasl_type = dovecot\nsmtpd_sasl_path = %s\n"
                "smtpd_sasl_authenticated_header = yes\n" % self.path)

# SPDX-License-Identifier: GPL-3.0-or-later
"""`wire lab` as a process of its own, with its state in a temporary folder."""

import json
import os
import ssl
import subprocess

from wbtest import WIRE, stop, wait_until


class Lab:
    """A running lab. Its ports by name (lab.ports["ftp"]), its accounts, its CA."""

    def __init__(self, case, *arguments, state=None, transcript=None, env=None):
        """Start it for the test CASE, which ends it; more `wire lab` ARGUMENTS may be given."""
        self.state = state or case.path("lab")
        ports_file = case.path(f"ports-{id(self)}.json")
        command = [WIRE, "lab", "--state", self.state, "--ports-file", ports_file, *arguments]
        self.transcript = transcript
        if transcript:
            command += ["--transcript", transcript]
        self.log_path = case.path(f"lab-{id(self)}.log")
        with open(self.log_path, "wb") as log:
            self.child = case.start(command, stdout=subprocess.DEVNULL, stderr=log,
                                    stdin=subprocess.DEVNULL,
                                    env=dict(os.environ, LANGUAGE="en", **(env or {})))
        case.addCleanup(self.check_end, case)
        wait_until(lambda: os.path.exists(ports_file) or self.child.poll() is not None,
                   "the lab's ports")
        if not os.path.exists(ports_file):
            raise AssertionError("the lab did not start: " + self.log())
        with open(ports_file, encoding="utf-8") as f:
            self.json = json.load(f)
        self.ports = self.json["servers"]
        self.accounts = self.json["accounts"]
        self.ca_file = self.json["ca_file"]

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as f:
            return f.read()

    def account(self, service, which):
        """The account of SERVICE ("ftp", "mail") by kind, user or address."""
        for account in self.accounts:
            if account["service"] == service and which in (account["kind"], account["user"],
                                                           account.get("address")):
                return account
        raise KeyError((service, which))

    def login(self, service, which):
        account = self.account(service, which)
        return account["user"], account["password"]

    def maildir(self, address):
        return os.path.join(self.state, "mail", address)

    def mails(self, address):
        """The content of the mails in a mailbox, in the order of their names."""
        found = []
        for folder in ("new", "cur"):
            path = os.path.join(self.maildir(address), folder)
            found += [os.path.join(path, name) for name in os.listdir(path)]
        mails = []
        for path in sorted(found, key=os.path.basename):
            with open(path, "rb") as f:
                mails.append(f.read())
        return mails

    def ftp_folder(self, kind):
        names = {"real": "home", "guest": "guest", "anonymous": "anonymous"}
        return os.path.join(self.state, "ftp", names[kind])

    def tls(self):
        """A client's TLS context that trusts the lab."""
        return ssl.create_default_context(cafile=self.ca_file)

    def check_end(self, case):
        """Whatever the test did to it, the lab ends in order: no crash, no sanitizer's report."""
        case.assertEqual(self.stop(), 0, self.log())
        case.assertNotIn("runtime error", self.log())

    def stop(self):
        """End it as a person would; its exit code."""
        stop(self.child)
        return self.child.returncode

# SPDX-License-Identifier: GPL-3.0-or-later
"""pyftpdlib in a thread of the test: accounts with passwords, and a note of who logged in."""

import logging
import os
import threading

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.ioloop import IOLoop
from pyftpdlib.servers import FTPServer

logging.disable()


class Pyftp:
    """ACCOUNTS are names with their passwords, READERS those of them that may change nothing; FOLDER is what
    all of them see. LOGINS has a name each time that somebody was let in."""

    def __init__(self, test, accounts, readers=()):
        self.folder = test.path("pyftpdlib")
        self.logins = logins = []
        os.mkdir(self.folder)
        authorizer = DummyAuthorizer()
        for name, password in accounts.items():
            authorizer.add_user(name, password, self.folder, perm="elr" if name in readers else "elradfmwMT")
        authorizer.add_anonymous(self.folder)

        class Handler(FTPHandler):
            def on_login(self, username):
                logins.append(username)

        Handler.authorizer = authorizer
        Handler.banner = "ready"
        Handler.auth_failed_timeout = 0
        self.server = FTPServer(("127.0.0.1", 0), Handler, ioloop=IOLoop())
        self.port = self.server.address[1]
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()
        test.addCleanup(self.end)

    def serve(self):
        while not self.stop.is_set():
            self.server.ioloop.loop(timeout=0.05, blocking=False)
        self.server.close_all()

    def end(self):
        self.stop.set()
        self.thread.join()

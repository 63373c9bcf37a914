# SPDX-License-Identifier: GPL-3.0-or-later
"""What the composer promises about delivery reports and sizes, kept by Postfix, and read back through Dovecot."""

import email
import hashlib
import json
import os
import re
import shutil
import ssl
import tempfile

import certs
import dovecot
import postfix
import wbtest
from gui import atspi
from gui.wirebench import WindowTest


@wbtest.unittest.skipUnless(os.getuid() == 0 and os.path.exists(postfix.PROGRAM) and os.path.exists(dovecot.PROGRAM),
                            "Postfix and Dovecot want to be there, and root")
class Postfix(WindowTest):
    SIZE = "1280x1400"
    # The page of mails looks for its accounts when it is first opened.
    SETTINGS = "welcomed=true\nwire-visible=false\nsend-delay=0\npage='files'"

    @classmethod
    def prepare(cls):
        folder = tempfile.mkdtemp(prefix="wb-ca-")
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        certs.make_ca(folder)
        cls.certificate = certs.make_server(folder)[:2]

    def trust(self, port):
        """What a person does who has compared the certificate's fingerprint."""
        with open(self.certificate[0], encoding="ascii") as f:
            der = ssl.PEM_cert_to_DER_cert(f.read())
        pins = {f"localhost:{port}": hashlib.sha256(der).hexdigest()}
        with open(os.path.join(self.home, ".local/share/wirebench/certificates.json"), "w", encoding="ascii") as f:
            json.dump({"version": 1, "pins": pins}, f)

    def accounts(self):
        """One whose mails go by Postfix, which delivers what comes back to where Dovecot finds it; and one who
        has to log in there, encrypted."""
        mailbox = dovecot.Dovecot(self, user="teacher")
        alone = "permit_sasl_authenticated, reject"
        server = postfix.Postfix(self, self.certificate, "smtpd_tls_security_level = may", {"submission": (
            "smtpd_tls_security_level = encrypt", "smtpd_tls_auth_only = yes", "smtpd_tls_received_header = yes",
            "smtpd_sasl_auth_enable = yes", "smtpd_sasl_type = dovecot", f"smtpd_sasl_path = {mailbox.sasl}",
            "smtpd_sasl_authenticated_header = yes", f"smtpd_relay_restrictions = {alone}",
            f"smtpd_recipient_restrictions = {alone}")})
        port = server.doors["submission"]
        server.share(mailbox, "teacher")
        mailbox.start()
        store = os.path.join(self.home, ".local/share/wirebench/mail")
        os.makedirs(store)
        with open(os.path.join(store, "accounts.ini"), "w") as f:
            f.write("[account-teacher]\nname=Teacher\naddress=teacher@school.test\n"
                    f"smtp=smtp://127.0.0.1:{server.port}/?starttls=never\n"
                    f"pop3=pop3://teacher:{mailbox.password}@127.0.0.1:{mailbox.port}/?starttls=never\n"
                    "[account-head]\nname=Head\naddress=head@school.test\n"
                    f"smtp=smtp://head:{mailbox.password}@localhost:{port}/?starttls=required\n"
                    "[account-office]\nname=Office\naddress=office@school.test\n"
                    f"smtp=smtp://office:canary-7711@localhost:{port}/?starttls=required\n")
        self.trust(port)
        return server

    def compose(self, subject):
        self.click("push button", "Write a mail")
        w = self.composer()
        w.fill(self.inside(w, "text", "To"), "student@school.test")
        w.fill(self.inside(w, "text", "Subject"), subject)
        w.click(self.inside(w, None, "Message text"), fy=0.3)
        w.type("Some words.")
        return w

    def send(self, w):
        w.click(self.inside(w, "push button", "Send"))
        self.gone(w)

    def wait_for(self, server, user, subject):
        def found():
            return [m for m in map(email.message_from_bytes, server.mailbox(user)) if subject in str(m["Subject"])]

        return wbtest.wait_until(found, f"“{subject}” to come to {user}", timeout=60)[0]

    def options(self, w):
        w.click(self.inside(w, None, "More about this mail"))
        self.rests(self.inside(w, "check box", "On success"))

    def test_reports_and_size(self):
        server = self.accounts()
        # The folders of five accounts are in sight.
        self.window.place(0, 0, 1240, 1360)
        self.page(1)
        self.click("list item", "Inbox of teacher@school.test")
        w = self.compose("First")
        self.send(w)
        self.wait_for(server, "student", "First")

        # A report was asked for, with the header alone.
        w = self.compose("Reported")
        self.options(w)
        w.click(self.inside(w, "check box", "On success"))
        w.click(self.inside(w, "combo box", "What a report of delivery carries"))
        w.key("Down", "Down", "Return", "Escape")
        self.send(w)
        self.wait_for(server, "student", "Reported")
        report = self.wait_for(server, "teacher", "Successful Mail Delivery Report")
        self.assertEqual((report.get_content_type(), report.get_param("report-type")), ("multipart/report", "delivery-status"))
        status, = (p for p in report.walk() if p.get_content_type() == "message/delivery-status")
        self.assertIn("Original-Recipient: rfc822;student@school.test", status.as_string())
        self.assertIn("Action: delivered", status.as_string())
        kinds = [p.get_content_type() for p in report.walk()]
        self.assertIn("text/rfc822-headers", kinds)
        self.assertNotIn("Some words.", report.as_string())
        self.click("push button", "Receive")
        self.window.click(self.find(None, re.compile("Mail Delivery System: Successful Mail Delivery Report"), timeout=60))
        self.find("label", "Successful Mail Delivery Report")
        self.click(None, "Plain")
        plain = self.find("text", "Plain text of the mail")
        wbtest.wait_until(lambda: "<student@school.test>: delivery via virtual" in atspi.text(plain), "what it says")
        self.shot("postfix-report")

        # Its limit is known by now.
        path = self.path("large.bin")
        with open(path, "wb") as f:
            f.truncate(1_000_000)
        w = self.compose("Large")
        w.click(self.inside(w, "push button", "Attach files"))
        self.choose_file("Attach Files", path)
        self.inside(w, "label", re.compile("the mail is about 1.4.MB, and the server of this account takes no more "
                                           "than 1.0.MB"))
        self.desktop.screenshot(self.picture("postfix-too-large"))
        w.click(self.inside(w, "push button", "Send"))
        self.inside(w, "label", re.compile("The message has 1.4.MB and the server takes at most 1.0.MB"))
        w.click(self.inside(w, "push button", "Remove large.bin"))
        atspi.gone(w.frame, "label", re.compile("the server of this account takes no more"))
        self.send(w)
        self.wait_for(server, "student", "Large")
        # Of the others none was.
        self.assertEqual(len(server.mailbox("teacher")) + len(os.listdir(os.path.join(server.dir, "mail/teacher/cur"))), 1)

        # Encrypted and with a password, which nobody else takes a mail from.
        self.click("list item", "Outbox of head@school.test")
        w = self.compose("Submitted")
        self.send(w)
        received = str(self.wait_for(server, "student", "Submitted")["Received"])
        self.assertIn("with ESMTPSA", received)
        self.assertRegex(received, r"using TLSv1\.[23]")
        self.assertIn("Authenticated sender: head", received)
        self.click("list item", "Outbox of office@school.test")
        w = self.compose("Intruder")
        w.click(self.inside(w, "push button", "Send"))
        said = atspi.text(self.inside(w, "label", re.compile(".*refused the user name or the password"), timeout=60))
        self.assertIn("kept in the Outbox", said)
        self.assertNotIn("canary-7711", said)
        self.desktop.screenshot(self.picture("postfix-login"))
        w.key("ctrl+w")
        self.gone(w)
        self.assertNotIn("Intruder", str(server.mailbox("student")))


if __name__ == "__main__":
    wbtest.main()

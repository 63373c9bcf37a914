# SPDX-License-Identifier: GPL-3.0-or-later

"""Case 07: a plain-text mail."""

import smtplib
import ssl
from email.message import EmailMessage

SERVER, PORT = "127.0.0.1", 2525
USER, PASSWORD = "teacher@lab-a.test", "secret"
SENDER = "teacher@lab-a.test"
RECIPIENT = "student@lab-b.test"
CA_FILE = None  # or the file of the CA that signed the server's certificate

# 1. Build the message: headers, an empty line, the text.
message = EmailMessage()
message["From"] = SENDER
message["To"] = RECIPIENT
message["Subject"] = "A plain mail"
message.set_content("Hello! This is plain text.\n你好！\n", charset="utf-8")

# 2. Send it by SMTP: MUA -> MTA. Log in only where the server offers it.
with smtplib.SMTP(SERVER, PORT, timeout=10) as smtp:
    smtp.ehlo()
    if smtp.has_extn("starttls"):
        smtp.starttls(context=ssl.create_default_context(cafile=CA_FILE))
        smtp.ehlo()
    if smtp.has_extn("auth"):
        smtp.login(USER, PASSWORD)
    refused = smtp.send_message(message)
print("sent; refused:", refused)

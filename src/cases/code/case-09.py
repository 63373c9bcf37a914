# SPDX-License-Identifier: GPL-3.0-or-later

"""Case 09: a mail with an attachment."""

import smtplib
import ssl
from email.message import EmailMessage

SERVER, PORT = "127.0.0.1", 2525
USER, PASSWORD = "teacher@lab-a.test", "secret"
SENDER = "teacher@lab-a.test"
RECIPIENT = "student@lab-b.test"
CA_FILE = None  # or the file of the CA that signed the server's certificate

# 1. Write the text body.
message = EmailMessage()
message["From"] = SENDER
message["To"] = RECIPIENT
message["Subject"] = "A mail with an attachment"
message.set_content("The table is attached.\n")

# 2. Add the attachment: the message becomes multipart/mixed, the file base64.
table = "name,score\n王大鹏,98\n".encode("utf-8")
message.add_attachment(table, maintype="text", subtype="csv", filename="scores 成绩.csv")
print(message.get_content_type())

# 3. Send it by SMTP: MUA -> MTA. Log in only where the server offers it.
with smtplib.SMTP(SERVER, PORT, timeout=10) as smtp:
    smtp.ehlo()
    if smtp.has_extn("starttls"):
        smtp.starttls(context=ssl.create_default_context(cafile=CA_FILE))
        smtp.ehlo()
    if smtp.has_extn("auth"):
        smtp.login(USER, PASSWORD)
    refused = smtp.send_message(message)
print("sent; refused:", refused)

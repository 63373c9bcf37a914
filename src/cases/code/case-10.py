# SPDX-License-Identifier: GPL-3.0-or-later

"""Case 10: headers with names in any script."""

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage

SERVER, PORT = "127.0.0.1", 2525
USER, PASSWORD = "teacher@lab-a.test", "secret"
SENDER = "teacher@lab-a.test"
RECIPIENT = "student@lab-b.test"
CA_FILE = None  # or the file of the CA that signed the server's certificate

# 1. Write From, To, Cc and Subject as people read them.
message = EmailMessage()
message["From"] = Address("李老师", addr_spec=SENDER)
message["To"] = Address("王大鹏", addr_spec=RECIPIENT)
message["Cc"] = Address("Zoë Müller", addr_spec=SENDER)
message["Subject"] = "你好，世界 – grüß dich"
message.set_content("Look at the headers of this mail.\n")

# 2. Look at how they are encoded: only ASCII goes by (RFC 2047).
for line in message.as_bytes().split(b"\n\n")[0].splitlines():
    print(line.decode("ascii"))

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

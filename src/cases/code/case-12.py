# SPDX-License-Identifier: GPL-3.0-or-later

"""Case 12: receiving by POP3."""

import email
import email.policy
import poplib
import ssl

SERVER, PORT = "127.0.0.1", 2110
USER, PASSWORD = "student@lab-b.test", "secret"
CA_FILE = None  # or the file of the CA that signed the server's certificate

pop = poplib.POP3(SERVER, PORT, timeout=10)
if "STLS" in pop.capa():
    pop.stls(context=ssl.create_default_context(cafile=CA_FILE))

# 1. Authenticate. Some providers want an authorization code as password.
pop.user(USER)
print(pop.pass_(PASSWORD).decode())

# 2. Ask how much there is, and for the list.
count, size = pop.stat()
print(count, "messages,", size, "bytes")
for entry in pop.list()[1]:
    print(entry.decode())

# 3. Fetch one message by its number: the newest.
reply, lines, octets = pop.retr(count)
source = b"\r\n".join(lines)

# 4. Parse the structure into what a person can read.
message = email.message_from_bytes(source, policy=email.policy.default)
for name in ("From", "To", "Subject", "Date"):
    print(f"{name}: {message[name]}")
for part in message.walk():
    if part.get_content_maintype() == "text" and not part.is_attachment():
        print(part.get_content())
    elif part.get_filename():
        print("attachment:", part.get_filename())

pop.quit()

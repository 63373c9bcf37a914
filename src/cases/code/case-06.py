# SPDX-License-Identifier: GPL-3.0-or-later

"""Case 06: FTP, there and back."""

import ftplib
import io

HOST = "127.0.0.1"
PORT = 2121
USER = "anonymous"
PASSWORD = "me@example.org"
FOLDER = "documents"

# 1. Connect to the host.
ftp = ftplib.FTP(timeout=10)
print(ftp.connect(HOST, PORT))

# 2. Log in: user and password, or "anonymous" and an e-mail address.
print(ftp.login(USER, PASSWORD))

# 3. List the folder.
ftp.dir()

# 4. Change to another folder.
ftp.cwd(FOLDER)
print("now in", ftp.pwd())

# 5. Transfer: a file up, and down again. Always in binary, so that no byte changes.
content = "Hello, FTP! 你好！\n".encode("utf-8")
ftp.storbinary("STOR hello.txt", io.BytesIO(content))
back = io.BytesIO()
ftp.retrbinary("RETR hello.txt", back.write)
print("the same:", back.getvalue() == content)
ftp.delete("hello.txt")

# 6. Leave.
print(ftp.quit())

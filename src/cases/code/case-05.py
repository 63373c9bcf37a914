# SPDX-License-Identifier: GPL-3.0-or-later

"""Case 05: a TCP client."""

import socket

SERVER = ("127.0.0.1", 8004)
TEXT = "Hello, network! 你好，网络！"

# 1. Make a socket. SOCK_STREAM means TCP.
client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.settimeout(5)

# 2. Connect: the three-way handshake.
client.connect(SERVER)

# 3. Send. sendall() goes on until every byte is on its way.
client.sendall(TEXT.encode("utf-8"))

# 4. Receive. TCP is a stream: an answer may come in several pieces.
data = client.recv(65536)
print("received", data.decode("utf-8", errors="replace"))

# 5. Close.
client.close()

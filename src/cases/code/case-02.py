# SPDX-License-Identifier: GPL-3.0-or-later

"""Case 02: a UDP client that asks and waits for the answer."""

import socket

SERVER = ("127.0.0.1", 8001)
TEXT = "Hello, network! 你好，网络！"

# 1. Make a socket. SOCK_DGRAM means UDP; there is nothing to connect.
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(5)

# 2. Send to the server. Text becomes bytes first.
client.sendto(TEXT.encode("utf-8"), SERVER)

# 3. Receive the answer. A datagram may get lost, hence the time-out.
data, server = client.recvfrom(65535)
print("from", server, ":", data.decode("utf-8"))

client.close()

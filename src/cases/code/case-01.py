# SPDX-License-Identifier: GPL-3.0-or-later

"""Case 01: a UDP server that answers one datagram."""

import socket

ADDRESS = ("127.0.0.1", 8001)

# 1. Make a socket. SOCK_DGRAM means UDP.
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

# 2. Bind it to an address and a port.
server.bind(ADDRESS)
print("waiting on", server.getsockname())

# 3. Receive: some bytes, and where they came from.
data, client = server.recvfrom(65535)
print("from", client, ":", data.decode("utf-8"))

# 4. Answer. What is sent is always bytes.
server.sendto("Got it: ".encode("utf-8") + data, client)

server.close()

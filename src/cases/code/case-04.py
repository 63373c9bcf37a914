# SPDX-License-Identifier: GPL-3.0-or-later

"""Case 04: a TCP server for one conversation."""

import socket

ADDRESS = ("127.0.0.1", 8004)

# 1. Make a socket. SOCK_STREAM means TCP.
server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

# 2. Bind it to an address and a port.
server.bind(ADDRESS)

# 3. Listen: from now on the system takes requests for us.
server.listen()
print("waiting on", server.getsockname())

# 4. Accept one. A new socket carries the conversation; the first only takes requests.
connection, client = server.accept()
print("connection from", client)

# 5. Receive: some bytes; none means that the client is done.
data = connection.recv(65536)
print("received", data.decode("utf-8"))

# 6. Answer.
connection.sendall("Got it: ".encode("utf-8") + data)

# 7. Close the connection, and then the first socket.
connection.close()
server.close()

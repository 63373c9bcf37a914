# SPDX-License-Identifier: GPL-3.0-or-later

"""Case 03: a UDP server that runs for ever, until Ctrl+C."""

import socket

ADDRESS = ("127.0.0.1", 8001)

# 1. Make a socket. SOCK_DGRAM means UDP.
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

# 2. Bind it to an address and a port.
server.bind(ADDRESS)
print("waiting on", server.getsockname(), flush=True)

try:
    # 3. Receive and answer, for ever.
    while True:
        data, client = server.recvfrom(65535)
        # 4. Survive bad input: one odd datagram must not end the server.
        try:
            answer = "Got it: " + data.decode("utf-8")
        except UnicodeDecodeError as problem:
            answer = "That was no text: " + str(problem)
        server.sendto(answer.encode("utf-8"), client)
# 5. Stop when asked.
except KeyboardInterrupt:
    print("stopped")
finally:
    server.close()

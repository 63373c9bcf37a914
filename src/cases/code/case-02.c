/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Case 02: a UDP client that asks and waits for the answer. */

#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
check (GError *error)
{
  if (error == NULL)
    return;
  g_printerr ("%s\n", error->message);
  exit (1);
}

int
main (void)
{
  const char *text = "Hello, network! 你好，网络！";
  GError *error = NULL;
  char buffer[65535];

  /* 1. Make a socket. A datagram socket means UDP; there is nothing to connect. */
  GSocket *client = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM,
                                  G_SOCKET_PROTOCOL_UDP, &error);
  check (error);
  g_socket_set_timeout (client, 5);

  /* 2. Send to the server. */
  GSocketAddress *server = g_inet_socket_address_new_from_string ("127.0.0.1", 8001);
  g_socket_send_to (client, server, text, strlen (text), NULL, &error);
  check (error);

  /* 3. Receive the answer. A datagram may get lost, hence the time-out. */
  gssize length = g_socket_receive_from (client, NULL, buffer, sizeof buffer, NULL, &error);
  check (error);
  printf ("received %.*s\n", (int) length, buffer);

  g_object_unref (server);
  g_object_unref (client);
  return 0;
}

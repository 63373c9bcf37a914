/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Case 05: a TCP client. */

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
  char buffer[65536];

  /* 1. Make a socket. A stream socket means TCP. */
  GSocket *client = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                  G_SOCKET_PROTOCOL_TCP, &error);
  check (error);
  g_socket_set_timeout (client, 5);

  /* 2. Connect: the three-way handshake. */
  GSocketAddress *server = g_inet_socket_address_new_from_string ("127.0.0.1", 8004);
  g_socket_connect (client, server, NULL, &error);
  check (error);

  /* 3. Send. */
  g_socket_send (client, text, strlen (text), NULL, &error);
  check (error);

  /* 4. Receive. TCP is a stream: an answer may come in several pieces. */
  gssize length = g_socket_receive (client, buffer, sizeof buffer, NULL, &error);
  check (error);
  printf ("received %.*s\n", (int) length, buffer);

  /* 5. Close. */
  g_socket_close (client, &error);
  check (error);

  g_object_unref (server);
  g_object_unref (client);
  return 0;
}

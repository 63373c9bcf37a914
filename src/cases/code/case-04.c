/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Case 04: a TCP server for one conversation. */

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
  GError *error = NULL;
  char buffer[65536];

  /* 1. Make a socket. A stream socket means TCP. */
  GSocket *server = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                  G_SOCKET_PROTOCOL_TCP, &error);
  check (error);

  /* 2. Bind it to an address and a port. */
  GSocketAddress *address = g_inet_socket_address_new_from_string ("127.0.0.1", 8004);
  g_socket_bind (server, address, TRUE, &error);
  check (error);

  /* 3. Listen: from now on the system takes requests for us. */
  g_socket_listen (server, &error);
  check (error);

  /* 4. Accept one. A new socket carries the conversation; the first only takes requests. */
  GSocket *connection = g_socket_accept (server, NULL, &error);
  check (error);

  /* 5. Receive: some bytes; none means that the client is done. */
  gssize length = g_socket_receive (connection, buffer, sizeof buffer, NULL, &error);
  check (error);
  printf ("received %.*s\n", (int) length, buffer);

  /* 6. Answer. */
  char *answer = g_strdup_printf ("Got it: %.*s", (int) length, buffer);
  g_socket_send (connection, answer, strlen (answer), NULL, &error);
  check (error);

  /* 7. Close the connection, and then the first socket. */
  g_socket_close (connection, &error);
  check (error);
  g_socket_close (server, NULL);

  g_free (answer);
  g_object_unref (connection);
  g_object_unref (address);
  g_object_unref (server);
  return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Case 01: a UDP server that answers one datagram. */

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
  char buffer[65535];
  GSocketAddress *client = NULL;

  /* 1. Make a socket. A datagram socket means UDP. */
  GSocket *server = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM,
                                  G_SOCKET_PROTOCOL_UDP, &error);
  check (error);

  /* 2. Bind it to an address and a port. */
  GSocketAddress *address = g_inet_socket_address_new_from_string ("127.0.0.1", 8001);
  g_socket_bind (server, address, FALSE, &error);
  check (error);

  /* 3. Receive: some bytes, and where they came from. */
  gssize length = g_socket_receive_from (server, &client, buffer, sizeof buffer, NULL, &error);
  check (error);
  printf ("received %.*s\n", (int) length, buffer);

  /* 4. Answer. */
  char *answer = g_strdup_printf ("Got it: %.*s", (int) length, buffer);
  g_socket_send_to (server, client, answer, strlen (answer), NULL, &error);
  check (error);

  g_free (answer);
  g_object_unref (client);
  g_object_unref (address);
  g_object_unref (server);
  return 0;
}

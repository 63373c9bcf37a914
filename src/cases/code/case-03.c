/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Case 03: a UDP server that runs for ever, until Ctrl+C. */

#include <gio/gio.h>
#include <glib-unix.h>
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

static gboolean
stop_cb (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static gboolean
receive_cb (GSocket *server, GIOCondition condition, gpointer user_data)
{
  GSocketAddress *client = NULL;
  char buffer[65535];
  char *answer;

  /* 3. Receive and answer, for ever: the main loop calls this for each datagram. */
  gssize length = g_socket_receive_from (server, &client, buffer, sizeof buffer, NULL, NULL);
  if (length < 0)
    return G_SOURCE_CONTINUE;

  /* 4. Survive bad input: one odd datagram must not end the server. */
  if (g_utf8_validate (buffer, length, NULL))
    answer = g_strdup_printf ("Got it: %.*s", (int) length, buffer);
  else
    answer = g_strdup ("That was no text");
  g_socket_send_to (server, client, answer, strlen (answer), NULL, NULL);

  g_free (answer);
  g_object_unref (client);
  return G_SOURCE_CONTINUE;
}

int
main (void)
{
  GMainLoop *loop = g_main_loop_new (NULL, FALSE);
  GError *error = NULL;

  /* 1. Make a socket. A datagram socket means UDP. */
  GSocket *server = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM,
                                  G_SOCKET_PROTOCOL_UDP, &error);
  check (error);

  /* 2. Bind it to an address and a port. */
  GSocketAddress *address = g_inet_socket_address_new_from_string ("127.0.0.1", 8001);
  g_socket_bind (server, address, FALSE, &error);
  check (error);

  GSource *source = g_socket_create_source (server, G_IO_IN, NULL);
  g_source_set_callback (source, G_SOURCE_FUNC (receive_cb), NULL, NULL);
  g_source_attach (source, NULL);

  /* 5. Stop when asked: Ctrl+C ends the loop. */
  g_unix_signal_add (SIGINT, stop_cb, loop);
  g_main_loop_run (loop);
  printf ("stopped\n");

  g_source_destroy (source);
  g_source_unref (source);
  g_object_unref (address);
  g_object_unref (server);
  g_main_loop_unref (loop);
  return 0;
}

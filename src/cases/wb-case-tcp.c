/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Cases 04 and 05: TCP. */

#define G_LOG_DOMAIN "wb-cases"

#include "config.h"

#include "wb-case-private.h"

#include "wb-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define ANSWER "Got it: "

static void
unref_bytes (gpointer data)
{
  g_bytes_unref (data);
}

static gboolean
fail_at (GSocketAddress *address, GError **error)
{
  g_autofree char *text = wb_case_describe_address (address);

  wb_error_translate (error, text);
  return FALSE;
}

/* Steps 0 to 2 of a server. */
static gboolean
make_bind_listen (WbCaseRun *run, WbCaseSocket *server, GSocketAddress **bound, GError **error)
{
  g_autoptr (GSocketAddress) address =
      g_inet_socket_address_new_from_string ("127.0.0.1", run->options->port);
  g_autofree char *text = NULL;

  wb_case_run_begin (run, 0);
  if (!wb_case_socket_make (server, run, G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, error))
    return FALSE;
  wb_case_run_done (run, _ ("a TCP socket, file descriptor %d"), g_socket_get_fd (server->socket));

  wb_case_run_begin (run, 1);
  if (!g_socket_bind (server->socket, address, TRUE, error))
    return fail_at (address, error);
  *bound = g_socket_get_local_address (server->socket, error);
  if (*bound == NULL)
    return FALSE;
  text = wb_case_describe_address (*bound);
  /* Translators: %s is an address and port, such as "127.0.0.1:8001". */
  wb_case_run_done (run, _ ("bound to %s"), text);

  wb_case_run_begin (run, 2);
  if (!g_socket_listen (server->socket, error))
    return fail_at (address, error);
  wb_case_socket_log_open (server, TRUE, NULL);
  wb_case_run_done (run, _ ("requests are taken, up to %d at once"), 10);
  return TRUE;
}

/* Step 3: the new socket, with its own conversation. */
static gboolean
accept_one (WbCaseRun *run, WbCaseSocket *server, WbCaseSocket *connection, GError **error)
{
  g_autoptr (GSocketAddress) client = NULL;
  g_autofree char *text = NULL;

  wb_case_run_begin (run, 3);
  connection->socket = g_socket_accept (server->socket, run->cancellable, error);
  if (connection->socket == NULL)
    return FALSE;
  g_socket_set_timeout (connection->socket, g_socket_get_timeout (server->socket));
  client = g_socket_get_remote_address (connection->socket, error);
  if (client == NULL)
    return FALSE;
  if (run->options->wire != NULL)
    connection->wire = g_object_ref (run->options->wire);
  wb_case_socket_log_open (connection, TRUE, client);
  text = wb_case_describe_address (client);
  /* Translators: %s is an address; the first number is of the new socket, the second of the old. */
  wb_case_run_done (run, _ ("%s came; socket %d talks with it, socket %d goes on listening"), text,
                    g_socket_get_fd (connection->socket), g_socket_get_fd (server->socket));
  return TRUE;
}

/* Steps 4 and 5: receive and answer. */
static gboolean
receive_and_answer (WbCaseRun *run, WbCaseSocket *connection, GError **error)
{
  g_autoptr (GBytes) received = NULL;
  g_autoptr (GByteArray) answer = g_byte_array_new ();
  g_autofree char *text = NULL;
  gsize length = 0;
  const guint8 *data;

  wb_case_run_begin (run, 4);
  received = wb_case_socket_receive (connection, NULL, run->cancellable, error);
  if (received == NULL)
    return FALSE;
  data = g_bytes_get_data (received, &length);
  text = wb_case_run_show (run, data != NULL ? (const char *) data : "", length);
  /* Translators: the number counts bytes, %s is what was said. */
  wb_case_run_done (run, _ ("%u bytes: “%s”"), (guint) length, text);

  wb_case_run_begin (run, 5);
  g_byte_array_append (answer, (const guint8 *) ANSWER, strlen (ANSWER));
  g_byte_array_append (answer, data, length);
  if (!wb_case_socket_send (connection, NULL, answer->data, answer->len, run->cancellable, error))
    return FALSE;
  wb_case_run_done (run, _ ("%u bytes sent back"), answer->len);
  return TRUE;
}

/**
 * wb_case_tcp_server: (skip)
 *
 * Case 04: socket, bind, listen, accept, receive, answer, close.
 */
gboolean
wb_case_tcp_server (WbCaseRun *run, GError **error)
{
  g_auto (WbCaseSocket) server = { 0 };
  g_auto (WbCaseSocket) connection = { 0 };
  g_autoptr (WbCasePeer) peer = NULL;
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func (unref_bytes);
  g_autoptr (GSocketAddress) address = NULL;
  GBytes *message;

  if (!wb_case_run_refuse_against (run, error))
    return FALSE;
  message = wb_case_run_encode (run, wb_case_run_get_text (run), error);
  if (message == NULL)
    return FALSE;
  g_ptr_array_add (messages, message);

  if (!make_bind_listen (run, &server, &address, error))
    return FALSE;
  peer = wb_case_peer_start (address, G_SOCKET_TYPE_STREAM, messages, NULL);
  if (!accept_one (run, &server, &connection, error) ||
      !receive_and_answer (run, &connection, error))
    return FALSE;

  wb_case_run_begin (run, 6);
  wb_case_socket_clear (&connection);
  wb_case_socket_clear (&server);
  if (wb_case_peer_finish (g_steal_pointer (&peer)) == 1)
    wb_case_run_done (run, "%s", _ ("closed; the client had its answer"));
  else
    wb_case_run_done (run, "%s", _ ("closed; the client did not see the answer"));
  return TRUE;
}

/* Steps 0 and 1 of a client. A host may have several addresses; the next one, which may take a
 * socket of another family, is tried where the one before does not answer. Returns the one that
 * did.
 */
static GSocketAddress *
make_and_connect (WbCaseRun *run, WbCaseSocket *client, GPtrArray *addresses, GError **error)
{
  g_autoptr (GSocketAddress) local = NULL;
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;
  GSocketAddress *address = NULL;

  wb_case_run_begin (run, 0);
  for (guint i = 0; i < addresses->len; i++)
    {
      g_clear_error (error);
      wb_case_socket_clear (client);
      address = g_ptr_array_index (addresses, i);
      if (!wb_case_socket_make (client, run, g_socket_address_get_family (address),
                                G_SOCKET_TYPE_STREAM, error))
        return NULL;
      if (i == 0)
        {
          wb_case_run_done (run, _ ("a TCP socket, file descriptor %d"),
                            g_socket_get_fd (client->socket));
          wb_case_run_begin (run, 1);
        }
      if (g_socket_connect (client->socket, address, run->cancellable, error))
        break;
      fail_at (address, error);
      if (g_cancellable_is_cancelled (run->cancellable) || i + 1 == addresses->len)
        return NULL;
    }

  wb_case_socket_log_open (client, FALSE, address);
  local = g_socket_get_local_address (client->socket, NULL);
  from = wb_case_describe_address (local);
  to = wb_case_describe_address (address);
  /* Translators: both %s are addresses and ports. */
  wb_case_run_done (run, _ ("connected, %s with %s"), from, to);
  return g_object_ref (address);
}

/**
 * wb_case_tcp_client: (skip)
 *
 * Case 05: socket, connect, send, receive, close.
 */
gboolean
wb_case_tcp_client (WbCaseRun *run, GError **error)
{
  g_auto (WbCaseSocket) client = { 0 };
  g_autoptr (GPtrArray) addresses = wb_case_run_find_addresses (run, WB_LAB_TCP_ECHO, error);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GBytes) message = NULL;
  g_autoptr (GBytes) answer = NULL;
  g_autofree char *text = NULL;
  gsize length = 0;
  const char *data;

  if (addresses == NULL)
    return FALSE;
  message = wb_case_run_encode (run, wb_case_run_get_text (run), error);
  if (message == NULL)
    return FALSE;
  address = make_and_connect (run, &client, addresses, error);
  if (address == NULL)
    return FALSE;

  wb_case_run_begin (run, 2);
  if (!wb_case_socket_send (&client, NULL, g_bytes_get_data (message, NULL),
                            g_bytes_get_size (message), run->cancellable, error))
    return FALSE;
  /* Translators: the number counts bytes, %s is a charset. */
  wb_case_run_done (run, _ ("%u bytes, the text in %s"), (guint) g_bytes_get_size (message),
                    run->charset);

  wb_case_run_begin (run, 3);
  answer = wb_case_socket_receive (&client, NULL, run->cancellable, error);
  if (answer == NULL)
    return FALSE;
  data = g_bytes_get_data (answer, &length);
  text = wb_case_run_show (run, data != NULL ? data : "", length);
  /* Translators: the number counts bytes, %s is what was said. */
  wb_case_run_done (run, _ ("%u bytes: “%s”"), (guint) length, text);

  wb_case_run_begin (run, 4);
  wb_case_socket_clear (&client);
  wb_case_run_done (run, "%s", _ ("closed"));
  return TRUE;
}

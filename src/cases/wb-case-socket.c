/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-cases"

#include "config.h"

#include "wb-case-private.h"

#include "wb-error.h"

#include <glib/gi18n-lib.h>

#define DATAGRAM_MAX 65536

/* Seconds; a case that nobody answers must end. */
#define TIMEOUT 30

/* "127.0.0.1:8001" or "[::1]:8001" */
char *
wb_case_describe_address (GSocketAddress *address)
{
  GInetSocketAddress *inet;
  g_autofree char *host = NULL;

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return g_strdup ("?");
  inet = G_INET_SOCKET_ADDRESS (address);
  host = g_inet_address_to_string (g_inet_socket_address_get_address (inet));
  return g_strdup_printf (strchr (host, ':') != NULL ? "[%s]:%u" : "%s:%u", host,
                          g_inet_socket_address_get_port (inet));
}

/* Makes a socket that knows where to log. */
gboolean
wb_case_socket_make (WbCaseSocket *self,
                     WbCaseRun *run,
                     GSocketFamily family,
                     GSocketType type,
                     GError **error)
{
  self->socket = g_socket_new (family, type, G_SOCKET_PROTOCOL_DEFAULT, error);
  if (self->socket == NULL)
    return FALSE;
  g_socket_set_timeout (self->socket, run->options->timeout != 0 ? run->options->timeout : TIMEOUT);
  if (run->options->wire != NULL)
    self->wire = g_object_ref (run->options->wire);
  return TRUE;
}

/* Begins a conversation on the wire: with @peer, or, for a server that waits, with nobody yet. */
void
wb_case_socket_log_open (WbCaseSocket *self, gboolean server, GSocketAddress *peer)
{
  gboolean udp = g_socket_get_socket_type (self->socket) == G_SOCKET_TYPE_DATAGRAM;
  const char *name = udp ? "udp" : "tcp";
  g_autoptr (GSocketAddress) local = g_socket_get_local_address (self->socket, NULL);
  g_autofree char *text = NULL;

  if (self->wire == NULL)
    return;
  text = wb_case_describe_address (peer != NULL ? peer : local);
  self->conversation = wb_wire_open_conversation (self->wire, name, name, server, local, peer);
  if (peer == NULL)
    /* Translators: %s is an address and port, such as "127.0.0.1:8001". */
    wb_wire_note (self->wire, self->conversation, WB_WIRE_CONNECT, _ ("waiting on %s"), text);
  else if (udp)
    /* Translators: %s is an address and port, such as "127.0.0.1:8001". */
    wb_wire_note (self->wire, self->conversation, WB_WIRE_CONNECT, _ ("datagrams with %s"), text);
  else
    wb_wire_note (self->wire, self->conversation, WB_WIRE_CONNECT,
                  /* Translators: %s is an address and port, such as "127.0.0.1:8001". */
                  server ? _ ("connection from %s") : _ ("connected to %s"), text);
}

/* GIO's error in plain words, also on the wire. */
static void
log_error (WbCaseSocket *self, GSocketAddress *peer, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GSocketAddress) own = NULL;

  if (peer == NULL)
    peer = own = g_socket_get_remote_address (self->socket, NULL);
  if (peer == NULL)
    peer = own = g_socket_get_local_address (self->socket, NULL);
  text = wb_case_describe_address (peer);
  wb_error_translate (error, text);
  if (self->wire != NULL && self->conversation != 0 && error != NULL && *error != NULL &&
      !g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    wb_wire_note (self->wire, self->conversation, WB_WIRE_ERROR, "%s", (*error)->message);
}

/* Sends all of it; a datagram to @to, or on the connection when that is %NULL. */
gboolean
wb_case_socket_send (WbCaseSocket *self,
                     GSocketAddress *to,
                     const void *data,
                     gsize length,
                     GCancellable *cancellable,
                     GError **error)
{
  const char *at = data;
  gsize left = length;

  do
    {
      gssize sent = g_socket_send_to (self->socket, to, at, left, cancellable, error);

      if (sent < 0)
        {
          log_error (self, to, error);
          return FALSE;
        }
      at += sent;
      left -= sent;
    }
  while (left > 0);

  if (self->wire != NULL)
    wb_wire_append (self->wire, self->conversation, WB_WIRE_DATA, WB_WIRE_SENT, data, length);
  return TRUE;
}

/* What comes next. With @from it is a datagram, and a new conversation begins when it comes from
 * somebody new.
 */
GBytes *
wb_case_socket_receive (WbCaseSocket *self,
                        GSocketAddress **from,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autofree char *buffer = g_malloc (DATAGRAM_MAX);
  g_autoptr (GSocketAddress) peer = NULL;
  gssize got = g_socket_receive_from (self->socket, from != NULL ? &peer : NULL, buffer,
                                      DATAGRAM_MAX, cancellable, error);

  if (got < 0)
    {
      log_error (self, NULL, error);
      return NULL;
    }
  if (self->wire != NULL && from != NULL)
    {
      g_autoptr (WbWireConversation) known =
          wb_wire_dup_conversation (self->wire, self->conversation);
      g_autofree char *is = wb_case_describe_address (peer);
      g_autofree char *was =
          known != NULL ? g_strdup_printf ("%s:%u", known->peer_host, known->peer_port) : NULL;

      if (g_strcmp0 (is, was) != 0)
        wb_case_socket_log_open (self, TRUE, peer);
    }
  if (self->wire != NULL)
    wb_wire_append (self->wire, self->conversation, WB_WIRE_DATA, WB_WIRE_RECEIVED, buffer, got);
  if (from != NULL)
    *from = g_steal_pointer (&peer);
  return g_bytes_new (buffer, got);
}

/* Closes the socket and says so; harmless when called twice. */
void
wb_case_socket_clear (WbCaseSocket *self)
{
  if (self->wire != NULL && self->conversation != 0 && self->socket != NULL)
    wb_wire_note (self->wire, self->conversation, WB_WIRE_CLOSE, "%s", _ ("closed"));
  if (self->socket != NULL)
    g_socket_close (self->socket, NULL);
  g_clear_object (&self->socket);
  g_clear_object (&self->wire);
}

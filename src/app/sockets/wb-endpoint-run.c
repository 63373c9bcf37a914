/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What an endpoint does: starting, stopping, receiving and sending. */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-endpoint-private.h"

#include "wb-error.h"
#include "wb-text-codec.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* In the order of the drop-down list. */
static const char *const line_ends[WB_ENDPOINT_N_LINE_ENDS] = { "", "\n", "\r\n", "\r" };

/* Cuts a client off and drops what it had yet to send. */
void
wb_endpoint_forget_client (WbEndpoint *self)
{
  /* Closing wakes whoever receives or sends; the cancellable is for the time before. */
  if (self->client != NULL)
    wb_socket_client_close (self->client);
  else if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);
  g_queue_clear_full (&self->unsent, (GDestroyNotify) g_bytes_unref);
}

static WbSession *
get_session (WbEndpoint *self)
{
  if (self->session == NULL)
    self->session = wb_session_new ("endpoint");
  return self->session;
}

typedef struct
{
  gboolean udp;
  char *host;
  guint16 port;
  WbSocketReply reply;
  GBytes *reply_bytes;
  WbWire *wire;
} Start;

static void
start_free (gpointer data)
{
  Start *start = data;

  g_free (start->host);
  g_clear_pointer (&start->reply_bytes, g_bytes_unref);
  g_object_unref (start->wire);
  g_free (start);
}

static gpointer
serve_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Start *start = data;
  WbSocketServerOptions options = {
    .transport = start->udp ? WB_SOCKET_UDP : WB_SOCKET_TCP,
    .address = start->host,
    .port = start->port,
    .reply = start->reply,
    .reply_bytes = start->reply_bytes,
    .wire = start->wire,
  };

  return wb_socket_server_start (&options, error);
}

static gpointer
connect_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Start *start = data;
  WbSocketClientOptions options = {
    .transport = start->udp ? WB_SOCKET_UDP : WB_SOCKET_TCP,
    .host = start->host,
    .port = start->port,
    .wire = start->wire,
  };

  return wb_socket_client_connect (&options, cancellable, error);
}

static void
serving_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbEndpoint) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *port = NULL;

  self->server = wb_session_run_finish (WB_SESSION (source), result, &error);
  if (self->server == NULL)
    {
      wb_endpoint_set_error (self, error->message);
      wb_endpoint_set_state (self, WB_ENDPOINT_IDLE);
      return;
    }
  self->server_port = wb_socket_server_get_port (self->server);
  port = g_strdup_printf ("%u", self->server_port);
  g_object_set (self, "port", port, NULL);
  wb_endpoint_set_state (self, WB_ENDPOINT_RUNNING);
}

typedef struct
{
  WbEndpoint *endpoint; /* kept alive; only its counters are touched off the main thread */
  WbSocketClient *client;
  char *message;
} Reception;

static void
reception_free (gpointer data)
{
  Reception *reception = data;

  g_object_unref (reception->endpoint);
  g_object_unref (reception->client);
  g_free (reception->message);
  g_free (reception);
}

static gboolean
tell_refusal_idle (gpointer data)
{
  Reception *reception = data;

  if (reception->endpoint->client == reception->client)
    wb_endpoint_set_error (reception->endpoint, reception->message);
  return G_SOURCE_REMOVE;
}

static void
tell_refusal (Reception *reception, const GError *refusal)
{
  Reception *copy = g_new0 (Reception, 1);

  copy->endpoint = g_object_ref (reception->endpoint);
  copy->client = g_object_ref (reception->client);
  copy->message = g_strdup (refusal->message);
  g_idle_add_full (G_PRIORITY_DEFAULT, tell_refusal_idle, copy, reception_free);
}

static gpointer
receive_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Reception *reception = data;
  gboolean end = FALSE;

  while (!end)
    {
      g_autoptr (GError) local = NULL;
      g_autoptr (GBytes) bytes =
          wb_socket_client_receive (reception->client, -1, &end, cancellable, &local);

      /* UDP: an ICMP message said that nothing listens there; the socket is as good as before. */
      if (bytes == NULL && wb_endpoint_is_udp (reception->endpoint) &&
          g_error_matches (local, WB_ERROR, WB_ERROR_REFUSED))
        {
          tell_refusal (reception, local);
          continue;
        }
      if (bytes == NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
      if (end)
        break;
      g_atomic_int_inc (&reception->endpoint->received);
      __atomic_fetch_add (&reception->endpoint->received_bytes, (gint64) g_bytes_get_size (bytes),
                          __ATOMIC_RELAXED);
    }
  return g_object_ref (reception->client);
}

static void
received_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Reception *reception = user_data;
  WbEndpoint *self = reception->endpoint;
  g_autoptr (GError) error = NULL;
  g_autoptr (WbSocketClient) ended = wb_session_run_finish (WB_SESSION (source), result, &error);

  /* A client that was stopped, or started anew, has been forgotten already. */
  if (self->client == reception->client)
    {
      wb_endpoint_forget_client (self);
      wb_endpoint_set_error (self, error == NULL ? _ ("The server closed the connection.")
                                                 : error->message);
      wb_endpoint_set_state (self, WB_ENDPOINT_IDLE);
    }
  reception_free (reception);
}

typedef struct
{
  WbSocketClient *client;
  GBytes *bytes;
} Sending;

static void
sending_free (gpointer data)
{
  Sending *sending = data;

  g_object_unref (sending->client);
  g_bytes_unref (sending->bytes);
  g_free (sending);
}

static gpointer
send_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Sending *sending = data;

  if (!wb_socket_client_send (sending->client, sending->bytes, cancellable, error))
    return NULL;
  return g_bytes_ref (sending->bytes);
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbEndpoint) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = wb_session_run_finish (WB_SESSION (source), result, &error);

  if (bytes != NULL)
    {
      self->sent++;
      self->sent_bytes += g_bytes_get_size (bytes);
    }
  else if (self->client != NULL) /* else the person ended it */
    wb_endpoint_set_error (self, error->message);
}

static void
send_by_client (WbEndpoint *self, GBytes *bytes)
{
  Sending *sending = g_new0 (Sending, 1);

  sending->client = g_object_ref (self->client);
  sending->bytes = g_bytes_ref (bytes);
  wb_session_run_async (get_session (self), send_thread, sending, sending_free,
                        (GDestroyNotify) g_bytes_unref, self->cancellable, sent_cb,
                        g_object_ref (self));
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbEndpoint) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WbSocketClient) client = wb_session_run_finish (WB_SESSION (source), result, &error);
  Reception *reception;
  GBytes *bytes;

  if (self->state != WB_ENDPOINT_STARTING)
    return;
  if (client == NULL)
    {
      wb_endpoint_forget_client (self);
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        wb_endpoint_set_error (self, error->message);
      wb_endpoint_set_state (self, WB_ENDPOINT_IDLE);
      return;
    }

  self->client = g_steal_pointer (&client);
  self->conversation = wb_socket_client_get_conversation (self->client);
  reception = g_new0 (Reception, 1);
  reception->endpoint = g_object_ref (self);
  reception->client = g_object_ref (self->client);
  g_clear_object (&self->receiver);
  self->receiver = wb_session_new ("receiver");
  wb_session_run_async (self->receiver, receive_thread, reception, NULL, g_object_unref,
                        self->cancellable, received_cb, reception);
  wb_endpoint_set_state (self, WB_ENDPOINT_RUNNING);

  while ((bytes = g_queue_pop_head (&self->unsent)) != NULL)
    {
      send_by_client (self, bytes);
      g_bytes_unref (bytes);
    }
}

static gboolean
read_port (WbEndpoint *self, guint16 *port, GError **error)
{
  guint64 number = 0;
  gboolean well = *self->port == '\0' ||
                  g_ascii_string_to_unsigned (self->port, 10, 0, G_MAXUINT16, &number, NULL);

  if (well && (number > 0 || wb_endpoint_is_server (self)))
    {
      *port = (guint16) number;
      return TRUE;
    }
  g_set_error_literal (
      error, WB_ERROR, WB_ERROR_INVALID,
      wb_endpoint_is_server (self)
          ? _ ("A port is a number from 1 to 65535; leave it empty for a free one.")
          : _ ("Type the port of the server, a number from 1 to 65535."));
  return FALSE;
}

static gboolean
prepare (WbEndpoint *self, Start *start, GError **error)
{
  start->udp = wb_endpoint_is_udp (self);
  start->host = g_strstrip (g_strdup (self->host));
  start->reply = self->reply;
  start->wire = g_object_ref (wb_workbench_get_wire (self->workbench));
  if (!read_port (self, &start->port, error))
    return FALSE;
  if (self->reply == WB_SOCKET_REPLY_FIXED && wb_endpoint_is_server (self))
    start->reply_bytes = wb_text_parse_escapes (self->reply_text, self->charset, error);
  return start->reply_bytes != NULL || self->reply != WB_SOCKET_REPLY_FIXED ||
         !wb_endpoint_is_server (self);
}

/**
 * wb_endpoint_start:
 *
 * Binds or connects, on a worker; `state` and `error` tell what came of it.
 */
void
wb_endpoint_start (WbEndpoint *self)
{
  Start *start;
  g_autoptr (GError) error = NULL;

  g_return_if_fail (WB_IS_ENDPOINT (self));

  if (self->state != WB_ENDPOINT_IDLE)
    return;

  start = g_new0 (Start, 1);
  if (!prepare (self, start, &error))
    {
      start_free (start);
      wb_endpoint_set_error (self, error->message);
      return;
    }

  wb_endpoint_set_error (self, NULL);
  self->sent = self->sent_bytes = 0;
  g_atomic_int_set (&self->received, 0);
  __atomic_store_n (&self->received_bytes, 0, __ATOMIC_RELAXED);
  wb_wire_get_range (start->wire, NULL, &self->first_event);
  wb_endpoint_set_state (self, WB_ENDPOINT_STARTING);
  if (wb_endpoint_is_server (self))
    {
      wb_session_run_async (get_session (self), serve_thread, start, start_free, g_object_unref,
                            NULL, serving_cb, g_object_ref (self));
    }
  else
    {
      g_clear_object (&self->cancellable);
      self->cancellable = g_cancellable_new ();
      wb_session_run_async (get_session (self), connect_thread, start, start_free, g_object_unref,
                            self->cancellable, connected_cb, g_object_ref (self));
    }
}

static gpointer
stop_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  wb_socket_server_stop (data);
  return g_object_ref (data);
}

static void
stopped_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbEndpoint) self = user_data;
  g_autoptr (GObject) done = wb_session_run_finish (WB_SESSION (source), result, NULL);

  wb_endpoint_set_state (self, WB_ENDPOINT_IDLE);
}

/**
 * wb_endpoint_stop:
 *
 * Ends what runs, or the attempt to connect.
 */
void
wb_endpoint_stop (WbEndpoint *self)
{
  g_return_if_fail (WB_IS_ENDPOINT (self));

  wb_endpoint_set_error (self, NULL);
  if (self->server != NULL)
    {
      wb_endpoint_set_state (self, WB_ENDPOINT_STOPPING);
      wb_session_run_async (get_session (self), stop_thread, g_steal_pointer (&self->server),
                            g_object_unref, g_object_unref, NULL, stopped_cb, g_object_ref (self));
    }
  else if (!wb_endpoint_is_server (self) && self->state != WB_ENDPOINT_IDLE)
    {
      wb_endpoint_forget_client (self);
      wb_endpoint_set_state (self, WB_ENDPOINT_IDLE);
    }
}

static gboolean
send_by_server (WbEndpoint *self, GBytes *bytes, guint64 peer, GError **error)
{
  g_autoptr (GArray) peers = NULL;

  if (self->server == NULL)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("Start the server first; then wait for a client."));
      return FALSE;
    }
  if (peer != 0)
    return wb_socket_server_send (self->server, peer, bytes, error);

  peers = wb_socket_server_dup_peers (self->server, G_MAXUINT);
  if (peers->len == 0)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("Nobody is there yet: a server can only answer those who came."));
      return FALSE;
    }
  /* Whoever left meanwhile is no reason not to send to the others. */
  for (guint i = 0; i < peers->len; i++)
    wb_socket_server_send (self->server, g_array_index (peers, WbSocketPeer, i).id, bytes, NULL);
  return TRUE;
}

/**
 * wb_endpoint_send:
 * @text: as typed: text in the endpoint's charset, or hex if `hex-input` is set
 * @peer: of a server: to whom; 0 is to all
 *
 * Sends; a client that is not connected connects first. What goes wrong later is told
 * by `error`.
 *
 * Returns: %FALSE with @error set if @text cannot be sent as it is
 */
gboolean
wb_endpoint_send (WbEndpoint *self, const char *text, guint64 peer, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *line = NULL;

  g_return_val_if_fail (WB_IS_ENDPOINT (self), FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  line = g_strconcat (text, self->hex_input ? "" : line_ends[self->line_end], NULL);
  bytes = self->hex_input ? wb_text_parse_hex (line, error)
                          : wb_text_encode (line, self->charset, error);
  if (bytes == NULL)
    return FALSE;

  wb_endpoint_set_error (self, NULL);
  if (wb_endpoint_is_server (self))
    return send_by_server (self, bytes, peer, error);
  if (self->client != NULL)
    {
      send_by_client (self, bytes);
      return TRUE;
    }

  wb_endpoint_start (self);
  if (self->state == WB_ENDPOINT_STARTING)
    {
      g_queue_push_tail (&self->unsent, g_steal_pointer (&bytes));
      return TRUE;
    }
  g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID, self->error);
  return FALSE;
}

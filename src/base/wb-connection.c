/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-base"

#include "config.h"

#include "wb-connection-private.h"

#include <glib/gi18n-lib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "wb-error.h"

#define DEFAULT_TIMEOUT 30

G_DEFINE_FINAL_TYPE (WbConnection, wb_connection, G_TYPE_OBJECT)

static void
release_polled (WbConnection *self)
{
  if (self->polled != NULL)
    g_cancellable_release_fd (self->polled);
  g_clear_object (&self->polled);
}

static void
wb_connection_dispose (GObject *object)
{
  WbConnection *self = WB_CONNECTION (object);

  if (self->base != NULL && g_atomic_int_get (&self->state) != WB_CONNECTION_CLOSED)
    {
      /* No polite end here: that may block. Whoever wants one calls wb_connection_close(). */
      g_atomic_int_set (&self->state, WB_CONNECTION_CLOSED);
      g_socket_close (self->socket, NULL);
      wb_connection_log_bulk (self);
      if (self->wire != NULL)
        wb_wire_note (self->wire, self->conversation, WB_WIRE_CLOSE, _ ("connection closed"));
    }
  release_polled (self);
  g_clear_object (&self->tls);
  g_clear_object (&self->base);
  g_clear_object (&self->socket);
  g_clear_object (&self->resume);
  g_clear_object (&self->vouched);
  g_clear_object (&self->own);
  g_clear_object (&self->progress);
  g_clear_object (&self->wire);
  g_clear_object (&self->trust);

  G_OBJECT_CLASS (wb_connection_parent_class)->dispose (object);
}

static void
wb_connection_finalize (GObject *object)
{
  WbConnection *self = WB_CONNECTION (object);

  g_clear_error (&self->trust_error);
  g_free (self->protocol);
  g_free (self->host);
  g_free (self->peer_name);
  g_free (self->in);
  g_byte_array_unref (self->out);

  G_OBJECT_CLASS (wb_connection_parent_class)->finalize (object);
}

static void
wb_connection_class_init (WbConnectionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_connection_dispose;
  G_OBJECT_CLASS (klass)->finalize = wb_connection_finalize;
}

static void
wb_connection_init (WbConnection *self)
{
  self->in = g_malloc (WB_CONNECTION_BUFFER);
  self->out = g_byte_array_new ();
  self->timeout = DEFAULT_TIMEOUT;
}

/* Logs, when there is where to. */
void
wb_connection_log (WbConnection *self,
                   WbWireKind kind,
                   WbWireDirection direction,
                   const void *data,
                   gsize length)
{
  if (self->wire == NULL)
    return;

  wb_connection_log_bulk (self);
  wb_wire_append (self->wire, self->conversation, kind, direction, data, length);
}

/* Bulk bytes are counted and logged in one piece, before whatever comes next. */
void
wb_connection_log_bulk (WbConnection *self)
{
  if (self->wire != NULL && self->bulk_sent > 0)
    wb_wire_append_bulk (self->wire, self->conversation, WB_WIRE_SENT, self->bulk_sent);
  if (self->wire != NULL && self->bulk_received > 0)
    wb_wire_append_bulk (self->wire, self->conversation, WB_WIRE_RECEIVED, self->bulk_received);
  self->bulk_sent = 0;
  self->bulk_received = 0;
}

/* A blocked GSocket call makes an eventfd for its cancellable each time unless somebody holds one.
 */
static void
wait_on (WbConnection *self, GCancellable *cancellable)
{
  if (cancellable == self->polled)
    return;
  release_polled (self);
  if (cancellable != NULL && g_cancellable_get_fd (cancellable) >= 0)
    self->polled = g_object_ref (cancellable);
}

/* Every verb begins here: refuses a connection that is no longer usable, sets the time-out to what
 * the deadline leaves. */
gboolean
wb_connection_begin (WbConnection *self, GCancellable *cancellable, GError **error)
{
  guint seconds = self->timeout;

  if (g_atomic_int_get (&self->state) != WB_CONNECTION_OPEN)
    {
      g_set_error (error, WB_ERROR, WB_ERROR_CLOSED,
                   /* Translators: %s is the peer, such as "ftp.example.org:21". */
                   _ ("The connection to %s has ended. Connect again."), self->peer_name);
      return FALSE;
    }
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return wb_connection_fail (self, error);

  if (self->deadline != 0)
    {
      gint64 left = self->deadline - g_get_monotonic_time ();

      if (left <= 0)
        {
          g_set_error (error, WB_ERROR, WB_ERROR_TIMED_OUT,
                       /* Translators: %s is the peer, such as "ftp.example.org:21". */
                       _ ("The conversation with %s took longer than it may."), self->peer_name);
          return wb_connection_fail (self, error);
        }
      seconds = MIN (seconds, (guint) ((left + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC));
    }

  if (g_socket_get_timeout (self->socket) != seconds)
    g_socket_set_timeout (self->socket, seconds);
  wait_on (self, cancellable);
  return TRUE;
}

/* What follows an error cannot be told apart from what was asked before, so the end is here. */
gboolean
wb_connection_fail (WbConnection *self, GError **error)
{
  wb_error_translate (error, self->peer_name);
  g_atomic_int_compare_and_exchange (&self->state, WB_CONNECTION_OPEN, WB_CONNECTION_BROKEN);
  wb_connection_log_bulk (self);
  if (self->wire != NULL && error != NULL && *error != NULL)
    wb_wire_note (self->wire, self->conversation, WB_WIRE_ERROR, "%s", (*error)->message);
  return FALSE;
}

static void
take_channel (WbConnection *self, GSocketConnection *channel, gboolean server)
{
  g_autoptr (GSocketAddress) local = NULL;
  g_autoptr (GSocketAddress) peer = NULL;

  self->base = g_object_ref (channel);
  self->socket = g_object_ref (g_socket_connection_get_socket (channel));
  g_socket_set_blocking (self->socket, TRUE);
  g_socket_set_option (self->socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);

  if (self->wire == NULL)
    return;
  local = g_socket_connection_get_local_address (channel, NULL);
  peer = g_socket_connection_get_remote_address (channel, NULL);
  self->conversation =
      wb_wire_open_conversation (self->wire, self->protocol, "tcp", server, local, peer);
  wb_wire_note (self->wire, self->conversation, WB_WIRE_CONNECT,
                /* Translators: %s is the peer, such as "ftp.example.org:21". */
                server ? _ ("connection from %s") : _ ("connected to %s"), self->peer_name);
}

typedef struct
{
  GMainContext *context;
  GSocketConnection *connection;
  GError *error;
  gboolean done;
} Dial;

static void
dialled_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Dial *dial = user_data;

  dial->connection =
      g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &dial->error);
  dial->done = TRUE;
}

static void
event_cb (GSocketClient *client,
          GSocketClientEvent event,
          GSocketConnectable *target,
          GIOStream *stream,
          gpointer user_data)
{
  gboolean *reached = user_data;

  if (event == G_SOCKET_CLIENT_CONNECTED)
    *reached = TRUE;
}

/* Nobody is to look for the fault at a server that was never asked. */
static void
blame_proxy (const char *uri, GError **error)
{
  g_autoptr (GSocketConnectable) proxy = g_network_address_parse_uri (uri, 0, NULL);
  g_autofree char *peer = NULL;

  if (proxy == NULL)
    return;
  peer = g_strdup_printf (
      strchr (g_network_address_get_hostname (G_NETWORK_ADDRESS (proxy)), ':') != NULL ? "[%s]:%u"
                                                                                       : "%s:%u",
      g_network_address_get_hostname (G_NETWORK_ADDRESS (proxy)),
      g_network_address_get_port (G_NETWORK_ADDRESS (proxy)));
  wb_error_translate (error, peer);
  if ((*error)->domain == WB_ERROR)
    g_prefix_error_literal (error, _ ("The proxy could not be reached. "));
}

/* Only GIO's async connect has Happy Eyeballs (RFC 8305): the sync one would wait for a dead IPv6
 * address before it tried the living IPv4 one. So it runs here, in a main context of its own. */
static GSocketConnection *
dial_name (const WbConnectOptions *options,
           guint timeout,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) target = NULL;
  Dial dial = { g_main_context_new (), NULL, NULL, FALSE };
  gboolean reached = FALSE;

  target = g_network_address_new (options->host, options->port);
  g_socket_client_set_timeout (client, timeout);
  if (options->proxy != NULL)
    {
      g_autoptr (GProxyResolver) resolver = g_simple_proxy_resolver_new (options->proxy, NULL);

      g_socket_client_set_proxy_resolver (client, resolver);
      g_signal_connect (client, "event", G_CALLBACK (event_cb), &reached);
    }

  g_main_context_push_thread_default (dial.context);
  g_socket_client_connect_async (client, target, cancellable, dialled_cb, &dial);
  while (!dial.done)
    g_main_context_iteration (dial.context, TRUE);
  g_main_context_pop_thread_default (dial.context);
  g_main_context_unref (dial.context);

  if (dial.error != NULL && options->proxy != NULL && !reached)
    blame_proxy (options->proxy, &dial.error);
  if (dial.error != NULL)
    g_propagate_error (error, dial.error);
  return dial.connection;
}

static GSocketConnection *
dial_address (GSocketAddress *address, guint timeout, GCancellable *cancellable, GError **error)
{
  g_autoptr (GSocket) socket = NULL;

  socket = g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM,
                         G_SOCKET_PROTOCOL_TCP, error);
  if (socket == NULL)
    return NULL;
  g_socket_set_timeout (socket, timeout);
  if (!g_socket_connect (socket, address, cancellable, error))
    return NULL;

  return g_socket_connection_factory_create_connection (socket);
}

static GSocketConnection *
dial (const WbConnectOptions *options, guint timeout, GCancellable *cancellable, GError **error)
{
  g_autoptr (GSocketAddress) numeric = NULL;

  if (options->channel != NULL)
    return g_object_ref (options->channel);
  if (options->proxy != NULL)
    return dial_name (options, timeout, cancellable, error);
  if (options->address != NULL)
    return dial_address (options->address, timeout, cancellable, error);

  numeric = g_inet_socket_address_new_from_string (options->host, options->port);
  if (numeric != NULL)
    return dial_address (numeric, timeout, cancellable, error);

  return dial_name (options, timeout, cancellable, error);
}

/**
 * wb_connection_open:
 * @options: whom to talk to and how; only read during the call
 *
 * Resolves, connects (RFC 8305 where a name has several addresses) and, where
 * asked, makes the TLS handshake and checks the certificate. Blocks.
 *
 * Errors: %WB_ERROR_NOT_FOUND, %WB_ERROR_REFUSED, %WB_ERROR_UNREACHABLE,
 * %WB_ERROR_TIMED_OUT, %WB_ERROR_TLS, %WB_ERROR_UNTRUSTED, `G_IO_ERROR_CANCELLED`.
 *
 * Returns: (transfer full) (nullable): the connection, or %NULL with @error set
 */
WbConnection *
wb_connection_open (const WbConnectOptions *options, GCancellable *cancellable, GError **error)
{
  g_autoptr (WbConnection) self = NULL;
  g_autoptr (GSocketConnection) channel = NULL;
  g_autoptr (GError) local = NULL;

  g_return_val_if_fail (options != NULL, NULL);
  g_return_val_if_fail (options->protocol != NULL, NULL);
  g_return_val_if_fail (options->host != NULL, NULL);
  g_return_val_if_fail (!options->tls || options->trust != NULL, NULL);

  self = g_object_new (WB_TYPE_CONNECTION, NULL);
  self->protocol = g_strdup (options->protocol);
  self->host = g_strdup (options->host);
  self->port = options->port;
  self->peer_name = g_strdup_printf (strchr (options->host, ':') != NULL ? "[%s]:%u" : "%s:%u",
                                     options->host, options->port);
  self->timeout = options->timeout > 0 ? options->timeout : DEFAULT_TIMEOUT;
  if (options->deadline > 0)
    self->deadline = g_get_monotonic_time () + (gint64) options->deadline * G_USEC_PER_SEC;
  g_set_object (&self->wire, options->wire);
  g_set_object (&self->trust, options->trust);
  g_set_object (&self->own, options->certificate);
  self->lends = options->lends;
  if (options->resume != NULL && options->resume->tls != NULL)
    {
      g_set_object (&self->resume, options->resume->tls);
      g_set_object (&self->vouched, g_tls_connection_get_peer_certificate (self->resume));
    }

  channel = dial (options, self->timeout, cancellable, &local);
  if (channel == NULL)
    {
      wb_error_translate (&local, self->peer_name);
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  take_channel (self, channel, FALSE);

  if (options->tls)
    {
      if (!wb_connection_make_tls_client (self, error) ||
          !wb_connection_shake (self, cancellable, error))
        return NULL;
    }

  return g_steal_pointer (&self);
}

/**
 * wb_connection_new_accepted:
 * @accepted: what a listener accepted
 * @protocol: what to call the conversation in the log
 * @wire: (nullable): where to log
 * @timeout: seconds without a byte until an operation fails; 0 is 30
 *
 * The server's end of a conversation. Does not block.
 *
 * Returns: (transfer full): the connection
 */
WbConnection *
wb_connection_new_accepted (GSocketConnection *accepted,
                            const char *protocol,
                            WbWire *wire,
                            guint timeout)
{
  WbConnection *self = NULL;
  g_autoptr (GSocketAddress) peer = NULL;

  g_return_val_if_fail (G_IS_SOCKET_CONNECTION (accepted), NULL);
  g_return_val_if_fail (protocol != NULL, NULL);

  self = g_object_new (WB_TYPE_CONNECTION, NULL);
  self->protocol = g_strdup (protocol);
  self->timeout = timeout > 0 ? timeout : DEFAULT_TIMEOUT;
  g_set_object (&self->wire, wire);

  peer = g_socket_connection_get_remote_address (accepted, NULL);
  if (G_IS_INET_SOCKET_ADDRESS (peer))
    {
      self->host = g_inet_address_to_string (
          g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (peer)));
      self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (peer));
      self->peer_name = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (peer));
    }
  else
    {
      self->host = g_strdup ("");
      self->peer_name = g_strdup ("?");
    }
  take_channel (self, accepted, TRUE);

  return self;
}

/**
 * wb_connection_end_output:
 *
 * Sends what is queued and says that no more will come (close_notify under TLS, then
 * FIN), while the peer may go on. Closing at once instead could destroy what is still
 * under way: TCP answers a close over unread input, such as a TLS 1.3 session ticket,
 * with a reset.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_connection_end_output (WbConnection *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local = NULL;
  gboolean ok = TRUE;

  g_return_val_if_fail (WB_IS_CONNECTION (self), FALSE);

  if (!wb_connection_flush (self, cancellable, error))
    return FALSE;
  if (self->tls != NULL)
    ok = g_output_stream_close (g_io_stream_get_output_stream (G_IO_STREAM (self->tls)),
                                cancellable, &local);
  if (ok)
    ok = g_socket_shutdown (self->socket, FALSE, TRUE, &local);
  if (ok)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local));
  return wb_connection_fail (self, error);
}

/**
 * wb_connection_close:
 *
 * Sends what is queued, says goodbye (close_notify under TLS, RFC 8446 §6.1) and
 * closes. Closing what is broken or closed succeeds without a word.
 *
 * Returns: %TRUE, or %FALSE with an error set when the goodbye did not get through;
 *   the connection is closed all the same
 */
gboolean
wb_connection_close (WbConnection *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local = NULL;
  gboolean ok = TRUE;

  g_return_val_if_fail (WB_IS_CONNECTION (self), FALSE);

  if (g_atomic_int_get (&self->state) == WB_CONNECTION_OPEN)
    ok = wb_connection_flush (self, cancellable, &local);
  if (g_atomic_int_get (&self->state) == WB_CONNECTION_CLOSED)
    return TRUE;

  wb_connection_log_bulk (self);
  if (ok && self->tls != NULL && g_atomic_int_get (&self->state) == WB_CONNECTION_OPEN)
    ok = g_io_stream_close (G_IO_STREAM (self->tls), cancellable, &local);
  g_atomic_int_set (&self->state, WB_CONNECTION_CLOSED);
  g_socket_close (self->socket, NULL);
  if (self->wire != NULL)
    wb_wire_note (self->wire, self->conversation, WB_WIRE_CLOSE, _ ("connection closed"));

  if (!ok)
    {
      wb_error_translate (&local, self->peer_name);
      g_propagate_error (error, g_steal_pointer (&local));
    }
  return ok;
}

/**
 * wb_connection_break:
 *
 * Ends the conversation at once, without a goodbye: a verb that blocks on another
 * thread returns with an error. Safe from any thread.
 */
void
wb_connection_break (WbConnection *self)
{
  g_return_if_fail (WB_IS_CONNECTION (self));

  if (g_atomic_int_compare_and_exchange (&self->state, WB_CONNECTION_OPEN, WB_CONNECTION_BROKEN))
    g_socket_shutdown (self->socket, TRUE, TRUE, NULL);
}

/**
 * wb_connection_is_usable:
 *
 * Returns: whether nothing has failed or been cancelled so far. Safe from any thread
 */
gboolean
wb_connection_is_usable (WbConnection *self)
{
  g_return_val_if_fail (WB_IS_CONNECTION (self), FALSE);

  return g_atomic_int_get (&self->state) == WB_CONNECTION_OPEN;
}

/**
 * wb_connection_set_read_mask:
 * @func: (nullable): says where the secret in a received line begins
 *
 * For servers: what clients send as a password is masked in the log. The lines
 * that wb_connection_read_line() returns are whole.
 */
void
wb_connection_set_read_mask (WbConnection *self, WbMaskFunc func, gpointer user_data)
{
  g_return_if_fail (WB_IS_CONNECTION (self));

  self->mask = func;
  self->mask_data = user_data;
}

/**
 * wb_connection_set_progress:
 * @progress: (nullable): set to the bytes done while wb_connection_queue_dotted() writes a text
 *   that is too long to be gathered
 */
void
wb_connection_set_progress (WbConnection *self, WbProgress *progress)
{
  g_return_if_fail (WB_IS_CONNECTION (self));

  g_set_object (&self->progress, progress);
}

/**
 * wb_connection_set_timeout:
 * @seconds: how long an operation may wait for a byte; 0 is 30
 */
void
wb_connection_set_timeout (WbConnection *self, guint seconds)
{
  g_return_if_fail (WB_IS_CONNECTION (self));

  self->timeout = seconds > 0 ? seconds : DEFAULT_TIMEOUT;
}

/**
 * wb_connection_get_tls:
 *
 * Returns: whether TLS protects the conversation now
 */
gboolean
wb_connection_get_tls (WbConnection *self)
{
  g_return_val_if_fail (WB_IS_CONNECTION (self), FALSE);

  return self->tls != NULL;
}

/**
 * wb_connection_get_stream:
 *
 * For raw conversations in which one thread reads while another writes. What goes
 * by there is the caller's to log, and nothing may be read ahead or queued.
 *
 * Returns: (transfer none): the channel, under TLS where there is TLS
 */
GIOStream *
wb_connection_get_stream (WbConnection *self)
{
  g_return_val_if_fail (WB_IS_CONNECTION (self), NULL);

  return self->tls != NULL ? G_IO_STREAM (self->tls) : G_IO_STREAM (self->base);
}

/**
 * wb_connection_get_socket:
 *
 * For file data in the clear, where sendfile(2) and splice(2) beat any buffer. What
 * goes by there is the caller's to log, and nothing may be read ahead or queued.
 *
 * Returns: (transfer none): the socket
 */
GSocket *
wb_connection_get_socket (WbConnection *self)
{
  g_return_val_if_fail (WB_IS_CONNECTION (self), NULL);

  return self->socket;
}

/**
 * wb_connection_get_peer:
 *
 * Returns: (transfer full) (nullable): the other end's address
 */
GSocketAddress *
wb_connection_get_peer (WbConnection *self)
{
  g_return_val_if_fail (WB_IS_CONNECTION (self), NULL);

  return g_socket_get_remote_address (self->socket, NULL);
}

/**
 * wb_connection_get_local:
 *
 * Returns: (transfer full) (nullable): this end's address
 */
GSocketAddress *
wb_connection_get_local (WbConnection *self)
{
  g_return_val_if_fail (WB_IS_CONNECTION (self), NULL);

  return g_socket_get_local_address (self->socket, NULL);
}

/**
 * wb_connection_get_host:
 *
 * Returns: (transfer none): the host as it was asked for
 */
const char *
wb_connection_get_host (WbConnection *self)
{
  g_return_val_if_fail (WB_IS_CONNECTION (self), NULL);

  return self->host;
}

/**
 * wb_connection_get_wire:
 *
 * Returns: (transfer none) (nullable): where it logs
 */
WbWire *
wb_connection_get_wire (WbConnection *self)
{
  g_return_val_if_fail (WB_IS_CONNECTION (self), NULL);

  return self->wire;
}

/**
 * wb_connection_get_conversation:
 *
 * Returns: its number on the wire, 0 without one
 */
guint32
wb_connection_get_conversation (WbConnection *self)
{
  g_return_val_if_fail (WB_IS_CONNECTION (self), 0);

  return self->conversation;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-sockets"

#include "config.h"

#include "wb-socket-client.h"

#include "wb-connection.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/socket.h>

#define DEFAULT_TIMEOUT 30
#define RECEIVE_SIZE 65536
/* What is left of 65,535 when the headers are taken off (RFC 768, RFC 791, RFC 8200). */
#define DATAGRAM_MAX4 65507
#define DATAGRAM_MAX6 65527

struct _WbSocketClient
{
  GObject parent_instance;

  /* Set once, when it connects */
  WbSocketTransport transport;
  WbConnection *connection; /* TCP */
  GIOStream *stream;        /* TCP; of the connection */
  GSocket *socket;
  GSocketAddress *local;
  GSocketAddress *peer;
  char *peer_name;
  WbWire *wire;
  guint32 conversation;

  /* The receiving thread's */
  guint8 *buffer;
  gsize buffer_size;
  gboolean truncated;
  gboolean ended;

  gint closed; /* atomic */
};

G_DEFINE_FINAL_TYPE (WbSocketClient, wb_socket_client, G_TYPE_OBJECT)

static void
wb_socket_client_finalize (GObject *object)
{
  WbSocketClient *self = WB_SOCKET_CLIENT (object);

  if (self->socket != NULL)
    wb_socket_client_close (self);
  g_clear_object (&self->connection);
  g_clear_object (&self->socket);
  g_clear_object (&self->local);
  g_clear_object (&self->peer);
  g_clear_object (&self->wire);
  g_free (self->peer_name);
  g_free (self->buffer);

  G_OBJECT_CLASS (wb_socket_client_parent_class)->finalize (object);
}

static void
wb_socket_client_class_init (WbSocketClientClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wb_socket_client_finalize;
}

static void
wb_socket_client_init (WbSocketClient *self)
{
}

static void
log_data (WbSocketClient *self, WbWireDirection direction, const void *data, gsize length)
{
  if (self->wire != NULL)
    wb_wire_append (self->wire, self->conversation, WB_WIRE_DATA, direction, data, length);
}

static gboolean
fail (WbSocketClient *self, GError *failure, GError **error)
{
  if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED))
    {
      g_clear_error (&failure);
      g_set_error (&failure, WB_ERROR, WB_ERROR_CLOSED,
                   /* Translators: %s is the peer, such as "example.org:7". */
                   _ ("%s broke the connection off (reset). What came before that is all there "
                      "is."),
                   self->peer_name);
    }
  else if (g_error_matches (failure, G_TLS_ERROR, G_TLS_ERROR_EOF))
    {
      g_clear_error (&failure);
      g_set_error (&failure, WB_ERROR, WB_ERROR_CLOSED,
                   /* Translators: %s is the peer, such as "example.org:7". */
                   _ ("%s ended without the TLS goodbye: what came may be incomplete."),
                   self->peer_name);
    }
  else
    wb_error_translate (&failure, self->peer_name);

  if (self->wire != NULL)
    wb_wire_note (self->wire, self->conversation, WB_WIRE_ERROR, "%s", failure->message);
  g_propagate_error (error, failure);
  return FALSE;
}

/* ── Connecting ── */

static gboolean
is_loopback_name (const char *host)
{
  return g_ascii_strcasecmp (host, "localhost") == 0;
}

/* The addresses of a host in the order of trying. UDP cannot find out which of them lives, and what
 * listens on this machine does so on 127.0.0.1 as a rule. */
static GList *
resolve (const char *host, GCancellable *cancellable, GError **error)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  GInetAddress *numeric = g_inet_address_new_from_string (host);

  if (numeric != NULL)
    return g_list_append (NULL, numeric);
  if (is_loopback_name (host))
    return g_list_append (NULL, g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4));
  return g_resolver_lookup_by_name (resolver, host, cancellable, error);
}

static GSocket *
connect_datagram (GSocketAddress *address, GError **error)
{
  g_autoptr (GSocket) socket = g_socket_new (g_socket_address_get_family (address),
                                             G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, error);

  if (socket == NULL)
    return NULL;
  g_socket_set_broadcast (socket, TRUE);
  if (!g_socket_connect (socket, address, NULL, error))
    return NULL;
  return g_steal_pointer (&socket);
}

static gboolean
open_datagram (WbSocketClient *self,
               const WbSocketClientOptions *options,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr (GError) failure = NULL;
  GList *addresses = NULL;
  g_autoptr (GSocketAddress) scoped =
      g_inet_socket_address_new_from_string (options->host, options->port);

  if (scoped != NULL)
    self->socket = connect_datagram (scoped, &failure);
  else
    {
      addresses = resolve (options->host, cancellable, &failure);
      for (GList *l = addresses; l != NULL && self->socket == NULL; l = l->next)
        {
          g_autoptr (GSocketAddress) address = g_inet_socket_address_new (l->data, options->port);

          g_clear_error (&failure);
          self->socket = connect_datagram (address, &failure);
        }
      g_list_free_full (addresses, g_object_unref);
    }
  if (self->socket == NULL)
    {
      wb_error_translate (&failure, self->peer_name);
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }

  g_socket_set_timeout (self->socket, options->timeout > 0 ? options->timeout : DEFAULT_TIMEOUT);
  self->local = g_socket_get_local_address (self->socket, NULL);
  self->peer = g_socket_get_remote_address (self->socket, NULL);
  if (self->wire != NULL)
    {
      self->conversation =
          wb_wire_open_conversation (self->wire, "udp", "udp", FALSE, self->local, self->peer);
      wb_wire_note (self->wire, self->conversation, WB_WIRE_CONNECT,
                    /* Translators: %s is the peer, such as "example.org:7". */
                    _ ("datagrams go to %s; UDP makes no connection"), self->peer_name);
    }
  return TRUE;
}

static gboolean
open_stream (WbSocketClient *self,
             const WbSocketClientOptions *options,
             GCancellable *cancellable,
             GError **error)
{
  WbConnectOptions connect = { .protocol = "tcp",
                               .host = options->host,
                               .port = options->port,
                               .tls = options->tls,
                               .timeout = options->timeout,
                               .wire = options->wire,
                               .trust = options->trust };

  self->connection = wb_connection_open (&connect, cancellable, error);
  if (self->connection == NULL)
    {
      g_prefix_error (error, "%s ", _ ("While connecting:"));
      return FALSE;
    }
  self->stream = wb_connection_get_stream (self->connection);
  self->socket = g_object_ref (wb_connection_get_socket (self->connection));
  g_set_object (&self->local, wb_connection_get_local (self->connection));
  g_set_object (&self->peer, wb_connection_get_peer (self->connection));
  self->conversation = wb_connection_get_conversation (self->connection);
  g_socket_set_timeout (self->socket, options->timeout > 0 ? options->timeout : DEFAULT_TIMEOUT);
  return TRUE;
}

/**
 * wb_socket_client_connect:
 * @options: whom to talk to; only read during the call
 *
 * Resolves the host and connects; for UDP that only fixes whom the datagrams go
 * to. Blocks.
 *
 * Errors: those of wb_connection_open() for TCP, %WB_ERROR_NOT_FOUND and
 * %WB_ERROR_UNREACHABLE for UDP, %WB_ERROR_INVALID.
 *
 * Returns: (transfer full) (nullable): the client, or %NULL with @error set
 */
WbSocketClient *
wb_socket_client_connect (const WbSocketClientOptions *options,
                          GCancellable *cancellable,
                          GError **error)
{
  g_autoptr (WbSocketClient) self = NULL;

  g_return_val_if_fail (options != NULL, NULL);
  g_return_val_if_fail (options->host != NULL, NULL);
  g_return_val_if_fail (!options->tls || options->trust != NULL, NULL);

  if (options->port == 0)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("Nobody can be reached at port 0. Choose one from 1 to 65535."));
      return NULL;
    }
  if (options->tls && options->transport == WB_SOCKET_UDP)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_UNSUPPORTED,
                           _ ("A UDP client cannot speak TLS. Choose TCP."));
      return NULL;
    }

  self = g_object_new (WB_TYPE_SOCKET_CLIENT, NULL);
  self->transport = options->transport;
  g_set_object (&self->wire, options->wire);
  self->peer_name = g_strdup_printf (strchr (options->host, ':') != NULL ? "[%s]:%u" : "%s:%u",
                                     options->host, options->port);
  self->buffer_size = options->receive_size > 0 ? options->receive_size : RECEIVE_SIZE;
  self->buffer = g_malloc (self->buffer_size);
  if (options->transport == WB_SOCKET_UDP ? !open_datagram (self, options, cancellable, error)
                                          : !open_stream (self, options, cancellable, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* ── Sending ── */

static gboolean
set_too_long (WbSocketClient *self, gsize length, GError **error)
{
  gboolean six = g_socket_get_family (self->socket) == G_SOCKET_FAMILY_IPV6;
  g_autofree char *count = g_strdup_printf ("%" G_GSIZE_FORMAT, length);

  g_set_error (error, WB_SOCKET_ERROR, WB_SOCKET_ERROR_TOO_LONG,
               /* Translators: %1$s and %2$u are counts of bytes. */
               _ ("%1$s bytes are too long for one datagram, which carries %2$u at most. Send "
                  "less, or use TCP."),
               count, six ? DATAGRAM_MAX6 : DATAGRAM_MAX4);
  return FALSE;
}

static gboolean
send_datagram (WbSocketClient *self,
               const char *data,
               gsize length,
               GCancellable *cancellable,
               GError **error)
{
  gboolean six = g_socket_get_family (self->socket) == G_SOCKET_FAMILY_IPV6;
  GError *failure = NULL;

  if (length > (six ? DATAGRAM_MAX6 : DATAGRAM_MAX4))
    return set_too_long (self, length, error);
  log_data (self, WB_WIRE_SENT, data, length);

  /* A refusal that the system reports here is about an earlier datagram. */
  for (guint attempt = 0; attempt < 2; attempt++)
    {
      if (failure != NULL && self->wire != NULL)
        wb_wire_note (self->wire, self->conversation, WB_WIRE_ERROR, "%s",
                      _ ("the peer's system says that nothing listens there (ICMP port "
                         "unreachable)"));
      g_clear_error (&failure);
      if (g_socket_send (self->socket, data, length, cancellable, &failure) >= 0)
        return TRUE;
      if (!g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
        break;
    }
  if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE))
    {
      g_error_free (failure);
      return set_too_long (self, length, error);
    }
  return fail (self, failure, error);
}

static gboolean
send_stream (WbSocketClient *self,
             const char *data,
             gsize length,
             GCancellable *cancellable,
             GError **error)
{
  GOutputStream *out = g_io_stream_get_output_stream (self->stream);
  gsize done = 0;
  gsize logged = 0;

  while (done < length)
    {
      GError *failure = NULL;
      gssize n;

      /* Before it is sent, so that no answer can stand above it. */
      if (done == logged)
        {
          logged = MIN (length, done + WB_WIRE_EVENT_MAX);
          log_data (self, WB_WIRE_SENT, data + done, logged - done);
        }
      n = g_output_stream_write (out, data + done, logged - done, cancellable, &failure);
      if (n < 0)
        {
          if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
            {
              g_clear_error (&failure);
              g_set_error (&failure, WB_ERROR, WB_ERROR_TIMED_OUT,
                           /* Translators: %s is the peer, such as "example.org:7". */
                           _ ("While sending: %s took no more bytes in time (its window is "
                              "closed)."),
                           self->peer_name);
            }
          return fail (self, failure, error);
        }
      done += (gsize) n;
    }
  return TRUE;
}

static gboolean
check_open (WbSocketClient *self, GError **error)
{
  if (!g_atomic_int_get (&self->closed))
    return TRUE;
  g_set_error (error, WB_ERROR, WB_ERROR_CLOSED,
               /* Translators: %s is the peer, such as "example.org:7". */
               _ ("The conversation with %s has ended. Connect again."), self->peer_name);
  return FALSE;
}

/**
 * wb_socket_client_send:
 * @bytes: one datagram, or what comes next in the stream
 *
 * Blocks until the system has taken all of it.
 *
 * Errors: %WB_SOCKET_ERROR_TOO_LONG, %WB_ERROR_TIMED_OUT where the peer takes no
 * more, %WB_ERROR_CLOSED, `G_IO_ERROR_CANCELLED`.
 *
 * Returns: %FALSE with @error set
 */
gboolean
wb_socket_client_send (WbSocketClient *self,
                       GBytes *bytes,
                       GCancellable *cancellable,
                       GError **error)
{
  gsize length;
  const char *data;

  g_return_val_if_fail (WB_IS_SOCKET_CLIENT (self), FALSE);
  g_return_val_if_fail (bytes != NULL, FALSE);

  if (!check_open (self, error))
    return FALSE;
  data = g_bytes_get_data (bytes, &length);
  if (self->transport == WB_SOCKET_UDP)
    return send_datagram (self, data != NULL ? data : "", length, cancellable, error);
  return send_stream (self, data, length, cancellable, error);
}

/* ── Receiving ── */

/* Takes a datagram if there is one: 1, or 0 if not, or -1 with ERROR set. */
static int
take_datagram (WbSocketClient *self, gsize *length, GError **error)
{
  gssize n;

  do
    n = recv (g_socket_get_fd (self->socket), self->buffer, self->buffer_size,
              MSG_DONTWAIT | MSG_TRUNC);
  while (n < 0 && errno == EINTR);
  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
    return 0;
  if (n < 0)
    {
      int code = errno;

      fail (self, g_error_new_literal (G_IO_ERROR, g_io_error_from_errno (code), g_strerror (code)),
            error);
      return -1;
    }
  self->truncated = (gsize) n > self->buffer_size;
  *length = MIN ((gsize) n, self->buffer_size);
  log_data (self, WB_WIRE_RECEIVED, self->buffer, *length);
  if (self->truncated && self->wire != NULL)
    wb_wire_note (self->wire, self->conversation, WB_WIRE_NOTE,
                  /* Translators: %1$u and %2$u are counts of bytes. */
                  _ ("truncated: the datagram had %1$u bytes, and %2$u were taken"), (guint) n,
                  (guint) *length);
  return 1;
}

static int
take_stream (WbSocketClient *self, gsize *length, GCancellable *cancellable, GError **error)
{
  GPollableInputStream *in = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (self->stream));
  GError *failure = NULL;
  gssize n = g_pollable_input_stream_read_nonblocking (in, self->buffer, self->buffer_size,
                                                       cancellable, &failure);

  if (n < 0 && g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    {
      g_error_free (failure);
      return 0;
    }
  if (n < 0)
    {
      fail (self, failure, error);
      return -1;
    }
  *length = (gsize) n;
  if (n > 0)
    log_data (self, WB_WIRE_RECEIVED, self->buffer, *length);
  else
    {
      self->ended = TRUE;
      if (self->wire != NULL)
        wb_wire_note (self->wire, self->conversation, WB_WIRE_NOTE, "%s",
                      _ ("the peer has sent its last byte"));
    }
  return 1;
}

static gboolean
set_no_answer (WbSocketClient *self, gint64 timeout_ms, GError **error)
{
  g_autofree char *seconds = g_strdup_printf ("%g", (double) timeout_ms / 1000);

  g_set_error (error, WB_SOCKET_ERROR, WB_SOCKET_ERROR_NO_ANSWER,
               /* Translators: %1$s is the peer, such as "example.org:7"; %2$s a number. */
               _ ("While waiting for an answer: nothing came from %1$s within %2$s seconds."),
               self->peer_name, seconds);
  return FALSE;
}

/**
 * wb_socket_client_receive:
 * @timeout_ms: how long to wait at most; -1 for ever, 0 not at all
 * @end: (out) (optional): whether the peer has sent its last byte
 *
 * Waits for the next datagram, or the next bytes of the stream. An empty datagram
 * gives empty bytes and is not the end; the end of a stream gives empty bytes and
 * sets @end. Blocks; another thread may send meanwhile.
 *
 * After %WB_ERROR_REFUSED (UDP: an ICMP message said that nothing listens there) and
 * %WB_SOCKET_ERROR_NO_ANSWER the client is as good as before.
 *
 * Errors: %WB_SOCKET_ERROR_NO_ANSWER, %WB_ERROR_REFUSED, %WB_ERROR_CLOSED,
 * `G_IO_ERROR_CANCELLED`.
 *
 * Returns: (transfer full) (nullable): what came, or %NULL with @error set
 */
GBytes *
wb_socket_client_receive (WbSocketClient *self,
                          gint64 timeout_ms,
                          gboolean *end,
                          GCancellable *cancellable,
                          GError **error)
{
  gint64 deadline = timeout_ms < 0 ? 0 : g_get_monotonic_time () + timeout_ms * 1000;
  gsize length = 0;

  g_return_val_if_fail (WB_IS_SOCKET_CLIENT (self), NULL);

  if (end != NULL)
    *end = FALSE;
  for (;;)
    {
      GError *failure = NULL;
      gint64 left = timeout_ms < 0 ? -1 : MAX (deadline - g_get_monotonic_time (), 0);
      int taken = 1;

      if (g_cancellable_set_error_if_cancelled (cancellable, error) || !check_open (self, error))
        return NULL;
      if (!self->ended)
        taken = self->transport == WB_SOCKET_UDP ? take_datagram (self, &length, error)
                                                 : take_stream (self, &length, cancellable, error);
      if (taken < 0)
        return NULL;
      if (taken > 0)
        break;
      if (left == 0)
        {
          set_no_answer (self, timeout_ms, error);
          return NULL;
        }
      if (!g_socket_condition_timed_wait (self->socket, G_IO_IN, left, cancellable, &failure))
        {
          if (!g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
            {
              fail (self, failure, error);
              return NULL;
            }
          g_error_free (failure);
        }
    }
  if (end != NULL)
    *end = self->ended;
  return g_bytes_new (self->buffer, length);
}

/**
 * wb_socket_client_get_truncated:
 *
 * To be asked on the thread that receives.
 *
 * Returns: whether the last datagram was longer than what was given out of it
 */
gboolean
wb_socket_client_get_truncated (WbSocketClient *self)
{
  g_return_val_if_fail (WB_IS_SOCKET_CLIENT (self), FALSE);

  return self->truncated;
}

/* ── The end ── */

/**
 * wb_socket_client_shutdown:
 *
 * TCP: says that nothing more will be sent (half-close, RFC 9293 §3.6; close_notify
 * under TLS, RFC 8446 §6.1). What the peer sends can still be received. UDP has
 * nothing of the kind.
 *
 * Returns: %FALSE with @error set
 */
gboolean
wb_socket_client_shutdown (WbSocketClient *self, GError **error)
{
  GError *failure = NULL;
  gboolean ok = TRUE;

  g_return_val_if_fail (WB_IS_SOCKET_CLIENT (self), FALSE);

  if (!check_open (self, error))
    return FALSE;
  if (self->transport == WB_SOCKET_UDP)
    return TRUE;
  if (wb_connection_get_tls (self->connection))
    ok = g_output_stream_close (g_io_stream_get_output_stream (self->stream), NULL, &failure);
  else
    ok = g_socket_shutdown (self->socket, FALSE, TRUE, &failure);
  if (!ok)
    return fail (self, failure, error);
  if (self->wire != NULL)
    wb_wire_note (self->wire, self->conversation, WB_WIRE_NOTE, "%s",
                  _ ("nothing more will be sent (half-close)"));
  return TRUE;
}

/**
 * wb_socket_client_close:
 *
 * Ends the conversation at once. Safe from any thread: one that blocks here returns
 * with an error. A second call does nothing.
 */
void
wb_socket_client_close (WbSocketClient *self)
{
  g_return_if_fail (WB_IS_SOCKET_CLIENT (self));

  if (!g_atomic_int_compare_and_exchange (&self->closed, FALSE, TRUE))
    return;
  g_socket_shutdown (self->socket, TRUE, TRUE, NULL);
  if (self->wire != NULL && self->transport == WB_SOCKET_UDP)
    wb_wire_note (self->wire, self->conversation, WB_WIRE_CLOSE, "%s", _ ("socket closed"));
  if (self->connection != NULL)
    wb_connection_break (self->connection);
}

/**
 * wb_socket_client_get_conversation:
 *
 * Returns: its conversation on the wire, or 0 without one
 */
guint32
wb_socket_client_get_conversation (WbSocketClient *self)
{
  g_return_val_if_fail (WB_IS_SOCKET_CLIENT (self), 0);

  return self->conversation;
}

/**
 * wb_socket_client_get_local:
 *
 * Returns: (transfer none) (nullable): our own address
 */
GSocketAddress *
wb_socket_client_get_local (WbSocketClient *self)
{
  g_return_val_if_fail (WB_IS_SOCKET_CLIENT (self), NULL);

  return self->local;
}

/**
 * wb_socket_client_get_peer:
 *
 * Returns: (transfer none) (nullable): the peer's address
 */
GSocketAddress *
wb_socket_client_get_peer (WbSocketClient *self)
{
  g_return_val_if_fail (WB_IS_SOCKET_CLIENT (self), NULL);

  return self->peer;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-sockets"

#include "config.h"

#include "wb-socket-server-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLIENTS_MAX 20000
#define RECEIVE_SIZE 65536

G_DEFINE_FINAL_TYPE (WbSocketServer, wb_socket_server, G_TYPE_OBJECT)

enum
{
  SIGNAL_STOPPED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
wb_socket_server_finalize (GObject *object)
{
  WbSocketServer *self = WB_SOCKET_SERVER (object);

  wb_socket_server_stop (self);

  if (self->epoll_fd >= 0)
    close (self->epoll_fd);
  if (self->wake_fd >= 0)
    close (self->wake_fd);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->owner, g_main_context_unref);
  g_queue_clear_full (&self->commands, wb_socket_command_free);
  g_hash_table_unref (self->remotes);
  if (self->credentials != NULL)
    gnutls_certificate_free_credentials (self->credentials);
  if (self->priority != NULL)
    gnutls_priority_deinit (self->priority);
  g_clear_object (&self->socket);
  g_clear_object (&self->address);
  g_clear_object (&self->options.certificate);
  g_clear_object (&self->options.wire);
  g_clear_pointer (&self->options.reply_bytes, g_bytes_unref);
  g_clear_pointer (&self->options.delimiter, g_bytes_unref);
  g_cond_clear (&self->ended_cond);
  g_mutex_clear (&self->mutex);

  G_OBJECT_CLASS (wb_socket_server_parent_class)->finalize (object);
}

static void
wb_socket_server_class_init (WbSocketServerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wb_socket_server_finalize;

  /**
   * WbSocketServer::stopped:
   *
   * The server ended by itself, since it had `stop_after` messages. Comes in the
   * main context that made it.
   */
  signals[SIGNAL_STOPPED] = g_signal_new ("stopped", WB_TYPE_SOCKET_SERVER, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
wb_socket_server_init (WbSocketServer *self)
{
  g_mutex_init (&self->mutex);
  g_cond_init (&self->ended_cond);
  g_queue_init (&self->commands);
  self->remotes = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->owner = g_main_context_ref_thread_default ();
  self->epoll_fd = -1;
  self->wake_fd = -1;
  self->reserve_fd = -1;
}

static gboolean
check_options (const WbSocketServerOptions *options, GError **error)
{
  if (options->certificate != NULL && options->transport == WB_SOCKET_UDP)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_UNSUPPORTED,
                           _ ("A UDP server cannot speak TLS. Choose TCP."));
      return FALSE;
    }
  if (options->reply == WB_SOCKET_REPLY_FIXED && options->reply_bytes == NULL)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("There is nothing to reply with. Type what the server shall say."));
      return FALSE;
    }
  if (options->framing == WB_SOCKET_FRAMING_DELIMITER &&
      (options->delimiter == NULL || g_bytes_get_size (options->delimiter) == 0))
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("The delimiter is empty. Type the bytes that end a message."));
      return FALSE;
    }
  return TRUE;
}

static void
take_options (WbSocketServer *self, const WbSocketServerOptions *options)
{
  struct rlimit limit;
  guint maximum = options->maximum_clients > 0 ? options->maximum_clients : CLIENTS_MAX;

  /* Some descriptors are left to the rest of the program. */
  if (getrlimit (RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
      limit.rlim_cur > 64)
    maximum = (guint) MIN (maximum, limit.rlim_cur - 32);

  self->options = *options;
  self->options.address = NULL;
  self->options.maximum_clients = maximum;
  if (options->protocol == NULL)
    self->options.protocol = options->transport == WB_SOCKET_UDP ? "udp" : "tcp";
  self->options.receive_size = options->receive_size > 0 ? options->receive_size : RECEIVE_SIZE;
  if (options->certificate != NULL)
    g_object_ref (options->certificate);
  if (options->wire != NULL)
    g_object_ref (options->wire);
  if (options->reply_bytes != NULL)
    g_bytes_ref (options->reply_bytes);
  if (options->delimiter != NULL)
    g_bytes_ref (options->delimiter);
}

static gboolean
open_all (WbSocketServer *self, GError **error)
{
  self->fd = g_socket_get_fd (self->socket);
  self->address = g_socket_get_local_address (self->socket, error);
  if (self->address == NULL)
    return FALSE;

  if (self->options.certificate != NULL)
    {
      if (!wb_socket_credentials_load (self->options.certificate, &self->credentials, error))
        return FALSE;
      gnutls_priority_init (&self->priority, "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2", NULL);
    }

  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  self->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (self->epoll_fd < 0 || self->wake_fd < 0 ||
      !wb_socket_server_watch (self, self->fd, EPOLLIN, NULL) ||
      !wb_socket_server_watch (self, self->wake_fd, EPOLLIN, self))
    {
      g_set_error (error, WB_ERROR, WB_ERROR_FAILED,
                   /* Translators: %s is the system's reason. */
                   _ ("While starting the server: %s"), g_strerror (errno));
      return FALSE;
    }
  return TRUE;
}

/**
 * wb_socket_server_start:
 * @options: what to serve; nothing in it needs to live on, except what @event_data
 *   points to
 *
 * Opens the port, and serves it from a thread of its own until
 * wb_socket_server_stop(), the last reference, or `stop_after` ends it.
 *
 * Returns: (transfer full) (nullable): the server, listening; or %NULL with an
 *   error that says what to do: %WB_ERROR_ADDRESS_IN_USE, %WB_ERROR_PERMISSION,
 *   %WB_ERROR_INVALID
 */
WbSocketServer *
wb_socket_server_start (const WbSocketServerOptions *options, GError **error)
{
  g_autoptr (WbSocketServer) self = NULL;
  const char *address;

  g_return_val_if_fail (options != NULL, NULL);

  if (!check_options (options, error))
    return NULL;
  address = options->address != NULL ? options->address : "127.0.0.1";
  self = g_object_new (WB_TYPE_SOCKET_SERVER, NULL);
  self->socket = wb_socket_bind (options->transport, address, options->port, error);
  if (self->socket == NULL)
    return NULL;
  take_options (self, options);
  if (!open_all (self, error))
    return NULL;

  if (options->wire != NULL)
    {
      const char *transport = options->transport == WB_SOCKET_UDP ? "udp" : "tcp";
      g_autofree char *where =
          g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (self->address));

      self->conversation = wb_wire_open_conversation (options->wire, self->options.protocol,
                                                      transport, TRUE, self->address, NULL);
      wb_wire_note (options->wire, self->conversation, WB_WIRE_CONNECT,
                    /* Translators: %s is an address and port. */
                    _ ("listening on %s"), where);
    }
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->running = TRUE;
  self->thread = g_thread_new ("wb-sockets", wb_socket_server_thread, self);
  return g_steal_pointer (&self);
}

static void
post (WbSocketServer *self, guint64 peer, GBytes *bytes)
{
  WbSocketCommand *command = g_new (WbSocketCommand, 1);
  guint64 one = 1;

  command->peer = peer;
  command->bytes = bytes != NULL ? g_bytes_ref (bytes) : NULL;
  g_mutex_lock (&self->mutex);
  g_queue_push_tail (&self->commands, command);
  g_mutex_unlock (&self->mutex);
  while (write (self->wake_fd, &one, sizeof one) < 0 && errno == EINTR)
    ;
}

/**
 * wb_socket_server_stop:
 *
 * Ends the server and every conversation, and waits for its thread. Safe from any
 * thread but its own; a second call waits for the first.
 */
void
wb_socket_server_stop (WbSocketServer *self)
{
  GThread *thread;

  g_return_if_fail (WB_IS_SOCKET_SERVER (self));

  g_mutex_lock (&self->mutex);
  thread = g_steal_pointer (&self->thread);
  self->asked_to_stop = TRUE;
  g_mutex_unlock (&self->mutex);
  if (thread == NULL)
    {
      wb_socket_server_wait (self);
      return;
    }
  post (self, 0, NULL);
  g_thread_join (thread);
}

/**
 * wb_socket_server_is_running:
 *
 * Safe from any thread.
 *
 * Returns: whether it still serves
 */
gboolean
wb_socket_server_is_running (WbSocketServer *self)
{
  gboolean running;

  g_return_val_if_fail (WB_IS_SOCKET_SERVER (self), FALSE);

  g_mutex_lock (&self->mutex);
  running = self->running;
  g_mutex_unlock (&self->mutex);
  return running;
}

/**
 * wb_socket_server_wait:
 *
 * Waits until the server has ended, by itself or by wb_socket_server_stop() on
 * another thread.
 */
void
wb_socket_server_wait (WbSocketServer *self)
{
  g_return_if_fail (WB_IS_SOCKET_SERVER (self));

  g_mutex_lock (&self->mutex);
  while (self->running)
    g_cond_wait (&self->ended_cond, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

/**
 * wb_socket_server_get_address:
 *
 * Returns: (transfer none): where it listens
 */
GSocketAddress *
wb_socket_server_get_address (WbSocketServer *self)
{
  g_return_val_if_fail (WB_IS_SOCKET_SERVER (self), NULL);

  return self->address;
}

/**
 * wb_socket_server_get_port:
 *
 * Returns: its port, never 0
 */
guint16
wb_socket_server_get_port (WbSocketServer *self)
{
  g_return_val_if_fail (WB_IS_SOCKET_SERVER (self), 0);

  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (self->address));
}

/**
 * wb_socket_server_get_conversation:
 *
 * Returns: the conversation that stands for the server itself, or 0 without a wire
 */
guint32
wb_socket_server_get_conversation (WbSocketServer *self)
{
  g_return_val_if_fail (WB_IS_SOCKET_SERVER (self), 0);

  return self->conversation;
}

/**
 * wb_socket_server_get_counters:
 * @counters: (out caller-allocates): the totals
 *
 * Safe from any thread; of each number the newest, though not all of the same
 * moment.
 */
void
wb_socket_server_get_counters (WbSocketServer *self, WbSocketCounters *counters)
{
  g_return_if_fail (WB_IS_SOCKET_SERVER (self));
  g_return_if_fail (counters != NULL);

#define LOAD(field) counters->field = __atomic_load_n (&self->counters.field, __ATOMIC_RELAXED)
  LOAD (clients);
  LOAD (accepted);
  LOAD (refused);
  LOAD (messages);
  LOAD (bytes_in);
  LOAD (bytes_out);
  LOAD (dropped);
#undef LOAD

  /* The count that comes with each datagram is of those before it; after the last one only the
   * socket itself knows. */
  g_mutex_lock (&self->mutex);
  if (self->running && self->options.transport == WB_SOCKET_UDP)
    counters->dropped = MAX (counters->dropped, wb_socket_read_drops (self->fd));
  g_mutex_unlock (&self->mutex);
}

static void
peer_clear (gpointer data)
{
  WbSocketPeer *peer = data;

  g_free (peer->address);
}

/**
 * wb_socket_server_dup_peers:
 * @maximum: how many to list at most
 *
 * The clients of now, the newest first; of UDP those that sent a datagram, up to
 * some hundreds. Safe from any thread.
 *
 * Returns: (transfer full) (element-type WbSocketPeer): a copy
 */
GArray *
wb_socket_server_dup_peers (WbSocketServer *self, guint maximum)
{
  GArray *peers;
  guint count = 0;

  g_return_val_if_fail (WB_IS_SOCKET_SERVER (self), NULL);

  peers = g_array_new (FALSE, TRUE, sizeof (WbSocketPeer));
  g_array_set_clear_func (peers, peer_clear);
  g_mutex_lock (&self->mutex);
  for (WbSocketRemote *r = self->newest; r != NULL && count < maximum; r = r->older, count++)
    {
      WbSocketPeer peer = { r->id, r->conversation, wb_socket_name_to_string (&r->name),
                            __atomic_load_n (&r->bytes_in, __ATOMIC_RELAXED),
                            __atomic_load_n (&r->bytes_out, __ATOMIC_RELAXED) };

      g_array_append_val (peers, peer);
    }
  g_mutex_unlock (&self->mutex);
  return peers;
}

static gboolean
is_known (WbSocketServer *self, guint64 peer)
{
  gboolean known;

  g_mutex_lock (&self->mutex);
  known = self->running && g_hash_table_contains (self->remotes, &peer);
  g_mutex_unlock (&self->mutex);
  return known;
}

/**
 * wb_socket_server_send:
 * @peer: the number of a client
 * @bytes: what to send it
 *
 * Queues bytes for a client. Safe from any thread; does not wait.
 *
 * Returns: %FALSE with %WB_SOCKET_ERROR_NO_CLIENT set where it is gone
 */
gboolean
wb_socket_server_send (WbSocketServer *self, guint64 peer, GBytes *bytes, GError **error)
{
  g_return_val_if_fail (WB_IS_SOCKET_SERVER (self), FALSE);
  g_return_val_if_fail (bytes != NULL, FALSE);

  if (!is_known (self, peer))
    {
      g_set_error_literal (error, WB_SOCKET_ERROR, WB_SOCKET_ERROR_NO_CLIENT,
                           _ ("That client is gone, so nothing can be sent to it."));
      return FALSE;
    }
  post (self, peer, bytes);
  return TRUE;
}

/**
 * wb_socket_server_disconnect:
 * @peer: the number of a client
 *
 * Ends the conversation with a TCP client. Safe from any thread; does not wait.
 */
void
wb_socket_server_disconnect (WbSocketServer *self, guint64 peer)
{
  g_return_if_fail (WB_IS_SOCKET_SERVER (self));

  if (peer != 0 && is_known (self, peer))
    post (self, peer, NULL);
}

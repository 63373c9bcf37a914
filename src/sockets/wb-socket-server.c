/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-sockets"

#include "config.h"

#include "wb-socket-server-private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <linux/sock_diag.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLIENTS_MAX 20000
#define RECEIVE_SIZE 65536
#define EVENTS 256
/* Once awake, the thread waits in epoll and goes round through GLib only so often, since that costs
 * two more system calls a turn; while a timer of GLib's runs, it waits so long at most. */
#define TIMER_WAIT_MS 1
#define EPOLL_SPAN (20 * 1000)
/* How long a server that ends by itself waits for clients that do not take what they are owed. */
#define FLUSH_SECONDS 5
/* Each sender of a datagram gets a conversation of its own on the wire, up to so many. */
#define CONVERSATIONS_MAX 10000

G_DEFINE_FINAL_TYPE (WbSocketServer, wb_socket_server, G_TYPE_OBJECT)

enum
{
  SIGNAL_STOPPED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

typedef struct
{
  GSource source;
  WbSocketServer *server;
} EpollSource;

/* ── What the parts of a server share ── */

gboolean
wb_socket_server_watch (WbSocketServer *self, int fd, guint32 events, gpointer data)
{
  struct epoll_event event = { .events = events, .data.ptr = data };

  return epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

void
wb_socket_server_table_add (WbSocketServer *self, WbSocketRemote *remote)
{
  g_mutex_lock (&self->mutex);
  remote->id = ++self->last_id;
  remote->older = self->newest;
  remote->newer = NULL;
  if (self->newest != NULL)
    self->newest->newer = remote;
  else
    self->oldest = remote;
  self->newest = remote;
  g_hash_table_insert (self->remotes, &remote->id, remote);
  g_mutex_unlock (&self->mutex);
}

void
wb_socket_server_table_remove (WbSocketServer *self, WbSocketRemote *remote)
{
  g_mutex_lock (&self->mutex);
  g_hash_table_remove (self->remotes, &remote->id);
  if (remote->newer != NULL)
    remote->newer->older = remote->older;
  else
    self->newest = remote->older;
  if (remote->older != NULL)
    remote->older->newer = remote->newer;
  else
    self->oldest = remote->newer;
  g_mutex_unlock (&self->mutex);
}

static char *
name_to_string (const WbSocketName *name)
{
  char text[INET6_ADDRSTRLEN];

  if (name->any.sa_family == AF_INET)
    {
      inet_ntop (AF_INET, &name->in.sin_addr, text, sizeof text);
      return g_strdup_printf ("%s:%u", text, g_ntohs (name->in.sin_port));
    }
  inet_ntop (AF_INET6, &name->in6.sin6_addr, text, sizeof text);
  return g_strdup_printf ("[%s]:%u", text, g_ntohs (name->in6.sin6_port));
}

void
wb_socket_server_tell (WbSocketServer *self,
                       WbSocketEventKind kind,
                       WbSocketRemote *remote,
                       const void *data,
                       gsize length,
                       gboolean truncated,
                       const char *message)
{
  WbSocketEvent event = { kind, remote->id, NULL, data, length, truncated, message };
  g_autofree char *address = NULL;

  if (self->options.event_func == NULL)
    return;
  address = name_to_string (&remote->name);
  event.address = address;
  self->options.event_func (&event, self->options.event_data);
}

guint32
wb_socket_server_open_conversation (WbSocketServer *self, const WbSocketName *name)
{
  gboolean udp = self->options.transport == WB_SOCKET_UDP;
  g_autoptr (GSocketAddress) peer = NULL;
  g_autofree char *text = NULL;
  guint32 conversation;

  if (self->options.wire == NULL)
    return 0;
  if (udp && self->counters.accepted >= CONVERSATIONS_MAX)
    return self->conversation;
  peer = g_socket_address_new_from_native ((gpointer) name, sizeof *name);
  conversation = wb_wire_open_conversation (self->options.wire, udp ? "udp" : "tcp",
                                            udp ? "udp" : "tcp", TRUE, self->address, peer);
  text = name_to_string (name);
  wb_wire_note (self->options.wire, conversation, WB_WIRE_CONNECT,
                /* Translators: %s is an address and port. */
                udp ? _ ("first datagram from %s") : _ ("connection from %s"), text);
  return conversation;
}

/* Counts one, and says whether it was the last that is wanted. */
gboolean
wb_socket_server_count_message (WbSocketServer *self)
{
  wb_socket_count (self->counters.messages, 1);
  if (self->stopping || self->options.stop_after == 0 ||
      self->counters.messages < self->options.stop_after)
    return FALSE;
  self->stopping = TRUE;
  return TRUE;
}

/* ── The thread ── */

static void
command_free (gpointer data)
{
  WbSocketCommand *command = data;

  g_clear_pointer (&command->bytes, g_bytes_unref);
  g_free (command);
}

static void
obey (WbSocketServer *self, WbSocketCommand *command)
{
  WbSocketRemote *remote;

  if (command->peer == 0)
    {
      g_main_loop_quit (self->loop);
      return;
    }
  g_mutex_lock (&self->mutex);
  remote = g_hash_table_lookup (self->remotes, &command->peer);
  g_mutex_unlock (&self->mutex);
  if (remote == NULL)
    return;
  if (self->options.transport == WB_SOCKET_UDP)
    {
      if (command->bytes != NULL)
        wb_socket_datagram_send (self, remote, command->bytes);
    }
  else if (command->bytes != NULL)
    wb_socket_stream_send (self, remote, command->bytes);
  else
    wb_socket_stream_close (self, remote, NULL);
}

static void
obey_all (WbSocketServer *self)
{
  guint64 count;
  WbSocketCommand *command;

  while (read (self->wake_fd, &count, sizeof count) < 0 && errno == EINTR)
    ;
  do
    {
      g_mutex_lock (&self->mutex);
      command = g_queue_pop_head (&self->commands);
      g_mutex_unlock (&self->mutex);
      if (command != NULL)
        {
          obey (self, command);
          command_free (command);
        }
    }
  while (command != NULL);
}

static void
handle_events (WbSocketServer *self, const struct epoll_event *events, int n)
{
  for (int i = 0; i < n; i++)
    {
      gpointer data = events[i].data.ptr;

      if (data == self)
        obey_all (self);
      else if (data != NULL)
        wb_socket_stream_event (self, data, events[i].events);
      else if (self->options.transport == WB_SOCKET_UDP)
        wb_socket_datagram_event (self);
      else
        wb_socket_stream_accept (self);
    }
  wb_socket_stream_free_dead (self);
}

static gboolean
flush_timed_out_cb (gpointer user_data)
{
  WbSocketServer *self = user_data;

  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

/* The one source that stands for every socket of the server. */
static gboolean
epoll_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  WbSocketServer *self = ((EpollSource *) source)->server;
  struct epoll_event events[EVENTS];
  gint64 end = g_get_monotonic_time () + EPOLL_SPAN;
  gboolean was_stopping = self->stopping;
  int n = epoll_wait (self->epoll_fd, events, EVENTS, 0);

  while (n > 0)
    {
      handle_events (self, events, n);
      if (!g_main_loop_is_running (self->loop) || self->stopping || g_get_monotonic_time () > end)
        break;
      n = epoll_wait (self->epoll_fd, events, EVENTS, self->n_timers > 0 ? TIMER_WAIT_MS : -1);
    }
  if (self->stopping && !was_stopping)
    {
      g_autoptr (GSource) timer = g_timeout_source_new_seconds (FLUSH_SECONDS);

      epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, self->fd, NULL);
      g_source_set_callback (timer, flush_timed_out_cb, self, NULL);
      g_source_attach (timer, self->context);
    }
  return G_SOURCE_CONTINUE;
}

static gboolean
check_time_cb (gpointer user_data)
{
  WbSocketServer *self = user_data;

  wb_socket_stream_check_time (self);
  wb_socket_stream_free_dead (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
stopped_cb (gpointer user_data)
{
  g_autoptr (WbSocketServer) self = g_weak_ref_get (user_data);

  if (self != NULL)
    g_signal_emit (self, signals[SIGNAL_STOPPED], 0);
  return G_SOURCE_REMOVE;
}

static void
weak_ref_free (gpointer data)
{
  GWeakRef *weak = data;

  g_weak_ref_clear (weak);
  g_free (weak);
}

static void
close_all (WbSocketServer *self)
{
  while (self->newest != NULL)
    {
      WbSocketRemote *remote = self->newest;

      if (self->options.transport == WB_SOCKET_TCP)
        wb_socket_stream_close (self, remote, NULL);
      else
        {
          if (self->options.wire != NULL)
            wb_wire_note (self->options.wire, remote->conversation, WB_WIRE_CLOSE, "%s",
                          _ ("server stopped"));
          wb_socket_server_table_remove (self, remote);
          remote->older = self->dead;
          self->dead = remote;
        }
    }
  wb_socket_stream_free_dead (self);
  if (self->options.wire != NULL)
    wb_wire_note (self->options.wire, self->conversation, WB_WIRE_CLOSE, "%s",
                  _ ("server stopped"));
}

static guint32
read_drops (int fd)
{
  guint32 info[SK_MEMINFO_VARS] = { 0 };
  socklen_t size = sizeof info;

  if (getsockopt (fd, SOL_SOCKET, SO_MEMINFO, info, &size) < 0)
    return 0;
  return info[SK_MEMINFO_DROPS];
}

static void
announce_end (WbSocketServer *self)
{
  gboolean by_itself;

  g_mutex_lock (&self->mutex);
  if (self->options.transport == WB_SOCKET_UDP)
    __atomic_store_n (&self->counters.dropped,
                      self->counters.dropped +
                          (guint32) (read_drops (self->fd) - self->kernel_drops),
                      __ATOMIC_RELAXED);
  by_itself = !self->asked_to_stop;
  self->running = FALSE;
  g_socket_close (self->socket, NULL);
  if (by_itself)
    {
      g_autoptr (GSource) idle = g_idle_source_new ();
      GWeakRef *weak = g_new0 (GWeakRef, 1);

      g_weak_ref_init (weak, self);
      g_source_set_priority (idle, G_PRIORITY_DEFAULT);
      g_source_set_callback (idle, stopped_cb, weak, weak_ref_free);
      g_source_attach (idle, self->owner);
    }
  g_cond_broadcast (&self->ended_cond);
  g_mutex_unlock (&self->mutex);
}

static gpointer
server_thread (gpointer data)
{
  static GSourceFuncs functions = { NULL, NULL, epoll_source_dispatch, NULL, NULL, NULL };
  WbSocketServer *self = data;
  GSource *source = g_source_new (&functions, sizeof (EpollSource));
  g_autoptr (GSource) timer = NULL;

  g_main_context_push_thread_default (self->context);
  self->buffer = g_malloc (WB_SOCKET_READ_SIZE);
  self->reserve_fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  if (self->options.transport == WB_SOCKET_UDP)
    self->batch = wb_socket_datagram_batch_new (self);

  ((EpollSource *) source)->server = self;
  g_source_add_unix_fd (source, self->epoll_fd, G_IO_IN);
  g_source_attach (source, self->context);
  if (self->credentials != NULL)
    {
      timer = g_timeout_source_new_seconds (1);
      self->n_timers++;
      g_source_set_callback (timer, check_time_cb, self, NULL);
      g_source_attach (timer, self->context);
    }

  g_main_loop_run (self->loop);

  if (timer != NULL)
    g_source_destroy (timer);
  g_source_destroy (source);
  g_source_unref (source);
  close_all (self);
  g_clear_pointer (&self->batch, wb_socket_datagram_batch_free);
  g_clear_pointer (&self->buffer, g_free);
  if (self->reserve_fd >= 0)
    close (self->reserve_fd);
  g_main_context_pop_thread_default (self->context);
  announce_end (self);
  return NULL;
}

/* ── The object ── */

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
  g_queue_clear_full (&self->commands, command_free);
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

      self->conversation = wb_wire_open_conversation (options->wire, transport, transport, TRUE,
                                                      self->address, NULL);
      wb_wire_note (options->wire, self->conversation, WB_WIRE_CONNECT,
                    /* Translators: %s is an address and port. */
                    _ ("listening on %s"), where);
    }
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->running = TRUE;
  self->thread = g_thread_new ("wb-sockets", server_thread, self);
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
    counters->dropped = MAX (counters->dropped, read_drops (self->fd));
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
      WbSocketPeer peer = { r->id, r->conversation, name_to_string (&r->name),
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

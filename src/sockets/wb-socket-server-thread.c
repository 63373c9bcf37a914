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
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS 256
/* Once awake, the thread waits in epoll and goes round through GLib only so often, since that costs
 * two more system calls a turn; while a timer of GLib's runs, it waits so long at most. */
#define TIMER_WAIT_MS 1
#define EPOLL_SPAN (20 * 1000)
#define CLOCK_TURNS 16
/* How long a server that ends by itself waits for clients that do not take what they are owed. */
#define FLUSH_SECONDS 5
/* Each sender of a datagram gets a conversation of its own on the wire, up to so many. */
#define CONVERSATIONS_MAX 10000

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

char *
wb_socket_name_to_string (const WbSocketName *name)
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
  address = wb_socket_name_to_string (&remote->name);
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
  conversation = wb_wire_open_conversation (self->options.wire, self->options.protocol,
                                            udp ? "udp" : "tcp", TRUE, self->address, peer);
  text = wb_socket_name_to_string (name);
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

void
wb_socket_command_free (gpointer data)
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
      self->told_to_stop = TRUE;
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
          wb_socket_command_free (command);
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
        wb_socket_accept_clients (self);
    }
  if (self->answers != NULL)
    wb_socket_answers_send (self);
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
  gboolean was_stopping = self->stopping;
  gint64 end = 0;
  int n = epoll_wait (self->epoll_fd, events, EVENTS, 0);

  for (guint turn = 1; n > 0; turn++)
    {
      handle_events (self, events, n);
      if (self->stopping || self->told_to_stop)
        break;
      if (turn % CLOCK_TURNS == 0)
        {
          gint64 now = g_get_monotonic_time ();

          end = end > 0 ? end : now + EPOLL_SPAN;
          if (now > end)
            break;
        }
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
    g_signal_emit_by_name (self, "stopped");
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

guint32
wb_socket_read_drops (int fd)
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
                          (guint32) (wb_socket_read_drops (self->fd) - self->kernel_drops),
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

/* What the server's thread runs. */
gpointer
wb_socket_server_thread (gpointer data)
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
  else
    self->answers = wb_socket_answers_new ();

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
  g_clear_pointer (&self->answers, g_free);
  if (self->reserve_fd >= 0)
    close (self->reserve_fd);
  g_main_context_pop_thread_default (self->context);
  announce_end (self);
  return NULL;
}

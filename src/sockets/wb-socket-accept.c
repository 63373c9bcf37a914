/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-sockets"

#include "config.h"

#include "wb-socket-server-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* So many are accepted before others get their turn. */
#define ACCEPT_BATCH 64
#define ACCEPT_PAUSE_MS 100
#define HANDSHAKE_SECONDS 30

static void
add_client (WbSocketServer *self, int fd, const WbSocketName *name)
{
  WbSocketRemote *remote = g_new0 (WbSocketRemote, 1);
  int yes = 1;

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  remote->fd = fd;
  remote->name = *name;
  if (self->credentials != NULL)
    {
      remote->interest = EPOLLIN;
      remote->state = WB_SOCKET_CLIENT_HANDSHAKE;
      remote->handshake_end = g_get_monotonic_time () + HANDSHAKE_SECONDS * G_USEC_PER_SEC;
    }
  else
    {
      remote->interest = EPOLLIN | WB_SOCKET_EDGES;
      remote->state = WB_SOCKET_CLIENT_OPEN;
    }
  if (!wb_socket_server_watch (self, fd, remote->interest, remote))
    {
      wb_socket_count (self->counters.refused, 1);
      close (fd);
      g_free (remote);
      return;
    }
  remote->conversation = wb_socket_server_open_conversation (self, name);
  wb_socket_count (self->counters.clients, 1);
  wb_socket_count (self->counters.accepted, 1);
  wb_socket_server_table_add (self, remote);
  wb_socket_server_tell (self, WB_SOCKET_EVENT_CONNECTED, remote, NULL, 0, FALSE, NULL);
}

static gboolean
resume_accepting_cb (gpointer user_data)
{
  WbSocketServer *self = user_data;
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };

  self->n_timers--;
  if (self->reserve_fd < 0)
    self->reserve_fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  if (!self->stopping)
    epoll_ctl (self->epoll_fd, EPOLL_CTL_MOD, self->fd, &event);
  return G_SOURCE_REMOVE;
}

/* When even turning away is not possible, a pause: the listener stays ready, and epoll would say so
 * without end. */
static void
pause_accepting (WbSocketServer *self)
{
  struct epoll_event event = { .events = 0, .data.ptr = NULL };
  g_autoptr (GSource) timer = g_timeout_source_new (ACCEPT_PAUSE_MS);

  epoll_ctl (self->epoll_fd, EPOLL_CTL_MOD, self->fd, &event);
  self->n_timers++;
  g_source_set_callback (timer, resume_accepting_cb, self, NULL);
  g_source_attach (timer, self->context);
}

static void
tell_refused (WbSocketServer *self)
{
  wb_socket_count (self->counters.refused, 1);
  if (self->ignored_is_told || self->options.wire == NULL)
    return;
  self->ignored_is_told = TRUE;
  wb_wire_note (self->options.wire, self->conversation, WB_WIRE_ERROR, "%s",
                _ ("A client was turned away: there are as many as the limit, or the system, "
                   "permits."));
}

/* Out of file descriptors: the one in reserve is given up so that the client can be accepted and
 * closed, instead of waiting at the door for ever. */
static gboolean
turn_away (WbSocketServer *self)
{
  int fd;

  if (self->reserve_fd < 0)
    return FALSE;
  close (self->reserve_fd);
  fd = accept4 (self->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd >= 0)
    {
      tell_refused (self);
      close (fd);
    }
  self->reserve_fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  return fd >= 0 && self->reserve_fd >= 0;
}

/* Somebody knocks. */
void
wb_socket_accept_clients (WbSocketServer *self)
{
  for (guint i = 0; i < ACCEPT_BATCH && !self->stopping; i++)
    {
      WbSocketName name = { 0 };
      socklen_t size = sizeof name;
      int fd = accept4 (self->fd, &name.any, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);

      if (fd >= 0 && self->counters.clients < self->options.maximum_clients)
        add_client (self, fd, &name);
      else if (fd >= 0)
        {
          tell_refused (self);
          close (fd);
        }
      else if (errno == EAGAIN || errno == EWOULDBLOCK)
        return;
      else if (errno == EMFILE || errno == ENFILE)
        {
          if (!turn_away (self))
            {
              pause_accepting (self);
              return;
            }
        }
      else if (errno == ENOBUFS || errno == ENOMEM)
        {
          pause_accepting (self);
          return;
        }
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-sockets"

#include "config.h"

#include "wb-socket-framing.h"
#include "wb-socket-server-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_ROUNDS 8
#define OVERLOAD_READ_SIZE 4096
/* Parts of messages that all clients together may have waiting for their rest. */
#define PARTIAL_MAX (256 * 1024 * 1024)
static gsize
pending (const WbSocketBuffer *buffer)
{
  return buffer->end - buffer->start;
}

static gsize
high_mark (WbSocketServer *self)
{
  return self->unsent > WB_SOCKET_OVERLOAD ? 0 : WB_SOCKET_OUT_HIGH;
}

static void
update_interest (WbSocketServer *self, WbSocketRemote *remote)
{
  guint32 events = 0;

  switch (remote->state)
    {
    case WB_SOCKET_CLIENT_HANDSHAKE:
      events = gnutls_record_get_direction (remote->tls) ? EPOLLOUT : EPOLLIN;
      break;
    case WB_SOCKET_CLIENT_OPEN:
      if (!remote->paused)
        events |= EPOLLIN;
      if (pending (&remote->out) > 0)
        events |= EPOLLOUT;
      break;
    case WB_SOCKET_CLIENT_FLUSHING:
      events = EPOLLOUT;
      break;
    case WB_SOCKET_CLIENT_CLOSED:
    default:
      return;
    }
  if (remote->tls == NULL)
    events |= WB_SOCKET_EDGES;
  if (events != remote->interest)
    {
      struct epoll_event event = { .events = events, .data.ptr = remote };

      epoll_ctl (self->epoll_fd, EPOLL_CTL_MOD, remote->fd, &event);
      remote->interest = events;
    }
}

/* A socket that is closed with something unread sends a reset, and that may overtake our last
 * bytes. */
static void
discard_unread (WbSocketServer *self, WbSocketRemote *remote)
{
  for (guint i = 0; i < READ_ROUNDS; i++)
    if (recv (remote->fd, self->buffer, WB_SOCKET_READ_SIZE, MSG_DONTWAIT) < WB_SOCKET_READ_SIZE)
      break;
}

/* Ends a client: for a reason (MESSAGE), or in peace. What it held is freed after the events at
 * hand. */
void
wb_socket_stream_close (WbSocketServer *self, WbSocketRemote *remote, const char *message)
{
  wb_socket_answers_send (self);
  if (remote->state == WB_SOCKET_CLIENT_CLOSED)
    return;

  if (message == NULL && !remote->ended)
    discard_unread (self, remote);
  if (remote->tls != NULL)
    {
      if (message == NULL && remote->state != WB_SOCKET_CLIENT_HANDSHAKE && !remote->tls_again)
        gnutls_bye (remote->tls, GNUTLS_SHUT_WR);
      gnutls_deinit (remote->tls);
      remote->tls = NULL;
    }
  remote->state = WB_SOCKET_CLIENT_CLOSED;
  self->unsent -= pending (&remote->out);
  self->partial -= pending (&remote->in);
  wb_socket_count (self->counters.clients, (guint64) -1);

  if (self->options.wire != NULL)
    {
      if (message != NULL)
        wb_wire_note (self->options.wire, remote->conversation, WB_WIRE_ERROR, "%s", message);
      wb_wire_note (self->options.wire, remote->conversation, WB_WIRE_CLOSE, "%s",
                    _ ("connection closed"));
    }
  wb_socket_server_tell (self, WB_SOCKET_EVENT_CLOSED, remote, NULL, 0, FALSE, message);
  wb_socket_server_table_remove (self, remote);
  remote->older = self->dead;
  self->dead = remote;
  /* Last, so that who sees the end also finds the client gone and counted. */
  close (remote->fd);

  if (self->stopping && self->counters.clients == 0)
    g_main_loop_quit (self->loop);
}

/* Frees the clients that were closed while events that may name them were at hand. */
void
wb_socket_stream_free_dead (WbSocketServer *self)
{
  while (self->dead != NULL)
    {
      WbSocketRemote *remote = self->dead;

      self->dead = remote->older;
      wb_socket_buffer_clear (&remote->in);
      wb_socket_buffer_clear (&remote->out);
      g_free (remote);
    }
}

/* Nothing more is read; closed as soon as everything is sent. */
static void
finish_client (WbSocketServer *self, WbSocketRemote *remote)
{
  wb_socket_answers_send (self);
  if (remote->state != WB_SOCKET_CLIENT_OPEN || pending (&remote->out) == 0)
    {
      wb_socket_stream_close (self, remote, NULL);
      return;
    }
  remote->state = WB_SOCKET_CLIENT_FLUSHING;
  update_interest (self, remote);
}

/* The end that the server chose itself: every client gets what it is still owed. */
void
wb_socket_stream_flush_all (WbSocketServer *self)
{
  WbSocketRemote *remote;

  /* It may close some, and they leave the table. */
  wb_socket_answers_send (self);
  remote = self->newest;
  while (remote != NULL)
    {
      WbSocketRemote *older = remote->older;

      if (remote->state != WB_SOCKET_CLIENT_FLUSHING)
        finish_client (self, remote);
      remote = older;
    }
  if (self->counters.clients == 0)
    g_main_loop_quit (self->loop);
}

/* Sends what goes now; the rest waits until the client takes it. */
void
wb_socket_stream_send_now (WbSocketServer *self,
                           WbSocketRemote *remote,
                           const void *data,
                           gsize length)
{
  gsize sent = 0;

  if (pending (&remote->out) == 0)
    {
      const char *message;
      gssize n = wb_socket_stream_write (self, remote, data, length, &message);

      if (n < 0)
        {
          wb_socket_stream_close (self, remote, message);
          return;
        }
      sent = (gsize) n;
    }
  if (sent == length)
    return;
  wb_socket_buffer_append (&remote->out, (const guint8 *) data + sent, length - sent);
  self->unsent += length - sent;
  if (pending (&remote->out) > high_mark (self))
    remote->paused = TRUE;
  update_interest (self, remote);
}

static void
send_bytes (WbSocketServer *self, WbSocketRemote *remote, const void *data, gsize length)
{
  if (self->options.wire != NULL)
    wb_wire_append (self->options.wire, remote->conversation, WB_WIRE_DATA, WB_WIRE_SENT, data,
                    length);
  if (wb_socket_answers_hold (self->answers, remote, data, length))
    return;
  wb_socket_answers_send (self);
  if (remote->state != WB_SOCKET_CLIENT_CLOSED)
    wb_socket_stream_send_now (self, remote, data, length);
}

/* Sends what the program asked for. */
void
wb_socket_stream_send (WbSocketServer *self, WbSocketRemote *remote, GBytes *bytes)
{
  gsize length;
  const void *data = g_bytes_get_data (bytes, &length);

  if (remote->state != WB_SOCKET_CLIENT_OPEN || length == 0)
    return;
  send_bytes (self, remote, data, length);
}

static void
deliver (WbSocketServer *self, WbSocketRemote *remote, const void *data, gsize length)
{
  if (self->options.wire != NULL)
    wb_wire_append (self->options.wire, remote->conversation, WB_WIRE_DATA, WB_WIRE_RECEIVED, data,
                    length);
  wb_socket_server_tell (self, WB_SOCKET_EVENT_RECEIVED, remote, data, length, FALSE, NULL);

  if (self->options.reply == WB_SOCKET_REPLY_ECHO)
    send_bytes (self, remote, data, length);
  else if (self->options.reply == WB_SOCKET_REPLY_FIXED)
    {
      gsize size;
      const void *bytes = g_bytes_get_data (self->options.reply_bytes, &size);

      if (size > 0)
        send_bytes (self, remote, bytes, size);
    }
  if (wb_socket_server_count_message (self))
    wb_socket_stream_flush_all (self);
}

/* Delivers the whole messages in DATA, as far as the client can take the answers; how many bytes
 * they were. */
static gsize
take_messages (WbSocketServer *self, WbSocketRemote *remote, const guint8 *data, gsize length)
{
  gsize done = 0;

  while (done < length && remote->state == WB_SOCKET_CLIENT_OPEN && !remote->paused)
    {
      gsize size = 0;

      switch (wb_socket_framing_next (self->options.framing, self->options.delimiter, data + done,
                                      length - done, remote->scanned, &size))
        {
        case WB_SOCKET_FRAME_COMPLETE:
          remote->scanned = 0;
          deliver (self, remote, data + done, size);
          done += size;
          break;
        case WB_SOCKET_FRAME_PARTIAL:
          remote->scanned = length - done;
          return done;
        case WB_SOCKET_FRAME_TOO_LONG:
        default:
          wb_socket_stream_close (self, remote,
                                  _ ("A message is longer than 1 MiB. Is the framing right?"));
          return length;
        }
    }
  return done;
}

/* Takes up what was kept for later. */
static void
take_kept (WbSocketServer *self, WbSocketRemote *remote)
{
  gsize length = pending (&remote->in);
  gsize done;

  if (length == 0)
    return;
  done = take_messages (self, remote, remote->in.data + remote->in.start, length);
  if (remote->state == WB_SOCKET_CLIENT_CLOSED || done == 0)
    return;
  self->partial -= done;
  wb_socket_buffer_consume (&remote->in, done);
}

static void
take_bytes (WbSocketServer *self, WbSocketRemote *remote, const guint8 *data, gsize length)
{
  gsize done = 0;

  if (pending (&remote->in) == 0)
    done = take_messages (self, remote, data, length);
  if (done == length || remote->state != WB_SOCKET_CLIENT_OPEN)
    return;

  wb_socket_buffer_append (&remote->in, data + done, length - done);
  self->partial += length - done;
  if (done == 0)
    take_kept (self, remote);
  if (self->partial > PARTIAL_MAX)
    wb_socket_stream_close (self, remote,
                            _ ("Too many messages are incomplete. The server is out of room."));
}

static void
take_end (WbSocketServer *self, WbSocketRemote *remote)
{
  remote->ended = TRUE;
  if (self->options.wire != NULL)
    wb_wire_note (self->options.wire, remote->conversation, WB_WIRE_NOTE, "%s",
                  _ ("the client has sent its last byte"));
  if (pending (&remote->in) > 0)
    {
      WbSocketBuffer rest = remote->in;

      /* A last line without its line end is still one; a part of a counted message is not. */
      remote->in = (WbSocketBuffer){ 0 };
      self->partial -= pending (&rest);
      if (self->options.framing == WB_SOCKET_FRAMING_LINE ||
          self->options.framing == WB_SOCKET_FRAMING_DELIMITER)
        deliver (self, remote, rest.data + rest.start, pending (&rest));
      else if (self->options.wire != NULL)
        {
          wb_wire_append (self->options.wire, remote->conversation, WB_WIRE_DATA, WB_WIRE_RECEIVED,
                          rest.data + rest.start, pending (&rest));
          wb_wire_note (self->options.wire, remote->conversation, WB_WIRE_NOTE, "%s",
                        _ ("the last message is incomplete"));
        }
      wb_socket_buffer_clear (&rest);
    }
  if (remote->state == WB_SOCKET_CLIENT_OPEN)
    finish_client (self, remote);
}

static void
read_client (WbSocketServer *self, WbSocketRemote *remote)
{
  for (guint round = 0; round < READ_ROUNDS; round++)
    {
      gsize size = self->unsent > WB_SOCKET_OVERLOAD ? OVERLOAD_READ_SIZE : WB_SOCKET_READ_SIZE;
      const char *message;
      gssize n = wb_socket_stream_read (self, remote, size, &message);

      if (n < 0)
        {
          if (message != NULL)
            wb_socket_stream_close (self, remote, message);
          return;
        }
      if (n == 0)
        {
          take_end (self, remote);
          return;
        }
      wb_socket_count (remote->bytes_in, (guint64) n);
      wb_socket_count (self->counters.bytes_in, (guint64) n);
      take_bytes (self, remote, self->buffer, (gsize) n);
      if (remote->state != WB_SOCKET_CLIENT_OPEN || remote->paused)
        return;
      /* A short read emptied the socket, unless it stopped before an end or an urgent byte; but
       * GnuTLS gives out one record at a time, and what it keeps epoll does not see. */
      if (remote->tls == NULL && (gsize) n < size && !remote->reads_on)
        return;
      if (remote->tls != NULL && round == READ_ROUNDS - 1 &&
          gnutls_record_check_pending (remote->tls) > 0)
        round--;
    }
  /* Others get their turn; asking epoll anew has it tell of the rest. */
  if (remote->tls == NULL)
    remote->interest = 0;
}

static void
write_client (WbSocketServer *self, WbSocketRemote *remote)
{
  const char *message;
  gssize n;

  if (pending (&remote->out) > 0)
    {
      n = wb_socket_stream_write (self, remote, remote->out.data + remote->out.start,
                                  pending (&remote->out), &message);
      if (n < 0)
        {
          wb_socket_stream_close (self, remote, message);
          return;
        }
      self->unsent -= (gsize) n;
      wb_socket_buffer_consume (&remote->out, (gsize) n);
    }

  if (pending (&remote->out) == 0 && remote->state == WB_SOCKET_CLIENT_FLUSHING)
    wb_socket_stream_close (self, remote, NULL);
  else if (remote->paused && pending (&remote->out) <= high_mark (self) / 4)
    {
      remote->paused = FALSE;
      take_kept (self, remote);
      /* What GnuTLS has decrypted and kept, epoll does not tell about. */
      if (remote->tls != NULL && remote->state == WB_SOCKET_CLIENT_OPEN && !remote->paused)
        read_client (self, remote);
    }
}

static void
shake_client (WbSocketServer *self, WbSocketRemote *remote)
{
  const char *message;

  if (!wb_socket_stream_shake (self, remote, &message))
    {
      if (message != NULL)
        wb_socket_stream_close (self, remote, message);
      return;
    }
  remote->state = WB_SOCKET_CLIENT_OPEN;
  if (self->options.wire != NULL)
    {
      g_autofree char *words = gnutls_session_get_desc (remote->tls);

      wb_wire_set_tls (self->options.wire, remote->conversation, TRUE);
      wb_wire_note (self->options.wire, remote->conversation, WB_WIRE_TLS,
                    /* Translators: %s names the version and the ciphers. */
                    _ ("TLS begins, %s"), words);
    }
  read_client (self, remote);
}

/* What epoll says about a client. */
void
wb_socket_stream_event (WbSocketServer *self, WbSocketRemote *remote, guint32 events)
{
  if (remote->state == WB_SOCKET_CLIENT_CLOSED)
    return;
  remote->reads_on |= (events & (EPOLLRDHUP | EPOLLPRI | EPOLLHUP | EPOLLERR)) != 0;
  if (remote->state == WB_SOCKET_CLIENT_HANDSHAKE)
    {
      /* Which takes its time. */
      wb_socket_answers_send (self);
      shake_client (self, remote);
    }
  else
    {
      /* Errors come even where nothing was asked for; a read or write brings them to light. */
      if (events & (EPOLLOUT | EPOLLERR | EPOLLHUP))
        write_client (self, remote);
      if (remote->state == WB_SOCKET_CLIENT_OPEN && !remote->paused && (events & ~EPOLLOUT))
        read_client (self, remote);
      else if (remote->state != WB_SOCKET_CLIENT_CLOSED && (events & (EPOLLERR | EPOLLHUP)))
        {
          int code = 0;
          socklen_t size = sizeof code;

          getsockopt (remote->fd, SOL_SOCKET, SO_ERROR, &code, &size);
          wb_socket_stream_close (self, remote,
                                  code != 0 ? g_strerror (code)
                                            : _ ("The client went away before it took all that "
                                                 "was sent."));
        }
    }
  update_interest (self, remote);
}

/* Closes those whose handshake takes too long. */
void
wb_socket_stream_check_time (WbSocketServer *self)
{
  gint64 now = g_get_monotonic_time ();
  WbSocketRemote *remote = self->oldest;

  while (remote != NULL)
    {
      WbSocketRemote *newer = remote->newer;

      if (remote->state == WB_SOCKET_CLIENT_HANDSHAKE && remote->handshake_end < now)
        wb_socket_stream_close (self, remote, _ ("The client did not finish the TLS handshake."));
      remote = newer;
    }
}

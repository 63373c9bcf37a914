/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-sockets"

#include "config.h"

#include "wb-socket-server-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

/* Datagrams a system call. */
#define BATCH 64
#define ROUNDS 16
/* A sender of datagrams costs nothing to forge, so only the last so many are remembered. */
#define REMOTES_MAX 1024
#define SEND_WAIT_MS 100

typedef struct
{
  guint size; /* of each buffer */
  guint8 *bytes;
  GHashTable *remotes; /* WbSocketName of one → it */
  struct mmsghdr in[BATCH];
  struct mmsghdr out[BATCH];
  struct iovec in_vectors[BATCH];
  struct iovec out_vectors[BATCH];
  WbSocketName names[BATCH];
  guint8 control[BATCH][CMSG_SPACE (sizeof (guint32))];
  WbSocketRemote *senders[BATCH];
} Batch;

static guint
name_hash (gconstpointer key)
{
  const WbSocketName *name = key;
  guint hash;

  if (name->any.sa_family == AF_INET)
    return name->in.sin_addr.s_addr * 2654435761u ^ name->in.sin_port;
  memcpy (&hash, name->in6.sin6_addr.s6_addr + 12, sizeof hash);
  return hash * 2654435761u ^ name->in6.sin6_port;
}

static gboolean
name_equal (gconstpointer a, gconstpointer b)
{
  const WbSocketName *x = a;
  const WbSocketName *y = b;

  if (x->any.sa_family != y->any.sa_family)
    return FALSE;
  if (x->any.sa_family == AF_INET)
    return x->in.sin_addr.s_addr == y->in.sin_addr.s_addr && x->in.sin_port == y->in.sin_port;
  return memcmp (&x->in6.sin6_addr, &y->in6.sin6_addr, sizeof x->in6.sin6_addr) == 0 &&
         x->in6.sin6_port == y->in6.sin6_port && x->in6.sin6_scope_id == y->in6.sin6_scope_id;
}

static socklen_t
name_size (const WbSocketName *name)
{
  return name->any.sa_family == AF_INET ? sizeof name->in : sizeof name->in6;
}

/* What recvmmsg() fills, made once. */
gpointer
wb_socket_datagram_batch_new (WbSocketServer *self)
{
  Batch *batch = g_new0 (Batch, 1);

  batch->size = self->options.receive_size;
  /* Pages that no datagram reaches are never taken from the system. */
  batch->bytes = g_malloc ((gsize) batch->size * BATCH);
  batch->remotes = g_hash_table_new (name_hash, name_equal);
  for (guint i = 0; i < BATCH; i++)
    {
      batch->in_vectors[i].iov_base = batch->bytes + (gsize) i * batch->size;
      batch->in[i].msg_hdr.msg_iov = &batch->in_vectors[i];
      batch->in[i].msg_hdr.msg_iovlen = 1;
      batch->in[i].msg_hdr.msg_name = &batch->names[i];
      batch->in[i].msg_hdr.msg_control = batch->control[i];
      batch->out[i].msg_hdr.msg_iov = &batch->out_vectors[i];
      batch->out[i].msg_hdr.msg_iovlen = 1;
    }
  return batch;
}

void
wb_socket_datagram_batch_free (gpointer data)
{
  Batch *batch = data;

  g_hash_table_unref (batch->remotes);
  g_free (batch->bytes);
  g_free (batch);
}

static WbSocketRemote *
find_sender (WbSocketServer *self, Batch *batch, const WbSocketName *name)
{
  WbSocketRemote *remote = g_hash_table_lookup (batch->remotes, name);

  if (remote != NULL)
    return remote;
  if (g_hash_table_size (batch->remotes) >= REMOTES_MAX)
    {
      WbSocketRemote *oldest = self->oldest;

      if (self->options.wire != NULL)
        wb_wire_note (self->options.wire, oldest->conversation, WB_WIRE_CLOSE, "%s",
                      _ ("forgotten: too many others have sent since"));
      g_hash_table_remove (batch->remotes, &oldest->name);
      wb_socket_server_table_remove (self, oldest);
      /* Its datagrams may be in the batch at hand. */
      oldest->older = self->dead;
      self->dead = oldest;
    }
  remote = g_new0 (WbSocketRemote, 1);
  remote->name = *name;
  remote->fd = -1;
  remote->conversation = wb_socket_server_open_conversation (self, name);
  g_hash_table_insert (batch->remotes, &remote->name, remote);
  wb_socket_server_table_add (self, remote);
  __atomic_store_n (&self->counters.clients, g_hash_table_size (batch->remotes), __ATOMIC_RELAXED);
  wb_socket_count (self->counters.accepted, 1);
  return remote;
}

static void
note_drops (WbSocketServer *self, struct msghdr *message)
{
  for (struct cmsghdr *c = CMSG_FIRSTHDR (message); c != NULL; c = CMSG_NXTHDR (message, c))
    {
      guint32 drops;

      if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_RXQ_OVFL)
        continue;
      memcpy (&drops, CMSG_DATA (c), sizeof drops);
      if (drops == self->kernel_drops)
        continue;
      if (self->options.wire != NULL)
        wb_wire_note (self->options.wire, self->conversation, WB_WIRE_ERROR,
                      /* Translators: %u is a count. */
                      _ ("the system dropped %u datagrams that came too fast"),
                      drops - self->kernel_drops);
      wb_socket_count (self->counters.dropped, (guint64) (guint32) (drops - self->kernel_drops));
      self->kernel_drops = drops;
    }
}

/* An answer is not to be lost for want of room; meanwhile the system counts what it drops. */
static gboolean
wait_for_room (WbSocketServer *self)
{
  struct pollfd room = { self->fd, POLLOUT, 0 };

  if (poll (&room, 1, SEND_WAIT_MS) > 0)
    return TRUE;
  errno = ENOBUFS;
  return FALSE;
}

static void
send_batch (WbSocketServer *self, Batch *batch, guint count)
{
  guint done = 0;

  while (done < count)
    {
      int n = sendmmsg (self->fd, batch->out + done, count - done, MSG_NOSIGNAL);

      if (n > 0)
        {
          done += (guint) n;
          continue;
        }
      if ((errno == EAGAIN || errno == EWOULDBLOCK) && wait_for_room (self))
        continue;
      if (errno != EINTR)
        {
          gsize length = batch->out_vectors[done].iov_len;

          /* The first of them cannot be sent; the others perhaps can. */
          wb_socket_count (self->counters.bytes_out, (guint64) 0 - length);
          wb_socket_count (batch->senders[done]->bytes_out, (guint64) 0 - length);
          if (self->options.wire != NULL)
            wb_wire_note (self->options.wire, batch->senders[done]->conversation, WB_WIRE_ERROR,
                          /* Translators: %s is the system's reason. */
                          _ ("an answer could not be sent: %s"), g_strerror (errno));
          done++;
        }
    }
}

static void
queue_answer (WbSocketServer *self,
              Batch *batch,
              guint *n_out,
              WbSocketRemote *remote,
              void *data,
              gsize length)
{
  guint i = (*n_out)++;

  batch->senders[i] = remote;
  batch->out_vectors[i].iov_base = data;
  batch->out_vectors[i].iov_len = length;
  batch->out[i].msg_hdr.msg_name = &remote->name;
  batch->out[i].msg_hdr.msg_namelen = name_size (&remote->name);

  /* Before it is sent, so that who has received it finds it counted, and above in the log. */
  wb_socket_count (self->counters.bytes_out, length);
  wb_socket_count (remote->bytes_out, length);
  if (self->options.wire != NULL)
    wb_wire_append (self->options.wire, remote->conversation, WB_WIRE_DATA, WB_WIRE_SENT, data,
                    length);
}

static void
take_datagram (WbSocketServer *self, Batch *batch, guint index, guint *n_out)
{
  struct msghdr *message = &batch->in[index].msg_hdr;
  gsize length = MIN (batch->in[index].msg_len, batch->size);
  guint8 *data = batch->in_vectors[index].iov_base;
  gboolean truncated = (message->msg_flags & MSG_TRUNC) != 0;
  WbSocketRemote *remote = find_sender (self, batch, &batch->names[index]);

  wb_socket_count (remote->bytes_in, length);
  wb_socket_count (self->counters.bytes_in, length);
  note_drops (self, message);
  if (self->options.wire != NULL)
    {
      wb_wire_append (self->options.wire, remote->conversation, WB_WIRE_DATA, WB_WIRE_RECEIVED,
                      data, length);
      if (truncated)
        wb_wire_note (self->options.wire, remote->conversation, WB_WIRE_NOTE,
                      /* Translators: %u is a count of bytes. */
                      _ ("truncated: the datagram was longer than %u bytes"), batch->size);
    }
  wb_socket_server_tell (self, WB_SOCKET_EVENT_RECEIVED, remote, data, length, truncated, NULL);

  if (self->options.reply == WB_SOCKET_REPLY_ECHO)
    queue_answer (self, batch, n_out, remote, data, length);
  else if (self->options.reply == WB_SOCKET_REPLY_FIXED)
    {
      gsize size;
      const void *bytes = g_bytes_get_data (self->options.reply_bytes, &size);

      queue_answer (self, batch, n_out, remote, (void *) bytes, size);
    }
}

/* Datagrams are there. */
void
wb_socket_datagram_event (WbSocketServer *self)
{
  Batch *batch = self->batch;

  for (guint round = 0; round < ROUNDS && !self->stopping; round++)
    {
      guint n_out = 0;
      int n;

      for (guint i = 0; i < BATCH; i++)
        {
          batch->in_vectors[i].iov_len = batch->size;
          batch->in[i].msg_hdr.msg_namelen = sizeof batch->names[i];
          batch->in[i].msg_hdr.msg_controllen = sizeof batch->control[i];
        }
      n = recvmmsg (self->fd, batch->in, BATCH, MSG_DONTWAIT, NULL);
      if (n <= 0)
        return;
      for (int i = 0; i < n && !self->stopping; i++)
        {
          take_datagram (self, batch, (guint) i, &n_out);
          if (wb_socket_server_count_message (self))
            self->stopping = TRUE;
        }
      send_batch (self, batch, n_out);
      if (n < BATCH)
        break;
    }
  if (self->stopping)
    g_main_loop_quit (self->loop);
}

/* Sends what the program asked for. */
void
wb_socket_datagram_send (WbSocketServer *self, WbSocketRemote *remote, GBytes *bytes)
{
  Batch *batch = self->batch;
  guint n_out = 0;
  gsize length;
  const void *data = g_bytes_get_data (bytes, &length);

  queue_answer (self, batch, &n_out, remote, (void *) data, length);
  send_batch (self, batch, n_out);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-cases"

#include "config.h"

#include "wb-case-private.h"

#define TIMEOUT 5

/* Between start and finish everything but cancellable belongs to the thread. */
struct _WbCasePeer
{
  GSocketAddress *server;
  GSocketType type;
  GPtrArray *messages;
  GCancellable *stop_when_done;
  GCancellable *cancellable;
  GThread *thread;
  guint answers;
};

static void
talk (WbCasePeer *self, GSocket *socket)
{
  g_autofree char *buffer = g_malloc (65536);

  for (guint i = 0; i < self->messages->len; i++)
    {
      gsize length = 0;
      const char *data = g_bytes_get_data (g_ptr_array_index (self->messages, i), &length);

      if (g_socket_send (socket, data != NULL ? data : "", length, self->cancellable, NULL) < 0 ||
          g_socket_receive (socket, buffer, 65536, self->cancellable, NULL) < 0)
        return;
      self->answers++;
    }

  /* Whoever closes first has the port in TIME_WAIT; let it be the server, as the case says. */
  if (self->type == G_SOCKET_TYPE_STREAM)
    while (g_socket_receive (socket, buffer, 65536, self->cancellable, NULL) > 0)
      continue;
}

static gpointer
peer_thread (gpointer data)
{
  WbCasePeer *self = data;
  g_autoptr (GSocket) socket = g_socket_new (g_socket_address_get_family (self->server), self->type,
                                             G_SOCKET_PROTOCOL_DEFAULT, NULL);

  if (socket != NULL)
    {
      g_socket_set_timeout (socket, TIMEOUT);
      if (g_socket_connect (socket, self->server, self->cancellable, NULL))
        talk (self, socket);
    }
  if (self->stop_when_done != NULL)
    g_cancellable_cancel (self->stop_when_done);
  return NULL;
}

/* Begins to talk to @server: each message in turn, and for each one answer.
 *
 * stop_when_done: (nullable): cancelled at the end
 */
WbCasePeer *
wb_case_peer_start (GSocketAddress *server,
                    GSocketType type,
                    GPtrArray *messages,
                    GCancellable *stop_when_done)
{
  WbCasePeer *self = g_new0 (WbCasePeer, 1);

  self->server = g_object_ref (server);
  self->type = type;
  self->messages = g_ptr_array_ref (messages);
  self->stop_when_done = stop_when_done != NULL ? g_object_ref (stop_when_done) : NULL;
  self->cancellable = g_cancellable_new ();
  self->thread = g_thread_new ("case-peer", peer_thread, self);
  return self;
}

/* Waits for the end of its talk, and frees it. Returns: how many answers it got */
guint
wb_case_peer_finish (WbCasePeer *self)
{
  guint answers;

  g_thread_join (self->thread);
  answers = self->answers;
  g_object_unref (self->server);
  g_ptr_array_unref (self->messages);
  g_clear_object (&self->stop_when_done);
  g_object_unref (self->cancellable);
  g_free (self);
  return answers;
}

/* Breaks its talk off, and frees it. */
void
wb_case_peer_abandon (WbCasePeer *self)
{
  g_cancellable_cancel (self->cancellable);
  wb_case_peer_finish (self);
}

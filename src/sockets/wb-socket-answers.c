/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-sockets"

#include "config.h"

#include "wb-socket-server-private.h"

#include <string.h>

#define HELD_MAX (64 * 1024)
/* Copying more would cost what sending it together saves. */
#define HELD_MESSAGE_MAX 4096

/* What is to be sent when the events at hand have been read. Many small answers go out faster in a
 * row than each after its question, and those to one client in one piece. */
struct _WbSocketAnswers
{
  gsize length;
  guint count;
  gboolean sending;
  struct
  {
    WbSocketRemote *remote;
    gsize length;
  } parts[256];
  guint8 data[HELD_MAX];
};

WbSocketAnswers *
wb_socket_answers_new (void)
{
  return g_new0 (WbSocketAnswers, 1);
}

/* Keeps a copy for wb_socket_answers_send(). FALSE if it is not to be kept: then what was kept has
 * to go before it. */
gboolean
wb_socket_answers_hold (WbSocketAnswers *self,
                        WbSocketRemote *remote,
                        const void *data,
                        gsize length)
{
  gboolean another = self->count == 0 || self->parts[self->count - 1].remote != remote;

  if (length > HELD_MESSAGE_MAX || length > HELD_MAX - self->length ||
      (another && self->count == G_N_ELEMENTS (self->parts)))
    return FALSE;
  if (another)
    {
      self->parts[self->count].remote = remote;
      self->parts[self->count++].length = 0;
    }
  memcpy (self->data + self->length, data, length);
  self->parts[self->count - 1].length += length;
  self->length += length;
  return TRUE;
}

/* Sends what was kept, as far as each client takes it; the rest waits with that client. A client
 * that turns out to be lost is closed. */
void
wb_socket_answers_send (WbSocketServer *server)
{
  WbSocketAnswers *self = server->answers;
  const guint8 *data = self->data;

  if (self->count == 0 || self->sending)
    return;
  self->sending = TRUE;
  for (guint i = 0; i < self->count; i++)
    {
      if (self->parts[i].remote->state != WB_SOCKET_CLIENT_CLOSED)
        wb_socket_stream_send_now (server, self->parts[i].remote, data, self->parts[i].length);
      data += self->parts[i].length;
    }
  self->sending = FALSE;
  self->count = 0;
  self->length = 0;
}

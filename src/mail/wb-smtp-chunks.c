/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-smtp-transaction.h"

#include <string.h>

/* Large enough that the wait for each answer does not matter, small enough to hold. */
#define CHUNK_SIZE (1024 * 1024)

/* What of a text is still to be sent. */
typedef struct
{
  const char *at;
  const char *end;
  gboolean raw;
} Source;

/* One line, or as much of it as fits into a chunk, with the end that SMTP wants. */
static void
take_line (Source *source, GByteArray *chunk)
{
  gsize room = MIN ((gsize) (source->end - source->at), CHUNK_SIZE);
  const char *stop = source->at + room;
  const char *lf = memchr (source->at, '\n', room);
  const char *cr = memchr (source->at, '\r', lf != NULL ? (gsize) (lf - source->at) : room);
  const char *line = source->at;

  if (cr != NULL || lf != NULL)
    stop = cr != NULL ? cr : lf;
  g_byte_array_append (chunk, (const guint8 *) line, stop - line);
  source->at = stop;
  if (cr == NULL && lf == NULL && stop < source->end)
    return;

  g_byte_array_append (chunk, (const guint8 *) "\r\n", 2);
  if (stop < source->end)
    source->at += (*stop == '\r' && stop + 1 < source->end && stop[1] == '\n') ? 2 : 1;
}

static void
take_chunk (Source *source, GByteArray *chunk)
{
  g_byte_array_set_size (chunk, 0);
  if (source->raw)
    {
      gsize length = MIN ((gsize) (source->end - source->at), CHUNK_SIZE);

      g_byte_array_append (chunk, (const guint8 *) source->at, length);
      source->at += length;
      return;
    }
  while (source->at < source->end && chunk->len < CHUNK_SIZE)
    take_line (source, chunk);
}

/**
 * wb_smtp_transaction_send_chunks:
 * @complete: (out): whether the last piece is out too, whose answer is that to the mail
 *
 * Sends the text by BDAT: counted, without an end mark that a text could imitate. All but the
 * last piece are answered when this returns.
 *
 * Blocks; on the thread that owns @client. RFC 3030 §2.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_smtp_transaction_send_chunks (WbSmtpTransaction *self,
                                 WbSmtpClient *client,
                                 gboolean *complete,
                                 GCancellable *cancellable,
                                 GError **error)
{
  g_autoptr (GByteArray) chunk = g_byte_array_new ();
  gsize length = 0;
  const char *text = g_bytes_get_data (self->message, &length);
  Source source = { text, text + length, self->raw };

  *complete = FALSE;
  while (TRUE)
    {
      g_autofree char *line = NULL;
      g_autoptr (WbSmtpReply) reply = NULL;
      gboolean last = FALSE;

      take_chunk (&source, chunk);
      last = source.at == source.end;
      line = g_strdup_printf ("BDAT %u%s", chunk->len, last ? " LAST" : "");
      if ((last && !wb_smtp_transaction_commit (client, error)) ||
          !wb_connection_queue_line (client->connection, line, error) ||
          !wb_connection_write (client->connection, chunk->data, chunk->len, WB_WIRE_DATA,
                                cancellable, error))
        return FALSE;
      if (last)
        {
          *complete = TRUE;
          return TRUE;
        }

      reply = wb_smtp_client_get_reply (client, cancellable, error);
      if (reply == NULL)
        return FALSE;
      if (!wb_smtp_reply_is_good (reply))
        {
          wb_smtp_reply_set_error (reply, WB_SMTP_STEP_BODY, client->host, NULL, error);
          return FALSE;
        }
    }
}

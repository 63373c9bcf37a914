/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-smtp-transaction.h"

#include <string.h>

/* Large enough that the wait for each answer does not matter, small enough to hold. */
#define CHUNK_SIZE (1024 * 1024)

/* A text on its way: the piece that is being taken from, and what came before it. */
typedef struct
{
  WbMailSource *message;
  guint64 next; /* where the piece behind @piece begins */
  guint64 size;
  GBytes *piece;
  const char *at;
  const char *end;
  char last;
  gboolean raw;
} Source;

static gboolean
is_line_end (char c)
{
  return c == '\n' || c == '\r';
}

/* Some of a line, and its end as SMTP wants it where that is there. */
static void
take_line (Source *source, GByteArray *chunk)
{
  const char *begin = source->at;
  gsize room = MIN ((gsize) (source->end - begin), CHUNK_SIZE);
  const char *lf = memchr (begin, '\n', room);
  const char *cr = memchr (begin, '\r', lf != NULL ? (gsize) (lf - begin) : room);
  const char *stop = cr != NULL ? cr : lf != NULL ? lf : begin + room;

  /* The second half of a CRLF that was cut in two. */
  if (stop == begin && lf == begin && source->last == '\r')
    {
      source->last = '\n';
      source->at++;
      return;
    }
  g_byte_array_append (chunk, (const guint8 *) begin, stop - begin);
  if (cr != NULL || lf != NULL)
    {
      g_byte_array_append (chunk, (const guint8 *) "\r\n", 2);
      stop += (*stop == '\r' && stop + 1 < source->end && stop[1] == '\n') ? 2 : 1;
    }
  source->last = stop[-1];
  source->at = stop;
}

static gboolean
is_over (const Source *source)
{
  return source->at == source->end && source->next == source->size;
}

static gboolean
read_piece (Source *source, GError **error)
{
  gsize length = 0;

  g_clear_pointer (&source->piece, g_bytes_unref);
  source->piece = wb_mail_source_read (source->message, source->next, error);
  if (source->piece == NULL)
    return FALSE;
  source->at = g_bytes_get_data (source->piece, &length);
  source->end = source->at + length;
  source->next += length;
  return TRUE;
}

/* The next piece to count. The last line of a text gets its end, whatever it had. */
static gboolean
take_chunk (Source *source, GByteArray *chunk, GError **error)
{
  g_byte_array_set_size (chunk, 0);
  while (!is_over (source) && chunk->len < CHUNK_SIZE)
    {
      if (source->at == source->end && !read_piece (source, error))
        return FALSE;
      if (source->raw)
        {
          gsize length = MIN ((gsize) (source->end - source->at), CHUNK_SIZE - chunk->len);

          g_byte_array_append (chunk, (const guint8 *) source->at, length);
          source->at += length;
        }
      else
        take_line (source, chunk);
    }
  if (is_over (source) && !source->raw && source->size > 0 && !is_line_end (source->last))
    g_byte_array_append (chunk, (const guint8 *) "\r\n", 2);
  return TRUE;
}

static gboolean
send_chunks (Source *source,
             WbSmtpClient *client,
             gboolean *complete,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (GByteArray) chunk = g_byte_array_new ();
  /* Of a long mail the log keeps the beginning. */
  WbWireKind kind = WB_WIRE_DATA;

  while (TRUE)
    {
      g_autofree char *line = NULL;
      g_autoptr (WbSmtpReply) reply = NULL;
      gboolean last = FALSE;

      if (!take_chunk (source, chunk, error))
        {
          wb_connection_break (client->connection);
          return FALSE;
        }
      last = is_over (source);
      line = g_strdup_printf ("BDAT %u%s", chunk->len, last ? " LAST" : "");
      if (last && !wb_mail_source_check (source->message, error))
        {
          wb_connection_break (client->connection);
          return FALSE;
        }
      if ((last && !wb_smtp_transaction_commit (client, error)) ||
          !wb_connection_queue_line (client->connection, line, error) ||
          !wb_connection_write (client->connection, chunk->data, chunk->len, kind, cancellable,
                                error))
        return FALSE;
      kind = WB_WIRE_BULK;
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
  Source source = { .message = self->message,
                    .size = wb_mail_source_get_size (self->message),
                    .last = '\n',
                    .raw = self->raw };
  gboolean done = FALSE;

  *complete = FALSE;
  done = send_chunks (&source, client, complete, cancellable, error);
  g_clear_pointer (&source.piece, g_bytes_unref);
  return done;
}

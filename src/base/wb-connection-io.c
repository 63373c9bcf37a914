/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-base"

#include "config.h"

#include "wb-connection-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "wb-error.h"

/* ── Out ── */

static gssize
send_some (WbConnection *self,
           const guint8 *data,
           gsize length,
           GCancellable *cancellable,
           GError **error)
{
  if (self->tls != NULL)
    return g_output_stream_write (g_io_stream_get_output_stream (G_IO_STREAM (self->tls)), data,
                                  length, cancellable, error);
  return g_socket_send (self->socket, (const char *) data, length, cancellable, error);
}

static gboolean
send_all (WbConnection *self,
          const guint8 *data,
          gsize length,
          GCancellable *cancellable,
          GError **error)
{
  g_autoptr (GError) local = NULL;

  while (length > 0)
    {
      gssize sent = -1;

      if (wb_connection_begin (self, cancellable, error))
        sent = send_some (self, data, length, cancellable, &local);
      else
        return FALSE;

      if (sent < 0)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return wb_connection_fail (self, error);
        }
      data += sent;
      length -= sent;
    }
  return TRUE;
}

/**
 * wb_connection_flush:
 *
 * Writes what was queued.
 *
 * Errors: %WB_ERROR_CLOSED, %WB_ERROR_TIMED_OUT, `G_IO_ERROR_CANCELLED`, …
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_connection_flush (WbConnection *self, GCancellable *cancellable, GError **error)
{
  gboolean ok = FALSE;

  g_return_val_if_fail (WB_IS_CONNECTION (self), FALSE);

  if (!wb_connection_begin (self, cancellable, error))
    return FALSE;
  ok = send_all (self, self->out->data, self->out->len, cancellable, error);
  /* A password may have stood here. */
  if (self->out->len > 0)
    explicit_bzero (self->out->data, self->out->len);
  g_byte_array_set_size (self->out, 0);
  return ok;
}

/**
 * wb_connection_queue_line:
 * @line: without its line end; a CR or LF inside is refused
 *
 * Adds a line, ended by CRLF, to what the next flush sends. Pipelined commands are
 * queued and flushed once.
 *
 * Returns: %TRUE, or %FALSE with %WB_ERROR_INVALID set; nothing is queued then
 */
gboolean
wb_connection_queue_line (WbConnection *self, const char *line, GError **error)
{
  gsize length = 0;

  g_return_val_if_fail (WB_IS_CONNECTION (self), FALSE);
  g_return_val_if_fail (line != NULL, FALSE);

  if (!wb_check_line_argument (_ ("text of a command"), line, error))
    return FALSE;

  length = strlen (line);
  g_byte_array_append (self->out, (const guint8 *) line, length);
  g_byte_array_append (self->out, (const guint8 *) "\r\n", 2);
  wb_connection_log (self, WB_WIRE_LINE, WB_WIRE_SENT, line, length);
  return TRUE;
}

/**
 * wb_connection_queue_secret_line:
 * @visible: how the line begins, such as "PASS "; the log shows it
 * @secret: how it goes on; the log shows a mask
 *
 * wb_connection_queue_line() for a line that holds a secret.
 *
 * Returns: %TRUE, or %FALSE with %WB_ERROR_INVALID set; nothing is queued then
 */
gboolean
wb_connection_queue_secret_line (WbConnection *self,
                                 const char *visible,
                                 const char *secret,
                                 GError **error)
{
  g_return_val_if_fail (WB_IS_CONNECTION (self), FALSE);
  g_return_val_if_fail (visible != NULL, FALSE);
  g_return_val_if_fail (secret != NULL, FALSE);

  if (!wb_check_line_argument (_ ("text of a command"), visible, error) ||
      !wb_check_line_argument (_ ("password"), secret, error))
    return FALSE;

  g_byte_array_append (self->out, (const guint8 *) visible, strlen (visible));
  g_byte_array_append (self->out, (const guint8 *) secret, strlen (secret));
  g_byte_array_append (self->out, (const guint8 *) "\r\n", 2);
  if (self->wire != NULL)
    wb_wire_append_secret (self->wire, self->conversation, WB_WIRE_LINE, WB_WIRE_SENT, visible,
                           strlen (visible));
  return TRUE;
}

/**
 * wb_connection_write_line:
 *
 * wb_connection_queue_line(), then wb_connection_flush().
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_connection_write_line (WbConnection *self,
                          const char *line,
                          GCancellable *cancellable,
                          GError **error)
{
  return wb_connection_queue_line (self, line, error) &&
         wb_connection_flush (self, cancellable, error);
}

/**
 * wb_connection_write_secret_line:
 *
 * wb_connection_queue_secret_line(), then wb_connection_flush().
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_connection_write_secret_line (WbConnection *self,
                                 const char *visible,
                                 const char *secret,
                                 GCancellable *cancellable,
                                 GError **error)
{
  return wb_connection_queue_secret_line (self, visible, secret, error) &&
         wb_connection_flush (self, cancellable, error);
}

/**
 * wb_connection_write:
 * @kind: %WB_WIRE_DATA to log the bytes, %WB_WIRE_BULK to log their count
 *
 * Writes a block as it is, after what was queued.
 *
 * Returns: %TRUE when all was written, or %FALSE with @error set
 */
gboolean
wb_connection_write (WbConnection *self,
                     const void *data,
                     gsize length,
                     WbWireKind kind,
                     GCancellable *cancellable,
                     GError **error)
{
  g_return_val_if_fail (WB_IS_CONNECTION (self), FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  if (self->out->len > 0 && !wb_connection_flush (self, cancellable, error))
    return FALSE;
  if (!send_all (self, data, length, cancellable, error))
    return FALSE;

  if (kind == WB_WIRE_BULK)
    self->bulk_sent += length;
  else
    wb_connection_log (self, kind, WB_WIRE_SENT, data, length);
  return TRUE;
}

static const char *
find_byte (const char *from, const char *end, char byte)
{
  const char *found = memchr (from, byte, end - from);

  return found != NULL ? found : end;
}

static gboolean
is_line_end (char c)
{
  return c == '\n' || c == '\r';
}

/**
 * wb_connection_queue_piece:
 * @text: the next piece of a text, cut anywhere
 * @state: how far the text is
 *
 * What wb_connection_queue_dotted() does, for a text that is not in memory as a whole.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_connection_queue_piece (WbConnection *self,
                           const void *text,
                           gsize length,
                           WbConnectionText *state,
                           GCancellable *cancellable,
                           GError **error)
{
  const char *p = text;
  const char *end = p + length;
  const char *lf = NULL;
  const char *cr = NULL;
  gboolean begins = is_line_end (state->last);

  g_return_val_if_fail (WB_IS_CONNECTION (self), FALSE);
  g_return_val_if_fail (text != NULL || length == 0, FALSE);

  if (length == 0)
    return TRUE;
  /* Of a long text the log keeps the beginning, in however many pieces it comes. */
  if (state->done == 0)
    wb_connection_log (self, WB_WIRE_DATA, WB_WIRE_SENT, text, length);
  else
    self->bulk_sent += length;

  /* The second half of a CRLF that was cut in two. */
  if (state->last == '\r' && *p == '\n')
    p++;
  lf = cr = p;
  while (p < end)
    {
      const char *stop = NULL;

      /* The next of each is looked for once, or a text of one kind alone would be searched for the
         other at every line. */
      if (lf <= p)
        lf = find_byte (p, end, '\n');
      if (cr <= p)
        cr = find_byte (p, end, '\r');
      stop = MIN (lf, cr);
      if (*p == '.' && begins)
        g_byte_array_append (self->out, (const guint8 *) ".", 1);
      g_byte_array_append (self->out, (const guint8 *) p, stop - p);
      begins = TRUE;

      p = stop;
      if (p < end)
        {
          g_byte_array_append (self->out, (const guint8 *) "\r\n", 2);
          p += (*p == '\r' && p + 1 < end && p[1] == '\n') ? 2 : 1;
        }
      if (self->out->len < WB_CONNECTION_OUT_MAX)
        continue;
      if (!wb_connection_flush (self, cancellable, error))
        return FALSE;
      if (self->progress != NULL)
        wb_progress_set_done (self->progress, state->done + (p - (const char *) text));
    }
  state->done += length;
  state->last = end[-1];
  return TRUE;
}

/**
 * wb_connection_queue_end:
 * @state: how the text ended
 *
 * Queues the line with a single dot that ends a text, behind the end of its last line.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_connection_queue_end (WbConnection *self, const WbConnectionText *state, GError **error)
{
  g_return_val_if_fail (WB_IS_CONNECTION (self), FALSE);

  if (!is_line_end (state->last))
    g_byte_array_append (self->out, (const guint8 *) "\r\n", 2);
  return wb_connection_queue_line (self, ".", error);
}

/**
 * wb_connection_queue_dotted:
 * @text: a text of lines; ends of CRLF, LF and CR are all sent as CRLF
 *
 * Queues @text as SMTP and POP3 send one: leading dots doubled, and a line with a
 * single dot to end it (RFC 5321 §4.5.2, RFC 1939 §3). Since a lone CR or LF cannot
 * get through, no text can end early or smuggle a command behind itself. Flushes
 * on the way when much has gathered, and not at the end.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_connection_queue_dotted (WbConnection *self,
                            const void *text,
                            gsize length,
                            GCancellable *cancellable,
                            GError **error)
{
  WbConnectionText state = WB_CONNECTION_TEXT_INIT;

  return wb_connection_queue_piece (self, text, length, &state, cancellable, error) &&
         wb_connection_queue_end (self, &state, error);
}

/* ── In ── */

/* At least one byte more into the buffer. Returns 0 at the end of the stream. */
static gssize
fill (WbConnection *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local = NULL;
  gssize got = -1;

  if (self->in_start > 0)
    {
      memmove (self->in, self->in + self->in_start, self->in_end - self->in_start);
      self->in_end -= self->in_start;
      self->in_start = 0;
    }
  g_assert (self->in_end < WB_CONNECTION_BUFFER);

  if (!wb_connection_begin (self, cancellable, error))
    return -1;

  if (self->tls != NULL)
    got = g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (self->tls)),
                               self->in + self->in_end, WB_CONNECTION_BUFFER - self->in_end,
                               cancellable, &local);
  else
    got = g_socket_receive (self->socket, (char *) self->in + self->in_end,
                            WB_CONNECTION_BUFFER - self->in_end, cancellable, &local);
  if (got < 0)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      wb_connection_fail (self, error);
      return -1;
    }
  self->in_end += got;
  return got;
}

static gboolean
fail_closed (WbConnection *self, GError **error)
{
  g_set_error (error, WB_ERROR, WB_ERROR_CLOSED,
               /* Translators: %s is the peer, such as "ftp.example.org:21". */
               _ ("%s closed the connection."), self->peer_name);
  return wb_connection_fail (self, error);
}

static void
log_line (WbConnection *self, const char *line, gsize length)
{
  gssize secret = -1;

  if (self->wire == NULL)
    return;
  if (self->mask != NULL)
    secret = self->mask (line, length, self->mask_data);
  if (secret >= 0 && (gsize) secret <= length)
    wb_wire_append_secret (self->wire, self->conversation, WB_WIRE_LINE, WB_WIRE_RECEIVED, line,
                           secret);
  else
    wb_connection_log (self, WB_WIRE_LINE, WB_WIRE_RECEIVED, line, length);
}

/**
 * wb_connection_read_line:
 * @length: (out) (optional): its bytes; more than strlen() when a NUL is in it
 *
 * Reads a line that ends in LF or CRLF. A line above %WB_CONNECTION_LINE_MAX bytes
 * is an error, however much of it comes.
 *
 * Errors: %WB_ERROR_CLOSED at the end of the stream, %WB_ERROR_TOO_LARGE,
 * %WB_ERROR_TIMED_OUT, `G_IO_ERROR_CANCELLED`, …
 *
 * Returns: (transfer full) (nullable): the line without its end, or %NULL with
 *   @error set
 */
char *
wb_connection_read_line (WbConnection *self,
                         gsize *length,
                         GCancellable *cancellable,
                         GError **error)
{
  gsize looked = 0;

  g_return_val_if_fail (WB_IS_CONNECTION (self), NULL);

  if (self->out->len > 0 && !wb_connection_flush (self, cancellable, error))
    return NULL;

  for (;;)
    {
      guint8 *begin = self->in + self->in_start;
      gsize have = self->in_end - self->in_start;
      guint8 *lf = memchr (begin + looked, '\n', have - looked);
      gssize got = 0;

      if (lf != NULL)
        {
          gsize n = lf - begin;
          char *line = NULL;

          self->in_start += n + 1;
          if (n > 0 && begin[n - 1] == '\r')
            n--;
          line = g_malloc (n + 1);
          memcpy (line, begin, n);
          line[n] = '\0';
          log_line (self, line, n);
          if (length != NULL)
            *length = n;
          return line;
        }

      if (have == WB_CONNECTION_BUFFER)
        {
          g_set_error (error, WB_ERROR, WB_ERROR_TOO_LARGE,
                       /* Translators: %s is the peer, %d a number of bytes. */
                       _ ("%s sent a line of more than %d bytes. The connection was ended."),
                       self->peer_name, WB_CONNECTION_LINE_MAX);
          wb_connection_fail (self, error);
          return NULL;
        }
      looked = have;
      got = fill (self, cancellable, error);
      if (got == 0)
        fail_closed (self, error);
      if (got <= 0)
        return NULL;
    }
}

/**
 * wb_connection_read:
 * @kind: %WB_WIRE_DATA to log the bytes, %WB_WIRE_BULK to log their count
 *
 * Reads what is there, at least one byte.
 *
 * Returns: the count, 0 at the end of the stream, -1 with @error set
 */
gssize
wb_connection_read (WbConnection *self,
                    void *buffer,
                    gsize size,
                    WbWireKind kind,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autoptr (GError) local = NULL;
  gssize got = 0;

  g_return_val_if_fail (WB_IS_CONNECTION (self), -1);
  g_return_val_if_fail (buffer != NULL && size > 0, -1);

  if (self->in_end > self->in_start)
    {
      got = MIN (size, self->in_end - self->in_start);
      memcpy (buffer, self->in + self->in_start, got);
      self->in_start += got;
    }
  else
    {
      if (!wb_connection_begin (self, cancellable, error))
        return -1;
      if (self->tls != NULL)
        got = g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (self->tls)), buffer,
                                   size, cancellable, &local);
      else
        got = g_socket_receive (self->socket, buffer, size, cancellable, &local);
      if (got < 0)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          wb_connection_fail (self, error);
          return -1;
        }
    }

  if (kind == WB_WIRE_BULK)
    self->bulk_received += got;
  else if (got > 0)
    wb_connection_log (self, kind, WB_WIRE_RECEIVED, buffer, got);
  return got;
}

/* A dot-terminated text on its way in. */
typedef struct
{
  WbBlockFunc func;
  gpointer user_data;
  guint64 total;
  guint64 maximum;
  guint64 logged;
  gboolean line_start; /* the byte before was the LF of a CRLF, or there was none */
  gboolean after_cr;
} DottedReader;

static gboolean
hand_out (WbConnection *self,
          DottedReader *reader,
          const guint8 *data,
          gsize length,
          GError **error)
{
  gsize room = 0;

  if (length == 0)
    return TRUE;

  reader->total += length;
  if (reader->total > reader->maximum)
    {
      g_set_error (error, WB_ERROR, WB_ERROR_TOO_LARGE,
                   /* Translators: the first %s is the peer, the second a size such as "10 MB". */
                   _ ("%s sent a text larger than the limit. The connection was ended."),
                   self->peer_name);
      return wb_connection_fail (self, error);
    }

  /* The log keeps how a text begins, and how long it was. */
  room = MIN (length, WB_WIRE_EVENT_MAX - MIN (reader->logged, WB_WIRE_EVENT_MAX));
  if (room > 0)
    wb_connection_log (self, WB_WIRE_DATA, WB_WIRE_RECEIVED, data, room);
  reader->logged += room;
  self->bulk_received += length - room;

  if (!reader->func (data, length, reader->user_data, error))
    return wb_connection_fail (self, error);
  return TRUE;
}

/* How many of the bytes can be handed out as they are: up to a line that begins with a dot. */
static gsize
measure_run (DottedReader *reader, const guint8 *data, gsize length)
{
  gsize at = 0;

  while (at < length)
    {
      const guint8 *lf = NULL;
      gboolean crlf = FALSE;

      if (reader->line_start && data[at] == '.')
        return at;

      lf = memchr (data + at, '\n', length - at);
      if (lf == NULL)
        {
          reader->line_start = FALSE;
          reader->after_cr = data[length - 1] == '\r';
          return length;
        }
      crlf = lf > data + at ? lf[-1] == '\r' : reader->after_cr;
      reader->line_start = crlf;
      reader->after_cr = FALSE;
      at = lf - data + 1;
    }
  return at;
}

/**
 * wb_connection_read_dotted:
 * @maximum: the most bytes to take
 * @func: takes the text piece by piece, leading dots undone, line ends as they came
 *
 * Reads a text up to the line with a single dot that ends it (RFC 5321 §4.5.2,
 * RFC 1939 §3). Only CRLF ends a line here, so that a lone LF before or after a dot
 * ends nothing.
 *
 * Errors: %WB_ERROR_TOO_LARGE, those of @func and those of reading; all break the
 * connection.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_connection_read_dotted (WbConnection *self,
                           guint64 maximum,
                           WbBlockFunc func,
                           gpointer user_data,
                           GCancellable *cancellable,
                           GError **error)
{
  DottedReader reader = { func, user_data, 0, maximum, 0, TRUE, FALSE };

  g_return_val_if_fail (WB_IS_CONNECTION (self), FALSE);
  g_return_val_if_fail (func != NULL, FALSE);

  if (self->out->len > 0 && !wb_connection_flush (self, cancellable, error))
    return FALSE;

  for (;;)
    {
      const guint8 *data = self->in + self->in_start;
      gsize have = self->in_end - self->in_start;
      gsize run = measure_run (&reader, data, have);

      if (!hand_out (self, &reader, data, run, error))
        return FALSE;
      self->in_start += run;
      data += run;
      have -= run;

      if (have >= 3 && data[1] == '\r' && data[2] == '\n')
        {
          self->in_start += 3;
          wb_connection_log (self, WB_WIRE_LINE, WB_WIRE_RECEIVED, ".", 1);
          return TRUE;
        }
      if (have >= 3 || (have == 2 && data[1] != '\r'))
        {
          /* A doubled dot: the first one goes. */
          self->in_start += 1;
          reader.line_start = FALSE;
          reader.after_cr = FALSE;
          continue;
        }

      switch (fill (self, cancellable, error))
        {
        case -1:
          return FALSE;
        case 0:
          return fail_closed (self, error);
        default:
          break;
        }
    }
}

/**
 * wb_connection_has_input:
 *
 * Returns: whether bytes were read ahead that no verb has taken yet
 */
gboolean
wb_connection_has_input (WbConnection *self)
{
  g_return_val_if_fail (WB_IS_CONNECTION (self), FALSE);

  return self->in_end > self->in_start;
}

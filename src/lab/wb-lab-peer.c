/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-lab"

#include "config.h"

#include "wb-lab-peer.h"

#include "wb-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* So many over-long lines in one conversation are no accident. */
#define TOO_LONG_MAX 10

struct _WbLabPeer
{
  WbConnection *connection;
  GCancellable *cancellable;
  const WbLabFault *fault;
  gsize line_max;
  char *too_long;
  guint n_too_long;
  guint64 counted;
};

/**
 * wb_lab_peer_new:
 * @connection: the accepted connection
 * @fault: (nullable): faults on demand; must outlive the peer
 * @line_max: the longest command line, in bytes without CRLF
 * @too_long: the whole reply to a longer one
 * @cancellable: ends the server
 *
 * Wraps a connection for a line server.
 *
 * Returns: (transfer full): the peer
 */
WbLabPeer *
wb_lab_peer_new (WbConnection *connection,
                 const WbLabFault *fault,
                 gsize line_max,
                 const char *too_long,
                 GCancellable *cancellable)
{
  WbLabPeer *self = g_new0 (WbLabPeer, 1);

  self->connection = g_object_ref (connection);
  self->cancellable = g_object_ref (cancellable);
  self->fault = fault;
  self->line_max = line_max;
  self->too_long = g_strdup (too_long);
  return self;
}

/**
 * wb_lab_peer_free:
 * @self: (transfer full): a peer
 *
 * Frees the peer; the connection stays open while others hold it.
 */
void
wb_lab_peer_free (WbLabPeer *self)
{
  g_object_unref (self->connection);
  g_object_unref (self->cancellable);
  g_free (self->too_long);
  g_free (self);
}

/**
 * wb_lab_peer_get_connection:
 *
 * Returns: (transfer none): the connection underneath
 */
WbConnection *
wb_lab_peer_get_connection (WbLabPeer *self)
{
  return self->connection;
}

/**
 * wb_lab_peer_get_cancellable:
 *
 * Returns: (transfer none): what ends the server
 */
GCancellable *
wb_lab_peer_get_cancellable (WbLabPeer *self)
{
  return self->cancellable;
}

/**
 * wb_lab_peer_get_fault:
 *
 * Returns: (transfer none) (nullable): the faults in force
 */
const WbLabFault *
wb_lab_peer_get_fault (WbLabPeer *self)
{
  return self->fault;
}

/**
 * wb_lab_peer_set_line_max:
 * @line_max: the longest command line from here on, in bytes without CRLF
 *
 * Changes the cap, for the longer lines of an AUTH dialogue.
 */
void
wb_lab_peer_set_line_max (WbLabPeer *self, gsize line_max)
{
  self->line_max = line_max;
}

static gboolean
cut (WbLabPeer *self, GError **error)
{
  wb_wire_note (wb_connection_get_wire (self->connection),
                wb_connection_get_conversation (self->connection), WB_WIRE_NOTE, "%s",
                _ ("The lab cut the connection, as it was told to (fault on demand)."));
  wb_connection_break (self->connection);
  g_set_error_literal (error, WB_ERROR, WB_ERROR_CLOSED,
                       _ ("The lab cut the connection, as it was told to."));
  return FALSE;
}

/**
 * wb_lab_peer_count:
 * @length: bytes that went by, either way
 *
 * Counts bytes and cuts the connection when the faults in force say so.
 *
 * Returns: %TRUE, or %FALSE with %WB_ERROR_CLOSED set when it was cut
 */
gboolean
wb_lab_peer_count (WbLabPeer *self, guint64 length, GError **error)
{
  self->counted += length;
  if (self->fault == NULL || self->fault->close_after == 0 ||
      self->counted < self->fault->close_after)
    return TRUE;
  return cut (self, error);
}

/* A browser, or a page in one, that was pointed at this port: nothing it says may be obeyed. */
static gboolean
is_http (const char *line, gsize length)
{
  static const char *const verbs[] = { "GET ",     "POST ",    "PUT ",   "HEAD ",  "DELETE ",
                                       "OPTIONS ", "CONNECT ", "PATCH ", "TRACE ", "Host:" };

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (length >= strlen (verbs[i]) && strncmp (line, verbs[i], strlen (verbs[i])) == 0)
      return TRUE;
  return FALSE;
}

/**
 * wb_lab_peer_read_command:
 * @length: (out) (optional): bytes in the line, which may hold NUL
 *
 * Reads the next command line. Lines above the cap are answered and skipped; HTTP ends
 * the conversation without an answer.
 *
 * Returns: (transfer full): the line without CRLF; %NULL with @error set at the end of
 *   the conversation
 */
char *
wb_lab_peer_read_command (WbLabPeer *self, gsize *length, GError **error)
{
  gsize n;

  for (;;)
    {
      g_autofree char *line =
          wb_connection_read_line (self->connection, &n, self->cancellable, error);

      if (line == NULL)
        return NULL;
      if (!wb_lab_peer_count (self, n + 2, error))
        return NULL;
      if (is_http (line, n))
        {
          wb_connection_break (self->connection);
          g_set_error_literal (error, WB_ERROR, WB_ERROR_PROTOCOL,
                               _ ("The client speaks HTTP; the connection was dropped."));
          return NULL;
        }
      if (n <= self->line_max)
        {
          if (length != NULL)
            *length = n;
          return g_steal_pointer (&line);
        }
      if (++self->n_too_long >= TOO_LONG_MAX)
        {
          wb_connection_break (self->connection);
          g_set_error_literal (error, WB_ERROR, WB_ERROR_TOO_LARGE,
                               _ ("The client sent too many over-long lines."));
          return NULL;
        }
      if (!wb_lab_peer_reply (self, error, "%s", self->too_long))
        return NULL;
    }
}

static gboolean
wait_delay (WbLabPeer *self, GError **error)
{
  GPollFD poll_fd;
  gint64 end;

  if (self->fault == NULL || self->fault->delay == 0)
    return TRUE;
  if (!g_cancellable_make_pollfd (self->cancellable, &poll_fd))
    return TRUE;

  end = g_get_monotonic_time () + self->fault->delay * (gint64) 1000;
  while (!g_cancellable_is_cancelled (self->cancellable))
    {
      gint64 left = end - g_get_monotonic_time ();

      if (left <= 0)
        break;
      g_poll (&poll_fd, 1, (left + 999) / 1000);
    }
  g_cancellable_release_fd (self->cancellable);
  return !g_cancellable_set_error_if_cancelled (self->cancellable, error);
}

/**
 * wb_lab_peer_queue:
 * @line: one line of a reply, without CRLF
 *
 * Queues a line; wb_lab_peer_flush() sends what is queued.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_lab_peer_queue (WbLabPeer *self, const char *line, GError **error)
{
  gsize length = strlen (line) + 2;

  if (self->fault != NULL && self->fault->close_after != 0 &&
      self->counted + length >= self->fault->close_after)
    {
      g_autofree char *whole = g_strconcat (line, "\r\n", NULL);
      guint64 left = self->fault->close_after - MIN (self->counted, self->fault->close_after);

      if (wb_connection_flush (self->connection, self->cancellable, NULL) && left > 0)
        wb_connection_write (self->connection, whole, MIN (left, length), WB_WIRE_DATA,
                             self->cancellable, NULL);
      return cut (self, error);
    }

  self->counted += length;
  return wb_connection_queue_line (self->connection, line, error);
}

/**
 * wb_lab_peer_queue_text:
 * @text: lines, ended by CRLF, LF or CR
 *
 * Queues a text with its leading dots doubled and the line that ends it.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_lab_peer_queue_text (WbLabPeer *self, const void *text, gsize length, GError **error)
{
  if (self->fault != NULL && self->fault->close_after != 0 &&
      self->counted + length >= self->fault->close_after)
    {
      guint64 left = self->fault->close_after - MIN (self->counted, self->fault->close_after);

      if (left > 0)
        wb_connection_write (self->connection, text, MIN (left, length), WB_WIRE_DATA,
                             self->cancellable, NULL);
      return cut (self, error);
    }
  self->counted += length;
  return wb_connection_queue_dotted (self->connection, text, length, self->cancellable, error);
}

/**
 * wb_lab_peer_flush:
 *
 * Sends what wb_lab_peer_queue() queued, after the delay that the faults in force ask for.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_lab_peer_flush (WbLabPeer *self, GError **error)
{
  return wait_delay (self, error) &&
         wb_connection_flush (self->connection, self->cancellable, error);
}

/**
 * wb_lab_peer_reply:
 * @format: a whole line, without CRLF
 *
 * Sends one line, and whatever was queued before it.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_lab_peer_reply (WbLabPeer *self, GError **error, const char *format, ...)
{
  g_autofree char *line = NULL;
  va_list args;

  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);
  return wb_lab_peer_queue (self, line, error) && wb_lab_peer_flush (self, error);
}

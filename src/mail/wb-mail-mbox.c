/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-mail-mbox.h"

#include "wb-mail-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MARK "From "

/* A line that may begin a message has a sender and a date, and is not longer than this. */
#define MAXIMUM_LINE 400

/* Looks for the line that begins the next message, piece by piece. */
typedef struct
{
  GString *line;  /* of the one that is not ended yet, what of it can matter */
  gboolean empty; /* the one before it was empty */
  gboolean found;
} Search;

/* "From " and no colon: before one, white space is a header's (RFC 5322 section 4.5.2). */
static gboolean
is_mark (const char *line, gsize length)
{
  gsize at = strlen (MARK);

  if (length < at || memcmp (line, MARK, at) != 0)
    return FALSE;
  while (at < length && (line[at] == ' ' || line[at] == '\t'))
    at++;
  return at < length && line[at] != ':';
}

/* With the time of day that each of these has (RFC 4155), unlike a sentence that begins so. */
static gboolean
has_time (const char *line)
{
  for (; (line = strchr (line, ':')) != NULL; line++)
    if (g_ascii_isdigit (line[-1]) && g_ascii_isdigit (line[1]) && g_ascii_isdigit (line[2]) &&
        line[3] == ':' && g_ascii_isdigit (line[4]))
      return TRUE;
  return FALSE;
}

static void
end_line (Search *search)
{
  GString *line = search->line;

  if (line->len > 0 && line->str[line->len - 1] == '\r')
    g_string_truncate (line, line->len - 1);
  if (search->empty && is_mark (line->str, line->len) && has_time (line->str))
    search->found = TRUE;
  search->empty = line->len == 0;
  g_string_truncate (line, 0);
}

static void
search_piece (Search *search, const char *data, gsize length)
{
  const char *end = data + length;

  while (data < end && !search->found)
    {
      const char *newline = memchr (data, '\n', end - data);
      const char *stop = newline != NULL ? newline : end;
      gsize room = MAXIMUM_LINE - search->line->len;

      g_string_append_len (search->line, data, MIN ((gsize) (stop - data), room));
      if (newline != NULL)
        end_line (search);
      data = stop + (newline != NULL);
    }
}

static gboolean
check_rest (WbMailSource *message, gsize at, GError **error)
{
  Search search = { .line = g_string_sized_new (MAXIMUM_LINE) };
  const guint64 size = wb_mail_source_get_size (message);
  gboolean read = TRUE;

  while (at < size && read && !search.found)
    {
      g_autoptr (GBytes) piece = wb_mail_source_read (message, at, error);
      gsize length = 0;
      const char *data = piece != NULL ? g_bytes_get_data (piece, &length) : NULL;

      read = piece != NULL;
      if (length > 0)
        search_piece (&search, data, length);
      at += length;
    }
  g_string_free (search.line, TRUE);
  if (!search.found)
    return read;
  g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
                       _ ("The file is a mailbox (mbox) with more than one message. Put each "
                          "message into a file of its own and send these."));
  return FALSE;
}

/**
 * wb_mail_skip_mbox_line:
 * @message: header, empty line, body
 *
 * What was taken out of a mailbox in one file, or made by git format-patch, has a line "From " in
 * front that is no header and must not go over the wire (RFC 4155 Appendix A). A file that has one,
 * and more messages behind the first, is refused: they would all become the text of one mail.
 *
 * Blocks; any thread.
 *
 * Returns: (transfer full): the message without that line, which is @message where there was none;
 *   %NULL with %WB_MAIL_ERROR_INVALID set where there are more, or with @error set as by
 *   wb_mail_source_read()
 */
WbMailSource *
wb_mail_skip_mbox_line (WbMailSource *message, GError **error)
{
  g_autoptr (GBytes) front = NULL;
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  const char *data = NULL;
  const char *newline = NULL;
  gsize length = 0;

  g_return_val_if_fail (message != NULL, NULL);

  front = wb_mail_source_read (message, 0, error);
  if (front == NULL)
    return NULL;
  data = g_bytes_get_data (front, &length);
  newline = length > 0 ? memchr (data, '\n', length) : NULL;
  if (newline == NULL || !is_mark (data, newline - data))
    return wb_mail_source_ref (message);
  if (!check_rest (message, newline + 1 - data, error))
    return NULL;
  return wb_mail_source_replace_front (message, newline + 1 - data, nothing);
}

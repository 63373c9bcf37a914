/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-lab"

#include "config.h"

#include "wb-lab-pop3-private.h"

#include <string.h>

/* RFC 1939, section 7. */
#define UID_MAX 70

/* The end of the line that begins at @at: where the next begins. A lone CR or LF ends one too, as
   it does when the text is sent. */
static const char *
next_line (const char *at, const char *end, gsize *length)
{
  const char *lf = memchr (at, '\n', end - at);
  const char *stop = lf != NULL ? lf : end;
  const char *cr = memchr (at, '\r', stop - at);

  if (cr != NULL)
    stop = cr;
  *length = stop - at;
  if (stop == end)
    return end;
  return stop + ((*stop == '\r' && stop + 1 < end && stop[1] == '\n') ? 2 : 1);
}

/**
 * wb_lab_pop3_measure:
 * @text: (nullable): a message as it is stored
 *
 * Counts a message's octets as POP3 means them: every line ended by CRLF, dots not doubled
 * (RFC 1939, section 11). Pure.
 *
 * Returns: the count
 */
guint64
wb_lab_pop3_measure (const char *text, gsize length)
{
  const char *end = text + length;
  guint64 octets = 0;

  while (text < end)
    {
      gsize n;

      text = next_line (text, end, &n);
      octets += n + 2;
    }
  return octets;
}

/**
 * wb_lab_pop3_find_top:
 * @text: (nullable): a message as it is stored
 * @lines: how many lines of the body
 *
 * Finds how much of a message TOP shows: the header, the empty line, and so many lines of
 * the body. Pure.
 *
 * Returns: a number of bytes
 */
gsize
wb_lab_pop3_find_top (const char *text, gsize length, guint64 lines)
{
  const char *at = text;
  const char *end = text + length;
  gboolean body = FALSE;

  while (at < end && !(body && lines == 0))
    {
      gsize n;

      at = next_line (at, end, &n);
      if (body)
        lines--;
      else
        body = n == 0;
    }
  return at - text;
}

/**
 * wb_lab_pop3_make_uid:
 * @name: of the file in the Maildir
 *
 * Makes what UIDL says: the name where it can be said (RFC 1939, section 7), else its hash.
 *
 * Returns: (transfer full): 1 to 70 printable characters
 */
char *
wb_lab_pop3_make_uid (const char *name)
{
  gboolean can = *name != '\0' && strlen (name) <= UID_MAX;

  for (const char *p = name; *p != '\0' && can; p++)
    can = *p > 0x20 && *p < 0x7f;
  return can ? g_strdup (name) : g_compute_checksum_for_string (G_CHECKSUM_SHA256, name, -1);
}

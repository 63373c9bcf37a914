/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-listing-private.h"

#include <string.h>

static gboolean
begins (WbFtpSpan span, const char *prefix)
{
  gsize n = strlen (prefix);

  return span.length >= n && g_ascii_strncasecmp (span.text, prefix, n) == 0;
}

static WbFtpSpan
trim (WbFtpSpan span)
{
  while (span.length > 0 && (span.text[0] == ' ' || span.text[0] == '\t'))
    span = (WbFtpSpan){ span.text + 1, span.length - 1 };
  while (span.length > 0 &&
         (span.text[span.length - 1] == ' ' || span.text[span.length - 1] == '\t'))
    span.length--;
  return span;
}

/* "NAME.TYPE;7": every file has a version. A folder is a file of type DIR, and is gone into by its
 * name alone. */
static gboolean
parse_name (WbFtpSpan token, WbFtpParsed *parsed)
{
  const char *semicolon = memrchr (token.text, ';', token.length);
  gint64 version = 0;
  WbFtpSpan stem = { 0 };

  if (semicolon == NULL || semicolon == token.text ||
      !wb_ftp_span_to_number (
          (WbFtpSpan){ semicolon + 1, token.text + token.length - semicolon - 1 }, &version) ||
      version > 32767)
    return FALSE;
  stem = (WbFtpSpan){ token.text, semicolon - token.text };
  if (memchr (stem.text, '.', stem.length) == NULL)
    return FALSE;

  parsed->name = token;
  parsed->type = WB_FTP_ENTRY_FILE;
  if (stem.length > 4 && g_ascii_strncasecmp (stem.text + stem.length - 4, ".DIR", 4) == 0)
    {
      parsed->type = WB_FTP_ENTRY_DIRECTORY;
      parsed->name.length = stem.length - 4;
    }
  return TRUE;
}

/* "8-SEP-1996" */
static gboolean
parse_date (WbFtpSpan token, int *year, int *month, int *day)
{
  static const char names[] = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
  gint64 number = 0;
  gsize at = token.length == 11 ? 2 : 1;

  if ((token.length != 10 && token.length != 11) || token.text[at] != '-' ||
      token.text[at + 4] != '-' || !wb_ftp_span_to_number ((WbFtpSpan){ token.text, at }, &number))
    return FALSE;
  *day = (int) number;
  if (!wb_ftp_span_to_number ((WbFtpSpan){ token.text + at + 5, 4 }, &number))
    return FALSE;
  *year = (int) number;
  for (*month = 1; *month <= 12; (*month)++)
    if (g_ascii_strncasecmp (names + 3 * (*month - 1), token.text + at + 1, 3) == 0)
      return TRUE;
  return FALSE;
}

/* "213/216" or "213": blocks of 512 bytes, the last one not full, so they are no size. */
static gboolean
is_blocks (WbFtpSpan token)
{
  const char *slash = memchr (token.text, '/', token.length);
  gint64 number = 0;

  if (slash == NULL)
    return wb_ftp_span_to_number (token, &number);
  return wb_ftp_span_to_number ((WbFtpSpan){ token.text, slash - token.text }, &number) &&
         wb_ftp_span_to_number ((WbFtpSpan){ slash + 1, token.text + token.length - slash - 1 },
                                &number);
}

/* "[GROUP,OWNER]" or "[OWNER]" */
static void
parse_owner (WbFtpSpan rest, WbFtpParsed *parsed)
{
  const char *open = memchr (rest.text, '[', rest.length);
  const char *close = memchr (rest.text, ']', rest.length);
  const char *comma = NULL;

  if (open == NULL || close == NULL || close < open)
    return;
  comma = memchr (open, ',', close - open);
  if (comma != NULL)
    parsed->group = trim ((WbFtpSpan){ open + 1, comma - open - 1 });
  else
    comma = open;
  parsed->owner = trim ((WbFtpSpan){ comma + 1, close - comma - 1 });
}

/* Blocks, date and owner, each of which a server may leave out. */
static gboolean
parse_details (WbFtpSpan rest, WbFtpParsed *parsed)
{
  WbFtpSpan token = { 0 };
  WbFtpSpan after = rest;
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  double seconds = 0;
  gboolean has_seconds = FALSE;

  if (!wb_ftp_span_next_token (&after, &token))
    return TRUE;
  /* An error message in the place of everything else: it is there all the same. */
  if (token.text[0] == '%')
    return TRUE;
  if (is_blocks (token))
    {
      rest = after;
      if (!wb_ftp_span_next_token (&after, &token))
        return TRUE;
    }
  if (!parse_date (token, &year, &month, &day))
    return FALSE;
  rest = after;
  if (wb_ftp_span_next_token (&after, &token) &&
      wb_ftp_span_to_time (token, &hour, &minute, &seconds, &has_seconds))
    rest = after;
  parsed->modified = g_date_time_new_utc (year, month, day, hour, minute, seconds);
  parse_owner (rest, parsed);
  return parsed->modified != NULL;
}

/* A name that is long stands on a line of its own, and the rest on the next. */
gboolean
wb_ftp_listing_vms_is_wrapped (WbFtpSpan line)
{
  WbFtpParsed ignored = { .size = -1 };

  return memchr (line.text, ';', line.length) != NULL &&
         memchr (line.text, ' ', line.length) == NULL && parse_name (line, &ignored);
}

/* Whether @line is the rest of an entry, behind its name. */
gboolean
wb_ftp_listing_vms_goes_on (WbFtpSpan line)
{
  WbFtpParsed ignored = { .size = -1 };
  g_autoptr (GDateTime) modified = NULL;
  gboolean indented = line.length > 0 && (line.text[0] == ' ' || line.text[0] == '\t');
  gboolean ok = parse_details (line, &ignored);

  modified = ignored.modified;
  line = trim (line);
  return ok && (modified != NULL || (indented && line.length > 0 && line.text[0] == '%'));
}

/* What DIRECTORY prints on OpenVMS: "CORE.DIR;1  1/1  8-SEP-1996 16:09 [SYSTEM] (RWE,RWE,RE,RE)".
 */
WbFtpLineResult
wb_ftp_listing_vms (WbFtpSpan line, const WbFtpMoment *now, WbFtpParsed *parsed)
{
  WbFtpSpan rest = line;
  WbFtpSpan token = { 0 };

  if ((begins (line, "Directory ") && memchr (line.text, '[', line.length) != NULL) ||
      begins (line, "Total of ") || begins (line, "Grand total of "))
    return WB_FTP_LINE_NOTHING;
  if (line.length == 0 || line.text[0] == ' ' || !wb_ftp_span_next_token (&rest, &token) ||
      !parse_name (token, parsed) || !parse_details (rest, parsed))
    return WB_FTP_LINE_FOREIGN;
  return WB_FTP_LINE_ENTRY;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-listing-private.h"

#include <string.h>

/* Between "<DIR>" and the name, in every version of IIS. */
#define DIRECTORY_GAP 10

static const struct
{
  const char *mark;
  WbFtpEntryType type;
} marks[] = {
  { "<DIR>", WB_FTP_ENTRY_DIRECTORY },
  { "<JUNCTION>", WB_FTP_ENTRY_LINK },
  { "<SYMLINK>", WB_FTP_ENTRY_LINK },
  { "<SYMLINKD>", WB_FTP_ENTRY_LINK },
};

/* "01-31-24", "01-31-2024", "31.01.2024", "2024-01-31", "1/31/2024": the year's place and the
 * separator tell which is which. */
gboolean
wb_ftp_span_to_date (WbFtpSpan token, int *year, int *month, int *day)
{
  gint64 parts[3];
  gsize lengths[3];
  gsize at = 0;
  char separator = '\0';

  for (guint i = 0; i < 3; i++)
    {
      gsize begin = at;

      while (at < token.length && g_ascii_isdigit (token.text[at]))
        at++;
      lengths[i] = at - begin;
      if (lengths[i] > 4 ||
          !wb_ftp_span_to_number ((WbFtpSpan){ token.text + begin, lengths[i] }, &parts[i]))
        return FALSE;
      if (i == 2)
        break;
      if (at >= token.length || strchr ("-/.", token.text[at]) == NULL ||
          (i == 1 && token.text[at] != separator))
        return FALSE;
      separator = token.text[at++];
    }
  if (at != token.length)
    return FALSE;

  if (lengths[0] == 4 && lengths[1] <= 2 && lengths[2] <= 2)
    {
      *year = (int) parts[0];
      *month = (int) parts[1];
      *day = (int) parts[2];
      return TRUE;
    }
  if (lengths[0] > 2 || lengths[1] > 2 || (lengths[2] != 2 && lengths[2] != 4))
    return FALSE;

  *year = (int) parts[2];
  if (lengths[2] == 2)
    *year += *year < 70 ? 2000 : 1900;
  *month = (int) parts[0];
  *day = (int) parts[1];
  if (separator == '.' || *month > 12)
    {
      *month = (int) parts[1];
      *day = (int) parts[0];
    }
  return TRUE;
}

/* "09:05PM", "9:05", "09:05:59", "09:05" with "PM" or "p" as a column of its own. */
static gboolean
parse_time (WbFtpSpan token, WbFtpSpan *rest, int *hour, int *minute, double *seconds)
{
  WbFtpSpan half = { 0 };
  WbFtpSpan after = *rest;
  gboolean has_seconds = FALSE;

  for (gsize i = 0; i < token.length && half.length == 0; i++)
    if (g_ascii_isalpha (token.text[i]))
      {
        half = (WbFtpSpan){ token.text + i, token.length - i };
        token.length = i;
      }
  if (!wb_ftp_span_to_time (token, hour, minute, seconds, &has_seconds))
    return FALSE;

  if (half.length == 0 && wb_ftp_span_next_token (&after, &half))
    {
      if (half.length == 2 && (g_ascii_strncasecmp (half.text, "am", 2) == 0 ||
                               g_ascii_strncasecmp (half.text, "pm", 2) == 0))
        *rest = after;
      else
        half.length = 0;
    }
  if (half.length == 0)
    return TRUE;

  if (half.length > 2 || *hour < 1 || *hour > 12 ||
      (half.length == 2 && g_ascii_tolower (half.text[1]) != 'm'))
    return FALSE;
  switch (g_ascii_tolower (half.text[0]))
    {
    case 'a':
      *hour %= 12;
      return TRUE;
    case 'p':
      *hour = *hour % 12 + 12;
      return TRUE;
    default:
      return FALSE;
    }
}

/* Digits, perhaps grouped: "1,234,567". */
static gboolean
parse_size (WbFtpSpan token, gint64 *size)
{
  char digits[32];
  gsize n = 0;

  if (token.length == 0 || !g_ascii_isdigit (token.text[0]))
    return FALSE;
  for (gsize i = 0; i < token.length; i++)
    if (token.text[i] != ',' && token.text[i] != '.')
      {
        if (n >= sizeof digits)
          return FALSE;
        digits[n++] = token.text[i];
      }
  return wb_ftp_span_to_number ((WbFtpSpan){ digits, n }, size);
}

/* "name [C:\target]" */
static void
split_link (WbFtpParsed *parsed)
{
  const char *end = parsed->name.text + parsed->name.length;
  const char *open = memmem (parsed->name.text, parsed->name.length, " [", 2);

  if (open == NULL || end[-1] != ']')
    return;
  parsed->target = (WbFtpSpan){ open + 2, end - open - 3 };
  parsed->name.length = open - parsed->name.text;
}

/* The name behind the mark or the size. A file's name begins after one space; a folder's after the
 * gap that IIS leaves, or after all spaces where a server leaves another one. */
static WbFtpSpan
take_name (WbFtpSpan rest, gboolean is_file)
{
  gsize spaces = 0;

  while (spaces < rest.length && rest.text[spaces] == ' ')
    spaces++;
  if (is_file)
    spaces = MIN (spaces, 1);
  else if (spaces > DIRECTORY_GAP)
    spaces = DIRECTORY_GAP;
  return (WbFtpSpan){ rest.text + spaces, rest.length - spaces };
}

/* What `dir` prints, as IIS and other servers on Windows send it. */
WbFtpLineResult
wb_ftp_listing_dos (WbFtpSpan line, const WbFtpMoment *now, WbFtpParsed *parsed)
{
  WbFtpSpan rest = line;
  WbFtpSpan date = { 0 };
  WbFtpSpan time = { 0 };
  WbFtpSpan kind = { 0 };
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  double seconds = 0;
  gboolean marked = FALSE;

  if (!wb_ftp_span_next_token (&rest, &date) || !wb_ftp_span_to_date (date, &year, &month, &day) ||
      !wb_ftp_span_next_token (&rest, &time) ||
      !parse_time (time, &rest, &hour, &minute, &seconds) || !wb_ftp_span_next_token (&rest, &kind))
    return WB_FTP_LINE_FOREIGN;

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    if (strlen (marks[i].mark) == kind.length &&
        g_ascii_strncasecmp (marks[i].mark, kind.text, kind.length) == 0)
      {
        parsed->type = marks[i].type;
        marked = TRUE;
      }
  if (!marked)
    {
      if (!parse_size (kind, &parsed->size))
        return WB_FTP_LINE_FOREIGN;
      parsed->type = WB_FTP_ENTRY_FILE;
    }

  parsed->name = take_name (rest, !marked);
  if (parsed->name.length == 0)
    return WB_FTP_LINE_FOREIGN;
  if (parsed->type == WB_FTP_ENTRY_LINK)
    split_link (parsed);

  parsed->modified = g_date_time_new_utc (year, month, day, hour, minute, seconds);
  return parsed->modified != NULL ? WB_FTP_LINE_ENTRY : WB_FTP_LINE_FOREIGN;
}

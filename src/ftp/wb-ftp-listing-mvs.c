/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-listing-private.h"

#include <string.h>

#define TOKENS_MAX 12

static const char *const headings[] = { "Volume", "Name" };

/* "2003/05/21" */
static gboolean
parse_date (WbFtpSpan token, int *year, int *month, int *day)
{
  gint64 parts[3];

  if (token.length != 10 || token.text[4] != '/' || token.text[7] != '/' ||
      !wb_ftp_span_to_number ((WbFtpSpan){ token.text, 4 }, &parts[0]) ||
      !wb_ftp_span_to_number ((WbFtpSpan){ token.text + 5, 2 }, &parts[1]) ||
      !wb_ftp_span_to_number ((WbFtpSpan){ token.text + 8, 2 }, &parts[2]))
    return FALSE;
  *year = (int) parts[0];
  *month = (int) parts[1];
  *day = (int) parts[2];
  return TRUE;
}

static gboolean
are_numbers (const WbFtpSpan *tokens, guint count)
{
  gint64 number = 0;

  for (guint i = 0; i < count; i++)
    if (!wb_ftp_span_to_number (tokens[i], &number))
      return FALSE;
  return TRUE;
}

/* The line of names above the columns. */
static gboolean
is_heading (const WbFtpSpan *tokens, guint count)
{
  static const char *const second[] = { "Unit", "VV.MM", "Size" };

  for (guint i = 0; count > 3 && i < G_N_ELEMENTS (headings); i++)
    for (guint k = 0; k < G_N_ELEMENTS (second); k++)
      if (wb_ftp_span_equal (tokens[0], headings[i]) && wb_ftp_span_equal (tokens[1], second[k]))
        return TRUE;
  return FALSE;
}

/* "WYOSPT 3420 2003/05/21 1 200 FB 80 8053 PS NAME"; extents and tracks may run into each other.
 * Tracks and blocks are no size. */
static gboolean
parse_dataset (const WbFtpSpan *tokens, guint count, WbFtpParsed *parsed)
{
  WbFtpSpan organisation = { 0 };
  int year = 0;
  int month = 0;
  int day = 0;

  if ((count != 10 && count != 9) || tokens[0].length > 6 || !are_numbers (tokens + count - 4, 2) ||
      !are_numbers (tokens + 3, count - 8))
    return FALSE;
  if (parse_date (tokens[2], &year, &month, &day))
    parsed->modified = g_date_time_new_utc (year, month, day, 0, 0, 0);
  else if (!wb_ftp_span_equal (tokens[2], "**NONE**"))
    return FALSE;

  /* A partitioned data set holds members, as a folder does. */
  organisation = tokens[count - 2];
  parsed->type = wb_ftp_span_equal (organisation, "PO") || wb_ftp_span_equal (organisation, "PO-E")
                     ? WB_FTP_ENTRY_DIRECTORY
                     : WB_FTP_ENTRY_FILE;
  parsed->name = tokens[count - 1];
  return TRUE;
}

/* "NAME 01.01 2004/04/06 2004/04/15 11:43 20 19 0 USER"; the size counts records. */
static gboolean
parse_member (const WbFtpSpan *tokens, guint count, WbFtpParsed *parsed)
{
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  double seconds = 0;
  gboolean has_seconds = FALSE;

  if (count != 9 || tokens[0].length > 8 || tokens[1].length != 5 || tokens[1].text[2] != '.' ||
      !parse_date (tokens[2], &year, &month, &day) ||
      !parse_date (tokens[3], &year, &month, &day) ||
      !wb_ftp_span_to_time (tokens[4], &hour, &minute, &seconds, &has_seconds) ||
      !are_numbers (tokens + 5, 3))
    return FALSE;
  parsed->modified = g_date_time_new_utc (year, month, day, hour, minute, seconds);
  parsed->type = WB_FTP_ENTRY_FILE;
  parsed->name = tokens[0];
  parsed->owner = tokens[8];
  return TRUE;
}

/* "Migrated  NAME", "Pseudo Directory  NAME" */
static gboolean
parse_mark (const WbFtpSpan *tokens, guint count, WbFtpParsed *parsed)
{
  if (count == 2 && wb_ftp_span_equal (tokens[0], "Migrated"))
    parsed->type = WB_FTP_ENTRY_FILE;
  else if (count == 3 && wb_ftp_span_equal (tokens[0], "Pseudo") &&
           wb_ftp_span_equal (tokens[1], "Directory"))
    parsed->type = WB_FTP_ENTRY_DIRECTORY;
  else
    return FALSE;
  parsed->name = tokens[count - 1];
  return TRUE;
}

/* What z/OS and MVS list: data sets, and the members of one. */
WbFtpLineResult
wb_ftp_listing_mvs (WbFtpSpan line, const WbFtpMoment *now, WbFtpParsed *parsed)
{
  WbFtpSpan tokens[TOKENS_MAX];
  guint count = 0;

  while (count < TOKENS_MAX && wb_ftp_span_next_token (&line, &tokens[count]))
    count++;
  if (is_heading (tokens, count))
    return WB_FTP_LINE_NOTHING;
  if (count < TOKENS_MAX &&
      (parse_dataset (tokens, count, parsed) || parse_member (tokens, count, parsed) ||
       parse_mark (tokens, count, parsed)))
    return WB_FTP_LINE_ENTRY;
  return WB_FTP_LINE_FOREIGN;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-listing-private.h"

#include <string.h>

/* "Feb-28-1998" */
static gboolean
parse_date (WbFtpSpan token, int *year, int *month, int *day)
{
  static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  gint64 number = 0;

  if (token.length != 11 || token.text[3] != '-' || token.text[6] != '-' ||
      !wb_ftp_span_to_number ((WbFtpSpan){ token.text + 4, 2 }, &number))
    return FALSE;
  *day = (int) number;
  if (!wb_ftp_span_to_number ((WbFtpSpan){ token.text + 7, 4 }, &number))
    return FALSE;
  *year = (int) number;
  for (*month = 1; *month <= 12; (*month)++)
    if (g_ascii_strncasecmp (names + 3 * (*month - 1), token.text, 3) == 0)
      return TRUE;
  return FALSE;
}

/* VxWorks, which many a switch and printer runs: "  2048    Feb-28-1998  05:23:30   NAME   <DIR>".
 */
WbFtpLineResult
wb_ftp_listing_vxworks (WbFtpSpan line, const WbFtpMoment *now, WbFtpParsed *parsed)
{
  static const char mark[] = "<DIR>";
  WbFtpSpan rest = line;
  WbFtpSpan token = { 0 };
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  double seconds = 0;
  gboolean has_seconds = FALSE;

  if (!wb_ftp_span_next_token (&rest, &token) || !wb_ftp_span_to_number (token, &parsed->size) ||
      !wb_ftp_span_next_token (&rest, &token) || !parse_date (token, &year, &month, &day) ||
      !wb_ftp_span_next_token (&rest, &token) ||
      !wb_ftp_span_to_time (token, &hour, &minute, &seconds, &has_seconds))
    return WB_FTP_LINE_FOREIGN;
  parsed->modified = g_date_time_new_utc (year, month, day, hour, minute, seconds);

  while (rest.length > 0 && rest.text[0] == ' ')
    rest = (WbFtpSpan){ rest.text + 1, rest.length - 1 };
  parsed->type = WB_FTP_ENTRY_FILE;
  if (rest.length > strlen (mark) &&
      memcmp (rest.text + rest.length - strlen (mark), mark, strlen (mark)) == 0)
    {
      parsed->type = WB_FTP_ENTRY_DIRECTORY;
      parsed->size = -1;
      rest.length -= strlen (mark);
      while (rest.length > 0 && rest.text[rest.length - 1] == ' ')
        rest.length--;
    }
  parsed->name = rest;
  return parsed->name.length > 0 && parsed->modified != NULL ? WB_FTP_LINE_ENTRY
                                                             : WB_FTP_LINE_FOREIGN;
}

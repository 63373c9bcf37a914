/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-listing-private.h"

#include <string.h>

/* The objects that hold others; a file of the database holds members. */
static const char *const folders[] = { "*DIR", "*DDIR", "*LIB", "*FLR" };

static gboolean
is_object_type (WbFtpSpan token)
{
  if (token.length < 3 || token.text[0] != '*')
    return FALSE;
  for (gsize i = 1; i < token.length; i++)
    if (!g_ascii_isupper (token.text[i]) && !g_ascii_isdigit (token.text[i]))
      return FALSE;
  return TRUE;
}

static WbFtpEntryType
type_of (WbFtpSpan token)
{
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    if (wb_ftp_span_equal (token, folders[i]))
      return WB_FTP_ENTRY_DIRECTORY;
  if (wb_ftp_span_equal (token, "*SYMLNK"))
    return WB_FTP_ENTRY_LINK;
  return WB_FTP_ENTRY_FILE;
}

/* OS/400 and IBM i: "OWNER  61440 04/03/04 14:06:34 *STMF  name"; members have no size or time. */
WbFtpLineResult
wb_ftp_listing_os400 (WbFtpSpan line, const WbFtpMoment *now, WbFtpParsed *parsed)
{
  WbFtpSpan rest = line;
  WbFtpSpan token = { 0 };
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  double seconds = 0;
  gboolean has_seconds = FALSE;

  if (!wb_ftp_span_next_token (&rest, &parsed->owner) || parsed->owner.length > 10 ||
      !wb_ftp_span_next_token (&rest, &token))
    return WB_FTP_LINE_FOREIGN;
  if (wb_ftp_span_to_number (token, &parsed->size))
    {
      if (!wb_ftp_span_next_token (&rest, &token) ||
          !wb_ftp_span_to_date (token, &year, &month, &day) ||
          !wb_ftp_span_next_token (&rest, &token) ||
          !wb_ftp_span_to_time (token, &hour, &minute, &seconds, &has_seconds) ||
          !wb_ftp_span_next_token (&rest, &token))
        return WB_FTP_LINE_FOREIGN;
      parsed->modified = g_date_time_new_utc (year, month, day, hour, minute, seconds);
    }
  if (!is_object_type (token))
    return WB_FTP_LINE_FOREIGN;

  parsed->type = type_of (token);
  while (rest.length > 0 && rest.text[0] == ' ')
    rest = (WbFtpSpan){ rest.text + 1, rest.length - 1 };
  parsed->name = rest;
  if (parsed->name.length > 1 && parsed->name.text[parsed->name.length - 1] == '/')
    {
      parsed->name.length--;
      parsed->type = WB_FTP_ENTRY_DIRECTORY;
    }
  if (parsed->type == WB_FTP_ENTRY_DIRECTORY)
    parsed->size = -1;
  return parsed->name.length > 0 ? WB_FTP_LINE_ENTRY : WB_FTP_LINE_FOREIGN;
}

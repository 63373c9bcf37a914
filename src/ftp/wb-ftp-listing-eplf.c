/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-listing-private.h"

#include <string.h>

/* "up644" */
static void
take_mode (WbFtpSpan digits, WbFtpParsed *parsed)
{
  static const char bits[] = "rwxrwxrwx";
  guint mode = 0;

  if (digits.length < 3 || digits.length > 5)
    return;
  for (gsize i = 0; i < digits.length; i++)
    {
      if (digits.text[i] < '0' || digits.text[i] > '7')
        return;
      mode = mode * 8 + (digits.text[i] - '0');
    }
  for (guint i = 0; i < 9; i++)
    parsed->mode[i] = (mode & (0400u >> i)) != 0 ? bits[i] : '-';
  parsed->mode[9] = '\0';
}

static void
take_fact (WbFtpSpan fact, WbFtpParsed *parsed)
{
  WbFtpSpan rest = { fact.text + 1, fact.length - 1 };
  gint64 number = 0;

  switch (fact.text[0])
    {
    case '/':
      parsed->type = WB_FTP_ENTRY_DIRECTORY;
      break;
    case 'r':
      if (parsed->type == WB_FTP_ENTRY_UNKNOWN)
        parsed->type = WB_FTP_ENTRY_FILE;
      break;
    case 's':
      wb_ftp_span_to_number (rest, &parsed->size);
      break;
    case 'm':
      if (wb_ftp_span_to_number (rest, &number) && parsed->modified == NULL)
        parsed->modified = g_date_time_new_from_unix_utc (number);
      parsed->modified_is_utc = parsed->modified != NULL;
      break;
    case 'u':
      if (rest.length > 1 && rest.text[0] == 'p')
        take_mode ((WbFtpSpan){ rest.text + 1, rest.length - 1 }, parsed);
      break;
    default:
      break;
    }
}

/* EPLF, as anonftpd and publicfile send it: "+i8388621.48594,m825718503,r,s280,", a tab, the name.
 */
WbFtpLineResult
wb_ftp_listing_eplf (WbFtpSpan line, const WbFtpMoment *now, WbFtpParsed *parsed)
{
  const char *tab = line.length > 1 ? memchr (line.text, '\t', line.length) : NULL;
  const char *p = line.text + 1;

  if (tab == NULL || line.text[0] != '+')
    return WB_FTP_LINE_FOREIGN;
  while (p < tab)
    {
      const char *comma = memchr (p, ',', tab - p);

      if (comma == NULL)
        comma = tab;
      if (comma > p)
        take_fact ((WbFtpSpan){ p, comma - p }, parsed);
      p = comma + 1;
    }
  parsed->name = (WbFtpSpan){ tab + 1, line.text + line.length - tab - 1 };
  return parsed->name.length > 0 ? WB_FTP_LINE_ENTRY : WB_FTP_LINE_FOREIGN;
}

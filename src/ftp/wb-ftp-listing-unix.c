/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-listing-private.h"

#include <string.h>

/* The columns before the name; a line with more of them is not one of these. */
#define TOKENS_MAX 24

static const struct
{
  const char *name;
  int month;
} months[] = {
  { "jan", 1 },
  { "feb", 2 },
  { "mar", 3 },
  { "apr", 4 },
  { "may", 5 },
  { "jun", 6 },
  { "jul", 7 },
  { "aug", 8 },
  { "sep", 9 },
  { "oct", 10 },
  { "nov", 11 },
  { "dec", 12 },
  { "june", 6 },
  { "july", 7 },
  { "sept", 9 },
  { "march", 3 },
  { "april", 4 },
  { "janv", 1 },
  { "gen", 1 },
  { "ene", 1 },
  { "j\xc3\xa4n", 1 },
  { "f\xc3\xa9vr", 2 },
  { "fev", 2 },
  { "m\xc3\xa4r", 3 },
  { "m\xc3\xa4rz", 3 },
  { "mars", 3 },
  { "mrt", 3 },
  { "avr", 4 },
  { "abr", 4 },
  { "mai", 5 },
  { "mag", 5 },
  { "mei", 5 },
  { "maj", 5 },
  { "juin", 6 },
  { "giu", 6 },
  { "juni", 6 },
  { "juil", 7 },
  { "lug", 7 },
  { "juli", 7 },
  { "ao\xc3\xbb"
    "t",
    8 },
  { "ago", 8 },
  { "set", 9 },
  { "okt", 10 },
  { "ott", 10 },
  { "out", 10 },
  { "d\xc3\xa9"
    "c",
    12 },
  { "dez", 12 },
  { "dic", 12 },
};

/* How the line before a folder's entries begins, from `ls` in several languages. */
static const char *const totals[] = {
  "total",
  "insgesamt",
  "totale",
  "totaal",
  "itogo",
  "\xe6\x80\xbb\xe7\x94\xa8\xe9\x87\x8f", /* 总用量 */
  "\xe6\x80\xbb\xe8\xae\xa1",             /* 总计 */
  "\xe7\xb8\xbd\xe8\xa8\x88",             /* 總計 */
  "\xe5\x90\x88\xe8\xa8\x88",             /* 合計 */
};

static const struct
{
  char letter;
  WbFtpEntryType type;
} letters[] = {
  { '-', WB_FTP_ENTRY_FILE },  { 'd', WB_FTP_ENTRY_DIRECTORY }, { 'l', WB_FTP_ENTRY_LINK },
  { 'b', WB_FTP_ENTRY_OTHER }, { 'c', WB_FTP_ENTRY_OTHER },     { 'p', WB_FTP_ENTRY_OTHER },
  { 's', WB_FTP_ENTRY_OTHER }, { 'D', WB_FTP_ENTRY_OTHER },
};

/* A date and time, and how many columns it took. */
typedef struct
{
  int year; /* 0: guess it */
  int month;
  int day;
  int hour;
  int minute;
  double seconds;
  int offset; /* minutes east of UTC */
  gboolean has_offset;
  guint tokens;
} Stamp;

typedef gboolean (*StampParser) (const WbFtpSpan *tokens, guint count, Stamp *stamp);

/* The letter of the type, nine for the permissions, then marks for an ACL or a label; a link
 * count above 999 may stick to it. */
static gboolean
parse_mode (WbFtpSpan token, WbFtpParsed *parsed)
{
  static const char *const allowed[] = { "r-",     "w-", "xsS-lL", "r-",  "w-",
                                         "xsS-lL", "r-", "w-",     "xtT-" };
  gboolean known = FALSE;

  if (token.length < 10)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (letters); i++)
    if (token.text[0] == letters[i].letter)
      {
        parsed->type = letters[i].type;
        known = TRUE;
      }
  for (guint i = 0; known && i < 9; i++)
    known = strchr (allowed[i], token.text[i + 1]) != NULL;
  for (gsize i = 10; known && i < token.length; i++)
    known = strchr ("+.@", token.text[i]) != NULL || g_ascii_isdigit (token.text[i]);
  if (!known)
    return FALSE;

  memcpy (parsed->mode, token.text + 1, 9);
  parsed->mode[9] = '\0';
  return TRUE;
}

/* NetWare: "d [RWCEAFMS]" or "-[R----F--]"; its rights are not Unix ones. */
static gboolean
parse_netware_mode (WbFtpSpan line, gsize *used, WbFtpParsed *parsed)
{
  gsize at = 1;

  if (line.length < 4 || (line.text[0] != 'd' && line.text[0] != '-'))
    return FALSE;
  while (at < line.length && line.text[at] == ' ')
    at++;
  if (at >= line.length || line.text[at] != '[')
    return FALSE;
  for (at++; at < line.length && line.text[at] != ']'; at++)
    if (strchr ("-SRWCEMFA", line.text[at]) == NULL)
      return FALSE;
  if (at >= line.length)
    return FALSE;

  *used = at + 1;
  parsed->type = line.text[0] == 'd' ? WB_FTP_ENTRY_DIRECTORY : WB_FTP_ENTRY_FILE;
  return TRUE;
}

static int
month_of (WbFtpSpan token)
{
  static const char moon[] = "\xe6\x9c\x88"; /* 月 */
  gint64 number = 0;

  if (token.length > 3 && memcmp (token.text + token.length - 3, moon, 3) == 0)
    {
      token.length -= 3;
      return wb_ftp_span_to_number (token, &number) && number >= 1 && number <= 12 ? (int) number
                                                                                   : 0;
    }
  if (token.length > 3 && token.text[token.length - 1] == '.')
    token.length--;
  for (guint i = 0; i < G_N_ELEMENTS (months); i++)
    if (strlen (months[i].name) == token.length &&
        g_ascii_strncasecmp (months[i].name, token.text, token.length) == 0)
      return months[i].month;
  return 0;
}

static int
day_of (WbFtpSpan token)
{
  static const char sun[] = "\xe6\x97\xa5"; /* 日 */
  gint64 number = 0;

  if (token.length > 3 && memcmp (token.text + token.length - 3, sun, 3) == 0)
    token.length -= 3;
  else if (token.length > 1 && strchr (".,", token.text[token.length - 1]) != NULL)
    token.length--;
  if (token.length > 2 || !wb_ftp_span_to_number (token, &number))
    return 0;
  return number >= 1 && number <= 31 ? (int) number : 0;
}

static int
year_of (WbFtpSpan token)
{
  static const char nian[] = "\xe5\xb9\xb4"; /* 年 */
  gint64 number = 0;

  if (token.length == 7 && memcmp (token.text + 4, nian, 3) == 0)
    token.length = 4;
  if (token.length != 4 || !wb_ftp_span_to_number (token, &number) || number < 1900)
    return 0;
  return (int) number;
}

/* "10:30", or "2024", or "10:30:05 2024" (BSD ls -T), behind a month and a day. */
static gboolean
parse_time_or_year (const WbFtpSpan *tokens, guint count, Stamp *stamp)
{
  gboolean has_seconds = FALSE;

  stamp->year = year_of (tokens[2]);
  if (stamp->year != 0)
    {
      stamp->tokens = 3;
      return TRUE;
    }
  if (!wb_ftp_span_to_time (tokens[2], &stamp->hour, &stamp->minute, &stamp->seconds, &has_seconds))
    return FALSE;
  stamp->tokens = 3;
  /* A name has to be left behind the year. */
  if (has_seconds && count > 4 && year_of (tokens[3]) != 0)
    {
      stamp->year = year_of (tokens[3]);
      stamp->tokens = 4;
    }
  return TRUE;
}

static gboolean
parse_month_day (const WbFtpSpan *tokens, guint count, Stamp *stamp)
{
  stamp->month = month_of (tokens[0]);
  stamp->day = day_of (tokens[1]);
  return count > 2 && stamp->month != 0 && stamp->day != 0 &&
         parse_time_or_year (tokens, count, stamp);
}

static gboolean
parse_day_month (const WbFtpSpan *tokens, guint count, Stamp *stamp)
{
  stamp->day = day_of (tokens[0]);
  stamp->month = month_of (tokens[1]);
  return count > 2 && stamp->month != 0 && stamp->day != 0 &&
         parse_time_or_year (tokens, count, stamp);
}

/* "+0200" */
static gboolean
parse_offset (WbFtpSpan token, Stamp *stamp)
{
  WbFtpSpan digits = { token.text + 1, token.length - 1 };
  gint64 number = 0;

  if (token.length != 5 || (token.text[0] != '+' && token.text[0] != '-') ||
      !wb_ftp_span_to_number (digits, &number) || number > 1459 || number % 100 > 59)
    return FALSE;
  stamp->offset = (int) (number / 100 * 60 + number % 100);
  if (token.text[0] == '-')
    stamp->offset = -stamp->offset;
  stamp->has_offset = TRUE;
  return TRUE;
}

/* "2024-01-31 10:30", "2024-01-31 10:30:05.000000000 +0200" (ls --time-style), "2024/01/31". */
static gboolean
parse_iso (const WbFtpSpan *tokens, guint count, Stamp *stamp)
{
  WbFtpSpan date = tokens[0];
  gint64 month = 0;
  gint64 day = 0;
  gboolean has_seconds = FALSE;

  if (date.length != 10 || (date.text[4] != '-' && date.text[4] != '/') ||
      date.text[7] != date.text[4])
    return FALSE;
  stamp->year = year_of ((WbFtpSpan){ date.text, 4 });
  if (stamp->year == 0 || !wb_ftp_span_to_number ((WbFtpSpan){ date.text + 5, 2 }, &month) ||
      !wb_ftp_span_to_number ((WbFtpSpan){ date.text + 8, 2 }, &day))
    return FALSE;
  stamp->month = (int) month;
  stamp->day = (int) day;
  stamp->tokens = 1;

  if (!wb_ftp_span_to_time (tokens[1], &stamp->hour, &stamp->minute, &stamp->seconds, &has_seconds))
    {
      stamp->hour = stamp->minute = 0;
      return TRUE;
    }
  stamp->tokens = 2;
  if (has_seconds && count > 3 && parse_offset (tokens[2], stamp))
    stamp->tokens = 3;
  return TRUE;
}

/* "09-26" or "09/26", of this year where a time follows. */
static gboolean
split_month_day (WbFtpSpan token, Stamp *stamp)
{
  gint64 month = 0;
  gint64 day = 0;

  if (token.length != 5 || (token.text[2] != '-' && token.text[2] != '/') ||
      !wb_ftp_span_to_number ((WbFtpSpan){ token.text, 2 }, &month) ||
      !wb_ftp_span_to_number ((WbFtpSpan){ token.text + 3, 2 }, &day))
    return FALSE;
  stamp->month = (int) month;
  stamp->day = (int) day;
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/* "26-Sep-2000", "9.Jan.2001" */
static gboolean
split_day_name_year (WbFtpSpan token, Stamp *stamp)
{
  const char *first = token.text;
  const char *end = token.text + token.length;
  const char *second = NULL;

  while (first < end && g_ascii_isdigit (*first))
    first++;
  if (first == token.text || first >= end || strchr ("-.", *first) == NULL)
    return FALSE;
  second = memchr (first + 1, *first, end - first - 1);
  if (second == NULL)
    return FALSE;
  stamp->day = day_of ((WbFtpSpan){ token.text, first - token.text });
  stamp->month = month_of ((WbFtpSpan){ first + 1, second - first - 1 });
  stamp->year = year_of ((WbFtpSpan){ second + 1, end - second - 1 });
  return stamp->day != 0 && stamp->month != 0 && stamp->year != 0;
}

/* Dates in one word, with a time behind it or not. */
static gboolean
parse_joined (const WbFtpSpan *tokens, guint count, Stamp *stamp)
{
  gboolean has_seconds = FALSE;

  if (split_month_day (tokens[0], stamp))
    {
      stamp->year = year_of (tokens[1]);
      stamp->tokens = 2;
      return stamp->year != 0 || wb_ftp_span_to_time (tokens[1], &stamp->hour, &stamp->minute,
                                                      &stamp->seconds, &has_seconds);
    }
  if (!split_day_name_year (tokens[0], stamp) &&
      (tokens[0].length < 10 ||
       !wb_ftp_span_to_date (tokens[0], &stamp->year, &stamp->month, &stamp->day)))
    return FALSE;
  stamp->tokens = 1;
  if (wb_ftp_span_to_time (tokens[1], &stamp->hour, &stamp->minute, &stamp->seconds, &has_seconds))
    stamp->tokens = 2;
  else
    stamp->hour = stamp->minute = 0;
  return TRUE;
}

static const StampParser stamp_parsers[] = { parse_month_day, parse_iso, parse_day_month,
                                             parse_joined };

static gint64
minutes_of_year (int month, int day, int minute_of_day)
{
  return ((gint64) month * 31 + day) * 24 * 60 + minute_of_day;
}

/* `ls` leaves out the year of what is younger than half a year, so the time is the last one that
 * has this month and day, with a day to spare for clocks and time zones that differ. */
static int
guess_year (const Stamp *stamp, const WbFtpMoment *now)
{
  gint64 then = minutes_of_year (stamp->month, stamp->day, stamp->hour * 60 + stamp->minute);
  gint64 limit = minutes_of_year (now->month, now->day, now->minute_of_day) + 24 * 60;
  int year = now->year;

  /* Tomorrow is in the next year. */
  if (now->month == 12 && now->day == 31 && stamp->month == 1 && stamp->day == 1 &&
      stamp->hour * 60 + stamp->minute <= now->minute_of_day)
    return year + 1;

  /* A month of less than 31 days leaves a gap behind its last day. */
  if (now->day == g_date_get_days_in_month (now->month, now->year))
    limit = minutes_of_year (now->month + 1, 1, now->minute_of_day);
  if (then > limit)
    year--;
  if (stamp->month == 2 && stamp->day == 29)
    while (!g_date_is_leap_year (year))
      year--;
  return year;
}

static GDateTime *
make_time (const Stamp *stamp, const WbFtpMoment *now)
{
  int year = stamp->year != 0 ? stamp->year : guess_year (stamp, now);
  g_autoptr (GDateTime) time = NULL;

  time = g_date_time_new_utc (year, stamp->month, stamp->day, stamp->hour, stamp->minute,
                              stamp->seconds);
  if (time == NULL || !stamp->has_offset)
    return g_steal_pointer (&time);
  return g_date_time_add_minutes (time, -stamp->offset);
}

/* Link count, owner, group: any of them may be missing, and a group may have spaces in it. */
static void
parse_people (const WbFtpSpan *tokens, guint count, WbFtpParsed *parsed)
{
  gint64 number = 0;
  gint64 other = 0;
  guint at = 0;

  /* NetPresenz on Mac OS: resource fork and data fork before their sum. */
  if (count == 2 && wb_ftp_span_to_number (tokens[0], &number) &&
      wb_ftp_span_to_number (tokens[1], &other) && other > 0 && number + other == parsed->size)
    return;
  if (count > 0 && wb_ftp_span_to_number (tokens[0], &number))
    at = 1;
  if (at < count)
    parsed->owner = tokens[at++];
  if (at < count)
    {
      parsed->group.text = tokens[at].text;
      parsed->group.length = tokens[count - 1].text + tokens[count - 1].length - tokens[at].text;
    }
}

/* The size stands before the date; a device has "major, minor" there. Returns how many columns it
 * takes, or 0. */
static guint
parse_size (const WbFtpSpan *tokens, guint count, WbFtpParsed *parsed)
{
  WbFtpSpan last = { 0 };
  const char *comma = NULL;
  gint64 number = 0;

  if (count == 0)
    return 0;
  last = tokens[count - 1];
  if (wb_ftp_span_to_number (last, &number))
    {
      if (parsed->type == WB_FTP_ENTRY_OTHER && count > 1 &&
          tokens[count - 2].text[tokens[count - 2].length - 1] == ',')
        return 2;
      parsed->size = number;
      return 1;
    }

  comma = memchr (last.text, ',', last.length);
  if (parsed->type == WB_FTP_ENTRY_OTHER && comma != NULL &&
      wb_ftp_span_to_number ((WbFtpSpan){ last.text, comma - last.text }, &number))
    return 1;
  return 0;
}

/* "name -> target". A name may hold an arrow itself: the size of a link is its target's length,
 * which tells. */
static void
split_link (WbFtpParsed *parsed)
{
  static const char arrow[] = " -> ";
  const char *end = parsed->name.text + parsed->name.length;
  const char *found = NULL;

  for (const char *p = parsed->name.text; (p = memmem (p, end - p, arrow, strlen (arrow))) != NULL;
       p++)
    {
      if (found == NULL)
        found = p;
      if (end - p - (gssize) strlen (arrow) == parsed->size)
        {
          found = p;
          break;
        }
    }
  if (found == NULL)
    return;

  parsed->target.text = found + strlen (arrow);
  parsed->target.length = end - parsed->target.text;
  parsed->name.length = found - parsed->name.text;
}

static gboolean
is_total (WbFtpSpan line)
{
  WbFtpSpan word = { 0 };
  WbFtpSpan amount = { 0 };
  WbFtpSpan more = { 0 };
  gint64 number = 0;

  if (!wb_ftp_span_next_token (&line, &word) || !wb_ftp_span_next_token (&line, &amount) ||
      wb_ftp_span_next_token (&line, &more))
    return FALSE;
  /* "total 1.5M" of ls -h */
  if (amount.length > 1 && strchr ("KMGTP", amount.text[amount.length - 1]) != NULL)
    amount.length--;
  for (gsize i = 0; i < amount.length; i++)
    if (!g_ascii_isdigit (amount.text[i]) && amount.text[i] != '.')
      return FALSE;
  if (!wb_ftp_span_to_number ((WbFtpSpan){ amount.text, 1 }, &number))
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (totals); i++)
    if (strlen (totals[i]) == word.length &&
        g_ascii_strncasecmp (totals[i], word.text, word.length) == 0)
      return TRUE;
  return FALSE;
}

/* Finds the date with a size before it, and takes what stands on either side. */
static gboolean
parse_columns (WbFtpSpan rest, gboolean strip_name, const WbFtpMoment *now, WbFtpParsed *parsed)
{
  WbFtpSpan tokens[TOKENS_MAX];
  const char *end = rest.text + rest.length;
  guint count = 0;

  while (count < TOKENS_MAX && wb_ftp_span_next_token (&rest, &tokens[count]))
    count++;

  for (guint at = 1; at + 1 < count; at++)
    for (guint i = 0; i < G_N_ELEMENTS (stamp_parsers); i++)
      {
        Stamp stamp = { 0 };
        guint size_columns = 0;

        if (!stamp_parsers[i](tokens + at, count - at, &stamp) || at + stamp.tokens >= count)
          continue;
        size_columns = parse_size (tokens, at, parsed);
        if (size_columns == 0)
          continue;
        parsed->modified = make_time (&stamp, now);
        if (parsed->modified == NULL)
          continue;

        parsed->modified_is_utc = stamp.has_offset;
        if (wb_ftp_span_equal (tokens[0], "folder"))
          parsed->size = -1;
        else
          parse_people (tokens, at - size_columns, parsed);

        /* One space ends the date; those behind it belong to the name. */
        parsed->name.text =
            tokens[at + stamp.tokens - 1].text + tokens[at + stamp.tokens - 1].length + 1;
        if (strip_name)
          parsed->name.text = tokens[at + stamp.tokens].text;
        parsed->name.length = end - parsed->name.text;
        return TRUE;
      }
  return FALSE;
}

/* What `ls -l` prints, and what servers that are no Unix print to look like it. */
WbFtpLineResult
wb_ftp_listing_unix (WbFtpSpan line, const WbFtpMoment *now, WbFtpParsed *parsed)
{
  WbFtpSpan rest = line;
  WbFtpSpan first = { 0 };
  gboolean netware = FALSE;
  gsize used = 0;

  if (is_total (line))
    return WB_FTP_LINE_NOTHING;
  if (!wb_ftp_span_next_token (&rest, &first))
    return WB_FTP_LINE_FOREIGN;

  if (!parse_mode (first, parsed))
    {
      netware = parse_netware_mode (line, &used, parsed);
      if (!netware)
        return WB_FTP_LINE_FOREIGN;
      rest = (WbFtpSpan){ line.text + used, line.length - used };
    }
  if (!parse_columns (rest, netware, now, parsed))
    return WB_FTP_LINE_FOREIGN;

  if (parsed->type == WB_FTP_ENTRY_LINK)
    split_link (parsed);
  if (parsed->type == WB_FTP_ENTRY_DIRECTORY && parsed->name.length > 1 &&
      parsed->name.text[parsed->name.length - 1] == '/')
    parsed->name.length--;
  return WB_FTP_LINE_ENTRY;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-listing-private.h"

#include <string.h>

/* An endless listing ends here. */
#define ENTRIES_MAX 1000000

/* In the order in which they are tried: the strictest first. */
static const WbFtpLineParser parsers[] = {
  wb_ftp_listing_mlsd, wb_ftp_listing_eplf, wb_ftp_listing_dos,   wb_ftp_listing_unix,
  wb_ftp_listing_vms,  wb_ftp_listing_mvs,  wb_ftp_listing_os400, wb_ftp_listing_vxworks,
};

/* Whether the bytes are those of @text. */
gboolean
wb_ftp_span_equal (WbFtpSpan span, const char *text)
{
  return strlen (text) == span.length && memcmp (span.text, text, span.length) == 0;
}

/* A number of digits alone that fits. */
gboolean
wb_ftp_span_to_number (WbFtpSpan span, gint64 *number)
{
  gint64 sum = 0;

  if (span.length == 0)
    return FALSE;
  for (gsize i = 0; i < span.length; i++)
    {
      int digit = span.text[i] - '0';

      if (digit < 0 || digit > 9 || sum > (G_MAXINT64 - digit) / 10)
        return FALSE;
      sum = sum * 10 + digit;
    }
  *number = sum;
  return TRUE;
}

/* Takes the next run of bytes that are not spaces off @rest. */
gboolean
wb_ftp_span_next_token (WbFtpSpan *rest, WbFtpSpan *token)
{
  gsize n = 0;

  while (rest->length > 0 && (*rest->text == ' ' || *rest->text == '\t'))
    {
      rest->text++;
      rest->length--;
    }
  while (n < rest->length && rest->text[n] != ' ' && rest->text[n] != '\t')
    n++;

  *token = (WbFtpSpan){ rest->text, n };
  rest->text += n;
  rest->length -= n;
  return n > 0;
}

static gboolean
take_digits (WbFtpSpan *span, guint least, guint most, int *value)
{
  guint n = 0;

  *value = 0;
  while (n < most && n < span->length && g_ascii_isdigit (span->text[n]))
    *value = *value * 10 + (span->text[n++] - '0');
  span->text += n;
  span->length -= n;
  return n >= least;
}

/* "9:05", "09:05", "09:05:59", "09:05:59.123456789". */
gboolean
wb_ftp_span_to_time (WbFtpSpan span, int *hour, int *minute, double *seconds, gboolean *has_seconds)
{
  int whole = 0;

  *seconds = 0;
  *has_seconds = FALSE;
  if (!take_digits (&span, 1, 2, hour) || span.length == 0 || *span.text != ':')
    return FALSE;
  span.text++;
  span.length--;
  if (!take_digits (&span, 2, 2, minute) || *hour > 23 || *minute > 59)
    return FALSE;
  if (span.length == 0)
    return TRUE;

  if (*span.text != ':')
    return FALSE;
  span.text++;
  span.length--;
  if (!take_digits (&span, 2, 2, &whole) || whole > 60)
    return FALSE;
  *has_seconds = TRUE;
  *seconds = MIN (whole, 59);
  if (span.length == 0)
    return TRUE;

  if (*span.text != '.' || span.length < 2)
    return FALSE;
  for (gsize i = 1; i < span.length; i++)
    if (!g_ascii_isdigit (span.text[i]))
      return FALSE;
  return TRUE;
}

static void
take_apart (GDateTime *now, WbFtpMoment *moment)
{
  g_date_time_get_ymd (now, &moment->year, &moment->month, &moment->day);
  moment->minute_of_day = g_date_time_get_hour (now) * 60 + g_date_time_get_minute (now);
}

static gboolean
is_usable (WbFtpSpan name)
{
  return name.length > 0 && name.length <= WB_FTP_NAME_MAX && !wb_ftp_span_equal (name, ".") &&
         !wb_ftp_span_equal (name, "..") && memchr (name.text, '/', name.length) == NULL;
}

/* A line that nobody understood is shown as it is, under a name that leads nowhere. */
static WbFtpEntry *
make_unknown (WbFtpSpan line)
{
  gsize length = MIN (line.length, WB_FTP_LINE_MAX);
  g_autofree char *raw = g_malloc (length + 1);
  g_autofree char *name = NULL;
  WbFtpEntryFields fields = { 0 };

  for (gsize i = 0; i < length; i++)
    raw[i] = line.text[i] != '\0' ? line.text[i] : '?';
  raw[length] = '\0';

  name = g_strdelimit (g_strdup (raw), "/", '?');
  if (!wb_ftp_name_is_usable (name))
    return NULL;

  fields.name = name;
  fields.type = WB_FTP_ENTRY_UNKNOWN;
  fields.size = -1;
  fields.raw = raw;
  return wb_ftp_entry_new (&fields);
}

static const char *
put (char **at, WbFtpSpan span)
{
  char *begin = *at;

  if (span.length == 0)
    return NULL;
  memcpy (begin, span.text, span.length);
  begin[span.length] = '\0';
  *at += span.length + 1;
  return begin;
}

static WbFtpEntry *
make_entry (WbFtpSpan line, const WbFtpParsed *parsed)
{
  /* The line, and its disjoint parts with a NUL each. */
  char buffer[2 * WB_FTP_LINE_MAX + 8];
  char *at = buffer;
  WbFtpEntryFields fields = { 0 };

  fields.raw = put (&at, line);
  fields.name = put (&at, parsed->name);
  fields.target = put (&at, parsed->target);
  fields.owner = put (&at, parsed->owner);
  fields.group = put (&at, parsed->group);
  fields.mode = parsed->mode[0] != '\0' ? parsed->mode : NULL;
  fields.type = parsed->type;
  fields.size = parsed->size;
  fields.modified = parsed->modified;
  fields.modified_is_utc = parsed->modified_is_utc;
  return wb_ftp_entry_new (&fields);
}

/* A name alone, of which nothing else is known. The path that some servers put before it is what
 * they were asked for. */
static WbFtpEntry *
make_named (WbFtpSpan line)
{
  WbFtpParsed parsed = { .name = line, .size = -1 };
  const char *slash = memrchr (line.text, '/', line.length);

  if (slash != NULL)
    {
      parsed.name.text = slash + 1;
      parsed.name.length = line.text + line.length - parsed.name.text;
    }
  if (wb_ftp_span_equal (parsed.name, ".") || wb_ftp_span_equal (parsed.name, ".."))
    return NULL;
  return is_usable (parsed.name) ? make_entry (line, &parsed) : make_unknown (line);
}

static WbFtpSpan
without_end (WbFtpSpan line)
{
  while (line.length > 0 &&
         (line.text[line.length - 1] == '\r' || line.text[line.length - 1] == '\n'))
    line.length--;
  return line;
}

static WbFtpEntry *
parse_line (WbFtpSpan line, WbFtpListingFormat format, const WbFtpMoment *now)
{
  guint count = format == WB_FTP_LISTING_MLSD ? 1 : G_N_ELEMENTS (parsers);

  line = without_end (line);
  if (line.length == 0)
    return NULL;
  if (line.length >= WB_FTP_LINE_MAX || memchr (line.text, '\0', line.length) != NULL)
    return make_unknown (line);

  if (format == WB_FTP_LISTING_NAMES)
    return make_named (line);

  for (guint i = 0; i < count; i++)
    {
      WbFtpParsed parsed = { .size = -1 };
      g_autoptr (GDateTime) modified = NULL;
      WbFtpLineResult result = parsers[i](line, now, &parsed);

      modified = parsed.modified;
      if (result == WB_FTP_LINE_NOTHING)
        return NULL;
      if (result == WB_FTP_LINE_FOREIGN)
        continue;
      if (wb_ftp_span_equal (parsed.name, ".") || wb_ftp_span_equal (parsed.name, ".."))
        return NULL;
      return is_usable (parsed.name) ? make_entry (line, &parsed) : make_unknown (line);
    }
  return make_unknown (line);
}

/**
 * wb_ftp_listing_parse_line:
 * @line: one line of a listing, with or without its line end; need not be NUL-terminated
 * @length: its bytes
 * @format: how the server was asked
 * @now: (nullable): the time in the server's time zone, from which the year of a
 *   time without one is guessed; %NULL is the present, in UTC
 *
 * Understands what FTP servers send: Unix `ls -l` and what looks like it (NetWare, Mac OS),
 * DOS `dir`, OpenVMS, MVS, OS/400, VxWorks, EPLF, and the facts of RFC 3659 §7.2. What is not
 * understood becomes an entry of type %WB_FTP_ENTRY_UNKNOWN with the line as its name, and so does
 * a name that could lead out of the folder. Pure; safe from any thread.
 *
 * Returns: (transfer full) (nullable): the entry, or %NULL for a line that is none,
 *   such as "total 12" or that of the folder itself
 */
WbFtpEntry *
wb_ftp_listing_parse_line (const char *line,
                           gsize length,
                           WbFtpListingFormat format,
                           GDateTime *now)
{
  g_autoptr (GDateTime) present = NULL;
  WbFtpMoment moment;

  g_return_val_if_fail (line != NULL || length == 0, NULL);

  if (now == NULL)
    now = present = g_date_time_new_now_utc ();
  take_apart (now, &moment);
  return parse_line ((WbFtpSpan){ line, length }, format, &moment);
}

/**
 * wb_ftp_listing_hold:
 * @held: gets @line, where the answer is %TRUE
 * @line: one line of a listing, with or without its line end; need not be NUL-terminated
 * @length: its bytes
 * @format: how the server was asked
 *
 * On OpenVMS what belongs to a long name stands on the line behind it, which alone has no meaning.
 *
 * Returns: whether the line may be the beginning of one entry with the next, and is to be given to
 *   wb_ftp_listing_join() with that before it is parsed
 */
gboolean
wb_ftp_listing_hold (GByteArray *held, const char *line, gsize length, WbFtpListingFormat format)
{
  WbFtpSpan span = without_end ((WbFtpSpan){ line, length });

  if (format != WB_FTP_LISTING_GUESS || !wb_ftp_listing_vms_is_wrapped (span))
    return FALSE;
  g_byte_array_set_size (held, 0);
  g_byte_array_append (held, (const guint8 *) span.text, span.length);
  return TRUE;
}

/**
 * wb_ftp_listing_join:
 * @held: what wb_ftp_listing_hold() kept; gets @line behind it, where the answer is %TRUE
 * @line: the line behind that
 * @length: its bytes
 *
 * Returns: whether both are one entry; else each is by itself
 */
gboolean
wb_ftp_listing_join (GByteArray *held, const char *line, gsize length)
{
  WbFtpSpan span = without_end ((WbFtpSpan){ line, length });

  if (!wb_ftp_listing_vms_goes_on (span))
    return FALSE;
  g_byte_array_append (held, (const guint8 *) " ", 1);
  g_byte_array_append (held, (const guint8 *) span.text, span.length);
  return TRUE;
}

/**
 * wb_ftp_listing_parse:
 * @text: a whole listing; need not be NUL-terminated
 * @length: its bytes
 * @format: how the server was asked
 * @now: (nullable): see wb_ftp_listing_parse_line()
 *
 * Parses a listing line by line, or where lines belong together by two, up to a million entries.
 * Pure; safe from any thread.
 *
 * Returns: (transfer full) (element-type WbFtpEntry): the entries in the server's order
 */
GPtrArray *
wb_ftp_listing_parse (const char *text, gsize length, WbFtpListingFormat format, GDateTime *now)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GDateTime) present = NULL;
  g_autoptr (GByteArray) held = g_byte_array_new ();
  const char *end = text + length;
  WbFtpMoment moment;

  g_return_val_if_fail (text != NULL || length == 0, NULL);

  if (now == NULL)
    now = present = g_date_time_new_now_utc ();
  take_apart (now, &moment);

  while ((text < end || held->len > 0) && entries->len < ENTRIES_MAX)
    {
      const char *lf = text < end ? memchr (text, '\n', end - text) : NULL;
      gsize n = lf != NULL ? (gsize) (lf - text) : (gsize) (end - text);
      WbFtpSpan line = { text, n };
      gboolean joined = held->len > 0 && wb_ftp_listing_join (held, text, n);
      gboolean waits = held->len > 0 && !joined;
      WbFtpEntry *entry = NULL;

      if (held->len > 0)
        line = (WbFtpSpan){ (const char *) held->data, held->len };
      /* One that was held in vain comes first, and this one after that. */
      if (!waits)
        text = lf != NULL ? lf + 1 : end;
      if (held->len == 0 && wb_ftp_listing_hold (held, line.text, line.length, format))
        continue;
      entry = parse_line (line, format, &moment);
      g_byte_array_set_size (held, 0);
      if (entry != NULL)
        g_ptr_array_add (entries, entry);
    }
  return g_steal_pointer (&entries);
}

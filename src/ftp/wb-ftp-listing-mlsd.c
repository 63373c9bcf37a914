/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-listing-private.h"

#include <string.h>

/* Unix servers' own types, after "OS.unix=" (RFC 3659 §7.5.1.5). */
static const struct
{
  const char *prefix;
  WbFtpEntryType type;
} unix_types[] = {
  { "slink", WB_FTP_ENTRY_LINK },
  { "symlink", WB_FTP_ENTRY_LINK },
  { "", WB_FTP_ENTRY_OTHER },
};

typedef struct
{
  WbFtpParsed *parsed;
  gboolean has_type;
  gboolean is_folder_itself;
} Facts;

static gboolean
begins (WbFtpSpan span, const char *prefix)
{
  gsize n = strlen (prefix);

  return span.length >= n && g_ascii_strncasecmp (span.text, prefix, n) == 0;
}

static gboolean
is_word (WbFtpSpan span, const char *word)
{
  return span.length == strlen (word) && begins (span, word);
}

/* RFC 3659 §7.5.1 */
static gboolean
take_type (Facts *facts, WbFtpSpan value)
{
  WbFtpParsed *parsed = facts->parsed;

  facts->has_type = TRUE;
  if (is_word (value, "file"))
    parsed->type = WB_FTP_ENTRY_FILE;
  else if (is_word (value, "dir"))
    parsed->type = WB_FTP_ENTRY_DIRECTORY;
  else if (is_word (value, "cdir") || is_word (value, "pdir"))
    facts->is_folder_itself = TRUE;
  else if (begins (value, "OS.unix="))
    {
      WbFtpSpan kind = { value.text + strlen ("OS.unix="), value.length - strlen ("OS.unix=") };

      for (guint i = 0; i < G_N_ELEMENTS (unix_types); i++)
        if (begins (kind, unix_types[i].prefix))
          {
            const char *colon = memchr (kind.text, ':', kind.length);

            parsed->type = unix_types[i].type;
            if (parsed->type == WB_FTP_ENTRY_LINK && colon != NULL)
              parsed->target = (WbFtpSpan){ colon + 1, kind.text + kind.length - colon - 1 };
            break;
          }
    }
  else
    parsed->type = WB_FTP_ENTRY_OTHER;
  return TRUE;
}

/* RFC 3659 §7.5.7 */
static gboolean
take_size (Facts *facts, WbFtpSpan value)
{
  return wb_ftp_span_to_number (value, &facts->parsed->size);
}

/* RFC 3659 §2.3: YYYYMMDDHHMMSS, perhaps with a fraction, always UTC. NULL if it is not that. */
GDateTime *
wb_ftp_span_to_moment (WbFtpSpan value)
{
  static const guint8 widths[] = { 4, 2, 2, 2, 2, 2 };
  gint64 parts[G_N_ELEMENTS (widths)];
  double seconds = 0;
  double unit = 0.1;
  gsize at = 0;

  for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      if (at + widths[i] > value.length ||
          !wb_ftp_span_to_number ((WbFtpSpan){ value.text + at, widths[i] }, &parts[i]))
        return NULL;
      at += widths[i];
    }
  seconds = parts[5];
  if (at < value.length)
    {
      if (value.text[at++] != '.')
        return NULL;
      for (; at < value.length; at++, unit /= 10)
        {
          if (!g_ascii_isdigit (value.text[at]))
            return NULL;
          seconds += unit * (value.text[at] - '0');
        }
    }
  /* A leap second, or rounding, must not fail. */
  seconds = MIN (seconds, 59.999999);
  return g_date_time_new_utc ((int) parts[0], (int) parts[1], (int) parts[2], (int) parts[3],
                              (int) parts[4], seconds);
}

static gboolean
take_modify (Facts *facts, WbFtpSpan value)
{
  g_clear_pointer (&facts->parsed->modified, g_date_time_unref);
  facts->parsed->modified = wb_ftp_span_to_moment (value);
  facts->parsed->modified_is_utc = TRUE;
  return facts->parsed->modified != NULL;
}

static gboolean
take_mode (Facts *facts, WbFtpSpan value)
{
  static const char bits[] = "rwxrwxrwx";
  char *mode = facts->parsed->mode;
  guint number = 0;

  if (value.length < 3 || value.length > 7)
    return FALSE;
  for (gsize i = 0; i < value.length; i++)
    {
      if (value.text[i] < '0' || value.text[i] > '7')
        return FALSE;
      number = number * 8 + (value.text[i] - '0');
    }

  for (guint i = 0; i < 9; i++)
    mode[i] = (number & (0400u >> i)) != 0 ? bits[i] : '-';
  mode[9] = '\0';
  if ((number & 04000) != 0)
    mode[2] = mode[2] == 'x' ? 's' : 'S';
  if ((number & 02000) != 0)
    mode[5] = mode[5] == 'x' ? 's' : 'S';
  if ((number & 01000) != 0)
    mode[8] = mode[8] == 'x' ? 't' : 'T';
  return TRUE;
}

static gboolean
take_owner (Facts *facts, WbFtpSpan value)
{
  facts->parsed->owner = value;
  return TRUE;
}

static gboolean
take_group (Facts *facts, WbFtpSpan value)
{
  facts->parsed->group = value;
  return TRUE;
}

/* A number is only the owner or group where no name was given. */
static gboolean
take_uid (Facts *facts, WbFtpSpan value)
{
  if (facts->parsed->owner.length == 0)
    facts->parsed->owner = value;
  return TRUE;
}

static gboolean
take_gid (Facts *facts, WbFtpSpan value)
{
  if (facts->parsed->group.length == 0)
    facts->parsed->group = value;
  return TRUE;
}

static const struct
{
  const char *name;
  gboolean (*take) (Facts *facts, WbFtpSpan value);
} known_facts[] = {
  { "type", take_type },      { "size", take_size },        { "modify", take_modify },
  { "UNIX.mode", take_mode }, { "UNIX.owner", take_owner }, { "UNIX.ownername", take_owner },
  { "UNIX.uid", take_uid },   { "UNIX.group", take_group }, { "UNIX.groupname", take_group },
  { "UNIX.gid", take_gid },
};

static void
take_fact (Facts *facts, WbFtpSpan name, WbFtpSpan value)
{
  /* A fact with a value that makes no sense is as good as absent; the entry is there all the same.
   */
  for (guint i = 0; i < G_N_ELEMENTS (known_facts); i++)
    if (is_word (name, known_facts[i].name))
      known_facts[i].take (facts, value);
}

/* One entry of MLSD (RFC 3659 §7.2): "fact=value;fact=value; name". */
WbFtpLineResult
wb_ftp_listing_mlsd (WbFtpSpan line, const WbFtpMoment *now, WbFtpParsed *parsed)
{
  Facts facts = { .parsed = parsed };
  const char *p = line.text;
  const char *end = line.text + line.length;
  guint count = 0;

  /* That is EPLF. */
  if (p < end && *p == '+')
    return WB_FTP_LINE_FOREIGN;
  while (p < end && *p != ' ')
    {
      const char *stop = memchr (p, ';', end - p);
      const char *equals = stop != NULL ? memchr (p, '=', stop - p) : NULL;

      if (equals == NULL || equals == p || memchr (p, ' ', equals - p) != NULL)
        return WB_FTP_LINE_FOREIGN;
      take_fact (&facts, (WbFtpSpan){ p, equals - p },
                 (WbFtpSpan){ equals + 1, stop - equals - 1 });
      count++;
      p = stop + 1;
    }
  if (count == 0 || p >= end)
    return WB_FTP_LINE_FOREIGN;
  if (facts.is_folder_itself)
    return WB_FTP_LINE_NOTHING;

  if (!facts.has_type)
    parsed->type = parsed->size >= 0 ? WB_FTP_ENTRY_FILE : WB_FTP_ENTRY_UNKNOWN;
  parsed->name = (WbFtpSpan){ p + 1, end - p - 1 };
  return parsed->name.length > 0 ? WB_FTP_LINE_ENTRY : WB_FTP_LINE_FOREIGN;
}

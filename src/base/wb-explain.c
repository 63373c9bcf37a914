/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-base"

#include "config.h"

#include "wb-explain.h"

#include "wb-explain-tables.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct
{
  const char *text;
  gsize length;
} Slice;

static Slice
skip (Slice line, gsize n)
{
  n = MIN (n, line.length);
  return (Slice){ line.text + n, line.length - n };
}

static gboolean
ends_word (Slice line, gsize at)
{
  return at >= line.length || strchr (" \t:=\r\n", line.text[at]) != NULL;
}

/* The entry with the longest key that the line begins with, so that "TYPE I" wins over "TYPE". */
static const WbExplainEntry *
find_prefix (const WbExplainEntry *table, Slice line, gboolean any_case)
{
  const WbExplainEntry *best = NULL;
  gsize best_length = 0;

  if (table == NULL)
    return NULL;
  for (; table->key != NULL; table++)
    {
      gsize length = strlen (table->key);

      if (length <= best_length || length > line.length || !ends_word (line, length))
        continue;
      if (any_case ? g_ascii_strncasecmp (line.text, table->key, length) == 0
                   : strncmp (line.text, table->key, length) == 0)
        {
          best = table;
          best_length = length;
        }
    }
  return best;
}

static gboolean
tell (const WbExplainEntry *entry, WbExplanation *explanation)
{
  if (entry == NULL)
    return FALSE;
  explanation->meaning = _ (entry->meaning);
  explanation->reference = entry->reference;
  return TRUE;
}

/* Both tables are finite, so the number of strings that are interned here is too. */
static gboolean
tell_both (const WbExplainEntry *general, const WbExplainEntry *special, WbExplanation *explanation)
{
  g_autofree char *meaning = NULL;
  g_autofree char *reference = NULL;

  if (special == NULL)
    return tell (general, explanation);

  /* Translators: the first %s is what a reply says in general ("done"), the second what it says in
   * particular ("the recipient's address is fine"). */
  meaning = g_strdup_printf (_ ("%s: %s"), _ (general->meaning), _ (special->meaning));
  if (general->reference != NULL && special->reference != NULL)
    reference = g_strdup_printf ("%s, %s", general->reference, special->reference);
  explanation->meaning = g_intern_string (meaning);
  explanation->reference = reference != NULL ? g_intern_string (reference) : general->reference;
  return TRUE;
}

/* The detail of "2.1.5 fine" is looked up as "1.5" (RFC 3463 §2). */
static const WbExplainEntry *
find_status (const WbExplainProtocol *tables, char class, Slice text)
{
  if (tables->details == NULL || text.length < 5 || text.text[0] != class || text.text[1] != '.')
    return NULL;
  return find_prefix (tables->details, skip (text, 2), FALSE);
}

static gboolean
explain_code (const WbExplainProtocol *tables, Slice line, WbExplanation *explanation)
{
  Slice code = { line.text, 3 };
  Slice text = skip (line, 4);
  const WbExplainEntry *entry = find_prefix (tables->replies, code, FALSE);
  const WbExplainEntry *class;
  const WbExplainEntry *subject;

  if (memcmp (line.text, "250", 3) == 0 && strcmp (tables->protocol, "smtp") == 0 &&
      tell (find_prefix (tables->keywords, text, FALSE), explanation))
    return TRUE;
  if (entry != NULL)
    return tell_both (entry, find_status (tables, line.text[0], text), explanation);

  class = find_prefix (tables->classes, (Slice){ line.text, 1 }, FALSE);
  subject = find_prefix (tables->subjects, (Slice){ line.text + 1, 1 }, FALSE);
  return class != NULL && tell_both (class, subject, explanation);
}

/* POP3's indicators, with what may stand in brackets behind them (RFC 2449 §8). */
static gboolean
explain_indicator (const WbExplainProtocol *tables, Slice line, WbExplanation *explanation)
{
  const WbExplainEntry *entry = find_prefix (tables->replies, line, TRUE);
  const char *bracket;
  const char *end;
  Slice inside;

  if (entry == NULL)
    return FALSE;

  bracket = memchr (line.text, '[', MIN (line.length, strlen ("-ERR  [")));
  end = bracket != NULL ? memchr (bracket, ']', line.text + line.length - bracket) : NULL;
  if (end == NULL)
    return tell (entry, explanation);
  inside = (Slice){ bracket + 1, end - bracket - 1 };
  return tell_both (entry, find_prefix (tables->details, inside, TRUE), explanation);
}

static gboolean
is_code (Slice line)
{
  for (gsize i = 0; i < 3; i++)
    if (i >= line.length || !g_ascii_isdigit (line.text[i]))
      return FALSE;
  return line.length == 3 || line.text[3] == ' ' || line.text[3] == '-';
}

static gboolean
explain_reply (const WbExplainProtocol *tables, Slice line, WbExplanation *explanation)
{
  if (strcmp (tables->protocol, "pop3") == 0)
    {
      if (explain_indicator (tables, line, explanation) ||
          tell (find_prefix (tables->keywords, line, FALSE), explanation))
        return TRUE;
      if (line.length > 2 && g_ascii_isdigit (line.text[0]))
        {
          explanation->meaning = _ ("a message's number, and its size or unique id");
          explanation->reference = "RFC 1939 §5, §7";
          return TRUE;
        }
      return FALSE;
    }
  if (is_code (line))
    return explain_code (tables, line, explanation);

  /* Between the first and the last line of a reply to FEAT (RFC 2389 §3.2). */
  return line.length > 1 && line.text[0] == ' ' &&
         tell (find_prefix (tables->keywords, skip (line, 1), TRUE), explanation);
}

static const WbExplainProtocol *
find_protocol (const char *name)
{
  const WbExplainProtocol *all[] = {
    wb_explain_get_ftp (),
    wb_explain_get_smtp (),
    wb_explain_get_pop3 (),
  };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    if (g_ascii_strcasecmp (name, all[i]->protocol) == 0)
      return all[i];
  return NULL;
}

/**
 * wb_explain_line:
 * @protocol: "ftp", "smtp" or "pop3", as a conversation names it
 * @from_client: whether the client said it
 * @line: (array length=length): a line without its CRLF, as it stands in the log
 * @length: bytes, or -1 when @line ends with NUL
 * @explanation: (out): what the line means; both fields %NULL when that is not known
 *
 * Looks a command or a reply up. Safe from any thread; nothing is kept between calls,
 * so a line that means something only after another one is explained by its form
 * alone.
 *
 * Returns: whether anything is known of it
 */
gboolean
wb_explain_line (const char *protocol,
                 gboolean from_client,
                 const char *line,
                 gssize length,
                 WbExplanation *explanation)
{
  const WbExplainProtocol *tables;
  Slice slice;

  g_return_val_if_fail (protocol != NULL && explanation != NULL, FALSE);
  g_return_val_if_fail (line != NULL || length == 0, FALSE);

  *explanation = (WbExplanation){ NULL, NULL };
  slice = (Slice){ line, length < 0 ? strlen (line) : (gsize) length };
  tables = find_protocol (protocol);
  if (tables == NULL || slice.length == 0)
    return FALSE;
  return from_client ? tell (find_prefix (tables->commands, slice, TRUE), explanation)
                     : explain_reply (tables, slice, explanation);
}

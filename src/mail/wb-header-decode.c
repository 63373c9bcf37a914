/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-header-decode.h"

#include "wb-mail-charset.h"

#include <string.h>

/* Encoded words are taken apart here rather than by GMime: up to 3.2.13 it loses text where the
   base64 of two adjacent words is padded differently, it knows fewer wrong labels, and it decodes
   each word alone although many programs cut a character in two. What GMime parses further gets one
   UTF-8 word in place of each run. */

#define MAXIMUM_CHARSET 60

typedef struct
{
  char *charset;
  GByteArray *bytes;
} Word;

static void
word_clear (Word *word)
{
  g_clear_pointer (&word->charset, g_free);
  g_clear_pointer (&word->bytes, g_byte_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Word, word_clear)

static void
append_q (GByteArray *bytes, const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    {
      guint8 byte = text[i] == '_' ? ' ' : text[i];

      if (text[i] == '=' && i + 2 < length && g_ascii_isxdigit (text[i + 1]) &&
          g_ascii_isxdigit (text[i + 2]))
        {
          byte = g_ascii_xdigit_value (text[i + 1]) << 4 | g_ascii_xdigit_value (text[i + 2]);
          i += 2;
        }
      g_byte_array_append (bytes, &byte, 1);
    }
}

static void
append_b (GByteArray *bytes, const char *text, gsize length)
{
  g_autofree guchar *decoded = g_malloc (length / 4 * 3 + 6);
  int state = 0;
  guint save = 0;
  gsize written = g_base64_decode_step (text, length, decoded, &state, &save);

  /* Some leave out the padding. */
  if (state != 0)
    written += g_base64_decode_step ("===", 3, decoded + written, &state, &save);
  g_byte_array_append (bytes, decoded, written);
}

/* If an encoded word starts at @at, its end, and its charset and bytes in @word. (RFC 2047 section
   2, RFC 2231 section 5 for the language.) */
static const char *
read_word (const char *at, Word *word)
{
  const char *charset = at + 2;
  gsize charset_length;
  const char *text;
  const char *end;
  char encoding;

  if (at[0] != '=' || at[1] != '?')
    return NULL;
  charset_length = strcspn (charset, "? \t\r\n\"<>");
  if (charset_length == 0 || charset_length > MAXIMUM_CHARSET || charset[charset_length] != '?')
    return NULL;
  encoding = g_ascii_toupper (charset[charset_length + 1]);
  if ((encoding != 'B' && encoding != 'Q') || charset[charset_length + 2] != '?')
    return NULL;
  text = charset + charset_length + 3;
  end = strstr (text, "?=");
  if (end == NULL)
    return NULL;

  word->charset = g_strndup (charset, charset_length);
  word->charset[strcspn (word->charset, "*")] = '\0';
  word->bytes = g_byte_array_new ();
  if (encoding == 'B')
    append_b (word->bytes, text, end - text);
  else
    append_q (word->bytes, text, end - text);
  return end + 2;
}

/* What a word hides may not act as anything but text. */
static void
append_harmless (GString *out, const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    g_string_append_c (out, ((guchar) *p < 0x20 && *p != '\t') || *p == 0x7f ? ' ' : *p);
}

static void
flush_word (GString *text, Word *word, const char **trouble)
{
  g_autofree char *decoded = NULL;

  if (word->bytes == NULL)
    return;
  decoded = wb_mail_charset_decode (word->bytes->data, word->bytes->len, word->charset, trouble);
  append_harmless (text, decoded);
  word_clear (word);
}

/* Reads a run of encoded words with white space alone between them; its end. Words of one charset
   are joined before they are decoded. */
static const char *
read_run (const char *at, GString *text, const char **trouble)
{
  g_auto (Word) joined = { NULL, NULL };
  const char *end = NULL;

  for (;;)
    {
      g_auto (Word) word = { NULL, NULL };
      const char *after = read_word (at, &word);

      if (after == NULL)
        break;
      end = after;
      if (joined.charset != NULL && g_ascii_strcasecmp (joined.charset, word.charset) == 0)
        g_byte_array_append (joined.bytes, word.bytes->data, word.bytes->len);
      else
        {
          flush_word (text, &joined, trouble);
          joined.charset = g_steal_pointer (&word.charset);
          joined.bytes = g_steal_pointer (&word.bytes);
        }
      at = after + strspn (after, " \t\r\n");
    }
  flush_word (text, &joined, trouble);
  return end;
}

/* One line of UTF-8: line ends go, the white space behind them stays (RFC 5322 section 2.2.3). */
static char *
unfold (const char *raw, const char **trouble)
{
  gsize length = strlen (raw);
  g_autofree char *line = g_malloc (length + 1);
  char *to = line;

  for (const char *p = raw; *p != '\0'; p++)
    if (*p != '\r' && *p != '\n')
      *to++ = *p;
  *to = '\0';
  if (g_utf8_validate (line, to - line, NULL))
    return g_strstrip (g_steal_pointer (&line));
  return g_strstrip (wb_mail_charset_decode (line, to - line, NULL, trouble));
}

static char *
decode (const char *raw, gboolean as_word, const char **trouble)
{
  g_autofree char *line = unfold (raw, trouble);
  g_autoptr (GString) out = NULL;
  const char *at = line;
  const char *next;

  if (strstr (line, "=?") == NULL)
    return g_steal_pointer (&line);

  out = g_string_sized_new (strlen (line));
  while ((next = strstr (at, "=?")) != NULL)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      const char *end = read_run (next, text, trouble);

      g_string_append_len (out, at, next - at);
      if (end == NULL)
        {
          g_string_append (out, "=?");
          at = next + 2;
          continue;
        }
      if (as_word)
        {
          g_autofree char *base64 = g_base64_encode ((const guchar *) text->str, text->len);

          g_string_append_printf (out, "=?utf-8?B?%s?=", base64);
        }
      else
        g_string_append_len (out, text->str, text->len);
      at = end;
    }
  g_string_append (out, at);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/**
 * wb_header_decode_text:
 * @raw: a header's value as it stands in the message, folded or not
 * @trouble: (out) (optional) (nullable): set to a sentence for the person if a charset was unknown
 *   or did not fit; static
 *
 * Decodes the value of a header for reading. (RFC 2047.)
 *
 * Safe from any thread.
 *
 * Returns: (transfer full): one line of UTF-8
 */
char *
wb_header_decode_text (const char *raw, const char **trouble)
{
  g_return_val_if_fail (raw != NULL, NULL);

  return decode (raw, FALSE, trouble);
}

/**
 * wb_header_unify_words:
 * @raw: a header's value as it stands in the message, folded or not
 * @trouble: (out) (optional) (nullable): as for wb_header_decode_text()
 *
 * Keeps the value parsable, with one encoded word in UTF-8 in place of each run of them and every
 * other byte UTF-8.
 *
 * Safe from any thread.
 *
 * Returns: (transfer full): one line of UTF-8
 */
char *
wb_header_unify_words (const char *raw, const char **trouble)
{
  g_return_val_if_fail (raw != NULL, NULL);

  return decode (raw, TRUE, trouble);
}

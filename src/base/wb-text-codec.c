/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-base"

#include "config.h"

#include "wb-text-codec.h"

#include "wb-error.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

static const char *const charsets[] = {
  "UTF-8",        "GB18030",      "GBK",          "GB2312",       "Big5",         "Big5-HKSCS",
  "EUC-TW",       "Shift_JIS",    "EUC-JP",       "ISO-2022-JP",  "EUC-KR",       "UTF-16LE",
  "UTF-16BE",     "UTF-32LE",     "UTF-32BE",     "US-ASCII",     "ISO-8859-1",   "ISO-8859-2",
  "ISO-8859-5",   "ISO-8859-7",   "ISO-8859-8",   "ISO-8859-9",   "ISO-8859-15",  "windows-1250",
  "windows-1251", "windows-1252", "windows-1253", "windows-1254", "windows-1255", "windows-1256",
  "windows-1257", "windows-1258", "KOI8-R",       "KOI8-U",       "TIS-620",      NULL,
};

/* What people call GB2312 or GBK is as a rule one of their successors. */
static const char *const gb_labels[] = {
  "gb2312", "gbk", "gb_2312-80", "cp936", "euc-cn", "x-gbk"
};

static gboolean
is_utf8 (const char *charset)
{
  return charset == NULL || g_ascii_strcasecmp (charset, "utf-8") == 0 ||
         g_ascii_strcasecmp (charset, "utf8") == 0;
}

static const char *
decoding_charset (const char *charset)
{
  for (guint i = 0; i < G_N_ELEMENTS (gb_labels); i++)
    if (g_ascii_strcasecmp (charset, gb_labels[i]) == 0)
      return "GB18030";
  return charset;
}

/* iconv would take "//IGNORE" and an empty name (the locale's) as well. */
static gboolean
is_charset_name (const char *name)
{
  if (*name == '\0' || strlen (name) > 64)
    return FALSE;
  for (const char *c = name; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("-_.:+()", *c) == NULL)
      return FALSE;
  return TRUE;
}

static GIConv
open_converter (const char *to, const char *from, const char *charset, GError **error)
{
  GIConv converter = (GIConv) -1;

  if (is_charset_name (charset))
    converter = g_iconv_open (to, from);
  if (converter == (GIConv) -1)
    {
      g_autofree char *shown = g_utf8_make_valid (charset, -1);

      g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
                   /* Translators: %s is what was given as the name of a charset. */
                   _ ("No charset is called “%s”. UTF-8, GB18030, Big5 and ISO-8859-1 are some."),
                   shown);
    }
  return converter;
}

/* Converts from *IN on into OUT until the end or the first byte that it cannot take; returns the
 * errno of that, or 0. */
static int
convert_run (GIConv converter, char **in, gsize *in_left, GString *out)
{
  char buffer[1024];

  do
    {
      char *end = buffer;
      gsize room = sizeof buffer;
      gsize rc = g_iconv (converter, in, in_left, &end, &room);
      int code = errno;

      g_string_append_len (out, buffer, end - buffer);
      if (rc == (gsize) -1 && code != E2BIG)
        return code;
    }
  while (*in_left > 0);
  return 0;
}

static void
flush_converter (GIConv converter, GString *out)
{
  char buffer[64];
  char *end = buffer;
  gsize room = sizeof buffer;

  if (g_iconv (converter, NULL, NULL, &end, &room) != (gsize) -1)
    g_string_append_len (out, buffer, end - buffer);
}

/* Like g_utf8_validate_len(), but a NUL counts as valid. */
static gsize
valid_utf8_length (const char *text, gsize length)
{
  gsize done = 0;

  while (done < length)
    {
      const char *invalid;

      g_utf8_validate_len (text + done, length - done, &invalid);
      done = (gsize) (invalid - text);
      if (done == length || text[done] != '\0')
        break;
      done++;
    }
  return done;
}

static gboolean
encode_into (GString *out, const char *text, gsize length, const char *charset, GError **error)
{
  char *in = (char *) text;
  gsize left = length;
  GIConv converter;
  gsize valid = valid_utf8_length (text, length);

  if (valid < length)
    {
      g_autofree char *offset = g_strdup_printf ("%" G_GSIZE_FORMAT, valid);

      g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
                   /* Translators: %s is the offset of a byte, counted from 0. */
                   _ ("Byte %s of the text is not valid UTF-8."), offset);
      return FALSE;
    }
  if (is_utf8 (charset))
    {
      g_string_append_len (out, text, (gssize) length);
      return TRUE;
    }

  converter = open_converter (charset, "UTF-8", charset, error);
  if (converter == (GIConv) -1)
    return FALSE;
  if (convert_run (converter, &in, &left, out) != 0)
    {
      g_autofree char *character = g_strdup_printf ("U+%04X", g_utf8_get_char (in));

      g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
                   /* Translators: %1$u is the offset of a byte, counted from 0; %2$s a character,
                    * such as U+738B; %3$s a charset. */
                   _ ("The character at byte %1$u (%2$s) does not exist in %3$s. Choose another "
                      "charset, such as UTF-8."),
                   (guint) (in - text), character, charset);
      g_iconv_close (converter);
      return FALSE;
    }
  flush_converter (converter, out);
  g_iconv_close (converter);
  return TRUE;
}

/**
 * wb_text_encode:
 * @text: UTF-8
 * @charset: (nullable): the charset of the bytes; %NULL is UTF-8
 *
 * Makes bytes of text, exactly or not at all: a character that @charset lacks is
 * an error that names the character and its offset.
 *
 * Safe from any thread.
 *
 * Returns: (transfer full) (nullable): the bytes, or %NULL with %WB_ERROR_INVALID
 */
GBytes *
wb_text_encode (const char *text, const char *charset, GError **error)
{
  g_autoptr (GString) out = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  out = g_string_new (NULL);
  if (!encode_into (out, text, strlen (text), charset, error))
    return NULL;
  return g_string_free_to_bytes (g_steal_pointer (&out));
}

typedef struct
{
  GIConv converter; /* unused for UTF-8 */
  gboolean utf8;
} Decoder;

static gboolean
decoder_open (Decoder *decoder, const char *charset, GError **error)
{
  decoder->utf8 = is_utf8 (charset);
  if (decoder->utf8)
    return TRUE;
  decoder->converter = open_converter ("UTF-8", decoding_charset (charset), charset, error);
  return decoder->converter != (GIConv) -1;
}

static void
decoder_close (Decoder *decoder)
{
  if (!decoder->utf8)
    g_iconv_close (decoder->converter);
}

/* Appends to OUT what can be decoded; how many bytes that took. */
static gsize
decoder_run (Decoder *decoder, const char *data, gsize length, GString *out)
{
  char *in = (char *) data;
  gsize left = length;

  if (decoder->utf8)
    {
      gsize done = valid_utf8_length (data, length);

      g_string_append_len (out, data, (gssize) done);
      return done;
    }
  if (convert_run (decoder->converter, &in, &left, out) == 0)
    flush_converter (decoder->converter, out);
  return length - left;
}

/* After a byte that could not be decoded, a stateful charset begins anew. */
static void
decoder_reset (Decoder *decoder)
{
  if (!decoder->utf8)
    g_iconv (decoder->converter, NULL, NULL, NULL, NULL);
}

/**
 * wb_text_decode:
 * @data: (array length=length): bytes
 * @charset: (nullable): their charset; %NULL is UTF-8
 *
 * Makes text of bytes, exactly or not at all: the first byte that is not valid is
 * an error that names its offset; so is a zero byte, which no C string can hold.
 * GB2312 and GBK are decoded as GB18030, of which they are parts, since what is
 * labelled so is often one of its later forms.
 *
 * Safe from any thread.
 *
 * Returns: (transfer full) (nullable): UTF-8, or %NULL with %WB_ERROR_INVALID
 */
char *
wb_text_decode (const void *data, gsize length, const char *charset, GError **error)
{
  g_autoptr (GString) out = NULL;
  Decoder decoder;
  gsize done;

  g_return_val_if_fail (data != NULL || length == 0, NULL);

  if (!decoder_open (&decoder, charset, error))
    return NULL;
  out = g_string_sized_new (length);
  done = decoder_run (&decoder, data != NULL ? data : "", length, out);
  decoder_close (&decoder);
  if (done < length)
    {
      g_autofree char *offset = g_strdup_printf ("%" G_GSIZE_FORMAT, done);

      g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
                   /* Translators: %1$s is the offset of a byte, counted from 0; %2$s a charset. */
                   _ ("Byte %1$s is not valid %2$s."), offset, charset != NULL ? charset : "UTF-8");
      return NULL;
    }
  if (memchr (out->str, '\0', out->len) != NULL)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("The text contains a zero byte. Look at it as hex."));
      return NULL;
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/**
 * wb_text_decode_lossy:
 * @data: (array length=length): bytes
 * @charset: (nullable): their charset; %NULL or one that does not exist is UTF-8
 *
 * Like wb_text_decode(), but never fails: U+FFFD stands for each byte that is not
 * valid and for each zero byte.
 *
 * Safe from any thread.
 *
 * Returns: (transfer full): UTF-8
 */
char *
wb_text_decode_lossy (const void *data, gsize length, const char *charset)
{
  g_autoptr (GString) out = NULL;
  const char *bytes = data;
  Decoder decoder;
  gsize done = 0;

  g_return_val_if_fail (data != NULL || length == 0, NULL);

  if (!decoder_open (&decoder, charset, NULL))
    decoder_open (&decoder, NULL, NULL);
  out = g_string_sized_new (length);
  while (done < length)
    {
      done += decoder_run (&decoder, bytes + done, length - done, out);
      if (done < length)
        {
          g_string_append (out, "\357\277\275");
          done++;
          decoder_reset (&decoder);
        }
    }
  decoder_close (&decoder);
  if (memchr (out->str, '\0', out->len) != NULL)
    {
      GString *clean = g_string_sized_new (out->len);

      for (gsize i = 0; i < out->len; i++)
        if (out->str[i] == '\0')
          g_string_append (clean, "\357\277\275");
        else
          g_string_append_c (clean, out->str[i]);
      return g_string_free (clean, FALSE);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/**
 * wb_text_charset_exists:
 * @charset: a name
 *
 * Safe from any thread.
 *
 * Returns: whether text can be converted from and to it
 */
gboolean
wb_text_charset_exists (const char *charset)
{
  GIConv converter;

  g_return_val_if_fail (charset != NULL, FALSE);

  if (is_utf8 (charset))
    return TRUE;
  converter = open_converter (charset, "UTF-8", charset, NULL);
  if (converter == (GIConv) -1)
    return FALSE;
  g_iconv_close (converter);
  return TRUE;
}

/**
 * wb_text_list_charsets:
 *
 * The charsets worth offering, UTF-8 first, then the Chinese ones, then others.
 * More exist; see wb_text_charset_exists().
 *
 * Returns: (transfer none) (array zero-terminated=1): names
 */
const char *const *
wb_text_list_charsets (void)
{
  return charsets;
}

static gboolean
is_hidden (gunichar c)
{
  return c < 0x20 || (c >= 0x7f && c < 0xa0)          /* C0, DEL, C1 */
         || c == 0x061c || c == 0x200e || c == 0x200f /* marks of direction */
         || (c >= 0x2028 && c <= 0x202e)              /* separators, embeddings and overrides */
         || (c >= 0x2066 && c <= 0x2069)              /* isolates */
         || c == 0xfeff;
}

static void
append_escaped (GString *out, const char *text, gsize length)
{
  static const char *const names[] = { "\n\\n", "\r\\r", "\t\\t", "\\\\\\" };

  for (const char *p = text, *end = text + length; p < end; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      gboolean named = FALSE;

      for (guint i = 0; i < G_N_ELEMENTS (names) && !named; i++)
        if (c == (gunichar) names[i][0])
          {
            g_string_append_len (out, names[i] + 1, 2);
            named = TRUE;
          }
      if (named)
        continue;
      if (c < 0x80 && is_hidden (c))
        g_string_append_printf (out, "\\x%02X", c);
      else if (is_hidden (c))
        g_string_append_printf (out, "\\u%04X", c);
      else
        g_string_append_len (out, p, g_utf8_next_char (p) - p);
    }
}

/**
 * wb_text_escape:
 * @data: (array length=length): bytes
 * @charset: (nullable): their charset; %NULL or one that does not exist is UTF-8
 *
 * Shows bytes on one line that hides nothing: control characters, those that
 * change the direction of text, backslashes and bytes that are not valid in
 * @charset are written as the escapes that wb_text_parse_escapes() reads.
 *
 * Safe from any thread.
 *
 * Returns: (transfer full): UTF-8 without control or direction characters
 */
char *
wb_text_escape (const void *data, gsize length, const char *charset)
{
  g_autoptr (GString) text = NULL;
  GString *out;
  const char *bytes = data;
  Decoder decoder;
  gsize done = 0;

  g_return_val_if_fail (data != NULL || length == 0, NULL);

  if (!decoder_open (&decoder, charset, NULL))
    decoder_open (&decoder, NULL, NULL);
  text = g_string_new (NULL);
  out = g_string_sized_new (length);
  while (done < length)
    {
      g_string_truncate (text, 0);
      done += decoder_run (&decoder, bytes + done, length - done, text);
      append_escaped (out, text->str, text->len);
      if (done < length)
        {
          g_string_append_printf (out, "\\x%02X", (guint) (guchar) bytes[done]);
          done++;
          decoder_reset (&decoder);
        }
    }
  decoder_close (&decoder);
  return g_string_free (out, FALSE);
}

static int
parse_digits (const char *text, guint count)
{
  int value = 0;

  for (guint i = 0; i < count; i++)
    {
      if (!g_ascii_isxdigit (text[i]))
        return -1;
      value = value * 16 + g_ascii_xdigit_value (text[i]);
    }
  return value;
}

/* The character of a \uXXXX, or of two that are a surrogate pair; *P ends behind it. */
static gunichar
parse_unicode (const char **p)
{
  int high = parse_digits (*p, 4);
  int low;

  if (high < 0)
    return 0;
  *p += 4;
  if (high < 0xd800 || high > 0xdfff)
    return (gunichar) high;
  if (high > 0xdbff || (*p)[0] != '\\' || (*p)[1] != 'u')
    return 0;
  low = parse_digits (*p + 2, 4);
  if (low < 0xdc00 || low > 0xdfff)
    return 0;
  *p += 6;
  return 0x10000 + (((gunichar) high - 0xd800) << 10) + ((gunichar) low - 0xdc00);
}

/**
 * wb_text_parse_escapes:
 * @text: UTF-8 in which `\n`, `\r`, `\t`, `\\`, `\0`, `\xHH` and `\uXXXX` stand for
 *   what they do in C; two `\u` may be a surrogate pair
 * @charset: (nullable): the charset of the bytes; %NULL is UTF-8
 *
 * Makes bytes of typed text. `\xHH` is that byte whatever the charset; everything
 * else is encoded.
 *
 * Safe from any thread.
 *
 * Returns: (transfer full) (nullable): the bytes, or %NULL with %WB_ERROR_INVALID
 *   that names the offset
 */
GBytes *
wb_text_parse_escapes (const char *text, const char *charset, GError **error)
{
  static const char *const simple[] = { "n\n", "r\r", "t\t", "\\\\" };
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GString) run = g_string_new (NULL);
  const char *p = text;

  g_return_val_if_fail (text != NULL, NULL);

  while (*p != '\0')
    {
      const char *start = p;
      int byte;
      gunichar character = 0;

      if (*p != '\\')
        {
          g_string_append_c (run, *p++);
          continue;
        }
      for (guint i = 0; i < G_N_ELEMENTS (simple); i++)
        if (p[1] == simple[i][0])
          character = (gunichar) (guchar) simple[i][1];
      if (character != 0)
        {
          p += 2;
          g_string_append_unichar (run, character);
        }
      else if (p[1] == '0')
        {
          p += 2;
          g_string_append_c (run, '\0');
        }
      else if (p[1] == 'x' && (byte = parse_digits (p + 2, 2)) >= 0)
        {
          if (!encode_into (out, run->str, run->len, charset, error))
            return NULL;
          g_string_truncate (run, 0);
          g_string_append_c (out, (char) byte);
          p += 4;
        }
      else if (p[1] == 'u' && (p += 2, character = parse_unicode (&p)) != 0)
        g_string_append_unichar (run, character);
      else
        {
          g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
                       /* Translators: %u is the offset of a byte, counted from 0. */
                       _ ("What follows the backslash at byte %u is not known. Known are \\n, "
                          "\\r, \\t, \\0, \\\\, \\xHH and \\uXXXX."),
                       (guint) (start - text));
          return NULL;
        }
    }
  if (!encode_into (out, run->str, run->len, charset, error))
    return NULL;
  return g_string_free_to_bytes (g_steal_pointer (&out));
}

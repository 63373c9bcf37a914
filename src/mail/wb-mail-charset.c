/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-mail-charset.h"

#include "wb-text-codec.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Labels that mail programs write for more than the label covers. GB18030 reads every GB 2312 and
   GBK text, and the Windows pages every text of the ISO pages that has letters only they have. */
static const struct
{
  const char *label;
  const char *charset;
} wider[] = {
  { "gb2312", "GB18030" },
  { "gb_2312-80", "GB18030" },
  { "gbk", "GB18030" },
  { "x-gbk", "GB18030" },
  { "cp936", "GB18030" },
  { "ms936", "GB18030" },
  { "euc-cn", "GB18030" },
  { "eucgb2312_cn", "GB18030" }, /* this and big5_tw are what Python writes */
  { "big5_tw", "BIG5-HKSCS" },
  { "big5", "BIG5-HKSCS" },
  { "ks_c_5601-1987", "CP949" },
  { "euc-kr", "CP949" },
  { "shift_jis", "CP932" },
  { "iso-8859-1", "WINDOWS-1252" },
  { "latin1", "WINDOWS-1252" },
  { "iso-8859-9", "WINDOWS-1254" },
  { "utf8", "UTF-8" },
  { "unicode-1-1-utf-7", "UTF-7" },
  { "ansi_x3.4-1968", "US-ASCII" },
  { "ascii", "US-ASCII" },
};

/**
 * wb_mail_charset_resolve:
 * @label: a charset as a message names it
 *
 * Safe from any thread.
 *
 * Returns: the charset to read it as, which may be @label itself
 */
const char *
wb_mail_charset_resolve (const char *label)
{
  g_return_val_if_fail (label != NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (wider); i++)
    if (g_ascii_strcasecmp (wider[i].label, label) == 0)
      return wider[i].charset;
  return label;
}

/**
 * wb_mail_charset_is_known:
 * @label: a charset as a message names it
 *
 * Safe from any thread.
 *
 * Returns: whether text in it can be read on this system
 */
gboolean
wb_mail_charset_is_known (const char *label)
{
  GIConv converter;

  g_return_val_if_fail (label != NULL, FALSE);

  converter = g_iconv_open ("UTF-8", wb_mail_charset_resolve (label));
  if (converter == (GIConv) -1)
    return FALSE;
  g_iconv_close (converter);
  return TRUE;
}

/**
 * wb_mail_charset_encode:
 * @text: UTF-8
 * @charset: the charset to write, exactly as it is labelled
 * @length: (out): bytes returned
 * @bad_offset: (out) (optional): where @text holds the first character that @charset lacks, in
 *   bytes; `G_MAXSIZE` when there is no such charset
 *
 * Safe from any thread.
 *
 * Returns: (transfer full) (nullable): the bytes, or %NULL if @charset cannot hold them
 */
char *
wb_mail_charset_encode (const char *text, const char *charset, gsize *length, gsize *bad_offset)
{
  g_autoptr (GError) error = NULL;
  gsize read = 0;
  char *bytes;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (charset != NULL, NULL);

  bytes = g_convert (text, -1, charset, "UTF-8", &read, length, &error);
  if (bytes == NULL && bad_offset != NULL)
    *bad_offset =
        g_error_matches (error, G_CONVERT_ERROR, G_CONVERT_ERROR_NO_CONVERSION) ? G_MAXSIZE : read;
  return bytes;
}

static gboolean
is_ascii (const char *data, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if ((guchar) data[i] >= 0x80)
      return FALSE;
  return TRUE;
}

/* Whether the text is valid UTF-8 without a NUL. Most is ASCII, which is seen in a fraction of the
   time: this is written so that the compiler turns it into vector code. */
static gboolean
is_utf8 (const char *data, gsize length)
{
  guint8 high = 0;
  guint8 nul = 0;

  for (gsize i = 0; i < length; i++)
    {
      high |= (guint8) data[i];
      nul |= data[i] == '\0';
    }
  return nul == 0 && (high < 0x80 || g_utf8_validate_len (data, length, NULL));
}

/* NUL ends a C string; what stands behind one would be lost to the reader. */
static char *
without_nul (const char *data, gsize length)
{
  g_autoptr (GString) text = g_string_sized_new (length);

  for (gsize i = 0; i < length; i++)
    if (data[i] == '\0')
      g_string_append (text, "\357\277\275");
    else
      g_string_append_c (text, data[i]);
  return g_utf8_make_valid (text->str, text->len);
}

static char *
convert (const char *data, gsize length, const char *charset)
{
  gsize written = 0;
  g_autofree char *text = g_convert (data, length, "UTF-8", charset, NULL, &written, NULL);

  if (text != NULL && memchr (text, '\0', written) != NULL)
    return without_nul (text, written);
  /* The C library lets code points above U+10FFFF through. */
  return text != NULL && g_utf8_validate (text, written, NULL) ? g_steal_pointer (&text) : NULL;
}

static char *
decode_utf8 (const char *data, gsize length)
{
  if (memchr (data, '\0', length) == NULL)
    return g_utf8_make_valid (data, length);
  return without_nul (data, length);
}

/* What has no label, or one that lies, is UTF-8 if it can be, since that is rarely so by chance;
   then GB18030, which Chinese programs leave out most; then letters for bytes. */
static char *
guess (const char *data, gsize length)
{
  char *text;

  if (is_utf8 (data, length))
    return g_strndup (data, length);
  text = convert (data, length, "GB18030");
  return text != NULL ? text : decode_utf8 (data, length);
}

/**
 * wb_mail_charset_decode:
 * @data: (array length=length): bytes of a header or body
 * @length: bytes
 * @label: (nullable): the charset as the message names it
 * @trouble: (out) (optional) (nullable): set to a sentence for the person if @label is unknown or
 *   does not fit; static
 *
 * Decodes text from a message, always: bytes that cannot be understood become U+FFFD.
 *
 * Safe from any thread.
 *
 * Returns: (transfer full): UTF-8
 */
char *
wb_mail_charset_decode (const void *data, gsize length, const char *label, const char **trouble)
{
  const char *charset = label != NULL && *label != '\0' ? wb_mail_charset_resolve (label) : NULL;
  g_autofree char *lossy = NULL;
  char *text;

  g_return_val_if_fail (data != NULL || length == 0, NULL);

  if (length == 0)
    return g_strdup ("");
  if (charset == NULL || g_ascii_strcasecmp (charset, "US-ASCII") == 0)
    {
      if (charset != NULL && trouble != NULL && !is_ascii (data, length))
        *trouble = _ ("The text is labelled as plain ASCII but is not; its charset was guessed.");
      return guess (data, length);
    }
  if (g_ascii_strcasecmp (charset, "UTF-8") == 0 && is_utf8 (data, length))
    return g_strndup (data, length);

  text = convert (data, length, charset);
  if (text != NULL)
    return text;

  if (trouble != NULL)
    *trouble =
        wb_mail_charset_is_known (label)
            ? _ ("The text does not fit the charset that it is labelled with; some of it may be "
                 "wrong.")
            : _ ("The text is labelled with a charset that is unknown here; it was guessed.");
  if (!wb_mail_charset_is_known (label) || is_utf8 (data, length))
    return guess (data, length);
  lossy = wb_text_decode_lossy (data, length, charset);
  return g_utf8_make_valid (lossy, -1);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-base"

#include "config.h"

#include "wb-text-codec.h"

#include "wb-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define DUMP_ROW 16

/**
 * wb_text_parse_hex:
 * @hex: pairs of hexadecimal digits
 *
 * Reads hex as people write and paste it: spaces, line breaks, colons, commas and
 * hyphens may stand between the pairs, and "0x" or "\x" before them.
 *
 * Safe from any thread.
 *
 * Returns: (transfer full) (nullable): the bytes, or %NULL with %WB_ERROR_INVALID
 *   that names the offset
 */
GBytes *
wb_text_parse_hex (const char *hex, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  const char *p = hex;

  g_return_val_if_fail (hex != NULL, NULL);

  while (*p != '\0')
    {
      guint8 byte;

      if (g_ascii_isspace (*p) || strchr (":,-;", *p) != NULL)
        {
          p++;
          continue;
        }
      if ((p[0] == '0' || p[0] == '\\') && (p[1] == 'x' || p[1] == 'X'))
        p += 2;
      if (!g_ascii_isxdigit (p[0]) || !g_ascii_isxdigit (p[1]))
        {
          guint offset = (guint) (p - hex) + (g_ascii_isxdigit (p[0]) ? 1 : 0);

          g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
                       /* Translators: %u is the offset of a character, counted from 0. */
                       _ ("At byte %u a hexadecimal digit is missing. Each byte takes two, such "
                          "as 0a."),
                       offset);
          return NULL;
        }
      byte = (guint8) (g_ascii_xdigit_value (p[0]) * 16 + g_ascii_xdigit_value (p[1]));
      g_byte_array_append (bytes, &byte, 1);
      p += 2;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

/**
 * wb_text_format_hex:
 * @data: (array length=length): bytes
 *
 * Safe from any thread.
 *
 * Returns: (transfer full): pairs of digits in lower case, a space between them
 */
char *
wb_text_format_hex (const void *data, gsize length)
{
  static const char digits[] = "0123456789abcdef";
  const guint8 *bytes = data;
  GString *out;

  g_return_val_if_fail (data != NULL || length == 0, NULL);

  out = g_string_sized_new (length * 3 + 1);
  for (gsize i = 0; i < length; i++)
    {
      if (i > 0)
        g_string_append_c (out, ' ');
      g_string_append_c (out, digits[bytes[i] >> 4]);
      g_string_append_c (out, digits[bytes[i] & 15]);
    }
  return g_string_free (out, FALSE);
}

/**
 * wb_text_dump_hex:
 * @data: (array length=length): bytes
 * @maximum: how many bytes to show at most; 0 shows all
 *
 * The classic dump: offset, sixteen bytes as hex, the same as ASCII; a last line
 * says how much was left out.
 *
 * Safe from any thread.
 *
 * Returns: (transfer full): lines, each ended by LF
 */
char *
wb_text_dump_hex (const void *data, gsize length, gsize maximum)
{
  const guint8 *bytes = data;
  gsize shown = maximum > 0 ? MIN (length, maximum) : length;
  GString *out;

  g_return_val_if_fail (data != NULL || length == 0, NULL);

  out = g_string_sized_new (shown * 5 + 80);
  for (gsize row = 0; row < shown; row += DUMP_ROW)
    {
      g_string_append_printf (out, "%08" G_GSIZE_MODIFIER "x ", row);
      for (gsize i = row; i < row + DUMP_ROW; i++)
        {
          if (i % 8 == 0)
            g_string_append_c (out, ' ');
          if (i < shown)
            g_string_append_printf (out, "%02x ", bytes[i]);
          else
            g_string_append (out, "   ");
        }
      g_string_append (out, " ");
      for (gsize i = row; i < MIN (row + DUMP_ROW, shown); i++)
        g_string_append_c (out, g_ascii_isprint ((char) bytes[i]) ? (char) bytes[i] : '.');
      g_string_append_c (out, '\n');
    }
  if (shown < length)
    {
      gulong more = (gulong) (length - shown);

      g_string_append_printf (
          out, g_dngettext (GETTEXT_PACKAGE, "… %lu more byte\n", "… %lu more bytes\n", more),
          more);
    }
  return g_string_free (out, FALSE);
}

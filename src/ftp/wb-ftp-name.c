/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-name.h"

#include "wb-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Names here are UTF-8, the server's are in its charset. What that charset cannot read stays as the
 * server's bytes, and the way back tells it by not being UTF-8. Where it happens to be UTF-8 all
 * the same, each of its bytes above 0x7f becomes one of U+DC80 to U+DCFF, which UTF-8 does not
 * have: 0xED, 0xB2 or 0xB3, and a third one. */

static gboolean
is_escape (const char *p)
{
  return (guchar) p[0] == 0xed && ((guchar) p[1] == 0xb2 || (guchar) p[1] == 0xb3) &&
         ((guchar) p[2] & 0xc0) == 0x80;
}

static gboolean
has_escape (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if (is_escape (p))
      return TRUE;
  return FALSE;
}

static void
append_escaped (GString *name, const char *bytes)
{
  for (const char *p = bytes; *p != '\0'; p++)
    {
      guint above = (guchar) *p - 0x80;

      if ((guchar) *p < 0x80)
        {
          g_string_append_c (name, *p);
          continue;
        }
      g_string_append_c (name, (char) 0xed);
      g_string_append_c (name, (char) (0xb2 + (above >> 6)));
      g_string_append_c (name, (char) (0x80 | (above & 0x3f)));
    }
}

static void
append_unescaped (GString *bytes, const char *name)
{
  for (const char *p = name; *p != '\0'; p++)
    {
      if (!is_escape (p))
        {
          g_string_append_c (bytes, *p);
          continue;
        }
      g_string_append_c (bytes,
                         (char) (0x80 + ((((guchar) p[1] & 1) << 6) | ((guchar) p[2] & 0x3f))));
      p += 2;
    }
}

/* NULL where it cannot be, or would hold what no name can. */
static char *
convert (const char *text, const char *to, const char *from)
{
  gsize length = 0;
  g_autofree char *converted = g_convert (text, -1, to, from, NULL, &length, NULL);

  if (converted == NULL || strlen (converted) != length || strpbrk (converted, "/\r\n") != NULL)
    return NULL;
  return g_steal_pointer (&converted);
}

static void
decode_part (GString *name, const char *bytes, const char *charset)
{
  g_autofree char *text = NULL;
  g_autofree char *back = NULL;

  if (!g_str_is_ascii (bytes))
    text = convert (bytes, "UTF-8", charset);
  if (text != NULL)
    back = convert (text, charset, "UTF-8");
  if (back != NULL && strcmp (back, bytes) == 0)
    g_string_append (name, text);
  else if (!g_str_is_ascii (bytes) && (g_utf8_validate (bytes, -1, NULL) || has_escape (bytes)))
    append_escaped (name, bytes);
  else
    g_string_append (name, bytes);
}

/**
 * wb_ftp_name_decode:
 * @bytes: a name or path as a server sent it
 * @charset: (nullable): what its names are written in; %NULL is UTF-8
 *
 * Reads each part between slashes in that charset. One that it cannot read, or that would come
 * to be other bytes on the way back, is kept so that wb_ftp_name_encode() makes these bytes
 * of it again. Pure, so safe from any thread.
 *
 * Returns: (transfer full): the name in UTF-8, or where it was not to be read, in no
 *   valid UTF-8
 */
char *
wb_ftp_name_decode (const char *bytes, const char *charset)
{
  g_auto (GStrv) parts = NULL;
  GString *name = NULL;

  if (charset == NULL || g_str_is_ascii (bytes))
    return g_strdup (bytes);
  parts = g_strsplit (bytes, "/", -1);
  name = g_string_sized_new (strlen (bytes) * 2);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append_c (name, '/');
      decode_part (name, parts[i], charset);
    }
  return g_string_free (name, FALSE);
}

static gboolean
encode_part (GString *bytes, const char *name, const char *charset, GError **error)
{
  g_autofree char *encoded = NULL;

  if (g_str_is_ascii (name))
    {
      g_string_append (bytes, name);
      return TRUE;
    }
  if (!g_utf8_validate (name, -1, NULL))
    {
      append_unescaped (bytes, name);
      return TRUE;
    }
  encoded = convert (name, charset, "UTF-8");
  if (encoded == NULL)
    {
      g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
                   /* Translators: the first %s is a file's name, the second a character set. */
                   _ ("“%s” cannot be written in %s, which this server's names are in. Choose "
                      "another name."),
                   name, charset);
      return FALSE;
    }
  g_string_append (bytes, encoded);
  return TRUE;
}

/**
 * wb_ftp_name_encode:
 * @name: a name or path that somebody typed, or that wb_ftp_name_decode() gave
 * @charset: (nullable): what the server's names are written in; %NULL is UTF-8
 *
 * Pure, so safe from any thread.
 *
 * Errors: %WB_ERROR_INVALID where the charset lacks a character of it.
 *
 * Returns: (transfer full) (nullable): the bytes to send, or %NULL with @error set
 */
char *
wb_ftp_name_encode (const char *name, const char *charset, GError **error)
{
  g_autoptr (GString) bytes = NULL;
  g_auto (GStrv) parts = NULL;

  if (charset == NULL || g_str_is_ascii (name))
    return g_strdup (name);
  parts = g_strsplit (name, "/", -1);
  bytes = g_string_sized_new (strlen (name));
  for (guint i = 0; parts[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append_c (bytes, '/');
      if (!encode_part (bytes, parts[i], charset, error))
        return NULL;
    }
  return g_string_free (g_steal_pointer (&bytes), FALSE);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-header-decode.h"

#include <string.h>

#define MAXIMUM_NAME 200
#define MAXIMUM_EXTENSION 24

/* Marks that turn the direction of what follows, so that "exe.gpj" reads as "jpg.exe", and the line
   and paragraph ends of Unicode. */
static gboolean
deceives (gunichar c)
{
  return g_unichar_iscntrl (c) || c == 0x061c || c == 0x200e || c == 0x200f ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

static gsize
cut_at_character (const char *text, gsize length)
{
  while (length > 0 && ((guchar) text[length] & 0xc0) == 0x80)
    length--;
  return length;
}

/* Too long a name keeps what its program goes by: the extension. */
static void
shorten (GString *name)
{
  const char *dot = strrchr (name->str, '.');
  gsize extension = dot != NULL && dot > name->str ? strlen (dot) : 0;
  g_autofree char *kept = NULL;

  if (name->len <= MAXIMUM_NAME)
    return;
  if (extension > MAXIMUM_EXTENSION)
    extension = 0;
  kept = g_strdup (name->str + name->len - extension);
  g_string_truncate (name, cut_at_character (name->str, MAXIMUM_NAME - extension));
  g_string_append (name, kept);
}

/**
 * wb_mail_safe_file_name:
 * @name: (nullable): a file name as a message gives it, UTF-8
 *
 * Makes a name that can be created in a folder and says what it is: the last part of a path,
 * without control and direction-changing characters, not hidden, at most 200 bytes.
 *
 * Safe from any thread.
 *
 * Returns: (transfer full) (nullable): the name, or %NULL if nothing is left of it
 */
char *
wb_mail_safe_file_name (const char *name)
{
  g_autoptr (GString) safe = NULL;
  g_autofree char *valid = NULL;
  const char *last = NULL;

  if (name == NULL)
    return NULL;
  valid = g_utf8_make_valid (name, -1);
  last = valid;
  for (const char *p = valid; *p != '\0'; p++)
    if (*p == '/' || *p == '\\')
      last = p + 1;

  safe = g_string_new (NULL);
  for (const char *p = last; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (deceives (c))
        continue;
      if (safe->len == 0 && (c == '.' || c == ' '))
        continue;
      g_string_append_unichar (safe, c);
    }
  while (safe->len > 0 && strchr (". ", safe->str[safe->len - 1]) != NULL)
    g_string_truncate (safe, safe->len - 1);
  shorten (safe);
  return safe->len > 0 ? g_string_free (g_steal_pointer (&safe), FALSE) : NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-capitalize.h"

/**
 * wb_capitalize:
 * @text: words that stand in the middle of a sentence elsewhere; UTF-8
 *
 * Returns: (transfer full): @text with its first letter in upper case, for a heading
 */
char *
wb_capitalize (const char *text)
{
  char first[8] = { 0 };

  g_return_val_if_fail (text != NULL, NULL);

  if (*text == '\0')
    return g_strdup (text);
  g_unichar_to_utf8 (g_unichar_toupper (g_utf8_get_char (text)), first);
  return g_strconcat (first, g_utf8_next_char (text), NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-draft.h"

/* Whole words in English; Chinese has no spaces. Not "attached to", which is said of people. */
#define ENGLISH                                                                    \
  "\\battach(ed|ing|ment|ments)\\b(?! to\\b)|\\b(see|find|have|i) attach(ed)?\\b|" \
  "\\benclos(ed|ure|ures|ing)\\b"
#define CHINESE                                       \
  "附件|附檔|附档|附上|附後|附后|附图|" \
  "附圖|附表|随附|隨附|见附|見附|"        \
  "随信附|隨信附"

/**
 * wb_draft_mentions_attachment:
 * @text: plain text, UTF-8
 *
 * Whether someone who writes @text, in English or Chinese, is likely to have meant to attach
 * something. What is quoted (">") does not count.
 *
 * Safe from any thread.
 *
 * Returns: whether it does
 */
gboolean
wb_draft_mentions_attachment (const char *text)
{
  static GRegex *regex = NULL;
  static gsize done = 0;
  g_auto (GStrv) lines = NULL;

  g_return_val_if_fail (text != NULL, FALSE);

  if (g_once_init_enter (&done))
    {
      regex = g_regex_new (ENGLISH "|" CHINESE, G_REGEX_CASELESS | G_REGEX_OPTIMIZE, 0, NULL);
      g_once_init_leave (&done, 1);
    }
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    if (lines[i][0] != '>' && g_regex_match (regex, lines[i], 0, NULL))
      return TRUE;
  return FALSE;
}

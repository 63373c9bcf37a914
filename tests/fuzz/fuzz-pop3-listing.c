/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "test"

#include "config.h"

#include "fuzz.h"
#include "wb-pop3-listing.h"

#include <string.h>

/* The input is a greeting up to its first NUL, a list up to the next one, then unique-ids. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *text = (const char *) data;
  const char *end = text + size;
  const char *list = size > 0 ? memchr (text, '\0', size) : NULL;
  const char *uids = NULL;
  g_autofree char *greeting = size > 0 ? g_strndup (text, size) : g_strdup ("");
  g_autofree char *timestamp = wb_pop3_find_timestamp (greeting);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) items = NULL;
  guint missing = 0;
  guint number = 0;

  list = list != NULL ? list + 1 : text;
  uids = list < end ? memchr (list, '\0', end - list) : NULL;
  uids = uids != NULL ? uids + 1 : end;
  items = wb_pop3_parse_list (list, uids - list);
  missing = wb_pop3_merge_uids (items, uids, end - uids);

  for (guint i = 0; i < items->len; i++)
    {
      const WbPop3Item *item = items->pdata[i];

      g_assert_cmpuint (item->number, >, number);
      number = item->number;
      if (item->uid != NULL)
        g_assert_true (g_hash_table_add (seen, item->uid));
      else
        missing--;
    }
  g_assert_cmpuint (missing, ==, 0);
  if (timestamp != NULL)
    g_assert_true (g_str_has_prefix (timestamp, "<") && g_str_has_suffix (timestamp, ">"));
  return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-html-refs.h"

#include <string.h>

#define MAXIMUM_CIDS 10000

/**
 * wb_html_list_cids:
 * @html: UTF-8
 *
 * Finds the parts that HTML refers to by `cid:` (RFC 2392), in attributes and in styles. It
 * looks for the letters alone: a reference too many only keeps a picture out of the list of
 * attachments of a text that mentions it.
 *
 * Safe from any thread.
 *
 * Returns: (transfer full) (element-type utf8 utf8): a set of content ids
 */
GHashTable *
wb_html_list_cids (const char *html)
{
  GHashTable *cids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const char *at = html;

  g_return_val_if_fail (html != NULL, cids);

  while ((at = strchr (at, ':')) != NULL && g_hash_table_size (cids) < MAXIMUM_CIDS)
    {
      at++;
      if (at - html < 4 || g_ascii_strncasecmp (at - 4, "cid:", 4) != 0)
        continue;

      gsize length = strcspn (at, "\"'<>()\\ \t\r\n");
      g_autofree char *raw = g_strndup (at, length);
      g_autoptr (GString) plain = g_string_new (raw);
      char *id;

      g_string_replace (plain, "&amp;", "&", 0);
      id = g_uri_unescape_string (plain->str, NULL);
      g_hash_table_add (cids, id != NULL ? id : g_strdup (plain->str));
    }
  return cids;
}

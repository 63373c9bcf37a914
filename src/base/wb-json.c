/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-base"

#include "config.h"

#include "wb-json.h"

#include <string.h>

/**
 * wb_json_to_string:
 * @root: what to write
 *
 * JSON as one line. As json_to_string(), which leaves U+001F as it is up to JSON-GLib
 * 1.6 at least, while RFC 8259 §7 has every control character escaped. Safe from any
 * thread.
 *
 * Returns: (transfer full): valid UTF-8 without a line end
 */
char *
wb_json_to_string (JsonNode *root)
{
  g_autofree char *line = json_to_string (root, FALSE);
  GString *fixed = NULL;

  if (strchr (line, '\x1f') == NULL)
    return g_steal_pointer (&line);
  fixed = g_string_sized_new (strlen (line) + 64);
  for (const char *p = line; *p != '\0'; p++)
    if (*p == '\x1f')
      g_string_append (fixed, "\\u001f");
    else
      g_string_append_c (fixed, *p);
  return g_string_free (fixed, FALSE);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-address.h"

#include <string.h>

/* Where in an entry of a list one stands: what divides entries elsewhere is a part of it there. */
typedef struct
{
  guint depth; /* of brackets with comments */
  gboolean quoted;
  gboolean angle;
  gboolean literal; /* [IPv6:…] */
  gboolean group;
} Place;

/* How long what divides two entries is at @p, or 0: a comma or semicolon, also as Chinese keyboards
 * write them, or a line end of what was pasted. */
static gsize
separator_at (const char *p)
{
  static const char *const wide[] = { "\357\274\214", "\357\274\233" };

  if (strchr (",;\r\n", *p) != NULL)
    return 1;
  for (gsize i = 0; i < G_N_ELEMENTS (wide); i++)
    if (g_str_has_prefix (p, wide[i]))
      return strlen (wide[i]);
  return 0;
}

/* Takes what @p is into account, and tells whether it may divide entries. */
static gboolean
step (Place *place, const char *begin, const char *p)
{
  if (*p == '\r' || *p == '\n')
    return TRUE;
  if (place->quoted)
    place->quoted = *p != '"';
  else if (*p == '(')
    place->depth++;
  else if (place->depth > 0)
    place->depth -= *p == ')';
  else if (*p == '"')
    place->quoted = TRUE;
  else if (place->literal)
    place->literal = *p != ']';
  else if (*p == '[')
    place->literal = p > begin && p[-1] == '@';
  else if (place->angle)
    place->angle = *p != '>';
  else if (*p == '<')
    place->angle = TRUE;
  else if (*p == ':' && p > begin)
    place->group = TRUE;
  else if (place->group)
    place->group = *p != ';';
  else
    return TRUE;
  return FALSE;
}

static void
add_entry (GPtrArray *entries, const char *begin, const char *end)
{
  g_autofree char *entry = g_strstrip (g_strndup (begin, (gsize) (end - begin)));

  if (*entry != '\0')
    g_ptr_array_add (entries, g_steal_pointer (&entry));
}

/**
 * wb_address_split:
 * @text: addresses as a person types or pastes them, UTF-8
 * @rest: (out) (optional): where in @text the last entry begins, which nothing ends yet
 *
 * Divides a list of addresses without judging them: at commas, semicolons and line ends outside of
 * quotes, brackets and groups. A group is one entry with its members, and ended by its own
 * semicolon. (RFC 5322 section 3.4.)
 *
 * Safe from any thread.
 *
 * Returns: (transfer full) (element-type utf8): the entries that are ended
 */
GPtrArray *
wb_address_split (const char *text, const char **rest)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func (g_free);
  const char *begin = text;
  Place place = { 0 };

  g_return_val_if_fail (text != NULL, entries);

  for (const char *p = text; *p != '\0';)
    {
      gboolean in_group = place.group;
      gboolean divides = step (&place, begin, p);
      gsize length = divides ? separator_at (p) : 0;

      if (in_group && !place.group)
        {
          add_entry (entries, begin, p + 1);
          begin = p + 1;
        }
      else if (length > 0)
        {
          add_entry (entries, begin, p);
          begin = p + length;
          place = (Place){ 0 };
        }
      else if (*p == '\\' && p[1] != '\0' && (place.quoted || place.depth > 0))
        p++;
      p += MAX (length, 1);
    }
  if (rest != NULL)
    *rest = begin;
  return entries;
}

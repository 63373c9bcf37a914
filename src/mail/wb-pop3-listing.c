/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-pop3-listing.h"

#include <string.h>

/* RFC 1939 §7: a unique-id has 1 to 70 characters from 0x21 to 0x7E. */
#define UID_MAX 70

/* Takes the next line off a text. Lines end in LF, a CR before it does not count. */
static gboolean
next_line (const char **text, const char *end, const char **line, gsize *length)
{
  const char *lf = NULL;

  if (*text >= end)
    return FALSE;
  lf = memchr (*text, '\n', end - *text);
  if (lf == NULL)
    lf = end;
  *line = *text;
  *length = lf - *text;
  if (*length > 0 && lf[-1] == '\r')
    (*length)--;
  *text = lf < end ? lf + 1 : end;
  return TRUE;
}

/* Takes a decimal number and the blanks behind it off a line. Returns FALSE when there is none
 * or it does not fit. */
static gboolean
take_number (const char **line, gsize *length, guint64 maximum, guint64 *number)
{
  gsize at = 0;
  guint64 value = 0;

  while (at < *length && g_ascii_isdigit ((*line)[at]))
    {
      guint digit = (*line)[at] - '0';

      if (value > (maximum - digit) / 10)
        return FALSE;
      value = value * 10 + digit;
      at++;
    }
  if (at == 0 || (at < *length && (*line)[at] != ' '))
    return FALSE;
  while (at < *length && (*line)[at] == ' ')
    at++;
  *line += at;
  *length -= at;
  *number = value;
  return TRUE;
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  const WbPop3Item *one = *(const WbPop3Item *const *) a;
  const WbPop3Item *other = *(const WbPop3Item *const *) b;

  return one->number < other->number ? -1 : one->number > other->number;
}

/**
 * wb_pop3_item_free:
 * @item: (nullable) (transfer full): an item
 */
void
wb_pop3_item_free (WbPop3Item *item)
{
  if (item == NULL)
    return;
  g_free (item->uid);
  g_free (item);
}

/**
 * wb_pop3_parse_list:
 * @text: the lines of a reply to LIST, dots undone; need not end in NUL
 * @length: its bytes
 *
 * Reads "number size" lines (RFC 1939 §5). A line that is none is passed over, and of a
 * number that comes twice the first line counts.
 *
 * Safe from any thread.
 *
 * Returns: (transfer full) (element-type WbPop3Item): sorted by number, without uids
 */
GPtrArray *
wb_pop3_parse_list (const char *text, gsize length)
{
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_pop3_item_free);
  const char *end = text + length;
  const char *line = NULL;
  gsize line_length = 0;
  guint kept = 0;

  while (next_line (&text, end, &line, &line_length))
    {
      guint64 number = 0;
      guint64 size = 0;
      WbPop3Item *item = NULL;

      if (!take_number (&line, &line_length, G_MAXINT, &number) || number == 0 ||
          !take_number (&line, &line_length, G_MAXINT64, &size))
        continue;
      item = g_new0 (WbPop3Item, 1);
      item->number = number;
      item->size = size;
      g_ptr_array_add (items, item);
    }

  g_ptr_array_sort (items, compare_numbers);
  for (guint i = 0; i < items->len; i++)
    {
      WbPop3Item *item = g_ptr_array_index (items, i);

      if (kept > 0 && ((WbPop3Item *) g_ptr_array_index (items, kept - 1))->number == item->number)
        {
          wb_pop3_item_free (item);
          continue;
        }
      items->pdata[kept++] = item;
    }
  /* What lies beyond was moved or freed above. */
  g_ptr_array_set_free_func (items, NULL);
  g_ptr_array_set_size (items, kept);
  g_ptr_array_set_free_func (items, (GDestroyNotify) wb_pop3_item_free);
  return items;
}

static WbPop3Item *
find_item (GPtrArray *items, guint number)
{
  WbPop3Item wanted = { .number = number };
  WbPop3Item *key = &wanted;
  gpointer *found = NULL;

  /* An empty array has no place in memory, and bsearch() takes none such. */
  if (items->len > 0)
    found = bsearch (&key, items->pdata, items->len, sizeof (gpointer), compare_numbers);
  return found != NULL ? *found : NULL;
}

static gboolean
is_uid (const char *text, gsize length)
{
  if (length == 0 || length > UID_MAX)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (text[i] < 0x21 || text[i] > 0x7e)
      return FALSE;
  return TRUE;
}

/* Two messages with one uid cannot be told apart later, so neither has any. */
static void
drop_doubled (GPtrArray *items)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) doubled = g_ptr_array_new ();

  for (guint i = 0; i < items->len; i++)
    {
      WbPop3Item *item = g_ptr_array_index (items, i);
      WbPop3Item *first = NULL;

      if (item->uid == NULL)
        continue;
      first = g_hash_table_lookup (seen, item->uid);
      if (first == NULL)
        g_hash_table_insert (seen, item->uid, item);
      else
        {
          g_ptr_array_add (doubled, first);
          g_ptr_array_add (doubled, item);
        }
    }
  for (guint i = 0; i < doubled->len; i++)
    g_clear_pointer (&((WbPop3Item *) g_ptr_array_index (doubled, i))->uid, g_free);
}

/**
 * wb_pop3_merge_uids:
 * @items: (element-type WbPop3Item): from wb_pop3_parse_list()
 * @text: the lines of a reply to UIDL, dots undone; need not end in NUL
 * @length: its bytes
 *
 * Gives each item the uid that the server named for it (RFC 1939 §7). One that is missing,
 * malformed, named twice for a number or shared by two messages stays %NULL.
 *
 * Safe from any thread.
 *
 * Returns: how many items have no uid
 */
guint
wb_pop3_merge_uids (GPtrArray *items, const char *text, gsize length)
{
  const char *end = text + length;
  const char *line = NULL;
  gsize line_length = 0;
  guint missing = 0;
  g_autoptr (GHashTable) named = g_hash_table_new (NULL, NULL);

  while (next_line (&text, end, &line, &line_length))
    {
      guint64 number = 0;
      WbPop3Item *item = NULL;

      if (!take_number (&line, &line_length, G_MAXINT, &number))
        continue;
      item = find_item (items, number);
      if (item == NULL)
        continue;
      if (!g_hash_table_add (named, item))
        g_clear_pointer (&item->uid, g_free);
      else if (is_uid (line, line_length))
        item->uid = g_strndup (line, line_length);
    }

  drop_doubled (items);
  for (guint i = 0; i < items->len; i++)
    missing += ((WbPop3Item *) g_ptr_array_index (items, i))->uid == NULL;
  return missing;
}

static gboolean
is_msg_id (const char *text, gsize length)
{
  const char *at = memchr (text, '@', length);

  if (length < 5 || at == NULL || at == text + 1 || at == text + length - 2)
    return FALSE;
  for (gsize i = 1; i + 1 < length; i++)
    if (text[i] <= ' ' || text[i] >= 0x7f || strchr ("<>()", text[i]) != NULL ||
        (text[i] == '@' && text + i != at))
      return FALSE;
  return TRUE;
}

/**
 * wb_pop3_find_timestamp:
 * @greeting: the greeting's text
 *
 * Finds what APOP's digest is made over. Only what has the form of an RFC 822 msg-id counts,
 * as RFC 1939 §7 asks: a made-up challenge of other bytes is how APOP's MD5 is broken
 * (CVE-2007-1558).
 *
 * Safe from any thread.
 *
 * Returns: (transfer full) (nullable): it, angle brackets and all
 */
char *
wb_pop3_find_timestamp (const char *greeting)
{
  const char *begin = strchr (greeting, '<');
  const char *end = begin != NULL ? strchr (begin, '>') : NULL;

  if (end == NULL || !is_msg_id (begin, end + 1 - begin))
    return NULL;
  return g_strndup (begin, end + 1 - begin);
}

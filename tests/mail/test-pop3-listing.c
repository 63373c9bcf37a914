/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "wb-pop3-listing.h"

#include <string.h>

static char *
format_items (GPtrArray *items)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < items->len; i++)
    {
      const WbPop3Item *item = g_ptr_array_index (items, i);

      g_string_append_printf (text, "%u:%" G_GUINT64_FORMAT ":%s ", item->number, item->size,
                              item->uid != NULL ? item->uid : "-");
    }
  return g_string_free (text, FALSE);
}

static void
test_table (void)
{
  static const struct
  {
    const char *list;
    const char *uidl;
    const char *expected;
    guint missing;
  } rows[] = {
    { "1 100\r\n2 200\r\n", "1 a\r\n2 b\r\n", "1:100:a 2:200:b ", 0 },
    { "2 200\r\n1 100\r\n", "2 b\r\n1 a\r\n", "1:100:a 2:200:b ", 0 },
    { "1 100\n2 200", "1 a\n2 b", "1:100:a 2:200:b ", 0 },
    { "", "1 a\r\n", "", 0 },
    { "1 100\r\n2 200\r\n", "1 a\r\n", "1:100:a 2:200:- ", 1 },
    { "1 100\r\n2 200\r\n3 1\r\n", "1 a\r\n2 a\r\n3 c\r\n", "1:100:- 2:200:- 3:1:c ", 2 },
    { "1 1\r\n2 2\r\n3 3\r\n", "1 a\r\n2 a\r\n3 a\r\n", "1:1:- 2:2:- 3:3:- ", 3 },
    { "1 1\r\n", "1 a\r\n1 b\r\n", "1:1:- ", 1 },
    { "1 1\r\n1 5\r\n", "1 a\r\n", "1:1:a ", 0 },
    { "0 1\r\n-1 1\r\nx 1\r\n1\r\n1 x\r\n2 99999999999999999999\r\n", "", "", 0 },
    { "1 1 extra words\r\n", "1 a b\r\n", "1:1:- ", 1 },
    { "1 1\r\n", "1 \r\n", "1:1:- ", 1 },
    { "1 1\r\n", "1 h\303\251\r\n", "1:1:- ", 1 },
    { "99999999999 1\r\n4294967297 1\r\n", "", "", 0 },
    { "1 9223372036854775807\r\n", "9 a\r\n", "1:9223372036854775807:- ", 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GPtrArray) items = wb_pop3_parse_list (rows[i].list, strlen (rows[i].list));
      guint missing = wb_pop3_merge_uids (items, rows[i].uidl, strlen (rows[i].uidl));
      g_autofree char *text = format_items (items);

      g_test_message ("row %u", i);
      g_assert_cmpstr (text, ==, rows[i].expected);
      g_assert_cmpuint (missing, ==, rows[i].missing);
    }
}

static void
test_long_uid (void)
{
  g_autofree char *seventy = g_strnfill (70, 'u');
  g_autofree char *lines = g_strdup_printf ("1 %s\r\n2 %su\r\n", seventy, seventy);
  g_autoptr (GPtrArray) items = wb_pop3_parse_list ("1 1\r\n2 2\r\n", 10);

  g_assert_cmpuint (wb_pop3_merge_uids (items, lines, strlen (lines)), ==, 1);
  g_assert_cmpstr (((WbPop3Item *) g_ptr_array_index (items, 0))->uid, ==, seventy);
}

/* Cut anywhere: nothing is read beyond the length. */
static void
test_every_length (void)
{
  static const char list[] = "1 100\r\n2 200\r\n";

  for (gsize length = 0; length <= strlen (list); length++)
    {
      g_autofree char *exact = g_memdup2 (list, MAX (length, 1));
      g_autoptr (GPtrArray) items = wb_pop3_parse_list (exact, length);

      wb_pop3_merge_uids (items, exact, length);
      g_assert_cmpuint (items->len, <=, 2);
    }
}

static void
test_timestamps (void)
{
  static const char *const good[] = { "<1896.697170952@dbc.mtview.ca.us>", "<a@b>" };
  static const char *const bad[] = { "",        "<>",      "<@>",           "<a@>",
                                     "<@b>",    "<ab>",    "<a@b",          "a@b>",
                                     "<a b@c>", "<a@b@c>", "<a\303\251@b>", "<a\001@b>",
                                     "<a(@b>" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autofree char *greeting = g_strconcat ("POP3 ready ", good[i], " here", NULL);
      g_autofree char *found = wb_pop3_find_timestamp (greeting);

      g_assert_cmpstr (found, ==, good[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *greeting = g_strconcat ("POP3 ready ", bad[i], " here", NULL);
      g_autofree char *found = wb_pop3_find_timestamp (greeting);

      g_assert_cmpstr (found, ==, NULL);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pop3-listing/table", test_table);
  g_test_add_func ("/pop3-listing/long-uid", test_long_uid);
  g_test_add_func ("/pop3-listing/every-length", test_every_length);
  g_test_add_func ("/pop3-listing/timestamps", test_timestamps);
  return g_test_run ();
}

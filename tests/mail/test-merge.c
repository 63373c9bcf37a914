/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "wb-mail-merge.h"

#include <string.h>

static WbMergeTable *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  WbMergeTable *table = wb_merge_table_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  return table;
}

static void
test_shapes (void)
{
  static const struct
  {
    const char *text;
    const char *expected;
  } cases[] = {
    { "name,mail\nAnna,a@a.example\n", "Anna|a@a.example" },
    { "\357\273\277name;mail\r\nAnna;a@a.example", "Anna|a@a.example" },
    { "name\tmail\rAnna\ta@a.example\r", "Anna|a@a.example" },
    { "name,mail\n\"Wang, \"\"D\"\"\nx\",a@a.example\n\n,\n", "Wang, \"D\"\nx|a@a.example" },
    { "NAME, Mail \n 王大鹏 ,w@a.example", "王大鹏|w@a.example" },
    { "name,mail\nAnna", "Anna|" },
    { "name,mail\n\"open", "open|" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WbMergeTable) table = parse (cases[i].text);
      g_autofree char *filled = NULL;

      g_assert_cmpuint (table->rows->len, ==, 1);
      filled = wb_merge_table_fill (table, 0, "{{name}}|{{ MAIL }}", WB_MERGE_TEXT, NULL);
      g_assert_cmpstr (filled, ==, cases[i].expected);
    }
}

static void
test_gb18030 (void)
{
  static const char text[] = "\xd0\xd5\xc3\xfb\n\xcd\xf5\n";
  g_autoptr (WbMergeTable) table = parse (text);
  g_autofree char *filled = wb_merge_table_fill (table, 0, "{{姓名}}", WB_MERGE_TEXT, NULL);

  g_assert_cmpstr (filled, ==, "王");
}

static void
test_kinds (void)
{
  g_autoptr (WbMergeTable) table = parse ("n,m\n\"<b>, \"\"x\"\"\",a@a.example\n");
  g_autofree char *html = wb_merge_table_fill (table, 0, "<p>{{n}}</p>", WB_MERGE_HTML, NULL);
  g_autofree char *to = wb_merge_table_fill (table, 0, "{{n}} <{{m}}>", WB_MERGE_ADDRESS, NULL);
  g_autofree char *none = wb_merge_table_fill (table, 0, "a } {{ b { c", WB_MERGE_TEXT, NULL);

  g_assert_cmpstr (html, ==, "<p>&lt;b&gt;, &quot;x&quot;</p>");
  g_assert_cmpstr (to, ==, "\"<b>, \\\"x\\\"\" <a@a.example>");
  g_assert_cmpstr (none, ==, "a } {{ b { c");
}

static void
test_bad (void)
{
  static const char *const texts[] = { "", "\n", "a,b\n", "a,b\n1,2,3\n", "a\n\xff\xff\xff\n" };
  g_autoptr (WbMergeTable) table = parse ("n,m\n1,2\n");
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) bad = NULL;

      g_assert_null (wb_merge_table_parse (texts[i], strlen (texts[i]), &bad));
      g_assert_error (bad, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID);
    }
  g_assert_null (wb_merge_table_fill (table, 0, "{{other}}", WB_MERGE_TEXT, &error));
  g_assert_nonnull (strstr (error->message, "n, m"));
}

static void
test_fields (void)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *const values[] = { "Wang", "Monday", NULL };
  g_autoptr (WbMergeTable) table = NULL;
  g_autofree char *text = NULL;

  wb_merge_add_fields (names, "Dear {{name}}, on {{ Date }} {{NAME}}");
  wb_merge_add_fields (names, "{{date}} and {{open");
  g_assert_cmpuint (names->len, ==, 2);
  g_assert_cmpstr (names->pdata[0], ==, "name");
  g_assert_cmpstr (names->pdata[1], ==, "Date");
  table = wb_merge_table_new (names, g_strdupv ((char **) values));
  text = wb_merge_table_fill (table, 0, "Dear {{Name}}, {{date}}", WB_MERGE_TEXT, NULL);
  g_assert_cmpstr (text, ==, "Dear Wang, Monday");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/merge/shapes", test_shapes);
  g_test_add_func ("/merge/gb18030", test_gb18030);
  g_test_add_func ("/merge/kinds", test_kinds);
  g_test_add_func ("/merge/bad", test_bad);
  g_test_add_func ("/merge/fields", test_fields);
  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "wb-address.h"
#include "wb-header-encode.h"

#include <string.h>

static void
test_lists (void)
{
  /* Each address as group/name/address. */
  static const struct
  {
    const char *text;
    const char *expected;
  } cases[] = {
    { "a@b.example", "||a@b.example" },
    { " Anna B <a@b.example> ", "|Anna B|a@b.example" },
    { "\"B, Anna\" <a@b.example>", "|B, Anna|a@b.example" },
    { "\"q\\\"x\\\\\" <a@b.example>", "|q\"x\\|a@b.example" },
    { "王大鹏 <user@example.com>", "|王大鹏|user@example.com" },
    { "a@b.example, c@d.example;e@f.example", "||a@b.example ||c@d.example ||e@f.example" },
    { ",, a@b.example ,", "||a@b.example" },
    { "Dr. A. Smith <a@b.example>", "|Dr. A. Smith|a@b.example" },
    { "a@b.example (Anna)", "|Anna|a@b.example" },
    { "Friends: a@b.example, Bob <c@d.example>; e@f.example",
      "Friends||a@b.example Friends|Bob|c@d.example ||e@f.example" },
    { "undisclosed-recipients:;", "undisclosed-recipients||" },
    { "\"john doe\"@b.example", "||\"john doe\"@b.example" },
    { "a@[192.0.2.1], b@[IPv6:2001:db8::1]", "||a@[192.0.2.1] ||b@[IPv6:2001:db8::1]" },
    { "a@bücher.example", "||a@xn--bcher-kva.example" },
    { "李@例え.jp", "||李@xn--r8jz45g.jp" },
    { "user@localhost", "||user@localhost" },
    { "a+tag@b.example", "||a+tag@b.example" },
    { "<a@b.example>", "||a@b.example" },
    { "", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) list = wb_address_parse_list ("To", cases[i].text, &error);
      g_autoptr (GString) found = g_string_new (NULL);

      g_assert_no_error (error);
      for (guint k = 0; k < list->len; k++)
        {
          WbAddress *address = list->pdata[k];

          g_string_append_printf (found, "%s%s|%s|%s", k > 0 ? " " : "",
                                  address->group != NULL ? address->group : "",
                                  address->name != NULL ? address->name : "",
                                  address->address != NULL ? address->address : "");
        }
      g_assert_cmpstr (found->str, ==, cases[i].expected);
    }
}

static void
test_refused (void)
{
  static const char *const cases[] = {
    "a",
    "@",
    "a@",
    "@b.example",
    "a b@c.example",
    "a@b c.example",
    "<a@b.example",
    "a@b.example>",
    "Anna <a@b.example> c@d.example",
    "Anna <a@b.example> <c@d.example>",
    "Smith, John <a@b.example>",
    "\"unclosed <a@b.example>",
    "(unclosed a@b.example",
    "a..b@c.example",
    ".a@b.example",
    "a.@b.example",
    "a@-b.example",
    "a@b-.example",
    "a@b..example",
    "a@.example",
    "a@b_c.example",
    "a@[1.2.3]",
    "a@[IPv6:zz]",
    "a@[127.0.0.1",
    "G: a@b.example",
    "G: H: a@b.example;;",
    ": a@b.example;",
    "Anna <>",
    "Anna <a>",
    "a@b@c@",
    "a\tb@c.example",
    "a,b@c.example>",
    "\"a\"b\"@c.example",
    "a@b.example\r\nBcc: x@y.example",
    "a@b.example\n",
    "a\x01@b.example",
    "a\377@b.example",
    "((((((((((((((((((((a@b.example",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) list = wb_address_parse_list ("To", cases[i], &error);

      if (list != NULL)
        g_error ("taken: %s", cases[i]);
      g_assert_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, "To"));
    }
}

static void
test_long (void)
{
  g_autofree char *local = g_strnfill (64, 'a');
  g_autofree char *longer = g_strnfill (65, 'a');
  g_autofree char *fine = g_strconcat (local, "@b.example", NULL);
  g_autofree char *bad = g_strconcat (longer, "@b.example", NULL);
  g_autofree char *label = g_strnfill (64, 'b');
  g_autofree char *bad_label = g_strconcat ("a@", label, ".example", NULL);
  g_autofree char *normal = wb_address_normalize (fine, NULL);

  g_assert_cmpstr (normal, ==, fine);
  g_assert_null (wb_address_normalize (bad, NULL));
  g_assert_null (wb_address_normalize (bad_label, NULL));
}

/* Any list that is taken is written so that it is taken again and says the same; every prefix of a
   nasty one is taken or refused, no more. */
static void
test_prefixes (void)
{
  static const char text[] =
      "\"a \\\" b\" <\"x y\"@b.example>, G: c@[IPv6:::1], (d (e\\)) f) g@h.example;, <i@j.example>";

  for (gsize length = 0; length < sizeof text; length++)
    {
      g_autofree char *prefix = g_strndup (text, length);
      g_autoptr (GPtrArray) list = wb_address_parse_list ("To", prefix, NULL);
      g_autoptr (GPtrArray) again = NULL;
      g_autofree char *raw = NULL;

      if (list == NULL)
        continue;
      raw = wb_header_encode_addresses ("To", list, "UTF-8");
      g_strdelimit (raw, "\n", ' ');
      again = wb_address_parse_list ("To", raw, NULL);
      g_assert_nonnull (again);
      g_assert_cmpuint (again->len, ==, list->len);
      for (guint i = 0; i < list->len; i++)
        g_assert_cmpstr (((WbAddress *) again->pdata[i])->address, ==,
                         ((WbAddress *) list->pdata[i])->address);
    }
}

/* Whatever is encoded, no line is longer than mail allows, and each begins with white space. */
static void
test_folding (void)
{
  static const char *const words[] = { "word", "你好", "naïve", "=?utf-8?Q?x?=", "\t", "a  b", " ",
                                       "😀",    "\"",   "\\",    "x,y:z" };
  static const char *const charsets[] = { "UTF-8", "GB18030", "ISO-2022-JP", "ISO-8859-1", "BIG5" };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (charsets); k++)
      for (guint count = 1; count < 120; count += 7)
        {
          g_autoptr (GString) text = g_string_new (NULL);
          g_autofree char *raw = NULL;
          g_auto (GStrv) lines = NULL;

          for (guint n = 0; n < count; n++)
            g_string_append (text, words[i]);
          raw = wb_header_encode_text ("Subject", text->str, charsets[k]);
          g_assert_true (g_str_has_suffix (raw, "\n"));
          raw[strlen (raw) - 1] = '\0';
          lines = g_strsplit (raw, "\n", -1);
          for (gsize n = 0; lines[n] != NULL; n++)
            {
              g_assert_cmpint (lines[n][0], ==, ' ');
              g_assert_cmpint (lines[n][1], !=, '\0');
              g_assert_cmpuint (strlen (lines[n]) + (n == 0 ? strlen ("Subject:") : 0), <=, 76);
              g_assert_true (g_str_is_ascii (lines[n]));
            }
        }
}

static void
test_split (void)
{
  /* Ended entries, each between bars, and what nothing ends yet. */
  static const struct
  {
    const char *text;
    const char *entries;
    const char *rest;
  } cases[] = {
    { "a@x, B <b@y>; c@z", "|a@x|B <b@y>|", " c@z" },
    { "\"Wang, D\" <w@x>, half", "|\"Wang, D\" <w@x>|", " half" },
    { "\"a\\\", b\" <w@x>,", "|\"a\\\", b\" <w@x>|", "" },
    { "\"open, quote", "|", "\"open, quote" },
    { "a@x\r\nb@y\n", "|a@x|b@y|", "" },
    { "a@x (one, (two, three)), b", "|a@x (one, (two, three))|", " b" },
    { "All: a@x, B <b@y>; c@z,", "|All: a@x, B <b@y>;|c@z|", "" },
    { "All: a@x, b", "|", "All: a@x, b" },
    { "a@[IPv6:::1], b", "|a@[IPv6:::1]|", " b" },
    { "<\"a,b\"@x>, c", "|<\"a,b\"@x>|", " c" },
    { "half typed, <x", "|half typed|", " <x" },
    { "王 <a@x>，李 <b@y>；c@z", "|王 <a@x>|李 <b@y>|", "c@z" },
    { " , ;; ", "|", " " },
    { "", "|", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *rest = NULL;
      g_autoptr (GPtrArray) entries = wb_address_split (cases[i].text, &rest);
      g_autoptr (GString) found = g_string_new ("|");

      for (guint k = 0; k < entries->len; k++)
        g_string_append_printf (found, "%s|", (const char *) entries->pdata[k]);
      g_assert_cmpstr (found->str, ==, cases[i].entries);
      g_assert_cmpstr (rest, ==, cases[i].rest);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/address/lists", test_lists);
  g_test_add_func ("/address/refused", test_refused);
  g_test_add_func ("/address/long", test_long);
  g_test_add_func ("/address/prefixes", test_prefixes);
  g_test_add_func ("/address/folding", test_folding);
  g_test_add_func ("/address/split", test_split);
  return g_test_run ();
}

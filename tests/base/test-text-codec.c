/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wb-error.h"
#include "wb-text-codec.h"

#include <locale.h>
#include <string.h>

#define WANG "\347\216\213\345\244\247\351\271\217" /* the name of the notes' example */

static void
assert_bytes (GBytes *bytes, const char *expected, gsize length)
{
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);

  g_assert_cmpmem (data, size, expected, length);
}

static void
test_charsets (void)
{
  static const struct
  {
    const char *charset;
    const char *bytes;
  } cases[] = {
    { NULL, WANG },
    { "UTF-8", WANG },
    { "GBK", "\xcd\xf5\xb4\xf3\xc5\xf4" },
    { "GB2312", "\xcd\xf5\xb4\xf3\xc5\xf4" },
    { "GB18030", "\xcd\xf5\xb4\xf3\xc5\xf4" },
    { "ISO-2022-JP-2", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = wb_text_encode (WANG, cases[i].charset, &error);
      g_autofree char *text = NULL;

      g_assert_no_error (error);
      if (cases[i].bytes != NULL)
        assert_bytes (bytes, cases[i].bytes, strlen (cases[i].bytes));
      text = wb_text_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                             cases[i].charset, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (text, ==, WANG);
    }
}

/* Every charset that is offered takes ASCII there and back. */
static void
test_list (void)
{
  for (const char *const *name = wb_text_list_charsets (); *name != NULL; name++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = NULL;
      g_autofree char *text = NULL;

      g_test_message ("%s", *name);
      g_assert_true (wb_text_charset_exists (*name));
      bytes = wb_text_encode ("Hello, 123\n", *name, &error);
      g_assert_no_error (error);
      text =
          wb_text_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), *name, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (text, ==, "Hello, 123\n");
    }
  g_assert_false (wb_text_charset_exists (""));
  g_assert_false (wb_text_charset_exists ("UTF-8//IGNORE"));
  g_assert_false (wb_text_charset_exists ("no-such-charset"));
}

static void
test_errors (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (wb_text_decode ("0123456789abcdefg\xff!", 19, "GB18030", &error));
  g_assert_error (error, WB_ERROR, WB_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, "Byte 17 is not valid GB18030.");
  g_clear_error (&error);

  g_assert_null (wb_text_decode ("ab\xc3", 3, NULL, &error));
  g_assert_cmpstr (error->message, ==, "Byte 2 is not valid UTF-8.");
  g_clear_error (&error);

  g_assert_null (wb_text_decode ("a\0b", 3, NULL, &error));
  g_assert_error (error, WB_ERROR, WB_ERROR_INVALID);
  g_clear_error (&error);

  g_assert_null (wb_text_encode ("ab" WANG, "ISO-8859-1", &error));
  g_assert_nonnull (strstr (error->message, "byte 2 (U+738B)"));
  g_clear_error (&error);

  g_assert_null (wb_text_encode ("ab\xff", "GBK", &error));
  g_assert_nonnull (strstr (error->message, "Byte 2"));
  g_clear_error (&error);

  g_assert_null (wb_text_encode ("a", "no-such-charset", &error));
  g_assert_nonnull (strstr (error->message, "no-such-charset"));
}

static void
test_lossy (void)
{
  g_autofree char *utf8 = wb_text_decode_lossy ("a\xff\0z", 4, NULL);
  g_autofree char *gbk = wb_text_decode_lossy ("\xcd\xf5\xff\xb4\xf3", 5, "GBK");
  g_autofree char *none = wb_text_decode_lossy (NULL, 0, "no-such-charset");

  g_assert_cmpstr (utf8, ==, "a\357\277\275\357\277\275z");
  g_assert_cmpstr (gbk, ==, "\347\216\213\357\277\275\345\244\247");
  g_assert_cmpstr (none, ==, "");
}

static void
test_hex (void)
{
  static const char *const same[] = { "00ff0a",     "00 FF 0a",        "0x00,0xff,0x0A",
                                      "00:ff:0a\n", "\\x00\\xff\\x0a", " 00-ff-0a " };
  static const struct
  {
    const char *hex;
    const char *where;
  } bad[] = { { "0", "byte 1" },
              { "00 f", "byte 4" },
              { "00 fg", "byte 4" },
              { "hello", "byte 0" },
              { "0x", "byte 2" } };

  for (guint i = 0; i < G_N_ELEMENTS (same); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = wb_text_parse_hex (same[i], &error);
      g_autofree char *hex = NULL;

      g_assert_no_error (error);
      assert_bytes (bytes, "\0\xff\n", 3);
      hex = wb_text_format_hex (g_bytes_get_data (bytes, NULL), 3);
      g_assert_cmpstr (hex, ==, "00 ff 0a");
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (wb_text_parse_hex (bad[i].hex, &error));
      g_assert_error (error, WB_ERROR, WB_ERROR_INVALID);
      g_test_message ("%s: %s", bad[i].hex, error->message);
      g_assert_nonnull (strstr (error->message, bad[i].where));
    }
}

static void
test_dump (void)
{
  g_autofree char *all = wb_text_dump_hex ("0123456789abcdef\n", 17, 0);
  g_autofree char *cut = wb_text_dump_hex ("0123456789abcdef\n", 17, 1);
  g_autofree char *none = wb_text_dump_hex ("", 0, 0);

  g_assert_cmpstr (all, ==,
                   "00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  0123456789abcdef\n"
                   "00000010  0a                                                .\n");
  g_assert_true (g_str_has_suffix (cut, "16 more bytes\n"));
  g_assert_cmpstr (none, ==, "");
}

static void
test_escapes (void)
{
  static const struct
  {
    const char *typed;
    const char *charset;
    const char *bytes;
    gsize length;
  } good[] = {
    { "a\\r\\n\\t\\\\\\0b", NULL, "a\r\n\t\\\0b", 7 },
    { "\\xff\\x00", NULL, "\xff\0", 2 },
    { "\\u738b", NULL, "\347\216\213", 3 },
    { "\\ud83d\\ude00", NULL, "\360\237\230\200", 4 },
    { "\\u738b\\xff" WANG, "GBK", "\xcd\xf5\xff\xcd\xf5\xb4\xf3\xc5\xf4", 9 },
    { "", NULL, "", 0 },
  };
  static const char *const bad[] = { "\\",    "\\q",     "\\x",     "\\x1",           "\\xg0",
                                     "\\u12", "\\ud83d", "\\ude00", "\\ud83d\\u0041", "\\u0000" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = wb_text_parse_escapes (good[i].typed, good[i].charset, &error);

      g_assert_no_error (error);
      assert_bytes (bytes, good[i].bytes, good[i].length);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_null (wb_text_parse_escapes (bad[i], NULL, &error));
      g_assert_error (error, WB_ERROR, WB_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, "byte 0"));
    }
}

static void
test_escape (void)
{
  static const struct
  {
    const char *bytes;
    gsize length;
    const char *charset;
    const char *shown;
  } cases[] = {
    { "a\r\n\t\\\x1b[2J\x7f", 10, NULL, "a\\r\\n\\t\\\\\\x1B[2J\\x7F" },
    { "\0\xff\xfe", 3, NULL, "\\x00\\xFF\\xFE" },
    { "\342\200\256exe.txt", 10, NULL, "\\u202Eexe.txt" },
    { "\342\201\246\342\201\251\342\200\216\342\200\217\330\234", 14, NULL,
      "\\u2066\\u2069\\u200E\\u200F\\u061C" },
    { "\302\205\342\200\250", 5, NULL, "\\u0085\\u2028" },
    { WANG, 9, NULL, WANG },
    { "\xcd\xf5\xff\n", 4, "GBK", "\347\216\213\\xFF\\n" },
    { "\xe9", 1, "ISO-8859-1", "\303\251" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *shown = wb_text_escape (cases[i].bytes, cases[i].length, cases[i].charset);
      g_autoptr (GBytes) back = NULL;

      g_assert_cmpstr (shown, ==, cases[i].shown);
      back = wb_text_parse_escapes (shown, cases[i].charset, &error);
      g_assert_no_error (error);
      assert_bytes (back, cases[i].bytes, cases[i].length);
    }
}

/* Any bytes at all: what is shown is valid, hides nothing and reads back as the same bytes. */
static void
test_escape_round_trip (void)
{
  static const char *const some[] = { NULL, "ISO-8859-1", "US-ASCII", "KOI8-R" };

  for (guint round = 0; round < 400; round++)
    {
      const char *charset = some[round % G_N_ELEMENTS (some)];
      g_autoptr (GError) error = NULL;
      g_autofree char *shown = NULL;
      g_autoptr (GBytes) back = NULL;
      char bytes[64];

      for (guint i = 0; i < sizeof bytes; i++)
        bytes[i] = (char) g_test_rand_int_range (0, 256);
      shown = wb_text_escape (bytes, sizeof bytes, charset);
      g_assert_true (g_utf8_validate (shown, -1, NULL));
      back = wb_text_parse_escapes (shown, charset, &error);
      g_assert_no_error (error);
      assert_bytes (back, bytes, sizeof bytes);
    }
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text-codec/charsets", test_charsets);
  g_test_add_func ("/text-codec/list", test_list);
  g_test_add_func ("/text-codec/errors", test_errors);
  g_test_add_func ("/text-codec/lossy", test_lossy);
  g_test_add_func ("/text-codec/hex", test_hex);
  g_test_add_func ("/text-codec/dump", test_dump);
  g_test_add_func ("/text-codec/escapes", test_escapes);
  g_test_add_func ("/text-codec/escape", test_escape);
  g_test_add_func ("/text-codec/escape-round-trip", test_escape_round_trip);
  return g_test_run ();
}

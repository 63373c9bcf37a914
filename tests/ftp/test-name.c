/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Names between the server's charset and UTF-8: the same bytes again, whatever they are. */

#include "wb-error.h"
#include "wb-ftp-name.h"

#include <locale.h>
#include <string.h>

static void
test_read (void)
{
  static const struct
  {
    const char *charset;
    const char *bytes;
    const char *name;
  } cases[] = {
    { "GBK", "/pub/\xd6\xd0\xce\xc4.txt", "/pub/中文.txt" },
    { "GBK", "plain", "plain" },
    { "GBK", "\xd6\xd0/\xff\xfe", "中/\xff\xfe" },
    { "ISO-8859-1", "caf\xe9\xff", "caféÿ" },
    { "SHIFT_JIS", "\x95\x5c.txt", "表.txt" },
    { NULL, "\xe4\xb8\xad", "中" },
    { NULL, "caf\xe9", "caf\xe9" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *name = wb_ftp_name_decode (cases[i].bytes, cases[i].charset);
      g_autofree char *bytes = wb_ftp_name_encode (name, cases[i].charset, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (name, ==, cases[i].name);
      g_assert_cmpstr (bytes, ==, cases[i].bytes);
    }
}

/* Also where they happen to be UTF-8, or look like what stands for such bytes. */
static void
test_any_bytes_come_back (void)
{
  static const char *const charsets[] = {
    "GBK", "GB18030", "SHIFT_JIS", "BIG5", "ASCII", "EUC-JP"
  };
  static const char *const odd[] = { "中.txt", "\xed\xb2\x80", "\xed\xb3\xbfx\xe4\xb8\xad", "é" };

  for (guint c = 0; c < G_N_ELEMENTS (charsets); c++)
    for (guint i = 0; i < 20000; i++)
      {
        g_autoptr (GError) error = NULL;
        g_autofree char *name = NULL;
        g_autofree char *back = NULL;
        char bytes[9] = { 0 };
        guint length = (guint) g_test_rand_int_range (1, sizeof bytes);

        for (guint k = 0; k < length; k++)
          bytes[k] = (char) (g_test_rand_bit () ? g_test_rand_int_range (0x80, 0x100)
                                                : g_test_rand_int_range (0x20, 0x7f));
        if (i < G_N_ELEMENTS (odd))
          g_strlcpy (bytes, odd[i], sizeof bytes);
        name = wb_ftp_name_decode (bytes, charsets[c]);
        back = wb_ftp_name_encode (name, charsets[c], &error);
        g_assert_no_error (error);
        g_assert_cmpstr (back, ==, bytes);
      }
}

static void
test_cannot_be_written (void)
{
  static const char *const cases[][2] = {
    { "GBK", "a/😀" },
    /* In UTF-16 these would be a slash, or end the line. */
    { "UTF-16BE", "\u2f2f" },
    { "UTF-16BE", "\u0d0a" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *bytes = wb_ftp_name_encode (cases[i][1], cases[i][0], &error);

      g_assert_null (bytes);
      g_assert_error (error, WB_ERROR, WB_ERROR_INVALID);
    }
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/name/read", test_read);
  g_test_add_func ("/name/any-bytes-come-back", test_any_bytes_come_back);
  g_test_add_func ("/name/cannot-be-written", test_cannot_be_written);

  return g_test_run ();
}

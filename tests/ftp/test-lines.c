/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Line ends of text on their way from and to the wire, in pieces of every size. */

#include "wb-ftp-text.h"

#include <glib.h>
#include <string.h>

typedef gsize (*Convert) (const guint8 *in, gsize length, guint8 *out, gboolean *after_cr);

static const struct
{
  const char *wire;
  const char *file;
} down[] = {
  { "", "" },
  { "a\r\nb\r\n", "a\nb\n" },
  { "a\r\nb", "a\nb" },
  { "\r\n\r\n", "\n\n" },
  { "a\nb\rc", "a\nb\rc" },
  { "a\r\r\nb", "a\r\nb" },
  { "\r\r\r\n", "\r\r\n" },
  { "end\r", "end\r" },
  { "\r", "\r" },
};

static const struct
{
  const char *file;
  const char *wire;
} up[] = {
  { "", "" },
  { "a\nb\n", "a\r\nb\r\n" },
  { "\n\n", "\r\n\r\n" },
  { "a\r\nb\n", "a\r\nb\r\n" },
  { "a\rb\r", "a\rb\r" },
  { "a\r\r\n", "a\r\r\n" },
  { "\n", "\r\n" },
};

static void
check (Convert convert, const char *in, const char *expected, gboolean flushes)
{
  gsize length = strlen (in);

  for (gsize piece = 1; piece <= length + 1; piece++)
    {
      g_autoptr (GString) got = g_string_new (NULL);
      gboolean after_cr = FALSE;

      for (gsize at = 0; at < length; at += piece)
        {
          gsize now = MIN (piece, length - at);
          g_autofree guint8 *out = g_malloc (2 * now);
          gsize n = convert ((const guint8 *) in + at, now, out, &after_cr);

          g_string_append_len (got, (const char *) out, (gssize) n);
        }
      if (flushes && after_cr)
        g_string_append_c (got, '\r');
      g_assert_cmpstr (got->str, ==, expected);
    }
}

static void
test_from_wire (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (down); i++)
    check (wb_ftp_text_from_wire, down[i].wire, down[i].file, TRUE);
}

static void
test_to_wire (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (up); i++)
    check (wb_ftp_text_to_wire, up[i].file, up[i].wire, FALSE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ftp/lines/from-wire", test_from_wire);
  g_test_add_func ("/ftp/lines/to-wire", test_to_wire);
  return g_test_run ();
}

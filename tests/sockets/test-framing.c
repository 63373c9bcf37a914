/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wb-socket-framing.h"

#include <locale.h>
#include <string.h>

typedef struct
{
  WbSocketFraming framing;
  const char *delimiter;
  const char *stream;
  gsize length;
  const char *sizes; /* of the messages, one character each */
} Case;

static const Case cases[] = {
  { WB_SOCKET_FRAMING_LINE, NULL, "a\nbc\r\n\n", 7, "\2\4\1" },
  { WB_SOCKET_FRAMING_LENGTH2, NULL, "\0\3abc\0\0\0\1x", 10, "\5\2\3" },
  { WB_SOCKET_FRAMING_LENGTH4, NULL, "\0\0\0\2ab\0\0\0\0", 10, "\6\4" },
  { WB_SOCKET_FRAMING_DELIMITER, "--", "a----b---", 9, "\3\2\3" },
  { WB_SOCKET_FRAMING_DELIMITER, "aab", "aaabaab", 7, "\4\3" },
};

/* Fed so many bytes at a time, the same messages come out. */
static void
feed (const Case *c, gsize step)
{
  g_autoptr (GBytes) delimiter =
      c->delimiter != NULL ? g_bytes_new_static (c->delimiter, strlen (c->delimiter)) : NULL;
  g_autoptr (GByteArray) kept = g_byte_array_new ();
  gsize scanned = 0;
  guint n = 0;

  for (gsize at = 0; at < c->length; at += step)
    {
      WbSocketFrame frame;
      gsize size = 0;

      g_byte_array_append (kept, (const guint8 *) c->stream + at,
                           (guint) MIN (step, c->length - at));
      while ((frame = wb_socket_framing_next (c->framing, delimiter, kept->data, kept->len, scanned,
                                              &size)) == WB_SOCKET_FRAME_COMPLETE)
        {
          g_assert_cmpuint (size, ==, c->sizes[n++]);
          g_byte_array_remove_range (kept, 0, (guint) size);
          scanned = 0;
          if (kept->len == 0)
            break;
        }
      g_assert_cmpint (frame, !=, WB_SOCKET_FRAME_TOO_LONG);
      scanned = kept->len;
    }
  g_assert_cmpuint (n, ==, strlen (c->sizes));
}

static void
test_any_step (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize step = 1; step <= cases[i].length; step++)
      feed (&cases[i], step);
}

static void
test_too_long (void)
{
  g_autofree guint8 *many = g_malloc0 (WB_SOCKET_MESSAGE_MAX);
  g_autoptr (GBytes) delimiter = g_bytes_new_static ("xy", 2);
  gsize size;

  g_assert_cmpint (wb_socket_framing_next (WB_SOCKET_FRAMING_LENGTH4, NULL,
                                           (const guint8 *) "\xff\xff\xff\xff", 4, 0, &size),
                   ==, WB_SOCKET_FRAME_TOO_LONG);
  g_assert_cmpint (wb_socket_framing_next (WB_SOCKET_FRAMING_LENGTH4, NULL,
                                           (const guint8 *) "\0\x10\0\0", 4, 0, &size),
                   ==, WB_SOCKET_FRAME_TOO_LONG);
  g_assert_cmpint (wb_socket_framing_next (WB_SOCKET_FRAMING_LINE, NULL, many,
                                           WB_SOCKET_MESSAGE_MAX - 1, 0, &size),
                   ==, WB_SOCKET_FRAME_PARTIAL);
  g_assert_cmpint (
      wb_socket_framing_next (WB_SOCKET_FRAMING_LINE, NULL, many, WB_SOCKET_MESSAGE_MAX, 0, &size),
      ==, WB_SOCKET_FRAME_TOO_LONG);
  g_assert_cmpint (wb_socket_framing_next (WB_SOCKET_FRAMING_DELIMITER, delimiter, many,
                                           WB_SOCKET_MESSAGE_MAX, 0, &size),
                   ==, WB_SOCKET_FRAME_TOO_LONG);
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/framing/any-step", test_any_step);
  g_test_add_func ("/framing/too-long", test_too_long);
  return g_test_run ();
}

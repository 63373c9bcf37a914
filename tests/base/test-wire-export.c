/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "wb-error.h"
#include "wb-wire-export.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/stat.h>

static char *
format_bytes (const void *data, gsize length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);
  WbWireEvent event = {
    .kind = WB_WIRE_LINE,
    .direction = WB_WIRE_SENT,
    .length = length,
    .data = bytes,
  };
  g_autofree char *line = wb_wire_format_event (&event, NULL);

  g_assert_true (g_utf8_validate (line, -1, NULL));
  /* "HH:MM:SS.mmm  →  " */
  return g_strdup (g_utf8_offset_to_pointer (line, 17));
}

static void
test_escapes (void)
{
#define CASE(sent, shown)          \
  {                                \
    sent, sizeof (sent) - 1, shown \
  }
  static const struct
  {
    const char *sent;
    gsize length;
    const char *shown;
  } cases[] = {
    CASE ("EHLO wirebench.local", "EHLO wirebench.local"),
    CASE ("王大鹏 👨‍👩‍👧 é", "王大鹏 👨‍👩‍👧 é"),
    CASE ("a\r\nb\tc\0d\033[31m\x7f", "a\\r\\nb\\tc\\x00d\\x1b[31m\\x7f"),
    CASE ("C:\\dir", "C:\\\\dir"),
    CASE ("\xff\xfe", "\\xff\\xfe"),
    CASE ("\xe7\x8e", "\\xe7\\x8e"),
    CASE ("\xc0\x80", "\\xc0\\x80"),
    CASE ("evil\u202etxt.exe", "evil\\u{202e}txt.exe"),
    CASE ("\u2066\u2069\u200f\u061c", "\\u{2066}\\u{2069}\\u{200f}\\u{61c}"),
    CASE ("\u2028\u2029\ufeff\u200b", "\\u{2028}\\u{2029}\\u{feff}\\u{200b}"),
    CASE ("\xc2\x85", "\\u{85}"),
    CASE ("", ""),
  };
#undef CASE

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *shown = format_bytes (cases[i].sent, cases[i].length);

      g_assert_cmpstr (shown, ==, cases[i].shown);
    }
}

static void
test_format (void)
{
  g_autoptr (GDateTime) when = g_date_time_new_local (2026, 5, 4, 12, 1, 7);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("EHLO a", 6);
  WbWireConversation conversation = { .id = 3, .protocol = (char *) "smtp" };
  WbWireEvent event = {
    .real_time = g_date_time_to_unix (when) * G_USEC_PER_SEC + 214999,
    .kind = WB_WIRE_LINE,
    .direction = WB_WIRE_SENT,
    .length = 6,
    .data = bytes,
  };
  static const struct
  {
    WbWireKind kind;
    WbWireDirection direction;
    guint64 length;
    const char *shown;
  } cases[] = {
    { WB_WIRE_LINE, WB_WIRE_RECEIVED, 6, "12:01:07.214  ←  EHLO a" },
    { WB_WIRE_NOTE, WB_WIRE_LOCAL, 6, "12:01:07.214  ·  EHLO a" },
    { WB_WIRE_ERROR, WB_WIRE_LOCAL, 6, "12:01:07.214  !  EHLO a" },
    { WB_WIRE_DATA, WB_WIRE_SENT, 10, "12:01:07.214  →  EHLO a [4 bytes more, not kept]" },
  };
  g_autofree char *plain = wb_wire_format_event (&event, NULL);
  g_autofree char *named = wb_wire_format_event (&event, &conversation);

  g_assert_cmpstr (plain, ==, "12:01:07.214  →  EHLO a");
  g_assert_cmpstr (named, ==, "12:01:07.214  smtp 3  →  EHLO a");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *shown = NULL;

      event.kind = cases[i].kind;
      event.direction = cases[i].direction;
      event.length = cases[i].length;
      shown = wb_wire_format_event (&event, NULL);
      g_assert_cmpstr (shown, ==, cases[i].shown);
    }
}

static WbWire *
make_wire (void)
{
  WbWire *wire = wb_wire_new (0);
  g_autoptr (GSocketAddress) local = g_inet_socket_address_new_from_string ("127.0.0.1", 50001);
  g_autoptr (GSocketAddress) peer = g_inet_socket_address_new_from_string ("127.0.0.1", 40001);
  guint32 id = wb_wire_open_conversation (wire, "tcp", "tcp", FALSE, local, peer);

  wb_wire_note (wire, id, WB_WIRE_CONNECT, "connected");
  wb_wire_append (wire, id, WB_WIRE_DATA, WB_WIRE_SENT, "h\xffi", 3);
  wb_wire_append (wire, id, WB_WIRE_DATA, WB_WIRE_RECEIVED, "\"你好\"\n", 9);
  wb_wire_append_bulk (wire, id, WB_WIRE_RECEIVED, 4096);
  wb_wire_append (wire, 77, WB_WIRE_LINE, WB_WIRE_SENT, "nobody knows this one", 21);
  wb_wire_note (wire, id, WB_WIRE_CLOSE, "closed");
  return wire;
}

static char *
export_to_memory (WbWire *wire, WbWireFormat format, guint32 conversation)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;

  g_assert_true (wb_wire_export (wire, format, conversation, stream, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_output_stream_write_all (stream, "", 1, NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  return g_memory_output_stream_steal_data (G_MEMORY_OUTPUT_STREAM (stream));
}

static void
test_text (void)
{
  g_autoptr (WbWire) wire = make_wire ();
  g_autofree char *all = export_to_memory (wire, WB_WIRE_TEXT, 0);
  g_autofree char *one = export_to_memory (wire, WB_WIRE_TEXT, 77);
  g_auto (GStrv) lines = g_strsplit (all, "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, 7);
  g_assert_true (g_str_has_suffix (lines[0], "  tcp 1  ·  connected"));
  g_assert_true (g_str_has_suffix (lines[1], "  tcp 1  →  h\\xffi"));
  g_assert_true (g_str_has_suffix (lines[2], "  tcp 1  ←  \"你好\"\\n"));
  g_assert_true (g_str_has_suffix (lines[3], "  tcp 1  ←  [4096 bytes, not kept]"));
  g_assert_true (g_str_has_suffix (lines[4], "  →  nobody knows this one"));
  g_assert_true (g_str_has_suffix (one, "  →  nobody knows this one\n"));
  g_assert_null (strstr (one, "connected"));
}

static void
test_jsonl (void)
{
  g_autoptr (WbWire) wire = make_wire ();
  g_autofree char *all = export_to_memory (wire, WB_WIRE_JSONL, 0);
  g_auto (GStrv) lines = g_strsplit (all, "\n", -1);
  JsonObject *objects[6];
  g_autoptr (GPtrArray) nodes =
      g_ptr_array_new_with_free_func ((GDestroyNotify) (void (*) (void)) json_node_unref);
  g_auto (WbWireEvent) event = { 0 };
  g_autoptr (GDateTime) time = NULL;

  g_assert_cmpuint (g_strv_length (lines), ==, 7);
  for (guint i = 0; i < 6; i++)
    {
      g_autoptr (GError) error = NULL;
      JsonNode *node = json_from_string (lines[i], &error);

      g_assert_no_error (error);
      g_ptr_array_add (nodes, node);
      objects[i] = json_node_get_object (node);
      g_assert_cmpint (json_object_get_int_member (objects[i], "index"), ==, i);
    }

  g_assert_cmpstr (json_object_get_string_member (objects[0], "kind"), ==, "connect");
  g_assert_cmpstr (json_object_get_string_member (objects[0], "direction"), ==, "local");
  g_assert_cmpstr (json_object_get_string_member (objects[0], "protocol"), ==, "tcp");
  g_assert_cmpint (json_object_get_int_member (objects[0], "local_port"), ==, 50001);
  g_assert_cmpstr (json_object_get_string_member (objects[0], "peer_host"), ==, "127.0.0.1");
  g_assert_cmpstr (json_object_get_string_member (objects[1], "base64"), ==, "aP9p");
  g_assert_false (json_object_has_member (objects[1], "text"));
  g_assert_cmpstr (json_object_get_string_member (objects[2], "text"), ==, "\"你好\"\n");
  g_assert_cmpint (json_object_get_int_member (objects[2], "length"), ==, 9);
  g_assert_cmpstr (json_object_get_string_member (objects[3], "kind"), ==, "bulk");
  g_assert_cmpint (json_object_get_int_member (objects[3], "length"), ==, 4096);
  g_assert_false (json_object_has_member (objects[4], "protocol"));
  g_assert_cmpstr (json_object_get_string_member (objects[5], "kind"), ==, "close");

  g_assert_true (wb_wire_get_event (wire, 2, &event));
  time = g_date_time_new_from_iso8601 (json_object_get_string_member (objects[2], "time"), NULL);
  g_assert_nonnull (time);
  g_assert_cmpint (g_date_time_to_unix (time), ==, event.real_time / G_USEC_PER_SEC);
  g_assert_cmpint (g_date_time_get_microsecond (time), ==, event.real_time % G_USEC_PER_SEC);
}

static void
test_names (void)
{
  static const struct
  {
    const char *name;
    int format;
  } cases[] = {
    { "a.txt", WB_WIRE_TEXT },
    { "/x/y.JSONL", WB_WIRE_JSONL },
    { "b.pcapng", WB_WIRE_PCAPNG },
    { "c.pcap", -1 },
    { "txt", -1 },
    { "", -1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      WbWireFormat format = WB_WIRE_TEXT;

      if (cases[i].format < 0)
        {
          g_assert_false (wb_wire_format_from_name (cases[i].name, &format, &error));
          g_assert_error (error, WB_ERROR, WB_ERROR_INVALID);
        }
      else
        {
          g_assert_true (wb_wire_format_from_name (cases[i].name, &format, &error));
          g_assert_no_error (error);
          g_assert_cmpint (format, ==, cases[i].format);
        }
    }
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint count = 0;

  while (g_dir_read_name (dir) != NULL)
    count++;
  return count;
}

static void
test_file (void)
{
  g_autoptr (WbWire) wire = make_wire ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autofree char *folder = g_dir_make_tmp ("wb-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "talk.txt", NULL);
  g_autofree char *odd = g_build_filename (folder, "talk.doc", NULL);
  g_autofree char *nowhere = g_build_filename (folder, "no", "talk.txt", NULL);
  g_autofree char *text = NULL;
  g_autofree char *again = NULL;
  struct stat info;

  g_assert_true (wb_wire_export_file (wire, path, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "h\\xffi"));
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);

  g_assert_false (wb_wire_export_file (wire, odd, NULL, &error));
  g_assert_error (error, WB_ERROR, WB_ERROR_INVALID);
  g_clear_error (&error);

  g_assert_false (wb_wire_export_file (wire, nowhere, NULL, &error));
  g_assert_error (error, WB_ERROR, WB_ERROR_FAILED);
  g_clear_error (&error);

  /* A cancelled export leaves the file that was there, and nothing beside it. */
  g_cancellable_cancel (cancelled);
  g_assert_false (wb_wire_export_file (wire, path, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (g_file_get_contents (path, &again, NULL, NULL));
  g_assert_cmpstr (again, ==, text);
  g_assert_cmpuint (count_files (folder), ==, 1);

  g_unlink (path);
  g_rmdir (folder);
}

static gpointer
append_thread (gpointer data)
{
  for (guint i = 0; i < 200000; i++)
    wb_wire_append (data, 1, WB_WIRE_LINE, WB_WIRE_SENT, "0123456789012345678901234567890", 31);
  return NULL;
}

/* While an export runs, others append so much that what it has still to read is dropped. */
static void
test_while_appending (void)
{
  g_autoptr (WbWire) wire = wb_wire_new (512 * 1024);
  g_autoptr (GThread) thread = g_thread_new ("append", append_thread, wire);

  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *text = export_to_memory (wire, WB_WIRE_TEXT, 0);
      gsize length = strlen (text);

      g_assert_true (length == 0 || text[length - 1] == '\n');
    }
  g_thread_join (g_steal_pointer (&thread));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wire-export/escapes", test_escapes);
  g_test_add_func ("/wire-export/format", test_format);
  g_test_add_func ("/wire-export/text", test_text);
  g_test_add_func ("/wire-export/jsonl", test_jsonl);
  g_test_add_func ("/wire-export/names", test_names);
  g_test_add_func ("/wire-export/file", test_file);
  g_test_add_func ("/wire-export/while-appending", test_while_appending);

  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-base"

#include "config.h"

#include "wb-wire-export.h"

#include "wb-error.h"
#include "wb-wire-writer.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixoutputstream.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WRITE_SIZE (256 * 1024)

/* What is known of the conversations while one export runs. */
typedef struct
{
  WbWire *wire;
  GHashTable *known; /* id -> WbWireConversation, NULL where nothing is known */
} Conversations;

/* ── Text ── */

/* Whether a reader would see it as itself. Joiners are, since scripts and emoji are made with them;
 * what changes the direction of text, or shows as nothing, is not.
 */
static gboolean
is_plain (gunichar c)
{
  if (c == 0x200c || c == 0x200d)
    return TRUE;
  switch ((int) g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return FALSE;
    default:
      return TRUE;
    }
}

static void
append_byte (GString *text, guint8 byte)
{
  switch (byte)
    {
    case '\r':
      g_string_append (text, "\\r");
      break;
    case '\n':
      g_string_append (text, "\\n");
      break;
    case '\t':
      g_string_append (text, "\\t");
      break;
    case '\\':
      g_string_append (text, "\\\\");
      break;
    default:
      if (byte < 0x20 || byte >= 0x7f)
        g_string_append_printf (text, "\\x%02x", byte);
      else
        g_string_append_c (text, (char) byte);
      break;
    }
}

static void
append_escaped (GString *text, const char *data, gsize length)
{
  const char *end = data + length;

  while (data < end)
    {
      gunichar c;

      if ((guint8) *data < 0x80)
        {
          append_byte (text, (guint8) *data++);
          continue;
        }
      c = g_utf8_get_char_validated (data, end - data);
      if (c == (gunichar) -1 || c == (gunichar) -2)
        append_byte (text, (guint8) *data++);
      else
        {
          const char *next = g_utf8_next_char (data);

          if (is_plain (c))
            g_string_append_len (text, data, next - data);
          else
            g_string_append_printf (text, "\\u{%x}", c);
          data = next;
        }
    }
}

static const char *
get_arrow (const WbWireEvent *event)
{
  if (event->kind == WB_WIRE_ERROR)
    return "!";
  switch (event->direction)
    {
    case WB_WIRE_SENT:
      return "→";
    case WB_WIRE_RECEIVED:
      return "←";
    case WB_WIRE_LOCAL:
    default:
      return "·";
    }
}

/**
 * wb_wire_format_event:
 * @conversation: (nullable): when given, its protocol and number stand after the time
 *
 * One event as one line of text, without a line end, such as
 * `12:01:07.214  →  EHLO wirebench.local` or `12:01:07.214  smtp 3  →  EHLO …`. The
 * time is local. Control bytes, characters that change the direction of text or show
 * as nothing, and bytes that are not UTF-8 are escaped, and so is the backslash.
 * Safe from any thread.
 *
 * Returns: (transfer full): valid UTF-8
 */
char *
wb_wire_format_event (const WbWireEvent *event, const WbWireConversation *conversation)
{
  g_autoptr (GDateTime) second = NULL;
  g_autofree char *time = NULL;
  GString *text;
  gsize kept = 0;
  const char *data;

  g_return_val_if_fail (event != NULL && event->data != NULL, NULL);

  data = g_bytes_get_data (event->data, &kept);
  second = g_date_time_new_from_unix_local (event->real_time / G_USEC_PER_SEC);
  time = g_date_time_format (second, "%H:%M:%S");
  text = g_string_sized_new (kept + 64);
  g_string_append_printf (text, "%s.%03d  ", time,
                          (int) (event->real_time % G_USEC_PER_SEC / 1000));
  if (conversation != NULL)
    g_string_append_printf (text, "%s %u  ", conversation->protocol, conversation->id);
  g_string_append_printf (text, "%s  ", get_arrow (event));

  append_escaped (text, data, kept);
  if (event->kind == WB_WIRE_BULK)
    /* Translators: the number counts bytes, such as those of a file. */
    g_string_append_printf (text, _ ("[%" PRIu64 " bytes, not kept]"), event->length);
  else if (event->length > kept)
    /* Translators: the number counts bytes that follow and are not shown. */
    g_string_append_printf (text, _ (" [%" PRIu64 " bytes more, not kept]"), event->length - kept);
  return g_string_free (text, FALSE);
}

/* ── Exports ── */

/**
 * wb_wire_format_from_name:
 * @file_name: a file's name or path
 * @format: (out): the format that its ending tells
 *
 * Errors: %WB_ERROR_INVALID for an ending that is none of ".txt", ".jsonl" and
 * ".pcapng".
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_wire_format_from_name (const char *file_name, WbWireFormat *format, GError **error)
{
  static const struct
  {
    const char *ending;
    WbWireFormat format;
  } endings[] = {
    { ".txt", WB_WIRE_TEXT },
    { ".jsonl", WB_WIRE_JSONL },
    { ".pcapng", WB_WIRE_PCAPNG },
  };
  g_autofree char *lower = NULL;

  g_return_val_if_fail (file_name != NULL && format != NULL, FALSE);

  lower = g_ascii_strdown (file_name, -1);
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (lower, endings[i].ending))
      {
        *format = endings[i].format;
        return TRUE;
      }

  g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
               /* Translators: %s is a file name. */
               _ ("“%s” does not tell the format of a transcript. Let its name end in .txt, "
                  ".jsonl or .pcapng."),
               file_name);
  return FALSE;
}

static void
free_conversation (gpointer data)
{
  wb_wire_conversation_free (data);
}

static const WbWireConversation *
find_conversation (Conversations *self, guint32 id)
{
  gpointer found = NULL;

  if (!g_hash_table_lookup_extended (self->known, GUINT_TO_POINTER (id), NULL, &found))
    {
      found = wb_wire_dup_conversation (self->wire, id);
      g_hash_table_insert (self->known, GUINT_TO_POINTER (id), found);
    }
  return found;
}

static gboolean
flush (GByteArray *out,
       gsize more_than,
       GOutputStream *stream,
       GCancellable *cancellable,
       GError **error)
{
  if (out->len <= more_than)
    return TRUE;
  if (!g_output_stream_write_all (stream, out->data, out->len, NULL, cancellable, error))
    return FALSE;
  g_byte_array_set_size (out, 0);
  return TRUE;
}

static void
write_event (WbWireFormat format,
             WbWirePcapng *pcapng,
             const WbWireEvent *event,
             const WbWireConversation *conversation,
             GByteArray *out)
{
  g_autofree char *line = NULL;

  switch (format)
    {
    case WB_WIRE_JSONL:
      wb_wire_jsonl_event (event, conversation, out);
      break;
    case WB_WIRE_PCAPNG:
      wb_wire_pcapng_event (pcapng, event, conversation, out);
      break;
    case WB_WIRE_TEXT:
    default:
      line = wb_wire_format_event (event, conversation);
      g_byte_array_append (out, (const guint8 *) line, strlen (line));
      g_byte_array_append (out, (const guint8 *) "\n", 1);
      break;
    }
}

/**
 * wb_wire_export:
 * @conversation: whose events to write; 0 is all
 * @stream: where to; it stays open
 *
 * Writes the events that are in the log now. Others may go on appending meanwhile;
 * what is dropped from the log before its turn is left out. Blocks; safe from any
 * thread.
 *
 * Errors: those of @stream, and `G_IO_ERROR_CANCELLED`.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_wire_export (WbWire *wire,
                WbWireFormat format,
                guint32 conversation,
                GOutputStream *stream,
                GCancellable *cancellable,
                GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (WbWirePcapng) pcapng = NULL;
  g_autoptr (GHashTable) known = g_hash_table_new_full (NULL, NULL, NULL, free_conversation);
  Conversations conversations = { wire, known };
  guint64 index = 0;
  guint64 end = 0;

  g_return_val_if_fail (WB_IS_WIRE (wire), FALSE);
  g_return_val_if_fail (G_IS_OUTPUT_STREAM (stream), FALSE);

  if (format == WB_WIRE_PCAPNG)
    {
      pcapng = wb_wire_pcapng_new ();
      wb_wire_pcapng_begin (pcapng, out);
    }

  wb_wire_get_range (wire, &index, &end);
  for (; index < end; index++)
    {
      g_auto (WbWireEvent) event = { 0 };

      if (!wb_wire_get_event (wire, index, &event))
        {
          wb_wire_get_range (wire, &index, NULL);
          index = MAX (index, 1) - 1;
          continue;
        }
      if (conversation != 0 && event.conversation != conversation)
        continue;
      write_event (format, pcapng, &event, find_conversation (&conversations, event.conversation),
                   out);
      if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
          !flush (out, WRITE_SIZE, stream, cancellable, error))
        return FALSE;
    }

  if (pcapng != NULL)
    wb_wire_pcapng_end (pcapng, out);
  return flush (out, 0, stream, cancellable, error) &&
         g_output_stream_flush (stream, cancellable, error);
}

static gboolean
fail_with_path (const char *path, const char *reason, GError **error)
{
  g_set_error (error, WB_ERROR, WB_ERROR_FAILED,
               /* Translators: the first %s is a file name, the second why it failed. */
               _ ("While writing the transcript “%s”: %s"), path, reason);
  return FALSE;
}

/**
 * wb_wire_export_file:
 * @path: ends in .txt, .jsonl or .pcapng
 *
 * Writes all events to a file, which appears, or replaces the one that was there,
 * only when it is complete. Only its owner can read it. Blocks; safe from any thread.
 *
 * Errors: %WB_ERROR_INVALID for another ending, %WB_ERROR_FAILED when the file
 * cannot be written, `G_IO_ERROR_CANCELLED`.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_wire_export_file (WbWire *wire, const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (GOutputStream) stream = NULL;
  g_autoptr (GError) local = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *base = NULL;
  g_autofree char *name = NULL;
  g_autofree char *beside = NULL;
  WbWireFormat format;
  struct stat st;
  int fd;

  g_return_val_if_fail (WB_IS_WIRE (wire), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  if (!wb_wire_format_from_name (path, &format, error))
    return FALSE;

  /* The rename at the end would put a file where a device or a pipe was. */
  if (lstat (path, &st) == 0 && !S_ISREG (st.st_mode) && !S_ISLNK (st.st_mode))
    return fail_with_path (path, _ ("it is not an ordinary file"), error);

  folder = g_path_get_dirname (path);
  base = g_path_get_basename (path);
  name = g_strdup_printf (".%.100s.XXXXXX", base);
  beside = g_build_filename (folder, name, NULL);
  fd = g_mkstemp_full (beside, O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0)
    return fail_with_path (path, g_strerror (errno), error);

  stream = g_unix_output_stream_new (fd, TRUE);
  if (wb_wire_export (wire, format, 0, stream, cancellable, &local) &&
      g_output_stream_close (stream, cancellable, &local))
    {
      if (g_rename (beside, path) == 0)
        return TRUE;
      fail_with_path (path, g_strerror (errno), &local);
    }

  g_unlink (beside);
  if (local->domain == WB_ERROR || g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, g_steal_pointer (&local));
  else
    fail_with_path (path, local->message, error);
  return FALSE;
}

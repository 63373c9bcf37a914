/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-html"

#include "config.h"

#include "wb-html-clipboard.h"

#include <string.h>

#define HTML "text/html"

/* What WebKit hands to a page that something is pasted into is made of this, but without the styles
 * by which office programs say what a list is. */

/* Some programs write UTF-16, with a mark of its order in front or without. */
static char *
decode (const char *data, gsize size)
{
  const guchar *bytes = (const guchar *) data;
  const char *charset = NULL;
  g_autofree char *text = NULL;

  if (size >= 2 && bytes[0] == 0xFE && bytes[1] == 0xFF)
    charset = "UTF-16BE";
  else if (size >= 2 && ((bytes[0] == 0xFF && bytes[1] == 0xFE) || (bytes[0] && !bytes[1])))
    charset = "UTF-16LE";
  if (charset)
    text = g_convert (data, (gssize) size, "UTF-8", charset, NULL, NULL, NULL);
  return g_utf8_make_valid (text ? text : data, text ? -1 : (gssize) strnlen (data, size));
}

static void
copied_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GMemoryOutputStream *memory = G_MEMORY_OUTPUT_STREAM (source);
  GError *error = NULL;

  if (g_output_stream_splice_finish (G_OUTPUT_STREAM (memory), result, &error) < 0)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task,
                           decode (g_memory_output_stream_get_data (memory),
                                   g_memory_output_stream_get_data_size (memory)),
                           g_free);
}

static void
offered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GInputStream) stream = NULL;
  GError *error = NULL;

  stream = gdk_clipboard_read_finish (GDK_CLIPBOARD (source), result, NULL, &error);
  if (!stream)
    {
      g_task_return_error (task, error);
      return;
    }
  g_output_stream_splice_async (
      memory, stream, G_OUTPUT_STREAM_SPLICE_CLOSE_SOURCE | G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET,
      G_PRIORITY_DEFAULT, NULL, copied_cb, g_steal_pointer (&task));
}

/**
 * wb_html_clipboard_read_async:
 * @clipboard: what was copied
 * @callback: called in the main context
 * @user_data: for @callback
 *
 * Reads the HTML that another program has put there, as it is: nobody has cleaned it. Main thread.
 */
void
wb_html_clipboard_read_async (GdkClipboard *clipboard,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  static const char *types[] = { HTML, NULL };
  GTask *task = g_task_new (clipboard, NULL, callback, user_data);

  g_task_set_source_tag (task, wb_html_clipboard_read_async);
  gdk_clipboard_read_async (clipboard, types, G_PRIORITY_DEFAULT, NULL, offered_cb, task);
}

/**
 * wb_html_clipboard_read_finish:
 * @result: what the callback was given
 * @error: set when there is none, or the other program has gone
 *
 * Ends wb_html_clipboard_read_async().
 *
 * Returns: (transfer full): the HTML as UTF-8
 */
char *
wb_html_clipboard_read_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-file-clipboard.h"

#include "wb-drop-target.h"
#include "wb-file-drop-target.h"

/**
 * wb_file_clipboard_copy:
 *
 * Puts the selected rows on the clipboard: for the other pane, and as files for other
 * programs, which a server's are fetched for when they are asked for.
 */
void
wb_file_clipboard_copy (WbFilePane *pane)
{
  g_autoptr (GPtrArray) items = wb_file_pane_dup_selected (pane);
  g_autoptr (GdkContentProvider) provider = NULL;
  g_autoptr (WbFileDrag) rows = NULL;
  GdkContentProvider *outside = NULL;

  if (items->len == 0)
    return;
  rows = wb_file_drag_new (GTK_WIDGET (pane), g_ptr_array_ref (items));
  provider = gdk_content_provider_new_typed (WB_TYPE_FILE_DRAG, rows);
  outside = WB_FILE_PANE_GET_CLASS (pane)->prepare_drag (pane, items);
  if (outside != NULL)
    provider = gdk_content_provider_new_union (
        (GdkContentProvider *[]){ g_steal_pointer (&provider), outside }, 2);
  gdk_clipboard_set_content (gtk_widget_get_clipboard (GTK_WIDGET (pane)), provider);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbFilePane) pane = user_data;
  g_autoptr (GError) error = NULL;
  const GValue *value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (source), result, &error);

  if (!wb_file_pane_is_active (pane))
    return;
  if (value == NULL)
    {
      g_autofree char *text = wb_drop_error_explain (error);
      g_autoptr (GError) explained = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, text);

      wb_file_pane_fail (pane, explained);
    }
  else if (G_VALUE_HOLDS (value, WB_TYPE_FILE_DRAG))
    {
      WbFileDrag *rows = g_value_get_object (value);

      if (wb_file_drag_get_pane (rows) != GTK_WIDGET (pane))
        g_signal_emit_by_name (pane, "drop-items", rows, NULL);
    }
  else
    wb_file_drop_take_files (pane, g_value_get_boxed (value), NULL);
}

/**
 * wb_file_clipboard_paste:
 *
 * Sends here what was copied in the other pane or in another program.
 */
void
wb_file_clipboard_paste (WbFilePane *pane)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (pane));
  GdkContentFormats *formats = gdk_clipboard_get_formats (clipboard);
  g_autoptr (GdkContentFormats) files = NULL;
  GType type = G_TYPE_INVALID;

  if (!wb_file_pane_is_active (pane))
    return;
  files = gdk_content_formats_union_deserialize_mime_types (
      gdk_content_formats_new_for_gtype (GDK_TYPE_FILE_LIST));
  if (gdk_content_formats_contain_gtype (formats, WB_TYPE_FILE_DRAG))
    type = WB_TYPE_FILE_DRAG;
  else if (gdk_content_formats_match (formats, files))
    type = GDK_TYPE_FILE_LIST;
  else
    return;
  gdk_clipboard_read_value_async (clipboard, type, G_PRIORITY_DEFAULT, NULL, read_cb,
                                  g_object_ref (pane));
}

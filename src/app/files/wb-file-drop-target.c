/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-file-drop-target.h"

#include "wb-file-drop.h"
#include "wb-session.h"

typedef struct
{
  WbFilePane *pane;
  GdkDrop *drop;
} Reading;

static void
checked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbFilePane) self = user_data;
  g_autoptr (WbDropped) dropped = wb_session_run_finish (WB_SESSION (source), result, NULL);
  GSList *files = NULL;
  GdkFileList *list = NULL;

  if (dropped == NULL || !wb_file_pane_is_active (self))
    return;
  if (dropped->refused != NULL)
    {
      g_autoptr (GError) error =
          g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, dropped->refused);

      wb_file_pane_fail (self, error);
    }
  if (dropped->files->len == 0)
    return;
  for (guint i = dropped->files->len; i > 0; i--)
    files = g_slist_prepend (files, g_ptr_array_index (dropped->files, i - 1));
  list = gdk_file_list_new_from_list (files);
  g_signal_emit_by_name (self, "drop-files", list);
  g_boxed_free (GDK_TYPE_FILE_LIST, list);
  g_slist_free (files);
}

/* Files may be on a disk that has to wake up, or on another computer: they are looked at on a
 * thread. */
/**
 * wb_file_drop_take_files:
 *
 * Looks at files that were dropped or pasted, and has the pane tell of those that can
 * be sent by `drop-files`.
 */
void
wb_file_drop_take_files (WbFilePane *self, GdkFileList *list)
{
  /* Files may be on a disk that has to wake up, or on another computer. */
  g_autoptr (WbSession) session = wb_session_new ("wb-dropped");
  g_autoptr (GSList) given = gdk_file_list_get_files (list);
  GPtrArray *files = g_ptr_array_new_with_free_func (g_object_unref);

  for (GSList *l = given; l != NULL; l = l->next)
    g_ptr_array_add (files, g_object_ref (l->data));
  wb_session_run_async (session, wb_file_drop_job, files, (GDestroyNotify) g_ptr_array_unref,
                        (GDestroyNotify) wb_dropped_free, NULL, checked_cb, g_object_ref (self));
}

static void
drop_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Reading *reading = user_data;
  g_autoptr (WbFilePane) self = reading->pane;
  g_autoptr (GdkDrop) drop = reading->drop;
  g_autoptr (GError) error = NULL;
  const GValue *value = gdk_drop_read_value_finish (drop, result, &error);
  GdkDragAction action = 0;

  if (value == NULL)
    {
      g_autoptr (GError) explained = wb_file_drop_explain (error);

      if (wb_file_pane_is_active (self))
        wb_file_pane_fail (self, explained);
    }
  else if (!wb_file_pane_is_active (self))
    ;
  else if (G_VALUE_HOLDS (value, WB_TYPE_FILE_DRAG))
    {
      WbFileDrag *drag = g_value_get_object (value);

      if (wb_file_drag_get_pane (drag) != GTK_WIDGET (self))
        {
          action = GDK_ACTION_COPY;
          g_signal_emit_by_name (self, "drop-items", drag);
        }
    }
  else
    {
      action = GDK_ACTION_COPY;
      wb_file_drop_take_files (self, g_value_get_boxed (value));
    }
  gdk_drop_finish (drop, action);
}

/* Not a GtkDropTarget: that one keeps it to itself when what is dropped cannot be read, as a folder
 * cannot through an old document portal. */
static gboolean
drop_cb (GtkDropTargetAsync *target, GdkDrop *drop, double x, double y, WbFilePane *self)
{
  GdkContentFormats *formats = gdk_drop_get_formats (drop);
  Reading *reading = NULL;

  if (!wb_file_pane_is_active (self))
    return FALSE;
  reading = g_new0 (Reading, 1);
  reading->pane = g_object_ref (self);
  reading->drop = g_object_ref (drop);
  gdk_drop_read_value_async (drop,
                             gdk_content_formats_contain_gtype (formats, WB_TYPE_FILE_DRAG)
                                 ? WB_TYPE_FILE_DRAG
                                 : GDK_TYPE_FILE_LIST,
                             G_PRIORITY_DEFAULT, NULL, drop_read_cb, reading);
  return TRUE;
}

/**
 * wb_file_drop_add_target:
 * @pane: whose `drop-items` and `drop-files` tell of what was dropped
 * @widget: in it, where drops are taken
 *
 * Takes rows of the other pane and files of other programs. What is no file that can
 * be sent, and what cannot be read, is told in the pane.
 */
void
wb_file_drop_add_target (WbFilePane *pane, GtkWidget *widget)
{
  GdkContentFormatsBuilder *builder = gdk_content_formats_builder_new ();
  GtkDropTargetAsync *target = NULL;

  gdk_content_formats_builder_add_gtype (builder, WB_TYPE_FILE_DRAG);
  gdk_content_formats_builder_add_gtype (builder, GDK_TYPE_FILE_LIST);
  target = gtk_drop_target_async_new (gdk_content_formats_union_deserialize_mime_types (
                                          gdk_content_formats_builder_free_to_formats (builder)),
                                      GDK_ACTION_COPY);
  g_signal_connect (target, "drop", G_CALLBACK (drop_cb), pane);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (target));
}

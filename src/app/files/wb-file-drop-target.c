/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-file-drop-target.h"

#include "wb-drop-target.h"
#include "wb-file-drop.h"
#include "wb-session.h"

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

static gboolean
drop_cb (const GValue *value, const GError *error, gpointer user_data)
{
  WbFilePane *self = user_data;

  if (!wb_file_pane_is_active (self))
    return FALSE;

  if (value == NULL)
    {
      g_autofree char *text = wb_drop_error_explain (error);
      g_autoptr (GError) explained = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, text);

      wb_file_pane_fail (self, explained);
      return FALSE;
    }
  if (G_VALUE_HOLDS (value, WB_TYPE_FILE_DRAG))
    {
      WbFileDrag *drag = g_value_get_object (value);

      if (wb_file_drag_get_pane (drag) == GTK_WIDGET (self))
        return FALSE;
      g_signal_emit_by_name (self, "drop-items", drag);
      return TRUE;
    }
  wb_file_drop_take_files (self, g_value_get_boxed (value));
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
  GType types[] = { WB_TYPE_FILE_DRAG, GDK_TYPE_FILE_LIST };

  gtk_widget_add_controller (widget,
                             wb_drop_target_new (types, G_N_ELEMENTS (types), drop_cb, pane));
}

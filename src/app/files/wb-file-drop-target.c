/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-file-drop-target.h"

#include "wb-drop-target.h"
#include "wb-file-columns.h"
#include "wb-file-drop.h"
#include "wb-file-pane-private.h"
#include "wb-session.h"

#define PRIVATE(self) wb_file_pane_get_private (self)

/* On a GdkDrop: the folder whose row it is over, as that may be another by the time that what was
 * dropped is read. */
static const char folder_key[] = "wb-folder";

typedef struct
{
  WbFilePane *pane;
  WbFileItem *folder; /* (nullable) */
} Taking;

static void
taking_free (Taking *taking)
{
  g_object_unref (taking->pane);
  g_clear_object (&taking->folder);
  g_free (taking);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Taking, taking_free)

static void
checked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Taking) taking = user_data;
  WbFilePane *self = taking->pane;
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
  g_signal_emit_by_name (self, "drop-files", list, taking->folder);
  g_boxed_free (GDK_TYPE_FILE_LIST, list);
  g_slist_free (files);
}

/**
 * wb_file_drop_take_files:
 * @folder: (nullable): the row that they were dropped on
 *
 * Looks at files that were dropped or pasted, and has the pane tell of those that can
 * be sent by `drop-files`.
 */
void
wb_file_drop_take_files (WbFilePane *self, GdkFileList *list, WbFileItem *folder)
{
  /* Files may be on a disk that has to wake up, or on another computer. */
  g_autoptr (WbSession) session = wb_session_new ("wb-dropped");
  g_autoptr (GSList) given = gdk_file_list_get_files (list);
  GPtrArray *files = g_ptr_array_new_with_free_func (g_object_unref);
  Taking *taking = g_new0 (Taking, 1);

  taking->pane = g_object_ref (self);
  g_set_object (&taking->folder, folder);
  for (GSList *l = given; l != NULL; l = l->next)
    g_ptr_array_add (files, g_object_ref (l->data));
  wb_session_run_async (session, wb_file_drop_job, files, (GDestroyNotify) g_ptr_array_unref,
                        (GDestroyNotify) wb_dropped_free, NULL, checked_cb, taking);
}

static void
show_row (WbFilePane *self, GtkWidget *row)
{
  WbFilePanePrivate *priv = PRIVATE (self);

  if (row == priv->drop_row)
    return;
  if (priv->drop_row != NULL)
    gtk_widget_remove_css_class (priv->drop_row, "drop-into");
  g_set_object (&priv->drop_row, row);
  if (row != NULL)
    gtk_widget_add_css_class (row, "drop-into");
}

static gboolean
drop_rows (WbFilePane *self, WbFileDrag *drag, WbFileItem *folder)
{
  if (wb_file_drag_get_pane (drag) != GTK_WIDGET (self))
    g_signal_emit_by_name (self, "drop-items", drag, folder);
  else if (folder != NULL)
    WB_FILE_PANE_GET_CLASS (self)->move_items (self, wb_file_drag_get_items (drag), folder);
  else
    return FALSE;
  return TRUE;
}

static gboolean
drop_cb (GdkDrop *drop, const GValue *value, const GError *error, gpointer user_data)
{
  WbFilePane *self = user_data;
  WbFileItem *folder = g_object_get_data (G_OBJECT (drop), folder_key);

  show_row (self, NULL);
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
    return drop_rows (self, g_value_get_object (value), folder);
  wb_file_drop_take_files (self, g_value_get_boxed (value), folder);
  return TRUE;
}

/* ── Where it would go ── */

static WbFileDrag *
dup_rows (GdkDrop *drop)
{
  GdkDrag *drag = gdk_drop_get_drag (drop);
  g_auto (GValue) value = G_VALUE_INIT;

  /* Another program's. */
  if (drag == NULL)
    return NULL;
  g_value_init (&value, WB_TYPE_FILE_DRAG);
  return gdk_content_provider_get_value (gdk_drag_get_content (drag), &value, NULL)
             ? g_value_dup_object (&value)
             : NULL;
}

static gboolean
is_dragged (WbFileDrag *rows, WbFileItem *folder)
{
  GPtrArray *items = wb_file_drag_get_items (rows);

  /* The list may have been read anew since. */
  for (guint i = 0; i < items->len; i++)
    if (g_str_equal (wb_file_item_get_name (items->pdata[i]), wb_file_item_get_name (folder)))
      return TRUE;
  return FALSE;
}

/* Onto the row of a folder: into that one. Beside those rows: into the folder that is shown, where
 * that is another than the one it comes from. */
static GdkDragAction
over_cb (GtkDropTargetAsync *target, GdkDrop *drop, double x, double y, WbFilePane *self)
{
  WbFilePanePrivate *priv = PRIVATE (self);
  g_autoptr (WbFileDrag) rows = dup_rows (drop);
  gboolean own = rows != NULL && wb_file_drag_get_pane (rows) == GTK_WIDGET (self);
  double inside_x = 0, inside_y = 0;
  GtkListItem *row = NULL;
  WbFileItem *folder = NULL;

  if (wb_file_pane_is_active (self) &&
      gtk_widget_translate_coordinates (GTK_WIDGET (priv->stack), GTK_WIDGET (priv->view), x, y,
                                        &inside_x, &inside_y))
    row = wb_file_columns_pick (priv->view, inside_x, inside_y, NULL);
  if (row != NULL && wb_file_item_is_folder (gtk_list_item_get_item (row)))
    folder = gtk_list_item_get_item (row);
  if (own && folder != NULL && is_dragged (rows, folder))
    folder = NULL;

  if (!wb_file_pane_is_active (self) || (own && folder == NULL) ||
      (rows == NULL && !g_signal_has_handler_pending (
                           self, g_signal_lookup ("drop-files", WB_TYPE_FILE_PANE), 0, FALSE)))
    {
      show_row (self, NULL);
      return 0;
    }
  g_object_set_data_full (G_OBJECT (drop), folder_key,
                          folder != NULL ? g_object_ref (folder) : NULL, g_object_unref);
  /* The row is what the cells stand in. */
  show_row (self, folder != NULL ? gtk_widget_get_parent (
                                       gtk_widget_get_parent (gtk_list_item_get_child (row)))
                                 : NULL);
  return GDK_ACTION_COPY;
}

static void
left_cb (GtkDropTargetAsync *target, GdkDrop *drop, WbFilePane *self)
{
  show_row (self, NULL);
}

/**
 * wb_file_drop_add_target:
 * @pane: whose `drop-items` and `drop-files` tell of what was dropped
 * @widget: in it, where drops are taken
 *
 * Takes rows of the other pane and files of other programs, and its own rows for the folders among
 * them. What is no file that can be sent, and what cannot be read, is told in the pane.
 */
void
wb_file_drop_add_target (WbFilePane *pane, GtkWidget *widget)
{
  GType types[] = { WB_TYPE_FILE_DRAG, GDK_TYPE_FILE_LIST };
  GtkEventController *target = wb_drop_target_new (types, G_N_ELEMENTS (types), drop_cb, pane);

  g_signal_connect (target, "drag-enter", G_CALLBACK (over_cb), pane);
  g_signal_connect (target, "drag-motion", G_CALLBACK (over_cb), pane);
  g_signal_connect (target, "drag-leave", G_CALLBACK (left_cb), pane);
  gtk_widget_add_controller (widget, target);
}

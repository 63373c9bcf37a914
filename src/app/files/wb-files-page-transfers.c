/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-files-page-private.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "wb-dialogs.h"

/* Connections for transfers, beside the one that lists. */
#define TRANSFER_CONNECTIONS 2

static void
idle_cb (WbFilesPage *self)
{
  if (wb_remote_pane_is_connected (self->remote))
    WB_FILE_PANE_GET_CLASS (self->remote)->reload (WB_FILE_PANE (self->remote));
  WB_FILE_PANE_GET_CLASS (self->local)->reload (WB_FILE_PANE (self->local));
}

/**
 * wb_files_page_leave_queue:
 *
 * Cancels what is on its way, and takes the queue off the page.
 */
void
wb_files_page_leave_queue (WbFilesPage *self)
{
  if (self->queue == NULL)
    return;
  wb_ftp_queue_cancel_all (self->queue);
  g_signal_handlers_disconnect_by_data (self->queue, self);
  wb_queue_view_set_queue (self->queue_view, NULL);
  wb_remote_pane_set_queue (self->remote, NULL);
  g_clear_object (&self->queue);
}

/**
 * wb_files_page_open_queue:
 *
 * Makes a queue for the server that is connected, and shows it.
 */
void
wb_files_page_open_queue (WbFilesPage *self)
{
  self->queue = wb_ftp_queue_new (wb_workbench_get_wire (self->workbench),
                                  wb_workbench_get_trust (self->workbench), self->url,
                                  self->connections > 0 ? self->connections : TRANSFER_CONNECTIONS);
  if (self->settings != NULL)
    wb_ftp_queue_set_settings (self->queue, self->settings);
  if (self->limit != NULL)
    wb_ftp_queue_set_limit (self->queue, self->limit);
  g_signal_connect_object (self->queue, "idle", G_CALLBACK (idle_cb), self, G_CONNECT_SWAPPED);
  wb_queue_view_set_queue (self->queue_view, self->queue);
  wb_remote_pane_set_queue (self->remote, self->queue);
}

/**
 * Batch:
 * @files: (nullable) (element-type GFile): to upload
 * @items: (nullable) (element-type WbFileItem): to download
 *
 * What one drop or one press of a button sends.
 */
typedef struct
{
  WbFilesPage *page;
  GPtrArray *files;
  GPtrArray *items;
} Batch;

static void
batch_free (gpointer data)
{
  Batch *batch = data;

  g_object_unref (batch->page);
  g_clear_pointer (&batch->files, g_ptr_array_unref);
  g_clear_pointer (&batch->items, g_ptr_array_unref);
  g_free (batch);
}

static void
send_batch (Batch *batch, gboolean overwrite)
{
  WbFilesPage *self = batch->page;
  const char *directory = wb_remote_pane_get_directory (self->remote);

  if (self->queue == NULL || directory == NULL)
    return;
  for (guint i = 0; batch->files != NULL && i < batch->files->len; i++)
    wb_ftp_queue_add_upload (self->queue, g_ptr_array_index (batch->files, i), directory,
                             overwrite);
  for (guint i = 0; batch->items != NULL && i < batch->items->len; i++)
    wb_ftp_queue_add_download (self->queue,
                               wb_file_item_get_entry (g_ptr_array_index (batch->items, i)),
                               directory, wb_local_pane_get_folder (self->local), overwrite);
}

static void
replace_answered_cb (const char *response, gpointer user_data)
{
  if (g_str_equal (response, "replace"))
    send_batch (user_data, TRUE);
}

static guint
count_conflicts (Batch *batch, char **first)
{
  guint conflicts = 0;

  for (guint i = 0; batch->files != NULL && i < batch->files->len; i++)
    {
      g_autofree char *base = g_file_get_basename (g_ptr_array_index (batch->files, i));
      g_autofree char *name = g_filename_display_name (base);

      if (wb_file_pane_has_name (WB_FILE_PANE (batch->page->remote), name) && conflicts++ == 0)
        *first = g_steal_pointer (&name);
    }
  for (guint i = 0; batch->items != NULL && i < batch->items->len; i++)
    {
      const char *name = wb_file_item_get_name (g_ptr_array_index (batch->items, i));

      if (wb_file_pane_has_name (WB_FILE_PANE (batch->page->local), name) && conflicts++ == 0)
        *first = g_strdup (name);
    }
  return conflicts;
}

/* Asks once, for all, when something of that name is there already. */
static void
ask_and_send (Batch *batch)
{
  g_autofree char *first = NULL;
  g_autofree char *heading = NULL;
  guint conflicts = count_conflicts (batch, &first);

  if (conflicts == 0)
    {
      send_batch (batch, FALSE);
      batch_free (batch);
      return;
    }

  if (conflicts == 1)
    /* Translators: %s is the name of a file or folder. */
    heading = g_strdup_printf (_ ("Replace “%s”?"), first);
  else
    heading = g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE, "Replace %u item?", "Replace %u items?", conflicts),
        conflicts);
  wb_ask (GTK_WIDGET (batch->page), heading,
          _ ("The target has it already. The old file stays until the new one is complete."),
          "replace", _ ("_Replace"), TRUE, replace_answered_cb, batch, batch_free);
}

static Batch *
batch_new (WbFilesPage *self)
{
  Batch *batch = NULL;

  if (self->queue == NULL || !wb_remote_pane_is_connected (self->remote))
    {
      wb_workbench_toast (self->workbench, _ ("Connect to a server first"));
      return NULL;
    }
  batch = g_new0 (Batch, 1);
  batch->page = g_object_ref (self);
  return batch;
}

static void
upload (WbFilesPage *self, GPtrArray *files)
{
  Batch *batch = batch_new (self);

  if (batch == NULL)
    return;
  batch->files = g_ptr_array_ref (files);
  ask_and_send (batch);
}

static void
upload_cb (WbFilesPage *self, GPtrArray *items)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < items->len; i++)
    g_ptr_array_add (files, g_object_ref (wb_file_item_get_file (g_ptr_array_index (items, i))));
  upload (self, files);
}

static void
upload_dropped_cb (WbFilesPage *self, WbFileDrag *drag)
{
  upload_cb (self, wb_file_drag_get_items (drag));
}

static void
upload_files_cb (WbFilesPage *self, GdkFileList *list)
{
  g_autoptr (GSList) dropped = gdk_file_list_get_files (list);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  for (GSList *l = dropped; l != NULL; l = l->next)
    if (g_file_peek_path (l->data) != NULL)
      g_ptr_array_add (files, g_object_ref (l->data));
  if (files->len == 0)
    wb_workbench_toast (self->workbench, _ ("Only files of this computer can be dropped here"));
  else
    upload (self, files);
}

static void
download_cb (WbFilesPage *self, GPtrArray *items)
{
  Batch *batch = batch_new (self);

  if (batch == NULL)
    return;
  batch->items = g_ptr_array_ref (items);
  ask_and_send (batch);
}

static void
download_dropped_cb (WbFilesPage *self, WbFileDrag *drag)
{
  download_cb (self, wb_file_drag_get_items (drag));
}

/**
 * wb_files_page_bind_transfers:
 *
 * Tells the template where its handlers for transfers are.
 */
void
wb_files_page_bind_transfers (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_callback (widget_class, upload_cb);
  gtk_widget_class_bind_template_callback (widget_class, upload_dropped_cb);
  gtk_widget_class_bind_template_callback (widget_class, upload_files_cb);
  gtk_widget_class_bind_template_callback (widget_class, download_cb);
  gtk_widget_class_bind_template_callback (widget_class, download_dropped_cb);
}

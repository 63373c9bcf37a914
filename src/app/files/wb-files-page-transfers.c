/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-files-page-private.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

/* Whether a name can be one here; what a server calls things may be anything. */
static gboolean
check_name (WbFilesPage *self, WbFileItem *item)
{
  g_autofree char *text = NULL;

  if (wb_ftp_name_is_usable (wb_ftp_entry_get_name (wb_file_item_get_entry (item))))
    return TRUE;
  /* Translators: %s is what a server calls a file. */
  text =
      g_strdup_printf (_ ("“%s” cannot be the name of a file here"), wb_file_item_get_name (item));
  wb_files_page_tell (self, text);
  return FALSE;
}

/* From so many on the list of transfers is shown anew, in place of growing one by one. */
#define MANY 100

/* The folder of the server that things go to: the one shown, or one of its rows. */
static char *
dup_directory (WbFilesPage *self, WbFileItem *folder)
{
  const char *shown = wb_remote_pane_get_directory (self->remote);

  if (shown == NULL || folder == NULL)
    return g_strdup (shown);
  return g_strconcat (shown, g_str_has_suffix (shown, "/") ? "" : "/",
                      wb_ftp_entry_get_name (wb_file_item_get_entry (folder)), NULL);
}

/* Into @folder of the other side, or the one that it shows. Where something of that name is there
 * already, the queue asks when it comes to it. */
static void
send (WbFilesPage *self, GPtrArray *files, GPtrArray *items, WbFileItem *folder)
{
  g_autofree char *directory = dup_directory (self, items == NULL ? folder : NULL);
  GFile *local = items != NULL && folder != NULL ? wb_file_item_get_file (folder)
                                                 : wb_local_pane_get_folder (self->local);
  gboolean many = (files != NULL && files->len > MANY) || (items != NULL && items->len > MANY);

  if (self->queue == NULL || directory == NULL || !wb_remote_pane_is_connected (self->remote))
    {
      wb_files_page_tell (self, _ ("Connect to a server first"));
      return;
    }
  if (many)
    wb_queue_view_set_frozen (self->queue_view, TRUE);
  for (guint i = 0; files != NULL && i < files->len; i++)
    wb_ftp_queue_add_upload (self->queue, g_ptr_array_index (files, i), directory,
                             WB_FTP_IF_EXISTS_ASK);
  for (guint i = 0; items != NULL && i < items->len; i++)
    if (check_name (self, g_ptr_array_index (items, i)))
      wb_ftp_queue_add_download (self->queue, wb_file_item_get_entry (g_ptr_array_index (items, i)),
                                 directory, local, WB_FTP_IF_EXISTS_ASK);
}

static void
upload (WbFilesPage *self, GPtrArray *items, WbFileItem *folder)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < items->len; i++)
    g_ptr_array_add (files, g_object_ref (wb_file_item_get_file (g_ptr_array_index (items, i))));
  send (self, files, NULL, folder);
}

static void
upload_cb (WbFilesPage *self, GPtrArray *items)
{
  upload (self, items, NULL);
}

static void
upload_dropped_cb (WbFilesPage *self, WbFileDrag *drag, WbFileItem *folder)
{
  upload (self, wb_file_drag_get_items (drag), folder);
}

static void
upload_files_cb (WbFilesPage *self, GdkFileList *list, WbFileItem *folder)
{
  g_autoptr (GSList) dropped = gdk_file_list_get_files (list);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  for (GSList *l = dropped; l != NULL; l = l->next)
    if (g_file_peek_path (l->data) != NULL)
      g_ptr_array_add (files, g_object_ref (l->data));
  if (files->len == 0)
    wb_files_page_tell (self, _ ("Only files of this computer can be dropped here"));
  else
    send (self, files, NULL, folder);
}

static void
download_cb (WbFilesPage *self, GPtrArray *items)
{
  send (self, NULL, items, NULL);
}

static void
download_dropped_cb (WbFilesPage *self, WbFileDrag *drag, WbFileItem *folder)
{
  send (self, NULL, wb_file_drag_get_items (drag), folder);
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

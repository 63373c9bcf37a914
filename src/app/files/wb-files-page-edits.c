/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-files-page-private.h"

#include <glib/gi18n-lib.h>

#include "wb-dialogs.h"
#include "wb-remote-edit.h"

static void
told_cb (WbFilesPage *self, const char *text)
{
  wb_files_page_tell (self, text);
  if (wb_remote_pane_is_connected (self->remote))
    WB_FILE_PANE_GET_CLASS (self->remote)->reload (WB_FILE_PANE (self->remote));
}

static void
failed_cb (WbFilesPage *self, const char *text, WbRemoteEdit *edit)
{
  if (text != NULL)
    {
      g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, text);

      wb_file_pane_fail (WB_FILE_PANE (self->remote), error);
    }
  if (self->edits != NULL)
    g_ptr_array_remove (self->edits, edit);
}

static void
overwrite_answered_cb (const char *response, gpointer user_data)
{
  if (g_str_equal (response, "overwrite"))
    wb_remote_edit_overwrite (user_data);
}

static void
changed_there_cb (WbFilesPage *self, WbRemoteEdit *edit)
{
  g_autofree char *heading = NULL;

  if (gtk_widget_get_root (GTK_WIDGET (self)) == NULL)
    return;
  /* Translators: %s is the name of a file. */
  heading = g_strdup_printf (_ ("“%s” Changed on the Server"), wb_remote_edit_get_name (edit));
  wb_ask (
      GTK_WIDGET (self), heading,
      _ ("Somebody else changed it since you opened it. What you saved can take its place; else "
         "it stays on this computer only, until you save it again."),
      "overwrite", _ ("_Overwrite"), TRUE, overwrite_answered_cb, g_object_ref (edit),
      g_object_unref);
}

static void
open_selected (WbFilesPage *self)
{
  g_autoptr (GPtrArray) items = wb_file_pane_dup_selected (WB_FILE_PANE (self->remote));
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  const char *directory = wb_remote_pane_get_directory (self->remote);
  WbFtpEntry *entry = items->len == 1 ? wb_file_item_get_entry (items->pdata[0]) : NULL;
  WbRemoteServer *server = NULL;
  WbRemoteEdit *edit = NULL;

  if (self->copies == NULL || directory == NULL)
    return;
  if (entry == NULL || wb_ftp_entry_get_entry_type (entry) != WB_FTP_ENTRY_FILE ||
      !wb_ftp_name_is_usable (wb_ftp_entry_get_name (entry)))
    {
      wb_files_page_tell (self, _ ("Choose one file of the server to open"));
      return;
    }

  server =
      wb_remote_server_new (wb_workbench_get_wire (self->workbench),
                            wb_workbench_get_trust (self->workbench), self->url, self->settings);
  edit = wb_remote_edit_new (server, self->copies, directory, entry);
  wb_remote_server_unref (server);
  g_ptr_array_add (self->edits, edit);
  g_signal_connect_object (edit, "told", G_CALLBACK (told_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (edit, "failed", G_CALLBACK (failed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (edit, "changed-there", G_CALLBACK (changed_there_cb), self,
                           G_CONNECT_SWAPPED);
  wb_remote_edit_begin (edit, GTK_WINDOW (root));
}

static void
open_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  open_selected (user_data);
}

static gboolean
open_key_cb (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  WbFilesPage *self = WB_FILES_PAGE (widget);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));

  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self->remote)))
    return FALSE;
  open_selected (self);
  return TRUE;
}

/* What was saved while the server was away goes there now. */
static void
listed_cb (WbFilesPage *self)
{
  for (guint i = 0; self->copies != NULL && self->edits != NULL && i < self->edits->len; i++)
    wb_remote_edit_server_answers (self->edits->pdata[i], self->url, self->copies);
}

/**
 * wb_files_page_begin_edits:
 *
 * Lets the server's pane open its files (`edit.open`).
 */
void
wb_files_page_begin_edits (WbFilesPage *self)
{
  static const GActionEntry actions[] = { { "open", open_action } };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  self->edits = g_ptr_array_new_with_free_func (g_object_unref);
  g_action_map_add_action_entries (G_ACTION_MAP (group), actions, G_N_ELEMENTS (actions), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self->remote), "edit", G_ACTION_GROUP (group));
  g_signal_connect_object (self->remote, "listed", G_CALLBACK (listed_cb), self, G_CONNECT_SWAPPED);
}

/**
 * wb_files_page_bind_edits:
 *
 * The key that opens a file.
 */
void
wb_files_page_bind_edits (GtkWidgetClass *widget_class)
{
  gtk_widget_class_add_binding (widget_class, GDK_KEY_F4, 0, open_key_cb, NULL);
}

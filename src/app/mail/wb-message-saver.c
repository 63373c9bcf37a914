/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-message-saver.h"

#include "wb-dialogs.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct
{
  WbMailStore *store;
  WbMessage *message;
  char *number;  /* NULL for all attachments */
  GFile *target; /* the file to write, or the folder for all */
} Saving;

static void
saving_free (gpointer data)
{
  Saving *saving = data;

  g_clear_object (&saving->store);
  g_clear_object (&saving->message);
  g_clear_object (&saving->target);
  g_free (saving->number);
  g_free (saving);
}

static const WbMessagePart *
find_part (const WbMessagePart *part, const char *number)
{
  if (g_strcmp0 (part->number, number) == 0)
    return part;
  for (guint i = 0; part->parts && i < part->parts->len; i++)
    {
      const WbMessagePart *found = find_part (g_ptr_array_index (part->parts, i), number);

      if (found)
        return found;
    }
  return NULL;
}

static gboolean
save_one (Saving *saving, GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) bytes = wb_message_get_part_content (saving->message, saving->number);

  if (!bytes)
    {
      g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_NO_SUCH_MESSAGE,
                           _ ("This part holds nothing that could be saved."));
      return FALSE;
    }
  /* Where the chooser said: an old file of that name was confirmed there. Never executable. */
  return g_file_replace_contents (
      saving->target, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL, FALSE,
      G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION, NULL, cancellable, error);
}

static gpointer
save_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Saving *saving = data;
  g_autoptr (GPtrArray) parts = NULL;

  if (saving->number)
    return save_one (saving, cancellable, error) ? GUINT_TO_POINTER (1) : NULL;
  parts = wb_message_get_attachments (saving->message);
  for (guint i = 0; i < parts->len; i++)
    {
      g_autoptr (GFile) file = wb_message_save_part (saving->message, g_ptr_array_index (parts, i),
                                                     saving->target, cancellable, error);

      if (!file)
        return NULL;
    }
  return GUINT_TO_POINTER (parts->len);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbMailStore) store = user_data;
  WbWorkbench *workbench = wb_mail_store_get_workbench (store);
  g_autoptr (GError) error = NULL;
  guint n = GPOINTER_TO_UINT (wb_session_run_finish (WB_SESSION (source), result, &error));
  g_autofree char *text = NULL;

  if (error)
    /* Translators: %s is the reason */
    text = g_strdup_printf (_ ("Not saved: %s"), error->message);
  else
    text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u file saved", "%u files saved", n), n);
  wb_workbench_toast (workbench, text);
}

static void
chosen_cb (GListModel *files, gpointer user_data)
{
  Saving *template = user_data;
  Saving *saving = g_new0 (Saving, 1);

  saving->store = g_object_ref (template->store);
  saving->message = g_object_ref (template->message);
  saving->number = g_strdup (template->number);
  saving->target = g_list_model_get_item (files, 0);
  wb_session_run_async (wb_mail_store_get_session (saving->store), save_thread, saving, saving_free,
                        NULL, NULL, saved_cb, g_object_ref (saving->store));
}

static Saving *
saving_new (WbMailStore *store, WbMessage *message, const char *number)
{
  Saving *saving = g_new0 (Saving, 1);

  saving->store = g_object_ref (store);
  saving->message = g_object_ref (message);
  saving->number = g_strdup (number);
  return saving;
}

/**
 * wb_message_save_part_as:
 * @parent: where the question belongs
 * @store: what the mail windows share
 * @message: the message
 * @number: the part's number
 *
 * Asks where to, and saves the part there on the worker; a toast tells how it went. Main thread.
 */
void
wb_message_save_part_as (GtkWidget *parent,
                         WbMailStore *store,
                         WbMessage *message,
                         const char *number)
{
  const WbMessagePart *part = find_part (wb_message_get_tree (message), number);
  g_autofree char *name = NULL;

  if (!part)
    return;
  if (part->file_name && *part->file_name)
    name = g_strdup (part->file_name);
  else
    /* Translators: %s is the number of a part of a mail, such as 2.1; it becomes a file's name */
    name = g_strdup_printf (_ ("part-%s"), part->number);
  wb_choose_files (parent, _ ("Save Attachment"), GTK_FILE_CHOOSER_ACTION_SAVE, FALSE, name,
                   chosen_cb, saving_new (store, message, number), saving_free);
}

/**
 * wb_message_save_all:
 * @parent: where the question belongs
 * @store: what the mail windows share
 * @message: the message
 *
 * Asks for a folder, and saves all attachments there on the worker, never over a file that is
 * there. Main thread.
 */
void
wb_message_save_all (GtkWidget *parent, WbMailStore *store, WbMessage *message)
{
  wb_choose_files (parent, _ ("Save All Attachments"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, FALSE,
                   NULL, chosen_cb, saving_new (store, message, NULL), saving_free);
}

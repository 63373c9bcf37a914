/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-local-pane.h"

#include <glib/gi18n-lib.h>

#include "wb-dialogs.h"
#include "wb-file-offer.h"
#include "wb-local-home.h"
#include "wb-local-move.h"
#include "wb-local-task.h"
#include "wb-local-trash.h"
#include "wb-session.h"

struct _WbLocalPane
{
  WbFilePane parent_instance;

  WbSession *session; /* reads folders and changes files, in the order asked */
  GCancellable *listing;
  GFile *folder;         /* (nullable): what is shown */
  GFile *wanted;         /* what is listed; the same once that has worked */
  GFile *failed;         /* (nullable): what could not be listed last */
  GFileMonitor *monitor; /* of what is wanted, from before it is listed: no change is missed */
};

G_DEFINE_FINAL_TYPE (WbLocalPane, wb_local_pane, WB_TYPE_FILE_PANE)

/* ── On the session's thread ── */

static gpointer
list_job (gpointer data, GCancellable *cancellable, GError **error)
{
  return wb_local_list (data, cancellable, error);
}

typedef struct
{
  GFile *folder;
  GPtrArray *items;
  char *name;
} Change;

static Change *
change_new (GFile *folder, GPtrArray *items, const char *name)
{
  Change *change = g_new0 (Change, 1);

  change->folder = g_object_ref (folder);
  change->items = items != NULL ? g_ptr_array_ref (items) : NULL;
  change->name = g_strdup (name);
  return change;
}

static void
change_free (gpointer data)
{
  Change *change = data;

  g_object_unref (change->folder);
  g_clear_pointer (&change->items, g_ptr_array_unref);
  g_free (change->name);
  g_free (change);
}

static gpointer
make_folder_job (gpointer data, GCancellable *cancellable, GError **error)
{
  Change *change = data;
  g_autoptr (GFile) made = g_file_get_child_for_display_name (change->folder, change->name, error);

  return made != NULL && g_file_make_directory (made, cancellable, error) ? change : NULL;
}

static gpointer
rename_job (gpointer data, GCancellable *cancellable, GError **error)
{
  Change *change = data;
  GFile *file = wb_file_item_get_file (g_ptr_array_index (change->items, 0));
  g_autoptr (GFile) renamed = g_file_set_display_name (file, change->name, cancellable, error);

  return renamed != NULL ? change : NULL;
}

/* ── In the window ── */

static char *
describe_folder (GFile *folder)
{
  const char *path = g_file_peek_path (folder);

  return path != NULL ? g_filename_display_name (path) : g_file_get_uri (folder);
}

static void reload (WbFilePane *pane);

static void
monitor_cb (GFileMonitor *monitor,
            GFile *file,
            GFile *other,
            GFileMonitorEvent event,
            WbLocalPane *self)
{
  /* A file that grows says so all the time; the list is made again when it is complete. */
  if (event == G_FILE_MONITOR_EVENT_CHANGED || event == G_FILE_MONITOR_EVENT_ATTRIBUTE_CHANGED)
    return;
  reload (WB_FILE_PANE (self));
}

static void
want (WbLocalPane *self, GFile *folder)
{
  if (!g_set_object (&self->wanted, folder))
    return;
  if (self->monitor != NULL)
    g_file_monitor_cancel (self->monitor);
  g_clear_object (&self->monitor);
  self->monitor = g_file_monitor_directory (folder, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (self->monitor != NULL)
    {
      g_file_monitor_set_rate_limit (self->monitor, 500);
      g_signal_connect_object (self->monitor, "changed", G_CALLBACK (monitor_cb), self, 0);
    }
}

/* The step, the cause and the way out. */
static GError *
explain (const GError *error, GFile *folder)
{
  g_autofree char *path = describe_folder (folder);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    /* Translators: %s is a path. */
    return g_error_new (error->domain, error->code,
                        _ ("“%s” is not there. Check the path, or go to another folder."), path);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY))
    /* Translators: %s is a path. */
    return g_error_new (error->domain, error->code,
                        _ ("“%s” is not a folder. Enter the folder that it is in."), path);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    return g_error_new (error->domain, error->code,
                        /* Translators: %s is a path. */
                        _ ("You may not read “%s”. Ask its owner for the permission, or go to "
                           "another folder."),
                        path);
  return g_error_copy (error);
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbLocalPane) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = wb_session_run_finish (WB_SESSION (source), result, &error);
  g_autofree char *location = NULL;

  /* Another was asked for since, even where this one was done before it could be stopped. */
  if (g_cancellable_is_cancelled (g_task_get_cancellable (G_TASK (result))))
    return;
  g_clear_object (&self->listing);
  wb_file_pane_set_busy (WB_FILE_PANE (self), FALSE);
  if (items == NULL)
    {
      g_autoptr (GError) explained = explain (error, self->wanted);

      g_set_object (&self->failed, self->wanted);
      if (self->folder != NULL)
        want (self, self->folder);
      wb_file_pane_fail_to_list (WB_FILE_PANE (self), explained, _ ("_Retry"));
      return;
    }
  g_set_object (&self->folder, self->wanted);
  location = describe_folder (self->folder);
  wb_file_pane_set_items (WB_FILE_PANE (self), location, items);
}

static void
list (WbLocalPane *self)
{
  g_cancellable_cancel (self->listing);
  g_clear_object (&self->listing);
  self->listing = g_cancellable_new ();
  wb_file_pane_set_busy (WB_FILE_PANE (self), TRUE);
  wb_session_run_async (self->session, list_job, g_object_ref (self->wanted), g_object_unref,
                        (GDestroyNotify) g_ptr_array_unref, self->listing, listed_cb,
                        g_object_ref (self));
}

static void
changed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbLocalPane) self = user_data;
  g_autoptr (GError) error = NULL;

  reload (WB_FILE_PANE (self));
  if (wb_session_run_finish (WB_SESSION (source), result, &error) == NULL)
    wb_file_pane_fail (WB_FILE_PANE (self), error);
}

static void
run_change (WbLocalPane *self, WbSessionFunc func, Change *change)
{
  wb_session_run_async (self->session, func, change, change_free, NULL, NULL, changed_cb,
                        g_object_ref (self));
}

/**
 * wb_local_pane_open:
 *
 * Shows a folder and keeps up with its changes. Where it cannot be read the one
 * before stays.
 */
void
wb_local_pane_open (WbLocalPane *self, GFile *folder)
{
  want (self, folder);
  list (self);
}

/**
 * wb_local_pane_get_folder:
 *
 * Returns: (transfer none) (nullable): the folder shown
 */
GFile *
wb_local_pane_get_folder (WbLocalPane *self)
{
  return self->folder;
}

static void
open_location (WbFilePane *pane, const char *location)
{
  g_autofree char *expanded = NULL;
  g_autoptr (GFile) folder = NULL;

  if (g_str_has_prefix (location, "~"))
    expanded = g_strconcat (wb_local_home_get_path (), location + 1, NULL);
  folder = g_file_parse_name (expanded != NULL ? expanded : location);
  wb_local_pane_open (WB_LOCAL_PANE (pane), folder);
}

static void
open_folder (WbFilePane *pane, WbFileItem *item)
{
  wb_local_pane_open (WB_LOCAL_PANE (pane), wb_file_item_get_file (item));
}

static void
open_parent (WbFilePane *pane)
{
  g_autoptr (GFile) parent = g_file_get_parent (WB_LOCAL_PANE (pane)->folder);

  if (parent != NULL)
    wb_local_pane_open (WB_LOCAL_PANE (pane), parent);
}

static void
reload (WbFilePane *pane)
{
  WbLocalPane *self = WB_LOCAL_PANE (pane);

  /* Not while another is being opened. */
  if (self->folder != NULL && self->listing == NULL)
    want (self, self->folder);
  list (self);
}

static void
retry (WbFilePane *pane)
{
  WbLocalPane *self = WB_LOCAL_PANE (pane);

  if (self->failed != NULL)
    wb_local_pane_open (self, self->failed);
}

static void
make_folder (WbFilePane *pane, const char *name)
{
  WbLocalPane *self = WB_LOCAL_PANE (pane);

  run_change (self, make_folder_job, change_new (self->folder, NULL, name));
}

static void
rename_item (WbFilePane *pane, WbFileItem *item, const char *name)
{
  WbLocalPane *self = WB_LOCAL_PANE (pane);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (items, g_object_ref (item));
  run_change (self, rename_job, change_new (self->folder, items, name));
}

/* ── Into a folder of the list, and back ── */

/* Of a toast, which goes with the pane. */
typedef struct
{
  WbLocalPane *pane;
  WbLocalMoved *moved;
} Move;

static void
move_free (gpointer data, GClosure *closure)
{
  Move *move = data;

  wb_local_moved_free (move->moved);
  g_free (move);
}

static void
moved_back_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbLocalPane) self = user_data;
  g_autoptr (WbLocalMoved) moved = wb_session_run_finish (WB_SESSION (source), result, NULL);

  if (self->session == NULL)
    return;
  reload (WB_FILE_PANE (self));
  if (moved != NULL && moved->problem != NULL)
    wb_file_pane_fail (WB_FILE_PANE (self), moved->problem);
}

static void
undo_move_cb (AdwToast *toast, Move *move)
{
  WbLocalMoved *back = wb_local_moved_new ();

  for (guint i = 0; i < move->moved->from->len; i++)
    wb_local_moved_add (back, move->moved->to->pdata[i], move->moved->from->pdata[i]);
  wb_session_run_async (move->pane->session, wb_local_move_job, back,
                        (GDestroyNotify) wb_local_moved_free, (GDestroyNotify) wb_local_moved_free,
                        NULL, moved_back_cb, g_object_ref (move->pane));
}

static void
moved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbLocalPane) self = user_data;
  g_autoptr (WbLocalMoved) moved = wb_session_run_finish (WB_SESSION (source), result, NULL);

  if (self->session == NULL || moved == NULL)
    return;
  reload (WB_FILE_PANE (self));
  if (moved->problem != NULL)
    wb_file_pane_fail (WB_FILE_PANE (self), moved->problem);
  /* Some may have been moved, however it ended. */
  if (moved->to->len > 0)
    {
      g_autofree char *first = g_file_get_basename (moved->to->pdata[0]);
      g_autofree char *name = g_filename_display_name (first);
      g_autoptr (GFile) parent = g_file_get_parent (moved->to->pdata[0]);
      g_autofree char *last = g_file_get_basename (parent);
      g_autofree char *folder = g_filename_display_name (last);
      guint count = moved->to->len;
      Move *move = g_new0 (Move, 1);

      move->pane = self;
      move->moved = g_steal_pointer (&moved);
      wb_file_pane_offer_undo_move (WB_FILE_PANE (self), name, count, folder,
                                    G_CALLBACK (undo_move_cb), move, move_free);
    }
}

static void
move_items (WbFilePane *pane, GPtrArray *items, WbFileItem *folder)
{
  WbLocalPane *self = WB_LOCAL_PANE (pane);
  WbLocalMoved *wish = wb_local_moved_new ();

  for (guint i = 0; i < items->len; i++)
    {
      GFile *from = wb_file_item_get_file (items->pdata[i]);
      g_autofree char *name = g_file_get_basename (from);
      g_autoptr (GFile) to = g_file_get_child (wb_file_item_get_file (folder), name);

      wb_local_moved_add (wish, from, to);
    }
  wb_session_run_async (self->session, wb_local_move_job, wish,
                        (GDestroyNotify) wb_local_moved_free, (GDestroyNotify) wb_local_moved_free,
                        NULL, moved_cb, g_object_ref (self));
}

static void
run_task (WbFilePane *pane,
          WbFileTask *task,
          GCancellable *cancellable,
          GAsyncReadyCallback callback,
          gpointer user_data)
{
  WbLocalPane *self = WB_LOCAL_PANE (pane);

  wb_session_run_async (self->session, wb_local_task_job, wb_local_task_new (task, self->folder),
                        (GDestroyNotify) wb_local_task_free, (GDestroyNotify) wb_file_findings_free,
                        cancellable, callback, user_data);
}

static void
go_to (WbFilePane *pane, const char *folder)
{
  g_autoptr (GFile) file =
      g_path_is_absolute (folder) ? g_file_new_for_path (folder) : g_file_new_for_uri (folder);

  wb_local_pane_open (WB_LOCAL_PANE (pane), file);
}

/* ── Into the trash, and out of it ── */

typedef struct
{
  WbLocalPane *pane;
  GPtrArray *files;
} Files;

static Files *
files_new (WbLocalPane *pane, GPtrArray *files)
{
  Files *self = g_new0 (Files, 1);

  self->pane = g_object_ref (pane);
  self->files = g_ptr_array_ref (files);
  return self;
}

static void
files_free (gpointer data)
{
  Files *self = data;

  g_object_unref (self->pane);
  g_ptr_array_unref (self->files);
  g_free (self);
}

static void
run_files (WbLocalPane *self, WbSessionFunc func, GPtrArray *files)
{
  wb_session_run_async (self->session, func, g_ptr_array_ref (files),
                        (GDestroyNotify) g_ptr_array_unref, NULL, NULL, changed_cb,
                        g_object_ref (self));
}

static void
delete_answered_cb (const char *response, gpointer user_data)
{
  Files *files = user_data;

  if (g_str_equal (response, "delete"))
    run_files (files->pane, wb_local_delete_job, files->files);
}

static void
ask_to_delete (WbLocalPane *self, GPtrArray *files)
{
  g_autofree char *heading = NULL;

  if (files->len == 1)
    {
      g_autofree char *name = g_file_get_basename (g_ptr_array_index (files, 0));
      g_autofree char *shown = g_filename_display_name (name);

      /* Translators: %s is the name of a file or folder. */
      heading = g_strdup_printf (_ ("Delete “%s” for good?"), shown);
    }
  else
    heading = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Delete %u item for good?",
                                            "Delete %u items for good?", files->len),
                               files->len);
  wb_ask (GTK_WIDGET (self), heading,
          _ ("There is no trash in this place. Folders go with everything in them, and this cannot "
             "be undone."),
          "delete", _ ("_Delete"), TRUE, delete_answered_cb, files_new (self, files), files_free);
}

static const char trashed_key[] = "wb-trashed";

/* The toast goes with the pane, so it does not keep it. */
static void
undo_cb (AdwToast *toast, WbLocalPane *self)
{
  run_files (self, wb_local_untrash_job, g_object_get_data (G_OBJECT (toast), trashed_key));
}

static void
offer_undo (WbLocalPane *self, GPtrArray *files)
{
  g_autofree char *text = NULL;
  AdwToast *toast = NULL;

  if (files->len == 1)
    {
      g_autofree char *name = g_file_get_basename (g_ptr_array_index (files, 0));
      g_autofree char *shown = g_filename_display_name (name);
      g_autofree char *escaped = g_markup_escape_text (shown, -1);

      /* Translators: %s is the name of a file or folder. */
      text = g_strdup_printf (_ ("“%s” moved to the trash"), escaped);
    }
  else
    text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u item moved to the trash",
                                         "%u items moved to the trash", files->len),
                            files->len);
  toast = adw_toast_new (text);
  adw_toast_set_button_label (toast, _ ("_Undo"));
  g_object_set_data_full (G_OBJECT (toast), trashed_key, g_ptr_array_ref (files),
                          (GDestroyNotify) g_ptr_array_unref);
  g_signal_connect (toast, "button-clicked", G_CALLBACK (undo_cb), self);
  wb_file_pane_toast (WB_FILE_PANE (self), toast);
}

static void
trashed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbLocalPane) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WbTrashed) trashed = wb_session_run_finish (WB_SESSION (source), result, &error);

  if (self->session == NULL)
    return;
  reload (WB_FILE_PANE (self));
  if (trashed == NULL)
    {
      wb_file_pane_fail (WB_FILE_PANE (self), error);
      return;
    }
  if (trashed->files->len > 0)
    offer_undo (self, trashed->files);
  if (trashed->left->len > 0)
    ask_to_delete (self, trashed->left);
}

static void
delete_items (WbFilePane *pane, GPtrArray *items)
{
  WbLocalPane *self = WB_LOCAL_PANE (pane);
  GPtrArray *files = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < items->len; i++)
    g_ptr_array_add (files, g_object_ref (wb_file_item_get_file (g_ptr_array_index (items, i))));
  wb_session_run_async (self->session, wb_local_trash_job, files,
                        (GDestroyNotify) g_ptr_array_unref, (GDestroyNotify) wb_trashed_free, NULL,
                        trashed_cb, g_object_ref (self));
}

/* Files with folders among them, of which wb_file_offer_dup_formats() tells why not by the portal.
 */
static GdkContentProvider *
offer_paths (GSList *files)
{
  GString *list = g_string_new (NULL);
  g_autoptr (GBytes) bytes = NULL;

  for (GSList *l = files; l != NULL; l = l->next)
    {
      g_autofree char *uri = g_file_get_uri (l->data);

      g_string_append_printf (list, "%s\r\n", uri);
    }
  bytes = g_string_free_to_bytes (list);
  return gdk_content_provider_new_for_bytes (WB_FILE_OFFER_BY_PATH, bytes);
}

static GdkContentProvider *
prepare_drag (WbFilePane *pane, GPtrArray *items)
{
  g_autoptr (GSList) files = NULL;
  GdkFileList *list_of_files = NULL;
  GdkContentProvider *provider = NULL;
  gboolean plain = TRUE;

  for (guint i = items->len; i > 0; i--)
    {
      WbFileItem *item = g_ptr_array_index (items, i - 1);

      files = g_slist_prepend (files, wb_file_item_get_file (item));
      /* A link may lead to a folder. */
      plain = plain && wb_file_item_get_entry_type (item) == WB_FTP_ENTRY_FILE;
    }
  if (!plain && !wb_file_offer_has_folders ())
    return offer_paths (files);
  list_of_files = gdk_file_list_new_from_list (files);
  provider = gdk_content_provider_new_typed (GDK_TYPE_FILE_LIST, list_of_files);
  g_boxed_free (GDK_TYPE_FILE_LIST, list_of_files);
  return provider;
}

static void
folder_chosen_cb (GListModel *files, gpointer user_data)
{
  g_autoptr (GFile) folder = g_list_model_get_item (files, 0);

  wb_local_pane_open (user_data, folder);
}

/* From a sandbox this is the way to the person's own folders. */
static void
choose_folder_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wb_choose_files (widget, _ ("Open Folder"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, FALSE, NULL,
                   folder_chosen_cb, g_object_ref (widget), g_object_unref);
}

static void
wb_local_pane_dispose (GObject *object)
{
  WbLocalPane *self = WB_LOCAL_PANE (object);

  g_cancellable_cancel (self->listing);
  g_clear_object (&self->listing);
  if (self->monitor != NULL)
    g_file_monitor_cancel (self->monitor);
  g_clear_object (&self->monitor);
  g_clear_object (&self->folder);
  g_clear_object (&self->wanted);
  g_clear_object (&self->failed);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (wb_local_pane_parent_class)->dispose (object);
}

static void
wb_local_pane_class_init (WbLocalPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  WbFilePaneClass *pane_class = WB_FILE_PANE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_local_pane_dispose;
  pane_class->open_location = open_location;
  pane_class->open_folder = open_folder;
  pane_class->open_parent = open_parent;
  pane_class->reload = reload;
  pane_class->make_folder = make_folder;
  pane_class->rename_item = rename_item;
  pane_class->move_items = move_items;
  pane_class->retry = retry;
  pane_class->delete_items = delete_items;
  pane_class->prepare_drag = prepare_drag;
  pane_class->run_task = run_task;
  pane_class->go_to = go_to;

  gtk_widget_class_install_action (widget_class, "pane.choose-folder", NULL, choose_folder_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_o, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "pane.choose-folder", NULL);
}

static void
wb_local_pane_init (WbLocalPane *self)
{
  self->session = wb_session_new ("wb-local-files");
  g_object_set (self, "title", _ ("This Computer"), NULL);
  wb_file_pane_set_send (WB_FILE_PANE (self), "send-to-symbolic", _ ("_Upload"));
}

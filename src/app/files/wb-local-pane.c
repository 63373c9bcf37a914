/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-local-pane.h"

#include <glib/gi18n-lib.h>

#include "wb-dialogs.h"
#include "wb-session.h"

static const char attributes[] = "standard::name,standard::display-name,standard::type,"
                                 "standard::size,standard::is-hidden,standard::is-symlink,"
                                 "time::modified,unix::mode,owner::user";

struct _WbLocalPane
{
  WbFilePane parent_instance;

  WbSession *session; /* reads folders and changes files, in the order asked */
  GCancellable *listing;
  GFile *folder;
  GFileMonitor *monitor;
};

G_DEFINE_FINAL_TYPE (WbLocalPane, wb_local_pane, WB_TYPE_FILE_PANE)

/* ── On the session's thread ── */

static gpointer
list_job (gpointer data, GCancellable *cancellable, GError **error)
{
  GFile *folder = data;
  g_autoptr (GFileEnumerator) children = NULL;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  children =
      g_file_enumerate_children (folder, attributes, G_FILE_QUERY_INFO_NONE, cancellable, error);
  if (children == NULL)
    return NULL;

  for (;;)
    {
      GFileInfo *info = NULL;
      GFile *file = NULL;

      if (!g_file_enumerator_iterate (children, &info, &file, cancellable, error))
        return NULL;
      if (info == NULL)
        return g_steal_pointer (&items);
      g_ptr_array_add (items, wb_file_item_new_local (file, info));
    }
}

typedef struct
{
  GFile *folder;
  GPtrArray *items;
  char *name;
} Change;

static Change *
change_new (WbLocalPane *self, GPtrArray *items, const char *name)
{
  Change *change = g_new0 (Change, 1);

  change->folder = g_object_ref (self->folder);
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

static gpointer
delete_job (gpointer data, GCancellable *cancellable, GError **error)
{
  Change *change = data;

  for (guint i = 0; i < change->items->len; i++)
    {
      WbFileItem *item = g_ptr_array_index (change->items, i);

      if (!g_file_delete (wb_file_item_get_file (item), cancellable, error))
        {
          /* Translators: %s is the name of a file or folder. */
          g_prefix_error (error, _ ("While deleting “%s”: "), wb_file_item_get_name (item));
          return NULL;
        }
    }
  return change;
}

/* ── In the window ── */

static char *
describe_folder (GFile *folder)
{
  const char *path = g_file_peek_path (folder);

  return path != NULL ? g_filename_display_name (path) : g_file_get_uri (folder);
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbLocalPane) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = wb_session_run_finish (WB_SESSION (source), result, &error);
  g_autofree char *location = describe_folder (self->folder);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  wb_file_pane_set_busy (WB_FILE_PANE (self), FALSE);
  if (items == NULL)
    wb_file_pane_fail (WB_FILE_PANE (self), error);
  else
    wb_file_pane_set_items (WB_FILE_PANE (self), location, items);
}

static void
list (WbLocalPane *self)
{
  g_cancellable_cancel (self->listing);
  g_clear_object (&self->listing);
  self->listing = g_cancellable_new ();
  wb_file_pane_set_busy (WB_FILE_PANE (self), TRUE);
  wb_session_run_async (self->session, list_job, g_object_ref (self->folder), g_object_unref,
                        (GDestroyNotify) g_ptr_array_unref, self->listing, listed_cb,
                        g_object_ref (self));
}

static void
changed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbLocalPane) self = user_data;
  g_autoptr (GError) error = NULL;

  list (self);
  if (wb_session_run_finish (WB_SESSION (source), result, &error) == NULL)
    wb_file_pane_fail (WB_FILE_PANE (self), error);
}

static void
run_change (WbLocalPane *self, WbSessionFunc func, Change *change)
{
  wb_session_run_async (self->session, func, change, change_free, NULL, NULL, changed_cb,
                        g_object_ref (self));
}

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
  list (self);
}

/**
 * wb_local_pane_open:
 *
 * Shows a folder and keeps up with its changes.
 */
void
wb_local_pane_open (WbLocalPane *self, GFile *folder)
{
  g_set_object (&self->folder, folder);
  if (self->monitor != NULL)
    g_file_monitor_cancel (self->monitor);
  g_clear_object (&self->monitor);
  self->monitor = g_file_monitor_directory (folder, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (self->monitor != NULL)
    {
      g_file_monitor_set_rate_limit (self->monitor, 500);
      g_signal_connect_object (self->monitor, "changed", G_CALLBACK (monitor_cb), self, 0);
    }
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
    expanded = g_strconcat (g_get_home_dir (), location + 1, NULL);
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
  list (WB_LOCAL_PANE (pane));
}

static void
make_folder (WbFilePane *pane, const char *name)
{
  WbLocalPane *self = WB_LOCAL_PANE (pane);

  run_change (self, make_folder_job, change_new (self, NULL, name));
}

static void
rename_item (WbFilePane *pane, WbFileItem *item, const char *name)
{
  WbLocalPane *self = WB_LOCAL_PANE (pane);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (items, g_object_ref (item));
  run_change (self, rename_job, change_new (self, items, name));
}

static void
delete_items (WbFilePane *pane, GPtrArray *items)
{
  WbLocalPane *self = WB_LOCAL_PANE (pane);

  run_change (self, delete_job, change_new (self, items, NULL));
}

static GdkContentProvider *
prepare_drag (WbFilePane *pane, GPtrArray *items)
{
  GSList *files = NULL;
  GdkFileList *list_of_files = NULL;
  GdkContentProvider *provider = NULL;

  for (guint i = items->len; i > 0; i--)
    files = g_slist_prepend (files, wb_file_item_get_file (g_ptr_array_index (items, i - 1)));
  list_of_files = gdk_file_list_new_from_list (files);
  provider = gdk_content_provider_new_typed (GDK_TYPE_FILE_LIST, list_of_files);
  g_boxed_free (GDK_TYPE_FILE_LIST, list_of_files);
  g_slist_free (files);
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
  pane_class->delete_items = delete_items;
  pane_class->prepare_drag = prepare_drag;

  gtk_widget_class_install_action (widget_class, "pane.choose-folder", NULL, choose_folder_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_o, GDK_CONTROL_MASK,
                                       "pane.choose-folder", NULL);
}

static void
wb_local_pane_init (WbLocalPane *self)
{
  self->session = wb_session_new ("wb-local-files");
  g_object_set (self, "title", _ ("This Computer"), NULL);
  wb_file_pane_set_send (WB_FILE_PANE (self), "send-to-symbolic", _ ("_Upload"));
}

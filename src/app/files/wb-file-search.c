/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-file-search.h"

#include <glib/gi18n-lib.h>

#include "wb-session.h"

struct _WbFileSearch
{
  AdwWindow parent_instance;

  WbFilePane *pane;
  GListStore *found;         /* of WbFileItem, with the two below as data */
  GCancellable *cancellable; /* (nullable): of the search that runs */
  WbProgress *progress;      /* (nullable): of the last search */
  GAsyncQueue *queue;        /* (nullable): what it has found and is not shown yet */

  GtkWidget *entry;
  GtkWidget *start;
  GtkWidget *stop;
  GtkWidget *status;
};

static const char folder_key[] = "wb-folder";
static const char path_key[] = "wb-path";

G_DEFINE_FINAL_TYPE (WbFileSearch, wb_file_search, ADW_TYPE_WINDOW)

/* ── What is found ── */

static void
take_found (WbFileSearch *self)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  WbFileFound *found = NULL;

  while (self->queue != NULL && (found = g_async_queue_try_pop (self->queue)) != NULL)
    {
      g_object_set_data_full (G_OBJECT (found->item), folder_key, g_steal_pointer (&found->folder),
                              g_free);
      g_object_set_data_full (G_OBJECT (found->item), path_key, g_steal_pointer (&found->path),
                              g_free);
      g_ptr_array_add (items, g_object_ref (found->item));
      wb_file_found_free (found);
    }
  if (items->len > 0)
    g_list_store_splice (self->found, g_list_model_get_n_items (G_LIST_MODEL (self->found)), 0,
                         items->pdata, items->len);
}

static void
progress_cb (WbProgress *progress, gpointer user_data)
{
  WbFileSearch *self = user_data;
  g_auto (WbProgressState) state = { 0 };
  g_autofree char *text = NULL;

  if (self->cancellable == NULL || progress != self->progress)
    return;
  take_found (self);
  wb_progress_get_state (progress, &state);
  text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Searching… %u looked at",
                                       "Searching… %u looked at", (guint) state.done),
                          (guint) state.done);
  gtk_label_set_label (GTK_LABEL (self->status), text);
}

static char *
describe_end (WbFileSearch *self, const WbFileFindings *findings, const GError *error)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->found));
  g_autofree char *count = NULL;

  count = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u found", "%u found", n), n);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    /* Translators: %s is "3 found". */
    return g_strdup_printf (_ ("%s, then stopped"), count);
  if (error != NULL)
    /* Translators: the first %s is "3 found", the second says what went wrong. */
    return g_strdup_printf (_ ("%s, then: %s"), count, error->message);
  if (findings->is_cut)
    /* Translators: %s is "10000 found". */
    return g_strdup_printf (_ ("%s; there is more. Search in a folder further down."), count);
  if (findings->unread > 0)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                         /* Translators: %s is "3 found". */
                                         "%s; %u folder could not be read",
                                         "%s; %u folders could not be read", findings->unread),
                            count, findings->unread);
  return g_steal_pointer (&count);
}

static void
searched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbFileSearch) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WbFileFindings) findings = wb_session_run_finish (WB_SESSION (source), result, &error);
  g_autofree char *text = NULL;

  if (self->pane == NULL)
    return;
  take_found (self);
  g_clear_object (&self->cancellable);
  gtk_widget_set_visible (self->stop, FALSE);
  gtk_widget_set_sensitive (self->start, TRUE);
  text = describe_end (self, findings, error);
  gtk_label_set_label (GTK_LABEL (self->status), text);
}

/* ── What the person does ── */

static void
stop_cb (WbFileSearch *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
}

static void
start_cb (WbFileSearch *self)
{
  const char *pattern = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  WbFileTask *task = NULL;

  if (*pattern == '\0' || self->cancellable != NULL || !wb_file_pane_is_active (self->pane))
    return;
  g_list_store_remove_all (self->found);
  task = wb_file_task_new (WB_FILE_FIND, NULL);
  task->pattern = g_strdup (pattern);
  g_clear_pointer (&self->queue, g_async_queue_unref);
  self->queue = g_async_queue_ref (task->found);
  g_set_object (&self->progress, task->progress);
  wb_progress_watch (self->progress, progress_cb, G_OBJECT (self));
  self->cancellable = g_cancellable_new ();
  gtk_widget_set_visible (self->stop, TRUE);
  gtk_widget_set_sensitive (self->start, FALSE);
  gtk_label_set_label (GTK_LABEL (self->status), _ ("Searching…"));
  WB_FILE_PANE_GET_CLASS (self->pane)
      ->run_task (self->pane, task, self->cancellable, searched_cb, g_object_ref (self));
}

static void
activate_cb (WbFileSearch *self, guint position)
{
  g_autoptr (WbFileItem) item = g_list_model_get_item (G_LIST_MODEL (self->found), position);
  g_autoptr (WbFilePane) pane = g_object_ref (self->pane);

  if (item == NULL || !wb_file_pane_is_active (pane))
    return;
  stop_cb (self);
  wb_file_pane_reveal (pane, g_object_get_data (G_OBJECT (item), folder_key), item);
  gtk_window_close (GTK_WINDOW (self));
}

/* ── Rows ── */

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  GtkWidget *names = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *name = gtk_label_new (NULL);
  GtkWidget *path = gtk_label_new (NULL);
  GtkWidget *size = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_xalign (GTK_LABEL (path), 0);
  gtk_label_set_ellipsize (GTK_LABEL (path), PANGO_ELLIPSIZE_START);
  gtk_widget_add_css_class (path, "dim-label");
  gtk_widget_add_css_class (path, "caption");
  gtk_widget_add_css_class (size, "dim-label");
  gtk_widget_add_css_class (size, "numeric");
  gtk_widget_set_hexpand (names, TRUE);
  gtk_widget_set_margin_top (row, 4);
  gtk_widget_set_margin_bottom (row, 4);
  gtk_widget_set_margin_start (row, 6);
  gtk_widget_set_margin_end (row, 6);
  gtk_box_append (GTK_BOX (names), name);
  gtk_box_append (GTK_BOX (names), path);
  gtk_box_append (GTK_BOX (row), gtk_image_new ());
  gtk_box_append (GTK_BOX (row), names);
  gtk_box_append (GTK_BOX (row), size);
  gtk_list_item_set_child (list_item, row);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  WbFileItem *item = gtk_list_item_get_item (list_item);
  const char *path = g_object_get_data (G_OBJECT (item), path_key);
  GtkWidget *icon = gtk_widget_get_first_child (gtk_list_item_get_child (list_item));
  GtkWidget *names = gtk_widget_get_next_sibling (icon);
  GtkWidget *name = gtk_widget_get_first_child (names);
  gint64 size = wb_file_item_get_size (item);
  gboolean sized = size >= 0 && wb_file_item_get_entry_type (item) == WB_FTP_ENTRY_FILE;
  g_autofree char *text = sized ? g_format_size ((guint64) size) : NULL;

  gtk_image_set_from_icon_name (GTK_IMAGE (icon), wb_file_item_get_icon_name (item));
  gtk_label_set_label (GTK_LABEL (name), wb_file_item_get_name (item));
  gtk_label_set_label (GTK_LABEL (gtk_widget_get_next_sibling (name)),
                       *path != '\0' ? path : _ ("In this folder"));
  gtk_label_set_label (GTK_LABEL (gtk_widget_get_next_sibling (names)), text != NULL ? text : "");
}

static GtkWidget *
create_list (WbFileSearch *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *list = NULL;

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  list = gtk_list_view_new (
      GTK_SELECTION_MODEL (gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->found)))),
      factory);
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Found"),
                                  -1);
  g_signal_connect_swapped (list, "activate", G_CALLBACK (activate_cb), self);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), list);
  gtk_widget_set_vexpand (scroller, TRUE);
  return scroller;
}

static GtkWidget *
create_footer (WbFileSearch *self)
{
  GtkWidget *footer = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_widget_add_css_class (footer, "toolbar");
  gtk_widget_set_margin_bottom (footer, 6);
  self->status = gtk_label_new (_ ("* stands for anything, ? for one letter"));
  gtk_label_set_wrap (GTK_LABEL (self->status), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->status), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (self->status), 0);
  gtk_widget_set_margin_start (self->status, 6);
  gtk_widget_set_hexpand (self->status, TRUE);
  self->stop = gtk_button_new_with_label (_ ("Cancel"));
  gtk_widget_set_visible (self->stop, FALSE);
  g_signal_connect_swapped (self->stop, "clicked", G_CALLBACK (stop_cb), self);
  gtk_box_append (GTK_BOX (footer), self->status);
  gtk_box_append (GTK_BOX (footer), self->stop);
  return footer;
}

static GtkWidget *
create_bar (WbFileSearch *self)
{
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_widget_add_css_class (bar, "toolbar");
  self->entry = gtk_entry_new ();
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->entry), "*.txt");
  gtk_widget_set_hexpand (self->entry, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Name to search for"), -1);
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (start_cb), self);
  self->start = gtk_button_new_with_mnemonic (_ ("_Search"));
  g_signal_connect_swapped (self->start, "clicked", G_CALLBACK (start_cb), self);
  gtk_box_append (GTK_BOX (bar), self->entry);
  gtk_box_append (GTK_BOX (bar), self->start);
  return bar;
}

/* ── The window ── */

/**
 * wb_file_search_show:
 * @pane: a pane that shows a folder
 *
 * Opens the window.
 */
void
wb_file_search_show (WbFilePane *pane)
{
  WbFileSearch *self = g_object_new (WB_TYPE_FILE_SEARCH, "title", _ ("Search Below"), "modal",
                                     TRUE, "transient-for", gtk_widget_get_root (GTK_WIDGET (pane)),
                                     "default-width", 460, "default-height", 480, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->pane = g_object_ref (pane);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), create_bar (self));
  gtk_box_append (GTK_BOX (box), create_list (self));
  gtk_box_append (GTK_BOX (box), create_footer (self));
  adw_window_set_content (ADW_WINDOW (self), box);
  gtk_window_present (GTK_WINDOW (self));
  gtk_widget_grab_focus (self->entry);
}

static void
wb_file_search_dispose (GObject *object)
{
  WbFileSearch *self = WB_FILE_SEARCH (object);

  stop_cb (self);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->progress);
  g_clear_pointer (&self->queue, g_async_queue_unref);
  g_clear_object (&self->found);
  g_clear_object (&self->pane);

  G_OBJECT_CLASS (wb_file_search_parent_class)->dispose (object);
}

static void
wb_file_search_class_init (WbFileSearchClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_file_search_dispose;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_DIALOG);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
wb_file_search_init (WbFileSearch *self)
{
  self->found = g_list_store_new (WB_TYPE_FILE_ITEM);
}

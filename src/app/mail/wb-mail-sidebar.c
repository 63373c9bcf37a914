/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-mail-sidebar.h"

#include <glib/gi18n-lib.h>

struct _WbMailSidebar
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkListBox *list;
  WbMailStore *store;
};

enum
{
  FOLDER_SELECTED,
  SETTINGS_WANTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbMailSidebar, wb_mail_sidebar, GTK_TYPE_WIDGET)

static void
row_selected_cb (GtkListBox *list, GtkListBoxRow *row, gpointer user_data)
{
  WbMailFolder *folder = row ? g_object_get_data (G_OBJECT (row), "folder") : NULL;

  if (folder)
    g_signal_emit (user_data, signals[FOLDER_SELECTED], 0, folder);
}

/* A second press on the row that is selected brings its list back in a narrow window. */
static void
row_activated_cb (GtkListBox *list, GtkListBoxRow *row, gpointer user_data)
{
  row_selected_cb (list, row, user_data);
}

static void
add_clicked_cb (GtkButton *button, gpointer user_data)
{
  g_signal_emit (user_data, signals[SETTINGS_WANTED], 0, NULL);
}

static void
settings_clicked_cb (GtkButton *button, gpointer user_data)
{
  g_signal_emit (user_data, signals[SETTINGS_WANTED], 0,
                 g_object_get_data (G_OBJECT (button), "account"));
}

static GtkWidget *
create_heading (WbMailSidebar *self, WbAccount *account)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  const char *name = wb_account_get_name (account);
  GtkWidget *title = gtk_label_new (*name ? name : wb_account_get_address (account));
  GtkWidget *address = gtk_label_new (wb_account_get_address (account));

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (title, "heading");
  gtk_label_set_xalign (GTK_LABEL (address), 0);
  gtk_label_set_ellipsize (GTK_LABEL (address), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_add_css_class (address, "caption");
  gtk_widget_add_css_class (address, "dim-label");
  gtk_box_append (GTK_BOX (texts), title);
  gtk_box_append (GTK_BOX (texts), address);
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_box_append (GTK_BOX (box), texts);
  if (wb_account_is_lab (account))
    {
      GtkWidget *badge = gtk_label_new (_ ("Lab"));

      gtk_widget_add_css_class (badge, "caption");
      gtk_widget_add_css_class (badge, "mail-badge");
      gtk_widget_set_valign (badge, GTK_ALIGN_CENTER);
      gtk_widget_set_tooltip_text (badge, _ ("Served by Wirebench itself, on this computer"));
      gtk_box_append (GTK_BOX (box), badge);
    }
  else
    {
      GtkWidget *button = gtk_button_new_from_icon_name ("emblem-system-symbolic");

      gtk_widget_add_css_class (button, "flat");
      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      gtk_widget_set_tooltip_text (button, _ ("Account settings"));
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      _ ("Account settings"), -1);
      g_object_set_data_full (G_OBJECT (button), "account", g_object_ref (account), g_object_unref);
      g_signal_connect (button, "clicked", G_CALLBACK (settings_clicked_cb), self);
      gtk_box_append (GTK_BOX (box), button);
    }
  gtk_widget_set_margin_top (box, 6);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_selectable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  return row;
}

static void
unread_changed_cb (WbMailFolder *folder, GParamSpec *pspec, gpointer user_data)
{
  GtkLabel *count = user_data;
  guint unread = wb_mail_folder_get_unread (folder);
  g_autofree char *text = g_strdup_printf ("%u", unread);

  gtk_label_set_text (count, text);
  gtk_widget_set_visible (GTK_WIDGET (count), unread > 0);
}

static GtkWidget *
create_folder_row (WbMailSidebar *self, WbMailFolder *folder)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  WbFolderKind kind = wb_mail_folder_get_kind (folder);
  GtkWidget *title = gtk_label_new (wb_folder_kind_get_title (kind));
  GtkWidget *count = gtk_label_new (NULL);
  g_autofree char *label = NULL;

  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (wb_folder_kind_get_icon (kind)));
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (title, TRUE);
  gtk_box_append (GTK_BOX (box), title);
  gtk_widget_add_css_class (count, "mail-count");
  gtk_widget_add_css_class (count, "caption");
  gtk_widget_set_valign (count, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), count);
  g_signal_connect_object (folder, "notify::unread", G_CALLBACK (unread_changed_cb), count, 0);
  unread_changed_cb (folder, NULL, count);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  /* Translators: the first %s is a folder such as Inbox, the second an address */
  label = g_strdup_printf (_ ("%s of %s"), wb_folder_kind_get_title (kind),
                           wb_account_get_address (wb_mail_folder_get_account (folder)));
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_object_set_data_full (G_OBJECT (row), "folder", g_object_ref (folder), g_object_unref);
  return row;
}

static void
fill (WbMailSidebar *self)
{
  GListModel *accounts = wb_mail_store_get_accounts (self->store);
  GtkListBoxRow *row = NULL;

  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++)
    {
      g_autoptr (WbAccount) account = g_list_model_get_item (accounts, i);

      gtk_list_box_append (self->list, create_heading (self, account));
      for (WbFolderKind kind = 0; kind < WB_FOLDER_N_KINDS; kind++)
        {
          WbMailFolder *folder = wb_mail_store_get_folder (self->store, account, kind);

          gtk_list_box_append (self->list, create_folder_row (self, folder));
          if (!wb_mail_folder_is_known (folder))
            wb_mail_folder_refresh (folder);
        }
    }
}

static void
accounts_changed_cb (WbMailSidebar *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);
  WbMailFolder *selected = row ? g_object_get_data (G_OBJECT (row), "folder") : NULL;
  g_autoptr (WbMailFolder) kept = selected ? g_object_ref (selected) : NULL;

  fill (self);
  if (kept)
    wb_mail_sidebar_select (self, kept);
}

static void
wb_mail_sidebar_dispose (GObject *object)
{
  WbMailSidebar *self = WB_MAIL_SIDEBAR (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (wb_mail_sidebar_parent_class)->dispose (object);
}

static void
wb_mail_sidebar_class_init (WbMailSidebarClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_mail_sidebar_dispose;
  signals[FOLDER_SELECTED] = g_signal_new ("folder-selected", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 1, WB_TYPE_MAIL_FOLDER);
  signals[SETTINGS_WANTED] = g_signal_new ("settings-wanted", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 1, WB_TYPE_ACCOUNT);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
wb_mail_sidebar_init (WbMailSidebar *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *add = gtk_button_new_with_label (_ ("Add Account…"));

  self->list = GTK_LIST_BOX (list);
  gtk_widget_add_css_class (list, "navigation-sidebar");
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Accounts and folders"), -1);
  g_signal_connect (list, "row-selected", G_CALLBACK (row_selected_cb), self);
  g_signal_connect (list, "row-activated", G_CALLBACK (row_activated_cb), self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), list);
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_widget_add_css_class (add, "flat");
  gtk_widget_set_margin_start (add, 6);
  gtk_widget_set_margin_end (add, 6);
  gtk_widget_set_margin_top (add, 6);
  gtk_widget_set_margin_bottom (add, 6);
  g_signal_connect (add, "clicked", G_CALLBACK (add_clicked_cb), self);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (self->box), scrolled);
  gtk_box_append (GTK_BOX (self->box), add);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

/**
 * wb_mail_sidebar_set_store:
 * @self: the sidebar
 * @store: what the mail windows share
 *
 * Once. Main thread.
 */
void
wb_mail_sidebar_set_store (WbMailSidebar *self, WbMailStore *store)
{
  g_return_if_fail (WB_IS_MAIL_SIDEBAR (self));

  g_set_object (&self->store, store);
  g_signal_connect_object (wb_mail_store_get_accounts (store), "items-changed",
                           G_CALLBACK (accounts_changed_cb), self, G_CONNECT_SWAPPED);
  fill (self);
}

/**
 * wb_mail_sidebar_select:
 * @self: the sidebar
 * @folder: one of the store's
 *
 * Selects @folder as the person would. Main thread.
 */
void
wb_mail_sidebar_select (WbMailSidebar *self, WbMailFolder *folder)
{
  GtkListBoxRow *row = NULL;

  g_return_if_fail (WB_IS_MAIL_SIDEBAR (self));

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    if (g_object_get_data (G_OBJECT (row), "folder") == folder)
      gtk_list_box_select_row (self->list, row);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-files-page-private.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "wb-dialogs.h"
#include "wb-error.h"
#include "wb-site-manager.h"

/* ── The menu of the server bar ── */

static void
append_target (GMenu *menu, const char *text, const char *action, GVariant *target)
{
  g_auto (GStrv) parts = g_strsplit (text, "_", -1);
  /* An underscore of a name is none of ours. */
  g_autofree char *label = g_strjoinv ("__", parts);
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target_value (item, action, target);
  g_menu_append_item (menu, item);
}

static int
compare_sites (gconstpointer a, gconstpointer b)
{
  const WbFtpSite *one = *(const WbFtpSite *const *) a;
  const WbFtpSite *other = *(const WbFtpSite *const *) b;

  return g_utf8_collate (one->name, other->name);
}

static void
append_sites (GMenu *menu, GPtrArray *sorted, const char *folder)
{
  for (guint i = 0; i < sorted->len; i++)
    {
      const WbFtpSite *site = sorted->pdata[i];

      if (g_str_equal (site->folder, folder))
        append_target (menu, site->name, "files.connect-site", g_variant_new_string (site->id));
    }
}

static GMenuModel *
create_sites_section (WbFilesPage *self)
{
  GMenu *section = g_menu_new ();
  g_autoptr (GPtrArray) sorted =
      g_ptr_array_copy (wb_ftp_site_store_get_sites (self->sites), NULL, NULL);
  g_autoptr (GPtrArray) folders = wb_ftp_site_store_dup_folders (self->sites);

  g_ptr_array_set_free_func (sorted, NULL);
  g_ptr_array_sort (sorted, compare_sites);
  for (guint i = 0; i < folders->len; i++)
    {
      g_autoptr (GMenu) submenu = g_menu_new ();

      append_sites (submenu, sorted, folders->pdata[i]);
      if (g_menu_model_get_n_items (G_MENU_MODEL (submenu)) > 0)
        g_menu_append_submenu (section, folders->pdata[i], G_MENU_MODEL (submenu));
    }
  append_sites (section, sorted, "");
  return G_MENU_MODEL (section);
}

static void
append_bookmarks (GMenu *menu, GPtrArray *bookmarks, const char *site_id)
{
  for (guint i = 0; bookmarks != NULL && i < bookmarks->len; i++)
    append_target (menu, ((WbFtpBookmark *) bookmarks->pdata[i])->name, "files.bookmark",
                   g_variant_new ("(su)", site_id != NULL ? site_id : "", i));
}

static void
append_removals (GMenu *menu, GPtrArray *bookmarks)
{
  for (guint i = 0; bookmarks != NULL && i < bookmarks->len; i++)
    append_target (menu, ((WbFtpBookmark *) bookmarks->pdata[i])->name, "files.remove-bookmark",
                   g_variant_new_uint32 (i));
}

static GMenuModel *
create_bookmarks_menu (WbFilesPage *self)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) own = g_menu_new ();
  g_autoptr (GMenu) general = g_menu_new ();
  g_autoptr (GMenu) removals = g_menu_new ();
  g_autoptr (GMenu) rest = g_menu_new ();
  GPtrArray *bookmarks = wb_ftp_site_store_get_bookmarks (self->sites, NULL);

  g_menu_append (rest, _ ("_Add Bookmark…"), "files.add-bookmark");
  if (self->site != NULL)
    append_bookmarks (own, wb_ftp_site_store_get_bookmarks (self->sites, self->site->id),
                      self->site->id);
  append_bookmarks (general, bookmarks, NULL);
  append_removals (removals, bookmarks);
  if (bookmarks->len > 0)
    g_menu_append_submenu (rest, _ ("_Remove Bookmark"), G_MENU_MODEL (removals));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (own));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (general));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (rest));
  return G_MENU_MODEL (menu);
}

static void
fill_menu (WbFilesPage *self)
{
  g_autoptr (GMenuModel) sites = create_sites_section (self);
  g_autoptr (GMenuModel) bookmarks = create_bookmarks_menu (self);
  g_autoptr (GMenu) manage = g_menu_new ();
  g_autoptr (GMenu) tools = g_menu_new ();

  g_menu_append (manage, _ ("_Manage Sites…"), "files.sites");
  g_menu_append (manage, _ ("Save as _Site"), "files.save-site");
  g_menu_append (tools, _ ("Browse Both _Together"), "files.synchronized");
  g_menu_append (tools, _ ("Send _Command…"), "files.command");
  g_menu_append (tools, _ ("_Forget Addresses"), "files.forget-addresses");
  g_menu_remove_all (self->menu);
  g_menu_append_section (self->menu, NULL, sites);
  g_menu_append_section (self->menu, NULL, G_MENU_MODEL (manage));
  g_menu_append_section (self->menu, _ ("Bookmarks"), bookmarks);
  g_menu_append_section (self->menu, NULL, G_MENU_MODEL (tools));
}

static void
update_actions (WbFilesPage *self)
{
  gboolean connected = wb_remote_pane_is_connected (self->remote);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "files.save-site", connected);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "files.command", connected);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "files.synchronized", connected);
}

/* ── Sites ── */

static void
connect_wanted_cb (WbFilesPage *self, const char *id)
{
  wb_files_page_connect_site (self, id);
}

static WbSiteManager *
open_manager (WbFilesPage *self)
{
  GtkWidget *manager =
      wb_site_manager_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), self->sites,
                           wb_workbench_get_secrets (self->workbench));

  g_signal_connect_object (manager, "connect-wanted", G_CALLBACK (connect_wanted_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (manager));
  return WB_SITE_MANAGER (manager);
}

static void
sites_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbFilesPage *self = WB_FILES_PAGE (widget);
  WbSiteManager *manager = open_manager (self);

  if (self->site != NULL)
    wb_site_manager_select (manager, self->site->id);
}

static void
connect_site_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wb_files_page_connect_site (WB_FILES_PAGE (widget), g_variant_get_string (parameter, NULL));
}

/* The folder on the server as a person would type it, or NULL if it cannot be. */
static char *
dup_remote_folder (WbFilesPage *self)
{
  const char *directory = wb_remote_pane_get_directory (self->remote);

  return directory != NULL && g_utf8_validate (directory, -1, NULL) ? g_strdup (directory) : NULL;
}

static char *
dup_local_folder (WbFilesPage *self)
{
  GFile *folder = wb_local_pane_get_folder (self->local);
  const char *path = folder != NULL ? g_file_peek_path (folder) : NULL;

  return path != NULL ? g_filename_to_utf8 (path, -1, NULL, NULL, NULL) : NULL;
}

static void
save_site_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbFilesPage *self = WB_FILES_PAGE (widget);
  g_autoptr (WbFtpSite) site = NULL;
  g_autofree char *remote = dup_remote_folder (self);
  g_autofree char *local = dup_local_folder (self);

  if (self->url == NULL || !wb_remote_pane_is_connected (self->remote))
    return;
  if (self->site != NULL)
    {
      site = wb_ftp_site_copy (self->site);
      wb_ftp_site_renew_id (site);
    }
  else
    site = wb_ftp_site_new_from_url (self->url);
  wb_ftp_site_set_text (&site->remote, remote);
  wb_ftp_site_set_text (&site->local, local);
  wb_ftp_site_store_put (self->sites, site);
  if (self->site == NULL)
    self->site = wb_ftp_site_copy (site);
  wb_site_manager_select (open_manager (self), site->id);
}

/* ── Bookmarks ── */

static void
bookmark_named_cb (const char *text, gpointer user_data)
{
  WbFilesPage *self = user_data;
  g_autofree char *remote = dup_remote_folder (self);
  g_autofree char *local = dup_local_folder (self);
  g_autoptr (WbFtpBookmark) bookmark = wb_ftp_bookmark_new (text, local, remote);
  const char *id = self->site != NULL &&
                           wb_ftp_site_store_find (self->sites, self->site->id) != NULL &&
                           wb_remote_pane_is_connected (self->remote)
                       ? self->site->id
                       : NULL;

  bookmark->synchronized = self->synchronized;
  wb_ftp_site_store_add_bookmark (self->sites, id, bookmark);
  wb_files_page_tell (self, _ ("Bookmark added"));
}

static void
add_bookmark_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbFilesPage *self = WB_FILES_PAGE (widget);
  g_autofree char *remote = dup_remote_folder (self);
  g_autofree char *local = dup_local_folder (self);
  g_autofree char *base = NULL;

  if (remote == NULL && wb_remote_pane_is_connected (self->remote))
    {
      wb_files_page_tell (self, _ ("The name of the server’s folder cannot be kept: "
                                   "choose its character set in the site first"));
      return;
    }
  if (remote == NULL && local == NULL)
    return;
  base = g_path_get_basename (remote != NULL ? remote : local);
  wb_ask_text (widget, _ ("Add Bookmark"), _ ("Name"), base, _ ("_Add"), bookmark_named_cb,
               g_object_ref (self), g_object_unref);
}

static void
bookmark_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbFilesPage *self = WB_FILES_PAGE (widget);
  const char *id = NULL;
  guint position = 0;
  GPtrArray *bookmarks = NULL;
  g_autoptr (WbFtpBookmark) bookmark = NULL;

  g_variant_get (parameter, "(&su)", &id, &position);
  bookmarks = wb_ftp_site_store_get_bookmarks (self->sites, *id != '\0' ? id : NULL);
  if (bookmarks == NULL || position >= bookmarks->len)
    return;
  bookmark = wb_ftp_bookmark_copy (bookmarks->pdata[position]);
  wb_files_page_set_synchronized (self, FALSE);
  if (bookmark->local != NULL && *bookmark->local != '\0')
    WB_FILE_PANE_GET_CLASS (self->local)
        ->open_location (WB_FILE_PANE (self->local), bookmark->local);
  if (bookmark->remote == NULL || *bookmark->remote == '\0')
    return;
  if (wb_remote_pane_is_connected (self->remote))
    wb_files_page_open_remote (self, bookmark->remote);
  else
    wb_files_page_tell (self, _ ("Connect to a server first"));
}

static void
remove_bookmark_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wb_ftp_site_store_remove_bookmark (WB_FILES_PAGE (widget)->sites, NULL,
                                     g_variant_get_uint32 (parameter));
}

/**
 * wb_files_page_open_remote:
 * @folder: in UTF-8
 *
 * Goes to a folder of the server that is connected.
 */
void
wb_files_page_open_remote (WbFilesPage *self, const char *folder)
{
  WB_FILE_PANE_GET_CLASS (self->remote)->open_location (WB_FILE_PANE (self->remote), folder);
}

/* ── Commands ── */

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbFilesPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *reply = wb_session_run_finish (WB_SESSION (source), result, &error);

  if (reply == NULL)
    {
      wb_file_pane_fail (WB_FILE_PANE (self->remote), error);
      return;
    }
  /* The first line here; all of it in the Wire. */
  reply[strcspn (reply, "\n")] = '\0';
  wb_files_page_tell (self, reply);
  wb_workbench_show_wire (self->workbench, 0);
}

static void
command_entered_cb (const char *text, gpointer user_data)
{
  WbFilesPage *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!wb_remote_pane_is_connected (self->remote))
    return;
  if (!wb_check_line_argument (_ ("command"), text, &error))
    wb_file_pane_fail (WB_FILE_PANE (self->remote), error);
  else
    wb_remote_pane_send_command (self->remote, text, answered_cb, g_object_ref (self));
}

static void
command_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wb_ask_text (widget, _ ("Send a Command to the Server"), _ ("Command"), "", _ ("_Send"),
               command_entered_cb, g_object_ref (widget), g_object_unref);
}

/* ── The list that is kept ── */

static void
forget_addresses_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wb_ftp_site_store_forget_addresses (WB_FILES_PAGE (widget)->sites);
}

static void
sites_changed_cb (WbFilesPage *self)
{
  wb_server_bar_set_history (self->bar, wb_ftp_site_store_get_addresses (self->sites));
  fill_menu (self);
}

static void
sites_failed_cb (WbFilesPage *self, GError *error)
{
  wb_files_page_tell (self, error->message);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbFilesPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (wb_ftp_site_store_load_finish (WB_FTP_SITE_STORE (source), result, &error))
    return;
  if (self->workbench != NULL)
    wb_say (GTK_WIDGET (self), _ ("The List of Sites"), error->message);
}

/**
 * wb_files_page_load_sites:
 *
 * Reads the list of sites, on a thread of its own, and offers it in the server bar.
 */
void
wb_files_page_load_sites (WbFilesPage *self)
{
  self->sites = wb_ftp_site_store_new (NULL);
  self->menu = g_menu_new ();
  fill_menu (self);
  wb_server_bar_set_menu (self->bar, G_MENU_MODEL (self->menu));
  g_signal_connect_object (self->sites, "changed", G_CALLBACK (sites_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sites, "failed", G_CALLBACK (sites_failed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->remote, "connected", G_CALLBACK (update_actions), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (self->remote, "disconnected", G_CALLBACK (update_actions), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  update_actions (self);
  wb_ftp_site_store_load_async (self->sites, loaded_cb, g_object_ref (self));
}

/**
 * wb_files_page_leave_sites:
 *
 * Writes what has not been written; for the end of the page.
 */
void
wb_files_page_leave_sites (WbFilesPage *self)
{
  g_autoptr (GError) error = NULL;

  if (self->sites == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->sites, self);
  if (!wb_ftp_site_store_flush (self->sites, &error))
    g_warning ("%s", error->message);
  g_clear_object (&self->sites);
  g_clear_object (&self->menu);
}

/**
 * wb_files_page_arrived:
 *
 * The server is connected and its folder shown: carries out what the site or the address
 * asks for beside that.
 */
void
wb_files_page_arrived (WbFilesPage *self)
{
  WbFileItem *wanted = wb_remote_pane_get_wanted (self->remote);

  wb_remote_pane_set_keep_alive (self->remote, self->site != NULL ? self->site->keep_alive
                                                                  : WB_FTP_SITE_KEEP_ALIVE);
  if (self->site == NULL)
    {
      g_autofree char *address = wb_server_bar_dup_address (self->bar);

      if (address != NULL)
        wb_ftp_site_store_add_address (self->sites, address);
    }
  fill_menu (self);
  if (self->site != NULL && *self->site->local != '\0')
    WB_FILE_PANE_GET_CLASS (self->local)
        ->open_location (WB_FILE_PANE (self->local), self->site->local);
  if (self->site != NULL && self->site->synchronized)
    wb_files_page_set_synchronized (self, TRUE);
  if (wanted != NULL)
    {
      g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

      if (self->as_text)
        wb_files_page_tell (self, _ ("The file is fetched byte for byte: line ends are "
                                     "left as they are"));
      g_ptr_array_add (items, g_object_ref (wanted));
      g_signal_emit_by_name (self->remote, "send", items);
    }
}

static gboolean
key_cb (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  /* Keys are for the page in front. */
  return gtk_widget_get_mapped (widget) && gtk_widget_activate_action (widget, user_data, NULL);
}

/**
 * wb_files_page_add_site_keys:
 *
 * Adds the keys for sites and bookmarks, which work wherever the focus is.
 */
void
wb_files_page_add_site_keys (WbFilesPage *self)
{
  static const struct
  {
    guint key;
    GdkModifierType modifiers;
    const char *action;
  } keys[] = {
    { GDK_KEY_s, GDK_CONTROL_MASK, "files.sites" },
    { GDK_KEY_d, GDK_CONTROL_MASK, "files.add-bookmark" },
  };
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_set_scope (GTK_SHORTCUT_CONTROLLER (controller),
                                     GTK_SHORTCUT_SCOPE_GLOBAL);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_shortcut_controller_add_shortcut (
        GTK_SHORTCUT_CONTROLLER (controller),
        gtk_shortcut_new (gtk_keyval_trigger_new (keys[i].key, keys[i].modifiers),
                          gtk_callback_action_new (key_cb, (gpointer) keys[i].action, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}

/**
 * wb_files_page_bind_sites:
 *
 * Tells the class what can be done with sites and bookmarks.
 */
void
wb_files_page_bind_sites (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "files.sites", NULL, sites_action);
  gtk_widget_class_install_action (widget_class, "files.connect-site", "s", connect_site_action);
  gtk_widget_class_install_action (widget_class, "files.save-site", NULL, save_site_action);
  gtk_widget_class_install_action (widget_class, "files.add-bookmark", NULL, add_bookmark_action);
  gtk_widget_class_install_action (widget_class, "files.bookmark", "(su)", bookmark_action);
  gtk_widget_class_install_action (widget_class, "files.remove-bookmark", "u",
                                   remove_bookmark_action);
  gtk_widget_class_install_action (widget_class, "files.command", NULL, command_action);
  gtk_widget_class_install_action (widget_class, "files.forget-addresses", NULL,
                                   forget_addresses_action);
}

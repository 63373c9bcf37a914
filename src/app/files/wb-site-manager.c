/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-site-manager.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "wb-dialogs.h"
#include "wb-session.h"
#include "wb-site-editor.h"
#include "wb-site-import.h"
#include "wb-site-node.h"
#include "wb-split-view.h"

struct _WbSiteManager
{
  AdwWindow parent_instance;

  /* Template */
  AdwToastOverlay *toasts;
  WbSplitView *split;
  GtkWidget *back;
  GtkWidget *menu_button;
  GtkEditable *search;
  GtkListView *list;
  GtkStack *stack;
  WbSiteEditor *editor;

  /* Owned */
  WbFtpSiteStore *store;
  WbSecrets *secrets;
  WbSession *session; /* the keyring may block */
  GtkSingleSelection *selection;
  char *shown;         /* the id of the site in the editor, or NULL */
  GPtrArray *removals; /* of AdwToast: those that can still be taken back */
  gboolean editing;
  gboolean empty; /* there is neither a site nor a folder */
};

enum
{
  CONNECT_WANTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbSiteManager, wb_site_manager, ADW_TYPE_WINDOW)

/* ── Passwords ── */

typedef struct
{
  WbSecrets *secrets;
  char *host;
  guint16 port;
  char *user;
  char *password; /* NULL to forget it */
} SecretJob;

static void
secret_job_free (gpointer data)
{
  SecretJob *job = data;

  g_object_unref (job->secrets);
  g_free (job->host);
  g_free (job->user);
  wb_secret_free (job->password);
  g_free (job);
}

static gpointer
secret_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  SecretJob *job = data;
  const WbSecretKey key = { "ftp", job->host, job->port, job->user };
  gboolean ok = FALSE;

  if (job->password != NULL)
    ok = wb_secrets_store (job->secrets, &key, job->password, cancellable, error);
  else
    ok = wb_secrets_clear (job->secrets, &key, cancellable, error);
  return ok ? data : NULL;
}

static void
secret_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbSiteManager) self = user_data;

  wb_session_run_finish (WB_SESSION (source), result, NULL);
  /* Only now it is known whether there is a keyring. */
  if (self->secrets != NULL)
    wb_site_editor_set_lasting (self->editor, wb_secrets_is_lasting (self->secrets));
}

static void
change_password (WbSiteManager *self, const WbFtpSite *site, const char *password)
{
  SecretJob *job = g_new0 (SecretJob, 1);

  job->secrets = g_object_ref (self->secrets);
  job->host = g_strdup (site->host);
  job->port = wb_ftp_site_get_port (site);
  job->user = g_strdup (site->user);
  job->password = g_strdup (password);
  wb_session_run_async (self->session, secret_thread, job, secret_job_free, NULL, NULL,
                        secret_done_cb, g_object_ref (self));
}

static void
keep_password (WbSiteManager *self)
{
  const WbFtpSite *site = wb_ftp_site_store_find (self->store, self->shown);
  const char *password = wb_site_editor_get_password (self->editor);

  if (site == NULL || *password == '\0' || site->ask_password ||
      site->account == WB_FTP_ACCOUNT_ANONYMOUS)
    return;
  change_password (self, site, password);
}

/* ── What is selected ── */

static WbSiteNode *
get_selected (WbSiteManager *self)
{
  GtkTreeListRow *row = gtk_single_selection_get_selected_item (self->selection);
  g_autoptr (WbSiteNode) node = row != NULL ? gtk_tree_list_row_get_item (row) : NULL;

  /* The row keeps it. */
  return node;
}

static void
update_actions (WbSiteManager *self)
{
  WbSiteNode *node = get_selected (self);
  gboolean site = node != NULL && wb_site_node_get_id (node) != NULL;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "sites.connect", site);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "sites.duplicate", site);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "sites.remove", node != NULL);
}

static void
show_site (WbSiteManager *self, const char *id)
{
  const WbFtpSite *site = NULL;

  if (g_strcmp0 (id, self->shown) != 0)
    {
      keep_password (self);
      g_free (self->shown);
      self->shown = g_strdup (id);
    }
  site = wb_ftp_site_store_find (self->store, self->shown);
  gtk_stack_set_visible_child_name (self->stack, site != NULL ? "site" : "empty");
  if (site != NULL)
    wb_site_editor_set_site (self->editor, site);
}

static void
selected_cb (WbSiteManager *self)
{
  WbSiteNode *node = get_selected (self);
  const char *id = node != NULL ? wb_site_node_get_id (node) : NULL;

  update_actions (self);
  if (g_strcmp0 (id, self->shown) != 0)
    show_site (self, id);
}

static guint
find_row (WbSiteManager *self, const char *id, const char *folder)
{
  GListModel *rows = G_LIST_MODEL (self->selection);
  guint n = g_list_model_get_n_items (rows);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GtkTreeListRow) row = g_list_model_get_item (rows, i);
      g_autoptr (WbSiteNode) node = gtk_tree_list_row_get_item (row);
      const char *own = wb_site_node_get_id (node);

      if (id != NULL ? g_strcmp0 (own, id) == 0
                     : own == NULL && g_strcmp0 (wb_site_node_get_folder (node), folder) == 0)
        return i;
    }
  return GTK_INVALID_LIST_POSITION;
}

static GListModel *
create_children (gpointer item, gpointer user_data)
{
  GListModel *children = wb_site_node_get_children (item);

  return children != NULL ? g_object_ref (children) : NULL;
}

/* Where there is no room for both, an empty list has nothing to say: what stands in place of a site
 * tells how to get one.
 */
static void
layout_cb (WbSiteManager *self)
{
  gboolean collapsed = wb_split_view_get_collapsed (self->split);
  gboolean content = wb_split_view_get_show_content (self->split);

  if (collapsed && self->empty && !content)
    {
      /* It comes back here. */
      wb_split_view_set_show_content (self->split, TRUE);
      return;
    }
  /* Where the editor hides behind the list, one click goes to it. */
  gtk_list_view_set_single_click_activate (self->list, collapsed);
  gtk_widget_set_visible (self->back, collapsed && content && !self->empty);
}

static void
set_empty (WbSiteManager *self, gboolean empty)
{
  if (empty == self->empty)
    return;
  self->empty = empty;
  if (!empty)
    wb_split_view_set_show_content (self->split, FALSE);
  layout_cb (self);
}

/* Makes the list anew; what was selected is selected again. */
static void
refresh (WbSiteManager *self)
{
  WbSiteNode *node = get_selected (self);
  g_autofree char *id = g_strdup (node != NULL ? wb_site_node_get_id (node) : NULL);
  g_autofree char *folder =
      g_strdup (node != NULL && id == NULL ? wb_site_node_get_folder (node) : NULL);
  g_autofree char *text = g_utf8_casefold (gtk_editable_get_text (self->search), -1);
  GListModel *top = wb_site_node_make_tree (self->store, *text != '\0' ? text : NULL);
  g_autoptr (GtkTreeListModel) tree =
      gtk_tree_list_model_new (top, FALSE, TRUE, create_children, NULL, NULL);

  g_signal_handlers_block_by_func (self->selection, selected_cb, self);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (tree));
  gtk_single_selection_set_selected (self->selection, id != NULL || folder != NULL
                                                          ? find_row (self, id, folder)
                                                          : GTK_INVALID_LIST_POSITION);
  g_signal_handlers_unblock_by_func (self->selection, selected_cb, self);
  update_actions (self);
  if (*text == '\0')
    set_empty (self, g_list_model_get_n_items (G_LIST_MODEL (tree)) == 0);
}

static void
store_changed_cb (WbSiteManager *self)
{
  refresh (self);
  if (self->editing)
    return;
  /* What is in the editor may be gone, or be other than it was. */
  show_site (self, self->shown);
}

static void
edited_cb (WbSiteManager *self)
{
  g_autoptr (WbFtpSite) site = wb_site_editor_dup_site (self->editor);

  if (site == NULL || wb_ftp_site_store_find (self->store, site->id) == NULL)
    return;
  self->editing = TRUE;
  wb_ftp_site_store_put (self->store, site);
  self->editing = FALSE;
}

/**
 * wb_site_manager_select:
 * @id: a site's id
 *
 * Shows a site.
 */
void
wb_site_manager_select (WbSiteManager *self, const char *id)
{
  guint position = 0;

  g_return_if_fail (WB_IS_SITE_MANAGER (self));

  position = find_row (self, id, NULL);
  if (position == GTK_INVALID_LIST_POSITION)
    return;
  gtk_single_selection_set_selected (self->selection, position);
  selected_cb (self);
  gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", position);
}

/* ── What the person does ── */

static void
begin_site (WbSiteManager *self, const WbFtpSite *site)
{
  gtk_editable_set_text (self->search, "");
  wb_ftp_site_store_put (self->store, site);
  wb_site_manager_select (self, site->id);
  wb_split_view_set_show_content (self->split, TRUE);
  wb_site_editor_focus_name (self->editor);
}

static void
add_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbSiteManager *self = WB_SITE_MANAGER (widget);
  WbSiteNode *node = get_selected (self);
  g_autoptr (WbFtpSite) site = wb_ftp_site_new ();

  wb_ftp_site_set_text (&site->name, _ ("New site"));
  wb_ftp_site_set_text (&site->folder, node != NULL ? wb_site_node_get_folder (node) : "");
  begin_site (self, site);
}

static void
duplicate_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbSiteManager *self = WB_SITE_MANAGER (widget);
  const WbFtpSite *original = wb_ftp_site_store_find (self->store, self->shown);
  g_autoptr (WbFtpSite) site = NULL;

  if (original == NULL)
    return;
  site = wb_ftp_site_copy (original);
  wb_ftp_site_renew_id (site);
  g_free (site->name);
  /* Translators: %s is what a server is called. */
  site->name = g_strdup_printf (_ ("%s (copy)"), original->name);
  begin_site (self, site);
}

static void
folder_named_cb (const char *text, gpointer user_data)
{
  WbSiteManager *self = user_data;
  WbSiteNode *node = get_selected (self);
  const char *parent = node != NULL ? wb_site_node_get_folder (node) : "";
  g_autofree char *name = g_strstrip (g_strdelimit (g_strdup (text), "/", '-'));
  g_autofree char *path = *parent != '\0' ? g_strconcat (parent, "/", name, NULL) : g_strdup (name);
  guint position = 0;

  if (*name == '\0')
    return;
  gtk_editable_set_text (self->search, "");
  wb_ftp_site_store_add_folder (self->store, path);
  position = find_row (self, NULL, path);
  if (position != GTK_INVALID_LIST_POSITION)
    gtk_single_selection_set_selected (self->selection, position);
}

static void
add_folder_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wb_ask_text (widget, _ ("New Folder"), _ ("Name"), "", _ ("_Create"), folder_named_cb,
               g_object_ref (widget), g_object_unref);
}

/* What was removed, until the person can no longer take it back. */
typedef struct
{
  WbSiteManager *manager;
  GPtrArray *sites; /* as they were */
  char *folder;     /* which was removed, or NULL */
  gboolean undone;
} Removal;

static void
removal_free (gpointer data, GClosure *closure)
{
  Removal *removal = data;

  g_object_unref (removal->manager);
  g_ptr_array_unref (removal->sites);
  g_free (removal->folder);
  g_free (removal);
}

static void
undo_cb (AdwToast *toast, Removal *removal)
{
  WbSiteManager *self = removal->manager;

  removal->undone = TRUE;
  if (removal->folder != NULL)
    wb_ftp_site_store_add_folder (self->store, removal->folder);
  for (guint i = 0; i < removal->sites->len; i++)
    wb_ftp_site_store_put (self->store, removal->sites->pdata[i]);
  if (removal->folder == NULL && removal->sites->len == 1)
    wb_site_manager_select (self, ((WbFtpSite *) removal->sites->pdata[0])->id);
}

static gboolean
uses_same_password (WbFtpSiteStore *store, const WbFtpSite *site)
{
  GPtrArray *sites = wb_ftp_site_store_get_sites (store);

  for (guint i = 0; i < sites->len; i++)
    {
      const WbFtpSite *other = sites->pdata[i];

      if (g_str_equal (other->host, site->host) && g_str_equal (other->user, site->user) &&
          wb_ftp_site_get_port (other) == wb_ftp_site_get_port (site))
        return TRUE;
    }
  return FALSE;
}

/* The password goes with its last site, once that is final. */
static void
dismissed_cb (AdwToast *toast, Removal *removal)
{
  WbSiteManager *self = removal->manager;

  g_ptr_array_remove (self->removals, toast);
  if (removal->undone || removal->folder != NULL || self->store == NULL)
    return;
  for (guint i = 0; i < removal->sites->len; i++)
    {
      const WbFtpSite *site = removal->sites->pdata[i];

      if (site->account != WB_FTP_ACCOUNT_ANONYMOUS && *site->host != '\0' &&
          !uses_same_password (self->store, site))
        change_password (self, site, NULL);
    }
}

static void
offer_undo (WbSiteManager *self, const char *name, Removal *removal)
{
  /* Translators: %s is what a site or a folder is called. */
  g_autofree char *text = g_strdup_printf (_ ("Removed: %s"), name);
  g_autofree char *title = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (title);

  adw_toast_set_button_label (toast, _ ("_Undo"));
  g_signal_connect (toast, "button-clicked", G_CALLBACK (undo_cb), removal);
  g_signal_connect_data (toast, "dismissed", G_CALLBACK (dismissed_cb), removal, removal_free, 0);
  g_ptr_array_add (self->removals, g_object_ref (toast));
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
remove_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbSiteManager *self = WB_SITE_MANAGER (widget);
  g_autoptr (WbSiteNode) node =
      get_selected (self) != NULL ? g_object_ref (get_selected (self)) : NULL;
  const char *id = node != NULL ? wb_site_node_get_id (node) : NULL;
  guint position = gtk_single_selection_get_selected (self->selection);
  Removal *removal = NULL;

  if (node == NULL)
    return;
  removal = g_new0 (Removal, 1);
  removal->manager = g_object_ref (self);
  removal->sites = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_ftp_site_free);
  if (id != NULL)
    {
      g_ptr_array_add (removal->sites, wb_ftp_site_copy (wb_ftp_site_store_find (self->store, id)));
      wb_ftp_site_store_remove (self->store, id);
    }
  else
    {
      GPtrArray *sites = wb_ftp_site_store_get_sites (self->store);

      removal->folder = g_strdup (wb_site_node_get_folder (node));
      for (guint i = 0; i < sites->len; i++)
        g_ptr_array_add (removal->sites, wb_ftp_site_copy (sites->pdata[i]));
      wb_ftp_site_store_remove_folder (self->store, removal->folder);
    }
  if (position > 0 && g_list_model_get_n_items (G_LIST_MODEL (self->selection)) > 0)
    {
      gtk_single_selection_set_selected (
          self->selection,
          MIN (position, g_list_model_get_n_items (G_LIST_MODEL (self->selection)) - 1));
    }
  selected_cb (self);
  wb_split_view_set_show_content (self->split, FALSE);
  offer_undo (self, wb_site_node_get_name (node), removal);
}

static void
import_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbSiteManager *self = WB_SITE_MANAGER (widget);

  wb_site_import_choose (widget, self->store, self->secrets);
}

static void
connect_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbSiteManager *self = WB_SITE_MANAGER (widget);
  g_autofree char *id = g_strdup (self->shown);
  g_autoptr (WbSiteManager) held = g_object_ref (self);

  if (id == NULL)
    return;
  gtk_window_close (GTK_WINDOW (self));
  g_signal_emit (self, signals[CONNECT_WANTED], 0, id);
}

static void
activate_cb (WbSiteManager *self, guint position)
{
  WbSiteNode *node = NULL;
  GtkTreeListRow *row = NULL;

  gtk_single_selection_set_selected (self->selection, position);
  node = get_selected (self);
  row = gtk_single_selection_get_selected_item (self->selection);
  if (node == NULL)
    return;
  if (wb_site_node_get_id (node) == NULL)
    gtk_tree_list_row_set_expanded (row, !gtk_tree_list_row_get_expanded (row));
  else if (wb_split_view_get_collapsed (self->split))
    wb_split_view_set_show_content (self->split, TRUE);
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "sites.connect", NULL);
}

static void
back_cb (WbSiteManager *self)
{
  wb_split_view_set_show_content (self->split, FALSE);
}

/* ── Rows ── */

static void
setup_row (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *expander = gtk_tree_expander_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  GtkWidget *name = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (name, TRUE);
  gtk_box_append (GTK_BOX (box), gtk_image_new ());
  gtk_box_append (GTK_BOX (box), name);
  gtk_tree_expander_set_child (GTK_TREE_EXPANDER (expander), box);
  gtk_list_item_set_child (item, expander);
}

static void
bind_row (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkTreeListRow *row = gtk_list_item_get_item (item);
  g_autoptr (WbSiteNode) node = gtk_tree_list_row_get_item (row);
  GtkWidget *expander = gtk_list_item_get_child (item);
  GtkWidget *box = gtk_tree_expander_get_child (GTK_TREE_EXPANDER (expander));
  GtkWidget *image = gtk_widget_get_first_child (box);

  gtk_tree_expander_set_list_row (GTK_TREE_EXPANDER (expander), row);
  gtk_image_set_from_icon_name (GTK_IMAGE (image), wb_site_node_get_id (node) != NULL
                                                       ? "network-server-symbolic"
                                                       : "folder-symbolic");
  gtk_label_set_label (GTK_LABEL (gtk_widget_get_last_child (box)), wb_site_node_get_name (node));
  gtk_widget_set_tooltip_text (expander, wb_site_node_get_detail (node));
}

/* Delete is the list's key alone: in the entries it deletes text. */
static void
add_list_keys (WbSiteManager *self)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys), gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Delete, 0),
                                                        gtk_named_action_new ("sites.remove")));
  gtk_widget_add_controller (GTK_WIDGET (self->list), keys);
}

static gboolean
wb_site_manager_close_request (GtkWindow *window)
{
  WbSiteManager *self = WB_SITE_MANAGER (window);

  keep_password (self);
  while (self->removals->len > 0)
    {
      g_autoptr (AdwToast) toast = g_object_ref (self->removals->pdata[0]);

      adw_toast_dismiss (toast);
      g_ptr_array_remove (self->removals, toast);
    }
  return GTK_WINDOW_CLASS (wb_site_manager_parent_class)->close_request (window);
}

static void
wb_site_manager_dispose (GObject *object)
{
  WbSiteManager *self = WB_SITE_MANAGER (object);

  if (self->store != NULL)
    g_signal_handlers_disconnect_by_data (self->store, self);
  g_clear_object (&self->store);
  g_clear_object (&self->secrets);
  g_clear_object (&self->session);
  g_clear_object (&self->selection);
  g_clear_pointer (&self->shown, g_free);
  g_ptr_array_set_size (self->removals, 0);

  G_OBJECT_CLASS (wb_site_manager_parent_class)->dispose (object);
}

static void
wb_site_manager_finalize (GObject *object)
{
  g_ptr_array_unref (WB_SITE_MANAGER (object)->removals);

  G_OBJECT_CLASS (wb_site_manager_parent_class)->finalize (object);
}

static void
wb_site_manager_class_init (WbSiteManagerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_site_manager_dispose;
  G_OBJECT_CLASS (klass)->finalize = wb_site_manager_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = wb_site_manager_close_request;

  g_type_ensure (WB_TYPE_SPLIT_VIEW);
  g_type_ensure (WB_TYPE_SITE_EDITOR);
  signals[CONNECT_WANTED] =
      g_signal_new ("connect-wanted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/wirebench/Wirebench/files/wb-site-manager.ui");
  gtk_widget_class_bind_template_child (widget_class, WbSiteManager, toasts);
  gtk_widget_class_bind_template_child (widget_class, WbSiteManager, split);
  gtk_widget_class_bind_template_child (widget_class, WbSiteManager, back);
  gtk_widget_class_bind_template_child (widget_class, WbSiteManager, menu_button);
  gtk_widget_class_bind_template_child (widget_class, WbSiteManager, search);
  gtk_widget_class_bind_template_child (widget_class, WbSiteManager, list);
  gtk_widget_class_bind_template_child (widget_class, WbSiteManager, stack);
  gtk_widget_class_bind_template_child (widget_class, WbSiteManager, editor);
  gtk_widget_class_bind_template_callback (widget_class, back_cb);
  gtk_widget_class_bind_template_callback (widget_class, layout_cb);
  gtk_widget_class_bind_template_callback (widget_class, refresh);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, edited_cb);
  gtk_widget_class_bind_template_callback (widget_class, keep_password);

  gtk_widget_class_install_action (widget_class, "sites.add", NULL, add_action);
  gtk_widget_class_install_action (widget_class, "sites.add-folder", NULL, add_folder_action);
  gtk_widget_class_install_action (widget_class, "sites.duplicate", NULL, duplicate_action);
  gtk_widget_class_install_action (widget_class, "sites.remove", NULL, remove_action);
  gtk_widget_class_install_action (widget_class, "sites.import", NULL, import_action);
  gtk_widget_class_install_action (widget_class, "sites.connect", NULL, connect_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_n, GDK_CONTROL_MASK, "sites.add",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_d, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "sites.duplicate", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK,
                                       "sites.connect", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
wb_site_manager_init (WbSiteManager *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->session = wb_session_new ("site-passwords");
  self->removals = g_ptr_array_new_with_free_func (g_object_unref);
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  g_signal_connect_object (self->selection, "notify::selected", G_CALLBACK (selected_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect (factory, "setup", G_CALLBACK (setup_row), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_row), NULL);
  gtk_list_view_set_factory (self->list, factory);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
  add_list_keys (self);
}

/**
 * wb_site_manager_new:
 * @parent: the window that asks
 * @store: the sites
 * @secrets: where their passwords are
 *
 * Returns: (transfer none): the window, not yet shown
 */
GtkWidget *
wb_site_manager_new (GtkWindow *parent, WbFtpSiteStore *store, WbSecrets *secrets)
{
  WbSiteManager *self = g_object_new (WB_TYPE_SITE_MANAGER, "transient-for", parent,
                                      "accessible-role", GTK_ACCESSIBLE_ROLE_DIALOG, NULL);

  self->store = g_object_ref (store);
  self->secrets = g_object_ref (secrets);
  g_signal_connect_object (store, "changed", G_CALLBACK (store_changed_cb), self,
                           G_CONNECT_SWAPPED);
  wb_site_editor_set_lasting (self->editor, wb_secrets_is_lasting (secrets));
  refresh (self);
  selected_cb (self);
  return GTK_WIDGET (self);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-mail-page.h"

#include "wb-account-dialog.h"
#include "wb-composer.h"
#include "wb-mail-page-private.h"
#include "wb-wrap-box.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What an empty folder says, and what its button does. */
static const struct
{
  const char *title;
  const char *text;
  const char *button;
  const char *action;
} empties[WB_FOLDER_N_KINDS] = {
  [WB_FOLDER_INBOX] = { N_ ("No mail here yet"), N_ ("Receive fetches what waits at the server."),
                        N_ ("Receive"), "mail.receive" },
  [WB_FOLDER_OUTBOX] = { N_ ("Nothing waits to be sent"),
                         N_ ("A mail stays here until the server has taken it."), NULL, NULL },
  [WB_FOLDER_DRAFTS] = { N_ ("No drafts"), N_ ("What you do not finish is kept here."),
                         N_ ("Write a Mail"), "mail.new" },
  [WB_FOLDER_SENT] = { N_ ("Nothing sent yet"), N_ ("Copies of what you send are kept here."),
                       N_ ("Write a Mail"), "mail.new" },
};

G_DEFINE_FINAL_TYPE (WbMailPage, wb_mail_page, ADW_TYPE_BIN)

static void
show_empty (WbMailPage *self)
{
  WbFolderKind kind = wb_mail_folder_get_kind (self->folder);
  const char *button = empties[kind].button;
  g_autofree char *text = NULL;

  if (kind == WB_FOLDER_INBOX &&
      strcmp (wb_account_get_address (wb_mail_folder_get_account (self->folder)), WB_LAB_STUDENT) ==
          0)
    text = g_strdup (_ ("Write one to the student as the teacher, then receive it: both live in "
                        "the lab, on this computer."));
  adw_status_page_set_title (self->empty, _ (empties[kind].title));
  adw_status_page_set_description (self->empty, text ? text : _ (empties[kind].text));
  gtk_widget_set_visible (self->empty_button, button != NULL);
  if (button)
    {
      gtk_button_set_label (GTK_BUTTON (self->empty_button), _ (button));
      gtk_actionable_set_action_name (GTK_ACTIONABLE (self->empty_button), empties[kind].action);
    }
}

/* Some hundred widgets, which a start that reads no mail does without. */
static WbMessageView *
ensure_view (WbMailPage *self)
{
  if (!self->view)
    {
      self->view = g_object_new (WB_TYPE_MESSAGE_VIEW, NULL);
      wb_message_view_set_store (self->view, self->store);
      adw_bin_set_child (self->reader, GTK_WIDGET (self->view));
    }
  return self->view;
}

static void
html_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbMailPage) self = user_data;

  /* Why it can't be had is said where the first formatted mail is shown. */
  if (wb_html_load_finish (WB_HTML (source), result, NULL) && self->store)
    wb_message_view_warm_up (ensure_view (self));
}

static gboolean
warm_up_cb (gpointer user_data)
{
  WbMailPage *self = user_data;

  if (self->store)
    wb_html_load_async (wb_mail_store_get_html (self->store), NULL, html_loaded_cb,
                        g_object_ref (self));
  return G_SOURCE_REMOVE;
}

/* While nobody waits for it, and only where there is a mail that could be formatted. */
static void
warm_up (WbMailPage *self)
{
  if (self->warmed_up || !self->folder || !gtk_widget_get_mapped (GTK_WIDGET (self)) ||
      g_list_model_get_n_items (wb_mail_folder_get_items (self->folder)) == 0)
    return;
  self->warmed_up = TRUE;
  g_timeout_add_seconds_full (G_PRIORITY_LOW, 1, warm_up_cb, g_object_ref (self), g_object_unref);
}

static void
update_list (WbMailPage *self)
{
  guint n = g_list_model_get_n_items (wb_mail_folder_get_items (self->folder));

  if (n > 0 || !wb_mail_folder_is_known (self->folder))
    gtk_stack_set_visible_child_name (self->list_stack, "list");
  else
    {
      show_empty (self);
      gtk_stack_set_visible_child_name (self->list_stack, "empty");
    }
  wb_mail_page_update_actions (self);
  warm_up (self);
}

static void
folder_failed_cb (WbMailFolder *folder, const char *why, gpointer user_data)
{
  wb_mail_page_show_error (user_data, why, 0);
}

/* What can be done with several stands below the list, where a narrow window has it too. */
static void
show_several (WbMailPage *self)
{
  g_autoptr (GPtrArray) items = wb_mail_list_dup_selected (self->list);
  gboolean outbox = wb_mail_folder_get_kind (self->folder) == WB_FOLDER_OUTBOX;
  gboolean tried = FALSE;
  g_autofree char *text = g_strdup_printf (
      /* Translators: %u is a number of mails */
      g_dngettext (GETTEXT_PACKAGE, "%u mail selected", "%u mails selected", items->len),
      items->len);

  for (guint i = 0; i < items->len; i++)
    tried = tried || wb_mail_item_get_tried (g_ptr_array_index (items, i));
  adw_status_page_set_title (self->none, items->len > 1 ? text : _ ("No mail selected"));
  adw_status_page_set_description (
      self->none,
      items->len > 1
          ? _ ("What stands below the list is done to all of them.")
          : _ ("Choose one from the list to read it: formatted, as plain text, as it went "
               "over the wire, and part by part."));
  gtk_label_set_text (self->several, text);
  gtk_button_set_label (self->several_send, tried ? _ ("Send Again") : _ ("Send Now"));
  gtk_widget_set_visible (GTK_WIDGET (self->several_send), outbox);
  gtk_widget_set_visible (self->several_bar, items->len > 1);
}

static void
set_folder (WbMailPage *self, WbMailFolder *folder)
{
  GListModel *items = NULL;

  if (self->folder == folder)
    return;
  if (self->folder)
    {
      items = wb_mail_folder_get_items (self->folder);
      g_signal_handlers_disconnect_by_data (self->folder, self);
      g_signal_handlers_disconnect_by_data (items, self);
    }
  g_set_object (&self->folder, folder);
  items = wb_mail_folder_get_items (folder);
  g_signal_connect_object (folder, "refreshed", G_CALLBACK (update_list), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (folder, "failed", G_CALLBACK (folder_failed_cb), self, 0);
  g_signal_connect_object (items, "items-changed", G_CALLBACK (update_list), self,
                           G_CONNECT_SWAPPED);
  gtk_label_set_text (self->folder_title,
                      wb_folder_kind_get_title (wb_mail_folder_get_kind (folder)));
  /* Each has the place of the other. */
  gtk_widget_set_visible (self->send_all, wb_mail_folder_get_kind (folder) == WB_FOLDER_OUTBOX);
  gtk_widget_set_visible (self->receive, wb_mail_folder_get_kind (folder) != WB_FOLDER_OUTBOX);
  wb_mail_list_set_folder (self->list, folder);
  show_several (self);
  wb_mail_folder_refresh (folder);
  update_list (self);
}

static void
folder_selected_cb (WbMailSidebar *sidebar, WbMailFolder *folder, gpointer user_data)
{
  WbMailPage *self = user_data;

  set_folder (self, folder);
  wb_split_view_set_show_content (self->inner, FALSE);
  wb_split_view_set_show_content (self->outer, TRUE);
}

static void
settings_wanted_cb (WbMailSidebar *sidebar, WbAccount *account, gpointer user_data)
{
  WbMailPage *self = user_data;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  gtk_window_present (GTK_WINDOW (wb_account_dialog_new (GTK_WINDOW (root), self->store, account)));
}

static void
show_sidebar_cb (WbMailPage *self)
{
  wb_split_view_set_show_content (self->outer, FALSE);
}

static void
show_list_cb (WbMailPage *self)
{
  wb_split_view_set_show_content (self->inner, FALSE);
}

static void
mark_as_read (WbMailPage *self, WbMailItem *item)
{
  const char *flags = wb_mail_item_get_flags (item);
  g_autofree char *seen = NULL;
  GString *sorted = NULL;

  if (!wb_mail_item_get_unread (item))
    return;
  sorted = g_string_new (NULL);
  for (const char *letter = "DFPRST"; *letter; letter++)
    if (*letter == 'S' || strchr (flags, *letter))
      g_string_append_c (sorted, *letter);
  seen = g_string_free (sorted, FALSE);
  wb_mail_folder_set_flags (self->folder, wb_mail_item_get_name (item), seen);
}

static void
show_tried (WbMailPage *self, WbMailItem *item)
{
  if (wb_mail_item_get_sent (item))
    wb_message_view_set_only_copy (self->view);
  else
    wb_message_view_set_tried (self->view, wb_mail_item_get_tried (item));
}

/* What becomes of a mail in the Outbox shows while one looks at it. */
static void
note_changed_cb (WbMailItem *item, GParamSpec *pspec, gpointer user_data)
{
  WbMailPage *self = user_data;

  if (self->view && self->folder && wb_mail_folder_get_kind (self->folder) == WB_FOLDER_OUTBOX &&
      g_strcmp0 (wb_mail_item_get_name (item), self->open_name) == 0)
    {
      wb_message_view_set_note (self->view, wb_mail_item_get_note (item));
      show_tried (self, item);
    }
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbMailPage) self = user_data;
  WbMailFolder *folder = WB_MAIL_FOLDER (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (WbMessage) message = wb_mail_folder_read_finish (folder, result, &error);
  WbMailItem *item = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || !self->store)
    return;
  g_clear_object (&self->reading);
  item = wb_mail_list_get_selected (self->list);
  if (!message)
    {
      gtk_label_set_text (self->reader_problem, error->message);
      gtk_stack_set_visible_child_name (self->reader_stack, "problem");
    }
  else if (folder == self->folder && item &&
           g_strcmp0 (wb_mail_item_get_name (item), self->open_name) == 0)
    {
      wb_message_view_set_message (ensure_view (self), message, wb_mail_folder_get_kind (folder),
                                   wb_mail_folder_get_kind (folder) == WB_FOLDER_DRAFTS
                                       ? _ ("A draft: not sent yet.")
                                       : wb_mail_item_get_note (item));
      show_tried (self, item);
      g_signal_handlers_disconnect_by_func (item, note_changed_cb, self);
      g_signal_connect_object (item, "notify::note", G_CALLBACK (note_changed_cb), self, 0);
      gtk_stack_set_visible_child_name (self->reader_stack, "mail");
      mark_as_read (self, item);
    }
  wb_mail_page_update_actions (self);
}

static void
mail_selected_cb (WbMailList *list, WbMailItem *item, gpointer user_data)
{
  WbMailPage *self = user_data;

  if (self->reading)
    g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  g_clear_pointer (&self->open_name, g_free);
  wb_mail_page_update_actions (self);
  show_several (self);
  if (!item)
    {
      gtk_stack_set_visible_child_name (self->reader_stack, "none");
      wb_split_view_set_show_content (self->inner, FALSE);
      return;
    }
  self->open_name = g_strdup (wb_mail_item_get_name (item));
  self->reading = g_cancellable_new ();
  wb_split_view_set_show_content (self->inner, TRUE);
  wb_mail_folder_read_async (self->folder, self->open_name, self->reading, read_cb,
                             g_object_ref (self));
}

static void
mail_activated_cb (WbMailList *list, WbMailItem *item, gpointer user_data)
{
  WbMailPage *self = user_data;

  if (wb_mail_folder_get_kind (self->folder) == WB_FOLDER_DRAFTS)
    gtk_widget_activate_action (GTK_WIDGET (self), "mail.edit-draft", NULL);
  else
    wb_split_view_set_show_content (self->inner, TRUE);
}

static void
details_clicked_cb (WbMailPage *self)
{
  wb_workbench_show_wire (wb_mail_store_get_workbench (self->store), self->conversation);
}

static void
error_closed_cb (WbMailPage *self)
{
  gtk_widget_set_visible (self->error_bar, FALSE);
}

static void
wb_mail_page_map (GtkWidget *widget)
{
  WbMailPage *self = WB_MAIL_PAGE (widget);

  GTK_WIDGET_CLASS (wb_mail_page_parent_class)->map (widget);
  self->keys = gtk_shortcut_controller_new ();
  gtk_shortcut_controller_set_scope (GTK_SHORTCUT_CONTROLLER (self->keys),
                                     GTK_SHORTCUT_SCOPE_GLOBAL);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (self->keys),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_F5, 0),
                                                          gtk_named_action_new ("mail.receive")));
  gtk_widget_add_controller (widget, self->keys);
  warm_up (self);
}

/* The key is the page's wherever the focus is, but only while the page is the one in front. */
static void
wb_mail_page_unmap (GtkWidget *widget)
{
  WbMailPage *self = WB_MAIL_PAGE (widget);

  gtk_widget_remove_controller (widget, self->keys);
  self->keys = NULL;

  GTK_WIDGET_CLASS (wb_mail_page_parent_class)->unmap (widget);
}

static void
wb_mail_page_dispose (GObject *object)
{
  WbMailPage *self = WB_MAIL_PAGE (object);

  if (self->reading)
    g_cancellable_cancel (self->reading);
  if (self->working)
    g_cancellable_cancel (self->working);
  g_clear_object (&self->reading);
  g_clear_object (&self->working);
  g_clear_object (&self->progress);
  g_clear_object (&self->folder);
  g_clear_object (&self->store);
  g_clear_pointer (&self->open_name, g_free);

  G_OBJECT_CLASS (wb_mail_page_parent_class)->dispose (object);
}

static void
wb_mail_page_class_init (WbMailPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_mail_page_dispose;
  widget_class->map = wb_mail_page_map;
  widget_class->unmap = wb_mail_page_unmap;
  g_type_ensure (WB_TYPE_SPLIT_VIEW);
  g_type_ensure (WB_TYPE_MAIL_SIDEBAR);
  g_type_ensure (WB_TYPE_MAIL_LIST);
  g_type_ensure (WB_TYPE_WRAP_BOX);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/wirebench/Wirebench/mail/wb-mail-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WbMailPage, outer);
  gtk_widget_class_bind_template_child (widget_class, WbMailPage, inner);
  gtk_widget_class_bind_template_child (widget_class, WbMailPage, sidebar);
  gtk_widget_class_bind_template_child (widget_class, WbMailPage, list);
  gtk_widget_class_bind_template_child (widget_class, WbMailPage, reader);
  gtk_widget_class_bind_template_child (widget_class, WbMailPage, list_stack);
  gtk_widget_class_bind_template_child (widget_class, WbMailPage, reader_stack);
  gtk_widget_class_bind_template_child (widget_class, WbMailPage, empty);
  gtk_widget_class_bind_template_child (widget_class, WbMailPage, empty_button);
  gtk_widget_class_bind_template_child (widget_class, WbMailPage, folder_title);
  gtk_widget_class_bind_template_child (widget_class, WbMailPage, receive);
  gtk_widget_class_bind_template_child (widget_class, WbMailPage, send_all);
  gtk_widget_class_bind_template_child (widget_class, WbMailPage, none);
  gtk_widget_class_bind_template_child (widget_class, WbMailPage, several_bar);
  gtk_widget_class_bind_template_child (widget_class, WbMailPage, several);
  gtk_widget_class_bind_template_child (widget_class, WbMailPage, several_send);
  gtk_widget_class_bind_template_child (widget_class, WbMailPage, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, WbMailPage, step);
  gtk_widget_class_bind_template_child (widget_class, WbMailPage, bar);
  gtk_widget_class_bind_template_child (widget_class, WbMailPage, error_bar);
  gtk_widget_class_bind_template_child (widget_class, WbMailPage, error_text);
  gtk_widget_class_bind_template_child (widget_class, WbMailPage, details);
  gtk_widget_class_bind_template_child (widget_class, WbMailPage, reader_problem);
  gtk_widget_class_bind_template_callback (widget_class, folder_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, settings_wanted_cb);
  gtk_widget_class_bind_template_callback (widget_class, show_sidebar_cb);
  gtk_widget_class_bind_template_callback (widget_class, show_list_cb);
  gtk_widget_class_bind_template_callback (widget_class, mail_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, mail_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, details_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, error_closed_cb);
  gtk_widget_class_bind_template_callback (widget_class, wb_mail_page_cancel_work);
  wb_mail_page_install_actions (widget_class);
}

static void
wb_mail_page_init (WbMailPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * wb_mail_page_show_error:
 * @self: the page
 * @text: step, cause and way out
 * @conversation: what Details shows; 0 for nothing
 *
 * Main thread.
 */
void
wb_mail_page_show_error (WbMailPage *self, const char *text, guint conversation)
{
  /* One paragraph: GTK 4.8 measures a wrapping label of several wrongly. */
  g_autofree char *line = g_strdelimit (g_strdup (text), "\r\n", ' ');

  self->conversation = conversation;
  gtk_label_set_text (self->error_text, line);
  gtk_widget_set_visible (self->details, conversation != 0);
  gtk_widget_set_visible (self->error_bar, TRUE);
}

/**
 * wb_mail_page_open_composer:
 * @self: the page
 * @account: (nullable): who writes
 * @composition: (nullable) (transfer full): a #WbComposition to begin with
 * @draft_name: (nullable): the draft that is continued; where a window does that already, it is
 *   the one that is shown
 *
 * Main thread.
 */
void
wb_mail_page_open_composer (WbMailPage *self,
                            WbAccount *account,
                            gpointer composition,
                            const char *draft_name)
{
  g_autoptr (WbComposition) owned = composition;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *composer = draft_name ? wb_composer_find_draft (account, draft_name) : NULL;

  if (composer)
    {
      gtk_window_present (GTK_WINDOW (composer));
      return;
    }
  composer = wb_composer_new (self->store, account, owned, draft_name);
  /* A window beside the main one, not above it: the wire is worth a look while a mail goes. */
  if (GTK_IS_WINDOW (root))
    gtk_window_set_application (GTK_WINDOW (composer),
                                gtk_window_get_application (GTK_WINDOW (root)));
  gtk_window_present (GTK_WINDOW (composer));
}

/**
 * wb_mail_page_new:
 * @workbench: what all pages share
 *
 * Main thread.
 *
 * Returns: (transfer floating): the page
 */
GtkWidget *
wb_mail_page_new (WbWorkbench *workbench)
{
  WbMailPage *self = g_object_new (WB_TYPE_MAIL_PAGE, NULL);
  WbAccount *student = NULL;

  self->store = wb_mail_store_new (workbench);
  wb_mail_sidebar_set_store (self->sidebar, self->store);
  student = wb_mail_store_find_account (self->store, WB_LAB_STUDENT);
  wb_mail_sidebar_select (self->sidebar,
                          wb_mail_store_get_folder (self->store, student, WB_FOLDER_INBOX));
  return GTK_WIDGET (self);
}

/* A link in another program is about people outside of the lab: the account that was chosen for new
 * mails, the one whose mails are on show, or the first. */
static WbAccount *
get_own_account (WbMailPage *self, WbAccount *shown)
{
  WbAccount *chosen = wb_mail_store_get_default_account (self->store);
  GListModel *accounts = wb_mail_store_get_accounts (self->store);

  if (chosen)
    return chosen;
  for (guint i = 0;
       (!shown || wb_account_is_lab (shown)) && i < g_list_model_get_n_items (accounts); i++)
    {
      g_autoptr (WbAccount) account = g_list_model_get_item (accounts, i);

      if (!wb_account_is_lab (account))
        return account;
    }
  return shown;
}

/**
 * wb_mail_page_compose:
 * @self: the page
 * @mailto: (nullable): a `mailto:` link to begin with
 *
 * Opens a window to write in. Main thread.
 */
void
wb_mail_page_compose (WbMailPage *self, const char *mailto)
{
  WbComposition *composition = NULL;
  WbAccount *account = NULL;

  g_return_if_fail (WB_IS_MAIL_PAGE (self));

  account = self->folder ? wb_mail_folder_get_account (self->folder) : NULL;
  if (mailto)
    {
      composition = wb_composition_new_mailto (mailto);
      account = get_own_account (self, account);
    }
  /* In the lab it is the teacher who writes, and the student who reads. */
  if (!account || strcmp (wb_account_get_address (account), WB_LAB_STUDENT) == 0)
    {
      account = wb_mail_store_find_account (self->store, WB_LAB_TEACHER);
      if (!composition)
        {
          composition = wb_composition_new ();
          composition->to = g_strdup (WB_LAB_STUDENT);
        }
    }
  wb_mail_page_open_composer (self, account, composition, NULL);
}

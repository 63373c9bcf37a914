/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-dialogs.h"
#include "wb-mail-page-private.h"
#include "wb-mail-receive.h"
#include "wb-mail-send-all.h"
#include "wb-outbox-clock.h"
#include "wb-outbox-edit.h"
#include "wb-reply.h"
#include "wb-send-time.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Deleted mails that the person may still want back. */
typedef struct
{
  WbMailStore *store;
  WbMailFolder *folder;
  GPtrArray *claimed; /* (element-type utf8): those of the Outbox that nobody else may send */
  char **names;
  gboolean undone;
} Deletion;

static void
deletion_free (gpointer data)
{
  Deletion *deletion = data;

  g_object_unref (deletion->store);
  g_object_unref (deletion->folder);
  g_ptr_array_unref (deletion->claimed);
  g_strfreev (deletion->names);
  g_free (deletion);
}

static const char *
selected_name (WbMailPage *self)
{
  WbMailItem *item = wb_mail_list_get_selected (self->list);

  return item ? wb_mail_item_get_name (item) : NULL;
}

/* The oldest first: the list begins with the newest. */
static char **
dup_names (GPtrArray *items)
{
  char **names = g_new0 (char *, items->len + 1);

  for (guint i = 0; i < items->len; i++)
    names[i] = g_strdup (wb_mail_item_get_name (g_ptr_array_index (items, items->len - 1 - i)));
  return names;
}

/* What is on show, if it is what is selected. */
static WbMessage *
shown_message (WbMailPage *self)
{
  if (self->reading || !self->open_name || !self->view ||
      g_strcmp0 (gtk_stack_get_visible_child_name (self->reader_stack), "mail") != 0)
    return NULL;
  return wb_message_view_get_message (self->view);
}

/**
 * wb_mail_page_update_actions:
 * @self: the page
 *
 * Switches on what can be done with what is shown. Main thread.
 */
void
wb_mail_page_update_actions (WbMailPage *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean selected = self->folder && selected_name (self);
  g_autoptr (GPtrArray) items = wb_mail_list_dup_selected (self->list);
  gboolean shown = shown_message (self) != NULL;
  WbFolderKind kind = self->folder ? wb_mail_folder_get_kind (self->folder) : WB_FOLDER_INBOX;

  gtk_widget_action_set_enabled (widget, "mail.receive", self->working == NULL);
  gtk_widget_action_set_enabled (widget, "mail.reply", shown);
  gtk_widget_action_set_enabled (widget, "mail.reply-all", shown);
  gtk_widget_action_set_enabled (widget, "mail.forward", shown);
  gtk_widget_action_set_enabled (widget, "mail.delete", items->len > 0);
  gtk_widget_action_set_enabled (
      widget, "mail.edit-draft",
      shown && (kind == WB_FOLDER_DRAFTS || (kind == WB_FOLDER_OUTBOX && !self->working)));
  gtk_widget_action_set_enabled (widget, "mail.send-again",
                                 items->len > 0 && kind == WB_FOLDER_OUTBOX && !self->working);
  gtk_widget_action_set_enabled (
      widget, "mail.send-all",
      kind == WB_FOLDER_OUTBOX && !self->working &&
          g_list_model_get_n_items (wb_mail_folder_get_items (self->folder)) > 0);
  gtk_widget_action_set_enabled (widget, "mail.postpone",
                                 selected && kind == WB_FOLDER_OUTBOX && !self->working);
}

/**
 * wb_mail_page_cancel_work:
 * @self: the page
 *
 * Main thread.
 */
void
wb_mail_page_cancel_work (WbMailPage *self)
{
  if (self->working)
    g_cancellable_cancel (self->working);
}

static void
progress_cb (WbProgress *progress, gpointer user_data)
{
  WbMailPage *self = user_data;
  g_auto (WbProgressState) state = { 0 };

  wb_progress_get_state (progress, &state);
  gtk_label_set_text (self->step, state.step ? state.step : "");
  if (state.total > 0)
    gtk_progress_bar_set_fraction (self->bar,
                                   CLAMP ((double) state.done / (double) state.total, 0.0, 1.0));
  else
    gtk_progress_bar_pulse (self->bar);
}

static void
begin_work (WbMailPage *self)
{
  self->working = g_cancellable_new ();
  self->progress = wb_progress_new ();
  wb_progress_watch (self->progress, progress_cb, G_OBJECT (self));
  gtk_label_set_text (self->step, "");
  gtk_progress_bar_set_fraction (self->bar, 0);
  gtk_widget_set_visible (self->error_bar, FALSE);
  gtk_widget_set_visible (self->progress_bar, TRUE);
  wb_mail_page_update_actions (self);
}

static void
end_work (WbMailPage *self)
{
  g_clear_object (&self->working);
  g_clear_object (&self->progress);
  gtk_widget_set_visible (self->progress_bar, FALSE);
  wb_mail_page_update_actions (self);
}

static void
received_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbMailPage) self = user_data;
  g_auto (WbMailReceived) received = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gboolean good = wb_mail_receive_finish (WB_MAIL_STORE (source), result, &received, &error);

  if (!self->store)
    return;
  end_work (self);
  if (received.warning)
    wb_mail_page_show_error (self, received.warning, received.conversation);
  if (!good && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      wb_mail_page_show_error (self, error->message, received.conversation);
      if (received.fresh == 0)
        return;
    }
  if (received.fresh > 0)
    text = g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE, "%u new mail", "%u new mails", received.fresh),
        received.fresh);
  else
    text = g_strdup (good ? _ ("No new mail") : _ ("Receiving was cancelled"));
  wb_workbench_toast (wb_mail_store_get_workbench (self->store), text);
}

static void
receive_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbMailPage *self = WB_MAIL_PAGE (widget);

  if (self->working)
    return;
  begin_work (self);
  wb_mail_receive_async (self->store, wb_mail_folder_get_account (self->folder), self->progress,
                         self->working, received_cb, g_object_ref (self));
}

static void
new_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wb_mail_page_compose (WB_MAIL_PAGE (widget), NULL);
}

/* Who was written to answers. */
static const WbMailIdentity *
find_addressed (WbAccount *account, WbMessage *message)
{
  static const char *const fields[] = { "To", "Cc" };
  GPtrArray *identities = wb_account_get_identities (account);

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_autoptr (GPtrArray) mailboxes = wb_message_get_mailboxes (message, fields[i]);

      for (guint j = 0; mailboxes && j < mailboxes->len; j++)
        for (guint k = 0; k < identities->len; k++)
          {
            const WbMailbox *mailbox = g_ptr_array_index (mailboxes, j);
            const WbMailIdentity *identity = g_ptr_array_index (identities, k);

            if (g_ascii_strcasecmp (mailbox->address ? mailbox->address : "", identity->address) ==
                0)
              return identity;
          }
    }
  return g_ptr_array_index (identities, 0);
}

static void
answer (WbMailPage *self, gboolean all)
{
  WbMessage *message = shown_message (self);
  WbAccount *account = wb_mail_folder_get_account (self->folder);
  GPtrArray *identities = wb_account_get_identities (account);
  g_autoptr (GPtrArray) own = g_ptr_array_new ();
  const WbMailIdentity *from = NULL;
  WbComposition *composition = NULL;

  if (!message)
    return;
  for (guint i = 0; i < identities->len; i++)
    g_ptr_array_add (own, ((const WbMailIdentity *) g_ptr_array_index (identities, i))->address);
  g_ptr_array_add (own, NULL);
  from = find_addressed (account, message);
  composition = wb_reply_new (message, (const char *const *) own->pdata, all);
  composition->from = wb_mail_identity_dup_mailbox (from);
  wb_mail_page_open_composer (self, account, composition, NULL);
}

static void
reply_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  answer (WB_MAIL_PAGE (widget), FALSE);
}

static void
reply_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  answer (WB_MAIL_PAGE (widget), TRUE);
}

static void
forward_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbMailPage *self = WB_MAIL_PAGE (widget);
  WbMessage *message = shown_message (self);

  if (message)
    wb_mail_page_open_composer (self, wb_mail_folder_get_account (self->folder),
                                wb_forward_new (message), NULL);
}

static void
taken_out_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbMailPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *draft_name = NULL;
  WbComposition *composition =
      wb_outbox_edit_finish (WB_MAIL_STORE (source), result, &draft_name, &error);

  if (!self->store)
    return;
  if (composition)
    wb_mail_page_open_composer (self, wb_mail_folder_get_account (self->folder), composition,
                                draft_name);
  else
    wb_mail_page_show_error (self, error->message, 0);
}

static void
edit_answer_cb (const char *response, gpointer user_data)
{
  WbMailPage *self = user_data;
  const char *selected = selected_name (self);

  if (strcmp (response, "edit") == 0 && selected && self->store)
    wb_outbox_edit_async (self->store, wb_mail_folder_get_account (self->folder), selected,
                          taken_out_cb, g_object_ref (self));
}

/* What is changed becomes another mail, with a Message-ID of its own. */
static void
edit_outbox_mail (WbMailPage *self)
{
  WbMailItem *item = wb_mail_list_get_selected (self->list);

  if (!item)
    return;
  if (!wb_mail_item_get_uncertain (item))
    {
      edit_answer_cb ("edit", self);
      return;
    }
  wb_ask (GTK_WIDGET (self), _ ("Change it, though it may have arrived?"),
          _ ("It leaves the Outbox and becomes a draft. If it has arrived already, the changed one "
             "is a second mail."),
          "edit", _ ("_Edit"), FALSE, edit_answer_cb, g_object_ref (self), g_object_unref);
}

static void
edit_draft_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbMailPage *self = WB_MAIL_PAGE (widget);
  WbMessage *message = shown_message (self);

  if (wb_mail_folder_get_kind (self->folder) == WB_FOLDER_OUTBOX)
    edit_outbox_mail (self);
  else if (message)
    wb_mail_page_open_composer (self, wb_mail_folder_get_account (self->folder),
                                wb_composition_new_draft (message), self->open_name);
}

static void
release (Deletion *deletion)
{
  for (guint i = 0; i < deletion->claimed->len; i++)
    wb_mail_send_release (deletion->store, wb_mail_folder_get_account (deletion->folder),
                          g_ptr_array_index (deletion->claimed, i));
  g_ptr_array_set_size (deletion->claimed, 0);
}

static void
undo_deletion_cb (AdwToast *toast, gpointer user_data)
{
  Deletion *deletion = user_data;

  deletion->undone = TRUE;
  for (char **name = deletion->names; *name; name++)
    wb_mail_folder_unhide (deletion->folder, *name);
  release (deletion);
}

static void
toast_dismissed_cb (AdwToast *toast, gpointer user_data)
{
  Deletion *deletion = user_data;

  if (deletion->undone)
    return;
  for (char **name = deletion->names; *name; name++)
    wb_mail_folder_remove (deletion->folder, *name);
  /* The clock looks on the same worker, so after that. */
  release (deletion);
}

static char *
describe_deletion (guint n)
{
  if (n == 1)
    return g_strdup (_ ("Mail deleted"));
  /* Translators: %u is a number of mails */
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u mail deleted", "%u mails deleted", n),
                          n);
}

static void
delete_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbMailPage *self = WB_MAIL_PAGE (widget);
  g_autoptr (GPtrArray) items = wb_mail_list_dup_selected (self->list);
  g_autofree char *text = describe_deletion (items->len);
  gboolean outbox = wb_mail_folder_get_kind (self->folder) == WB_FOLDER_OUTBOX;
  Deletion *deletion = NULL;
  AdwToast *toast = NULL;

  if (items->len == 0)
    return;
  deletion = g_new0 (Deletion, 1);
  deletion->store = g_object_ref (self->store);
  deletion->folder = g_object_ref (self->folder);
  deletion->claimed = g_ptr_array_new_with_free_func (g_free);
  deletion->names = dup_names (items);
  /* Not to be sent while it can still be undone that they were deleted. */
  for (char **one = deletion->names; outbox && *one; one++)
    if (wb_mail_send_claim (self->store, wb_mail_folder_get_account (self->folder), *one))
      g_ptr_array_add (deletion->claimed, g_strdup (*one));
  /* They leave the disk when the toast leaves the screen. */
  wb_mail_folder_hide_many (self->folder, (const char *const *) deletion->names);
  toast = adw_toast_new (text);
  adw_toast_set_button_label (toast, _ ("Undo"));
  /* Not after the toasts that wait: by then nobody remembers what would be undone. */
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  adw_toast_set_timeout (toast, 8);
  g_object_set_data_full (G_OBJECT (toast), "deletion", deletion, deletion_free);
  g_signal_connect (toast, "button-clicked", G_CALLBACK (undo_deletion_cb), deletion);
  g_signal_connect (toast, "dismissed", G_CALLBACK (toast_dismissed_cb), deletion);
  wb_workbench_add_toast (wb_mail_store_get_workbench (self->store), toast);
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbMailPage) self = user_data;
  g_auto (WbMailSent) sent = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean good = wb_mail_send_finish (WB_MAIL_STORE (source), result, &sent, &error);

  if (!self->store)
    return;
  end_work (self);
  if (!good)
    wb_mail_page_show_error (self, error->message, sent.conversation);
  else if (sent.refused)
    wb_mail_page_show_error (self, sent.refused, sent.conversation);
  else
    wb_workbench_toast (wb_mail_store_get_workbench (self->store), _ ("Sent"));
}

static void
send_selected (WbMailPage *self, gboolean again)
{
  const char *selected = selected_name (self);

  if (!selected || self->working)
    return;
  begin_work (self);
  wb_mail_send_async (self->store, wb_mail_folder_get_account (self->folder), selected, again,
                      self->progress, self->working, sent_cb, g_object_ref (self));
}

static void
send_again_answer_cb (const char *response, gpointer user_data)
{
  if (strcmp (response, "send") == 0)
    send_selected (user_data, TRUE);
}

static void
sent_all_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbMailPage) self = user_data;
  WbMailSentAll sent = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean good = wb_mail_send_all_finish (WB_MAIL_STORE (source), result, &sent, &error);
  g_autofree char *text = wb_mail_sent_all_describe (&sent);

  if (!self->store)
    return;
  end_work (self);
  if (!good && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    wb_mail_page_show_error (self, error->message, sent.conversation);
  wb_workbench_toast (wb_mail_store_get_workbench (self->store), text);
}

static void
send_many (WbMailPage *self, GPtrArray *items, gboolean chosen)
{
  g_auto (GStrv) names = dup_names (items);

  begin_work (self);
  wb_mail_send_all_async (self->store, wb_mail_folder_get_account (self->folder),
                          (const char *const *) names, chosen, self->progress, self->working,
                          sent_all_cb, g_object_ref (self));
}

static void
send_several_answer_cb (const char *response, gpointer user_data)
{
  WbMailPage *self = user_data;
  g_autoptr (GPtrArray) items = wb_mail_list_dup_selected (self->list);

  if (strcmp (response, "send") == 0 && items->len > 0 && self->store && !self->working)
    send_many (self, items, TRUE);
}

static void
send_several (WbMailPage *self, GPtrArray *items)
{
  g_autofree char *text = NULL;
  guint uncertain = 0;

  for (guint i = 0; i < items->len; i++)
    uncertain += wb_mail_item_get_uncertain (g_ptr_array_index (items, i)) ? 1 : 0;
  if (uncertain == 0)
    {
      send_many (self, items, TRUE);
      return;
    }
  text = g_strdup_printf (
      /* Translators: %u is a number of mails */
      g_dngettext (GETTEXT_PACKAGE,
                   "%u of them may have arrived already. It carries the same Message-ID, so some "
                   "programs show it once, others twice. Take it out of the selection to send only "
                   "the others.",
                   "%u of them may have arrived already. They carry the same Message-IDs, so some "
                   "programs show them once, others twice. Take them out of the selection to send "
                   "only the others.",
                   uncertain),
      uncertain);
  wb_ask (GTK_WIDGET (self), _ ("Send some a second time?"), text, "send", _ ("_Send Again"), FALSE,
          send_several_answer_cb, g_object_ref (self), g_object_unref);
}

static void
send_again_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbMailPage *self = WB_MAIL_PAGE (widget);
  g_autoptr (GPtrArray) items = wb_mail_list_dup_selected (self->list);
  WbMailItem *item = wb_mail_list_get_selected (self->list);

  if (self->working)
    return;
  if (items->len > 1)
    {
      send_several (self, items);
      return;
    }
  if (!item)
    return;
  if (!wb_mail_item_get_uncertain (item))
    {
      send_selected (self, FALSE);
      return;
    }
  wb_ask (widget, _ ("Send it a second time?"),
          _ ("It may have arrived already. It carries the same Message-ID, so some programs show "
             "it once, others twice."),
          "send", _ ("_Send Again"), FALSE, send_again_answer_cb, g_object_ref (self),
          g_object_unref);
}

static void
send_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbMailPage *self = WB_MAIL_PAGE (widget);
  GListModel *items = wb_mail_folder_get_items (self->folder);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (items); i++)
    g_ptr_array_add (all, g_list_model_get_item (items, i));
  send_many (self, all, FALSE);
}

static void
postponed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbMailPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!wb_outbox_clock_postpone_finish (WB_OUTBOX_CLOCK (source), result, &error) && self->store)
    wb_mail_page_show_error (self, error->message, 0);
}

static void
time_chosen_cb (gint64 time, gpointer user_data)
{
  WbMailPage *self = user_data;
  const char *selected = selected_name (self);

  if (self->store && selected)
    wb_outbox_clock_postpone_async (wb_mail_store_get_clock (self->store),
                                    wb_mail_folder_get_account (self->folder), selected, time,
                                    postponed_cb, g_object_ref (self));
}

static void
postpone_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wb_send_time_ask (widget, wb_send_time_parse ("tomorrow"), time_chosen_cb, g_object_ref (widget),
                    g_object_unref);
}

/**
 * wb_mail_page_install_actions:
 * @widget_class: the page's class
 *
 * Adds the `mail.` actions and their keys.
 */
void
wb_mail_page_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "mail.receive", NULL, receive_action);
  gtk_widget_class_install_action (widget_class, "mail.new", NULL, new_action);
  gtk_widget_class_install_action (widget_class, "mail.reply", NULL, reply_action);
  gtk_widget_class_install_action (widget_class, "mail.reply-all", NULL, reply_all_action);
  gtk_widget_class_install_action (widget_class, "mail.forward", NULL, forward_action);
  gtk_widget_class_install_action (widget_class, "mail.edit-draft", NULL, edit_draft_action);
  gtk_widget_class_install_action (widget_class, "mail.delete", NULL, delete_action);
  gtk_widget_class_install_action (widget_class, "mail.send-again", NULL, send_again_action);
  gtk_widget_class_install_action (widget_class, "mail.send-all", NULL, send_all_action);
  gtk_widget_class_install_action (widget_class, "mail.postpone", NULL, postpone_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_r, GDK_CONTROL_MASK, "mail.reply",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_r, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "mail.reply-all", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_l, GDK_CONTROL_MASK, "mail.forward",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return,
                                       GDK_CONTROL_MASK | GDK_SHIFT_MASK, "mail.send-all", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "mail.delete", NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-composer-private.h"
#include "wb-mail-send-all.h"
#include "wb-outbox-clock.h"
#include "wb-outbox.h"
#include "wb-send-delay.h"
#include "wb-send-time.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* How many seconds after those for an undo a mail goes by itself: only a program that ended in
 * between lets it come to that. */
#define GRACE 15

/* Building a mail and keeping it durably, on the composer's worker. */
typedef struct
{
  WbComposition *composition;
  WbAccount *account;
  WbFolderKind kind;
  char *replaces; /* a copy in that folder that the new one is kept instead of */
  gint64 time;    /* when it is to be sent, or 0 */
} Keeping;

static void
keeping_free (gpointer data)
{
  Keeping *keeping = data;

  wb_composition_free (keeping->composition);
  g_clear_object (&keeping->account);
  g_free (keeping->replaces);
  g_free (keeping);
}

static gpointer
keep_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Keeping *keeping = data;
  g_autoptr (WbMaildir) maildir = NULL;
  g_autoptr (WbMailSource) mail = NULL;
  g_autofree char *name = NULL;

  if (keeping->kind == WB_FOLDER_DRAFTS)
    mail = wb_composition_save (keeping->composition, FALSE, cancellable, error);
  else
    mail = wb_composition_build (keeping->composition, cancellable, error);
  if (mail && keeping->kind == WB_FOLDER_OUTBOX)
    wb_composition_learn (keeping->composition);
  if (!mail || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  maildir = wb_account_open_folder (keeping->account, keeping->kind, error);
  if (!maildir)
    return NULL;
  /* The old one may not go any more, whatever becomes of the new one. */
  if (keeping->replaces && keeping->kind == WB_FOLDER_OUTBOX &&
      !wb_outbox_stop (maildir, keeping->replaces, error))
    return NULL;
  name = wb_maildir_deliver_source (maildir, mail, keeping->kind == WB_FOLDER_DRAFTS ? "DS" : "S",
                                    error);
  if (!name)
    return NULL;
  if (keeping->time > 0 && !wb_outbox_postpone (maildir, name, keeping->time, error))
    {
      wb_maildir_remove (maildir, name, NULL);
      return NULL;
    }
  if (keeping->time > 0)
    wb_outbox_clock_remember ();
  /* The new one is on the disk, so the old one may go; two are better than none. */
  if (keeping->replaces)
    {
      wb_maildir_remove (maildir, keeping->replaces, NULL);
      wb_outbox_clear_state (maildir, keeping->replaces);
    }
  return g_steal_pointer (&name);
}

static void
refresh (WbComposer *self, WbAccount *account, WbFolderKind kind)
{
  wb_mail_folder_refresh (wb_mail_store_get_folder (self->store, account, kind));
}

static void
drop_draft (WbComposer *self)
{
  if (self->draft_name && self->draft_account)
    wb_mail_folder_remove (
        wb_mail_store_get_folder (self->store, self->draft_account, WB_FOLDER_DRAFTS),
        self->draft_name);
  g_clear_pointer (&self->draft_name, g_free);
}

/* Nobody but this window sends it, until it is let go of. */
static void
hold (WbComposer *self)
{
  if (wb_mail_send_claim (self->store, self->sending_from, self->outbox_name))
    {
      g_set_object (&self->held_account, self->sending_from);
      g_free (self->held_name);
      self->held_name = g_strdup (self->outbox_name);
    }
}

/**
 * wb_composer_let_go:
 * @self: the window
 *
 * What is held of the Outbox is tried again from there. Main thread.
 */
void
wb_composer_let_go (WbComposer *self)
{
  if (self->held_name && self->store)
    wb_mail_send_release (self->store, self->held_account, self->held_name);
  g_clear_pointer (&self->held_name, g_free);
  g_clear_object (&self->held_account);
}

/* A mail that is held no longer by the window, but until it is written down that it stays. */
typedef struct
{
  WbMailStore *store;
  WbAccount *account;
  char *name;
} Stopping;

static gpointer
stop_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Stopping *stopping = data;
  g_autoptr (WbMaildir) outbox =
      wb_account_open_folder (stopping->account, WB_FOLDER_OUTBOX, error);

  return outbox && wb_outbox_stop (outbox, stopping->name, error) ? GINT_TO_POINTER (TRUE) : NULL;
}

/* Where that could not be written it stays claimed: rather not at all than twice. */
static void
stopped_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Stopping *stopping = user_data;
  g_autoptr (GError) error = NULL;

  if (wb_session_run_finish (WB_SESSION (source), result, &error))
    wb_mail_send_release (stopping->store, stopping->account, stopping->name);
  else
    g_message ("%s", error->message);
  wb_mail_folder_refresh (
      wb_mail_store_get_folder (stopping->store, stopping->account, WB_FOLDER_OUTBOX));
  g_object_unref (stopping->store);
  g_object_unref (stopping->account);
  g_free (stopping->name);
  g_free (stopping);
}

/**
 * wb_composer_keep_back:
 * @self: the window
 *
 * What is held of the Outbox is not what the person wants sent any more: it stays there, and is not
 * tried again by itself. Main thread.
 */
void
wb_composer_keep_back (WbComposer *self)
{
  Stopping *stopping = NULL;

  /* What is on its way is held, too, and nothing of it changes any more. */
  if (!self->held_name || !self->store || self->cancellable)
    return;
  stopping = g_new0 (Stopping, 1);
  stopping->store = g_object_ref (self->store);
  stopping->account = g_steal_pointer (&self->held_account);
  stopping->name = g_steal_pointer (&self->held_name);
  wb_session_run_async (self->session, stop_thread, stopping, NULL, NULL, NULL, stopped_cb,
                        stopping);
  /* It was said that it is. */
  wb_composer_show_error (self,
                          _ ("As it was before this change, the mail stays in the Outbox. It is "
                             "not tried again by itself."));
}

static void
end_sending (WbComposer *self)
{
  g_clear_object (&self->cancellable);
  g_clear_object (&self->progress);
  wb_composer_set_busy (self, FALSE);
}

/* @kept: whether it is safe in the Outbox, so that a window that was closed may stay closed. */
static void
fail (WbComposer *self, const char *text, gboolean kept)
{
  WbWorkbench *workbench = wb_mail_store_get_workbench (self->store);

  end_sending (self);
  if (self->closing && kept)
    {
      g_autofree char *line = g_strdup_printf (
          /* Translators: %s is what a mail is about */
          self->held_name ? _ ("“%s” could not be sent yet; it is tried again by itself")
                          : _ ("“%s” is still in the Outbox, which says why"),
          gtk_editable_get_text (self->subject));

      wb_workbench_toast (workbench, line);
      wb_composer_finish (self);
      return;
    }
  if (self->closing)
    gtk_window_present (GTK_WINDOW (self));
  self->closing = FALSE;
  wb_composer_show_error (self, text);
}

static void
tell_success (WbComposer *self, const WbMailSent *sent)
{
  WbWorkbench *workbench = wb_mail_store_get_workbench (self->store);
  g_autofree char *to = wb_address_field_dup_text (self->to);
  g_autofree char *text = NULL;

  if (sent->refused)
    /* Translators: %s lists addresses with the server's reasons */
    text = g_strdup_printf (_ ("Sent, but not to everybody: %s"), sent->refused);
  else
    /* Translators: %s are the recipients */
    text = g_strdup_printf (_ ("Sent to %s"), to);
  wb_workbench_toast (workbench, text);
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbComposer) self = user_data;
  g_auto (WbMailSent) sent = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (wb_mail_send_finish (WB_MAIL_STORE (source), result, &sent, &error))
    {
      drop_draft (self);
      tell_success (self, &sent);
      g_clear_object (&self->cancellable);
      wb_composer_finish (self);
      return;
    }
  self->conversation = sent.conversation;
  self->unknown = g_error_matches (error, WB_MAIL_ERROR, WB_MAIL_ERROR_UNKNOWN_STATE);
  if (sent.sent)
    {
      /* Only its copy is missing: from here it would go a second time. */
      self->unknown = TRUE;
      drop_draft (self);
      text = g_strdup_printf (
          /* Translators: %s says that it is sent and why there is no copy */
          _ ("%s When that is set right, “Keep the Copy” in the Outbox does it."), error->message);
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    /* Translators: %s says how far it came */
    text = g_strdup_printf (_ ("Cancelled. %s The mail is kept in the Outbox."), error->message);
  else
    text = g_strdup_printf (
        /* Translators: %s is step, cause and way out */
        sent.next_try > 0 ? _ ("%s The mail is kept in the Outbox. Once this window is closed, it "
                               "is tried again by itself.")
                          : _ ("%s The mail is kept in the Outbox."),
        error->message);
  if (sent.next_try > 0)
    hold (self);
  fail (self, text, TRUE);
}

static void
progress_cb (WbProgress *progress, gpointer user_data)
{
  WbComposer *self = user_data;
  g_auto (WbProgressState) state = { 0 };

  wb_progress_get_state (progress, &state);
  gtk_label_set_text (self->step, state.step ? state.step : "");
  if (state.total > 0)
    gtk_progress_bar_set_fraction (self->bar,
                                   CLAMP ((double) state.done / (double) state.total, 0.0, 1.0));
  else
    gtk_progress_bar_pulse (self->bar);
}

/* Taken back: the window stands there again as it was left. */
static void
undo (WbComposer *self)
{
  end_sending (self);
  wb_mail_folder_remove (
      wb_mail_store_get_folder (self->store, self->sending_from, WB_FOLDER_OUTBOX),
      self->outbox_name);
  /* The clock looks on the same worker, so after that. */
  wb_composer_let_go (self);
  g_clear_pointer (&self->outbox_name, g_free);
  self->modified = TRUE;
  self->closing = FALSE;
  wb_composer_queue_autosave (self);
  gtk_window_present (GTK_WINDOW (self));
}

static void
delayed_cb (gboolean undone, gpointer user_data)
{
  g_autoptr (WbComposer) self = user_data;

  if (undone)
    {
      undo (self);
      return;
    }
  /* The sending takes it in hand before the clock has looked. */
  wb_composer_let_go (self);
  /* Out of sight since it waited: what goes wrong is told in the main window and the Outbox. */
  self->closing = self->closing || !gtk_widget_get_visible (GTK_WIDGET (self));
  wb_mail_send_async (self->store, self->sending_from, self->outbox_name, FALSE, self->progress,
                      self->cancellable, sent_cb, g_object_ref (self));
}

static int
get_delay (WbComposer *self)
{
  return g_settings_get_int (wb_workbench_get_settings (wb_mail_store_get_workbench (self->store)),
                             "send-delay");
}

static void
wait_for_undo (WbComposer *self)
{
  WbWorkbench *workbench = wb_mail_store_get_workbench (self->store);

  if (get_delay (self) > 0)
    gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  wb_send_delay_start (workbench, delayed_cb, g_object_ref (self));
}

/* It waits in the Outbox for its time, and the window is done. */
static void
leave_for_later (WbComposer *self)
{
  g_autofree char *when = wb_send_time_describe (self->send_at);
  g_autofree char *text = g_strdup_printf (
      /* Translators: %s is a day and a time */
      _ ("Will be sent %s, or at the next start after it"), when);

  drop_draft (self);
  wb_workbench_toast (wb_mail_store_get_workbench (self->store), text);
  wb_outbox_clock_look (wb_mail_store_get_clock (self->store));
  end_sending (self);
  wb_composer_finish (self);
}

static void
kept_for_sending_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbComposer) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = wb_session_run_finish (WB_SESSION (source), result, &error);

  if (!name)
    {
      if (g_error_matches (error, WB_MAIL_ERROR, WB_MAIL_ERROR_FILE))
        wb_composer_look_at_files (self);
      fail (self, error->message, FALSE);
      return;
    }
  g_free (self->outbox_name);
  self->outbox_name = g_steal_pointer (&name);
  /* What was held is replaced by this. */
  wb_composer_let_go (self);
  refresh (self, self->sending_from, WB_FOLDER_OUTBOX);
  /* From here on it is safe: closing the window loses nothing. */
  self->modified = FALSE;
  wb_composer_drop_autosave (self);
  if (self->send_at > 0)
    {
      leave_for_later (self);
      return;
    }
  hold (self);
  wait_for_undo (self);
}

static void
snapshot_for_sending (WbComposer *self, WbComposition *composition, const GError *error)
{
  Keeping *keeping = NULL;

  if (!composition)
    {
      fail (self, error->message, FALSE);
      return;
    }
  if (wb_composer_remind (self, composition))
    {
      wb_composition_free (composition);
      end_sending (self);
      return;
    }
  keeping = g_new0 (Keeping, 1);
  keeping->composition = composition;
  keeping->account = g_object_ref (self->sending_from);
  keeping->kind = WB_FOLDER_OUTBOX;
  keeping->replaces = g_strdup (self->outbox_name);
  keeping->time = self->send_at;
  /* Whoever pressed Send wants it sent, also where the program ends before it is. */
  if (keeping->time == 0)
    keeping->time = g_get_real_time () / G_USEC_PER_SEC + get_delay (self) + GRACE;
  wb_session_run_async (self->session, keep_thread, keeping, keeping_free, g_free,
                        self->cancellable, kept_for_sending_cb, g_object_ref (self));
}

static void
begin_sending (WbComposer *self)
{
  self->conversation = 0;
  self->cancellable = g_cancellable_new ();
  self->progress = wb_progress_new ();
  wb_progress_watch (self->progress, progress_cb, G_OBJECT (self));
  gtk_label_set_text (self->step, _ ("Building the mail"));
  gtk_progress_bar_set_fraction (self->bar, 0);
  wb_composer_set_busy (self, TRUE);
}

/**
 * wb_composer_send:
 * @self: the window
 *
 * Takes down what stands there at this moment, keeps it in the Outbox and hands it to the account's
 * server. Main thread.
 */
void
wb_composer_send (WbComposer *self)
{
  WbAccount *account = wb_composer_get_account (self);

  if (self->cancellable || self->unknown || !account)
    return;
  /* Another account has another Outbox: there is nothing to replace in it. */
  if (self->outbox_name && self->sending_from != account)
    {
      wb_composer_keep_back (self);
      g_clear_pointer (&self->outbox_name, g_free);
    }
  g_set_object (&self->sending_from, account);
  begin_sending (self);
  wb_composer_snapshot (self, snapshot_for_sending);
}

static void
merged_sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbComposer) self = user_data;
  WbMailSentAll sent = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean good = wb_mail_send_all_finish (WB_MAIL_STORE (source), result, &sent, &error);
  g_autofree char *text = wb_mail_sent_all_describe (&sent);

  if (!self->store)
    return;
  end_sending (self);
  wb_workbench_toast (wb_mail_store_get_workbench (self->store), text);
  if (!good)
    {
      self->conversation = sent.conversation;
      wb_composer_show_error (self, error->message);
    }
  /* What they were made of is in no Outbox. */
  if (self->modified)
    wb_composer_queue_autosave (self);
  if (self->closing && !self->modified)
    wb_composer_finish (self);
  else if (self->closing)
    gtk_window_present (GTK_WINDOW (self));
  self->closing = FALSE;
}

/**
 * wb_composer_send_merged:
 * @self: the window
 * @names: (element-type utf8): the mails that were made of this one, in the account's Outbox
 *
 * Hands them to the account's server. Main thread.
 */
void
wb_composer_send_merged (WbComposer *self, GPtrArray *names)
{
  g_autofree const char **all = g_new0 (const char *, names->len + 1);

  for (guint i = 0; i < names->len; i++)
    all[i] = g_ptr_array_index (names, i);
  begin_sending (self);
  wb_mail_send_all_async (self->store, wb_composer_get_account (self), all, FALSE, self->progress,
                          self->cancellable, merged_sent_cb, g_object_ref (self));
}

static void
time_chosen_cb (gint64 time, gpointer user_data)
{
  WbComposer *self = user_data;

  if (!self->store)
    return;
  self->send_at = time;
  wb_composer_send (self);
}

/**
 * wb_composer_send_later:
 * @self: the window
 * @when: "tomorrow", "monday", or another word to ask
 *
 * Keeps the mail in the Outbox until its time. Main thread.
 */
void
wb_composer_send_later (WbComposer *self, const char *when)
{
  gint64 time = wb_send_time_parse (when);

  if (time > 0)
    time_chosen_cb (time, self);
  else
    wb_send_time_ask (GTK_WIDGET (self), wb_send_time_parse ("tomorrow"), time_chosen_cb,
                      g_object_ref (self), g_object_unref);
}

/**
 * wb_composer_cancel_send:
 * @self: the window
 *
 * Main thread.
 */
void
wb_composer_cancel_send (WbComposer *self)
{
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
}

static void
draft_kept_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbComposer) self = user_data;
  WbWorkbench *workbench = wb_mail_store_get_workbench (self->store);
  g_autoptr (GError) error = NULL;
  g_autofree char *name = wb_session_run_finish (WB_SESSION (source), result, &error);

  if (!name)
    {
      self->closing = FALSE;
      self->modified = TRUE;
      wb_composer_show_error (self, error->message);
      return;
    }
  if (self->draft_account != self->sending_from)
    drop_draft (self);
  g_set_object (&self->draft_account, self->sending_from);
  g_free (self->draft_name);
  self->draft_name = g_steal_pointer (&name);
  refresh (self, self->draft_account, WB_FOLDER_DRAFTS);
  wb_composer_drop_autosave (self);
  wb_workbench_toast (workbench, _ ("Kept in Drafts"));
  if (self->closing)
    wb_composer_finish (self);
}

static void
snapshot_for_draft (WbComposer *self, WbComposition *composition, const GError *error)
{
  WbAccount *account = wb_composer_get_account (self);
  Keeping *keeping = NULL;

  if (!composition)
    {
      self->closing = FALSE;
      wb_composer_show_error (self, error->message);
      return;
    }
  keeping = g_new0 (Keeping, 1);
  keeping->composition = composition;
  keeping->account = g_object_ref (account);
  keeping->kind = WB_FOLDER_DRAFTS;
  if (self->draft_account == account)
    keeping->replaces = g_strdup (self->draft_name);
  g_set_object (&self->sending_from, account);
  /* What is typed while it is being written is newer than the draft. */
  self->modified = FALSE;
  wb_session_run_async (self->session, keep_thread, keeping, keeping_free, g_free, NULL,
                        draft_kept_cb, g_object_ref (self));
}

/**
 * wb_composer_save_draft:
 * @self: the window
 *
 * Keeps what stands there in Drafts, in place of the copy before it. Main thread.
 */
void
wb_composer_save_draft (WbComposer *self)
{
  if (self->cancellable)
    return;
  wb_composer_snapshot (self, snapshot_for_draft);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-composer-private.h"

/* What is written is kept in Drafts as it is written, so that a crash takes the last moment at
 * most. That copy is apart from a draft that the person keeps: it goes when the window is done. */

/* How long a pause in the writing is, and how long someone may write without one. */
#define PAUSE_MS 400
#define LONGEST (2 * G_USEC_PER_SEC)

typedef struct
{
  WbComposition *composition;
  WbAccount *account;
  char *replaces;
} Saving;

static void
saving_free (gpointer data)
{
  Saving *saving = data;

  g_clear_pointer (&saving->composition, wb_composition_free);
  g_clear_object (&saving->account);
  g_free (saving->replaces);
  g_free (saving);
}

static gpointer
save_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Saving *saving = data;
  g_autoptr (WbMailSource) draft =
      wb_composition_save (saving->composition, TRUE, cancellable, error);
  g_autoptr (WbMaildir) maildir = NULL;
  g_autofree char *name = NULL;

  if (!draft)
    return NULL;
  maildir = wb_account_open_folder (saving->account, WB_FOLDER_DRAFTS, error);
  if (!maildir)
    return NULL;
  name = wb_maildir_deliver_source (maildir, draft, "DS", error);
  /* The new one is on the disk, so the old one may go; two are better than none. */
  if (name && saving->replaces)
    wb_maildir_remove (maildir, saving->replaces, NULL);
  return g_steal_pointer (&name);
}

static WbMailFolder *
get_drafts (WbComposer *self)
{
  return wb_mail_store_get_folder (self->store, self->autosave_account, WB_FOLDER_DRAFTS);
}

/**
 * wb_composer_drop_autosave:
 * @self: the window
 *
 * The mail is safe elsewhere, or not wanted: its copy goes. Main thread.
 */
void
wb_composer_drop_autosave (WbComposer *self)
{
  g_clear_handle_id (&self->autosave_source, g_source_remove);
  self->autosave_again = FALSE;
  self->autosave_since = 0;
  if (self->autosaving)
    {
      self->autosave_unwanted = TRUE;
      return;
    }
  if (self->autosave_name)
    wb_mail_folder_remove (get_drafts (self), self->autosave_name);
  g_clear_pointer (&self->autosave_name, g_free);
}

/**
 * wb_composer_finish:
 * @self: the window
 *
 * Closes it for good, and takes its copy along. Main thread.
 */
void
wb_composer_finish (WbComposer *self)
{
  self->finished = TRUE;
  wb_composer_let_go (self);
  wb_composer_drop_autosave (self);
  if (self->autosaving)
    gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  else
    gtk_window_destroy (GTK_WINDOW (self));
}

static void
done (WbComposer *self)
{
  self->autosaving = FALSE;
  if (self->autosave_unwanted)
    {
      self->autosave_unwanted = FALSE;
      wb_composer_drop_autosave (self);
    }
  if (self->finished)
    gtk_window_destroy (GTK_WINDOW (self));
  else if (self->autosave_again)
    {
      self->autosave_again = FALSE;
      wb_composer_queue_autosave (self);
    }
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbComposer) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = wb_session_run_finish (WB_SESSION (source), result, &error);

  /* The program may be ending; then the copy is what is left. */
  if (!self->store)
    return;
  if (name)
    {
      g_free (self->autosave_name);
      self->autosave_name = g_steal_pointer (&name);
      wb_mail_folder_refresh (get_drafts (self));
    }
  else if (!self->autosave_failed)
    {
      self->autosave_failed = TRUE;
      wb_composer_show_error (self, error->message);
    }
  done (self);
}

static void
snapshot_taken (WbComposer *self, WbComposition *composition, const GError *error)
{
  WbAccount *account = wb_composer_get_account (self);
  Saving *saving = NULL;

  if (!composition || !account)
    {
      g_clear_pointer (&composition, wb_composition_free);
      done (self);
      return;
    }
  saving = g_new0 (Saving, 1);
  saving->composition = composition;
  saving->account = g_object_ref (account);
  if (self->autosave_account == account)
    saving->replaces = g_strdup (self->autosave_name);
  else if (self->autosave_name)
    {
      /* Another account has other Drafts. */
      wb_mail_folder_remove (get_drafts (self), self->autosave_name);
      g_clear_pointer (&self->autosave_name, g_free);
    }
  g_set_object (&self->autosave_account, account);
  wb_session_run_async (self->session, save_thread, saving, saving_free, g_free, NULL, saved_cb,
                        g_object_ref (self));
}

static gboolean
pause_cb (gpointer user_data)
{
  WbComposer *self = user_data;

  self->autosave_source = 0;
  self->autosave_since = 0;
  /* What is being sent is kept in the Outbox. */
  if (self->cancellable || self->finished)
    return G_SOURCE_REMOVE;
  if (self->autosaving)
    self->autosave_again = TRUE;
  else
    {
      self->autosaving = TRUE;
      wb_composer_snapshot (self, snapshot_taken);
    }
  return G_SOURCE_REMOVE;
}

/**
 * wb_composer_queue_autosave:
 * @self: the window
 *
 * Keeps what stands there after a pause in the writing, or every two seconds without one. Main
 * thread.
 */
void
wb_composer_queue_autosave (WbComposer *self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->autosave_since == 0)
    self->autosave_since = now;
  if (self->autosave_source && now - self->autosave_since > LONGEST)
    return;
  g_clear_handle_id (&self->autosave_source, g_source_remove);
  self->autosave_source = g_timeout_add (PAUSE_MS, pause_cb, self);
}

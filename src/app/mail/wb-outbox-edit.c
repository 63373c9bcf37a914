/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-outbox-edit.h"

#include "wb-mail-send.h"
#include "wb-outbox.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  WbAccount *account;
  char *name;
  char *draft_name;
  WbComposition *composition;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_clear_object (&job->account);
  g_free (job->name);
  g_free (job->draft_name);
  g_clear_pointer (&job->composition, wb_composition_free);
  g_free (job);
}

static gboolean
lists (GPtrArray *mailboxes, const char *address)
{
  for (guint i = 0; i < mailboxes->len; i++)
    {
      const WbMailbox *mailbox = g_ptr_array_index (mailboxes, i);

      if (g_ascii_strcasecmp (mailbox->address, address) == 0)
        return TRUE;
    }
  return FALSE;
}

/* Whoever gets the mail and stands nowhere in it was in Bcc. */
static char *
find_hidden (WbMessage *message, GPtrArray *recipients)
{
  g_autoptr (GPtrArray) to = wb_message_get_mailboxes (message, "To");
  g_autoptr (GPtrArray) cc = wb_message_get_mailboxes (message, "Cc");
  GString *hidden = g_string_new (NULL);

  for (guint i = 0; i < recipients->len; i++)
    {
      const char *address = g_ptr_array_index (recipients, i);

      if (!lists (to, address) && !lists (cc, address))
        g_string_append_printf (hidden, "%s%s", hidden->len > 0 ? ", " : "", address);
    }
  return g_string_free (hidden, FALSE);
}

/* Of a mail that others got already only those are left to whom it is still to go. */
static void
keep_recipients (char **field, WbMessage *message, const char *name, GPtrArray *recipients)
{
  g_autoptr (GPtrArray) mailboxes = wb_message_get_mailboxes (message, name);
  GString *kept = g_string_new (NULL);

  for (guint i = 0; mailboxes && i < mailboxes->len; i++)
    {
      const char *address = ((const WbMailbox *) g_ptr_array_index (mailboxes, i))->address;

      for (guint k = 0; k < recipients->len; k++)
        if (g_ascii_strcasecmp (g_ptr_array_index (recipients, k), address) == 0)
          {
            g_string_append_printf (kept, "%s%s", kept->len > 0 ? ", " : "", address);
            break;
          }
    }
  g_free (*field);
  *field = g_string_free (kept, FALSE);
}

static void
set_text (char **field, const char *text)
{
  g_free (*field);
  *field = g_strdup (text);
}

static WbComposition *
make_composition (WbMessage *message, GPtrArray *recipients)
{
  WbComposition *composition = wb_composition_new_draft (message);

  set_text (&composition->from, wb_message_get_header (message, "From"));
  set_text (&composition->to, wb_message_get_header (message, "To"));
  set_text (&composition->cc, wb_message_get_header (message, "Cc"));
  set_text (&composition->subject, wb_message_get_header (message, "Subject"));
  set_text (&composition->in_reply_to, wb_message_get_header (message, "In-Reply-To"));
  set_text (&composition->references, wb_message_get_header (message, "References"));
  g_free (composition->bcc);
  composition->bcc = find_hidden (message, recipients);
  return composition;
}

static gpointer
edit_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;
  g_autoptr (WbMaildir) outbox = NULL;
  g_autoptr (WbMaildir) drafts = NULL;
  g_autoptr (WbOutboxRecord) record = NULL;
  g_autoptr (WbMailSource) wrapped = NULL;
  g_autoptr (WbMailSource) mail = NULL;
  g_autoptr (WbMailSource) saved = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_auto (WbOutboxEnvelope) envelope = { 0 };
  g_autoptr (WbMessage) message = NULL;

  outbox = wb_account_open_folder (job->account, WB_FOLDER_OUTBOX, error);
  drafts = outbox ? wb_account_open_folder (job->account, WB_FOLDER_DRAFTS, error) : NULL;
  if (!drafts)
    return NULL;
  record = wb_outbox_load (outbox, job->name);
  if (record->state == WB_OUTBOX_SENDING || record->state == WB_OUTBOX_SENT)
    {
      g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE,
                           _ ("It is too late to change this mail: it is being sent, or sent."));
      return NULL;
    }
  wrapped = wb_maildir_open_source (outbox, job->name, error);
  mail = wrapped ? wb_outbox_unwrap (wrapped, &envelope, error) : NULL;
  bytes = mail ? wb_mail_source_read_all (mail, error) : NULL;
  message = bytes ? wb_message_parse (bytes, error) : NULL;
  if (!message)
    return NULL;
  job->composition = make_composition (message, envelope.recipients);
  if (record->rest)
    {
      keep_recipients (&job->composition->to, message, "To", envelope.recipients);
      keep_recipients (&job->composition->cc, message, "Cc", envelope.recipients);
    }
  job->composition->notify = envelope.notify;
  job->composition->returned = envelope.returned;
  saved = wb_composition_save (job->composition, FALSE, cancellable, error);
  if (saved)
    job->draft_name = wb_outbox_take_out (outbox, job->name, drafts, saved, error);
  return GINT_TO_POINTER (job->draft_name != NULL);
}

static void
edited_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  WbMailStore *store = g_task_get_source_object (task);
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;

  wb_mail_folder_refresh (wb_mail_store_get_folder (store, job->account, WB_FOLDER_OUTBOX));
  wb_mail_folder_refresh (wb_mail_store_get_folder (store, job->account, WB_FOLDER_DRAFTS));
  wb_mail_send_release (store, job->account, job->name);
  if (wb_session_run_finish (WB_SESSION (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * wb_outbox_edit_async:
 * @store: the accounts
 * @account: whose Outbox
 * @name: a message of it that was not sent
 * @callback: called in the main context
 * @user_data: for @callback
 *
 * Takes a mail out of the Outbox and makes a draft of it. Main thread; the disk is touched on the
 * worker.
 */
void
wb_outbox_edit_async (WbMailStore *store,
                      WbAccount *account,
                      const char *name,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GTask *task = g_task_new (store, NULL, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->account = g_object_ref (account);
  job->name = g_strdup (name);
  g_task_set_source_tag (task, wb_outbox_edit_async);
  g_task_set_task_data (task, job, job_free);
  if (!wb_mail_send_claim (store, account, name))
    {
      g_task_return_new_error (task, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE, "%s",
                               _ ("This mail is being sent already, or is open in a window."));
      g_object_unref (task);
      return;
    }
  wb_session_run_async (wb_mail_store_get_session (store), edit_thread, job, NULL, NULL, NULL,
                        edited_cb, task);
}

/**
 * wb_outbox_edit_finish:
 * @store: the accounts
 * @result: what the callback was given
 * @draft_name: (out): what it is called in Drafts
 * @error: set when it is in the Outbox still
 *
 * Returns: (transfer full) (nullable): what to go on with
 */
WbComposition *
wb_outbox_edit_finish (WbMailStore *store, GAsyncResult *result, char **draft_name, GError **error)
{
  Job *job = g_task_get_task_data (G_TASK (result));

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  *draft_name = g_steal_pointer (&job->draft_name);
  return g_steal_pointer (&job->composition);
}

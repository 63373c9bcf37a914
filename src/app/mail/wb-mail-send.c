/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-mail-send.h"

#include "wb-mail-login.h"
#include "wb-outbox-clock.h"
#include "wb-outbox.h"
#include "wb-server-facts.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct
{
  WbMailLogin login;
  WbProgress *progress;
  char *name;
  gboolean again; /* the person said so, knowing that it may have arrived */
  WbMailSent sent;
} Job;

static void
job_clear (gpointer data)
{
  Job *job = data;

  wb_mail_login_clear (&job->login);
  g_clear_object (&job->progress);
  g_free (job->name);
  wb_mail_sent_clear (&job->sent);
}

static void
job_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, job_clear);
}

static char *
list_refused (GPtrArray *results)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; results && i < results->len; i++)
    {
      const WbSmtpRecipient *recipient = g_ptr_array_index (results, i);

      if (!recipient->accepted)
        g_string_append_printf (text, "%s%s: %u %s", text->len > 0 ? "\n" : "", recipient->address,
                                recipient->code, recipient->text ? recipient->text : "");
    }
  return g_string_free (text, text->len == 0);
}

/* From here on the server has the mail, so nothing that fails may lead to a second sending. */
static gboolean
file_as_sent (Job *job, WbMaildir *outbox, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (WbMaildir) sent = NULL;

  wb_progress_set_step (job->progress, _ ("Keeping a copy in Sent"));
  sent = wb_account_open_folder (job->login.account, WB_FOLDER_SENT, &local_error);
  if (sent)
    return wb_outbox_file (outbox, job->name, sent, error);
  wb_outbox_set_state (outbox, job->name, WB_OUTBOX_SENT, local_error->message, NULL);
  g_propagate_prefixed_error (error, g_steal_pointer (&local_error), "%s",
                              _ ("The mail is sent, but its copy could not be put into Sent: "));
  return FALSE;
}

static void
note_next_try (Job *job, WbMaildir *outbox)
{
  g_autoptr (WbOutboxRecord) record = wb_outbox_load (outbox, job->name);

  job->sent.next_try = wb_outbox_get_due (record);
}

static gpointer
send_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;
  g_autoptr (WbMaildir) outbox = NULL;
  g_autoptr (GPtrArray) results = NULL;
  g_autoptr (WbSmtpClient) client = NULL;
  g_autoptr (GError) local_error = NULL;
  WbOutboxState state = WB_OUTBOX_QUEUED;
  gboolean taken = FALSE;

  outbox = wb_account_open_folder (job->login.account, WB_FOLDER_OUTBOX, error);
  if (!outbox || !wb_outbox_begin (outbox, job->name, job->again, &state, error))
    return NULL;
  job->sent.sent = state == WB_OUTBOX_SENT;
  if (job->sent.sent)
    return file_as_sent (job, outbox, error) ? GINT_TO_POINTER (TRUE) : NULL;
  wb_outbox_clock_remember ();

  client = wb_mail_login_smtp (&job->login, job->progress, &job->sent.conversation, cancellable,
                               &local_error);
  if (!client)
    {
      wb_outbox_fail (outbox, job->name, FALSE, local_error);
      note_next_try (job, outbox);
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  wb_server_facts_keep (job->login.account, client);
  wb_progress_set_step (job->progress, _ ("Handing over the mail"));
  taken = wb_outbox_send (outbox, job->name, client, &results, job->progress, cancellable, error);
  job->sent.refused = list_refused (results);
  job->sent.sent = taken;
  if (!taken)
    note_next_try (job, outbox);
  if (!taken || !file_as_sent (job, outbox, error))
    return NULL;
  /* The server has said 250 to the mail; what it says to QUIT changes nothing. */
  wb_smtp_client_quit (client, cancellable, NULL);
  return GINT_TO_POINTER (TRUE);
}

static GHashTable *
get_claimed (WbMailStore *store)
{
  GHashTable *claimed = g_object_get_data (G_OBJECT (store), "claimed");

  if (!claimed)
    {
      claimed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_object_set_data_full (G_OBJECT (store), "claimed", claimed,
                              (GDestroyNotify) g_hash_table_unref);
    }
  return claimed;
}

/**
 * wb_mail_send_dup_key:
 * @account: whose Outbox
 * @name: a message of it
 *
 * Returns: (transfer full): what tells it from those of all Outboxes
 */
char *
wb_mail_send_dup_key (WbAccount *account, const char *name)
{
  return g_strdup_printf ("%s/%s", wb_account_get_id (account), name);
}

/**
 * wb_mail_send_claim:
 * @store: the accounts
 * @account: whose Outbox
 * @name: a message of it
 *
 * The clock and the person may want the same mail sent, changed or deleted at the same moment. Who
 * has claimed it may do so; nobody else sends it until wb_mail_send_release(). Main thread.
 *
 * Returns: %FALSE when it is claimed already, such as by a sending
 */
gboolean
wb_mail_send_claim (WbMailStore *store, WbAccount *account, const char *name)
{
  return g_hash_table_add (get_claimed (store), wb_mail_send_dup_key (account, name));
}

/**
 * wb_mail_send_release:
 * @store: the accounts
 * @account: whose Outbox
 * @name: a message of it that was claimed
 *
 * It may be sent again, if it is still there: at once where it is due. Main thread.
 */
void
wb_mail_send_release (WbMailStore *store, WbAccount *account, const char *name)
{
  g_autofree char *key = wb_mail_send_dup_key (account, name);
  WbOutboxClock *clock = wb_mail_store_get_clock (store);

  g_hash_table_remove (get_claimed (store), key);
  if (clock)
    wb_outbox_clock_look (clock);
}

/**
 * wb_mail_send_dup_claimed:
 * @store: the accounts
 *
 * Main thread.
 *
 * Returns: (transfer full) (element-type utf8): the keys of what is claimed
 */
GHashTable *
wb_mail_send_dup_claimed (WbMailStore *store)
{
  GHashTable *copy = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer key = NULL;

  g_hash_table_iter_init (&iter, get_claimed (store));
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_hash_table_add (copy, g_strdup (key));
  return copy;
}

static void
refresh_folders (WbMailStore *store, WbAccount *account)
{
  wb_mail_folder_refresh (wb_mail_store_get_folder (store, account, WB_FOLDER_OUTBOX));
  wb_mail_folder_refresh (wb_mail_store_get_folder (store, account, WB_FOLDER_SENT));
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;

  wb_progress_end (job->progress);
  refresh_folders (g_task_get_source_object (task), job->login.account);
  wb_mail_send_release (g_task_get_source_object (task), job->login.account, job->name);
  if (wb_session_run_finish (WB_SESSION (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
start (GTask *task)
{
  g_autoptr (WbSession) session = wb_session_new ("mail-send");
  Job *job = g_task_get_task_data (task);

  wb_session_run_async (session, send_thread, g_atomic_rc_box_acquire (job), job_unref, NULL,
                        g_task_get_cancellable (task), sent_cb, task);
}

static void
lab_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;
  WbLab *lab = wb_workbench_load_lab_finish (WB_WORKBENCH (source), result, &error);

  if (!lab)
    {
      wb_mail_send_release (g_task_get_source_object (task), job->login.account, job->name);
      g_task_return_error (task, error);
      return;
    }
  job->login.lab = g_object_ref (lab);
  start (g_steal_pointer (&task));
}

/**
 * wb_mail_send_async:
 * @store: the accounts
 * @account: whose Outbox and server
 * @name: which message of the Outbox
 * @again: whether to send it though it may have arrived already
 * @progress: told the steps and the bytes
 * @cancellable: (nullable): ends it
 * @callback: called in the main context
 * @user_data: for @callback
 *
 * Hands a message of the Outbox to the account's server on a worker of its own. When the server
 * took it, it moves to Sent; else it stays with its reason. Main thread.
 */
void
wb_mail_send_async (WbMailStore *store,
                    WbAccount *account,
                    const char *name,
                    gboolean again,
                    WbProgress *progress,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  WbWorkbench *workbench = NULL;
  GTask *task = NULL;
  Job *job = NULL;

  g_return_if_fail (WB_IS_MAIL_STORE (store));
  g_return_if_fail (WB_IS_PROGRESS (progress));

  workbench = wb_mail_store_get_workbench (store);
  job = g_atomic_rc_box_new0 (Job);
  wb_mail_login_init (&job->login, workbench, account);
  job->progress = g_object_ref (progress);
  job->name = g_strdup (name);
  job->again = again;
  task = g_task_new (store, cancellable, callback, user_data);
  g_task_set_source_tag (task, wb_mail_send_async);
  /* What was sent stays sent, whenever the cancel came. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, job, job_unref);
  if (!wb_mail_send_claim (store, account, name))
    {
      g_task_return_new_error (task, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE, "%s",
                               _ ("This mail is being sent already, or is open in a window."));
      g_object_unref (task);
      return;
    }
  wb_progress_begin (progress, _ ("Preparing"), -1);
  if (wb_account_is_lab (account))
    wb_workbench_load_lab_async (workbench, cancellable, lab_loaded_cb, task);
  else
    start (task);
}

/**
 * wb_mail_send_finish:
 * @store: the accounts
 * @result: what the callback was given
 * @sent: (out caller-allocates): how it went, also on failure; wb_mail_sent_clear() it
 * @error: set when it is not in Sent; the Outbox says so too
 *
 * Ends wb_mail_send_async().
 *
 * Returns: whether the server took it for somebody and the copy is in Sent
 */
gboolean
wb_mail_send_finish (WbMailStore *store, GAsyncResult *result, WbMailSent *sent, GError **error)
{
  Job *job = NULL;

  g_return_val_if_fail (g_task_is_valid (result, store), FALSE);

  job = g_task_get_task_data (G_TASK (result));
  sent->conversation = job->sent.conversation;
  sent->refused = g_steal_pointer (&job->sent.refused);
  sent->sent = job->sent.sent;
  sent->next_try = job->sent.next_try;
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * wb_mail_sent_clear:
 * @sent: what wb_mail_send_finish() filled
 *
 * Frees what it holds.
 */
void
wb_mail_sent_clear (WbMailSent *sent)
{
  g_clear_pointer (&sent->refused, g_free);
}

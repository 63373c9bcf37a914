/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-mail-send-all.h"

#include "wb-mail-login.h"
#include "wb-outbox-clock.h"
#include "wb-outbox.h"
#include "wb-server-facts.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  WbMailLogin login;
  WbProgress *progress;
  GPtrArray *names; /* (element-type utf8): all that are claimed */
  gboolean chosen;  /* by the person, one by one, knowing of each what is with it */
  WbMailSentAll sent;
} Job;

/* The worker's own: one connection, as long as it lasts. */
typedef struct
{
  Job *job;
  WbMaildir *outbox;
  WbMaildir *folder; /* Sent */
  WbSmtpClient *client;
  gboolean useful; /* a mail went over it */
} Series;

static void
job_clear (gpointer data)
{
  Job *job = data;

  wb_mail_login_clear (&job->login);
  g_clear_object (&job->progress);
  g_ptr_array_unref (job->names);
}

static void
job_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, job_clear);
}

/* Neither one that may have arrived, nor one whose time has not come, unless it was chosen. */
static gboolean
waits (Job *job, WbMaildir *outbox, const char *name)
{
  g_autoptr (WbOutboxRecord) record = wb_outbox_load (outbox, name);

  if (job->chosen)
    return TRUE;
  if (record->state == WB_OUTBOX_SENT || record->state == WB_OUTBOX_FAILED)
    return TRUE;
  return record->state == WB_OUTBOX_QUEUED &&
         record->not_before <= g_get_real_time () / G_USEC_PER_SEC;
}

static GPtrArray *
list_waiting (Job *job, WbMaildir *outbox)
{
  GPtrArray *waiting = g_ptr_array_new ();

  for (guint i = 0; i < job->names->len; i++)
    if (waits (job, outbox, g_ptr_array_index (job->names, i)))
      g_ptr_array_add (waiting, g_ptr_array_index (job->names, i));
  return waiting;
}

/* Some servers end a connection after so many mails; the next ones go over another. One that took
 * none is not tried again. */
static gboolean
connect_again (Series *series, GCancellable *cancellable, GError **error)
{
  Job *job = series->job;

  if (series->client && wb_smtp_client_is_connected (series->client))
    return TRUE;
  if (series->client && !series->useful)
    {
      g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_TEMPORARY,
                           _ ("The server ended the connection with the mail before this one."));
      return FALSE;
    }
  g_clear_object (&series->client);
  series->useful = FALSE;
  series->client =
      wb_mail_login_smtp (&job->login, job->progress, &job->sent.conversation, cancellable, error);
  if (series->client)
    wb_server_facts_keep (job->login.account, series->client);
  return series->client != NULL;
}

/* Returns: whether to go on with the next one. */
static gboolean
send_one (Series *series, const char *name, GCancellable *cancellable, GError **error)
{
  Job *job = series->job;
  g_autoptr (GPtrArray) results = NULL;
  g_autoptr (GError) local_error = NULL;
  WbOutboxState state = WB_OUTBOX_QUEUED;

  /* One that somebody else dealt with in the meantime is none of this. */
  if (!wb_outbox_begin (series->outbox, name, job->chosen, &state, NULL))
    return TRUE;
  if (state == WB_OUTBOX_SENDING)
    {
      if (!connect_again (series, cancellable, &local_error))
        {
          wb_outbox_fail (series->outbox, name, FALSE, local_error);
          job->sent.failed++;
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      if (!wb_outbox_send (series->outbox, name, series->client, &results, NULL, cancellable,
                           &local_error))
        {
          job->sent.failed++;
          if (!g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
            return TRUE;
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      series->useful = TRUE;
    }
  if (wb_outbox_file (series->outbox, name, series->folder, NULL))
    job->sent.sent++;
  else
    job->sent.failed++;
  return TRUE;
}

/* What kept one from the server keeps the others from it: each says so, and is tried again. */
static void
fail_rest (Series *series, GPtrArray *waiting, guint from, const GError *error)
{
  for (guint i = from; i < waiting->len; i++)
    {
      const char *name = g_ptr_array_index (waiting, i);
      WbOutboxState state = WB_OUTBOX_QUEUED;

      if (!wb_outbox_begin (series->outbox, name, FALSE, &state, NULL))
        continue;
      if (state == WB_OUTBOX_SENDING)
        wb_outbox_fail (series->outbox, name, FALSE, error);
      series->job->sent.failed++;
    }
}

static gboolean
send_waiting (Series *series, GPtrArray *waiting, GCancellable *cancellable, GError **error)
{
  Job *job = series->job;
  g_autoptr (GError) local_error = NULL;

  for (guint i = 0; i < waiting->len; i++)
    {
      g_autofree char *step = g_strdup_printf (
          /* Translators: %u are numbers: which of how many mails */
          _ ("Mail %u of %u"), i + 1, waiting->len);

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      wb_progress_set_step (job->progress, step);
      if (!send_one (series, g_ptr_array_index (waiting, i), cancellable, &local_error))
        {
          if (!g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
            fail_rest (series, waiting, i + 1, local_error);
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      wb_progress_set_done (job->progress, i + 1);
    }
  return TRUE;
}

static gpointer
send_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;
  g_autoptr (WbMaildir) outbox = NULL;
  g_autoptr (WbMaildir) folder = NULL;
  g_autoptr (GPtrArray) waiting = NULL;
  Series series = { job, NULL, NULL, NULL, FALSE };
  gboolean good = FALSE;

  outbox = wb_account_open_folder (job->login.account, WB_FOLDER_OUTBOX, error);
  folder = outbox ? wb_account_open_folder (job->login.account, WB_FOLDER_SENT, error) : NULL;
  if (!folder)
    return NULL;
  series.outbox = outbox;
  series.folder = folder;
  waiting = list_waiting (job, outbox);
  wb_progress_set_total (job->progress, waiting->len);
  wb_outbox_clock_remember ();
  good = send_waiting (&series, waiting, cancellable, error);
  /* The server has said 250 to each; what it says to QUIT changes nothing. */
  if (series.client && wb_smtp_client_is_connected (series.client))
    wb_smtp_client_quit (series.client, cancellable, NULL);
  g_clear_object (&series.client);
  return GINT_TO_POINTER (good);
}

static void
release (WbMailStore *store, Job *job)
{
  for (guint i = 0; i < job->names->len; i++)
    wb_mail_send_release (store, job->login.account, g_ptr_array_index (job->names, i));
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  WbMailStore *store = g_task_get_source_object (task);
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;

  wb_progress_end (job->progress);
  wb_mail_folder_refresh (wb_mail_store_get_folder (store, job->login.account, WB_FOLDER_OUTBOX));
  wb_mail_folder_refresh (wb_mail_store_get_folder (store, job->login.account, WB_FOLDER_SENT));
  release (store, job);
  if (wb_session_run_finish (WB_SESSION (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
start (GTask *task)
{
  g_autoptr (WbSession) session = wb_session_new ("mail-send-all");
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
      release (g_task_get_source_object (task), job);
      g_task_return_error (task, error);
      return;
    }
  job->login.lab = g_object_ref (lab);
  start (g_steal_pointer (&task));
}

/**
 * wb_mail_send_all_async:
 * @store: the accounts
 * @account: whose Outbox and server
 * @names: which messages of the Outbox
 * @chosen: whether the person chose each of them, and wants it sent whatever is with it
 * @progress: told which of how many it is
 * @cancellable: (nullable): ends it after the mail that is on its way
 * @callback: called in the main context
 * @user_data: for @callback
 *
 * Hands those of @names that wait to the account's server, one after the other over one connection,
 * on a worker of its own. Left out are those that somebody has in hand and, unless they were
 * chosen, those that may have arrived already and those whose time has not come. Main thread.
 */
void
wb_mail_send_all_async (WbMailStore *store,
                        WbAccount *account,
                        const char *const *names,
                        gboolean chosen,
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
  job->chosen = chosen;
  job->names = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; names[i]; i++)
    if (wb_mail_send_claim (store, account, names[i]))
      g_ptr_array_add (job->names, g_strdup (names[i]));
  task = g_task_new (store, cancellable, callback, user_data);
  g_task_set_source_tag (task, wb_mail_send_all_async);
  /* What was sent stays sent, whenever the cancel came. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, job, job_unref);
  wb_progress_begin (progress, _ ("Preparing"), -1);
  if (wb_account_is_lab (account))
    wb_workbench_load_lab_async (workbench, cancellable, lab_loaded_cb, task);
  else
    start (task);
}

/**
 * wb_mail_send_all_finish:
 * @store: the accounts
 * @result: what the callback was given
 * @sent: (out caller-allocates): how it went, also on failure
 * @error: set when it ended before all were tried
 *
 * Ends wb_mail_send_all_async().
 *
 * Returns: whether all were tried
 */
gboolean
wb_mail_send_all_finish (WbMailStore *store,
                         GAsyncResult *result,
                         WbMailSentAll *sent,
                         GError **error)
{
  Job *job = NULL;

  g_return_val_if_fail (g_task_is_valid (result, store), FALSE);

  job = g_task_get_task_data (G_TASK (result));
  *sent = job->sent;
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * wb_mail_sent_all_describe:
 * @sent: how it went
 *
 * Returns: (transfer full): that, for the person
 */
char *
wb_mail_sent_all_describe (const WbMailSentAll *sent)
{
  g_autofree char *text = g_strdup_printf (
      /* Translators: %u is a number of mails */
      g_dngettext (GETTEXT_PACKAGE, "%u mail sent", "%u mails sent", sent->sent), sent->sent);

  if (sent->failed == 0)
    return g_steal_pointer (&text);
  return g_strdup_printf (
      /* Translators: %s is such as "3 mails sent", %u a number of mails */
      g_dngettext (GETTEXT_PACKAGE, "%s, %u not; the Outbox says why",
                   "%s, %u not; the Outbox says why", sent->failed),
      text, sent->failed);
}

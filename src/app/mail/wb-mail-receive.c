/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-mail-receive.h"

#include "wb-mail-login.h"
#include "wb-mail-seen.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* How much is gathered before it is made durable at once. */
#define BATCH_MESSAGES 64
#define BATCH_BYTES (8 * 1024 * 1024)

typedef struct
{
  WbMailLogin login;
  WbProgress *progress;
  WbMailReceived received;
} Job;

/* The fetching, on its worker. */
typedef struct
{
  Job *job;
  WbMaildir *inbox;
  WbMailSeen *seen;
  GPtrArray *batch;     /* (element-type GBytes) */
  GPtrArray *batch_ids; /* (element-type utf8) */
  gsize batch_size;
} Fetch;

static void
job_clear (gpointer data)
{
  Job *job = data;

  wb_mail_login_clear (&job->login);
  g_clear_object (&job->progress);
  wb_mail_received_clear (&job->received);
}

static void
job_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, job_clear);
}

static char *
content_id (GBytes *message)
{
  g_autofree char *hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, message);

  return g_strconcat ("sha256:", hash, NULL);
}

/* The mails are on the disk before their UIDs are: a stop in between costs a double at the worst,
 * the other order would cost a mail. */
static gboolean
flush_batch (Fetch *fetch, GError **error)
{
  if (fetch->batch->len == 0)
    return TRUE;
  if (!wb_maildir_deliver_many (fetch->inbox, fetch->batch, NULL, error))
    return FALSE;
  fetch->job->received.fresh += fetch->batch->len;
  for (guint i = 0; i < fetch->batch_ids->len; i++)
    wb_mail_seen_add (fetch->seen, g_ptr_array_index (fetch->batch_ids, i));
  g_ptr_array_set_size (fetch->batch, 0);
  g_ptr_array_set_size (fetch->batch_ids, 0);
  fetch->batch_size = 0;
  return wb_mail_seen_flush (fetch->seen, error);
}

static gboolean
take_message (const WbPop3Item *item, GBytes *message, gpointer user_data, GError **error)
{
  Fetch *fetch = user_data;

  if (!item->uid)
    {
      g_autofree char *id = content_id (message);

      if (wb_mail_seen_contains (fetch->seen, id))
        return TRUE;
      g_ptr_array_add (fetch->batch_ids, g_steal_pointer (&id));
    }
  else
    g_ptr_array_add (fetch->batch_ids, g_strdup (item->uid));
  g_ptr_array_add (fetch->batch, g_bytes_ref (message));
  fetch->batch_size += g_bytes_get_size (message);
  if (fetch->batch->len < BATCH_MESSAGES && fetch->batch_size < BATCH_BYTES)
    return TRUE;
  return flush_batch (fetch, error);
}

/* A server whose UIDs are missing or not unique can't be trusted to delete the right ones. */
static gboolean
uids_are_sound (GPtrArray *items)
{
  g_autoptr (GHashTable) uids = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < items->len; i++)
    {
      const WbPop3Item *item = g_ptr_array_index (items, i);

      if (!item->uid || !g_hash_table_add (uids, item->uid))
        return FALSE;
    }
  return TRUE;
}

static gboolean
delete_from_server (WbPop3Client *client,
                    GPtrArray *items,
                    WbMailSeen *seen,
                    GCancellable *cancellable,
                    GError **error)
{
  for (guint i = 0; i < items->len; i++)
    {
      const WbPop3Item *item = g_ptr_array_index (items, i);

      if (wb_mail_seen_contains (seen, item->uid) &&
          !wb_pop3_client_delete (client, item->number, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

static GPtrArray *
choose_fresh (GPtrArray *items, WbMailSeen *seen)
{
  GPtrArray *fresh = g_ptr_array_new ();

  for (guint i = 0; i < items->len; i++)
    {
      WbPop3Item *item = g_ptr_array_index (items, i);

      if (!item->uid || !wb_mail_seen_contains (seen, item->uid))
        g_ptr_array_add (fresh, item);
    }
  return fresh;
}

static gboolean
fetch_all (Job *job,
           WbPop3Client *client,
           WbMaildir *inbox,
           WbMailSeen *seen,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (GPtrArray) items = wb_pop3_client_list (client, cancellable, error);
  g_autoptr (GPtrArray) fresh = items ? choose_fresh (items, seen) : NULL;
  g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GPtrArray) batch_ids = g_ptr_array_new_with_free_func (g_free);
  Fetch fetch = { job, inbox, seen, batch, batch_ids, 0 };
  g_autoptr (GError) local_error = NULL;
  gboolean sound;

  if (!items)
    return FALSE;
  sound = uids_are_sound (items);
  if (fresh->len > 0)
    {
      g_autofree char *step = g_strdup_printf (
          g_dngettext (GETTEXT_PACKAGE, "Receiving %u mail", "Receiving %u mails", fresh->len),
          fresh->len);

      wb_progress_set_step (job->progress, step);
      wb_pop3_client_retrieve_many (client, fresh, take_message, &fetch, job->progress, cancellable,
                                    &local_error);
      /* What came whole is kept, whatever ended it. */
      if (!flush_batch (&fetch, local_error ? NULL : &local_error) || local_error)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
    }
  if (!sound)
    job->received.warning = g_strdup (
        _ ("The server does not number its mails reliably. They were told apart by their content, "
           "and none was deleted from the server."));
  else if (!wb_account_get_leave_on_server (job->login.account) &&
           !delete_from_server (client, items, seen, cancellable, error))
    return FALSE;
  return wb_pop3_client_quit (client, cancellable, error);
}

static gpointer
receive_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;
  g_autofree char *directory = wb_account_dup_directory (job->login.account);
  g_autofree char *path = g_build_filename (directory, "received", NULL);
  g_autofree char *server = NULL;
  g_autoptr (WbMaildir) inbox = wb_account_open_folder (job->login.account, WB_FOLDER_INBOX, error);
  g_autoptr (WbMailSeen) seen = NULL;
  g_autoptr (WbPop3Client) client = NULL;

  if (!inbox)
    return NULL;
  client = wb_mail_login_pop3 (&job->login, job->progress, &job->received.conversation, &server,
                               cancellable, error);
  if (!client)
    return NULL;
  seen = wb_mail_seen_open (path, server, error);
  if (!seen || !fetch_all (job, client, inbox, seen, cancellable, error))
    return NULL;
  return GINT_TO_POINTER (TRUE);
}

static void
received_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Job *job = g_task_get_task_data (task);
  WbMailStore *store = g_task_get_source_object (task);
  GError *error = NULL;

  wb_progress_end (job->progress);
  wb_mail_folder_refresh (wb_mail_store_get_folder (store, job->login.account, WB_FOLDER_INBOX));
  if (wb_session_run_finish (WB_SESSION (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
start (GTask *task)
{
  g_autoptr (WbSession) session = wb_session_new ("mail-receive");
  Job *job = g_task_get_task_data (task);

  wb_session_run_async (session, receive_thread, g_atomic_rc_box_acquire (job), job_unref, NULL,
                        g_task_get_cancellable (task), received_cb, task);
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
      g_task_return_error (task, error);
      return;
    }
  job->login.lab = g_object_ref (lab);
  start (g_steal_pointer (&task));
}

/**
 * wb_mail_receive_async:
 * @store: the accounts
 * @account: whose mail
 * @progress: told the steps and the bytes
 * @cancellable: (nullable): ends it
 * @callback: called in the main context
 * @user_data: for @callback
 *
 * Fetches by POP3 what is not here yet into the account's Inbox, on a worker of its own. A mail
 * is deleted from the server only where the account says so and only after it is on the disk.
 * Main thread.
 */
void
wb_mail_receive_async (WbMailStore *store,
                       WbAccount *account,
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
  task = g_task_new (store, cancellable, callback, user_data);
  g_task_set_source_tag (task, wb_mail_receive_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, job, job_unref);
  wb_progress_begin (progress, _ ("Preparing"), -1);
  if (wb_account_is_lab (account))
    wb_workbench_load_lab_async (workbench, cancellable, lab_loaded_cb, task);
  else
    start (task);
}

/**
 * wb_mail_receive_finish:
 * @store: the accounts
 * @result: what the callback was given
 * @received: (out caller-allocates): how it went, also on failure; wb_mail_received_clear() it
 * @error: set with the step that failed
 *
 * Ends wb_mail_receive_async().
 *
 * Returns: whether all there was is in the Inbox
 */
gboolean
wb_mail_receive_finish (WbMailStore *store,
                        GAsyncResult *result,
                        WbMailReceived *received,
                        GError **error)
{
  Job *job = NULL;

  g_return_val_if_fail (g_task_is_valid (result, store), FALSE);

  job = g_task_get_task_data (G_TASK (result));
  received->fresh = job->received.fresh;
  received->conversation = job->received.conversation;
  received->warning = g_steal_pointer (&job->received.warning);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * wb_mail_received_clear:
 * @received: what wb_mail_receive_finish() filled
 *
 * Frees what it holds.
 */
void
wb_mail_received_clear (WbMailReceived *received)
{
  g_clear_pointer (&received->warning, g_free);
}

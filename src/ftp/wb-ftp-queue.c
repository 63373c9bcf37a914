/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-queue-private.h"

#include "wb-error.h"
#include "wb-secrets.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define CONNECTIONS_DEFAULT 4
#define CONNECTIONS_MAX 16
#define RETRIES_DEFAULT 2

/* A server that takes no connection at all is asked again after so many ms, then after twice that,
 * and so on; what broke off is tried again after so many, then after twice that. */
#define PAUSE 250
#define RETRY_DELAY 500

static void wb_ftp_queue_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WbFtpQueue,
                               wb_ftp_queue,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      wb_ftp_queue_list_model_init))

enum
{
  SIGNAL_IDLE,
  SIGNAL_CONFLICT,
  SIGNAL_CROWDED,
  SIGNAL_ENDED,
  SIGNAL_TOTALS_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static GType
wb_ftp_queue_get_item_type (GListModel *model)
{
  return WB_TYPE_FTP_TRANSFER;
}

static guint
wb_ftp_queue_get_n_items (GListModel *model)
{
  return WB_FTP_QUEUE (model)->transfers->len;
}

static gpointer
wb_ftp_queue_get_item (GListModel *model, guint position)
{
  WbFtpQueue *self = WB_FTP_QUEUE (model);

  return position < self->transfers->len ? g_object_ref (self->transfers->pdata[position]) : NULL;
}

static void
wb_ftp_queue_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = wb_ftp_queue_get_item_type;
  iface->get_n_items = wb_ftp_queue_get_n_items;
  iface->get_item = wb_ftp_queue_get_item;
}

/* All of them at the end, each after what it is doing. */
void
wb_ftp_queue_hang_up (WbFtpQueue *self, gboolean busy_too)
{
  for (guint i = 0; i < self->workers->len; i++)
    if (self->workers->pdata[i] != NULL && (busy_too || !g_array_index (self->busy, gboolean, i)))
      {
        wb_ftp_worker_hang_up (self->workers->pdata[i]);
        g_array_index (self->warm, gboolean, i) = FALSE;
      }
}

static void
wb_ftp_queue_dispose (GObject *object)
{
  WbFtpQueue *self = WB_FTP_QUEUE (object);

  g_clear_handle_id (&self->linger_id, g_source_remove);
  g_clear_handle_id (&self->pause_id, g_source_remove);
  g_clear_handle_id (&self->totals_id, g_source_remove);
  for (guint i = 0; i < self->transfers->len; i++)
    if (wb_ftp_transfer_get_state (self->transfers->pdata[i]) == WB_FTP_TRANSFER_RUNNING)
      g_cancellable_cancel (wb_ftp_transfer_get_cancellable (self->transfers->pdata[i]));
  g_queue_clear_full (&self->waiting, g_object_unref);
  g_queue_clear_full (&self->asking, g_object_unref);
  g_queue_clear_full (&self->reserve, (GDestroyNotify) wb_ftp_children_free);
  wb_ftp_queue_hang_up (self, TRUE);
  g_ptr_array_set_size (self->workers, 0);
  g_ptr_array_set_size (self->transfers, 0);
  g_clear_object (&self->wire);
  g_clear_object (&self->trust);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->limit, wb_limit_unref);
  g_clear_pointer (&self->upload_limit, wb_limit_unref);

  G_OBJECT_CLASS (wb_ftp_queue_parent_class)->dispose (object);
}

static void
wb_ftp_queue_finalize (GObject *object)
{
  WbFtpQueue *self = WB_FTP_QUEUE (object);

  g_clear_pointer (&self->url, wb_url_free);
  g_ptr_array_unref (self->transfers);
  g_ptr_array_unref (self->workers);
  g_array_unref (self->busy);
  g_array_unref (self->warm);
  g_ptr_array_unref (self->now);

  G_OBJECT_CLASS (wb_ftp_queue_parent_class)->finalize (object);
}

static void
wb_ftp_queue_class_init (WbFtpQueueClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_ftp_queue_dispose;
  G_OBJECT_CLASS (klass)->finalize = wb_ftp_queue_finalize;

  /**
   * WbFtpQueue::idle:
   *
   * Nothing waits or runs any more, or the queue is paused and nothing runs.
   */
  signals[SIGNAL_IDLE] = g_signal_new ("idle", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * WbFtpQueue::conflict:
   * @transfer: the #WbFtpTransfer whose target exists; wb_ftp_transfer_get_conflict() has the two
   *
   * Asks what is to be done: wb_ftp_queue_answer(), at once or later.
   */
  signals[SIGNAL_CONFLICT] =
      g_signal_new ("conflict", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, WB_TYPE_FTP_TRANSFER);

  /**
   * WbFtpQueue::crowded:
   *
   * The server lets in nobody more, and this queue has no session. Whoever has one may give it:
   * wb_ftp_queue_give_client(), at once or later.
   *
   * Returns: whether one may come, so that this is no reason to give up
   */
  signals[SIGNAL_CROWDED] =
      g_signal_new ("crowded", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                    g_signal_accumulator_true_handled, NULL, NULL, G_TYPE_BOOLEAN, 0);

  /**
   * WbFtpQueue::ended:
   * @transfer: a #WbFtpTransfer that is done, failed, skipped or cancelled
   *
   * It has left the list, see wb_ftp_queue_set_forgets().
   */
  signals[SIGNAL_ENDED] = g_signal_new ("ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, WB_TYPE_FTP_TRANSFER);

  /**
   * WbFtpQueue::totals-changed:
   *
   * wb_ftp_queue_get_totals() says something new.
   */
  signals[SIGNAL_TOTALS_CHANGED] =
      g_signal_new ("totals-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 0);
}

static void
unref_worker (gpointer worker)
{
  if (worker != NULL)
    wb_ftp_worker_unref (worker);
}

static void
wb_ftp_queue_init (WbFtpQueue *self)
{
  self->transfers = g_ptr_array_new_with_free_func (g_object_unref);
  self->workers = g_ptr_array_new_with_free_func (unref_worker);
  self->busy = g_array_new (FALSE, TRUE, sizeof (gboolean));
  self->warm = g_array_new (FALSE, TRUE, sizeof (gboolean));
  self->now = g_ptr_array_new ();
  self->retries = RETRIES_DEFAULT;
  self->segments = 1;
  self->pause_unit = PAUSE;
  self->delay_unit = RETRY_DELAY;
  self->batch = WB_FTP_BATCH_MIN;
  self->idle = TRUE;
  g_queue_init (&self->waiting);
}

/**
 * wb_ftp_queue_new:
 * @wire: (nullable): where to log
 * @trust: (nullable): needed when TLS is to be used
 * @url: the server, with user and password; its path is not used
 * @connections: how many transfers may run at once; 0 is 4
 *
 * Nothing is connected until there is something to do.
 *
 * Returns: (transfer full): a new queue, which belongs to the calling thread
 */
WbFtpQueue *
wb_ftp_queue_new (WbWire *wire, WbTrust *trust, const WbUrl *url, guint connections)
{
  WbFtpQueue *self = NULL;

  g_return_val_if_fail (url != NULL, NULL);

  self = g_object_new (WB_TYPE_FTP_QUEUE, NULL);
  g_set_object (&self->wire, wire);
  g_set_object (&self->trust, trust);
  self->url = wb_url_copy (url);
  g_ptr_array_set_size (self->workers, CONNECTIONS_MAX);
  g_array_set_size (self->busy, CONNECTIONS_MAX);
  g_array_set_size (self->warm, CONNECTIONS_MAX);
  wb_ftp_queue_set_connections (self, connections);
  return self;
}

/**
 * wb_ftp_queue_set_timeout:
 * @seconds: how long the server may be silent; 0 is 30
 *
 * For connections that are made from now on.
 */
void
wb_ftp_queue_set_timeout (WbFtpQueue *self, guint seconds)
{
  g_return_if_fail (WB_IS_FTP_QUEUE (self));

  self->timeout = seconds;
}

/**
 * wb_ftp_queue_set_settings:
 * @settings: (nullable): a client that need not be connected, whose charset, time offset,
 *   proxy and so on are used, see wb_ftp_client_copy_settings(); not to be changed afterwards
 *
 * For connections that are made from now on.
 */
void
wb_ftp_queue_set_settings (WbFtpQueue *self, WbFtpClient *settings)
{
  g_return_if_fail (WB_IS_FTP_QUEUE (self));

  g_set_object (&self->settings, settings);
}

/**
 * wb_ftp_queue_give_client:
 * @client: (transfer full): a session of this server that is logged in, and that nobody else
 *   uses any more
 *
 * Spares the queue its first login. To be called before anything is added, or where the server
 * lets in nobody more; what waits begins at once then.
 */
void
wb_ftp_queue_give_client (WbFtpQueue *self, WbFtpClient *client)
{
  WbFtpWorker *worker = NULL;
  guint place = 0;

  g_return_if_fail (WB_IS_FTP_QUEUE (self));
  g_return_if_fail (WB_IS_FTP_CLIENT (client));

  while (place < self->workers->len - 1 && g_array_index (self->busy, gboolean, place))
    place++;
  g_return_if_fail (!g_array_index (self->busy, gboolean, place));
  worker = wb_ftp_worker_new (self->wire, self->trust, self->url, self->timeout, self->settings);
  worker->client = client;
  worker->last_used = g_get_monotonic_time ();
  /* One that was hung up may not have heard of it yet. */
  g_clear_pointer (&self->workers->pdata[place], wb_ftp_worker_unref);
  self->workers->pdata[place] = worker;
  g_array_index (self->warm, gboolean, place) = TRUE;
  g_clear_handle_id (&self->pause_id, g_source_remove);
  wb_ftp_queue_dispatch (self);
}

/**
 * wb_ftp_queue_take_client:
 *
 * Takes a session out of an idle queue, the one that was used last, and ends the others: where a
 * server lets in one alone, there is no other way to do something behind the transfers.
 *
 * Returns: (transfer full) (nullable): a session that is logged in, or %NULL if there is none;
 *   what it did last may have been stopped, see wb_ftp_client_recover()
 */
WbFtpClient *
wb_ftp_queue_take_client (WbFtpQueue *self)
{
  WbFtpWorker *last = NULL;
  WbFtpClient *client = NULL;

  g_return_val_if_fail (WB_IS_FTP_QUEUE (self), NULL);

  for (guint i = 0; i < self->workers->len; i++)
    {
      WbFtpWorker *worker = self->workers->pdata[i];

      if (worker != NULL && !g_array_index (self->busy, gboolean, i) &&
          g_array_index (self->warm, gboolean, i) &&
          (last == NULL || worker->last_used > last->last_used))
        last = worker;
    }
  if (last != NULL)
    client = g_steal_pointer (&last->client);
  wb_ftp_queue_hang_up (self, FALSE);
  return client;
}

/**
 * wb_ftp_queue_set_connections:
 * @connections: how many transfers may run at once, up to 16; 0 is 4
 *
 * What runs already goes on.
 */
void
wb_ftp_queue_set_connections (WbFtpQueue *self, guint connections)
{
  g_return_if_fail (WB_IS_FTP_QUEUE (self));

  self->wanted = connections == 0 ? CONNECTIONS_DEFAULT : MIN (connections, CONNECTIONS_MAX);
  self->connections = self->wanted;
  wb_ftp_queue_dispatch (self);
}

/**
 * wb_ftp_queue_set_password:
 * @password: (nullable): for the user of the queue's URL
 *
 * For logins from now on: idle connections are ended, so that what comes next uses it. For a
 * queue that was restored without one, or whose password turned out to be wrong.
 */
void
wb_ftp_queue_set_password (WbFtpQueue *self, const char *password)
{
  g_return_if_fail (WB_IS_FTP_QUEUE (self));

  if (g_strcmp0 (self->url->password, password) == 0)
    return;
  wb_secret_free (self->url->password);
  self->url->password = g_strdup (password);
  /* Each worker has a copy of its own; one that is busy has logged in already. */
  for (guint i = 0; i < self->workers->len; i++)
    if (self->workers->pdata[i] != NULL && !g_array_index (self->busy, gboolean, i))
      {
        wb_ftp_worker_hang_up (self->workers->pdata[i]);
        g_clear_pointer (&self->workers->pdata[i], wb_ftp_worker_unref);
        g_array_index (self->warm, gboolean, i) = FALSE;
      }
}

/**
 * wb_ftp_queue_set_limit:
 * @limit: (nullable): a limit, which other queues may share; its rate may change at any time
 *
 * For transfers that begin from now on.
 */
void
wb_ftp_queue_set_limit (WbFtpQueue *self, WbLimit *limit)
{
  g_return_if_fail (WB_IS_FTP_QUEUE (self));

  g_clear_pointer (&self->limit, wb_limit_unref);
  if (limit != NULL)
    self->limit = wb_limit_ref (limit);
}

/**
 * wb_ftp_queue_set_upload_limit:
 * @limit: (nullable): a limit for uploads alone; %NULL puts them under that of
 *   wb_ftp_queue_set_limit() as well
 *
 * For transfers that begin from now on.
 */
void
wb_ftp_queue_set_upload_limit (WbFtpQueue *self, WbLimit *limit)
{
  g_return_if_fail (WB_IS_FTP_QUEUE (self));

  g_clear_pointer (&self->upload_limit, wb_limit_unref);
  if (limit != NULL)
    self->upload_limit = wb_limit_ref (limit);
}

/**
 * wb_ftp_queue_set_flags:
 * @flags: %WB_FTP_FILE_RESUME, %WB_FTP_FILE_VERIFY and %WB_FTP_FILE_TEXT; others do not
 *   count
 *
 * How files are moved; none of them by default.
 */
void
wb_ftp_queue_set_flags (WbFtpQueue *self, WbFtpFileFlags flags)
{
  g_return_if_fail (WB_IS_FTP_QUEUE (self));

  self->flags = flags & (WB_FTP_FILE_RESUME | WB_FTP_FILE_VERIFY | WB_FTP_FILE_TEXT);
}

/**
 * wb_ftp_queue_set_keep:
 * @keep: what goes with a file; nothing by default
 *
 * Costs nothing for downloads out of a listing, and a command each for uploads.
 */
void
wb_ftp_queue_set_keep (WbFtpQueue *self, WbFtpKeep keep)
{
  g_return_if_fail (WB_IS_FTP_QUEUE (self));

  self->keep = keep;
}

/**
 * wb_ftp_queue_set_retries:
 * @retries: how many more attempts a transfer gets that broke off for a reason that may
 *   pass; 2 by default
 *
 * The first comes after half a second, each further one after twice the time.
 */
void
wb_ftp_queue_set_retries (WbFtpQueue *self, guint retries)
{
  g_return_if_fail (WB_IS_FTP_QUEUE (self));

  self->retries = retries;
}

/**
 * wb_ftp_queue_set_forgets:
 * @forgets: whether what has ended leaves the list, told of by the `ended` signal; FALSE by default
 *
 * For a queue that nobody looks at while it runs. What is in a folder comes to the list when its
 * turn comes, too, one folder after the other, so that a tree of any size takes little memory. The
 * totals have all of it in them. To be called before anything is added.
 */
void
wb_ftp_queue_set_forgets (WbFtpQueue *self, gboolean forgets)
{
  g_return_if_fail (WB_IS_FTP_QUEUE (self));

  self->forgets = forgets;
}

/**
 * wb_ftp_queue_set_segments:
 * @segments: over how many connections a large download may be spread; 1 by default. Never
 *   more than are free
 * @minimum: from how many bytes on a file is large
 *
 * A file that a server or a router slows down on each connection comes faster in pieces.
 * One that changes meanwhile is received again in one piece.
 */
void
wb_ftp_queue_set_segments (WbFtpQueue *self, guint segments, gint64 minimum)
{
  g_return_if_fail (WB_IS_FTP_QUEUE (self));

  self->segments = MAX (segments, 1);
  self->segments_minimum = MAX (minimum, 1);
}

/**
 * wb_ftp_queue_get_url:
 *
 * Returns: (transfer none): the server
 */
const WbUrl *
wb_ftp_queue_get_url (WbFtpQueue *self)
{
  g_return_val_if_fail (WB_IS_FTP_QUEUE (self), NULL);

  return self->url;
}

/* The plans of all that is not finished, for whoever keeps them. */
GPtrArray *
wb_ftp_queue_get_unfinished (WbFtpQueue *self)
{
  GPtrArray *plans = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_ftp_plan_unref);

  for (guint i = 0; i < self->transfers->len; i++)
    {
      WbFtpTransferState state = wb_ftp_transfer_get_state (self->transfers->pdata[i]);

      /* What failed may be tried again by a person who comes back. */
      if (state != WB_FTP_TRANSFER_DONE && state != WB_FTP_TRANSFER_SKIPPED &&
          state != WB_FTP_TRANSFER_CANCELLED)
        g_ptr_array_add (plans,
                         wb_ftp_plan_ref (wb_ftp_transfer_get_plan (self->transfers->pdata[i])));
    }
  for (GList *l = self->reserve.head; l != NULL; l = l->next)
    for (guint i = l == self->reserve.head ? self->taken : 0; i < wb_ftp_children_count (l->data);
         i++)
      g_ptr_array_add (plans, wb_ftp_children_make_plan (l->data, i));
  return plans;
}

/* A transfer that waited does not any more. */
void
wb_ftp_queue_look_again (WbFtpQueue *self)
{
  GList *next = NULL;

  for (GList *l = self->waiting.head; l != NULL; l = next)
    {
      next = l->next;
      if (wb_ftp_transfer_get_state (l->data) == WB_FTP_TRANSFER_QUEUED)
        break;
      g_object_unref (l->data);
      g_queue_delete_link (&self->waiting, l);
    }
  wb_ftp_queue_check_idle (self);
}

/* Lets a transfer of this queue wait for its turn again. */
void
wb_ftp_queue_put_back (WbFtpQueue *self, WbFtpTransfer *transfer)
{
  g_queue_push_tail (&self->waiting, g_object_ref (transfer));
  wb_ftp_queue_dispatch (self);
}

/* Takes @plan. @state is that a transfer begins with: queued or paused. */
void
wb_ftp_queue_add_plan (WbFtpQueue *self, WbFtpPlan *plan, WbFtpTransferState state)
{
  WbFtpTransfer *transfer = wb_ftp_transfer_new (self, plan);

  g_ptr_array_add (self->transfers, transfer);
  if (state == WB_FTP_TRANSFER_QUEUED)
    g_queue_push_tail (&self->waiting, g_object_ref (transfer));
  else
    wb_ftp_transfer_set_state (transfer, state, NULL);
  g_list_model_items_changed (G_LIST_MODEL (self), self->transfers->len - 1, 0, 1);
  wb_ftp_queue_dispatch (self);
}

static void
add (WbFtpQueue *self, WbFtpPlan *plan, WbFtpIfExists if_exists)
{
  plan->if_exists = if_exists;
  wb_ftp_queue_add_plan (self, plan, WB_FTP_TRANSFER_QUEUED);
}

/**
 * wb_ftp_queue_add_upload:
 * @local: a file or folder on this computer
 * @remote_directory: the folder on the server, in its bytes; "" is where a login leads
 * @if_exists: what to do about files that are there
 *
 * What cannot be sent, such as a FIFO, becomes a transfer that failed.
 */
void
wb_ftp_queue_add_upload (WbFtpQueue *self,
                         GFile *local,
                         const char *remote_directory,
                         WbFtpIfExists if_exists)
{
  g_autofree char *name = NULL;

  g_return_if_fail (WB_IS_FTP_QUEUE (self));
  g_return_if_fail (G_IS_FILE (local));
  g_return_if_fail (remote_directory != NULL);

  name = g_file_get_basename (local);
  add (self, wb_ftp_plan_new_in (TRUE, local, remote_directory, name), if_exists);
}

/**
 * wb_ftp_queue_add_upload_as:
 * @remote: what @local is to be called on the server, with its folder
 *
 * Like wb_ftp_queue_add_upload(), under another name.
 */
void
wb_ftp_queue_add_upload_as (WbFtpQueue *self,
                            GFile *local,
                            const char *remote,
                            WbFtpIfExists if_exists)
{
  g_return_if_fail (WB_IS_FTP_QUEUE (self));
  g_return_if_fail (G_IS_FILE (local));
  g_return_if_fail (remote != NULL);

  add (self, wb_ftp_plan_new (TRUE, local, remote), if_exists);
}

/**
 * wb_ftp_queue_add_download:
 * @entry: a file, folder or link on the server
 * @remote_directory: the folder that @entry is in; "" is where a login leads
 * @local_directory: a folder on this computer
 * @if_exists: what to do about files that are there
 *
 * Whatever the server calls things, nothing outside @local_directory is written.
 */
void
wb_ftp_queue_add_download (WbFtpQueue *self,
                           WbFtpEntry *entry,
                           const char *remote_directory,
                           GFile *local_directory,
                           WbFtpIfExists if_exists)
{
  const char *name = NULL;
  g_autoptr (GFile) local = NULL;
  WbFtpPlan *plan = NULL;

  g_return_if_fail (WB_IS_FTP_QUEUE (self));
  g_return_if_fail (WB_IS_FTP_ENTRY (entry));
  g_return_if_fail (remote_directory != NULL);
  g_return_if_fail (G_IS_FILE (local_directory));

  name = wb_ftp_entry_get_name (entry);
  g_return_if_fail (wb_ftp_name_is_usable (name));

  local = g_file_get_child (local_directory, name);
  plan = wb_ftp_plan_new_in (FALSE, local, remote_directory, name);
  wb_ftp_plan_take_entry (plan, entry);
  add (self, plan, if_exists);
}

/**
 * wb_ftp_queue_add_download_as:
 * @entry: (nullable): what a listing said about it; %NULL is a file that nothing is known of
 * @remote: where it is on the server
 * @local: what it is to be called on this computer
 *
 * Like wb_ftp_queue_add_download(), under another name.
 */
void
wb_ftp_queue_add_download_as (WbFtpQueue *self,
                              WbFtpEntry *entry,
                              const char *remote,
                              GFile *local,
                              WbFtpIfExists if_exists)
{
  WbFtpPlan *plan = NULL;

  g_return_if_fail (WB_IS_FTP_QUEUE (self));
  g_return_if_fail (entry == NULL || WB_IS_FTP_ENTRY (entry));
  g_return_if_fail (remote != NULL);
  g_return_if_fail (G_IS_FILE (local));

  plan = wb_ftp_plan_new (FALSE, local, remote);
  plan->type = WB_FTP_ENTRY_FILE;
  if (entry != NULL)
    wb_ftp_plan_take_entry (plan, entry);
  add (self, plan, if_exists);
}

/**
 * wb_ftp_queue_answer:
 * @transfer: one that waits for an answer; else nothing happens
 * @rule: what to do; %WB_FTP_IF_EXISTS_ASK is to cancel it
 * @for_all: whether that is the answer to all further conflicts, until nothing is left to do
 *
 * Answers a `conflict`.
 */
void
wb_ftp_queue_answer (WbFtpQueue *self,
                     WbFtpTransfer *transfer,
                     WbFtpIfExists rule,
                     gboolean for_all)
{
  WbFtpTransfer *other = NULL;

  g_return_if_fail (WB_IS_FTP_QUEUE (self));
  g_return_if_fail (WB_IS_FTP_TRANSFER (transfer));

  if (wb_ftp_transfer_get_state (transfer) != WB_FTP_TRANSFER_CONFLICT)
    return;
  if (rule == WB_FTP_IF_EXISTS_ASK && for_all)
    {
      wb_ftp_queue_cancel_all (self);
      return;
    }
  g_object_ref (transfer);
  if (g_queue_remove (&self->asking, transfer))
    g_object_unref (transfer);
  if (for_all)
    {
      self->has_answer = TRUE;
      self->answer = rule;
    }

  for (other = transfer; other != NULL; other = for_all ? g_queue_pop_head (&self->asking) : NULL)
    {
      if (wb_ftp_transfer_get_state (other) == WB_FTP_TRANSFER_CONFLICT)
        {
          if (rule == WB_FTP_IF_EXISTS_ASK)
            wb_ftp_transfer_set_state (other, WB_FTP_TRANSFER_CANCELLED, NULL);
          else
            {
              wb_ftp_transfer_set_rule (other, rule);
              wb_ftp_transfer_renew (other, WB_FTP_TRANSFER_QUEUED);
              g_queue_push_head (&self->waiting, g_object_ref (other));
            }
        }
      g_object_unref (other);
    }
  wb_ftp_queue_ask_next (self);
  wb_ftp_queue_dispatch (self);
}

/**
 * wb_ftp_queue_set_paused:
 * @paused: whether nothing is to run
 *
 * Pauses all of it, or goes on. What runs is broken off and waits as the first; how much
 * of it is gone on with later is for the flags to say (%WB_FTP_FILE_RESUME).
 */
void
wb_ftp_queue_set_paused (WbFtpQueue *self, gboolean paused)
{
  g_return_if_fail (WB_IS_FTP_QUEUE (self));

  if (self->paused == !!paused)
    return;
  self->paused = !!paused;
  for (guint i = 0; paused && i < self->now->len; i++)
    wb_ftp_transfer_stop_to_pause (self->now->pdata[i]);
  wb_ftp_queue_dispatch (self);
}

/**
 * wb_ftp_queue_get_paused:
 *
 * Returns: whether it is paused
 */
gboolean
wb_ftp_queue_get_paused (WbFtpQueue *self)
{
  g_return_val_if_fail (WB_IS_FTP_QUEUE (self), FALSE);

  return self->paused;
}

/**
 * wb_ftp_queue_retry:
 * @transfer: one of this queue that failed or was cancelled; else nothing happens
 *
 * Puts it behind what waits, to begin again.
 */
void
wb_ftp_queue_retry (WbFtpQueue *self, WbFtpTransfer *transfer)
{
  WbFtpTransferState state = WB_FTP_TRANSFER_DONE;

  g_return_if_fail (WB_IS_FTP_QUEUE (self));
  g_return_if_fail (WB_IS_FTP_TRANSFER (transfer));

  state = wb_ftp_transfer_get_state (transfer);
  if ((state != WB_FTP_TRANSFER_FAILED && state != WB_FTP_TRANSFER_CANCELLED) ||
      wb_ftp_queue_find (self, transfer) == G_MAXUINT)
    return;
  wb_ftp_transfer_renew (transfer, WB_FTP_TRANSFER_QUEUED);
  wb_ftp_queue_put_back (self, transfer);
}

/**
 * wb_ftp_queue_clear_finished:
 *
 * Takes what is done, skipped, failed or cancelled off the list.
 */
void
wb_ftp_queue_clear_finished (WbFtpQueue *self)
{
  g_autoptr (GPtrArray) kept = NULL;
  guint before = 0;

  g_return_if_fail (WB_IS_FTP_QUEUE (self));

  kept = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < self->transfers->len; i++)
    if (!wb_ftp_transfer_has_ended (self->transfers->pdata[i]))
      g_ptr_array_add (kept, g_object_ref (self->transfers->pdata[i]));
    else
      wb_ftp_transfer_leave (self->transfers->pdata[i]);

  before = self->transfers->len;
  if (kept->len == before)
    return;
  g_ptr_array_unref (self->transfers);
  self->transfers = g_steal_pointer (&kept);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, before, self->transfers->len);
}

/**
 * wb_ftp_queue_cancel_all:
 *
 * Cancels what waits or is paused at once, and what runs within 200 ms.
 */
void
wb_ftp_queue_cancel_all (WbFtpQueue *self)
{
  WbFtpTransfer *reserved = NULL;

  g_return_if_fail (WB_IS_FTP_QUEUE (self));

  g_queue_clear_full (&self->waiting, g_object_unref);
  g_queue_clear_full (&self->asking, g_object_unref);
  for (guint i = 0; i < self->transfers->len; i++)
    {
      WbFtpTransfer *transfer = self->transfers->pdata[i];
      WbFtpTransferState state = wb_ftp_transfer_get_state (transfer);

      if (state == WB_FTP_TRANSFER_RUNNING)
        wb_ftp_transfer_cancel (transfer);
      else if (!wb_ftp_transfer_has_ended (transfer))
        wb_ftp_transfer_set_state (transfer, WB_FTP_TRANSFER_CANCELLED, NULL);
    }
  while ((reserved = wb_ftp_queue_take_reserved (self)) != NULL)
    {
      wb_ftp_transfer_set_state (reserved, WB_FTP_TRANSFER_CANCELLED, NULL);
      wb_ftp_queue_forget (self);
      g_object_unref (reserved);
    }
  wb_ftp_queue_check_idle (self);
}

static gpointer
reach_end (gpointer data, GCancellable *cancellable, GError **error)
{
  return data;
}

/**
 * wb_ftp_queue_hang_up_and_wait:
 *
 * Ends the connections, and waits until they have taken away what was half sent. For a program that
 * is about to end: nothing would be left to do that. Blocks, for a few seconds where a server does
 * not answer.
 */
void
wb_ftp_queue_hang_up_and_wait (WbFtpQueue *self)
{
  g_return_if_fail (WB_IS_FTP_QUEUE (self));

  wb_ftp_queue_hang_up (self, TRUE);
  for (guint i = 0; i < self->workers->len; i++)
    {
      WbFtpWorker *worker = self->workers->pdata[i];

      if (worker != NULL)
        wb_session_run (worker->session, reach_end, self, NULL, NULL);
    }
}

/**
 * wb_ftp_queue_is_idle:
 *
 * Returns: whether nothing waits or runs
 */
gboolean
wb_ftp_queue_is_idle (WbFtpQueue *self)
{
  g_return_val_if_fail (WB_IS_FTP_QUEUE (self), TRUE);

  return self->idle;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-queue-private.h"

#include "wb-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define CONNECTIONS_DEFAULT 4
#define CONNECTIONS_MAX 16

/* How long idle connections are kept for what may come next. In ms. */
#define LINGER 20000

/* A server that takes no connection at all is asked again after 250 ms, then after twice that, and
 * so on, this many times. */
#define PAUSE 250
#define PAUSES_MAX 5

/* The most transfers that a queue holds; a server's folders could go on for ever. */
#define TRANSFERS_MAX 2000000

struct _WbFtpQueue
{
  GObject parent_instance;

  /* Borrowed, kept alive */
  WbWire *wire;
  WbTrust *trust;

  /* Owned */
  WbUrl *url;
  GPtrArray *transfers; /* what the model shows */
  GQueue waiting;       /* of WbFtpTransfer, each with a reference; some may be cancelled */
  GPtrArray *workers;   /* of WbFtpWorker, NULL in the place of one that was never needed */
  GArray *busy;         /* of gboolean, by the worker's place */

  guint timeout;
  guint connections; /* how many may run; falls when the server takes no more */
  guint running;
  guint linger_id;
  guint pause_id;
  guint pauses; /* in a row */
  gboolean idle;
};

static void wb_ftp_queue_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WbFtpQueue,
                               wb_ftp_queue,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      wb_ftp_queue_list_model_init))

enum
{
  SIGNAL_IDLE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* What a job's end needs. The queue may be gone by then. */
typedef struct
{
  GWeakRef queue;
  WbFtpTransfer *transfer;
  WbFtpJob *job; /* the task's own */
  guint place;
} Run;

static void dispatch (WbFtpQueue *self);

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
static void
hang_up (WbFtpQueue *self, gboolean busy_too)
{
  for (guint i = 0; i < self->workers->len; i++)
    if (self->workers->pdata[i] != NULL && (busy_too || !g_array_index (self->busy, gboolean, i)))
      wb_ftp_worker_hang_up (self->workers->pdata[i]);
}

static void
wb_ftp_queue_dispose (GObject *object)
{
  WbFtpQueue *self = WB_FTP_QUEUE (object);

  g_clear_handle_id (&self->linger_id, g_source_remove);
  g_clear_handle_id (&self->pause_id, g_source_remove);
  for (guint i = 0; i < self->transfers->len; i++)
    if (wb_ftp_transfer_get_state (self->transfers->pdata[i]) == WB_FTP_TRANSFER_RUNNING)
      g_cancellable_cancel (wb_ftp_transfer_get_cancellable (self->transfers->pdata[i]));
  g_queue_clear_full (&self->waiting, g_object_unref);
  hang_up (self, TRUE);
  g_ptr_array_set_size (self->workers, 0);
  g_ptr_array_set_size (self->transfers, 0);
  g_clear_object (&self->wire);
  g_clear_object (&self->trust);

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
   * Nothing waits or runs any more.
   */
  signals[SIGNAL_IDLE] = g_signal_new ("idle", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 0);
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
  self->connections = connections == 0 ? CONNECTIONS_DEFAULT : MIN (connections, CONNECTIONS_MAX);
  g_ptr_array_set_size (self->workers, self->connections);
  g_array_set_size (self->busy, self->connections);
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

static gboolean
linger_over_cb (gpointer user_data)
{
  WbFtpQueue *self = user_data;

  self->linger_id = 0;
  hang_up (self, TRUE);
  return G_SOURCE_REMOVE;
}

static void
check_idle (WbFtpQueue *self)
{
  gboolean idle = self->running == 0 && g_queue_is_empty (&self->waiting);

  if (idle == self->idle)
    return;
  self->idle = idle;
  g_clear_handle_id (&self->linger_id, g_source_remove);
  if (!idle)
    return;

  self->linger_id = g_timeout_add (LINGER, linger_over_cb, self);
  g_signal_emit (self, signals[SIGNAL_IDLE], 0);
}

static guint
find_place (WbFtpQueue *self, WbFtpTransfer *transfer)
{
  guint place = G_MAXUINT;

  g_ptr_array_find (self->transfers, transfer, &place);
  return place;
}

/* A folder that was walked gives its place in the list to what is in it. */
static void
replace_by_children (WbFtpQueue *self, WbFtpTransfer *transfer, GPtrArray *children)
{
  guint place = find_place (self, transfer);
  guint room = TRANSFERS_MAX - MIN (self->transfers->len, TRANSFERS_MAX);
  guint added = MIN (children->len, room);

  if (added == 0)
    {
      wb_ftp_transfer_set_state (transfer, WB_FTP_TRANSFER_DONE, NULL);
      return;
    }
  for (guint i = 0; i < added; i++)
    {
      WbFtpTransfer *child = wb_ftp_transfer_new (self, wb_ftp_plan_copy (children->pdata[i]));

      g_ptr_array_add (self->transfers, child);
      g_queue_push_tail (&self->waiting, g_object_ref (child));
    }
  wb_ftp_transfer_set_state (transfer, WB_FTP_TRANSFER_DONE, NULL);
  g_list_model_items_changed (G_LIST_MODEL (self), self->transfers->len - added, 0, added);

  /* It may have been cleared away while it ran. */
  if (place != G_MAXUINT)
    {
      g_ptr_array_remove_index (self->transfers, place);
      g_list_model_items_changed (G_LIST_MODEL (self), place, 1, 0);
    }
}

/* The next attempt would fail alike, and a few wrong passwords lock an account. */
static gboolean
concerns_all (const GError *error)
{
  return g_error_matches (error, WB_FTP_ERROR, WB_FTP_ERROR_LOGIN) ||
         g_error_matches (error, WB_ERROR, WB_ERROR_UNTRUSTED) ||
         g_error_matches (error, WB_ERROR, WB_ERROR_TLS) ||
         g_error_matches (error, WB_ERROR, WB_ERROR_NOT_FOUND) ||
         g_error_matches (error, WB_ERROR, WB_ERROR_REFUSED) ||
         g_error_matches (error, WB_ERROR, WB_ERROR_UNREACHABLE);
}

static void
fail_waiting (WbFtpQueue *self, const GError *error)
{
  WbFtpTransfer *transfer = NULL;

  while ((transfer = g_queue_pop_head (&self->waiting)) != NULL)
    {
      if (wb_ftp_transfer_get_state (transfer) == WB_FTP_TRANSFER_QUEUED)
        wb_ftp_transfer_set_state (transfer, WB_FTP_TRANSFER_FAILED, error);
      g_object_unref (transfer);
    }
}

static gboolean
pause_over_cb (gpointer user_data)
{
  WbFtpQueue *self = user_data;

  self->pause_id = 0;
  dispatch (self);
  return G_SOURCE_REMOVE;
}

/* The server takes no further connection. While others of ours go on, those are enough; else it is
 * left alone for a while. */
static gboolean
back_off (WbFtpQueue *self, WbFtpTransfer *transfer, const GError *error)
{
  gboolean busy = g_error_matches (error, WB_FTP_ERROR, WB_FTP_ERROR_BUSY);

  if (self->running > 0 && (busy || g_error_matches (error, WB_FTP_ERROR, WB_FTP_ERROR_LOGIN)))
    self->connections = self->running;
  else if (busy && self->pauses < PAUSES_MAX)
    {
      self->connections = 1;
      if (self->pause_id == 0)
        self->pause_id = g_timeout_add (PAUSE << self->pauses++, pause_over_cb, self);
    }
  else
    return FALSE;

  /* Connections that do nothing may be the very ones that are too many. */
  hang_up (self, FALSE);
  wb_ftp_transfer_renew (transfer);
  g_queue_push_head (&self->waiting, g_object_ref (transfer));
  return TRUE;
}

static void
take_error (WbFtpQueue *self, WbFtpTransfer *transfer, gboolean begun, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      wb_ftp_transfer_set_state (transfer, WB_FTP_TRANSFER_CANCELLED, NULL);
      return;
    }
  if (!begun && back_off (self, transfer, error))
    return;
  wb_ftp_transfer_set_state (transfer, WB_FTP_TRANSFER_FAILED, error);
  if (!begun && concerns_all (error))
    fail_waiting (self, error);
}

static void
run_free (Run *run)
{
  g_weak_ref_clear (&run->queue);
  g_object_unref (run->transfer);
  g_free (run);
}

static void
job_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  g_autoptr (WbFtpQueue) self = g_weak_ref_get (&run->queue);
  g_autoptr (GError) error = NULL;

  wb_session_run_finish (WB_SESSION (source), result, &error);
  if (self == NULL)
    {
      wb_ftp_transfer_set_state (run->transfer, WB_FTP_TRANSFER_CANCELLED, NULL);
      run_free (run);
      return;
    }

  g_array_index (self->busy, gboolean, run->place) = FALSE;
  self->running--;
  if (error == NULL)
    self->pauses = 0;
  if (error != NULL)
    take_error (self, run->transfer, run->job->begun, error);
  else if (run->job->was_folder)
    replace_by_children (self, run->transfer, run->job->children);
  else
    wb_ftp_transfer_set_state (run->transfer, WB_FTP_TRANSFER_DONE, NULL);
  run_free (run);

  dispatch (self);
}

/* The next one that still wants to run. */
static WbFtpTransfer *
pop_waiting (WbFtpQueue *self)
{
  WbFtpTransfer *transfer = NULL;

  while ((transfer = g_queue_pop_head (&self->waiting)) != NULL)
    {
      if (wb_ftp_transfer_get_state (transfer) == WB_FTP_TRANSFER_QUEUED)
        return transfer;
      g_object_unref (transfer);
    }
  return NULL;
}

static guint
find_free_place (WbFtpQueue *self)
{
  guint best = G_MAXUINT;

  /* One that has connected already before one that has not. */
  for (guint i = 0; i < self->workers->len; i++)
    {
      if (g_array_index (self->busy, gboolean, i))
        continue;
      if (self->workers->pdata[i] != NULL)
        return i;
      if (best == G_MAXUINT)
        best = i;
    }
  return best;
}

static void
dispatch (WbFtpQueue *self)
{
  while (self->pause_id == 0 && self->running < self->connections)
    {
      WbFtpTransfer *transfer = pop_waiting (self);
      Run *run = NULL;
      guint place = 0;

      if (transfer == NULL)
        break;
      place = find_free_place (self);
      if (self->workers->pdata[place] == NULL)
        self->workers->pdata[place] =
            wb_ftp_worker_new (self->wire, self->trust, self->url, self->timeout);

      run = g_new0 (Run, 1);
      g_weak_ref_init (&run->queue, self);
      run->transfer = transfer;
      run->place = place;
      run->job = wb_ftp_job_new (self->workers->pdata[place], wb_ftp_transfer_get_plan (transfer),
                                 wb_ftp_transfer_get_progress (transfer));

      g_array_index (self->busy, gboolean, place) = TRUE;
      self->running++;
      wb_ftp_transfer_set_state (transfer, WB_FTP_TRANSFER_RUNNING, NULL);
      wb_session_run_async (run->job->worker->session, wb_ftp_job_run, run->job,
                            (GDestroyNotify) wb_ftp_job_free, NULL,
                            wb_ftp_transfer_get_cancellable (transfer), job_done_cb, run);
    }
  check_idle (self);
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
  check_idle (self);
}

static void
add (WbFtpQueue *self, WbFtpPlan *plan, gboolean overwrite)
{
  WbFtpTransfer *transfer = NULL;

  plan->overwrite = overwrite;
  transfer = wb_ftp_transfer_new (self, plan);
  g_ptr_array_add (self->transfers, transfer);
  g_queue_push_tail (&self->waiting, g_object_ref (transfer));
  g_list_model_items_changed (G_LIST_MODEL (self), self->transfers->len - 1, 0, 1);
  dispatch (self);
}

/**
 * wb_ftp_queue_add_upload:
 * @local: a file or folder on this computer
 * @remote_directory: the folder on the server, in its bytes; "" is where a login leads
 * @overwrite: whether files that are there may be replaced
 *
 * What cannot be sent, such as a FIFO, becomes a transfer that failed.
 */
void
wb_ftp_queue_add_upload (WbFtpQueue *self,
                         GFile *local,
                         const char *remote_directory,
                         gboolean overwrite)
{
  g_autofree char *name = NULL;

  g_return_if_fail (WB_IS_FTP_QUEUE (self));
  g_return_if_fail (G_IS_FILE (local));
  g_return_if_fail (remote_directory != NULL);

  name = g_file_get_basename (local);
  add (self, wb_ftp_plan_new (TRUE, local, remote_directory, name), overwrite);
}

/**
 * wb_ftp_queue_add_download:
 * @entry: a file, folder or link on the server
 * @remote_directory: the folder that @entry is in; "" is where a login leads
 * @local_directory: a folder on this computer
 * @overwrite: whether files that are there may be replaced
 *
 * Whatever the server calls things, nothing outside @local_directory is written.
 */
void
wb_ftp_queue_add_download (WbFtpQueue *self,
                           WbFtpEntry *entry,
                           const char *remote_directory,
                           GFile *local_directory,
                           gboolean overwrite)
{
  g_autoptr (GFile) local = NULL;
  WbFtpPlan *plan = NULL;
  const char *name = NULL;

  g_return_if_fail (WB_IS_FTP_QUEUE (self));
  g_return_if_fail (WB_IS_FTP_ENTRY (entry));
  g_return_if_fail (remote_directory != NULL);
  g_return_if_fail (G_IS_FILE (local_directory));

  name = wb_ftp_entry_get_name (entry);
  local = g_file_get_child (local_directory, name);
  plan = wb_ftp_plan_new (FALSE, local, remote_directory, name);
  plan->type = wb_ftp_entry_get_entry_type (entry);
  plan->size = plan->type == WB_FTP_ENTRY_FILE ? wb_ftp_entry_get_size (entry) : -1;
  add (self, plan, overwrite);
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
      find_place (self, transfer) == G_MAXUINT)
    return;
  wb_ftp_transfer_renew (transfer);
  g_queue_push_tail (&self->waiting, g_object_ref (transfer));
  dispatch (self);
}

static gboolean
is_finished (WbFtpTransfer *transfer)
{
  WbFtpTransferState state = wb_ftp_transfer_get_state (transfer);

  return state != WB_FTP_TRANSFER_QUEUED && state != WB_FTP_TRANSFER_RUNNING;
}

/**
 * wb_ftp_queue_clear_finished:
 *
 * Takes what is done, failed or cancelled off the list.
 */
void
wb_ftp_queue_clear_finished (WbFtpQueue *self)
{
  g_autoptr (GPtrArray) kept = NULL;
  guint before = 0;

  g_return_if_fail (WB_IS_FTP_QUEUE (self));

  kept = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < self->transfers->len; i++)
    if (!is_finished (self->transfers->pdata[i]))
      g_ptr_array_add (kept, g_object_ref (self->transfers->pdata[i]));

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
 * Cancels what waits at once, and what runs within 200 ms.
 */
void
wb_ftp_queue_cancel_all (WbFtpQueue *self)
{
  WbFtpTransfer *transfer = NULL;

  g_return_if_fail (WB_IS_FTP_QUEUE (self));

  while ((transfer = g_queue_pop_head (&self->waiting)) != NULL)
    {
      if (wb_ftp_transfer_get_state (transfer) == WB_FTP_TRANSFER_QUEUED)
        wb_ftp_transfer_set_state (transfer, WB_FTP_TRANSFER_CANCELLED, NULL);
      g_object_unref (transfer);
    }
  for (guint i = 0; i < self->transfers->len; i++)
    if (wb_ftp_transfer_get_state (self->transfers->pdata[i]) == WB_FTP_TRANSFER_RUNNING)
      g_cancellable_cancel (wb_ftp_transfer_get_cancellable (self->transfers->pdata[i]));
  check_idle (self);
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

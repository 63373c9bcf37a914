/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-batch.h"
#include "wb-ftp-queue-private.h"
#include "wb-ftp-small.h"

#include "wb-error.h"

/* How a queue runs: what goes to which connection, and what becomes of it. */

/* How long idle connections are kept for what may come next. In ms. */
#define LINGER 20000

/* A server that takes no connection at all is asked again this many times. */
#define PAUSES_MAX 5

/* From this attempt on the waits of what broke off do not grow any more. */
#define RETRIES_MAX 10

/* Listeners hear of the totals this often, in ms. */
#define TOTALS_INTERVAL 100

/* A connection takes so many small files at once that they are done in between these, in µs: what
 * it takes cannot go to another one, and none of them is done before all are. */
#define BATCH_SHORT (G_USEC_PER_SEC / 5)
#define BATCH_LONG G_USEC_PER_SEC
#define BATCH_MAX 32

/* The most transfers that a queue holds; a server's folders could go on for ever. */
#define TRANSFERS_MAX 2000000

/* What a job's end needs. The queue may be gone by then. */
typedef struct
{
  GWeakRef queue;
  WbFtpTransfer *transfer;
  WbFtpJob *job; /* the task's own */
  guint place;
  guint extra;
} Run;

/* The same for a batch. */
typedef struct
{
  GWeakRef queue;
  GPtrArray *transfers;
  WbFtpBatch *batch;
  guint place;
} BatchRun;

/* One that waits to be tried again. */
typedef struct
{
  GWeakRef queue;
  WbFtpTransfer *transfer;
} Delay;

static gboolean
linger_over_cb (gpointer user_data)
{
  WbFtpQueue *self = user_data;

  self->linger_id = 0;
  wb_ftp_queue_hang_up (self, TRUE);
  /* The server may take more by the time there is something to do again. */
  self->connections = self->wanted;
  return G_SOURCE_REMOVE;
}

/* Takes what has ended off the list, where that is wanted. */
void
wb_ftp_queue_forget (WbFtpQueue *self)
{
  const guint *counts = self->totals.counts;
  guint ended = counts[WB_FTP_TRANSFER_DONE] + counts[WB_FTP_TRANSFER_FAILED] +
                counts[WB_FTP_TRANSFER_CANCELLED] + counts[WB_FTP_TRANSFER_SKIPPED];

  if (!self->forgets || ended == self->forgotten)
    return;
  for (guint i = 0; i < self->transfers->len;)
    {
      g_autoptr (WbFtpTransfer) transfer = g_object_ref (self->transfers->pdata[i]);

      if (!wb_ftp_transfer_has_ended (transfer))
        {
          i++;
          continue;
        }
      g_ptr_array_remove_index (self->transfers, i);
      self->forgotten++;
      g_list_model_items_changed (G_LIST_MODEL (self), i, 1, 0);
      g_signal_emit_by_name (self, "ended", transfer);
    }
}

void
wb_ftp_queue_check_idle (WbFtpQueue *self)
{
  gboolean nothing = self->totals.counts[WB_FTP_TRANSFER_QUEUED] == 0 &&
                     self->totals.counts[WB_FTP_TRANSFER_CONFLICT] == 0;
  gboolean idle = self->running == 0 && (nothing || self->paused);

  wb_ftp_queue_forget (self);
  if (idle == self->idle)
    return;
  self->idle = idle;
  g_clear_handle_id (&self->linger_id, g_source_remove);
  if (!idle)
    return;

  if (nothing)
    self->has_answer = FALSE;
  self->linger_id = g_timeout_add (LINGER, linger_over_cb, self);
  g_signal_emit_by_name (self, "idle");
}

/* ── Numbers ── */

static gboolean
totals_cb (gpointer user_data)
{
  WbFtpQueue *self = user_data;

  self->totals_id = 0;
  g_signal_emit_by_name (self, "totals-changed");
  return G_SOURCE_REMOVE;
}

/* A transfer came (@old_state is -1), went (@new_state is -1), changed its state or its numbers, by
 * these differences. */
void
wb_ftp_queue_count (WbFtpQueue *self, int old_state, int new_state, gint64 done, gint64 total)
{
  if (old_state >= 0)
    self->totals.counts[old_state]--;
  if (new_state >= 0)
    self->totals.counts[new_state]++;
  self->totals.done += done;
  self->totals.total += total;
  if (self->totals_id == 0)
    self->totals_id = g_timeout_add (TOTALS_INTERVAL, totals_cb, self);
}

static WbLimit *
get_limit (WbFtpQueue *self, gboolean upload)
{
  return upload && self->upload_limit != NULL ? self->upload_limit : self->limit;
}

/* All progress of this queue is under its limit. */
void
wb_ftp_queue_prepare_progress (WbFtpQueue *self, WbProgress *progress, gboolean upload)
{
  if (self != NULL)
    wb_progress_set_limit (progress, get_limit (self, upload));
}

/**
 * wb_ftp_queue_get_totals:
 * @totals: (out): all of the queue in numbers
 *
 * Costs the same for ten transfers and for a million.
 */
void
wb_ftp_queue_get_totals (WbFtpQueue *self, WbFtpTotals *totals)
{
  g_return_if_fail (WB_IS_FTP_QUEUE (self));

  *totals = self->totals;
  for (guint i = 0; i < self->now->len; i++)
    totals->rate += wb_ftp_transfer_get_rate (self->now->pdata[i]);
  totals->time_left = -1;
  if (totals->rate >= 1)
    totals->time_left = (gint64) ((double) (totals->total - totals->done) / totals->rate);
}

/* ── What becomes of a job ── */

guint
wb_ftp_queue_find (WbFtpQueue *self, WbFtpTransfer *transfer)
{
  guint place = G_MAXUINT;

  g_ptr_array_find (self->transfers, transfer, &place);
  return place;
}

static guint
count_all (WbFtpQueue *self)
{
  guint all = 0;

  for (guint i = 0; i < WB_FTP_TRANSFER_N_STATES; i++)
    all += self->totals.counts[i];
  return all;
}

/* What is in a folder waits for its turn, before what is in the folders above: so one folder after
 * the other comes to its end. Takes @children. */
static void
reserve (WbFtpQueue *self, WbFtpChildren *children)
{
  guint count = wb_ftp_children_count (children);

  /* Of the one that was the first, what is transfers by now is not to come again. */
  if (self->taken > 0)
    wb_ftp_children_drop (self->reserve.head->data, self->taken);
  self->taken = 0;
  self->reserved += count;
  self->totals.counts[WB_FTP_TRANSFER_QUEUED] += count;
  wb_ftp_queue_count (self, -1, -1, 0, wb_ftp_children_get_total (children));
  g_queue_push_head (&self->reserve, children);
}

/* The next one in reserve becomes a transfer; NULL if there is none. */
WbFtpTransfer *
wb_ftp_queue_take_reserved (WbFtpQueue *self)
{
  WbFtpChildren *children = g_queue_peek_head (&self->reserve);
  WbFtpTransfer *transfer = NULL;

  if (children == NULL)
    return NULL;
  transfer =
      wb_ftp_transfer_new_counted (self, wb_ftp_children_make_plan (children, self->taken++));
  self->reserved--;
  if (self->taken == wb_ftp_children_count (children))
    {
      wb_ftp_children_free (g_queue_pop_head (&self->reserve));
      self->taken = 0;
    }
  g_ptr_array_add (self->transfers, transfer);
  g_list_model_items_changed (G_LIST_MODEL (self), self->transfers->len - 1, 0, 1);
  return g_object_ref (transfer);
}

/* A folder that was walked gives its place in the list to what is in it. Takes @children. */
static void
replace_by_children (WbFtpQueue *self, WbFtpTransfer *transfer, WbFtpChildren *children)
{
  guint place = wb_ftp_queue_find (self, transfer);
  guint room = TRANSFERS_MAX - MIN (count_all (self), TRANSFERS_MAX);
  guint added = 0;

  wb_ftp_children_cut (children, room);
  added = wb_ftp_children_count (children);
  if (added == 0)
    {
      wb_ftp_transfer_set_state (transfer, WB_FTP_TRANSFER_DONE, NULL);
      wb_ftp_children_free (children);
      return;
    }
  if (self->forgets)
    reserve (self, g_steal_pointer (&children));
  for (guint i = 0; children != NULL && i < added; i++)
    {
      WbFtpTransfer *child = wb_ftp_transfer_new (self, wb_ftp_children_make_plan (children, i));

      g_ptr_array_add (self->transfers, child);
      g_queue_push_tail (&self->waiting, g_object_ref (child));
    }
  wb_ftp_transfer_set_state (transfer, WB_FTP_TRANSFER_DONE, NULL);
  if (children != NULL)
    g_list_model_items_changed (G_LIST_MODEL (self), self->transfers->len - added, 0, added);
  g_clear_pointer (&children, wb_ftp_children_free);

  /* It may have been cleared away while it ran. */
  if (place != G_MAXUINT)
    {
      wb_ftp_transfer_leave (transfer);
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
  while ((transfer = wb_ftp_queue_take_reserved (self)) != NULL)
    {
      wb_ftp_transfer_set_state (transfer, WB_FTP_TRANSFER_FAILED, error);
      wb_ftp_queue_forget (self);
      g_object_unref (transfer);
    }
}

static gboolean
pause_over_cb (gpointer user_data)
{
  WbFtpQueue *self = user_data;

  self->pause_id = 0;
  wb_ftp_queue_dispatch (self);
  return G_SOURCE_REMOVE;
}

/* For how many ms in all it leaves a server alone that takes nobody more; 0 while it does not. */
guint
wb_ftp_queue_get_pause (WbFtpQueue *self)
{
  return self->pause_id != 0 ? self->pause : 0;
}

static gboolean
is_helped (WbFtpQueue *self)
{
  gboolean helped = FALSE;

  g_signal_emit_by_name (self, "crowded", &helped);
  return helped;
}

/* The server takes no further connection. While others of ours go on, those are enough; else it is
 * left alone for a while. */
static gboolean
back_off (WbFtpQueue *self, WbFtpTransfer *transfer, const GError *error)
{
  gboolean busy = g_error_matches (error, WB_FTP_ERROR, WB_FTP_ERROR_BUSY);

  if (self->running > 0 && (busy || g_error_matches (error, WB_FTP_ERROR, WB_FTP_ERROR_LOGIN)))
    self->connections = self->running;
  else if (busy && (is_helped (self) || self->pauses < PAUSES_MAX))
    {
      self->connections = 1;
      if (self->pause_id == 0)
        {
          self->pause = self->pause_unit << self->pauses;
          self->pause_id = g_timeout_add (self->pause, pause_over_cb, self);
        }
      self->pauses = MIN (self->pauses + 1, PAUSES_MAX);
    }
  else
    return FALSE;

  /* Connections that do nothing may be the very ones that are too many. */
  wb_ftp_queue_hang_up (self, FALSE);
  wb_ftp_transfer_renew (transfer, WB_FTP_TRANSFER_QUEUED);
  g_queue_push_head (&self->waiting, g_object_ref (transfer));
  return TRUE;
}

/* Whether the next attempt may well go better. */
static gboolean
may_pass (const GError *error)
{
  return g_error_matches (error, WB_FTP_ERROR, WB_FTP_ERROR_DATA) ||
         g_error_matches (error, WB_FTP_ERROR, WB_FTP_ERROR_INCOMPLETE) ||
         g_error_matches (error, WB_FTP_ERROR, WB_FTP_ERROR_BUSY) ||
         g_error_matches (error, WB_ERROR, WB_ERROR_CLOSED) ||
         g_error_matches (error, WB_ERROR, WB_ERROR_TIMED_OUT);
}

static void
delay_free (Delay *delay)
{
  g_weak_ref_clear (&delay->queue);
  g_object_unref (delay->transfer);
  g_free (delay);
}

static gboolean
delay_over_cb (gpointer user_data)
{
  Delay *delay = user_data;
  g_autoptr (WbFtpQueue) self = g_weak_ref_get (&delay->queue);

  if (self == NULL)
    return G_SOURCE_REMOVE;
  if (wb_ftp_transfer_get_state (delay->transfer) == WB_FTP_TRANSFER_QUEUED)
    g_queue_push_head (&self->waiting, g_object_ref (delay->transfer));
  wb_ftp_queue_dispatch (self);
  return G_SOURCE_REMOVE;
}

/* Broke off: to be tried again after a while, if that is to be. */
static gboolean
try_later (WbFtpQueue *self, WbFtpTransfer *transfer, const GError *error)
{
  guint attempts = wb_ftp_transfer_get_attempts (transfer);
  guint interval = self->delay_unit << MIN (attempts, RETRIES_MAX);
  Delay *delay = NULL;

  if (attempts >= self->retries || !may_pass (error))
    return FALSE;
  wb_ftp_transfer_note_attempt (transfer, interval);
  wb_ftp_transfer_renew (transfer, WB_FTP_TRANSFER_QUEUED);
  delay = g_new0 (Delay, 1);
  g_weak_ref_init (&delay->queue, self);
  delay->transfer = g_object_ref (transfer);
  g_timeout_add_full (G_PRIORITY_DEFAULT, interval, delay_over_cb, delay,
                      (GDestroyNotify) delay_free);
  return TRUE;
}

static void
take_stop (WbFtpQueue *self, WbFtpTransfer *transfer)
{
  if (!wb_ftp_transfer_take_pause (transfer))
    wb_ftp_transfer_set_state (transfer, WB_FTP_TRANSFER_CANCELLED, NULL);
  else if (!self->paused)
    wb_ftp_transfer_renew (transfer, WB_FTP_TRANSFER_PAUSED);
  else
    {
      wb_ftp_transfer_renew (transfer, WB_FTP_TRANSFER_QUEUED);
      g_queue_push_head (&self->waiting, g_object_ref (transfer));
    }
}

static void
take_error (WbFtpQueue *self, WbFtpTransfer *transfer, gboolean begun, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      take_stop (self, transfer);
      return;
    }
  if (!begun && back_off (self, transfer, error))
    return;
  if (try_later (self, transfer, error))
    return;
  wb_ftp_transfer_set_state (transfer, WB_FTP_TRANSFER_FAILED, error);
  if (!begun && concerns_all (error))
    fail_waiting (self, error);
}

/* The next conflict that is still one. */
void
wb_ftp_queue_ask_next (WbFtpQueue *self)
{
  WbFtpTransfer *transfer = NULL;

  while ((transfer = g_queue_peek_head (&self->asking)) != NULL &&
         wb_ftp_transfer_get_state (transfer) != WB_FTP_TRANSFER_CONFLICT)
    g_object_unref (g_queue_pop_head (&self->asking));
  if (transfer != NULL)
    g_signal_emit_by_name (self, "conflict", transfer);
}

static void
take_conflict (WbFtpQueue *self, WbFtpTransfer *transfer, const WbFtpConflict *conflict)
{
  if (self->has_answer)
    {
      wb_ftp_transfer_set_rule (transfer, self->answer);
      wb_ftp_transfer_renew (transfer, WB_FTP_TRANSFER_QUEUED);
      g_queue_push_head (&self->waiting, g_object_ref (transfer));
      return;
    }
  wb_ftp_transfer_set_conflict (transfer, conflict);
  wb_ftp_transfer_set_state (transfer, WB_FTP_TRANSFER_CONFLICT, NULL);
  g_queue_push_tail (&self->asking, g_object_ref (transfer));
  if (self->asking.length == 1)
    wb_ftp_queue_ask_next (self);
}

static void
take_outcome (WbFtpQueue *self, WbFtpTransfer *transfer, WbFtpJob *job)
{
  gboolean stopped = g_cancellable_is_cancelled (wb_ftp_transfer_get_cancellable (transfer));

  /* Stopped when the job had just ended: what it would lead to is not wanted any more. */
  if (stopped && (job->outcome == WB_FTP_OUTCOME_FOLDER || job->outcome == WB_FTP_OUTCOME_CONFLICT))
    {
      take_stop (self, transfer);
      return;
    }
  switch (job->outcome)
    {
    case WB_FTP_OUTCOME_FOLDER:
      replace_by_children (self, transfer, g_steal_pointer (&job->children));
      break;
    case WB_FTP_OUTCOME_SKIPPED:
      wb_ftp_transfer_set_state (transfer, WB_FTP_TRANSFER_SKIPPED, NULL);
      break;
    case WB_FTP_OUTCOME_CONFLICT:
      take_conflict (self, transfer, &job->conflict);
      break;
    case WB_FTP_OUTCOME_DONE:
    default:
      wb_ftp_transfer_set_state (transfer, WB_FTP_TRANSFER_DONE, NULL);
    }
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
  /* What was stopped leaves a session behind, too. */
  g_array_index (self->warm, gboolean, run->place) =
      error == NULL || (run->job->worker->client != NULL &&
                        g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
  g_ptr_array_remove_fast (self->now, run->transfer);
  self->running--;
  self->extra -= run->extra;
  if (error == NULL)
    self->pauses = 0;
  if (error != NULL)
    take_error (self, run->transfer, run->job->begun, error);
  else
    take_outcome (self, run->transfer, run->job);
  run_free (run);

  wb_ftp_queue_dispatch (self);
}

/* ── What becomes of a batch ── */

static void
batch_run_free (BatchRun *run)
{
  g_weak_ref_clear (&run->queue);
  g_ptr_array_unref (run->transfers);
  wb_ftp_batch_unref (run->batch);
  g_free (run);
}

/* Whatever is neither done nor failed goes back to where it came from. */
static void
put_back_rest (WbFtpQueue *self, BatchRun *run)
{
  GPtrArray *jobs = wb_ftp_batch_get_jobs (run->batch);

  for (guint i = jobs->len; i > 0; i--)
    {
      const WbFtpJob *job = jobs->pdata[i - 1];
      WbFtpTransfer *transfer = run->transfers->pdata[i - 1];

      if (job->error != NULL || (job->begun && !job->alone))
        continue;
      if (job->alone)
        wb_ftp_transfer_set_alone (transfer);
      if (g_cancellable_is_cancelled (job->cancellable))
        {
          take_stop (self, transfer);
          continue;
        }
      wb_ftp_transfer_renew (transfer, WB_FTP_TRANSFER_QUEUED);
      g_queue_push_head (&self->waiting, g_object_ref (transfer));
    }
}

static gboolean
take_batch (WbFtpQueue *self, BatchRun *run)
{
  GPtrArray *jobs = wb_ftp_batch_get_jobs (run->batch);
  gint64 age = wb_ftp_batch_get_age (run->batch);
  gboolean good = TRUE;
  gint64 bytes = 0;

  put_back_rest (self, run);
  for (guint i = 0; i < jobs->len; i++)
    {
      WbFtpJob *job = jobs->pdata[i];

      good = good && job->begun && job->error == NULL;
      if (job->error != NULL)
        take_error (self, run->transfers->pdata[i], job->begun, job->error);
      if (job->error != NULL || !job->begun || job->alone)
        continue;
      if (job->outcome == WB_FTP_OUTCOME_DONE)
        {
          bytes += job->size;
          wb_ftp_transfer_set_moved (run->transfers->pdata[i], job->size, 0);
        }
      take_outcome (self, run->transfers->pdata[i], job);
      self->pauses = 0;
    }
  self->batch_rate = (double) bytes * G_USEC_PER_SEC / (double) age;
  if (age < BATCH_SHORT && good)
    self->batch = MIN (self->batch * 2, BATCH_MAX);
  else if (age > BATCH_LONG)
    self->batch = MAX (self->batch / 2, 1);
  return good;
}

static void
batch_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BatchRun *run = user_data;
  g_autoptr (WbFtpQueue) self = g_weak_ref_get (&run->queue);

  wb_session_run_finish (WB_SESSION (source), result, NULL);
  wb_ftp_batch_close (run->batch);
  if (self == NULL)
    {
      for (guint i = 0; i < run->transfers->len; i++)
        wb_ftp_transfer_set_state (run->transfers->pdata[i], WB_FTP_TRANSFER_CANCELLED, NULL);
      batch_run_free (run);
      return;
    }

  g_array_index (self->busy, gboolean, run->place) = FALSE;
  for (guint i = 0; i < run->transfers->len; i++)
    g_ptr_array_remove_fast (self->now, run->transfers->pdata[i]);
  self->running--;
  g_array_index (self->warm, gboolean, run->place) = take_batch (self, run);
  batch_run_free (run);

  wb_ftp_queue_dispatch (self);
}

/* ── What goes to which connection ── */

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
  return wb_ftp_queue_take_reserved (self);
}

static guint
find_free_place (WbFtpQueue *self)
{
  guint best = G_MAXUINT;

  /* One with a session before one that has to log in: the server may let in no more. */
  for (guint i = 0; i < self->workers->len; i++)
    {
      if (g_array_index (self->busy, gboolean, i))
        continue;
      if (g_array_index (self->warm, gboolean, i))
        return i;
      if (best == G_MAXUINT)
        best = i;
    }
  return best;
}

static gboolean
somebody_listens (WbFtpQueue *self)
{
  return g_signal_has_handler_pending (self, g_signal_lookup ("conflict", WB_TYPE_FTP_QUEUE), 0,
                                       FALSE);
}

static WbFtpJob *
make_job (WbFtpQueue *self, WbFtpTransfer *transfer, WbFtpWorker *worker, WbProgress *progress)
{
  WbFtpJob *job = wb_ftp_job_new (worker, wb_ftp_transfer_get_plan (transfer), progress);

  job->flags = self->flags;
  job->keep = self->keep;
  job->can_ask = self->has_answer || somebody_listens (self);
  job->segments = 1;
  job->minimum = self->segments_minimum;
  return job;
}

/* Made to be the only one that its connection is busy with. @extra: how many further connections it
 * takes. */
static WbFtpJob *
make_single_job (WbFtpQueue *self, WbFtpTransfer *transfer, WbFtpWorker *worker, guint *extra)
{
  const WbFtpPlan *plan = wb_ftp_transfer_get_plan (transfer);
  WbFtpJob *job = make_job (self, transfer, worker, wb_ftp_transfer_get_progress (transfer));
  guint spare = self->connections - self->running - self->extra - 1;

  /* Nobody knows where in a text a piece of it begins. */
  if (self->segments > 1 && !plan->upload && (self->flags & WB_FTP_FILE_TEXT) == 0 &&
      (plan->size < 0 || plan->size >= self->segments_minimum))
    job->segments += MIN (spare, self->segments - 1);
  *extra = job->segments - 1;
  return job;
}

static void
begin_one (WbFtpQueue *self, WbFtpTransfer *transfer, guint place)
{
  Run *run = g_new0 (Run, 1);

  g_weak_ref_init (&run->queue, self);
  run->transfer = transfer;
  run->place = place;
  run->job = make_single_job (self, transfer, self->workers->pdata[place], &run->extra);

  self->extra += run->extra;
  g_ptr_array_add (self->now, transfer);
  wb_ftp_transfer_set_state (transfer, WB_FTP_TRANSFER_RUNNING, NULL);
  wb_session_run_async (run->job->worker->session, wb_ftp_job_run, run->job,
                        (GDestroyNotify) wb_ftp_job_free, NULL,
                        wb_ftp_transfer_get_cancellable (transfer), job_done_cb, run);
}

/* Small files, if they are uploads to names that are free. */
static gboolean
is_for_a_batch (WbFtpQueue *self, WbFtpTransfer *transfer)
{
  const WbFtpPlan *plan = wb_ftp_transfer_get_plan (transfer);

  return (!plan->upload || plan->there == WB_FTP_THERE_NO) && plan->type == WB_FTP_ENTRY_FILE &&
         plan->size >= 0 && plan->size <= WB_FTP_SMALL_MAX &&
         (self->flags & (WB_FTP_FILE_VERIFY | WB_FTP_FILE_TEXT)) == 0 &&
         !wb_ftp_transfer_get_alone (transfer);
}

static void
add_to_batch (WbFtpQueue *self, BatchRun *run, WbFtpTransfer *transfer, WbFtpWorker *worker)
{
  WbFtpJob *job = make_job (self, transfer, worker, NULL);

  g_ptr_array_add (run->transfers, transfer);
  g_ptr_array_add (self->now, transfer);
  wb_ftp_transfer_set_state (transfer, WB_FTP_TRANSFER_RUNNING, NULL);
  wb_ftp_batch_add (run->batch, job, wb_ftp_transfer_get_cancellable (transfer));
}

/* Begins with @first, and takes on what waits behind it and is like it, but not what other
 * connections could do meanwhile. */
static void
begin_batch (WbFtpQueue *self, WbFtpTransfer *first, guint place)
{
  WbFtpWorker *worker = self->workers->pdata[place];
  guint most = MIN (self->batch, 1 + (self->waiting.length + self->reserved) / self->connections);
  gboolean upload = wb_ftp_transfer_is_upload (first);
  WbFtpTransfer *next = first;
  BatchRun *run = g_new0 (BatchRun, 1);

  g_weak_ref_init (&run->queue, self);
  run->transfers = g_ptr_array_new_with_free_func (g_object_unref);
  run->batch = wb_ftp_batch_new (get_limit (self, upload));
  run->place = place;
  while (next != NULL && wb_ftp_transfer_is_upload (next) == upload && is_for_a_batch (self, next))
    {
      add_to_batch (self, run, next, worker);
      next = run->transfers->len < most ? pop_waiting (self) : NULL;
    }
  if (next != NULL)
    g_queue_push_head (&self->waiting, next);
  wb_ftp_transfer_set_rate (first, self->batch_rate);
  wb_session_run_async (worker->session, wb_ftp_batch_run, wb_ftp_batch_ref (run->batch),
                        (GDestroyNotify) wb_ftp_batch_unref, NULL, NULL, batch_done_cb, run);
}

/* Gives what waits to connections that do nothing. */
void
wb_ftp_queue_dispatch (WbFtpQueue *self)
{
  while (!self->paused && self->pause_id == 0 && self->running + self->extra < self->connections)
    {
      WbFtpTransfer *transfer = pop_waiting (self);
      guint place = 0;

      if (transfer == NULL)
        break;
      place = find_free_place (self);
      if (self->workers->pdata[place] == NULL)
        self->workers->pdata[place] =
            wb_ftp_worker_new (self->wire, self->trust, self->url, self->timeout, self->settings);

      if (is_for_a_batch (self, transfer))
        begin_batch (self, transfer, place);
      else
        begin_one (self, transfer, place);
      g_array_index (self->busy, gboolean, place) = TRUE;
      self->running++;
    }
  wb_ftp_queue_check_idle (self);
}

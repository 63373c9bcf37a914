/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-batch.h"
#include "wb-ftp-small.h"

/* How long a batch may take to come to an end of its own when something in it is stopped, so that
 * no temporary names are left on the server. In ms. */
#define GRACE 150

/* A stopped transfer of a batch; the callback outlives neither. */
typedef struct
{
  GCancellable *cancellable;
  gulong id;
} Watch;

struct _WbFtpBatch
{
  gatomicrefcount ref_count;
  GPtrArray *jobs;
  WbLimit *limit;
  GCancellable *soon; /* cancelled with the first of them */
  GCancellable *stop; /* cancelled when that took too long */

  /* The queue's thread alone */
  GArray *watches;
  guint grace_id;
  gint64 begun;
};

WbFtpBatch *
wb_ftp_batch_ref (WbFtpBatch *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

WbFtpBatch *
wb_ftp_batch_new (WbLimit *limit)
{
  WbFtpBatch *self = g_new0 (WbFtpBatch, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->jobs = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_ftp_job_free);
  self->watches = g_array_new (FALSE, FALSE, sizeof (Watch));
  self->soon = g_cancellable_new ();
  self->stop = g_cancellable_new ();
  self->limit = limit != NULL ? wb_limit_ref (limit) : NULL;
  self->begun = g_get_monotonic_time ();
  return self;
}

void
wb_ftp_batch_unref (WbFtpBatch *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->jobs);
  g_array_unref (self->watches);
  g_object_unref (self->soon);
  g_object_unref (self->stop);
  g_clear_pointer (&self->limit, wb_limit_unref);
  g_free (self);
}

static gboolean
grace_over_cb (gpointer user_data)
{
  WbFtpBatch *self = user_data;

  self->grace_id = 0;
  g_cancellable_cancel (self->stop);
  return G_SOURCE_REMOVE;
}

static void
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  WbFtpBatch *self = user_data;

  g_cancellable_cancel (self->soon);
  if (self->grace_id == 0)
    self->grace_id =
        g_timeout_add_full (G_PRIORITY_DEFAULT, GRACE, grace_over_cb, wb_ftp_batch_ref (self),
                            (GDestroyNotify) wb_ftp_batch_unref);
}

/* Takes @job; @cancellable is its transfer's, to be cancelled on the queue's thread. */
void
wb_ftp_batch_add (WbFtpBatch *self, WbFtpJob *job, GCancellable *cancellable)
{
  Watch watch = { g_object_ref (cancellable), 0 };

  job->cancellable = g_object_ref (cancellable);
  watch.id = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), self, NULL);
  g_array_append_val (self->watches, watch);
  g_ptr_array_add (self->jobs, job);
}

/* It came to its end. */
void
wb_ftp_batch_close (WbFtpBatch *self)
{
  for (guint i = 0; i < self->watches->len; i++)
    {
      Watch *watch = &g_array_index (self->watches, Watch, i);

      g_cancellable_disconnect (watch->cancellable, watch->id);
      g_object_unref (watch->cancellable);
    }
  g_array_set_size (self->watches, 0);
  g_clear_handle_id (&self->grace_id, g_source_remove);
}

GPtrArray *
wb_ftp_batch_get_jobs (WbFtpBatch *self)
{
  return self->jobs;
}

/* How long it has been under way, in µs. */
gint64
wb_ftp_batch_get_age (WbFtpBatch *self)
{
  return MAX (g_get_monotonic_time () - self->begun, 1);
}

/* It was stopped for the sake of another one, and is to be done again. */
static void
forgive_stop (WbFtpJob *job)
{
  if (!g_error_matches (job->error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
      g_cancellable_is_cancelled (job->cancellable))
    return;
  g_clear_error (&job->error);
  job->begun = FALSE;
}

static void
take_result (WbFtpJob *job, WbFtpSmallFile *file, GCancellable *stop)
{
  job->size = file->size;
  job->begun = file->state != WB_FTP_SMALL_WAITS;
  job->alone = file->state == WB_FTP_SMALL_ALONE;
  if (file->state == WB_FTP_SMALL_DONE)
    wb_ftp_job_keep_remote (job, file->modified, stop);
  if (file->state != WB_FTP_SMALL_FAILED)
    return;
  job->error = g_steal_pointer (&file->error);
  forgive_stop (job);
}

static void
store_all (WbFtpBatch *self, WbFtpWorker *worker)
{
  guint count = self->jobs->len;
  g_autofree WbFtpSmallFile *files = g_new0 (WbFtpSmallFile, count);

  for (guint i = 0; i < count; i++)
    {
      const WbFtpJob *job = self->jobs->pdata[i];

      files[i].source = job->plan->local;
      files[i].path = job->plan->remote;
      files[i].cancellable = job->cancellable;
    }
  wb_ftp_client_store_small (worker->client, files, count, self->limit, self->soon, self->stop);
  for (guint i = 0; i < count; i++)
    {
      take_result (self->jobs->pdata[i], &files[i], self->stop);
      wb_ftp_small_file_clear (&files[i]);
    }
}

/* Each as it would be by itself; what is spared is that the queue's thread hears of each one. Where
 * the session broke, the queue says how to go on. */
static void
retrieve_all (WbFtpBatch *self, WbFtpWorker *worker)
{
  GPollFD fd = { 0 };
  gboolean has_fd = g_cancellable_make_pollfd (self->soon, &fd);

  for (guint i = 0; i < self->jobs->len && !g_cancellable_is_cancelled (self->soon); i++)
    {
      WbFtpJob *job = self->jobs->pdata[i];

      if (worker->client == NULL || !wb_ftp_client_is_usable (worker->client))
        break;
      wb_ftp_job_run (job, self->soon, &job->error);
      job->size = job->plan->size;
      forgive_stop (job);
      if (self->limit != NULL && job->error == NULL)
        wb_limit_take (self->limit, (gsize) job->size, self->soon, NULL);
    }
  if (has_fd)
    g_cancellable_release_fd (self->soon);
}

/* What a worker's thread does with a batch. Returns the batch itself: what went wrong is told by
 * its jobs. One that is neither begun nor has an error is to be done again. */
gpointer
wb_ftp_batch_run (gpointer data, GCancellable *cancellable, GError **error)
{
  WbFtpBatch *self = data;
  WbFtpJob *first = self->jobs->pdata[0];

  if (wb_ftp_worker_make_ready (first->worker, self->stop, &first->error))
    (first->plan->upload ? store_all : retrieve_all) (self, first->worker);
  else if (g_error_matches (first->error, G_IO_ERROR, G_IO_ERROR_CANCELLED) &&
           !g_cancellable_is_cancelled (first->cancellable))
    g_clear_error (&first->error);
  first->worker->last_used = g_get_monotonic_time ();
  return self;
}

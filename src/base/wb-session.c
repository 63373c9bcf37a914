/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-base"

#include "config.h"

#include "wb-session.h"

typedef struct
{
  WbSessionFunc func;
  gpointer data;
  GDestroyNotify data_free;
  GDestroyNotify result_free;
  gpointer result;
  GError *error;
} Job;

struct _WbSession
{
  GObject parent_instance;

  GAsyncQueue *jobs;
};

G_DEFINE_FINAL_TYPE (WbSession, wb_session, G_TYPE_OBJECT)

/* Pushed to end the thread; a GAsyncQueue cannot hold NULL. */
static char quit_mark;

static void
job_free (Job *job)
{
  if (job->data_free != NULL)
    job->data_free (job->data);
  g_free (job);
}

static gboolean
return_cb (gpointer user_data)
{
  GTask *task = user_data;
  Job *job = g_task_get_task_data (task);

  if (job->error != NULL)
    g_task_return_error (task, g_steal_pointer (&job->error));
  else
    g_task_return_pointer (task, g_steal_pointer (&job->result), job->result_free);
  return G_SOURCE_REMOVE;
}

/* Takes @task. It is handed back whole, and returned from there: what a caller gave along, which
 * may be widgets, is let go in the caller's own context and never here. */
static void
run_job (GTask *task)
{
  Job *job = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr (GMainContext) context = g_main_context_ref (g_task_get_context (task));
  g_autoptr (GSource) source = g_idle_source_new ();

  if (!g_cancellable_set_error_if_cancelled (cancellable, &job->error))
    job->result = job->func (job->data, cancellable, &job->error);

  g_source_set_priority (source, g_task_get_priority (task));
  g_source_set_callback (source, return_cb, task, g_object_unref);
  g_source_attach (source, context);
}

static gpointer
session_thread (gpointer data)
{
  g_autoptr (GAsyncQueue) jobs = data;

  for (;;)
    {
      gpointer next = g_async_queue_pop (jobs);

      if (next == &quit_mark)
        return NULL;
      run_job (next);
    }
}

static void
wb_session_dispose (GObject *object)
{
  WbSession *self = WB_SESSION (object);

  /* A queued job's GTask holds a reference, so nothing is left behind the mark. */
  if (self->jobs != NULL)
    g_async_queue_push (self->jobs, &quit_mark);
  g_clear_pointer (&self->jobs, g_async_queue_unref);

  G_OBJECT_CLASS (wb_session_parent_class)->dispose (object);
}

static void
wb_session_class_init (WbSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_session_dispose;
}

static void
wb_session_init (WbSession *self)
{
  self->jobs = g_async_queue_new ();
}

/**
 * wb_session_new:
 * @name: what to call the thread in a debugger; 15 bytes count
 *
 * Starts a worker thread with an empty queue.
 *
 * Returns: (transfer full): a new session
 */
WbSession *
wb_session_new (const char *name)
{
  WbSession *self = g_object_new (WB_TYPE_SESSION, NULL);

  g_thread_unref (g_thread_new (name, session_thread, g_async_queue_ref (self->jobs)));
  return self;
}

/**
 * wb_session_run_async:
 * @func: the blocking job
 * @data: (transfer full): what to hand it
 * @data_free: (nullable): frees @data, in the caller's context, once the job's result was taken
 * @result_free: (nullable): frees a result that nobody took
 * @callback: called in the caller's thread-default main context
 *
 * Queues a job; jobs run in the order of the calls. A job whose @cancellable is
 * cancelled before its turn does not run. Once it runs it is @func that has to
 * look at the cancellable, as every verb of the protocol clients does.
 *
 * Safe from any thread that has a main context to return to.
 */
void
wb_session_run_async (WbSession *self,
                      WbSessionFunc func,
                      gpointer data,
                      GDestroyNotify data_free,
                      GDestroyNotify result_free,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GTask *task = NULL;
  Job *job = NULL;

  g_return_if_fail (WB_IS_SESSION (self));
  g_return_if_fail (func != NULL);

  job = g_new0 (Job, 1);
  job->func = func;
  job->data = data;
  job->data_free = data_free;
  job->result_free = result_free;

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, wb_session_run_async);
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  /* What was done stays done: a cancel that comes after the work does not hide its result. */
  g_task_set_check_cancellable (task, FALSE);

  g_async_queue_push (self->jobs, task);
}

/**
 * wb_session_run_finish:
 *
 * Takes the result of a job.
 *
 * Returns: (transfer full) (nullable): what the job returned, or %NULL with its
 *   error set
 */
gpointer
wb_session_run_finish (WbSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (WB_IS_SESSION (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

typedef struct
{
  GMainLoop *loop;
  GAsyncResult *result;
} Wait;

static void
waited_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;

  wait->result = g_object_ref (result);
  g_main_loop_quit (wait->loop);
}

/**
 * wb_session_run:
 * @func: the blocking job
 * @data: (transfer full): what to hand it
 * @data_free: (nullable): frees @data
 *
 * Queues a job and waits until it and all before it are done, without the caller's own sources:
 * for the end of the program.
 *
 * Returns: (transfer full) (nullable): what the job returned, or %NULL with its error set
 */
gpointer
wb_session_run (WbSession *self,
                WbSessionFunc func,
                gpointer data,
                GDestroyNotify data_free,
                GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (context, FALSE);
  g_autoptr (GAsyncResult) result = NULL;
  Wait wait = { loop, NULL };

  g_return_val_if_fail (WB_IS_SESSION (self), NULL);

  g_main_context_push_thread_default (context);
  wb_session_run_async (self, func, data, data_free, NULL, NULL, waited_cb, &wait);
  g_main_loop_run (loop);
  g_main_context_pop_thread_default (context);
  result = wait.result;
  return wb_session_run_finish (self, result, error);
}

/**
 * wb_session_get_queued:
 *
 * Returns: how many jobs wait for their turn, without the one that runs
 */
guint
wb_session_get_queued (WbSession *self)
{
  g_return_val_if_fail (WB_IS_SESSION (self), 0);

  return MAX (g_async_queue_length (self->jobs), 0);
}

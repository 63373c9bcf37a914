/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-base"

#include "config.h"

#include "wb-progress.h"

#define TELL_INTERVAL (G_USEC_PER_SEC / 10)
#define SAMPLE_INTERVAL (G_USEC_PER_SEC / 8)
#define N_SAMPLES 24 /* three seconds of them */

typedef struct
{
  gint64 time;
  gint64 done;
} Sample;

struct _WbProgress
{
  GObject parent_instance;

  GMainContext *context; /* of whoever made it; set once */
  WbLimit *limit;        /* set before the work begins */

  /* In the context. Weak, as a worker may let go of the last reference while the watcher dies:
   * a signal's closure would then be taken apart by two threads at once. */
  WbProgressFunc func;
  GWeakRef watcher;

  /* Any thread, under the mutex. */
  GMutex mutex;
  GSource *pending;
  gint64 told; /* when the watcher was last called */
  char *step;
  gint64 done;
  gint64 total;
  gint64 begun;
  gint64 ended;
  Sample samples[N_SAMPLES];
  guint n_samples; /* ever taken; the ring's place is that modulo its size */
};

G_DEFINE_FINAL_TYPE (WbProgress, wb_progress, G_TYPE_OBJECT)

static gboolean
tell_cb (gpointer user_data)
{
  g_autoptr (WbProgress) self = g_weak_ref_get (user_data);
  g_autoptr (GObject) watcher = NULL;

  if (self == NULL)
    return G_SOURCE_REMOVE;

  g_mutex_lock (&self->mutex);
  /* While this one was on its way, wb_progress_end() may have put another in its place. */
  if (self->pending == g_main_current_source ())
    g_clear_pointer (&self->pending, g_source_unref);
  self->told = g_get_monotonic_time ();
  g_mutex_unlock (&self->mutex);

  watcher = g_weak_ref_get (&self->watcher);
  if (watcher != NULL)
    self->func (self, watcher);
  return G_SOURCE_REMOVE;
}

static void
weak_ref_free (gpointer data)
{
  GWeakRef *weak = data;

  g_weak_ref_clear (weak);
  g_free (weak);
}

/* Called with the mutex held. */
static void
schedule (WbProgress *self)
{
  GWeakRef *weak;
  gint64 wait;

  if (self->pending != NULL)
    return;

  wait = self->told + TELL_INTERVAL - g_get_monotonic_time ();
  weak = g_new0 (GWeakRef, 1);
  g_weak_ref_init (weak, self);
  self->pending = g_timeout_source_new (wait > 0 ? (guint) ((wait + 999) / 1000) : 0);
  g_source_set_callback (self->pending, tell_cb, weak, weak_ref_free);
  g_source_attach (self->pending, self->context);
}

/* Called with the mutex held. */
static void
take_sample (WbProgress *self)
{
  gint64 now = g_get_monotonic_time ();
  Sample *last = &self->samples[(self->n_samples + N_SAMPLES - 1) % N_SAMPLES];

  if (self->n_samples > 0 && now - last->time < SAMPLE_INTERVAL)
    return;
  self->samples[self->n_samples % N_SAMPLES] = (Sample){ now, self->done };
  self->n_samples++;
}

static void
wb_progress_finalize (GObject *object)
{
  WbProgress *self = WB_PROGRESS (object);

  if (self->pending != NULL)
    {
      g_source_destroy (self->pending);
      g_source_unref (self->pending);
    }
  g_weak_ref_clear (&self->watcher);
  g_clear_pointer (&self->limit, wb_limit_unref);
  g_free (self->step);
  g_mutex_clear (&self->mutex);
  g_main_context_unref (self->context);

  G_OBJECT_CLASS (wb_progress_parent_class)->finalize (object);
}

static void
wb_progress_class_init (WbProgressClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wb_progress_finalize;
}

static void
wb_progress_init (WbProgress *self)
{
  g_mutex_init (&self->mutex);
  g_weak_ref_init (&self->watcher, NULL);
  self->context = g_main_context_ref_thread_default ();
  self->total = -1;
}

/**
 * wb_progress_new:
 *
 * The thread's main context at this moment is the one that the watcher is called in.
 *
 * Returns: (transfer full): a new object, all counts 0, the total unknown
 */
WbProgress *
wb_progress_new (void)
{
  return g_object_new (WB_TYPE_PROGRESS, NULL);
}

/**
 * wb_progress_watch:
 * @func: called when some of the counts changed
 * @watcher: (nullable): who watches, in place of whoever did; as long as it lives
 *
 * To be called in the context that made the object, and any thread may let go of the last
 * reference to @self.
 */
void
wb_progress_watch (WbProgress *self, WbProgressFunc func, GObject *watcher)
{
  g_return_if_fail (WB_IS_PROGRESS (self));
  g_return_if_fail (func != NULL || watcher == NULL);

  self->func = func;
  g_weak_ref_set (&self->watcher, watcher);
}

/**
 * wb_progress_begin:
 * @step: (nullable): what is being done, in the person's language
 * @total: how many bytes or items there will be, or -1
 *
 * Begins anew: the count is 0 and the time runs from now. Safe from any thread,
 * as every verb here.
 */
void
wb_progress_begin (WbProgress *self, const char *step, gint64 total)
{
  g_return_if_fail (WB_IS_PROGRESS (self));

  g_mutex_lock (&self->mutex);
  g_free (self->step);
  self->step = g_strdup (step);
  self->done = 0;
  self->total = total;
  self->begun = g_get_monotonic_time ();
  self->ended = 0;
  self->n_samples = 0;
  take_sample (self);
  schedule (self);
  g_mutex_unlock (&self->mutex);
}

/**
 * wb_progress_set_step:
 * @step: (nullable): what is being done now, in the person's language
 */
void
wb_progress_set_step (WbProgress *self, const char *step)
{
  g_return_if_fail (WB_IS_PROGRESS (self));

  g_mutex_lock (&self->mutex);
  g_free (self->step);
  self->step = g_strdup (step);
  schedule (self);
  g_mutex_unlock (&self->mutex);
}

/**
 * wb_progress_set_total:
 * @total: how many bytes or items there will be, or -1 when nobody knows
 */
void
wb_progress_set_total (WbProgress *self, gint64 total)
{
  g_return_if_fail (WB_IS_PROGRESS (self));

  g_mutex_lock (&self->mutex);
  self->total = total;
  schedule (self);
  g_mutex_unlock (&self->mutex);
}

/**
 * wb_progress_set_done:
 * @done: bytes or items so far, such as the offset where a transfer resumes
 *
 * Counts up to there. The first count after wb_progress_begin() is where the work
 * starts, so it does not count for the rate.
 */
void
wb_progress_set_done (WbProgress *self, gint64 done)
{
  g_return_if_fail (WB_IS_PROGRESS (self));

  g_mutex_lock (&self->mutex);
  if (self->n_samples == 1 && self->done == 0)
    self->samples[0].done = done;
  self->done = done;
  take_sample (self);
  schedule (self);
  g_mutex_unlock (&self->mutex);
}

/**
 * wb_progress_add:
 * @more: bytes or items done since the last call
 */
void
wb_progress_add (WbProgress *self, gint64 more)
{
  g_return_if_fail (WB_IS_PROGRESS (self));

  g_mutex_lock (&self->mutex);
  self->done += more;
  take_sample (self);
  schedule (self);
  g_mutex_unlock (&self->mutex);
}

/**
 * wb_progress_end:
 *
 * Stops the clock and has the watcher called once more, at once.
 */
void
wb_progress_end (WbProgress *self)
{
  g_return_if_fail (WB_IS_PROGRESS (self));

  g_mutex_lock (&self->mutex);
  if (self->ended == 0)
    self->ended = g_get_monotonic_time ();
  if (self->pending != NULL)
    {
      g_source_destroy (self->pending);
      g_clear_pointer (&self->pending, g_source_unref);
    }
  self->told = 0;
  schedule (self);
  g_mutex_unlock (&self->mutex);
}

/**
 * wb_progress_set_limit:
 * @limit: (nullable): how fast the work may go; shared with others as the caller likes
 *
 * To be called before the work begins.
 */
void
wb_progress_set_limit (WbProgress *self, WbLimit *limit)
{
  g_return_if_fail (WB_IS_PROGRESS (self));

  g_clear_pointer (&self->limit, wb_limit_unref);
  if (limit != NULL)
    self->limit = wb_limit_ref (limit);
}

/**
 * wb_progress_get_limit:
 *
 * Any thread may call it once the work has begun.
 *
 * Returns: (transfer none) (nullable): how fast the work may go
 */
WbLimit *
wb_progress_get_limit (WbProgress *self)
{
  g_return_val_if_fail (WB_IS_PROGRESS (self), NULL);

  return self->limit;
}

/**
 * wb_progress_get_state:
 * @state: (out caller-allocates): what is known now; clear it with
 *   wb_progress_state_clear()
 */
void
wb_progress_get_state (WbProgress *self, WbProgressState *state)
{
  gint64 now;

  g_return_if_fail (WB_IS_PROGRESS (self));
  g_return_if_fail (state != NULL);

  g_mutex_lock (&self->mutex);
  now = self->ended != 0 ? self->ended : g_get_monotonic_time ();
  state->step = g_strdup (self->step);
  state->done = self->done;
  state->total = self->total;
  state->elapsed = self->begun != 0 ? (double) (now - self->begun) / G_USEC_PER_SEC : 0;
  state->rate = 0;
  if (self->n_samples > 0)
    {
      guint oldest = self->n_samples > N_SAMPLES ? self->n_samples % N_SAMPLES : 0;
      gint64 span = now - self->samples[oldest].time;

      if (span > 0)
        state->rate =
            (double) (self->done - self->samples[oldest].done) * G_USEC_PER_SEC / (double) span;
    }
  g_mutex_unlock (&self->mutex);
}

/**
 * wb_progress_state_clear:
 * @state: a state that wb_progress_get_state() filled
 *
 * Frees what it holds.
 */
void
wb_progress_state_clear (WbProgressState *state)
{
  g_return_if_fail (state != NULL);

  g_clear_pointer (&state->step, g_free);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-base"

#include "config.h"

#include "wb-limit.h"

/* What was not used lately may be made up for, up to this, in µs. */
#define BURST (G_USEC_PER_SEC / 10)

/* A new rate counts for those that are held up already after this long at most, in µs. */
#define SLICE (G_USEC_PER_SEC / 5)

/* Blocks a second, so that the bytes flow and do not come in lumps. */
#define BLOCKS 20
#define BLOCK_MIN 2048

struct _WbLimit
{
  gatomicrefcount ref_count;

  /* Under the mutex */
  GMutex mutex;
  gint64 rate; /* bytes a second, 0 without a limit */
  gint64 free; /* when all that was taken has had its time; monotonic, in µs */
};

/**
 * wb_limit_new:
 * @rate: bytes a second; 0 is no limit
 *
 * Returns: (transfer full): a new limit
 */
WbLimit *
wb_limit_new (gint64 rate)
{
  WbLimit *self = g_new0 (WbLimit, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->mutex);
  self->rate = MAX (rate, 0);
  return self;
}

/**
 * wb_limit_ref:
 *
 * Returns: (transfer full): @self
 */
WbLimit *
wb_limit_ref (WbLimit *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * wb_limit_unref:
 *
 * Drops a reference.
 */
void
wb_limit_unref (WbLimit *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/**
 * wb_limit_set_rate:
 * @rate: bytes a second; 0 is no limit
 *
 * Counts from now on, also for what is on its way.
 */
void
wb_limit_set_rate (WbLimit *self, gint64 rate)
{
  g_return_if_fail (self != NULL);

  g_mutex_lock (&self->mutex);
  self->rate = MAX (rate, 0);
  /* What was owed under the old rate is forgiven. */
  self->free = 0;
  g_mutex_unlock (&self->mutex);
}

/**
 * wb_limit_get_rate:
 *
 * Returns: bytes a second, 0 without a limit
 */
gint64
wb_limit_get_rate (WbLimit *self)
{
  gint64 rate = 0;

  g_return_val_if_fail (self != NULL, 0);

  g_mutex_lock (&self->mutex);
  rate = self->rate;
  g_mutex_unlock (&self->mutex);
  return rate;
}

/**
 * wb_limit_get_block:
 * @most: the size of the caller's buffer
 *
 * Returns: how many bytes to move at once, so that they flow: @most without a limit
 */
gsize
wb_limit_get_block (WbLimit *self, gsize most)
{
  gint64 rate = wb_limit_get_rate (self);

  if (rate == 0)
    return most;
  return MIN (most, MAX ((gsize) rate / BLOCKS, BLOCK_MIN));
}

/* Until when somebody has to wait who takes @bytes now; 0: not at all. */
static gint64
reserve (WbLimit *self, gsize bytes)
{
  gint64 now = g_get_monotonic_time ();
  gint64 until = 0;

  g_mutex_lock (&self->mutex);
  if (self->rate > 0)
    {
      self->free = MAX (self->free, now - BURST);
      self->free += (gint64) ((double) bytes * G_USEC_PER_SEC / self->rate);
      until = self->free > now ? self->free : 0;
    }
  g_mutex_unlock (&self->mutex);
  return until;
}

static void
wait_a_slice (gint64 microseconds, GCancellable *cancellable)
{
  GPollFD fd;

  if (cancellable != NULL && g_cancellable_make_pollfd (cancellable, &fd))
    {
      g_poll (&fd, 1, (int) (microseconds / 1000) + 1);
      g_cancellable_release_fd (cancellable);
    }
  else
    g_usleep ((gulong) microseconds);
}

/**
 * wb_limit_take:
 * @bytes: how many have just gone by
 *
 * Holds the caller up until @bytes fit into the rate, beside what others took.
 *
 * Errors: `G_IO_ERROR_CANCELLED`.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_limit_take (WbLimit *self, gsize bytes, GCancellable *cancellable, GError **error)
{
  gint64 until = 0;
  gint64 rate = 0;

  g_return_val_if_fail (self != NULL, FALSE);

  rate = wb_limit_get_rate (self);
  until = reserve (self, bytes);
  for (;;)
    {
      gint64 left = until - g_get_monotonic_time ();

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (left <= 0 || wb_limit_get_rate (self) != rate)
        return TRUE;
      wait_a_slice (MIN (left, SLICE), cancellable);
    }
}

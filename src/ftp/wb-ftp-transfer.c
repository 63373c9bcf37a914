/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-queue-private.h"

struct _WbFtpTransfer
{
  GObject parent_instance;

  /* Borrowed */
  WbFtpQueue *queue; /* a weak pointer */

  /* Owned */
  WbFtpPlan *plan;
  WbProgress *progress;
  GCancellable *cancellable;
  GError *error;

  WbFtpTransferState state;
  WbFtpConflict conflict;
  guint64 number;       /* in the order in which they came to the queue */
  gboolean counted;     /* the queue's totals have it in them */
  gboolean wants_pause; /* it was stopped to be paused, not to be cancelled */
  gboolean alone;       /* it does not go well with others */
  guint attempts;       /* that failed for a reason that may pass */
  guint delay;          /* before the next one, in ms */
  gint64 done;
  gint64 total;
  double rate;
};

G_DEFINE_FINAL_TYPE (WbFtpTransfer, wb_ftp_transfer, G_TYPE_OBJECT)

enum
{
  PROP_STATE = 1,
  PROP_DONE,
  PROP_TOTAL,
  PROP_RATE,
  PROP_ERROR_MESSAGE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
wb_ftp_transfer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WbFtpTransfer *self = WB_FTP_TRANSFER (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_uint (value, self->state);
      break;
    case PROP_DONE:
      g_value_set_int64 (value, self->done);
      break;
    case PROP_TOTAL:
      g_value_set_int64 (value, self->total);
      break;
    case PROP_RATE:
      g_value_set_double (value, self->rate);
      break;
    case PROP_ERROR_MESSAGE:
      g_value_set_string (value, wb_ftp_transfer_get_error_message (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wb_ftp_transfer_dispose (GObject *object)
{
  WbFtpTransfer *self = WB_FTP_TRANSFER (object);

  g_clear_weak_pointer (&self->queue);
  g_clear_object (&self->progress);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (wb_ftp_transfer_parent_class)->dispose (object);
}

static void
wb_ftp_transfer_finalize (GObject *object)
{
  WbFtpTransfer *self = WB_FTP_TRANSFER (object);

  g_clear_pointer (&self->plan, wb_ftp_plan_unref);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (wb_ftp_transfer_parent_class)->finalize (object);
}

static void
wb_ftp_transfer_class_init (WbFtpTransferClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = wb_ftp_transfer_get_property;
  object_class->dispose = wb_ftp_transfer_dispose;
  object_class->finalize = wb_ftp_transfer_finalize;

  properties[PROP_STATE] =
      g_param_spec_uint ("state", NULL, NULL, 0, WB_FTP_TRANSFER_SKIPPED, 0, flags);
  properties[PROP_DONE] = g_param_spec_int64 ("done", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_TOTAL] = g_param_spec_int64 ("total", NULL, NULL, -1, G_MAXINT64, -1, flags);
  properties[PROP_RATE] = g_param_spec_double ("rate", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  properties[PROP_ERROR_MESSAGE] = g_param_spec_string ("error-message", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
wb_ftp_transfer_init (WbFtpTransfer *self)
{
  self->cancellable = g_cancellable_new ();
}

/* What it brings to the queue's totals: a size that nobody knows is what came so far. */
static gint64
get_weight (gint64 done, gint64 total)
{
  return MAX (done, total);
}

static void
count (WbFtpTransfer *self, int old_state, int new_state, gint64 done, gint64 total)
{
  if (self->queue != NULL && self->counted)
    wb_ftp_queue_count (self->queue, old_state, new_state, done, total);
}

static void
take_numbers (WbFtpTransfer *self, gint64 done, gint64 total, double rate)
{
  count (self, -1, -1, done - self->done,
         get_weight (done, total) - get_weight (self->done, self->total));
  g_object_freeze_notify (G_OBJECT (self));
  if (self->done != done)
    {
      self->done = done;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DONE]);
    }
  if (self->total != total)
    {
      self->total = total;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TOTAL]);
    }
  if (self->rate != rate)
    {
      self->rate = rate;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RATE]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

static void
read_progress (WbFtpTransfer *self)
{
  g_auto (WbProgressState) state = { 0 };

  wb_progress_get_state (self->progress, &state);
  take_numbers (self, MAX (state.done, 0), MAX (state.total, -1), MAX (state.rate, 0));
}

static void
progress_cb (WbProgress *progress, gpointer user_data)
{
  WbFtpTransfer *self = user_data;

  if (self->state == WB_FTP_TRANSFER_RUNNING)
    read_progress (self);
}

static void
make_progress (WbFtpTransfer *self)
{
  g_clear_object (&self->progress);
  self->progress = wb_progress_new ();
  wb_ftp_queue_prepare_progress (self->queue, self->progress, self->plan->upload);
  wb_progress_watch (self->progress, progress_cb, G_OBJECT (self));
}

/* Takes @plan. The queue's totals have it in them already. */
WbFtpTransfer *
wb_ftp_transfer_new_counted (WbFtpQueue *queue, WbFtpPlan *plan)
{
  WbFtpTransfer *self = g_object_new (WB_TYPE_FTP_TRANSFER, NULL);

  g_set_weak_pointer (&self->queue, queue);
  self->plan = plan;
  self->total = plan->size;
  self->counted = TRUE;
  self->number = queue->numbers++;
  return self;
}

/* Takes @plan. */
WbFtpTransfer *
wb_ftp_transfer_new (WbFtpQueue *queue, WbFtpPlan *plan)
{
  WbFtpTransfer *self = wb_ftp_transfer_new_counted (queue, plan);

  count (self, -1, self->state, 0, get_weight (0, self->total));
  return self;
}

/* Nothing becomes of it any more, unless somebody has it begin again. */
gboolean
wb_ftp_transfer_has_ended (WbFtpTransfer *self)
{
  return self->state == WB_FTP_TRANSFER_DONE || self->state == WB_FTP_TRANSFER_FAILED ||
         self->state == WB_FTP_TRANSFER_CANCELLED || self->state == WB_FTP_TRANSFER_SKIPPED;
}

WbFtpPlan *
wb_ftp_transfer_get_plan (WbFtpTransfer *self)
{
  return self->plan;
}

void
wb_ftp_transfer_set_rule (WbFtpTransfer *self, WbFtpIfExists rule)
{
  WbFtpPlan *plan = wb_ftp_plan_change (self->plan, rule);

  wb_ftp_plan_unref (self->plan);
  self->plan = plan;
}

void
wb_ftp_transfer_set_conflict (WbFtpTransfer *self, const WbFtpConflict *conflict)
{
  self->conflict = *conflict;
}

/* The queue has it no longer. */
void
wb_ftp_transfer_leave (WbFtpTransfer *self)
{
  count (self, self->state, -1, -self->done, -get_weight (self->done, self->total));
  self->counted = FALSE;
}

/* Made when it is first needed: 10,000 queued files need none. */
WbProgress *
wb_ftp_transfer_get_progress (WbFtpTransfer *self)
{
  if (self->progress == NULL)
    make_progress (self);
  return self->progress;
}

GCancellable *
wb_ftp_transfer_get_cancellable (WbFtpTransfer *self)
{
  return self->cancellable;
}

/* It was moved without a progress that would know. */
void
wb_ftp_transfer_set_moved (WbFtpTransfer *self, gint64 bytes, double rate)
{
  take_numbers (self, bytes, bytes, rate);
}

/* What is expected of it while it has no progress. */
void
wb_ftp_transfer_set_rate (WbFtpTransfer *self, double rate)
{
  take_numbers (self, self->done, self->total, rate);
}

/* Not in a batch any more. */
void
wb_ftp_transfer_set_alone (WbFtpTransfer *self)
{
  self->alone = TRUE;
}

gboolean
wb_ftp_transfer_get_alone (WbFtpTransfer *self)
{
  return self->alone || self->attempts > 0;
}

/* The one place where the state changes. */
void
wb_ftp_transfer_set_state (WbFtpTransfer *self, WbFtpTransferState state, const GError *error)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (self->state != state)
    {
      if (self->progress != NULL)
        read_progress (self);
      if (state == WB_FTP_TRANSFER_DONE)
        take_numbers (self, self->done, self->done, self->rate);
      count (self, self->state, state, 0, 0);
      self->state = state;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
    }
  if (self->error != NULL || error != NULL)
    {
      g_clear_error (&self->error);
      if (error != NULL)
        self->error = g_error_copy (error);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR_MESSAGE]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

/* Stops what runs, to be gone on with later. */
void
wb_ftp_transfer_stop_to_pause (WbFtpTransfer *self)
{
  self->wants_pause = TRUE;
  g_cancellable_cancel (self->cancellable);
}

/* Whether it was stopped to be paused; says so once. */
gboolean
wb_ftp_transfer_take_pause (WbFtpTransfer *self)
{
  gboolean wants_pause = self->wants_pause;

  self->wants_pause = FALSE;
  return wants_pause;
}

/* It failed for a reason that may pass, and is tried again after @delay ms. */
void
wb_ftp_transfer_note_attempt (WbFtpTransfer *self, guint delay)
{
  self->attempts++;
  self->delay = delay;
}

/* How long it waits, or waited, for its present attempt, in ms; 0 for its first one. */
guint
wb_ftp_transfer_get_delay (WbFtpTransfer *self)
{
  return self->delay;
}

/* Begins again, or waits to do so. */
void
wb_ftp_transfer_renew (WbFtpTransfer *self, WbFtpTransferState state)
{
  self->wants_pause = FALSE;
  g_clear_object (&self->progress);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  take_numbers (self, 0, self->plan->size, 0);
  wb_ftp_transfer_set_state (self, state, NULL);
}

/**
 * wb_ftp_transfer_is_upload:
 *
 * Returns: whether it goes to the server
 */
gboolean
wb_ftp_transfer_is_upload (WbFtpTransfer *self)
{
  g_return_val_if_fail (WB_IS_FTP_TRANSFER (self), FALSE);

  return self->plan->upload;
}

/**
 * wb_ftp_transfer_get_queue:
 *
 * Returns: (transfer none) (nullable): the queue that it belongs to, or %NULL when that is gone
 */
WbFtpQueue *
wb_ftp_transfer_get_queue (WbFtpTransfer *self)
{
  g_return_val_if_fail (WB_IS_FTP_TRANSFER (self), NULL);

  return self->queue;
}

/**
 * wb_ftp_transfer_get_number:
 *
 * Returns: its place in the order in which transfers came to the queue
 */
guint64
wb_ftp_transfer_get_number (WbFtpTransfer *self)
{
  g_return_val_if_fail (WB_IS_FTP_TRANSFER (self), 0);

  return self->number;
}

/**
 * wb_ftp_transfer_get_local:
 *
 * Returns: (transfer none): the file or folder on this computer
 */
GFile *
wb_ftp_transfer_get_local (WbFtpTransfer *self)
{
  g_return_val_if_fail (WB_IS_FTP_TRANSFER (self), NULL);

  return self->plan->local;
}

/**
 * wb_ftp_transfer_get_remote:
 *
 * Returns: the path of the file or folder on the server, in its bytes
 */
const char *
wb_ftp_transfer_get_remote (WbFtpTransfer *self)
{
  g_return_val_if_fail (WB_IS_FTP_TRANSFER (self), NULL);

  return self->plan->remote;
}

/**
 * wb_ftp_transfer_get_state:
 *
 * Returns: how far it is
 */
WbFtpTransferState
wb_ftp_transfer_get_state (WbFtpTransfer *self)
{
  g_return_val_if_fail (WB_IS_FTP_TRANSFER (self), WB_FTP_TRANSFER_FAILED);

  return self->state;
}

/**
 * wb_ftp_transfer_get_done:
 *
 * Returns: how many bytes went by
 */
gint64
wb_ftp_transfer_get_done (WbFtpTransfer *self)
{
  g_return_val_if_fail (WB_IS_FTP_TRANSFER (self), 0);

  return self->done;
}

/**
 * wb_ftp_transfer_get_total:
 *
 * Returns: how many bytes it has, or -1 when nobody knows yet
 */
gint64
wb_ftp_transfer_get_total (WbFtpTransfer *self)
{
  g_return_val_if_fail (WB_IS_FTP_TRANSFER (self), -1);

  return self->total;
}

/**
 * wb_ftp_transfer_get_rate:
 *
 * Returns: bytes a second, lately
 */
double
wb_ftp_transfer_get_rate (WbFtpTransfer *self)
{
  g_return_val_if_fail (WB_IS_FTP_TRANSFER (self), 0);

  return self->rate;
}

/**
 * wb_ftp_transfer_get_error:
 *
 * Returns: (transfer none) (nullable): why it failed
 */
const GError *
wb_ftp_transfer_get_error (WbFtpTransfer *self)
{
  g_return_val_if_fail (WB_IS_FTP_TRANSFER (self), NULL);

  return self->error;
}

/**
 * wb_ftp_transfer_get_error_message:
 *
 * Returns: (nullable): why it failed, in the person's language
 */
const char *
wb_ftp_transfer_get_error_message (WbFtpTransfer *self)
{
  g_return_val_if_fail (WB_IS_FTP_TRANSFER (self), NULL);

  return self->error != NULL ? self->error->message : NULL;
}

/**
 * wb_ftp_transfer_get_time_left:
 *
 * Returns: seconds that the rest will take at the present rate, or -1 when nobody can tell
 */
gint64
wb_ftp_transfer_get_time_left (WbFtpTransfer *self)
{
  g_return_val_if_fail (WB_IS_FTP_TRANSFER (self), -1);

  if (self->state != WB_FTP_TRANSFER_RUNNING || self->total < 0 || self->rate < 1)
    return -1;
  return (gint64) ((double) MAX (self->total - self->done, 0) / self->rate);
}

/**
 * wb_ftp_transfer_get_attempts:
 *
 * Returns: how many attempts failed for a reason that may pass
 */
guint
wb_ftp_transfer_get_attempts (WbFtpTransfer *self)
{
  g_return_val_if_fail (WB_IS_FTP_TRANSFER (self), 0);

  return self->attempts;
}

/**
 * wb_ftp_transfer_get_conflict:
 *
 * Returns: (transfer none) (nullable): the two files of the same name, while it waits for
 *   an answer
 */
const WbFtpConflict *
wb_ftp_transfer_get_conflict (WbFtpTransfer *self)
{
  g_return_val_if_fail (WB_IS_FTP_TRANSFER (self), NULL);

  return self->state == WB_FTP_TRANSFER_CONFLICT ? &self->conflict : NULL;
}

/**
 * wb_ftp_transfer_cancel:
 *
 * Stops it, at once when it waits, and within 200 ms when it runs. One that has ended
 * stays as it is.
 */
void
wb_ftp_transfer_cancel (WbFtpTransfer *self)
{
  g_return_if_fail (WB_IS_FTP_TRANSFER (self));

  if (self->state == WB_FTP_TRANSFER_RUNNING)
    {
      self->wants_pause = FALSE;
      g_cancellable_cancel (self->cancellable);
    }
  if (self->state != WB_FTP_TRANSFER_QUEUED && self->state != WB_FTP_TRANSFER_PAUSED &&
      self->state != WB_FTP_TRANSFER_CONFLICT)
    return;
  wb_ftp_transfer_set_state (self, WB_FTP_TRANSFER_CANCELLED, NULL);
  if (self->queue != NULL)
    wb_ftp_queue_look_again (self->queue);
}

/**
 * wb_ftp_transfer_pause:
 *
 * Stops it until wb_ftp_transfer_unpause(). What runs is broken off; how much of it is
 * gone on with later is for the queue's flags to say (%WB_FTP_FILE_RESUME).
 */
void
wb_ftp_transfer_pause (WbFtpTransfer *self)
{
  g_return_if_fail (WB_IS_FTP_TRANSFER (self));

  if (self->state == WB_FTP_TRANSFER_RUNNING)
    wb_ftp_transfer_stop_to_pause (self);
  if (self->state != WB_FTP_TRANSFER_QUEUED)
    return;
  wb_ftp_transfer_set_state (self, WB_FTP_TRANSFER_PAUSED, NULL);
  if (self->queue != NULL)
    wb_ftp_queue_look_again (self->queue);
}

/**
 * wb_ftp_transfer_unpause:
 *
 * Lets one that was paused wait for its turn again.
 */
void
wb_ftp_transfer_unpause (WbFtpTransfer *self)
{
  g_return_if_fail (WB_IS_FTP_TRANSFER (self));

  if (self->state != WB_FTP_TRANSFER_PAUSED || self->queue == NULL)
    return;
  wb_ftp_transfer_renew (self, WB_FTP_TRANSFER_QUEUED);
  wb_ftp_queue_put_back (self->queue, self);
}

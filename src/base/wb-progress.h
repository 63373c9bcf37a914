/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-limit.h"

G_BEGIN_DECLS

/**
 * WbProgressState:
 * @step: (nullable): what is being done, in the person's language
 * @done: bytes or items so far
 * @total: how many there will be, or -1 when nobody knows
 * @rate: of the last seconds, per second
 * @elapsed: seconds since wb_progress_begin()
 */
typedef struct
{
  char   *step;
  gint64  done;
  gint64  total;
  double  rate;
  double  elapsed;
} WbProgressState;

/**
 * WbProgress:
 *
 * Counts that a worker adds to and a window reads. A worker never calls anybody: who
 * watches is called in the main context that created the object, at most ten times a
 * second, and once more at the end.
 */
#define WB_TYPE_PROGRESS (wb_progress_get_type ())
G_DECLARE_FINAL_TYPE (WbProgress, wb_progress, WB, PROGRESS, GObject)

/**
 * WbProgressFunc:
 * @progress: what counts; wb_progress_get_state() tells them
 * @watcher: who watches
 *
 * Some of the counts changed.
 */
typedef void (*WbProgressFunc) (WbProgress *progress, gpointer watcher);

WbProgress *wb_progress_new         (void);
void        wb_progress_watch       (WbProgress      *self,
                                     WbProgressFunc   func,
                                     GObject         *watcher);
void        wb_progress_begin       (WbProgress      *self,
                                     const char      *step,
                                     gint64           total);
void        wb_progress_set_step    (WbProgress      *self,
                                     const char      *step);
void        wb_progress_set_total   (WbProgress      *self,
                                     gint64           total);
void        wb_progress_set_done    (WbProgress      *self,
                                     gint64           done);
void        wb_progress_add         (WbProgress      *self,
                                     gint64           more);
void        wb_progress_end         (WbProgress      *self);
void        wb_progress_set_limit   (WbProgress      *self,
                                     WbLimit         *limit);
WbLimit    *wb_progress_get_limit   (WbProgress      *self);
void        wb_progress_get_state   (WbProgress      *self,
                                     WbProgressState *state);
void        wb_progress_state_clear (WbProgressState *state);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WbProgressState, wb_progress_state_clear)

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "wb-ftp-queue.h"

G_BEGIN_DECLS

/**
 * WbQueueView:
 *
 * The transfers of one or more queues, what they come to together, and what can be done
 * with all of them.
 *
 * Signals: `resume-wanted` (a #WbFtpTransfer, or %NULL for all that are paused);
 * `answer-wanted` (a #WbFtpTransfer): its conflict is to be asked about again;
 * `sync-wanted`; `totals-changed`.
 */
#define WB_TYPE_QUEUE_VIEW (wb_queue_view_get_type ())
G_DECLARE_FINAL_TYPE (WbQueueView, wb_queue_view, WB, QUEUE_VIEW, GtkWidget)

void wb_queue_view_set_queues    (WbQueueView  *self,
                                  GListModel   *queues);
void wb_queue_view_set_frozen    (WbQueueView  *self,
                                  gboolean      frozen);
void wb_queue_view_set_settings  (WbQueueView  *self,
                                  GSettings    *settings);
void wb_queue_view_set_connected (WbQueueView  *self,
                                  gboolean      connected);
void wb_queue_view_set_low       (WbQueueView  *self,
                                  gboolean      low);
void wb_queue_view_get_totals    (WbQueueView  *self,
                                  WbFtpTotals  *totals);

G_END_DECLS

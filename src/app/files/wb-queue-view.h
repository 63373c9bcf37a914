/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "wb-ftp-queue.h"

G_BEGIN_DECLS

/**
 * WbQueueView:
 *
 * The transfers of a queue, each with its progress, rate, time left, Cancel or
 * Retry. Not visible while there are none.
 */
#define WB_TYPE_QUEUE_VIEW (wb_queue_view_get_type ())
G_DECLARE_FINAL_TYPE (WbQueueView, wb_queue_view, WB, QUEUE_VIEW, GtkWidget)

void wb_queue_view_set_queue (WbQueueView  *self,
                              WbFtpQueue   *queue);

G_END_DECLS

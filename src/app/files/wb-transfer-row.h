/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "wb-ftp-queue.h"

G_BEGIN_DECLS

/**
 * WbTransferRow:
 *
 * A transfer in the queue: what it is, how far it is, why it failed and what can be done
 * about it. Signals: `resume-wanted`, `answer-wanted`.
 */
#define WB_TYPE_TRANSFER_ROW (wb_transfer_row_get_type ())
G_DECLARE_FINAL_TYPE (WbTransferRow, wb_transfer_row, WB, TRANSFER_ROW, GtkWidget)

GtkWidget     *wb_transfer_row_new          (void);
void           wb_transfer_row_set_transfer (WbTransferRow  *self,
                                             WbFtpTransfer  *transfer);
WbFtpTransfer *wb_transfer_row_get_transfer (WbTransferRow  *self);

G_END_DECLS

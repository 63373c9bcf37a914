/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "wb-ftp-queue.h"

G_BEGIN_DECLS

/**
 * WbTransferRow:
 *
 * One transfer of a queue. Its signal `state-changed` tells that the transfer went
 * on to another state.
 */
#define WB_TYPE_TRANSFER_ROW (wb_transfer_row_get_type ())
G_DECLARE_FINAL_TYPE (WbTransferRow, wb_transfer_row, WB, TRANSFER_ROW, GtkWidget)

GtkWidget *wb_transfer_row_new          (void);
void       wb_transfer_row_set_transfer (WbTransferRow  *self,
                                         WbFtpQueue     *queue,
                                         WbFtpTransfer  *transfer);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "wb-sync-item.h"

G_BEGIN_DECLS

/**
 * WbSyncRow:
 *
 * A #WbSyncItem in the preview. Signal: `chosen` (gboolean): the person ticked it or not.
 */
#define WB_TYPE_SYNC_ROW (wb_sync_row_get_type ())
G_DECLARE_FINAL_TYPE (WbSyncRow, wb_sync_row, WB, SYNC_ROW, GtkWidget)

GtkWidget  *wb_sync_row_new      (void);
void        wb_sync_row_set_item (WbSyncRow   *self,
                                  WbSyncItem  *item);
WbSyncItem *wb_sync_row_get_item (WbSyncRow   *self);

G_END_DECLS

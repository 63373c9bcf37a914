/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "wb-file-item.h"

G_BEGIN_DECLS

/**
 * WbFileModel:
 *
 * The rows of a folder, filtered and sorted. A big folder is arranged on a thread of
 * its own and taken over in one piece, so that the window never waits for it; what
 * is shown meanwhile is the arrangement before. Belongs to the main thread.
 *
 * A #GListModel of #WbFileItem. Signals: `replacing` and `replaced`, around a change of
 * the whole, in which the rows come piece by piece.
 */
#define WB_TYPE_FILE_MODEL (wb_file_model_get_type ())
G_DECLARE_FINAL_TYPE (WbFileModel, wb_file_model, WB, FILE_MODEL, GObject)

/**
 * WbFileOrder:
 *
 * What a folder is sorted by; folders always come first, and what is equal goes by name.
 */
typedef enum
{
  WB_FILE_ORDER_NAME,
  WB_FILE_ORDER_SIZE,
  WB_FILE_ORDER_MODIFIED,
  WB_FILE_ORDER_MODE,
  WB_FILE_ORDER_OWNER,
} WbFileOrder;

WbFileModel *wb_file_model_new             (void);
void         wb_file_model_set_items       (WbFileModel  *self,
                                            GPtrArray    *items,
                                            gboolean      again);
void         wb_file_model_set_needle      (WbFileModel  *self,
                                            const char   *needle);
void         wb_file_model_set_show_hidden (WbFileModel  *self,
                                            gboolean      show_hidden);
void         wb_file_model_set_order       (WbFileModel  *self,
                                            WbFileOrder   order,
                                            gboolean      descending);
gboolean     wb_file_model_has_name        (WbFileModel  *self,
                                            const char   *name);
void         wb_file_model_follow          (WbFileModel  *self,
                                            GtkBitset    *rows);
GtkBitset   *wb_file_model_steal_followed  (WbFileModel  *self);
gboolean     wb_file_model_is_busy         (WbFileModel  *self);

G_END_DECLS

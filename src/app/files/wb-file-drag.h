/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "wb-file-item.h"

G_BEGIN_DECLS

/**
 * WbFileDrag:
 *
 * Rows on their way from one pane to the other.
 */
#define WB_TYPE_FILE_DRAG (wb_file_drag_get_type ())
G_DECLARE_FINAL_TYPE (WbFileDrag, wb_file_drag, WB, FILE_DRAG, GObject)

WbFileDrag *wb_file_drag_new       (GtkWidget   *pane,
                                    GPtrArray   *items);
GtkWidget  *wb_file_drag_get_pane  (WbFileDrag  *self);
GPtrArray  *wb_file_drag_get_items (WbFileDrag  *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "wb-file-model.h"

G_BEGIN_DECLS

void         wb_file_columns_add           (GtkColumnView *view);
gboolean     wb_file_columns_get_order     (GtkColumnView *view,
                                            WbFileOrder   *order,
                                            gboolean      *descending);
void         wb_file_columns_set_order     (GtkColumnView *view,
                                            WbFileOrder    order,
                                            gboolean       descending);
GtkWidget   *wb_file_columns_get_name_cell (WbFileItem    *item);
GtkListItem *wb_file_columns_pick          (GtkColumnView *view,
                                            double         x,
                                            double         y,
                                            gboolean      *on_name);

G_END_DECLS

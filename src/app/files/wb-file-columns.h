/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "wb-file-model.h"
#include "wb-file-pane.h"

G_BEGIN_DECLS

void     wb_file_columns_add       (GtkColumnView  *view,
                                    WbFilePane     *pane);
gboolean wb_file_columns_get_order (GtkColumnView  *view,
                                    WbFileOrder    *order,
                                    gboolean       *descending);
void     wb_file_columns_set_order (GtkColumnView  *view,
                                    WbFileOrder     order,
                                    gboolean        descending);

GtkWidget *wb_file_columns_get_name_cell (WbFileItem *item);

G_END_DECLS

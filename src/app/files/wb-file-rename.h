/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-file-pane.h"

G_BEGIN_DECLS

/**
 * WbFileRenamedFunc:
 * @name: what was entered, another name than before
 *
 * Returns: whether it will do; else it stays to be changed
 */
typedef gboolean (*WbFileRenamedFunc) (WbFilePane *pane,
                                       WbFileItem *item,
                                       const char *name);

void wb_file_rename_begin (WbFilePane        *pane,
                           GtkWidget         *cell,
                           WbFileItem        *item,
                           WbFileRenamedFunc  func);
void wb_file_rename_leave (GtkWidget         *cell);

G_END_DECLS

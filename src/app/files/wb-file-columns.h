/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "wb-file-pane.h"

G_BEGIN_DECLS

void wb_file_columns_add (GtkColumnView  *view,
                          WbFilePane     *pane);

G_END_DECLS

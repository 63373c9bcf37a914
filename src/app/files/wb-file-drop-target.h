/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-file-pane.h"

G_BEGIN_DECLS

void wb_file_drop_add_target (WbFilePane  *pane,
                              GtkWidget   *widget);
void wb_file_drop_take_files (WbFilePane  *pane,
                              GdkFileList *files,
                              WbFileItem  *folder);

G_END_DECLS

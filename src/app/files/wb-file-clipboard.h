/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-file-pane.h"

G_BEGIN_DECLS

void wb_file_clipboard_copy  (WbFilePane  *pane);
void wb_file_clipboard_paste (WbFilePane  *pane);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-file-pane.h"

G_BEGIN_DECLS

/**
 * WbLocalPane:
 *
 * The pane of this computer's files.
 */
#define WB_TYPE_LOCAL_PANE (wb_local_pane_get_type ())
G_DECLARE_FINAL_TYPE (WbLocalPane, wb_local_pane, WB, LOCAL_PANE, WbFilePane)

void   wb_local_pane_open       (WbLocalPane  *self,
                                 GFile        *folder);
GFile *wb_local_pane_get_folder (WbLocalPane  *self);

G_END_DECLS

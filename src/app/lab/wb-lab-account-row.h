/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-workbench.h"

G_BEGIN_DECLS

/**
 * WbLabAccountRow:
 *
 * An account of the lab: its user, and its password, hidden until it is asked for.
 */
#define WB_TYPE_LAB_ACCOUNT_ROW (wb_lab_account_row_get_type ())
G_DECLARE_FINAL_TYPE (WbLabAccountRow, wb_lab_account_row, WB, LAB_ACCOUNT_ROW, AdwActionRow)

GtkWidget *wb_lab_account_row_new (WbWorkbench        *workbench,
                                   const WbLabAccount *account);

G_END_DECLS

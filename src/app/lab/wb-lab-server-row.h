/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-workbench.h"

G_BEGIN_DECLS

/**
 * WbLabServerRow:
 *
 * A server of the lab: what it is, whether it runs, its port and its address.
 */
#define WB_TYPE_LAB_SERVER_ROW (wb_lab_server_row_get_type ())
G_DECLARE_FINAL_TYPE (WbLabServerRow, wb_lab_server_row, WB, LAB_SERVER_ROW, AdwActionRow)

GtkWidget *wb_lab_server_row_new (WbWorkbench  *workbench,
                                  WbLab        *lab,
                                  WbSession    *session,
                                  WbLabService  service);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-workbench.h"

G_BEGIN_DECLS

/**
 * WbLabPage:
 *
 * The lab's servers: on and off, ports, users and passwords, and where things are.
 */
#define WB_TYPE_LAB_PAGE (wb_lab_page_get_type ())
G_DECLARE_FINAL_TYPE (WbLabPage, wb_lab_page, WB, LAB_PAGE, AdwBin)

GtkWidget *wb_lab_page_new (WbWorkbench *workbench);

G_END_DECLS

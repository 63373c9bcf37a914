/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-workbench.h"

G_BEGIN_DECLS

/**
 * WbLearnPage:
 *
 * The twelve cases, to be read, changed and run.
 */
#define WB_TYPE_LEARN_PAGE (wb_learn_page_get_type ())
G_DECLARE_FINAL_TYPE (WbLearnPage, wb_learn_page, WB, LEARN_PAGE, AdwBin)

GtkWidget *wb_learn_page_new (WbWorkbench *workbench);

G_END_DECLS

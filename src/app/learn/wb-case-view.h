/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-workbench.h"

G_BEGIN_DECLS

/**
 * WbCaseView:
 *
 * One of the twelve cases: what it shows, its steps as they happen, its code.
 */
#define WB_TYPE_CASE_VIEW (wb_case_view_get_type ())
G_DECLARE_FINAL_TYPE (WbCaseView, wb_case_view, WB, CASE_VIEW, AdwBin)

void wb_case_view_set_workbench (WbCaseView  *self,
                                 WbWorkbench *workbench);
void wb_case_view_set_case      (WbCaseView  *self,
                                 guint        number);
void wb_case_view_set_collapsed (WbCaseView  *self,
                                 gboolean     collapsed);

G_END_DECLS

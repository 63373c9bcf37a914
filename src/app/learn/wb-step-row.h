/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

typedef enum
{
  WB_STEP_WAITING,
  WB_STEP_BEGUN,
  WB_STEP_DONE,
  WB_STEP_FAILED,
} WbStepState;

/**
 * WbStepRow:
 *
 * A step of a case: its number until it begins, then how it goes.
 */
#define WB_TYPE_STEP_ROW (wb_step_row_get_type ())
G_DECLARE_FINAL_TYPE (WbStepRow, wb_step_row, WB, STEP_ROW, AdwActionRow)

GtkWidget *wb_step_row_new       (guint        number,
                                  const char  *title);
void       wb_step_row_set_state (WbStepRow   *self,
                                  WbStepState  state,
                                  const char  *detail);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "wb-account.h"
#include "wb-composition.h"

G_BEGIN_DECLS

/**
 * WbTemplateWindow:
 *
 * The templates of an account: to choose, rename and delete. What is chosen has its fields filled
 * in by the person, then `chosen` is emitted with the #WbComposition. Main thread.
 */
#define WB_TYPE_TEMPLATE_WINDOW (wb_template_window_get_type ())
G_DECLARE_FINAL_TYPE (WbTemplateWindow, wb_template_window, WB, TEMPLATE_WINDOW, AdwWindow)

GtkWidget *wb_template_window_new (GtkWindow  *parent,
                                   WbAccount  *account,
                                   const char *recipients);

G_END_DECLS

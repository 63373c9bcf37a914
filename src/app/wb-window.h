/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-workbench.h"

G_BEGIN_DECLS

/**
 * WbWindow:
 *
 * The window: five pages, and the Wire below them.
 */
#define WB_TYPE_WINDOW (wb_window_get_type ())
G_DECLARE_FINAL_TYPE (WbWindow, wb_window, WB, WINDOW, AdwApplicationWindow)

WbWindow *wb_window_new      (GtkApplication *application,
                              WbWorkbench    *workbench);
void      wb_window_welcome  (WbWindow       *self);
void      wb_window_open_uri (WbWindow       *self,
                              const char     *uri);

G_END_DECLS

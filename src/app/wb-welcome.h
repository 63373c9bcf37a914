/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * WbWelcome:
 *
 * Three things to do at once, offered at the first start. Each is an action of the
 * window that it belongs to.
 */
#define WB_TYPE_WELCOME (wb_welcome_get_type ())
G_DECLARE_FINAL_TYPE (WbWelcome, wb_welcome, WB, WELCOME, AdwWindow)

GtkWidget *wb_welcome_new (GtkWindow *parent);

G_END_DECLS

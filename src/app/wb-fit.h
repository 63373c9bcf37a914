/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WbFit:
 *
 * Shows its `wide` child where there is room for it and its `narrow` child where
 * there is not, and tells by its property `fits` which.
 */
#define WB_TYPE_FIT (wb_fit_get_type ())
G_DECLARE_FINAL_TYPE (WbFit, wb_fit, WB, FIT, GtkWidget)

gboolean wb_fit_get_fits (WbFit *self);

G_END_DECLS

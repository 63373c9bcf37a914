/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WbWidthBin:
 *
 * Holds one child and tells by its property `wide` whether it is at least `threshold`
 * pixels wide, for what is to be laid out in another way then. It tells so once more when
 * it gets its first size.
 *
 * What is laid out for much room must not keep the bin from getting little: it asks for no
 * more than `smallest` pixels. A child that needs more is cut off until whoever listens to
 * `wide` has laid it out anew.
 */
#define WB_TYPE_WIDTH_BIN (wb_width_bin_get_type ())
G_DECLARE_FINAL_TYPE (WbWidthBin, wb_width_bin, WB, WIDTH_BIN, GtkWidget)

gboolean wb_width_bin_get_wide (WbWidthBin *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WbWrapBox:
 *
 * Puts its children beside each other as words are put into a paragraph: those that have no room
 * go to the next row. Each keeps its own width; one that wants to expand takes what is left of its
 * row.
 */
#define WB_TYPE_WRAP_BOX (wb_wrap_box_get_type ())
G_DECLARE_FINAL_TYPE (WbWrapBox, wb_wrap_box, WB, WRAP_BOX, GtkWidget)

GtkWidget *wb_wrap_box_new    (int         spacing);
void       wb_wrap_box_insert (WbWrapBox  *self,
                               GtkWidget  *child,
                               GtkWidget  *before);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WbSplitView:
 *
 * A sidebar beside its content or, where there is less than `threshold` pixels of
 * width, one of the two at a time: the content while `show-content` is set.
 *
 * Properties for a template: `sidebar` and `content` (GtkWidget), `sidebar-width`
 * and `threshold` (pixels), `show-content` (gboolean), `collapsed` (gboolean, read
 * only). The widget has the action `split.back`, which shows the sidebar again: put
 * it on a button that is visible while `collapsed`.
 */
#define WB_TYPE_SPLIT_VIEW (wb_split_view_get_type ())
G_DECLARE_FINAL_TYPE (WbSplitView, wb_split_view, WB, SPLIT_VIEW, GtkWidget)

gboolean wb_split_view_get_collapsed    (WbSplitView *self);
gboolean wb_split_view_get_show_content (WbSplitView *self);
void     wb_split_view_set_show_content (WbSplitView *self,
                                         gboolean     show_content);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WbFollower:
 *
 * Keeps the newest row of a list in sight, until the person scrolls up, and again
 * once they are back at the end. Its property `follows` says which.
 */
#define WB_TYPE_FOLLOWER (wb_follower_get_type ())
G_DECLARE_FINAL_TYPE (WbFollower, wb_follower, WB, FOLLOWER, GObject)

WbFollower *wb_follower_new     (GtkListView       *list,
                                 GtkScrolledWindow *scroller,
                                 GListModel        *model);
void        wb_follower_catch_up (WbFollower        *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WbSpeedGraph:
 *
 * The last minute of a download and an upload rate, as bars. Its colours are those of two
 * children that style sheets know as `speed-graph > .down` and `speed-graph > .up`.
 */
#define WB_TYPE_SPEED_GRAPH (wb_speed_graph_get_type ())
G_DECLARE_FINAL_TYPE (WbSpeedGraph, wb_speed_graph, WB, SPEED_GRAPH, GtkWidget)

void     wb_speed_graph_add      (WbSpeedGraph  *self,
                                  double         down,
                                  double         up);
gboolean wb_speed_graph_is_quiet (WbSpeedGraph  *self);

G_END_DECLS

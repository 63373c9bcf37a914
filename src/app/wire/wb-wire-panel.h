/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-workbench.h"

G_BEGIN_DECLS

/**
 * WbWirePanel:
 *
 * What the page in front is saying to its peer, live.
 */
#define WB_TYPE_WIRE_PANEL (wb_wire_panel_get_type ())
G_DECLARE_FINAL_TYPE (WbWirePanel, wb_wire_panel, WB, WIRE_PANEL, GtkWidget)

GtkWidget *wb_wire_panel_new               (WbWorkbench *workbench);
void       wb_wire_panel_set_page          (WbWirePanel *self,
                                            const char  *page);
void       wb_wire_panel_show_conversation (WbWirePanel *self,
                                            guint32      conversation);
void       wb_wire_panel_find              (WbWirePanel *self);

G_END_DECLS

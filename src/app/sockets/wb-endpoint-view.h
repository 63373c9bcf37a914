/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-endpoint.h"

G_BEGIN_DECLS

/**
 * WbEndpointView:
 *
 * One endpoint: its address, what it has said and heard, and what to send.
 */
#define WB_TYPE_ENDPOINT_VIEW (wb_endpoint_view_get_type ())
G_DECLARE_FINAL_TYPE (WbEndpointView, wb_endpoint_view, WB, ENDPOINT_VIEW, AdwBin)

void wb_endpoint_view_set_workbench (WbEndpointView *self,
                                     WbWorkbench    *workbench);
void wb_endpoint_view_set_endpoint  (WbEndpointView *self,
                                     WbEndpoint     *endpoint);
void wb_endpoint_view_set_collapsed (WbEndpointView *self,
                                     gboolean        collapsed);
void wb_endpoint_view_focus_message (WbEndpointView *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-endpoint.h"

G_BEGIN_DECLS

/**
 * WbEndpointRow:
 *
 * An endpoint in the sidebar. Its signal `remove` asks to remove it.
 */
#define WB_TYPE_ENDPOINT_ROW (wb_endpoint_row_get_type ())
G_DECLARE_FINAL_TYPE (WbEndpointRow, wb_endpoint_row, WB, ENDPOINT_ROW, GtkListBoxRow)

GtkWidget  *wb_endpoint_row_new          (WbEndpoint    *endpoint);
WbEndpoint *wb_endpoint_row_get_endpoint (WbEndpointRow *self);

G_END_DECLS

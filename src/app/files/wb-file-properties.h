/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-file-pane.h"

G_BEGIN_DECLS

/**
 * WbFileProperties:
 *
 * What is known of one or several rows of a pane, and their permissions to change.
 */
#define WB_TYPE_FILE_PROPERTIES (wb_file_properties_get_type ())
G_DECLARE_FINAL_TYPE (WbFileProperties, wb_file_properties, WB, FILE_PROPERTIES, AdwWindow)

void wb_file_properties_show (WbFilePane *pane,
                              GPtrArray  *items);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-file-pane.h"

G_BEGIN_DECLS

/**
 * WbFileSearch:
 *
 * Looks for a name in the folder that a pane shows and in all folders below it, and takes the pane
 * to what was found.
 */
#define WB_TYPE_FILE_SEARCH (wb_file_search_get_type ())
G_DECLARE_FINAL_TYPE (WbFileSearch, wb_file_search, WB, FILE_SEARCH, AdwWindow)

void wb_file_search_show (WbFilePane *pane);

G_END_DECLS

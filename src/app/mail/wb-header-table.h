/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "wb-message.h"

G_BEGIN_DECLS

/**
 * WbHeaderTable:
 *
 * The headers of a mail, each with its value in plain words or as it stands in the source, and what
 * it is for. Main thread.
 */
#define WB_TYPE_HEADER_TABLE (wb_header_table_get_type ())
G_DECLARE_FINAL_TYPE (WbHeaderTable, wb_header_table, WB, HEADER_TABLE, GtkWidget)

GtkWidget *wb_header_table_new         (void);
void       wb_header_table_set_message (WbHeaderTable  *self,
                                        WbMessage      *message);

G_END_DECLS

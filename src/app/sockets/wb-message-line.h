/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-wire-row.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WbMessageLine:
 *
 * A datagram or a piece of a stream: what was sent on the right, what came on the
 * left, remarks in between.
 */
#define WB_TYPE_MESSAGE_LINE (wb_message_line_get_type ())
G_DECLARE_FINAL_TYPE (WbMessageLine, wb_message_line, WB, MESSAGE_LINE, GtkWidget)

GtkWidget *wb_message_line_new  (void);
void       wb_message_line_show (WbMessageLine *self,
                                 WbWireRow     *row,
                                 const char    *charset,
                                 gboolean       hex);

G_END_DECLS

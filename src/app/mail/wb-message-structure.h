/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "wb-message.h"

G_BEGIN_DECLS

/**
 * WbMessageStructure:
 *
 * The MIME tree of a message; below it the selected part: text as text, a picture as a
 * picture, the rest as bytes. Signal: `save-wanted (char *number)`.
 */
#define WB_TYPE_MESSAGE_STRUCTURE (wb_message_structure_get_type ())
G_DECLARE_FINAL_TYPE (WbMessageStructure, wb_message_structure, WB, MESSAGE_STRUCTURE, GtkWidget)

GtkWidget *wb_message_structure_new         (void);
void       wb_message_structure_set_message (WbMessageStructure  *self,
                                             WbMessage           *message);
void       wb_message_structure_set_savable (WbMessageStructure  *self,
                                             gboolean             savable);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-mail-store.h"

G_BEGIN_DECLS

/**
 * WbMessageView:
 *
 * The reader: who and what, the body as *Read · Plain · Source · Structure*, and the
 * attachments. Its buttons use the actions `mail.reply`, `mail.reply-all`,
 * `mail.forward`, `mail.delete`, `mail.send-again` and `mail.edit-draft` of what it
 * stands in.
 */
#define WB_TYPE_MESSAGE_VIEW (wb_message_view_get_type ())
G_DECLARE_FINAL_TYPE (WbMessageView, wb_message_view, WB, MESSAGE_VIEW, GtkWidget)

void       wb_message_view_set_store   (WbMessageView  *self,
                                        WbMailStore    *store);
void       wb_message_view_set_message (WbMessageView  *self,
                                        WbMessage      *message,
                                        WbFolderKind    kind,
                                        const char     *note);
void       wb_message_view_set_note    (WbMessageView  *self,
                                        const char     *note);
void       wb_message_view_set_tried   (WbMessageView  *self,
                                        gboolean        tried);
void       wb_message_view_set_only_copy (WbMessageView *self);
WbMessage *wb_message_view_get_message (WbMessageView  *self);
void       wb_message_view_warm_up     (WbMessageView  *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "wb-message.h"

G_BEGIN_DECLS

/**
 * WbMimePart:
 *
 * One part of a message's tree as an object that lists can hold. It keeps the message
 * alive. Main thread.
 */
#define WB_TYPE_MIME_PART (wb_mime_part_get_type ())
G_DECLARE_FINAL_TYPE (WbMimePart, wb_mime_part, WB, MIME_PART, GObject)

WbMimePart          *wb_mime_part_new          (WbMessage            *message,
                                                const WbMessagePart  *part);
const WbMessagePart *wb_mime_part_get_part     (WbMimePart           *self);
WbMessage           *wb_mime_part_get_message  (WbMimePart           *self);
GListModel          *wb_mime_part_dup_children (WbMimePart           *self);
char                *wb_mime_part_describe     (WbMimePart           *self);

G_END_DECLS

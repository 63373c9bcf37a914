/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "wb-attachment.h"

G_BEGIN_DECLS

/**
 * WbAttachmentStrip:
 *
 * A row of attachments with their sizes, each with one button: to remove it while
 * writing, to save it while reading. Signals: `activated (WbAttachment *)`,
 * `changed ()`.
 */
#define WB_TYPE_ATTACHMENT_STRIP (wb_attachment_strip_get_type ())
G_DECLARE_FINAL_TYPE (WbAttachmentStrip, wb_attachment_strip, WB, ATTACHMENT_STRIP, GtkWidget)

GtkWidget  *wb_attachment_strip_new       (gboolean            writing);
void        wb_attachment_strip_set_rows  (WbAttachmentStrip  *self,
                                           guint               rows);
void        wb_attachment_strip_add       (WbAttachmentStrip  *self,
                                           WbAttachment       *attachment);
void        wb_attachment_strip_replace   (WbAttachmentStrip  *self,
                                           WbAttachment       *attachment,
                                           WbAttachment       *replacement);
void        wb_attachment_strip_clear     (WbAttachmentStrip  *self);
GListModel *wb_attachment_strip_get_items (WbAttachmentStrip  *self);

G_END_DECLS

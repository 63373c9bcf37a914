/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "wb-message.h"

G_BEGIN_DECLS

/* What is asked of a file that is attached. */
#define WB_ATTACHMENT_ATTRIBUTES                                                 \
  G_FILE_ATTRIBUTE_STANDARD_SIZE                                                 \
      "," G_FILE_ATTRIBUTE_TIME_MODIFIED "," G_FILE_ATTRIBUTE_TIME_MODIFIED_USEC \
      "," G_FILE_ATTRIBUTE_TIME_CHANGED "," G_FILE_ATTRIBUTE_TIME_CHANGED_USEC

/**
 * WbAttachment:
 *
 * A file or some bytes that go along with a mail, or came with one. Immutable, so any
 * thread may read it.
 */
#define WB_TYPE_ATTACHMENT (wb_attachment_get_type ())
G_DECLARE_FINAL_TYPE (WbAttachment, wb_attachment, WB, ATTACHMENT, GObject)

WbAttachment        *wb_attachment_new_for_file  (const char           *path,
                                                  const char           *name,
                                                  GFileInfo            *info);
gboolean             wb_attachment_is_as_it_was  (WbAttachment         *self,
                                                  GFileInfo            *info);
WbAttachment        *wb_attachment_new_for_bytes (GBytes               *bytes,
                                                  const char           *name,
                                                  const char           *type);
WbAttachment        *wb_attachment_new_for_part  (const WbMessagePart  *part);
const char          *wb_attachment_get_name      (WbAttachment         *self);
const char          *wb_attachment_get_type_name (WbAttachment         *self);
const char          *wb_attachment_get_path      (WbAttachment         *self);
GBytes              *wb_attachment_get_bytes     (WbAttachment         *self);
guint64              wb_attachment_get_size      (WbAttachment         *self);
const char          *wb_attachment_get_number    (WbAttachment         *self);

G_END_DECLS

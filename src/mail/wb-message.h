/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "wb-mail-error.h"

G_BEGIN_DECLS

/**
 * WbMessage:
 *
 * A message as received, parsed. Bad input never fails it beyond its caps: what
 * is odd stands in wb_message_get_warnings() and the raw bytes stay at hand.
 * Immutable after wb_message_parse(), so it may be read from any thread.
 */
#define WB_TYPE_MESSAGE (wb_message_get_type ())
G_DECLARE_FINAL_TYPE (WbMessage, wb_message, WB, MESSAGE, GObject)

/**
 * WbMailbox:
 * @name: (nullable): decoded display name
 * @address: the real address, user@host
 */
typedef struct
{
  char *name;
  char *address;
} WbMailbox;

void                 wb_mailbox_free             (WbMailbox      *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbMailbox, wb_mailbox_free)

/**
 * WbMessagePart:
 * @type: "text/plain", in lower case
 * @charset: (nullable): as labelled
 * @disposition: (nullable): "inline" or "attachment"
 * @file_name: (nullable): decoded and safe to create: no "/", no control or
 *   direction-changing characters, at most 200 bytes
 * @content_id: (nullable): without angle brackets
 * @size: bytes of the decoded content
 * @sha256: of the decoded content, lower-case hex
 * @parts: (nullable) (element-type WbMessagePart): of a multipart or an enclosed message
 * @number: its place, "1", "2.1", as IMAP counts them
 */
typedef struct _WbMessagePart WbMessagePart;
struct _WbMessagePart
{
  char      *number;
  char      *type;
  char      *charset;
  char      *disposition;
  char      *file_name;
  char      *content_id;
  guint64    size;
  char      *sha256;
  GPtrArray *parts;
};

WbMessage           *wb_message_parse            (GBytes         *source,
                                                  GError        **error);
GBytes              *wb_message_get_source       (WbMessage      *self);
const char          *wb_message_get_header       (WbMessage      *self,
                                                  const char     *name);
guint                wb_message_get_n_headers    (WbMessage      *self);
void                 wb_message_get_nth_header   (WbMessage      *self,
                                                  guint           n,
                                                  const char    **name,
                                                  const char    **value);
GPtrArray           *wb_message_get_mailboxes    (WbMessage      *self,
                                                  const char     *field);
gboolean             wb_message_collect_addresses (WbMessage     *self,
                                                  const char     *field,
                                                  GPtrArray      *addresses,
                                                  GError        **error);
GDateTime           *wb_message_get_date         (WbMessage      *self);
const char          *wb_message_get_text         (WbMessage      *self);
const char          *wb_message_get_html         (WbMessage      *self);
const WbMessagePart *wb_message_get_tree         (WbMessage      *self);
GPtrArray           *wb_message_get_attachments  (WbMessage      *self);
GBytes              *wb_message_get_part_content (WbMessage      *self,
                                                  const char     *number);
GBytes              *wb_message_get_cid_content  (WbMessage      *self,
                                                  const char     *content_id,
                                                  char          **content_type);
const char * const  *wb_message_get_warnings     (WbMessage      *self);
char                *wb_message_to_json          (WbMessage      *self);
GFile               *wb_message_save_part        (WbMessage            *self,
                                                  const WbMessagePart  *part,
                                                  GFile                *directory,
                                                  GCancellable         *cancellable,
                                                  GError              **error);

G_END_DECLS

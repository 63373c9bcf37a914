/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-attachment.h"
#include "wb-draft.h"
#include "wb-mail-merge.h"
#include "wb-picture-scale.h"
#include "wb-smtp-client.h"

G_BEGIN_DECLS

/**
 * WbComposition:
 * @html: (nullable): the formatted text, its pictures as `data:` URLs
 * @text: (nullable): the plain text; beside the HTML only where the person has written it
 * @plain_edited: whether @text is the person's own beside @html
 * @priority: 0 for a usual mail, 1 for high, 2 for low
 * @receipt: whether the sender wants to know that it was read
 * @notify: when a report of delivery is to come back
 * @returned: how much of the mail it carries
 * @charset: (nullable): of texts and headers; %NULL for UTF-8
 * @headers: (nullable): more of them, "Name: value" a line
 * @attachments: (element-type WbAttachment)
 * @smaller: (nullable): what remembers the smaller copies of pictures
 * @identity: (nullable): for a mail that is to be built of the same bytes each time
 *
 * Everything that stands in a composer at one moment, so that a worker can build the
 * mail while the person writes on. One owner at a time; it is copied, not shared.
 */
typedef struct
{
  char          *from;
  char          *to;
  char          *cc;
  char          *bcc;
  char          *reply_to;
  char          *subject;
  guint          priority;
  gboolean       receipt;
  WbSmtpNotify   notify;
  WbSmtpReturn   returned;
  char          *charset;
  char          *headers;
  WbDraftFormat  format;
  char          *html;
  char          *text;
  gboolean       plain_edited;
  GPtrArray     *attachments;
  char          *in_reply_to;
  char          *references;
  char          *identity;
  WbPictureCache *smaller;
} WbComposition;

/**
 * WbMailPreview:
 * @message: the mail as it would go out
 * @left_out: bytes of attachments that it does not hold
 */
typedef struct
{
  GBytes  *message;
  guint64  left_out;
} WbMailPreview;

WbComposition *wb_composition_new         (void);
WbComposition *wb_composition_new_mailto  (const char           *uri);
WbComposition *wb_composition_new_draft   (WbMessage            *message);
gboolean       wb_composition_check_recipients (const WbComposition *self,
                                                GError         **error);
char          *wb_composition_dup_draft_field (WbMessage        *message,
                                               const char       *field);
char          *wb_composition_dup_book_path (void);
void           wb_composition_learn       (const WbComposition  *self);
void           wb_composition_free        (WbComposition        *self);
WbMailSource  *wb_composition_build       (const WbComposition  *self,
                                           GCancellable         *cancellable,
                                           GError              **error);
WbMailPreview *wb_composition_preview     (const WbComposition  *self,
                                           GError              **error);
WbComposition *wb_composition_merge       (const WbComposition  *self,
                                           const WbMergeTable   *table,
                                           guint                 row,
                                           GError              **error);
GPtrArray     *wb_composition_list_fields (const WbComposition  *self);
WbMailSource  *wb_composition_save        (const WbComposition  *self,
                                           gboolean              by_reference,
                                           GCancellable         *cancellable,
                                           GError              **error);
void           wb_mail_preview_free       (WbMailPreview        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbComposition, wb_composition_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbMailPreview, wb_mail_preview_free)

G_END_DECLS

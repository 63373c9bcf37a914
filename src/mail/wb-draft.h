/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "wb-mail-source.h"

G_BEGIN_DECLS

/**
 * WbDraft:
 *
 * What a person wrote, before it becomes a message: addresses, subject, bodies
 * and attachments. Setting refuses nothing; wb_draft_build() does.
 */
#define WB_TYPE_DRAFT (wb_draft_get_type ())
G_DECLARE_FINAL_TYPE (WbDraft, wb_draft, WB, DRAFT, GObject)

typedef enum
{
  WB_DRAFT_TO,
  WB_DRAFT_CC,
  WB_DRAFT_BCC,
  WB_DRAFT_REPLY_TO,
} WbDraftField;

/**
 * WbDraftFormat:
 * @WB_DRAFT_AUTO: both where both were set, else the one that was
 * @WB_DRAFT_PLAIN: text/plain; made from the HTML when only that was set
 * @WB_DRAFT_HTML: text/html alone
 * @WB_DRAFT_BOTH: multipart/alternative; one part is made from the other when unset
 */
typedef enum
{
  WB_DRAFT_AUTO,
  WB_DRAFT_PLAIN,
  WB_DRAFT_HTML,
  WB_DRAFT_BOTH,
} WbDraftFormat;

WbDraft  *wb_draft_new              (void);
void      wb_draft_set_from         (WbDraft        *self,
                                     const char     *address);
void      wb_draft_add_address      (WbDraft        *self,
                                     WbDraftField    field,
                                     const char     *addresses);
void      wb_draft_set_subject      (WbDraft        *self,
                                     const char     *subject);
void      wb_draft_set_text         (WbDraft        *self,
                                     const char     *text);
void      wb_draft_set_html         (WbDraft        *self,
                                     const char     *html);
void      wb_draft_set_format       (WbDraft        *self,
                                     WbDraftFormat   format);
void      wb_draft_set_flowed       (WbDraft        *self,
                                     gboolean        flowed);
void      wb_draft_set_charset      (WbDraft        *self,
                                     const char     *charset);
void      wb_draft_set_in_reply_to  (WbDraft        *self,
                                     const char     *message_id,
                                     const char     *references);
char     *wb_draft_create_identity  (void);
void      wb_draft_set_identity     (WbDraft        *self,
                                     const char     *identity);
void      wb_draft_add_header       (WbDraft        *self,
                                     const char     *name,
                                     const char     *value);
gboolean  wb_draft_attach_file      (WbDraft        *self,
                                     const char     *path,
                                     GError        **error);
void      wb_draft_attach_bytes     (WbDraft        *self,
                                     GBytes         *bytes,
                                     const char     *file_name,
                                     const char     *content_type,
                                     const char     *content_id);
WbMailSource *wb_draft_build_source (WbDraft        *self,
                                     GCancellable   *cancellable,
                                     GError        **error);
GBytes   *wb_draft_build            (WbDraft        *self,
                                     GError        **error);
char     *wb_draft_get_sender       (WbDraft        *self,
                                     GError        **error);
GPtrArray *wb_draft_get_recipients  (WbDraft        *self,
                                     GError        **error);

char     *wb_html_to_text           (const char     *html);
char     *wb_text_flow              (const char     *text);
char     *wb_text_unflow            (const char     *text,
                                     gboolean        delete_space);
gboolean  wb_draft_mentions_attachment (const char  *text);

G_END_DECLS

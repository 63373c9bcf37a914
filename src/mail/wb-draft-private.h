/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-draft.h"

#include <gmime/gmime.h>

G_BEGIN_DECLS

/* What all attachments of one message may hold together: above it no server takes a mail. */
#define WB_DRAFT_MAXIMUM_ATTACHED ((guint64) 256 * 1024 * 1024)
/* With less than this a message is built in memory. */
#define WB_DRAFT_MAXIMUM_IN_MEMORY ((guint64) 4 * 1024 * 1024)
#define WB_DRAFT_MAXIMUM_TEXT ((gsize) 32 * 1024 * 1024)

/* One of @path and @bytes is set. */
typedef struct
{
  char   *path;
  GBytes *bytes;
  char   *file_name;
  char   *content_type;
  char   *content_id;
} WbDraftAttachment;

typedef struct
{
  char *name;
  char *value;
} WbDraftHeader;

struct _WbDraft
{
  GObject        parent_instance;

  char          *from;
  GPtrArray     *addresses[WB_DRAFT_REPLY_TO + 1];
  char          *subject;
  char          *text;
  char          *html;
  char          *charset;
  char          *in_reply_to;
  char          *references;
  char          *identity;
  WbDraftFormat  format;
  gboolean       flowed;
  GPtrArray     *headers;
  GPtrArray     *attachments;
};

/* A file being read, which is seen to stay as it is. The stream owns the descriptor. */
typedef struct
{
  char        *path;
  int          fd;
  guint64      size;
  GMimeStream *stream;
} WbDraftWatched;

typedef struct
{
  WbDraft    *draft;
  GHashTable *cids;    /* what the HTML refers to, if HTML goes out */
  GPtrArray  *watched; /* WbDraftWatched */
} WbDraftBuilder;

int        wb_draft_open_attachment (const char    *path,
                                     guint64       *size,
                                     GError       **error);
GPtrArray *wb_draft_parse_field     (WbDraft       *self,
                                     WbDraftField   field,
                                     GError       **error);

char        *wb_draft_normalize_lines (const char         *text);
GMimeObject *wb_draft_make_text       (WbDraftBuilder     *builder,
                                       const char         *subtype,
                                       const char         *text,
                                       GError            **error);
GMimeObject *wb_draft_make_attachment (WbDraftBuilder     *builder,
                                       WbDraftAttachment  *attachment,
                                       gboolean            inline_picture,
                                       GError            **error);
void         wb_draft_watched_free    (WbDraftWatched     *watched);
gboolean     wb_mail_is_token         (const char         *text,
                                       gsize               length);
gboolean     wb_draft_invalid         (GError            **error,
                                       const char         *format,
                                       ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS

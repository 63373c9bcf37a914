/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-message.h"

#include <gmime/gmime.h>

G_BEGIN_DECLS

#define WB_MESSAGE_MAXIMUM_TEXT ((gsize) 16 * 1024 * 1024)
#define WB_MESSAGE_MAXIMUM_WARNINGS 50

/* A part and where its bytes stand in the source. @part is first: one pointer is both. */
typedef struct
{
  WbMessagePart        part;
  gsize                offset;
  gsize                length;
  GMimeContentEncoding encoding;
  gboolean             flowed;       /* RFC 3676 */
  gboolean             delete_space;
} WbPartSource;

typedef struct
{
  char *name;
  char *value; /* decoded */
  char *raw;   /* as it stands in the message, where it has encoded words; else NULL */
  gint64 offset;
} WbMessageHeader;

struct _WbMessage
{
  GObject        parent_instance;

  GBytes        *source;
  GArray        *headers;  /* WbMessageHeader */
  GDateTime     *date;
  WbMessagePart *tree;
  GPtrArray     *warnings; /* utf8, with a NULL at its end after parsing */

  const WbMessagePart *text_part;
  const WbMessagePart *html_part;
  char          *text;
  char          *html;
  GHashTable    *cids;     /* content ids that the HTML refers to */

  GMutex         lock;     /* guards what is found when first asked for */
  gboolean       hashed;
};

void           wb_message_warn           (WbMessage           *self,
                                          const char          *warning);
WbMessagePart *wb_message_build_tree     (WbMessage           *self,
                                          GMimeObject         *root,
                                          gsize                end);
WbMessagePart *wb_message_part_new       (const char          *type);
void           wb_message_part_free      (WbMessagePart       *part);
void           wb_message_part_hash      (WbMessage           *self,
                                          WbMessagePart       *part);
GBytes        *wb_message_part_decode    (WbMessage           *self,
                                          const WbMessagePart *part,
                                          gsize                maximum);
void           wb_message_find_bodies    (WbMessage           *self);

G_END_DECLS

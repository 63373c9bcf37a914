/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-connection.h"
#include "wb-mail-error.h"

G_BEGIN_DECLS

/**
 * WbSmtpStep:
 *
 * What was going on when a reply came; the same code means different things.
 */
typedef enum
{
  WB_SMTP_STEP_GREETING = 1 << 0,
  WB_SMTP_STEP_EHLO     = 1 << 1,
  WB_SMTP_STEP_STARTTLS = 1 << 2,
  WB_SMTP_STEP_AUTH     = 1 << 3,
  WB_SMTP_STEP_MAIL     = 1 << 4,
  WB_SMTP_STEP_RCPT     = 1 << 5,
  WB_SMTP_STEP_DATA     = 1 << 6,
  WB_SMTP_STEP_BODY     = 1 << 7,
  WB_SMTP_STEP_RSET     = 1 << 8,
  WB_SMTP_STEP_QUIT     = 1 << 9,
} WbSmtpStep;

/**
 * WbSmtpReply:
 * @code: three digits, 200 to 599
 * @lines: (element-type utf8): the text of each line, decoded, without the code
 * @complete: whether its last line is there
 *
 * One reply of an SMTP server, of one or more lines (RFC 5321 §4.2).
 */
typedef struct
{
  guint      code;
  GPtrArray *lines;
  gboolean   complete;
  gsize      size;
} WbSmtpReply;

WbSmtpReply *wb_smtp_reply_new       (void);
void         wb_smtp_reply_free      (WbSmtpReply        *self);
gboolean     wb_smtp_reply_add_line  (WbSmtpReply        *self,
                                      const char         *line,
                                      gsize               length,
                                      GError            **error);
WbSmtpReply *wb_smtp_reply_read      (WbConnection       *connection,
                                      GCancellable       *cancellable,
                                      GError            **error);
char        *wb_smtp_reply_get_text  (const WbSmtpReply  *self);
gboolean     wb_smtp_reply_is_good   (const WbSmtpReply  *self);
void         wb_smtp_reply_set_error (const WbSmtpReply  *self,
                                      WbSmtpStep          step,
                                      const char         *host,
                                      const char         *secret,
                                      GError            **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbSmtpReply, wb_smtp_reply_free)

G_END_DECLS

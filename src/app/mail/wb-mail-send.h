/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-mail-store.h"
#include "wb-progress.h"

G_BEGIN_DECLS

/**
 * WbMailSent:
 * @conversation: what to look for on the wire, 0 when it did not come so far
 * @refused: (nullable): recipients that the server did not take, with its reasons
 *
 * How a sending ended.
 */
typedef struct
{
  guint  conversation;
  char  *refused;
} WbMailSent;

void     wb_mail_send_async  (WbMailStore          *store,
                              WbAccount            *account,
                              const char           *name,
                              gboolean              again,
                              WbProgress           *progress,
                              GCancellable         *cancellable,
                              GAsyncReadyCallback   callback,
                              gpointer              user_data);
gboolean wb_mail_send_finish (WbMailStore          *store,
                              GAsyncResult         *result,
                              WbMailSent           *sent,
                              GError              **error);
void     wb_mail_sent_clear  (WbMailSent           *sent);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WbMailSent, wb_mail_sent_clear)

G_END_DECLS

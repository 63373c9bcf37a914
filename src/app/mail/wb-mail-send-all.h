/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-mail-send.h"

G_BEGIN_DECLS

/**
 * WbMailSentAll:
 * @conversation: what to look for on the wire, 0 when it did not come so far
 * @sent: how many are sent
 * @failed: how many are not; the Outbox says why
 *
 * How a sending of many ended.
 */
typedef struct
{
  guint conversation;
  guint sent;
  guint failed;
} WbMailSentAll;

void     wb_mail_send_all_async  (WbMailStore          *store,
                                  WbAccount            *account,
                                  const char *const    *names,
                                  gboolean              chosen,
                                  WbProgress           *progress,
                                  GCancellable         *cancellable,
                                  GAsyncReadyCallback   callback,
                                  gpointer              user_data);
gboolean wb_mail_send_all_finish (WbMailStore          *store,
                                  GAsyncResult         *result,
                                  WbMailSentAll        *sent,
                                  GError              **error);
char    *wb_mail_sent_all_describe (const WbMailSentAll *sent);

G_END_DECLS

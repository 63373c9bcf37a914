/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-mail-store.h"
#include "wb-progress.h"

G_BEGIN_DECLS

/**
 * WbMailReceived:
 * @fresh: how many new mails are in the Inbox, also when it failed half-way
 * @conversation: what to look for on the wire, 0 when it did not come so far
 * @warning: (nullable): what was odd
 */
typedef struct
{
  guint  fresh;
  guint  conversation;
  char  *warning;
} WbMailReceived;

void     wb_mail_receive_async  (WbMailStore          *store,
                                 WbAccount            *account,
                                 WbProgress           *progress,
                                 GCancellable         *cancellable,
                                 GAsyncReadyCallback   callback,
                                 gpointer              user_data);
gboolean wb_mail_receive_finish (WbMailStore          *store,
                                 GAsyncResult         *result,
                                 WbMailReceived       *received,
                                 GError              **error);
void     wb_mail_received_clear (WbMailReceived       *received);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WbMailReceived, wb_mail_received_clear)

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-mail-store.h"
#include "wb-progress.h"

G_BEGIN_DECLS

/**
 * WbMailSent:
 * @conversation: what to look for on the wire, 0 when it did not come so far
 * @refused: (nullable): recipients that the server did not take, with its reasons
 * @sent: whether the server has it, also where its copy could not be put into Sent
 * @next_try: of one that was not sent: when it is tried again by itself, in seconds since the
 *   epoch; 0 for not
 *
 * How a sending ended.
 */
typedef struct
{
  guint     conversation;
  char     *refused;
  gboolean  sent;
  gint64    next_try;
} WbMailSent;

gboolean    wb_mail_send_claim       (WbMailStore  *store,
                                      WbAccount    *account,
                                      const char   *name);
void        wb_mail_send_release     (WbMailStore  *store,
                                      WbAccount    *account,
                                      const char   *name);
GHashTable *wb_mail_send_dup_claimed (WbMailStore  *store);
char       *wb_mail_send_dup_key     (WbAccount    *account,
                                      const char   *name);

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

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-mail-store.h"

G_BEGIN_DECLS

/**
 * WbOutboxClock:
 *
 * Sends the mails of all Outboxes whose time has come, while the program runs: those that wait for
 * theirs, and those that failed and are tried again. What is overdue when it starts goes then. Main
 * thread.
 */
#define WB_TYPE_OUTBOX_CLOCK (wb_outbox_clock_get_type ())
G_DECLARE_FINAL_TYPE (WbOutboxClock, wb_outbox_clock, WB, OUTBOX_CLOCK, GObject)

WbOutboxClock *wb_outbox_clock_new  (WbMailStore    *store);
gboolean       wb_outbox_clock_is_needed (void);
void           wb_outbox_clock_remember (void);
void           wb_outbox_clock_look (WbOutboxClock  *self);

void           wb_outbox_clock_postpone_async  (WbOutboxClock        *self,
                                                WbAccount            *account,
                                                const char           *name,
                                                gint64                time,
                                                GAsyncReadyCallback   callback,
                                                gpointer              user_data);
gboolean       wb_outbox_clock_postpone_finish (WbOutboxClock        *self,
                                                GAsyncResult         *result,
                                                GError              **error);

G_END_DECLS

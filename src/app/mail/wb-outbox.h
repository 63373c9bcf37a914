/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-maildir.h"

G_BEGIN_DECLS

/**
 * WbOutboxState:
 * @WB_OUTBOX_WAITING: never tried
 * @WB_OUTBOX_SENDING: being sent, or the program ended in the middle of it
 * @WB_OUTBOX_FAILED: refused or not reached; may be tried again
 * @WB_OUTBOX_UNKNOWN: the server may have taken it; never sent again by itself
 * @WB_OUTBOX_SENT: the server has taken it, but the copy for Sent could not be written
 */
typedef enum
{
  WB_OUTBOX_WAITING,
  WB_OUTBOX_SENDING,
  WB_OUTBOX_FAILED,
  WB_OUTBOX_UNKNOWN,
  WB_OUTBOX_SENT,
} WbOutboxState;

GBytes        *wb_outbox_wrap        (GBytes         *message,
                                      const char     *sender,
                                      GPtrArray      *recipients);
GBytes        *wb_outbox_unwrap      (GBytes         *wrapped,
                                      char          **sender,
                                      GPtrArray     **recipients);
gboolean       wb_outbox_set_state   (WbMaildir      *outbox,
                                      const char     *name,
                                      WbOutboxState   state,
                                      const char     *reason,
                                      GError        **error);
WbOutboxState  wb_outbox_get_state   (WbMaildir      *outbox,
                                      const char     *name,
                                      char          **reason);
void           wb_outbox_clear_state (WbMaildir      *outbox,
                                      const char     *name);
char          *wb_outbox_describe    (WbOutboxState   state,
                                      const char     *reason);

G_END_DECLS

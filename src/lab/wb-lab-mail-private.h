/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-lab-mail.h"

G_BEGIN_DECLS

/**
 * WbLabQueueEntry:
 * @sender: as in MAIL FROM; "" for a report
 * @recipients: (element-type utf8): as in RCPT TO
 *
 * A mail on its way to the other provider, as it is kept in the queue.
 */
typedef struct
{
  char      *sender;
  GPtrArray *recipients;
  GBytes    *message;
} WbLabQueueEntry;

GBytes          *wb_lab_queue_entry_pack   (const char       *sender,
                                            GPtrArray        *recipients,
                                            GBytes           *message);
WbLabQueueEntry *wb_lab_queue_entry_unpack (GBytes           *packed);
void             wb_lab_queue_entry_free   (WbLabQueueEntry  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbLabQueueEntry, wb_lab_queue_entry_free)

/* wb-lab-relay.c */
gboolean wb_lab_relay_run (WbLabMail      *mail,
                           WbLabProvider   from,
                           WbMaildir      *queue,
                           WbWire         *wire,
                           guint16         port,
                           GCancellable   *cancellable);

G_END_DECLS

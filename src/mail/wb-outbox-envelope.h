/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-mail-source.h"
#include "wb-smtp-client.h"

G_BEGIN_DECLS

/**
 * WbOutboxEnvelope:
 * @sender: (nullable): user@host; "" for none; %NULL when there is no envelope
 * @recipients: (nullable) (element-type utf8): those of Bcc too
 * @notify: when a report of delivery is to come back
 * @returned: how much of the mail it carries
 *
 * What the server is told about a mail apart from the mail.
 */
typedef struct
{
  char         *sender;
  GPtrArray    *recipients;
  WbSmtpNotify  notify;
  WbSmtpReturn  returned;
} WbOutboxEnvelope;

void          wb_outbox_envelope_clear (WbOutboxEnvelope        *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WbOutboxEnvelope, wb_outbox_envelope_clear)

WbMailSource *wb_outbox_wrap           (WbMailSource            *message,
                                        const WbOutboxEnvelope  *envelope);
WbMailSource *wb_outbox_unwrap         (WbMailSource            *wrapped,
                                        WbOutboxEnvelope        *envelope,
                                        GError                 **error);

G_END_DECLS

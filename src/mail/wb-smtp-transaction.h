/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-smtp-client-private.h"
#include "wb-smtp-envelope.h"

G_BEGIN_DECLS

/**
 * WbSmtpTransaction:
 * @results: (element-type WbSmtpRecipient): what became of each recipient
 * @queued: how many recipients were named to the server
 * @answered: how many of them it has answered
 * @asked: whether all of MAIL, RCPT and DATA is on its way
 * @chunked: whether the text goes out in counted pieces (BDAT) instead of behind DATA
 * @raw: whether its line ends are left as they are (BINARYMIME)
 * @lasting: whether a recipient was refused for good, not for now
 * @refusal: why the whole mail cannot go
 * @recipient_refusal: why the first recipient was refused
 *
 * One mail on its way through MAIL, RCPT and DATA.
 */
typedef struct
{
  WbSmtpEnvelope *envelope;
  WbMailSource   *message;
  GPtrArray      *results;
  guint           queued;
  guint           answered;
  guint           accepted;
  gboolean        mail_answered;
  gboolean        asked;
  gboolean        chunked;
  gboolean        raw;
  gboolean        lasting;
  GError         *refusal;
  GError         *recipient_refusal;
} WbSmtpTransaction;

/**
 * WbSmtpFollowFunc:
 *
 * Returns: (transfer none) (nullable): the mail that will be run next for certain
 */
typedef WbSmtpTransaction *(*WbSmtpFollowFunc) (gpointer user_data);

gboolean           wb_smtp_transaction_commit      (WbSmtpClient      *client,
                                                    GError           **error);
gboolean           wb_smtp_transaction_send_chunks (WbSmtpTransaction *self,
                                                    WbSmtpClient      *client,
                                                    gboolean          *complete,
                                                    GCancellable      *cancellable,
                                                    GError           **error);

WbSmtpTransaction *wb_smtp_transaction_new  (WbSmtpClient       *client,
                                             const WbSmtpMail   *mail,
                                             GError            **error);
void               wb_smtp_transaction_free (WbSmtpTransaction  *self);
gboolean           wb_smtp_transaction_run  (WbSmtpTransaction  *self,
                                             WbSmtpClient       *client,
                                             WbSmtpFollowFunc    follow,
                                             gpointer            user_data,
                                             GCancellable       *cancellable,
                                             GError            **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbSmtpTransaction, wb_smtp_transaction_free)

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-account.h"

G_BEGIN_DECLS

/**
 * WbSender:
 *
 * Whom a mail may be from: one of the identities of an account. It does not change.
 */
#define WB_TYPE_SENDER (wb_sender_get_type ())
G_DECLARE_FINAL_TYPE (WbSender, wb_sender, WB, SENDER, GObject)

GListModel           *wb_sender_list         (GListModel *accounts);
WbAccount            *wb_sender_get_account  (WbSender   *self);
const WbMailIdentity *wb_sender_get_identity (WbSender   *self);

G_END_DECLS

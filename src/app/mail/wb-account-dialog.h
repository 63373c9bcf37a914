/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "wb-mail-store.h"

G_BEGIN_DECLS

/**
 * WbAccountDialog:
 *
 * Asks for a real account: who, where to send, where to receive, the password.
 */
#define WB_TYPE_ACCOUNT_DIALOG (wb_account_dialog_get_type ())
G_DECLARE_FINAL_TYPE (WbAccountDialog, wb_account_dialog, WB, ACCOUNT_DIALOG, AdwWindow)

GtkWidget *wb_account_dialog_new (GtkWindow    *parent,
                                  WbMailStore  *store,
                                  WbAccount    *account);

G_END_DECLS

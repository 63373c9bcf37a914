/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-mail-store.h"

G_BEGIN_DECLS

/**
 * WbMailSidebar:
 *
 * The accounts with their folders. Signals: `folder-selected (WbMailFolder *)`,
 * `settings-wanted (WbAccount *)`, where %NULL is a new one.
 */
#define WB_TYPE_MAIL_SIDEBAR (wb_mail_sidebar_get_type ())
G_DECLARE_FINAL_TYPE (WbMailSidebar, wb_mail_sidebar, WB, MAIL_SIDEBAR, GtkWidget)

void wb_mail_sidebar_set_store (WbMailSidebar  *self,
                                WbMailStore    *store);
void wb_mail_sidebar_select    (WbMailSidebar  *self,
                                WbMailFolder   *folder);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-workbench.h"

G_BEGIN_DECLS

/**
 * WbMailPage:
 *
 * Accounts and folders, the mails of one of them, and the one that is read.
 */
#define WB_TYPE_MAIL_PAGE (wb_mail_page_get_type ())
G_DECLARE_FINAL_TYPE (WbMailPage, wb_mail_page, WB, MAIL_PAGE, AdwBin)

GtkWidget *wb_mail_page_new     (WbWorkbench  *workbench);
void       wb_mail_page_compose (WbMailPage   *self,
                                 const char   *mailto);

G_END_DECLS

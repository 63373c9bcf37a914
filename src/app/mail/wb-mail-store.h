/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-html.h"
#include "wb-mail-folder.h"
#include "wb-workbench.h"

G_BEGIN_DECLS

typedef struct _WbOutboxClock WbOutboxClock;

/**
 * WbMailStore:
 *
 * All accounts with their folders, and what the mail windows share. The lab's two
 * accounts, the student's and the teacher's, are always there. Main thread.
 */
#define WB_TYPE_MAIL_STORE (wb_mail_store_get_type ())
G_DECLARE_FINAL_TYPE (WbMailStore, wb_mail_store, WB, MAIL_STORE, GObject)

#define WB_LAB_TEACHER "teacher@lab-a.test"
#define WB_LAB_STUDENT "student@lab-b.test"

WbMailStore  *wb_mail_store_new            (WbWorkbench   *workbench);
WbWorkbench  *wb_mail_store_get_workbench  (WbMailStore   *self);
WbHtml       *wb_mail_store_get_html       (WbMailStore   *self);
WbSession    *wb_mail_store_get_session    (WbMailStore   *self);
WbOutboxClock *wb_mail_store_get_clock    (WbMailStore   *self);
GListModel   *wb_mail_store_get_accounts   (WbMailStore   *self);
WbAccount    *wb_mail_store_find_account   (WbMailStore   *self,
                                            const char    *address);
WbAccount    *wb_mail_store_get_default_account (WbMailStore *self);
WbMailFolder *wb_mail_store_get_folder     (WbMailStore   *self,
                                            WbAccount     *account,
                                            WbFolderKind   kind);
gboolean      wb_mail_store_replace_account (WbMailStore  *self,
                                             WbAccount    *old,
                                             WbAccount    *account,
                                             GError      **error);
gboolean      wb_mail_store_remove_account (WbMailStore   *self,
                                            WbAccount     *account,
                                            GError       **error);

G_END_DECLS

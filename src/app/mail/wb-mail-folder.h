/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-account.h"
#include "wb-mail-item.h"
#include "wb-message.h"
#include "wb-session.h"

G_BEGIN_DECLS

/**
 * WbMailFolder:
 *
 * A folder of an account as a list of #WbMailItem, newest first. What touches the disk
 * runs on the session it was given. Belongs to the main thread.
 *
 * Signals: `refreshed ()`, `failed (char *why)`. Property: `unread`.
 */
#define WB_TYPE_MAIL_FOLDER (wb_mail_folder_get_type ())
G_DECLARE_FINAL_TYPE (WbMailFolder, wb_mail_folder, WB, MAIL_FOLDER, GObject)

WbMailFolder *wb_mail_folder_new            (WbAccount            *account,
                                             WbFolderKind          kind,
                                             WbSession            *session);
WbAccount    *wb_mail_folder_get_account    (WbMailFolder         *self);
WbFolderKind  wb_mail_folder_get_kind       (WbMailFolder         *self);
GListModel   *wb_mail_folder_get_items      (WbMailFolder         *self);
guint         wb_mail_folder_get_unread     (WbMailFolder         *self);
gboolean      wb_mail_folder_is_known       (WbMailFolder         *self);
void          wb_mail_folder_refresh        (WbMailFolder         *self);

void          wb_mail_folder_read_async     (WbMailFolder         *self,
                                             const char           *name,
                                             GCancellable         *cancellable,
                                             GAsyncReadyCallback   callback,
                                             gpointer              user_data);
WbMessage    *wb_mail_folder_read_finish    (WbMailFolder         *self,
                                             GAsyncResult         *result,
                                             GError              **error);
void          wb_mail_folder_deliver_async  (WbMailFolder         *self,
                                             GBytes               *message,
                                             const char           *flags,
                                             GAsyncReadyCallback   callback,
                                             gpointer              user_data);
char         *wb_mail_folder_deliver_finish (WbMailFolder         *self,
                                             GAsyncResult         *result,
                                             GError              **error);
void          wb_mail_folder_set_flags      (WbMailFolder         *self,
                                             const char           *name,
                                             const char           *flags);
void          wb_mail_folder_hide           (WbMailFolder         *self,
                                             const char           *name);
void          wb_mail_folder_hide_many      (WbMailFolder         *self,
                                             const char *const    *names);
void          wb_mail_folder_unhide         (WbMailFolder         *self,
                                             const char           *name);
void          wb_mail_folder_remove         (WbMailFolder         *self,
                                             const char           *name);

G_END_DECLS

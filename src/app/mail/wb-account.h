/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "wb-maildir.h"
#include "wb-oauth.h"

G_BEGIN_DECLS

/**
 * WbFolderKind:
 *
 * The four folders of every account.
 */
typedef enum
{
  WB_FOLDER_INBOX,
  WB_FOLDER_OUTBOX,
  WB_FOLDER_DRAFTS,
  WB_FOLDER_SENT,
  WB_FOLDER_N_KINDS,
} WbFolderKind;

/**
 * WbMailIdentity:
 * @name: a name, which may be empty
 * @address: user@host
 *
 * Whom a mail may be from.
 */
typedef struct
{
  char *name;
  char *address;
} WbMailIdentity;

/* In place of the address of a proxy: what the desktop says. */
#define WB_ACCOUNT_PROXY_DESKTOP "desktop"

char *wb_mail_identity_dup_mailbox (const WbMailIdentity *self);

/**
 * WbAccount:
 *
 * Who a person is to a mail provider: an address, where to send, where to receive.
 * The passwords are elsewhere, in #WbSecrets. But for being the default, which only the main
 * thread asks for, it is not changed once the store has it, so any thread may read it.
 */
#define WB_TYPE_ACCOUNT (wb_account_get_type ())
G_DECLARE_FINAL_TYPE (WbAccount, wb_account, WB, ACCOUNT, GObject)

WbAccount  *wb_account_new                 (const char        *id,
                                            const char        *name,
                                            const char        *address,
                                            const char        *smtp_url,
                                            const char        *pop3_url,
                                            gboolean           leave_on_server,
                                            gboolean           lab);
WbAccount  *wb_account_load                (GKeyFile          *file,
                                            const char        *id,
                                            GError           **error);
void        wb_account_save                (WbAccount         *self,
                                            GKeyFile          *file);

void        wb_account_add_identity        (WbAccount         *self,
                                            const char        *name,
                                            const char        *address);
void        wb_account_set_default         (WbAccount         *self,
                                            gboolean           preferred);
void        wb_account_set_oauth           (WbAccount         *self,
                                            const WbOauthSettings *oauth);
void        wb_account_set_proxy           (WbAccount         *self,
                                            const char        *proxy);
void        wb_account_set_certificate     (WbAccount         *self,
                                            const char        *path);

const char *wb_account_get_id              (WbAccount         *self);
const char *wb_account_get_name            (WbAccount         *self);
const char *wb_account_get_address         (WbAccount         *self);
char       *wb_account_dup_mailbox         (WbAccount         *self);
const char *wb_account_get_smtp_url        (WbAccount         *self);
const char *wb_account_get_pop3_url        (WbAccount         *self);
gboolean    wb_account_get_leave_on_server (WbAccount         *self);
GPtrArray  *wb_account_get_identities      (WbAccount         *self);
const WbOauthSettings *wb_account_get_oauth (WbAccount *self);
const char *wb_account_get_proxy           (WbAccount         *self);
const char *wb_account_get_certificate     (WbAccount         *self);
gboolean    wb_account_is_default          (WbAccount         *self);
gboolean    wb_account_is_lab              (WbAccount         *self);
char       *wb_account_dup_directory       (WbAccount         *self);
WbMaildir  *wb_account_open_folder         (WbAccount         *self,
                                            WbFolderKind       kind,
                                            GError           **error);

const char *wb_folder_kind_get_title       (WbFolderKind       kind);
const char *wb_folder_kind_get_icon        (WbFolderKind       kind);

G_END_DECLS

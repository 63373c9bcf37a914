/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-account.h"
#include "wb-lab.h"
#include "wb-pop3-client.h"
#include "wb-secrets.h"
#include "wb-smtp-client.h"
#include "wb-workbench.h"

G_BEGIN_DECLS

/**
 * WbMailLoginFunc:
 * @signing_in: whether the server is connected, its certificate good, and the signing in begins
 * @url: where
 *
 * Is told how far a login is, on the worker.
 */
typedef void (*WbMailLoginFunc) (gboolean      signing_in,
                                 const WbUrl  *url,
                                 gpointer      user_data);

/**
 * WbMailLogin:
 *
 * What a worker needs to speak for an account. wb_mail_login_init() it on the main thread, use it
 * on one worker, clear it after.
 */
typedef struct
{
  WbAccount *account;
  WbLab     *lab;      /* (nullable): for a lab account */
  WbSecrets *secrets;  /* (nullable) */
  WbWire    *wire;
  WbTrust   *trust;
  WbMailLoginFunc reached;  /* (nullable) */
  gpointer   user_data;
} WbMailLogin;

void          wb_mail_login_init  (WbMailLogin   *self,
                                   WbWorkbench   *workbench,
                                   WbAccount     *account);
void          wb_mail_login_clear (WbMailLogin   *self);
WbSmtpClient *wb_mail_login_smtp  (WbMailLogin   *self,
                                   WbProgress    *progress,
                                   guint         *conversation,
                                   GCancellable  *cancellable,
                                   GError       **error);
WbPop3Client *wb_mail_login_pop3  (WbMailLogin   *self,
                                   WbProgress    *progress,
                                   guint         *conversation,
                                   char         **server,
                                   GCancellable  *cancellable,
                                   GError       **error);

G_END_DECLS

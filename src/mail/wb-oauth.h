/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "wb-secrets.h"
#include "wb-trust.h"

G_BEGIN_DECLS

/**
 * WbOauthSettings:
 * @authorize: where the person signs in, an https address (RFC 6749 §3.1)
 * @token: where a code becomes a token, an https address (§3.2)
 * @client_id: what the provider calls the program; none is built in (§2.2)
 * @scope: what to ask for; may be "" (§3.3)
 *
 * How to sign in at a provider with the browser.
 */
typedef struct
{
  char *authorize;
  char *token;
  char *client_id;
  char *scope;
} WbOauthSettings;

/**
 * WbOauthOpenFunc:
 * @uri: an https address, to be opened in the person's browser
 *
 * Opens the browser; called on the worker, and must not wait for the browser.
 */
typedef void (*WbOauthOpenFunc) (const char *uri,
                                 gpointer    user_data);

/**
 * WbOauth:
 * @settings: how
 * @user: whose account
 * @secrets: where the tokens are kept
 * @trust: judges the provider's certificate
 * @direct: whether to leave the desktop's proxy out
 *
 * What it takes to get a token. The fields are borrowed; any thread, one at a time.
 */
typedef struct
{
  const WbOauthSettings *settings;
  const char            *user;
  WbSecrets             *secrets;
  WbTrust               *trust;
  gboolean               direct;
} WbOauth;

WbOauthSettings *wb_oauth_settings_new   (const char             *authorize,
                                          const char             *token,
                                          const char             *client_id,
                                          const char             *scope);
WbOauthSettings *wb_oauth_settings_copy  (const WbOauthSettings  *self);
void             wb_oauth_settings_free  (WbOauthSettings        *self);
gboolean         wb_oauth_settings_check (const WbOauthSettings  *self,
                                          GError                **error);

gboolean         wb_oauth_set_client_secret (const WbOauth       *self,
                                          const char             *secret,
                                          GCancellable           *cancellable,
                                          GError                **error);
gboolean         wb_oauth_sign_in        (const WbOauth          *self,
                                          WbOauthOpenFunc         open,
                                          gpointer                user_data,
                                          GCancellable           *cancellable,
                                          GError                **error);
char            *wb_oauth_get_token      (const WbOauth          *self,
                                          GCancellable           *cancellable,
                                          GError                **error);
gboolean         wb_oauth_drop_token     (const WbOauth          *self,
                                          GCancellable           *cancellable,
                                          GError                **error);
gboolean         wb_oauth_forget         (const WbOauth          *self,
                                          GCancellable           *cancellable,
                                          GError                **error);

char            *wb_oauth_make_verifier  (void);
char            *wb_oauth_make_challenge (const char             *verifier);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbOauthSettings, wb_oauth_settings_free)

G_END_DECLS

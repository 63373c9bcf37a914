/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

#include "wb-url.h"

G_BEGIN_DECLS

/**
 * WbProviderSecret:
 * @WB_PROVIDER_AUTHORIZATION_CODE: a code that the provider makes for mail programs, in place
 *   of the password
 * @WB_PROVIDER_APP_PASSWORD: the same under the name that it has elsewhere
 * @WB_PROVIDER_OAUTH2: signing in with the browser only; no password is taken
 *
 * What a provider wants in the place of a password.
 */
typedef enum
{
  WB_PROVIDER_AUTHORIZATION_CODE,
  WB_PROVIDER_APP_PASSWORD,
  WB_PROVIDER_OAUTH2,
} WbProviderSecret;

/**
 * WbProviderServer:
 * @host: (nullable): %NULL where there is none
 */
typedef struct
{
  const char *host;
  guint16     port;
  WbTlsMode   tls;
} WbProviderServer;

/**
 * WbProvider:
 * @id: a short name in ASCII
 * @domains: behind the "@" of its addresses, divided by spaces
 * @hosts: what the names of its servers end in, divided by spaces
 * @mx: what the names of its mail exchangers end in, divided by spaces; may be ""
 * @smtp: where to send
 * @pop3: where to receive
 * @secret: what it wants from a mail program
 * @authorize: (nullable): for signing in with the browser (RFC 6749 §3.1)
 * @token: (nullable): where a code becomes a token (§3.2)
 * @scope: (nullable): what to ask for (§3.3)
 * @name: what people call it, not translated; see wb_provider_get_name()
 * @steps: how to get its secret, not translated; see wb_provider_get_steps()
 *
 * What is known of a large provider without asking anybody.
 */
typedef struct
{
  const char       *id;
  const char       *domains;
  const char       *hosts;
  const char       *mx;
  WbProviderServer  smtp;
  WbProviderServer  pop3;
  WbProviderSecret  secret;
  const char       *authorize;
  const char       *token;
  const char       *scope;
  const char       *name;
  const char       *steps;
} WbProvider;

const WbProvider *wb_provider_find            (const char        *address);
const WbProvider *wb_provider_find_for_host   (const char        *host);
const WbProvider *wb_provider_find_for_mx     (const char        *host);
const char       *wb_provider_get_name        (const WbProvider  *self);
const char       *wb_provider_get_steps       (const WbProvider  *self);
const char       *wb_provider_get_secret_name (const WbProvider  *self);
char             *wb_provider_explain_refusal (const WbProvider  *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WbSaslMechanism:
 *
 * Ways of logging in, as flags; the higher one is the stronger.
 */
typedef enum
{
  WB_SASL_LOGIN              = 1 << 0,
  WB_SASL_PLAIN              = 1 << 1,
  WB_SASL_CRAM_MD5           = 1 << 2,
  WB_SASL_SCRAM_SHA_1        = 1 << 3,
  WB_SASL_SCRAM_SHA_256      = 1 << 4,
  WB_SASL_SCRAM_SHA_1_PLUS   = 1 << 5,
  WB_SASL_SCRAM_SHA_256_PLUS = 1 << 6,
  WB_SASL_XOAUTH2            = 1 << 7,
  WB_SASL_OAUTHBEARER        = 1 << 8,
  WB_SASL_EXTERNAL           = 1 << 9,
} WbSaslMechanism;

#define WB_SASL_NONE ((WbSaslMechanism) 0)

/* Those that prove a password, those that are bound to the TLS they run in, those that carry a
 * token (OAuth 2). */
#define WB_SASL_PASSWORD ((WbSaslMechanism) 0x7f)
#define WB_SASL_PLUS (WB_SASL_SCRAM_SHA_1_PLUS | WB_SASL_SCRAM_SHA_256_PLUS)
#define WB_SASL_TOKEN (WB_SASL_XOAUTH2 | WB_SASL_OAUTHBEARER)

WbSaslMechanism  wb_sasl_parse_mechanisms  (const char       *list);
WbSaslMechanism  wb_sasl_pick_strongest    (WbSaslMechanism   offered);
const char      *wb_sasl_get_name          (WbSaslMechanism   mechanism);
char            *wb_sasl_encode            (const char       *text);
char            *wb_sasl_make_plain        (const char       *user,
                                            const char       *password);
char            *wb_sasl_make_cram_md5     (const char       *challenge,
                                            const char       *user,
                                            const char       *password);
char            *wb_sasl_make_xoauth2      (const char       *user,
                                            const char       *token);
char            *wb_sasl_make_oauthbearer  (const char       *user,
                                            const char       *host,
                                            guint16           port,
                                            const char       *token);
char            *wb_sasl_read_token_error  (const char       *challenge);

G_END_DECLS

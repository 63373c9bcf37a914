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
  WB_SASL_LOGIN    = 1 << 0,
  WB_SASL_PLAIN    = 1 << 1,
  WB_SASL_CRAM_MD5 = 1 << 2,
} WbSaslMechanism;

#define WB_SASL_NONE ((WbSaslMechanism) 0)

WbSaslMechanism  wb_sasl_parse_mechanisms (const char       *list);
WbSaslMechanism  wb_sasl_pick_strongest   (WbSaslMechanism   offered);
const char      *wb_sasl_get_name         (WbSaslMechanism   mechanism);
char            *wb_sasl_encode           (const char       *text);
char            *wb_sasl_make_plain       (const char       *user,
                                           const char       *password);
char            *wb_sasl_make_cram_md5    (const char       *challenge,
                                           const char       *user,
                                           const char       *password);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

char       *wb_mail_decode_reply  (const char  *text,
                                   gssize       length);
char       *wb_mail_shorten_reply (const char  *text,
                                   const char  *secret);
const char *wb_mail_login_advice  (const char  *host,
                                   const char  *reply);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-sasl.h"

G_BEGIN_DECLS

/**
 * WbScram:
 *
 * One login by SCRAM (RFC 5802, 7677): the client proves that it knows the password without
 * sending it, and the server that it does. Pure: texts in, texts out, no I/O. One thread.
 */
typedef struct _WbScram WbScram;

WbScram  *wb_scram_new       (WbSaslMechanism   mechanism,
                              const char       *user,
                              const char       *password,
                              const char       *nonce);
void      wb_scram_free      (WbScram          *self);
void      wb_scram_bind      (WbScram          *self,
                              const char       *type,
                              GByteArray       *data);
char     *wb_scram_get_first (WbScram          *self);
char     *wb_scram_answer    (WbScram          *self,
                              const char       *challenge,
                              GError          **error);
gboolean  wb_scram_check     (WbScram          *self,
                              const char       *final,
                              GError          **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbScram, wb_scram_free)

G_END_DECLS

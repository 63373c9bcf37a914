/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-account.h"
#include "wb-smtp-client.h"

G_BEGIN_DECLS

/**
 * WbServerFacts:
 * @maximum_size: bytes of a mail that it takes; 0 for no limit that it tells
 * @dsn: whether it sends reports of delivery when asked (RFC 3461)
 *
 * What the server that an account sends by said of itself when it was last spoken to.
 */
typedef struct
{
  guint64  maximum_size;
  gboolean dsn;
} WbServerFacts;

void           wb_server_facts_keep (WbAccount     *account,
                                     WbSmtpClient  *client);
WbServerFacts *wb_server_facts_load (WbAccount     *account);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-maildir.h"
#include "wb-pop3-client.h"

G_BEGIN_DECLS

/**
 * WbPop3Store:
 *
 * A Maildir that remembers which messages of a POP3 mailbox it holds, by their uids, so that
 * each is fetched once. What it remembers stands in a file beside `new/` and `cur/` and
 * survives a crash at any point without a message lost or doubled. One process at a time
 * may have a folder open in this way.
 */
#define WB_TYPE_POP3_STORE (wb_pop3_store_get_type ())
G_DECLARE_FINAL_TYPE (WbPop3Store, wb_pop3_store, WB, POP3_STORE, GObject)

WbPop3Store *wb_pop3_store_open  (WbMaildir     *maildir,
                                  const WbUrl   *account,
                                  GError       **error);
gboolean     wb_pop3_store_has   (WbPop3Store   *self,
                                  const char    *uid);
gboolean     wb_pop3_store_fetch (WbPop3Store   *self,
                                  WbPop3Client  *client,
                                  GPtrArray     *items,
                                  guint         *fetched,
                                  WbProgress    *progress,
                                  GCancellable  *cancellable,
                                  GError       **error);

G_END_DECLS

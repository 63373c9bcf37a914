/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gdk/gdk.h>

#include "wb-ftp-queue.h"

G_BEGIN_DECLS

/**
 * WbRemoteOffer:
 *
 * Files and folders of a server as another program takes them: copies, by path or by the file
 * transfer portal, fetched through the queue when the drop asks for them and not before.
 */
#define WB_TYPE_REMOTE_OFFER (wb_remote_offer_get_type ())
G_DECLARE_FINAL_TYPE (WbRemoteOffer, wb_remote_offer, WB, REMOTE_OFFER, GdkContentProvider)

GdkContentProvider *wb_remote_offer_new (WbFtpQueue  *queue,
                                         const char  *directory,
                                         GPtrArray   *entries,
                                         const char  *folder);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib-object.h>

#include "wb-ftp-sync.h"

G_BEGIN_DECLS

/**
 * WbSyncItem:
 *
 * A row of what would be done, over an action that somebody else keeps. Property:
 * `chosen`, which is the action's.
 */
#define WB_TYPE_SYNC_ITEM (wb_sync_item_get_type ())
G_DECLARE_FINAL_TYPE (WbSyncItem, wb_sync_item, WB, SYNC_ITEM, GObject)

WbSyncItem            *wb_sync_item_new           (WbFtpSyncAction  *action);
const WbFtpSyncAction *wb_sync_item_get_action    (WbSyncItem       *self);
gboolean               wb_sync_item_deletes       (WbSyncItem       *self);
gboolean               wb_sync_item_can_choose    (WbSyncItem       *self);
void                   wb_sync_item_set_chosen    (WbSyncItem       *self,
                                                   gboolean          chosen);
const char            *wb_sync_item_get_icon_name (WbSyncItem       *self);
char                  *wb_sync_item_dup_name      (WbSyncItem       *self);
const char            *wb_sync_item_get_reason    (WbSyncItem       *self);
char                  *wb_sync_item_dup_details   (WbSyncItem       *self);
void                   wb_sync_items_choose       (GListModel       *items,
                                                   WbSyncItem       *item,
                                                   gboolean          chosen);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "wb-ftp-entry.h"

G_BEGIN_DECLS

/**
 * WbFileItem:
 *
 * A row of either pane: a file of this computer or an entry of a server's folder.
 * Immutable.
 */
#define WB_TYPE_FILE_ITEM (wb_file_item_get_type ())
G_DECLARE_FINAL_TYPE (WbFileItem, wb_file_item, WB, FILE_ITEM, GObject)

WbFileItem     *wb_file_item_new_local      (GFile       *file,
                                             GFileInfo   *info);
WbFileItem     *wb_file_item_new_remote     (WbFtpEntry  *entry);

const char     *wb_file_item_get_name       (WbFileItem  *self);
const char     *wb_file_item_get_folded     (WbFileItem  *self);
const char     *wb_file_item_get_sort_key   (WbFileItem  *self);
WbFtpEntryType  wb_file_item_get_entry_type (WbFileItem  *self);
gboolean        wb_file_item_is_folder      (WbFileItem  *self);
gboolean        wb_file_item_is_hidden      (WbFileItem  *self);
gint64          wb_file_item_get_size       (WbFileItem  *self);
GDateTime      *wb_file_item_get_modified   (WbFileItem  *self);
gint64          wb_file_item_get_time       (WbFileItem  *self);
const char     *wb_file_item_get_mode       (WbFileItem  *self);
const char     *wb_file_item_get_owner      (WbFileItem  *self);
const char     *wb_file_item_get_target     (WbFileItem  *self);
GFile          *wb_file_item_get_file       (WbFileItem  *self);
WbFtpEntry     *wb_file_item_get_entry      (WbFileItem  *self);
const char     *wb_file_item_get_icon_name  (WbFileItem  *self);
gboolean        wb_file_item_is_same        (WbFileItem  *self,
                                             WbFileItem  *other);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "wb-pop3-client.h"

G_BEGIN_DECLS

GPtrArray *wb_pop3_parse_list         (const char  *text,
                                       gsize        length);
guint      wb_pop3_merge_uids         (GPtrArray   *items,
                                       const char  *text,
                                       gsize        length);
void       wb_pop3_item_free          (WbPop3Item  *item);
char      *wb_pop3_find_timestamp     (const char  *greeting);

G_END_DECLS

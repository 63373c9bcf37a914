/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "wb-maildir.h"

G_BEGIN_DECLS

/**
 * WbMailItem:
 *
 * One line of a list of mails. Made on a worker, then belongs to the main thread.
 * Properties `unread`, `attachment` and `note` change and are notified.
 */
#define WB_TYPE_MAIL_ITEM (wb_mail_item_get_type ())
G_DECLARE_FINAL_TYPE (WbMailItem, wb_mail_item, WB, MAIL_ITEM, GObject)

WbMailItem *wb_mail_item_new            (const WbMaildirItem  *item,
                                         GBytes               *header,
                                         gboolean              outgoing);
const char *wb_mail_item_get_name       (WbMailItem           *self);
const char *wb_mail_item_get_who        (WbMailItem           *self);
const char *wb_mail_item_get_subject    (WbMailItem           *self);
gint64      wb_mail_item_get_time       (WbMailItem           *self);
char       *wb_mail_item_dup_when       (WbMailItem           *self);
guint64     wb_mail_item_get_size       (WbMailItem           *self);
gboolean    wb_mail_item_get_attachment (WbMailItem           *self);
gboolean    wb_mail_item_get_unread     (WbMailItem           *self);
void        wb_mail_item_set_flags      (WbMailItem           *self,
                                         const char           *flags);
const char *wb_mail_item_get_flags      (WbMailItem           *self);
const char *wb_mail_item_get_note       (WbMailItem           *self);
void        wb_mail_item_set_note       (WbMailItem           *self,
                                         const char           *note,
                                         gboolean              uncertain);
gboolean    wb_mail_item_get_uncertain  (WbMailItem           *self);
void        wb_mail_item_set_tried      (WbMailItem           *self,
                                         gboolean              tried);
gboolean    wb_mail_item_get_tried      (WbMailItem           *self);
void        wb_mail_item_set_sent       (WbMailItem           *self,
                                         gboolean              sent);
gboolean    wb_mail_item_get_sent       (WbMailItem           *self);

G_END_DECLS

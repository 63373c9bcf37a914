/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "wb-mail-folder.h"

G_BEGIN_DECLS

/**
 * WbMailList:
 *
 * The mails of one folder. Signal: `selected (WbMailItem *)` when another is, or are; with %NULL
 * for none and for several; `activated (WbMailItem *)` on a double click or Enter.
 */
#define WB_TYPE_MAIL_LIST (wb_mail_list_get_type ())
G_DECLARE_FINAL_TYPE (WbMailList, wb_mail_list, WB, MAIL_LIST, GtkWidget)

void        wb_mail_list_set_folder   (WbMailList    *self,
                                       WbMailFolder  *folder);
WbMailItem *wb_mail_list_get_selected (WbMailList    *self);
GPtrArray  *wb_mail_list_dup_selected (WbMailList    *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-workbench.h"

G_BEGIN_DECLS

/**
 * WbSocketsPage:
 *
 * UDP and TCP servers and clients that a person keeps, any number of them running at
 * once.
 */
#define WB_TYPE_SOCKETS_PAGE (wb_sockets_page_get_type ())
G_DECLARE_FINAL_TYPE (WbSocketsPage, wb_sockets_page, WB, SOCKETS_PAGE, AdwBin)

GtkWidget *wb_sockets_page_new      (WbWorkbench   *workbench);
void       wb_sockets_page_add      (WbSocketsPage *self,
                                     const char    *kind);
void       wb_sockets_page_talk_udp (WbSocketsPage *self);

G_END_DECLS

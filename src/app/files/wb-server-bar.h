/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "wb-url.h"

G_BEGIN_DECLS

/**
 * WbServerBar:
 *
 * Which server, as which kind of account, how protected. Signals: `connect-wanted`;
 * `disconnect-wanted`; `lab-wanted` (const char *kind: "real", "guest", "anonymous").
 */
#define WB_TYPE_SERVER_BAR (wb_server_bar_get_type ())
G_DECLARE_FINAL_TYPE (WbServerBar, wb_server_bar, WB, SERVER_BAR, GtkWidget)

typedef enum
{
  WB_SERVER_BAR_IDLE,
  WB_SERVER_BAR_CONNECTING,
  WB_SERVER_BAR_CONNECTED,
} WbServerBarState;

WbUrl    *wb_server_bar_dup_url      (WbServerBar       *self,
                                      GError           **error);
void      wb_server_bar_set_url      (WbServerBar       *self,
                                      const WbUrl       *url,
                                      const char        *kind);
gboolean  wb_server_bar_get_remember (WbServerBar       *self);
gboolean  wb_server_bar_get_as_text  (WbServerBar       *self);
char     *wb_server_bar_dup_address  (WbServerBar       *self);
void      wb_server_bar_ask_password (WbServerBar       *self);
void      wb_server_bar_set_menu     (WbServerBar       *self,
                                      GMenuModel        *menu);
void      wb_server_bar_set_history  (WbServerBar       *self,
                                      GPtrArray         *addresses);
void      wb_server_bar_set_state    (WbServerBar       *self,
                                      WbServerBarState   state);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-composition.h"

G_BEGIN_DECLS

WbComposition *wb_reply_new      (WbMessage          *message,
                                  const char *const  *own_addresses,
                                  gboolean            all);
WbComposition *wb_forward_new    (WbMessage          *message);
char          *wb_html_from_text (const char         *text);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-wire.h"

G_BEGIN_DECLS

/**
 * WbWireChoice:
 *
 * A conversation as the drop-down list offers it; its number 0 stands for all.
 */
#define WB_TYPE_WIRE_CHOICE (wb_wire_choice_get_type ())
G_DECLARE_FINAL_TYPE (WbWireChoice, wb_wire_choice, WB, WIRE_CHOICE, GObject)

WbWireChoice *wb_wire_choice_new        (const WbWireConversation *conversation);
guint32       wb_wire_choice_get_number (WbWireChoice             *self);
const char   *wb_wire_choice_get_label  (WbWireChoice             *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-wire.h"

G_BEGIN_DECLS

/**
 * WbWireRow:
 *
 * One event of the log with what the transcript says of it. Made when it comes into
 * sight, and gone when it leaves it.
 */
#define WB_TYPE_WIRE_ROW (wb_wire_row_get_type ())
G_DECLARE_FINAL_TYPE (WbWireRow, wb_wire_row, WB, WIRE_ROW, GObject)

WbWireRow         *wb_wire_row_new           (WbWire    *wire,
                                              guint64    index);
const WbWireEvent *wb_wire_row_get_event     (WbWireRow *self);
const WbWireConversation *
                   wb_wire_row_get_conversation (WbWireRow *self);
const char        *wb_wire_row_get_time      (WbWireRow *self);
const char        *wb_wire_row_get_arrow     (WbWireRow *self);
const char        *wb_wire_row_get_text      (WbWireRow *self);
const char        *wb_wire_row_get_meaning   (WbWireRow *self);
const char        *wb_wire_row_get_reference (WbWireRow *self);
char              *wb_wire_row_dup_line      (WbWireRow *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-wire.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WbWireScope:
 * @WB_WIRE_SCOPE_MAIL: what we say as a client of SMTP, POP3 or IMAP
 * @WB_WIRE_SCOPE_FILES: what we say as a client of FTP
 * @WB_WIRE_SCOPE_SOCKETS: UDP and TCP without a protocol of ours
 * @WB_WIRE_SCOPE_LAB: what is said to our servers
 * @WB_WIRE_SCOPE_SERVER: what is said to one server of ours
 * @WB_WIRE_SCOPE_RANGE: what we say, as a server or as clients, between two places of
 *   the log
 *
 * Which conversations concern a page.
 */
typedef enum
{
  WB_WIRE_SCOPE_MAIL,
  WB_WIRE_SCOPE_FILES,
  WB_WIRE_SCOPE_SOCKETS,
  WB_WIRE_SCOPE_LAB,
  WB_WIRE_SCOPE_SERVER,
  WB_WIRE_SCOPE_RANGE,
} WbWireScope;

/**
 * WbWireFilter:
 * @port: for %WB_WIRE_SCOPE_SERVER; where it listens
 * @udp: for %WB_WIRE_SCOPE_SERVER; by what transport
 * @first: the index of the first event to look at
 * @server: for %WB_WIRE_SCOPE_RANGE; as a server, or else as clients
 * @end: for %WB_WIRE_SCOPE_RANGE; the index after the last
 * @conversation: 0 is all of the scope's
 * @text: (nullable): what an event has to contain, in whatever case
 */
typedef struct
{
  WbWireScope  scope;
  guint16      port;
  gboolean     udp;
  gboolean     server;
  guint64      first;
  guint64      end;
  guint32      conversation;
  const char  *text;
} WbWireFilter;

/**
 * WbWireModel:
 *
 * The events of a #WbWire that a filter lets through, as a list of #WbWireRow. It
 * keeps their indices only; a row is made when it is asked for.
 *
 * It looks at the log when wb_wire_model_update() is called, a bounded time, and
 * emits `items-changed` once for it.
 */
#define WB_TYPE_WIRE_MODEL (wb_wire_model_get_type ())
G_DECLARE_FINAL_TYPE (WbWireModel, wb_wire_model, WB, WIRE_MODEL, GObject)

WbWireModel *wb_wire_model_new               (WbWire             *wire);
void         wb_wire_model_set_filter        (WbWireModel        *self,
                                              const WbWireFilter *filter);
gboolean     wb_wire_model_update            (WbWireModel        *self);
GListModel  *wb_wire_model_get_conversations (WbWireModel        *self);

G_END_DECLS

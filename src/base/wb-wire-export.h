/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-wire.h"

G_BEGIN_DECLS

/**
 * WbWireFormat:
 * @WB_WIRE_TEXT: what the Transcript shows, one event a line, control bytes escaped
 * @WB_WIRE_JSONL: one JSON object a line
 * @WB_WIRE_PCAPNG: packets with made-up headers, for Wireshark
 */
typedef enum
{
  WB_WIRE_TEXT,
  WB_WIRE_JSONL,
  WB_WIRE_PCAPNG,
} WbWireFormat;

gboolean wb_wire_format_from_name (const char     *file_name,
                                   WbWireFormat   *format,
                                   GError        **error);
gboolean wb_wire_export           (WbWire         *wire,
                                   WbWireFormat    format,
                                   guint32         conversation,
                                   GOutputStream  *stream,
                                   GCancellable   *cancellable,
                                   GError        **error);
gboolean wb_wire_export_file      (WbWire         *wire,
                                   const char     *path,
                                   GCancellable   *cancellable,
                                   GError        **error);
char    *wb_wire_format_event     (const WbWireEvent        *event,
                                   const WbWireConversation *conversation);

G_END_DECLS

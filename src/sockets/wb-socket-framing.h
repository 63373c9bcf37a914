/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-socket-server.h"

G_BEGIN_DECLS

/* The longest message that is put together, its length prefix or delimiter included. */
#define WB_SOCKET_MESSAGE_MAX (1024 * 1024)

typedef enum
{
  WB_SOCKET_FRAME_COMPLETE,
  WB_SOCKET_FRAME_PARTIAL,
  WB_SOCKET_FRAME_TOO_LONG,
} WbSocketFrame;

WbSocketFrame wb_socket_framing_next (WbSocketFraming   framing,
                                      GBytes           *delimiter,
                                      const guint8     *data,
                                      gsize             length,
                                      gsize             scanned,
                                      gsize            *size);

G_END_DECLS

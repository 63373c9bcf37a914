/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WbSocketError:
 * @WB_SOCKET_ERROR_FAILED: nothing finer is known
 * @WB_SOCKET_ERROR_TOO_LONG: more than one datagram can carry (65,507 bytes on IPv4)
 * @WB_SOCKET_ERROR_NO_ANSWER: nothing came within the time
 * @WB_SOCKET_ERROR_NO_CLIENT: that client is gone
 */
typedef enum
{
  WB_SOCKET_ERROR_FAILED,
  WB_SOCKET_ERROR_TOO_LONG,
  WB_SOCKET_ERROR_NO_ANSWER,
  WB_SOCKET_ERROR_NO_CLIENT,
} WbSocketError;

#define WB_SOCKET_ERROR (wb_socket_error_quark ())
GQuark wb_socket_error_quark (void);

G_END_DECLS

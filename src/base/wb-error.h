/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WbError:
 * @WB_ERROR_FAILED: nothing finer is known
 * @WB_ERROR_INVALID: what was typed or handed in cannot be used as it is
 * @WB_ERROR_NOT_FOUND: no such host
 * @WB_ERROR_REFUSED: nothing listens there
 * @WB_ERROR_UNREACHABLE: no way leads to that network or host
 * @WB_ERROR_TIMED_OUT: the peer said nothing for too long
 * @WB_ERROR_CLOSED: the peer ended the conversation in the middle
 * @WB_ERROR_PROTOCOL: the peer said something that the protocol does not allow
 * @WB_ERROR_TOO_LARGE: a line, block or count above its limit
 * @WB_ERROR_TLS: the TLS handshake failed, or its version is too old
 * @WB_ERROR_UNTRUSTED: the peer's certificate is not one to trust
 * @WB_ERROR_ADDRESS_IN_USE: another program has that port
 * @WB_ERROR_PERMISSION: the system does not permit it
 * @WB_ERROR_UNSUPPORTED: the peer, or this build, cannot do it
 *
 * What went wrong below every protocol. A cancelled operation is always
 * `G_IO_ERROR_CANCELLED`.
 */
typedef enum
{
  WB_ERROR_FAILED,
  WB_ERROR_INVALID,
  WB_ERROR_NOT_FOUND,
  WB_ERROR_REFUSED,
  WB_ERROR_UNREACHABLE,
  WB_ERROR_TIMED_OUT,
  WB_ERROR_CLOSED,
  WB_ERROR_PROTOCOL,
  WB_ERROR_TOO_LARGE,
  WB_ERROR_TLS,
  WB_ERROR_UNTRUSTED,
  WB_ERROR_ADDRESS_IN_USE,
  WB_ERROR_PERMISSION,
  WB_ERROR_UNSUPPORTED,
} WbError;

#define WB_ERROR (wb_error_quark ())
GQuark   wb_error_quark         (void);

void     wb_error_translate     (GError      **error,
                                 const char   *peer);
gboolean wb_check_line_argument (const char   *what,
                                 const char   *value,
                                 GError      **error);

G_END_DECLS

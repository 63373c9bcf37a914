/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WbMailError:
 * @WB_MAIL_ERROR_FAILED: the server refused, and its reply says no more than that
 * @WB_MAIL_ERROR_LOGIN: user or password refused
 * @WB_MAIL_ERROR_NO_TLS: the server does not offer the encryption that was asked for,
 *   or a password would have gone in the clear without the person's consent
 * @WB_MAIL_ERROR_SENDER: the sender was refused
 * @WB_MAIL_ERROR_RECIPIENT: every recipient was refused
 * @WB_MAIL_ERROR_TOO_LARGE: more than the server takes
 * @WB_MAIL_ERROR_TEMPORARY: the server says to try again later (4xx)
 * @WB_MAIL_ERROR_UNKNOWN_STATE: the connection was cut between the final dot and
 *   the reply; the mail may or may not have been taken
 * @WB_MAIL_ERROR_NO_SUCH_MESSAGE: no message of that number
 * @WB_MAIL_ERROR_UNSUPPORTED: the server cannot do it
 * @WB_MAIL_ERROR_INVALID: an address, header or text that cannot be sent as it is
 * @WB_MAIL_ERROR_FILE: a file that is to be sent cannot be read, or changed meanwhile
 * @WB_MAIL_ERROR_STORE: the mailbox on this computer could not be read or written
 */
typedef enum
{
  WB_MAIL_ERROR_FAILED,
  WB_MAIL_ERROR_LOGIN,
  WB_MAIL_ERROR_NO_TLS,
  WB_MAIL_ERROR_SENDER,
  WB_MAIL_ERROR_RECIPIENT,
  WB_MAIL_ERROR_TOO_LARGE,
  WB_MAIL_ERROR_TEMPORARY,
  WB_MAIL_ERROR_UNKNOWN_STATE,
  WB_MAIL_ERROR_NO_SUCH_MESSAGE,
  WB_MAIL_ERROR_UNSUPPORTED,
  WB_MAIL_ERROR_INVALID,
  WB_MAIL_ERROR_FILE,
  WB_MAIL_ERROR_STORE,
} WbMailError;

#define WB_MAIL_ERROR (wb_mail_error_quark ())
GQuark wb_mail_error_quark (void);

G_END_DECLS

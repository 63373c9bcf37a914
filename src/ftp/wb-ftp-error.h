/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WbFtpError:
 * @WB_FTP_ERROR_FAILED: the server refused, and its reply says no more than that
 * @WB_FTP_ERROR_LOGIN: user or password refused (530)
 * @WB_FTP_ERROR_NOT_FOUND: no such file or folder, or no access to it (550)
 * @WB_FTP_ERROR_EXISTS: the target is there already
 * @WB_FTP_ERROR_PERMISSION: not allowed (532, 550, 553)
 * @WB_FTP_ERROR_NO_SPACE: quota or disk full (452, 552)
 * @WB_FTP_ERROR_BUSY: too many connections, or going down (421)
 * @WB_FTP_ERROR_DATA: the data connection could not be opened or broke (425, 426)
 * @WB_FTP_ERROR_INCOMPLETE: what arrived is not the whole file
 * @WB_FTP_ERROR_UNSUPPORTED: the server does not know the command (500, 502, 504)
 * @WB_FTP_ERROR_LOCAL: the file on this computer could not be read or written
 *
 * What a person can act on when an FTP command failed.
 */
typedef enum
{
  WB_FTP_ERROR_FAILED,
  WB_FTP_ERROR_LOGIN,
  WB_FTP_ERROR_NOT_FOUND,
  WB_FTP_ERROR_EXISTS,
  WB_FTP_ERROR_PERMISSION,
  WB_FTP_ERROR_NO_SPACE,
  WB_FTP_ERROR_BUSY,
  WB_FTP_ERROR_DATA,
  WB_FTP_ERROR_INCOMPLETE,
  WB_FTP_ERROR_UNSUPPORTED,
  WB_FTP_ERROR_LOCAL,
} WbFtpError;

#define WB_FTP_ERROR (wb_ftp_error_quark ())
GQuark wb_ftp_error_quark (void);

G_END_DECLS

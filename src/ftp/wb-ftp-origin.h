/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WbFtpOrigin:
 * @address: host, port and user
 * @path: the server's bytes
 * @size: bytes, or -1 when the server does not say
 * @modified: (nullable): when it changed last, in UTC
 *
 * Which file of which server something was received from, and what it was like then:
 * what is recorded beside a part, to tell whether one may go on with it.
 */
typedef struct
{
  char      *address;
  char      *path;
  gint64     size;
  GDateTime *modified;
} WbFtpOrigin;

void     wb_ftp_origin_clear     (WbFtpOrigin        *self);
gboolean wb_ftp_origin_is_known  (const WbFtpOrigin  *self);
gboolean wb_ftp_origin_same_file (const WbFtpOrigin  *self,
                                  const WbFtpOrigin  *other);
gboolean wb_ftp_origin_unchanged (const WbFtpOrigin  *self,
                                  const WbFtpOrigin  *other);
gboolean wb_ftp_origin_read      (WbFtpOrigin        *self,
                                  const char         *path);
gboolean wb_ftp_origin_write     (const WbFtpOrigin  *self,
                                  const char         *path,
                                  GError            **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WbFtpOrigin, wb_ftp_origin_clear)

G_END_DECLS

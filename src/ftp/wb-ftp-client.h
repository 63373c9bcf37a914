/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-connection.h"
#include "wb-ftp-entry.h"
#include "wb-ftp-error.h"
#include "wb-progress.h"
#include "wb-url.h"

G_BEGIN_DECLS

/**
 * WbFtpClient:
 *
 * One control connection to an FTP server and the data connections beside it
 * (RFC 959, 2228, 2428, 3659, 4217). Every verb blocks, on one thread at a time.
 * Paths are the server's bytes; CR, LF and NUL in them are refused.
 *
 * A file is received into "NAME.part" beside its target and renamed only when the
 * server's 226, the close of the data connection and the size agree.
 */
#define WB_TYPE_FTP_CLIENT (wb_ftp_client_get_type ())
G_DECLARE_FINAL_TYPE (WbFtpClient, wb_ftp_client, WB, FTP_CLIENT, GObject)

WbFtpClient *wb_ftp_client_new               (WbWire        *wire,
                                              WbTrust       *trust);
void         wb_ftp_client_set_timeout       (WbFtpClient   *self,
                                              guint          seconds);

gboolean     wb_ftp_client_connect           (WbFtpClient   *self,
                                              const WbUrl   *url,
                                              GCancellable  *cancellable,
                                              GError       **error);
gboolean     wb_ftp_client_login             (WbFtpClient   *self,
                                              const char    *user,
                                              const char    *password,
                                              GCancellable  *cancellable,
                                              GError       **error);
gboolean     wb_ftp_client_is_usable         (WbFtpClient   *self);
const char  *wb_ftp_client_get_greeting      (WbFtpClient   *self);
guint32      wb_ftp_client_get_conversation  (WbFtpClient   *self);

char        *wb_ftp_client_get_directory     (WbFtpClient   *self,
                                              GCancellable  *cancellable,
                                              GError       **error);
gboolean     wb_ftp_client_change_directory  (WbFtpClient   *self,
                                              const char    *path,
                                              GCancellable  *cancellable,
                                              GError       **error);
GPtrArray   *wb_ftp_client_list              (WbFtpClient   *self,
                                              const char    *path,
                                              WbProgress    *progress,
                                              GCancellable  *cancellable,
                                              GError       **error);
gint64       wb_ftp_client_get_size          (WbFtpClient   *self,
                                              const char    *path,
                                              GCancellable  *cancellable,
                                              GError       **error);

gboolean     wb_ftp_client_retrieve          (WbFtpClient   *self,
                                              const char    *path,
                                              gint64         expected_size,
                                              GFile         *target,
                                              gboolean       overwrite,
                                              WbProgress    *progress,
                                              GCancellable  *cancellable,
                                              GError       **error);
gboolean     wb_ftp_client_store             (WbFtpClient   *self,
                                              GFile         *source,
                                              const char    *path,
                                              gboolean       overwrite,
                                              WbProgress    *progress,
                                              GCancellable  *cancellable,
                                              GError       **error);

gboolean     wb_ftp_client_make_directory    (WbFtpClient   *self,
                                              const char    *path,
                                              GCancellable  *cancellable,
                                              GError       **error);
gboolean     wb_ftp_client_remove_file       (WbFtpClient   *self,
                                              const char    *path,
                                              GCancellable  *cancellable,
                                              GError       **error);
gboolean     wb_ftp_client_remove_directory  (WbFtpClient   *self,
                                              const char    *path,
                                              GCancellable  *cancellable,
                                              GError       **error);
gboolean     wb_ftp_client_rename            (WbFtpClient   *self,
                                              const char    *from,
                                              const char    *to,
                                              GCancellable  *cancellable,
                                              GError       **error);
gboolean     wb_ftp_client_ping              (WbFtpClient   *self,
                                              GCancellable  *cancellable,
                                              GError       **error);
gboolean     wb_ftp_client_quit              (WbFtpClient   *self,
                                              GCancellable  *cancellable,
                                              GError       **error);

G_END_DECLS

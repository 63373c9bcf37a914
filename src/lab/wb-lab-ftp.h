/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-connection.h"
#include "wb-lab-fault.h"

G_BEGIN_DECLS

/**
 * WbLabFtpOptions:
 * @directory: holds the three accounts' folders; made where missing
 * @certificate: for AUTH TLS
 * @fault: (nullable): faults on demand; must outlive the server
 * @real_user: name of the registered account, which reads and writes in its own home
 * @guest_user: name of the temporary account, which writes in `upload/` alone
 * @guest_quota: bytes that all guests together may have there
 */
typedef struct
{
  const char       *directory;
  GTlsCertificate  *certificate;
  const WbLabFault *fault;
  const char       *real_user;
  const char       *real_password;
  const char       *guest_user;
  const char       *guest_password;
  guint64           guest_quota;
} WbLabFtpOptions;

/**
 * WbLabFtp:
 *
 * The FTP server of the lab: accounts, folders and quota; any number of sessions.
 * Safe from any thread.
 */
typedef struct _WbLabFtp WbLabFtp;

WbLabFtp *wb_lab_ftp_new   (const WbLabFtpOptions  *options,
                            GError                **error);
void      wb_lab_ftp_free  (WbLabFtp               *self);
void      wb_lab_ftp_serve (WbConnection           *connection,
                            GCancellable           *cancellable,
                            gpointer                user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbLabFtp, wb_lab_ftp_free)

G_END_DECLS

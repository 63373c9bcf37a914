/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-lab-ftp.h"
#include "wb-lab-jail.h"
#include "wb-lab-peer.h"

G_BEGIN_DECLS

/* Seconds without a byte on a data connection until it is given up. */
#define WB_LAB_FTP_DATA_TIMEOUT 120

typedef enum
{
  WB_LAB_FTP_REAL,
  WB_LAB_FTP_GUEST,
  WB_LAB_FTP_ANONYMOUS,
  WB_LAB_FTP_N_KINDS,
} WbLabFtpKind;

/**
 * WbLabFtpAction:
 * @WB_LAB_FTP_READ: look at a file or folder
 * @WB_LAB_FTP_FETCH: get a file's content
 * @WB_LAB_FTP_ADD: a new file that replaces nothing
 * @WB_LAB_FTP_RENAME: a new name for a file, which replaces nothing
 * @WB_LAB_FTP_CHANGE: anything else that leaves the folder different
 */
typedef enum
{
  WB_LAB_FTP_READ,
  WB_LAB_FTP_FETCH,
  WB_LAB_FTP_ADD,
  WB_LAB_FTP_RENAME,
  WB_LAB_FTP_CHANGE,
} WbLabFtpAction;

/**
 * WbLabFtpAccount:
 * @password: (nullable): %NULL takes anything, as anonymous FTP does
 */
typedef struct
{
  WbLabFtpKind  kind;
  char         *user;
  char         *password;
  WbLabJail    *jail;
} WbLabFtpAccount;

/**
 * WbLabFtpSession:
 *
 * One client's conversation, on the thread of its control connection. While a
 * file goes by, a second thread listens on the control connection instead.
 */
typedef struct
{
  WbLabFtp              *server;
  WbLabPeer             *peer;
  WbConnection          *control;
  GCancellable          *cancellable;

  /* Who it is */
  char                  *user;
  const WbLabFtpAccount *account;
  guint                  failures;
  gboolean               quit;

  /* Where it is and what it asked for */
  char                  *folder;
  char                  *rename_from;
  gint64                 restart;
  gboolean               ascii;
  gboolean               protect;

  /* The next data connection: one of these, or neither */
  GSocket               *passive;
  GSocketAddress        *active;
  gboolean               epsv_only;

  /* While it is open */
  gboolean               aborted;
  gboolean               lost;
  GQueue                 typed_ahead;
} WbLabFtpSession;

/**
 * WbLabFtpHandler:
 *
 * Carries out one command and replies to it. Returns: %FALSE with @error set only
 * when the conversation is over
 */
typedef gboolean (*WbLabFtpHandler) (WbLabFtpSession  *self,
                                     const char       *argument,
                                     GError          **error);

/* wb-lab-ftp.c */
const WbLabFtpAccount *wb_lab_ftp_find_account    (WbLabFtp               *self,
                                                   const char             *user);
GTlsCertificate       *wb_lab_ftp_get_certificate (WbLabFtp               *self);
const WbLabFault      *wb_lab_ftp_get_fault       (WbLabFtp               *self);
gboolean               wb_lab_ftp_permits         (const WbLabFtpAccount  *account,
                                                   WbLabFtpAction          action,
                                                   const char             *path);
gboolean               wb_lab_ftp_take_quota      (WbLabFtp               *self,
                                                   const WbLabFtpAccount  *account,
                                                   gint64                  bytes);
const char            *wb_lab_ftp_kind_get_name   (WbLabFtpKind            kind);

/* wb-lab-ftp-session.c */
void     wb_lab_ftp_session_run           (WbLabFtpSession  *self);
gboolean wb_lab_ftp_session_refuse        (WbLabFtpSession  *self,
                                           const GError     *reason,
                                           GError          **error);
char    *wb_lab_ftp_session_resolve       (WbLabFtpSession  *self,
                                           const char       *argument,
                                           WbLabFtpAction    action,
                                           GError          **error);
gboolean wb_lab_ftp_session_hear          (WbLabFtpSession  *self);

/* wb-lab-ftp-data.c */
WbConnection *wb_lab_ftp_data_open        (WbLabFtpSession  *self,
                                           GError          **error);
gboolean wb_lab_ftp_data_secure           (WbLabFtpSession  *self,
                                           WbConnection     *data,
                                           GCancellable     *cancellable,
                                           GError          **error);
void     wb_lab_ftp_data_reset            (WbLabFtpSession  *self);
gboolean wb_lab_ftp_pasv                  (WbLabFtpSession  *self,
                                           const char       *argument,
                                           GError          **error);
gboolean wb_lab_ftp_epsv                  (WbLabFtpSession  *self,
                                           const char       *argument,
                                           GError          **error);
gboolean wb_lab_ftp_port                  (WbLabFtpSession  *self,
                                           const char       *argument,
                                           GError          **error);
gboolean wb_lab_ftp_eprt                  (WbLabFtpSession  *self,
                                           const char       *argument,
                                           GError          **error);

/* wb-lab-ftp-transfer.c */
gboolean wb_lab_ftp_retr                  (WbLabFtpSession  *self,
                                           const char       *argument,
                                           GError          **error);
gboolean wb_lab_ftp_stor                  (WbLabFtpSession  *self,
                                           const char       *argument,
                                           GError          **error);
gboolean wb_lab_ftp_appe                  (WbLabFtpSession  *self,
                                           const char       *argument,
                                           GError          **error);
gboolean wb_lab_ftp_send_text             (WbLabFtpSession  *self,
                                           const char       *what,
                                           GString          *text,
                                           GError          **error);

/* wb-lab-ftp-list.c */
gboolean wb_lab_ftp_list                  (WbLabFtpSession  *self,
                                           const char       *argument,
                                           GError          **error);
gboolean wb_lab_ftp_nlst                  (WbLabFtpSession  *self,
                                           const char       *argument,
                                           GError          **error);
gboolean wb_lab_ftp_mlsd                  (WbLabFtpSession  *self,
                                           const char       *argument,
                                           GError          **error);
gboolean wb_lab_ftp_mlst                  (WbLabFtpSession  *self,
                                           const char       *argument,
                                           GError          **error);
gboolean wb_lab_ftp_stat_path             (WbLabFtpSession  *self,
                                           const char       *argument,
                                           GError          **error);

/* wb-lab-ftp-files.c */
gboolean wb_lab_ftp_pwd                   (WbLabFtpSession  *self,
                                           const char       *argument,
                                           GError          **error);
gboolean wb_lab_ftp_cwd                   (WbLabFtpSession  *self,
                                           const char       *argument,
                                           GError          **error);
gboolean wb_lab_ftp_cdup                  (WbLabFtpSession  *self,
                                           const char       *argument,
                                           GError          **error);
gboolean wb_lab_ftp_size                  (WbLabFtpSession  *self,
                                           const char       *argument,
                                           GError          **error);
gboolean wb_lab_ftp_mdtm                  (WbLabFtpSession  *self,
                                           const char       *argument,
                                           GError          **error);
gboolean wb_lab_ftp_mfmt                  (WbLabFtpSession  *self,
                                           const char       *argument,
                                           GError          **error);
gboolean wb_lab_ftp_dele                  (WbLabFtpSession  *self,
                                           const char       *argument,
                                           GError          **error);
gboolean wb_lab_ftp_mkd                   (WbLabFtpSession  *self,
                                           const char       *argument,
                                           GError          **error);
gboolean wb_lab_ftp_rmd                   (WbLabFtpSession  *self,
                                           const char       *argument,
                                           GError          **error);
gboolean wb_lab_ftp_rnfr                  (WbLabFtpSession  *self,
                                           const char       *argument,
                                           GError          **error);
gboolean wb_lab_ftp_rnto                  (WbLabFtpSession  *self,
                                           const char       *argument,
                                           GError          **error);
gboolean wb_lab_ftp_site                  (WbLabFtpSession  *self,
                                           const char       *argument,
                                           GError          **error);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-ftp-client.h"

G_BEGIN_DECLS

typedef enum
{
  WB_FTP_TRANSFER_QUEUED,
  WB_FTP_TRANSFER_RUNNING,
  WB_FTP_TRANSFER_DONE,
  WB_FTP_TRANSFER_FAILED,
  WB_FTP_TRANSFER_CANCELLED,
} WbFtpTransferState;

/**
 * WbFtpTransfer:
 *
 * One file or folder on its way. Properties, all read-only and notified in the
 * main context that made the queue, progress at most ten times a second:
 * `state`, `done` and `total` (bytes), `rate` (bytes a second), `error-message`.
 */
#define WB_TYPE_FTP_TRANSFER (wb_ftp_transfer_get_type ())
G_DECLARE_FINAL_TYPE (WbFtpTransfer, wb_ftp_transfer, WB, FTP_TRANSFER, GObject)

gboolean            wb_ftp_transfer_is_upload         (WbFtpTransfer *self);
GFile              *wb_ftp_transfer_get_local         (WbFtpTransfer *self);
const char         *wb_ftp_transfer_get_remote        (WbFtpTransfer *self);
WbFtpTransferState  wb_ftp_transfer_get_state         (WbFtpTransfer *self);
gint64              wb_ftp_transfer_get_done          (WbFtpTransfer *self);
gint64              wb_ftp_transfer_get_total         (WbFtpTransfer *self);
double              wb_ftp_transfer_get_rate          (WbFtpTransfer *self);
const GError       *wb_ftp_transfer_get_error         (WbFtpTransfer *self);
const char         *wb_ftp_transfer_get_error_message (WbFtpTransfer *self);
void                wb_ftp_transfer_cancel            (WbFtpTransfer *self);

/**
 * WbFtpQueue:
 *
 * The transfers of one server, run by connections of their own, a #GListModel of
 * #WbFtpTransfer. A folder becomes one transfer a file as it is walked. Belongs to
 * the thread that made it; its signal `idle` says that nothing is left to do.
 */
#define WB_TYPE_FTP_QUEUE (wb_ftp_queue_get_type ())
G_DECLARE_FINAL_TYPE (WbFtpQueue, wb_ftp_queue, WB, FTP_QUEUE, GObject)

WbFtpQueue *wb_ftp_queue_new              (WbWire        *wire,
                                           WbTrust       *trust,
                                           const WbUrl   *url,
                                           guint          connections);
void        wb_ftp_queue_set_timeout      (WbFtpQueue    *self,
                                           guint          seconds);
void        wb_ftp_queue_add_upload       (WbFtpQueue    *self,
                                           GFile         *local,
                                           const char    *remote_directory,
                                           gboolean       overwrite);
void        wb_ftp_queue_add_download     (WbFtpQueue    *self,
                                           WbFtpEntry    *entry,
                                           const char    *remote_directory,
                                           GFile         *local_directory,
                                           gboolean       overwrite);
void        wb_ftp_queue_retry            (WbFtpQueue    *self,
                                           WbFtpTransfer *transfer);
void        wb_ftp_queue_clear_finished   (WbFtpQueue    *self);
void        wb_ftp_queue_cancel_all       (WbFtpQueue    *self);
gboolean    wb_ftp_queue_is_idle          (WbFtpQueue    *self);

G_END_DECLS

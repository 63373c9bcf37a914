/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-ftp-queue-private.h"

G_BEGIN_DECLS

/**
 * WbFtpBatch:
 *
 * Small files of one direction that one worker moves one after the other; uploads as
 * wb_ftp_client_store_small() does. Made and ended on the queue's thread.
 */
typedef struct _WbFtpBatch WbFtpBatch;

WbFtpBatch *wb_ftp_batch_new      (WbLimit       *limit);
WbFtpBatch *wb_ftp_batch_ref      (WbFtpBatch    *self);
void        wb_ftp_batch_unref    (WbFtpBatch    *self);
void        wb_ftp_batch_add      (WbFtpBatch    *self,
                                   WbFtpJob      *job,
                                   GCancellable  *cancellable);
void        wb_ftp_batch_close    (WbFtpBatch    *self);
GPtrArray  *wb_ftp_batch_get_jobs (WbFtpBatch    *self);
gint64      wb_ftp_batch_get_age  (WbFtpBatch    *self);
gpointer    wb_ftp_batch_run      (gpointer       data,
                                   GCancellable  *cancellable,
                                   GError       **error);

G_END_DECLS

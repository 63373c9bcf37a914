/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-ftp-queue.h"

G_BEGIN_DECLS

/**
 * WbFtpQueueStore:
 *
 * A file that keeps what is left in queues, so that it survives a restart: what waits,
 * runs, is paused, waits for an answer or has failed. There is no password in it. It is
 * written on a thread of its own, beside the old one, which it replaces when it is whole,
 * at most once a second.
 *
 * Belongs to the thread that made it. Hand it the queues with
 * wb_ftp_queue_store_watch(), and flush it before the program ends.
 */
#define WB_TYPE_FTP_QUEUE_STORE (wb_ftp_queue_store_get_type ())
G_DECLARE_FINAL_TYPE (WbFtpQueueStore, wb_ftp_queue_store, WB, FTP_QUEUE_STORE, GObject)

WbFtpQueueStore *wb_ftp_queue_store_new       (const char       *path);
gboolean         wb_ftp_queue_store_load      (WbFtpQueueStore  *self,
                                               GError          **error);
GPtrArray       *wb_ftp_queue_store_get_urls  (WbFtpQueueStore  *self);
guint            wb_ftp_queue_store_restore   (WbFtpQueueStore  *self,
                                               WbFtpQueue       *queue,
                                               gboolean          paused);
void             wb_ftp_queue_store_forget    (WbFtpQueueStore  *self,
                                               const WbUrl      *url);
void             wb_ftp_queue_store_watch     (WbFtpQueueStore  *self,
                                               WbFtpQueue       *queue);
gboolean         wb_ftp_queue_store_flush     (WbFtpQueueStore  *self,
                                               GError          **error);

G_END_DECLS

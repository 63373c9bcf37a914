/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-ftp-compare.h"
#include "wb-ftp-queue.h"

G_BEGIN_DECLS

/**
 * WbFtpSync:
 * @upload: whether the server's folder becomes like that on this computer, or the other
 *   way round
 * @local: the folder on this computer
 * @remote: the folder on the server, in its bytes
 * @actions: (element-type WbFtpSyncAction): what is to be done, in order; clear `chosen` of
 *   what is not
 *
 * Makes one folder like another, in steps, so that all of it can be looked at before:
 *
 * 1. wb_ftp_sync_new() reads both sides and compares them. Nothing changes.
 * 2. The preview shows @actions, and may clear `chosen`.
 * 3. wb_ftp_sync_prepare() makes folders and takes away what is in the way.
 * 4. wb_ftp_sync_enqueue() hands the files to a queue, which moves them.
 * 5. wb_ftp_sync_finish() makes links, and deletes what only the target has, when the files are
 *    there.
 *
 * 1, 3 and 5 block, on the thread of the client; 4 is for the queue's thread. One at a
 * time. Names come out of trees that refuse what could lead out of the folder, and
 * folders on this computer are never entered through a link.
 */
typedef struct
{
  gboolean    upload;
  GFile      *local;
  char       *remote;
  GPtrArray  *actions;
} WbFtpSync;

WbFtpSync *wb_ftp_sync_new     (WbFtpClient             *client,
                                gboolean                 upload,
                                GFile                   *local,
                                const char              *remote,
                                const WbFtpSyncOptions  *options,
                                gboolean                 hash,
                                WbProgress              *progress,
                                GCancellable            *cancellable,
                                GError                 **error);
void       wb_ftp_sync_free    (WbFtpSync               *self);
gboolean   wb_ftp_sync_prepare (WbFtpSync               *self,
                                WbFtpClient             *client,
                                GCancellable            *cancellable,
                                GError                 **error);
guint      wb_ftp_sync_enqueue (WbFtpSync               *self,
                                WbFtpQueue              *queue);
gboolean   wb_ftp_sync_finish  (WbFtpSync               *self,
                                WbFtpClient             *client,
                                GCancellable            *cancellable,
                                GError                 **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbFtpSync, wb_ftp_sync_free)

G_END_DECLS

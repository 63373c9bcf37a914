/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "wb-ftp-queue.h"
#include "wb-sync-job.h"

G_BEGIN_DECLS

/**
 * WbSyncDialog:
 *
 * Makes a folder on a server like one on this computer, or the other way round: compares,
 * shows what would be done, and does what the person leaves ticked.
 *
 * Signal: `ended`: the queue has no more to do with it.
 */
#define WB_TYPE_SYNC_DIALOG (wb_sync_dialog_get_type ())
G_DECLARE_FINAL_TYPE (WbSyncDialog, wb_sync_dialog, WB, SYNC_DIALOG, GtkWindow)

GtkWidget *wb_sync_dialog_new (GtkWindow       *parent,
                               WbRemoteServer  *server,
                               WbFtpQueue      *queue,
                               GFile           *local,
                               const char      *remote);

G_END_DECLS

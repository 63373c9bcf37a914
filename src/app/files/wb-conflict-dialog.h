/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "wb-ftp-queue.h"

G_BEGIN_DECLS

/**
 * WbConflictDialog:
 *
 * Asks what is to become of a transfer whose target exists. Answers the queue by itself;
 * closing it leaves the transfer waiting. Signal: `done`: the dialog has gone.
 */
#define WB_TYPE_CONFLICT_DIALOG (wb_conflict_dialog_get_type ())
G_DECLARE_FINAL_TYPE (WbConflictDialog, wb_conflict_dialog, WB, CONFLICT_DIALOG, GtkWindow)

GtkWidget *wb_conflict_dialog_new (GtkWindow      *parent,
                                   WbFtpTransfer  *transfer);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "wb-ftp-queue.h"
#include "wb-sync-job.h"

G_BEGIN_DECLS

/**
 * WbRemoteEdit:
 *
 * A file of a server, open in another program: fetched into a folder for nobody else,
 * watched, and sent back whenever it was saved. It is never run: it goes to the program
 * that is there for its type, and what is a program itself is refused.
 *
 * Signals: `told` (const char *text): what became of it, in words; `changed-there`: the
 * server's file is not the one any more that was fetched, so wb_remote_edit_overwrite()
 * has to be asked for; `failed` (const char *text): it is of no use any more.
 */
#define WB_TYPE_REMOTE_EDIT (wb_remote_edit_get_type ())
G_DECLARE_FINAL_TYPE (WbRemoteEdit, wb_remote_edit, WB, REMOTE_EDIT, GObject)

WbRemoteEdit *wb_remote_edit_new       (WbRemoteServer  *server,
                                        WbFtpQueue      *queue,
                                        const char      *directory,
                                        WbFtpEntry      *entry);
void          wb_remote_edit_begin     (WbRemoteEdit    *self,
                                        GtkWindow       *parent);
void          wb_remote_edit_overwrite (WbRemoteEdit    *self);
void          wb_remote_edit_server_answers
                                       (WbRemoteEdit    *self,
                                        const WbUrl     *url,
                                        WbFtpQueue      *queue);
const char   *wb_remote_edit_get_name  (WbRemoteEdit    *self);

G_END_DECLS

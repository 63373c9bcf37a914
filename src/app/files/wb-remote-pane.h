/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-file-pane.h"
#include "wb-ftp-queue.h"
#include "wb-trust.h"
#include "wb-url.h"
#include "wb-wire.h"

G_BEGIN_DECLS

/**
 * WbRemotePane:
 *
 * The pane of an FTP server's files.
 *
 * Signals: `connected`; `disconnected`; `failed` (a #GError): connecting did not
 * work; `open-failed` (a path, a #GError): going to a folder did not work, to be answered
 * with %TRUE by who sees to that; `lost` (a #GError): the connection is gone, and what is
 * asked next makes another; `listed`: a folder came from the server.
 */
#define WB_TYPE_REMOTE_PANE (wb_remote_pane_get_type ())
G_DECLARE_FINAL_TYPE (WbRemotePane, wb_remote_pane, WB, REMOTE_PANE, WbFilePane)

void         wb_remote_pane_set_channels  (WbRemotePane  *self,
                                           WbWire        *wire,
                                           WbTrust       *trust);
void         wb_remote_pane_set_queue     (WbRemotePane  *self,
                                           WbFtpQueue    *queue);
gboolean     wb_remote_pane_lend         (WbRemotePane  *self,
                                          WbFtpQueue    *queue);
void         wb_remote_pane_take_back    (WbRemotePane  *self,
                                          WbFtpQueue    *queue);
void         wb_remote_pane_connect       (WbRemotePane  *self,
                                           const WbUrl   *url,
                                           WbFtpClient   *settings);
void         wb_remote_pane_disconnect    (WbRemotePane  *self);
void         wb_remote_pane_set_keep_alive (WbRemotePane *self,
                                            guint         seconds);
void         wb_remote_pane_send_command (WbRemotePane  *self,
                                          const char    *command,
                                          GAsyncReadyCallback callback,
                                          gpointer       user_data);
WbFileItem  *wb_remote_pane_get_wanted   (WbRemotePane  *self);
gboolean     wb_remote_pane_is_connected  (WbRemotePane  *self);
gboolean     wb_remote_pane_is_connecting (WbRemotePane  *self);
gboolean     wb_remote_pane_has_checksums (WbRemotePane  *self);
const WbUrl *wb_remote_pane_get_url       (WbRemotePane  *self);
const char  *wb_remote_pane_get_directory (WbRemotePane  *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-ftp-client.h"

G_BEGIN_DECLS

/**
 * WbRemoteServer:
 * @client: (nullable): the connection, if there is one
 * @directory: (nullable): where it is, to be there again after another connection
 * @astray: whether the connection may be in another folder than that: it is new, or a person
 *   typed a command
 * @lent: whether transfers have the only connection that the server grants
 * @returned: they had it until just now
 * @wanted: (nullable): what the URL names last, if that is no folder
 *
 * A server and the connection to it. Belongs to the thread of the session that the
 * jobs run on; only the reference count is for everyone.
 */
typedef struct
{
  gatomicrefcount references;
  WbWire         *wire;
  WbTrust        *trust;
  WbUrl          *url;
  WbFtpClient    *settings;
  WbFtpClient    *client;
  char           *directory;
  gboolean        astray;
  gboolean        lent;
  gboolean        returned;
  char           *wanted;
} WbRemoteServer;

WbRemoteServer *wb_remote_server_new     (WbWire          *wire,
                                          WbTrust         *trust,
                                          const WbUrl     *url,
                                          WbFtpClient     *settings);
WbRemoteServer *wb_remote_server_ref     (WbRemoteServer  *self);
void            wb_remote_server_unref   (WbRemoteServer  *self);
gboolean        wb_remote_server_is_open (WbRemoteServer  *self);
gboolean        wb_remote_server_connect (WbRemoteServer  *self,
                                          GCancellable    *cancellable,
                                          GError         **error);
gboolean        wb_remote_server_is_loss (const GError   *error);
void            wb_remote_server_quit    (WbRemoteServer  *self,
                                          GCancellable    *cancellable);

G_END_DECLS

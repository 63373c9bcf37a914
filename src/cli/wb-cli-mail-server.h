/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-cli.h"
#include "wb-smtp-client.h"

G_BEGIN_DECLS

/**
 * WbCliMailServer:
 * @mechanisms: (nullable): from `--auth`
 * @notify: (nullable): from `--notify`
 * @returned: (nullable): from `--return`
 * @envelope_id: (nullable): from `--envid`
 *
 * The server that `wire mail send` hands its mails to, how to log in there and what to ask of it.
 */
typedef struct
{
  char    *server;
  char   **mechanisms;
  char    *token_file;
  char    *client_certificate;
  char    *client_key;
  char    *proxy;
  char    *notify;
  char    *returned;
  char    *envelope_id;
  gboolean chunking;

  WbUrl   *url;
  char    *token;
} WbCliMailServer;

GOptionEntry *wb_cli_mail_server_entries (WbCliMailServer     *self,
                                          const GOptionEntry  *more);
gboolean      wb_cli_mail_server_check   (WbCli               *cli,
                                          WbCliMailServer     *self,
                                          int                 *status);
WbSmtpClient *wb_cli_mail_server_open    (WbCli               *cli,
                                          WbCliMailServer     *self,
                                          GError             **error);
void          wb_cli_mail_server_clear   (WbCliMailServer     *self);
gboolean wb_cli_mail_read_token (WbCli          *cli,
                                 const char     *path,
                                 char          **token,
                                 GError        **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WbCliMailServer, wb_cli_mail_server_clear)

G_END_DECLS

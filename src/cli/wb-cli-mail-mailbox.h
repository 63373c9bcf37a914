/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-cli.h"
#include "wb-pop3-client.h"

G_BEGIN_DECLS

/**
 * WbCliMailbox:
 * @numbers: (nullable): from `--number`
 * @uids: (nullable): from `--uid`
 * @all: from `--all`
 * @maildir: (nullable): from `--maildir`
 * @token_file: (nullable): from `--token-file`
 * @client_certificate: (nullable): from `--client-cert`
 * @client_key: (nullable): from `--client-key`
 * @proxy: (nullable): from `--proxy`
 *
 * A mailbox on a server and which of its messages are meant: what `wire mail list`, `get` and
 * `delete` have in common.
 */
typedef struct
{
  char         **numbers;
  char         **uids;
  gboolean       all;
  char          *maildir;
  char          *token_file;
  char          *client_certificate;
  char          *client_key;
  char          *proxy;

  char          *token;      /* (nullable) */
  WbUrl         *url;
  WbPop3Client  *client;
  GPtrArray     *items;      /* WbPop3Item: all there are */
  GPtrArray     *chosen;     /* those that are meant, borrowed from items */
} WbCliMailbox;

gboolean wb_cli_mailbox_parse  (WbCli          *cli,
                                WbCliMailbox   *mailbox,
                                gboolean        must_choose,
                                int            *status);
gboolean wb_cli_mailbox_open   (WbCli          *cli,
                                WbCliMailbox   *mailbox,
                                GError        **error);
void     wb_cli_mailbox_warn   (WbCli          *cli,
                                WbCliMailbox   *mailbox);
void     wb_cli_mailbox_clear  (WbCliMailbox   *mailbox);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WbCliMailbox, wb_cli_mailbox_clear)

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-cli-payload.h"

#include "wb-socket-server.h"

G_BEGIN_DECLS

/**
 * WbCliListen:
 *
 * The options that `udp listen` and `tcp listen` share.
 */
typedef struct
{
  WbCliPayload  payload;
  gboolean      echo;
  char         *reply;
  gint64        count;
  int           receive_size;
} WbCliListen;

#define WB_CLI_LISTEN_ENTRIES(l)                                                                   \
  { "echo", 0, 0, G_OPTION_ARG_NONE, &(l).echo, N_ ("Send back what comes"), NULL },               \
  { "reply", 'r', 0, G_OPTION_ARG_FILENAME, &(l).reply,                                            \
    N_ ("Answer everything with this text"), N_ ("TEXT") },                                        \
  { "count", 'n', 0, G_OPTION_ARG_INT64, &(l).count,                                               \
    N_ ("End after so many messages"), N_ ("NUMBER") },                                            \
  WB_CLI_CHARSET_ENTRIES ((l).payload)

void  wb_cli_listen_clear (WbCliListen            *listen);
int   wb_cli_listen_run   (WbCli                  *cli,
                           WbCliListen            *listen,
                           WbSocketServerOptions  *options);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WbCliListen, wb_cli_listen_clear)

G_END_DECLS

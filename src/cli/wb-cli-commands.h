/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-cli.h"

G_BEGIN_DECLS

extern const WbCliCommand wb_cli_commands[];

int wb_cli_case        (WbCli *cli);
int wb_cli_ftp_get     (WbCli *cli);
int wb_cli_ftp_ls      (WbCli *cli);
int wb_cli_ftp_mirror  (WbCli *cli);
int wb_cli_ftp_mkdir   (WbCli *cli);
int wb_cli_ftp_mv      (WbCli *cli);
int wb_cli_ftp_chmod   (WbCli *cli);
int wb_cli_ftp_parse_listing (WbCli *cli);
int wb_cli_ftp_put     (WbCli *cli);
int wb_cli_ftp_rm      (WbCli *cli);
int wb_cli_lab         (WbCli *cli);
int wb_cli_mail_build  (WbCli *cli);
int wb_cli_mail_delete (WbCli *cli);
int wb_cli_mail_get    (WbCli *cli);
int wb_cli_mail_list   (WbCli *cli);
int wb_cli_mail_send   (WbCli *cli);
int wb_cli_mail_show   (WbCli *cli);
int wb_cli_tcp_connect (WbCli *cli);
int wb_cli_tcp_listen  (WbCli *cli);
int wb_cli_udp_listen  (WbCli *cli);
int wb_cli_udp_send    (WbCli *cli);

G_END_DECLS

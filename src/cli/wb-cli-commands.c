/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-cli"

#include "config.h"

#include "wb-cli-commands.h"

#include <glib/gi18n-lib.h>

/* In the order of the help. One without a function answers "not yet". */
const WbCliCommand wb_cli_commands[] = {
  { "lab", "", N_ ("Run the lab’s servers until interrupted"), wb_cli_lab },
  { "case", "01…12", N_ ("Run one of the twelve cases"), wb_cli_case },
  { "udp send", "HOST:PORT", N_ ("Send datagrams and show the answers"), wb_cli_udp_send },
  { "udp listen", "[ADDR:]PORT", N_ ("Receive datagrams and answer them"), wb_cli_udp_listen },
  { "tcp connect", "HOST:PORT", N_ ("Connect, send, and show what comes"), wb_cli_tcp_connect },
  { "tcp listen", "[ADDR:]PORT", N_ ("Accept connections and answer them"), wb_cli_tcp_listen },
  { "ftp ls", "URL", N_ ("List a folder of an FTP server"), wb_cli_ftp_ls },
  { "ftp get", "URL… [TARGET]", N_ ("Download files"), wb_cli_ftp_get },
  { "ftp put", "FILE… URL", N_ ("Upload files"), wb_cli_ftp_put },
  { "ftp mkdir", "URL…", N_ ("Make a folder"), wb_cli_ftp_mkdir },
  { "ftp rm", "URL…", N_ ("Delete a file or an empty folder"), wb_cli_ftp_rm },
  { "ftp mv", "URL NAME", N_ ("Rename a file or folder"), wb_cli_ftp_mv },
  { "ftp chmod", "MODE URL…", N_ ("Change permissions"), wb_cli_ftp_chmod },
  { "ftp mirror", "URL FOLDER", N_ ("Make one folder like another"), wb_cli_ftp_mirror },
  { "ftp parse-listing", "[FILE]", N_ ("Show what a server’s listing means"),
    wb_cli_ftp_parse_listing },
  { "mail send", "", N_ ("Build a message and send it"), wb_cli_mail_send },
  { "mail build", "", N_ ("Build a message and print it"), wb_cli_mail_build },
  { "mail list", "URL", N_ ("List the messages of a mailbox"), wb_cli_mail_list },
  { "mail get", "URL", N_ ("Fetch messages"), wb_cli_mail_get },
  { "mail delete", "URL", N_ ("Delete messages"), wb_cli_mail_delete },
  { "mail show", "FILE", N_ ("Show what is in a message"), wb_cli_mail_show },
  { NULL },
};

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-cli.h"
#include "wb-ftp-client.h"

G_BEGIN_DECLS

gboolean     wb_cli_ftp_apply_settings (WbCli           *cli,
                                        WbFtpClient     *client,
                                        GError         **error);
WbFtpClient *wb_cli_ftp_connect     (WbCli           *cli,
                                     const WbUrl     *url,
                                     GError         **error);
void         wb_cli_ftp_quit        (WbCli           *cli,
                                     WbFtpClient     *client);
gboolean     wb_cli_ftp_same_server (const WbUrl     *a,
                                     const WbUrl     *b);
char        *wb_cli_ftp_trim_path   (const char      *path);
char        *wb_cli_ftp_join        (const char      *folder,
                                     const char      *name);
gboolean     wb_cli_ftp_is_folder   (WbCli           *cli,
                                     WbFtpClient     *client,
                                     const char      *path);
WbUrl       *wb_cli_ftp_parse_url   (WbCli           *cli,
                                     const char      *text,
                                     GError         **error);
gboolean     wb_cli_ftp_add_url     (WbCli           *cli,
                                     GPtrArray       *urls,
                                     const char      *text,
                                     int             *status);
int          wb_cli_ftp_list_url    (WbCli           *cli,
                                     const WbUrl     *url,
                                     WbFtpListWay     way);
void         wb_cli_ftp_print_entry (WbCli           *cli,
                                     WbFtpEntry      *entry,
                                     gboolean         as_json);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-cli-ftp.h"

G_BEGIN_DECLS

/* Asking needs a terminal; without one, a file that exists is an error. */
typedef enum
{
  WB_CLI_FTP_ASK,
  WB_CLI_FTP_OVERWRITE,
  WB_CLI_FTP_RENAME,
  WB_CLI_FTP_SKIP,
} WbCliFtpIfExists;

/**
 * WbCliFtpOptions:
 * @many: several at once, or folders: the queue does it
 */
typedef struct
{
  gboolean          recursive;
  int               jobs;
  WbCliFtpIfExists  if_exists;
  gboolean          many;
} WbCliFtpOptions;

int      wb_cli_ftp_get_many  (WbCli                  *cli,
                               GPtrArray              *urls,
                               const char             *target,
                               const WbCliFtpOptions  *options);
int      wb_cli_ftp_put_many  (WbCli                  *cli,
                               char                  **files,
                               guint                   count,
                               const WbUrl            *url,
                               const WbCliFtpOptions  *options);
void     wb_cli_ftp_draw      (gint64                  done,
                               gint64                  total,
                               double                  rate);
void     wb_cli_ftp_draw_end  (void);

G_END_DECLS

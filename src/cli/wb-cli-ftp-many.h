/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-cli-ftp.h"
#include "wb-ftp-queue.h"

G_BEGIN_DECLS

/**
 * WbCliFtpOptions:
 * @jobs: how many at once
 * @resume: parts stay, and are gone on with
 * @retries: how many more attempts, or -1 for as many as fit
 * @limit: bytes a second, or 0
 * @quiet: no progress on the terminal
 * @lists: with --json, an object for each transfer when it has ended
 *
 * What get, put and mirror have in common.
 */
typedef struct
{
  gboolean       recursive;
  gboolean       resume;
  gboolean       verify;
  gboolean       preserve;
  gboolean       quiet;
  gboolean       lists;
  int            jobs;
  int            segments;
  int            retries;
  gint64         limit;
  WbFtpIfExists  if_exists;

  /* As they are typed */
  char          *limit_text;
  char          *if_exists_text;
} WbCliFtpOptions;

/* wb-cli-ftp-options.c */
void         wb_cli_ftp_options_init  (WbCliFtpOptions        *self);
void         wb_cli_ftp_options_clear (WbCliFtpOptions        *self);
gboolean     wb_cli_ftp_options_parse (WbCliFtpOptions        *self,
                                       WbCli                  *cli,
                                       const GOptionEntry     *more,
                                       guint                   minimum,
                                       guint                   maximum,
                                       int                    *status);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WbCliFtpOptions, wb_cli_ftp_options_clear)

/* wb-cli-ftp-many.c */
WbFtpQueue  *wb_cli_ftp_make_queue    (WbCli                  *cli,
                                       const WbUrl            *url,
                                       const WbCliFtpOptions  *options,
                                       GError                **error);
int          wb_cli_ftp_run_queue     (WbCli                  *cli,
                                       WbFtpQueue             *queue,
                                       const WbCliFtpOptions  *options);
char        *wb_cli_ftp_show_path     (const char             *path);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-ftp-tree.h"

G_BEGIN_DECLS

/* A tree that is being read. @root: its absolute path; NULL where nobody knows, or asks. @client
 * and what follows: of one on a server. @followed: how many links to folders. */
typedef struct
{
  WbFtpLinks    links;
  guint         count;
  char         *root;
  GCancellable *cancellable;

  WbFtpClient  *client;
  WbProgress   *progress;
  guint         followed;
} WbFtpReading;

void     wb_ftp_reading_clear (WbFtpReading  *reading);
gboolean wb_ftp_reading_enter (WbFtpReading  *reading,
                               guint          depth,
                               GError       **error);
gboolean wb_ftp_reading_count (WbFtpReading  *reading,
                               GError       **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WbFtpReading, wb_ftp_reading_clear)

G_END_DECLS

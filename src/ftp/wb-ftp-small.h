/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-ftp-client.h"

G_BEGIN_DECLS

/* The most bytes that a small file has. */
#define WB_FTP_SMALL_MAX (64 * 1024)

/**
 * WbFtpSmallState:
 * @WB_FTP_SMALL_WAITS: nothing has happened to it
 * @WB_FTP_SMALL_SENT: the server has it under its temporary name
 * @WB_FTP_SMALL_RIGHT: with the right size
 * @WB_FTP_SMALL_DONE: under its own name
 * @WB_FTP_SMALL_ALONE: something was out of the ordinary; wb_ftp_client_store() sees to that
 * @WB_FTP_SMALL_FAILED: for the reason that it has
 */
typedef enum
{
  WB_FTP_SMALL_WAITS,
  WB_FTP_SMALL_SENT,
  WB_FTP_SMALL_RIGHT,
  WB_FTP_SMALL_DONE,
  WB_FTP_SMALL_ALONE,
  WB_FTP_SMALL_FAILED,
} WbFtpSmallState;

/**
 * WbFtpSmallFile:
 * @source: (transfer none): an ordinary file on this computer
 * @path: (transfer none): the server's bytes
 * @cancellable: (transfer none) (nullable): says that it is not wanted any more
 * @size: bytes, as it was found
 * @modified: seconds since 1970 in UTC, as it was found
 *
 * One of many that wb_ftp_client_store_small() sends.
 */
typedef struct
{
  GFile          *source;
  const char     *path;
  GCancellable   *cancellable;

  WbFtpSmallState state;
  GError         *error;
  gint64          size;
  gint64          modified;

  /* Its own */
  char           *part;
  gboolean        unconfirmed; /* all was sent, and then the reply did not come */
} WbFtpSmallFile;

void     wb_ftp_client_store_small   (WbFtpClient    *self,
                                      WbFtpSmallFile *files,
                                      guint           count,
                                      WbLimit        *limit,
                                      GCancellable   *soon,
                                      GCancellable   *stop);
void     wb_ftp_small_file_clear     (WbFtpSmallFile *file);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-ftp-sync.h"
#include "wb-remote-server.h"

G_BEGIN_DECLS

/**
 * WbSyncStat:
 * @size: bytes, or -1
 * @modified: seconds since 1970 in UTC, or -1
 *
 * What a server says about a file of its own.
 */
typedef struct
{
  gint64  size;
  gint64  modified;
} WbSyncStat;

/**
 * WbSyncJob:
 * @sync: (nullable): what wb_sync_job_compare() returned, for the other two; belongs to the
 *   caller, who leaves it alone meanwhile
 * @upload, @local, @remote, @options, @hash, @progress: for wb_sync_job_compare(); @remote for
 *   wb_sync_job_stat(), too
 */
typedef struct
{
  WbRemoteServer   *server;
  WbFtpSync        *sync;
  gboolean          upload;
  GFile            *local;
  char             *remote;
  WbFtpSyncOptions  options;
  gboolean          hash;
  WbProgress       *progress;
} WbSyncJob;

WbSyncJob *wb_sync_job_new     (WbRemoteServer  *server,
                                WbFtpSync       *sync);
void       wb_sync_job_free    (gpointer         data);
gpointer   wb_sync_job_compare (gpointer         data,
                                GCancellable    *cancellable,
                                GError         **error);
gpointer   wb_sync_job_prepare (gpointer         data,
                                GCancellable    *cancellable,
                                GError         **error);
gpointer   wb_sync_job_finish  (gpointer         data,
                                GCancellable    *cancellable,
                                GError         **error);
gpointer   wb_sync_job_stat    (gpointer         data,
                                GCancellable    *cancellable,
                                GError         **error);
gpointer   wb_sync_job_quit    (gpointer         data,
                                GCancellable    *cancellable,
                                GError         **error);

G_END_DECLS

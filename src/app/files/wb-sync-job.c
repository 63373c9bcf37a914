/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-sync-job.h"

#include <glib/gi18n-lib.h>

#include "wb-error.h"

/**
 * wb_sync_job_new:
 * @sync: (nullable): what was compared
 *
 * Returns: (transfer full): a job for one of the functions below
 */
WbSyncJob *
wb_sync_job_new (WbRemoteServer *server, WbFtpSync *sync)
{
  WbSyncJob *job = g_new0 (WbSyncJob, 1);

  job->server = wb_remote_server_ref (server);
  job->sync = sync;
  return job;
}

/**
 * wb_sync_job_free:
 * @data: a #WbSyncJob
 */
void
wb_sync_job_free (gpointer data)
{
  WbSyncJob *job = data;

  wb_remote_server_unref (job->server);
  g_clear_object (&job->local);
  g_clear_object (&job->progress);
  g_free (job->remote);
  g_free (job);
}

/* A person may look at the preview for longer than a server keeps an idle session. */
static WbFtpClient *
ensure_connected (WbRemoteServer *server, GCancellable *cancellable, GError **error)
{
  if (wb_remote_server_is_open (server) && wb_ftp_client_ping (server->client, cancellable, NULL))
    return server->client;
  return wb_remote_server_connect (server, cancellable, error) ? server->client : NULL;
}

/**
 * wb_sync_job_compare:
 * @data: a #WbSyncJob
 *
 * A #WbSessionFunc: reads both folders. Blocks; changes nothing.
 *
 * Returns: (transfer full): a #WbFtpSync, or %NULL with @error set
 */
gpointer
wb_sync_job_compare (gpointer data, GCancellable *cancellable, GError **error)
{
  WbSyncJob *job = data;
  WbFtpClient *client = ensure_connected (job->server, cancellable, error);

  if (client == NULL)
    return NULL;
  return wb_ftp_sync_new (client, job->upload, job->local, job->remote, &job->options, job->hash,
                          job->progress, cancellable, error);
}

/**
 * wb_sync_job_prepare:
 * @data: a #WbSyncJob
 *
 * A #WbSessionFunc: makes folders, and takes away what is in the way. Blocks.
 *
 * Returns: not %NULL, or %NULL with @error set
 */
gpointer
wb_sync_job_prepare (gpointer data, GCancellable *cancellable, GError **error)
{
  WbSyncJob *job = data;
  WbFtpClient *client = ensure_connected (job->server, cancellable, error);

  return client != NULL && wb_ftp_sync_prepare (job->sync, client, cancellable, error) ? job : NULL;
}

/**
 * wb_sync_job_finish:
 * @data: a #WbSyncJob
 *
 * A #WbSessionFunc: deletes what only the target has, when all else is done. Blocks.
 *
 * Returns: not %NULL, or %NULL with @error set
 */
gpointer
wb_sync_job_finish (gpointer data, GCancellable *cancellable, GError **error)
{
  WbSyncJob *job = data;
  WbFtpClient *client = ensure_connected (job->server, cancellable, error);

  return client != NULL && wb_ftp_sync_finish (job->sync, client, cancellable, error) ? job : NULL;
}

/**
 * wb_sync_job_stat:
 * @data: a #WbSyncJob
 *
 * A #WbSessionFunc: asks for size and time of one file, as far as the server tells them.
 * Blocks.
 *
 * Returns: (transfer full): a #WbSyncStat, or %NULL with @error set when there is no session
 */
gpointer
wb_sync_job_stat (gpointer data, GCancellable *cancellable, GError **error)
{
  WbSyncJob *job = data;
  WbFtpClient *client = ensure_connected (job->server, cancellable, error);
  g_autoptr (GDateTime) time = NULL;
  g_autofree WbSyncStat *stat = NULL;

  if (client == NULL)
    return NULL;
  stat = g_new0 (WbSyncStat, 1);
  stat->size = wb_ftp_client_get_size (client, job->remote, cancellable, NULL);
  time = wb_ftp_client_get_modification_time (client, job->remote, cancellable, NULL);
  stat->modified = time != NULL ? g_date_time_to_unix (time) : -1;
  if (wb_remote_server_is_open (job->server))
    return g_steal_pointer (&stat);
  /* Lost on the way, which says nothing about the file. */
  g_set_error_literal (error, WB_ERROR, WB_ERROR_CLOSED,
                       _ ("The connection to the server is gone."));
  return NULL;
}

/**
 * wb_sync_job_quit:
 * @data: a #WbSyncJob
 *
 * A #WbSessionFunc: says goodbye, where there is a connection. Blocks.
 *
 * Returns: not %NULL
 */
gpointer
wb_sync_job_quit (gpointer data, GCancellable *cancellable, GError **error)
{
  WbSyncJob *job = data;

  wb_remote_server_quit (job->server, cancellable);
  return job;
}

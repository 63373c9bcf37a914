/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-sync-job.h"

struct _WbSyncServer
{
  gatomicrefcount references;
  WbWire *wire;
  WbTrust *trust;
  WbUrl *url;
  WbFtpClient *settings; /* never connects; NULL for what a client does by itself */

  /* The jobs' thread */
  WbFtpClient *client;
};

/**
 * wb_sync_server_new:
 * @settings: (nullable): a client that is not in use, whose settings the session gets
 *
 * Returns: (transfer full): a server that is connected to when the first job runs
 */
WbSyncServer *
wb_sync_server_new (WbWire *wire, WbTrust *trust, const WbUrl *url, WbFtpClient *settings)
{
  WbSyncServer *self = g_new0 (WbSyncServer, 1);

  g_atomic_ref_count_init (&self->references);
  self->wire = g_object_ref (wire);
  self->trust = g_object_ref (trust);
  self->url = wb_url_copy (url);
  g_set_object (&self->settings, settings);
  return self;
}

/**
 * wb_sync_server_ref:
 *
 * Returns: (transfer full): @self
 */
WbSyncServer *
wb_sync_server_ref (WbSyncServer *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * wb_sync_server_unref:
 *
 * Drops a reference; the last one closes the connection.
 */
void
wb_sync_server_unref (WbSyncServer *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_clear_object (&self->client);
  g_clear_object (&self->settings);
  g_clear_object (&self->wire);
  g_clear_object (&self->trust);
  wb_url_free (self->url);
  g_free (self);
}

/**
 * wb_sync_job_new:
 * @sync: (nullable): what was compared
 *
 * Returns: (transfer full): a job for one of the functions below
 */
WbSyncJob *
wb_sync_job_new (WbSyncServer *server, WbFtpSync *sync)
{
  WbSyncJob *job = g_new0 (WbSyncJob, 1);

  job->server = wb_sync_server_ref (server);
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

  wb_sync_server_unref (job->server);
  g_clear_object (&job->local);
  g_clear_object (&job->progress);
  g_free (job->remote);
  g_free (job);
}

/* A person may look at the preview for longer than a server keeps an idle session. */
static WbFtpClient *
ensure_connected (WbSyncServer *server, GCancellable *cancellable, GError **error)
{
  const WbUrl *url = server->url;

  if (server->client != NULL && wb_ftp_client_is_usable (server->client) &&
      wb_ftp_client_ping (server->client, cancellable, NULL))
    return server->client;
  g_clear_object (&server->client);
  server->client = wb_ftp_client_new (server->wire, server->trust);
  if (server->settings != NULL)
    wb_ftp_client_copy_settings (server->client, server->settings);
  if (wb_ftp_client_connect (server->client, url, cancellable, error) &&
      wb_ftp_client_login (server->client, url->user, url->password, cancellable, error))
    return server->client;
  g_clear_object (&server->client);
  return NULL;
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
  WbSyncStat *stat = NULL;

  if (client == NULL)
    return NULL;
  stat = g_new0 (WbSyncStat, 1);
  stat->size = wb_ftp_client_get_size (client, job->remote, cancellable, NULL);
  time = wb_ftp_client_get_modification_time (client, job->remote, cancellable, NULL);
  stat->modified = time != NULL ? g_date_time_to_unix (time) : -1;
  return stat;
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

  if (job->server->client != NULL && wb_ftp_client_is_usable (job->server->client))
    wb_ftp_client_quit (job->server->client, cancellable, NULL);
  g_clear_object (&job->server->client);
  return job;
}

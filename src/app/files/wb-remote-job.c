/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-remote-job.h"

#include <glib/gi18n-lib.h>

#include "wb-file-item.h"

struct _WbRemoteServer
{
  gatomicrefcount references;
  WbWire *wire;
  WbTrust *trust;
  WbUrl *url;

  /* The session's thread */
  WbFtpClient *client;
  char *directory;
};

/**
 * wb_remote_server_new:
 *
 * Returns: (transfer full): a server that is connected to when the first job runs
 */
WbRemoteServer *
wb_remote_server_new (WbWire *wire, WbTrust *trust, const WbUrl *url)
{
  WbRemoteServer *self = g_new0 (WbRemoteServer, 1);

  g_atomic_ref_count_init (&self->references);
  self->wire = g_object_ref (wire);
  self->trust = g_object_ref (trust);
  self->url = wb_url_copy (url);
  return self;
}

/**
 * wb_remote_server_ref:
 *
 * Returns: (transfer full): @self
 */
WbRemoteServer *
wb_remote_server_ref (WbRemoteServer *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * wb_remote_server_unref:
 *
 * Drops a reference; the last one closes the connection.
 */
void
wb_remote_server_unref (WbRemoteServer *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_clear_object (&self->client);
  g_clear_object (&self->wire);
  g_clear_object (&self->trust);
  wb_url_free (self->url);
  g_free (self->directory);
  g_free (self);
}

/**
 * wb_remote_job_new:
 *
 * Returns: (transfer full): a job for wb_remote_job_run()
 */
WbRemoteJob *
wb_remote_job_new (WbRemoteServer *server,
                   WbRemoteVerb verb,
                   GPtrArray *items,
                   const char *argument)
{
  WbRemoteJob *job = g_new0 (WbRemoteJob, 1);

  job->server = wb_remote_server_ref (server);
  job->verb = verb;
  job->items = items != NULL ? g_ptr_array_ref (items) : NULL;
  job->argument = g_strdup (argument);
  return job;
}

/**
 * wb_remote_job_free:
 */
void
wb_remote_job_free (WbRemoteJob *job)
{
  wb_remote_server_unref (job->server);
  g_clear_pointer (&job->items, g_ptr_array_unref);
  g_free (job->argument);
  g_clear_object (&job->progress);
  g_free (job);
}

/**
 * wb_remote_listing_free:
 */
void
wb_remote_listing_free (WbRemoteListing *listing)
{
  g_free (listing->directory);
  g_clear_pointer (&listing->items, g_ptr_array_unref);
  g_free (listing);
}

static gboolean
change_directory (WbRemoteServer *server,
                  const char *path,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autofree char *directory = NULL;

  if (!wb_ftp_client_change_directory (server->client, path, cancellable, error))
    return FALSE;
  directory = wb_ftp_client_get_directory (server->client, cancellable, error);
  if (directory == NULL)
    return FALSE;
  g_free (server->directory);
  server->directory = g_steal_pointer (&directory);
  return TRUE;
}

/* Connects, or connects again where a server ended an idle session, and is where it was. */
static gboolean
ensure_connected (WbRemoteServer *server, GCancellable *cancellable, GError **error)
{
  g_autofree char *before = g_strdup (server->directory);
  const WbUrl *url = server->url;

  if (server->client != NULL && wb_ftp_client_is_usable (server->client))
    return TRUE;

  g_clear_object (&server->client);
  server->client = wb_ftp_client_new (server->wire, server->trust);
  if (!wb_ftp_client_connect (server->client, url, cancellable, error) ||
      !wb_ftp_client_login (server->client, url->user, url->password, cancellable, error))
    return FALSE;

  if (before == NULL && *url->path != '\0')
    before = g_strdup (url->path);
  return change_directory (server, before != NULL ? before : ".", cancellable, error);
}

static const char *
raw_name (WbFileItem *item)
{
  return wb_ftp_entry_get_name (wb_file_item_get_entry (item));
}

static GPtrArray *
dup_entries (GPtrArray *items)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < items->len; i++)
    g_ptr_array_add (entries, g_object_ref (wb_file_item_get_entry (g_ptr_array_index (items, i))));
  return entries;
}

static gboolean
delete_items (WbRemoteJob *job, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) entries = dup_entries (job->items);

  return wb_remote_tree_delete (job->server->client, job->server->directory, entries, job->progress,
                                cancellable, error);
}

static WbRemoteListing *
count_items (WbRemoteJob *job, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) entries = dup_entries (job->items);
  g_autoptr (WbRemoteListing) listing = g_new0 (WbRemoteListing, 1);

  if (!wb_remote_tree_count (job->server->client, job->server->directory, entries, &listing->count,
                             job->progress, cancellable, error))
    return NULL;
  return g_steal_pointer (&listing);
}

static gboolean
carry_out (WbRemoteJob *job, GCancellable *cancellable, GError **error)
{
  WbRemoteServer *server = job->server;

  switch (job->verb)
    {
    case WB_REMOTE_OPEN:
      return change_directory (server, job->argument, cancellable, error);
    case WB_REMOTE_PARENT:
      return change_directory (server, "..", cancellable, error);
    case WB_REMOTE_MAKE_FOLDER:
      return wb_ftp_client_make_directory (server->client, job->argument, cancellable, error);
    case WB_REMOTE_RENAME:
      return wb_ftp_client_rename (server->client, raw_name (g_ptr_array_index (job->items, 0)),
                                   job->argument, cancellable, error);
    case WB_REMOTE_DELETE:
      return delete_items (job, cancellable, error);
    case WB_REMOTE_COUNT:
    case WB_REMOTE_LIST:
    default:
      return TRUE;
    }
}

/**
 * wb_remote_job_run:
 * @data: a #WbRemoteJob
 *
 * A #WbSessionFunc: connects where needed, does what the job asks and lists the
 * folder. Blocks.
 *
 * Returns: (transfer full): a #WbRemoteListing, or %NULL with @error set
 */
gpointer
wb_remote_job_run (gpointer data, GCancellable *cancellable, GError **error)
{
  WbRemoteJob *job = data;
  WbRemoteServer *server = job->server;
  g_autoptr (GPtrArray) entries = NULL;
  WbRemoteListing *listing = NULL;

  if (!ensure_connected (server, cancellable, error) || !carry_out (job, cancellable, error))
    return NULL;
  if (job->verb == WB_REMOTE_COUNT)
    return count_items (job, cancellable, error);
  entries = wb_ftp_client_list (server->client, NULL, NULL, cancellable, error);
  if (entries == NULL)
    return NULL;

  listing = g_new0 (WbRemoteListing, 1);
  listing->directory = g_strdup (server->directory);
  listing->items = g_ptr_array_new_full (entries->len, g_object_unref);
  for (guint i = 0; i < entries->len; i++)
    g_ptr_array_add (listing->items, wb_file_item_new_remote (g_ptr_array_index (entries, i)));
  return listing;
}

/**
 * wb_remote_job_quit:
 * @data: a #WbRemoteJob, whatever its verb
 *
 * A #WbSessionFunc: says goodbye, where there is a connection. Blocks.
 *
 * Returns: not %NULL
 */
gpointer
wb_remote_job_quit (gpointer data, GCancellable *cancellable, GError **error)
{
  WbRemoteJob *job = data;

  if (job->server->client != NULL && wb_ftp_client_is_usable (job->server->client))
    wb_ftp_client_quit (job->server->client, cancellable, NULL);
  g_clear_object (&job->server->client);
  return job;
}

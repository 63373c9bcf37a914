/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-remote-job.h"

#include <glib/gi18n-lib.h>

#include "wb-error.h"

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
  g_clear_pointer (&job->task, wb_file_task_free);
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
  g_clear_object (&listing->wanted);
  g_free (listing);
}

/* Names are sent without their folder, so the server has to be in the one whose rows are shown. If
 * it cannot be got to go back there, the next connection begins there. */
static void
go_back (WbRemoteServer *server, const char *directory, GCancellable *cancellable)
{
  char *copy = g_strdup (directory);

  g_free (server->directory);
  server->directory = copy;
  if (!wb_remote_server_is_open (server) || directory == NULL ||
      !wb_ftp_client_change_directory (server->client, directory, cancellable, NULL))
    g_clear_object (&server->client);
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
    {
      go_back (server, server->directory, cancellable);
      return FALSE;
    }
  g_free (server->directory);
  server->directory = g_steal_pointer (&directory);
  return TRUE;
}

/* Goes where the URL leads. What it names last may be a file: then to the folder that it is in. */
static gboolean
go_to_path (WbRemoteServer *server, GCancellable *cancellable, GError **error)
{
  const char *path = server->url->path;
  const char *slash = strrchr (path, '/');
  g_autofree char *folder = NULL;
  g_autoptr (GError) local = NULL;

  if (*path == '\0')
    return change_directory (server, ".", cancellable, error);
  if (change_directory (server, path, cancellable, &local))
    return TRUE;
  if (g_str_has_suffix (path, "/") || local->domain != WB_FTP_ERROR)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  folder = slash == NULL   ? g_strdup (".")
           : slash == path ? g_strdup ("/")
                           : g_strndup (path, slash - path);
  if (!change_directory (server, folder, cancellable, NULL))
    {
      if (!g_cancellable_set_error_if_cancelled (cancellable, error))
        g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  g_free (server->wanted);
  server->wanted = g_strdup (slash != NULL ? slash + 1 : path);
  return TRUE;
}

/* Connects, or connects again where a server ended an idle session, and is where it was. */
static gboolean
ensure_connected (WbRemoteServer *server, GCancellable *cancellable, GError **error)
{
  g_autofree char *before = g_strdup (server->directory);

  if (wb_remote_server_is_open (server))
    return TRUE;
  if (!wb_remote_server_connect (server, cancellable, error))
    return FALSE;
  if (before == NULL)
    return go_to_path (server, cancellable, error);
  return change_directory (server, before, cancellable, error);
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
  g_autofree char *before = NULL;
  WbRemoteListing *listing = NULL;

  if (!ensure_connected (server, cancellable, error))
    return NULL;
  before = g_strdup (server->directory);
  if (!carry_out (job, cancellable, error))
    return NULL;
  if (job->verb == WB_REMOTE_COUNT)
    return count_items (job, cancellable, error);
  entries = wb_ftp_client_list (server->client, NULL, NULL, cancellable, error);
  if (entries == NULL)
    {
      if (g_strcmp0 (before, server->directory) != 0)
        go_back (server, before, cancellable);
      return NULL;
    }

  listing = g_new0 (WbRemoteListing, 1);
  listing->directory = g_strdup (server->directory);
  listing->items = g_ptr_array_new_full (entries->len, g_object_unref);
  for (guint i = 0; i < entries->len; i++)
    {
      WbFtpEntry *entry = g_ptr_array_index (entries, i);
      WbFileItem *item = wb_file_item_new_remote (entry);

      g_ptr_array_add (listing->items, item);
      if (g_strcmp0 (server->wanted, wb_ftp_entry_get_name (entry)) == 0)
        g_set_object (&listing->wanted, item);
    }
  if (server->wanted != NULL && listing->wanted == NULL)
    {
      g_autofree char *name = g_utf8_make_valid (server->wanted, -1);

      g_set_error (error, WB_FTP_ERROR, WB_FTP_ERROR_NOT_FOUND,
                   /* Translators: %s is the name of a file. */
                   _ ("The address ends in “%s”, which is not there. Check the end of the "
                      "address."),
                   name);
      g_clear_pointer (&listing, wb_remote_listing_free);
    }
  g_clear_pointer (&server->wanted, g_free);
  return listing;
}

/**
 * wb_remote_job_ping:
 * @data: a #WbRemoteJob, whatever its verb
 *
 * A #WbSessionFunc: has the server see that somebody is there, until half an hour after the last
 * real command. Where there is no connection it makes none. Blocks.
 *
 * Returns: @data, or %NULL with @error set when the connection is gone
 */
gpointer
wb_remote_job_ping (gpointer data, GCancellable *cancellable, GError **error)
{
  WbRemoteJob *job = data;

  if (wb_remote_server_is_open (job->server))
    return wb_ftp_client_keep_alive (job->server->client, 0, cancellable, error) ? job : NULL;
  g_set_error_literal (error, WB_ERROR, WB_ERROR_CLOSED,
                       _ ("The connection to the server is gone."));
  return NULL;
}

/**
 * wb_remote_job_command:
 * @data: a #WbRemoteJob, its argument a command
 *
 * A #WbSessionFunc: connects where needed, sends the command and waits for the reply.
 * Blocks.
 *
 * Returns: (transfer full): the reply's code and text, or %NULL with @error set
 */
gpointer
wb_remote_job_command (gpointer data, GCancellable *cancellable, GError **error)
{
  WbRemoteJob *job = data;
  g_autofree char *text = NULL;
  int code = 0;

  if (!ensure_connected (job->server, cancellable, error))
    return NULL;
  code = wb_ftp_client_command (job->server->client, job->argument, &text, cancellable, error);
  return code != 0 ? g_strdup_printf ("%d %s", code, text) : NULL;
}

static GPtrArray *
list_for_task (gpointer where, const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) entries = wb_ftp_client_list (where, path, NULL, cancellable, error);
  GPtrArray *items = NULL;

  if (entries == NULL)
    return NULL;
  items = g_ptr_array_new_full (entries->len, g_object_unref);
  for (guint i = 0; i < entries->len; i++)
    g_ptr_array_add (items, wb_file_item_new_remote (g_ptr_array_index (entries, i)));
  return items;
}

static gboolean
change_mode_for_task (gpointer where,
                      const char *path,
                      guint mode,
                      GCancellable *cancellable,
                      GError **error)
{
  return wb_ftp_client_change_mode (where, path, mode, cancellable, error);
}

static char *
checksum_for_task (gpointer where,
                   const char *path,
                   char **algorithm,
                   GCancellable *cancellable,
                   GError **error)
{
  return wb_ftp_client_hash (where, path, algorithm, cancellable, error);
}

/* By its name alone, as the folder may have a space in its path, which the command cannot tell. */
static gboolean
make_link_for_task (gpointer where,
                    const char *folder,
                    const char *name,
                    const char *target,
                    GCancellable *cancellable,
                    GError **error)
{
  return wb_ftp_client_make_link (where, target, name, cancellable, error);
}

/**
 * wb_remote_job_task:
 * @data: a #WbRemoteJob with a task
 *
 * A #WbSessionFunc: connects where needed and does the task in the folder that is shown. Blocks.
 *
 * Returns: (transfer full): a #WbFileFindings, or %NULL with @error set
 */
gpointer
wb_remote_job_task (gpointer data, GCancellable *cancellable, GError **error)
{
  static const WbFileAccess access = { list_for_task, change_mode_for_task, checksum_for_task,
                                       make_link_for_task };
  WbRemoteJob *job = data;
  WbRemoteServer *server = job->server;

  if (!ensure_connected (server, cancellable, error))
    return NULL;
  return wb_file_task_run (job->task, &access, server->client, server->directory, cancellable,
                           error);
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

  wb_remote_server_quit (job->server, cancellable);
  return job;
}

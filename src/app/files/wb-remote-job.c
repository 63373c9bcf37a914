/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-remote-job.h"

#include <glib/gi18n-lib.h>

#include "wb-error.h"

/* After so many seconds of silence the server is asked whether it is there still, before anything
 * else is. */
#define SILENCE 30

/* After so many ms a server is asked whether it has room again, then after twice as many. */
#define RETURN_DELAY 200
#define RETURNS_MAX 4

static gpointer
fail_gone (GError **error)
{
  g_set_error_literal (error, WB_ERROR, WB_ERROR_CLOSED,
                       _ ("The connection to the server is gone."));
  return NULL;
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
  g_clear_object (&job->client);
  g_free (job->directory);
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
  /* It may be the server's own. */
  char *copy = g_strdup (directory);

  g_free (server->directory);
  server->directory = copy;
  if (!wb_remote_server_is_open (server) || copy == NULL ||
      !wb_ftp_client_change_directory (server->client, copy, cancellable, NULL))
    g_clear_object (&server->client);
  else
    server->astray = FALSE;
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
  server->astray = FALSE;
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

static gboolean
wait_a_moment (guint ms, GCancellable *cancellable)
{
  GPollFD fd = { .fd = -1 };

  if (!g_cancellable_make_pollfd (cancellable, &fd))
    {
      g_usleep (ms * 1000);
      return TRUE;
    }
  g_poll (&fd, 1, (int) ms);
  g_cancellable_release_fd (cancellable);
  return !g_cancellable_is_cancelled (cancellable);
}

/* A server that lets in one alone needs a moment to see that the one before is gone. */
static gboolean
connect_again (WbRemoteServer *server, GCancellable *cancellable, GError **error)
{
  guint patience = server->returned ? RETURNS_MAX : 0;

  server->returned = FALSE;
  for (guint i = 0; i < patience; i++)
    {
      g_autoptr (GError) local = NULL;

      if (wb_remote_server_connect (server, cancellable, &local))
        return TRUE;
      if (!g_error_matches (local, WB_FTP_ERROR, WB_FTP_ERROR_BUSY) ||
          !wait_a_moment (RETURN_DELAY << i, cancellable))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
    }
  return wb_remote_server_connect (server, cancellable, error);
}

/* Connects, or connects again where a server ended an idle session. */
static gboolean
ensure_connected (WbRemoteServer *server, GCancellable *cancellable, GError **error)
{
  /* What was asked for last may have been stopped. */
  if (server->client != NULL && wb_ftp_client_recover (server->client, cancellable) &&
      wb_ftp_client_keep_alive (server->client, SILENCE, cancellable, NULL))
    return TRUE;
  if (!server->lent)
    return connect_again (server, cancellable, error);
  g_set_error_literal (error, WB_FTP_ERROR, WB_FTP_ERROR_BUSY,
                       _ ("The server takes one connection only, and the transfers have it. "
                          "Folders are shown again as soon as they are done."));
  return FALSE;
}

/* Connects, and is in the folder whose rows are shown: after another connection, and after what a
 * person typed. */
static gboolean
ensure_there (WbRemoteServer *server, GCancellable *cancellable, GError **error)
{
  g_autofree char *directory = g_strdup (server->directory);

  if (!ensure_connected (server, cancellable, error))
    return FALSE;
  if (!server->astray)
    return TRUE;
  return directory != NULL ? change_directory (server, directory, cancellable, error)
                           : go_to_path (server, cancellable, error);
}

/* Whether @job goes to a folder that it names in full, and so is a way out of one that is gone. */
static gboolean
leaves (const WbRemoteJob *job)
{
  return job->verb == WB_REMOTE_OPEN && *job->argument == '/' && job->server->directory != NULL;
}

/* Whether @job changes what is in the folder, which it then lists again. */
static gboolean
changes (const WbRemoteJob *job)
{
  return job->verb >= WB_REMOTE_MAKE_FOLDER;
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
      return wb_ftp_client_rename_to_new (server->client,
                                          raw_name (g_ptr_array_index (job->items, 0)),
                                          job->argument, cancellable, error);
    case WB_REMOTE_DELETE:
      return delete_items (job, cancellable, error);
    case WB_REMOTE_COUNT:
    case WB_REMOTE_LIST:
    default:
      return TRUE;
    }
}

/* Only of a server that says that it has it; nothing depends on it, so a refusal is no error. */
static gint64
ask_space (WbFtpClient *client, GCancellable *cancellable)
{
  if (!wb_ftp_client_has_feature (client, "AVBL"))
    return -1;
  return wb_ftp_client_get_free_space (client, NULL, cancellable, NULL);
}

/* By what it told when one logged in; asks nothing. */
static gboolean
has_checksums (WbFtpClient *client)
{
  static const char *const features[] = { "HASH", "XSHA512", "XSHA256", "XSHA1",
                                          "XSHA", "XMD5",    "MD5",     "XCRC" };

  for (guint i = 0; i < G_N_ELEMENTS (features); i++)
    if (wb_ftp_client_has_feature (client, features[i]))
      return TRUE;
  return FALSE;
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

  if (!(leaves (job) ? ensure_connected : ensure_there) (server, cancellable, error))
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
  listing->space = changes (job) ? -1 : ask_space (server->client, cancellable);
  listing->has_checksums = has_checksums (server->client);
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

  if (job->server->lent)
    return job;
  if (job->server->client != NULL && wb_ftp_client_recover (job->server->client, cancellable))
    return wb_ftp_client_keep_alive (job->server->client, 0, cancellable, error) ? job : NULL;
  return fail_gone (error);
}

/**
 * wb_remote_job_command:
 * @data: a #WbRemoteJob, its argument a command
 *
 * A #WbSessionFunc: connects where needed, sends the command and waits for the reply. One that
 * leads to another folder counts for the commands behind it; the next job of another kind goes back
 * to the folder that is shown. Blocks.
 *
 * Returns: (transfer full): the reply's code and text, or %NULL with @error set
 */
gpointer
wb_remote_job_command (gpointer data, GCancellable *cancellable, GError **error)
{
  WbRemoteJob *job = data;
  g_autofree char *text = NULL;
  int code = 0;

  /* Not back from where the command before led, perhaps just for this one. */
  if (!wb_remote_server_is_open (job->server) && !ensure_there (job->server, cancellable, error))
    return NULL;
  job->server->astray = TRUE;
  code = wb_ftp_client_command (job->server->client, job->argument, &text, cancellable, error);
  return code != 0 ? g_strdup_printf ("%d %s", code, text) : NULL;
}

/* Into the folder of that name, or out of it; names alone, as the folder that they are in is the
 * session's. */
static gboolean
move_items (WbRemoteJob *job, gboolean back, GCancellable *cancellable, GError **error)
{
  for (guint i = 0; i < job->items->len; i++)
    {
      const char *name = raw_name (g_ptr_array_index (job->items, i));
      g_autofree char *moved = g_strconcat (job->argument, "/", name, NULL);

      if (!wb_ftp_client_rename_to_new (job->server->client, back ? moved : name,
                                        back ? name : moved, cancellable, error))
        return FALSE;
      wb_progress_add (job->progress, 1);
    }
  return TRUE;
}

/**
 * wb_remote_job_move:
 * @data: a #WbRemoteJob: rows, and the folder of the list that they go into
 *
 * A #WbSessionFunc: connects where needed and moves, never onto something, up to the first that
 * cannot be moved; its progress counts. Blocks.
 *
 * Returns: @data, or %NULL with @error set
 */
gpointer
wb_remote_job_move (gpointer data, GCancellable *cancellable, GError **error)
{
  WbRemoteJob *job = data;

  return ensure_there (job->server, cancellable, error) &&
                 move_items (job, FALSE, cancellable, error)
             ? job
             : NULL;
}

/**
 * wb_remote_job_move_back:
 * @data: the #WbRemoteJob of wb_remote_job_move(), with the directory that was shown then
 *
 * A #WbSessionFunc: as that, the other way. Blocks.
 *
 * Returns: @data, or %NULL with @error set
 */
gpointer
wb_remote_job_move_back (gpointer data, GCancellable *cancellable, GError **error)
{
  WbRemoteJob *job = data;

  if (!ensure_connected (job->server, cancellable, error))
    return NULL;
  /* Another may be shown by now; the next job goes back there. */
  job->server->astray = TRUE;
  return wb_ftp_client_change_directory (job->server->client, job->directory, cancellable, error) &&
                 move_items (job, TRUE, cancellable, error)
             ? job
             : NULL;
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

  if (!ensure_there (server, cancellable, error))
    return NULL;
  return wb_file_task_run (job->task, &access, server->client, server->directory, cancellable,
                           error);
}

/**
 * wb_remote_job_lend:
 * @data: a #WbRemoteJob, whatever its verb
 *
 * A #WbSessionFunc: gives the session away, for transfers to a server that lets in nobody more.
 * Folders cannot be shown until wb_remote_job_take_back().
 *
 * Returns: (transfer full): the #WbFtpClient, or %NULL with @error set if there is none
 */
gpointer
wb_remote_job_lend (gpointer data, GCancellable *cancellable, GError **error)
{
  WbRemoteServer *server = ((WbRemoteJob *) data)->server;

  if (server->client != NULL && wb_ftp_client_recover (server->client, cancellable))
    {
      server->lent = TRUE;
      return g_steal_pointer (&server->client);
    }
  return fail_gone (error);
}

/**
 * wb_remote_job_take_back:
 * @data: a #WbRemoteJob, with the client if it is still there
 *
 * A #WbSessionFunc: has the session again.
 *
 * Returns: @data
 */
gpointer
wb_remote_job_take_back (gpointer data, GCancellable *cancellable, GError **error)
{
  WbRemoteJob *job = data;

  g_clear_object (&job->server->client);
  job->server->client = g_steal_pointer (&job->client);
  job->server->astray = TRUE;
  job->server->lent = FALSE;
  job->server->returned = TRUE;
  return job;
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

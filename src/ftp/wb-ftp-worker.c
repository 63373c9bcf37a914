/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-client-private.h"
#include "wb-ftp-queue-private.h"

#include "wb-error.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>

/* A session that was idle for longer is asked whether it is still there, before a command goes out
 * on it that could not be sent a second time. In µs. */
#define IDLE_MAX (5 * G_USEC_PER_SEC)

/* The most that one folder may bring into the queue. */
#define CHILDREN_MAX 1000000

/* ── Workers ── */

WbFtpWorker *
wb_ftp_worker_new (WbWire *wire,
                   WbTrust *trust,
                   const WbUrl *url,
                   guint timeout,
                   WbFtpClient *settings)
{
  WbFtpWorker *self = g_new0 (WbFtpWorker, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->session = wb_session_new ("ftp-transfer");
  g_set_object (&self->wire, wire);
  g_set_object (&self->trust, trust);
  self->url = wb_url_copy (url);
  self->timeout = timeout;
  g_set_object (&self->settings, settings);
  return self;
}

WbFtpWorker *
wb_ftp_worker_ref (WbFtpWorker *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
wb_ftp_worker_unref (WbFtpWorker *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_object (&self->session);
  g_clear_object (&self->client);
  g_clear_object (&self->settings);
  g_clear_object (&self->wire);
  g_clear_object (&self->trust);
  g_clear_pointer (&self->url, wb_url_free);
  g_free (self->home);
  g_free (self);
}

static gpointer
hang_up (gpointer data, GCancellable *cancellable, GError **error)
{
  WbFtpWorker *self = data;

  if (self->client != NULL)
    {
      /* Nobody waits for the goodbye, so it may not take long. */
      wb_ftp_client_set_timeout (self->client, 2);
      wb_ftp_client_recover (self->client, NULL);
      wb_ftp_client_quit (self->client, NULL, NULL);
    }
  g_clear_object (&self->client);
  return self;
}

/* Ends the session politely, on its own thread, after what it is doing. */
void
wb_ftp_worker_hang_up (WbFtpWorker *self)
{
  wb_session_run_async (self->session, hang_up, wb_ftp_worker_ref (self),
                        (GDestroyNotify) wb_ftp_worker_unref, NULL, NULL, NULL, NULL);
}

static gboolean
is_alive (WbFtpWorker *self, GCancellable *cancellable)
{
  if (self->client == NULL || !wb_ftp_client_recover (self->client, cancellable))
    return FALSE;
  if (g_get_monotonic_time () - self->last_used < IDLE_MAX)
    return TRUE;
  return wb_ftp_client_ping (self->client, cancellable, NULL);
}

/* A session like all of this queue. */
WbFtpClient *
wb_ftp_worker_connect (WbFtpWorker *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (WbFtpClient) client = wb_ftp_client_new (self->wire, self->trust);

  if (self->settings != NULL)
    wb_ftp_client_copy_settings (client, self->settings);
  wb_ftp_client_set_timeout (client, self->timeout);
  if (!wb_ftp_client_connect (client, self->url, cancellable, error) ||
      !wb_ftp_client_login (client, self->url->user, self->url->password, cancellable, error))
    return NULL;
  return g_steal_pointer (&client);
}

/* Sees to it that there is a session that a command can be sent on. */
gboolean
wb_ftp_worker_make_ready (WbFtpWorker *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (WbFtpClient) before = NULL;

  if (is_alive (self, cancellable))
    return TRUE;
  before = g_steal_pointer (&self->client);
  g_clear_pointer (&self->home, g_free);
  self->client = wb_ftp_worker_connect (self, cancellable, error);
  if (self->client != NULL && before != NULL)
    wb_ftp_client_learn (self->client, before);
  return self->client != NULL;
}

/* Whether the server has a folder there. The session comes back to where it was. */
gboolean
wb_ftp_worker_is_remote_folder (WbFtpWorker *self, const char *path, GCancellable *cancellable)
{
  if (self->home == NULL)
    self->home = wb_ftp_client_get_directory (self->client, cancellable, NULL);
  return self->home != NULL &&
         wb_ftp_client_change_directory (self->client, path, cancellable, NULL) &&
         wb_ftp_client_change_directory (self->client, self->home, cancellable, NULL);
}

/* ── Jobs ── */

/* @progress may be NULL. */
WbFtpJob *
wb_ftp_job_new (WbFtpWorker *worker, WbFtpPlan *plan, WbProgress *progress)
{
  WbFtpJob *self = g_new0 (WbFtpJob, 1);

  self->worker = wb_ftp_worker_ref (worker);
  self->plan = wb_ftp_plan_ref (plan);
  g_set_object (&self->progress, progress);
  return self;
}

void
wb_ftp_job_free (WbFtpJob *self)
{
  wb_ftp_worker_unref (self->worker);
  wb_ftp_plan_unref (self->plan);
  g_clear_object (&self->progress);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->error);
  g_clear_pointer (&self->children, wb_ftp_children_free);
  g_free (self);
}

static gboolean
begin_folder (WbFtpJob *self, GError **error)
{
  if (self->plan->depth >= WB_FTP_DEPTH_MAX)
    {
      g_set_error (error, WB_FTP_ERROR, WB_FTP_ERROR_FAILED,
                   _ ("There are more than %d folders inside each other here, perhaps a loop of "
                      "links. This one is left out."),
                   WB_FTP_DEPTH_MAX);
      return FALSE;
    }
  self->outcome = WB_FTP_OUTCOME_FOLDER;
  self->children = wb_ftp_children_new (self->plan);
  return TRUE;
}

/* A link that lies in a folder's place could lead anywhere, and a server could fill it. */
static gboolean
make_local_folder (GFile *folder, GError **error)
{
  const char *path = g_file_peek_path (folder);
  struct stat st;
  int code = 0;

  if (path == NULL)
    code = EOPNOTSUPP;
  else if (mkdir (path, 0777) == 0)
    return TRUE;
  else if (errno != EEXIST)
    code = errno;
  else if (lstat (path, &st) != 0)
    code = errno;
  else if (S_ISDIR (st.st_mode))
    return TRUE;
  else
    code = ENOTDIR;

  g_set_error (error, WB_FTP_ERROR, WB_FTP_ERROR_LOCAL,
               /* Translators: the first %s is the path of a folder, the second the reason. */
               _ ("Could not make the folder “%s” on this computer: %s."),
               path != NULL ? path : "?", g_strerror (code));
  return FALSE;
}

static void
add_entry (WbFtpEntry *entry, gpointer data)
{
  WbFtpChildren *children = data;
  WbFtpPlan facts = { .size = -1, .modified = -1, .there_size = -1, .there_modified = -1 };

  if (entry == NULL)
    wb_ftp_children_clear (children);
  else if (wb_ftp_name_is_usable (wb_ftp_entry_get_name (entry)))
    {
      wb_ftp_plan_take_entry (&facts, entry);
      wb_ftp_children_add (children, wb_ftp_entry_get_name (entry), &facts);
    }
}

/* Each entry is gone as soon as it is noted, so a large folder is never there as a list of them. */
static gboolean
download_folder (WbFtpJob *self, GCancellable *cancellable, GError **error)
{
  return begin_folder (self, error) &&
         wb_ftp_client_list_each (self->worker->client, self->plan->remote, add_entry,
                                  self->children, NULL, cancellable, error) &&
         make_local_folder (self->plan->local, error);
}

/* What a link leads to only shows when it is tried. One that leads to a folder is followed where
 * the person chose it, and not inside a folder, where it could lead round in a circle. */
static gboolean
download_link (WbFtpJob *self, GCancellable *cancellable, GError **error)
{
  if (!wb_ftp_worker_is_remote_folder (self->worker, self->plan->remote, cancellable))
    return wb_ftp_job_download_file (self, cancellable, error);
  if (self->plan->depth == 0)
    return download_folder (self, cancellable, error);

  g_set_error_literal (error, WB_FTP_ERROR, WB_FTP_ERROR_FAILED,
                       _ ("This is a link to another folder, which is not followed: it could lead "
                          "round in a circle. Choose that folder itself."));
  return FALSE;
}

static gboolean
download (WbFtpJob *self, GCancellable *cancellable, GError **error)
{
  switch (self->plan->type)
    {
    case WB_FTP_ENTRY_FILE:
      return wb_ftp_job_download_file (self, cancellable, error);
    case WB_FTP_ENTRY_DIRECTORY:
      return download_folder (self, cancellable, error);
    case WB_FTP_ENTRY_LINK:
      return download_link (self, cancellable, error);
    case WB_FTP_ENTRY_OTHER:
    case WB_FTP_ENTRY_UNKNOWN:
    default:
      g_set_error_literal (error, WB_FTP_ERROR, WB_FTP_ERROR_FAILED,
                           _ ("Could not receive the file. It is not an ordinary file, or the "
                              "server's line about it was not understood."));
      return FALSE;
    }
}

/* Makes the folder, or finds it there: then @entries are those in it by name, as far as the server
 * tells. So nobody has to ask about each file. */
static gboolean
make_remote_folder (WbFtpJob *self, GHashTable **entries, GCancellable *cancellable, GError **error)
{
  WbFtpClient *client = self->worker->client;
  const char *path = self->plan->remote;
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GError) local = NULL;

  *entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);
  if (wb_ftp_client_make_directory (client, path, cancellable, &local))
    return TRUE;
  if (local->domain != WB_FTP_ERROR || !wb_ftp_client_is_usable (client) ||
      !wb_ftp_worker_is_remote_folder (self->worker, path, cancellable))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  list = wb_ftp_client_list (client, path, NULL, cancellable, NULL);
  if (list == NULL)
    {
      /* Each file is asked about then, if the session still stands. */
      g_clear_pointer (entries, g_hash_table_unref);
      return wb_ftp_worker_make_ready (self->worker, cancellable, error);
    }
  for (guint i = 0; i < list->len; i++)
    g_hash_table_insert (*entries, (gpointer) wb_ftp_entry_get_name (list->pdata[i]),
                         g_object_ref (list->pdata[i]));
  return TRUE;
}

static void
take_there (WbFtpPlan *plan, GHashTable *entries, const char *name)
{
  WbFtpEntry *entry = NULL;
  GDateTime *time = NULL;

  if (entries == NULL)
    return;
  entry = g_hash_table_lookup (entries, name);
  plan->there = entry != NULL ? WB_FTP_THERE_YES : WB_FTP_THERE_NO;
  if (entry == NULL || wb_ftp_entry_get_entry_type (entry) != WB_FTP_ENTRY_FILE)
    return;
  time = wb_ftp_entry_get_modified (entry);
  plan->there_size = wb_ftp_entry_get_size (entry);
  plan->there_modified = time != NULL ? g_date_time_to_unix (time) : -1;
}

static gboolean
upload_folder (WbFtpJob *self, GCancellable *cancellable, GError **error)
{
  const WbFtpPlan *plan = self->plan;
  const char *path = g_file_peek_path (plan->local);
  g_autoptr (GDir) folder = NULL;
  g_autoptr (GHashTable) entries = NULL;
  g_autoptr (GError) local = NULL;
  const char *name = NULL;

  if (!begin_folder (self, error))
    return FALSE;
  folder = g_dir_open (path, 0, &local);
  if (folder == NULL)
    {
      g_set_error_literal (error, WB_FTP_ERROR, WB_FTP_ERROR_LOCAL, local->message);
      return FALSE;
    }
  if (!make_remote_folder (self, &entries, cancellable, error))
    return FALSE;

  while ((name = g_dir_read_name (folder)) != NULL &&
         wb_ftp_children_count (self->children) < CHILDREN_MAX)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      WbFtpPlan facts = {
        .size = -1, .modified = -1, .mode = -1, .there_size = -1, .there_modified = -1
      };
      struct stat st;

      if (lstat (child, &st) == 0 && S_ISREG (st.st_mode))
        {
          facts.type = WB_FTP_ENTRY_FILE;
          facts.size = st.st_size;
        }
      take_there (&facts, entries, name);
      wb_ftp_children_add (self->children, name, &facts);
    }
  return TRUE;
}

/* Links to folders are followed where the person chose them, and not inside a folder. */
static gboolean
upload (WbFtpJob *self, GCancellable *cancellable, GError **error)
{
  const WbFtpPlan *plan = self->plan;
  const char *path = g_file_peek_path (plan->local);
  struct stat st;

  if (path != NULL && stat (path, &st) == 0 && S_ISDIR (st.st_mode))
    {
      if (plan->depth == 0 || (lstat (path, &st) == 0 && S_ISDIR (st.st_mode)))
        return upload_folder (self, cancellable, error);
      g_set_error_literal (error, WB_FTP_ERROR, WB_FTP_ERROR_LOCAL,
                           _ ("This is a link to another folder, which is not followed: it could "
                              "lead round in a circle. Choose that folder itself."));
      return FALSE;
    }
  return wb_ftp_job_upload_file (self, cancellable, error);
}

/* What a worker's thread does with a plan. Returns the job itself. */
gpointer
wb_ftp_job_run (gpointer data, GCancellable *cancellable, GError **error)
{
  WbFtpJob *self = data;
  gboolean ok = FALSE;

  if (!wb_ftp_worker_make_ready (self->worker, cancellable, error))
    return NULL;
  self->begun = TRUE;
  ok = self->plan->upload ? upload (self, cancellable, error) : download (self, cancellable, error);
  self->worker->last_used = g_get_monotonic_time ();
  /* Refused for lack of connections while the session goes on: nothing has happened yet. */
  if (!ok && g_error_matches (*error, WB_FTP_ERROR, WB_FTP_ERROR_BUSY) &&
      wb_ftp_client_is_usable (self->worker->client))
    self->begun = FALSE;
  return ok ? self : NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

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

/* ── Plans ── */

/* @name is put behind @remote_directory. */
WbFtpPlan *
wb_ftp_plan_new (gboolean upload, GFile *local, const char *remote_directory, const char *name)
{
  WbFtpPlan *plan = g_new0 (WbFtpPlan, 1);
  gboolean bare = *remote_directory == '\0' || g_str_has_suffix (remote_directory, "/");

  plan->upload = upload;
  plan->local = g_object_ref (local);
  plan->remote = g_strconcat (remote_directory, bare ? "" : "/", name, NULL);
  plan->size = -1;
  return plan;
}

WbFtpPlan *
wb_ftp_plan_copy (const WbFtpPlan *plan)
{
  WbFtpPlan *copy = g_new (WbFtpPlan, 1);

  *copy = *plan;
  g_object_ref (copy->local);
  copy->remote = g_strdup (plan->remote);
  return copy;
}

void
wb_ftp_plan_free (WbFtpPlan *plan)
{
  g_object_unref (plan->local);
  g_free (plan->remote);
  g_free (plan);
}

/* ── Workers ── */

WbFtpWorker *
wb_ftp_worker_new (WbWire *wire, WbTrust *trust, const WbUrl *url, guint timeout)
{
  WbFtpWorker *self = g_new0 (WbFtpWorker, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->session = wb_session_new ("ftp-transfer");
  g_set_object (&self->wire, wire);
  g_set_object (&self->trust, trust);
  self->url = wb_url_copy (url);
  self->timeout = timeout;
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
  if (self->client == NULL || !wb_ftp_client_is_usable (self->client))
    return FALSE;
  if (g_get_monotonic_time () - self->last_used < IDLE_MAX)
    return TRUE;
  return wb_ftp_client_ping (self->client, cancellable, NULL);
}

static gboolean
make_ready (WbFtpWorker *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (WbFtpClient) client = NULL;

  if (is_alive (self, cancellable))
    return TRUE;
  g_clear_object (&self->client);
  g_clear_pointer (&self->home, g_free);

  client = wb_ftp_client_new (self->wire, self->trust);
  wb_ftp_client_set_timeout (client, self->timeout);
  if (!wb_ftp_client_connect (client, self->url, cancellable, error) ||
      !wb_ftp_client_login (client, self->url->user, self->url->password, cancellable, error))
    return FALSE;
  self->client = g_steal_pointer (&client);
  return TRUE;
}

/* Whether the server has a folder there. The session comes back to where it was. */
static gboolean
is_remote_folder (WbFtpWorker *self, const char *path, GCancellable *cancellable)
{
  if (self->home == NULL)
    self->home = wb_ftp_client_get_directory (self->client, cancellable, NULL);
  return self->home != NULL &&
         wb_ftp_client_change_directory (self->client, path, cancellable, NULL) &&
         wb_ftp_client_change_directory (self->client, self->home, cancellable, NULL);
}

/* ── Jobs ── */

WbFtpJob *
wb_ftp_job_new (WbFtpWorker *worker, const WbFtpPlan *plan, WbProgress *progress)
{
  WbFtpJob *self = g_new0 (WbFtpJob, 1);

  self->worker = wb_ftp_worker_ref (worker);
  self->plan = wb_ftp_plan_copy (plan);
  self->progress = g_object_ref (progress);
  return self;
}

void
wb_ftp_job_free (WbFtpJob *self)
{
  wb_ftp_worker_unref (self->worker);
  wb_ftp_plan_free (self->plan);
  g_object_unref (self->progress);
  g_clear_pointer (&self->children, g_ptr_array_unref);
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
  self->was_folder = TRUE;
  self->children = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_ftp_plan_free);
  return TRUE;
}

static void
add_child (WbFtpJob *self, WbFtpPlan *child)
{
  child->depth = self->plan->depth + 1;
  child->overwrite = self->plan->overwrite;
  g_ptr_array_add (self->children, child);
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

static gboolean
download_folder (WbFtpJob *self, GCancellable *cancellable, GError **error)
{
  const WbFtpPlan *plan = self->plan;
  g_autoptr (GPtrArray) entries = NULL;

  if (!begin_folder (self, error))
    return FALSE;
  entries = wb_ftp_client_list (self->worker->client, plan->remote, NULL, cancellable, error);
  if (entries == NULL || !make_local_folder (plan->local, error))
    return FALSE;

  for (guint i = 0; i < entries->len; i++)
    {
      WbFtpEntry *entry = entries->pdata[i];
      const char *name = wb_ftp_entry_get_name (entry);
      g_autoptr (GFile) local = NULL;
      WbFtpPlan *child = NULL;

      if (!wb_ftp_name_is_usable (name))
        continue;
      local = g_file_get_child (plan->local, name);
      child = wb_ftp_plan_new (FALSE, local, plan->remote, name);
      child->type = wb_ftp_entry_get_entry_type (entry);
      /* A link's size is its own, not that of what it leads to. */
      child->size = child->type == WB_FTP_ENTRY_FILE ? wb_ftp_entry_get_size (entry) : -1;
      add_child (self, child);
    }
  return TRUE;
}

static gboolean
download_file (WbFtpJob *self, GCancellable *cancellable, GError **error)
{
  const WbFtpPlan *plan = self->plan;

  return wb_ftp_client_retrieve (self->worker->client, plan->remote, plan->size, plan->local,
                                 plan->overwrite ? WB_FTP_FILE_OVERWRITE : WB_FTP_FILE_FLAGS_NONE,
                                 self->progress, cancellable, error);
}

/* What a link leads to only shows when it is tried. One that leads to a folder is followed where
 * the person chose it, and not inside a folder, where it could lead round in a circle. */
static gboolean
download_link (WbFtpJob *self, GCancellable *cancellable, GError **error)
{
  if (!is_remote_folder (self->worker, self->plan->remote, cancellable))
    return download_file (self, cancellable, error);
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
      return download_file (self, cancellable, error);
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

static gboolean
make_remote_folder (WbFtpJob *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (wb_ftp_client_make_directory (self->worker->client, self->plan->remote, cancellable, &local))
    return TRUE;
  if (local->domain == WB_FTP_ERROR && wb_ftp_client_is_usable (self->worker->client) &&
      is_remote_folder (self->worker, self->plan->remote, cancellable))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
upload_folder (WbFtpJob *self, GCancellable *cancellable, GError **error)
{
  const WbFtpPlan *plan = self->plan;
  const char *path = g_file_peek_path (plan->local);
  g_autoptr (GDir) folder = NULL;
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
  if (!make_remote_folder (self, cancellable, error))
    return FALSE;

  while ((name = g_dir_read_name (folder)) != NULL && self->children->len < CHILDREN_MAX)
    {
      g_autoptr (GFile) child = g_file_get_child (plan->local, name);

      add_child (self, wb_ftp_plan_new (TRUE, child, plan->remote, name));
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
  return wb_ftp_client_store (self->worker->client, plan->local, plan->remote,
                              plan->overwrite ? WB_FTP_FILE_OVERWRITE : WB_FTP_FILE_FLAGS_NONE,
                              self->progress, cancellable, error);
}

/* What a worker's thread does with a plan. Returns the job itself. */
gpointer
wb_ftp_job_run (gpointer data, GCancellable *cancellable, GError **error)
{
  WbFtpJob *self = data;
  gboolean ok = FALSE;

  if (!make_ready (self->worker, cancellable, error))
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

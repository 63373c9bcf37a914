/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-queue-private.h"

#include "wb-error.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>

/* One file of a queue, either way, by the rule for names that exist. */

/* Below this size a transfer that breaks off begins again: to be able to go on it would have to
 * ask the server more than the file is worth. */
#define RESUME_MIN (1024 * 1024)

/* "name (2)", "name (3)" and so on, up to here. */
#define NAMES_MAX 1000

/* "a.txt" → "a (2).txt" */
static char *
number_name (const char *path, guint number)
{
  const char *slash = strrchr (path, '/');
  const char *name = slash != NULL ? slash + 1 : path;
  const char *dot = strrchr (name, '.');
  gsize stem = dot != NULL && dot != name ? (gsize) (dot - path) : strlen (path);

  return g_strdup_printf ("%.*s (%u)%s", (int) stem, path, number, path + stem);
}

/* More than the whole file cannot be the beginning of it: it is something else, which nobody said
 * might be replaced. */
static gboolean
fail_longer (const WbFtpConflict *conflict, GError **error)
{
  g_set_error (
      error, WB_FTP_ERROR, WB_FTP_ERROR_EXISTS,
      /* Translators: both numbers are bytes. */
      _ ("What has this name at the target is longer (%" PRId64 " bytes) than the file (%" PRId64
         " bytes), so it is no part of it to go on with. Choose to overwrite it, or another "
         "name."),
      conflict->target_size, conflict->source_size);
  return FALSE;
}

/* What the rule says about a target that exists. %TRUE: the file is to be moved, over it if need
 * be; else the job's outcome is set, or @error. */
static gboolean
is_to_be_replaced (WbFtpJob *self, const WbFtpConflict *conflict, GError **error)
{
  gboolean moves = FALSE;

  switch (self->plan->if_exists)
    {
    case WB_FTP_IF_EXISTS_OVERWRITE:
    case WB_FTP_IF_EXISTS_RENAME:
      return TRUE;
    case WB_FTP_IF_EXISTS_NEWER:
      /* Where a time is not known nobody can say that it is newer. */
      moves = conflict->source_modified >= 0 && conflict->target_modified >= 0 &&
              conflict->source_modified > conflict->target_modified;
      break;
    case WB_FTP_IF_EXISTS_RESUME:
      if (conflict->source_size >= 0 && conflict->target_size > conflict->source_size)
        return fail_longer (conflict, error);
      moves = conflict->source_size < 0 || conflict->source_size != conflict->target_size;
      break;
    case WB_FTP_IF_EXISTS_ASK:
      self->conflict = *conflict;
      self->outcome = WB_FTP_OUTCOME_CONFLICT;
      return FALSE;
    case WB_FTP_IF_EXISTS_SKIP:
    default:
      break;
    }
  if (!moves)
    self->outcome = WB_FTP_OUTCOME_SKIPPED;
  return moves;
}

/* Size and time of what is on the server. %FALSE with an error when the session broke; a file that
 * is not there has the size -1 and @exists FALSE. */
static gboolean
ask_remote (WbFtpJob *self,
            gboolean *exists,
            gint64 *size,
            gint64 *modified,
            GCancellable *cancellable,
            GError **error)
{
  WbFtpClient *client = self->worker->client;
  const char *path = self->plan->remote;
  g_autoptr (GDateTime) time = NULL;
  g_autoptr (GError) local = NULL;

  *size = wb_ftp_client_get_size (client, path, cancellable, &local);
  *exists = *size >= 0;
  if (local != NULL && !wb_ftp_client_is_usable (client))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  g_clear_error (&local);
  if (*exists)
    time = wb_ftp_client_get_modification_time (client, path, cancellable, &local);
  if (local != NULL && !wb_ftp_client_is_usable (client))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  *modified = time != NULL ? g_date_time_to_unix (time) : -1;
  return TRUE;
}

/* ── Downloads ── */

/* @mode is what the server said, so it is not to give more than the person's umask does. */
static void
keep_attributes (WbFtpJob *self, const char *path)
{
  const WbFtpPlan *plan = self->plan;
  struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { .tv_sec = plan->modified } };
  struct stat st;
  int fd = open (path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

  if (fd < 0)
    return;
  /* It was made under the umask with all read and write bits, which tells what that leaves. */
  if ((self->keep & WB_FTP_KEEP_MODE) != 0 && plan->mode >= 0 && fstat (fd, &st) == 0)
    {
      mode_t allowed = st.st_mode & 0666;

      allowed |= (allowed & 0444) >> 2;
      fchmod (fd, ((mode_t) plan->mode & allowed) | S_IRUSR | S_IWUSR);
    }
  if ((self->keep & WB_FTP_KEEP_TIME) != 0 && plan->modified >= 0)
    futimens (fd, times);
  close (fd);
}

static gboolean
retrieve (WbFtpJob *self,
          GFile *target,
          WbFtpFileFlags flags,
          GCancellable *cancellable,
          GError **error)
{
  const WbFtpPlan *plan = self->plan;
  gboolean ok = FALSE;

  if (plan->size >= 0 && plan->size < RESUME_MIN)
    flags &= ~WB_FTP_FILE_RESUME;
  /* The time in the listing costs no question. */
  if ((self->keep & WB_FTP_KEEP_TIME) != 0 && plan->modified < 0)
    flags |= WB_FTP_FILE_KEEP_TIME;
  if (self->segments > 1)
    ok = wb_ftp_job_download_segments (self, target, flags, cancellable, error);
  else
    ok = wb_ftp_client_retrieve (self->worker->client, plan->remote, plan->size, target, flags,
                                 self->progress, cancellable, error);
  if (ok && self->keep != WB_FTP_KEEP_NOTHING)
    keep_attributes (self, g_file_peek_path (target));
  return ok;
}

static gboolean
retrieve_under_another_name (WbFtpJob *self, GCancellable *cancellable, GError **error)
{
  for (guint i = 2;; i++)
    {
      g_autofree char *path = number_name (g_file_peek_path (self->plan->local), i);
      g_autoptr (GFile) target = g_file_new_for_path (path);
      g_autoptr (GError) local = NULL;

      if (retrieve (self, target, self->flags, cancellable, &local))
        return TRUE;
      if (i < NAMES_MAX && g_error_matches (local, WB_FTP_ERROR, WB_FTP_ERROR_EXISTS))
        continue;
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
}

/* Receives the file of the plan. */
gboolean
wb_ftp_job_download_file (WbFtpJob *self, GCancellable *cancellable, GError **error)
{
  const WbFtpPlan *plan = self->plan;
  const char *path = g_file_peek_path (plan->local);
  WbFtpConflict conflict = { plan->size, plan->modified, -1, -1 };
  gboolean asks = plan->if_exists == WB_FTP_IF_EXISTS_ASK;
  g_autoptr (GError) local = NULL;
  struct stat st;

  if (path == NULL || lstat (path, &st) != 0 || S_ISDIR (st.st_mode) || (asks && !self->can_ask))
    return retrieve (self, plan->local, self->flags, cancellable, error);

  conflict.target_size = st.st_size;
  conflict.target_modified = st.st_mtim.tv_sec;
  if (plan->if_exists != WB_FTP_IF_EXISTS_OVERWRITE && plan->if_exists != WB_FTP_IF_EXISTS_SKIP &&
      plan->if_exists != WB_FTP_IF_EXISTS_RENAME &&
      (conflict.source_size < 0 || conflict.source_modified < 0))
    {
      gboolean exists = FALSE;

      if (!ask_remote (self, &exists, &conflict.source_size, &conflict.source_modified, cancellable,
                       error))
        return FALSE;
    }
  if (!is_to_be_replaced (self, &conflict, &local))
    {
      if (local != NULL)
        g_propagate_error (error, g_steal_pointer (&local));
      return self->outcome != WB_FTP_OUTCOME_DONE;
    }
  if (plan->if_exists == WB_FTP_IF_EXISTS_RENAME)
    return retrieve_under_another_name (self, cancellable, error);
  return retrieve (self, plan->local, self->flags | WB_FTP_FILE_OVERWRITE, cancellable, error);
}

/* ── Uploads ── */

/* Not every server changes modes, and a file that arrived is not lost for that. */
static void
keep_remote_mode (WbFtpJob *self, const char *path, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  struct stat st;

  if ((self->keep & WB_FTP_KEEP_MODE) == 0 || self->worker->cannot_keep_mode ||
      stat (g_file_peek_path (self->plan->local), &st) != 0)
    return;
  wb_ftp_client_change_mode (self->worker->client, path, st.st_mode & 0777, cancellable, &error);
  if (g_error_matches (error, WB_FTP_ERROR, WB_FTP_ERROR_UNSUPPORTED))
    self->worker->cannot_keep_mode = TRUE;
}

/* Gives a file that was sent by a batch what else goes with it. */
void
wb_ftp_job_keep_remote (WbFtpJob *self, gint64 modified, GCancellable *cancellable)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (modified);

  if (!wb_ftp_client_is_usable (self->worker->client))
    return;
  if ((self->keep & WB_FTP_KEEP_TIME) != 0 && time != NULL)
    wb_ftp_client_set_modification_time (self->worker->client, self->plan->remote, time,
                                         cancellable, NULL);
  if (wb_ftp_client_is_usable (self->worker->client))
    keep_remote_mode (self, self->plan->remote, cancellable);
}

static gboolean
store (WbFtpJob *self,
       const char *path,
       WbFtpFileFlags flags,
       GCancellable *cancellable,
       GError **error)
{
  struct stat st;

  if (stat (g_file_peek_path (self->plan->local), &st) == 0 && st.st_size < RESUME_MIN)
    flags &= ~WB_FTP_FILE_RESUME;
  if ((self->keep & WB_FTP_KEEP_TIME) != 0)
    flags |= WB_FTP_FILE_KEEP_TIME;
  if (!wb_ftp_client_store (self->worker->client, self->plan->local, path, flags, self->progress,
                            cancellable, error))
    return FALSE;
  keep_remote_mode (self, path, cancellable);
  return TRUE;
}

static gboolean
store_under_another_name (WbFtpJob *self, GCancellable *cancellable, GError **error)
{
  for (guint i = 2;; i++)
    {
      g_autofree char *path = number_name (self->plan->remote, i);
      g_autoptr (GError) local = NULL;

      if (store (self, path, self->flags, cancellable, &local))
        return TRUE;
      if (i < NAMES_MAX && g_error_matches (local, WB_FTP_ERROR, WB_FTP_ERROR_EXISTS))
        continue;
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
}

/* The server has something of that name. */
static gboolean
store_by_rule (WbFtpJob *self, GCancellable *cancellable, GError **error)
{
  const WbFtpPlan *plan = self->plan;
  WbFtpConflict conflict = { -1, -1, plan->there_size, plan->there_modified };
  gboolean needs_times =
      plan->if_exists == WB_FTP_IF_EXISTS_NEWER || plan->if_exists == WB_FTP_IF_EXISTS_ASK;
  gboolean exists = TRUE;
  g_autoptr (GError) local = NULL;
  struct stat st;

  if (stat (g_file_peek_path (plan->local), &st) == 0)
    {
      conflict.source_size = st.st_size;
      conflict.source_modified = st.st_mtim.tv_sec;
    }
  if ((needs_times && conflict.target_modified < 0) ||
      (plan->if_exists == WB_FTP_IF_EXISTS_RESUME && conflict.target_size < 0))
    {
      if (!ask_remote (self, &exists, &conflict.target_size, &conflict.target_modified, cancellable,
                       error))
        return FALSE;
    }
  if (!is_to_be_replaced (self, &conflict, &local))
    {
      if (local != NULL)
        g_propagate_error (error, g_steal_pointer (&local));
      return self->outcome != WB_FTP_OUTCOME_DONE;
    }
  if (plan->if_exists == WB_FTP_IF_EXISTS_RENAME)
    return store_under_another_name (self, cancellable, error);
  return store (self, plan->remote, self->flags | WB_FTP_FILE_OVERWRITE, cancellable, error);
}

/* Sends the file of the plan. */
gboolean
wb_ftp_job_upload_file (WbFtpJob *self, GCancellable *cancellable, GError **error)
{
  const WbFtpPlan *plan = self->plan;
  gboolean asks = plan->if_exists == WB_FTP_IF_EXISTS_ASK;
  g_autoptr (GError) local = NULL;

  if (plan->there == WB_FTP_THERE_NO)
    return store (self, plan->remote, self->flags | WB_FTP_FILE_OVERWRITE | WB_FTP_FILE_FRESH,
                  cancellable, error);
  if (plan->if_exists == WB_FTP_IF_EXISTS_OVERWRITE)
    return store (self, plan->remote, self->flags | WB_FTP_FILE_OVERWRITE, cancellable, error);
  if (plan->there == WB_FTP_THERE_YES && (!asks || self->can_ask))
    return store_by_rule (self, cancellable, error);

  if (store (self, plan->remote, self->flags, cancellable, &local))
    return TRUE;
  if (!g_error_matches (local, WB_FTP_ERROR, WB_FTP_ERROR_EXISTS) || (asks && !self->can_ask) ||
      !wb_ftp_client_is_usable (self->worker->client))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  return store_by_rule (self, cancellable, error);
}

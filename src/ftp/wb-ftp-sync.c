/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-sync.h"

#include "wb-error.h"
#include "wb-ftp-client-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ── Checksums, where they are asked for ── */

typedef struct
{
  WbFtpClient *client;
  GFile *local;
  const char *remote;
  GCancellable *cancellable;
} Hashing;

static gboolean
hash_pair (Hashing *hashing,
           WbFtpNode *here,
           WbFtpNode *there,
           GFile *local,
           const char *remote,
           GError **error)
{
  g_autofree char *algorithm = NULL;

  there->hash =
      wb_ftp_client_hash (hashing->client, remote, &algorithm, hashing->cancellable, error);
  if (there->hash != NULL)
    here->hash = wb_ftp_hash_file (local, algorithm, hashing->cancellable, error);
  return here->hash != NULL;
}

/* Only files of one size on both sides are worth it. Both trees are sorted. */
static gboolean
hash_folders (Hashing *hashing,
              WbFtpNode *here,
              WbFtpNode *there,
              GFile *local,
              const char *remote,
              GError **error)
{
  guint j = 0;

  for (guint i = 0; here->children != NULL && there->children != NULL && i < here->children->len;
       i++)
    {
      WbFtpNode *a = here->children->pdata[i];
      WbFtpNode *b = NULL;
      g_autoptr (GFile) child = NULL;
      g_autofree char *path = NULL;

      while (j < there->children->len &&
             strcmp (((WbFtpNode *) there->children->pdata[j])->name, a->name) < 0)
        j++;
      if (j == there->children->len)
        return TRUE;
      b = there->children->pdata[j];
      if (strcmp (a->name, b->name) != 0 || a->type != b->type)
        continue;
      child = g_file_get_child (local, a->name);
      path = g_strconcat (remote, *remote == '\0' || g_str_has_suffix (remote, "/") ? "" : "/",
                          a->name, NULL);
      if (a->type == WB_FTP_ENTRY_FILE && a->size == b->size &&
          !hash_pair (hashing, a, b, child, path, error))
        return FALSE;
      if (a->type == WB_FTP_ENTRY_DIRECTORY && !hash_folders (hashing, a, b, child, path, error))
        return FALSE;
    }
  return TRUE;
}

/* ── Both sides ── */

/* A target that is not there yet is an empty one. */
static WbFtpNode *
read_remote (WbFtpClient *client,
             const char *path,
             gboolean may_be_missing,
             WbFtpLinks links,
             WbProgress *progress,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (GError) local = NULL;
  WbFtpNode *root = wb_ftp_tree_read_remote (client, path, links, progress, cancellable, &local);

  if (root != NULL)
    return root;
  if (may_be_missing && g_error_matches (local, WB_FTP_ERROR, WB_FTP_ERROR_NOT_FOUND) &&
      wb_ftp_client_is_usable (client))
    return wb_ftp_node_new ("", WB_FTP_ENTRY_DIRECTORY, -1, -1);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

static gboolean
check_source (GFile *folder, GError **error)
{
  const char *path = g_file_peek_path (folder);

  if (path != NULL && g_file_test (path, G_FILE_TEST_IS_DIR))
    return TRUE;
  g_set_error (error, WB_FTP_ERROR, WB_FTP_ERROR_LOCAL,
               /* Translators: %s is a path on this computer. */
               _ ("There is no folder “%s” on this computer."), path != NULL ? path : "?");
  return FALSE;
}

/**
 * wb_ftp_sync_new:
 * @upload: whether the server's folder is the target
 * @local: a folder on this computer; one that is not there is empty, where it is the target
 * @remote: a folder on the server, in its bytes; the same
 * @options: what counts as different
 * @hash: whether files of one size are compared by their checksums, which the server has to
 *   be able to make: slow, since all of them are read on both sides
 * @progress: (nullable): told of the bytes of the listings
 *
 * Reads both sides and compares them. Blocks; changes nothing.
 *
 * Errors: those of listing, %WB_FTP_ERROR_LOCAL, %WB_FTP_ERROR_UNSUPPORTED where the server
 * makes no checksums and they are asked for.
 *
 * Returns: (transfer full) (nullable): what is to be done, or %NULL with @error set
 */
WbFtpSync *
wb_ftp_sync_new (WbFtpClient *client,
                 gboolean upload,
                 GFile *local,
                 const char *remote,
                 const WbFtpSyncOptions *options,
                 gboolean hash,
                 WbProgress *progress,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (WbFtpNode) here = NULL;
  g_autoptr (WbFtpNode) there = NULL;
  Hashing hashing = { client, local, remote, cancellable };
  WbFtpLinks target_links = WB_FTP_LINKS_SKIP;
  WbFtpSync *self = NULL;

  g_return_val_if_fail (WB_IS_FTP_CLIENT (client), NULL);
  g_return_val_if_fail (G_IS_FILE (local), NULL);
  g_return_val_if_fail (remote != NULL && options != NULL, NULL);

  if (upload && !check_source (local, error))
    return NULL;
  /* Nothing at the target is ever entered through a link. */
  if (options->links == WB_FTP_LINKS_COPY)
    target_links = WB_FTP_LINKS_COPY;
  here = wb_ftp_tree_read_local (local, upload ? options->links : target_links, cancellable, error);
  if (here == NULL)
    return NULL;
  there = read_remote (client, remote, upload, upload ? target_links : options->links, progress,
                       cancellable, error);
  if (there == NULL || (hash && !hash_folders (&hashing, here, there, local, remote, error)))
    return NULL;

  self = g_new0 (WbFtpSync, 1);
  self->upload = upload;
  self->local = g_object_ref (local);
  self->remote = g_strdup (remote);
  self->actions =
      upload ? wb_ftp_compare (here, there, options) : wb_ftp_compare (there, here, options);
  return self;
}

/**
 * wb_ftp_sync_free:
 *
 * Frees it.
 */
void
wb_ftp_sync_free (WbFtpSync *self)
{
  g_object_unref (self->local);
  g_free (self->remote);
  g_ptr_array_unref (self->actions);
  g_free (self);
}

static char *
get_remote_path (WbFtpSync *self, const WbFtpSyncAction *action)
{
  gboolean bare = *self->remote == '\0' || g_str_has_suffix (self->remote, "/");

  return g_strconcat (self->remote, bare ? "" : "/", action->path, NULL);
}

/* ── Folders and deletions, on this computer ── */

static gboolean
fail_local (const char *path, int code, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, WB_FTP_ERROR, WB_FTP_ERROR_LOCAL,
               /* Translators: the first %s is a path on this computer, the second the reason. */
               _ ("“%s” could not be changed: %s."), shown, g_strerror (code));
  return FALSE;
}

/* The folder that the last part of @path is in, entered from @root on without following a link.
 * Returns its descriptor, or -1. */
static int
open_parent (const char *root, const char *path, const char **name)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  int fd = open (root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  for (guint i = 0; fd >= 0 && parts[i] != NULL && parts[i + 1] != NULL; i++)
    {
      int next = openat (fd, parts[i], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

      close (fd);
      fd = next;
    }
  *name = strrchr (path, '/') != NULL ? strrchr (path, '/') + 1 : path;
  return fd;
}

static gboolean
change_local (WbFtpSync *self, const WbFtpSyncAction *action, GError **error)
{
  const char *root = g_file_peek_path (self->local);
  const char *name = NULL;
  int fd = open_parent (root, action->path, &name);
  gboolean ok = FALSE;
  int code = errno;
  g_autofree char *shown = NULL;

  if (fd < 0)
    return fail_local (action->path, code, error);
  if (action->kind == WB_FTP_SYNC_MAKE_LINK)
    ok = wb_ftp_link_create (root, fd, action->path, action->target,
                             action->reason == WB_FTP_SYNC_ELSEWHERE);
  else if (action->kind == WB_FTP_SYNC_MAKE_FOLDER)
    ok = mkdirat (fd, name, 0777) == 0;
  else
    ok = unlinkat (fd, name, action->kind == WB_FTP_SYNC_DELETE_FOLDER ? AT_REMOVEDIR : 0) == 0;
  code = errno;
  close (fd);
  if (ok)
    return TRUE;
  if (action->kind != WB_FTP_SYNC_MAKE_LINK || code != EXDEV)
    return fail_local (action->path, code, error);
  shown = g_filename_display_name (action->path);
  g_set_error (error, WB_FTP_ERROR, WB_FTP_ERROR_LOCAL,
               /* Translators: %s is the path of a link. */
               _ ("The link “%s” was not made, since it would lead out of the folder."), shown);
  return FALSE;
}

/* ── On the server ── */

/* In the place of another link, which stays until the server has shown that it makes one. */
static gboolean
replace_remote_link (WbFtpClient *client,
                     const char *target,
                     const char *name,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autofree char *part = g_strdup_printf ("%s.%08x.part", name, g_random_int ());

  if (!wb_ftp_client_make_link (client, target, part, cancellable, error))
    return FALSE;
  if (wb_ftp_client_rename (client, part, name, cancellable, NULL) ||
      (wb_ftp_client_remove_file (client, name, cancellable, error) &&
       wb_ftp_client_rename (client, part, name, cancellable, error)))
    return TRUE;
  if (wb_ftp_client_is_usable (client))
    wb_ftp_client_remove_file (client, part, cancellable, NULL);
  return FALSE;
}

/* From the folder that it will be in: some servers take a target to be meant from where they are.
 */
static gboolean
make_remote_link (WbFtpClient *client,
                  const WbFtpSyncAction *action,
                  const char *path,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autofree char *back = wb_ftp_client_get_directory (client, cancellable, error);
  const char *slash = strrchr (path, '/');
  const char *name = slash != NULL ? slash + 1 : path;
  g_autofree char *folder = g_strndup (path, slash != NULL ? MAX (slash - path, 1) : 0);
  gboolean ok = FALSE;

  if (back == NULL ||
      (*folder != '\0' &&
       !wb_ftp_client_expect (client, WB_FTP_STEP_DIRECTORY, "CWD", folder, cancellable, error)))
    return FALSE;
  ok = (action->reason == WB_FTP_SYNC_ELSEWHERE ? replace_remote_link : wb_ftp_client_make_link) (
      client, action->target, name, cancellable, error);
  return *folder == '\0' ? ok
                         : wb_ftp_client_come_back (client, WB_FTP_STEP_DIRECTORY, back, ok,
                                                    cancellable, error);
}

static gboolean
change_remote (WbFtpSync *self,
               WbFtpClient *client,
               const WbFtpSyncAction *action,
               GCancellable *cancellable,
               GError **error)
{
  g_autofree char *path = get_remote_path (self, action);

  switch (action->kind)
    {
    case WB_FTP_SYNC_MAKE_FOLDER:
      return wb_ftp_client_make_directory (client, path, cancellable, error);
    case WB_FTP_SYNC_DELETE_FILE:
      return wb_ftp_client_remove_file (client, path, cancellable, error);
    case WB_FTP_SYNC_DELETE_FOLDER:
      return wb_ftp_client_remove_directory (client, path, cancellable, error);
    case WB_FTP_SYNC_MAKE_LINK:
      return make_remote_link (client, action, path, cancellable, error);
    case WB_FTP_SYNC_COPY:
    case WB_FTP_SYNC_REPLACE:
    case WB_FTP_SYNC_SKIP:
    default:
      g_assert_not_reached ();
    }
}

static gboolean
change (WbFtpSync *self,
        WbFtpClient *client,
        const WbFtpSyncAction *action,
        GCancellable *cancellable,
        GError **error)
{
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  return self->upload ? change_remote (self, client, action, cancellable, error)
                      : change_local (self, action, error);
}

static gboolean
deletes (const WbFtpSyncAction *action)
{
  return action->kind == WB_FTP_SYNC_DELETE_FILE || action->kind == WB_FTP_SYNC_DELETE_FOLDER;
}

/* One that leads to another link may have to wait for that: some servers make none that lead
 * nowhere. So those that failed are tried again for as long as that brings any further. */
static gboolean
make_links (WbFtpSync *self, WbFtpClient *client, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) left = g_ptr_array_new ();
  g_autoptr (GError) first = NULL;
  guint before = 0;

  for (guint i = 0; i < self->actions->len; i++)
    {
      WbFtpSyncAction *action = self->actions->pdata[i];

      if (action->chosen && action->kind == WB_FTP_SYNC_MAKE_LINK)
        g_ptr_array_add (left, action);
    }
  do
    {
      guint kept = 0;

      before = left->len;
      g_clear_error (&first);
      for (guint i = 0; i < left->len; i++)
        {
          if (g_cancellable_set_error_if_cancelled (cancellable, error))
            return FALSE;
          if (change (self, client, left->pdata[i], cancellable, first == NULL ? &first : NULL))
            continue;
          if (self->upload && !wb_ftp_client_is_usable (client))
            break;
          left->pdata[kept++] = left->pdata[i];
        }
      if (self->upload && !wb_ftp_client_is_usable (client))
        break;
      g_ptr_array_set_size (left, (int) kept);
    }
  while (left->len > 0 && left->len < before);

  if (first == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&first));
  return FALSE;
}

/* The target itself, with the folders above it. */
static gboolean
make_target (WbFtpSync *self, WbFtpClient *client, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = NULL;

  if (!self->upload)
    {
      const char *local = g_file_peek_path (self->local);

      return g_mkdir_with_parents (local, 0777) == 0 || fail_local (local, errno, error);
    }

  path = g_strdup (self->remote);
  for (char *slash = strchr (path, '/'); slash != NULL; slash = strchr (slash + 1, '/'))
    if (slash > path)
      {
        *slash = '\0';
        /* That it is there already is what is wanted; anything else shows in the next step. */
        wb_ftp_client_make_directory (client, path, cancellable, NULL);
        *slash = '/';
      }
  if (*path != '\0' && !g_str_has_suffix (path, "/"))
    wb_ftp_client_make_directory (client, path, cancellable, NULL);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

/**
 * wb_ftp_sync_prepare:
 * @client: the session that wb_ftp_sync_new() had, or another of the same server
 *
 * Makes the target where it is not there, the folders in it, and takes away what is in
 * the way of them. Blocks; stops at the first thing that cannot be done.
 *
 * Errors: %WB_FTP_ERROR_LOCAL, %WB_FTP_ERROR_PERMISSION, …
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_ftp_sync_prepare (WbFtpSync *self,
                     WbFtpClient *client,
                     GCancellable *cancellable,
                     GError **error)
{
  gboolean made = FALSE;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (WB_IS_FTP_CLIENT (client), FALSE);

  for (guint i = 0; i < self->actions->len; i++)
    {
      const WbFtpSyncAction *action = self->actions->pdata[i];

      if (!action->chosen || action->kind == WB_FTP_SYNC_SKIP)
        continue;
      if (!made && !make_target (self, client, cancellable, error))
        return FALSE;
      made = TRUE;
      if (action->kind != WB_FTP_SYNC_MAKE_FOLDER &&
          (!deletes (action) || action->reason != WB_FTP_SYNC_IN_THE_WAY))
        continue;
      if (!change (self, client, action, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

static void
enqueue_download (WbFtpSync *self, WbFtpQueue *queue, const WbFtpSyncAction *action)
{
  g_autoptr (GDateTime) time =
      action->modified >= 0 ? g_date_time_new_from_unix_utc (action->modified) : NULL;
  const char *slash = strrchr (action->path, '/');
  WbFtpEntryFields fields = { .name = slash != NULL ? slash + 1 : action->path,
                              .type = WB_FTP_ENTRY_FILE,
                              .size = action->size,
                              .modified = time,
                              .modified_is_utc = TRUE };
  g_autoptr (WbFtpEntry) entry = wb_ftp_entry_new (&fields);
  g_autoptr (GFile) local = g_file_resolve_relative_path (self->local, action->path);
  g_autofree char *remote = get_remote_path (self, action);

  wb_ftp_queue_add_download_as (queue, entry, remote, local, WB_FTP_IF_EXISTS_OVERWRITE);
}

/**
 * wb_ftp_sync_enqueue:
 * @queue: one of the same server; have it keep times (wb_ftp_queue_set_keep()), or all will
 *   look newer the next time
 *
 * Hands the files to a queue.
 *
 * Returns: how many
 */
guint
wb_ftp_sync_enqueue (WbFtpSync *self, WbFtpQueue *queue)
{
  guint count = 0;

  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (WB_IS_FTP_QUEUE (queue), 0);

  for (guint i = 0; i < self->actions->len; i++)
    {
      const WbFtpSyncAction *action = self->actions->pdata[i];

      if (!action->chosen ||
          (action->kind != WB_FTP_SYNC_COPY && action->kind != WB_FTP_SYNC_REPLACE))
        continue;
      count++;
      if (self->upload)
        {
          g_autoptr (GFile) local = g_file_resolve_relative_path (self->local, action->path);
          g_autofree char *remote = get_remote_path (self, action);

          wb_ftp_queue_add_upload_as (queue, local, remote, WB_FTP_IF_EXISTS_OVERWRITE);
        }
      else
        enqueue_download (self, queue, action);
    }
  return count;
}

/**
 * wb_ftp_sync_finish:
 * @client: as for wb_ftp_sync_prepare()
 *
 * Makes links, and deletes what only the target has. To be called when the queue is done and
 * nothing in it failed. Blocks. Of links all are made that can be, then it stops at the first
 * thing that cannot be done. On this computer none is made that leads out of the folder, by
 * itself or by another on its way.
 *
 * Errors: %WB_FTP_ERROR_LOCAL, %WB_FTP_ERROR_PERMISSION, %WB_FTP_ERROR_UNSUPPORTED where the
 * server makes no links, …
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_ftp_sync_finish (WbFtpSync *self, WbFtpClient *client, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (WB_IS_FTP_CLIENT (client), FALSE);

  if (!make_links (self, client, cancellable, error))
    return FALSE;
  for (guint i = 0; i < self->actions->len; i++)
    {
      const WbFtpSyncAction *action = self->actions->pdata[i];

      if (action->chosen && deletes (action) && action->reason == WB_FTP_SYNC_EXTRA &&
          !change (self, client, action, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-tree.h"

#include "wb-error.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>

/* The most that a tree may hold, on either side. */
#define NODES_MAX 2000000

/**
 * wb_ftp_node_new:
 *
 * Returns: (transfer full): a node without children, whose time is known to the second
 */
WbFtpNode *
wb_ftp_node_new (const char *name, WbFtpEntryType type, gint64 size, gint64 modified)
{
  WbFtpNode *self = g_new0 (WbFtpNode, 1);

  self->name = g_strdup (name);
  self->type = type;
  self->size = type == WB_FTP_ENTRY_FILE ? size : -1;
  self->modified = modified;
  self->precision = 1;
  self->mode = -1;
  return self;
}

/**
 * wb_ftp_mode_parse:
 * @letters: (nullable): nine, as in "rwxr-x---"; more behind them do not count
 *
 * Set-user and set-group bits and the sticky bit are left out: no copy should have them.
 *
 * Returns: the permission bits, or -1 when it is not that
 */
int
wb_ftp_mode_parse (const char *letters)
{
  static const char plain[] = "rwxrwxrwx";
  int mode = 0;

  if (letters == NULL || strlen (letters) < 9)
    return -1;
  for (guint i = 0; i < 9; i++)
    {
      gboolean special = i % 3 == 2 && (letters[i] == 's' || letters[i] == 't');

      if (letters[i] == plain[i] || special)
        mode |= 1 << (8 - i);
      else if (letters[i] != '-' && !(i % 3 == 2 && (letters[i] == 'S' || letters[i] == 'T')))
        return -1;
    }
  return mode;
}

/* What a listing by `ls` leaves out. */
static gint64
guess_precision (GDateTime *time, gboolean utc)
{
  if (utc || g_date_time_get_second (time) != 0)
    return 1;
  if (g_date_time_get_hour (time) != 0 || g_date_time_get_minute (time) != 0)
    return 60;
  return 24 * 60 * 60;
}

/**
 * wb_ftp_node_new_entry:
 * @entry: from a listing
 *
 * A time that the listing gives in the server's own zone is taken for UTC: the client's
 * time offset has to be set where it is not.
 *
 * Returns: (transfer full): the node for it
 */
WbFtpNode *
wb_ftp_node_new_entry (WbFtpEntry *entry)
{
  GDateTime *time = wb_ftp_entry_get_modified (entry);
  WbFtpNode *self = wb_ftp_node_new (
      wb_ftp_entry_get_name (entry), wb_ftp_entry_get_entry_type (entry),
      wb_ftp_entry_get_size (entry), time != NULL ? g_date_time_to_unix (time) : -1);

  if (time != NULL)
    self->precision = guess_precision (time, wb_ftp_entry_is_modified_utc (entry));
  self->mode = wb_ftp_mode_parse (wb_ftp_entry_get_mode (entry));
  return self;
}

/**
 * wb_ftp_node_free:
 *
 * Frees it and all in it.
 */
void
wb_ftp_node_free (WbFtpNode *self)
{
  g_free (self->name);
  g_free (self->hash);
  g_clear_pointer (&self->children, g_ptr_array_unref);
  g_free (self);
}

/**
 * wb_ftp_node_add:
 * @child: (transfer full): what is in @self
 *
 * A name that could lead out of the folder is refused, whoever gave it.
 *
 * Returns: whether @child was taken; else it is freed
 */
gboolean
wb_ftp_node_add (WbFtpNode *self, WbFtpNode *child)
{
  if (!wb_ftp_name_is_usable (child->name))
    {
      wb_ftp_node_free (child);
      return FALSE;
    }
  if (self->children == NULL)
    self->children = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_ftp_node_free);
  g_ptr_array_add (self->children, child);
  return TRUE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  const WbFtpNode *first = *(WbFtpNode *const *) a;
  const WbFtpNode *second = *(WbFtpNode *const *) b;

  return strcmp (first->name, second->name);
}

/**
 * wb_ftp_node_sort:
 *
 * Sorts all of the tree by name, byte by byte, as wb_ftp_compare() needs it. Of several
 * entries of one name, which a server may send, the first stays.
 */
void
wb_ftp_node_sort (WbFtpNode *self)
{
  guint kept = 0;

  if (self->children == NULL)
    return;
  g_ptr_array_sort (self->children, compare_names);
  for (guint i = 0; i < self->children->len; i++)
    {
      WbFtpNode *child = self->children->pdata[i];
      WbFtpNode *last = kept > 0 ? self->children->pdata[kept - 1] : NULL;

      if (last != NULL && g_str_equal (last->name, child->name))
        {
          wb_ftp_node_free (child);
          continue;
        }
      self->children->pdata[kept++] = child;
      wb_ftp_node_sort (child);
    }
  /* Those behind have moved forward or are freed. */
  g_ptr_array_set_free_func (self->children, NULL);
  g_ptr_array_set_size (self->children, (int) kept);
  g_ptr_array_set_free_func (self->children, (GDestroyNotify) wb_ftp_node_free);
}

static gboolean
fail_too_deep (GError **error)
{
  g_set_error (error, WB_FTP_ERROR, WB_FTP_ERROR_FAILED,
               _ ("There are more than %d folders inside each other here, perhaps a loop of links. "
                  "Choose a folder further inside."),
               WB_FTP_DEPTH_MAX);
  return FALSE;
}

static gboolean
fail_too_many (GError **error)
{
  g_set_error_literal (error, WB_ERROR, WB_ERROR_TOO_LARGE,
                       _ ("There is more in this folder than can be compared at once. Choose a "
                          "folder further inside."));
  return FALSE;
}

/* ── On this computer ── */

static WbFtpEntryType
type_of (mode_t mode)
{
  if (S_ISREG (mode))
    return WB_FTP_ENTRY_FILE;
  if (S_ISDIR (mode))
    return WB_FTP_ENTRY_DIRECTORY;
  return S_ISLNK (mode) ? WB_FTP_ENTRY_LINK : WB_FTP_ENTRY_OTHER;
}

static gboolean
read_local (WbFtpNode *node,
            const char *path,
            guint depth,
            guint *count,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (GDir) dir = NULL;
  g_autoptr (GError) local = NULL;
  const char *name = NULL;

  if (depth > WB_FTP_DEPTH_MAX)
    return fail_too_deep (error);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  dir = g_dir_open (path, 0, &local);
  if (dir == NULL)
    {
      g_set_error_literal (error, WB_FTP_ERROR, WB_FTP_ERROR_LOCAL, local->message);
      return FALSE;
    }

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child_path = g_build_filename (path, name, NULL);
      WbFtpNode *child = NULL;
      struct stat st;

      /* It may have gone in the meantime. */
      if (lstat (child_path, &st) != 0)
        continue;
      if (++*count > NODES_MAX)
        return fail_too_many (error);
      child = wb_ftp_node_new (name, type_of (st.st_mode), st.st_size, st.st_mtim.tv_sec);
      child->mode = (int) (st.st_mode & 0777);
      if (wb_ftp_node_add (node, child) && child->type == WB_FTP_ENTRY_DIRECTORY &&
          !read_local (child, child_path, depth + 1, count, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * wb_ftp_tree_read_local:
 * @folder: on this computer; a link there is followed, and none inside
 *
 * Reads what is in a folder and in those inside it, without looking into the files.
 * A folder that is not there is an empty one.
 *
 * Errors: %WB_FTP_ERROR_LOCAL, %WB_ERROR_TOO_LARGE, `G_IO_ERROR_CANCELLED`.
 *
 * Returns: (transfer full) (nullable): the root of the sorted tree, or %NULL with
 *   @error set
 */
WbFtpNode *
wb_ftp_tree_read_local (GFile *folder, GCancellable *cancellable, GError **error)
{
  const char *path = g_file_peek_path (folder);
  g_autoptr (WbFtpNode) root = wb_ftp_node_new ("", WB_FTP_ENTRY_DIRECTORY, -1, -1);
  struct stat st;
  guint count = 0;

  if (path == NULL)
    {
      g_set_error_literal (error, WB_FTP_ERROR, WB_FTP_ERROR_LOCAL,
                           _ ("The folder is not one on this computer."));
      return NULL;
    }
  if (lstat (path, &st) != 0 && errno == ENOENT)
    return g_steal_pointer (&root);
  if (!read_local (root, path, 0, &count, cancellable, error))
    return NULL;
  wb_ftp_node_sort (root);
  return g_steal_pointer (&root);
}

/* ── On a server ── */

static gboolean
read_remote (WbFtpNode *node,
             WbFtpClient *client,
             const char *path,
             guint depth,
             guint *count,
             WbProgress *progress,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (GPtrArray) entries = NULL;
  gboolean bare = *path == '\0' || g_str_has_suffix (path, "/");

  if (depth > WB_FTP_DEPTH_MAX)
    return fail_too_deep (error);
  entries = wb_ftp_client_list (client, path, progress, cancellable, error);
  if (entries == NULL)
    return FALSE;

  for (guint i = 0; i < entries->len; i++)
    {
      WbFtpNode *child = wb_ftp_node_new_entry (entries->pdata[i]);
      g_autofree char *child_path = g_strconcat (path, bare ? "" : "/", child->name, NULL);

      if (++*count > NODES_MAX)
        {
          wb_ftp_node_free (child);
          return fail_too_many (error);
        }
      if (wb_ftp_node_add (node, child) && child->type == WB_FTP_ENTRY_DIRECTORY &&
          !read_remote (child, client, child_path, depth + 1, count, progress, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * wb_ftp_tree_read_remote:
 * @path: a folder, in the server's bytes; "" is the current one
 * @progress: (nullable): told of the bytes of the listings
 *
 * Lists a folder and those inside it, with one listing a folder and no further question.
 * Links are not followed. Names that could lead out of the folder are left out.
 *
 * Errors: those of wb_ftp_client_list(), %WB_ERROR_TOO_LARGE.
 *
 * Returns: (transfer full) (nullable): the root of the sorted tree, or %NULL with
 *   @error set
 */
WbFtpNode *
wb_ftp_tree_read_remote (WbFtpClient *client,
                         const char *path,
                         WbProgress *progress,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autoptr (WbFtpNode) root = wb_ftp_node_new ("", WB_FTP_ENTRY_DIRECTORY, -1, -1);
  guint count = 0;

  if (!read_remote (root, client, path, 0, &count, progress, cancellable, error))
    return NULL;
  wb_ftp_node_sort (root);
  return g_steal_pointer (&root);
}

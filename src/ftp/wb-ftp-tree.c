/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-tree-private.h"

#include "wb-error.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
 * time offset has to be set where it is not. A link's target is as the listing has it.
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
  if (self->type == WB_FTP_ENTRY_LINK)
    self->target = g_strdup (wb_ftp_entry_get_target (entry));
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
  g_free (self->target);
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

void
wb_ftp_reading_clear (WbFtpReading *reading)
{
  g_clear_pointer (&reading->root, g_free);
}

/* Before a folder that is so far down. */
gboolean
wb_ftp_reading_enter (WbFtpReading *reading, guint depth, GError **error)
{
  if (depth <= WB_FTP_DEPTH_MAX)
    return !g_cancellable_set_error_if_cancelled (reading->cancellable, error);
  g_set_error (error, WB_FTP_ERROR, WB_FTP_ERROR_FAILED,
               _ ("There are more than %d folders inside each other here, perhaps a loop of links. "
                  "Choose a folder further inside."),
               WB_FTP_DEPTH_MAX);
  return FALSE;
}

/* Before one more node. */
gboolean
wb_ftp_reading_count (WbFtpReading *reading, GError **error)
{
  if (++reading->count <= NODES_MAX)
    return TRUE;
  g_set_error_literal (error, WB_ERROR, WB_ERROR_TOO_LARGE,
                       _ ("There is more in this folder than can be compared at once. Choose a "
                          "folder further inside."));
  return FALSE;
}

/* ── On this computer ── */

/* The folders from the root down to where one is. */
typedef struct _Place Place;

struct _Place
{
  const Place *above;
  dev_t device;
  ino_t inode;
};

static gboolean
is_loop (const Place *place, const struct stat *st)
{
  for (; place != NULL; place = place->above)
    if (place->device == st->st_dev && place->inode == st->st_ino)
      return TRUE;
  return FALSE;
}

static WbFtpEntryType
type_of (mode_t mode)
{
  if (S_ISREG (mode))
    return WB_FTP_ENTRY_FILE;
  if (S_ISDIR (mode))
    return WB_FTP_ENTRY_DIRECTORY;
  return S_ISLNK (mode) ? WB_FTP_ENTRY_LINK : WB_FTP_ENTRY_OTHER;
}

/* Of a link that is no further link away from the root, which the path begins with. */
static char *
read_target (const WbFtpReading *reading, const char *path)
{
  char target[PATH_MAX];
  ssize_t length = readlink (path, target, sizeof target - 1);
  const char *below = NULL;

  if (length < 0 || reading->root == NULL)
    return NULL;
  target[length] = '\0';
  below = path + strlen (reading->root);
  return wb_ftp_link_make_relative (reading->root, below + strspn (below, "/"), target);
}

static gboolean read_local (WbFtpReading *reading,
                            WbFtpNode *node,
                            const char *path,
                            const Place *above,
                            guint depth,
                            GError **error);

/* What has this name. One that leads back to a folder that it is in, or nowhere, stays a link. */
static gboolean
read_local_child (WbFtpReading *reading,
                  WbFtpNode *node,
                  const char *name,
                  const char *path,
                  const Place *above,
                  guint depth,
                  GError **error)
{
  Place place = { .above = above };
  WbFtpNode *child = NULL;
  struct stat st;
  struct stat behind;

  /* It may have gone in the meantime. */
  if (lstat (path, &st) != 0)
    return TRUE;
  if (!wb_ftp_reading_count (reading, error))
    return FALSE;
  if (S_ISLNK (st.st_mode) && reading->links == WB_FTP_LINKS_FOLLOW && stat (path, &behind) == 0 &&
      !(S_ISDIR (behind.st_mode) && is_loop (above, &behind)))
    st = behind;

  child = wb_ftp_node_new (name, type_of (st.st_mode), st.st_size, st.st_mtim.tv_sec);
  child->mode = (int) (st.st_mode & 0777);
  if (child->type == WB_FTP_ENTRY_LINK && reading->links == WB_FTP_LINKS_COPY)
    child->target = read_target (reading, path);
  if (!wb_ftp_node_add (node, child) || child->type != WB_FTP_ENTRY_DIRECTORY)
    return TRUE;
  place.device = st.st_dev;
  place.inode = st.st_ino;
  return read_local (reading, child, path, &place, depth + 1, error);
}

static gboolean
read_local (WbFtpReading *reading,
            WbFtpNode *node,
            const char *path,
            const Place *above,
            guint depth,
            GError **error)
{
  g_autoptr (GDir) dir = NULL;
  g_autoptr (GError) local = NULL;
  const char *name = NULL;

  if (!wb_ftp_reading_enter (reading, depth, error))
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

      if (!read_local_child (reading, node, name, child_path, above, depth, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * wb_ftp_tree_read_local:
 * @folder: on this computer; a link there is followed
 * @links: what becomes of links in it: with %WB_FTP_LINKS_COPY they have a target, with
 *   %WB_FTP_LINKS_FOLLOW what they lead to is in their place, and else they are only there
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
wb_ftp_tree_read_local (GFile *folder, WbFtpLinks links, GCancellable *cancellable, GError **error)
{
  const char *path = g_file_peek_path (folder);
  g_autoptr (WbFtpNode) root = wb_ftp_node_new ("", WB_FTP_ENTRY_DIRECTORY, -1, -1);
  g_auto (WbFtpReading) reading = { .links = links, .cancellable = cancellable };
  Place place = { 0 };
  struct stat st;

  if (path == NULL)
    {
      g_set_error_literal (error, WB_FTP_ERROR, WB_FTP_ERROR_LOCAL,
                           _ ("The folder is not one on this computer."));
      return NULL;
    }
  if (lstat (path, &st) != 0 && errno == ENOENT)
    return g_steal_pointer (&root);
  if (stat (path, &st) == 0)
    place = (Place){ .device = st.st_dev, .inode = st.st_ino };
  reading.root = realpath (path, NULL);
  if (!read_local (&reading, root, reading.root != NULL ? reading.root : path, &place, 0, error))
    return NULL;
  wb_ftp_node_sort (root);
  return g_steal_pointer (&root);
}

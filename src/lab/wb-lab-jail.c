/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-lab"

#include "config.h"

#include "wb-lab-jail.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* openat2() gives EAGAIN when a folder was renamed while it looked; it does not last. */
#define TRIES 100

struct _WbLabJail
{
  int root;
  /* The kernel, or a sandbox around us, has no openat2(). */
  gboolean walk;
};

static gboolean
set_errno (GError **error, const char *path)
{
  int code = errno;

  if (code == EXDEV || code == ELOOP)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_ACCES,
                 /* Translators: %s is a path on the server. */
                 _ ("%s: This path leads out of the folder."), path);
  else
    g_set_error (error, G_FILE_ERROR,
                 code == ENOTEMPTY ? G_FILE_ERROR_EXIST : g_file_error_from_errno (code), "%s: %s",
                 path, g_strerror (code));
  return FALSE;
}

static int
call_openat2 (int root, const char *path, int flags, mode_t mode, guint64 resolve)
{
  struct open_how how = { 0 };
  int fd = -1;

  how.flags = flags | O_CLOEXEC;
  how.mode = (flags & O_CREAT) != 0 ? mode : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | resolve;
  for (guint i = 0; i < TRIES; i++)
    {
      fd = syscall (SYS_openat2, root, path, &how, sizeof how);
      if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
        break;
    }
  return fd;
}

/* One component after the other, none of them a link: slower than openat2() and stricter. */
static int
walk (int root, const char *path, int flags, mode_t mode)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  int fd = fcntl (root, F_DUPFD_CLOEXEC, 0);

  for (guint i = 0; fd >= 0 && parts[i] != NULL; i++)
    {
      gboolean last = parts[i + 1] == NULL;
      int next;
      int code;

      g_assert (!g_str_equal (parts[i], ".."));
      next = openat (fd, parts[i], (last ? flags : O_PATH | O_DIRECTORY) | O_NOFOLLOW | O_CLOEXEC,
                     mode);
      code = errno;
      close (fd);
      fd = next;
      errno = code;
    }
  return fd;
}

/* What openat() and its kin take for a path: relative, "." for the root itself. */
static const char *
relative (const char *path)
{
  return path[1] != '\0' ? path + 1 : ".";
}

static int
open_beneath (WbLabJail *self, const char *path, int flags, mode_t mode, guint64 resolve)
{
  if (self->walk)
    return walk (self->root, relative (path), flags, mode);
  return call_openat2 (self->root, relative (path), flags, mode, resolve);
}

/**
 * wb_lab_jail_new:
 * @root: a folder, which exists
 * @force_walk: do without openat2() even where the system has it
 *
 * Opens a folder as a jail. Paths are opened by openat2() with RESOLVE_BENEATH; where
 * the system has no such call, component by component, and then no symbolic link is
 * followed at all.
 *
 * Returns: (transfer full): the jail, or %NULL with a `G_FILE_ERROR` set
 */
WbLabJail *
wb_lab_jail_new (const char *root, gboolean force_walk, GError **error)
{
  g_autoptr (WbLabJail) self = NULL;
  int probe;

  g_return_val_if_fail (root != NULL, NULL);

  self = g_new0 (WbLabJail, 1);
  self->root = open (root, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (self->root < 0)
    {
      set_errno (error, root);
      return NULL;
    }

  self->walk = force_walk;
  if (!self->walk)
    {
      probe = call_openat2 (self->root, ".", O_PATH, 0, 0);
      /* Some sandboxes say EPERM for a call that they do not know. */
      self->walk = probe < 0 && (errno == ENOSYS || errno == EPERM);
      if (probe >= 0)
        close (probe);
    }
  return g_steal_pointer (&self);
}

/**
 * wb_lab_jail_free:
 * @self: (transfer full): the jail
 *
 * Closes the folder.
 */
void
wb_lab_jail_free (WbLabJail *self)
{
  if (self->root >= 0)
    close (self->root);
  g_free (self);
}

/**
 * wb_lab_jail_get_walks:
 *
 * Returns: whether paths are walked here, for want of openat2()
 */
gboolean
wb_lab_jail_get_walks (WbLabJail *self)
{
  return self->walk;
}

/**
 * wb_lab_jail_resolve:
 * @current: a resolved path: the current folder
 * @path: as the client sent it, absolute or relative, any bytes
 *
 * Makes an absolute path without `.`, `..` and doubled slashes, looking at nothing
 * but the text. A path that climbs above "/" is refused, even if it comes down again.
 *
 * Returns: (transfer full): the path, or %NULL with %G_FILE_ERROR_ACCES or
 *   %G_FILE_ERROR_NAMETOOLONG set
 */
char *
wb_lab_jail_resolve (const char *current, const char *path, GError **error)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *joined = NULL;
  g_auto (GStrv) raw = NULL;
  g_autoptr (GString) result = g_string_new (NULL);

  joined = path[0] == '/' ? g_strdup (path) : g_strconcat (current, "/", path, NULL);
  raw = g_strsplit (joined, "/", -1);
  for (guint i = 0; raw[i] != NULL; i++)
    {
      if (raw[i][0] == '\0' || g_str_equal (raw[i], "."))
        continue;
      if (!g_str_equal (raw[i], ".."))
        {
          g_ptr_array_add (parts, g_strdup (raw[i]));
          continue;
        }
      if (parts->len == 0)
        {
          errno = EXDEV;
          set_errno (error, path);
          return NULL;
        }
      g_ptr_array_remove_index (parts, parts->len - 1);
    }

  for (guint i = 0; i < parts->len; i++)
    g_string_append_printf (result, "/%s", (const char *) g_ptr_array_index (parts, i));
  if (result->len == 0)
    g_string_append_c (result, '/');
  if (result->len > WB_LAB_PATH_MAX)
    {
      errno = ENAMETOOLONG;
      g_string_truncate (result, 80);
      set_errno (error, result->str);
      return NULL;
    }
  return g_string_free (g_steal_pointer (&result), FALSE);
}

/**
 * wb_lab_jail_open:
 * @path: a resolved path
 * @flags: as for open()
 * @mode: as for open(); matters with O_CREAT
 *
 * Opens a file or folder. Links that stay inside are followed for reading; what is
 * opened for writing is reached by no link at all.
 *
 * Returns: a file descriptor, or -1 with a `G_FILE_ERROR` set
 */
int
wb_lab_jail_open (WbLabJail *self, const char *path, int flags, mode_t mode, GError **error)
{
  gboolean writes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT) != 0;
  int fd = open_beneath (self, path, flags, mode, writes ? RESOLVE_NO_SYMLINKS : 0);

  if (fd < 0)
    set_errno (error, path);
  return fd;
}

/**
 * wb_lab_jail_stat:
 * @path: a resolved path
 * @st: (out caller-allocates): what fstat() says; of the target, for a link
 *
 * Looks at a file or folder.
 *
 * Returns: %TRUE, or %FALSE with a `G_FILE_ERROR` set
 */
gboolean
wb_lab_jail_stat (WbLabJail *self, const char *path, struct stat *st, GError **error)
{
  int fd = open_beneath (self, path, O_PATH, 0, 0);
  gboolean well;

  if (fd < 0)
    return set_errno (error, path);
  well = fstat (fd, st) == 0 || set_errno (error, path);
  close (fd);
  return well;
}

/* The folder that holds @path, reached by no link; @name points into @path. */
static int
open_parent (WbLabJail *self, const char *path, const char **name, GError **error)
{
  const char *slash = strrchr (path, '/');
  g_autofree char *parent = slash == path ? g_strdup ("/") : g_strndup (path, slash - path);
  int fd;

  *name = slash + 1;
  if (**name == '\0')
    {
      errno = EBUSY;
      set_errno (error, path);
      return -1;
    }
  fd = open_beneath (self, parent, O_PATH | O_DIRECTORY, 0, RESOLVE_NO_SYMLINKS);
  if (fd < 0)
    set_errno (error, path);
  return fd;
}

/**
 * wb_lab_jail_mkdir:
 * @path: a resolved path
 * @mode: as for mkdir()
 *
 * Makes a folder.
 *
 * Returns: %TRUE, or %FALSE with a `G_FILE_ERROR` set
 */
gboolean
wb_lab_jail_mkdir (WbLabJail *self, const char *path, mode_t mode, GError **error)
{
  const char *name;
  int parent = open_parent (self, path, &name, error);
  gboolean well;

  if (parent < 0)
    return FALSE;
  well = mkdirat (parent, name, mode) == 0 || set_errno (error, path);
  close (parent);
  return well;
}

/**
 * wb_lab_jail_remove:
 * @path: a resolved path
 * @directory: whether to remove an empty folder; else a file, or a link itself
 *
 * Removes a file or an empty folder.
 *
 * Returns: %TRUE, or %FALSE with a `G_FILE_ERROR` set
 */
gboolean
wb_lab_jail_remove (WbLabJail *self, const char *path, gboolean directory, GError **error)
{
  const char *name;
  int parent = open_parent (self, path, &name, error);
  gboolean well;

  if (parent < 0)
    return FALSE;
  well = unlinkat (parent, name, directory ? AT_REMOVEDIR : 0) == 0 || set_errno (error, path);
  close (parent);
  return well;
}

/**
 * wb_lab_jail_rename:
 * @from: a resolved path
 * @to: a resolved path
 * @replace: whether a file of that name may go
 *
 * Renames or moves a file, folder or link.
 *
 * Returns: %TRUE, or %FALSE with a `G_FILE_ERROR` set
 */
gboolean
wb_lab_jail_rename (WbLabJail *self,
                    const char *from,
                    const char *to,
                    gboolean replace,
                    GError **error)
{
  const char *old_name;
  const char *new_name;
  int old_parent = open_parent (self, from, &old_name, error);
  int new_parent = -1;
  gboolean well = FALSE;

  if (old_parent >= 0)
    new_parent = open_parent (self, to, &new_name, error);
  if (new_parent >= 0)
    well = renameat2 (old_parent, old_name, new_parent, new_name, replace ? 0 : RENAME_NOREPLACE) ==
               0 ||
           set_errno (error, to);
  if (new_parent >= 0)
    close (new_parent);
  if (old_parent >= 0)
    close (old_parent);
  return well;
}

/* A path by which the very thing that @path names can be changed, whatever happens to its name:
   fchmod() and futimens() take no O_PATH descriptor, and a plain open() would need the very
   permission that may be missing. */
static char *
make_handle (WbLabJail *self, const char *path, int *fd, GError **error)
{
  struct stat st;

  *fd = open_beneath (self, path, O_PATH | O_NOFOLLOW, 0, RESOLVE_NO_SYMLINKS);
  if (*fd >= 0 && fstat (*fd, &st) == 0 && S_ISLNK (st.st_mode))
    {
      close (*fd);
      *fd = -1;
      errno = ELOOP;
    }
  if (*fd < 0)
    {
      set_errno (error, path);
      return NULL;
    }
  return g_strdup_printf ("/proc/self/fd/%d", *fd);
}

/**
 * wb_lab_jail_chmod:
 * @path: a resolved path
 * @mode: permission bits; those above 0777 are dropped
 *
 * Sets the permissions of a file or folder.
 *
 * Returns: %TRUE, or %FALSE with a `G_FILE_ERROR` set
 */
gboolean
wb_lab_jail_chmod (WbLabJail *self, const char *path, mode_t mode, GError **error)
{
  int fd;
  g_autofree char *handle = make_handle (self, path, &fd, error);
  gboolean well;

  if (handle == NULL)
    return FALSE;
  well = chmod (handle, mode & 0777) == 0 || set_errno (error, path);
  close (fd);
  return well;
}

/**
 * wb_lab_jail_set_time:
 * @path: a resolved path
 * @seconds: since the epoch, UTC
 *
 * Sets the time of the last modification.
 *
 * Returns: %TRUE, or %FALSE with a `G_FILE_ERROR` set
 */
gboolean
wb_lab_jail_set_time (WbLabJail *self, const char *path, gint64 seconds, GError **error)
{
  struct timespec times[2] = { { 0, UTIME_OMIT }, { seconds, 0 } };
  int fd;
  g_autofree char *handle = make_handle (self, path, &fd, error);
  gboolean well;

  if (handle == NULL)
    return FALSE;
  well = utimensat (AT_FDCWD, handle, times, 0) == 0 || set_errno (error, path);
  close (fd);
  return well;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-part.h"

#include "wb-ftp-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* What a file name may have on every common file system. */
#define NAME_BYTES_MAX 255

/* Left over parts are not ours to delete: somebody may want them, or they were never ours. */
#define PARTS_MAX 100

static gboolean
fail_writing (const char *path, int code, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);

  if (code == EEXIST)
    g_set_error (error, WB_FTP_ERROR, WB_FTP_ERROR_EXISTS,
                 /* Translators: %s is the path of a file. */
                 _ ("Could not receive the file. “%s” exists already: choose to overwrite it, or "
                    "another name."),
                 shown);
  else
    g_set_error (error, WB_FTP_ERROR, WB_FTP_ERROR_LOCAL,
                 /* Translators: the first %s is the path of a file, the second the reason. */
                 _ ("Could not receive the file. “%s” cannot be written: %s."), shown,
                 g_strerror (code));
  return FALSE;
}

/* The rename at the end would put a file where a device was, which other programs need. */
static gboolean
fail_special (const char *path, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, WB_FTP_ERROR, WB_FTP_ERROR_LOCAL,
               /* Translators: %s is the path of a device, a pipe or a socket. */
               _ ("Could not receive the file. “%s” is not an ordinary file, so nothing was "
                  "written over it. Choose another name."),
               shown);
  return FALSE;
}

/* "NAME.part", shortened where the name itself is nearly too long. */
static char *
make_part_path (const char *target, guint number)
{
  g_autofree char *folder = g_path_get_dirname (target);
  g_autofree char *name = g_path_get_basename (target);
  g_autofree char *ending = number == 0 ? g_strdup (".part") : g_strdup_printf (".%u.part", number);
  gsize room = NAME_BYTES_MAX - strlen (ending);
  g_autofree char *part = NULL;

  if (strlen (name) > room)
    name[room] = '\0';
  part = g_strconcat (name, ending, NULL);
  return g_build_filename (folder, part, NULL);
}

/* Makes the part beside @target. What stands there under the target's own name is looked at, not
 * followed, and not touched. */
gboolean
wb_ftp_part_open (WbFtpPart *part, GFile *target, gboolean overwrite, GError **error)
{
  const char *path = g_file_peek_path (target);
  g_autofree char *name = NULL;
  struct stat st;

  *part = (WbFtpPart){ .fd = -1 };
  if (path == NULL)
    {
      g_set_error_literal (error, WB_FTP_ERROR, WB_FTP_ERROR_LOCAL,
                           _ ("Could not receive the file. The target is not a folder on this "
                              "computer."));
      return FALSE;
    }
  name = g_path_get_basename (path);
  if (strlen (name) > NAME_BYTES_MAX)
    return fail_writing (path, ENAMETOOLONG, error);
  if (lstat (path, &st) == 0)
    {
      if (S_ISDIR (st.st_mode))
        return fail_writing (path, EISDIR, error);
      if (!overwrite)
        return fail_writing (path, EEXIST, error);
      if (!S_ISREG (st.st_mode) && !S_ISLNK (st.st_mode))
        return fail_special (path, error);
    }

  part->target = g_strdup (path);
  for (guint i = 0; i < PARTS_MAX && part->fd < 0; i++)
    {
      g_free (part->path);
      part->path = make_part_path (path, i);
      part->fd = open (part->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
      if (part->fd < 0 && errno != EEXIST)
        break;
    }
  if (part->fd < 0)
    {
      g_clear_pointer (&part->path, g_free);
      return fail_writing (path, errno, error);
    }
  return TRUE;
}

/* Not every file system knows RENAME_NOREPLACE; a hard link refuses an existing name, too. */
static int
rename_without_replacing (const char *from, const char *to)
{
  if (renameat2 (AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
    return 0;
  if (errno != EINVAL && errno != ENOSYS)
    return -1;
  if (link (from, to) != 0)
    return -1;
  unlink (from);
  return 0;
}

/* The file is whole: gives it its name. */
gboolean
wb_ftp_part_finish (WbFtpPart *part, gboolean overwrite, GError **error)
{
  int fd = part->fd;
  int result = 0;

  /* A crash after the rename must not leave neither the old content nor the new. */
  if (overwrite && access (part->target, F_OK) == 0 && fsync (fd) != 0)
    return fail_writing (part->target, errno, error);
  part->fd = -1;
  /* Some file systems tell only now that they could not write. */
  if (close (fd) != 0 && errno != EINTR)
    return fail_writing (part->target, errno, error);
  result = overwrite ? rename (part->path, part->target)
                     : rename_without_replacing (part->path, part->target);
  if (result != 0)
    return fail_writing (part->target, errno, error);
  g_clear_pointer (&part->path, g_free);
  return TRUE;
}

/* What has not been finished is removed. */
void
wb_ftp_part_clear (WbFtpPart *part)
{
  if (part->fd >= 0)
    close (part->fd);
  part->fd = -1;
  if (part->path != NULL)
    unlink (part->path);
  g_clear_pointer (&part->path, g_free);
  g_clear_pointer (&part->target, g_free);
}

static gboolean
is_made_up (int fd)
{
  struct statfs fs;

  return fstatfs (fd, &fs) == 0 && (fs.f_type == PROC_SUPER_MAGIC || fs.f_type == SYSFS_MAGIC ||
                                    fs.f_type == DEBUGFS_MAGIC || fs.f_type == TRACEFS_MAGIC);
}

/* Opens what is to be sent. Only a regular file has a size that can be relied on and an end;
 * opening must not wait for the other side of a FIFO. Returns the descriptor, or -1. */
int
wb_ftp_source_open (GFile *source, gint64 *size, GError **error)
{
  const char *path = g_file_peek_path (source);
  g_autofree char *shown = path != NULL ? g_filename_display_name (path) : g_file_get_uri (source);
  struct stat st;
  int fd = -1;

  if (path != NULL)
    fd = open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  else
    errno = EOPNOTSUPP;
  if (fd < 0 || fstat (fd, &st) != 0)
    {
      g_set_error (error, WB_FTP_ERROR, WB_FTP_ERROR_LOCAL,
                   /* Translators: the first %s is the path of a file, the second the reason. */
                   _ ("Could not send the file. “%s” cannot be read: %s."), shown,
                   g_strerror (errno));
      if (fd >= 0)
        close (fd);
      return -1;
    }
  if (!S_ISREG (st.st_mode) || is_made_up (fd))
    {
      g_set_error (error, WB_FTP_ERROR, WB_FTP_ERROR_LOCAL,
                   /* Translators: %s is the path of something that is no ordinary file. */
                   _ ("Could not send the file. “%s” is not an ordinary file, so it has no size "
                      "or end. Copy what is in it to one first."),
                   shown);
      close (fd);
      return -1;
    }
  *size = st.st_size;
  return fd;
}

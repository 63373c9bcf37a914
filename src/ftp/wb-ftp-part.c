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
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* What a file name may have on every common file system. */
#define NAME_BYTES_MAX 255
#define PART_NAME_MAX (NAME_BYTES_MAX - (int) strlen (".XXXXXXXX.part"))

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

/* "NAME.XXXXXXXX.part", shortened where the name itself is nearly too long. The name may be that of
 * nothing else at all, such as the next file's own, so it has digits: by chance, or for a part that
 * is to be found again those of what it is a part of. */
static char *
make_part_path (const char *target, const WbFtpOrigin *origin, guint number)
{
  g_autofree char *folder = g_path_get_dirname (target);
  g_autofree char *name = g_path_get_basename (target);
  g_autofree char *digits = NULL;
  g_autofree char *part = NULL;

  if (origin != NULL && number == 0)
    {
      g_autofree char *text = g_strconcat (origin->address, "\n", origin->path, NULL);

      digits = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
    }
  else
    digits = g_strdup_printf ("%08x", g_random_int ());
  part = g_strdup_printf ("%.*s.%.8s.part", PART_NAME_MAX, name, digits);
  return g_build_filename (folder, part, NULL);
}

/* Where a part of @origin that may be gone on with lies. */
char *
wb_ftp_part_get_path (const char *target, const WbFtpOrigin *origin)
{
  return make_part_path (target, origin, 0);
}

/* Checks that @target may be written. What stands there under that name is looked at, not followed,
 * and not touched. */
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
  return TRUE;
}

static int
open_new (const char *path)
{
  int fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);

  if (fd >= 0)
    flock (fd, LOCK_EX | LOCK_NB);
  return fd;
}

/* Opens a part that an earlier transfer of the same file left, unless another program is at it. -1
 * if it is none of those. */
static int
open_left (const char *path, const char *record, const WbFtpOrigin *origin, gint64 *offset)
{
  g_auto (WbFtpOrigin) begun = { .size = -1 };
  struct stat st;
  int fd = -1;

  if (!wb_ftp_origin_read (&begun, record) || !wb_ftp_origin_same_file (&begun, origin))
    return -1;
  fd = open (path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0)
    return -1;
  if (flock (fd, LOCK_EX | LOCK_NB) != 0 || fstat (fd, &st) != 0 || !S_ISREG (st.st_mode) ||
      st.st_nlink != 1)
    {
      close (fd);
      return -1;
    }
  if (wb_ftp_origin_unchanged (&begun, origin) && st.st_size <= origin->size)
    *offset = st.st_size;
  return fd;
}

/* Whether something was left that may be gone on with. */
gboolean
wb_ftp_part_is_left (const char *target, const WbFtpOrigin *origin)
{
  g_autofree char *path = wb_ftp_part_get_path (target, origin);
  g_autofree char *record = g_strconcat (path, ".info", NULL);

  return access (path, F_OK) == 0 && access (record, F_OK) == 0;
}

/* Makes the part beside the target. With an @origin, one that was left of the same file is gone on
 * with if that has not changed since, and begun again if it has; and what it is a part of is
 * recorded. */
gboolean
wb_ftp_part_begin (WbFtpPart *part, const WbFtpOrigin *origin, GError **error)
{
  gboolean fresh = FALSE;

  for (guint i = 0; i < PARTS_MAX && part->fd < 0; i++)
    {
      g_free (part->path);
      g_clear_pointer (&part->record, g_free);
      part->path = make_part_path (part->target, origin, i);
      if (origin != NULL)
        {
          part->record = g_strconcat (part->path, ".info", NULL);
          part->fd = open_left (part->path, part->record, origin, &part->offset);
          if (part->fd >= 0)
            break;
        }
      part->fd = open_new (part->path);
      fresh = part->fd >= 0;
      if (part->fd < 0 && errno != EEXIST)
        break;
    }
  if (part->fd < 0)
    {
      int code = errno;

      g_clear_pointer (&part->path, g_free);
      g_clear_pointer (&part->record, g_free);
      return fail_writing (part->target, code, error);
    }
  /* Without a record nobody could go on with it; that is all that is lost. */
  if (origin != NULL && !wb_ftp_origin_write (origin, part->record, NULL))
    g_clear_pointer (&part->record, g_free);
  if (part->offset == 0 && !fresh)
    return wb_ftp_part_restart (part, error);
  return TRUE;
}

/* What came so far is worth nothing. */
gboolean
wb_ftp_part_restart (WbFtpPart *part, GError **error)
{
  part->offset = 0;
  if (ftruncate (part->fd, 0) != 0 || lseek (part->fd, 0, SEEK_SET) != 0)
    return fail_writing (part->target, errno, error);
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
wb_ftp_part_finish (WbFtpPart *part, gboolean overwrite, GDateTime *modified, GError **error)
{
  int fd = part->fd;
  int result = 0;

  if (modified != NULL)
    {
      struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
                                   { .tv_sec = g_date_time_to_unix (modified) } };

      futimens (fd, times);
    }

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
  if (part->record != NULL)
    unlink (part->record);
  g_clear_pointer (&part->record, g_free);
  return TRUE;
}

/* What has not been finished is removed, unless it is to be kept and holds something. */
void
wb_ftp_part_clear (WbFtpPart *part)
{
  struct stat st;
  gboolean keep = part->keep && part->record != NULL && part->fd >= 0 &&
                  fstat (part->fd, &st) == 0 && st.st_size > 0;

  if (part->path != NULL && !keep)
    unlink (part->path);
  if (part->record != NULL && !keep)
    unlink (part->record);
  if (part->fd >= 0)
    close (part->fd);
  part->fd = -1;
  g_clear_pointer (&part->path, g_free);
  g_clear_pointer (&part->record, g_free);
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

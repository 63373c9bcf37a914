/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-message.h"
#include "wb-message-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CHUNK (1024 * 1024)
#define MAXIMUM_TRIES 1000

static gboolean
set_error (GError **error, const char *name, int code)
{
  g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE,
               /* Translators: the first %s is a file name, the second the system's reason. */
               _ ("“%s” could not be saved: %s."), name, g_strerror (code));
  return FALSE;
}

static gboolean
write_all (int fd, GBytes *bytes, const char *name, GCancellable *cancellable, GError **error)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  while (length > 0)
    {
      gssize written;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      written = write (fd, data, MIN (length, CHUNK));
      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return set_error (error, name, errno);
      data += written;
      length -= written;
    }
  return TRUE;
}

/* "picture.png", then "picture (2).png". */
static char *
numbered (const char *name, guint try)
{
  const char *dot = strrchr (name, '.');

  if (try == 1)
    return g_strdup (name);
  if (dot == NULL || dot == name)
    return g_strdup_printf ("%s (%u)", name, try);
  return g_strdup_printf ("%.*s (%u)%s", (int) (dot - name), name, try, dot);
}

/* Gives the finished file its name without ever taking one that is in use. */
static char *
publish (int directory, const char *temporary, const char *name, GError **error)
{
  for (guint try = 1; try <= MAXIMUM_TRIES; try++)
    {
      g_autofree char *candidate = numbered (name, try);

      if (renameat2 (directory, temporary, directory, candidate, RENAME_NOREPLACE) == 0)
        return g_steal_pointer (&candidate);
      /* Not every file system has that; a hard link refuses as well. */
      if (errno == EINVAL && linkat (directory, temporary, directory, candidate, 0) == 0)
        {
          unlinkat (directory, temporary, 0);
          return g_steal_pointer (&candidate);
        }
      if (errno != EEXIST)
        {
          set_error (error, name, errno);
          return NULL;
        }
    }
  set_error (error, name, EEXIST);
  return NULL;
}

static const char *
name_for (const WbMessagePart *part)
{
  if (part->file_name != NULL)
    return part->file_name;
  if (g_str_has_prefix (part->type, "message/"))
    return "message.eml";
  if (strcmp (part->type, "text/html") == 0)
    return "text.html";
  return g_str_has_prefix (part->type, "text/") ? "text.txt" : "attachment";
}

static char *
save_in (int directory, const char *name, GBytes *bytes, GCancellable *cancellable, GError **error)
{
  g_autofree char *uuid = g_uuid_string_random ();
  g_autofree char *temporary = g_strconcat (".", uuid, ".part", NULL);
  g_autofree char *saved = NULL;
  gboolean fine;
  int fd =
      openat (directory, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

  if (fd < 0)
    {
      set_error (error, name, errno);
      return NULL;
    }
  fine = write_all (fd, bytes, name, cancellable, error);
  if (fine && fsync (fd) != 0)
    fine = set_error (error, name, errno);
  if (close (fd) != 0 && fine)
    fine = set_error (error, name, errno);
  if (fine)
    saved = publish (directory, temporary, name, error);
  if (saved == NULL)
    unlinkat (directory, temporary, 0);
  return g_steal_pointer (&saved);
}

/**
 * wb_message_save_part:
 * @part: one of this message
 * @directory: a folder on this computer
 * @cancellable: (nullable): stops it; nothing is left behind
 *
 * Saves what a part holds, under its safe name, readable by the person alone and never to be
 * executed. A file that is there stays: the new one becomes "name (2)".
 *
 * Safe from any thread; blocks.
 *
 * Returns: (transfer full): the file, or %NULL with %WB_MAIL_ERROR_STORE or
 *   `G_IO_ERROR_CANCELLED` set
 */
GFile *
wb_message_save_part (WbMessage *self,
                      const WbMessagePart *part,
                      GFile *directory,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autofree char *path = NULL;
  g_autofree char *saved = NULL;
  g_autoptr (GBytes) bytes = NULL;
  int fd;

  g_return_val_if_fail (WB_IS_MESSAGE (self), NULL);
  g_return_val_if_fail (part != NULL, NULL);
  g_return_val_if_fail (G_IS_FILE (directory), NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  bytes = wb_message_get_part_content (self, part->number);
  path = g_file_get_path (directory);
  if (bytes == NULL || path == NULL)
    {
      set_error (error, name_for (part), bytes == NULL ? EINVAL : ENOTSUP);
      return NULL;
    }
  fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    {
      set_error (error, name_for (part), errno);
      return NULL;
    }
  saved = save_in (fd, name_for (part), bytes, cancellable, error);
  close (fd);
  return saved != NULL ? g_file_get_child (directory, saved) : NULL;
}

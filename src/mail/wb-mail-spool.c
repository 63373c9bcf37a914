/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-mail-spool.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <unistd.h>

#define PIECE ((gsize) 64 * 1024)

/* More than this goes to a file. */
#define MAXIMUM_IN_MEMORY ((gsize) 4 * 1024 * 1024)

/* What came so far: in @bytes, or in an unnamed file. */
typedef struct
{
  GByteArray *bytes;
  int fd; /* -1 where all is in memory still */
  guint64 size;
} Spool;

static void
spool_clear (Spool *self)
{
  g_clear_pointer (&self->bytes, g_byte_array_unref);
  if (self->fd >= 0)
    close (self->fd);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Spool, spool_clear)

static gboolean
write_all (int fd, const guint8 *data, gsize length, GError **error)
{
  while (length > 0)
    {
      gssize written = write (fd, data, length);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        {
          g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE,
                       /* Translators: %1$s is a folder, %2$s the system's reason. */
                       _ ("The message could not be put into a temporary file in “%1$s”: %2$s."),
                       g_get_tmp_dir (), g_strerror (errno));
          return FALSE;
        }
      data += written;
      length -= written;
    }
  return TRUE;
}

/* A file that nobody else can open and that is gone with whoever has it open. */
static gboolean
move_to_file (Spool *self, GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) local_error = NULL;

  self->fd = g_file_open_tmp (NULL, &path, &local_error);
  if (self->fd < 0)
    {
      g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE, local_error->message);
      return FALSE;
    }
  g_unlink (path);
  if (!write_all (self->fd, self->bytes->data, self->bytes->len, error))
    return FALSE;
  g_clear_pointer (&self->bytes, g_byte_array_unref);
  return TRUE;
}

static gboolean
add (Spool *self, const guint8 *data, gsize length, GError **error)
{
  self->size += length;
  if (self->fd < 0 && self->bytes->len + length > MAXIMUM_IN_MEMORY && !move_to_file (self, error))
    return FALSE;
  if (self->fd >= 0)
    return write_all (self->fd, data, length, error);
  g_byte_array_append (self->bytes, data, (guint) length);
  return TRUE;
}

/* Returns: how many bytes came, 0 at the end, -1 with @error set */
static gssize
read_some (int fd, const char *name, guint8 *buffer, GCancellable *cancellable, GError **error)
{
  for (;;)
    {
      int stop = g_cancellable_get_fd (cancellable);
      struct pollfd fds[] = { { fd, POLLIN, 0 }, { stop, POLLIN, 0 } };
      gssize got = poll (fds, stop >= 0 ? 2 : 1, -1);

      if (stop >= 0)
        g_cancellable_release_fd (cancellable);
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return -1;
      if (got >= 0)
        got = read (fd, buffer, PIECE);
      if (got >= 0)
        return got;
      if (errno != EINTR && errno != EAGAIN)
        {
          g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
                       /* Translators: %1$s is a file, %2$s the system's reason. */
                       _ ("“%1$s” could not be read: %2$s."), name, g_strerror (errno));
          return -1;
        }
    }
}

/**
 * wb_mail_spool:
 * @fd: where a message comes from, to its end, such as a pipe; not closed
 * @name: what a person knows it by, for messages
 * @maximum: the most bytes that are taken
 *
 * Takes down a message that can be read but once; a large one in a temporary file, so that it need
 * not be held. Blocks; any thread.
 *
 * Returns: (transfer full): all of it, or %NULL with %WB_MAIL_ERROR_INVALID,
 *   %WB_MAIL_ERROR_TOO_LARGE, %WB_MAIL_ERROR_STORE or %G_IO_ERROR_CANCELLED set
 */
WbMailSource *
wb_mail_spool (int fd, const char *name, guint64 maximum, GCancellable *cancellable, GError **error)
{
  g_auto (Spool) spool = { g_byte_array_new (), -1, 0 };
  g_autofree guint8 *buffer = g_malloc (PIECE);
  g_autoptr (GBytes) bytes = NULL;
  gssize got = 0;

  while ((got = read_some (fd, name, buffer, cancellable, error)) > 0)
    {
      if (!add (&spool, buffer, (gsize) got, error))
        return NULL;
      if (spool.size > maximum)
        {
          g_autofree char *limit = g_format_size_full (maximum, G_FORMAT_SIZE_IEC_UNITS);

          g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_TOO_LARGE,
                       /* Translators: %1$s is a file name, %2$s a size. */
                       _ ("%1$s holds more than %2$s, which is the most that can be sent at once."),
                       name, limit);
          return NULL;
        }
    }
  if (got < 0)
    return NULL;
  if (spool.fd >= 0)
    {
      int file = spool.fd;

      spool.fd = -1;
      return wb_mail_source_new_for_file (file, name, error);
    }
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&spool.bytes));
  return wb_mail_source_new (bytes);
}

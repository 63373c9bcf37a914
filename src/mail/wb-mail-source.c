/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-mail-source.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Large enough that the calls do not matter, small enough to hold. */
#define PIECE ((gsize) 256 * 1024)

/* What is read as a whole at most. */
#define MAXIMUM_IN_MEMORY ((guint64) 1024 * 1024 * 1024)

/* A file that is open, and how it was when it was. */
typedef struct
{
  int fd;
  char *name;
  struct stat info;
} File;

struct _WbMailSource
{
  gatomicrefcount count;
  GBytes *front;
  File *file;   /* (nullable) atomic reference: what comes behind @front */
  guint64 from; /* where in it that begins */
};

static void
file_clear (File *file)
{
  close (file->fd);
  g_free (file->name);
}

static guint64
get_file_size (const File *file)
{
  return (guint64) file->info.st_size;
}

/**
 * wb_mail_source_new:
 *
 * Returns: (transfer full): a source of what is in memory
 */
WbMailSource *
wb_mail_source_new (GBytes *bytes)
{
  WbMailSource *self = g_new0 (WbMailSource, 1);

  g_atomic_ref_count_init (&self->count);
  self->front = g_bytes_ref (bytes);
  return self;
}

static gboolean
fail (const char *name, int code, GError **error)
{
  g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_FILE,
               /* Translators: %1$s is a file, %2$s the system's reason. */
               _ ("“%1$s” could not be read: %2$s."), name, g_strerror (code));
  return FALSE;
}

/**
 * wb_mail_source_new_for_file:
 * @fd: (transfer full): an ordinary file, open for reading; closed if this fails, too
 * @name: what a person knows it by, for messages
 *
 * Blocks; any thread.
 *
 * Returns: (transfer full): a source of all that is in the file, or %NULL with
 *   %WB_MAIL_ERROR_FILE set
 */
WbMailSource *
wb_mail_source_new_for_file (int fd, const char *name, GError **error)
{
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);
  WbMailSource *self = NULL;
  struct stat info = { 0 };
  int code = 0;

  if (fstat (fd, &info) != 0)
    code = errno;
  else if (!S_ISREG (info.st_mode))
    code = EINVAL;
  if (code != 0)
    {
      close (fd);
      fail (name, code, error);
      return NULL;
    }
  self = wb_mail_source_new (nothing);
  self->file = g_atomic_rc_box_new0 (File);
  self->file->fd = fd;
  self->file->name = g_strdup (name);
  self->file->info = info;
  return self;
}

/**
 * wb_mail_source_replace_front:
 * @length: how many bytes at the beginning are left out
 * @front: what stands there instead
 *
 * Returns: (transfer full): a source of @front and what is behind @length bytes of @self
 */
WbMailSource *
wb_mail_source_replace_front (WbMailSource *self, guint64 length, GBytes *front)
{
  WbMailSource *made = NULL;
  gsize held = g_bytes_get_size (self->front);

  g_return_val_if_fail (length <= wb_mail_source_get_size (self), NULL);

  if (length >= held)
    made = wb_mail_source_new (front);
  else
    {
      g_autoptr (GBytes) rest = NULL;
      GByteArray *joined = g_byte_array_new ();
      gsize size = 0;
      const guint8 *data = g_bytes_get_data (front, &size);

      if (size > 0)
        g_byte_array_append (joined, data, size);
      data = g_bytes_get_data (self->front, &size);
      g_byte_array_append (joined, data + length, held - length);
      rest = g_byte_array_free_to_bytes (joined);
      made = wb_mail_source_new (rest);
    }
  if (self->file != NULL)
    {
      made->file = g_atomic_rc_box_acquire (self->file);
      made->from = self->from + (length > held ? length - held : 0);
    }
  return made;
}

/**
 * wb_mail_source_ref:
 *
 * Returns: (transfer full): @self
 */
WbMailSource *
wb_mail_source_ref (WbMailSource *self)
{
  g_atomic_ref_count_inc (&self->count);
  return self;
}

/**
 * wb_mail_source_unref:
 * @self: (nullable) (transfer full): a source
 */
void
wb_mail_source_unref (WbMailSource *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->count))
    return;
  g_bytes_unref (self->front);
  if (self->file != NULL)
    g_atomic_rc_box_release_full (self->file, (GDestroyNotify) file_clear);
  g_free (self);
}

/**
 * wb_mail_source_get_size:
 *
 * Returns: how many bytes there are
 */
guint64
wb_mail_source_get_size (WbMailSource *self)
{
  guint64 size = g_bytes_get_size (self->front);

  return self->file != NULL ? size + get_file_size (self->file) - self->from : size;
}

/**
 * wb_mail_source_read:
 * @at: where to begin
 *
 * Blocks; any thread.
 *
 * Returns: (transfer full): as many bytes from there on as come at once, none only at the end;
 * %NULL with %WB_MAIL_ERROR_FILE set where the file cannot be read or was cut
 */
GBytes *
wb_mail_source_read (WbMailSource *self, guint64 at, GError **error)
{
  gsize held = g_bytes_get_size (self->front);
  guint64 size = wb_mail_source_get_size (self);
  g_autofree char *data = NULL;
  gsize length = 0;
  gsize wanted = 0;

  g_return_val_if_fail (at <= size, NULL);

  if (at < held || self->file == NULL)
    return g_bytes_new_from_bytes (self->front, at, held - at);

  wanted = MIN (PIECE, size - at);
  data = g_malloc (MAX (wanted, 1));
  while (length < wanted)
    {
      gssize got = pread (self->file->fd, data + length, wanted - length,
                          (off_t) (self->from + at - held + length));

      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        {
          fail (self->file->name, errno, error);
          return NULL;
        }
      if (got == 0)
        {
          if (wb_mail_source_check (self, error))
            fail (self->file->name, EIO, error);
          return NULL;
        }
      length += got;
    }
  return g_bytes_new_take (g_steal_pointer (&data), length);
}

/**
 * wb_mail_source_read_all:
 *
 * Blocks; any thread.
 *
 * Returns: (transfer full): all bytes, in memory; %NULL with %WB_MAIL_ERROR_FILE set where the
 *   file cannot be read or was cut, and %WB_MAIL_ERROR_TOO_LARGE where there is no memory for it
 */
GBytes *
wb_mail_source_read_all (WbMailSource *self, GError **error)
{
  guint64 size = wb_mail_source_get_size (self);
  g_autofree char *data = NULL;
  guint64 at = 0;

  if (self->file == NULL)
    return g_bytes_ref (self->front);
  data = size <= MAXIMUM_IN_MEMORY ? g_try_malloc (size + 1) : NULL;
  if (data == NULL)
    {
      g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_TOO_LARGE,
                   /* Translators: %s is a file. */
                   _ ("“%s” is too large to be read as a whole."), self->file->name);
      return NULL;
    }
  while (at < size)
    {
      g_autoptr (GBytes) piece = wb_mail_source_read (self, at, error);
      gsize length = 0;
      const char *bytes = piece != NULL ? g_bytes_get_data (piece, &length) : NULL;

      if (piece == NULL)
        return NULL;
      memcpy (data + at, bytes, length);
      at += length;
    }
  return g_bytes_new_take (g_steal_pointer (&data), size);
}

/* Behind the empty line that ends the header, or 0. */
static gsize
find_body (const char *text, gsize length)
{
  const char *end = text + length;

  for (const char *p = text; p < end && (p = memchr (p, '\n', end - p)) != NULL; p++)
    {
      if (p + 1 < end && p[1] == '\n')
        return p + 2 - text;
      if (p + 2 < end && p[1] == '\r' && p[2] == '\n')
        return p + 3 - text;
    }
  return 0;
}

/**
 * wb_mail_source_read_header:
 *
 * Blocks; any thread.
 *
 * Returns: (transfer full): all up to the first empty line and this; all there is where there is
 *   none; %NULL with @error set as by wb_mail_source_read()
 */
GBytes *
wb_mail_source_read_header (WbMailSource *self, GError **error)
{
  g_autoptr (GByteArray) header = g_byte_array_new ();
  guint64 size = wb_mail_source_get_size (self);
  gsize searched = 0;

  while (header->len < size)
    {
      g_autoptr (GBytes) piece = wb_mail_source_read (self, header->len, error);
      gsize length = 0;
      gsize body = 0;

      if (piece == NULL)
        return NULL;
      if (header->len == 0)
        {
          /* The usual case, without a copy of all. */
          const char *data = g_bytes_get_data (piece, &length);

          body = find_body (data, length);
          if (body > 0 || length == size)
            return g_bytes_new_from_bytes (piece, 0, body > 0 ? body : length);
        }
      g_byte_array_append (header, g_bytes_get_data (piece, &length), g_bytes_get_size (piece));
      body = find_body ((const char *) header->data + searched, header->len - searched);
      if (body > 0)
        {
          g_byte_array_set_size (header, (guint) (searched + body));
          break;
        }
      searched = header->len > 2 ? header->len - 2 : 0;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&header));
}

/**
 * wb_mail_source_check:
 *
 * Looks whether the file is as it was when it was opened. Blocks; any thread.
 *
 * Returns: %TRUE, or %FALSE with %WB_MAIL_ERROR_FILE set
 */
gboolean
wb_mail_source_check (WbMailSource *self, GError **error)
{
  const struct stat *was = self->file != NULL ? &self->file->info : NULL;
  struct stat is = { 0 };

  if (was == NULL)
    return TRUE;
  if (fstat (self->file->fd, &is) != 0)
    return fail (self->file->name, errno, error);
  if (is.st_size == was->st_size && is.st_mtim.tv_sec == was->st_mtim.tv_sec &&
      is.st_mtim.tv_nsec == was->st_mtim.tv_nsec)
    return TRUE;
  g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_FILE,
               /* Translators: %s is a file. */
               _ ("“%s” changed while it was read. Try again when nothing writes to it."),
               self->file->name);
  return FALSE;
}

/**
 * wb_mail_source_equal:
 *
 * Blocks; any thread.
 *
 * Returns: whether both are the same bytes; %FALSE with @error set where one cannot be read
 */
gboolean
wb_mail_source_equal (WbMailSource *self, WbMailSource *other, GError **error)
{
  guint64 size = wb_mail_source_get_size (self);
  guint64 at = 0;

  if (size != wb_mail_source_get_size (other))
    return FALSE;
  while (at < size)
    {
      g_autoptr (GBytes) one = wb_mail_source_read (self, at, error);
      g_autoptr (GBytes) two = one != NULL ? wb_mail_source_read (other, at, error) : NULL;
      gsize length = 0;

      if (two == NULL)
        return FALSE;
      length = MIN (g_bytes_get_size (one), g_bytes_get_size (two));
      if (memcmp (g_bytes_get_data (one, NULL), g_bytes_get_data (two, NULL), length) != 0)
        return FALSE;
      at += length;
    }
  return TRUE;
}

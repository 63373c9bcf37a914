/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-origin.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define GROUP "part"

/* A record is a few lines; anything larger is not ours. */
#define RECORD_MAX (64 * 1024)

void
wb_ftp_origin_clear (WbFtpOrigin *self)
{
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->modified, g_date_time_unref);
  self->size = -1;
}

/* Whether a change would be noticed. A file of the same size may be another one. */
gboolean
wb_ftp_origin_is_known (const WbFtpOrigin *self)
{
  return self->size >= 0 && self->modified != NULL;
}

gboolean
wb_ftp_origin_same_file (const WbFtpOrigin *self, const WbFtpOrigin *other)
{
  return g_strcmp0 (self->address, other->address) == 0 && g_strcmp0 (self->path, other->path) == 0;
}

gboolean
wb_ftp_origin_unchanged (const WbFtpOrigin *self, const WbFtpOrigin *other)
{
  return wb_ftp_origin_is_known (self) && wb_ftp_origin_is_known (other) &&
         wb_ftp_origin_same_file (self, other) && self->size == other->size &&
         g_date_time_equal (self->modified, other->modified);
}

/* Names are bytes, and a key file is text. */
static char *
escape (const char *bytes)
{
  return g_uri_escape_string (bytes, "/", FALSE);
}

/* Reads what was recorded at @path; FALSE if it is no record. */
gboolean
wb_ftp_origin_read (WbFtpOrigin *self, const char *path)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = g_malloc (RECORD_MAX);
  g_autofree char *address = NULL;
  g_autofree char *name = NULL;
  g_autofree char *modified = NULL;
  g_autofree char *size = NULL;
  struct stat st;
  gssize length = -1;
  int fd = open (path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

  *self = (WbFtpOrigin){ .size = -1 };
  if (fd < 0)
    return FALSE;
  if (fstat (fd, &st) == 0 && S_ISREG (st.st_mode) && st.st_size < RECORD_MAX)
    length = read (fd, text, RECORD_MAX);
  close (fd);
  if (length <= 0 || !g_key_file_load_from_data (file, text, length, G_KEY_FILE_NONE, NULL))
    return FALSE;

  address = g_key_file_get_string (file, GROUP, "address", NULL);
  name = g_key_file_get_string (file, GROUP, "path", NULL);
  size = g_key_file_get_string (file, GROUP, "size", NULL);
  modified = g_key_file_get_string (file, GROUP, "modified", NULL);
  if (address == NULL || name == NULL || size == NULL)
    return FALSE;
  self->address = g_uri_unescape_string (address, NULL);
  self->path = g_uri_unescape_string (name, NULL);
  self->size = g_ascii_strtoll (size, NULL, 10);
  if (modified != NULL)
    self->modified = g_date_time_new_from_iso8601 (modified, NULL);
  return self->address != NULL && self->path != NULL;
}

/* Records it at @path. */
gboolean
wb_ftp_origin_write (const WbFtpOrigin *self, const char *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *address = escape (self->address);
  g_autofree char *name = escape (self->path);
  g_autofree char *text = NULL;
  gsize length = 0;

  g_key_file_set_string (file, GROUP, "address", address);
  g_key_file_set_string (file, GROUP, "path", name);
  g_key_file_set_int64 (file, GROUP, "size", self->size);
  if (self->modified != NULL)
    {
      g_autofree char *modified = g_date_time_format_iso8601 (self->modified);

      g_key_file_set_string (file, GROUP, "modified", modified);
    }
  text = g_key_file_to_data (file, &length, NULL);
  return g_file_set_contents (path, text, length, error);
}

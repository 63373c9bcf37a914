/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-mail-seen.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

struct _WbMailSeen
{
  int fd;
  char *server;
  GHashTable *uids;
  GString *pending; /* lines that are not on the disk yet */
};

static char *
escape_field (const char *text)
{
  return g_uri_escape_string (text, "@:", FALSE);
}

static void
read_lines (WbMailSeen *self, const char *text)
{
  const char *line = text;
  const char *end = NULL;
  g_autofree char *server = escape_field (self->server);

  /* A line without its end was never whole. */
  while ((end = strchr (line, '\n')) != NULL)
    {
      g_autofree char *whole = g_strndup (line, (gsize) (end - line));
      char *space = strchr (whole, ' ');

      line = end + 1;
      if (!space)
        continue;
      *space = '\0';
      if (strcmp (whole, server) == 0)
        {
          char *uid = g_uri_unescape_string (space + 1, NULL);

          if (uid)
            g_hash_table_add (self->uids, uid);
        }
    }
}

/**
 * wb_mail_seen_open:
 * @path: the file; made when it is not there
 * @server: whose UIDs
 * @error: set when the file can't be used
 *
 * Blocks; on a worker.
 *
 * Returns: (transfer full) (nullable): what is known
 */
WbMailSeen *
wb_mail_seen_open (const char *path, const char *server, GError **error)
{
  g_autoptr (WbMailSeen) self = g_new0 (WbMailSeen, 1);
  g_autofree char *text = NULL;
  gsize length = 0;

  self->server = g_strdup (server);
  self->uids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->pending = g_string_new (NULL);
  self->fd = open (path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->fd < 0)
    {
      int saved = errno;

      g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE,
                   /* Translators: the first %s is a file, the second the system's reason */
                   _ ("The list of received mails %s could not be opened: %s"), path,
                   g_strerror (saved));
      return NULL;
    }
  if (!g_file_get_contents (path, &text, &length, error))
    return NULL;
  read_lines (self, text);
  /* What follows a torn line begins on a new one. */
  if (length > 0 && text[length - 1] != '\n')
    g_string_append_c (self->pending, '\n');
  return g_steal_pointer (&self);
}

/**
 * wb_mail_seen_contains:
 * @self: what is known
 * @uid: one of the server's
 *
 * Returns: whether it is here already
 */
gboolean
wb_mail_seen_contains (WbMailSeen *self, const char *uid)
{
  return g_hash_table_contains (self->uids, uid);
}

/**
 * wb_mail_seen_add:
 * @self: what is known
 * @uid: of a message that is durably here
 *
 * Written by wb_mail_seen_flush().
 */
void
wb_mail_seen_add (WbMailSeen *self, const char *uid)
{
  g_autofree char *server = escape_field (self->server);
  g_autofree char *escaped = escape_field (uid);

  if (g_hash_table_add (self->uids, g_strdup (uid)))
    g_string_append_printf (self->pending, "%s %s\n", server, escaped);
}

/**
 * wb_mail_seen_flush:
 * @self: what is known
 * @error: set when it could not be written
 *
 * Blocks until what was added is on the disk.
 *
 * Returns: whether it is
 */
gboolean
wb_mail_seen_flush (WbMailSeen *self, GError **error)
{
  gsize at = 0;

  while (at < self->pending->len)
    {
      gssize n = write (self->fd, self->pending->str + at, self->pending->len - at);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        break;
      at += (gsize) n;
    }
  if (at < self->pending->len || fdatasync (self->fd) != 0)
    {
      int saved = errno;

      g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_STORE,
                   /* Translators: %s is the system's reason */
                   _ ("The list of received mails could not be written: %s"), g_strerror (saved));
      return FALSE;
    }
  g_string_truncate (self->pending, 0);
  return TRUE;
}

/**
 * wb_mail_seen_free:
 * @self: (nullable): what is known
 *
 * What was not flushed is not kept.
 */
void
wb_mail_seen_free (WbMailSeen *self)
{
  if (!self)
    return;
  if (self->fd >= 0)
    close (self->fd);
  g_clear_pointer (&self->uids, g_hash_table_unref);
  if (self->pending)
    g_string_free (self->pending, TRUE);
  g_free (self->server);
  g_free (self);
}

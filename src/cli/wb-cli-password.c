/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-cli"

#include "config.h"

#include "wb-cli-private.h"

#include "wb-secrets.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define PASSWORD_MAX 4096

/**
 * wb_cli_hide_passwords:
 * @argv: the process's own arguments
 *
 * Takes the password out of each URL in the arguments, so that it cannot be read
 * in a list of processes from now on.
 */
void
wb_cli_hide_passwords (int argc, char **argv)
{
  for (int i = 1; i < argc; i++)
    {
      char *authority = strstr (argv[i], "://");
      char *end;
      char *at;
      char *colon;
      gsize length;

      if (authority == NULL)
        continue;
      authority += 3;
      length = strlen (argv[i]);
      end = authority + strcspn (authority, "/?#");
      at = memrchr (authority, '@', (gsize) (end - authority));
      colon = at != NULL ? memchr (authority, ':', (gsize) (at - authority)) : NULL;
      if (colon == NULL)
        continue;
      memmove (colon, at, (gsize) (argv[i] + length - at));
      explicit_bzero (argv[i] + length - (at - colon), (gsize) (at - colon));
    }
}

/* The first line of what FD gives. */
static char *
read_password (int fd, const char *name, GCancellable *cancellable, GError **error)
{
  char buffer[PASSWORD_MAX + 1];
  gsize length = 0;
  char *password = NULL;
  GPollFD stop = { -1, 0, 0 };
  gboolean pollable = g_cancellable_make_pollfd (cancellable, &stop);

  for (;;)
    {
      struct pollfd fds[] = { { fd, POLLIN, 0 }, { stop.fd, POLLIN, 0 } };
      gssize n;

      if (poll (fds, pollable ? 2 : 1, -1) < 0 && errno != EINTR)
        break;
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        goto out;
      if (fds[0].revents == 0)
        continue;
      n = read (fd, buffer + length, sizeof buffer - length);
      if (n < 0 && (errno == EINTR || errno == EAGAIN))
        continue;
      if (n < 0)
        {
          g_set_error (error, WB_ERROR, WB_ERROR_FAILED,
                       /* Translators: %1$s is a file name, %2$s the system's reason. */
                       _ ("The password could not be read from %1$s: %2$s"), name,
                       g_strerror (errno));
          goto out;
        }
      length += (gsize) n;
      if (n == 0 || length == sizeof buffer || memchr (buffer, '\n', length) != NULL)
        break;
    }

  if (memchr (buffer, '\n', length) != NULL)
    length = (gsize) ((char *) memchr (buffer, '\n', length) - buffer);
  if (length > 0 && buffer[length - 1] == '\r')
    length--;
  if (length > PASSWORD_MAX || memchr (buffer, '\0', length) != NULL)
    g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
                 /* Translators: %s is a file name. */
                 _ ("The first line of %s is not a password: it is too long or holds a zero byte."),
                 name);
  else
    password = g_strndup (buffer, length);

out:
  explicit_bzero (buffer, sizeof buffer);
  if (pollable)
    g_cancellable_release_fd (cancellable);
  return password;
}

static char *
read_password_file (const char *path, GCancellable *cancellable, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  int fd = open (path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  char *password;

  if (fd < 0)
    {
      g_set_error (error, WB_ERROR, WB_ERROR_FAILED,
                   /* Translators: %1$s is a file name, %2$s the system's reason. */
                   _ ("The password could not be read from %1$s: %2$s"), shown, g_strerror (errno));
      return NULL;
    }
  password = read_password (fd, shown, cancellable, error);
  close (fd);
  return password;
}

static char *
keyring_password (const WbUrl *url, GCancellable *cancellable, GError **error)
{
  const char *bus = g_getenv ("DBUS_SESSION_BUS_ADDRESS");
  WbSecretKey key = { url->protocol, url->host, url->port, url->user };
  g_autoptr (WbSecrets) secrets = NULL;

  if (url->user == NULL || bus == NULL || *bus == '\0')
    return NULL;
  secrets = wb_secrets_new ();
  return wb_secrets_lookup (secrets, &key, cancellable, error);
}

/**
 * wb_cli_fill_password:
 * @url: where to log in; its password is set where a better source has one
 * @password_fd: a file descriptor whose first line is the password, or -1
 * @password_file: (nullable): a file whose first line is the password
 *
 * Looks for the password: the descriptor, the file, the environment's
 * `WIRE_PASSWORD`, the keyring, and last what the URL already holds.
 *
 * Returns: %FALSE with @error set where a source that was named cannot be read
 */
gboolean
wb_cli_fill_password (WbUrl *url,
                      int password_fd,
                      const char *password_file,
                      GCancellable *cancellable,
                      GError **error)
{
  const char *environment = g_getenv ("WIRE_PASSWORD");
  GError *failure = NULL;
  char *password = NULL;

  if (password_fd >= 0)
    {
      g_autofree char *name = g_strdup_printf ("--password-fd %d", password_fd);

      password = read_password (password_fd, name, cancellable, &failure);
    }
  else if (password_file != NULL)
    password = read_password_file (password_file, cancellable, &failure);
  else if (environment != NULL)
    password = g_strdup (environment);
  else
    password = keyring_password (url, cancellable, &failure);

  if (failure != NULL)
    {
      g_propagate_error (error, failure);
      return FALSE;
    }
  if (password != NULL)
    {
      wb_secret_free (url->password);
      url->password = password;
    }
  return TRUE;
}

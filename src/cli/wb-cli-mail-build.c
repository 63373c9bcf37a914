/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-cli"

#include "config.h"

#include "wb-cli-commands.h"
#include "wb-cli-mail-draft.h"

#include <glib/gi18n-lib.h>
#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

/* A pipe that is ready takes so many bytes without a wait. */
#define PIPE_PIECE 4096

/* Writes to stdout, where nobody may be reading, so that the person can end it. */
static gboolean
write_bytes (WbCli *cli, GBytes *bytes, GError **error)
{
  GCancellable *cancellable = wb_cli_get_cancellable (cli);
  struct pollfd ready[] = { { STDOUT_FILENO, POLLOUT, 0 },
                            { g_cancellable_get_fd (cancellable), POLLIN, 0 } };
  struct stat info = { 0 };
  gsize left = 0;
  const char *data = g_bytes_get_data (bytes, &left);
  gsize most = fstat (STDOUT_FILENO, &info) == 0 && S_ISREG (info.st_mode) ? left : PIPE_PIECE;
  int code = 0;

  while (left > 0 && code == 0 && !g_cancellable_is_cancelled (cancellable))
    {
      gssize written = 0;

      poll (ready, G_N_ELEMENTS (ready), -1);
      if (ready[0].revents != 0)
        written = write (STDOUT_FILENO, data, MIN (left, most));
      if (written < 0 && errno != EINTR && errno != EAGAIN)
        code = errno;
      if (written > 0)
        {
          data += written;
          left -= written;
        }
    }
  g_cancellable_release_fd (cancellable);
  if (code != 0)
    g_set_error (error, WB_ERROR, WB_ERROR_FAILED,
                 /* Translators: %s is the system's reason. */
                 _ ("The message could not be written: %s."), g_strerror (code));
  return code == 0 && !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static gboolean
write_message (WbCli *cli, WbMailSource *message, GError **error)
{
  guint64 size = wb_mail_source_get_size (message);

  for (guint64 at = 0; at < size;)
    {
      g_autoptr (GBytes) piece = wb_mail_source_read (message, at, error);

      if (piece == NULL || !write_bytes (cli, piece, error))
        return FALSE;
      at += g_bytes_get_size (piece);
    }
  return TRUE;
}

/**
 * wb_cli_mail_build:
 *
 * `wire mail build`: the message on stdout, byte for byte.
 *
 * Returns: the exit code
 */
int
wb_cli_mail_build (WbCli *cli)
{
  g_auto (WbCliDraft) options = { 0 };
  g_autofree GOptionEntry *entries = wb_cli_draft_entries (&options, NULL);
  g_autoptr (WbDraft) draft = NULL;
  g_autoptr (WbMailSource) message = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (!wb_cli_parse (cli, entries, 0, 0, &status))
    return status;
  draft = wb_cli_draft_make (cli, &options, &error);
  if (draft != NULL)
    message = wb_draft_build_source (draft, wb_cli_get_cancellable (cli), &error);
  if (message == NULL)
    return wb_cli_draft_fail (cli, error);
  return write_message (cli, message, &error) ? WB_CLI_DONE : wb_cli_fail (cli, error);
}

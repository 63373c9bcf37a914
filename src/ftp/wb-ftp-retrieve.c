/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-client-private.h"
#include "wb-ftp-part.h"

#include "wb-error.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

typedef struct
{
  gint64 expected; /* -1: nobody knows */
  gint64 received;
  WbFtpReply reply;
} Outcome;

static void
outcome_clear (Outcome *outcome)
{
  wb_ftp_reply_clear (&outcome->reply);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)

/* A data connection under TLS that ends without close_notify may have been cut by anybody. */
static void
mark_incomplete (GError **error)
{
  if (!g_error_matches (*error, WB_ERROR, WB_ERROR_TLS) &&
      !g_error_matches (*error, WB_ERROR, WB_ERROR_CLOSED))
    return;

  g_clear_error (error);
  g_set_error_literal (error, WB_FTP_ERROR, WB_FTP_ERROR_INCOMPLETE,
                       _ ("Could not receive the file. The data connection was cut before its "
                          "end, so what came is not all of it. Try again."));
}

static gboolean
fail_size (const Outcome *outcome, gint64 expected, GError **error)
{
  g_set_error (error, WB_FTP_ERROR, WB_FTP_ERROR_INCOMPLETE,
               /* Translators: both %s are numbers of bytes. */
               _ ("Could not receive the file. %" PRId64 " bytes came, and the server's "
                  "file has %" PRId64 ". Try again."),
               outcome->received, expected);
  return FALSE;
}

/* All the data went by and the server has replied: is it the whole file? The reply alone does not
 * tell: a server may say 226 after it lost its disk, or 426 when it took our close for an abort. */
static gboolean
judge (WbFtpClient *self,
       const char *path,
       Outcome *outcome,
       GCancellable *cancellable,
       GError **error)
{
  gboolean good = wb_ftp_reply_is_good (&outcome->reply);
  gint64 size = -1;

  if (good && (outcome->expected < 0 || outcome->received == outcome->expected))
    return TRUE;
  if (!good && outcome->reply.code != 426 && outcome->reply.code != 451)
    return wb_ftp_client_refuse (self, WB_FTP_STEP_DOWNLOAD, &outcome->reply, error);

  /* The listing may be older than the file. */
  size = wb_ftp_client_try_size (self, path, cancellable, error);
  if (size == -2)
    return FALSE;
  if (size >= 0 && size == outcome->received)
    return TRUE;
  if (!good && size < 0)
    return wb_ftp_client_refuse (self, WB_FTP_STEP_DOWNLOAD, &outcome->reply, error);
  return fail_size (outcome, size >= 0 ? size : outcome->expected, error);
}

/* RETR up to the reply behind the data. */
static gboolean
receive (WbFtpClient *self,
         const char *path,
         int fd,
         Outcome *outcome,
         WbProgress *progress,
         GCancellable *cancellable,
         GError **error)
{
  g_autoptr (WbConnection) data = NULL;
  g_auto (WbFtpReply) refusal = { 0 };
  g_autoptr (GError) local = NULL;

  data = wb_ftp_data_begin (self, WB_FTP_STEP_DOWNLOAD, "RETR", path, 0, &refusal, cancellable,
                            &local);
  if (data == NULL && local == NULL)
    return wb_ftp_client_refuse (self, WB_FTP_STEP_DOWNLOAD, &refusal, error);
  if (data == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  if (!wb_ftp_pump_down (data, fd, self->timeout, progress, &outcome->received, cancellable,
                         &local))
    {
      wb_ftp_client_break (self);
      mark_incomplete (&local);
      g_propagate_error (error, g_steal_pointer (&local));
      return wb_ftp_client_prefix (self, WB_FTP_STEP_DOWNLOAD, error);
    }
  wb_connection_close (data, cancellable, NULL);
  return wb_ftp_client_read_reply (self, WB_FTP_STEP_DOWNLOAD, &outcome->reply, cancellable, error);
}

/**
 * wb_ftp_client_retrieve:
 * @path: the server's bytes
 * @expected_size: what the listing said, or -1 to ask the server
 * @target: a file on this computer; its folder has to exist
 * @overwrite: whether a file that is there may be replaced
 * @progress: (nullable): told of the bytes
 *
 * Receives a file (RETR, RFC 959 §4.1.3) into "TARGET.part" and gives it its name when
 * the server's closing reply, the end of the data connection and the size agree. Until
 * then a file of that name stays as it is, and when it fails the part is removed. A
 * symbolic link is never followed.
 *
 * Errors: %WB_FTP_ERROR_NOT_FOUND, %WB_FTP_ERROR_EXISTS, %WB_FTP_ERROR_LOCAL,
 * %WB_FTP_ERROR_DATA, %WB_FTP_ERROR_INCOMPLETE, %WB_ERROR_TIMED_OUT, …
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_ftp_client_retrieve (WbFtpClient *self,
                        const char *path,
                        gint64 expected_size,
                        GFile *target,
                        WbFtpFileFlags flags,
                        WbProgress *progress,
                        GCancellable *cancellable,
                        GError **error)
{
  g_auto (WbFtpPart) part = { .fd = -1 };
  g_auto (Outcome) outcome = { .expected = expected_size };
  gboolean overwrite = (flags & WB_FTP_FILE_OVERWRITE) != 0;
  gboolean ok = FALSE;

  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);
  g_return_val_if_fail (G_IS_FILE (target), FALSE);

  if (!wb_ftp_client_is_ready (self, error))
    return FALSE;
  if (!wb_ftp_client_check_path (path, error))
    return wb_ftp_client_prefix (self, WB_FTP_STEP_DOWNLOAD, error);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (!wb_ftp_part_open (&part, target, overwrite, error))
    return FALSE;

  if (outcome.expected < 0)
    outcome.expected = wb_ftp_client_try_size (self, path, cancellable, error);
  if (outcome.expected == -2)
    return FALSE;
  if (progress != NULL)
    wb_progress_begin (progress, _ ("Receiving"), outcome.expected);

  ok = receive (self, path, part.fd, &outcome, progress, cancellable, error) &&
       judge (self, path, &outcome, cancellable, error) &&
       wb_ftp_part_finish (&part, overwrite, error);
  if (progress != NULL)
    wb_progress_end (progress);
  return ok;
}

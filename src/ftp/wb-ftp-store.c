/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-client-private.h"
#include "wb-ftp-part.h"

#include "wb-error.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

/* As on this side: parts that lie there already are not ours to overwrite. */
#define PARTS_MAX 10

typedef struct
{
  const char *path;
  char *part; /* the temporary name, or NULL to send to the name itself */
  int fd;
  gint64 size;
  gint64 sent;
  gboolean overwrite;
  gboolean unconfirmed; /* everything was sent, and then the reply did not come */
} Upload;

static void
upload_clear (Upload *upload)
{
  if (upload->fd >= 0)
    close (upload->fd);
  upload->fd = -1;
  g_clear_pointer (&upload->part, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Upload, upload_clear)

static const char *
target_of (const Upload *upload)
{
  return upload->part != NULL ? upload->part : upload->path;
}

/* Asks by RNFR, which changes nothing, whether a name is free, and so learns whether this account
 * may rename at all. */
static gboolean
choose_part (WbFtpClient *self, Upload *upload, GCancellable *cancellable, GError **error)
{
  if (self->rename == WB_FTP_NO)
    return TRUE;

  for (guint i = 0; i < PARTS_MAX; i++)
    {
      g_auto (WbFtpReply) reply = { 0 };
      g_autofree char *ending = i == 0 ? g_strdup (".part") : g_strdup_printf (".%u.part", i);
      g_autofree char *part = g_strconcat (upload->path, ending, NULL);
      const char *words = NULL;

      if (!wb_ftp_client_talk (self, WB_FTP_STEP_UPLOAD, "RNFR", part, &reply, cancellable, error))
        return FALSE;
      if (reply.code == 421)
        return wb_ftp_client_refuse (self, WB_FTP_STEP_UPLOAD, &reply, error);
      if (reply.code == 350)
        continue;

      if (wb_ftp_reply_get_error (&reply, WB_FTP_STEP_RENAME, &words) != WB_FTP_ERROR_NOT_FOUND)
        self->rename = WB_FTP_NO;
      else
        upload->part = g_steal_pointer (&part);
      return TRUE;
    }
  return TRUE;
}

/* Whether something has the name already: by SIZE, or where that is not known by the listing. */
static gboolean
check_is_free (WbFtpClient *self, const Upload *upload, GCancellable *cancellable, GError **error)
{
  gint64 size = wb_ftp_client_try_size (self, upload->path, cancellable, error);
  gboolean found = size >= 0;

  if (size == -2)
    return FALSE;
  if (self->size == WB_FTP_NO)
    {
      const char *slash = strrchr (upload->path, '/');
      const char *name = slash != NULL ? slash + 1 : upload->path;
      g_autofree char *folder = NULL;
      g_autoptr (GPtrArray) entries = NULL;

      if (slash != NULL)
        folder = g_strndup (upload->path, MAX (slash - upload->path, 1));
      entries = wb_ftp_client_list (self, folder, NULL, cancellable, error);
      if (entries == NULL)
        return FALSE;
      for (guint i = 0; i < entries->len && !found; i++)
        found = strcmp (wb_ftp_entry_get_name (entries->pdata[i]), name) == 0;
    }
  if (!found)
    return TRUE;

  g_set_error_literal (error, WB_FTP_ERROR, WB_FTP_ERROR_EXISTS,
                       _ ("Could not send the file. The server has a file of that name already: "
                          "choose to overwrite it, or another name."));
  return FALSE;
}

static gboolean
fail_shrunk (const Upload *upload, GError **error)
{
  g_set_error (error, WB_FTP_ERROR, WB_FTP_ERROR_LOCAL,
               /* Translators: both numbers are bytes. */
               _ ("Could not send the file. It became shorter while it was sent: %" PRId64
                  " of %" PRId64 " bytes were left. Try again when nothing writes to it."),
               upload->sent, upload->size);
  return FALSE;
}

/* STOR up to the reply behind the data. %FALSE without an error: the server refused, see @refusal.
 */
static gboolean
send_data (WbFtpClient *self,
           Upload *upload,
           WbFtpReply *reply,
           WbFtpReply *refusal,
           WbProgress *progress,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (WbConnection) data = NULL;
  gboolean ok = FALSE;

  data = wb_ftp_data_begin (self, WB_FTP_STEP_UPLOAD, "STOR", target_of (upload), 0, refusal,
                            cancellable, error);
  if (data == NULL)
    return FALSE;

  ok = wb_ftp_pump_up (data, upload->fd, upload->size, self->timeout, progress, &upload->sent,
                       cancellable, error);
  if (ok && upload->sent < upload->size)
    ok = fail_shrunk (upload, error);
  /* The channel stays open for reading until the server has said that it has everything. */
  ok = ok && wb_connection_end_output (data, cancellable, error);
  if (!ok)
    {
      wb_ftp_client_break (self);
      return wb_ftp_client_prefix (self, WB_FTP_STEP_UPLOAD, error);
    }

  if (!wb_ftp_client_read_reply (self, WB_FTP_STEP_UPLOAD, reply, cancellable, error))
    {
      upload->unconfirmed = !g_cancellable_is_cancelled (cancellable);
      wb_ftp_client_break (self);
      return FALSE;
    }
  wb_connection_close (data, NULL, NULL);
  return TRUE;
}

/* Is what lies on the server now what was sent? */
static gboolean
judge (WbFtpClient *self,
       Upload *upload,
       const WbFtpReply *reply,
       GCancellable *cancellable,
       GError **error)
{
  gboolean good = reply == NULL || wb_ftp_reply_is_good (reply);
  gint64 size = -1;

  if (!good && reply->code != 426 && reply->code != 451)
    return wb_ftp_client_refuse (self, WB_FTP_STEP_UPLOAD, reply, error);

  size = wb_ftp_client_try_size (self, target_of (upload), cancellable, error);
  if (size == -2)
    return FALSE;
  if (size == upload->sent || (size == -1 && good && reply != NULL))
    return TRUE;
  if (!good)
    return wb_ftp_client_refuse (self, WB_FTP_STEP_UPLOAD, reply, error);

  if (size < 0)
    g_set_error_literal (error, WB_FTP_ERROR, WB_FTP_ERROR_INCOMPLETE,
                         _ ("Could not send the file. The server did not confirm that it has it. "
                            "Look there, or try again."));
  else
    g_set_error (error, WB_FTP_ERROR, WB_FTP_ERROR_INCOMPLETE,
                 /* Translators: both numbers are bytes. */
                 _ ("Could not send the file. %" PRId64 " bytes were sent, and the server "
                    "has %" PRId64 ". Try again."),
                 upload->sent, size);
  return FALSE;
}

/* Some servers do not rename onto a file that exists. Then there is no way without a moment in
 * which neither is there; the new one is complete by then. */
static gboolean
replace (WbFtpClient *self, Upload *upload, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (wb_ftp_client_rename (self, upload->part, upload->path, cancellable, &local))
    return TRUE;
  if (upload->overwrite && local->domain == WB_FTP_ERROR && wb_ftp_client_is_usable (self) &&
      wb_ftp_client_try_size (self, upload->path, cancellable, NULL) >= 0)
    {
      g_clear_error (&local);
      if (wb_ftp_client_remove_file (self, upload->path, cancellable, &local) &&
          wb_ftp_client_rename (self, upload->part, upload->path, cancellable, &local))
        return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* The data is there: gives it its name. */
static gboolean
finish (WbFtpClient *self,
        Upload *upload,
        const WbFtpReply *reply,
        GCancellable *cancellable,
        GError **error)
{
  if (!judge (self, upload, reply, cancellable, error))
    return FALSE;
  if (upload->part == NULL)
    return TRUE;
  return (upload->overwrite || check_is_free (self, upload, cancellable, error)) &&
         replace (self, upload, cancellable, error);
}

/* Everything was sent, and the reply was lost: a new session looks at what arrived. */
static gboolean
finish_again (WbFtpClient *self, Upload *upload, GCancellable *cancellable, GError **error)
{
  g_autoptr (WbFtpClient) other = NULL;
  g_autoptr (GError) local = NULL;
  gboolean ok = FALSE;

  /* A relative path means another place in a new session. */
  if (self->moved && upload->path[0] != '/')
    return FALSE;

  other = wb_ftp_client_again (self, cancellable, &local);
  ok = other != NULL && finish (other, upload, NULL, cancellable, &local);
  if (other != NULL)
    wb_ftp_client_quit (other, cancellable, NULL);
  if (ok)
    {
      g_clear_error (error);
      return TRUE;
    }
  if (g_error_matches (local, WB_FTP_ERROR, WB_FTP_ERROR_INCOMPLETE))
    {
      g_clear_error (error);
      g_propagate_error (error, g_steal_pointer (&local));
    }
  return FALSE;
}

/* What is not going to be finished is taken away, where the session still can. */
static void
drop_part (WbFtpClient *self, Upload *upload)
{
  if (upload->part != NULL && wb_ftp_client_is_usable (self))
    wb_ftp_client_remove_file (self, upload->part, NULL, NULL);
}

static gboolean
run (WbFtpClient *self,
     Upload *upload,
     WbProgress *progress,
     GCancellable *cancellable,
     GError **error)
{
  g_auto (WbFtpReply) reply = { 0 };
  g_auto (WbFtpReply) refusal = { 0 };
  g_autoptr (GError) local = NULL;
  gboolean sent = FALSE;

  sent = send_data (self, upload, &reply, &refusal, progress, cancellable, &local);
  if (!sent && local == NULL && upload->part != NULL && refusal.code == 553)
    {
      /* Not under this name: a server may allow certain endings only. */
      g_clear_pointer (&upload->part, g_free);
      sent = send_data (self, upload, &reply, &refusal, progress, cancellable, &local);
    }
  if (!sent && local == NULL)
    return wb_ftp_client_refuse (self, WB_FTP_STEP_UPLOAD, &refusal, error);
  if (!sent)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return upload->unconfirmed && finish_again (self, upload, cancellable, error);
    }

  if (finish (self, upload, &reply, cancellable, error))
    return TRUE;
  drop_part (self, upload);
  return FALSE;
}

/**
 * wb_ftp_client_store:
 * @source: an ordinary file on this computer
 * @path: the server's bytes
 * @overwrite: whether a file that is there may be replaced
 * @progress: (nullable): told of the bytes
 *
 * Sends a file (STOR, RFC 959 §4.1.3): as "PATH.part" where this account may rename,
 * so that a file of that name stays as it is until the new one is there and its size
 * was compared. A file that grows meanwhile is sent up to the size that it had at the
 * beginning. When the server's closing reply is lost, a new session looks at what has
 * arrived; this client has to be connected again then.
 *
 * Errors: %WB_FTP_ERROR_LOCAL, %WB_FTP_ERROR_EXISTS, %WB_FTP_ERROR_PERMISSION,
 * %WB_FTP_ERROR_NO_SPACE, %WB_FTP_ERROR_DATA, %WB_FTP_ERROR_INCOMPLETE, …
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_ftp_client_store (WbFtpClient *self,
                     GFile *source,
                     const char *path,
                     WbFtpFileFlags flags,
                     WbProgress *progress,
                     GCancellable *cancellable,
                     GError **error)
{
  g_auto (Upload) upload = { .path = path, .fd = -1 };
  gboolean overwrite = (flags & WB_FTP_FILE_OVERWRITE) != 0;
  gboolean ok = FALSE;

  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), FALSE);
  g_return_val_if_fail (G_IS_FILE (source), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  if (!wb_ftp_client_is_ready (self, error))
    return FALSE;
  if (!wb_ftp_client_check_path (path, error))
    return wb_ftp_client_prefix (self, WB_FTP_STEP_UPLOAD, error);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  upload.overwrite = overwrite;
  upload.fd = wb_ftp_source_open (source, &upload.size, error);
  if (upload.fd < 0)
    return FALSE;

  if ((!overwrite && !check_is_free (self, &upload, cancellable, error)) ||
      !choose_part (self, &upload, cancellable, error))
    return FALSE;
  if (progress != NULL)
    wb_progress_begin (progress, _ ("Sending"), upload.size);
  ok = run (self, &upload, progress, cancellable, error);
  if (progress != NULL)
    wb_progress_end (progress);
  return ok;
}

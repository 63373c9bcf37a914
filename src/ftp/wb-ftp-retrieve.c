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

/* So much of a part's end is received again and compared before a transfer goes on behind it: a
 * server that ignores REST sends something else there, and so does a power cut that left a hole. */
#define OVERLAP (32 * 1024)

typedef struct
{
  const char *path;
  WbFtpFileFlags flags;
  WbFtpOrigin origin;
  WbFtpPart part;
  gint64 received; /* all of the file that is here, with what was there before */
  WbFtpReply reply;
  WbProgress *progress;
} Download;

typedef enum
{
  FAILED,
  DONE,
  AGAIN, /* what was there does not fit: from the beginning */
} Result;

static void
download_clear (Download *download)
{
  wb_ftp_reply_clear (&download->reply);
  wb_ftp_origin_clear (&download->origin);
  wb_ftp_part_clear (&download->part);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Download, download_clear)

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

static Result
fail_size (const Download *download, gint64 expected, GError **error)
{
  g_set_error (error, WB_FTP_ERROR, WB_FTP_ERROR_INCOMPLETE,
               /* Translators: both %s are numbers of bytes. */
               _ ("Could not receive the file. %" PRId64 " bytes came, and the server's "
                  "file has %" PRId64 ". Try again."),
               download->received, expected);
  return FAILED;
}

/* Went on in the middle, and the file changed just then? */
static Result
check_unchanged (WbFtpClient *self, Download *download, GCancellable *cancellable, GError **error)
{
  g_autoptr (GDateTime) modified = NULL;

  if (!wb_ftp_client_try_time (self, download->path, &modified, cancellable, error))
    return FAILED;
  return modified != NULL && g_date_time_equal (modified, download->origin.modified) ? DONE : AGAIN;
}

/* All the data went by and the server has replied: is it the whole file? The reply alone does not
 * tell: a server may say 226 after it lost its disk, or 426 when it took our close for an abort. */
static Result
judge (WbFtpClient *self, Download *download, GCancellable *cancellable, GError **error)
{
  gboolean good = wb_ftp_reply_is_good (&download->reply);
  gboolean resumed = download->part.offset > 0;
  gint64 expected = download->origin.size;
  gint64 size = -1;

  /* The bytes of text are not those of the file, so the reply alone tells. */
  if (!good && (download->flags & WB_FTP_FILE_TEXT) != 0)
    {
      wb_ftp_client_refuse (self, WB_FTP_STEP_DOWNLOAD, &download->reply, error);
      return FAILED;
    }
  if (good && (expected < 0 || download->received == expected))
    return resumed ? check_unchanged (self, download, cancellable, error) : DONE;
  if (good && resumed)
    return AGAIN;
  if (!good && download->reply.code != 426 && download->reply.code != 451)
    {
      wb_ftp_client_refuse (self, WB_FTP_STEP_DOWNLOAD, &download->reply, error);
      return FAILED;
    }

  /* The listing may be older than the file. */
  size = wb_ftp_client_try_size (self, download->path, cancellable, error);
  if (size == -2)
    return FAILED;
  if (size >= 0 && size == download->received)
    return resumed ? check_unchanged (self, download, cancellable, error) : DONE;
  if (!good && size < 0)
    {
      wb_ftp_client_refuse (self, WB_FTP_STEP_DOWNLOAD, &download->reply, error);
      return FAILED;
    }
  return fail_size (download, size >= 0 ? size : expected, error);
}

/* Reads the overlap again. */
static Result
compare_overlap (WbConnection *data,
                 Download *download,
                 gsize length,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autofree guint8 *there = g_malloc (length);
  g_autofree guint8 *here = g_malloc (length);
  gint64 begin = download->part.offset - (gint64) length;
  gsize have = 0;

  while (have < length)
    {
      gssize got =
          wb_connection_read (data, there + have, length - have, WB_WIRE_BULK, cancellable, error);

      if (got < 0)
        return FAILED;
      if (got == 0)
        return AGAIN;
      have += got;
    }
  if (pread (download->part.fd, here, length, begin) != (ssize_t) length ||
      memcmp (here, there, length) != 0)
    return AGAIN;
  lseek (download->part.fd, download->part.offset, SEEK_SET);
  return DONE;
}

/* Moves the data, and waits for the reply behind it. */
static Result
move_data (WbFtpClient *self,
           Download *download,
           WbConnection *data,
           gsize overlap,
           GCancellable *cancellable,
           GError **error)
{
  Result result = DONE;
  gint64 count = 0;
  gboolean ok = FALSE;

  if (overlap > 0)
    result = compare_overlap (data, download, overlap, cancellable, error);
  if (result == AGAIN)
    return wb_ftp_client_abort_transfer (self, data, cancellable, error) ? AGAIN : FAILED;
  if (result == DONE)
    {
      if (download->progress != NULL && download->part.offset > 0)
        wb_progress_set_done (download->progress, download->part.offset);
      ok = wb_ftp_pump_down (data, download->part.fd, (download->flags & WB_FTP_FILE_TEXT) != 0,
                             self->timeout, download->progress, &count, cancellable, error);
      download->received = download->part.offset + count;
    }
  if (!ok)
    {
      wb_ftp_client_give_up (self, data, NULL, cancellable);
      return FAILED;
    }
  wb_connection_close (data, cancellable, NULL);
  if (!wb_ftp_client_read_reply (self, WB_FTP_STEP_DOWNLOAD, &download->reply, cancellable, error))
    return FAILED;
  return DONE;
}

/* RETR up to the reply behind the data. */
static Result
receive (WbFtpClient *self, Download *download, GCancellable *cancellable, GError **error)
{
  g_autoptr (WbConnection) data = NULL;
  g_auto (WbFtpReply) refusal = { 0 };
  g_autoptr (GError) local = NULL;
  gsize overlap = (gsize) MIN (download->part.offset, OVERLAP);
  gint64 offset = download->part.offset - (gint64) overlap;
  Result result = FAILED;

  self->text = (download->flags & WB_FTP_FILE_TEXT) != 0;
  data = wb_ftp_data_begin (self, WB_FTP_STEP_DOWNLOAD, "RETR", download->path, offset, &refusal,
                            cancellable, &local);
  self->text = FALSE;
  if (data != NULL)
    result = move_data (self, download, data, overlap, cancellable, &local);
  else if (local == NULL && offset > 0 && refusal.code != 421)
    result = AGAIN;
  else if (local == NULL)
    {
      wb_ftp_client_refuse (self, WB_FTP_STEP_DOWNLOAD, &refusal, error);
      return FAILED;
    }
  if (result == FAILED)
    {
      if (data != NULL)
        mark_incomplete (&local);
      g_propagate_error (error, g_steal_pointer (&local));
      wb_ftp_client_prefix (self, WB_FTP_STEP_DOWNLOAD, error);
    }
  return result;
}

static gboolean
wants_proof (WbFtpFileFlags flags)
{
  return (flags & (WB_FTP_FILE_VERIFY | WB_FTP_FILE_TEXT)) == WB_FTP_FILE_VERIFY;
}

/* Goes on, or begins, and once more from the beginning where that does not fit. */
static gboolean
fetch (WbFtpClient *self, Download *download, GCancellable *cancellable, GError **error)
{
  gboolean tried = FALSE;

  for (;;)
    {
      Result result = receive (self, download, cancellable, error);

      /* Nothing came, for lack of a data connection, and the session goes on. */
      if (result == DONE && download->reply.code == 425 && !tried &&
          download->received == download->part.offset)
        {
          tried = TRUE;
          continue;
        }
      if (result == DONE)
        result = judge (self, download, cancellable, error);
      if (result == DONE && wants_proof (download->flags) &&
          !wb_ftp_client_verify (self, WB_FTP_STEP_DOWNLOAD, download->path, download->part.fd,
                                 cancellable, error))
        {
          /* All of it came, and it is wrong: nobody is to go on with that. */
          if (error == NULL || g_error_matches (*error, WB_FTP_ERROR, WB_FTP_ERROR_INCOMPLETE))
            download->part.keep = FALSE;
          return FALSE;
        }
      if (result != AGAIN || download->part.offset == 0)
        return result == DONE;
      if (self->wire != NULL)
        wb_wire_note (self->wire, wb_connection_get_conversation (self->control), WB_WIRE_NOTE,
                      _ ("What is here does not fit the server's file, so it comes from the "
                         "beginning."));
      if (!wb_ftp_part_restart (&download->part, error))
        return FALSE;
      if (download->progress != NULL)
        wb_progress_begin (download->progress, _ ("Receiving"), download->origin.size);
    }
}

/* Which account of which server a part is from. */
char *
wb_ftp_client_get_address (WbFtpClient *self)
{
  return g_strdup_printf ("%s@%s:%u", self->user, self->url->host, self->url->port);
}

/* What the file is like on the server, as far as the flags want to know it. */
static gboolean
ask_origin (WbFtpClient *self, Download *download, GCancellable *cancellable, GError **error)
{
  WbFtpOrigin *origin = &download->origin;

  origin->address = wb_ftp_client_get_address (self);
  origin->path = g_strdup (download->path);
  if ((download->flags & WB_FTP_FILE_TEXT) != 0)
    origin->size = -1;
  else if (origin->size < 0)
    origin->size = wb_ftp_client_try_size (self, download->path, cancellable, error);
  if (origin->size == -2)
    return FALSE;
  return (download->flags & (WB_FTP_FILE_RESUME | WB_FTP_FILE_KEEP_TIME)) == 0 ||
         wb_ftp_client_try_time (self, download->path, &origin->modified, cancellable, error);
}

/**
 * wb_ftp_client_retrieve:
 * @path: the server's bytes
 * @expected_size: what the listing said, or -1 to ask the server
 * @target: a file on this computer; its folder has to exist
 * @flags: what to do where there is something already, and with the time
 * @progress: (nullable): told of the bytes
 *
 * Receives a file (RETR, RFC 959 §4.1.3) into "TARGET.XXXXXXXX.part", with eight digits
 * that no other file has, and gives it its name when the server's closing reply, the end of
 * the data connection and the size agree. Until then a file of that name stays as it is, and
 * when it fails the part is removed. A symbolic link is never followed.
 *
 * With %WB_FTP_FILE_RESUME the digits stand for the server's file, the part stays, and
 * "TARGET.XXXXXXXX.part.info" beside it says what it is a part of. The next call with that
 * flag goes on behind it (REST, RFC 3659 §5) if path, size and time (MDTM) are the same and
 * the end of the part comes once more as it is there; else it starts again. What is before
 * that end is trusted: with %WB_FTP_FILE_VERIFY a part that somebody wrote over shows, where
 * the server makes checksums, and is thrown away. A server that does not tell the time of a
 * file has it start again. The time costs a command, so for small files leave the flag away.
 *
 * With %WB_FTP_FILE_TEXT it comes in TYPE A (RFC 959 §3.1.1.1), and CR LF becomes LF. Its
 * size is not that of the server's file then, so SIZE is neither asked nor compared: the file
 * is complete when the data connection came to its proper end, under TLS with a close_notify,
 * and the server's closing reply says so.
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
  g_auto (Download) download = { .path = path,
                                 .flags = flags,
                                 .origin = { .size = expected_size },
                                 .part = { .fd = -1 },
                                 .progress = progress };
  gboolean overwrite = (flags & WB_FTP_FILE_OVERWRITE) != 0;
  gboolean text = (flags & WB_FTP_FILE_TEXT) != 0;
  gboolean resume = (flags & WB_FTP_FILE_RESUME) != 0 && !text;
  gboolean keep_time = (flags & WB_FTP_FILE_KEEP_TIME) != 0;
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
  if (!wb_ftp_part_open (&download.part, target, overwrite, error) ||
      !wb_ftp_client_prepare_name (self, path, cancellable, error) ||
      !ask_origin (self, &download, cancellable, error))
    return FALSE;
  resume = resume && wb_ftp_origin_is_known (&download.origin);
  if (!wb_ftp_part_begin (&download.part, resume ? &download.origin : NULL, error))
    return FALSE;
  download.part.keep = resume;

  if (progress != NULL)
    wb_progress_begin (progress, _ ("Receiving"), download.origin.size);
  ok = fetch (self, &download, cancellable, error) &&
       wb_ftp_part_finish (&download.part, overwrite, keep_time ? download.origin.modified : NULL,
                           error);
  if (progress != NULL)
    wb_progress_end (progress);
  return ok;
}

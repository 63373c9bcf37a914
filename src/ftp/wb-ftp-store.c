/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-client-private.h"
#include "wb-ftp-part.h"

#include "wb-error.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As on this side: parts that lie there already are not ours to overwrite. */
#define PARTS_MAX 10

typedef struct
{
  const char *path;
  char *part; /* the temporary name, or NULL to send to the name itself */
  char *left; /* all of it lies under this name, and cannot be given its own */
  int fd;
  gint64 size;
  GDateTime *modified;
  guint identity; /* of the local file as it is now */
  gint64 start;   /* so much was on the server already */
  gint64 sent;    /* with that */
  WbFtpFileFlags flags;
  gboolean unconfirmed; /* everything was sent, and then the reply did not come */
  gboolean text;        /* what arrives has another size than the file */
} Upload;

static void
upload_clear (Upload *upload)
{
  if (upload->fd >= 0)
    close (upload->fd);
  upload->fd = -1;
  g_clear_pointer (&upload->part, g_free);
  g_clear_pointer (&upload->left, g_free);
  g_clear_pointer (&upload->modified, g_date_time_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Upload, upload_clear)

static const char *
target_of (const Upload *upload)
{
  return upload->part != NULL ? upload->part : upload->path;
}

/* Not the content's, which would have to be read, but a changed file has another one. */
static guint
identify (const struct stat *st)
{
  g_autofree char *text = NULL;

  text = g_strdup_printf ("%" PRId64 " %" PRId64 ".%09ld %" PRIu64 " %" PRIu64,
                          (gint64) st->st_size, (gint64) st->st_mtim.tv_sec, st->st_mtim.tv_nsec,
                          (guint64) st->st_dev, (guint64) st->st_ino);
  return g_str_hash (text);
}

static gboolean
open_source (Upload *upload, GFile *source, GError **error)
{
  struct stat st;

  upload->fd = wb_ftp_source_open (source, &upload->size, error);
  if (upload->fd < 0)
    return FALSE;
  if (fstat (upload->fd, &st) == 0)
    {
      upload->identity = identify (&st);
      upload->modified = g_date_time_new_from_unix_utc (st.st_mtim.tv_sec);
    }
  return TRUE;
}

/* Eight digits that no other file has: "b.part" may be the next file's own name. With the local
 * file's identity in it, the name says by itself whether a part that is there is one of this file
 * as it is now. */
static char *
make_part_name (const Upload *upload, guint number)
{
  gboolean stable = (upload->flags & WB_FTP_FILE_RESUME) != 0 && number == 0;

  return g_strdup_printf ("%s.%08x.part", upload->path,
                          stable ? upload->identity : g_random_int ());
}

/* How much of the file lies there already. */
static gboolean
measure_part (WbFtpClient *self, Upload *upload, GCancellable *cancellable, GError **error)
{
  gint64 size = wb_ftp_client_try_size (self, upload->part, cancellable, error);

  if (size == -2)
    return FALSE;
  if (size <= upload->size && self->rest != WB_FTP_NO)
    upload->start = MAX (size, 0);
  return TRUE;
}

/* Asks by RNFR, which changes nothing, whether a name is free, and so learns whether this account
 * may rename at all. */
static gboolean
choose_part (WbFtpClient *self, Upload *upload, GCancellable *cancellable, GError **error)
{
  if (self->rename == WB_FTP_NO)
    return TRUE;
  if (self->rename == WB_FTP_YES &&
      (upload->flags & (WB_FTP_FILE_FRESH | WB_FTP_FILE_RESUME)) == WB_FTP_FILE_FRESH)
    {
      upload->part = make_part_name (upload, 0);
      return TRUE;
    }

  for (guint i = 0; i < PARTS_MAX; i++)
    {
      g_auto (WbFtpReply) reply = { 0 };
      g_autofree char *part = make_part_name (upload, i);
      const char *words = NULL;

      if (!wb_ftp_client_talk (self, WB_FTP_STEP_UPLOAD, "RNFR", part, &reply, cancellable, error))
        return FALSE;
      if (reply.code == 421)
        return wb_ftp_client_refuse (self, WB_FTP_STEP_UPLOAD, &reply, error);
      if (reply.code == 350 &&
          !wb_ftp_client_end_question (self, WB_FTP_STEP_UPLOAD, part, cancellable, error))
        return FALSE;
      if (reply.code == 350 && i == 0 && (upload->flags & WB_FTP_FILE_RESUME) != 0)
        {
          upload->part = g_steal_pointer (&part);
          return measure_part (self, upload, cancellable, error);
        }
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

/* What was there when it began is sent, and whoever wrote on meanwhile is told. */
static void
note_growth (WbFtpClient *self, const Upload *upload)
{
  struct stat st;

  if (self->wire == NULL || fstat (upload->fd, &st) != 0 || st.st_size <= upload->size)
    return;
  wb_wire_note (self->wire, wb_connection_get_conversation (self->control), WB_WIRE_NOTE,
                /* Translators: both numbers are bytes. */
                _ ("The file grew to %" PRId64 " bytes while it was sent. The first %" PRId64
                   " of them were sent."),
                (gint64) st.st_size, upload->size);
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
  gint64 count = 0;
  gboolean ok = FALSE;

  self->text = upload->text;
  data = wb_ftp_data_begin (self, WB_FTP_STEP_UPLOAD, "STOR", target_of (upload), upload->start,
                            refusal, cancellable, error);
  self->text = FALSE;
  if (data == NULL)
    return FALSE;

  if (progress != NULL && upload->start > 0)
    wb_progress_set_done (progress, upload->start);
  lseek (upload->fd, upload->start, SEEK_SET);
  ok = wb_ftp_pump_up (data, upload->fd, upload->size - upload->start, upload->text, self->timeout,
                       progress, &count, cancellable, error);
  upload->sent = upload->start + count;
  if (ok && upload->sent < upload->size)
    ok = fail_shrunk (upload, error);
  /* The channel stays open for reading until the server has said that it has everything. */
  ok = ok && wb_connection_end_output (data, cancellable, error);
  if (ok)
    note_growth (self, upload);
  else
    {
      gboolean stays = (upload->flags & WB_FTP_FILE_RESUME) != 0;

      wb_ftp_client_give_up (self, data, stays ? NULL : upload->part, cancellable);
      return wb_ftp_client_prefix (self, WB_FTP_STEP_UPLOAD, error);
    }

  if (!wb_ftp_client_read_reply (self, WB_FTP_STEP_UPLOAD, reply, cancellable, error))
    {
      /* Of text nobody could tell by its size whether all of it arrived. */
      upload->unconfirmed = !upload->text && !g_cancellable_is_cancelled (cancellable);
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

  if (good && upload->text)
    return TRUE;
  if (!good && (upload->text || (reply->code != 426 && reply->code != 451)))
    return wb_ftp_client_refuse (self, WB_FTP_STEP_UPLOAD, reply, error);

  size = wb_ftp_client_try_size (self, target_of (upload), cancellable, error);
  if (size == -2)
    return FALSE;
  if (size == upload->sent || (size == -1 && good && reply != NULL && upload->start == 0))
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
    {
      self->rename = WB_FTP_YES;
      return TRUE;
    }
  if ((upload->flags & WB_FTP_FILE_OVERWRITE) != 0 && local->domain == WB_FTP_ERROR &&
      wb_ftp_client_is_usable (self) &&
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

/* All of it has arrived, and the server refuses to give it its name, which many let no one do who
 * may do nothing but upload. What it says about that differs, so it counts that it says no. From
 * now on this goes to the name itself. */
static void
give_up_part (WbFtpClient *self, Upload *upload, const GError *error)
{
  if (error->domain != WB_FTP_ERROR || error->code == WB_FTP_ERROR_EXISTS ||
      error->code == WB_FTP_ERROR_BUSY || !wb_ftp_client_is_usable (self))
    return;
  if (self->rename != WB_FTP_YES)
    self->rename = WB_FTP_NO;
  upload->left = g_steal_pointer (&upload->part);
  upload->start = 0;
}

/* The time is a wish: a server that cannot set it has the file all the same. */
static void
set_time (WbFtpClient *self, Upload *upload, GCancellable *cancellable)
{
  g_autoptr (GError) local = NULL;

  if (upload->modified == NULL || !wb_ftp_client_is_usable (self) ||
      wb_ftp_client_set_modification_time (self, upload->path, upload->modified, cancellable,
                                           &local))
    return;
  if (self->wire != NULL)
    wb_wire_note (self->wire, wb_connection_get_conversation (self->control), WB_WIRE_NOTE, "%s",
                  local->message);
}

/* The data is there: gives it its name. */
static gboolean
finish (WbFtpClient *self,
        Upload *upload,
        const WbFtpReply *reply,
        GCancellable *cancellable,
        GError **error)
{
  gboolean overwrite = (upload->flags & WB_FTP_FILE_OVERWRITE) != 0;
  g_autoptr (GError) local = NULL;

  if (!judge (self, upload, reply, cancellable, error))
    return FALSE;
  if ((upload->flags & WB_FTP_FILE_VERIFY) != 0 && !upload->text &&
      !wb_ftp_client_verify (self, WB_FTP_STEP_UPLOAD, target_of (upload), upload->fd, cancellable,
                             error))
    return FALSE;
  if (upload->part != NULL && !overwrite && !check_is_free (self, upload, cancellable, error))
    return FALSE;
  if (upload->part != NULL && !replace (self, upload, cancellable, &local))
    {
      give_up_part (self, upload, local);
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if ((upload->flags & WB_FTP_FILE_KEEP_TIME) != 0)
    set_time (self, upload, cancellable);
  return TRUE;
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
drop (WbFtpClient *self, const char *part)
{
  if (part != NULL && wb_ftp_client_is_usable (self))
    wb_ftp_client_remove_file (self, part, NULL, NULL);
}

/* Perhaps not under this name: a server may allow certain endings only, or none that are known for
 * what is not finished. If it is for another reason, it says so to the name itself, too. */
static gboolean
refuses_name (const WbFtpReply *refusal)
{
  return refusal->code == 550 || refusal->code == 553 || refusal->code == 501;
}

/* The data, from where it has to begin; and from the very beginning, or under the name itself,
 * where the server has it so. */
static gboolean
send_somehow (WbFtpClient *self,
              Upload *upload,
              WbFtpReply *reply,
              WbProgress *progress,
              GCancellable *cancellable,
              GError **error)
{
  g_auto (WbFtpReply) refusal = { 0 };
  g_autoptr (GError) local = NULL;
  gboolean sent = send_data (self, upload, reply, &refusal, progress, cancellable, &local);

  if (!sent && local == NULL && upload->start > 0 && refusal.code != 421)
    {
      upload->start = 0;
      sent = send_data (self, upload, reply, &refusal, progress, cancellable, &local);
    }
  if (!sent && local == NULL && upload->part != NULL && refuses_name (&refusal))
    {
      g_clear_pointer (&upload->part, g_free);
      sent = send_data (self, upload, reply, &refusal, progress, cancellable, &local);
    }
  if (!sent && local == NULL)
    return wb_ftp_client_refuse (self, WB_FTP_STEP_UPLOAD, &refusal, error);
  if (!sent)
    g_propagate_error (error, g_steal_pointer (&local));
  return sent;
}

static gboolean
run (WbFtpClient *self,
     Upload *upload,
     WbProgress *progress,
     GCancellable *cancellable,
     GError **error)
{
  gboolean tried = FALSE;
  gboolean unnamed = FALSE;

  for (;;)
    {
      g_auto (WbFtpReply) reply = { 0 };
      g_autoptr (GError) local = NULL;
      gboolean complete = upload->start > 0 && upload->start == upload->size;
      gboolean done = FALSE;

      upload->sent = upload->start;
      if (!complete && !send_somehow (self, upload, &reply, progress, cancellable, error))
        return upload->unconfirmed && finish_again (self, upload, cancellable, error);
      /* Nothing arrived, for lack of a data connection, and the session goes on. */
      if (reply.code == 425 && !tried)
        {
          tried = TRUE;
          if (progress != NULL)
            wb_progress_begin (progress, _ ("Sending"), upload->text ? -1 : upload->size);
          continue;
        }

      done = finish (self, upload, complete ? NULL : &reply, cancellable, &local);
      if (done)
        return TRUE;
      /* Once more, to the name itself. */
      if (upload->left != NULL && !unnamed)
        {
          unnamed = TRUE;
          if (progress != NULL)
            wb_progress_begin (progress, _ ("Sending"), upload->text ? -1 : upload->size);
          continue;
        }
      /* A server that ignored REST has something else there now. */
      if (upload->start > 0 && wb_ftp_client_is_usable (self) &&
          g_error_matches (local, WB_FTP_ERROR, WB_FTP_ERROR_INCOMPLETE))
        {
          upload->start = 0;
          if (progress != NULL)
            wb_progress_begin (progress, _ ("Sending"), upload->size);
          continue;
        }
      g_propagate_error (error, g_steal_pointer (&local));
      drop (self, upload->part);
      return FALSE;
    }
}

/**
 * wb_ftp_client_store:
 * @source: an ordinary file on this computer
 * @path: the server's bytes
 * @flags: what to do where there is something already, and with the time
 * @progress: (nullable): told of the bytes
 *
 * Sends a file (STOR, RFC 959 §4.1.3): where this account may rename, as
 * "PATH.XXXXXXXX.part", with eight digits that come by chance, so that a file of its own name
 * stays as it is until the new one is there and its size was compared, and no other file that
 * is sent meanwhile has the temporary one. Where the server refuses the temporary name, or to
 * rename, it goes to the name itself. A file that grows meanwhile is sent up to the size that
 * it had at the beginning.
 *
 * With %WB_FTP_FILE_RESUME the eight digits stand for the local file as it is now, so a part of
 * that name is one of this file: if there is one, its size is asked for and the rest is sent behind
 * it (REST, RFC 3659 §5). A server that refuses that, or has another size in the end, gets the
 * whole file again. What lies there is trusted by that name and its size: a part that somebody
 * wrote over, without another size, becomes the beginning of the file. With %WB_FTP_FILE_VERIFY
 * that shows, where the server makes checksums, and the whole file is sent again.
 *
 * With %WB_FTP_FILE_TEXT it goes in TYPE A (RFC 959 §3.1.1.1), and LF becomes CR LF. Its size
 * on the server is not that of the file then and is not compared: the file is complete when
 * all of it was sent and the server's closing reply says so.
 *
 * When the server's closing reply is lost, a new session looks at what has
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
  g_auto (Upload) upload = { .path = path, .fd = -1, .flags = flags };
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
  if (!open_source (&upload, source, error) ||
      !wb_ftp_client_prepare_name (self, path, cancellable, error))
    return FALSE;
  upload.text = (flags & WB_FTP_FILE_TEXT) != 0;
  if (upload.text)
    upload.flags &= ~WB_FTP_FILE_RESUME;

  if ((!overwrite && !check_is_free (self, &upload, cancellable, error)) ||
      !choose_part (self, &upload, cancellable, error))
    return FALSE;
  if (progress != NULL)
    wb_progress_begin (progress, _ ("Sending"), upload.text ? -1 : upload.size);
  ok = run (self, &upload, progress, cancellable, error);
  drop (self, upload.left);
  if (progress != NULL)
    wb_progress_end (progress);
  return ok;
}

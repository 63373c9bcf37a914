/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-client-private.h"
#include "wb-ftp-part.h"

#include "wb-error.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Many small files to names that are free. What they cost is waiting for replies, so nothing is
 * asked for one file that can be asked for all of them at once: first their content goes to
 * temporary names, then all sizes are asked for in one go, then those that are right get their
 * names in another one. */

/* Of how long the first reply to several commands sent at once may take. In s. */
#define PIPELINE_TIMEOUT 5

static void
take_failure (WbFtpSmallFile *file, GError *error)
{
  g_clear_error (&file->error);
  file->error = error;
  file->state = WB_FTP_SMALL_FAILED;
}

static gboolean
is_cancelled (GCancellable *cancellable, WbFtpSmallFile *file)
{
  GError *error = NULL;

  if (!g_cancellable_set_error_if_cancelled (cancellable, &error))
    return FALSE;
  take_failure (file, error);
  return TRUE;
}

/* All of the file into @buffer. Whatever is out of the ordinary is left to the ordinary way, which
 * has words for it. */
static gboolean
read_source (WbFtpSmallFile *file, guint8 *buffer)
{
  GError *local = NULL;
  int fd = wb_ftp_source_open (file->source, &file->size, &local);
  gssize got = 0;
  gint64 have = 0;
  struct stat st;

  if (fd < 0)
    {
      take_failure (file, local);
      return FALSE;
    }
  if (fstat (fd, &st) == 0)
    file->modified = st.st_mtim.tv_sec;
  while (file->size <= WB_FTP_SMALL_MAX && have < file->size)
    {
      got = read (fd, buffer + have, (gsize) (file->size - have));
      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        break;
      have += got;
    }
  close (fd);
  if (have == file->size)
    return TRUE;
  file->state = WB_FTP_SMALL_ALONE;
  return FALSE;
}

/* What the socket takes at once goes out before the server has been asked to take it: it lies ready
 * when the server looks, with its end, and is thrown away with the socket if the server refuses. */
static gsize
send_ahead (WbFtpClient *self, WbConnection *data, const guint8 *buffer, gsize length)
{
  int fd = g_socket_get_fd (wb_connection_get_socket (data));
  ssize_t sent = 0;

  if (self->protect_data)
    return 0;
  /* MSG_MORE keeps the last bytes for the packet that says that no more will come. */
  if (length > 0)
    sent = send (fd, buffer, length, MSG_DONTWAIT | MSG_NOSIGNAL | MSG_MORE);
  if (sent < 0)
    return 0;
  if ((gsize) sent == length)
    shutdown (fd, SHUT_WR);
  if (self->wire != NULL && sent > 0)
    wb_wire_append_bulk (self->wire, wb_connection_get_conversation (data), WB_WIRE_SENT, sent);
  return (gsize) sent;
}

/* What is left, after the server's "go on". */
static gboolean
send_rest (WbFtpClient *self,
           WbConnection *data,
           const guint8 *buffer,
           gsize length,
           GCancellable *stop,
           GError **error)
{
  if (self->protect_data && !wb_connection_start_tls (data, stop, error))
    return FALSE;
  /* Content, close_notify and FIN in as few packets as may be. */
  g_socket_set_option (wb_connection_get_socket (data), IPPROTO_TCP, TCP_CORK, 1, NULL);
  return wb_connection_write (data, buffer, length, WB_WIRE_BULK, stop, error) &&
         wb_connection_end_output (data, stop, error);
}

/* Sends STOR, and behind it the question for the next file's port, if that is to be: a server that
 * takes several commands at once then finds that when it is done with this file, and nobody waits
 * for it. */
static gboolean
ask_to_store (WbFtpClient *self,
              const char *part,
              gboolean port_ahead,
              GCancellable *stop,
              GError **error)
{
  g_autofree char *line = wb_ftp_client_make_line (self, "STOR", part, error);

  if (line == NULL)
    return FALSE;
  if (!port_ahead)
    return wb_connection_write_line (self->control, line, stop, error);
  return wb_connection_queue_line (self->control, line, error) &&
         wb_connection_queue_line (self->control, "EPSV", error) &&
         wb_connection_flush (self->control, stop, error);
}

/* The one that ends what a command began. */
static gboolean
read_final_reply (WbFtpClient *self, WbFtpReply *reply, GCancellable *stop, GError **error)
{
  do
    {
      wb_ftp_reply_clear (reply);
      if (!wb_ftp_client_read_reply (self, WB_FTP_STEP_UPLOAD, reply, stop, error))
        return FALSE;
    }
  while (reply->code < 200);
  return reply->code != 421 || wb_ftp_client_refuse (self, WB_FTP_STEP_UPLOAD, reply, error);
}

static void
expect_soon (WbFtpClient *self, gboolean soon)
{
  gboolean shorter = soon && (self->timeout == 0 || self->timeout > PIPELINE_TIMEOUT);

  wb_connection_set_timeout (self->control, shorter ? PIPELINE_TIMEOUT : self->timeout);
}

/* @stored gets what the server says to STOR, in the end, and `next_port` what it says to EPSV. One
 * that listens to commands while it receives may answer the second one first, or refuse it, or have
 * thrown it away; what it meant shows by the codes, and it is not asked like that again. */
static gboolean
read_both_replies (WbFtpClient *self, WbFtpReply *stored, GCancellable *stop, GError **error)
{
  g_auto (WbFtpReply) first = { 0 };
  g_auto (WbFtpReply) second = { 0 };
  WbFtpReply swap = { 0 };
  gboolean ok = FALSE;

  if (!read_final_reply (self, &first, stop, error))
    return FALSE;
  expect_soon (self, self->port_ahead != WB_FTP_YES);
  ok = read_final_reply (self, &second, stop, error);
  expect_soon (self, FALSE);
  if (!ok)
    {
      if (!g_cancellable_is_cancelled (stop))
        self->port_ahead = WB_FTP_NO;
      return FALSE;
    }

  self->next_port = wb_ftp_data_read_port (&second);
  if (self->next_port == 0)
    self->port_ahead = WB_FTP_NO;
  if (first.code == 229 ||
      (!wb_ftp_reply_is_good (&first) && wb_ftp_reply_is_good (&second) && self->next_port == 0))
    {
      swap = first;
      first = second;
      second = swap;
    }
  *stored = first;
  first.text = NULL;
  return TRUE;
}

/* %FALSE with an error when the session broke. */
static gboolean
read_stored (WbFtpClient *self,
             WbFtpSmallFile *file,
             gboolean port_ahead,
             WbFtpReply *reply,
             GCancellable *stop,
             GError **error)
{
  gboolean ok = FALSE;

  if (port_ahead)
    ok = read_both_replies (self, reply, stop, error);
  else
    ok = wb_ftp_client_read_reply (self, WB_FTP_STEP_UPLOAD, reply, stop, error);
  if (!ok)
    {
      /* It may have arrived all the same. */
      file->state = WB_FTP_SMALL_SENT;
      file->unconfirmed = TRUE;
      wb_ftp_client_break (self);
      return FALSE;
    }
  return reply->code != 421 || wb_ftp_client_refuse (self, WB_FTP_STEP_UPLOAD, reply, error);
}

/* %FALSE with an error when the session broke. */
static gboolean
send_content (WbFtpClient *self,
              WbFtpSmallFile *file,
              WbConnection *data,
              const guint8 *buffer,
              gboolean more,
              GCancellable *stop,
              GError **error)
{
  g_auto (WbFtpReply) reply = { 0 };
  gsize length = (gsize) file->size;
  gsize ahead = send_ahead (self, data, buffer, length);
  gboolean all = ahead == length && !self->protect_data;
  gboolean port_ahead = all && more && self->pipelining == WB_FTP_YES &&
                        self->port_ahead != WB_FTP_NO && self->epsv != WB_FTP_NO &&
                        wb_ftp_client_get_feature (self, "PRET") == NULL;

  if (!ask_to_store (self, file->part, port_ahead, stop, error))
    return wb_ftp_client_prefix (self, WB_FTP_STEP_UPLOAD, error);
  if (!port_ahead)
    {
      if (!wb_ftp_client_read_reply (self, WB_FTP_STEP_UPLOAD, &reply, stop, error))
        return FALSE;
      if (reply.code == 421)
        return wb_ftp_client_refuse (self, WB_FTP_STEP_UPLOAD, &reply, error);
      if (reply.code < 100 || reply.code >= 200)
        {
          file->state = WB_FTP_SMALL_ALONE;
          return TRUE;
        }
    }

  if (!all && !send_rest (self, data, buffer + ahead, length - ahead, stop, error))
    {
      wb_ftp_client_break (self);
      return wb_ftp_client_prefix (self, WB_FTP_STEP_UPLOAD, error);
    }
  if (!read_stored (self, file, port_ahead, &reply, stop, error))
    return FALSE;
  wb_connection_close (data, NULL, NULL);
  file->state = wb_ftp_reply_is_good (&reply) ? WB_FTP_SMALL_SENT : WB_FTP_SMALL_ALONE;
  if (file->state == WB_FTP_SMALL_ALONE)
    wb_ftp_client_remove_file (self, file->part, stop, NULL);
  return TRUE;
}

/* A firewall that reads along may not have seen a port that was told together with something else,
 * and let nobody through to it: the first time that does not take long, nor is it done again. */
static WbConnection *
connect_data (WbFtpClient *self, const char *part, GCancellable *stop, GError **error)
{
  gboolean ahead = self->next_port != 0;
  guint timeout = self->timeout;
  g_autoptr (GError) local = NULL;
  WbConnection *data = NULL;

  if (ahead && self->port_ahead != WB_FTP_YES)
    self->timeout = timeout > 0 ? MIN (timeout, PIPELINE_TIMEOUT) : PIPELINE_TIMEOUT;
  data = wb_ftp_data_connect (self, WB_FTP_STEP_UPLOAD, "STOR", part, stop, &local);
  self->timeout = timeout;
  if (ahead)
    self->port_ahead = data != NULL ? WB_FTP_YES : WB_FTP_NO;
  if (data == NULL && ahead && wb_ftp_client_is_usable (self) && !g_cancellable_is_cancelled (stop))
    {
      g_clear_error (&local);
      data = wb_ftp_data_connect (self, WB_FTP_STEP_UPLOAD, "STOR", part, stop, &local);
    }
  if (data == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return data;
}

/* Asks by RNFR, which changes nothing, before the first one: where this account may not rename, it
 * may not be allowed to take a temporary name away again either. */
static gboolean
learn_rename (WbFtpClient *self, const char *part, GCancellable *stop, GError **error)
{
  g_auto (WbFtpReply) reply = { 0 };
  const char *words = NULL;

  if (!wb_ftp_client_talk (self, WB_FTP_STEP_UPLOAD, "RNFR", part, &reply, stop, error))
    return FALSE;
  if (reply.code == 421)
    return wb_ftp_client_refuse (self, WB_FTP_STEP_UPLOAD, &reply, error);
  if (reply.code != 350 &&
      wb_ftp_reply_get_error (&reply, WB_FTP_STEP_RENAME, &words) != WB_FTP_ERROR_NOT_FOUND)
    self->rename = WB_FTP_NO;
  return TRUE;
}

/* %FALSE when the session broke: @file has the error, or is one of those to be looked for. */
static gboolean
send_file (WbFtpClient *self,
           WbFtpSmallFile *file,
           guint8 *buffer,
           gboolean more,
           gboolean first,
           GCancellable *stop)
{
  g_autoptr (WbConnection) data = NULL;
  g_autoptr (GError) local = NULL;
  g_autofree char *line = NULL;
  gboolean ok = TRUE;

  if (!read_source (file, buffer))
    return TRUE;
  file->part = g_strdup_printf ("%s.%08x.part", file->path, g_random_int ());
  line = wb_ftp_client_make_line (self, "STOR", file->part, NULL);
  if (line == NULL || !wb_ftp_client_check_path (file->part, NULL))
    {
      file->state = WB_FTP_SMALL_ALONE;
      return TRUE;
    }

  if (first && self->rename == WB_FTP_MAYBE)
    ok = learn_rename (self, file->part, stop, &local);
  if (ok && self->rename == WB_FTP_NO)
    {
      file->state = WB_FTP_SMALL_ALONE;
      return TRUE;
    }
  if (ok)
    data = connect_data (self, file->part, stop, &local);
  if (data == NULL && wb_ftp_client_is_usable (self))
    {
      file->state = WB_FTP_SMALL_ALONE;
      return TRUE;
    }
  if (data != NULL && send_content (self, file, data, buffer, more, stop, &local))
    return TRUE;
  file->error = g_steal_pointer (&local);
  if (file->state != WB_FTP_SMALL_SENT)
    file->state = WB_FTP_SMALL_FAILED;
  return FALSE;
}

/* ── Sizes and names ── */

static void
judge_size (WbFtpClient *self, WbFtpSmallFile *file, gint64 size)
{
  if (size == file->size || (size == -1 && self->size == WB_FTP_NO))
    file->state = WB_FTP_SMALL_RIGHT;
  else
    file->state = WB_FTP_SMALL_ALONE;
  /* A server that has a size for no file at all would let each one go by twice. */
  if (size == -1 && self->size != WB_FTP_NO)
    self->one_by_one = TRUE;
}

/* SIZE changes nothing, so it also shows whether this server takes several commands at once; one
 * that does not leaves some without an answer. */
static gboolean
ask_sizes_at_once (WbFtpClient *self, GPtrArray *files, GCancellable *stop, GError **error)
{
  gboolean proven = self->pipelining == WB_FTP_YES;
  gboolean ok = TRUE;

  for (guint i = 0; i < files->len && ok; i++)
    {
      const WbFtpSmallFile *file = files->pdata[i];
      g_autofree char *line = wb_ftp_client_make_line (self, "SIZE", file->part, error);

      ok = line != NULL && wb_connection_queue_line (self->control, line, error);
    }
  expect_soon (self, !proven);
  ok = ok && wb_connection_flush (self->control, stop, error);
  for (guint i = 0; i < files->len && ok; i++)
    {
      g_auto (WbFtpReply) reply = { 0 };

      ok = wb_ftp_client_read_reply (self, WB_FTP_STEP_UPLOAD, &reply, stop, error);
      if (ok && reply.code == 421)
        ok = wb_ftp_client_refuse (self, WB_FTP_STEP_UPLOAD, &reply, error);
      if (ok)
        judge_size (self, files->pdata[i], wb_ftp_client_read_size (self, &reply));
    }
  expect_soon (self, FALSE);

  if (!proven)
    self->pipelining = ok ? WB_FTP_YES : WB_FTP_NO;
  for (guint i = 0; i < files->len && !ok; i++)
    ((WbFtpSmallFile *) files->pdata[i])->state = WB_FTP_SMALL_SENT;
  return ok;
}

static gboolean
ask_sizes (WbFtpClient *self, GPtrArray *files, GCancellable *stop, GError **error)
{
  if (files->len > 1 && self->pipelining != WB_FTP_NO && self->size != WB_FTP_NO)
    return ask_sizes_at_once (self, files, stop, error);

  for (guint i = 0; i < files->len; i++)
    {
      WbFtpSmallFile *file = files->pdata[i];
      gint64 size = wb_ftp_client_try_size (self, file->part, stop, error);

      if (size == -2)
        return FALSE;
      judge_size (self, file, size);
    }
  return TRUE;
}

static void
take_rename (WbFtpClient *self, WbFtpSmallFile *file, gboolean ok)
{
  file->state = ok ? WB_FTP_SMALL_DONE : WB_FTP_SMALL_ALONE;
  if (ok)
    self->rename = WB_FTP_YES;
  else
    self->one_by_one = TRUE;
}

static gboolean
rename_at_once (WbFtpClient *self, GPtrArray *files, GCancellable *stop, GError **error)
{
  for (guint i = 0; i < files->len; i++)
    {
      const WbFtpSmallFile *file = files->pdata[i];
      g_autofree char *from = wb_ftp_client_make_line (self, "RNFR", file->part, error);
      g_autofree char *to =
          from != NULL ? wb_ftp_client_make_line (self, "RNTO", file->path, error) : NULL;

      if (to == NULL)
        return FALSE;
      if (file->state == WB_FTP_SMALL_RIGHT &&
          (!wb_connection_queue_line (self->control, from, error) ||
           !wb_connection_queue_line (self->control, to, error)))
        return FALSE;
    }
  if (!wb_connection_flush (self->control, stop, error))
    return FALSE;
  for (guint i = 0; i < files->len; i++)
    {
      WbFtpSmallFile *file = files->pdata[i];
      g_auto (WbFtpReply) from = { 0 };
      g_auto (WbFtpReply) to = { 0 };

      if (file->state != WB_FTP_SMALL_RIGHT)
        continue;
      if (!wb_ftp_client_read_reply (self, WB_FTP_STEP_RENAME, &from, stop, error) ||
          !wb_ftp_client_read_reply (self, WB_FTP_STEP_RENAME, &to, stop, error))
        return FALSE;
      take_rename (self, file, from.code == 350 && wb_ftp_reply_is_good (&to));
    }
  return TRUE;
}

static gboolean
rename_all (WbFtpClient *self, GPtrArray *files, GCancellable *stop, GError **error)
{
  /* Only where it was proven harmless: of two pairs, one that loses its middle would give a file
     the name of another. */
  if (self->pipelining == WB_FTP_YES)
    return rename_at_once (self, files, stop, error);

  for (guint i = 0; i < files->len; i++)
    {
      WbFtpSmallFile *file = files->pdata[i];
      g_autoptr (GError) local = NULL;
      gboolean ok = FALSE;

      if (file->state != WB_FTP_SMALL_RIGHT)
        continue;
      ok = wb_ftp_client_rename (self, file->part, file->path, stop, &local);
      if (!ok && !wb_ftp_client_is_usable (self))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      take_rename (self, file, ok);
    }
  return TRUE;
}

/* ── Where the session broke ── */

/* On a new session, for one file: it lies there under its temporary name, or already under its own,
 * or not at all. */
static void
look_for (WbFtpClient *other, WbFtpSmallFile *file, GCancellable *stop)
{
  g_autoptr (GError) local = NULL;
  gint64 size = wb_ftp_client_try_size (other, file->part, stop, &local);
  gboolean here = size == file->size;

  if (here && wb_ftp_client_rename (other, file->part, file->path, stop, &local))
    file->state = WB_FTP_SMALL_DONE;
  else if (!here && size == -1 && !file->unconfirmed &&
           wb_ftp_client_try_size (other, file->path, stop, &local) == file->size)
    file->state = WB_FTP_SMALL_DONE;
}

static void
finish_again (WbFtpClient *self, GPtrArray *files, GCancellable *stop, GError *error)
{
  g_autoptr (WbFtpClient) other = NULL;

  other = wb_ftp_client_again (self, stop, NULL);
  for (guint i = 0; i < files->len; i++)
    {
      WbFtpSmallFile *file = files->pdata[i];

      if (file->state != WB_FTP_SMALL_SENT && file->state != WB_FTP_SMALL_RIGHT)
        continue;
      /* A relative path means another place in a new session. */
      if (other != NULL && wb_ftp_client_is_usable (other) &&
          !(self->moved && file->path[0] != '/'))
        look_for (other, file, stop);
      if (file->state != WB_FTP_SMALL_DONE && !is_cancelled (stop, file))
        take_failure (file, g_error_copy (file->error != NULL ? file->error : error));
    }
  if (other != NULL)
    wb_ftp_client_quit (other, stop, NULL);
}

/* What is not going to get its name is taken away. */
static void
drop_parts (WbFtpClient *self, GPtrArray *files)
{
  for (guint i = 0; i < files->len; i++)
    {
      const WbFtpSmallFile *file = files->pdata[i];

      if (file->state == WB_FTP_SMALL_ALONE && wb_ftp_client_is_usable (self))
        wb_ftp_client_remove_file (self, file->part, NULL, NULL);
    }
}

static void
finish (WbFtpClient *self, WbFtpSmallFile *files, guint count, GCancellable *stop, GError *broke)
{
  g_autoptr (GPtrArray) sent = g_ptr_array_new ();
  g_autoptr (GError) local = broke != NULL ? g_error_copy (broke) : NULL;

  for (guint i = 0; i < count; i++)
    if (files[i].state == WB_FTP_SMALL_SENT)
      g_ptr_array_add (sent, &files[i]);
  if (sent->len == 0)
    return;
  if (local == NULL && ask_sizes (self, sent, stop, &local) &&
      rename_all (self, sent, stop, &local))
    drop_parts (self, sent);
  else
    finish_again (self, sent, stop, local);
}

/**
 * wb_ftp_client_store_small:
 * @files: what to send where; the server has nothing of these names yet
 * @count: how many
 * @limit: (nullable): how fast
 * @soon: (nullable): ends it after the file that is being sent, and what has been sent gets its
 *   names. The files' own cancellables are looked at between one file and the next, too, so nothing
 *   is left behind half-way
 * @stop: (nullable): ends it at once, wherever it is
 *
 * Sends small files (STOR, RFC 959 §4.1.3), and asks the server about all of them at once: when
 * all have been received, SIZE for each, then RNFR and RNTO for those whose size is right. No file
 * has its name before the server said that it has it and its size is right. Commands are sent
 * several at once where that proves to work.
 *
 * When the session breaks, a new one looks at what has arrived; this client has to be connected
 * again then.
 *
 * Afterwards each file is done, has failed, wants to be sent by wb_ftp_client_store(), or was not
 * begun.
 */
void
wb_ftp_client_store_small (WbFtpClient *self,
                           WbFtpSmallFile *files,
                           guint count,
                           WbLimit *limit,
                           GCancellable *soon,
                           GCancellable *stop)
{
  g_autofree guint8 *buffer = NULL;
  g_autoptr (GError) broke = NULL;

  g_return_if_fail (WB_IS_FTP_CLIENT (self));

  if (!wb_ftp_client_is_ready (self, &broke))
    {
      take_failure (&files[0], g_steal_pointer (&broke));
      return;
    }
  buffer = g_malloc (WB_FTP_SMALL_MAX);
  for (guint i = 0; i < count && !g_cancellable_is_cancelled (stop); i++)
    {
      WbFtpSmallFile *file = &files[i];

      if (is_cancelled (file->cancellable, file) || g_cancellable_is_cancelled (soon))
        continue;
      if (self->rename == WB_FTP_NO || self->one_by_one || self->active)
        {
          file->state = WB_FTP_SMALL_ALONE;
          continue;
        }
      if (!send_file (self, file, buffer, i + 1 < count, i == 0, stop))
        {
          broke = g_error_copy (file->error);
          break;
        }
      if (limit != NULL && file->state == WB_FTP_SMALL_SENT &&
          !wb_limit_take (limit, (gsize) file->size, soon, NULL))
        continue;
    }
  self->next_port = 0;
  finish (self, files, count, stop, broke);
}

/**
 * wb_ftp_small_file_clear:
 *
 * Frees what wb_ftp_client_store_small() put into it.
 */
void
wb_ftp_small_file_clear (WbFtpSmallFile *file)
{
  g_clear_pointer (&file->part, g_free);
  g_clear_error (&file->error);
}

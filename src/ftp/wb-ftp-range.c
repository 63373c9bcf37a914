/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-client-private.h"

#include "wb-error.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

#define BUFFER_SIZE (256 * 1024)

/* How long a server may take to notice that a transfer was stopped before it is told by ABOR, in
 * µs; how long it may be silent then, in s; and how many replies it may have to all that beside the
 * first. A new session costs less than more of any. */
#define RECOVER_PATIENCE G_USEC_PER_SEC
#define RECOVER_TIMEOUT 2
#define RECOVER_REPLIES 3

/* Telnet (RFC 854), which RFC 959 builds on: what begins a signal, Interrupt Process, Data Mark. */
#define TELNET_IAC 0xff
#define TELNET_IP 0xf4
#define TELNET_DM 0xf2

/* Stops a transfer by closing its data connection, which a server that looks answers with one
 * reply, after whatever it managed to send, and it may take its time. No ABOR (RFC 959 §4.1.3)
 * here: that brings one or two replies beside this one, and some servers throw away what is sent
 * behind it, so to find the end of the replies costs more than it is worth while nobody waits for a
 * server that is busy. Where somebody does, wb_ftp_client_recover() says it. */
gboolean
wb_ftp_client_abort_transfer (WbFtpClient *self,
                              WbConnection *data,
                              GCancellable *cancellable,
                              GError **error)
{
  g_auto (WbFtpReply) reply = { 0 };

  wb_connection_break (data);
  wb_connection_close (data, NULL, NULL);
  if (!wb_ftp_client_read_reply (self, WB_FTP_STEP_DOWNLOAD, &reply, cancellable, error))
    return FALSE;
  return reply.code != 421 || wb_ftp_client_refuse (self, WB_FTP_STEP_DOWNLOAD, &reply, error);
}

/* Ends what failed in the middle of a transfer. When it was only stopped, the session is good for
 * more: wb_ftp_client_recover() sees to that when somebody wants it, since whoever stops something
 * does not wait for a server. @part is to be taken away then, if it is not NULL. */
void
wb_ftp_client_give_up (WbFtpClient *self,
                       WbConnection *data,
                       const char *part,
                       GCancellable *cancellable)
{
  if (!g_cancellable_is_cancelled (cancellable) || !wb_ftp_client_is_usable (self))
    {
      wb_ftp_client_break (self);
      return;
    }
  wb_connection_break (data);
  wb_connection_close (data, NULL, NULL);
  g_free (self->left_part);
  self->left_part = g_strdup (part);
  wb_ftp_client_set_state (self, WB_FTP_STATE_INTERRUPTED);
}

/* Whether something came, or comes before patience ends. */
static gboolean
is_answered (WbFtpClient *self, GCancellable *cancellable)
{
  GInputStream *in = g_io_stream_get_input_stream (wb_connection_get_stream (self->control));

  return wb_connection_has_input (self->control) ||
         g_pollable_input_stream_is_readable (G_POLLABLE_INPUT_STREAM (in)) ||
         g_socket_condition_timed_wait (wb_connection_get_socket (self->control), G_IO_IN,
                                        RECOVER_PATIENCE, cancellable, NULL);
}

/* Interrupt Process, then Synch: urgent data, so that also a server that reads nothing hears of it.
 * TCP's urgent pointer leads behind the byte that was sent as urgent; so that is IAC, and the
 * pointer leads to DM, where RFC 1122 §4.2.2.4 wants it. */
static gboolean
send_synch (WbFtpClient *self, GCancellable *cancellable)
{
  static const guint8 bytes[] = { TELNET_IAC, TELNET_IP, TELNET_IAC, TELNET_DM };
  GSocket *socket = wb_connection_get_socket (self->control);
  WbWire *wire = wb_connection_get_wire (self->control);
  GOutputVector urgent = { bytes, sizeof bytes - 1 };

  if (g_socket_send_message (socket, NULL, &urgent, 1, NULL, 0, G_SOCKET_MSG_OOB, cancellable,
                             NULL) != (gssize) urgent.size ||
      g_socket_send (socket, (const char *) bytes + urgent.size, 1, cancellable, NULL) != 1)
    return FALSE;
  if (wire != NULL)
    wb_wire_append (wire, wb_connection_get_conversation (self->control), WB_WIRE_DATA,
                    WB_WIRE_SENT, bytes, sizeof bytes);
  return TRUE;
}

/* RFC 959 §4.1.3. Under TLS no byte can be urgent: there it is a line, for when the server comes to
 * look. */
static gboolean
say_abor (WbFtpClient *self, GCancellable *cancellable)
{
  return (wb_connection_get_tls (self->control) || send_synch (self, cancellable)) &&
         wb_connection_write_line (self->control, "ABOR", cancellable, NULL);
}

/* Whether the next reply is the one to the next command. It is not where a server says 200 to ABOR
 * as well; what answers PWD answers nothing else. */
static gboolean
is_in_step (WbFtpClient *self, GCancellable *cancellable)
{
  g_auto (WbFtpReply) reply = { 0 };

  return wb_ftp_client_talk (self, WB_FTP_STEP_ANY, "PWD", NULL, &reply, cancellable, NULL) &&
         reply.code == 257;
}

/* Between commands a server says nothing but that it ends the session (421, RFC 959 §5.4), as many
 * do after a silence. Under TLS other things go by, too, and nobody can tell. */
static gboolean
has_said_goodbye (WbFtpClient *self, GCancellable *cancellable)
{
  g_auto (WbFtpReply) reply = { 0 };

  if (!wb_ftp_client_is_usable (self) || wb_connection_get_tls (self->control) ||
      g_socket_get_available_bytes (wb_connection_get_socket (self->control)) <= 0)
    return FALSE;
  return wb_ftp_client_read_reply (self, WB_FTP_STEP_ANY, &reply, cancellable, NULL) &&
         reply.code == 421;
}

/**
 * wb_ftp_client_recover:
 *
 * Makes a session good for more after a transfer or a listing was cancelled in the middle of its
 * data; where none was, it only hears whether the server has ended the session meanwhile. Blocks
 * for some seconds at most.
 *
 * Reads what there is left to be read: one reply, and perhaps more, up to that of a NOOP that is
 * sent when the first one is there. In mid-transfer nobody knows what a NOOP is answered with. A
 * server that is still at it, since it waits for its disk or does not look at its data connection,
 * is told by ABOR (RFC 959 §4.1.3) to stop.
 *
 * Returns: as wb_ftp_client_is_usable()
 */
gboolean
wb_ftp_client_recover (WbFtpClient *self, GCancellable *cancellable)
{
  g_auto (WbFtpReply) reply = { 0 };
  gboolean answered = FALSE;
  gboolean ok = FALSE;

  if (self->state != WB_FTP_STATE_INTERRUPTED)
    {
      if (has_said_goodbye (self, cancellable))
        wb_ftp_client_break (self);
      return wb_ftp_client_is_usable (self);
    }

  wb_connection_set_timeout (self->control, RECOVER_TIMEOUT);
  answered = is_answered (self, cancellable);
  ok = (answered || say_abor (self, cancellable)) &&
       wb_ftp_client_read_reply (self, WB_FTP_STEP_ANY, &reply, cancellable, NULL) &&
       reply.code != 421 && wb_connection_write_line (self->control, "NOOP", cancellable, NULL);
  reply.code = 0;
  for (guint i = 0; ok && reply.code != 200 && i < RECOVER_REPLIES; i++)
    ok = wb_ftp_client_read_reply (self, WB_FTP_STEP_ANY, &reply, cancellable, NULL);
  ok = ok && reply.code == 200 && (answered || is_in_step (self, cancellable));
  wb_connection_set_timeout (self->control, self->timeout);
  if (!ok)
    {
      wb_ftp_client_break (self);
      return FALSE;
    }

  wb_ftp_client_set_state (self, WB_FTP_STATE_LOGGED_IN);
  if (self->left_part != NULL)
    wb_ftp_client_remove_file (self, self->left_part, cancellable, NULL);
  g_clear_pointer (&self->left_part, g_free);
  return wb_ftp_client_is_usable (self);
}

static gboolean
write_at (int fd, const guint8 *data, gsize length, gint64 offset, GError **error)
{
  while (length > 0)
    {
      ssize_t written = pwrite (fd, data, length, offset);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        {
          g_set_error (error, WB_FTP_ERROR, WB_FTP_ERROR_LOCAL,
                       /* Translators: %s is the system's reason. */
                       _ ("Could not receive the file. Writing it failed: %s."),
                       g_strerror (errno));
          return FALSE;
        }
      data += written;
      offset += written;
      length -= written;
    }
  return TRUE;
}

/* Reads up to @length bytes to their place; @count says how many came. */
static gboolean
read_range (WbConnection *data,
            gint64 offset,
            gint64 length,
            int fd,
            WbProgress *progress,
            gint64 *count,
            GCancellable *cancellable,
            GError **error)
{
  g_autofree guint8 *buffer = g_malloc (BUFFER_SIZE);
  WbLimit *limit = progress != NULL ? wb_progress_get_limit (progress) : NULL;
  gsize block = limit != NULL ? wb_limit_get_block (limit, BUFFER_SIZE) : BUFFER_SIZE;

  while (*count < length)
    {
      gssize got = wb_connection_read (data, buffer, MIN ((gint64) block, length - *count),
                                       WB_WIRE_BULK, cancellable, error);

      if (got < 0)
        return FALSE;
      if (got == 0)
        break;
      if (!write_at (fd, buffer, got, offset + *count, error))
        return FALSE;
      *count += got;
      if (progress != NULL)
        wb_progress_add (progress, got);
      if (limit != NULL && !wb_limit_take (limit, got, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

/* A piece that did not come whole has to come again. */
static void
forget_count (WbProgress *progress, gint64 count)
{
  if (progress != NULL && count > 0)
    wb_progress_add (progress, -count);
}

static void
fail_short (GError **error)
{
  g_set_error_literal (error, WB_FTP_ERROR, WB_FTP_ERROR_INCOMPLETE,
                       _ ("Could not receive the file. It became shorter meanwhile. Try again."));
}

/* Whether the server stopped where it was told to. */
static gboolean
is_at_end (WbConnection *data, GCancellable *cancellable)
{
  char byte = 0;

  return wb_connection_read (data, &byte, 1, WB_WIRE_BULK, cancellable, NULL) == 0;
}

/**
 * wb_ftp_client_retrieve_range:
 * @path: the server's bytes
 * @offset: where to begin, in bytes
 * @length: how many bytes
 * @fd: a file open for writing; the bytes are put at @offset, by pwrite(2), so several
 *   clients may fill one file at the same time
 * @progress: (nullable): told of the bytes, and that they do not count when the piece does not come
 *   whole; neither begun nor ended here
 *
 * Receives a piece of a file (REST and RETR, RFC 3659 §5; RANG where the server has
 * it) and stops the transfer where the piece ends. The session goes on, except with servers
 * that end it over such a stop: ask wb_ftp_client_is_usable(). A piece is trusted by its
 * place and length: whether the file is still the same one, and whether a server that ignores
 * REST sent its beginning instead, is for the caller to find out.
 *
 * Errors: %WB_FTP_ERROR_UNSUPPORTED where the server cannot begin at @offset,
 * %WB_FTP_ERROR_INCOMPLETE where the file ends before, and those of
 * wb_ftp_client_retrieve().
 *
 * Returns: how many bytes came: @length, or -1 with @error set
 */
gint64
wb_ftp_client_retrieve_range (WbFtpClient *self,
                              const char *path,
                              gint64 offset,
                              gint64 length,
                              int fd,
                              WbProgress *progress,
                              GCancellable *cancellable,
                              GError **error)
{
  g_autoptr (WbConnection) data = NULL;
  g_auto (WbFtpReply) reply = { 0 };
  g_autoptr (GError) local = NULL;
  gint64 count = 0;
  gboolean by_server = FALSE;

  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), -1);
  g_return_val_if_fail (path != NULL, -1);
  g_return_val_if_fail (offset >= 0 && length >= 0 && offset <= G_MAXINT64 - length, -1);

  if (!wb_ftp_client_is_ready (self, error) || !wb_ftp_client_check_path (path, error) ||
      !wb_ftp_client_prepare_name (self, path, cancellable, error))
    return -1;
  if (wb_ftp_client_get_feature (self, "RANG") != NULL)
    self->piece = length;
  by_server = self->piece > 0;
  data = wb_ftp_data_begin (self, WB_FTP_STEP_DOWNLOAD, "RETR", path, offset, &reply, cancellable,
                            &local);
  self->piece = 0;
  if (data == NULL)
    {
      /* RFC 3659 §5.3: there is no such place in the file. */
      if (local == NULL && reply.code == 554)
        fail_short (&local);
      else if (local == NULL)
        wb_ftp_client_refuse (self, WB_FTP_STEP_DOWNLOAD, &reply, &local);
      g_propagate_error (error, g_steal_pointer (&local));
      return -1;
    }
  if (!read_range (data, offset, length, fd, progress, &count, cancellable, error))
    {
      forget_count (progress, count);
      wb_ftp_client_break (self);
      wb_ftp_client_prefix (self, WB_FTP_STEP_DOWNLOAD, error);
      return -1;
    }

  if (count == length && !(by_server && is_at_end (data, cancellable)))
    {
      /* Some servers end the session over it; what was asked for is here all the same. */
      if (!wb_ftp_client_abort_transfer (self, data, cancellable, &local))
        wb_ftp_client_break (self);
      return count;
    }
  wb_connection_close (data, NULL, NULL);
  if (!wb_ftp_client_read_reply (self, WB_FTP_STEP_DOWNLOAD, &reply, cancellable, error))
    {
      forget_count (progress, count);
      return -1;
    }
  if (count == length)
    return count;
  forget_count (progress, count);
  if (!wb_ftp_reply_is_good (&reply))
    wb_ftp_client_refuse (self, WB_FTP_STEP_DOWNLOAD, &reply, error);
  else
    fail_short (error);
  return -1;
}

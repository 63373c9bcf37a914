/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-lab"

#include "config.h"

#include "wb-lab-ftp-private.h"

#include "wb-error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK (256 * 1024)
/* How much sendfile() may do before the log, and Cancel, have a look. */
#define SENDFILE_BLOCK (4 * 1024 * 1024)
/* Of a listing so much is kept in the log; the rest is counted. */
#define SHOWN (64 * 1024)

/* What became of a transfer, worst last. */
typedef enum
{
  OUTCOME_DONE,
  OUTCOME_CONNECTION,
  OUTCOME_READ,
  OUTCOME_WRITE,
  OUTCOME_DISK_FULL,
  OUTCOME_QUOTA,
} Outcome;

/**
 * Transfer:
 *
 * A data connection in use. The session's own thread moves the bytes; @thread hears what
 * comes on the control connection until @stop.
 */
typedef struct
{
  WbLabFtpSession *session;
  WbConnection *data;
  GCancellable *cancellable;
  gulong chained;
  GCancellable *stop;
  GThread *thread;
  guint64 budget;
} Transfer;

/* ── The control connection meanwhile ── */

static gpointer
hear_thread (gpointer user_data)
{
  Transfer *transfer = user_data;
  WbLabFtpSession *session = transfer->session;
  gboolean hears = TRUE;
  GPollFD fds[2];

  if (!g_cancellable_make_pollfd (transfer->stop, &fds[0]))
    return NULL;
  fds[1].fd = g_socket_get_fd (wb_connection_get_socket (session->control));
  fds[1].events = G_IO_IN;

  while (hears && !g_cancellable_is_cancelled (transfer->stop))
    {
      fds[0].revents = fds[1].revents = 0;
      if (!wb_connection_has_input (session->control))
        g_poll (fds, G_N_ELEMENTS (fds), -1);
      if (fds[0].revents != 0)
        break;
      if (fds[1].revents != 0 || wb_connection_has_input (session->control))
        hears = wb_lab_ftp_session_hear (session);
    }
  g_cancellable_release_fd (transfer->stop);
  if (session->aborted || session->lost)
    g_cancellable_cancel (transfer->cancellable);
  return NULL;
}

static void
chain_cb (GCancellable *outer, gpointer inner)
{
  g_cancellable_cancel (inner);
}

/* Opens the data connection and says 150; replies by itself and returns %FALSE when it cannot. */
static gboolean
transfer_begin (Transfer *transfer, WbLabFtpSession *session, const char *what, GError **error)
{
  const WbLabFault *fault = wb_lab_ftp_get_fault (session->server);
  g_autoptr (GError) reason = NULL;

  transfer->session = session;
  transfer->budget = fault != NULL && fault->close_after != 0 ? fault->close_after : G_MAXUINT64;
  session->aborted = FALSE;
  transfer->data = wb_lab_ftp_data_open (session, &reason);
  if (transfer->data == NULL)
    {
      if (session->lost)
        return FALSE;
      if (!wb_lab_peer_reply (session->peer, error, "425 %s",
                              g_error_matches (reason, WB_ERROR, WB_ERROR_FAILED)
                                  ? reason->message
                                  : "The data connection could not be opened."))
        return FALSE;
      if (session->aborted)
        wb_lab_peer_reply (session->peer, error, "226 Given up, as you asked.");
      return FALSE;
    }
  if (!wb_lab_peer_reply (session->peer, error, "150 %s", what))
    return FALSE;

  transfer->cancellable = g_cancellable_new ();
  transfer->chained = g_cancellable_connect (session->cancellable, G_CALLBACK (chain_cb),
                                             g_object_ref (transfer->cancellable), g_object_unref);
  transfer->stop = g_cancellable_new ();
  transfer->thread = g_thread_new ("lab-ftp-hear", hear_thread, transfer);
  return TRUE;
}

static void
transfer_clear (Transfer *transfer)
{
  if (transfer->thread != NULL)
    {
      g_cancellable_cancel (transfer->stop);
      g_thread_join (transfer->thread);
      g_cancellable_disconnect (transfer->session->cancellable, transfer->chained);
      transfer->thread = NULL;
    }
  g_clear_object (&transfer->stop);
  g_clear_object (&transfer->cancellable);
  if (transfer->data != NULL)
    {
      /* Without a goodbye: what was not ended properly must not look whole. */
      wb_connection_break (transfer->data);
      wb_connection_close (transfer->data, NULL, NULL);
    }
  g_clear_object (&transfer->data);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Transfer, transfer_clear)

static const char *const outcomes[] = {
  [OUTCOME_DONE] = "226 Transfer complete.",
  [OUTCOME_CONNECTION] = "426 The data connection broke; the transfer is not complete.",
  [OUTCOME_READ] = "451 The file could not be read to its end.",
  [OUTCOME_WRITE] = "451 The file could not be written.",
  [OUTCOME_DISK_FULL] = "452 The disk is full.",
  [OUTCOME_QUOTA] = "552 The limit of this group is reached.",
};

/* Says how it ended. A data connection that ended well is closed before the 226 goes out. */
static gboolean
transfer_end (Transfer *transfer, Outcome outcome, GError **error)
{
  WbLabFtpSession *session = transfer->session;

  if (outcome == OUTCOME_DONE && !wb_connection_close (transfer->data, transfer->cancellable, NULL))
    outcome = OUTCOME_CONNECTION;
  transfer_clear (transfer);

  if (session->lost)
    return FALSE;
  if (!wb_lab_peer_reply (session->peer, error, "%s", outcomes[outcome]))
    return FALSE;
  if (session->aborted)
    return wb_lab_peer_reply (session->peer, error, "226 ABOR was heard.");
  return TRUE;
}

/* ── Out ── */

static gboolean
spend (Transfer *transfer, guint64 bytes)
{
  transfer->budget -= MIN (bytes, transfer->budget);
  return transfer->budget > 0;
}

static Outcome
send_plain (Transfer *transfer, int fd, goffset offset)
{
  GSocket *socket = wb_connection_get_socket (transfer->data);
  WbWire *wire = wb_connection_get_wire (transfer->data);
  guint32 conversation = wb_connection_get_conversation (transfer->data);
  Outcome outcome = OUTCOME_DONE;
  guint64 unlogged = 0;
  off_t at = offset;

  for (;;)
    {
      gssize n =
          sendfile (g_socket_get_fd (socket), fd, &at, MIN (SENDFILE_BLOCK, transfer->budget));

      if (n == 0)
        break;
      if (n > 0)
        {
          unlogged += n;
          if (spend (transfer, n) && !g_cancellable_is_cancelled (transfer->cancellable))
            continue;
          outcome = OUTCOME_CONNECTION;
          break;
        }
      if (errno == EINTR)
        continue;
      if (errno != EAGAIN)
        {
          outcome = errno == EIO ? OUTCOME_READ : OUTCOME_CONNECTION;
          break;
        }
      if (!g_socket_condition_timed_wait (socket, G_IO_OUT,
                                          WB_LAB_FTP_DATA_TIMEOUT * G_USEC_PER_SEC,
                                          transfer->cancellable, NULL))
        {
          outcome = OUTCOME_CONNECTION;
          break;
        }
    }
  wb_wire_append_bulk (wire, conversation, WB_WIRE_SENT, unlogged);
  return outcome;
}

/* LF becomes CRLF (RFC 959, section 3.1.1.1); @out has twice the room of @in. */
static gsize
add_returns (const char *in, gsize length, char *out, gboolean *after_cr)
{
  gsize n = 0;

  for (gsize i = 0; i < length; i++)
    {
      if (in[i] == '\n' && !*after_cr)
        out[n++] = '\r';
      out[n++] = in[i];
      *after_cr = in[i] == '\r';
    }
  return n;
}

static Outcome
send_buffered (Transfer *transfer, int fd, goffset offset)
{
  g_autofree char *block = g_malloc (BLOCK);
  g_autofree char *converted = transfer->session->ascii ? g_malloc (2 * BLOCK) : NULL;
  gboolean after_cr = FALSE;

  for (;;)
    {
      gssize n = pread (fd, block, BLOCK, offset);
      const char *data = block;
      gsize length;

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return OUTCOME_READ;
      if (n == 0)
        return OUTCOME_DONE;
      offset += n;
      length = n;
      if (converted != NULL)
        {
          length = add_returns (block, n, converted, &after_cr);
          data = converted;
        }
      length = MIN (length, transfer->budget);
      if (!wb_connection_write (transfer->data, data, length, WB_WIRE_BULK, transfer->cancellable,
                                NULL) ||
          !spend (transfer, length))
        return OUTCOME_CONNECTION;
    }
}

/**
 * wb_lab_ftp_retr:
 *
 * RETR (RFC 959, section 4.1.3), from the byte that REST named.
 *
 * Returns: %TRUE, or %FALSE with @error set when the conversation is over
 */
gboolean
wb_lab_ftp_retr (WbLabFtpSession *self, const char *argument, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autofree char *path = NULL;
  g_autofree char *what = NULL;
  g_auto (Transfer) transfer = { NULL };
  gint64 offset = self->restart;
  struct stat st;
  Outcome outcome = OUTCOME_CONNECTION;
  gboolean well;
  int fd = -1;

  self->restart = 0;
  path = wb_lab_ftp_session_resolve (self, argument, WB_LAB_FTP_FETCH, &reason);
  if (path != NULL)
    fd = wb_lab_jail_open (self->account->jail, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, &reason);
  if (fd < 0)
    return wb_lab_ftp_session_refuse (self, reason, error);
  if (fstat (fd, &st) != 0 || !S_ISREG (st.st_mode))
    {
      close (fd);
      return wb_lab_peer_reply (self->peer, error, "550 That is no ordinary file.");
    }
  if (offset > st.st_size)
    {
      close (fd);
      return wb_lab_peer_reply (self->peer, error, "554 REST leads beyond the end of the file.");
    }

  what =
      g_strdup_printf ("Opening %s mode data connection for the file (%" G_GINT64_FORMAT " bytes).",
                       self->ascii ? "ASCII" : "BINARY", (gint64) st.st_size - offset);
  if (!transfer_begin (&transfer, self, what, error))
    {
      close (fd);
      return !self->lost && (error == NULL || *error == NULL);
    }
  if (wb_lab_ftp_data_secure (self, transfer.data, transfer.cancellable, NULL))
    outcome = self->ascii || self->protect ? send_buffered (&transfer, fd, offset)
                                           : send_plain (&transfer, fd, offset);
  well = transfer_end (&transfer, outcome, error);
  close (fd);
  return well;
}

/**
 * wb_lab_ftp_send_text:
 * @what: what the 150 says
 * @text: lines ending in CRLF: a listing
 *
 * Sends a listing on the data connection.
 *
 * Returns: %TRUE, or %FALSE with @error set when the conversation is over
 */
gboolean
wb_lab_ftp_send_text (WbLabFtpSession *self, const char *what, GString *text, GError **error)
{
  g_auto (Transfer) transfer = { NULL };
  Outcome outcome = OUTCOME_CONNECTION;
  gsize length;
  gsize shown;

  if (!transfer_begin (&transfer, self, what, error))
    return !self->lost && (error == NULL || *error == NULL);

  length = MIN (text->len, transfer.budget);
  shown = MIN (length, SHOWN);
  if (wb_lab_ftp_data_secure (self, transfer.data, transfer.cancellable, NULL) &&
      (shown == 0 || wb_connection_write (transfer.data, text->str, shown, WB_WIRE_DATA,
                                          transfer.cancellable, NULL)) &&
      (length == shown || wb_connection_write (transfer.data, text->str + shown, length - shown,
                                               WB_WIRE_BULK, transfer.cancellable, NULL)) &&
      length == text->len)
    outcome = OUTCOME_DONE;
  return transfer_end (&transfer, outcome, error);
}

/* ── In ── */

static gssize
receive (Transfer *transfer, char *block)
{
  return wb_connection_read (transfer->data, block, MIN (BLOCK, transfer->budget), WB_WIRE_BULK,
                             transfer->cancellable, NULL);
}

/* CRLF becomes LF, in place; a CR at the end of a block waits for the next. */
static gsize
drop_returns (char *block, gsize length, gboolean *held)
{
  gsize n = 0;

  for (gsize i = 0; i < length; i++)
    if (block[i] != '\r' || i + 1 == length || block[i + 1] != '\n')
      block[n++] = block[i];
  *held = n > 0 && block[n - 1] == '\r';
  return *held ? n - 1 : n;
}

static Outcome
store_block (Transfer *transfer, int fd, const char *data, gsize length, gint64 *at)
{
  WbLabFtpSession *session = transfer->session;

  if (!wb_lab_ftp_take_quota (session->server, session->account, length))
    return OUTCOME_QUOTA;
  while (length > 0)
    {
      gssize n = pwrite (fd, data, length, *at);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          wb_lab_ftp_take_quota (session->server, session->account, -(gint64) length);
          return errno == ENOSPC || errno == EDQUOT ? OUTCOME_DISK_FULL : OUTCOME_WRITE;
        }
      data += n;
      length -= n;
      *at += n;
    }
  return OUTCOME_DONE;
}

static Outcome
store (Transfer *transfer, int fd, gint64 at)
{
  /* One byte of room in front, for a CR that the block before ended in. */
  g_autofree char *room = g_malloc (BLOCK + 1);
  gboolean held = FALSE;

  for (;;)
    {
      gssize n = receive (transfer, room + 1);
      char *data = room + 1;
      gsize length;
      Outcome outcome;

      if (n < 0)
        return OUTCOME_CONNECTION;
      length = n;
      if (held)
        {
          *--data = '\r';
          length++;
        }
      if (n == 0)
        return store_block (transfer, fd, data, length, &at);
      held = FALSE;
      if (transfer->session->ascii)
        length = drop_returns (data, length, &held);
      outcome = store_block (transfer, fd, data, length, &at);
      if (outcome != OUTCOME_DONE)
        return outcome;
      if (!spend (transfer, n))
        return OUTCOME_CONNECTION;
    }
}

/* Opens what is to be written. The old content goes only now, and not at all for a restart. */
static int
open_target (WbLabFtpSession *self,
             const char *argument,
             gboolean append,
             gint64 *offset,
             GError **error)
{
  g_autofree char *path = NULL;
  WbLabFtpAction action = WB_LAB_FTP_CHANGE;
  int flags = O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY;
  struct stat st;
  int fd;

  if (self->account->kind == WB_LAB_FTP_ANONYMOUS && !append && *offset == 0)
    {
      action = WB_LAB_FTP_ADD;
      flags |= O_EXCL;
    }
  path = wb_lab_ftp_session_resolve (self, argument, action, error);
  if (path == NULL)
    return -1;
  fd = wb_lab_jail_open (self->account->jail, path, flags, 0644, error);
  if (fd < 0)
    return -1;

  if (fstat (fd, &st) != 0 || !S_ISREG (st.st_mode))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_ACCES, "%s", path);
      close (fd);
      return -1;
    }
  if (append)
    *offset = st.st_size;
  else if (*offset > st.st_size)
    {
      g_set_error (error, WB_ERROR, WB_ERROR_INVALID, "%s", path);
      close (fd);
      return -1;
    }
  return fd;
}

static gboolean
receive_file (WbLabFtpSession *self, const char *argument, gboolean append, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_auto (Transfer) transfer = { NULL };
  gint64 offset = self->restart;
  Outcome outcome = OUTCOME_CONNECTION;
  struct stat st;
  gboolean well;
  int fd;

  self->restart = 0;
  fd = open_target (self, argument, append, &offset, &reason);
  if (fd < 0)
    {
      if (g_error_matches (reason, WB_ERROR, WB_ERROR_INVALID))
        return wb_lab_peer_reply (self->peer, error, "554 REST leads beyond the end of the file.");
      return wb_lab_ftp_session_refuse (self, reason, error);
    }

  if (!transfer_begin (&transfer, self,
                       self->ascii ? "Opening ASCII mode data connection; send the file."
                                   : "Opening BINARY mode data connection; send the file.",
                       error))
    {
      close (fd);
      return !self->lost && (error == NULL || *error == NULL);
    }

  if (wb_lab_ftp_data_secure (self, transfer.data, transfer.cancellable, NULL) &&
      fstat (fd, &st) == 0)
    {
      if (st.st_size > offset && ftruncate (fd, offset) == 0)
        wb_lab_ftp_take_quota (self->server, self->account, offset - st.st_size);
      outcome = store (&transfer, fd, offset);
    }
  if (outcome == OUTCOME_DONE && close (fd) != 0)
    outcome = errno == ENOSPC || errno == EDQUOT ? OUTCOME_DISK_FULL : OUTCOME_WRITE;
  else if (outcome != OUTCOME_DONE)
    close (fd);
  well = transfer_end (&transfer, outcome, error);
  return well;
}

/**
 * wb_lab_ftp_stor:
 *
 * STOR (RFC 959, section 4.1.3), from the byte that REST named.
 *
 * Returns: %TRUE, or %FALSE with @error set when the conversation is over
 */
gboolean
wb_lab_ftp_stor (WbLabFtpSession *self, const char *argument, GError **error)
{
  return receive_file (self, argument, FALSE, error);
}

/**
 * wb_lab_ftp_appe:
 *
 * APPE (RFC 959, section 4.1.3): STOR behind what is there.
 *
 * Returns: %TRUE, or %FALSE with @error set when the conversation is over
 */
gboolean
wb_lab_ftp_appe (WbLabFtpSession *self, const char *argument, GError **error)
{
  return receive_file (self, argument, TRUE, error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-client-private.h"
#include "wb-ftp-text.h"

#include "wb-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Moves a file's content between a data connection and a file descriptor. What comes in the clear
 * goes to the file by splice(2) and never enters this process; else one buffer is used throughout.
 */

#define PIPE_SIZE (1024 * 1024)
/* So much as is still in the processor's own cache when it is sent: 1 MiB was no faster, and a
 * window mapped from the file took more processor time than the copy that it saves. */
#define SEND_BUFFER_SIZE (128 * 1024)
#define TLS_BUFFER_SIZE (256 * 1024)

/* What is no longer than this needs no pipe, and most files are not; in bytes. */
#define BEGINNING (64 * 1024)
#define BEGINNING_BUFFER_SIZE (16 * 1024)

/* Up to this round-trip time, in µs, so much is enough to keep the way full. */
#define NEAR 200
#define NEAR_SEND_BUFFER_SIZE (128 * 1024)

/* How often the log and the progress hear of it, in µs. */
#define REPORT_INTERVAL (G_USEC_PER_SEC / 10)

#define DEFAULT_TIMEOUT 30

typedef struct
{
  WbConnection *data;
  int socket;
  int file;
  guint timeout;
  WbProgress *progress;
  WbLimit *limit;
  gint64 *count;
  WbWireDirection direction;
  GCancellable *cancellable;
  GPollFD cancel_fd;
  gboolean can_poll_cancel;

  /* Reports are gathered. */
  gint64 unreported;
  gint64 last_report;
} Pump;

static void
pump_init (Pump *pump, WbConnection *data, GCancellable *cancellable, WbWireDirection direction)
{
  pump->data = data;
  pump->socket = g_socket_get_fd (wb_connection_get_socket (data));
  pump->direction = direction;
  pump->limit = pump->progress != NULL ? wb_progress_get_limit (pump->progress) : NULL;
  pump->cancellable = cancellable;
  pump->last_report = g_get_monotonic_time ();
  if (cancellable != NULL)
    pump->can_poll_cancel = g_cancellable_make_pollfd (cancellable, &pump->cancel_fd);
}

static void
report_now (Pump *pump)
{
  WbWire *wire = wb_connection_get_wire (pump->data);

  if (pump->unreported == 0)
    return;
  if (wire != NULL && !wb_connection_get_tls (pump->data))
    wb_wire_append_bulk (wire, wb_connection_get_conversation (pump->data), pump->direction,
                         pump->unreported);
  if (pump->progress != NULL)
    wb_progress_add (pump->progress, pump->unreported);
  pump->unreported = 0;
}

static void
report (Pump *pump, gsize moved)
{
  gint64 now = g_get_monotonic_time ();

  *pump->count += moved;
  pump->unreported += moved;
  if (now - pump->last_report < REPORT_INTERVAL)
    return;
  pump->last_report = now;
  report_now (pump);
}

static void
pump_clear (Pump *pump)
{
  report_now (pump);
  if (pump->can_poll_cancel)
    g_cancellable_release_fd (pump->cancellable);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pump, pump_clear)

/* Under a limit, in blocks that make the bytes flow evenly. */
static gsize
get_block (Pump *pump, gsize most)
{
  return pump->limit != NULL ? wb_limit_get_block (pump->limit, most) : most;
}

/* What went by is reported before this holds it up. */
static gboolean
throttle (Pump *pump, gsize moved, GError **error)
{
  return pump->limit == NULL || wb_limit_take (pump->limit, moved, pump->cancellable, error);
}

static gboolean
fail_network (Pump *pump, int code, GError **error)
{
  g_autofree char *peer = g_strdup_printf ("%s", wb_connection_get_host (pump->data));

  g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (code), g_strerror (code));
  wb_error_translate (error, peer);
  return FALSE;
}

static gboolean
fail_local (int code, GError **error)
{
  if (code == ENOSPC || code == EDQUOT)
    g_set_error_literal (error, WB_FTP_ERROR, WB_FTP_ERROR_LOCAL,
                         _ ("Could not receive the file. The disk is full: free some space, or "
                            "choose another folder."));
  else if (code == EFBIG)
    g_set_error_literal (error, WB_FTP_ERROR, WB_FTP_ERROR_LOCAL,
                         _ ("Could not receive the file. It is larger than a file may be there: "
                            "choose another folder."));
  else
    g_set_error (error, WB_FTP_ERROR, WB_FTP_ERROR_LOCAL,
                 /* Translators: %s is the system's reason. */
                 _ ("Could not receive the file. Writing it failed: %s."), g_strerror (code));
  return FALSE;
}

static gboolean
fail_reading (int code, GError **error)
{
  g_set_error (error, WB_FTP_ERROR, WB_FTP_ERROR_LOCAL,
               /* Translators: %s is the system's reason. */
               _ ("Could not send the file. Reading it failed: %s."), g_strerror (code));
  return FALSE;
}

/* Waits until the socket is ready, Cancel, or the time-out, which counts from here: from the last
 * byte that went by. */
static gboolean
wait_for (Pump *pump, short events, GError **error)
{
  struct pollfd fds[2] = { { .fd = pump->socket, .events = events } };
  nfds_t n = 1;
  int ready = 0;

  if (pump->can_poll_cancel)
    fds[n++] = (struct pollfd){ .fd = pump->cancel_fd.fd, .events = POLLIN };

  do
    ready = poll (fds, n, (int) pump->timeout * 1000);
  while (ready < 0 && errno == EINTR);

  if (g_cancellable_set_error_if_cancelled (pump->cancellable, error))
    return FALSE;
  if (ready < 0)
    return fail_network (pump, errno, error);
  if (ready == 0)
    return fail_network (pump, ETIMEDOUT, error);
  return TRUE;
}

static gboolean
write_all (int fd, const guint8 *data, gsize length, GError **error)
{
  while (length > 0)
    {
      ssize_t written = write (fd, data, length);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return fail_local (errno, error);
      data += written;
      length -= written;
    }
  return TRUE;
}

/* Empties the pipe into a file that splice(2) cannot write to. */
static gboolean
copy_pipe (int pipe_end, int fd, gsize length, GError **error)
{
  g_autofree guint8 *buffer = g_malloc (TLS_BUFFER_SIZE);

  while (length > 0)
    {
      ssize_t got = read (pipe_end, buffer, MIN (length, TLS_BUFFER_SIZE));

      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        return fail_local (got < 0 ? errno : EIO, error);
      if (!write_all (fd, buffer, got, error))
        return FALSE;
      length -= got;
    }
  return TRUE;
}

static gboolean
empty_pipe (int pipe_end, int fd, gsize length, GError **error)
{
  while (length > 0)
    {
      ssize_t moved = splice (pipe_end, NULL, fd, NULL, length, SPLICE_F_MOVE);

      if (moved < 0 && errno == EINTR)
        continue;
      if (moved < 0 && errno == EINVAL)
        return copy_pipe (pipe_end, fd, length, error);
      if (moved <= 0)
        return fail_local (moved < 0 ? errno : EIO, error);
      length -= moved;
    }
  return TRUE;
}

/* Up to the end or a place where a pipe begins to be worth its while; @more says which. */
static gboolean
read_beginning (Pump *pump, gboolean *more, GError **error)
{
  guint8 buffer[BEGINNING_BUFFER_SIZE];

  for (gsize left = BEGINNING; left > 0;)
    {
      ssize_t got = 0;

      if (g_cancellable_set_error_if_cancelled (pump->cancellable, error))
        return FALSE;
      got = recv (pump->socket, buffer, get_block (pump, MIN (left, sizeof buffer)), MSG_DONTWAIT);
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0 && errno != EAGAIN)
        return fail_network (pump, errno, error);
      if (got < 0)
        {
          if (!wait_for (pump, POLLIN, error))
            return FALSE;
          continue;
        }
      *more = got > 0;
      if (got == 0)
        return TRUE;
      if (!write_all (pump->file, buffer, got, error))
        return FALSE;
      report (pump, got);
      if (!throttle (pump, got, error))
        return FALSE;
      left -= got;
    }
  return TRUE;
}

/* Socket to pipe to file. */
static gboolean
splice_down (Pump *pump, const int ends[2], GError **error)
{
  for (;;)
    {
      ssize_t got = 0;

      if (g_cancellable_set_error_if_cancelled (pump->cancellable, error))
        return FALSE;
      got = splice (pump->socket, NULL, ends[1], NULL, get_block (pump, PIPE_SIZE),
                    SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
      if (got == 0)
        return TRUE;
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0 && errno != EAGAIN)
        return fail_network (pump, errno, error);
      if (got < 0)
        {
          if (!wait_for (pump, POLLIN, error))
            return FALSE;
          continue;
        }
      if (!empty_pipe (ends[0], pump->file, got, error))
        return FALSE;
      report (pump, got);
      if (!throttle (pump, got, error))
        return FALSE;
    }
}

/* Through a buffer, gathered so that TLS's 16 KiB records do not become as many writes. */
static gboolean
read_down (Pump *pump, GError **error)
{
  g_autofree guint8 *buffer = g_malloc (TLS_BUFFER_SIZE);
  gsize have = 0;

  for (;;)
    {
      gsize room = get_block (pump, TLS_BUFFER_SIZE);
      gssize got = wb_connection_read (pump->data, buffer + have, TLS_BUFFER_SIZE - have,
                                       WB_WIRE_BULK, pump->cancellable, error);

      if (got < 0)
        {
          /* What came is still the beginning of the file. */
          write_all (pump->file, buffer, have, NULL);
          return FALSE;
        }
      have += got;
      if (got == 0 || have >= room)
        {
          if (!write_all (pump->file, buffer, have, error))
            return FALSE;
          report (pump, have);
          if (!throttle (pump, have, error))
            return FALSE;
          have = 0;
        }
      if (got == 0)
        return TRUE;
    }
}

/* The same for lines of text. */
static gboolean
read_text_down (Pump *pump, GError **error)
{
  g_autofree guint8 *buffer = g_malloc (SEND_BUFFER_SIZE);
  g_autofree guint8 *lines = g_malloc (SEND_BUFFER_SIZE + 1);
  gboolean after_cr = FALSE;

  for (;;)
    {
      gssize got = wb_connection_read (pump->data, buffer, get_block (pump, SEND_BUFFER_SIZE),
                                       WB_WIRE_BULK, pump->cancellable, error);
      gsize length = 0;

      if (got < 0)
        return FALSE;
      if (got == 0)
        return !after_cr || write_all (pump->file, (const guint8 *) "\r", 1, error);
      length = wb_ftp_text_from_wire (buffer, (gsize) got, lines, &after_cr);
      if (!write_all (pump->file, lines, length, error))
        return FALSE;
      report (pump, (gsize) got);
      if (!throttle (pump, (gsize) got, error))
        return FALSE;
    }
}

/* Receives everything up to the end of the data connection into @fd, or of @text its lines. @count
 * says how much came, which of text is more than @fd gets, also when it fails. */
gboolean
wb_ftp_pump_down (WbConnection *data,
                  int fd,
                  gboolean text,
                  guint timeout,
                  WbProgress *progress,
                  gint64 *count,
                  GCancellable *cancellable,
                  GError **error)
{
  g_auto (Pump) pump = { .file = fd,
                         .timeout = timeout > 0 ? timeout : DEFAULT_TIMEOUT,
                         .progress = progress,
                         .count = count };
  int ends[2];
  gboolean more = TRUE;
  gboolean ok = FALSE;

  *count = 0;
  pump_init (&pump, data, cancellable, WB_WIRE_RECEIVED);
  if (text)
    return read_text_down (&pump, error);
  if (wb_connection_get_tls (data) || wb_connection_has_input (data))
    return read_down (&pump, error);
  ok = read_beginning (&pump, &more, error);
  if (!ok || !more)
    return ok;
  if (pipe2 (ends, O_CLOEXEC | O_NONBLOCK) != 0)
    return read_down (&pump, error);

  /* A refusal leaves 64 KiB, which also works. */
  fcntl (ends[1], F_SETPIPE_SZ, PIPE_SIZE);
  ok = splice_down (&pump, ends, error);
  close (ends[0]);
  close (ends[1]);
  return ok;
}

static gboolean
send_block (Pump *pump, const guint8 *data, gsize length, GError **error)
{
  while (length > 0)
    {
      ssize_t sent = send (pump->socket, data, length, MSG_NOSIGNAL);

      if (sent < 0 && errno == EINTR)
        continue;
      if (sent < 0 && errno != EAGAIN)
        return fail_network (pump, errno, error);
      if (sent < 0)
        {
          if (!wait_for (pump, POLLOUT, error))
            return FALSE;
          continue;
        }
      data += sent;
      length -= sent;
      report (pump, sent);
    }
  return TRUE;
}

/* Not sendfile(2), although it takes a third of the processor time on this side: its scattered
 * pages, which no cache holds, cost the receiver more than the copy costs us. To vsftpd on the same
 * machine 512 MiB took 1.3 s with it and 1.0 s through a buffer. */
static gboolean
copy_up (Pump *pump, gint64 length, gboolean text, gint64 *done, GError **error)
{
  gboolean tls = wb_connection_get_tls (pump->data);
  gsize size = get_block (pump, tls ? TLS_BUFFER_SIZE : SEND_BUFFER_SIZE);
  g_autofree guint8 *buffer = g_malloc (size);
  g_autofree guint8 *lines = text ? g_malloc (2 * size) : NULL;
  gboolean after_cr = FALSE;

  while (*done < length)
    {
      ssize_t got = read (pump->file, buffer, (size_t) MIN (length - *done, (gint64) size));
      const guint8 *block = text ? lines : buffer;
      gsize going = 0;

      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        return fail_reading (errno, error);
      if (got == 0)
        return TRUE;
      if (g_cancellable_set_error_if_cancelled (pump->cancellable, error))
        return FALSE;
      going = text ? wb_ftp_text_to_wire (buffer, (gsize) got, lines, &after_cr) : (gsize) got;
      if (!tls && !send_block (pump, block, going, error))
        return FALSE;
      if (tls &&
          !wb_connection_write (pump->data, block, going, WB_WIRE_BULK, pump->cancellable, error))
        return FALSE;
      if (tls)
        report (pump, going);
      *done += got;
      if (!throttle (pump, going, error))
        return FALSE;
    }
  return TRUE;
}

/* To a peer this near, what is under way had better fit into the processor's cache, where the
 * receiver finds it again, than fill the megabytes that the system would give it: 512 MiB to vsftpd
 * on the same machine took 0.82 of the time. Further away the system knows best, and under TLS:
 * there the server is the slower one, and with more to go on with it wakes this process less often,
 * which saves it a seventh of its processor time. */
static void
keep_near (Pump *pump)
{
  struct tcp_info info = { 0 };
  socklen_t length = sizeof info;
  int size = NEAR_SEND_BUFFER_SIZE;

  if (!wb_connection_get_tls (pump->data) &&
      getsockopt (pump->socket, IPPROTO_TCP, TCP_INFO, &info, &length) == 0 && info.tcpi_rtt > 0 &&
      info.tcpi_rtt <= NEAR)
    setsockopt (pump->socket, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
}

/* Sends @length bytes of @fd from where it stands, or of @text their lines, or fewer when it ends
 * before; @count says how many of them, which of text is less than goes over the wire, also when it
 * fails. */
gboolean
wb_ftp_pump_up (WbConnection *data,
                int fd,
                gint64 length,
                gboolean text,
                guint timeout,
                WbProgress *progress,
                gint64 *count,
                GCancellable *cancellable,
                GError **error)
{
  gint64 done = 0;
  gint64 sent = 0;
  g_auto (Pump) pump = { .file = fd,
                         .timeout = timeout > 0 ? timeout : DEFAULT_TIMEOUT,
                         .progress = progress,
                         .count = &sent };
  gboolean ok = FALSE;

  pump_init (&pump, data, cancellable, WB_WIRE_SENT);
  keep_near (&pump);
  ok = copy_up (&pump, length, text, &done, error);
  *count = text ? done : sent;
  return ok;
}

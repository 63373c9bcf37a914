/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-sockets"

#include "config.h"

#include "wb-socket-server-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What one TLS record carries. */
#define RECORD_MAX 16384

void
wb_socket_buffer_append (WbSocketBuffer *buffer, const void *data, gsize length)
{
  if (length == 0)
    return;
  if (buffer->size - buffer->end < length && buffer->start > 0)
    {
      memmove (buffer->data, buffer->data + buffer->start, buffer->end - buffer->start);
      buffer->end -= buffer->start;
      buffer->start = 0;
    }
  if (buffer->size - buffer->end < length)
    {
      buffer->size = MAX (buffer->size * 2, buffer->end + length);
      buffer->data = g_realloc (buffer->data, buffer->size);
    }
  memcpy (buffer->data + buffer->end, data, length);
  buffer->end += length;
}

void
wb_socket_buffer_consume (WbSocketBuffer *buffer, gsize length)
{
  buffer->start += length;
  if (buffer->start == buffer->end)
    wb_socket_buffer_clear (buffer);
}

void
wb_socket_buffer_clear (WbSocketBuffer *buffer)
{
  g_clear_pointer (&buffer->data, g_free);
  buffer->start = 0;
  buffer->end = 0;
  buffer->size = 0;
}

static const char *
system_message (int code)
{
  if (code == ECONNRESET || code == EPIPE)
    return _ ("The client broke the connection off (reset).");
  return g_strerror (code);
}

static const char *
tls_message (int code)
{
  if (code == GNUTLS_E_PULL_ERROR || code == GNUTLS_E_PUSH_ERROR)
    return system_message (ECONNRESET);
  return gnutls_strerror (code);
}

static gboolean
is_transient (int code)
{
  return code == GNUTLS_E_AGAIN || code == GNUTLS_E_INTERRUPTED || code == GNUTLS_E_REHANDSHAKE ||
         code == GNUTLS_E_WARNING_ALERT_RECEIVED;
}

/* recv() and send() are points where glibc lets a thread be cancelled, which costs some atomic
 * operations in a program with threads. Nobody cancels this one, and these do not wait. */
static gssize
receive_now (int fd, void *buffer, gsize size)
{
  return syscall (SYS_recvfrom, fd, buffer, size, 0, NULL, NULL);
}

static gssize
send_now (int fd, const void *data, gsize length)
{
  return syscall (SYS_sendto, fd, data, length, MSG_NOSIGNAL, NULL, 0);
}

/* Reads into the server's buffer. Returns the count, 0 at the end of the stream, or -1: with
 * *MESSAGE set when the connection is lost, else when nothing is there. */
gssize
wb_socket_stream_read (WbSocketServer *self,
                       WbSocketRemote *remote,
                       gsize size,
                       const char **message)
{
  gssize n;

  *message = NULL;
  if (remote->tls == NULL)
    {
      do
        n = receive_now (remote->fd, self->buffer, size);
      while (n < 0 && errno == EINTR);
      if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
        *message = system_message (errno);
      return n;
    }

  n = gnutls_record_recv (remote->tls, self->buffer, size);
  if (n >= 0)
    return n;
  if (n == GNUTLS_E_PREMATURE_TERMINATION)
    *message = _ ("The client ended without the TLS goodbye: what came may be incomplete.");
  else if (!is_transient ((int) n))
    *message = tls_message ((int) n);
  return -1;
}

static gssize
write_tls (WbSocketRemote *remote, const guint8 *data, gsize length, const char **message)
{
  gsize done = 0;

  while (done < length)
    {
      gssize n;

      /* A record that GnuTLS could not get rid of is asked about without data. */
      if (remote->tls_again)
        n = gnutls_record_send (remote->tls, NULL, 0);
      else
        n = gnutls_record_send (remote->tls, data + done, MIN (length - done, RECORD_MAX));
      remote->tls_again = n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED;
      if (remote->tls_again)
        break;
      if (n < 0)
        {
          *message = tls_message ((int) n);
          return -1;
        }
      done += (gsize) n;
    }
  return (gssize) done;
}

/* Sends as much as goes now; -1 with *MESSAGE set when the connection is lost. */
gssize
wb_socket_stream_write (WbSocketServer *self,
                        WbSocketRemote *remote,
                        const void *data,
                        gsize length,
                        const char **message)
{
  gssize n;

  *message = NULL;
  if (remote->tls != NULL)
    n = write_tls (remote, data, length, message);
  else
    {
      do
        n = send_now (remote->fd, data, length);
      while (n < 0 && errno == EINTR);
      if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        n = 0;
      if (n < 0)
        *message = system_message (errno);
    }
  if (n > 0)
    {
      wb_socket_count (remote->bytes_out, (guint64) n);
      wb_socket_count (self->counters.bytes_out, (guint64) n);
    }
  return n;
}

/* Goes on with the handshake. FALSE: with *MESSAGE set it failed, else it is not done yet. */
gboolean
wb_socket_stream_shake (WbSocketServer *self, WbSocketRemote *remote, const char **message)
{
  int rc;

  *message = NULL;
  if (remote->tls == NULL)
    {
      gnutls_init (&remote->tls, GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL);
      gnutls_priority_set (remote->tls, self->priority);
      gnutls_credentials_set (remote->tls, GNUTLS_CRD_CERTIFICATE, self->credentials);
      gnutls_transport_set_int (remote->tls, remote->fd);
    }

  do
    rc = gnutls_handshake (remote->tls);
  while (rc == GNUTLS_E_WARNING_ALERT_RECEIVED || rc == GNUTLS_E_INTERRUPTED);
  if (rc == GNUTLS_E_SUCCESS)
    return TRUE;
  if (rc == GNUTLS_E_AGAIN)
    return FALSE;

  if (rc == GNUTLS_E_UNEXPECTED_PACKET || rc == GNUTLS_E_UNEXPECTED_PACKET_LENGTH ||
      rc == GNUTLS_E_UNSUPPORTED_VERSION_PACKET)
    *message = _ ("The client does not speak TLS, or only a version that is too old.");
  else if (rc == GNUTLS_E_PULL_ERROR || rc == GNUTLS_E_PREMATURE_TERMINATION)
    *message = _ ("The client left during the TLS handshake. It may not trust the certificate.");
  else if (rc == GNUTLS_E_FATAL_ALERT_RECEIVED)
    *message = gnutls_alert_get_name (gnutls_alert_get (remote->tls));
  else
    *message = gnutls_strerror (rc);
  if (*message == NULL)
    *message = gnutls_strerror (rc);
  gnutls_alert_send_appropriate (remote->tls, rc);
  return FALSE;
}

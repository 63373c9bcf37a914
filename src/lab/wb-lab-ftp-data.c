/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-lab"

#include "config.h"

#include "wb-lab-ftp-private.h"

#include "wb-error.h"
#include "wb-lab-owner.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

/* Seconds to wait for a data connection. */
#define OPEN_TIMEOUT 30

/* Data connections below this are other people's servers, whatever the client says. */
#define FIRST_FREE_PORT 1024

/**
 * wb_lab_ftp_data_reset:
 *
 * Forgets what was agreed on for the next data connection.
 */
void
wb_lab_ftp_data_reset (WbLabFtpSession *self)
{
  if (self->passive != NULL)
    g_socket_close (self->passive, NULL);
  g_clear_object (&self->passive);
  g_clear_object (&self->active);
}

static GInetAddress *
dup_end (WbLabFtpSession *self, gboolean peer)
{
  g_autoptr (GSocketAddress) address =
      peer ? wb_connection_get_peer (self->control) : wb_connection_get_local (self->control);

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return NULL;
  return g_object_ref (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

/* ── Passive ── */

static gboolean
listen_passive (WbLabFtpSession *self, guint16 *port, GError **error)
{
  g_autoptr (GInetAddress) host = dup_end (self, FALSE);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GSocket) socket = NULL;

  wb_lab_ftp_data_reset (self);
  if (host == NULL)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_CLOSED, _ ("The connection has ended."));
      return FALSE;
    }
  address = g_inet_socket_address_new (host, 0);
  socket = g_socket_new (g_inet_address_get_family (host), G_SOCKET_TYPE_STREAM,
                         G_SOCKET_PROTOCOL_TCP, error);
  if (socket == NULL || !g_socket_bind (socket, address, FALSE, error) ||
      !g_socket_listen (socket, error))
    return FALSE;
  g_socket_set_blocking (socket, FALSE);
  bound = g_socket_get_local_address (socket, error);
  if (bound == NULL)
    return FALSE;

  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  self->passive = g_steal_pointer (&socket);
  return TRUE;
}

/**
 * wb_lab_ftp_pasv:
 *
 * PASV (RFC 959, section 4.1.2): listens for the next data connection.
 *
 * Returns: %TRUE, or %FALSE with @error set when the conversation is over
 */
gboolean
wb_lab_ftp_pasv (WbLabFtpSession *self, const char *argument, GError **error)
{
  g_autoptr (GInetAddress) host = dup_end (self, FALSE);
  g_autoptr (GError) reason = NULL;
  const guint8 *bytes;
  guint16 port;

  if (self->epsv_only)
    return wb_lab_peer_reply (self->peer, error, "501 After EPSV ALL there is no PASV.");
  if (host == NULL || g_inet_address_get_family (host) != G_SOCKET_FAMILY_IPV4)
    return wb_lab_peer_reply (self->peer, error, "425 PASV knows IPv4 alone; send EPSV.");
  if (!listen_passive (self, &port, &reason))
    return wb_lab_peer_reply (self->peer, error, "425 No port is free for data.");

  bytes = g_inet_address_to_bytes (host);
  return wb_lab_peer_reply (self->peer, error, "227 Entering Passive Mode (%u,%u,%u,%u,%u,%u).",
                            bytes[0], bytes[1], bytes[2], bytes[3], port >> 8, port & 0xff);
}

/**
 * wb_lab_ftp_epsv:
 *
 * EPSV (RFC 2428, section 3): the same for any family; `ALL` promises to use nothing
 * else from here on.
 *
 * Returns: %TRUE, or %FALSE with @error set when the conversation is over
 */
gboolean
wb_lab_ftp_epsv (WbLabFtpSession *self, const char *argument, GError **error)
{
  g_autoptr (GInetAddress) host = dup_end (self, FALSE);
  g_autoptr (GError) reason = NULL;
  gboolean ipv6 = host != NULL && g_inet_address_get_family (host) == G_SOCKET_FAMILY_IPV6;
  guint16 port;

  if (g_ascii_strcasecmp (argument, "ALL") == 0)
    {
      self->epsv_only = TRUE;
      return wb_lab_peer_reply (self->peer, error, "200 EPSV alone from here on.");
    }
  if (*argument != '\0' && !g_str_equal (argument, ipv6 ? "2" : "1"))
    return wb_lab_peer_reply (self->peer, error,
                              "522 Network protocol not supported here, use (%d)", ipv6 ? 2 : 1);
  if (!listen_passive (self, &port, &reason))
    return wb_lab_peer_reply (self->peer, error, "425 No port is free for data.");
  return wb_lab_peer_reply (self->peer, error, "229 Entering Extended Passive Mode (|||%u|)", port);
}

/* ── Active ── */

/* RFC 2577: a server that connects wherever it is told to is a weapon for others. */
static gboolean
take_active (WbLabFtpSession *self, GInetAddress *host, guint16 port, GError **error)
{
  g_autoptr (GInetAddress) peer = dup_end (self, TRUE);

  wb_lab_ftp_data_reset (self);
  if (peer == NULL || !g_inet_address_equal (peer, host))
    return wb_lab_peer_reply (self->peer, error,
                              "500 Data goes to the address of the control connection alone.");
  if (port < FIRST_FREE_PORT)
    return wb_lab_peer_reply (self->peer, error, "500 Data goes to no port below %d.",
                              FIRST_FREE_PORT);
  self->active = g_inet_socket_address_new (host, port);
  return wb_lab_peer_reply (self->peer, error, "200 Data will go to port %u.", port);
}

/**
 * wb_lab_ftp_port:
 *
 * PORT h1,h2,h3,h4,p1,p2 (RFC 959, section 4.1.2): where to connect for data.
 *
 * Returns: %TRUE, or %FALSE with @error set when the conversation is over
 */
gboolean
wb_lab_ftp_port (WbLabFtpSession *self, const char *argument, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (argument, ",", 7);
  g_autoptr (GInetAddress) host = NULL;
  guint64 numbers[6];
  guint8 bytes[4];

  if (self->epsv_only)
    return wb_lab_peer_reply (self->peer, error, "501 After EPSV ALL there is no PORT.");
  if (g_strv_length (parts) != G_N_ELEMENTS (numbers))
    return wb_lab_peer_reply (self->peer, error, "501 PORT wants six numbers.");
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (!g_ascii_string_to_unsigned (parts[i], 10, 0, 255, &numbers[i], NULL))
      return wb_lab_peer_reply (self->peer, error, "501 PORT wants six numbers, 0 to 255.");

  for (guint i = 0; i < G_N_ELEMENTS (bytes); i++)
    bytes[i] = numbers[i];
  host = g_inet_address_new_from_bytes (bytes, G_SOCKET_FAMILY_IPV4);
  return take_active (self, host, numbers[4] << 8 | numbers[5], error);
}

/**
 * wb_lab_ftp_eprt:
 *
 * EPRT |1|address|port| (RFC 2428, section 2): the same for any family.
 *
 * Returns: %TRUE, or %FALSE with @error set when the conversation is over
 */
gboolean
wb_lab_ftp_eprt (WbLabFtpSession *self, const char *argument, GError **error)
{
  char delimiter[2] = { argument[0], '\0' };
  g_auto (GStrv) parts = NULL;
  g_autoptr (GInetAddress) host = NULL;
  GSocketFamily family;
  guint64 port;

  if (self->epsv_only)
    return wb_lab_peer_reply (self->peer, error, "501 After EPSV ALL there is no EPRT.");
  if (delimiter[0] == '\0')
    return wb_lab_peer_reply (self->peer, error, "501 EPRT wants |1|address|port|.");
  parts = g_strsplit (argument, delimiter, 6);
  if (g_strv_length (parts) != 5)
    return wb_lab_peer_reply (self->peer, error, "501 EPRT wants |1|address|port|.");

  if (g_str_equal (parts[1], "1"))
    family = G_SOCKET_FAMILY_IPV4;
  else if (g_str_equal (parts[1], "2"))
    family = G_SOCKET_FAMILY_IPV6;
  else
    return wb_lab_peer_reply (self->peer, error, "522 Network protocol not supported, use (1,2)");
  host = g_inet_address_new_from_string (parts[2]);
  if (host == NULL || g_inet_address_get_family (host) != family ||
      !g_ascii_string_to_unsigned (parts[3], 10, 1, G_MAXUINT16, &port, NULL))
    return wb_lab_peer_reply (self->peer, error, "501 EPRT wants |1|address|port|.");
  return take_active (self, host, port, error);
}

/* ── Opening ── */

static gboolean
is_control_peer (WbLabFtpSession *self, GSocket *socket)
{
  g_autoptr (GSocketAddress) address = g_socket_get_remote_address (socket, NULL);
  g_autoptr (GInetAddress) peer = dup_end (self, TRUE);

  return peer != NULL && G_IS_INET_SOCKET_ADDRESS (address) &&
         g_inet_address_equal (peer,
                               g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

static GSocket *
accept_from_peer (WbLabFtpSession *self)
{
  g_autoptr (GSocket) socket = g_socket_accept (self->passive, NULL, NULL);

  if (socket == NULL)
    return NULL;
  if (is_control_peer (self, socket) && wb_lab_owner_find (socket) != WB_LAB_OWNER_OTHER)
    return g_steal_pointer (&socket);

  /* Somebody else was quicker to the port; the client still comes (RFC 2577, section 5). */
  g_socket_close (socket, NULL);
  wb_wire_note (wb_connection_get_wire (self->control),
                wb_connection_get_conversation (self->control), WB_WIRE_NOTE, "%s",
                _ ("A data connection from another address or user than the control "
                   "connection's was refused."));
  return NULL;
}

/* Waits for the client's data connection, and listens to what it says meanwhile. */
static GSocket *
wait_passive (WbLabFtpSession *self, GError **error)
{
  gint64 end = g_get_monotonic_time () + OPEN_TIMEOUT * G_USEC_PER_SEC;
  gboolean hears = TRUE;
  GSocket *socket = NULL;
  GPollFD fds[3];

  if (!g_cancellable_make_pollfd (self->cancellable, &fds[0]))
    return NULL;
  fds[1].fd = g_socket_get_fd (self->passive);
  fds[1].events = G_IO_IN;
  fds[2].fd = g_socket_get_fd (wb_connection_get_socket (self->control));
  fds[2].events = G_IO_IN;

  while (socket == NULL && !self->aborted && !self->lost)
    {
      gint64 left = end - g_get_monotonic_time ();

      if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
        break;
      if (left <= 0)
        {
          g_set_error_literal (error, WB_ERROR, WB_ERROR_TIMED_OUT,
                               "No data connection came in time.");
          break;
        }
      fds[0].revents = fds[1].revents = fds[2].revents = 0;
      if (!hears || !wb_connection_has_input (self->control))
        g_poll (fds, hears ? 3 : 2, (left + 999) / 1000);
      /* A client that is quick may have ended its data connection already: look there first. */
      if (fds[1].revents != 0)
        socket = accept_from_peer (self);
      else if (hears && (fds[2].revents != 0 || wb_connection_has_input (self->control)))
        hears = wb_lab_ftp_session_hear (self);
    }
  g_cancellable_release_fd (self->cancellable);
  if (socket == NULL && error != NULL && *error == NULL)
    g_set_error_literal (error, WB_ERROR, WB_ERROR_CLOSED, "The transfer was given up.");
  return socket;
}

static GSocket *
connect_active (WbLabFtpSession *self, GError **error)
{
  g_autoptr (GInetAddress) host = dup_end (self, FALSE);
  g_autoptr (GSocketAddress) from = NULL;
  g_autoptr (GSocket) socket = NULL;

  if (host == NULL)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_CLOSED, "The connection has ended.");
      return NULL;
    }
  from = g_inet_socket_address_new (host, 0);
  socket = g_socket_new (g_inet_address_get_family (host), G_SOCKET_TYPE_STREAM,
                         G_SOCKET_PROTOCOL_TCP, error);
  if (socket == NULL)
    return NULL;
  g_socket_set_timeout (socket, OPEN_TIMEOUT);
  if (!g_socket_bind (socket, from, FALSE, error) ||
      !g_socket_connect (socket, self->active, self->cancellable, error))
    return NULL;
  return g_steal_pointer (&socket);
}

/**
 * wb_lab_ftp_data_open:
 *
 * Waits for the data connection, or makes it, whichever was agreed on. It is in the
 * clear still: TLS begins after the 150 (wb_lab_ftp_data_secure()).
 *
 * Returns: (transfer full): the connection, or %NULL with @error set
 */
WbConnection *
wb_lab_ftp_data_open (WbLabFtpSession *self, GError **error)
{
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketConnection) stream = NULL;
  WbConnection *data;

  if (self->passive != NULL)
    socket = wait_passive (self, error);
  else if (self->active != NULL)
    socket = connect_active (self, error);
  else
    g_set_error_literal (error, WB_ERROR, WB_ERROR_FAILED, "Send PASV or EPSV first.");
  wb_lab_ftp_data_reset (self);
  if (socket == NULL)
    return NULL;

  stream = g_socket_connection_factory_create_connection (socket);
  data = wb_connection_new_accepted (stream, "ftp-data", wb_connection_get_wire (self->control),
                                     WB_LAB_FTP_DATA_TIMEOUT);
  return data;
}

/**
 * wb_lab_ftp_data_secure:
 * @data: a data connection that was just opened
 *
 * Puts it under TLS when PROT P was sent (RFC 4217, section 7).
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_lab_ftp_data_secure (WbLabFtpSession *self,
                        WbConnection *data,
                        GCancellable *cancellable,
                        GError **error)
{
  if (!self->protect)
    return TRUE;
  return wb_connection_start_tls_server (data, wb_lab_ftp_get_certificate (self->server),
                                         cancellable, error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-client-private.h"

#include "wb-error.h"

#include <glib/gi18n-lib.h>

/* Strangers that knock are sent away, up to here. */
#define STRANGERS_MAX 16

#define DEFAULT_TIMEOUT 30

/* RFC 2428 §2: "|1|127.0.0.1|5000|" */
static char *
format_eprt (GInetAddress *address, guint16 port)
{
  g_autofree char *host = g_inet_address_to_string (address);
  gboolean six = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;

  return g_strdup_printf ("|%d|%s|%u|", six ? 2 : 1, host, port);
}

/* RFC 959 §4.1.2: "127,0,0,1,19,136" */
static char *
format_port (GInetAddress *address, guint16 port)
{
  const guint8 *host = g_inet_address_to_bytes (address);

  return g_strdup_printf ("%u,%u,%u,%u,%u,%u", host[0], host[1], host[2], host[3], port / 256u,
                          port % 256u);
}

static gboolean
tell_port (WbFtpClient *self,
           WbFtpStep step,
           GInetSocketAddress *at,
           GCancellable *cancellable,
           GError **error)
{
  GInetAddress *address = g_inet_socket_address_get_address (at);
  guint16 port = g_inet_socket_address_get_port (at);
  gboolean six = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;
  g_autofree char *argument = NULL;
  g_auto (WbFtpReply) reply = { 0 };

  if (self->eprt != WB_FTP_NO)
    {
      argument = format_eprt (address, port);
      if (!wb_ftp_client_talk (self, step, "EPRT", argument, &reply, cancellable, error))
        return FALSE;
      if (wb_ftp_reply_is_good (&reply))
        return TRUE;
      if (six || !wb_ftp_reply_is_unknown_command (&reply))
        return wb_ftp_client_refuse (self, step, &reply, error);
      self->eprt = WB_FTP_NO;
      g_clear_pointer (&argument, g_free);
    }
  argument = format_port (address, port);
  return wb_ftp_client_expect (self, step, "PORT", argument, cancellable, error);
}

/* Opens a port beside the control connection's own address and tells the server of it. */
GSocket *
wb_ftp_active_listen (WbFtpClient *self, WbFtpStep step, GCancellable *cancellable, GError **error)
{
  g_autoptr (GSocketAddress) local = wb_connection_get_local (self->control);
  g_autoptr (GSocketAddress) any = NULL;
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GSocket) listener = NULL;

  if (local == NULL || !G_IS_INET_SOCKET_ADDRESS (local))
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_CLOSED,
                           _ ("There is no connection to the FTP server any more. Connect again."));
      return NULL;
    }
  any = g_inet_socket_address_new (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (local)), 0);
  listener = g_socket_new (g_socket_address_get_family (local), G_SOCKET_TYPE_STREAM,
                           G_SOCKET_PROTOCOL_TCP, error);
  if (listener == NULL || !g_socket_bind (listener, any, FALSE, error) ||
      !g_socket_listen (listener, error))
    {
      wb_ftp_client_prefix (self, step, error);
      return NULL;
    }
  bound = g_socket_get_local_address (listener, error);
  if (bound == NULL || !tell_port (self, step, G_INET_SOCKET_ADDRESS (bound), cancellable, error))
    return NULL;
  return g_steal_pointer (&listener);
}

static gboolean
is_the_server (WbFtpClient *self, GSocket *socket)
{
  g_autoptr (GSocketAddress) peer = wb_connection_get_peer (self->control);
  g_autoptr (GSocketAddress) other = g_socket_get_remote_address (socket, NULL);

  return G_IS_INET_SOCKET_ADDRESS (peer) && G_IS_INET_SOCKET_ADDRESS (other) &&
         g_inet_address_equal (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (peer)),
                               g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (other)));
}

/* Waits for the server to connect. Whoever else does could put in or take out what it likes, so it
 * is sent away. */
GSocketConnection *
wb_ftp_active_accept (WbFtpClient *self,
                      WbFtpStep step,
                      GSocket *listener,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (GError) local = NULL;

  g_socket_set_timeout (listener, self->timeout > 0 ? self->timeout : DEFAULT_TIMEOUT);
  for (guint i = 0; i < STRANGERS_MAX; i++)
    {
      g_autoptr (GSocket) socket = g_socket_accept (listener, cancellable, &local);

      if (socket == NULL)
        {
          if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
            g_propagate_error (error, g_steal_pointer (&local));
          else
            g_set_error_literal (error, WB_ERROR, WB_ERROR_TIMED_OUT,
                                 _ ("The server did not open the data connection in time. A "
                                    "firewall may be in the way: use passive mode."));
          wb_ftp_client_prefix (self, step, error);
          return NULL;
        }
      if (is_the_server (self, socket))
        return g_socket_connection_factory_create_connection (socket);
      g_socket_close (socket, NULL);
      if (self->wire != NULL)
        wb_wire_note (self->wire, wb_connection_get_conversation (self->control), WB_WIRE_NOTE,
                      _ ("Somebody else than the server connected to the data port and was sent "
                         "away."));
    }
  g_set_error_literal (error, WB_ERROR, WB_ERROR_PROTOCOL,
                       _ ("Others than the server keep connecting to the data port."));
  wb_ftp_client_prefix (self, step, error);
  return NULL;
}

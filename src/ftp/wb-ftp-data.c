/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-client-private.h"

#include "wb-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Ports collide and firewalls lag: one more try with a fresh port. */
#define ATTEMPTS 2

/* RFC 2428 §3: "(|||6446|)", with any printable character for the bar. 0 if it is not that. */
static guint16
parse_epsv (const char *text)
{
  const char *p = strchr (text, '(');
  guint port = 0;
  char bar = '\0';

  if (p == NULL || p[1] < 33 || p[1] > 126 || g_ascii_isdigit (p[1]))
    return 0;
  bar = p[1];
  if (p[2] != bar || p[3] != bar)
    return 0;
  for (p += 4; g_ascii_isdigit (*p) && port <= G_MAXUINT16; p++)
    port = port * 10 + (*p - '0');
  return *p == bar && port <= G_MAXUINT16 ? (guint16) port : 0;
}

/* RFC 959 §4.1.2: "h1,h2,h3,h4,p1,p2" somewhere in the text (RFC 1123 §4.1.2.6). */
static guint16
parse_pasv (const char *text, guint8 host[4])
{
  for (const char *p = text; *p != '\0'; p++)
    {
      guint parts[6];
      const char *at = p;
      guint n = 0;

      if (!g_ascii_isdigit (*p) || (p > text && g_ascii_isdigit (p[-1])))
        continue;
      for (n = 0; n < 6 && g_ascii_isdigit (*at); n++)
        {
          for (parts[n] = 0; g_ascii_isdigit (*at) && parts[n] <= 255; at++)
            parts[n] = parts[n] * 10 + (*at - '0');
          if (parts[n] > 255)
            break;
          if (n < 5 && *at++ != ',')
            break;
        }
      if (n < 6)
        continue;

      for (guint i = 0; i < 4; i++)
        host[i] = (guint8) parts[i];
      return (guint16) (parts[4] * 256 + parts[5]);
    }
  return 0;
}

static gboolean
fail_odd_port (WbFtpClient *self, WbFtpStep step, const WbFtpReply *reply, GError **error)
{
  g_autofree char *said = g_utf8_make_valid (reply->text, MIN (strlen (reply->text), 120));

  g_set_error (error, WB_ERROR, WB_ERROR_PROTOCOL,
               /* Translators: %d and %s are a reply of the server. */
               _ ("The server named no usable port for the data connection: “%d %s”."), reply->code,
               said);
  return wb_ftp_client_prefix (self, step, error);
}

/* A server behind a router may name an address that means nothing here, and a hostile one the
 * address of somebody else: only the port is taken from its reply. */
static void
note_foreign_address (WbFtpClient *self, GSocketAddress *peer, const guint8 host[4])
{
  GInetAddress *address = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (peer));

  if (self->wire == NULL || g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV4 ||
      memcmp (g_inet_address_to_bytes (address), host, 4) == 0)
    return;
  wb_wire_note (self->wire, wb_connection_get_conversation (self->control), WB_WIRE_NOTE,
                _ ("The server named another address than its own for the data connection. Its own "
                   "is used."));
}

/* RFC 2428 §3. 0: it names none. */
guint16
wb_ftp_data_read_port (const WbFtpReply *reply)
{
  return reply->code == 229 ? parse_epsv (reply->text) : 0;
}

/* Asks for a port: EPSV (RFC 2428), or PASV where that is not known or answered oddly. */
static gboolean
ask_port (WbFtpClient *self,
          WbFtpStep step,
          GSocketAddress *peer,
          guint16 *port,
          GCancellable *cancellable,
          GError **error)
{
  g_auto (WbFtpReply) reply = { 0 };
  guint8 host[4] = { 0 };

  *port = self->next_port;
  self->next_port = 0;
  if (*port != 0)
    return TRUE;
  if (self->epsv != WB_FTP_NO)
    {
      if (!wb_ftp_client_talk (self, step, "EPSV", NULL, &reply, cancellable, error))
        return FALSE;
      *port = wb_ftp_data_read_port (&reply);
      if (*port != 0)
        return TRUE;
      if (reply.code == 421)
        return wb_ftp_client_refuse (self, step, &reply, error);
      self->epsv = WB_FTP_NO;
    }

  if (!wb_ftp_client_talk (self, step, "PASV", NULL, &reply, cancellable, error))
    return FALSE;
  if (reply.code != 227)
    return wb_ftp_client_refuse (self, step, &reply, error);
  *port = parse_pasv (reply.text, host);
  if (*port == 0)
    return fail_odd_port (self, step, &reply, error);
  note_foreign_address (self, peer, host);
  return TRUE;
}

static WbConnection *
connect_channel (WbFtpClient *self,
                 WbFtpStep step,
                 WbConnectOptions *options,
                 GCancellable *cancellable,
                 GError **error)
{
  WbConnection *data = NULL;

  options->protocol = "ftp-data";
  options->host = self->url->host;
  options->timeout = self->timeout;
  options->wire = self->wire;
  options->trust = self->trust;
  options->resume = self->protect_data ? self->control : NULL;

  data = wb_connection_open (options, cancellable, error);
  if (data == NULL)
    wb_ftp_client_prefix (self, step, error);
  return data;
}

/* Passive mode: the port is the server's. */
static WbConnection *
open_channel (WbFtpClient *self, WbFtpStep step, GCancellable *cancellable, GError **error)
{
  g_autoptr (GSocketAddress) peer = wb_connection_get_peer (self->control);
  g_autoptr (GSocketAddress) address = NULL;
  WbConnectOptions options = { 0 };
  guint16 port = 0;

  if (peer == NULL)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_CLOSED,
                           _ ("There is no connection to the FTP server any more. Connect again."));
      return NULL;
    }
  if (!ask_port (self, step, peer, &port, cancellable, error))
    return NULL;

  options.port = port;
  options.proxy = self->proxy;
  if (self->proxy == NULL)
    options.address = address = g_inet_socket_address_new (
        g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (peer)), port);
  return connect_channel (self, step, &options, cancellable, error);
}

/* RFC 959 §3.1.1: @text is of lines, everything else of bytes as they are. */
gboolean
wb_ftp_data_choose_type (WbFtpClient *self,
                         WbFtpStep step,
                         gboolean text,
                         GCancellable *cancellable,
                         GError **error)
{
  if (text)
    {
      self->type_is_odd = TRUE;
      return wb_ftp_client_expect (self, step, "TYPE", "A", cancellable, error);
    }
  if (self->type_is_odd && !wb_ftp_client_expect (self, step, "TYPE", "I", cancellable, error))
    return FALSE;
  self->type_is_odd = FALSE;
  return TRUE;
}

/* Before a port is asked for: TYPE, and some distributed servers have to know what it will be for.
 * FALSE without an error: refused. */
static gboolean
announce (WbFtpClient *self,
          WbFtpStep step,
          const char *verb,
          const char *argument,
          gboolean text,
          WbFtpReply *refusal,
          GCancellable *cancellable,
          GError **error)
{
  g_autofree char *coming = NULL;

  if (!wb_ftp_data_choose_type (self, step, text, cancellable, error))
    return FALSE;
  if (wb_ftp_client_get_feature (self, "PRET") == NULL)
    return TRUE;
  coming = argument != NULL ? g_strconcat (verb, " ", argument, NULL) : g_strdup (verb);
  if (!wb_ftp_client_talk (self, step, "PRET", coming, refusal, cancellable, error))
    return FALSE;
  return wb_ftp_reply_is_good (refusal) || wb_ftp_reply_is_unknown_command (refusal);
}

/* A data connection in passive mode, before @verb, which will use it. TLS is not begun on it. */
WbConnection *
wb_ftp_data_connect (WbFtpClient *self,
                     WbFtpStep step,
                     const char *verb,
                     const char *argument,
                     GCancellable *cancellable,
                     GError **error)
{
  g_auto (WbFtpReply) refusal = { 0 };
  g_autoptr (GError) local = NULL;

  if (!announce (self, step, verb, argument, FALSE, &refusal, cancellable, &local))
    {
      if (local != NULL)
        g_propagate_error (error, g_steal_pointer (&local));
      else
        wb_ftp_client_refuse (self, step, &refusal, error);
      return NULL;
    }
  return open_channel (self, step, cancellable, error);
}

/* Active mode: the server has been told to come. */
static WbConnection *
accept_channel (WbFtpClient *self,
                WbFtpStep step,
                GSocket *listener,
                GCancellable *cancellable,
                GError **error)
{
  g_autoptr (GSocketConnection) channel = NULL;
  g_autoptr (GSocketAddress) peer = NULL;
  WbConnectOptions options = { 0 };

  channel = wb_ftp_active_accept (self, step, listener, cancellable, error);
  if (channel == NULL)
    return NULL;
  peer = g_socket_connection_get_remote_address (channel, NULL);
  if (G_IS_INET_SOCKET_ADDRESS (peer))
    options.port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (peer));
  options.channel = channel;
  return connect_channel (self, step, &options, cancellable, error);
}

/* RFC 3659 §5, or for a piece RANG (draft-bryan-ftp-range-07), behind which the server stops by
 * itself. FALSE without an error: refused, which @self->rest says, too. */
static gboolean
restart_at (WbFtpClient *self,
            WbFtpStep step,
            gint64 offset,
            WbFtpReply *refusal,
            GCancellable *cancellable,
            GError **error)
{
  g_autofree char *argument = NULL;

  if (offset == 0 && self->piece == 0)
    return TRUE;
  if (self->piece > 0)
    argument = g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT, offset,
                                offset + self->piece - 1);
  else
    argument = g_strdup_printf ("%" G_GINT64_FORMAT, offset);
  if (!wb_ftp_client_talk (self, step, self->piece > 0 ? "RANG" : "REST", argument, refusal,
                           cancellable, error))
    return FALSE;
  if (refusal->code == 350)
    return TRUE;
  self->rest = WB_FTP_NO;
  return FALSE;
}

static gboolean
is_worth_another_try (const GError *error)
{
  return g_error_matches (error, WB_ERROR, WB_ERROR_REFUSED) ||
         g_error_matches (error, WB_ERROR, WB_ERROR_PROTOCOL) ||
         g_error_matches (error, WB_FTP_ERROR, WB_FTP_ERROR_DATA);
}

/* Opens the channel and sends the command that uses it. Returns NULL with an error set, or with
 * @refusal filled where the server said no to the command itself. */
static WbConnection *
try_once (WbFtpClient *self,
          WbFtpStep step,
          const char *verb,
          const char *argument,
          gint64 offset,
          WbFtpReply *refusal,
          GCancellable *cancellable,
          GError **error)
{
  g_autoptr (WbConnection) data = NULL;
  g_autoptr (GSocket) listener = NULL;
  g_auto (WbFtpReply) reply = { 0 };
  gboolean active = self->active && self->proxy == NULL;

  if (!announce (self, step, verb, argument, self->text, refusal, cancellable, error))
    return NULL;
  if (active)
    listener = wb_ftp_active_listen (self, step, cancellable, error);
  else
    data = open_channel (self, step, cancellable, error);
  if ((active ? (gpointer) listener : (gpointer) data) == NULL ||
      !restart_at (self, step, offset, refusal, cancellable, error))
    return NULL;
  if (!wb_ftp_client_talk (self, step, verb, argument, &reply, cancellable, error))
    return NULL;

  if (reply.code == 425 || reply.code == 426 || reply.code == 421)
    {
      wb_ftp_client_refuse (self, step, &reply, error);
      return NULL;
    }
  if (reply.code < 100 || reply.code >= 200)
    {
      wb_ftp_reply_clear (refusal);
      *refusal = reply;
      reply.text = NULL;
      if (data != NULL)
        wb_connection_close (data, NULL, NULL);
      return NULL;
    }
  if (active)
    data = accept_channel (self, step, listener, cancellable, error);
  if (data == NULL)
    {
      wb_ftp_client_break (self);
      return NULL;
    }

  /* RFC 4217 §12.4: the handshake begins when the server has said that it will use the channel. */
  if (self->protect_data && !wb_connection_start_tls (data, cancellable, error))
    {
      wb_ftp_client_prefix (self, step, error);
      wb_ftp_client_break (self);
      return NULL;
    }
  return g_steal_pointer (&data);
}

/* Begins a transfer at @offset: port, data connection, command, 1yz, TLS. On success a reply is
 * still to come, after the data. When the server refused the command, %NULL is returned with
 * @refusal filled and no error; the session goes on then. */
WbConnection *
wb_ftp_data_begin (WbFtpClient *self,
                   WbFtpStep step,
                   const char *verb,
                   const char *argument,
                   gint64 offset,
                   WbFtpReply *refusal,
                   GCancellable *cancellable,
                   GError **error)
{
  wb_ftp_reply_clear (refusal);
  if (argument != NULL && !wb_check_line_argument (_ ("name"), argument, error))
    {
      wb_ftp_client_prefix (self, step, error);
      return NULL;
    }

  for (guint attempt = 1;; attempt++)
    {
      g_autoptr (GError) local = NULL;
      WbConnection *data = NULL;

      data = try_once (self, step, verb, argument, offset, refusal, cancellable, &local);

      if (data != NULL || local == NULL)
        return data;
      if (attempt < ATTEMPTS && is_worth_another_try (local) &&
          wb_connection_is_usable (self->control))
        continue;
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
}

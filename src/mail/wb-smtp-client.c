/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-smtp-client-private.h"

#include "wb-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

G_DEFINE_FINAL_TYPE (WbSmtpClient, wb_smtp_client, G_TYPE_OBJECT)

static const struct
{
  const char *keyword;
  WbSmtpExtensions extension;
} extension_names[] = {
  { "STARTTLS", WB_SMTP_STARTTLS },
  { "AUTH", WB_SMTP_AUTH },
  { "SIZE", WB_SMTP_SIZE },
  { "8BITMIME", WB_SMTP_8BITMIME },
  { "SMTPUTF8", WB_SMTP_SMTPUTF8 },
  { "DSN", WB_SMTP_DSN },
  { "PIPELINING", WB_SMTP_PIPELINING },
  { "CHUNKING", WB_SMTP_CHUNKING },
  { "BINARYMIME", WB_SMTP_BINARYMIME },
  { "ENHANCEDSTATUSCODES", WB_SMTP_ENHANCEDSTATUSCODES },
};

static const char *const state_names[] = { "new", "ready", "dirty", "ended" };

static void
wb_smtp_client_dispose (GObject *object)
{
  WbSmtpClient *self = WB_SMTP_CLIENT (object);

  g_clear_object (&self->connection);
  g_clear_object (&self->trust);
  g_clear_object (&self->wire);
  g_clear_object (&self->certificate);
  g_clear_pointer (&self->proxy, g_free);
  g_clear_pointer (&self->envelope_id, g_free);
  g_clear_pointer (&self->host, g_free);
  g_clear_pointer (&self->peer, g_free);

  G_OBJECT_CLASS (wb_smtp_client_parent_class)->dispose (object);
}

static void
wb_smtp_client_class_init (WbSmtpClientClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_smtp_client_dispose;
}

static void
wb_smtp_client_init (WbSmtpClient *self)
{
}

/* The one place where the state changes. */
void
wb_smtp_client_set_state (WbSmtpClient *self, WbSmtpState state)
{
  if (self->state == state)
    return;
  g_debug ("smtp %s: %s -> %s", self->peer, state_names[self->state], state_names[state]);
  self->state = state;
}

gboolean
wb_smtp_client_is_open (WbSmtpClient *self, GError **error)
{
  if (self->connection != NULL && wb_connection_is_usable (self->connection) &&
      (self->state == WB_SMTP_STATE_READY || self->state == WB_SMTP_STATE_DIRTY))
    return TRUE;

  g_set_error_literal (error, WB_ERROR, WB_ERROR_CLOSED,
                       _ ("There is no connection to the mail server any more. Connect again."));
  return FALSE;
}

/* The next reply. One of 421 announces the end of the conversation, whatever it answers. */
WbSmtpReply *
wb_smtp_client_get_reply (WbSmtpClient *self, GCancellable *cancellable, GError **error)
{
  WbSmtpReply *reply = wb_smtp_reply_read (self->connection, cancellable, error);

  if (reply == NULL || reply->code == 421)
    wb_smtp_client_set_state (self, WB_SMTP_STATE_ENDED);
  return reply;
}

WbSmtpReply *
wb_smtp_client_ask (WbSmtpClient *self,
                    const char *command,
                    GCancellable *cancellable,
                    GError **error)
{
  if (!wb_connection_write_line (self->connection, command, cancellable, error))
    return NULL;
  return wb_smtp_client_get_reply (self, cancellable, error);
}

/**
 * wb_smtp_client_new:
 * @wire: (nullable): where everything that goes by is logged
 * @trust: (nullable): judges certificates; without it no TLS can be had
 *
 * Returns: (transfer full): a client that is not connected
 */
WbSmtpClient *
wb_smtp_client_new (WbWire *wire, WbTrust *trust)
{
  WbSmtpClient *self = g_object_new (WB_TYPE_SMTP_CLIENT, NULL);

  g_set_object (&self->wire, wire);
  g_set_object (&self->trust, trust);
  return self;
}

/* §3.1: 220, or the server says why not. */
static gboolean
read_greeting (WbSmtpClient *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (WbSmtpReply) reply = wb_smtp_client_get_reply (self, cancellable, error);

  if (reply == NULL)
    return FALSE;
  if (reply->code == 220)
    return TRUE;
  wb_smtp_reply_set_error (reply, WB_SMTP_STEP_GREETING, self->host, NULL, error);
  return FALSE;
}

/* Our name is our end's address (§4.1.3): true, and tells no host name. */
static char *
make_own_name (WbSmtpClient *self)
{
  g_autoptr (GSocketAddress) local = wb_connection_get_local (self->connection);
  GInetAddress *address = NULL;
  g_autofree char *text = NULL;

  if (!G_IS_INET_SOCKET_ADDRESS (local))
    return g_strdup ("localhost");
  address = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (local));
  text = g_inet_address_to_string (address);
  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6)
    return g_strdup_printf ("[IPv6:%s]", text);
  return g_strdup_printf ("[%s]", text);
}

static void
learn_extension (WbSmtpClient *self, const char *line)
{
  gsize length = strcspn (line, " =");
  const char *parameters = line[length] != '\0' ? line + length + 1 : "";

  for (guint i = 0; i < G_N_ELEMENTS (extension_names); i++)
    {
      if (strlen (extension_names[i].keyword) != length ||
          g_ascii_strncasecmp (line, extension_names[i].keyword, length) != 0)
        continue;
      self->extensions |= extension_names[i].extension;
      if (extension_names[i].extension == WB_SMTP_AUTH)
        self->mechanisms |= wb_sasl_parse_mechanisms (parameters);
      if (extension_names[i].extension == WB_SMTP_SIZE)
        self->maximum_size = g_ascii_strtoull (parameters, NULL, 10);
    }
}

/* §4.1.1.1, and HELO for a server that knows no EHLO. What an earlier EHLO said is forgotten,
 * as it must be after STARTTLS. */
static gboolean
greet (WbSmtpClient *self, GCancellable *cancellable, GError **error)
{
  g_autofree char *name = make_own_name (self);
  g_autofree char *ehlo = g_strconcat ("EHLO ", name, NULL);
  g_autofree char *helo = g_strconcat ("HELO ", name, NULL);
  g_autoptr (WbSmtpReply) reply = NULL;

  self->extensions = 0;
  self->mechanisms = WB_SASL_NONE;
  self->maximum_size = 0;

  reply = wb_smtp_client_ask (self, ehlo, cancellable, error);
  if (reply == NULL)
    return FALSE;
  if (reply->code == 250)
    {
      for (guint i = 1; i < reply->lines->len; i++)
        learn_extension (self, g_ptr_array_index (reply->lines, i));
      return TRUE;
    }

  if (reply->code == 500 || reply->code == 502 || reply->code == 504)
    {
      g_clear_pointer (&reply, wb_smtp_reply_free);
      reply = wb_smtp_client_ask (self, helo, cancellable, error);
      if (reply == NULL)
        return FALSE;
      if (reply->code == 250)
        return TRUE;
    }
  wb_smtp_reply_set_error (reply, WB_SMTP_STEP_EHLO, self->host, NULL, error);
  return FALSE;
}

/* RFC 3207. Required when it was asked for: never a quiet fall back to clear text. */
static gboolean
start_tls (WbSmtpClient *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (WbSmtpReply) reply = NULL;

  if ((self->extensions & WB_SMTP_STARTTLS) == 0)
    {
      g_set_error_literal (
          error, WB_MAIL_ERROR, WB_MAIL_ERROR_NO_TLS,
          _ ("The server does not offer STARTTLS, though encryption was asked for, "
             "or someone on the way removed the offer. Nothing was sent. Try the "
             "port for TLS from the first byte (smtps, usually 465)."));
      return FALSE;
    }

  reply = wb_smtp_client_ask (self, "STARTTLS", cancellable, error);
  if (reply == NULL)
    return FALSE;
  if (reply->code != 220)
    {
      wb_smtp_reply_set_error (reply, WB_SMTP_STEP_STARTTLS, self->host, NULL, error);
      return FALSE;
    }
  return wb_connection_start_tls (self->connection, cancellable, error) &&
         greet (self, cancellable, error);
}

static gboolean
open_connection (WbSmtpClient *self, const WbUrl *url, GCancellable *cancellable, GError **error)
{
  WbConnectOptions options = {
    .protocol = "smtp",
    .host = url->host,
    .port = url->port,
    .tls = url->tls == WB_TLS_IMPLICIT,
    .timeout = self->timeout,
    .wire = self->wire,
    .trust = self->trust,
    .certificate = self->certificate,
    .proxy = self->proxy,
  };

  g_clear_object (&self->connection);
  g_free (self->host);
  self->host = g_strdup (url->host);
  g_free (self->peer);
  self->peer =
      g_strdup_printf (strchr (url->host, ':') != NULL ? "[%s]:%u" : "%s:%u", url->host, url->port);
  self->port = url->port;
  self->tls = url->tls;

  self->connection = wb_connection_open (&options, cancellable, error);
  return self->connection != NULL;
}

/**
 * wb_smtp_client_connect:
 * @url: where to and how protected; its user and password are not looked at
 *
 * Connects, reads the greeting, says EHLO (or HELO), and encrypts as @url says: at once
 * (%WB_TLS_IMPLICIT), or by STARTTLS, without which nothing more is sent
 * (%WB_TLS_REQUIRED).
 *
 * Blocks; call it on the thread that owns @self. Errors are of %WB_ERROR and
 * %WB_MAIL_ERROR. RFC 5321 §3.1, §3.2; RFC 3207; RFC 8314.
 *
 * Returns: %TRUE when mail can be sent or wb_smtp_client_login() called
 */
gboolean
wb_smtp_client_connect (WbSmtpClient *self,
                        const WbUrl *url,
                        GCancellable *cancellable,
                        GError **error)
{
  gboolean done = FALSE;

  g_return_val_if_fail (WB_IS_SMTP_CLIENT (self), FALSE);
  g_return_val_if_fail (url != NULL, FALSE);
  g_return_val_if_fail (self->trust != NULL || url->tls == WB_TLS_NONE || url->tls == WB_TLS_NEVER,
                        FALSE);

  wb_smtp_client_set_state (self, WB_SMTP_STATE_NEW);
  if (!open_connection (self, url, cancellable, error))
    {
      /* Translators: %s is the server, such as "smtp.example.org:465". */
      g_prefix_error (error, _ ("While connecting to %s: "), self->peer);
      return FALSE;
    }

  if (!read_greeting (self, cancellable, error))
    /* Translators: %s is the server, such as "smtp.example.org:465". */
    g_prefix_error (error, _ ("While waiting for the greeting of %s: "), self->peer);
  else if (!greet (self, cancellable, error))
    /* Translators: %s is the server, such as "smtp.example.org:465". */
    g_prefix_error (error, _ ("While greeting %s: "), self->peer);
  else if (self->tls == WB_TLS_REQUIRED && !start_tls (self, cancellable, error))
    /* Translators: %s is the server, such as "smtp.example.org:587". */
    g_prefix_error (error, _ ("While starting encryption with %s: "), self->peer);
  else
    done = TRUE;

  if (!done)
    {
      wb_connection_break (self->connection);
      wb_smtp_client_set_state (self, WB_SMTP_STATE_ENDED);
      return FALSE;
    }
  wb_smtp_client_set_state (self, WB_SMTP_STATE_READY);
  return TRUE;
}

/**
 * wb_smtp_client_get_extensions:
 *
 * Returns: what the server's last EHLO reply offered
 */
WbSmtpExtensions
wb_smtp_client_get_extensions (WbSmtpClient *self)
{
  g_return_val_if_fail (WB_IS_SMTP_CLIENT (self), 0);

  return self->extensions;
}

/**
 * wb_smtp_client_get_maximum_size:
 *
 * Returns: the largest message the server takes, in octets; 0 when it set no limit
 *   (RFC 1870)
 */
guint64
wb_smtp_client_get_maximum_size (WbSmtpClient *self)
{
  g_return_val_if_fail (WB_IS_SMTP_CLIENT (self), 0);

  return self->maximum_size;
}

/**
 * wb_smtp_client_get_conversation:
 *
 * Returns: its number in the log, 0 before there was a connection
 */
guint32
wb_smtp_client_get_conversation (WbSmtpClient *self)
{
  g_return_val_if_fail (WB_IS_SMTP_CLIENT (self), 0);

  return self->connection != NULL ? wb_connection_get_conversation (self->connection) : 0;
}

/**
 * wb_smtp_client_is_connected:
 *
 * Returns: whether another mail can be sent without connecting again
 */
gboolean
wb_smtp_client_is_connected (WbSmtpClient *self)
{
  g_return_val_if_fail (WB_IS_SMTP_CLIENT (self), FALSE);

  return wb_smtp_client_is_open (self, NULL);
}

/**
 * wb_smtp_client_is_outcome_unknown:
 *
 * Tells whether the last wb_smtp_client_send() ended after its final dot had left and before
 * the reply came, be it by an error, a time-out or a cancel: the mail may or may not have
 * been taken, and must not be sent again without asking.
 *
 * Returns: whether that is so
 */
gboolean
wb_smtp_client_is_outcome_unknown (WbSmtpClient *self)
{
  g_return_val_if_fail (WB_IS_SMTP_CLIENT (self), FALSE);

  return self->outcome_unknown;
}

/**
 * wb_smtp_client_quit:
 *
 * Says good-bye and closes. What was sent before is not touched by a failure here.
 *
 * Blocks; call it on the thread that owns @self. RFC 5321 §4.1.1.10.
 *
 * Returns: %TRUE when the server answered
 */
gboolean
wb_smtp_client_quit (WbSmtpClient *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (WbSmtpReply) reply = NULL;
  gboolean done = FALSE;

  g_return_val_if_fail (WB_IS_SMTP_CLIENT (self), FALSE);

  if (!wb_smtp_client_is_open (self, error))
    return FALSE;

  reply = wb_smtp_client_ask (self, "QUIT", cancellable, error);
  if (reply != NULL && !wb_smtp_reply_is_good (reply))
    wb_smtp_reply_set_error (reply, WB_SMTP_STEP_QUIT, self->host, NULL, error);
  else if (reply != NULL)
    done = wb_connection_close (self->connection, cancellable, error);

  wb_smtp_client_set_state (self, WB_SMTP_STATE_ENDED);
  if (!done)
    /* Translators: %s is the server, such as "smtp.example.org:465". */
    g_prefix_error (error, _ ("While leaving %s: "), self->peer);
  return done;
}

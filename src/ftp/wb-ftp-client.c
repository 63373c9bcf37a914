/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-client-private.h"

#include "wb-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define ANONYMOUS_USER "anonymous"
#define ANONYMOUS_PASSWORD "guest@wirebench.invalid"

G_DEFINE_FINAL_TYPE (WbFtpClient, wb_ftp_client, G_TYPE_OBJECT)

static const char *const state_names[] = { "new", "connected", "logged in", "interrupted",
                                           "ended" };

static void
forget_password (WbFtpClient *self)
{
  if (self->password != NULL)
    explicit_bzero (self->password, strlen (self->password));
  g_clear_pointer (&self->password, g_free);
}

static void
wb_ftp_client_dispose (GObject *object)
{
  WbFtpClient *self = WB_FTP_CLIENT (object);

  g_clear_object (&self->control);
  g_clear_object (&self->trust);
  g_clear_object (&self->wire);

  G_OBJECT_CLASS (wb_ftp_client_parent_class)->dispose (object);
}

static void
wb_ftp_client_finalize (GObject *object)
{
  WbFtpClient *self = WB_FTP_CLIENT (object);

  g_clear_pointer (&self->url, wb_url_free);
  forget_password (self);
  g_free (self->user);
  g_free (self->greeting);
  g_free (self->charset);
  g_free (self->proxy);
  g_free (self->left_part);
  g_clear_pointer (&self->features, g_hash_table_unref);

  G_OBJECT_CLASS (wb_ftp_client_parent_class)->finalize (object);
}

static void
wb_ftp_client_class_init (WbFtpClientClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_ftp_client_dispose;
  G_OBJECT_CLASS (klass)->finalize = wb_ftp_client_finalize;
}

static void
wb_ftp_client_init (WbFtpClient *self)
{
}

/* The one place where the state changes. */
void
wb_ftp_client_set_state (WbFtpClient *self, WbFtpState state)
{
  if (self->state == state)
    return;
  g_debug ("ftp %s: %s -> %s", self->url != NULL ? self->url->host : "?", state_names[self->state],
           state_names[state]);
  self->state = state;
}

/* What the server says next could no longer be told apart. */
void
wb_ftp_client_break (WbFtpClient *self)
{
  if (self->control != NULL)
    wb_connection_break (self->control);
  wb_ftp_client_set_state (self, WB_FTP_STATE_ENDED);
}

gboolean
wb_ftp_client_is_ready (WbFtpClient *self, GError **error)
{
  if (self->state == WB_FTP_STATE_LOGGED_IN && wb_connection_is_usable (self->control))
    return TRUE;

  if (self->state == WB_FTP_STATE_CONNECTED)
    g_set_error_literal (error, WB_FTP_ERROR, WB_FTP_ERROR_LOGIN,
                         _ ("The session has not begun yet. Log in first."));
  else
    g_set_error_literal (error, WB_ERROR, WB_ERROR_CLOSED,
                         _ ("There is no connection to the FTP server any more. Connect again."));
  return FALSE;
}

gboolean
wb_ftp_client_check_path (const char *path, GError **error)
{
  if (*path != '\0')
    return wb_check_line_argument (_ ("name"), path, error);

  g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                       _ ("A name is missing. Say which file or folder is meant."));
  return FALSE;
}

/**
 * wb_ftp_client_new:
 * @wire: (nullable): where to log
 * @trust: (nullable): needed when TLS is to be used
 *
 * Returns: (transfer full): a client that is not connected yet
 */
WbFtpClient *
wb_ftp_client_new (WbWire *wire, WbTrust *trust)
{
  WbFtpClient *self = NULL;

  g_return_val_if_fail (wire == NULL || WB_IS_WIRE (wire), NULL);
  g_return_val_if_fail (trust == NULL || WB_IS_TRUST (trust), NULL);

  self = g_object_new (WB_TYPE_FTP_CLIENT, NULL);
  g_set_object (&self->wire, wire);
  g_set_object (&self->trust, trust);
  return self;
}

/**
 * wb_ftp_client_set_timeout:
 * @seconds: how long the server may be silent, on either connection; 0 is 30
 */
void
wb_ftp_client_set_timeout (WbFtpClient *self, guint seconds)
{
  g_return_if_fail (WB_IS_FTP_CLIENT (self));

  self->timeout = seconds;
  if (self->control != NULL)
    wb_connection_set_timeout (self->control, seconds);
}

/* RFC 959 §5.4: 220, perhaps after a 120 that asks for patience. */
static gboolean
read_greeting (WbFtpClient *self, GCancellable *cancellable, GError **error)
{
  g_auto (WbFtpReply) reply = { 0 };

  do
    if (!wb_ftp_client_read_reply (self, WB_FTP_STEP_CONNECT, &reply, cancellable, error))
      return FALSE;
  while (reply.code == 120);

  if (reply.code != 220)
    return wb_ftp_client_refuse (self, WB_FTP_STEP_CONNECT, &reply, error);
  self->greeting = g_utf8_make_valid (reply.text, -1);
  return TRUE;
}

/* RFC 4217 §4: AUTH TLS before anything else, so no name or password goes out in the clear. */
static gboolean
start_tls (WbFtpClient *self, GCancellable *cancellable, GError **error)
{
  g_auto (WbFtpReply) reply = { 0 };

  if (!wb_ftp_client_talk (self, WB_FTP_STEP_TLS, "AUTH", "TLS", &reply, cancellable, error))
    return FALSE;
  if (reply.code != 234 && reply.code != 334)
    return wb_ftp_client_refuse (self, WB_FTP_STEP_TLS, &reply, error);
  if (!wb_connection_start_tls (self->control, cancellable, error))
    return wb_ftp_client_prefix (self, WB_FTP_STEP_TLS, error);
  return TRUE;
}

/**
 * wb_ftp_client_connect:
 * @url: host, port and what to do about TLS; its user, password and path are not used
 *
 * Connects, reads the greeting and begins TLS where the URL asks for it: at once
 * (ftps) or by AUTH TLS (ftpes, RFC 4217 §4).
 *
 * Errors: those of connecting and of TLS (%WB_ERROR), %WB_FTP_ERROR_BUSY,
 * %WB_FTP_ERROR_UNSUPPORTED, `G_IO_ERROR_CANCELLED`.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_ftp_client_connect (WbFtpClient *self,
                       const WbUrl *url,
                       GCancellable *cancellable,
                       GError **error)
{
  WbConnectOptions options = { 0 };
  gboolean ok = FALSE;

  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), FALSE);
  g_return_val_if_fail (url != NULL, FALSE);
  g_return_val_if_fail (self->state == WB_FTP_STATE_NEW, FALSE);

  self->url = wb_url_copy (url);
  options.protocol = "ftp";
  options.host = url->host;
  options.port = url->port;
  options.tls = url->tls == WB_TLS_IMPLICIT;
  options.timeout = self->timeout;
  options.wire = self->wire;
  options.trust = self->trust;
  options.proxy = self->proxy;
  options.lends = TRUE;

  self->control = wb_connection_open (&options, cancellable, error);
  if (self->control == NULL)
    {
      wb_ftp_client_set_state (self, WB_FTP_STATE_ENDED);
      return wb_ftp_client_prefix (self, WB_FTP_STEP_CONNECT, error);
    }
  /* It is silent during a long transfer, which makes some routers forget it. */
  g_socket_set_keepalive (wb_connection_get_socket (self->control), TRUE);

  ok = read_greeting (self, cancellable, error) &&
       (url->tls != WB_TLS_REQUIRED || start_tls (self, cancellable, error));
  if (!ok)
    {
      wb_ftp_client_break (self);
      return FALSE;
    }
  wb_ftp_client_set_state (self, WB_FTP_STATE_CONNECTED);
  return TRUE;
}

/* RFC 959 §4.1.1 */
static gboolean
send_user_and_password (WbFtpClient *self, GCancellable *cancellable, GError **error)
{
  g_auto (WbFtpReply) reply = { 0 };

  if (!wb_ftp_client_talk (self, WB_FTP_STEP_LOGIN, "USER", self->user, &reply, cancellable, error))
    return FALSE;

  if (reply.code == 331 || reply.code == 336)
    {
      if (!wb_connection_write_secret_line (self->control, "PASS ", self->password, cancellable,
                                            error))
        return wb_ftp_client_prefix (self, WB_FTP_STEP_LOGIN, error);
      if (!wb_ftp_client_read_reply (self, WB_FTP_STEP_LOGIN, &reply, cancellable, error))
        return FALSE;
    }
  return wb_ftp_reply_is_good (&reply) ||
         wb_ftp_client_refuse (self, WB_FTP_STEP_LOGIN, &reply, error);
}

/* RFC 4217 §8, §9. Where TLS came first of all, some servers encrypt data without being asked and
 * do not know these. */
static gboolean
protect_data (WbFtpClient *self, GCancellable *cancellable, GError **error)
{
  g_auto (WbFtpReply) reply = { 0 };

  if (!wb_ftp_client_talk (self, WB_FTP_STEP_TLS, "PBSZ", "0", &reply, cancellable, error) ||
      !wb_ftp_client_talk (self, WB_FTP_STEP_TLS, "PROT", "P", &reply, cancellable, error))
    return FALSE;
  if (!wb_ftp_reply_is_good (&reply) &&
      (self->url->tls != WB_TLS_IMPLICIT || !wb_ftp_reply_is_unknown_command (&reply)))
    return wb_ftp_client_refuse (self, WB_FTP_STEP_TLS, &reply, error);
  self->protect_data = TRUE;
  return TRUE;
}

static gboolean
begin_session (WbFtpClient *self, GCancellable *cancellable, GError **error)
{
  g_auto (WbFtpReply) reply = { 0 };

  if (!send_user_and_password (self, cancellable, error) ||
      !wb_ftp_client_ask_features (self, cancellable, error))
    return FALSE;
  /* It is on by default in most servers, and those that do not know it mean no harm. */
  if (wb_ftp_client_get_feature (self, "UTF8") != NULL &&
      !wb_ftp_client_talk (self, WB_FTP_STEP_LOGIN, "OPTS",
                           self->charset == NULL ? "UTF8 ON" : "UTF8 OFF", &reply, cancellable,
                           error))
    return FALSE;
  if (wb_connection_get_tls (self->control) && !protect_data (self, cancellable, error))
    return FALSE;
  return wb_ftp_client_expect (self, WB_FTP_STEP_LOGIN, "TYPE", "I", cancellable, error);
}

/**
 * wb_ftp_client_login:
 * @user: (nullable): %NULL or "" is the anonymous account (RFC 1635)
 * @password: (nullable): for the anonymous account an e-mail address, by custom
 *
 * Logs in (RFC 959 §4.1.1), asks what the server can do (RFC 2389), has data
 * connections encrypted where the control connection is (RFC 4217) and switches to
 * binary transfer. After a refusal the connection is ended.
 *
 * Errors: %WB_FTP_ERROR_LOGIN, %WB_ERROR_INVALID for a line break in @user or
 * @password, those of talking.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_ftp_client_login (WbFtpClient *self,
                     const char *user,
                     const char *password,
                     GCancellable *cancellable,
                     GError **error)
{
  gboolean anonymous = user == NULL || *user == '\0';

  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), FALSE);

  if (self->state != WB_FTP_STATE_CONNECTED)
    return wb_ftp_client_is_ready (self, error);
  if (user != NULL && !wb_check_line_argument (_ ("user name"), user, error))
    return FALSE;
  if (password != NULL && !wb_check_line_argument (_ ("password"), password, error))
    return FALSE;

  g_free (self->user);
  self->user = g_strdup (anonymous ? ANONYMOUS_USER : user);
  forget_password (self);
  if (password == NULL)
    password = anonymous ? ANONYMOUS_PASSWORD : "";
  self->password = g_strdup (password);
  if (self->wire != NULL && !anonymous)
    wb_wire_hide (self->wire, self->password);

  if (!begin_session (self, cancellable, error))
    {
      wb_ftp_client_break (self);
      return FALSE;
    }
  wb_ftp_client_set_state (self, WB_FTP_STATE_LOGGED_IN);
  return TRUE;
}

/* A second session like this one, for what can no longer be asked here. */
WbFtpClient *
wb_ftp_client_again (WbFtpClient *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (WbFtpClient) other = wb_ftp_client_new (self->wire, self->trust);

  wb_ftp_client_copy_settings (other, self);
  if (!wb_ftp_client_connect (other, self->url, cancellable, error) ||
      !wb_ftp_client_login (other, self->user, self->password, cancellable, error))
    return NULL;
  return g_steal_pointer (&other);
}

/* Takes over what another session of the same server found out the hard way. */
void
wb_ftp_client_learn (WbFtpClient *self, WbFtpClient *before)
{
  if (before->pipelining == WB_FTP_NO)
    self->pipelining = WB_FTP_NO;
  if (before->port_ahead == WB_FTP_NO)
    self->port_ahead = WB_FTP_NO;
  self->one_by_one = before->one_by_one;
}

/**
 * wb_ftp_client_is_usable:
 *
 * Returns: whether the session goes on: logged in, and nothing has failed or been
 *   cancelled half-way
 */
gboolean
wb_ftp_client_is_usable (WbFtpClient *self)
{
  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), FALSE);

  return self->state == WB_FTP_STATE_LOGGED_IN && wb_connection_is_usable (self->control);
}

/**
 * wb_ftp_client_get_greeting:
 *
 * Returns: (nullable): what the server said first, in valid UTF-8
 */
const char *
wb_ftp_client_get_greeting (WbFtpClient *self)
{
  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), NULL);

  return self->greeting;
}

/**
 * wb_ftp_client_get_conversation:
 *
 * Returns: the control connection's number on the wire, 0 without one
 */
guint32
wb_ftp_client_get_conversation (WbFtpClient *self)
{
  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), 0);

  return self->control != NULL ? wb_connection_get_conversation (self->control) : 0;
}

/**
 * wb_ftp_client_quit:
 *
 * Says goodbye and closes (RFC 959 §4.1.1, QUIT). A session that ended already is
 * closed without a word.
 *
 * Returns: %TRUE, or %FALSE with @error set when the goodbye did not get through;
 *   the connection is closed all the same
 */
gboolean
wb_ftp_client_quit (WbFtpClient *self, GCancellable *cancellable, GError **error)
{
  g_auto (WbFtpReply) reply = { 0 };
  gboolean ok = TRUE;

  g_return_val_if_fail (WB_IS_FTP_CLIENT (self), FALSE);

  if (self->control == NULL)
    return TRUE;
  if (self->state != WB_FTP_STATE_INTERRUPTED && wb_connection_is_usable (self->control))
    ok = wb_ftp_client_talk (self, WB_FTP_STEP_QUIT, "QUIT", NULL, &reply, cancellable, error);
  ok = wb_connection_close (self->control, cancellable, ok ? error : NULL) && ok;
  wb_ftp_client_set_state (self, WB_FTP_STATE_ENDED);
  return ok;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-smtp-client-private.h"

#include "wb-error.h"
#include "wb-mail-text.h"
#include "wb-sasl-scram.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* One attempt to log in by one mechanism. */
typedef struct
{
  WbSaslMechanism mechanism;
  const char *user;
  const char *secret; /* password or token; "" where a certificate speaks */
  char *token_error;  /* what the server said about the token, decoded */
} Attempt;

/* A secret answer, and what the server says to it. */
static WbSmtpReply *
answer (WbSmtpClient *self,
        const char *visible,
        const char *secret,
        GCancellable *cancellable,
        GError **error)
{
  if (!wb_connection_write_secret_line (self->connection, visible, secret, cancellable, error))
    return NULL;
  return wb_smtp_client_get_reply (self, cancellable, error);
}

static WbSmtpReply *
auth_plain (WbSmtpClient *self, Attempt *attempt, GCancellable *cancellable, GError **error)
{
  g_autofree char *response = wb_sasl_make_plain (attempt->user, attempt->secret);

  return answer (self, "AUTH PLAIN ", response, cancellable, error);
}

static WbSmtpReply *
auth_login (WbSmtpClient *self, Attempt *attempt, GCancellable *cancellable, GError **error)
{
  g_autofree char *user_answer = wb_sasl_encode (attempt->user);
  g_autofree char *password_answer = wb_sasl_encode (attempt->secret);
  g_autoptr (WbSmtpReply) reply = NULL;

  reply = wb_smtp_client_ask (self, "AUTH LOGIN", cancellable, error);
  if (reply == NULL || reply->code != 334)
    return g_steal_pointer (&reply);

  g_clear_pointer (&reply, wb_smtp_reply_free);
  reply = answer (self, "", user_answer, cancellable, error);
  if (reply == NULL || reply->code != 334)
    return g_steal_pointer (&reply);

  return answer (self, "", password_answer, cancellable, error);
}

static WbSmtpReply *
auth_cram_md5 (WbSmtpClient *self, Attempt *attempt, GCancellable *cancellable, GError **error)
{
  g_autofree char *response = NULL;
  g_autoptr (WbSmtpReply) reply = NULL;

  reply = wb_smtp_client_ask (self, "AUTH CRAM-MD5", cancellable, error);
  if (reply == NULL || reply->code != 334)
    return g_steal_pointer (&reply);

  response =
      wb_sasl_make_cram_md5 (g_ptr_array_index (reply->lines, 0), attempt->user, attempt->secret);
  return answer (self, "", response, cancellable, error);
}

/* RFC 9266 for TLS 1.3, RFC 5929 §4 before. Returns the binding's name, or NULL when there is
 * nothing to bind to. */
static const char *
get_binding (WbSmtpClient *self, GByteArray *data)
{
  GIOStream *stream = wb_connection_get_stream (self->connection);
  GTlsConnection *tls = NULL;

  if (!G_IS_TLS_CONNECTION (stream))
    return NULL;
  tls = G_TLS_CONNECTION (stream);
  if (g_tls_connection_get_protocol_version (tls) == G_TLS_PROTOCOL_VERSION_TLS_1_3 &&
      g_tls_connection_get_channel_binding_data (tls, G_TLS_CHANNEL_BINDING_TLS_EXPORTER, data,
                                                 NULL))
    return "tls-exporter";
  g_byte_array_set_size (data, 0);
  if (g_tls_connection_get_channel_binding_data (tls, G_TLS_CHANNEL_BINDING_TLS_SERVER_END_POINT,
                                                 data, NULL))
    return "tls-server-end-point";
  return NULL;
}

static void
bind_scram (WbSmtpClient *self, WbScram *scram)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();
  const char *type = get_binding (self, data);

  /* Where the person forbade the bound ones, "we could have" would be taken for an attack. */
  if (type != NULL && (self->permitted == WB_SASL_NONE || (self->permitted & WB_SASL_PLUS) != 0))
    wb_scram_bind (scram, type, data);
}

/* RFC 5802, in the form of RFC 4954. */
static WbSmtpReply *
auth_scram (WbSmtpClient *self, Attempt *attempt, GCancellable *cancellable, GError **error)
{
  g_autoptr (WbScram) scram =
      wb_scram_new (attempt->mechanism, attempt->user, attempt->secret, NULL);
  g_autofree char *verb = g_strdup_printf ("AUTH %s ", wb_sasl_get_name (attempt->mechanism));
  g_autofree char *first = NULL;
  g_autofree char *proof = NULL;
  g_autoptr (WbSmtpReply) reply = NULL;

  bind_scram (self, scram);
  first = wb_scram_get_first (scram);
  reply = answer (self, verb, first, cancellable, error);
  if (reply == NULL || (reply->code != 334 && reply->code != 235))
    return g_steal_pointer (&reply);

  /* One that lets us in before it has proved anything gets the same as one that proves it wrongly.
   */
  if (reply->code == 235)
    {
      wb_scram_check (scram, "", error);
      wb_connection_break (self->connection);
      return NULL;
    }
  proof = wb_scram_answer (scram, g_ptr_array_index (reply->lines, 0), error);
  if (proof == NULL)
    {
      wb_connection_break (self->connection);
      return NULL;
    }
  g_clear_pointer (&reply, wb_smtp_reply_free);
  reply = answer (self, "", proof, cancellable, error);
  if (reply == NULL || (reply->code != 334 && reply->code != 235))
    return g_steal_pointer (&reply);

  /* The server's own proof is the challenge before the 235; without one nobody was let in. */
  if (!wb_scram_check (scram, reply->code == 334 ? g_ptr_array_index (reply->lines, 0) : "", error))
    {
      wb_connection_break (self->connection);
      return NULL;
    }
  g_clear_pointer (&reply, wb_smtp_reply_free);
  return wb_smtp_client_ask (self, "", cancellable, error);
}

/* RFC 7628 §3.2.3 and its forerunner: a refused token is answered with why, which we acknowledge
 * before the refusal itself comes. */
static WbSmtpReply *
auth_token (WbSmtpClient *self, Attempt *attempt, GCancellable *cancellable, GError **error)
{
  gboolean bearer = attempt->mechanism == WB_SASL_OAUTHBEARER;
  g_autofree char *response = NULL;
  g_autoptr (WbSmtpReply) reply = NULL;

  if (bearer)
    response = wb_sasl_make_oauthbearer (attempt->user, self->host, self->port, attempt->secret);
  else
    response = wb_sasl_make_xoauth2 (attempt->user, attempt->secret);
  reply =
      answer (self, bearer ? "AUTH OAUTHBEARER " : "AUTH XOAUTH2 ", response, cancellable, error);
  if (reply == NULL || reply->code != 334)
    return g_steal_pointer (&reply);

  attempt->token_error = wb_sasl_read_token_error (g_ptr_array_index (reply->lines, 0));
  return wb_smtp_client_ask (self, bearer ? "AQ==" : "", cancellable, error);
}

/* RFC 4422, appendix A: the certificate says who we are, "=" that we want to be no one else. */
static WbSmtpReply *
auth_external (WbSmtpClient *self, Attempt *attempt, GCancellable *cancellable, GError **error)
{
  g_autofree char *name = *attempt->user != '\0' ? wb_sasl_encode (attempt->user) : g_strdup ("=");
  g_autofree char *line = g_strconcat ("AUTH EXTERNAL ", name, NULL);

  return wb_smtp_client_ask (self, line, cancellable, error);
}

static const struct
{
  guint mechanisms;
  WbSmtpReply *(*func) (WbSmtpClient *self,
                        Attempt *attempt,
                        GCancellable *cancellable,
                        GError **error);
} ways[] = {
  { WB_SASL_EXTERNAL, auth_external },
  { WB_SASL_TOKEN, auth_token },
  { WB_SASL_PLUS | WB_SASL_SCRAM_SHA_1 | WB_SASL_SCRAM_SHA_256, auth_scram },
  { WB_SASL_CRAM_MD5, auth_cram_md5 },
  { WB_SASL_PLAIN, auth_plain },
  { WB_SASL_LOGIN, auth_login },
};

static gboolean
may_send_secret (WbSmtpClient *self, GError **error)
{
  if (wb_connection_get_tls (self->connection) || self->tls == WB_TLS_NEVER)
    return TRUE;

  g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_NO_TLS,
                       _ ("The password would go over the network for everyone to read, so it was "
                          "not sent. Use smtps:// or add ?starttls=required to the address; "
                          "?starttls=never permits it in the clear."));
  return FALSE;
}

static gboolean
fail_no_way (WbSmtpClient *self, WbSaslMechanism kind, GError **error)
{
  const char *words = NULL;

  if ((self->extensions & WB_SMTP_AUTH) == 0)
    words = _ ("The server takes no login here. Use another port or encryption, or leave the user "
               "name out.");
  else if (self->permitted != WB_SASL_NONE)
    words = _ ("The server does not offer the way of logging in that was asked for.");
  else if (kind == WB_SASL_TOKEN)
    words = _ ("The server takes no token (it offers neither OAUTHBEARER nor XOAUTH2). Log in with "
               "a password.");
  else if (kind == WB_SASL_EXTERNAL)
    words = _ ("The server takes no login by certificate (it offers no EXTERNAL).");
  else if ((self->mechanisms & WB_SASL_TOKEN) != 0)
    words = _ ("The server takes no password, but only a token of its provider (OAuth 2).");
  else
    words = _ ("The server offers no way of logging in that is known here (SCRAM, CRAM-MD5, PLAIN, "
               "LOGIN).");
  g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_UNSUPPORTED, words);
  return FALSE;
}

static void
set_refusal (WbSmtpClient *self, const Attempt *attempt, const WbSmtpReply *reply, GError **error)
{
  g_autofree char *told = NULL;
  g_autofree char *shown = NULL;

  if ((attempt->mechanism & WB_SASL_TOKEN) == 0)
    {
      wb_smtp_reply_set_error (reply, WB_SMTP_STEP_AUTH, self->host, attempt->secret, error);
      return;
    }
  if (attempt->token_error != NULL)
    told = wb_mail_decode_reply (attempt->token_error, -1);
  else
    told = wb_smtp_reply_get_text (reply);
  shown = wb_mail_shorten_reply (told, attempt->secret);
  g_set_error (error, WB_MAIL_ERROR,
               reply->code / 100 == 4 ? WB_MAIL_ERROR_TEMPORARY : WB_MAIL_ERROR_LOGIN,
               /* Translators: %u is the server's reply code, %s what it said about the token. */
               _ ("The server refused the token. Tokens are good for about an hour and for one "
                  "purpose: get a new one that permits sending mail. (The server said: %u %s)"),
               reply->code, shown);
}

static WbSmtpReply *
try_one (WbSmtpClient *self, Attempt *attempt, GCancellable *cancellable, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    if ((ways[i].mechanisms & attempt->mechanism) != 0)
      return ways[i].func (self, attempt, cancellable, error);
  g_return_val_if_reached (NULL);
}

/* Tries what the server offers of a @kind from the strongest down. Only "I do not know that one"
 * leads to the next: a wrong password tried twice may lock the account. */
static gboolean
authenticate (WbSmtpClient *self,
              WbSaslMechanism kind,
              const char *user,
              const char *secret,
              GCancellable *cancellable,
              GError **error)
{
  g_autoptr (GByteArray) binding = g_byte_array_new ();
  WbSaslMechanism left = self->mechanisms & kind;

  if (self->permitted != WB_SASL_NONE)
    left &= self->permitted;
  if ((left & WB_SASL_PLUS) != 0 && get_binding (self, binding) == NULL)
    left &= ~WB_SASL_PLUS;
  if (left == WB_SASL_NONE)
    return fail_no_way (self, kind, error);

  while (TRUE)
    {
      Attempt attempt = { wb_sasl_pick_strongest (left), user, secret, NULL };
      g_autoptr (WbSmtpReply) reply = try_one (self, &attempt, cancellable, error);
      g_autofree char *token_error = attempt.token_error;

      if (reply == NULL)
        {
          if (!wb_connection_is_usable (self->connection))
            wb_smtp_client_set_state (self, WB_SMTP_STATE_ENDED);
          return FALSE;
        }
      if (reply->code == 235)
        return TRUE;
      left &= ~attempt.mechanism;
      if (reply->code != 504 || left == WB_SASL_NONE)
        {
          set_refusal (self, &attempt, reply, error);
          /* A challenge that we do not expect would take our next command for its answer. */
          if (reply->code == 334)
            {
              wb_connection_break (self->connection);
              wb_smtp_client_set_state (self, WB_SMTP_STATE_ENDED);
            }
          return FALSE;
        }
    }
}

static gboolean
login (WbSmtpClient *self,
       WbSaslMechanism kind,
       const char *user,
       const char *secret,
       GCancellable *cancellable,
       GError **error)
{
  if (self->wire != NULL && *secret != '\0')
    wb_wire_hide (self->wire, secret);
  if (wb_smtp_client_is_open (self, error) &&
      wb_check_line_argument (_ ("user name"), user, error) &&
      wb_check_line_argument (_ ("password"), secret, error) && may_send_secret (self, error) &&
      authenticate (self, kind, user, secret, cancellable, error))
    return TRUE;

  /* Translators: %s is the server, such as "smtp.example.org:465". */
  g_prefix_error (error, _ ("While logging in to %s: "), self->peer != NULL ? self->peer : "?");
  return FALSE;
}

/**
 * wb_smtp_client_login:
 * @user: the login name
 * @password: the password or the provider's authorization code
 *
 * Logs in by the strongest of SCRAM-SHA-256, SCRAM-SHA-1 (each bound to the TLS connection where
 * the server can do it), CRAM-MD5, PLAIN and LOGIN that the server offers. Nothing is
 * sent over a connection in the clear unless the URL's TLS mode was %WB_TLS_NEVER. The
 * password reaches neither the log nor an error.
 *
 * Blocks; call it on the thread that owns @self. RFC 4954, 5802, 7677.
 *
 * Returns: %TRUE, or %FALSE with %WB_MAIL_ERROR_LOGIN, %WB_MAIL_ERROR_NO_TLS,
 *   %WB_MAIL_ERROR_UNSUPPORTED, %WB_MAIL_ERROR_TEMPORARY or one of %WB_ERROR set
 */
gboolean
wb_smtp_client_login (WbSmtpClient *self,
                      const char *user,
                      const char *password,
                      GCancellable *cancellable,
                      GError **error)
{
  g_return_val_if_fail (WB_IS_SMTP_CLIENT (self), FALSE);
  g_return_val_if_fail (user != NULL, FALSE);
  g_return_val_if_fail (password != NULL, FALSE);

  return login (self, WB_SASL_PASSWORD, user, password, cancellable, error);
}

/**
 * wb_smtp_client_login_token:
 * @user: the account's address
 * @token: an OAuth 2 access token that permits sending mail
 *
 * Logs in by OAUTHBEARER or XOAUTH2. What the server says about a token that it refuses is
 * decoded and stands in the error. The rest is as with wb_smtp_client_login().
 *
 * Blocks; call it on the thread that owns @self. RFC 7628.
 *
 * Returns: %TRUE, or %FALSE with an error as of wb_smtp_client_login() set
 */
gboolean
wb_smtp_client_login_token (WbSmtpClient *self,
                            const char *user,
                            const char *token,
                            GCancellable *cancellable,
                            GError **error)
{
  g_return_val_if_fail (WB_IS_SMTP_CLIENT (self), FALSE);
  g_return_val_if_fail (user != NULL, FALSE);
  g_return_val_if_fail (token != NULL, FALSE);

  return login (self, WB_SASL_TOKEN, user, token, cancellable, error);
}

/**
 * wb_smtp_client_login_certificate:
 * @user: (nullable): whom to act for; %NULL for whom the certificate names
 *
 * Logs in by the certificate of wb_smtp_client_set_certificate(), which the server has seen when
 * TLS began (EXTERNAL).
 *
 * Blocks; call it on the thread that owns @self. RFC 4422, appendix A.
 *
 * Returns: %TRUE, or %FALSE with an error as of wb_smtp_client_login() set
 */
gboolean
wb_smtp_client_login_certificate (WbSmtpClient *self,
                                  const char *user,
                                  GCancellable *cancellable,
                                  GError **error)
{
  g_return_val_if_fail (WB_IS_SMTP_CLIENT (self), FALSE);

  return login (self, WB_SASL_EXTERNAL, user != NULL ? user : "", "", cancellable, error);
}

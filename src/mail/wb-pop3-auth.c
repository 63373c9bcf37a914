/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-pop3-client-private.h"

#include "wb-error.h"
#include "wb-mail-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* @name is what @secret is called; @may says whether it can be shown at all, @show shows it. */
static gboolean
log_in (WbPop3Client *self,
        const char *user,
        const char *secret,
        const char *name,
        gboolean (*may) (WbPop3Client *self, GError **error),
        gboolean (*show) (WbPop3Client *self,
                          const char *user,
                          const char *secret,
                          GCancellable *cancellable,
                          GError **error),
        GCancellable *cancellable,
        GError **error)
{
  gboolean done = FALSE;

  if (self->wire != NULL)
    wb_wire_hide (self->wire, secret);
  self->secret = secret;
  done = wb_pop3_client_is_open (self, error) &&
         wb_check_line_argument (_ ("user name"), user, error) &&
         wb_check_line_argument (name, secret, error) && may (self, error) &&
         show (self, user, secret, cancellable, error);
  self->secret = NULL;

  if (done)
    wb_pop3_client_set_state (self, WB_POP3_STATE_TRANSACTION);
  else
    /* Translators: %s is the server, such as "pop.example.org:995". */
    g_prefix_error (error, _ ("While logging in to %s: "), self->peer != NULL ? self->peer : "?");
  return done;
}

static gboolean
may_show_password (WbPop3Client *self, GError **error)
{
  gboolean tls = wb_connection_get_tls (self->connection);

  if (tls || (self->tls == WB_TLS_NEVER &&
              (self->timestamp != NULL || (self->capabilities & WB_POP3_USER) != 0)))
    return TRUE;

  if (self->tls == WB_TLS_NEVER)
    g_set_error_literal (
        error, WB_MAIL_ERROR, WB_MAIL_ERROR_NO_TLS,
        _ ("The server takes no password over a connection in the clear, so it was "
           "not sent. Use pop3s:// or ?starttls=required."));
  else
    g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_NO_TLS,
                         _ ("The password would go over the network for everyone to read, so it "
                            "was not sent. Use pop3s:// or add ?starttls=required to the address; "
                            "?starttls=never permits it in the clear."));
  return FALSE;
}

/* RFC 1939 §7: the password itself stays here. */
static gboolean
log_in_by_digest (WbPop3Client *self,
                  const char *user,
                  const char *password,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autofree char *seed = g_strconcat (self->timestamp, password, NULL);
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_MD5, seed, -1);
  g_autofree char *visible = g_strdup_printf ("APOP %s ", user);

  return wb_connection_write_secret_line (self->connection, visible, digest, cancellable, error) &&
         wb_pop3_client_get_reply (self, WB_POP3_STEP_LOGIN, NULL, cancellable, error);
}

static gboolean
log_in_by_password (WbPop3Client *self,
                    const char *user,
                    const char *password,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autofree char *line = g_strconcat ("USER ", user, NULL);

  return wb_pop3_client_ask (self, line, WB_POP3_STEP_LOGIN, NULL, cancellable, error) &&
         wb_connection_write_secret_line (self->connection, "PASS ", password, cancellable,
                                          error) &&
         wb_pop3_client_get_reply (self, WB_POP3_STEP_LOGIN, NULL, cancellable, error);
}

/* In the clear APOP comes first; a greeting may hold something that only looks like its
 * timestamp, so a server that refuses it without naming the password gets the other way. */
static gboolean
show_password (WbPop3Client *self,
               const char *user,
               const char *password,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (wb_connection_get_tls (self->connection) || self->timestamp == NULL)
    return log_in_by_password (self, user, password, cancellable, error);
  if (log_in_by_digest (self, user, password, cancellable, &local_error))
    return TRUE;
  if (g_error_matches (local_error, WB_MAIL_ERROR, WB_MAIL_ERROR_LOGIN) &&
      strstr (local_error->message, "[AUTH]") == NULL && (self->capabilities & WB_POP3_USER) != 0)
    return log_in_by_password (self, user, password, cancellable, error);

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/**
 * wb_pop3_client_login:
 * @user: the mailbox's name
 * @password: the password or the provider's authorization code
 *
 * Logs in: by USER and PASS under TLS; in the clear only when the URL's TLS mode was
 * %WB_TLS_NEVER, and then by APOP where the server offers it. The password reaches neither
 * the log nor an error.
 *
 * Blocks; call it on the thread that owns @self. RFC 1939 §7.
 *
 * Returns: %TRUE, or %FALSE with %WB_MAIL_ERROR_LOGIN, %WB_MAIL_ERROR_NO_TLS,
 *   %WB_MAIL_ERROR_TEMPORARY or one of %WB_ERROR set
 */
gboolean
wb_pop3_client_login (WbPop3Client *self,
                      const char *user,
                      const char *password,
                      GCancellable *cancellable,
                      GError **error)
{
  g_return_val_if_fail (WB_IS_POP3_CLIENT (self), FALSE);
  g_return_val_if_fail (user != NULL, FALSE);
  g_return_val_if_fail (password != NULL, FALSE);

  return log_in (self, user, password, _ ("password"), may_show_password, show_password,
                 cancellable, error);
}

static gboolean
may_show_token (WbPop3Client *self, GError **error)
{
  if ((self->mechanisms & WB_SASL_TOKEN) == 0)
    g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_UNSUPPORTED,
                         _ ("The server takes no token (it offers neither OAUTHBEARER nor "
                            "XOAUTH2). Log in with a password."));
  else if (!wb_connection_get_tls (self->connection) && self->tls != WB_TLS_NEVER)
    g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_NO_TLS,
                         _ ("The token would go over the network for everyone to read, so it "
                            "was not sent. Use pop3s:// or add ?starttls=required to the address; "
                            "?starttls=never permits it in the clear."));
  else
    return TRUE;
  return FALSE;
}

/* The answer is never put behind the command: a token is longer than the 255 octets that a command
 * may have (RFC 5034 §4). One that is refused is answered with why, which we acknowledge before the
 * refusal itself comes (RFC 7628 §3.2.3). */
static gboolean
show_token (WbPop3Client *self,
            const char *user,
            const char *token,
            GCancellable *cancellable,
            GError **error)
{
  gboolean bearer = (self->mechanisms & WB_SASL_OAUTHBEARER) != 0;
  g_autofree char *response = bearer
                                  ? wb_sasl_make_oauthbearer (user, self->host, self->port, token)
                                  : wb_sasl_make_xoauth2 (user, token);
  g_autofree char *challenge = NULL;
  g_autofree char *told = NULL;
  g_autoptr (GError) refusal = NULL;
  gboolean more = FALSE;

  if (!wb_connection_write_line (self->connection, bearer ? "AUTH OAUTHBEARER" : "AUTH XOAUTH2",
                                 cancellable, error) ||
      !wb_pop3_client_get_challenge (self, &more, &challenge, cancellable, error))
    return FALSE;
  if (!more)
    {
      /* One that lets us in before it has seen the token is not what it says it is. */
      wb_connection_break (self->connection);
      g_set_error_literal (error, WB_ERROR, WB_ERROR_PROTOCOL,
                           _ ("The server did not ask for the token. It was not sent."));
      return FALSE;
    }
  if (!wb_connection_write_secret_line (self->connection, "", response, cancellable, error))
    return FALSE;
  g_clear_pointer (&challenge, g_free);
  if (!wb_pop3_client_get_challenge (self, &more, &challenge, cancellable, error))
    return FALSE;
  if (!more)
    return TRUE;

  told = wb_sasl_read_token_error (challenge);
  if (wb_pop3_client_ask (self, bearer ? "AQ==" : "", WB_POP3_STEP_TOKEN, NULL, cancellable,
                          &refusal))
    {
      wb_connection_break (self->connection);
      g_set_error_literal (error, WB_ERROR, WB_ERROR_PROTOCOL,
                           _ ("The server refused the token and let us in all the same."));
      return FALSE;
    }
  if (told != NULL && g_error_matches (refusal, WB_MAIL_ERROR, WB_MAIL_ERROR_LOGIN))
    {
      g_autofree char *decoded = wb_mail_decode_reply (told, -1);

      wb_pop3_client_set_refusal (self, WB_POP3_STEP_TOKEN, decoded, error);
    }
  else
    g_propagate_error (error, g_steal_pointer (&refusal));
  return FALSE;
}

/**
 * wb_pop3_client_login_token:
 * @user: the mailbox's name
 * @token: an OAuth 2 access token that permits reading mail
 *
 * Logs in by OAUTHBEARER or XOAUTH2, whichever the server offers, under TLS; in the clear only when
 * the URL's TLS mode was %WB_TLS_NEVER. What the server says about a token that it refuses is part
 * of the error; the token reaches neither the log nor an error.
 *
 * Blocks; call it on the thread that owns @self. RFC 5034, 7628.
 *
 * Returns: %TRUE, or %FALSE with %WB_MAIL_ERROR_LOGIN, %WB_MAIL_ERROR_UNSUPPORTED,
 *   %WB_MAIL_ERROR_NO_TLS, %WB_MAIL_ERROR_TEMPORARY or one of %WB_ERROR set
 */
gboolean
wb_pop3_client_login_token (WbPop3Client *self,
                            const char *user,
                            const char *token,
                            GCancellable *cancellable,
                            GError **error)
{
  g_return_val_if_fail (WB_IS_POP3_CLIENT (self), FALSE);
  g_return_val_if_fail (user != NULL, FALSE);
  g_return_val_if_fail (token != NULL, FALSE);

  return log_in (self, user, token, _ ("token"), may_show_token, show_token, cancellable, error);
}

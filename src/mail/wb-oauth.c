/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-oauth.h"

#include <glib/gi18n-lib.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "wb-autoconfig-fetch.h"
#include "wb-error.h"
#include "wb-mail-error.h"
#include "wb-oauth-loopback.h"

/* How long a person may take to find the password, the telephone, and the button. */
#define SIGN_IN_SECONDS 600
/* A token that ends sooner is renewed first: a sign-in takes a moment, too. */
#define MARGIN_SECONDS 120
/* What a provider may say that a token lasts, at most; and what is taken where it says nothing. */
#define LONGEST_SECONDS (30 * 24 * 3600)
#define USUAL_SECONDS 600
#define MAX_TOKEN 16384

/**
 * wb_oauth_settings_new:
 * @authorize: where the person signs in
 * @token: where a code becomes a token
 * @client_id: what the provider calls the program
 * @scope: (nullable): what to ask for
 *
 * Returns: (transfer full): new settings, not checked
 */
WbOauthSettings *
wb_oauth_settings_new (const char *authorize,
                       const char *token,
                       const char *client_id,
                       const char *scope)
{
  WbOauthSettings *self = g_new0 (WbOauthSettings, 1);

  self->authorize = g_strdup (authorize);
  self->token = g_strdup (token);
  self->client_id = g_strdup (client_id);
  self->scope = g_strdup (scope ? scope : "");
  return self;
}

/**
 * wb_oauth_settings_copy:
 * @self: (nullable): settings
 *
 * Returns: (transfer full) (nullable): others that say the same
 */
WbOauthSettings *
wb_oauth_settings_copy (const WbOauthSettings *self)
{
  return self ? wb_oauth_settings_new (self->authorize, self->token, self->client_id, self->scope)
              : NULL;
}

/**
 * wb_oauth_settings_free:
 * @self: (nullable): settings
 */
void
wb_oauth_settings_free (WbOauthSettings *self)
{
  if (!self)
    return;
  g_free (self->authorize);
  g_free (self->token);
  g_free (self->client_id);
  g_free (self->scope);
  g_free (self);
}

static gboolean
is_secure_place (const char *text)
{
  g_autoptr (GUri) uri = g_uri_parse (text ? text : "", G_URI_FLAGS_NONE, NULL);

  return uri && g_str_equal (g_uri_get_scheme (uri), "https") && g_uri_get_host (uri) &&
         *g_uri_get_host (uri) && !g_uri_get_userinfo (uri) && !g_uri_get_fragment (uri);
}

/**
 * wb_oauth_settings_check:
 * @self: settings
 * @error: set with %WB_MAIL_ERROR_INVALID
 *
 * Returns: whether there is all that it takes, and both places are under TLS (RFC 6749 §3.1)
 */
gboolean
wb_oauth_settings_check (const WbOauthSettings *self, GError **error)
{
  if (!is_secure_place (self->authorize) || !is_secure_place (self->token))
    {
      g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
                           _ ("To sign in with the browser, the addresses of the provider’s "
                              "sign-in page and of its tokens are needed, both with https."));
      return FALSE;
    }
  if (!self->client_id || !*self->client_id)
    {
      g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_INVALID,
                           _ ("To sign in with the browser, a client ID is needed. Register a "
                              "desktop application at the provider to get one."));
      return FALSE;
    }
  return TRUE;
}

static char *
encode_base64url (const guint8 *data, gsize length)
{
  char *text = g_base64_encode (data, length);

  for (char *p = text; *p; p++)
    *p = *p == '+' ? '-' : *p == '/' ? '_' : *p == '=' ? '\0' : *p;
  return text;
}

/**
 * wb_oauth_make_verifier:
 *
 * Returns: (transfer full): 256 random bits in base64url, 43 characters (RFC 7636 §4.1)
 */
char *
wb_oauth_make_verifier (void)
{
  guint8 bytes[32];

  if (gnutls_rnd (GNUTLS_RND_KEY, bytes, sizeof bytes) != 0)
    g_error ("There is no source of random numbers");
  return encode_base64url (bytes, sizeof bytes);
}

/**
 * wb_oauth_make_challenge:
 * @verifier: a verifier
 *
 * Returns: (transfer full): its SHA-256 in base64url, method S256 (RFC 7636 §4.2)
 */
char *
wb_oauth_make_challenge (const char *verifier)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize length = sizeof digest;

  g_checksum_update (checksum, (const guchar *) verifier, (gssize) strlen (verifier));
  g_checksum_get_digest (checksum, digest, &length);
  return encode_base64url (digest, length);
}

/* Tokens belong to whoever signed in, at the place that gave them. */
static gboolean
make_key (const WbOauth *self, const char *service, WbSecretKey *key, char **host)
{
  g_autoptr (GUri) uri = g_uri_parse (self->settings->token, G_URI_FLAGS_NONE, NULL);
  int port = uri ? g_uri_get_port (uri) : -1;

  *host = g_strdup (uri ? g_uri_get_host (uri) : "");
  *key = (WbSecretKey){ service, *host, (guint16) (port > 0 ? port : 443), self->user };
  return TRUE;
}

static gboolean
store (const WbOauth *self,
       const char *service,
       const char *value,
       GCancellable *cancellable,
       GError **error)
{
  g_autofree char *host = NULL;
  WbSecretKey key;

  make_key (self, service, &key, &host);
  return value ? wb_secrets_store (self->secrets, &key, value, cancellable, error)
               : wb_secrets_clear (self->secrets, &key, cancellable, error);
}

static char *
look_up (const WbOauth *self, const char *service, GCancellable *cancellable, GError **error)
{
  g_autofree char *host = NULL;
  WbSecretKey key;

  make_key (self, service, &key, &host);
  return wb_secrets_lookup (self->secrets, &key, cancellable, error);
}

/* A value of the form; secrets are wiped with it. */
static void
add_value (GString *form, const char *name, const char *value)
{
  g_autofree char *escaped = g_uri_escape_string (value, NULL, FALSE);

  g_string_append_printf (form, "%s%s=%s", form->len > 0 ? "&" : "", name, escaped);
  explicit_bzero (escaped, strlen (escaped));
}

static void
wipe (GString *text)
{
  explicit_bzero (text->str, text->len);
  g_string_free (text, TRUE);
}

static const char *
get_string (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);
  const char *text = NULL;

  if (node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    text = json_node_get_string (node);
  return text && strlen (text) <= MAX_TOKEN ? text : NULL;
}

/* A token goes into a header of another protocol (RFC 6750 §2.1). */
static gboolean
is_token (const char *text)
{
  for (const char *p = text; *p; p++)
    if (*p <= ' ' || *p > '~')
      return FALSE;
  return *text != '\0';
}

static void
set_token_error (JsonObject *answer, gboolean renews, guint status, GError **error)
{
  const char *code = answer ? get_string (answer, "error") : NULL;
  const char *text = answer ? get_string (answer, "error_description") : NULL;

  /* RFC 6749 §5.2: the grant is gone, revoked or too old; only the person can get another. */
  if (g_strcmp0 (code, "invalid_grant") == 0 && !renews)
    g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_LOGIN,
                 /* Translators: %s is what the provider said. */
                 _ ("The provider does not accept what the browser brought back. Sign in once "
                    "more. (%.300s)"),
                 text ? text : code);
  else if (g_strcmp0 (code, "invalid_grant") == 0)
    g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_LOGIN,
                         _ ("The provider does not accept the earlier sign-in any more. Sign in "
                            "again with the browser, in the account’s settings."));
  else if (code)
    g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_UNSUPPORTED,
                 /* Translators: %s is what the provider said. */
                 _ ("The provider gave no token: %.300s"), text ? text : code);
  else
    g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_TEMPORARY,
                 /* Translators: %u is a status of HTTP, such as 503. */
                 _ ("The provider gave no token (%u). Try again later."), status);
}

static JsonObject *
parse_answer (GBytes *body)
{
  g_autoptr (JsonNode) root = NULL;
  gsize length = 0;
  const char *text = g_bytes_get_data (body, &length);
  guint openings = 0;

  /* The parser calls itself for each level, so a bound on them comes first. */
  for (gsize i = 0; i < length; i++)
    if ((text[i] == '[' || text[i] == '{') && ++openings > 64)
      return NULL;
  if (length > 0)
    {
      g_autofree char *copy = g_strndup (text, length);

      root = json_from_string (copy, NULL);
      explicit_bzero (copy, length);
    }
  return root && JSON_NODE_HOLDS_OBJECT (root) ? json_object_ref (json_node_get_object (root))
                                               : NULL;
}

static gboolean
keep_tokens (const WbOauth *self, JsonObject *answer, GCancellable *cancellable, GError **error)
{
  const char *access = get_string (answer, "access_token");
  const char *refresh = get_string (answer, "refresh_token");
  const char *type = get_string (answer, "token_type");
  JsonNode *lasts = json_object_get_member (answer, "expires_in");
  gint64 seconds = lasts && JSON_NODE_HOLDS_VALUE (lasts) ? json_node_get_int (lasts) : 0;
  gint64 end = 0;
  g_autofree char *value = NULL;
  gboolean kept;

  if (!access || !is_token (access) || (type && g_ascii_strcasecmp (type, "bearer") != 0))
    {
      g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_UNSUPPORTED,
                           _ ("The provider’s answer has no token that mail can be had with."));
      return FALSE;
    }
  seconds = seconds > 0 ? MIN (seconds, LONGEST_SECONDS) : USUAL_SECONDS;
  end = g_get_real_time () / G_USEC_PER_SEC + seconds;
  value = g_strdup_printf ("%" G_GINT64_FORMAT "\n%s", end, access);
  kept = store (self, "oauth-access", value, cancellable, error) &&
         (!refresh || store (self, "oauth-refresh", refresh, cancellable, error));
  explicit_bzero (value, strlen (value));
  return kept;
}

/* Asks for tokens (RFC 6749 §4.1.3, §6) and keeps them. */
static gboolean
ask_for_tokens (const WbOauth *self,
                GString *form,
                gboolean renews,
                GCancellable *cancellable,
                GError **error)
{
  g_autoptr (GBytes) body = NULL;
  g_autoptr (JsonObject) answer = NULL;
  char *secret = NULL;
  guint status = 0;
  g_autofree char *host = NULL;
  WbSecretKey key;

  make_key (self, "oauth-client", &key, &host);
  key.user = self->settings->client_id;
  add_value (form, "client_id", self->settings->client_id);
  secret = wb_secrets_lookup (self->secrets, &key, cancellable, NULL);
  if (secret)
    add_value (form, "client_secret", secret);
  wb_secret_free (secret);
  body = wb_autoconfig_fetch (self->settings->token, form->str, self->direct, self->trust, &status,
                              cancellable, error);
  if (!body)
    {
      wb_error_translate (error, host);
      return FALSE;
    }
  answer = parse_answer (body);
  if (status != 200 || !answer)
    {
      set_token_error (answer, renews, status, error);
      return FALSE;
    }
  return keep_tokens (self, answer, cancellable, error);
}

/**
 * wb_oauth_set_client_secret:
 * @self: whose
 * @secret: (nullable): what some providers give to desktop programs beside the client ID, though
 *   it is none there (RFC 8252 §8.5); %NULL to forget it
 *
 * Keeps it where the passwords are. Blocks; on a worker.
 *
 * Returns: %FALSE only with `G_IO_ERROR_CANCELLED`
 */
gboolean
wb_oauth_set_client_secret (const WbOauth *self,
                            const char *secret,
                            GCancellable *cancellable,
                            GError **error)
{
  g_autofree char *host = NULL;
  WbSecretKey key;

  make_key (self, "oauth-client", &key, &host);
  key.user = self->settings->client_id;
  return secret ? wb_secrets_store (self->secrets, &key, secret, cancellable, error)
                : wb_secrets_clear (self->secrets, &key, cancellable, error);
}

static char *
make_question (const WbOauth *self, const char *place, const char *state, const char *verifier)
{
  g_autofree char *challenge = wb_oauth_make_challenge (verifier);
  GString *uri = g_string_new (NULL);
  const char *base = self->settings->authorize;

  add_value (uri, "response_type", "code");
  add_value (uri, "client_id", self->settings->client_id);
  add_value (uri, "redirect_uri", place);
  if (*self->settings->scope)
    add_value (uri, "scope", self->settings->scope);
  add_value (uri, "state", state);
  add_value (uri, "code_challenge", challenge);
  add_value (uri, "code_challenge_method", "S256");
  add_value (uri, "login_hint", self->user);
  /* Without these Google gives no token that lasts; others do not mind. */
  add_value (uri, "access_type", "offline");
  add_value (uri, "prompt", "consent");
  g_string_prepend (uri, strchr (base, '?') ? "&" : "?");
  g_string_prepend (uri, base);
  return g_string_free (uri, FALSE);
}

/**
 * wb_oauth_sign_in:
 * @self: who, and where
 * @open: opens the browser
 * @user_data: for @open
 * @cancellable: (nullable): ends it
 * @error: set with %WB_MAIL_ERROR_LOGIN when the person or the provider refused, else with what
 *   kept the tokens from coming
 *
 * Has the person sign in with the browser (RFC 8252), with a proof that only this process can
 * give (RFC 7636, S256), and keeps the tokens. Blocks for as long as the person takes, at most
 * ten minutes; on a worker.
 *
 * Returns: whether there are tokens now
 */
gboolean
wb_oauth_sign_in (const WbOauth *self,
                  WbOauthOpenFunc open,
                  gpointer user_data,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (WbOauthLoopback) loopback = NULL;
  g_autofree char *place = NULL;
  g_autofree char *state = wb_oauth_make_verifier ();
  g_autofree char *verifier = wb_oauth_make_verifier ();
  g_autofree char *uri = NULL;
  g_autofree char *code = NULL;
  GString *form = NULL;
  gboolean done;

  if (!wb_oauth_settings_check (self->settings, error))
    return FALSE;
  loopback = wb_oauth_loopback_new (error);
  if (!loopback)
    return FALSE;
  place = wb_oauth_loopback_dup_uri (loopback);
  uri = make_question (self, place, state, verifier);
  open (uri, user_data);
  code = wb_oauth_loopback_wait (loopback, state, SIGN_IN_SECONDS, cancellable, error);
  g_clear_pointer (&loopback, wb_oauth_loopback_free);
  if (!code)
    return FALSE;
  form = g_string_new (NULL);
  add_value (form, "grant_type", "authorization_code");
  add_value (form, "code", code);
  add_value (form, "redirect_uri", place);
  add_value (form, "code_verifier", verifier);
  done = ask_for_tokens (self, form, FALSE, cancellable, error);
  wipe (form);
  return done;
}

/* The token that is kept, if it lasts a while yet. */
static char *
take_kept (const WbOauth *self, GCancellable *cancellable, GError **error)
{
  char *value = look_up (self, "oauth-access", cancellable, error);
  char *line_end = value ? strchr (value, '\n') : NULL;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  gint64 end = value ? g_ascii_strtoll (value, NULL, 10) : 0;
  char *token = NULL;

  /* One that would last longer than any does was made by a clock that was wrong. */
  if (line_end && is_token (line_end + 1) && end > now + MARGIN_SECONDS &&
      end <= now + LONGEST_SECONDS)
    token = g_strdup (line_end + 1);
  wb_secret_free (value);
  return token;
}

static gboolean
renew (const WbOauth *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local = NULL;
  char *refresh = look_up (self, "oauth-refresh", cancellable, &local);
  GString *form = NULL;

  if (!refresh)
    {
      if (local)
        g_propagate_error (error, g_steal_pointer (&local));
      else
        g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_LOGIN,
                     /* Translators: %s is a mail address. */
                     _ ("Nobody is signed in as %s. Sign in with the browser, in the account’s "
                        "settings."),
                     self->user);
      return FALSE;
    }
  form = g_string_new (NULL);
  add_value (form, "grant_type", "refresh_token");
  add_value (form, "refresh_token", refresh);
  wb_secret_free (refresh);
  ask_for_tokens (self, form, TRUE, cancellable, &local);
  wipe (form);
  if (!local)
    return TRUE;
  /* It will never be good again; what failed for another reason may be. */
  if (g_error_matches (local, WB_MAIL_ERROR, WB_MAIL_ERROR_LOGIN))
    wb_oauth_forget (self, cancellable, NULL);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/**
 * wb_oauth_get_token:
 * @self: who, and where
 * @cancellable: (nullable): ends it
 * @error: set with %WB_MAIL_ERROR_LOGIN when the person has to sign in again, else with what
 *   kept the token from coming
 *
 * Gets a token to sign in to a mail server with (XOAUTH2, OAUTHBEARER), renewed when it would
 * end soon (RFC 6749 §6). Never opens the browser. Blocks; on a worker.
 *
 * Returns: (transfer full) (nullable): the token, to be freed with wb_secret_free()
 */
char *
wb_oauth_get_token (const WbOauth *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local = NULL;
  char *token = NULL;

  if (!wb_oauth_settings_check (self->settings, error))
    return NULL;
  token = take_kept (self, cancellable, &local);
  if (local)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  if (token)
    return token;
  if (!renew (self, cancellable, error))
    return NULL;
  token = take_kept (self, cancellable, &local);
  if (!token && !local)
    g_set_error_literal (&local, WB_MAIL_ERROR, WB_MAIL_ERROR_TEMPORARY,
                         _ ("The provider’s token ends too soon to be of use."));
  if (local)
    g_propagate_error (error, g_steal_pointer (&local));
  return token;
}

/**
 * wb_oauth_drop_token:
 * @self: who, and where
 *
 * Forgets the token but not the sign-in: the next wb_oauth_get_token() gets a new one. For when
 * a mail server refused it. Blocks; on a worker.
 *
 * Returns: %FALSE only with `G_IO_ERROR_CANCELLED`
 */
gboolean
wb_oauth_drop_token (const WbOauth *self, GCancellable *cancellable, GError **error)
{
  return store (self, "oauth-access", NULL, cancellable, error);
}

/**
 * wb_oauth_forget:
 * @self: who, and where
 *
 * Forgets the sign-in. Blocks; on a worker.
 *
 * Returns: %FALSE only with `G_IO_ERROR_CANCELLED`
 */
gboolean
wb_oauth_forget (const WbOauth *self, GCancellable *cancellable, GError **error)
{
  return store (self, "oauth-access", NULL, cancellable, error) &&
         store (self, "oauth-refresh", NULL, cancellable, error);
}

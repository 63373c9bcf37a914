/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-sasl-scram.h"

#include "wb-error.h"
#include "wb-mail-error.h"

#include <glib/gi18n-lib.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

/* RFC 5802 §5.1 and RFC 7677 §4 ask for 4096 at least: fewer would let whoever overhears, or
 * pretends to be the server, try out passwords. Many more keep the processor busy for nothing. */
#define ITERATIONS_MIN 4096
#define ITERATIONS_MAX 1000000

#define CHALLENGE_MAX 4096
#define DIGEST_MAX 32

struct _WbScram
{
  gnutls_mac_algorithm_t mac;
  gnutls_digest_algorithm_t hash;
  gsize digest;
  gboolean plus;
  char *user;     /* prepared and escaped */
  char *password; /* prepared, or NULL where it cannot be used */
  char *nonce;
  char *binding_type;
  GByteArray *binding;
  guint8 server_key[DIGEST_MAX];
  char *auth_message;
};

/* RFC 4013, as far as it matters: other spaces become spaces, what does not show goes, and then
 * NFKC. */
static char *
prepare (const char *text)
{
  g_autoptr (GString) mapped = g_string_new (NULL);

  if (!g_utf8_validate (text, -1, NULL))
    return NULL;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c < 0x80)
        {
          if (g_ascii_iscntrl ((char) c))
            return NULL;
          g_string_append_c (mapped, (char) c);
        }
      else if (g_unichar_type (c) == G_UNICODE_SPACE_SEPARATOR)
        g_string_append_c (mapped, ' ');
      else if (c != 0xad && g_unichar_type (c) != G_UNICODE_FORMAT)
        g_string_append_unichar (mapped, c);
    }
  return g_utf8_normalize (mapped->str, -1, G_NORMALIZE_ALL_COMPOSE);
}

static char *
make_nonce (void)
{
  guint8 bytes[24];

  if (gnutls_rnd (GNUTLS_RND_NONCE, bytes, sizeof bytes) != 0)
    g_error ("There is no source of random numbers");
  return g_base64_encode (bytes, sizeof bytes);
}

/**
 * wb_scram_new:
 * @mechanism: one of the SCRAM family
 * @nonce: (nullable): for tests; %NULL makes one that nobody can guess
 *
 * Returns: (transfer full): a login that has said nothing yet
 */
WbScram *
wb_scram_new (WbSaslMechanism mechanism, const char *user, const char *password, const char *nonce)
{
  WbScram *self = NULL;
  g_autofree char *prepared = NULL;
  g_autoptr (GString) name = NULL;

  g_return_val_if_fail (user != NULL && password != NULL, NULL);

  self = g_new0 (WbScram, 1);
  self->plus = (mechanism & WB_SASL_PLUS) != 0;
  if ((mechanism & (WB_SASL_SCRAM_SHA_1 | WB_SASL_SCRAM_SHA_1_PLUS)) != 0)
    {
      self->mac = GNUTLS_MAC_SHA1;
      self->hash = GNUTLS_DIG_SHA1;
    }
  else
    {
      self->mac = GNUTLS_MAC_SHA256;
      self->hash = GNUTLS_DIG_SHA256;
    }
  self->digest = gnutls_hmac_get_len (self->mac);

  prepared = prepare (user);
  name = g_string_new (prepared != NULL ? prepared : user);
  g_string_replace (name, "=", "=3D", 0);
  g_string_replace (name, ",", "=2C", 0);
  self->user = g_string_free (g_steal_pointer (&name), FALSE);
  self->password = prepare (password);
  self->nonce = nonce != NULL ? g_strdup (nonce) : make_nonce ();
  return self;
}

/**
 * wb_scram_free:
 * @self: (nullable) (transfer full): a login
 *
 * Forgets it, the password first.
 */
void
wb_scram_free (WbScram *self)
{
  if (self == NULL)
    return;
  if (self->password != NULL)
    gnutls_memset (self->password, 0, strlen (self->password));
  gnutls_memset (self->server_key, 0, sizeof self->server_key);
  g_free (self->user);
  g_free (self->password);
  g_free (self->nonce);
  g_free (self->binding_type);
  g_clear_pointer (&self->binding, g_byte_array_unref);
  g_free (self->auth_message);
  g_free (self);
}

/**
 * wb_scram_bind:
 * @type: "tls-exporter" or another name of RFC 5929 or 9266
 * @data: of the TLS that carries this login
 *
 * Ties the login to its TLS connection, so that nobody in between can pass it on. With a
 * mechanism that is not a -PLUS one, this tells the server that we could have: it ends the login
 * if it offered one that somebody on the way took out (RFC 5802 §6).
 */
void
wb_scram_bind (WbScram *self, const char *type, GByteArray *data)
{
  g_return_if_fail (self != NULL && type != NULL && data != NULL);

  g_free (self->binding_type);
  self->binding_type = g_strdup (type);
  g_clear_pointer (&self->binding, g_byte_array_unref);
  self->binding = g_byte_array_ref (data);
}

static char *
make_gs2_header (WbScram *self)
{
  if (self->plus)
    return g_strdup_printf ("p=%s,,", self->binding_type);
  return g_strdup (self->binding != NULL ? "y,," : "n,,");
}

static char *
make_first_bare (WbScram *self)
{
  return g_strdup_printf ("n=%s,r=%s", self->user, self->nonce);
}

/**
 * wb_scram_get_first:
 *
 * Returns: (transfer full): what goes behind AUTH, as BASE64
 */
char *
wb_scram_get_first (WbScram *self)
{
  g_autofree char *header = NULL;
  g_autofree char *bare = NULL;
  g_autofree char *text = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (!self->plus || self->binding != NULL, NULL);

  header = make_gs2_header (self);
  bare = make_first_bare (self);
  text = g_strconcat (header, bare, NULL);
  return wb_sasl_encode (text);
}

static gboolean
refuse (GError **error, const char *why)
{
  g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_LOGIN, why);
  return FALSE;
}

/* BASE64 of a text without NUL, of bounded length. */
static char *
decode (const char *text)
{
  g_autofree char *decoded = NULL;
  gsize length = 0;

  if (strlen (text) > CHALLENGE_MAX)
    return NULL;
  decoded = (char *) g_base64_decode (text, &length);
  if (length == 0 || memchr (decoded, '\0', length) != NULL)
    return NULL;
  return g_strndup (decoded, length);
}

/* "r=…,s=…,i=…" in this order, and perhaps more behind it (RFC 5802 §7). */
static gboolean
read_challenge (WbScram *self,
                const char *text,
                char **nonce,
                guint8 **salt,
                gsize *salt_length,
                guint *iterations,
                GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", 8);
  guint64 count = 0;

  if (g_strv_length (parts) < 3 || !g_str_has_prefix (parts[0], "r=") ||
      !g_str_has_prefix (parts[1], "s=") || !g_str_has_prefix (parts[2], "i=") ||
      !g_ascii_string_to_unsigned (parts[2] + 2, 10, 1, G_MAXINT, &count, NULL))
    return refuse (error, _ ("The server's challenge is not one of SCRAM. No password was sent."));
  if (!g_str_has_prefix (parts[0] + 2, self->nonce) ||
      strlen (parts[0] + 2) <= strlen (self->nonce))
    return refuse (error, _ ("The server's challenge belongs to another login; somebody may be "
                             "tampering with the connection. No password was sent."));
  if (count < ITERATIONS_MIN)
    {
      g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_LOGIN,
                   /* Translators: both %u are numbers of rounds of a computation. */
                   _ ("The server wants the password hashed only %u times, at least %u are safe. "
                      "Nothing that could give it away was sent."),
                   (guint) count, ITERATIONS_MIN);
      return FALSE;
    }
  if (count > ITERATIONS_MAX)
    {
      g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_LOGIN,
                   /* Translators: both %u are numbers of rounds of a computation. */
                   _ ("The server wants the password hashed %u times, more than the %u that are "
                      "done here. Nothing was sent."),
                   (guint) count, ITERATIONS_MAX);
      return FALSE;
    }
  *iterations = (guint) count;
  *nonce = g_strdup (parts[0] + 2);
  *salt = g_base64_decode (parts[1] + 2, salt_length);
  return TRUE;
}

static void
hmac (WbScram *self, const guint8 *key, const char *text, guint8 *digest)
{
  if (gnutls_hmac_fast (self->mac, key, self->digest, text, strlen (text), digest) != 0)
    g_error ("An HMAC could not be computed");
}

/* "c=", the header of the first message and the binding behind it, as BASE64. */
static char *
make_channel (WbScram *self)
{
  g_autofree char *header = make_gs2_header (self);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_byte_array_append (bytes, (const guint8 *) header, strlen (header));
  if (self->plus)
    g_byte_array_append (bytes, self->binding->data, self->binding->len);
  return g_base64_encode (bytes->data, bytes->len);
}

static gboolean
salt_password (WbScram *self,
               const guint8 *salt,
               gsize salt_length,
               guint iterations,
               guint8 *salted,
               GError **error)
{
  const gnutls_datum_t key = { (unsigned char *) self->password, strlen (self->password) };
  const gnutls_datum_t grain = { (unsigned char *) salt, salt_length };

  if (gnutls_pbkdf2 (self->mac, &key, &grain, iterations, salted, self->digest) == 0)
    return TRUE;
  return refuse (error, _ ("The password's hash could not be computed. Use another way of logging "
                           "in."));
}

/**
 * wb_scram_answer:
 * @challenge: the server's first message, as BASE64
 *
 * Returns: (transfer full): the proof that we know the password, as BASE64, or %NULL with
 *   %WB_MAIL_ERROR_LOGIN set
 */
char *
wb_scram_answer (WbScram *self, const char *challenge, GError **error)
{
  g_autofree char *text = decode (challenge);
  g_autofree char *nonce = NULL;
  g_autofree guint8 *salt = NULL;
  g_autofree char *first = NULL;
  g_autofree char *channel = NULL;
  g_autofree char *final = NULL;
  g_autofree char *proof = NULL;
  g_autofree char *answer = NULL;
  gsize salt_length = 0;
  guint iterations = 0;
  guint8 salted[DIGEST_MAX];
  guint8 client_key[DIGEST_MAX];
  guint8 stored_key[DIGEST_MAX];
  guint8 signature[DIGEST_MAX];

  g_return_val_if_fail (self != NULL, NULL);

  if (self->password == NULL)
    {
      refuse (error, _ ("The password holds characters that SCRAM does not take."));
      return NULL;
    }
  if (!read_challenge (self, text != NULL ? text : "", &nonce, &salt, &salt_length, &iterations,
                       error) ||
      !salt_password (self, salt, salt_length, iterations, salted, error))
    return NULL;

  hmac (self, salted, "Client Key", client_key);
  hmac (self, salted, "Server Key", self->server_key);
  if (gnutls_hash_fast (self->hash, client_key, self->digest, stored_key) != 0)
    g_error ("A hash could not be computed");

  first = make_first_bare (self);
  channel = make_channel (self);
  final = g_strdup_printf ("c=%s,r=%s", channel, nonce);
  g_free (self->auth_message);
  self->auth_message = g_strdup_printf ("%s,%s,%s", first, text, final);
  hmac (self, stored_key, self->auth_message, signature);
  for (gsize i = 0; i < self->digest; i++)
    client_key[i] ^= signature[i];
  proof = g_base64_encode (client_key, self->digest);
  gnutls_memset (salted, 0, sizeof salted);

  answer = g_strdup_printf ("%s,p=%s", final, proof);
  return wb_sasl_encode (answer);
}

/**
 * wb_scram_check:
 * @final: the server's last message, as BASE64; "" when it sent none
 *
 * Checks the server's own proof: one that does not know the password cannot make it.
 *
 * Returns: %TRUE, or %FALSE with %WB_MAIL_ERROR_LOGIN set
 */
gboolean
wb_scram_check (WbScram *self, const char *final, GError **error)
{
  g_autofree char *text = decode (final);
  g_autofree guint8 *given = NULL;
  guint8 expected[DIGEST_MAX];
  gsize length = 0;

  g_return_val_if_fail (self != NULL, FALSE);

  if (self->auth_message != NULL && text != NULL && g_str_has_prefix (text, "v="))
    {
      text[2 + strcspn (text + 2, ",")] = '\0';
      given = g_base64_decode (text + 2, &length);
      hmac (self, self->server_key, self->auth_message, expected);
      if (length == self->digest && gnutls_memcmp (given, expected, length) == 0)
        return TRUE;
    }
  return refuse (error, _ ("The server could not prove that it knows the password: it may be an "
                           "impostor. The password was not given away, and no mail was sent."));
}

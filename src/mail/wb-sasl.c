/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-sasl.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* More than any server says about a token. */
#define TOKEN_ERROR_MAX 4096

/* From the strongest down. */
static const struct
{
  WbSaslMechanism mechanism;
  const char *name;
} mechanisms[] = {
  { WB_SASL_EXTERNAL, "EXTERNAL" },
  { WB_SASL_OAUTHBEARER, "OAUTHBEARER" },
  { WB_SASL_XOAUTH2, "XOAUTH2" },
  { WB_SASL_SCRAM_SHA_256_PLUS, "SCRAM-SHA-256-PLUS" },
  { WB_SASL_SCRAM_SHA_1_PLUS, "SCRAM-SHA-1-PLUS" },
  { WB_SASL_SCRAM_SHA_256, "SCRAM-SHA-256" },
  { WB_SASL_SCRAM_SHA_1, "SCRAM-SHA-1" },
  { WB_SASL_CRAM_MD5, "CRAM-MD5" },
  { WB_SASL_PLAIN, "PLAIN" },
  { WB_SASL_LOGIN, "LOGIN" },
};

/**
 * wb_sasl_parse_mechanisms:
 * @list: names divided by spaces, in any case, such as "PLAIN LOGIN XOAUTH2"
 *
 * Safe from any thread.
 *
 * Returns: those of them that we know
 */
WbSaslMechanism
wb_sasl_parse_mechanisms (const char *list)
{
  g_auto (GStrv) names = NULL;
  WbSaslMechanism found = WB_SASL_NONE;

  g_return_val_if_fail (list != NULL, WB_SASL_NONE);

  names = g_strsplit (list, " ", -1);
  for (guint i = 0; names[i] != NULL; i++)
    for (guint m = 0; m < G_N_ELEMENTS (mechanisms); m++)
      if (g_ascii_strcasecmp (names[i], mechanisms[m].name) == 0)
        found |= mechanisms[m].mechanism;
  return found;
}

/**
 * wb_sasl_pick_strongest:
 * @offered: what a server knows
 *
 * Safe from any thread.
 *
 * Returns: the one to use first, or %WB_SASL_NONE
 */
WbSaslMechanism
wb_sasl_pick_strongest (WbSaslMechanism offered)
{
  for (guint m = 0; m < G_N_ELEMENTS (mechanisms); m++)
    if ((offered & mechanisms[m].mechanism) != 0)
      return mechanisms[m].mechanism;
  return WB_SASL_NONE;
}

/**
 * wb_sasl_get_name:
 * @mechanism: one of them
 *
 * Returns: its name in a protocol
 */
const char *
wb_sasl_get_name (WbSaslMechanism mechanism)
{
  for (guint m = 0; m < G_N_ELEMENTS (mechanisms); m++)
    if (mechanism == mechanisms[m].mechanism)
      return mechanisms[m].name;
  g_return_val_if_reached (NULL);
}

/**
 * wb_sasl_encode:
 * @text: one answer
 *
 * Returns: (transfer full): @text as BASE64, in which SASL's answers travel
 */
char *
wb_sasl_encode (const char *text)
{
  g_return_val_if_fail (text != NULL, NULL);

  return g_base64_encode ((const guint8 *) text, strlen (text));
}

/**
 * wb_sasl_make_plain:
 *
 * Returns: (transfer full): the answer to AUTH PLAIN, as BASE64 (RFC 4616 §2)
 */
char *
wb_sasl_make_plain (const char *user, const char *password)
{
  g_autoptr (GByteArray) answer = g_byte_array_new ();

  g_return_val_if_fail (user != NULL, NULL);
  g_return_val_if_fail (password != NULL, NULL);

  g_byte_array_append (answer, (const guint8 *) "", 1);
  g_byte_array_append (answer, (const guint8 *) user, strlen (user) + 1);
  g_byte_array_append (answer, (const guint8 *) password, strlen (password));
  return g_base64_encode (answer->data, answer->len);
}

/**
 * wb_sasl_make_cram_md5:
 * @challenge: what the server sent, as BASE64
 *
 * Returns: (transfer full): the answer, as BASE64 (RFC 2195 §2)
 */
char *
wb_sasl_make_cram_md5 (const char *challenge, const char *user, const char *password)
{
  g_autofree guint8 *decoded = NULL;
  g_autofree char *digest = NULL;
  g_autofree char *answer = NULL;
  gsize length = 0;

  g_return_val_if_fail (challenge != NULL, NULL);
  g_return_val_if_fail (user != NULL, NULL);
  g_return_val_if_fail (password != NULL, NULL);

  decoded = g_base64_decode (challenge, &length);
  digest = g_compute_hmac_for_data (G_CHECKSUM_MD5, (const guint8 *) password, strlen (password),
                                    decoded, length);
  answer = g_strdup_printf ("%s %s", user, digest);
  return wb_sasl_encode (answer);
}

/**
 * wb_sasl_make_xoauth2:
 * @token: an access token, as the provider gave it
 *
 * Returns: (transfer full): the answer to AUTH XOAUTH2, as BASE64 (Google's and Microsoft's form)
 */
char *
wb_sasl_make_xoauth2 (const char *user, const char *token)
{
  g_autofree char *answer = NULL;

  g_return_val_if_fail (user != NULL, NULL);
  g_return_val_if_fail (token != NULL, NULL);

  answer = g_strdup_printf ("user=%s\001auth=Bearer %s\001\001", user, token);
  return wb_sasl_encode (answer);
}

/* RFC 5801 §4: a comma and an equals sign would end the name. */
static char *
escape_name (const char *user)
{
  GString *escaped = g_string_new (user);

  g_string_replace (escaped, "=", "=3D", 0);
  g_string_replace (escaped, ",", "=2C", 0);
  return g_string_free (escaped, FALSE);
}

/**
 * wb_sasl_make_oauthbearer:
 * @host: the server that is talked to, so that the token cannot be used at another
 * @token: an access token, as the provider gave it
 *
 * Returns: (transfer full): the answer to AUTH OAUTHBEARER, as BASE64 (RFC 7628 §3.1)
 */
char *
wb_sasl_make_oauthbearer (const char *user, const char *host, guint16 port, const char *token)
{
  g_autofree char *name = NULL;
  g_autofree char *answer = NULL;

  g_return_val_if_fail (user != NULL && host != NULL, NULL);
  g_return_val_if_fail (token != NULL, NULL);

  name = escape_name (user);
  answer = g_strdup_printf ("n,a=%s,\001host=%s\001port=%u\001auth=Bearer %s\001\001", name, host,
                            port, token);
  return wb_sasl_encode (answer);
}

static const char *
get_member (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

/**
 * wb_sasl_read_token_error:
 * @challenge: what the server sent instead of a welcome, as BASE64
 *
 * Decodes why a token was refused: the status, and the scope that it should have had
 * (RFC 7628 §3.2.2).
 *
 * Returns: (transfer full) (nullable): what the server says, as one line that may hold anything;
 *   %NULL when it says nothing of that kind
 */
char *
wb_sasl_read_token_error (const char *challenge)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *text = NULL;
  JsonNode *root = NULL;
  const char *status = NULL;
  const char *scope = NULL;
  gsize length = 0;

  g_return_val_if_fail (challenge != NULL, NULL);

  if (strlen (challenge) > TOKEN_ERROR_MAX)
    return NULL;
  text = (char *) g_base64_decode (challenge, &length);
  if (length == 0 || !json_parser_load_from_data (parser, text, length, NULL))
    return NULL;
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return NULL;
  status = get_member (json_node_get_object (root), "status");
  scope = get_member (json_node_get_object (root), "scope");
  if (status == NULL)
    return NULL;
  return scope != NULL ? g_strdup_printf ("%s, scope %s", status, scope) : g_strdup (status);
}

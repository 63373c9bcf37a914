/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-sasl.h"

#include <string.h>

/* From the strongest down. */
static const struct
{
  WbSaslMechanism mechanism;
  const char *name;
} mechanisms[] = {
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

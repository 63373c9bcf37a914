/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "wb-mail-error.h"
#include "wb-sasl-scram.h"

#include <string.h>

static char *
encode (const char *text)
{
  return wb_sasl_encode (text);
}

static void
assert_decodes (const char *encoded, const char *expected)
{
  g_autofree char *decoded = NULL;
  gsize length = 0;

  g_assert_nonnull (encoded);
  decoded = (char *) g_base64_decode (encoded, &length);
  g_assert_cmpmem (decoded, length, expected, strlen (expected));
}

static void
test_pick (void)
{
  WbSaslMechanism all = wb_sasl_parse_mechanisms (
      "LOGIN plain CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-1-PLUS SCRAM-SHA-256-PLUS XOAUTH2 "
      "OAUTHBEARER EXTERNAL GSSAPI");
  const WbSaslMechanism order[] = { WB_SASL_SCRAM_SHA_256_PLUS,
                                    WB_SASL_SCRAM_SHA_1_PLUS,
                                    WB_SASL_SCRAM_SHA_256,
                                    WB_SASL_SCRAM_SHA_1,
                                    WB_SASL_CRAM_MD5,
                                    WB_SASL_PLAIN,
                                    WB_SASL_LOGIN,
                                    WB_SASL_NONE };
  WbSaslMechanism left = all & WB_SASL_PASSWORD;

  g_assert_cmpuint (all, ==, 0x3ff);
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    {
      g_assert_cmpuint (wb_sasl_pick_strongest (left), ==, order[i]);
      left &= ~order[i];
    }
  g_assert_cmpuint (wb_sasl_pick_strongest (all & WB_SASL_TOKEN), ==, WB_SASL_OAUTHBEARER);
  g_assert_cmpuint (wb_sasl_parse_mechanisms ("SCRAM SHA-256 PLAINX"), ==, WB_SASL_NONE);
}

/* The example of RFC 7677 §3. */
#define NONCE "rOprNGfwEbeRWgbNEkqO"
#define CHALLENGE \
  "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"

static void
test_scram_sha_256 (void)
{
  g_autoptr (WbScram) scram = wb_scram_new (WB_SASL_SCRAM_SHA_256, "user", "pencil", NONCE);
  g_autofree char *first = wb_scram_get_first (scram);
  g_autofree char *challenge = encode (CHALLENGE);
  g_autofree char *final = encode ("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
  g_autofree char *false_final = encode ("v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
  g_autofree char *answer = NULL;
  g_autoptr (GError) error = NULL;

  assert_decodes (first, "n,,n=user,r=" NONCE);
  answer = wb_scram_answer (scram, challenge, &error);
  g_assert_no_error (error);
  assert_decodes (answer, "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                          "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
  g_assert_true (wb_scram_check (scram, final, &error));
  g_assert_no_error (error);
  g_assert_false (wb_scram_check (scram, false_final, &error));
  g_assert_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_LOGIN);
}

/* The example of RFC 5802 §5. */
static void
test_scram_sha_1 (void)
{
  g_autoptr (WbScram) scram =
      wb_scram_new (WB_SASL_SCRAM_SHA_1, "user", "pencil", "fyko+d2lbbFgONRv9qkxdawL");
  g_autofree char *challenge =
      encode ("r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096");
  g_autofree char *final = encode ("v=rmF9pqV8S7suAoZWja4dJRkFsKQ=");
  g_autofree char *answer = NULL;
  g_autoptr (GError) error = NULL;

  answer = wb_scram_answer (scram, challenge, &error);
  g_assert_no_error (error);
  assert_decodes (answer, "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,"
                          "p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=");
  g_assert_true (wb_scram_check (scram, final, &error));
}

static void
test_scram_binding (void)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();
  g_autoptr (WbScram) plus = wb_scram_new (WB_SASL_SCRAM_SHA_256_PLUS, "a=b,c", "x", NONCE);
  g_autoptr (WbScram) could = wb_scram_new (WB_SASL_SCRAM_SHA_256, "a=b,c", "x", NONCE);
  g_autofree char *first = NULL;
  g_autofree char *first_could = NULL;
  g_autofree char *challenge = encode (CHALLENGE);
  g_autofree char *answer = NULL;
  g_autofree guint8 *decoded = NULL;
  gsize length = 0;

  g_byte_array_append (data, (const guint8 *) "\1\2\3", 3);
  wb_scram_bind (plus, "tls-exporter", data);
  wb_scram_bind (could, "tls-exporter", data);
  first = wb_scram_get_first (plus);
  assert_decodes (first, "p=tls-exporter,,n=a=3Db=2Cc,r=" NONCE);
  first_could = wb_scram_get_first (could);
  assert_decodes (first_could, "y,,n=a=3Db=2Cc,r=" NONCE);
  answer = wb_scram_answer (plus, challenge, NULL);
  decoded = g_base64_decode (answer, &length);
  /* "p=tls-exporter,," and the three bytes behind it. */
  g_assert_true (g_str_has_prefix ((const char *) decoded, "c=cD10bHMtZXhwb3J0ZXIsLAECAw==,r="));
}

/* What a server may send instead of a challenge: never a crash, never an answer. */
static void
test_scram_bad_challenges (void)
{
  const char *const bad[] = {
    "",
    "r=",
    "r=" NONCE ",s=QSXCR+Q6sek8bf92,i=4096", /* adds nothing of its own */
    "r=other,s=QSXCR+Q6sek8bf92,i=4096",
    "r=" NONCE "x,s=QSXCR+Q6sek8bf92",
    "r=" NONCE "x,s=QSXCR+Q6sek8bf92,i=0",
    "r=" NONCE "x,s=QSXCR+Q6sek8bf92,i=1",
    "r=" NONCE "x,s=QSXCR+Q6sek8bf92,i=4095",
    "r=" NONCE "x,s=QSXCR+Q6sek8bf92,i=4294967295",
    "r=" NONCE "x,s=QSXCR+Q6sek8bf92,i=-4096",
    "r=" NONCE "x,s=QSXCR+Q6sek8bf92,i=4096x",
    "m=ext,r=" NONCE "x,s=QSXCR+Q6sek8bf92,i=4096",
    "s=QSXCR+Q6sek8bf92,r=" NONCE "x,i=4096",
  };
  g_autofree char *huge = g_strnfill (1 << 20, 'A');

  for (guint i = 0; i <= G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (WbScram) scram = wb_scram_new (WB_SASL_SCRAM_SHA_256, "user", "pencil", NONCE);
      g_autofree char *challenge = i < G_N_ELEMENTS (bad) ? encode (bad[i]) : g_strdup (huge);
      g_autofree char *answer = NULL;
      g_autoptr (GError) error = NULL;

      answer = wb_scram_answer (scram, challenge, &error);
      g_assert_null (answer);
      g_assert_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_LOGIN);
    }
}

static void
test_scram_bad_finals (void)
{
  const char *const bad[] = { "", "v=", "v=AAAA", "e=invalid-proof", "x" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (WbScram) scram = wb_scram_new (WB_SASL_SCRAM_SHA_256, "user", "pencil", NONCE);
      g_autofree char *challenge = encode (CHALLENGE);
      g_autofree char *answer = wb_scram_answer (scram, challenge, NULL);
      g_autofree char *final = encode (bad[i]);
      g_autoptr (GError) error = NULL;

      g_assert_false (wb_scram_check (scram, final, &error));
      g_assert_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_LOGIN);
    }
}

/* RFC 4013's own examples, seen through the name. */
static void
test_scram_prepares (void)
{
  const char *const names[][2] = { { "I\xc2\xadX", "IX" },
                                   { "user", "user" },
                                   { "\xc2\xaa", "a" },
                                   { "\xe2\x85\xa8", "IX" },
                                   { "a\xc2\xa0"
                                     "b",
                                     "a b" } };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (WbScram) scram = wb_scram_new (WB_SASL_SCRAM_SHA_1, names[i][0], "x", NONCE);
      g_autofree char *first = wb_scram_get_first (scram);
      g_autofree char *expected = g_strdup_printf ("n,,n=%s,r=" NONCE, names[i][1]);

      assert_decodes (first, expected);
    }
}

static void
test_tokens (void)
{
  g_autofree char *xoauth2 = wb_sasl_make_xoauth2 ("someuser@example.com", "ya29.vF9dft4");
  g_autofree char *bearer =
      wb_sasl_make_oauthbearer ("user@example.com", "server.example.com", 143, "vF9dft4qmTc2Nvb3");
  g_autofree char *challenge =
      encode ("{\"status\":\"invalid_token\",\"scope\":\"https://mail.example.com/\",\"x\":[1]}");
  g_autofree char *said = wb_sasl_read_token_error (challenge);

  assert_decodes (xoauth2, "user=someuser@example.com\001auth=Bearer ya29.vF9dft4\001\001");
  assert_decodes (bearer, "n,a=user@example.com,\001host=server.example.com\001port=143\001"
                          "auth=Bearer vF9dft4qmTc2Nvb3\001\001");
  g_assert_cmpstr (said, ==, "invalid_token, scope https://mail.example.com/");
}

static void
test_token_errors (void)
{
  const char *const bad[] = { "", "{", "[]", "{\"status\":1}", "{\"status\":{}}", "null", "\"x\"" };
  g_autofree char *huge = g_strnfill (1 << 20, 'A');

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *challenge = encode (bad[i]);

      g_assert_null (wb_sasl_read_token_error (challenge));
    }
  g_assert_null (wb_sasl_read_token_error (huge));
  g_assert_null (wb_sasl_read_token_error ("not base64 !"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sasl/pick", test_pick);
  g_test_add_func ("/sasl/scram-sha-256", test_scram_sha_256);
  g_test_add_func ("/sasl/scram-sha-1", test_scram_sha_1);
  g_test_add_func ("/sasl/scram-binding", test_scram_binding);
  g_test_add_func ("/sasl/scram-bad-challenges", test_scram_bad_challenges);
  g_test_add_func ("/sasl/scram-bad-finals", test_scram_bad_finals);
  g_test_add_func ("/sasl/scram-prepares", test_scram_prepares);
  g_test_add_func ("/sasl/tokens", test_tokens);
  g_test_add_func ("/sasl/token-errors", test_token_errors);
  return g_test_run ();
}

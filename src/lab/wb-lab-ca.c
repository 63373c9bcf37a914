/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-lab"

#include "config.h"

#include "wb-lab-ca.h"

#include "wb-error.h"

#include <glib/gi18n-lib.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

#define DAY (24 * 60 * 60)
#define CA_DAYS 3650
#define SERVER_DAYS 365
/* Renewed this early, so that a certificate does not run out while the lab runs. */
#define RENEW_DAYS 7

typedef struct
{
  gnutls_x509_crt_t crt;
  gnutls_x509_privkey_t key;
} Pair;

static void
pair_clear (Pair *pair)
{
  g_clear_pointer (&pair->crt, gnutls_x509_crt_deinit);
  g_clear_pointer (&pair->key, gnutls_x509_privkey_deinit);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pair, pair_clear)

static gboolean
check (int code, GError **error)
{
  if (code >= 0)
    return TRUE;
  g_set_error (error, WB_ERROR, WB_ERROR_TLS,
               /* Translators: %s is the reason as the TLS library says it. */
               _ ("While making the lab's certificates: %s"), gnutls_strerror (code));
  return FALSE;
}

static gboolean
pair_init (Pair *pair, GError **error)
{
  return check (gnutls_x509_crt_init (&pair->crt), error) &&
         check (gnutls_x509_privkey_init (&pair->key), error);
}

static gboolean
load_pem (const char *path, gnutls_datum_t *datum, char **contents)
{
  gsize length;

  if (!g_file_get_contents (path, contents, &length, NULL) || length > G_MAXUINT)
    return FALSE;
  datum->data = (unsigned char *) *contents;
  datum->size = length;
  return TRUE;
}

/* Whether a certificate and its key are there, belong together and last for a while yet. */
static gboolean
pair_load (Pair *pair, const char *crt_path, const char *key_path)
{
  g_autofree char *crt_pem = NULL;
  g_autofree char *key_pem = NULL;
  gnutls_datum_t crt_datum, key_datum;
  guchar crt_id[64], key_id[64];
  size_t crt_id_size = sizeof crt_id, key_id_size = sizeof key_id;
  time_t now = g_get_real_time () / G_USEC_PER_SEC;

  if (!load_pem (crt_path, &crt_datum, &crt_pem) || !load_pem (key_path, &key_datum, &key_pem))
    return FALSE;
  if (!pair_init (pair, NULL))
    return FALSE;
  if (gnutls_x509_crt_import (pair->crt, &crt_datum, GNUTLS_X509_FMT_PEM) < 0 ||
      gnutls_x509_privkey_import (pair->key, &key_datum, GNUTLS_X509_FMT_PEM) < 0)
    return FALSE;
  if (gnutls_x509_crt_get_key_id (pair->crt, 0, crt_id, &crt_id_size) < 0 ||
      gnutls_x509_privkey_get_key_id (pair->key, 0, key_id, &key_id_size) < 0)
    return FALSE;
  return crt_id_size == key_id_size && memcmp (crt_id, key_id, crt_id_size) == 0 &&
         gnutls_x509_crt_get_activation_time (pair->crt) <= now &&
         gnutls_x509_crt_get_expiration_time (pair->crt) > now + RENEW_DAYS * DAY;
}

static gboolean
write_pem (const char *path, gnutls_datum_t *datum, int mode, GError **error)
{
  gboolean written;

  written = g_file_set_contents_full (path, (const char *) datum->data, datum->size,
                                      G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                      mode, error);
  gnutls_memset (datum->data, 0, datum->size);
  gnutls_free (datum->data);
  return written;
}

/* The key goes first: a crash in between leaves a pair that does not match, which is made anew. */
static gboolean
pair_save (Pair *pair, const char *crt_path, const char *key_path, GError **error)
{
  gnutls_datum_t datum;

  if (!check (gnutls_x509_privkey_export2 (pair->key, GNUTLS_X509_FMT_PEM, &datum), error) ||
      !write_pem (key_path, &datum, 0600, error))
    return FALSE;
  return check (gnutls_x509_crt_export2 (pair->crt, GNUTLS_X509_FMT_PEM, &datum), error) &&
         write_pem (crt_path, &datum, 0644, error);
}

/* What a CA's and a server's certificate have in common; not signed yet. */
static gboolean
pair_prepare (Pair *pair, const char *common_name, guint days, GError **error)
{
  guchar serial[16];
  guchar id[64];
  size_t id_size = sizeof id;
  time_t now = g_get_real_time () / G_USEC_PER_SEC;

  if (!pair_init (pair, error))
    return FALSE;
  if (!check (gnutls_rnd (GNUTLS_RND_NONCE, serial, sizeof serial), error))
    return FALSE;
  /* RFC 5280, section 4.1.2.2: a serial number is positive. */
  serial[0] = (serial[0] & 0x7f) | 0x01;

  return check (gnutls_x509_privkey_generate2 (pair->key, GNUTLS_PK_ECDSA,
                                               GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0,
                                               NULL, 0),
                error) &&
         check (gnutls_x509_crt_set_version (pair->crt, 3), error) &&
         check (gnutls_x509_crt_set_serial (pair->crt, serial, sizeof serial), error) &&
         check (gnutls_x509_crt_set_activation_time (pair->crt, now - 60 * 60), error) &&
         check (gnutls_x509_crt_set_expiration_time (pair->crt, now + (time_t) days * DAY),
                error) &&
         check (gnutls_x509_crt_set_key (pair->crt, pair->key), error) &&
         check (gnutls_x509_crt_set_dn_by_oid (pair->crt, GNUTLS_OID_X520_COMMON_NAME, 0,
                                               common_name, strlen (common_name)),
                error) &&
         check (gnutls_x509_crt_get_key_id (pair->crt, 0, id, &id_size), error) &&
         check (gnutls_x509_crt_set_subject_key_id (pair->crt, id, id_size), error);
}

static gboolean
permit (gnutls_x509_name_constraints_t constraints,
        gnutls_x509_subject_alt_name_t type,
        const void *data,
        guint size,
        GError **error)
{
  g_autofree guchar *copy = g_memdup2 (data, size);
  gnutls_datum_t datum = { copy, size };

  return check (gnutls_x509_name_constraints_add_permitted (constraints, type, &datum), error);
}

/* Who puts this CA among the trusted ones trusts it for these names and for nothing else. */
static gboolean
constrain (gnutls_x509_crt_t crt, GError **error)
{
  static const guchar net4[8] = { 127, 0, 0, 0, 255, 0, 0, 0 };
  guchar net6[32];
  gnutls_x509_name_constraints_t constraints;
  gboolean ok;

  memset (net6, 0, 16);
  net6[15] = 1;
  memset (net6 + 16, 0xff, 16);

  if (!check (gnutls_x509_name_constraints_init (&constraints), error))
    return FALSE;
  ok = permit (constraints, GNUTLS_SAN_DNSNAME, "localhost", strlen ("localhost"), error) &&
       permit (constraints, GNUTLS_SAN_DNSNAME, WB_LAB_DOMAIN_A, strlen (WB_LAB_DOMAIN_A), error) &&
       permit (constraints, GNUTLS_SAN_DNSNAME, WB_LAB_DOMAIN_B, strlen (WB_LAB_DOMAIN_B), error) &&
       permit (constraints, GNUTLS_SAN_IPADDRESS, net4, sizeof net4, error) &&
       permit (constraints, GNUTLS_SAN_IPADDRESS, net6, sizeof net6, error) &&
       check (gnutls_x509_crt_set_name_constraints (crt, constraints, 1), error);
  gnutls_x509_name_constraints_deinit (constraints);
  return ok;
}

static gboolean
make_ca (Pair *ca, GError **error)
{
  return pair_prepare (ca, "Wirebench lab CA", CA_DAYS, error) &&
         check (gnutls_x509_crt_set_basic_constraints (ca->crt, 1, 0), error) &&
         check (gnutls_x509_crt_set_key_usage (ca->crt,
                                               GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN),
                error) &&
         constrain (ca->crt, error) &&
         check (gnutls_x509_crt_sign2 (ca->crt, ca->crt, ca->key, GNUTLS_DIG_SHA256, 0), error);
}

static gboolean
add_name (gnutls_x509_crt_t crt,
          gnutls_x509_subject_alt_name_t type,
          const void *data,
          guint size,
          GError **error)
{
  return check (gnutls_x509_crt_set_subject_alt_name (crt, type, data, size, GNUTLS_FSAN_APPEND),
                error);
}

static gboolean
make_server (Pair *server, Pair *ca, GError **error)
{
  static const guchar loopback4[4] = { 127, 0, 0, 1 };
  static const guchar loopback6[16] = { [15] = 1 };
  static const char *const names[] = { "localhost", WB_LAB_DOMAIN_A, WB_LAB_DOMAIN_B };
  guchar id[64];
  size_t id_size = sizeof id;

  if (!pair_prepare (server, "localhost", SERVER_DAYS, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (!add_name (server->crt, GNUTLS_SAN_DNSNAME, names[i], strlen (names[i]), error))
      return FALSE;

  return add_name (server->crt, GNUTLS_SAN_IPADDRESS, loopback4, sizeof loopback4, error) &&
         add_name (server->crt, GNUTLS_SAN_IPADDRESS, loopback6, sizeof loopback6, error) &&
         check (gnutls_x509_crt_set_basic_constraints (server->crt, 0, -1), error) &&
         check (gnutls_x509_crt_set_key_usage (server->crt, GNUTLS_KEY_DIGITAL_SIGNATURE), error) &&
         check (gnutls_x509_crt_set_key_purpose_oid (server->crt, GNUTLS_KP_TLS_WWW_SERVER, 0),
                error) &&
         check (gnutls_x509_crt_get_key_id (ca->crt, 0, id, &id_size), error) &&
         check (gnutls_x509_crt_set_authority_key_id (server->crt, id, id_size), error) &&
         check (gnutls_x509_crt_sign2 (server->crt, ca->crt, ca->key, GNUTLS_DIG_SHA256, 0), error);
}

/**
 * wb_lab_ca_ensure:
 * @directory: where certificates and keys are kept; it exists
 * @ca_file: (out) (transfer full): path of the CA's certificate, to be trusted by clients
 * @certificate: (out) (transfer full): the servers' certificate with its key
 *
 * Loads the lab's private CA and the certificate it gave to the lab's servers, and makes
 * (again) what is missing, does not match or runs out within a week. Keys are EC P-256, in files
 * that only their owner can read. The certificate is good for localhost, 127.0.0.1, ::1
 * and the two mail domains; the CA is constrained to those (RFC 5280, section 4.2.1.10).
 *
 * Blocks; safe from any thread, but one caller at a time for one @directory.
 *
 * Returns: %TRUE, or %FALSE with %WB_ERROR_TLS or a `G_FILE_ERROR` set
 */
gboolean
wb_lab_ca_ensure (const char *directory,
                  char **ca_file,
                  GTlsCertificate **certificate,
                  GError **error)
{
  g_autofree char *ca_path = g_build_filename (directory, "ca.pem", NULL);
  g_autofree char *ca_key = g_build_filename (directory, "ca.key", NULL);
  g_autofree char *server_path = g_build_filename (directory, "server.pem", NULL);
  g_autofree char *server_key = g_build_filename (directory, "server.key", NULL);
  g_auto (Pair) ca = { NULL, NULL };
  g_auto (Pair) server = { NULL, NULL };
  unsigned int verdict = 0;

  g_return_val_if_fail (directory != NULL, FALSE);
  g_return_val_if_fail (ca_file != NULL && certificate != NULL, FALSE);

  if (!pair_load (&ca, ca_path, ca_key))
    {
      pair_clear (&ca);
      if (!make_ca (&ca, error) || !pair_save (&ca, ca_path, ca_key, error))
        return FALSE;
    }

  if (!pair_load (&server, server_path, server_key) ||
      gnutls_x509_crt_verify (server.crt, &ca.crt, 1, 0, &verdict) < 0 || verdict != 0)
    {
      pair_clear (&server);
      if (!make_server (&server, &ca, error) ||
          !pair_save (&server, server_path, server_key, error))
        return FALSE;
    }

  *certificate = g_tls_certificate_new_from_files (server_path, server_key, error);
  if (*certificate == NULL)
    return FALSE;
  *ca_file = g_steal_pointer (&ca_path);
  return TRUE;
}

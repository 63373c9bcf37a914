/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-sockets"

#include "config.h"

#include "wb-socket-server-private.h"

#include <glib/gi18n-lib.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <string.h>

#define SELF_SIGNED_DAYS 30

/* What a certificate object of GIO holds, as GnuTLS wants it. */
gboolean
wb_socket_credentials_load (GTlsCertificate *certificate,
                            gnutls_certificate_credentials_t *credentials,
                            GError **error)
{
  g_autoptr (GString) chain = g_string_new (NULL);
  g_autofree char *key = NULL;
  gnutls_datum_t chain_datum;
  gnutls_datum_t key_datum;
  int rc;

  for (GTlsCertificate *link = certificate; link != NULL;
       link = g_tls_certificate_get_issuer (link))
    {
      g_autofree char *pem = NULL;

      g_object_get (link, "certificate-pem", &pem, NULL);
      if (pem != NULL)
        g_string_append (chain, pem);
    }
  g_object_get (certificate, "private-key-pem", &key, NULL);
  if (key == NULL)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("The certificate comes without its private key, so nobody can be "
                              "served with it."));
      return FALSE;
    }

  chain_datum = (gnutls_datum_t){ (guchar *) chain->str, (guint) chain->len };
  key_datum = (gnutls_datum_t){ (guchar *) key, (guint) strlen (key) };
  gnutls_certificate_allocate_credentials (credentials);
  rc = gnutls_certificate_set_x509_key_mem2 (*credentials, &chain_datum, &key_datum,
                                             GNUTLS_X509_FMT_PEM, NULL, 0);
  explicit_bzero (key, strlen (key));
  if (rc < 0)
    {
      gnutls_certificate_free_credentials (*credentials);
      *credentials = NULL;
      g_set_error (error, WB_ERROR, WB_ERROR_TLS,
                   /* Translators: %s is GnuTLS's reason. */
                   _ ("The certificate cannot be used: %s"), gnutls_strerror (rc));
      return FALSE;
    }
  return TRUE;
}

static int
fill_certificate (gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, const char *host)
{
  static const guint8 loopback4[] = { 127, 0, 0, 1 };
  static const guint8 loopback6[16] = { [15] = 1 };
  g_autoptr (GInetAddress) address = host != NULL ? g_inet_address_new_from_string (host) : NULL;
  guint8 serial[16];
  time_t now = (time_t) (g_get_real_time () / G_USEC_PER_SEC);
  int rc;

  gnutls_rnd (GNUTLS_RND_NONCE, serial, sizeof serial);
  serial[0] = (serial[0] & 0x7f) | 1;
  if ((rc = gnutls_x509_crt_set_version (crt, 3)) < 0 ||
      (rc = gnutls_x509_crt_set_serial (crt, serial, sizeof serial)) < 0 ||
      (rc = gnutls_x509_crt_set_activation_time (crt, now - 3600)) < 0 ||
      (rc = gnutls_x509_crt_set_expiration_time (crt, now + SELF_SIGNED_DAYS * 86400)) < 0 ||
      (rc = gnutls_x509_crt_set_dn_by_oid (crt, GNUTLS_OID_X520_COMMON_NAME, 0, "localhost", 9)) <
          0 ||
      (rc = gnutls_x509_crt_set_basic_constraints (crt, 0, -1)) < 0 ||
      (rc = gnutls_x509_crt_set_key_usage (crt, GNUTLS_KEY_DIGITAL_SIGNATURE)) < 0 ||
      (rc = gnutls_x509_crt_set_key_purpose_oid (crt, GNUTLS_KP_TLS_WWW_SERVER, 0)) < 0 ||
      (rc = gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_DNSNAME, "localhost", 9,
                                                  GNUTLS_FSAN_SET)) < 0 ||
      (rc = gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_IPADDRESS, loopback4,
                                                  sizeof loopback4, GNUTLS_FSAN_APPEND)) < 0 ||
      (rc = gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_IPADDRESS, loopback6,
                                                  sizeof loopback6, GNUTLS_FSAN_APPEND)) < 0)
    return rc;
  if (address != NULL &&
      (rc = gnutls_x509_crt_set_subject_alt_name (
           crt, GNUTLS_SAN_IPADDRESS, g_inet_address_to_bytes (address),
           (guint) g_inet_address_get_native_size (address), GNUTLS_FSAN_APPEND)) < 0)
    return rc;
  if ((rc = gnutls_x509_crt_set_key (crt, key)) < 0)
    return rc;
  return gnutls_x509_crt_sign2 (crt, crt, key, GNUTLS_DIG_SHA256, 0);
}

/**
 * wb_socket_make_certificate:
 * @address: (nullable): a numeric address that it shall be good for, beside
 *   localhost and its addresses
 *
 * Makes a certificate that is signed by itself and good for a month, for a server
 * that has none. It and its key are only in memory.
 *
 * Safe from any thread; takes some milliseconds.
 *
 * Returns: (transfer full) (nullable): the certificate with its key, or %NULL with
 *   %WB_ERROR_TLS set
 */
GTlsCertificate *
wb_socket_make_certificate (const char *address, GError **error)
{
  gnutls_x509_privkey_t key = NULL;
  gnutls_x509_crt_t crt = NULL;
  gnutls_datum_t crt_pem = { NULL, 0 };
  gnutls_datum_t key_pem = { NULL, 0 };
  GTlsCertificate *certificate = NULL;
  int rc;

  if ((rc = gnutls_x509_privkey_init (&key)) >= 0 && (rc = gnutls_x509_crt_init (&crt)) >= 0 &&
      (rc = gnutls_x509_privkey_generate (
           key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0)) >= 0 &&
      (rc = fill_certificate (crt, key, address)) >= 0 &&
      (rc = gnutls_x509_crt_export2 (crt, GNUTLS_X509_FMT_PEM, &crt_pem)) >= 0 &&
      (rc = gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN,
                                               &key_pem)) >= 0)
    {
      g_autofree char *both = g_strdup_printf ("%.*s%.*s", (int) crt_pem.size, crt_pem.data,
                                               (int) key_pem.size, key_pem.data);

      certificate = g_tls_certificate_new_from_pem (both, -1, error);
      explicit_bzero (both, strlen (both));
    }
  else
    g_set_error (error, WB_ERROR, WB_ERROR_TLS,
                 /* Translators: %s is GnuTLS's reason. */
                 _ ("No certificate could be made: %s"), gnutls_strerror (rc));

  if (key_pem.data != NULL)
    explicit_bzero (key_pem.data, key_pem.size);
  gnutls_free (crt_pem.data);
  gnutls_free (key_pem.data);
  if (crt != NULL)
    gnutls_x509_crt_deinit (crt);
  if (key != NULL)
    gnutls_x509_privkey_deinit (key);
  return certificate;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-mail-certificate.h"

#include <glib/gi18n-lib.h>

/**
 * wb_mail_load_certificate:
 * @path: a certificate, PEM
 * @key: (nullable): its private key, where that is in a file of its own
 *
 * Reads the certificate that a server is shown.
 *
 * Blocks; any thread.
 *
 * Returns: (transfer full): the certificate with its key, or %NULL with @error set
 */
GTlsCertificate *
wb_mail_load_certificate (const char *path, const char *key, GError **error)
{
  GTlsCertificate *certificate = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  certificate = key != NULL ? g_tls_certificate_new_from_files (path, key, error)
                            : g_tls_certificate_new_from_file (path, error);
  if (certificate == NULL)
    g_prefix_error (error, "%s", _ ("The certificate to show to the server cannot be used: "));
  return certificate;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-lab"

#include "config.h"

#include "wb-lab-secret.h"

#include "wb-error.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/random.h>

/* Without the letters and digits that are taken for one another when typed by hand. 32 of them. */
static const char alphabet[] = "abcdefghijkmnpqrstuvwxyz23456789";

/**
 * wb_lab_secret_equal:
 *
 * Compares two secrets in a time that tells nothing but their lengths.
 *
 * Returns: whether they are the same
 */
gboolean
wb_lab_secret_equal (const char *a, const char *b)
{
  gsize length = strlen (a);
  guchar difference = 0;

  if (strlen (b) != length)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    difference |= (guchar) a[i] ^ (guchar) b[i];
  return difference == 0;
}

/**
 * wb_lab_secret_create:
 * @length: how many letters, at most 256; each is worth five bits
 *
 * Makes a password from the system's random source.
 *
 * Returns: (transfer full): the password, or %NULL with %WB_ERROR_FAILED set
 */
char *
wb_lab_secret_create (guint length, GError **error)
{
  guchar random[256];
  char *secret;

  g_return_val_if_fail (length > 0 && length <= sizeof random, NULL);

  /* Up to 256 bytes come whole or not at all (getrandom(2)). */
  if (getrandom (random, length, 0) != (gssize) length)
    {
      g_set_error (error, WB_ERROR, WB_ERROR_FAILED,
                   /* Translators: %s is the system's reason. */
                   _ ("While making a random password: %s"), g_strerror (errno));
      return NULL;
    }
  secret = g_malloc (length + 1);
  for (guint i = 0; i < length; i++)
    secret[i] = alphabet[random[i] % (sizeof alphabet - 1)];
  secret[length] = '\0';
  return secret;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "test"

#include "config.h"

#include "fuzz.h"
#include "wb-autoconfig-xml.h"

/* What a stranger's answer may make of a server is bounded, and safe to put into a URL. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbAutoconfigDocument) document =
      wb_autoconfig_document_parse ((const char *) data, size, "me@example.test", &error);

  g_assert_true ((document == NULL) == (error != NULL));
  for (guint i = 0; document != NULL && i < document->servers->len; i++)
    {
      const WbAutoconfigServer *server = document->servers->pdata[i];

      g_assert_true (wb_autoconfig_is_host (server->host));
      g_assert_cmpuint (server->port, >, 0);
      g_assert_cmpint (server->tls, !=, WB_TLS_NONE);
      g_assert_true (g_utf8_validate (server->user, -1, NULL));
    }
  return 0;
}

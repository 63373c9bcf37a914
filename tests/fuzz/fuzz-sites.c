/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "test"

#include "config.h"

#include "fuzz.h"
#include "wb-ftp-site-import.h"

#include <string.h>

static void
check_line (const char *text)
{
  g_assert_true (g_utf8_validate (text, -1, NULL));
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    g_assert_false (g_unichar_iscntrl (g_utf8_get_char (p)));
}

/* The input is a list of sites from FileZilla. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (WbFtpSiteImport) import =
      wb_ftp_site_import_filezilla ((const char *) data, size, NULL);

  if (import == NULL)
    return 0;
  g_assert_cmpuint (import->sites->len, ==, import->passwords->len);
  for (guint i = 0; i < import->sites->len; i++)
    {
      const WbFtpSite *site = import->sites->pdata[i];
      g_autoptr (JsonNode) json = wb_ftp_site_to_json (site);
      g_autoptr (WbFtpSite) again = wb_ftp_site_from_json (json);
      g_autoptr (JsonNode) json_again = wb_ftp_site_to_json (again);
      g_autoptr (WbUrl) url = wb_ftp_site_dup_url (site, NULL);

      g_assert_true (json_node_equal (json, json_again));
      check_line (site->name);
      check_line (site->folder);
      check_line (site->host);
      check_line (site->user);
      check_line (site->local);
      check_line (site->remote);
      check_line (site->charset);
      g_assert_true (*site->name != '\0' && strchr (site->name, '/') == NULL);
      if (url == NULL)
        g_assert_cmpstr (site->user, ==, "");
      if (import->passwords->pdata[i] != NULL)
        check_line (import->passwords->pdata[i]);
    }
  for (guint i = 0; i < import->notes->len; i++)
    check_line (import->notes->pdata[i]);
  return 0;
}

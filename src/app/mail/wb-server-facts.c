/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-server-facts.h"

#define GROUP "smtp"

static char *
dup_path (WbAccount *account)
{
  g_autofree char *directory = wb_account_dup_directory (account);

  return g_build_filename (directory, "server.ini", NULL);
}

/* Another server may say other things. Without user and password: neither belongs in this file. */
static char *
dup_server (WbAccount *account)
{
  const char *text = wb_account_get_smtp_url (account);
  g_autoptr (WbUrl) url = text ? wb_url_parse (text, NULL) : NULL;

  return url ? g_strdup_printf ("%s:%u", url->host, url->port) : g_strdup ("lab");
}

/**
 * wb_server_facts_keep:
 * @account: whose server
 * @client: connected to it
 *
 * Writes down what it said. That it could not is no reason not to send. Blocks; on the worker that
 * uses @client.
 */
void
wb_server_facts_keep (WbAccount *account, WbSmtpClient *client)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *path = dup_path (account);
  g_autofree char *server = dup_server (account);
  g_autoptr (GError) error = NULL;

  g_key_file_set_string (file, GROUP, "server", server);
  g_key_file_set_uint64 (file, GROUP, "size", wb_smtp_client_get_maximum_size (client));
  g_key_file_set_boolean (file, GROUP, "dsn",
                          (wb_smtp_client_get_extensions (client) & WB_SMTP_DSN) != 0);
  if (!g_key_file_save_to_file (file, path, &error))
    g_message ("%s", error->message);
}

/**
 * wb_server_facts_load:
 * @account: whose server
 *
 * Blocks; any thread but the main one.
 *
 * Returns: (transfer full) (nullable): what is known; %NULL when it was not spoken to yet
 */
WbServerFacts *
wb_server_facts_load (WbAccount *account)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *path = dup_path (account);
  g_autofree char *server = dup_server (account);
  g_autofree char *kept = NULL;
  WbServerFacts *facts = NULL;

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL))
    return NULL;
  kept = g_key_file_get_string (file, GROUP, "server", NULL);
  if (g_strcmp0 (kept, server) != 0)
    return NULL;
  facts = g_new0 (WbServerFacts, 1);
  facts->maximum_size = g_key_file_get_uint64 (file, GROUP, "size", NULL);
  facts->dsn = g_key_file_get_boolean (file, GROUP, "dsn", NULL);
  return facts;
}

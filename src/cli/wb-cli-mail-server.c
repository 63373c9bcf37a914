/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-cli"

#include "config.h"

#include "wb-cli-mail-server.h"

#include "wb-mail-certificate.h"

#include "wb-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define TOKEN_MAX (64 * 1024)

/**
 * wb_cli_mail_server_entries:
 * @self: what the entries fill; stays until the command line is parsed
 * @more: the command's other entries, which come behind
 *
 * Returns: (transfer full): entries for wb_cli_parse(), to be freed with g_free()
 */
GOptionEntry *
wb_cli_mail_server_entries (WbCliMailServer *self, const GOptionEntry *more)
{
  const GOptionEntry ours[] = {
    { "server", 's', 0, G_OPTION_ARG_STRING, &self->server, N_ ("The server that takes the mail"),
      N_ ("URL") },
    { "auth", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->mechanisms,
      N_ ("Log in by this mechanism only, such as SCRAM-SHA-256; may be given again"),
      N_ ("MECHANISM") },
    { "token-file", 0, 0, G_OPTION_ARG_FILENAME, &self->token_file,
      N_ ("Log in with the OAuth 2 token in this file, or “-”; else WIRE_TOKEN is looked at"),
      N_ ("FILE") },
    { "client-cert", 0, 0, G_OPTION_ARG_FILENAME, &self->client_certificate,
      N_ ("Show this certificate to the server (PEM)"), N_ ("FILE") },
    { "client-key", 0, 0, G_OPTION_ARG_FILENAME, &self->client_key,
      N_ ("The certificate's key, if it is in a file of its own"), N_ ("FILE") },
    { "proxy", 0, 0, G_OPTION_ARG_STRING, &self->proxy,
      N_ ("Go through a proxy: socks5://HOST:PORT or http://HOST:PORT"), N_ ("URL") },
    { "notify", 0, 0, G_OPTION_ARG_STRING, &self->notify,
      N_ ("Ask for delivery reports: never, or success, failure and delay with commas"),
      N_ ("WHEN") },
    { "return", 0, 0, G_OPTION_ARG_STRING, &self->returned,
      N_ ("What a report about a failure carries: full or headers"), N_ ("WHAT") },
    { "envid", 0, 0, G_OPTION_ARG_STRING, &self->envelope_id,
      N_ ("A mark that comes back with a delivery report"), N_ ("TEXT") },
    { "chunking", 0, 0, G_OPTION_ARG_NONE, &self->chunking,
      N_ ("Send the text by BDAT where the server takes that"), NULL },
  };
  GOptionEntry *entries = NULL;
  gsize count = 0;

  while (more[count].long_name != NULL)
    count++;
  entries = g_new0 (GOptionEntry, count + G_N_ELEMENTS (ours) + 1);
  memcpy (entries, ours, sizeof ours);
  memcpy (entries + G_N_ELEMENTS (ours), more, count * sizeof *more);
  return entries;
}

static WbSaslMechanism
get_mechanisms (const WbCliMailServer *self)
{
  WbSaslMechanism chosen = WB_SASL_NONE;

  for (char **name = self->mechanisms; name != NULL && *name != NULL; name++)
    chosen |= wb_sasl_parse_mechanisms (*name);
  return chosen;
}

/* Whether all that is permitted is of one @kind. */
static gboolean
only (const WbCliMailServer *self, WbSaslMechanism kind)
{
  WbSaslMechanism chosen = get_mechanisms (self);

  return chosen != WB_SASL_NONE && (chosen & ~kind) == 0;
}

static const char *
find_problem (const WbCliMailServer *self)
{
  if (g_strcmp0 (self->url->protocol, "smtp") != 0)
    return _ ("Mail is sent to an address that begins with smtp:// or smtps://.");
  for (char **name = self->mechanisms; name != NULL && *name != NULL; name++)
    if (wb_sasl_parse_mechanisms (*name) == WB_SASL_NONE)
      return _ ("--auth takes PLAIN, LOGIN, CRAM-MD5, SCRAM-SHA-1, SCRAM-SHA-256, one of these two "
                "with -PLUS, XOAUTH2, OAUTHBEARER or EXTERNAL.");
  if (self->token != NULL && self->url->user == NULL)
    return _ ("A token goes with a user name in the server's address.");
  if (self->client_key != NULL && self->client_certificate == NULL)
    return _ ("--client-key goes with --client-cert.");
  if (only (self, WB_SASL_EXTERNAL) && self->client_certificate == NULL)
    return _ ("EXTERNAL logs in by a certificate: give it with --client-cert.");
  if (self->url->user != NULL && self->url->password == NULL && self->token == NULL &&
      !only (self, WB_SASL_EXTERNAL))
    return _ ("There is a user name and no password. Give it with --password-file, --password-fd "
              "or WIRE_PASSWORD.");
  return NULL;
}

/**
 * wb_cli_mail_read_token:
 * @path: (nullable): of `--token-file`; without it WIRE_TOKEN is looked at
 * @token: (out) (nullable) (transfer full): the token without line ends at its end, or %NULL where
 *   there is none
 *
 * The transcript cannot hold it from then on.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_cli_mail_read_token (WbCli *cli, const char *path, char **token, GError **error)
{
  g_autofree char *found = NULL;

  *token = NULL;
  if (path == NULL)
    found = g_strdup (g_getenv ("WIRE_TOKEN"));
  else
    {
      g_autoptr (GBytes) bytes = wb_cli_read_file (cli, path, TOKEN_MAX, error);
      gsize length = 0;
      const char *data = NULL;

      if (bytes == NULL)
        return FALSE;
      data = g_bytes_get_data (bytes, &length);
      found = g_strchomp (g_strndup (data != NULL ? data : "", length));
    }
  if (found == NULL || *found == '\0')
    return TRUE;
  if (wb_cli_get_wire (cli) != NULL)
    wb_wire_hide (wb_cli_get_wire (cli), found);
  *token = g_steal_pointer (&found);
  return TRUE;
}

/**
 * wb_cli_mail_server_check:
 * @status: (out): what to return where this returns %FALSE
 *
 * Looks whether what was typed makes sense, and finds the password or token.
 *
 * Returns: whether to go on
 */
gboolean
wb_cli_mail_server_check (WbCli *cli, WbCliMailServer *self, int *status)
{
  g_autoptr (GError) error = NULL;
  const char *problem = NULL;

  if (self->server == NULL)
    {
      *status = wb_cli_usage (cli, _ ("Give the mail server with --server, such as "
                                      "smtps://user@smtp.example.org."));
      return FALSE;
    }
  self->url = wb_cli_parse_url (cli, self->server, &error);
  if (self->url == NULL)
    {
      *status = wb_cli_url_fail (cli, error);
      return FALSE;
    }
  if (!wb_cli_mail_read_token (cli, self->token_file, &self->token, &error))
    {
      *status = wb_cli_fail (cli, error);
      return FALSE;
    }
  problem = find_problem (self);
  if (problem != NULL)
    *status = wb_cli_usage (cli, problem);
  return problem == NULL;
}

static gboolean
parse_notify (const char *text, WbSmtpNotify *notify)
{
  static const char *const names[] = { "never", "success", "failure", "delay" };
  g_auto (GStrv) words = g_strsplit (text, ",", -1);

  *notify = WB_SMTP_NOTIFY_DEFAULT;
  for (char **word = words; *word != NULL; word++)
    {
      guint i = 0;

      while (i < G_N_ELEMENTS (names) && g_ascii_strcasecmp (*word, names[i]) != 0)
        i++;
      if (i == G_N_ELEMENTS (names))
        return FALSE;
      *notify |= 1 << i;
    }
  return *notify != WB_SMTP_NOTIFY_DEFAULT;
}

static gboolean
set_reports (WbCliMailServer *self, WbSmtpClient *client, GError **error)
{
  WbSmtpNotify notify = WB_SMTP_NOTIFY_DEFAULT;
  WbSmtpReturn returned = WB_SMTP_RETURN_DEFAULT;

  if (self->notify != NULL && !parse_notify (self->notify, &notify))
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("--notify takes never, or a list such as success,failure,delay."));
      return FALSE;
    }
  if (g_strcmp0 (self->returned, "full") == 0)
    returned = WB_SMTP_RETURN_FULL;
  else if (g_strcmp0 (self->returned, "headers") == 0)
    returned = WB_SMTP_RETURN_HEADERS;
  else if (self->returned != NULL)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("--return takes full or headers."));
      return FALSE;
    }
  return wb_smtp_client_set_reports (client, notify, returned, self->envelope_id, error);
}

static gboolean
set_certificate (WbCliMailServer *self, WbSmtpClient *client, GError **error)
{
  g_autoptr (GTlsCertificate) certificate = NULL;

  if (self->client_certificate == NULL)
    return TRUE;
  certificate = wb_mail_load_certificate (self->client_certificate, self->client_key, error);
  if (certificate == NULL)
    return FALSE;
  wb_smtp_client_set_certificate (client, certificate);
  return TRUE;
}

static gboolean
log_in (WbCli *cli, WbCliMailServer *self, WbSmtpClient *client, GError **error)
{
  GCancellable *cancellable = wb_cli_get_cancellable (cli);
  const WbUrl *url = self->url;

  if (only (self, WB_SASL_EXTERNAL))
    return wb_smtp_client_login_certificate (client, url->user, cancellable, error);
  if (url->user == NULL)
    return TRUE;
  if (self->token != NULL)
    return wb_smtp_client_login_token (client, url->user, self->token, cancellable, error);
  if (only (self, WB_SASL_TOKEN))
    return wb_smtp_client_login_token (client, url->user, url->password, cancellable, error);
  return wb_smtp_client_login (client, url->user, url->password, cancellable, error);
}

/**
 * wb_cli_mail_server_open:
 *
 * Connects and logs in.
 *
 * Returns: (transfer full) (nullable): a client ready to send, or %NULL with @error set:
 *   %WB_ERROR_INVALID where what was typed makes no sense
 */
WbSmtpClient *
wb_cli_mail_server_open (WbCli *cli, WbCliMailServer *self, GError **error)
{
  g_autoptr (WbSmtpClient) client = NULL;
  WbTrust *trust = wb_cli_get_trust (cli, self->url->host, self->url->port, error);

  if (trust == NULL)
    return NULL;
  client = wb_smtp_client_new (wb_cli_get_wire (cli), trust);
  wb_smtp_client_set_timeout (client, wb_cli_get_timeout (cli));
  wb_smtp_client_set_mechanisms (client, get_mechanisms (self));
  wb_smtp_client_set_chunking (client, self->chunking);
  if (!wb_smtp_client_set_proxy (client, self->proxy, error) ||
      !set_reports (self, client, error) || !set_certificate (self, client, error) ||
      !wb_smtp_client_connect (client, self->url, wb_cli_get_cancellable (cli), error) ||
      !log_in (cli, self, client, error))
    return NULL;
  return g_steal_pointer (&client);
}

/**
 * wb_cli_mail_server_clear:
 *
 * Frees what it holds.
 */
void
wb_cli_mail_server_clear (WbCliMailServer *self)
{
  g_free (self->server);
  g_strfreev (self->mechanisms);
  g_free (self->token_file);
  g_free (self->client_certificate);
  g_free (self->client_key);
  g_free (self->proxy);
  g_free (self->notify);
  g_free (self->returned);
  g_free (self->envelope_id);
  g_clear_pointer (&self->url, wb_url_free);
  g_free (self->token);
}

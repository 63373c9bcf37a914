/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-cli"

#include "config.h"

#include "wb-cli-mail-mailbox.h"
#include "wb-cli-mail-server.h"

#include "wb-mail-certificate.h"
#include "wb-mail-error.h"

#include <glib/gi18n-lib.h>

static gboolean
check_numbers (char **numbers, GError **error)
{
  for (char **number = numbers; number != NULL && *number != NULL; number++)
    if (!g_ascii_string_to_unsigned (*number, 10, 1, G_MAXINT, NULL, NULL))
      {
        g_set_error (error, WB_ERROR, WB_ERROR_INVALID,
                     /* Translators: %s is what was typed. */
                     _ ("“%s” is not the number of a message; they count from 1."), *number);
        return FALSE;
      }
  return TRUE;
}

/* Whether what was typed makes sense; the sentence that says why not. */
static gboolean
check (WbCliMailbox *mailbox, gboolean must_choose, GError **error)
{
  const char *problem = NULL;
  g_autofree char *secret = NULL;
  const WbUrl *url = mailbox->url;
  guint ways = (mailbox->numbers != NULL) + (mailbox->uids != NULL) + mailbox->all;

  if (g_strcmp0 (url->protocol, "imap") == 0)
    problem = _ ("IMAP: not yet.");
  else if (g_strcmp0 (url->protocol, "pop3") != 0)
    problem = _ ("A mailbox has an address that begins with pop3:// or pop3s://.");
  else if (url->user == NULL || (url->password == NULL && mailbox->token == NULL))
    problem = _ ("A mailbox wants a user name in the address and a password. Give that with "
                 "--password-file, --password-fd or WIRE_PASSWORD.");
  else if (mailbox->client_key != NULL && mailbox->client_certificate == NULL)
    problem = _ ("--client-key goes with --client-cert.");
  else if (ways > 1)
    problem = _ ("Give one of --number, --uid and --all.");
  else if (ways == 0 && must_choose)
    problem = _ ("Say which messages: --number, --uid or --all.");

  if (problem != NULL)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID, problem);
      return FALSE;
    }
  return check_numbers (mailbox->numbers, error) &&
         (mailbox->proxy == NULL || wb_parse_proxy (mailbox->proxy, &secret, error));
}

/**
 * wb_cli_mailbox_parse:
 * @must_choose: whether messages have to be named
 * @status: (out): what to return where this returns %FALSE
 *
 * Reads the command line of a command about a mailbox.
 *
 * Returns: whether to go on
 */
gboolean
wb_cli_mailbox_parse (WbCli *cli, WbCliMailbox *mailbox, gboolean must_choose, int *status)
{
  const GOptionEntry entries[] = {
    { "number", 'n', 0, G_OPTION_ARG_STRING_ARRAY, &mailbox->numbers,
      N_ ("The message of this number; may be given again"), N_ ("NUMBER") },
    { "uid", 'u', 0, G_OPTION_ARG_STRING_ARRAY, &mailbox->uids,
      N_ ("The message of this unique mark; may be given again"), N_ ("UID") },
    { "all", 0, 0, G_OPTION_ARG_NONE, &mailbox->all, N_ ("All messages"), NULL },
    { "maildir", 0, 0, G_OPTION_ARG_FILENAME, &mailbox->maildir,
      N_ ("The folder on this computer where messages are kept"), N_ ("FOLDER") },
    { "token-file", 0, 0, G_OPTION_ARG_FILENAME, &mailbox->token_file,
      N_ ("Log in with the OAuth 2 token in this file, or “-”; else WIRE_TOKEN is looked at"),
      N_ ("FILE") },
    { "client-cert", 0, 0, G_OPTION_ARG_FILENAME, &mailbox->client_certificate,
      N_ ("Show this certificate to the server (PEM)"), N_ ("FILE") },
    { "client-key", 0, 0, G_OPTION_ARG_FILENAME, &mailbox->client_key,
      N_ ("The certificate's key, if it is in a file of its own"), N_ ("FILE") },
    { "proxy", 0, 0, G_OPTION_ARG_STRING, &mailbox->proxy,
      N_ ("Go through a proxy: socks5://HOST:PORT or http://HOST:PORT"), N_ ("URL") },
    { NULL },
  };
  g_autoptr (GError) error = NULL;

  if (!wb_cli_parse (cli, entries, 1, 1, status))
    return FALSE;
  mailbox->url = wb_cli_parse_url (cli, wb_cli_get_arguments (cli)[0], &error);
  if (mailbox->url != NULL &&
      wb_cli_mail_read_token (cli, mailbox->token_file, &mailbox->token, &error) &&
      check (mailbox, must_choose, &error))
    return TRUE;
  *status = wb_cli_url_fail (cli, error);
  return FALSE;
}

static gboolean
set_certificate (WbCliMailbox *mailbox, GError **error)
{
  g_autoptr (GTlsCertificate) certificate = NULL;

  if (mailbox->client_certificate == NULL)
    return TRUE;
  certificate = wb_mail_load_certificate (mailbox->client_certificate, mailbox->client_key, error);
  wb_pop3_client_set_certificate (mailbox->client, certificate);
  return certificate != NULL;
}

static gboolean
log_in (WbCli *cli, WbCliMailbox *mailbox, GError **error)
{
  const WbUrl *url = mailbox->url;
  GCancellable *cancellable = wb_cli_get_cancellable (cli);

  if (mailbox->token != NULL)
    return wb_pop3_client_login_token (mailbox->client, url->user, mailbox->token, cancellable,
                                       error);
  return wb_pop3_client_login (mailbox->client, url->user, url->password, cancellable, error);
}

static gboolean
choose_number (WbCliMailbox *mailbox, const char *text, GError **error)
{
  guint64 number = g_ascii_strtoull (text, NULL, 10);

  for (guint i = 0; i < mailbox->items->len; i++)
    {
      WbPop3Item *item = g_ptr_array_index (mailbox->items, i);

      if (item->number != number)
        continue;
      g_ptr_array_add (mailbox->chosen, item);
      return TRUE;
    }
  g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_NO_SUCH_MESSAGE,
               /* Translators: %s is a number, %u how many messages there are. */
               _ ("There is no message %s; the mailbox has %u."), text, mailbox->items->len);
  return FALSE;
}

static gboolean
choose_uid (WbCliMailbox *mailbox, const char *uid, GError **error)
{
  for (guint i = 0; i < mailbox->items->len; i++)
    {
      WbPop3Item *item = g_ptr_array_index (mailbox->items, i);

      if (g_strcmp0 (item->uid, uid) != 0)
        continue;
      g_ptr_array_add (mailbox->chosen, item);
      return TRUE;
    }
  g_set_error (error, WB_MAIL_ERROR, WB_MAIL_ERROR_NO_SUCH_MESSAGE,
               /* Translators: %s is a message's unique mark. */
               _ ("There is no message with the mark “%s”, or more than one has it."), uid);
  return FALSE;
}

static gboolean
choose (WbCliMailbox *mailbox, GError **error)
{
  mailbox->chosen = g_ptr_array_new ();
  for (char **number = mailbox->numbers; number != NULL && *number != NULL; number++)
    if (!choose_number (mailbox, *number, error))
      return FALSE;
  for (char **uid = mailbox->uids; uid != NULL && *uid != NULL; uid++)
    if (!choose_uid (mailbox, *uid, error))
      return FALSE;
  if (mailbox->numbers == NULL && mailbox->uids == NULL)
    g_ptr_array_extend (mailbox->chosen, mailbox->items, NULL, NULL);
  return TRUE;
}

/**
 * wb_cli_mailbox_open:
 *
 * Connects, logs in, asks for the list and finds the messages that are meant.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
wb_cli_mailbox_open (WbCli *cli, WbCliMailbox *mailbox, GError **error)
{
  const WbUrl *url = mailbox->url;
  GCancellable *cancellable = wb_cli_get_cancellable (cli);
  WbTrust *trust = wb_cli_get_trust (cli, url->host, url->port, error);

  if (trust == NULL)
    return FALSE;
  mailbox->client = wb_pop3_client_new (wb_cli_get_wire (cli), trust);
  wb_pop3_client_set_timeout (mailbox->client, wb_cli_get_timeout (cli));
  if (!wb_pop3_client_set_proxy (mailbox->client, mailbox->proxy, error) ||
      !set_certificate (mailbox, error) ||
      !wb_pop3_client_connect (mailbox->client, url, cancellable, error) ||
      !log_in (cli, mailbox, error))
    return FALSE;
  mailbox->items = wb_pop3_client_list (mailbox->client, cancellable, error);
  return mailbox->items != NULL && choose (mailbox, error);
}

/**
 * wb_cli_mailbox_warn:
 *
 * Passes on what the client found odd so far.
 */
void
wb_cli_mailbox_warn (WbCli *cli, WbCliMailbox *mailbox)
{
  g_auto (GStrv) warnings = NULL;

  if (mailbox->client == NULL)
    return;
  warnings = wb_pop3_client_take_warnings (mailbox->client);
  for (guint i = 0; warnings[i] != NULL; i++)
    wb_cli_warn (cli, warnings[i]);
}

/**
 * wb_cli_mailbox_clear:
 *
 * Frees what it holds.
 */
void
wb_cli_mailbox_clear (WbCliMailbox *mailbox)
{
  g_strfreev (mailbox->numbers);
  g_strfreev (mailbox->uids);
  g_free (mailbox->maildir);
  g_free (mailbox->token_file);
  g_free (mailbox->token);
  g_free (mailbox->client_certificate);
  g_free (mailbox->client_key);
  g_free (mailbox->proxy);
  g_clear_pointer (&mailbox->chosen, g_ptr_array_unref);
  g_clear_pointer (&mailbox->items, g_ptr_array_unref);
  g_clear_object (&mailbox->client);
  g_clear_pointer (&mailbox->url, wb_url_free);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-cli"

#include "config.h"

#include "wb-cli-commands.h"
#include "wb-cli-mail-mailbox.h"

#include "wb-pop3-store.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

static gboolean
write_to_stdout (WbCli *cli, WbCliMailbox *mailbox, GError **error)
{
  const WbPop3Item *item = g_ptr_array_index (mailbox->chosen, 0);
  g_autoptr (GBytes) message = NULL;

  message = wb_pop3_client_retrieve (mailbox->client, item->number, NULL,
                                     wb_cli_get_cancellable (cli), error);
  if (message == NULL)
    return FALSE;
  fwrite (g_bytes_get_data (message, NULL), 1, g_bytes_get_size (message), stdout);
  return TRUE;
}

static void
print_fetched (WbCli *cli, guint fetched, guint known)
{
  if (wb_cli_get_json (cli))
    wb_cli_print (cli, "{\"fetched\": %u, \"known\": %u}\n", fetched, known);
  else
    /* Translators: both numbers are of messages. */
    wb_cli_print (cli, _ ("%u fetched, %u were here already\n"), fetched, known);
}

static WbPop3Store *
open_store (WbCliMailbox *mailbox, GError **error)
{
  g_autoptr (WbMaildir) maildir = wb_maildir_open (mailbox->maildir, error);

  return maildir != NULL ? wb_pop3_store_open (maildir, mailbox->url, error) : NULL;
}

static gboolean
fetch_to_maildir (WbCli *cli, WbCliMailbox *mailbox, WbPop3Store *store, GError **error)
{
  guint fetched = 0;
  guint known = 0;
  gboolean fine = FALSE;

  for (guint i = 0; i < mailbox->chosen->len; i++)
    {
      const WbPop3Item *item = g_ptr_array_index (mailbox->chosen, i);

      known += wb_pop3_store_has (store, item->uid);
    }
  fine = wb_pop3_store_fetch (store, mailbox->client, mailbox->chosen, &fetched, NULL,
                              wb_cli_get_cancellable (cli), error);
  print_fetched (cli, fetched, known);
  return fine;
}

/**
 * wb_cli_mail_get:
 *
 * `wire mail get URL`: one message to stdout, or any number into a Maildir.
 *
 * Returns: the exit code
 */
int
wb_cli_mail_get (WbCli *cli)
{
  g_auto (WbCliMailbox) mailbox = { 0 };
  g_autoptr (WbPop3Store) store = NULL;
  g_autoptr (GError) error = NULL;
  gboolean fine = FALSE;
  int status = WB_CLI_DONE;

  if (!wb_cli_mailbox_parse (cli, &mailbox, TRUE, &status))
    return status;
  if (mailbox.maildir == NULL &&
      (mailbox.all || g_strv_length (mailbox.numbers ?: mailbox.uids) > 1))
    return wb_cli_usage (cli, _ ("More than one message cannot go to the output. Give a folder "
                                 "with --maildir."));

  /* A folder that cannot be used is better known before anything is fetched. */
  if (mailbox.maildir != NULL)
    {
      store = open_store (&mailbox, &error);
      if (store == NULL)
        return wb_cli_fail (cli, error);
    }

  fine = wb_cli_mailbox_open (cli, &mailbox, &error) &&
         (store != NULL ? fetch_to_maildir (cli, &mailbox, store, &error)
                        : write_to_stdout (cli, &mailbox, &error));
  wb_cli_mailbox_warn (cli, &mailbox);
  if (!fine)
    return wb_cli_fail (cli, error);
  wb_pop3_client_quit (mailbox.client, wb_cli_get_cancellable (cli), NULL);
  return WB_CLI_DONE;
}

/* Whether a message may be deleted. What the server cannot tell apart may be another one than was
 * meant, and what is not safe on the disk is not deleted where a folder was named. */
static gboolean
may_delete (const WbPop3Item *item, WbPop3Store *store)
{
  return item->uid != NULL && (store == NULL || wb_pop3_store_has (store, item->uid));
}

static gboolean
delete_chosen (WbCli *cli, WbCliMailbox *mailbox, WbPop3Store *store, guint *left, GError **error)
{
  *left = 0;
  for (guint i = 0; i < mailbox->chosen->len; i++)
    {
      const WbPop3Item *item = g_ptr_array_index (mailbox->chosen, i);

      if (!may_delete (item, store))
        (*left)++;
      else if (!wb_pop3_client_delete (mailbox->client, item->number, wb_cli_get_cancellable (cli),
                                       error))
        return FALSE;
    }
  return wb_pop3_client_quit (mailbox->client, wb_cli_get_cancellable (cli), error);
}

/**
 * wb_cli_mail_delete:
 *
 * `wire mail delete URL`: deletes what was named and nothing else; with `--maildir` only what
 * that folder holds.
 *
 * Returns: the exit code
 */
int
wb_cli_mail_delete (WbCli *cli)
{
  g_auto (WbCliMailbox) mailbox = { 0 };
  g_autoptr (WbPop3Store) store = NULL;
  g_autoptr (GError) error = NULL;
  gboolean fine = FALSE;
  guint left = 0;
  int status = WB_CLI_DONE;

  if (!wb_cli_mailbox_parse (cli, &mailbox, TRUE, &status))
    return status;
  if (mailbox.maildir != NULL)
    {
      store = open_store (&mailbox, &error);
      if (store == NULL)
        return wb_cli_fail (cli, error);
    }

  fine = wb_cli_mailbox_open (cli, &mailbox, &error) &&
         delete_chosen (cli, &mailbox, store, &left, &error);
  wb_cli_mailbox_warn (cli, &mailbox);
  if (!fine)
    return wb_cli_fail (cli, error);
  if (left == 0)
    return WB_CLI_DONE;

  g_set_error (&error, WB_MAIL_ERROR, WB_MAIL_ERROR_FAILED,
               store != NULL
                   /* Translators: both numbers are of messages. */
                   ? _ ("%u of %u messages were not deleted: the folder does not hold them.")
                   /* Translators: both numbers are of messages. */
                   : _ ("%u of %u messages were not deleted: the server gives them no unique mark, "
                        "so they might be others than were meant."),
               left, mailbox.chosen->len);
  return wb_cli_fail (cli, error);
}

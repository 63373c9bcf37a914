/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-cli"

#include "config.h"

#include "wb-cli-commands.h"
#include "wb-cli-mail-draft.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

/**
 * wb_cli_mail_build:
 *
 * `wire mail build`: the message on stdout, byte for byte.
 *
 * Returns: the exit code
 */
int
wb_cli_mail_build (WbCli *cli)
{
  g_auto (WbCliDraft) options = { 0 };
  g_autofree GOptionEntry *entries = wb_cli_draft_entries (&options, NULL);
  g_autoptr (WbDraft) draft = NULL;
  g_autoptr (GBytes) message = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (!wb_cli_parse (cli, entries, 0, 0, &status))
    return status;
  draft = wb_cli_draft_make (cli, &options, &error);
  if (draft != NULL)
    message = wb_draft_build (draft, &error);
  if (message == NULL)
    return wb_cli_draft_fail (cli, error);
  fwrite (g_bytes_get_data (message, NULL), 1, g_bytes_get_size (message), stdout);
  return WB_CLI_DONE;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-cli.h"
#include "wb-draft.h"

G_BEGIN_DECLS

/**
 * WbCliDraft:
 *
 * The options that describe a mail, the same for every command that builds one:
 *
 *     g_auto (WbCliDraft) options = { 0 };
 *     g_autofree GOptionEntry *entries = wb_cli_draft_entries (&options, own_entries);
 *
 *     if (!wb_cli_parse (cli, entries, 0, 0, &status))
 *       return status;
 *     draft = wb_cli_draft_make (cli, &options, &error);
 */
typedef struct
{
  char  *from;
  char **to;
  char **cc;
  char **bcc;
  char **reply_to;
  char  *subject;
  char  *text;
  char  *html;
  char  *format;
  char **attachments;
  char **pictures;
  char  *charset;
  gboolean flowed;
  char **headers;
  char  *in_reply_to;
  char  *references;
} WbCliDraft;

GOptionEntry *wb_cli_draft_entries (WbCliDraft          *options,
                                    const GOptionEntry  *more);
WbDraft      *wb_cli_draft_make    (WbCli               *cli,
                                    const WbCliDraft    *options,
                                    GError             **error);
const char   *wb_cli_draft_one_input (void);
int           wb_cli_draft_fail    (WbCli               *cli,
                                    const GError        *error);
void          wb_cli_draft_clear   (WbCliDraft          *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WbCliDraft, wb_cli_draft_clear)

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WbExplainEntry:
 * @key: the word or words that a line begins with, in upper case; %NULL ends a table
 * @meaning: marked for translation
 */
typedef struct
{
  const char *key;
  const char *meaning;
  const char *reference;
} WbExplainEntry;

/**
 * WbExplainProtocol:
 * @commands: by verb, or by verb and first word of the argument
 * @replies: by reply code or indicator
 * @keywords: what a server lists when asked what it can do
 * @classes: by the first digit of a reply code
 * @subjects: by the second digit of a reply code
 * @details: (nullable): by enhanced status code without its class, or by response code
 *
 * What is known of one protocol.
 */
typedef struct
{
  const char           *protocol;
  const WbExplainEntry *commands;
  const WbExplainEntry *replies;
  const WbExplainEntry *keywords;
  const WbExplainEntry *classes;
  const WbExplainEntry *subjects;
  const WbExplainEntry *details;
} WbExplainProtocol;

const WbExplainProtocol *wb_explain_get_ftp  (void);
const WbExplainProtocol *wb_explain_get_smtp (void);
const WbExplainProtocol *wb_explain_get_pop3 (void);

G_END_DECLS

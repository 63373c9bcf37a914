/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-wire.h"

G_BEGIN_DECLS

/**
 * WbExplanation:
 * @meaning: (nullable): what the line asks or says, in plain words, translated
 * @reference: (nullable): where it is defined, such as "RFC 5321 §4.1.1.1"
 *
 * Both point to static or interned strings; there is nothing to free.
 */
typedef struct
{
  const char *meaning;
  const char *reference;
} WbExplanation;

gboolean wb_explain_line (const char      *protocol,
                          gboolean         from_client,
                          const char      *line,
                          gssize           length,
                          WbExplanation   *explanation);

G_END_DECLS

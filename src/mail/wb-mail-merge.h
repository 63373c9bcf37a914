/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "wb-mail-error.h"

G_BEGIN_DECLS

/**
 * WbMergeTable:
 * @columns: (element-type utf8): their names, from the first line
 * @rows: (element-type GStrv): as many texts as there are columns, each
 *
 * To whom a mail with fields goes, and what stands in the fields.
 */
typedef struct
{
  GPtrArray *columns;
  GPtrArray *rows;
} WbMergeTable;

/**
 * WbMergeKind:
 * @WB_MERGE_TEXT: as it is
 * @WB_MERGE_HTML: so that it is text in HTML
 * @WB_MERGE_ADDRESS: so that a name is one name in a list of addresses
 *
 * What a field is put into.
 */
typedef enum
{
  WB_MERGE_TEXT,
  WB_MERGE_HTML,
  WB_MERGE_ADDRESS,
} WbMergeKind;

void          wb_merge_add_fields  (GPtrArray           *names,
                                    const char          *text);
WbMergeTable *wb_merge_table_new   (GPtrArray           *names,
                                    GStrv                values);
WbMergeTable *wb_merge_table_parse (const char          *data,
                                    gsize                length,
                                    GError             **error);
void          wb_merge_table_free  (WbMergeTable        *self);
char         *wb_merge_table_fill  (const WbMergeTable  *self,
                                    guint                row,
                                    const char          *text,
                                    WbMergeKind          kind,
                                    GError             **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbMergeTable, wb_merge_table_free)

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-html-engine.h"

G_BEGIN_DECLS

/**
 * WbHtmlEditor:
 *
 * Formatted text to write in. Signals: `changed ()`, `state-changed (guint, char *block,
 * char *link)`, `pictures-changed (guint count, guint width, guint height, guint64 bytes, int
 * longest)`, `files-dropped (GdkFileList *)`, `found (gboolean)`, `ready ()`, `failed (char *)`.
 */
#define WB_TYPE_HTML_EDITOR (wb_html_editor_get_type ())
G_DECLARE_FINAL_TYPE (WbHtmlEditor, wb_html_editor, WB, HTML_EDITOR, GtkWidget)

GtkWidget *wb_html_editor_new                 (WbHtmlEngine         *engine);
void       wb_html_editor_set_document        (WbHtmlEditor         *self,
                                               const char           *html);
void       wb_html_editor_insert              (WbHtmlEditor         *self,
                                               const char           *html);
void       wb_html_editor_run_command         (WbHtmlEditor         *self,
                                               const char           *command,
                                               const char           *argument);
void       wb_html_editor_get_document_async  (WbHtmlEditor         *self,
                                               GCancellable         *cancellable,
                                               GAsyncReadyCallback   callback,
                                               gpointer              user_data);
char      *wb_html_editor_get_document_finish (WbHtmlEditor         *self,
                                               GAsyncResult         *result,
                                               GError              **error);

G_END_DECLS

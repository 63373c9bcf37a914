/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-html"

#include "config.h"

#include "wb-html-module.h"

#include "wb-html-editor.h"
#include "wb-html-engine.h"
#include "wb-html-viewer.h"

const WbHtmlModule *wb_html_module_get (void);

static GObject *
prepare_finish (GAsyncResult *result, GError **error)
{
  return (GObject *) wb_html_engine_prepare_finish (result, error);
}

static GtkWidget *
viewer_new (GObject *engine)
{
  return wb_html_viewer_new (WB_HTML_ENGINE (engine));
}

static void
viewer_show (GtkWidget *viewer,
             const char *html,
             WbHtmlResolveFunc resolve,
             gpointer user_data,
             GDestroyNotify user_data_free)
{
  wb_html_viewer_show_html (WB_HTML_VIEWER (viewer), html, resolve, user_data, user_data_free);
}

static GtkWidget *
editor_new (GObject *engine)
{
  return wb_html_editor_new (WB_HTML_ENGINE (engine));
}

static void
editor_set_html (GtkWidget *editor, const char *html)
{
  wb_html_editor_set_document (WB_HTML_EDITOR (editor), html);
}

static void
editor_insert_html (GtkWidget *editor, const char *html)
{
  wb_html_editor_insert (WB_HTML_EDITOR (editor), html);
}

static void
editor_execute (GtkWidget *editor, const char *command, const char *argument)
{
  wb_html_editor_run_command (WB_HTML_EDITOR (editor), command, argument);
}

static void
editor_get_html_async (GtkWidget *editor,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  wb_html_editor_get_document_async (WB_HTML_EDITOR (editor), cancellable, callback, user_data);
}

static char *
editor_get_html_finish (GtkWidget *editor, GAsyncResult *result, GError **error)
{
  return wb_html_editor_get_document_finish (WB_HTML_EDITOR (editor), result, error);
}

static const WbHtmlModule module = {
  .size = sizeof (WbHtmlModule),
  .prepare_async = wb_html_engine_prepare_async,
  .prepare_finish = prepare_finish,
  .viewer_new = viewer_new,
  .viewer_show = viewer_show,
  .editor_new = editor_new,
  .editor_set_html = editor_set_html,
  .editor_insert_html = editor_insert_html,
  .editor_execute = editor_execute,
  .editor_get_html_async = editor_get_html_async,
  .editor_get_html_finish = editor_get_html_finish,
};

/**
 * wb_html_module_get:
 *
 * The one symbol that the program looks up. Any thread.
 *
 * Returns: (transfer none): what the module offers
 */
G_MODULE_EXPORT const WbHtmlModule *
wb_html_module_get (void)
{
  return &module;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "wb-html.h"

G_BEGIN_DECLS

/**
 * WbHtmlModule:
 *
 * What the module that is linked with WebKitGTK offers to the program, which is not.
 * The functions are for #WbHtml, which is where they are described.
 */
typedef struct
{
  gsize      size;
  void      (*prepare_async)         (const char           *cache_directory,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
  GObject  *(*prepare_finish)        (GAsyncResult         *result,
                                      GError              **error);
  GtkWidget *(*viewer_new)           (GObject              *engine);
  void      (*viewer_show)           (GtkWidget            *viewer,
                                      const char           *html,
                                      WbHtmlResolveFunc     resolve,
                                      gpointer              user_data,
                                      GDestroyNotify        user_data_free);
  GtkWidget *(*editor_new)           (GObject              *engine);
  void      (*editor_set_html)       (GtkWidget            *editor,
                                      const char           *html);
  void      (*editor_insert_html)    (GtkWidget            *editor,
                                      const char           *html);
  void      (*editor_execute)        (GtkWidget            *editor,
                                      const char           *command,
                                      const char           *argument);
  void      (*editor_get_html_async) (GtkWidget            *editor,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
  char     *(*editor_get_html_finish) (GtkWidget           *editor,
                                       GAsyncResult        *result,
                                       GError             **error);
} WbHtmlModule;

#define WB_HTML_MODULE_SYMBOL "wb_html_module_get"

typedef const WbHtmlModule *(*WbHtmlModuleGetFunc) (void);

G_END_DECLS

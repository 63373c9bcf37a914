/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <webkit/webkit.h>

#include "wb-html.h"

G_BEGIN_DECLS

/**
 * WbHtmlEngine:
 *
 * What all web views share: one WebKit context, a network session that keeps nothing
 * and that no view gets to use, and the compiled filter. Belongs to the main thread.
 */
#define WB_TYPE_HTML_ENGINE (wb_html_engine_get_type ())
G_DECLARE_FINAL_TYPE (WbHtmlEngine, wb_html_engine, WB, HTML_ENGINE, GObject)

/* What our own scripts are kept apart from the page's by. */
#define WB_HTML_WORLD "wirebench"

void           wb_html_engine_prepare_async  (const char           *cache_directory,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
WbHtmlEngine  *wb_html_engine_prepare_finish (GAsyncResult         *result,
                                              GError              **error);
WebKitWebView *wb_html_engine_create_view    (WbHtmlEngine         *self,
                                              gboolean              own_scripts);
void           wb_html_engine_set_resolver   (WbHtmlEngine         *self,
                                              WebKitWebView        *view,
                                              WbHtmlResolveFunc     resolve,
                                              gpointer              user_data,
                                              GDestroyNotify        user_data_free);

G_END_DECLS

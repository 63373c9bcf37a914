/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-html-engine.h"

G_BEGIN_DECLS

/**
 * WbHtmlViewer:
 *
 * Shows a stranger's HTML and nothing beyond it. Signals: `link-activated (char *)`,
 * `link-hovered (char *)`, `failed (char *)`.
 */
#define WB_TYPE_HTML_VIEWER (wb_html_viewer_get_type ())
G_DECLARE_FINAL_TYPE (WbHtmlViewer, wb_html_viewer, WB, HTML_VIEWER, GtkWidget)

GtkWidget *wb_html_viewer_new       (WbHtmlEngine       *engine);
void       wb_html_viewer_show_html (WbHtmlViewer       *self,
                                     const char         *html,
                                     WbHtmlResolveFunc   resolve,
                                     gpointer            user_data,
                                     GDestroyNotify      user_data_free);

G_END_DECLS

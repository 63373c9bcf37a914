/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void  wb_html_clipboard_read_async  (GdkClipboard         *clipboard,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
char *wb_html_clipboard_read_finish (GAsyncResult         *result,
                                     GError              **error);

G_END_DECLS

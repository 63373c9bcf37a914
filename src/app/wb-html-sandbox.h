/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void     wb_html_sandbox_check_async  (GCancellable         *cancellable,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data);
gboolean wb_html_sandbox_check_finish (GAsyncResult         *result,
                                       GError              **error);

G_END_DECLS

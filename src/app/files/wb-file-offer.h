/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

/* What every program outside of a sandbox takes. */
#define WB_FILE_OFFER_BY_PATH "text/uri-list"

void               wb_file_offer_look_at_portal (void);
gboolean           wb_file_offer_has_folders    (void);
GdkContentFormats *wb_file_offer_dup_formats    (gboolean             with_folders);
void               wb_file_offer_write_async    (GSList              *files,
                                                 const char          *type,
                                                 GOutputStream       *stream,
                                                 int                  priority,
                                                 GCancellable        *cancellable,
                                                 GAsyncReadyCallback  callback,
                                                 gpointer             user_data);

G_END_DECLS

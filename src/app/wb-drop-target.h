/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WbDropFunc:
 * @drop: the same as in the controller's own signals
 * @value: (nullable): what was dropped, or %NULL if it could not be read
 * @error: (nullable): why not; %NULL with a @value
 *
 * Returns: whether it was taken
 */
typedef gboolean (*WbDropFunc) (GdkDrop       *drop,
                                const GValue  *value,
                                const GError  *error,
                                gpointer       user_data);

GtkEventController *wb_drop_target_new    (const GType   *types,
                                           guint          n_types,
                                           WbDropFunc     func,
                                           gpointer       user_data);
char               *wb_drop_error_explain (const GError  *error);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WbLimit:
 *
 * How many bytes a second may go by, for all that share it. Counted by reference;
 * any thread may use it. Who has moved bytes says so, and is held up until they fit.
 */
typedef struct _WbLimit WbLimit;

WbLimit *wb_limit_new       (gint64         rate);
WbLimit *wb_limit_ref       (WbLimit       *self);
void     wb_limit_unref     (WbLimit       *self);
void     wb_limit_set_rate  (WbLimit       *self,
                             gint64         rate);
gint64   wb_limit_get_rate  (WbLimit       *self);
gsize    wb_limit_get_block (WbLimit       *self,
                             gsize          most);
gboolean wb_limit_take      (WbLimit       *self,
                             gsize          bytes,
                             GCancellable  *cancellable,
                             GError       **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbLimit, wb_limit_unref)

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WbDropped:
 * @files: (element-type GFile): what can be sent
 * @refused: (nullable): what cannot, and why, to be shown
 */
typedef struct
{
  GPtrArray *files;
  char      *refused;
} WbDropped;

gpointer wb_file_drop_job     (gpointer       data,
                               GCancellable  *cancellable,
                               GError       **error);
void     wb_dropped_free      (WbDropped     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbDropped, wb_dropped_free)

G_END_DECLS

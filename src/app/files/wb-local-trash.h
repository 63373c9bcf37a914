/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WbTrashed:
 * @files: (element-type GFile): what went to the trash, by the path that it had
 * @left: (element-type GFile): what has no trash to go to
 */
typedef struct
{
  GPtrArray *files;
  GPtrArray *left;
} WbTrashed;

gpointer wb_local_trash_job   (gpointer       data,
                               GCancellable  *cancellable,
                               GError       **error);
gpointer wb_local_untrash_job (gpointer       data,
                               GCancellable  *cancellable,
                               GError       **error);
gpointer wb_local_delete_job  (gpointer       data,
                               GCancellable  *cancellable,
                               GError       **error);
void     wb_trashed_free      (WbTrashed     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbTrashed, wb_trashed_free)

G_END_DECLS

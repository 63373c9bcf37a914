/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WbLocalMoved:
 * @from: (element-type GFile): where each was
 * @to: (element-type GFile): where it is now, in the same order
 * @problem: (nullable): why no more were moved
 *
 * Files of this computer that were moved, as far as that went.
 */
typedef struct
{
  GPtrArray *from;
  GPtrArray *to;
  GError    *problem;
} WbLocalMoved;

WbLocalMoved *wb_local_moved_new     (void);
void          wb_local_moved_add     (WbLocalMoved  *self,
                                      GFile         *from,
                                      GFile         *to);
void          wb_local_moved_free    (WbLocalMoved  *self);
gpointer      wb_local_move_job      (gpointer       data,
                                      GCancellable  *cancellable,
                                      GError       **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbLocalMoved, wb_local_moved_free)

G_END_DECLS

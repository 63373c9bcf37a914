/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WbLabFault:
 * @delay: milliseconds to wait before each reply
 * @close_after: bytes, both ways together, after which each connection is cut; 0 is never
 * @replies: (element-type utf8 guint): a reply code for each verb that gets one,
 *   verbs in upper case
 *
 * What the lab's servers do wrong on purpose. Immutable once it is in use.
 */
typedef struct
{
  guint       delay;
  guint64     close_after;
  GHashTable *replies;
} WbLabFault;

WbLabFault *wb_lab_fault_new       (void);
void        wb_lab_fault_free      (WbLabFault        *self);
gboolean    wb_lab_fault_add       (WbLabFault        *self,
                                    const char        *spec,
                                    GError           **error);
guint       wb_lab_fault_get_reply (const WbLabFault  *self,
                                    const char        *verb);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbLabFault, wb_lab_fault_free)

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WbWireMaskSet:
 *
 * The secrets that a wire must not hold, and every shape in which they are looked
 * for. Secrets are only ever added, so a reader needs no lock.
 */
typedef struct _WbWireMaskSet WbWireMaskSet;

WbWireMaskSet *wb_wire_mask_set_new      (void);
void           wb_wire_mask_set_free     (WbWireMaskSet       *self);
void           wb_wire_mask_set_add      (WbWireMaskSet       *self,
                                          const char          *secret);
gboolean       wb_wire_mask_set_is_empty (WbWireMaskSet       *self);
gsize          wb_wire_mask_set_longest  (WbWireMaskSet       *self);
GByteArray    *wb_wire_mask_set_apply    (WbWireMaskSet       *self,
                                          const guint8        *data,
                                          gsize                length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbWireMaskSet, wb_wire_mask_set_free)

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WbAddressPopover:
 *
 * Completes what is typed into an entry with addresses from before: a list below it, in
 * which Down, Up and Return choose. It never takes the focus.
 *
 * Signals: `chosen` (const char *address).
 */
#define WB_TYPE_ADDRESS_POPOVER (wb_address_popover_get_type ())
G_DECLARE_FINAL_TYPE (WbAddressPopover, wb_address_popover, WB, ADDRESS_POPOVER, GObject)

WbAddressPopover *wb_address_popover_new           (GtkEditable       *entry);
void              wb_address_popover_set_addresses (WbAddressPopover  *self,
                                                    GPtrArray         *addresses);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WbAddressChip:
 *
 * One finished address, or a group of them, in a field: its name, with the address behind it and
 * the reason where it is no address. Emits `removed` and `edited`, when the person wants it so.
 */
#define WB_TYPE_ADDRESS_CHIP (wb_address_chip_get_type ())
G_DECLARE_FINAL_TYPE (WbAddressChip, wb_address_chip, WB, ADDRESS_CHIP, GtkWidget)

GtkWidget  *wb_address_chip_new          (const char     *field,
                                          const char     *text);
const char *wb_address_chip_get_text     (WbAddressChip  *self);
void        wb_address_chip_set_selected (WbAddressChip  *self,
                                          gboolean        selected);

G_END_DECLS

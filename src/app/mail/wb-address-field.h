/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "wb-address-book.h"

G_BEGIN_DECLS

/**
 * WbAddressField:
 *
 * Where addresses are typed: each that is finished becomes a chip, and what is being typed stands
 * in an entry among them. A comma, Return and leaving finish one. Emits `changed`. Main thread.
 */
#define WB_TYPE_ADDRESS_FIELD (wb_address_field_get_type ())
G_DECLARE_FINAL_TYPE (WbAddressField, wb_address_field, WB, ADDRESS_FIELD, GtkWidget)

char *wb_address_field_dup_text   (WbAddressField *self);
void  wb_address_field_set_text   (WbAddressField *self,
                                   const char     *text);
void  wb_address_field_set_book   (WbAddressField *self,
                                   WbAddressBook  *book);
void  wb_address_field_set_narrow (WbAddressField *self,
                                   gboolean        narrow);

G_END_DECLS

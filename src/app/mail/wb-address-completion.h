/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "wb-address-book.h"

G_BEGIN_DECLS

/**
 * WbAddressCompletion:
 *
 * Helps to fill an entry with an address: offers those of the address book that go on from what is
 * typed. Emits `chosen` when one was taken. Lives as long as the entry.
 */
#define WB_TYPE_ADDRESS_COMPLETION (wb_address_completion_get_type ())
G_DECLARE_FINAL_TYPE (WbAddressCompletion, wb_address_completion, WB, ADDRESS_COMPLETION, GObject)

WbAddressCompletion *wb_address_completion_attach   (GtkEntry             *entry);
void                 wb_address_completion_set_book (WbAddressCompletion  *self,
                                                     WbAddressBook        *book);
void                 wb_address_completion_fill     (WbAddressCompletion  *self,
                                                     const char           *text);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-mail-store.h"

G_BEGIN_DECLS

void wb_message_save_part_as (GtkWidget    *parent,
                              WbMailStore  *store,
                              WbMessage    *message,
                              const char   *number);
void wb_message_save_all     (GtkWidget    *parent,
                              WbMailStore  *store,
                              WbMessage    *message);

G_END_DECLS

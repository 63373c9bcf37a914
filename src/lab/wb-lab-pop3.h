/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-connection.h"
#include "wb-lab-mail.h"

G_BEGIN_DECLS

void wb_lab_pop3_serve (WbConnection  *connection,
                        GCancellable  *cancellable,
                        gpointer       user_data);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-workbench.h"

G_BEGIN_DECLS

/**
 * WbSendDelayFunc:
 * @undone: whether the person took it back in time
 *
 * Called once, on the main thread.
 */
typedef void (*WbSendDelayFunc) (gboolean  undone,
                                 gpointer  user_data);

void wb_send_delay_start (WbWorkbench      *workbench,
                          WbSendDelayFunc   func,
                          gpointer          user_data);

G_END_DECLS

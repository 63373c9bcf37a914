/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-mail-error.h"

G_BEGIN_DECLS

#define WB_MESSAGE_MAXIMUM_SIZE ((gsize) 1024 * 1024 * 1024)
#define WB_MESSAGE_MAXIMUM_DEPTH 100
#define WB_MESSAGE_MAXIMUM_PARTS 10000

gboolean wb_message_check_limits (const char  *data,
                                  gsize        length,
                                  GError     **error);

G_END_DECLS

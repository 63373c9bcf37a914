/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-mail-source.h"

G_BEGIN_DECLS

WbMailSource *wb_mail_skip_mbox_line (WbMailSource  *message,
                                      GError       **error);

G_END_DECLS

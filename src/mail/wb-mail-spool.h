/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-mail-source.h"

G_BEGIN_DECLS

WbMailSource *wb_mail_spool (int           fd,
                             const char   *name,
                             guint64       maximum,
                             GCancellable *cancellable,
                             GError      **error);

G_END_DECLS

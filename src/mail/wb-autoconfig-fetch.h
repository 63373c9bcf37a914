/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "wb-trust.h"

G_BEGIN_DECLS

/* Seconds for a whole question and its answer. */
#define WB_AUTOCONFIG_SECONDS 10

GBytes *wb_autoconfig_fetch (const char    *url,
                             const char    *form,
                             gboolean       direct,
                             WbTrust       *trust,
                             guint         *status,
                             GCancellable  *cancellable,
                             GError       **error);

G_END_DECLS

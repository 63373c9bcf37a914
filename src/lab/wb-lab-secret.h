/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean wb_lab_secret_equal  (const char  *a,
                               const char  *b);
char    *wb_lab_secret_create (guint        length,
                               GError     **error);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

guint64 wb_lab_pop3_measure  (const char  *text,
                              gsize        length);
gsize   wb_lab_pop3_find_top (const char  *text,
                              gsize        length,
                              guint64      lines);
char   *wb_lab_pop3_make_uid (const char  *name);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gsize wb_ftp_text_from_wire (const guint8  *in,
                             gsize          length,
                             guint8        *out,
                             gboolean      *after_cr);
gsize wb_ftp_text_to_wire   (const guint8  *in,
                             gsize          length,
                             guint8        *out,
                             gboolean      *after_cr);

G_END_DECLS

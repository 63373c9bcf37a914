/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

void  wb_pcapng_put16       (GByteArray  *out,
                             guint16      value);
void  wb_pcapng_put32       (GByteArray  *out,
                             guint32      value);
void  wb_pcapng_pad         (GByteArray  *out,
                             gsize        length);
void  wb_pcapng_put_option  (GByteArray  *out,
                             guint16      code,
                             const void  *value,
                             gsize        length);
void  wb_pcapng_put_text    (GByteArray  *out,
                             guint16      code,
                             const char  *text);
void  wb_pcapng_put_time    (GByteArray  *out,
                             gint64       real_time);
guint wb_pcapng_begin_block (GByteArray  *out,
                             guint32      type);
void  wb_pcapng_end_block   (GByteArray  *out,
                             guint        start);

G_END_DECLS

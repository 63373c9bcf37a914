/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GBytes             *wb_text_encode         (const char    *text,
                                            const char    *charset,
                                            GError       **error);
char               *wb_text_decode         (const void    *data,
                                            gsize          length,
                                            const char    *charset,
                                            GError       **error);
char               *wb_text_decode_lossy   (const void    *data,
                                            gsize          length,
                                            const char    *charset);
gboolean            wb_text_charset_exists (const char    *charset);
const char * const *wb_text_list_charsets  (void);

GBytes             *wb_text_parse_hex      (const char    *hex,
                                            GError       **error);
char               *wb_text_format_hex     (const void    *data,
                                            gsize          length);
char               *wb_text_dump_hex       (const void    *data,
                                            gsize          length,
                                            gsize          maximum);
GBytes             *wb_text_parse_escapes  (const char    *text,
                                            const char    *charset,
                                            GError       **error);
char               *wb_text_escape         (const void    *data,
                                            gsize          length,
                                            const char    *charset);

G_END_DECLS

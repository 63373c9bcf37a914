/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

const char *wb_mail_charset_resolve  (const char  *label);
char       *wb_mail_charset_encode   (const char  *text,
                                      const char  *charset,
                                      gsize       *length,
                                      gsize       *bad_offset);
char       *wb_mail_charset_decode   (const void  *data,
                                      gsize        length,
                                      const char  *label,
                                      const char **trouble);
gboolean    wb_mail_charset_is_known (const char  *label);

G_END_DECLS

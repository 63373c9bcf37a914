/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *wb_header_decode_text   (const char  *raw,
                               const char **trouble);
char *wb_header_unify_words   (const char  *raw,
                               const char **trouble);
char *wb_mail_safe_file_name  (const char  *name);

G_END_DECLS

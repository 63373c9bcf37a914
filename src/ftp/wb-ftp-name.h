/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *wb_ftp_name_decode (const char  *bytes,
                          const char  *charset);
char *wb_ftp_name_encode (const char  *name,
                          const char  *charset,
                          GError     **error);

G_END_DECLS

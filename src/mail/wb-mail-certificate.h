/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GTlsCertificate *wb_mail_load_certificate (const char  *path,
                                           const char  *key,
                                           GError     **error);

G_END_DECLS

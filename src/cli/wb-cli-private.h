/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-cli.h"

G_BEGIN_DECLS

void     wb_cli_hide_passwords (int           argc,
                                char        **argv);
gboolean wb_cli_fill_password  (WbUrl        *url,
                                int           password_fd,
                                const char   *password_file,
                                GCancellable *cancellable,
                                GError      **error);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "wb-ftp-queue.h"

G_BEGIN_DECLS

GtkWidget *wb_transfer_settings_new   (GSettings   *settings);
void       wb_transfer_settings_apply (GSettings   *settings,
                                       WbFtpQueue  *queue,
                                       gboolean     has_checksums);
void       wb_transfer_settings_limit (GSettings   *settings,
                                       WbLimit     *down,
                                       WbLimit     *up);

G_END_DECLS

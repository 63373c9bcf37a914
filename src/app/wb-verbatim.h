/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void wb_verbatim_buffer (GtkTextBuffer *buffer);
void wb_verbatim_label  (GtkLabel      *label);

G_END_DECLS

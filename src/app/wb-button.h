/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void wb_button_set_text      (GtkButton  *button,
                              const char *text);
void wb_button_name_by_label (GtkButton  *button);

G_END_DECLS

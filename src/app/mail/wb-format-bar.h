/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WbFormatBar:
 *
 * The buttons over formatted text. Signal: `command (char *command, char *argument)`,
 * as wb_html_editor_execute() takes them, and "InsertPicture", for which a file has to
 * be asked for.
 */
#define WB_TYPE_FORMAT_BAR (wb_format_bar_get_type ())
G_DECLARE_FINAL_TYPE (WbFormatBar, wb_format_bar, WB, FORMAT_BAR, GtkWidget)

void wb_format_bar_set_state (WbFormatBar  *self,
                              guint         state,
                              const char   *block,
                              const char   *link);
void wb_format_bar_ask_link  (WbFormatBar  *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * WbSendTimeFunc:
 * @time: when, in seconds since the epoch
 *
 * Not called when the person dismissed the dialog.
 */
typedef void (*WbSendTimeFunc) (gint64   time,
                                gpointer user_data);

gint64 wb_send_time_parse    (const char     *word);
char  *wb_send_time_describe (gint64          time);
void   wb_send_time_ask      (GtkWidget      *parent,
                              gint64          initial,
                              WbSendTimeFunc  func,
                              gpointer        user_data,
                              GDestroyNotify  user_data_free);

G_END_DECLS

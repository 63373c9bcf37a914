/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-welcome.h"

#include <glib/gi18n-lib.h>

struct _WbWelcome
{
  AdwWindow parent_instance;
};

G_DEFINE_FINAL_TYPE (WbWelcome, wb_welcome, ADW_TYPE_WINDOW)

/* The action is named by the row, so that the template is the whole list. */
static void
row_activated_cb (WbWelcome *self, GtkWidget *row)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));
  g_autofree char *action = g_strconcat ("win.", gtk_widget_get_name (row), NULL);

  gtk_window_close (GTK_WINDOW (self));
  gtk_widget_activate_action (GTK_WIDGET (parent), action, NULL);
}

static void
wb_welcome_class_init (WbWelcomeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/wirebench/Wirebench/wb-welcome.ui");
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
wb_welcome_init (WbWelcome *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * wb_welcome_new:
 * @parent: the window whose actions are offered
 *
 * Returns: (transfer floating): the welcome, to be presented
 */
GtkWidget *
wb_welcome_new (GtkWindow *parent)
{
  return g_object_new (WB_TYPE_WELCOME, "transient-for", parent, NULL);
}

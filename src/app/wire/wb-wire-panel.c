/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-wire-panel.h"

#include <glib/gi18n-lib.h>

struct _WbWirePanel
{
  GtkWidget parent_instance;

  WbWorkbench *workbench;
};

G_DEFINE_FINAL_TYPE (WbWirePanel, wb_wire_panel, GTK_TYPE_WIDGET)

static void
wb_wire_panel_dispose (GObject *object)
{
  WbWirePanel *self = WB_WIRE_PANEL (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->workbench);

  G_OBJECT_CLASS (wb_wire_panel_parent_class)->dispose (object);
}

static void
wb_wire_panel_class_init (WbWirePanelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_wire_panel_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
wb_wire_panel_init (WbWirePanel *self)
{
  GtkWidget *label = gtk_label_new (_ ("Wire"));

  gtk_widget_set_vexpand (label, TRUE);
  gtk_widget_set_parent (label, GTK_WIDGET (self));
}

/**
 * wb_wire_panel_new:
 *
 * Returns: (transfer floating): the panel
 */
GtkWidget *
wb_wire_panel_new (WbWorkbench *workbench)
{
  WbWirePanel *self = g_object_new (WB_TYPE_WIRE_PANEL, NULL);

  self->workbench = g_object_ref (workbench);
  return GTK_WIDGET (self);
}

void
wb_wire_panel_set_page (WbWirePanel *self, const char *page)
{
}

void
wb_wire_panel_show_conversation (WbWirePanel *self, guint32 conversation)
{
}

void
wb_wire_panel_find (WbWirePanel *self)
{
}

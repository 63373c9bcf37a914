/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-endpoint-row.h"

#include <glib/gi18n-lib.h>

struct _WbEndpointRow
{
  GtkListBoxRow parent_instance;

  /* Template */
  GtkImage *icon;
  GtkLabel *title;
  GtkLabel *subtitle;

  /* Owned */
  WbEndpoint *endpoint;
};

enum
{
  REMOVE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbEndpointRow, wb_endpoint_row, GTK_TYPE_LIST_BOX_ROW)

static void
remove_clicked_cb (WbEndpointRow *self)
{
  g_signal_emit (self, signals[REMOVE], 0);
}

static void
state_changed_cb (WbEndpointRow *self)
{
  gboolean runs = wb_endpoint_get_state (self->endpoint) != WB_ENDPOINT_IDLE;
  g_autofree char *subtitle = NULL;
  g_autofree char *text = NULL;

  g_object_get (self->endpoint, "subtitle", &subtitle, NULL);
  if (runs)
    /* Translators: %s is an address and port. */
    text = g_strdup_printf (
        wb_endpoint_is_server (self->endpoint) ? _ ("%s · running") : _ ("%s · open"), subtitle);
  gtk_label_set_text (self->subtitle, runs ? text : subtitle);
  if (runs)
    gtk_widget_add_css_class (GTK_WIDGET (self->icon), "success");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->icon), "success");
}

static void
wb_endpoint_row_dispose (GObject *object)
{
  WbEndpointRow *self = WB_ENDPOINT_ROW (object);

  g_clear_object (&self->endpoint);

  G_OBJECT_CLASS (wb_endpoint_row_parent_class)->dispose (object);
}

static void
wb_endpoint_row_class_init (WbEndpointRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_endpoint_row_dispose;

  signals[REMOVE] = g_signal_new ("remove", WB_TYPE_ENDPOINT_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/wirebench/Wirebench/sockets/wb-endpoint-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WbEndpointRow, icon);
  gtk_widget_class_bind_template_child (widget_class, WbEndpointRow, title);
  gtk_widget_class_bind_template_child (widget_class, WbEndpointRow, subtitle);
  gtk_widget_class_bind_template_callback (widget_class, remove_clicked_cb);
}

static void
wb_endpoint_row_init (WbEndpointRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * wb_endpoint_row_new:
 *
 * Returns: (transfer floating): a row for @endpoint
 */
GtkWidget *
wb_endpoint_row_new (WbEndpoint *endpoint)
{
  WbEndpointRow *self = g_object_new (WB_TYPE_ENDPOINT_ROW, NULL);

  self->endpoint = g_object_ref (endpoint);
  gtk_label_set_text (self->title, wb_endpoint_get_title (endpoint));
  gtk_image_set_from_icon_name (self->icon, wb_endpoint_is_server (endpoint)
                                                ? "network-server-symbolic"
                                                : "network-transmit-symbolic");
  g_signal_connect_object (endpoint, "notify::state", G_CALLBACK (state_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (endpoint, "notify::subtitle", G_CALLBACK (state_changed_cb), self,
                           G_CONNECT_SWAPPED);
  state_changed_cb (self);
  return GTK_WIDGET (self);
}

/**
 * wb_endpoint_row_get_endpoint:
 *
 * Returns: (transfer none): what it stands for
 */
WbEndpoint *
wb_endpoint_row_get_endpoint (WbEndpointRow *self)
{
  g_return_val_if_fail (WB_IS_ENDPOINT_ROW (self), NULL);

  return self->endpoint;
}

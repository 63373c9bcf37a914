/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-sync-row.h"

struct _WbSyncRow
{
  GtkWidget parent_instance;

  /* Borrowed */
  GtkCheckButton *check;
  GtkImage *icon;
  GtkLabel *name;
  GtkLabel *reason;
  GtkLabel *details;

  /* Owned */
  WbSyncItem *item;
  gboolean showing;
};

enum
{
  CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbSyncRow, wb_sync_row, GTK_TYPE_WIDGET)

static void
show_chosen (WbSyncRow *self)
{
  self->showing = TRUE;
  gtk_check_button_set_active (self->check, wb_sync_item_get_action (self->item)->chosen &&
                                                wb_sync_item_can_choose (self->item));
  self->showing = FALSE;
}

static void
toggled_cb (WbSyncRow *self)
{
  if (!self->showing && self->item != NULL)
    g_signal_emit (self, signals[CHOSEN], 0, gtk_check_button_get_active (self->check));
}

static void
wb_sync_row_dispose (GObject *object)
{
  WbSyncRow *self = WB_SYNC_ROW (object);
  GtkWidget *child = NULL;

  wb_sync_row_set_item (self, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (wb_sync_row_parent_class)->dispose (object);
}

static void
wb_sync_row_class_init (WbSyncRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_sync_row_dispose;
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static GtkLabel *
create_label (const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return GTK_LABEL (label);
}

static void
wb_sync_row_init (WbSyncRow *self)
{
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 9);
  gtk_widget_set_margin_start (GTK_WIDGET (self), 6);
  gtk_widget_set_margin_end (GTK_WIDGET (self), 6);
  gtk_widget_set_margin_top (GTK_WIDGET (self), 3);
  gtk_widget_set_margin_bottom (GTK_WIDGET (self), 3);
  self->check = GTK_CHECK_BUTTON (gtk_check_button_new ());
  self->icon = GTK_IMAGE (gtk_image_new ());
  self->name = create_label (NULL);
  self->reason = create_label ("caption");
  gtk_label_set_ellipsize (self->reason, PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (GTK_WIDGET (self->reason), "dim-label");
  self->details = create_label ("caption");
  gtk_label_set_ellipsize (self->details, PANGO_ELLIPSIZE_NONE);
  gtk_label_set_xalign (self->details, 1);
  gtk_label_set_justify (self->details, GTK_JUSTIFY_RIGHT);
  gtk_widget_add_css_class (GTK_WIDGET (self->details), "numeric");

  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (words), GTK_WIDGET (self->name));
  gtk_box_append (GTK_BOX (words), GTK_WIDGET (self->reason));
  gtk_widget_set_parent (GTK_WIDGET (self->check), GTK_WIDGET (self));
  gtk_widget_set_parent (GTK_WIDGET (self->icon), GTK_WIDGET (self));
  gtk_widget_set_parent (words, GTK_WIDGET (self));
  gtk_widget_set_parent (GTK_WIDGET (self->details), GTK_WIDGET (self));
  g_signal_connect_object (self->check, "toggled", G_CALLBACK (toggled_cb), self,
                           G_CONNECT_SWAPPED);
}

/**
 * wb_sync_row_new:
 *
 * Returns: a row without an item
 */
GtkWidget *
wb_sync_row_new (void)
{
  return g_object_new (WB_TYPE_SYNC_ROW, NULL);
}

/**
 * wb_sync_row_set_item:
 * @item: (nullable): what to show; %NULL when the row is out of use
 */
void
wb_sync_row_set_item (WbSyncRow *self, WbSyncItem *item)
{
  g_autofree char *name = NULL;
  g_autofree char *details = NULL;

  if (self->item != NULL)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_set_object (&self->item, item);
  if (item == NULL)
    return;

  name = wb_sync_item_dup_name (item);
  details = wb_sync_item_dup_details (item);
  gtk_image_set_from_icon_name (self->icon, wb_sync_item_get_icon_name (item));
  if (wb_sync_item_deletes (item))
    gtk_widget_add_css_class (GTK_WIDGET (self->icon), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->icon), "error");
  gtk_label_set_label (self->name, name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), name);
  gtk_label_set_label (self->reason, wb_sync_item_get_reason (item));
  gtk_label_set_label (self->details, details);
  gtk_widget_set_sensitive (GTK_WIDGET (self->check), wb_sync_item_can_choose (item));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->check), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
  g_signal_connect_object (item, "notify::chosen", G_CALLBACK (show_chosen), self,
                           G_CONNECT_SWAPPED);
  show_chosen (self);
}

/**
 * wb_sync_row_get_item:
 *
 * Returns: (transfer none) (nullable): what is shown
 */
WbSyncItem *
wb_sync_row_get_item (WbSyncRow *self)
{
  return self->item;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-attachment-strip.h"

#include <glib/gi18n-lib.h>

struct _WbAttachmentStrip
{
  GtkWidget parent_instance;

  GtkFlowBox *box;
  GListStore *items;
  gboolean writing;
};

enum
{
  ACTIVATED,
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbAttachmentStrip, wb_attachment_strip, GTK_TYPE_WIDGET)

static void
button_clicked_cb (GtkButton *button, gpointer user_data)
{
  WbAttachmentStrip *self = user_data;
  WbAttachment *attachment = g_object_get_data (G_OBJECT (button), "attachment");
  guint position = 0;

  if (!self->writing)
    {
      g_signal_emit (self, signals[ACTIVATED], 0, attachment);
      return;
    }
  if (g_list_store_find (self->items, attachment, &position))
    {
      g_list_store_remove (self->items, position);
      g_signal_emit (self, signals[CHANGED], 0);
    }
}

static GtkWidget *
create_chip (gpointer item, gpointer user_data)
{
  WbAttachmentStrip *self = user_data;
  WbAttachment *attachment = item;
  const char *name = wb_attachment_get_name (attachment);
  g_autofree char *size = g_format_size (wb_attachment_get_size (attachment));
  g_autofree char *content_type = g_content_type_guess (name, NULL, 0, NULL);
  g_autoptr (GIcon) icon = g_content_type_get_symbolic_icon (content_type);
  g_autofree char *label = NULL;
  GtkWidget *chip = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *text = gtk_label_new (name);
  GtkWidget *amount = gtk_label_new (size);
  GtkWidget *button = gtk_button_new_from_icon_name (self->writing ? "window-close-symbolic"
                                                                   : "document-save-symbolic");

  gtk_widget_add_css_class (chip, "card");
  gtk_widget_add_css_class (chip, "attachment");
  gtk_box_append (GTK_BOX (chip), gtk_image_new_from_gicon (icon));
  gtk_label_set_ellipsize (GTK_LABEL (text), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (text), 28);
  gtk_widget_set_tooltip_text (text, name);
  gtk_box_append (GTK_BOX (chip), text);
  gtk_widget_add_css_class (amount, "dim-label");
  gtk_widget_add_css_class (amount, "caption");
  gtk_box_append (GTK_BOX (chip), amount);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  label = g_strdup_printf (
      /* Translators: %s is a file's name */
      self->writing ? _ ("Remove %s") : _ ("Save %s…"), name);
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  g_object_set_data_full (G_OBJECT (button), "attachment", g_object_ref (attachment),
                          g_object_unref);
  g_signal_connect (button, "clicked", G_CALLBACK (button_clicked_cb), self);
  gtk_box_append (GTK_BOX (chip), button);
  return chip;
}

static void
items_changed_cb (GListModel *items, guint position, guint removed, guint added, gpointer user_data)
{
  gtk_widget_set_visible (GTK_WIDGET (user_data), g_list_model_get_n_items (items) > 0);
}

static void
wb_attachment_strip_dispose (GObject *object)
{
  WbAttachmentStrip *self = WB_ATTACHMENT_STRIP (object);

  if (self->box)
    {
      gtk_flow_box_bind_model (self->box, NULL, NULL, NULL, NULL);
      gtk_widget_unparent (GTK_WIDGET (self->box));
      self->box = NULL;
    }
  g_clear_object (&self->items);

  G_OBJECT_CLASS (wb_attachment_strip_parent_class)->dispose (object);
}

static void
wb_attachment_strip_class_init (WbAttachmentStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_attachment_strip_dispose;
  signals[ACTIVATED] = g_signal_new ("activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 1, WB_TYPE_ATTACHMENT);
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wb_attachment_strip_init (WbAttachmentStrip *self)
{
  self->items = g_list_store_new (WB_TYPE_ATTACHMENT);
  self->box = GTK_FLOW_BOX (gtk_flow_box_new ());
  gtk_flow_box_set_selection_mode (self->box, GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (self->box, 8);
  gtk_flow_box_set_column_spacing (self->box, 6);
  gtk_flow_box_set_row_spacing (self->box, 6);
  gtk_widget_set_halign (GTK_WIDGET (self->box), GTK_ALIGN_START);
  gtk_widget_set_parent (GTK_WIDGET (self->box), GTK_WIDGET (self));
  gtk_flow_box_bind_model (self->box, G_LIST_MODEL (self->items), create_chip, self, NULL);
  g_signal_connect_object (self->items, "items-changed", G_CALLBACK (items_changed_cb), self, 0);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/**
 * wb_attachment_strip_new:
 * @writing: whether attachments can be removed rather than saved
 *
 * Returns: (transfer floating): an empty strip, which hides itself while it is empty
 */
GtkWidget *
wb_attachment_strip_new (gboolean writing)
{
  WbAttachmentStrip *self = g_object_new (WB_TYPE_ATTACHMENT_STRIP, NULL);

  self->writing = writing;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->box), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Attachments"), -1);
  return GTK_WIDGET (self);
}

/**
 * wb_attachment_strip_add:
 * @self: the strip
 * @attachment: one more
 *
 * Main thread.
 */
void
wb_attachment_strip_add (WbAttachmentStrip *self, WbAttachment *attachment)
{
  g_return_if_fail (WB_IS_ATTACHMENT_STRIP (self));

  g_list_store_append (self->items, attachment);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * wb_attachment_strip_clear:
 * @self: the strip
 *
 * Main thread.
 */
void
wb_attachment_strip_clear (WbAttachmentStrip *self)
{
  g_return_if_fail (WB_IS_ATTACHMENT_STRIP (self));

  g_list_store_remove_all (self->items);
}

/**
 * wb_attachment_strip_get_items:
 * @self: the strip
 *
 * Returns: (transfer none): a list of #WbAttachment
 */
GListModel *
wb_attachment_strip_get_items (WbAttachmentStrip *self)
{
  g_return_val_if_fail (WB_IS_ATTACHMENT_STRIP (self), NULL);

  return G_LIST_MODEL (self->items);
}

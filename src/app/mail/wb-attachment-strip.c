/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-attachment-strip.h"

#include "wb-wrap-box.h"

#include <glib/gi18n-lib.h>

/* How many rows stand there before the others have to be scrolled to. */
#define ROWS 3

#define SPACING 6

struct _WbAttachmentStrip
{
  GtkWidget parent_instance;

  GtkWidget *scrolled;
  WbWrapBox *box;
  GListStore *items;
  gboolean writing;
  guint rows; /* at the most */
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
create_chip (WbAttachmentStrip *self, WbAttachment *attachment)
{
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

/* Where nothing can be out of sight no room is held for a scroll bar. */
static void
set_policy (WbAttachmentStrip *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->items));

  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scrolled), GTK_POLICY_NEVER,
                                  n > self->rows ? GTK_POLICY_AUTOMATIC : GTK_POLICY_NEVER);
}

static void
items_changed_cb (GListModel *items, guint position, guint removed, guint added, gpointer user_data)
{
  WbAttachmentStrip *self = user_data;
  guint n = g_list_model_get_n_items (items);
  GtkWidget *chip = gtk_widget_get_first_child (GTK_WIDGET (self->box));

  for (guint i = 0; i < position; i++)
    chip = gtk_widget_get_next_sibling (chip);
  for (guint i = 0; i < removed; i++)
    {
      GtkWidget *next = gtk_widget_get_next_sibling (chip);

      gtk_widget_unparent (chip);
      chip = next;
    }
  for (guint i = 0; i < added; i++)
    {
      g_autoptr (WbAttachment) attachment = g_list_model_get_item (items, position + i);

      wb_wrap_box_insert (self->box, create_chip (self, attachment), chip);
    }
  set_policy (self);
  gtk_widget_set_visible (GTK_WIDGET (self), n > 0);
}

static int
row_height (WbAttachmentStrip *self)
{
  GtkWidget *chip = gtk_widget_get_first_child (GTK_WIDGET (self->box));
  int height = 0;

  if (chip)
    gtk_widget_measure (chip, GTK_ORIENTATION_VERTICAL, -1, NULL, &height, NULL, NULL);
  return height;
}

static void
wb_attachment_strip_measure (GtkWidget *widget,
                             GtkOrientation orientation,
                             int for_size,
                             int *minimum,
                             int *natural,
                             int *minimum_baseline,
                             int *natural_baseline)
{
  WbAttachmentStrip *self = WB_ATTACHMENT_STRIP (widget);
  int least = 0;

  gtk_widget_measure (self->scrolled, orientation, -1, &least, NULL, NULL, NULL);
  gtk_widget_measure (GTK_WIDGET (self->box), orientation, for_size, minimum, natural, NULL, NULL);
  /* What a scrolled window asks for does not depend on how wide it is. */
  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      *natural = MIN (*natural, (int) self->rows * (row_height (self) + SPACING) - SPACING);
      *minimum = *natural;
    }
  *minimum = MAX (*minimum, least);
  *natural = MAX (*natural, *minimum);
}

static void
wb_attachment_strip_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  WbAttachmentStrip *self = WB_ATTACHMENT_STRIP (widget);

  gtk_widget_size_allocate (self->scrolled, &(GtkAllocation){ 0, 0, width, height }, -1);
}

static GtkSizeRequestMode
wb_attachment_strip_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
wb_attachment_strip_dispose (GObject *object)
{
  WbAttachmentStrip *self = WB_ATTACHMENT_STRIP (object);

  if (self->items)
    g_signal_handlers_disconnect_by_data (self->items, self);
  g_clear_pointer (&self->scrolled, gtk_widget_unparent);
  g_clear_object (&self->items);

  G_OBJECT_CLASS (wb_attachment_strip_parent_class)->dispose (object);
}

static void
wb_attachment_strip_class_init (WbAttachmentStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_attachment_strip_dispose;
  widget_class->measure = wb_attachment_strip_measure;
  widget_class->size_allocate = wb_attachment_strip_size_allocate;
  widget_class->get_request_mode = wb_attachment_strip_get_request_mode;
  signals[ACTIVATED] = g_signal_new ("activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 1, WB_TYPE_ATTACHMENT);
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
wb_attachment_strip_init (WbAttachmentStrip *self)
{
  self->rows = ROWS;
  self->items = g_list_store_new (WB_TYPE_ATTACHMENT);
  self->box = WB_WRAP_BOX (g_object_new (WB_TYPE_WRAP_BOX, "spacing", SPACING, "accessible-role",
                                         GTK_ACCESSIBLE_ROLE_GROUP, NULL));
  self->scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), GTK_WIDGET (self->box));
  /* That there is more is to be seen without the pointer on it. */
  gtk_scrolled_window_set_overlay_scrolling (GTK_SCROLLED_WINDOW (self->scrolled), FALSE);
  gtk_widget_set_parent (self->scrolled, GTK_WIDGET (self));
  g_signal_connect (self->items, "items-changed", G_CALLBACK (items_changed_cb), self);
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
 * wb_attachment_strip_set_rows:
 * @self: the strip
 * @rows: how many are in sight at the most; the others are scrolled to
 *
 * Main thread.
 */
void
wb_attachment_strip_set_rows (WbAttachmentStrip *self, guint rows)
{
  g_return_if_fail (WB_IS_ATTACHMENT_STRIP (self));
  g_return_if_fail (rows > 0);

  if (self->rows == rows)
    return;
  self->rows = rows;
  set_policy (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
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
 * wb_attachment_strip_replace:
 * @self: the strip
 * @attachment: one of it; nothing happens where it is there no more
 * @replacement: what takes its place
 *
 * Main thread.
 */
void
wb_attachment_strip_replace (WbAttachmentStrip *self,
                             WbAttachment *attachment,
                             WbAttachment *replacement)
{
  gpointer items[] = { replacement };
  guint position = 0;

  g_return_if_fail (WB_IS_ATTACHMENT_STRIP (self));

  if (!g_list_store_find (self->items, attachment, &position))
    return;
  g_list_store_splice (self->items, position, 1, items, 1);
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

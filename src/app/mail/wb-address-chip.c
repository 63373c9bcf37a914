/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-address-chip.h"

#include "wb-address.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define LONGEST_NAME 32

struct _WbAddressChip
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *label;
  char *text; /* as it was typed */
};

enum
{
  REMOVED,
  EDITED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbAddressChip, wb_address_chip, GTK_TYPE_WIDGET)

static void
wb_address_chip_dispose (GObject *object)
{
  WbAddressChip *self = WB_ADDRESS_CHIP (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->text, g_free);

  G_OBJECT_CLASS (wb_address_chip_parent_class)->dispose (object);
}

static void
wb_address_chip_class_init (WbAddressChipClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_address_chip_dispose;
  signals[REMOVED] =
      g_signal_new ("removed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[EDITED] =
      g_signal_new ("edited", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "address-chip");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
}

static void
remove_clicked_cb (WbAddressChip *self)
{
  g_signal_emit (self, signals[REMOVED], 0);
}

static void
pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, gpointer user_data)
{
  if (n_press == 2)
    g_signal_emit (user_data, signals[EDITED], 0);
  else
    gtk_widget_grab_focus (user_data);
}

static void
wb_address_chip_init (WbAddressChip *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkWidget *remove = gtk_button_new_from_icon_name ("window-close-symbolic");
  GtkWidget *label = gtk_label_new (NULL);

  self->label = GTK_LABEL (label);
  gtk_label_set_ellipsize (self->label, PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (self->label, LONGEST_NAME);
  gtk_widget_set_valign (remove, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (remove, "flat");
  gtk_widget_add_css_class (remove, "circular");
  /* Keys go to the chip, which Delete removes: a second stop for each would be one too many. */
  gtk_widget_set_focusable (remove, FALSE);
  gtk_widget_set_focus_on_click (remove, FALSE);
  gtk_widget_set_tooltip_text (remove, _ ("Remove"));
  g_signal_connect_swapped (remove, "clicked", G_CALLBACK (remove_clicked_cb), self);
  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 2);
  gtk_box_append (GTK_BOX (self->box), label);
  gtk_box_append (GTK_BOX (self->box), remove);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (label, GTK_EVENT_CONTROLLER (click));
  gtk_widget_set_cursor_from_name (label, "default");
}

/* What stands behind the name: one address a line. */
static char *
list_addresses (GPtrArray *addresses)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < addresses->len; i++)
    {
      const WbAddress *address = g_ptr_array_index (addresses, i);

      if (address->address)
        g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", address->address);
    }
  return g_string_free (text, FALSE);
}

static char *
make_name (GPtrArray *addresses, const char *text)
{
  const WbAddress *first = addresses->len > 0 ? g_ptr_array_index (addresses, 0) : NULL;

  if (first && first->group)
    return g_strdup_printf (
        /* Translators: %s is the name of a group of addresses, %u how many are in it */
        _ ("%s (%u)"), first->group, first->address ? addresses->len : 0);
  return g_strdup (first && first->name ? first->name : text);
}

static void
show (WbAddressChip *self, const char *field)
{
  GtkWidget *remove = gtk_widget_get_last_child (self->box);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) addresses = NULL;
  g_autofree char *name = NULL;
  g_autofree char *behind = NULL;
  g_autofree char *removes = NULL;

  /* A field is filled by the row of a table. */
  if (strstr (self->text, "{{"))
    addresses = g_ptr_array_new ();
  else
    addresses = wb_address_parse_list (field, self->text, &error);
  if (addresses)
    {
      name = make_name (addresses, self->text);
      behind = list_addresses (addresses);
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->label), *behind ? behind : NULL);
    }
  else
    {
      gtk_widget_add_css_class (GTK_WIDGET (self), "error");
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->label), error->message);
      gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_INVALID,
                                   GTK_ACCESSIBLE_INVALID_TRUE, -1);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                      error->message, -1);
    }
  gtk_label_set_text (self->label, name ? name : self->text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, self->text,
                                  -1);
  /* Translators: of a button; %s is an address */
  removes = g_strdup_printf (_ ("Remove %s"), self->text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (remove), GTK_ACCESSIBLE_PROPERTY_LABEL, removes,
                                  -1);
}

/**
 * wb_address_chip_new:
 * @field: the header field that it stands in, for the reason why it is no address: "To"
 * @text: one address or group as it was typed
 *
 * Main thread.
 *
 * Returns: (transfer floating): the chip
 */
GtkWidget *
wb_address_chip_new (const char *field, const char *text)
{
  WbAddressChip *self = g_object_new (WB_TYPE_ADDRESS_CHIP, NULL);

  self->text = g_strdup (text);
  show (self, field);
  return GTK_WIDGET (self);
}

/**
 * wb_address_chip_get_text:
 * @self: the chip
 *
 * Returns: (transfer none): what it was made of
 */
const char *
wb_address_chip_get_text (WbAddressChip *self)
{
  g_return_val_if_fail (WB_IS_ADDRESS_CHIP (self), NULL);

  return self->text;
}

/**
 * wb_address_chip_set_selected:
 * @self: the chip
 * @selected: whether it is one of those that the next key replaces
 *
 * Main thread.
 */
void
wb_address_chip_set_selected (WbAddressChip *self, gboolean selected)
{
  g_return_if_fail (WB_IS_ADDRESS_CHIP (self));

  if (selected)
    gtk_widget_set_state_flags (GTK_WIDGET (self), GTK_STATE_FLAG_SELECTED, FALSE);
  else
    gtk_widget_unset_state_flags (GTK_WIDGET (self), GTK_STATE_FLAG_SELECTED);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-address-popover.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* How many addresses are offered at once. */
#define SHOWN_MAX 8

/* After how long a pause in typing, in ms: who knows the address is not to be bothered. */
#define PAUSE 250

struct _WbAddressPopover
{
  GObject parent_instance;

  GtkWidget *entry; /* borrowed: it goes first */
  GtkWidget *popover;
  GtkListBox *list;
  GPtrArray *addresses;
  guint pause_id;
};

enum
{
  CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbAddressPopover, wb_address_popover, G_TYPE_OBJECT)

static void
add_row (WbAddressPopover *self, const char *address)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *label = gtk_label_new (address);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, address, -1);
  gtk_list_box_append (self->list, row);
}

/* Returns how many fit what is typed. */
static guint
fill (WbAddressPopover *self)
{
  g_autofree char *typed = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->entry)), -1);
  GtkWidget *row = NULL;
  guint count = 0;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, row);
  for (guint i = 0; i < self->addresses->len && count < SHOWN_MAX; i++)
    {
      const char *address = self->addresses->pdata[i];
      g_autofree char *folded = g_utf8_casefold (address, -1);

      if (strstr (folded, typed) != NULL && !g_str_equal (folded, typed))
        {
          add_row (self, address);
          count++;
        }
    }
  return count;
}

static void
show (WbAddressPopover *self)
{
  graphene_rect_t bounds;

  if (fill (self) == 0)
    {
      gtk_popover_popdown (GTK_POPOVER (self->popover));
      return;
    }
  if (gtk_widget_compute_bounds (self->entry, gtk_widget_get_parent (self->popover), &bounds))
    {
      const GdkRectangle at = { (int) bounds.origin.x, (int) bounds.origin.y,
                                (int) bounds.size.width, (int) bounds.size.height };

      gtk_popover_set_pointing_to (GTK_POPOVER (self->popover), &at);
    }
  gtk_widget_set_size_request (self->popover, MAX (gtk_widget_get_width (self->entry), 240), -1);
  gtk_popover_popup (GTK_POPOVER (self->popover));
}

static gboolean
pause_cb (gpointer user_data)
{
  WbAddressPopover *self = user_data;

  self->pause_id = 0;
  show (self);
  return G_SOURCE_REMOVE;
}

static void
close_list (WbAddressPopover *self)
{
  g_clear_handle_id (&self->pause_id, g_source_remove);
  if (gtk_widget_get_visible (self->popover))
    gtk_popover_popdown (GTK_POPOVER (self->popover));
}

/* Only what a person does in the entry opens the list, not what the program writes there. */
static void
changed_cb (WbAddressPopover *self)
{
  GtkWidget *text = GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (self->entry)));

  g_clear_handle_id (&self->pause_id, g_source_remove);
  if (text != NULL && gtk_widget_has_focus (text) &&
      *gtk_editable_get_text (GTK_EDITABLE (self->entry)) != '\0')
    self->pause_id = g_timeout_add (PAUSE, pause_cb, self);
  else
    close_list (self);
}

static void
row_activated_cb (WbAddressPopover *self, GtkListBoxRow *row)
{
  g_autofree char *address =
      g_strdup (gtk_label_get_label (GTK_LABEL (gtk_list_box_row_get_child (row))));

  g_signal_emit (self, signals[CHOSEN], 0, address);
  close_list (self);
}

/* The focus stays in the entry, so that typing goes on. */
static void
step (WbAddressPopover *self, int by)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);
  int at = row != NULL ? gtk_list_box_row_get_index (row) + by : 0;

  row = gtk_list_box_get_row_at_index (self->list, MAX (at, 0));
  if (row != NULL)
    gtk_list_box_select_row (self->list, row);
}

static gboolean
key_cb (GtkEventControllerKey *controller,
        guint key,
        guint code,
        GdkModifierType state,
        WbAddressPopover *self)
{
  gboolean open = gtk_widget_get_visible (self->popover);
  GtkListBoxRow *row = open ? gtk_list_box_get_selected_row (self->list) : NULL;

  switch (key)
    {
    case GDK_KEY_Escape:
      close_list (self);
      return open;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
      if (row != NULL)
        row_activated_cb (self, row);
      return row != NULL;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      if (!open)
        show (self);
      step (self, 1);
      return TRUE;
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      if (open)
        step (self, -1);
      return open;
    default:
      return FALSE;
    }
}

static void
wb_address_popover_dispose (GObject *object)
{
  WbAddressPopover *self = WB_ADDRESS_POPOVER (object);

  g_clear_handle_id (&self->pause_id, g_source_remove);
  g_clear_pointer (&self->popover, gtk_widget_unparent);
  g_clear_pointer (&self->addresses, g_ptr_array_unref);

  G_OBJECT_CLASS (wb_address_popover_parent_class)->dispose (object);
}

static void
wb_address_popover_class_init (WbAddressPopoverClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_address_popover_dispose;

  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
wb_address_popover_init (WbAddressPopover *self)
{
  self->addresses = g_ptr_array_new_with_free_func (g_free);
}

/**
 * wb_address_popover_new:
 *
 * Returns: (transfer full): a completion for @entry, which has its parent; to be dropped
 *   before that
 */
WbAddressPopover *
wb_address_popover_new (GtkEditable *entry)
{
  WbAddressPopover *self = g_object_new (WB_TYPE_ADDRESS_POPOVER, NULL);
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->entry = GTK_WIDGET (entry);
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Addresses from before"), -1);
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_SINGLE);
  gtk_list_box_set_activate_on_single_click (self->list, TRUE);
  self->popover = gtk_popover_new ();
  gtk_popover_set_child (GTK_POPOVER (self->popover), GTK_WIDGET (self->list));
  gtk_popover_set_autohide (GTK_POPOVER (self->popover), FALSE);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->popover), FALSE);
  gtk_popover_set_position (GTK_POPOVER (self->popover), GTK_POS_BOTTOM);
  gtk_widget_add_css_class (self->popover, "menu");
  /* Not the entry, which does not lay it out. */
  gtk_widget_set_parent (self->popover, gtk_widget_get_parent (self->entry));

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_cb), self, 0);
  gtk_widget_add_controller (self->entry, keys);
  g_signal_connect_object (focus, "leave", G_CALLBACK (close_list), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (self->entry, focus);
  g_signal_connect_object (entry, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (entry, "activate", G_CALLBACK (close_list), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "row-activated", G_CALLBACK (row_activated_cb), self,
                           G_CONNECT_SWAPPED);
  return self;
}

/**
 * wb_address_popover_set_addresses:
 * @addresses: (element-type utf8): the latest first
 */
void
wb_address_popover_set_addresses (WbAddressPopover *self, GPtrArray *addresses)
{
  g_ptr_array_set_size (self->addresses, 0);
  for (guint i = 0; i < addresses->len; i++)
    g_ptr_array_add (self->addresses, g_strdup (addresses->pdata[i]));
}

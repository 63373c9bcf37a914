/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-address-completion.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MOST 6

struct _WbAddressCompletion
{
  GObject parent_instance;

  GtkEntry *entry; /* which owns this */
  GtkWidget *popover;
  GtkListBox *list;
  WbAddressBook *book;
  gboolean choosing;
};

enum
{
  CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbAddressCompletion, wb_address_completion, G_TYPE_OBJECT)

static void
wb_address_completion_finalize (GObject *object)
{
  WbAddressCompletion *self = WB_ADDRESS_COMPLETION (object);

  g_clear_object (&self->book);

  G_OBJECT_CLASS (wb_address_completion_parent_class)->finalize (object);
}

static void
wb_address_completion_class_init (WbAddressCompletionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wb_address_completion_finalize;
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
}

static void
wb_address_completion_init (WbAddressCompletion *self)
{
}

static gboolean
has_focus (WbAddressCompletion *self)
{
  return (gtk_widget_get_state_flags (GTK_WIDGET (self->entry)) & GTK_STATE_FLAG_FOCUS_WITHIN) != 0;
}

static void
choose (WbAddressCompletion *self, GtkListBoxRow *row)
{
  const char *address = row ? g_object_get_data (G_OBJECT (row), "address") : NULL;
  g_autofree char *whole = g_strdup (address);

  if (!address)
    return;
  gtk_popover_popdown (GTK_POPOVER (self->popover));
  wb_address_completion_fill (self, whole);
  g_signal_emit (self, signals[CHOSEN], 0);
}

static void
row_activated_cb (GtkListBox *list, GtkListBoxRow *row, gpointer user_data)
{
  choose (user_data, row);
}

static void
offer (WbAddressCompletion *self, GPtrArray *found)
{
  GtkWidget *row = NULL;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, row);
  for (guint i = 0; i < found->len; i++)
    {
      const char *address = g_ptr_array_index (found, i);
      GtkWidget *label = gtk_label_new (address);

      row = gtk_list_box_row_new ();
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_label_set_max_width_chars (GTK_LABEL (label), 40);
      gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
      g_object_set_data_full (G_OBJECT (row), "address", g_strdup (address), g_free);
      gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, address,
                                      -1);
      gtk_list_box_append (self->list, row);
    }
  gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, 0));
  gtk_popover_popup (GTK_POPOVER (self->popover));
}

static void
changed_cb (WbAddressCompletion *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  int position = gtk_editable_get_position (GTK_EDITABLE (self->entry));
  const char *caret = g_utf8_offset_to_pointer (text, position);
  g_autofree char *typed = g_strndup (text, (gsize) (caret - text));
  g_autoptr (GPtrArray) found = NULL;

  if (!self->book || !has_focus (self))
    return;
  found = wb_address_book_complete (self->book, typed, MOST);
  if (found->len == 0 || (found->len == 1 && strcmp (g_ptr_array_index (found, 0), typed) == 0))
    gtk_popover_popdown (GTK_POPOVER (self->popover));
  else
    offer (self, found);
}

static gboolean
changed_later_cb (gpointer user_data)
{
  WbAddressCompletion *self = user_data;

  if (self->entry)
    changed_cb (self);
  return G_SOURCE_REMOVE;
}

/* The caret moves after the text has changed. */
static void
text_changed_cb (WbAddressCompletion *self)
{
  if (self->choosing)
    return;
  g_idle_add_full (G_PRIORITY_DEFAULT, changed_later_cb, g_object_ref (self), g_object_unref);
}

static void
move (WbAddressCompletion *self, int by)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);
  int index = row ? gtk_list_box_row_get_index (row) + by : 0;
  GtkListBoxRow *next = gtk_list_box_get_row_at_index (self->list, MAX (index, 0));

  if (next)
    gtk_list_box_select_row (self->list, next);
}

static gboolean
key_pressed_cb (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType state,
                gpointer user_data)
{
  WbAddressCompletion *self = user_data;

  if (!gtk_widget_get_visible (self->popover) ||
      (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SHIFT_MASK)) != 0)
    return FALSE;
  if (keyval == GDK_KEY_Down || keyval == GDK_KEY_Up)
    move (self, keyval == GDK_KEY_Down ? 1 : -1);
  else if (keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter || keyval == GDK_KEY_Tab)
    choose (self, gtk_list_box_get_selected_row (self->list));
  else if (keyval == GDK_KEY_Escape)
    gtk_popover_popdown (GTK_POPOVER (self->popover));
  else
    return FALSE;
  return TRUE;
}

static void
left_cb (WbAddressCompletion *self)
{
  gtk_popover_popdown (GTK_POPOVER (self->popover));
  text_changed_cb (self);
}

static void
entry_gone_cb (GtkWidget *entry, gpointer user_data)
{
  WbAddressCompletion *self = user_data;

  self->entry = NULL;
  g_clear_pointer (&self->popover, gtk_widget_unparent);
}

/**
 * wb_address_completion_attach:
 * @entry: where an address is typed
 *
 * Main thread.
 *
 * Returns: (transfer none): the helper, which belongs to @entry
 */
WbAddressCompletion *
wb_address_completion_attach (GtkEntry *entry)
{
  WbAddressCompletion *self = g_object_new (WB_TYPE_ADDRESS_COMPLETION, NULL);
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->entry = entry;
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_widget_set_can_focus (GTK_WIDGET (self->list), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Addresses from the address book"), -1);
  g_signal_connect (self->list, "row-activated", G_CALLBACK (row_activated_cb), self);
  self->popover = gtk_popover_new ();
  gtk_popover_set_autohide (GTK_POPOVER (self->popover), FALSE);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->popover), FALSE);
  gtk_popover_set_position (GTK_POPOVER (self->popover), GTK_POS_BOTTOM);
  gtk_widget_set_halign (self->popover, GTK_ALIGN_START);
  gtk_widget_set_can_focus (self->popover, FALSE);
  gtk_popover_set_child (GTK_POPOVER (self->popover), GTK_WIDGET (self->list));
  gtk_widget_set_parent (self->popover, GTK_WIDGET (entry));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (entry), keys);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (left_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (entry), focus);
  g_signal_connect_swapped (entry, "changed", G_CALLBACK (text_changed_cb), self);
  g_signal_connect (entry, "destroy", G_CALLBACK (entry_gone_cb), self);
  g_object_set_data_full (G_OBJECT (entry), "address-completion", self, g_object_unref);
  return self;
}

/**
 * wb_address_completion_set_book:
 * @self: the helper
 * @book: what it offers from
 *
 * Main thread.
 */
void
wb_address_completion_set_book (WbAddressCompletion *self, WbAddressBook *book)
{
  g_return_if_fail (WB_IS_ADDRESS_COMPLETION (self));

  g_set_object (&self->book, book);
}

/**
 * wb_address_completion_fill:
 * @self: the helper
 * @text: what the entry is to hold
 *
 * Puts it there with the caret behind it, and offers nothing for it. Main thread.
 */
void
wb_address_completion_fill (WbAddressCompletion *self, const char *text)
{
  g_return_if_fail (WB_IS_ADDRESS_COMPLETION (self));

  self->choosing = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
  self->choosing = FALSE;
}

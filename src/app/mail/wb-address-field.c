/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-address-field.h"

#include "wb-address-chip.h"
#include "wb-address-completion.h"
#include "wb-address.h"
#include "wb-wrap-box.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define SPACING 4

/* More chips than these are folded away while the keys are elsewhere: the text needs its room. */
#define MOST_SHOWN 24
#define MOST_SHOWN_NARROW 8

struct _WbAddressField
{
  GtkWidget parent_instance;

  GtkWidget *box; /* the chips, and the entry where the next one comes to stand */
  GtkEntry *entry;
  GtkButton *rest;                 /* stands for the chips that are folded away, behind the entry */
  WbAddressCompletion *completion; /* which belongs to the entry */
  char *field;
  char *placeholder;
  gboolean all_selected;
  gboolean composing; /* an input method has the keys */
  gboolean filling;
  gboolean narrow;
};

enum
{
  PROP_0,
  PROP_FIELD,
  PROP_TITLE,
  PROP_PLACEHOLDER,
  N_PROPS,
};

enum
{
  CHANGED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbAddressField, wb_address_field, GTK_TYPE_WIDGET)

static GtkWidget *
next_chip (GtkWidget *child)
{
  while (child && !WB_IS_ADDRESS_CHIP (child))
    child = gtk_widget_get_next_sibling (child);
  return child;
}

static GtkWidget *
first_chip (WbAddressField *self)
{
  return next_chip (gtk_widget_get_first_child (self->box));
}

static void
show_placeholder (WbAddressField *self)
{
  gtk_entry_set_placeholder_text (self->entry, first_chip (self) ? NULL : self->placeholder);
}

static void
emit_changed (WbAddressField *self)
{
  show_placeholder (self);
  if (!self->filling)
    g_signal_emit (self, signals[CHANGED], 0);
}

static void
fold (WbAddressField *self, gboolean folded)
{
  const guint most = self->narrow ? MOST_SHOWN_NARROW : MOST_SHOWN;
  guint n = 0;
  g_autofree char *label = NULL;
  g_autofree char *text = NULL;

  for (GtkWidget *chip = first_chip (self); chip;
       chip = next_chip (gtk_widget_get_next_sibling (chip)))
    gtk_widget_set_visible (chip, n++ < most || !folded);
  gtk_widget_set_visible (GTK_WIDGET (self->rest), folded && n > most);
  if (!folded || n <= most)
    return;
  label = g_strdup_printf ("+%u", n - most);
  /* Translators: of a button; %u is a number */
  text = g_strdup_printf (_ ("Show all %u addresses"), n);
  gtk_button_set_label (self->rest, label);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->rest), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->rest), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                  -1);
}

static void
select_all (WbAddressField *self, gboolean selected)
{
  self->all_selected = selected;
  for (GtkWidget *chip = first_chip (self); chip;
       chip = next_chip (gtk_widget_get_next_sibling (chip)))
    wb_address_chip_set_selected (WB_ADDRESS_CHIP (chip), selected);
}

static void
remove_all (WbAddressField *self)
{
  GtkWidget *chip = NULL;

  self->all_selected = FALSE;
  while ((chip = first_chip (self)) != NULL)
    gtk_widget_unparent (chip);
}

static void
focus_entry (WbAddressField *self)
{
  gtk_entry_grab_focus_without_selecting (self->entry);
}

/* What stands next to it gets the keys, so that the key removes one after the other. */
static void
remove_chip (WbAddressField *self, GtkWidget *chip, gboolean backwards)
{
  GtkWidget *other =
      backwards ? gtk_widget_get_prev_sibling (chip) : gtk_widget_get_next_sibling (chip);

  if (!other || !WB_IS_ADDRESS_CHIP (other))
    focus_entry (self);
  else
    gtk_widget_grab_focus (other);
  gtk_widget_unparent (chip);
  emit_changed (self);
}

static void
chip_removed_cb (GtkWidget *chip, gpointer user_data)
{
  WbAddressField *self = user_data;

  focus_entry (self);
  gtk_widget_unparent (chip);
  emit_changed (self);
}

static void add_chip (WbAddressField *self, const char *text);

/* Makes chips of what is ended by a comma or the like. */
static void
take_finished (WbAddressField *self)
{
  GtkEditable *editable = GTK_EDITABLE (self->entry);
  const char *text = gtk_editable_get_text (editable);
  const char *rest = NULL;
  g_autoptr (GPtrArray) entries = wb_address_split (text, &rest);
  gboolean filling = self->filling;

  if (rest == text)
    return;
  for (guint i = 0; i < entries->len; i++)
    add_chip (self, g_ptr_array_index (entries, i));
  while (*rest == ' ')
    rest++;
  self->filling = TRUE;
  gtk_editable_delete_text (editable, 0, (int) g_utf8_pointer_to_offset (text, rest));
  self->filling = filling;
  emit_changed (self);
}

/* Whether it was finished or not: what stands in the entry becomes a chip. The addresses are as
 * they were: nothing is told. */
static void
finish_entry (WbAddressField *self)
{
  GtkEditable *editable = GTK_EDITABLE (self->entry);
  g_autofree char *text = NULL;
  gboolean filling = self->filling;

  take_finished (self);
  text = g_strstrip (g_strdup (gtk_editable_get_text (editable)));
  if (*text)
    {
      add_chip (self, text);
      self->filling = TRUE;
      gtk_editable_set_text (editable, "");
      self->filling = filling;
    }
  /* One that was changed in its place leaves the entry there. */
  wb_wrap_box_insert (WB_WRAP_BOX (self->box), GTK_WIDGET (self->entry), GTK_WIDGET (self->rest));
  show_placeholder (self);
}

static void
edit_chip (GtkWidget *chip, gpointer user_data)
{
  WbAddressField *self = user_data;
  g_autofree char *text = g_strdup (wb_address_chip_get_text (WB_ADDRESS_CHIP (chip)));

  finish_entry (self);
  wb_wrap_box_insert (WB_WRAP_BOX (self->box), GTK_WIDGET (self->entry), chip);
  gtk_widget_unparent (chip);
  focus_entry (self);
  wb_address_completion_fill (self->completion, text);
  emit_changed (self);
}

static gboolean
chip_key_cb (GtkEventControllerKey *controller,
             guint keyval,
             guint keycode,
             GdkModifierType state,
             gpointer user_data)
{
  WbAddressField *self = user_data;
  GtkWidget *chip = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (controller));
  GtkWidget *other = NULL;

  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) == GDK_CONTROL_MASK &&
      (keyval == GDK_KEY_c || keyval == GDK_KEY_x))
    {
      gdk_clipboard_set_text (gtk_widget_get_clipboard (chip),
                              wb_address_chip_get_text (WB_ADDRESS_CHIP (chip)));
      if (keyval == GDK_KEY_x)
        remove_chip (self, chip, FALSE);
      return TRUE;
    }
  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return FALSE;
  switch (keyval)
    {
    case GDK_KEY_BackSpace:
    case GDK_KEY_Delete:
    case GDK_KEY_KP_Delete:
      remove_chip (self, chip, keyval == GDK_KEY_BackSpace);
      return TRUE;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_F2:
      edit_chip (chip, self);
      return TRUE;
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      other = gtk_widget_get_prev_sibling (chip);
      gtk_widget_grab_focus (other ? other : chip);
      return TRUE;
    case GDK_KEY_Home:
      gtk_widget_grab_focus (first_chip (self));
      return TRUE;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      other = gtk_widget_get_next_sibling (chip);
      if (WB_IS_ADDRESS_CHIP (other))
        gtk_widget_grab_focus (other);
      else
        focus_entry (self);
      return TRUE;
    case GDK_KEY_End:
    case GDK_KEY_Escape:
      focus_entry (self);
      return TRUE;
    default:
      break;
    }
  if (g_unichar_isprint (gdk_keyval_to_unicode (keyval)))
    {
      /* Who types means the next address. */
      focus_entry (self);
      return gtk_event_controller_key_forward (
          controller, GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (self->entry))));
    }
  return FALSE;
}

static void
add_chip (WbAddressField *self, const char *text)
{
  GtkWidget *chip = wb_address_chip_new (self->field, text);
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_signal_connect (keys, "key-pressed", G_CALLBACK (chip_key_cb), self);
  gtk_widget_add_controller (chip, keys);
  g_signal_connect (chip, "removed", G_CALLBACK (chip_removed_cb), self);
  g_signal_connect (chip, "edited", G_CALLBACK (edit_chip), self);
  wb_wrap_box_insert (WB_WRAP_BOX (self->box), chip, GTK_WIDGET (self->entry));
}

static gboolean
take_later_cb (gpointer user_data)
{
  WbAddressField *self = user_data;

  if (self->box)
    take_finished (self);
  return G_SOURCE_REMOVE;
}

static void
entry_changed_cb (WbAddressField *self)
{
  if (self->filling)
    return;
  if (self->all_selected)
    remove_all (self);
  /* Not while the entry is still at it. */
  g_idle_add_full (G_PRIORITY_DEFAULT, take_later_cb, g_object_ref (self), g_object_unref);
  emit_changed (self);
}

static void
chosen_cb (WbAddressField *self)
{
  finish_entry (self);
}

static void
preedit_cb (WbAddressField *self, const char *preedit)
{
  self->composing = preedit && *preedit;
}

static gboolean
all_selected_key (WbAddressField *self, guint keyval, GdkModifierType state)
{
  gboolean control = (state & GDK_CONTROL_MASK) != 0;
  gboolean removes = keyval == GDK_KEY_BackSpace || keyval == GDK_KEY_Delete;

  if (control && (keyval == GDK_KEY_c || keyval == GDK_KEY_x))
    {
      g_autofree char *text = wb_address_field_dup_text (self);

      gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
      removes = keyval == GDK_KEY_x;
      if (!removes)
        return TRUE;
    }
  if (removes)
    {
      remove_all (self);
      gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
      emit_changed (self);
      return TRUE;
    }
  /* The first letter takes their place, see entry_changed_cb(); the arrows let go of them. */
  if (keyval == GDK_KEY_Left || keyval == GDK_KEY_Right || keyval == GDK_KEY_Escape ||
      keyval == GDK_KEY_Home || keyval == GDK_KEY_End)
    select_all (self, FALSE);
  return FALSE;
}

static gboolean
entry_key_cb (GtkEventControllerKey *controller,
              guint keyval,
              guint keycode,
              GdkModifierType state,
              gpointer user_data)
{
  WbAddressField *self = user_data;
  GtkEditable *editable = GTK_EDITABLE (self->entry);
  gboolean empty = *gtk_editable_get_text (editable) == '\0';
  GtkWidget *before = gtk_widget_get_prev_sibling (GTK_WIDGET (self->entry));

  if (self->composing)
    return FALSE;
  if ((state & GDK_CONTROL_MASK) != 0 && keyval == GDK_KEY_a)
    {
      int start = 0;
      int end = 0;

      /* First what is being typed, then all. */
      gtk_editable_get_selection_bounds (editable, &start, &end);
      if (empty || (start == 0 && end == gtk_entry_get_text_length (self->entry)))
        select_all (self, TRUE);
      return FALSE;
    }
  if (self->all_selected)
    return all_selected_key (self, keyval, state);
  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SHIFT_MASK)) != 0)
    return FALSE;
  /* After a comma, by habit. */
  if (keyval == GDK_KEY_space && gtk_editable_get_position (editable) == 0)
    return TRUE;
  if ((keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter) && !empty)
    {
      finish_entry (self);
      return TRUE;
    }
  if ((keyval == GDK_KEY_BackSpace || keyval == GDK_KEY_Left || keyval == GDK_KEY_KP_Left) &&
      before && gtk_editable_get_position (editable) == 0 &&
      !gtk_editable_get_selection_bounds (editable, NULL, NULL))
    {
      gtk_widget_grab_focus (before);
      return TRUE;
    }
  return FALSE;
}

static void
left_cb (WbAddressField *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  select_all (self, FALSE);
  /* Another window in front is no reason: whoever looks up an address comes back. */
  if (GTK_IS_WINDOW (root) && gtk_window_is_active (GTK_WINDOW (root)))
    finish_entry (self);
}

static void
field_entered_cb (WbAddressField *self)
{
  fold (self, FALSE);
}

static void
field_left_cb (WbAddressField *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (GTK_IS_WINDOW (root) && gtk_window_is_active (GTK_WINDOW (root)))
    fold (self, TRUE);
}

static void
pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, gpointer user_data)
{
  WbAddressField *self = user_data;

  GtkWidget *picked = gtk_widget_pick (GTK_WIDGET (self), x, y, GTK_PICK_DEFAULT);

  select_all (self, FALSE);
  if (picked == self->box || picked == GTK_WIDGET (self))
    focus_entry (self);
}

static gboolean
wb_address_field_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (WB_ADDRESS_FIELD (widget)->entry));
}

/* One stop for Tab; between the chips the arrows go. */
static gboolean
wb_address_field_focus (GtkWidget *widget, GtkDirectionType direction)
{
  WbAddressField *self = WB_ADDRESS_FIELD (widget);

  if (gtk_widget_get_focus_child (widget))
    return FALSE;
  return gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

static void
wb_address_field_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  WbAddressField *self = WB_ADDRESS_FIELD (object);

  if (id == PROP_FIELD)
    {
      g_free (self->field);
      self->field = g_value_dup_string (value);
    }
  else if (id == PROP_TITLE)
    {
      gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      g_value_get_string (value), -1);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      g_value_get_string (value), -1);
    }
  else if (id == PROP_PLACEHOLDER)
    {
      g_free (self->placeholder);
      self->placeholder = g_value_dup_string (value);
      gtk_entry_set_placeholder_text (self->entry, self->placeholder);
    }
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
wb_address_field_dispose (GObject *object)
{
  WbAddressField *self = WB_ADDRESS_FIELD (object);

  if (self->entry)
    g_signal_handlers_disconnect_by_data (gtk_editable_get_delegate (GTK_EDITABLE (self->entry)),
                                          self);
  self->entry = NULL;
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->field, g_free);
  g_clear_pointer (&self->placeholder, g_free);

  G_OBJECT_CLASS (wb_address_field_parent_class)->dispose (object);
}

static void
wb_address_field_class_init (WbAddressFieldClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  object_class->set_property = wb_address_field_set_property;
  object_class->dispose = wb_address_field_dispose;
  widget_class->grab_focus = wb_address_field_grab_focus;
  widget_class->focus = wb_address_field_focus;
  properties[PROP_FIELD] = g_param_spec_string ("field", NULL, NULL, NULL, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_PLACEHOLDER] = g_param_spec_string ("placeholder-text", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "address-field");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
}

static void
wb_address_field_init (WbAddressField *self)
{
  GtkWidget *entry = gtk_entry_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkEventController *within = gtk_event_controller_focus_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  self->field = g_strdup ("To");
  self->entry = GTK_ENTRY (entry);
  gtk_entry_set_has_frame (self->entry, FALSE);
  gtk_entry_set_input_purpose (self->entry, GTK_INPUT_PURPOSE_EMAIL);
  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 6);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (entry), 6);
  gtk_widget_set_hexpand (entry, TRUE);
  g_signal_connect_swapped (entry, "changed", G_CALLBACK (entry_changed_cb), self);
  g_signal_connect_swapped (gtk_editable_get_delegate (GTK_EDITABLE (entry)), "preedit-changed",
                            G_CALLBACK (preedit_cb), self);
  /* Before the entry itself, and behind the completion, which is added after it. */
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (entry_key_cb), self);
  gtk_widget_add_controller (entry, keys);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (left_cb), self);
  gtk_widget_add_controller (entry, focus);
  self->completion = wb_address_completion_attach (self->entry);
  g_signal_connect_object (self->completion, "chosen", G_CALLBACK (chosen_cb), self,
                           G_CONNECT_SWAPPED);
  self->rest = GTK_BUTTON (gtk_button_new ());
  gtk_widget_add_css_class (GTK_WIDGET (self->rest), "flat");
  gtk_widget_set_visible (GTK_WIDGET (self->rest), FALSE);
  /* With the focus it would go at once, before it is released. */
  gtk_widget_set_focusable (GTK_WIDGET (self->rest), FALSE);
  gtk_widget_set_focus_on_click (GTK_WIDGET (self->rest), FALSE);
  g_signal_connect_swapped (self->rest, "clicked", G_CALLBACK (focus_entry), self);
  self->box = wb_wrap_box_new (SPACING);
  gtk_widget_set_valign (self->box, GTK_ALIGN_CENTER);
  wb_wrap_box_insert (WB_WRAP_BOX (self->box), entry, NULL);
  wb_wrap_box_insert (WB_WRAP_BOX (self->box), GTK_WIDGET (self->rest), NULL);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect_swapped (within, "enter", G_CALLBACK (field_entered_cb), self);
  g_signal_connect_swapped (within, "leave", G_CALLBACK (field_left_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), within);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "text");
}

/**
 * wb_address_field_dup_text:
 * @self: the field
 *
 * Returns: (transfer full): all addresses, with commas between them, and what is being typed
 */
char *
wb_address_field_dup_text (WbAddressField *self)
{
  GString *text = NULL;

  g_return_val_if_fail (WB_IS_ADDRESS_FIELD (self), NULL);

  text = g_string_new (NULL);
  for (GtkWidget *child = gtk_widget_get_first_child (self->box); child;
       child = gtk_widget_get_next_sibling (child))
    {
      const char *one = NULL;

      if (WB_IS_ADDRESS_CHIP (child))
        one = wb_address_chip_get_text (WB_ADDRESS_CHIP (child));
      else if (child == GTK_WIDGET (self->entry))
        one = gtk_editable_get_text (GTK_EDITABLE (self->entry));
      if (one && *one)
        g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", one);
    }
  return g_string_free (text, FALSE);
}

/**
 * wb_address_field_set_text:
 * @self: the field
 * @text: (nullable): addresses, each of which becomes a chip
 *
 * Takes the place of what is there, and emits no `changed`.
 */
void
wb_address_field_set_text (WbAddressField *self, const char *text)
{
  const char *rest = "";
  g_autoptr (GPtrArray) entries = NULL;

  g_return_if_fail (WB_IS_ADDRESS_FIELD (self));

  self->filling = TRUE;
  remove_all (self);
  entries = wb_address_split (text ? text : "", &rest);
  for (guint i = 0; i < entries->len; i++)
    add_chip (self, g_ptr_array_index (entries, i));
  gtk_editable_set_text (GTK_EDITABLE (self->entry), rest);
  finish_entry (self);
  fold (self, !gtk_widget_get_focus_child (GTK_WIDGET (self)));
  self->filling = FALSE;
}

/**
 * wb_address_field_set_book:
 * @self: the field
 * @book: what it offers addresses from
 */
void
wb_address_field_set_book (WbAddressField *self, WbAddressBook *book)
{
  g_return_if_fail (WB_IS_ADDRESS_FIELD (self));

  wb_address_completion_set_book (self->completion, book);
}

/**
 * wb_address_field_set_narrow:
 * @self: the field
 * @narrow: whether few chips fit into a row
 *
 * Fewer of many are shown then while the keys are elsewhere.
 */
void
wb_address_field_set_narrow (WbAddressField *self, gboolean narrow)
{
  g_return_if_fail (WB_IS_ADDRESS_FIELD (self));

  self->narrow = narrow;
  fold (self, !gtk_widget_get_focus_child (GTK_WIDGET (self)));
}

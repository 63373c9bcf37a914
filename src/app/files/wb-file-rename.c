/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-file-rename.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* An entry in the place of a row's name. */
typedef struct
{
  WbFilePane *pane;
  WbFileItem *item;
  WbFileRenamedFunc func;
  GtkWidget *label;
  GtkWidget *entry;
} Rename;

static const char key[] = "wb-rename";

static void
rename_free (gpointer data)
{
  Rename *self = data;

  g_object_unref (self->pane);
  g_object_unref (self->item);
  g_object_unref (self->label);
  g_object_unref (self->entry);
  g_free (self);
}

static gboolean
remove_cb (gpointer user_data)
{
  GtkWidget *entry = user_data;
  GtkWidget *cell = gtk_widget_get_parent (entry);

  if (cell != NULL)
    gtk_box_remove (GTK_BOX (cell), entry);
  return G_SOURCE_REMOVE;
}

/**
 * wb_file_rename_leave:
 * @cell: where a name may be being changed
 *
 * Shows the name again as it was.
 */
void
wb_file_rename_leave (GtkWidget *cell)
{
  Rename *self = g_object_steal_data (G_OBJECT (cell), key);

  if (self == NULL)
    return;
  gtk_widget_set_visible (self->label, TRUE);
  gtk_widget_set_visible (self->entry, FALSE);
  /* It may be in the midst of telling that it has lost the focus. */
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, remove_cb, g_object_ref (self->entry), g_object_unref);
  rename_free (self);
}

static void
activate_cb (GtkWidget *entry, GtkWidget *cell)
{
  Rename *self = g_object_get_data (G_OBJECT (cell), key);
  g_autofree char *name = g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry)));
  g_autoptr (WbFilePane) pane = NULL;

  if (self == NULL)
    return;
  pane = g_object_ref (self->pane);
  if (!g_str_equal (name, wb_file_item_get_name (self->item)) &&
      !self->func (pane, self->item, name))
    {
      gtk_widget_add_css_class (entry, "error");
      return;
    }
  wb_file_rename_leave (cell);
  wb_file_pane_focus_list (pane);
}

static gboolean
key_cb (GtkEventControllerKey *controller,
        guint keyval,
        guint keycode,
        GdkModifierType state,
        GtkWidget *cell)
{
  Rename *self = g_object_get_data (G_OBJECT (cell), key);
  g_autoptr (WbFilePane) pane = NULL;

  if (keyval != GDK_KEY_Escape || self == NULL)
    return FALSE;
  pane = g_object_ref (self->pane);
  wb_file_rename_leave (cell);
  wb_file_pane_focus_list (pane);
  return TRUE;
}

static void
changed_cb (GtkWidget *entry)
{
  gtk_widget_remove_css_class (entry, "error");
}

/* As file managers do: the ending stays, unless it is a folder's or all there is. */
static int
stem_length (WbFileItem *item)
{
  const char *name = wb_file_item_get_name (item);
  const char *dot = strrchr (name, '.');

  if (wb_file_item_is_folder (item) || dot == NULL || dot == name)
    return -1;
  return (int) g_utf8_pointer_to_offset (name, dot);
}

/**
 * wb_file_rename_begin:
 * @cell: a box whose last child is the label with the name
 * @func: gets the name
 *
 * Turns the name of a row into an entry. Enter takes it; Escape, or the focus going
 * elsewhere, leaves it as it was.
 */
void
wb_file_rename_begin (WbFilePane *pane, GtkWidget *cell, WbFileItem *item, WbFileRenamedFunc func)
{
  Rename *self = NULL;
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  wb_file_rename_leave (cell);
  self = g_new0 (Rename, 1);
  self->pane = g_object_ref (pane);
  self->item = g_object_ref (item);
  self->func = func;
  self->label = g_object_ref (gtk_widget_get_last_child (cell));
  self->entry = g_object_ref_sink (
      g_object_new (GTK_TYPE_TEXT, "accessible-role", GTK_ACCESSIBLE_ROLE_TEXT_BOX, NULL));
  g_object_set_data_full (G_OBJECT (cell), key, self, rename_free);

  gtk_editable_set_text (GTK_EDITABLE (self->entry), wb_file_item_get_name (item));
  gtk_widget_set_hexpand (self->entry, TRUE);
  gtk_widget_add_css_class (self->entry, "view");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("New name"), -1);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_cb), cell);
  gtk_widget_add_controller (self->entry, keys);
  g_signal_connect (self->entry, "activate", G_CALLBACK (activate_cb), cell);
  g_signal_connect (self->entry, "changed", G_CALLBACK (changed_cb), NULL);

  g_signal_connect_swapped (focus, "leave", G_CALLBACK (wb_file_rename_leave), cell);
  gtk_widget_add_controller (self->entry, focus);

  gtk_widget_set_visible (self->label, FALSE);
  gtk_box_append (GTK_BOX (cell), self->entry);
  gtk_widget_grab_focus (self->entry);
  gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, stem_length (item));
}

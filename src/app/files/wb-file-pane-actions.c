/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-file-pane-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "wb-dialogs.h"
#include "wb-file-clipboard.h"
#include "wb-file-columns.h"
#include "wb-file-link.h"
#include "wb-file-properties.h"
#include "wb-file-rename.h"
#include "wb-file-search.h"

#define PRIVATE(self) wb_file_pane_get_private (self)

/* ── What the person does ── */

static void
location_activate_cb (WbFilePane *self)
{
  WbFilePanePrivate *priv = PRIVATE (self);

  g_clear_object (&priv->reveal);
  WB_FILE_PANE_GET_CLASS (self)->open_location (
      self, gtk_editable_get_text (GTK_EDITABLE (priv->location)));
}

static void
dismiss_cb (WbFilePane *self)
{
  gtk_revealer_set_reveal_child (PRIVATE (self)->problem, FALSE);
}

static void
retry_cb (WbFilePane *self)
{
  /* The button goes, and the keys of the pane need a place in it. */
  wb_file_pane_focus_list (self);
  dismiss_cb (self);
  if (PRIVATE (self)->retries)
    WB_FILE_PANE_GET_CLASS (self)->retry (self);
  else
    WB_FILE_PANE_GET_CLASS (self)->reload (self);
}

static void
filter_changed_cb (WbFilePane *self)
{
  WbFilePanePrivate *priv = PRIVATE (self);

  wb_file_model_set_needle (priv->rows, gtk_editable_get_text (priv->filter));
}

static void
filter_stop_cb (WbFilePane *self)
{
  gtk_editable_set_text (PRIVATE (self)->filter, "");
  wb_file_pane_focus_list (self);
}

static void
filter_activate_cb (WbFilePane *self)
{
  wb_file_pane_focus_list (self);
}

/* What is typed into the list is what to filter by. */
static gboolean
list_key_cb (GtkEventControllerKey *controller,
             guint keyval,
             guint keycode,
             GdkModifierType state,
             WbFilePane *self)
{
  GtkEditable *filter = PRIVATE (self)->filter;

  /* A row's name is being changed. */
  if (GTK_IS_TEXT (gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)))))
    return FALSE;
  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) != 0 || !PRIVATE (self)->active)
    return FALSE;
  if (keyval == GDK_KEY_Escape && *gtk_editable_get_text (filter) != '\0')
    {
      filter_stop_cb (self);
      return TRUE;
    }
  /* The space selects. */
  if (!g_unichar_isgraph (gdk_keyval_to_unicode (keyval)))
    return FALSE;
  gtk_widget_grab_focus (GTK_WIDGET (filter));
  gtk_editable_set_position (filter, -1);
  return gtk_event_controller_key_forward (controller,
                                           GTK_WIDGET (gtk_editable_get_delegate (filter)));
}

static void
row_activate_cb (WbFilePane *self, guint position)
{
  WbFilePanePrivate *priv = PRIVATE (self);
  g_autoptr (WbFileItem) item = g_list_model_get_item (G_LIST_MODEL (priv->selection), position);

  g_clear_object (&priv->reveal);
  if (item == NULL)
    return;
  if (wb_file_item_is_folder (item) || wb_file_item_get_entry_type (item) == WB_FTP_ENTRY_LINK)
    WB_FILE_PANE_GET_CLASS (self)->open_folder (self, item);
  else
    {
      g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

      g_ptr_array_add (items, g_steal_pointer (&item));
      g_signal_emit_by_name (self, "send", items);
    }
}

static void
up_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_clear_object (&PRIVATE (WB_FILE_PANE (widget))->reveal);
  WB_FILE_PANE_GET_CLASS (widget)->open_parent (WB_FILE_PANE (widget));
}

static void
reload_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WB_FILE_PANE_GET_CLASS (widget)->reload (WB_FILE_PANE (widget));
}

static void
send_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GPtrArray) items = wb_file_pane_dup_selected (WB_FILE_PANE (widget));

  if (items->len > 0)
    g_signal_emit_by_name (widget, "send", items);
}

/**
 * wb_file_pane_check_name:
 * @name: what was entered
 *
 * Refuses a name that would lead elsewhere, or end a command to a server, before anything is sent,
 * and says why above the list.
 *
 * Returns: whether it will do
 */
gboolean
wb_file_pane_check_name (WbFilePane *self, const char *name)
{
  g_autoptr (GError) error = NULL;

  if (g_str_equal (name, ".") || g_str_equal (name, ".."))
    error = g_error_new (
        G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME,
        /* Translators: %s is "." or "..". */
        _ ("“%s” cannot be a name: it stands for a folder already. Choose another."), name);
  else if (strchr (name, '/') != NULL)
    error =
        g_error_new (G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME,
                     /* Translators: %s is what was entered as a name. */
                     _ ("“%s” cannot be a name: a slash separates folders. Leave it out."), name);
  else if (*name == '\0' || strpbrk (name, "\r\n") != NULL)
    error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME,
                                 _ ("A name needs at least one letter and no line break."));
  if (error != NULL)
    wb_file_pane_fail (self, error);
  return error == NULL;
}

static void
new_folder_named_cb (const char *text, gpointer user_data)
{
  if (wb_file_pane_check_name (user_data, text))
    WB_FILE_PANE_GET_CLASS (user_data)->make_folder (user_data, text);
}

static void
new_folder_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wb_ask_text (widget, _ ("New Folder"), _ ("Name"), "", _ ("_Create"), new_folder_named_cb,
               g_object_ref (widget), g_object_unref);
}

/* Many a server would replace what has the name, without a word. */
static gboolean
check_is_free (WbFilePane *self, const char *name)
{
  g_autoptr (GError) error = NULL;

  if (!wb_file_pane_has_name (self, name))
    return TRUE;
  /* Translators: %s is the name of a file or folder. */
  error = g_error_new (G_IO_ERROR, G_IO_ERROR_EXISTS,
                       _ ("“%s” is there already. Choose another name."), name);
  wb_file_pane_fail (self, error);
  return FALSE;
}

static gboolean
renamed_cb (WbFilePane *self, WbFileItem *item, const char *name)
{
  if (!wb_file_pane_check_name (self, name) || !check_is_free (self, name))
    return FALSE;
  dismiss_cb (self);
  WB_FILE_PANE_GET_CLASS (self)->rename_item (self, item, name);
  return TRUE;
}

static gboolean
begin_rename_cb (gpointer user_data)
{
  WbFilePane *self = user_data;
  GtkWidget *cell = NULL;
  g_autoptr (GPtrArray) items = NULL;

  if (!wb_file_pane_is_active (self))
    return G_SOURCE_REMOVE;
  items = wb_file_pane_dup_selected (self);
  if (items->len == 1)
    cell = wb_file_columns_get_name_cell (g_ptr_array_index (items, 0));
  if (cell != NULL && gtk_widget_get_mapped (cell))
    wb_file_rename_begin (self, cell, g_ptr_array_index (items, 0), renamed_cb);
  return G_SOURCE_REMOVE;
}

static void
rename_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbFilePanePrivate *priv = PRIVATE (WB_FILE_PANE (widget));
  g_autoptr (GtkBitset) selected =
      gtk_selection_model_get_selection (GTK_SELECTION_MODEL (priv->selection));

  if (gtk_bitset_get_size (selected) != 1)
    return;
  wb_file_pane_scroll_to (WB_FILE_PANE (widget), gtk_bitset_get_minimum (selected));
  /* The menu that it was chosen in is to give the focus back first, and the row to be there. */
  g_idle_add_full (G_PRIORITY_LOW, begin_rename_cb, g_object_ref (widget), g_object_unref);
}

static void
delete_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GPtrArray) items = wb_file_pane_dup_selected (WB_FILE_PANE (widget));

  if (items->len > 0)
    WB_FILE_PANE_GET_CLASS (widget)->delete_items (WB_FILE_PANE (widget), items);
}

static void
search_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wb_file_search_show (WB_FILE_PANE (widget));
}

static void
new_link_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wb_file_link_ask (WB_FILE_PANE (widget));
}

static void
properties_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GPtrArray) items = wb_file_pane_dup_selected (WB_FILE_PANE (widget));

  if (items->len > 0)
    wb_file_properties_show (WB_FILE_PANE (widget), items);
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wb_file_clipboard_copy (WB_FILE_PANE (widget));
}

static void
paste_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wb_file_clipboard_paste (WB_FILE_PANE (widget));
}

static void
location_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_widget_grab_focus (GTK_WIDGET (PRIVATE (WB_FILE_PANE (widget))->location));
}

/* ── The context menu ── */

/**
 * wb_file_pane_open_menu:
 * @x: in the coordinates of the list
 */
void
wb_file_pane_open_menu (WbFilePane *self, double x, double y)
{
  WbFilePanePrivate *priv = PRIVATE (self);

  if (!priv->active)
    return;
  gtk_popover_set_pointing_to (priv->context, &(GdkRectangle){ (int) x, (int) y, 1, 1 });
  gtk_popover_popup (priv->context);
}

static void
menu_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbFilePanePrivate *priv = PRIVATE (WB_FILE_PANE (widget));
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  double x = 0, y = 0;

  if (focus == NULL || !gtk_widget_is_ancestor (focus, priv->list))
    focus = priv->list;
  if (gtk_widget_translate_coordinates (focus, priv->list, gtk_widget_get_width (focus) / 4.0,
                                        MIN (gtk_widget_get_height (focus), 24), &x, &y))
    wb_file_pane_open_menu (WB_FILE_PANE (widget), x, y);
}

/* ── What it is all bound to ── */

static void
install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "pane.up", NULL, up_action);
  gtk_widget_class_install_action (widget_class, "pane.reload", NULL, reload_action);
  gtk_widget_class_install_action (widget_class, "pane.send", NULL, send_action);
  gtk_widget_class_install_action (widget_class, "pane.new-folder", NULL, new_folder_action);
  gtk_widget_class_install_action (widget_class, "pane.rename", NULL, rename_action);
  gtk_widget_class_install_action (widget_class, "pane.delete", NULL, delete_action);
  gtk_widget_class_install_action (widget_class, "pane.properties", NULL, properties_action);
  gtk_widget_class_install_action (widget_class, "pane.search", NULL, search_action);
  gtk_widget_class_install_action (widget_class, "pane.new-link", NULL, new_link_action);
  gtk_widget_class_install_action (widget_class, "pane.copy", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "pane.paste", NULL, paste_action);
  gtk_widget_class_install_action (widget_class, "pane.menu", NULL, menu_action);
  gtk_widget_class_install_action (widget_class, "pane.location", NULL, location_action);
  gtk_widget_class_install_property_action (widget_class, "pane.show-hidden", "show-hidden");

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Up, GDK_ALT_MASK, "pane.up", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_l, GDK_CONTROL_MASK, "pane.location",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F3, 0, "pane.search", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_ALT_MASK,
                                       "pane.properties", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F5, 0, "pane.reload", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F2, 0, "pane.rename", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_h, GDK_CONTROL_MASK,
                                       "pane.show-hidden", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_n, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "pane.new-folder", NULL);
}

/* Binds what the template calls, and the actions with their keys. */
void
wb_file_pane_class_add_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_callback (widget_class, location_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, dismiss_cb);
  gtk_widget_class_bind_template_callback (widget_class, retry_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, filter_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, filter_stop_cb);
  gtk_widget_class_bind_template_callback (widget_class, filter_activate_cb);
  install_actions (widget_class);
}

static void
add_list_keys (WbFilePane *self)
{
  GtkEventController *controller = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  g_signal_connect (controller, "key-pressed", G_CALLBACK (list_key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (PRIVATE (self)->view), controller);
}

/* Delete is the list's key alone: in the entries it deletes text. */
static void
add_list_shortcuts (WbFilePane *self)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();
  GtkShortcut *delete = gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Delete, 0),
                                          gtk_named_action_new ("pane.delete"));
  GtkShortcut *up = gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_BackSpace, 0),
                                      gtk_named_action_new ("pane.up"));

  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller), delete);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller), up);
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (controller),
      gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_c, GDK_CONTROL_MASK),
                        gtk_named_action_new ("pane.copy")));
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (controller),
      gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_v, GDK_CONTROL_MASK),
                        gtk_named_action_new ("pane.paste")));
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (controller),
      gtk_shortcut_new (gtk_shortcut_trigger_parse_string ("Menu|<Shift>F10"),
                        gtk_named_action_new ("pane.menu")));
  gtk_widget_add_controller (GTK_WIDGET (PRIVATE (self)->view), controller);
}

static void
add_menu (WbFilePane *self)
{
  WbFilePanePrivate *priv = PRIVATE (self);
  GtkWidget *popover = gtk_popover_menu_new_from_model (priv->menu);

  priv->context = GTK_POPOVER (popover);
  gtk_popover_set_has_arrow (priv->context, FALSE);
  gtk_widget_set_halign (popover, GTK_ALIGN_START);
  gtk_widget_set_parent (popover, priv->list);
}

/* The keys of the list, and its menu. */
void
wb_file_pane_add_controls (WbFilePane *self)
{
  add_list_shortcuts (self);
  add_list_keys (self);
  add_menu (self);
  wb_file_pane_add_pointer (self);
}

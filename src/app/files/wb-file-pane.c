/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-file-pane.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "wb-dialogs.h"
#include "wb-file-clipboard.h"
#include "wb-file-columns.h"
#include "wb-file-drop-target.h"
#include "wb-file-link.h"
#include "wb-file-properties.h"
#include "wb-file-rename.h"
#include "wb-file-search.h"

typedef struct
{
  /* Template */
  GtkWidget *title;
  GtkWidget *toolbar;
  GtkEntry *location;
  GtkSpinner *spinner;
  GtkRevealer *problem;
  GtkLabel *problem_label;
  GtkButton *problem_reload;
  GtkWidget *list; /* the view's scrolled window */
  GMenuModel *menu;
  GtkPopover *context;
  GtkRevealer *work_bar;
  GtkLabel *work_label;
  GtkStack *stack;
  AdwStatusPage *empty;
  GtkColumnView *view;
  GtkEditable *filter;
  GtkLabel *count;
  GtkButton *send;
  GtkWidget *footer;

  /* Owned */
  WbFileModel *rows;
  GtkMultiSelection *selection;
  GCancellable *work; /* (nullable): what takes long just now */
  GHashTable *kept;   /* (nullable): what was selected before the rows were replaced */
  WbFileItem *reveal; /* (nullable): what is selected once a row of its name is there */
  char *shown;        /* the location whose rows are shown */
  char *sort;         /* the column, with "-" before it when from the greatest down */
  gboolean show_hidden;
  gboolean active;
  gboolean retries; /* what the button beside an error does */
} WbFilePanePrivate;

enum
{
  PROP_0,
  PROP_SHOW_HIDDEN,
  PROP_SORT,
  PROP_TITLE,
  N_PROPS,
};

enum
{
  SEND,
  DROP_ITEMS,
  DROP_FILES,
  LOCATION_CHANGED,
  TOAST,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (WbFilePane, wb_file_pane, GTK_TYPE_WIDGET)

#define PRIVATE(self) ((WbFilePanePrivate *) wb_file_pane_get_instance_private (self))

/* ── Rows ── */

static void
update_count (WbFilePane *self)
{
  WbFilePanePrivate *priv = PRIVATE (self);
  g_autoptr (GtkBitset) selected = NULL;
  guint shown = 0, n_selected = 0;
  g_autofree char *text = NULL;

  /* A folder's rows may come when the window has gone. */
  if (priv->selection == NULL)
    return;
  selected = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (priv->selection));
  shown = g_list_model_get_n_items (G_LIST_MODEL (priv->selection));
  n_selected = gtk_bitset_get_size (selected);

  if (n_selected > 0)
    text = g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE, "%u of %u selected", "%u of %u selected", shown), n_selected,
        shown);
  else
    text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u item", "%u items", shown), shown);
  gtk_label_set_label (priv->count, priv->active ? text : "");

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "pane.send", n_selected > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "pane.copy", n_selected > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "pane.delete", n_selected > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "pane.properties", n_selected > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "pane.rename", n_selected == 1);
}

/**
 * wb_file_pane_dup_selected:
 *
 * Returns: (transfer full) (element-type WbFileItem): the selected rows, in order
 */
GPtrArray *
wb_file_pane_dup_selected (WbFilePane *self)
{
  WbFilePanePrivate *priv = PRIVATE (self);
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GtkBitset) selected =
      gtk_selection_model_get_selection (GTK_SELECTION_MODEL (priv->selection));
  GtkBitsetIter iter;
  guint position = 0;

  for (gboolean more = gtk_bitset_iter_init_first (&iter, selected, &position); more;
       more = gtk_bitset_iter_next (&iter, &position))
    g_ptr_array_add (items, g_list_model_get_item (G_LIST_MODEL (priv->selection), position));
  return items;
}

/**
 * wb_file_pane_set_items:
 * @location: what the path bar shows
 * @items: (element-type WbFileItem): the rows
 *
 * Shows a folder, in place of what was there.
 */
void
wb_file_pane_set_items (WbFilePane *self, const char *location, GPtrArray *items)
{
  WbFilePanePrivate *priv = PRIVATE (self);
  gboolean again = priv->active && g_strcmp0 (priv->shown, location) == 0;

  wb_file_model_set_items (priv->rows, items, again);
  if (!again)
    {
      gtk_editable_set_text (priv->filter, "");
      g_free (priv->shown);
      priv->shown = g_strdup (location);
      gtk_editable_set_text (GTK_EDITABLE (priv->location), location);
    }
  if (!again || gtk_widget_get_visible (GTK_WIDGET (priv->problem_reload)))
    gtk_revealer_set_reveal_child (priv->problem, FALSE);
  gtk_stack_set_visible_child_name (priv->stack, "list");
  wb_file_pane_set_active (self, TRUE);
  update_count (self);
  if (!again)
    g_signal_emit (self, signals[LOCATION_CHANGED], 0);
}

/**
 * wb_file_pane_set_empty:
 *
 * Shows, in place of the list, what to do to get one.
 */
void
wb_file_pane_set_empty (WbFilePane *self,
                        const char *icon_name,
                        const char *title,
                        const char *description)
{
  WbFilePanePrivate *priv = PRIVATE (self);
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  wb_file_model_set_items (priv->rows, none, FALSE);
  gtk_editable_set_text (GTK_EDITABLE (priv->location), "");
  adw_status_page_set_icon_name (priv->empty, icon_name);
  adw_status_page_set_title (priv->empty, title);
  adw_status_page_set_description (priv->empty, description);
  gtk_stack_set_visible_child_name (priv->stack, "empty");
  wb_file_pane_set_active (self, FALSE);
}

/**
 * wb_file_pane_set_active:
 *
 * Whether there is a folder to work with.
 */
void
wb_file_pane_set_active (WbFilePane *self, gboolean active)
{
  static const char *const actions[] = { "pane.up", "pane.reload", "pane.new-folder",
                                         "pane.show-hidden", "pane.search", "pane.new-link" };
  WbFilePanePrivate *priv = PRIVATE (self);

  priv->active = active;
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), actions[i], active);
  gtk_widget_set_sensitive (GTK_WIDGET (priv->location), active);
  gtk_widget_set_visible (priv->footer, active);
  update_count (self);
}

/**
 * wb_file_pane_is_active:
 *
 * Returns: whether there is a folder to work with, and a window
 */
gboolean
wb_file_pane_is_active (WbFilePane *self)
{
  return PRIVATE (self)->active && PRIVATE (self)->selection != NULL;
}

/**
 * wb_file_pane_set_busy:
 *
 * Shows that something is on its way.
 */
void
wb_file_pane_set_busy (WbFilePane *self, gboolean busy)
{
  WbFilePanePrivate *priv = PRIVATE (self);

  gtk_widget_set_visible (GTK_WIDGET (priv->spinner), busy);
  gtk_spinner_set_spinning (priv->spinner, busy);
}

/**
 * wb_file_pane_set_send:
 *
 * Names the button that sends the selected rows to the other pane.
 */
void
wb_file_pane_set_send (WbFilePane *self, const char *icon_name, const char *label)
{
  WbFilePanePrivate *priv = PRIVATE (self);
  GtkWidget *content = adw_button_content_new ();

  adw_button_content_set_icon_name (ADW_BUTTON_CONTENT (content), icon_name);
  adw_button_content_set_label (ADW_BUTTON_CONTENT (content), label);
  adw_button_content_set_use_underline (ADW_BUTTON_CONTENT (content), TRUE);
  gtk_button_set_child (priv->send, content);
}

static void
show_problem (WbFilePane *self, const char *text)
{
  WbFilePanePrivate *priv = PRIVATE (self);

  gtk_label_set_label (priv->problem_label, text);
  gtk_widget_set_visible (GTK_WIDGET (priv->problem_reload), FALSE);
  gtk_revealer_set_reveal_child (priv->problem, TRUE);
}

/**
 * wb_file_pane_fail:
 *
 * Shows an error above the list, until it is dismissed or the next folder is shown.
 * A cancel is no error.
 */
void
wb_file_pane_fail (WbFilePane *self, const GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_problem (self, error->message);
}

/**
 * wb_file_pane_offer_reload:
 * @label: what listing the folder again amounts to, with a mnemonic
 *
 * Puts a button for that beside the error that is shown.
 */
void
wb_file_pane_offer_reload (WbFilePane *self, const char *label)
{
  WbFilePanePrivate *priv = PRIVATE (self);

  gtk_button_set_label (priv->problem_reload, label);
  gtk_widget_set_visible (GTK_WIDGET (priv->problem_reload), TRUE);
  priv->retries = FALSE;
}

/**
 * wb_file_pane_fail_to_list:
 *
 * Shows why a folder could not be listed, with a button to try again.
 */
void
wb_file_pane_fail_to_list (WbFilePane *self, const GError *error)
{
  WbFilePanePrivate *priv = PRIVATE (self);

  wb_file_pane_fail (self, error);
  if (!priv->active)
    return;
  wb_file_pane_offer_reload (self, _ ("_Retry"));
  priv->retries = TRUE;
}

/**
 * wb_file_pane_has_name:
 *
 * Returns: whether the folder has an entry of that name, shown or not
 */
gboolean
wb_file_pane_has_name (WbFilePane *self, const char *name)
{
  return wb_file_model_has_name (PRIVATE (self)->rows, name);
}

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
  if (!gtk_widget_grab_focus (GTK_WIDGET (PRIVATE (self)->view)))
    gtk_widget_grab_focus (GTK_WIDGET (PRIVATE (self)->location));
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
  gtk_widget_grab_focus (GTK_WIDGET (PRIVATE (self)->view));
}

static void
filter_activate_cb (WbFilePane *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (PRIVATE (self)->view));
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
      g_signal_emit (self, signals[SEND], 0, items);
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
    g_signal_emit (widget, signals[SEND], 0, items);
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
scroll_to (WbFilePane *self, guint position)
{
  GtkWidget *list = gtk_widget_get_last_child (GTK_WIDGET (PRIVATE (self)->view));

  gtk_widget_activate_action (list, "list.scroll-to-item", "u", position);
}

/**
 * wb_file_pane_reveal:
 * @folder: where it is, as the server's bytes or a path of this computer
 * @item: a row of that folder, or of one like it
 *
 * Goes there and selects it.
 */
void
wb_file_pane_reveal (WbFilePane *self, const char *folder, WbFileItem *item)
{
  WbFilePanePrivate *priv = PRIVATE (self);

  gtk_editable_set_text (priv->filter, "");
  if (wb_file_item_is_hidden (item) && !priv->show_hidden)
    g_object_set (self, "show-hidden", TRUE, NULL);
  g_set_object (&priv->reveal, item);
  WB_FILE_PANE_GET_CLASS (self)->go_to (self, folder);
}

/**
 * wb_file_pane_focus_list:
 *
 * Gives the list the keys.
 */
void
wb_file_pane_focus_list (WbFilePane *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (PRIVATE (self)->view));
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

static gboolean
renamed_cb (WbFilePane *self, WbFileItem *item, const char *name)
{
  if (!wb_file_pane_check_name (self, name))
    return FALSE;
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
  scroll_to (WB_FILE_PANE (widget), gtk_bitset_get_minimum (selected));
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

static void
open_menu (WbFilePane *self, double x, double y)
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
    open_menu (WB_FILE_PANE (widget), x, y);
}

static void
menu_pressed_cb (GtkGestureClick *gesture, int n, double x, double y, WbFilePane *self)
{
  open_menu (self, x, y);
}

/**
 * wb_file_pane_point_at:
 * @position: the row that the menu was asked for on
 *
 * Selects a row alone, unless it is selected with others already.
 */
void
wb_file_pane_point_at (WbFilePane *self, guint position)
{
  GtkSelectionModel *selection = GTK_SELECTION_MODEL (PRIVATE (self)->selection);

  if (!gtk_selection_model_is_selected (selection, position))
    gtk_selection_model_select_item (selection, position, TRUE);
}

static void
add_menu (WbFilePane *self)
{
  WbFilePanePrivate *priv = PRIVATE (self);
  GtkGesture *gesture = gtk_gesture_click_new ();
  GtkWidget *popover = gtk_popover_menu_new_from_model (priv->menu);

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (gesture), GDK_BUTTON_SECONDARY);
  g_signal_connect (gesture, "pressed", G_CALLBACK (menu_pressed_cb), self);
  gtk_widget_add_controller (priv->list, GTK_EVENT_CONTROLLER (gesture));

  priv->context = GTK_POPOVER (popover);
  gtk_popover_set_has_arrow (priv->context, FALSE);
  gtk_widget_set_halign (popover, GTK_ALIGN_START);
  gtk_widget_set_parent (popover, priv->list);
}

/* ── Work that takes long ── */

static void
cancel_work_cb (WbFilePane *self)
{
  WbFilePanePrivate *priv = PRIVATE (self);

  if (priv->work != NULL)
    g_cancellable_cancel (priv->work);
}

/**
 * wb_file_pane_begin_work:
 * @text: what is being done
 * @cancellable: what the Cancel beside it cancels
 *
 * Shows that something takes long, above the list, until wb_file_pane_end_work().
 */
void
wb_file_pane_begin_work (WbFilePane *self, const char *text, GCancellable *cancellable)
{
  WbFilePanePrivate *priv = PRIVATE (self);

  g_set_object (&priv->work, cancellable);
  gtk_label_set_label (priv->work_label, text);
  gtk_revealer_set_reveal_child (priv->work_bar, TRUE);
}

/**
 * wb_file_pane_set_work:
 * @text: how far it is
 */
void
wb_file_pane_set_work (WbFilePane *self, const char *text)
{
  gtk_label_set_label (PRIVATE (self)->work_label, text);
}

/**
 * wb_file_pane_end_work:
 */
void
wb_file_pane_end_work (WbFilePane *self)
{
  WbFilePanePrivate *priv = PRIVATE (self);

  g_clear_object (&priv->work);
  if (priv->work_bar != NULL)
    gtk_revealer_set_reveal_child (priv->work_bar, FALSE);
}

/**
 * wb_file_pane_toast:
 * @toast: (transfer full): what the window is to show
 */
void
wb_file_pane_toast (WbFilePane *self, AdwToast *toast)
{
  g_autoptr (AdwToast) taken = g_object_ref_sink (toast);

  g_signal_emit (self, signals[TOAST], 0, taken);
}

/* ── Sorting ── */

/* Rows that come in another order stay selected. */
static void
replacing_cb (WbFilePane *self)
{
  WbFilePanePrivate *priv = PRIVATE (self);
  g_autoptr (GPtrArray) selected = wb_file_pane_dup_selected (self);

  g_clear_pointer (&priv->kept, g_hash_table_unref);
  if (selected->len == 0)
    return;
  priv->kept = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  for (guint i = 0; i < selected->len; i++)
    g_hash_table_add (priv->kept, g_object_ref (g_ptr_array_index (selected, i)));
  gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (priv->selection));
}

static void
reveal (WbFilePane *self)
{
  WbFilePanePrivate *priv = PRIVATE (self);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (priv->rows));

  for (guint i = 0; i < n && priv->reveal != NULL; i++)
    {
      g_autoptr (WbFileItem) item = g_list_model_get_item (G_LIST_MODEL (priv->rows), i);

      if (!g_str_equal (wb_file_item_get_name (item), wb_file_item_get_name (priv->reveal)))
        continue;
      g_clear_object (&priv->reveal);
      g_clear_pointer (&priv->kept, g_hash_table_unref);
      gtk_selection_model_select_item (GTK_SELECTION_MODEL (priv->selection), i, TRUE);
      scroll_to (self, i);
    }
}

static void
replaced_cb (WbFilePane *self)
{
  WbFilePanePrivate *priv = PRIVATE (self);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (priv->rows));
  g_autoptr (GtkBitset) selected = NULL;
  g_autoptr (GtkBitset) all = NULL;

  reveal (self);
  if (priv->kept == NULL)
    return;
  selected = gtk_bitset_new_empty ();
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (WbFileItem) item = g_list_model_get_item (G_LIST_MODEL (priv->rows), i);

      if (g_hash_table_contains (priv->kept, item))
        gtk_bitset_add (selected, i);
    }
  all = gtk_bitset_new_range (0, n);
  gtk_selection_model_set_selection (GTK_SELECTION_MODEL (priv->selection), selected, all);
  g_clear_pointer (&priv->kept, g_hash_table_unref);
}

static const char *const order_names[] = { "name", "size", "modified", "mode", "owner" };

static void
sorter_changed_cb (WbFilePane *self)
{
  WbFilePanePrivate *priv = PRIVATE (self);
  WbFileOrder order = WB_FILE_ORDER_NAME;
  gboolean descending = FALSE;

  if (!wb_file_columns_get_order (priv->view, &order, &descending))
    return;
  g_free (priv->sort);
  priv->sort = g_strconcat (descending ? "-" : "", order_names[order], NULL);
  wb_file_model_set_order (priv->rows, order, descending);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SORT]);
}

static void
sort_by (WbFilePane *self, const char *sort)
{
  gboolean descending = *sort == '-';

  if (g_strcmp0 (sort, PRIVATE (self)->sort) == 0)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (order_names); i++)
    if (g_str_equal (sort + (descending ? 1 : 0), order_names[i]))
      wb_file_columns_set_order (PRIVATE (self)->view, (WbFileOrder) i, descending);
}

/* ── The object ── */

static void
wb_file_pane_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WbFilePanePrivate *priv = PRIVATE (WB_FILE_PANE (object));

  switch (id)
    {
    case PROP_SHOW_HIDDEN:
      g_value_set_boolean (value, priv->show_hidden);
      break;
    case PROP_SORT:
      g_value_set_string (value, priv->sort);
      break;
    case PROP_TITLE:
      g_value_set_string (value, gtk_label_get_label (GTK_LABEL (priv->title)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wb_file_pane_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  WbFilePane *self = WB_FILE_PANE (object);
  WbFilePanePrivate *priv = PRIVATE (self);

  switch (id)
    {
    case PROP_SHOW_HIDDEN:
      priv->show_hidden = g_value_get_boolean (value);
      wb_file_model_set_show_hidden (priv->rows, priv->show_hidden);
      break;
    case PROP_SORT:
      sort_by (self, g_value_get_string (value));
      break;
    case PROP_TITLE:
      gtk_label_set_label (GTK_LABEL (priv->title), g_value_get_string (value));
      gtk_accessible_update_property (GTK_ACCESSIBLE (priv->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      g_value_get_string (value), -1);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wb_file_pane_dispose (GObject *object)
{
  WbFilePane *self = WB_FILE_PANE (object);
  WbFilePanePrivate *priv = PRIVATE (self);
  GtkWidget *child = NULL;

  if (priv->context != NULL)
    gtk_widget_unparent (GTK_WIDGET (priv->context));
  priv->context = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  priv->work_bar = NULL;
  cancel_work_cb (self);
  g_clear_object (&priv->work);
  g_clear_pointer (&priv->kept, g_hash_table_unref);
  g_clear_object (&priv->reveal);
  g_clear_object (&priv->rows);
  g_clear_object (&priv->selection);
  g_clear_pointer (&priv->sort, g_free);
  g_clear_pointer (&priv->shown, g_free);

  G_OBJECT_CLASS (wb_file_pane_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/wirebench/Wirebench/files/wb-file-pane.ui");
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, title);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, toolbar);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, location);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, spinner);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, problem);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, problem_label);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, problem_reload);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, stack);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, list);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, menu);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, work_bar);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, work_label);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, empty);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, view);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, filter);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, count);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, send);
  gtk_widget_class_bind_template_child_private (widget_class, WbFilePane, footer);
  gtk_widget_class_bind_template_callback (widget_class, location_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, dismiss_cb);
  gtk_widget_class_bind_template_callback (widget_class, retry_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_work_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, filter_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, filter_stop_cb);
  gtk_widget_class_bind_template_callback (widget_class, filter_activate_cb);
}

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
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "pane.search", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_ALT_MASK,
                                       "pane.properties", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F5, 0, "pane.reload", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F2, 0, "pane.rename", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_h, GDK_CONTROL_MASK,
                                       "pane.show-hidden", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_n, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "pane.new-folder", NULL);
}

static void
wb_file_pane_class_init (WbFilePaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = wb_file_pane_dispose;
  object_class->get_property = wb_file_pane_get_property;
  object_class->set_property = wb_file_pane_set_property;

  properties[PROP_SHOW_HIDDEN] = g_param_spec_boolean ("show-hidden", NULL, NULL, FALSE,
                                                       G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_SORT] =
      g_param_spec_string ("sort", NULL, NULL, "name", G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_TITLE] =
      g_param_spec_string ("title", NULL, NULL, "", G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SEND] = g_signal_new ("send", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                1, G_TYPE_PTR_ARRAY);
  signals[DROP_ITEMS] = g_signal_new ("drop-items", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                      G_TYPE_NONE, 1, WB_TYPE_FILE_DRAG);
  signals[DROP_FILES] = g_signal_new ("drop-files", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                      G_TYPE_NONE, 1, GDK_TYPE_FILE_LIST);
  signals[TOAST] = g_signal_new ("toast", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                 1, ADW_TYPE_TOAST);

  signals[LOCATION_CHANGED] = g_signal_new ("location-changed", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                            NULL, NULL, G_TYPE_NONE, 0);

  bind_template (widget_class);
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
wb_file_pane_init (WbFilePane *self)
{
  WbFilePanePrivate *priv = PRIVATE (self);

  gtk_widget_init_template (GTK_WIDGET (self));

  wb_file_columns_add (priv->view, self);
  priv->rows = wb_file_model_new ();
  priv->selection = gtk_multi_selection_new (G_LIST_MODEL (g_object_ref (priv->rows)));
  g_signal_connect_object (priv->rows, "replacing", G_CALLBACK (replacing_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (priv->rows, "replaced", G_CALLBACK (replaced_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_column_view_set_model (priv->view, GTK_SELECTION_MODEL (priv->selection));
  g_signal_connect_object (priv->selection, "selection-changed", G_CALLBACK (update_count), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (priv->selection, "items-changed", G_CALLBACK (update_count), self,
                           G_CONNECT_SWAPPED);

  g_signal_connect_object (gtk_column_view_get_sorter (priv->view), "changed",
                           G_CALLBACK (sorter_changed_cb), self, G_CONNECT_SWAPPED);
  sorter_changed_cb (self);

  wb_file_drop_add_target (self, GTK_WIDGET (priv->stack));
  add_list_shortcuts (self);
  add_list_keys (self);
  add_menu (self);
  wb_file_pane_set_active (self, FALSE);
}

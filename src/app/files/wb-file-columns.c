/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-file-columns.h"

#include <glib/gi18n-lib.h>

#include "wb-file-rename.h"

#define DAY_AND_MINUTE "%Y-%m-%d %H:%M"

/* ── What a cell shows ── */

static char *
describe_size (WbFileItem *item)
{
  gint64 size = wb_file_item_get_size (item);

  return size >= 0 ? g_format_size (size) : g_strdup ("");
}

static char *
describe_modified (WbFileItem *item)
{
  GDateTime *modified = wb_file_item_get_modified (item);
  g_autoptr (GDateTime) local = modified != NULL ? g_date_time_to_local (modified) : NULL;

  return local != NULL ? g_date_time_format (local, DAY_AND_MINUTE) : g_strdup ("");
}

static char *
describe_mode (WbFileItem *item)
{
  return g_strdup (wb_file_item_get_mode (item));
}

static char *
describe_owner (WbFileItem *item)
{
  return g_strdup (wb_file_item_get_owner (item));
}

/* ── What to sort by ── */

/* The model sorts, on a thread. The view's own sorter, which a click on a header changes, is only
 * asked which column comes first and which way round: its columns answer "less" and note that they
 * did. */
static int noted = -1;

static int
note_order (gconstpointer first, gconstpointer second, gpointer user_data)
{
  noted = GPOINTER_TO_INT (user_data);
  return -1;
}

/**
 * wb_file_columns_get_order:
 * @order: (out): the column that was chosen last
 * @descending: (out): whether from the greatest down
 *
 * Returns: whether the view is sorted by a column
 */
gboolean
wb_file_columns_get_order (GtkColumnView *view, WbFileOrder *order, gboolean *descending)
{
  g_autoptr (GObject) row = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (GObject) other = g_object_new (G_TYPE_OBJECT, NULL);
  GtkOrdering answer = GTK_ORDERING_EQUAL;

  noted = -1;
  answer = gtk_sorter_compare (gtk_column_view_get_sorter (view), row, other);
  if (noted < 0 || answer == GTK_ORDERING_EQUAL)
    return FALSE;
  *order = (WbFileOrder) noted;
  *descending = answer == GTK_ORDERING_LARGER;
  return TRUE;
}

/**
 * wb_file_columns_set_order:
 *
 * Sorts as a click on the column's header does.
 */
void
wb_file_columns_set_order (GtkColumnView *view, WbFileOrder order, gboolean descending)
{
  g_autoptr (GtkColumnViewColumn) column =
      g_list_model_get_item (gtk_column_view_get_columns (view), order);

  /* One column alone is left, so that the answer above stays clear. */
  gtk_column_view_sort_by_column (view, NULL, GTK_SORT_ASCENDING);
  gtk_column_view_sort_by_column (view, column,
                                  descending ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
}

/* ── Cells ── */

/* On an item: the cell that shows its name just now. */
static const char cell_key[] = "wb-name-cell";

static void
drag_begin_cb (GtkDragSource *source, GdkDrag *drag, gpointer user_data)
{
  g_autoptr (GdkPaintable) paintable = NULL;
  GtkWidget *widget = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (source));

  paintable = gtk_widget_paintable_new (widget);
  gtk_drag_source_set_icon (source, paintable, 0, 0);
}

static GdkContentProvider *
drag_prepare_cb (GtkDragSource *source, double x, double y, gpointer user_data)
{
  GtkListItem *list_item = user_data;
  GtkWidget *cell = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (source));
  GtkWidget *pane = gtk_widget_get_ancestor (cell, WB_TYPE_FILE_PANE);
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (WbFileDrag) drag = NULL;
  GdkContentProvider *inside = NULL;
  GdkContentProvider *outside = NULL;

  if (pane == NULL || gtk_list_item_get_item (list_item) == NULL)
    return NULL;

  /* A drag that begins outside the selection takes the row under the pointer alone. */
  if (gtk_list_item_get_selected (list_item))
    items = wb_file_pane_dup_selected (WB_FILE_PANE (pane));
  else
    {
      items = g_ptr_array_new_with_free_func (g_object_unref);
      g_ptr_array_add (items, g_object_ref (gtk_list_item_get_item (list_item)));
    }

  if (WB_FILE_PANE_GET_CLASS (pane)->prepare_drag != NULL)
    outside = WB_FILE_PANE_GET_CLASS (pane)->prepare_drag (WB_FILE_PANE (pane), items);
  drag = wb_file_drag_new (pane, g_steal_pointer (&items));
  inside = gdk_content_provider_new_typed (WB_TYPE_FILE_DRAG, drag);
  if (outside == NULL)
    return inside;
  return gdk_content_provider_new_union ((GdkContentProvider *[]){ inside, outside }, 2);
}

static void
add_drag_source (GtkWidget *cell, GtkListItem *list_item)
{
  GtkDragSource *source = gtk_drag_source_new ();

  gtk_drag_source_set_actions (source, GDK_ACTION_COPY);
  g_signal_connect (source, "prepare", G_CALLBACK (drag_prepare_cb), list_item);
  g_signal_connect (source, "drag-begin", G_CALLBACK (drag_begin_cb), NULL);
  gtk_widget_add_controller (cell, GTK_EVENT_CONTROLLER (source));
}

/* The pane opens the menu; the cell only knows which row it is for. */
static void
pointed_cb (GtkGestureClick *gesture, int n, double x, double y, gpointer user_data)
{
  GtkListItem *list_item = user_data;
  GtkWidget *cell = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));
  GtkWidget *pane = gtk_widget_get_ancestor (cell, WB_TYPE_FILE_PANE);

  if (pane != NULL && gtk_list_item_get_position (list_item) != GTK_INVALID_LIST_POSITION)
    wb_file_pane_point_at (WB_FILE_PANE (pane), gtk_list_item_get_position (list_item));
}

static void
add_menu_gesture (GtkWidget *cell, GtkListItem *list_item)
{
  GtkGesture *gesture = gtk_gesture_click_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (gesture), GDK_BUTTON_SECONDARY);
  g_signal_connect (gesture, "pressed", G_CALLBACK (pointed_cb), list_item);
  gtk_widget_add_controller (cell, GTK_EVENT_CONTROLLER (gesture));
}

static gboolean
query_tooltip_cb (GtkWidget *cell, int x, int y, gboolean keys, GtkTooltip *tooltip, gpointer data)
{
  WbFileItem *item = gtk_list_item_get_item (data);
  g_autofree char *text = NULL;

  if (item == NULL || wb_file_item_get_target (item) == NULL)
    return FALSE;
  /* Translators: what a link is called, and where it leads. */
  text =
      g_strdup_printf (_ ("%s → %s"), wb_file_item_get_name (item), wb_file_item_get_target (item));
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

static void
setup_name_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *icon = gtk_image_new ();
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_width_chars (GTK_LABEL (label), 16);
  gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), label);
  gtk_widget_set_has_tooltip (box, TRUE);
  g_signal_connect (box, "query-tooltip", G_CALLBACK (query_tooltip_cb), list_item);
  add_drag_source (box, list_item);
  add_menu_gesture (box, list_item);
  gtk_list_item_set_child (list_item, box);
}

static void
bind_name_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  WbFileItem *item = gtk_list_item_get_item (list_item);
  GtkWidget *icon = gtk_widget_get_first_child (gtk_list_item_get_child (list_item));
  GtkWidget *label = gtk_widget_get_next_sibling (icon);

  gtk_image_set_from_icon_name (GTK_IMAGE (icon), wb_file_item_get_icon_name (item));
  gtk_label_set_label (GTK_LABEL (label), wb_file_item_get_name (item));
  g_object_set_data (G_OBJECT (item), cell_key, gtk_list_item_get_child (list_item));
}

static void
unbind_name_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  GtkWidget *cell = gtk_list_item_get_child (list_item);
  GObject *item = gtk_list_item_get_item (list_item);

  wb_file_rename_leave (cell);
  if (item != NULL && g_object_get_data (item, cell_key) == cell)
    g_object_set_data (item, cell_key, NULL);
}

/**
 * wb_file_columns_get_name_cell:
 *
 * Returns: (transfer none) (nullable): the cell with the row's name, if it is near enough to be
 *   seen to have one
 */
GtkWidget *
wb_file_columns_get_name_cell (WbFileItem *item)
{
  return g_object_get_data (G_OBJECT (item), cell_key);
}

static void
setup_text_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), GPOINTER_TO_INT (user_data) ? 1 : 0);
  gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "numeric");
  add_drag_source (label, list_item);
  add_menu_gesture (label, list_item);
  gtk_list_item_set_child (list_item, label);
}

static void
bind_text_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  char *(*describe) (WbFileItem *) = user_data;
  g_autofree char *text = describe (gtk_list_item_get_item (list_item));

  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (list_item)), text != NULL ? text : "");
}

static void
add_text_column (GtkColumnView *view,
                 const char *title,
                 char *(*describe) (WbFileItem *),
                 WbFileOrder order,
                 gboolean number,
                 int width)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkColumnViewColumn) column = gtk_column_view_column_new (title, factory);
  g_autoptr (GtkSorter) sorter =
      GTK_SORTER (gtk_custom_sorter_new (note_order, GINT_TO_POINTER (order), NULL));

  g_signal_connect (factory, "setup", G_CALLBACK (setup_text_cb), GINT_TO_POINTER (number));
  g_signal_connect (factory, "bind", G_CALLBACK (bind_text_cb), describe);
  gtk_column_view_column_set_sorter (column, sorter);
  gtk_column_view_column_set_resizable (column, TRUE);
  gtk_column_view_column_set_fixed_width (column, width);
  gtk_column_view_append_column (view, column);
}

/**
 * wb_file_columns_add:
 * @view: a view without columns
 * @pane: the pane it is in, asked when a drag begins
 *
 * Adds the columns of a folder's list, name first and sorted by it.
 */
void
wb_file_columns_add (GtkColumnView *view, WbFilePane *pane)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkColumnViewColumn) name = gtk_column_view_column_new (_ ("Name"), factory);
  g_autoptr (GtkSorter) sorter =
      GTK_SORTER (gtk_custom_sorter_new (note_order, GINT_TO_POINTER (WB_FILE_ORDER_NAME), NULL));

  g_signal_connect (factory, "setup", G_CALLBACK (setup_name_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_name_cb), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_name_cb), NULL);
  gtk_column_view_column_set_sorter (name, sorter);
  gtk_column_view_column_set_expand (name, TRUE);
  gtk_column_view_column_set_resizable (name, TRUE);
  gtk_column_view_append_column (view, name);

  add_text_column (view, _ ("Size"), describe_size, WB_FILE_ORDER_SIZE, TRUE, 90);
  add_text_column (view, _ ("Modified"), describe_modified, WB_FILE_ORDER_MODIFIED, FALSE, 140);
  add_text_column (view, _ ("Permissions"), describe_mode, WB_FILE_ORDER_MODE, FALSE, 100);
  add_text_column (view, _ ("Owner"), describe_owner, WB_FILE_ORDER_OWNER, FALSE, 80);

  gtk_column_view_sort_by_column (view, name, GTK_SORT_ASCENDING);
}

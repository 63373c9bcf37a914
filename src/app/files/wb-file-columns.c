/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-file-columns.h"

#include <glib/gi18n-lib.h>

#include "wb-file-rename.h"

#define DAY_AND_MINUTE "%Y-%m-%d %H:%M"

/* So far behind its last letter, in pixels, a name can be taken hold of. */
#define NAME_SLACK 6

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

/* On a cell: the list item that it is for. */
static const char list_item_key[] = "wb-list-item";

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
  g_object_set_data (G_OBJECT (box), list_item_key, list_item);
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
  g_object_set_data (G_OBJECT (label), list_item_key, list_item);
  gtk_list_item_set_child (list_item, label);
}

static void
bind_text_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  char *(*describe) (WbFileItem *) = user_data;
  g_autofree char *text = describe (gtk_list_item_get_item (list_item));

  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (list_item)), text != NULL ? text : "");
}

/* ── What is under the pointer ── */

/* Up from what was hit to the cell's own widget, or down to it from around it. */
static GtkWidget *
find_cell (GtkWidget *hit, GtkColumnView *view)
{
  /* Where a name is being changed, the pointer is there to select letters. */
  if (GTK_IS_TEXT (hit))
    return NULL;
  for (GtkWidget *widget = hit; widget != NULL && widget != GTK_WIDGET (view);
       widget = gtk_widget_get_parent (widget))
    if (g_object_get_data (G_OBJECT (widget), list_item_key) != NULL)
      return widget;
  /* Below the rows the list itself is hit, which begins with the first of them. */
  if (hit == NULL || hit == GTK_WIDGET (view) || GTK_IS_LIST_VIEW (hit))
    return NULL;
  for (GtkWidget *widget = hit; widget != NULL; widget = gtk_widget_get_first_child (widget))
    if (g_object_get_data (G_OBJECT (widget), list_item_key) != NULL)
      return widget;
  return NULL;
}

/* Whether the pointer is on the icon or the letters of a name, not on the room behind them. */
static gboolean
is_on_name (GtkColumnView *view, GtkWidget *cell, double x)
{
  GtkWidget *label = gtk_widget_get_last_child (cell);
  double inside = 0;
  int left = 0, width = 0;

  if (!GTK_IS_BOX (cell) || !GTK_IS_LABEL (label))
    return FALSE;
  gtk_label_get_layout_offsets (GTK_LABEL (label), &left, NULL);
  pango_layout_get_pixel_size (gtk_label_get_layout (GTK_LABEL (label)), &width, NULL);
  gtk_widget_translate_coordinates (GTK_WIDGET (view), label, x, 0, &inside, NULL);
  return inside <= left + width + NAME_SLACK;
}

/**
 * wb_file_columns_pick:
 * @x: in the view's coordinates
 * @on_name: (out) (optional): whether it is on the icon or the letters of the row's name
 *
 * Returns: (transfer none) (nullable): the row, by one of its cells; %NULL where there is none
 */
GtkListItem *
wb_file_columns_pick (GtkColumnView *view, double x, double y, gboolean *on_name)
{
  GtkWidget *hit = gtk_widget_pick (GTK_WIDGET (view), x, y, GTK_PICK_DEFAULT);
  GtkWidget *cell = find_cell (hit, view);
  GtkListItem *list_item = cell != NULL ? g_object_get_data (G_OBJECT (cell), list_item_key) : NULL;

  if (list_item == NULL || gtk_list_item_get_position (list_item) == GTK_INVALID_LIST_POSITION)
    return NULL;
  if (on_name != NULL)
    *on_name = is_on_name (view, cell, x);
  return list_item;
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
 *
 * Adds the columns of a folder's list, name first and sorted by it.
 */
void
wb_file_columns_add (GtkColumnView *view)
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

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-file-pane-private.h"

#include "wb-file-columns.h"

#define PRIVATE(self) wb_file_pane_get_private (self)

/* One gesture of each kind for the whole list, and not one for each cell: a list has a thousand
 * cells, which are made anew whenever it is sorted. */

/* ── Dragging rows ── */

static GPtrArray *
dup_rows (WbFilePane *self, GtkListItem *row)
{
  GPtrArray *items = NULL;

  if (gtk_list_item_get_selected (row))
    return wb_file_pane_dup_selected (self);
  /* A drag that begins outside the selection takes the row under the pointer alone. */
  items = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (items, g_object_ref (gtk_list_item_get_item (row)));
  return items;
}

static void
set_icon (GtkDragSource *source, GtkListItem *row)
{
  GtkWidget *cell = wb_file_columns_get_name_cell (gtk_list_item_get_item (row));
  g_autoptr (GdkPaintable) paintable = cell != NULL ? gtk_widget_paintable_new (cell) : NULL;

  gtk_drag_source_set_icon (source, paintable, 0, 0);
}

/* Beside the name of a row that is not selected, a drag draws a frame and selects what is in it: a
 * full list has no other room for that. Else the row there is dragged. */
static GtkListItem *
pick_row_to_drag (WbFilePane *self, double x, double y)
{
  gboolean on_name = FALSE;
  GtkListItem *row = wb_file_columns_pick (PRIVATE (self)->view, x, y, &on_name);

  return row != NULL && (on_name || gtk_list_item_get_selected (row)) ? row : NULL;
}

/* The list's own gesture would begin a frame before it is known that a row is dragged, and GTK 4.8
 * leaves that on the screen: where there is a row to drag, it is not to begin at all. */
static void
drag_pressed_cb (GtkGestureClick *gesture, int n, double x, double y, WbFilePane *self)
{
  gtk_column_view_set_enable_rubberband (PRIVATE (self)->view,
                                         pick_row_to_drag (self, x, y) == NULL);
}

static GdkContentProvider *
drag_prepare_cb (GtkDragSource *source, double x, double y, WbFilePane *self)
{
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (WbFileDrag) drag = NULL;
  GdkContentProvider *inside = NULL;
  GdkContentProvider *outside = NULL;
  GtkListItem *row = pick_row_to_drag (self, x, y);

  if (row == NULL)
    return NULL;
  items = dup_rows (self, row);
  set_icon (source, row);
  if (WB_FILE_PANE_GET_CLASS (self)->prepare_drag != NULL)
    outside = WB_FILE_PANE_GET_CLASS (self)->prepare_drag (self, items);
  drag = wb_file_drag_new (GTK_WIDGET (self), g_steal_pointer (&items));
  inside = gdk_content_provider_new_typed (WB_TYPE_FILE_DRAG, drag);
  if (outside == NULL)
    return inside;
  return gdk_content_provider_new_union ((GdkContentProvider *[]){ inside, outside }, 2);
}

static void
add_drag_source (WbFilePane *self)
{
  GtkDragSource *source = gtk_drag_source_new ();
  GtkGesture *press = gtk_gesture_click_new ();

  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (press), GTK_PHASE_CAPTURE);
  g_signal_connect (press, "pressed", G_CALLBACK (drag_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (PRIVATE (self)->view), GTK_EVENT_CONTROLLER (press));

  gtk_drag_source_set_actions (source, GDK_ACTION_COPY);
  /* Before the list's own gesture. */
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (source), GTK_PHASE_CAPTURE);
  g_signal_connect (source, "prepare", G_CALLBACK (drag_prepare_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (PRIVATE (self)->view), GTK_EVENT_CONTROLLER (source));
}

/* ── The menu ── */

/* A row that is not selected is selected alone, so that the menu is about it. */
static void
menu_pressed_cb (GtkGestureClick *gesture, int n, double x, double y, WbFilePane *self)
{
  WbFilePanePrivate *priv = PRIVATE (self);
  GtkSelectionModel *selection = GTK_SELECTION_MODEL (priv->selection);
  double inside_x = 0, inside_y = 0;
  GtkListItem *row = NULL;

  gtk_widget_translate_coordinates (priv->list, GTK_WIDGET (priv->view), x, y, &inside_x,
                                    &inside_y);
  row = wb_file_columns_pick (priv->view, inside_x, inside_y, NULL);
  if (row != NULL && !gtk_list_item_get_selected (row))
    gtk_selection_model_select_item (selection, gtk_list_item_get_position (row), TRUE);
  wb_file_pane_open_menu (self, x, y);
}

static void
add_menu_gesture (WbFilePane *self)
{
  GtkGesture *gesture = gtk_gesture_click_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (gesture), GDK_BUTTON_SECONDARY);
  g_signal_connect (gesture, "pressed", G_CALLBACK (menu_pressed_cb), self);
  gtk_widget_add_controller (PRIVATE (self)->list, GTK_EVENT_CONTROLLER (gesture));
}

/* ── The keys ── */

/* A press beside the rows, which take one for themselves, is for what the keys do next: paste into
 * an empty folder, read this one again. */
static void
beside_pressed_cb (GtkGestureClick *gesture, int n, double x, double y, WbFilePane *self)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));

  if (focus == NULL || !gtk_widget_is_ancestor (focus, PRIVATE (self)->list))
    wb_file_pane_focus_list (self);
}

static void
add_key_gesture (WbFilePane *self)
{
  GtkGesture *gesture = gtk_gesture_click_new ();

  g_signal_connect (gesture, "pressed", G_CALLBACK (beside_pressed_cb), self);
  gtk_widget_add_controller (PRIVATE (self)->list, GTK_EVENT_CONTROLLER (gesture));
}

/* What the pointer does in the list. */
void
wb_file_pane_add_pointer (WbFilePane *self)
{
  add_drag_source (self);
  add_menu_gesture (self);
  add_key_gesture (self);
}

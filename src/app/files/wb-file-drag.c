/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-file-drag.h"

struct _WbFileDrag
{
  GObject parent_instance;

  GtkWidget *pane;
  GPtrArray *items;
};

G_DEFINE_FINAL_TYPE (WbFileDrag, wb_file_drag, G_TYPE_OBJECT)

static void
wb_file_drag_dispose (GObject *object)
{
  WbFileDrag *self = WB_FILE_DRAG (object);

  g_clear_object (&self->pane);
  g_clear_pointer (&self->items, g_ptr_array_unref);

  G_OBJECT_CLASS (wb_file_drag_parent_class)->dispose (object);
}

static void
wb_file_drag_class_init (WbFileDragClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_file_drag_dispose;
}

static void
wb_file_drag_init (WbFileDrag *self)
{
}

/**
 * wb_file_drag_new:
 * @pane: where the rows are dragged from
 * @items: (transfer full) (element-type WbFileItem): the rows
 *
 * Returns: (transfer full): what is dragged
 */
WbFileDrag *
wb_file_drag_new (GtkWidget *pane, GPtrArray *items)
{
  WbFileDrag *self = g_object_new (WB_TYPE_FILE_DRAG, NULL);

  self->pane = g_object_ref (pane);
  self->items = items;
  return self;
}

/**
 * wb_file_drag_get_pane:
 *
 * Returns: (transfer none): where the rows are dragged from
 */
GtkWidget *
wb_file_drag_get_pane (WbFileDrag *self)
{
  return self->pane;
}

/**
 * wb_file_drag_get_items:
 *
 * Returns: (transfer none) (element-type WbFileItem): the rows
 */
GPtrArray *
wb_file_drag_get_items (WbFileDrag *self)
{
  return self->items;
}

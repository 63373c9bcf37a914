/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-wrap-box.h"

struct _WbWrapBox
{
  GtkWidget parent_instance;

  int spacing;
};

enum
{
  PROP_0,
  PROP_SPACING,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void wb_wrap_box_buildable_init (GtkBuildableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WbWrapBox,
                               wb_wrap_box,
                               GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE,
                                                      wb_wrap_box_buildable_init))

static GtkBuildableIface *parent_buildable;

static int
width_of (GtkWidget *child)
{
  int natural = 0;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  return natural;
}

static int
height_of (GtkWidget *child, int width)
{
  int natural = 0;

  gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, NULL, &natural, NULL, NULL);
  return natural;
}

static GtkWidget *
next_shown (GtkWidget *child)
{
  while (child && !gtk_widget_should_layout (child))
    child = gtk_widget_get_next_sibling (child);
  return child;
}

/* The children of one row: from @first to before the one that is returned. */
static GtkWidget *
take_row (WbWrapBox *self, GtkWidget *first, int width, int *used, int *height, guint *expanding)
{
  GtkWidget *child = first;

  *used = 0;
  *height = 0;
  *expanding = 0;
  while (child)
    {
      int wanted = MIN (width_of (child), width);

      if (child != first && *used + self->spacing + wanted > width)
        break;
      *used += wanted + (child == first ? 0 : self->spacing);
      *height = MAX (*height, height_of (child, wanted));
      if (gtk_widget_compute_expand (child, GTK_ORIENTATION_HORIZONTAL))
        (*expanding)++;
      child = next_shown (gtk_widget_get_next_sibling (child));
    }
  return child;
}

static void
wb_wrap_box_measure (GtkWidget *widget,
                     GtkOrientation orientation,
                     int for_size,
                     int *minimum,
                     int *natural,
                     int *minimum_baseline,
                     int *natural_baseline)
{
  WbWrapBox *self = WB_WRAP_BOX (widget);
  GtkWidget *child = next_shown (gtk_widget_get_first_child (widget));
  int total = 0;

  *minimum = 0;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      for (; child; child = next_shown (gtk_widget_get_next_sibling (child)))
        {
          int least = 0;

          gtk_widget_measure (child, orientation, -1, &least, NULL, NULL, NULL);
          *minimum = MAX (*minimum, least);
          total += width_of (child) + (total > 0 ? self->spacing : 0);
        }
      *natural = MAX (total, *minimum);
      return;
    }
  while (child)
    {
      int used = 0;
      int height = 0;
      guint expanding = 0;

      child =
          take_row (self, child, for_size < 0 ? G_MAXINT : for_size, &used, &height, &expanding);
      total += height + (child ? self->spacing : 0);
    }
  *minimum = total;
  *natural = total;
}

static void
place (GtkWidget *widget, GtkWidget *child, int x, int y, int width, int height, int box_width)
{
  GtkAllocation area = { x, y, width, height };

  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    area.x = box_width - x - width;
  gtk_widget_size_allocate (child, &area, -1);
}

static void
wb_wrap_box_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  WbWrapBox *self = WB_WRAP_BOX (widget);
  GtkWidget *child = next_shown (gtk_widget_get_first_child (widget));
  int y = 0;

  while (child)
    {
      int used = 0;
      int row_height = 0;
      guint expanding = 0;
      int x = 0;
      int more = 0;
      GtkWidget *end = take_row (self, child, width, &used, &row_height, &expanding);

      more = expanding > 0 ? MAX (0, width - used) / (int) expanding : 0;
      for (; child != end; child = next_shown (gtk_widget_get_next_sibling (child)))
        {
          int wanted = MIN (width_of (child), width);

          if (gtk_widget_compute_expand (child, GTK_ORIENTATION_HORIZONTAL))
            wanted += more;
          place (widget, child, x, y, wanted, row_height, width);
          x += wanted + self->spacing;
        }
      y += row_height + self->spacing;
    }
}

static GtkSizeRequestMode
wb_wrap_box_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
wb_wrap_box_dispose (GObject *object)
{
  GtkWidget *child = NULL;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (wb_wrap_box_parent_class)->dispose (object);
}

static void
wb_wrap_box_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SPACING)
    WB_WRAP_BOX (object)->spacing = g_value_get_int (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
add_child (GtkBuildable *buildable, GtkBuilder *builder, GObject *child, const char *type)
{
  if (GTK_IS_WIDGET (child))
    gtk_widget_set_parent (GTK_WIDGET (child), GTK_WIDGET (buildable));
  else
    parent_buildable->add_child (buildable, builder, child, type);
}

static void
wb_wrap_box_buildable_init (GtkBuildableIface *iface)
{
  parent_buildable = g_type_interface_peek_parent (iface);
  iface->add_child = add_child;
}

static void
wb_wrap_box_class_init (WbWrapBoxClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = wb_wrap_box_dispose;
  object_class->set_property = wb_wrap_box_set_property;
  widget_class->measure = wb_wrap_box_measure;
  widget_class->size_allocate = wb_wrap_box_size_allocate;
  widget_class->get_request_mode = wb_wrap_box_get_request_mode;
  properties[PROP_SPACING] = g_param_spec_int ("spacing", NULL, NULL, 0, 100, 0,
                                               G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_css_name (widget_class, "wrapbox");
}

static void
wb_wrap_box_init (WbWrapBox *self)
{
}

/**
 * wb_wrap_box_new:
 * @spacing: pixels between children and between rows
 *
 * Main thread.
 *
 * Returns: (transfer floating): an empty box
 */
GtkWidget *
wb_wrap_box_new (int spacing)
{
  return g_object_new (WB_TYPE_WRAP_BOX, "spacing", spacing, NULL);
}

/**
 * wb_wrap_box_insert:
 * @self: the box
 * @child: one more
 * @before: (nullable): the child that it goes before; %NULL for the end
 *
 * A child leaves by gtk_widget_unparent(). Main thread.
 */
void
wb_wrap_box_insert (WbWrapBox *self, GtkWidget *child, GtkWidget *before)
{
  g_return_if_fail (WB_IS_WRAP_BOX (self));

  gtk_widget_insert_before (child, GTK_WIDGET (self), before);
}

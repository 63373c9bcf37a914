/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-width-bin.h"

struct _WbWidthBin
{
  GtkWidget parent_instance;

  GtkWidget *child;
  int threshold;
  int smallest;
  gboolean wide;
  gboolean allocated;
  guint notify_id;
};

enum
{
  PROP_0,
  PROP_CHILD,
  PROP_THRESHOLD,
  PROP_SMALLEST,
  PROP_WIDE,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (WbWidthBin, wb_width_bin, GTK_TYPE_WIDGET)

static gboolean
notify_idle (gpointer user_data)
{
  WbWidthBin *self = user_data;

  self->notify_id = 0;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WIDE]);
  return G_SOURCE_REMOVE;
}

static GtkSizeRequestMode
wb_width_bin_get_request_mode (GtkWidget *widget)
{
  WbWidthBin *self = WB_WIDTH_BIN (widget);

  return self->child == NULL ? GTK_SIZE_REQUEST_CONSTANT_SIZE
                             : gtk_widget_get_request_mode (self->child);
}

static int
get_needed_width (WbWidthBin *self)
{
  int width = 0;

  gtk_widget_measure (self->child, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  return width;
}

static void
wb_width_bin_measure (GtkWidget *widget,
                      GtkOrientation orientation,
                      int for_size,
                      int *minimum,
                      int *natural,
                      int *minimum_baseline,
                      int *natural_baseline)
{
  WbWidthBin *self = WB_WIDTH_BIN (widget);

  if (self->child == NULL)
    return;
  if (orientation == GTK_ORIENTATION_VERTICAL && for_size >= 0)
    for_size = MAX (for_size, get_needed_width (self));
  gtk_widget_measure (self->child, orientation, for_size, minimum, natural, minimum_baseline,
                      natural_baseline);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = MIN (*minimum, self->smallest);
}

static void
wb_width_bin_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  WbWidthBin *self = WB_WIDTH_BIN (widget);
  gboolean wide = width >= self->threshold;

  if (self->child != NULL)
    gtk_widget_allocate (self->child, MAX (width, get_needed_width (self)), height, baseline, NULL);
  if (wide == self->wide && self->allocated)
    return;
  self->wide = wide;
  self->allocated = TRUE;
  /* Whoever listens changes the layout, which must not happen while sizes are being given out. */
  if (self->notify_id == 0)
    self->notify_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, notify_idle, self, NULL);
}

static void
wb_width_bin_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  WbWidthBin *self = WB_WIDTH_BIN (object);

  switch (id)
    {
    case PROP_CHILD:
      g_clear_pointer (&self->child, gtk_widget_unparent);
      self->child = g_value_get_object (value);
      if (self->child != NULL)
        gtk_widget_set_parent (self->child, GTK_WIDGET (self));
      break;
    case PROP_THRESHOLD:
      self->threshold = g_value_get_int (value);
      gtk_widget_queue_allocate (GTK_WIDGET (self));
      break;
    case PROP_SMALLEST:
      self->smallest = g_value_get_int (value);
      gtk_widget_queue_resize (GTK_WIDGET (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wb_width_bin_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WbWidthBin *self = WB_WIDTH_BIN (object);

  switch (id)
    {
    case PROP_CHILD:
      g_value_set_object (value, self->child);
      break;
    case PROP_THRESHOLD:
      g_value_set_int (value, self->threshold);
      break;
    case PROP_SMALLEST:
      g_value_set_int (value, self->smallest);
      break;
    case PROP_WIDE:
      g_value_set_boolean (value, self->wide);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wb_width_bin_dispose (GObject *object)
{
  WbWidthBin *self = WB_WIDTH_BIN (object);

  g_clear_handle_id (&self->notify_id, g_source_remove);
  g_clear_pointer (&self->child, gtk_widget_unparent);

  G_OBJECT_CLASS (wb_width_bin_parent_class)->dispose (object);
}

static void
wb_width_bin_class_init (WbWidthBinClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->dispose = wb_width_bin_dispose;
  object_class->set_property = wb_width_bin_set_property;
  object_class->get_property = wb_width_bin_get_property;
  widget_class->get_request_mode = wb_width_bin_get_request_mode;
  widget_class->measure = wb_width_bin_measure;
  widget_class->size_allocate = wb_width_bin_size_allocate;

  properties[PROP_CHILD] = g_param_spec_object ("child", NULL, NULL, GTK_TYPE_WIDGET, flags);
  properties[PROP_THRESHOLD] =
      g_param_spec_int ("threshold", NULL, NULL, 0, G_MAXINT16, 720, flags);
  properties[PROP_SMALLEST] =
      g_param_spec_int ("smallest", NULL, NULL, 0, G_MAXINT, G_MAXINT, flags);
  properties[PROP_WIDE] =
      g_param_spec_boolean ("wide", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
wb_width_bin_init (WbWidthBin *self)
{
  self->threshold = 720;
  self->smallest = G_MAXINT;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

/**
 * wb_width_bin_get_wide:
 *
 * Returns: whether it is at least as wide as its threshold
 */
gboolean
wb_width_bin_get_wide (WbWidthBin *self)
{
  g_return_val_if_fail (WB_IS_WIDTH_BIN (self), FALSE);

  return self->wide;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-fit.h"

struct _WbFit
{
  GtkWidget parent_instance;

  GtkWidget *wide;
  GtkWidget *narrow;
  gboolean fits;
  guint notify_id;
};

enum
{
  PROP_0,
  PROP_WIDE,
  PROP_NARROW,
  PROP_FITS,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (WbFit, wb_fit, GTK_TYPE_WIDGET)

static gboolean
notify_idle (gpointer user_data)
{
  WbFit *self = user_data;

  self->notify_id = 0;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FITS]);
  return G_SOURCE_REMOVE;
}

static void
wb_fit_measure (GtkWidget *widget,
                GtkOrientation orientation,
                int for_size,
                int *minimum,
                int *natural,
                int *minimum_baseline,
                int *natural_baseline)
{
  WbFit *self = WB_FIT (widget);
  int wide_minimum = 0, wide_natural = 0, narrow_minimum = 0, narrow_natural = 0;

  /* The children are asked without a size: each is either a row or not shown at all. */
  if (self->wide != NULL)
    gtk_widget_measure (self->wide, orientation, -1, &wide_minimum, &wide_natural, NULL, NULL);
  if (self->narrow != NULL)
    gtk_widget_measure (self->narrow, orientation, -1, &narrow_minimum, &narrow_natural, NULL,
                        NULL);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = narrow_minimum;
  else
    *minimum = MAX (wide_minimum, narrow_minimum);
  *natural = MAX (MAX (wide_natural, narrow_natural), *minimum);
}

static void
wb_fit_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  WbFit *self = WB_FIT (widget);
  int minimum = 0;
  gboolean fits;

  if (self->wide != NULL)
    gtk_widget_measure (self->wide, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  fits = width >= minimum;

  if (self->wide != NULL)
    gtk_widget_set_child_visible (self->wide, fits);
  if (self->narrow != NULL)
    gtk_widget_set_child_visible (self->narrow, !fits);
  if (fits && self->wide != NULL)
    gtk_widget_allocate (self->wide, width, height, baseline, NULL);
  if (!fits && self->narrow != NULL)
    gtk_widget_allocate (self->narrow, width, height, baseline, NULL);

  if (fits != self->fits)
    {
      self->fits = fits;
      /* Whoever listens changes what is shown elsewhere, which must not happen while sizes are
       * being given out.
       */
      if (self->notify_id == 0)
        self->notify_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, notify_idle, self, NULL);
    }
}

static void
set_child (WbFit *self, GtkWidget **child, GtkWidget *widget)
{
  g_clear_pointer (child, gtk_widget_unparent);
  *child = widget;
  if (widget != NULL)
    gtk_widget_set_parent (widget, GTK_WIDGET (self));
}

static void
wb_fit_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  WbFit *self = WB_FIT (object);

  switch (id)
    {
    case PROP_WIDE:
      set_child (self, &self->wide, g_value_get_object (value));
      break;
    case PROP_NARROW:
      set_child (self, &self->narrow, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wb_fit_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WbFit *self = WB_FIT (object);

  switch (id)
    {
    case PROP_WIDE:
      g_value_set_object (value, self->wide);
      break;
    case PROP_NARROW:
      g_value_set_object (value, self->narrow);
      break;
    case PROP_FITS:
      g_value_set_boolean (value, self->fits);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wb_fit_dispose (GObject *object)
{
  WbFit *self = WB_FIT (object);

  g_clear_handle_id (&self->notify_id, g_source_remove);
  g_clear_pointer (&self->wide, gtk_widget_unparent);
  g_clear_pointer (&self->narrow, gtk_widget_unparent);

  G_OBJECT_CLASS (wb_fit_parent_class)->dispose (object);
}

static void
wb_fit_class_init (WbFitClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = wb_fit_dispose;
  object_class->set_property = wb_fit_set_property;
  object_class->get_property = wb_fit_get_property;
  widget_class->measure = wb_fit_measure;
  widget_class->size_allocate = wb_fit_size_allocate;

  properties[PROP_WIDE] = g_param_spec_object ("wide", NULL, NULL, GTK_TYPE_WIDGET,
                                               G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_NARROW] = g_param_spec_object ("narrow", NULL, NULL, GTK_TYPE_WIDGET,
                                                 G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_FITS] =
      g_param_spec_boolean ("fits", NULL, NULL, TRUE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
wb_fit_init (WbFit *self)
{
  self->fits = TRUE;
}

/**
 * wb_fit_get_fits:
 *
 * Returns: whether the wide child is the one that shows
 */
gboolean
wb_fit_get_fits (WbFit *self)
{
  g_return_val_if_fail (WB_IS_FIT (self), TRUE);

  return self->fits;
}

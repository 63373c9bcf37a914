/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-split-view.h"

struct _WbSplitView
{
  GtkWidget parent_instance;

  GtkWidget *sidebar;
  GtkWidget *content;
  GtkWidget *separator;
  int sidebar_width;
  int threshold;
  gboolean show_content;
  gboolean collapsed;
  guint notify_id;
};

enum
{
  PROP_0,
  PROP_SIDEBAR,
  PROP_CONTENT,
  PROP_SIDEBAR_WIDTH,
  PROP_THRESHOLD,
  PROP_SHOW_CONTENT,
  PROP_COLLAPSED,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (WbSplitView, wb_split_view, GTK_TYPE_WIDGET)

static gboolean
notify_idle (gpointer user_data)
{
  WbSplitView *self = user_data;

  self->notify_id = 0;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "split.back", self->collapsed);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COLLAPSED]);
  return G_SOURCE_REMOVE;
}

static void
wb_split_view_measure (GtkWidget *widget,
                       GtkOrientation orientation,
                       int for_size,
                       int *minimum,
                       int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
  WbSplitView *self = WB_SPLIT_VIEW (widget);
  GtkWidget *children[] = { self->sidebar, self->content };

  *minimum = *natural = 0;
  for (guint i = 0; i < G_N_ELEMENTS (children); i++)
    {
      int child_minimum = 0, child_natural = 0;

      if (children[i] == NULL)
        continue;
      gtk_widget_measure (children[i], orientation, -1, &child_minimum, &child_natural, NULL, NULL);
      *minimum = MAX (*minimum, child_minimum);
      if (orientation == GTK_ORIENTATION_HORIZONTAL)
        *natural += child_natural;
      else
        *natural = MAX (*natural, child_natural);
    }
  *natural = MAX (*natural, *minimum);
}

static void
allocate_at (GtkWidget *child, int x, int width, int height)
{
  GtkAllocation allocation = { x, 0, width, height };

  gtk_widget_size_allocate (child, &allocation, -1);
}

static int
needed_width (WbSplitView *self, int *sidebar_width, int *separator_width)
{
  int content_width = 0;

  gtk_widget_measure (self->sidebar, GTK_ORIENTATION_HORIZONTAL, -1, sidebar_width, NULL, NULL,
                      NULL);
  *sidebar_width = MAX (*sidebar_width, self->sidebar_width);
  gtk_widget_measure (self->separator, GTK_ORIENTATION_HORIZONTAL, -1, separator_width, NULL, NULL,
                      NULL);
  gtk_widget_measure (self->content, GTK_ORIENTATION_HORIZONTAL, -1, &content_width, NULL, NULL,
                      NULL);
  return MAX (self->threshold, *sidebar_width + *separator_width + content_width);
}

static void
wb_split_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  WbSplitView *self = WB_SPLIT_VIEW (widget);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int sidebar_width = 0, separator_width = 0;
  gboolean collapsed;

  if (self->sidebar == NULL || self->content == NULL)
    return;

  collapsed = width < needed_width (self, &sidebar_width, &separator_width);
  gtk_widget_set_child_visible (self->sidebar, !collapsed || !self->show_content);
  gtk_widget_set_child_visible (self->content, !collapsed || self->show_content);
  gtk_widget_set_child_visible (self->separator, !collapsed);

  if (collapsed)
    {
      allocate_at (self->show_content ? self->content : self->sidebar, 0, width, height);
    }
  else
    {
      int content_x = sidebar_width + separator_width;
      int content_width = width - content_x;

      allocate_at (self->sidebar, rtl ? width - sidebar_width : 0, sidebar_width, height);
      allocate_at (self->separator, rtl ? content_width : sidebar_width, separator_width, height);
      allocate_at (self->content, rtl ? 0 : content_x, content_width, height);
    }

  if (collapsed != self->collapsed)
    {
      self->collapsed = collapsed;
      /* Whoever listens shows or hides a button, which must not happen while sizes are being given
       * out.
       */
      if (self->notify_id == 0)
        self->notify_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, notify_idle, self, NULL);
    }
}

static void
set_child (WbSplitView *self, GtkWidget **child, GtkWidget *widget, GtkWidget *before)
{
  g_clear_pointer (child, gtk_widget_unparent);
  *child = widget;
  if (widget != NULL)
    gtk_widget_insert_before (widget, GTK_WIDGET (self), before);
}

static void
wb_split_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  WbSplitView *self = WB_SPLIT_VIEW (object);

  switch (id)
    {
    case PROP_SIDEBAR:
      set_child (self, &self->sidebar, g_value_get_object (value), self->separator);
      break;
    case PROP_CONTENT:
      set_child (self, &self->content, g_value_get_object (value), NULL);
      break;
    case PROP_SIDEBAR_WIDTH:
      self->sidebar_width = g_value_get_int (value);
      gtk_widget_queue_resize (GTK_WIDGET (self));
      break;
    case PROP_THRESHOLD:
      self->threshold = g_value_get_int (value);
      gtk_widget_queue_resize (GTK_WIDGET (self));
      break;
    case PROP_SHOW_CONTENT:
      wb_split_view_set_show_content (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wb_split_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WbSplitView *self = WB_SPLIT_VIEW (object);

  switch (id)
    {
    case PROP_SIDEBAR:
      g_value_set_object (value, self->sidebar);
      break;
    case PROP_CONTENT:
      g_value_set_object (value, self->content);
      break;
    case PROP_SIDEBAR_WIDTH:
      g_value_set_int (value, self->sidebar_width);
      break;
    case PROP_THRESHOLD:
      g_value_set_int (value, self->threshold);
      break;
    case PROP_SHOW_CONTENT:
      g_value_set_boolean (value, self->show_content);
      break;
    case PROP_COLLAPSED:
      g_value_set_boolean (value, self->collapsed);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wb_split_view_dispose (GObject *object)
{
  WbSplitView *self = WB_SPLIT_VIEW (object);

  g_clear_handle_id (&self->notify_id, g_source_remove);
  g_clear_pointer (&self->sidebar, gtk_widget_unparent);
  g_clear_pointer (&self->content, gtk_widget_unparent);
  g_clear_pointer (&self->separator, gtk_widget_unparent);

  G_OBJECT_CLASS (wb_split_view_parent_class)->dispose (object);
}

static void
back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbSplitView *self = WB_SPLIT_VIEW (widget);

  wb_split_view_set_show_content (self, FALSE);
  gtk_widget_child_focus (self->sidebar, GTK_DIR_TAB_FORWARD);
}

static void
wb_split_view_class_init (WbSplitViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->dispose = wb_split_view_dispose;
  object_class->set_property = wb_split_view_set_property;
  object_class->get_property = wb_split_view_get_property;
  widget_class->measure = wb_split_view_measure;
  widget_class->size_allocate = wb_split_view_size_allocate;

  properties[PROP_SIDEBAR] = g_param_spec_object ("sidebar", NULL, NULL, GTK_TYPE_WIDGET, flags);
  properties[PROP_CONTENT] = g_param_spec_object ("content", NULL, NULL, GTK_TYPE_WIDGET, flags);
  properties[PROP_SIDEBAR_WIDTH] =
      g_param_spec_int ("sidebar-width", NULL, NULL, 0, G_MAXINT16, 260, flags);
  properties[PROP_THRESHOLD] =
      g_param_spec_int ("threshold", NULL, NULL, 0, G_MAXINT16, 640, flags);
  properties[PROP_SHOW_CONTENT] =
      g_param_spec_boolean ("show-content", NULL, NULL, FALSE, flags | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_COLLAPSED] = g_param_spec_boolean ("collapsed", NULL, NULL, FALSE,
                                                     G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  gtk_widget_class_install_action (widget_class, "split.back", NULL, back_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, GDK_ALT_MASK, "split.back",
                                       NULL);
}

static void
wb_split_view_init (WbSplitView *self)
{
  self->sidebar_width = 260;
  self->threshold = 640;
  self->separator = gtk_separator_new (GTK_ORIENTATION_VERTICAL);
  gtk_widget_set_parent (self->separator, GTK_WIDGET (self));
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "split.back", FALSE);
}

/**
 * wb_split_view_get_collapsed:
 *
 * Returns: whether there is room for one of the two only
 */
gboolean
wb_split_view_get_collapsed (WbSplitView *self)
{
  g_return_val_if_fail (WB_IS_SPLIT_VIEW (self), FALSE);

  return self->collapsed;
}

/**
 * wb_split_view_get_show_content:
 *
 * Returns: whether the content is what shows while there is room for one only
 */
gboolean
wb_split_view_get_show_content (WbSplitView *self)
{
  g_return_val_if_fail (WB_IS_SPLIT_VIEW (self), FALSE);

  return self->show_content;
}

/**
 * wb_split_view_set_show_content:
 *
 * Chooses what shows while there is room for one only; call it with %TRUE when the
 * person picks something in the sidebar.
 */
void
wb_split_view_set_show_content (WbSplitView *self, gboolean show_content)
{
  g_return_if_fail (WB_IS_SPLIT_VIEW (self));

  show_content = !!show_content;
  if (self->show_content == show_content)
    return;

  self->show_content = show_content;
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SHOW_CONTENT]);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-speed-graph.h"

#include <glib/gi18n-lib.h>

/* A bar a second. */
#define SAMPLES 60

#define WIDTH 120
#define HEIGHT 24

/* The least that the full height stands for, in bytes a second, so that a trickle looks like one.
 */
#define SCALE_MIN 1024.0

struct _WbSpeedGraph
{
  GtkWidget parent_instance;

  GtkWidget *fills[2]; /* down, up: areas of one colour, of which the bars are cut */
  double samples[2][SAMPLES];
  guint next;
  char *words;
};

G_DEFINE_FINAL_TYPE (WbSpeedGraph, wb_speed_graph, GTK_TYPE_WIDGET)

static void
wb_speed_graph_measure (GtkWidget *widget,
                        GtkOrientation orientation,
                        int for_size,
                        int *minimum,
                        int *natural,
                        int *minimum_baseline,
                        int *natural_baseline)
{
  gboolean wide = orientation == GTK_ORIENTATION_HORIZONTAL;

  *minimum = wide ? SAMPLES : HEIGHT;
  *natural = wide ? WIDTH : HEIGHT;
}

static void
wb_speed_graph_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  WbSpeedGraph *self = WB_SPEED_GRAPH (widget);

  for (guint i = 0; i < G_N_ELEMENTS (self->fills); i++)
    gtk_widget_allocate (self->fills[i], width, height, -1, NULL);
}

static double
get_peak (WbSpeedGraph *self)
{
  double peak = SCALE_MIN;

  for (guint i = 0; i < SAMPLES; i++)
    peak = MAX (peak, MAX (self->samples[0][i], self->samples[1][i]));
  return peak;
}

static void
wb_speed_graph_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  WbSpeedGraph *self = WB_SPEED_GRAPH (widget);
  float width = gtk_widget_get_width (widget);
  float height = gtk_widget_get_height (widget);
  float step = width / SAMPLES;
  double peak = get_peak (self);

  for (guint way = 0; way < G_N_ELEMENTS (self->fills); way++)
    for (guint i = 0; i < SAMPLES; i++)
      {
        double rate = self->samples[way][(self->next + i) % SAMPLES];
        float bar = (float) (rate / peak) * height;
        gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
        float x = step * (rtl ? SAMPLES - 1 - i : i);

        if (rate <= 0)
          continue;
        bar = MAX (bar, 1);
        gtk_snapshot_push_clip (snapshot,
                                &GRAPHENE_RECT_INIT (x, height - bar, MAX (step - 0.5f, 1), bar));
        gtk_widget_snapshot_child (widget, self->fills[way], snapshot);
        gtk_snapshot_pop (snapshot);
      }
}

static void
wb_speed_graph_dispose (GObject *object)
{
  WbSpeedGraph *self = WB_SPEED_GRAPH (object);

  for (guint i = 0; i < G_N_ELEMENTS (self->fills); i++)
    g_clear_pointer (&self->fills[i], gtk_widget_unparent);

  G_OBJECT_CLASS (wb_speed_graph_parent_class)->dispose (object);
}

static void
wb_speed_graph_finalize (GObject *object)
{
  g_free (WB_SPEED_GRAPH (object)->words);

  G_OBJECT_CLASS (wb_speed_graph_parent_class)->finalize (object);
}

static void
wb_speed_graph_class_init (WbSpeedGraphClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_speed_graph_dispose;
  G_OBJECT_CLASS (klass)->finalize = wb_speed_graph_finalize;
  widget_class->measure = wb_speed_graph_measure;
  widget_class->size_allocate = wb_speed_graph_size_allocate;
  widget_class->snapshot = wb_speed_graph_snapshot;
  gtk_widget_class_set_css_name (widget_class, "speed-graph");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

/* In words, for who does not see it and for the pointer that rests on it: told when that asks. A
 * new text would have GTK look again for what to show, and close and open the hint of whatever the
 * pointer rests on, once a second. */
static gboolean
query_tooltip_cb (WbSpeedGraph *self, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  gtk_tooltip_set_text (tooltip, self->words);
  return TRUE;
}

static void
describe (WbSpeedGraph *self, double down, double up)
{
  g_autofree char *down_text = g_format_size ((guint64) MAX (down, 0));
  g_autofree char *up_text = g_format_size ((guint64) MAX (up, 0));
  g_autofree char *peak_text = g_format_size ((guint64) get_peak (self));
  g_autofree char *text = g_strdup_printf (
      /* Translators: each %s is a size such as "3.2 MB": how much comes in and goes out each
       * second, and the most of the last minute. */
      _ ("Down %s/s, up %s/s; the most in a minute was %s/s"), down_text, up_text, peak_text);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  g_free (self->words);
  self->words = g_steal_pointer (&text);
}

static void
wb_speed_graph_init (WbSpeedGraph *self)
{
  static const char *const classes[] = { "down", "up" };

  for (guint i = 0; i < G_N_ELEMENTS (self->fills); i++)
    {
      self->fills[i] =
          g_object_new (GTK_TYPE_BOX, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
      gtk_widget_add_css_class (self->fills[i], classes[i]);
      gtk_widget_set_parent (self->fills[i], GTK_WIDGET (self));
    }
  describe (self, 0, 0);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect (self, "query-tooltip", G_CALLBACK (query_tooltip_cb), NULL);
}

/**
 * wb_speed_graph_add:
 * @down: bytes a second
 * @up: bytes a second
 *
 * What went by in the last second; to be called once in each, while something does.
 */
void
wb_speed_graph_add (WbSpeedGraph *self, double down, double up)
{
  g_return_if_fail (WB_IS_SPEED_GRAPH (self));

  self->samples[0][self->next] = down;
  self->samples[1][self->next] = up;
  self->next = (self->next + 1) % SAMPLES;
  describe (self, down, up);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * wb_speed_graph_is_quiet:
 *
 * Returns: whether nothing went by in the whole minute, so that it need not move
 */
gboolean
wb_speed_graph_is_quiet (WbSpeedGraph *self)
{
  for (guint i = 0; i < SAMPLES; i++)
    if (self->samples[0][i] > 0 || self->samples[1][i] > 0)
      return FALSE;
  return TRUE;
}

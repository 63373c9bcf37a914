/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-transcript-line.h"

#include <glib/gi18n-lib.h>

#define MEANING_CHARS 46

struct _WbTranscriptLine
{
  GtkWidget parent_instance;

  GtkLabel *time;
  GtkLabel *number;
  GtkLabel *arrow;
  GtkLabel *text;
  GtkLabel *meaning;
  char *tooltip;
};

G_DEFINE_FINAL_TYPE (WbTranscriptLine, wb_transcript_line, GTK_TYPE_WIDGET)

static void
wb_transcript_line_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (wb_transcript_line_parent_class)->dispose (object);
}

static void
wb_transcript_line_finalize (GObject *object)
{
  g_free (WB_TRANSCRIPT_LINE (object)->tooltip);

  G_OBJECT_CLASS (wb_transcript_line_parent_class)->finalize (object);
}

/* When it is asked for: to have it set for each line, GTK would look for the pointer each time, and
 * wait for the display's answer. */
static gboolean
wb_transcript_line_query_tooltip (GtkWidget *widget,
                                  int x,
                                  int y,
                                  gboolean keyboard,
                                  GtkTooltip *tooltip)
{
  WbTranscriptLine *self = WB_TRANSCRIPT_LINE (widget);

  gtk_tooltip_set_text (tooltip, self->tooltip);
  return self->tooltip != NULL;
}

static void
wb_transcript_line_class_init (WbTranscriptLineClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_transcript_line_dispose;
  G_OBJECT_CLASS (klass)->finalize = wb_transcript_line_finalize;
  GTK_WIDGET_CLASS (klass)->query_tooltip = wb_transcript_line_query_tooltip;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "wire-line");
}

static GtkLabel *
add_label (WbTranscriptLine *self, const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, css_class);
  gtk_widget_set_parent (label, GTK_WIDGET (self));
  return GTK_LABEL (label);
}

static void
wb_transcript_line_init (WbTranscriptLine *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 9);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  self->time = add_label (self, "time");
  self->number = add_label (self, "number");
  self->arrow = add_label (self, "arrow");
  self->text = add_label (self, "text");
  self->meaning = add_label (self, "meaning");

  gtk_label_set_xalign (self->number, 1);
  gtk_label_set_width_chars (self->number, 2);
  gtk_label_set_width_chars (self->arrow, 1);
  gtk_label_set_ellipsize (self->text, PANGO_ELLIPSIZE_END);
  gtk_label_set_single_line_mode (self->text, TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (self->text), TRUE);
  gtk_label_set_ellipsize (self->meaning, PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (self->meaning, MEANING_CHARS);
  gtk_label_set_max_width_chars (self->meaning, MEANING_CHARS);
}

/**
 * wb_transcript_line_new:
 *
 * Returns: (transfer floating): an empty line
 */
GtkWidget *
wb_transcript_line_new (void)
{
  return g_object_new (WB_TYPE_TRANSCRIPT_LINE, NULL);
}

static const char *
get_css_class (const WbWireEvent *event)
{
  switch (event->kind)
    {
    case WB_WIRE_ERROR:
      return "failed";
    case WB_WIRE_TLS:
      return "secured";
    case WB_WIRE_NOTE:
    case WB_WIRE_CONNECT:
    case WB_WIRE_CLOSE:
      return "noted";
    case WB_WIRE_LINE:
    case WB_WIRE_DATA:
    case WB_WIRE_BULK:
    default:
      return event->direction == WB_WIRE_SENT ? "sent" : "received";
    }
}

/**
 * wb_transcript_line_show:
 *
 * Shows an event.
 */
void
wb_transcript_line_show (WbTranscriptLine *self, WbWireRow *row)
{
  const char *classes[] = { NULL, NULL };
  const char *meaning, *reference;
  g_autofree char *number = NULL;

  g_return_if_fail (WB_IS_TRANSCRIPT_LINE (self));
  g_return_if_fail (WB_IS_WIRE_ROW (row));

  meaning = wb_wire_row_get_meaning (row);
  reference = wb_wire_row_get_reference (row);
  number = g_strdup_printf ("%u", wb_wire_row_get_event (row)->conversation);
  gtk_label_set_text (self->time, wb_wire_row_get_time (row));
  gtk_label_set_text (self->number, number);
  gtk_label_set_text (self->arrow, wb_wire_row_get_arrow (row));
  gtk_label_set_text (self->text, wb_wire_row_get_text (row));
  gtk_label_set_text (self->meaning, meaning == NULL ? "" : meaning);

  g_clear_pointer (&self->tooltip, g_free);
  if (meaning != NULL)
    self->tooltip =
        reference == NULL ? g_strdup (meaning) : g_strdup_printf ("%s (%s)", meaning, reference);

  classes[0] = get_css_class (wb_wire_row_get_event (row));
  gtk_widget_set_css_classes (GTK_WIDGET (self), classes);
}

/**
 * wb_transcript_line_set_shows_meaning:
 *
 * Chooses whether there is room for the meaning.
 */
void
wb_transcript_line_set_shows_meaning (WbTranscriptLine *self, gboolean shows_meaning)
{
  g_return_if_fail (WB_IS_TRANSCRIPT_LINE (self));

  gtk_widget_set_visible (GTK_WIDGET (self->meaning), shows_meaning);
}

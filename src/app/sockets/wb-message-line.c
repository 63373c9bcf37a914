/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-message-line.h"

#include "wb-text-codec.h"
#include "wb-verbatim.h"

#include <glib/gi18n-lib.h>

struct _WbMessageLine
{
  GtkWidget parent_instance;

  GtkLabel *caption;
  GtkLabel *body;
};

G_DEFINE_FINAL_TYPE (WbMessageLine, wb_message_line, GTK_TYPE_WIDGET)

static void
wb_message_line_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (wb_message_line_parent_class)->dispose (object);
}

static void
wb_message_line_class_init (WbMessageLineClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_message_line_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "message-line");
}

static void
wb_message_line_init (WbMessageLine *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 3);

  self->caption = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_ellipsize (self->caption, PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (GTK_WIDGET (self->caption), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->caption), "dim-label");
  gtk_widget_set_parent (GTK_WIDGET (self->caption), GTK_WIDGET (self));

  self->body = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->body, TRUE);
  gtk_label_set_wrap_mode (self->body, PANGO_WRAP_WORD_CHAR);
  wb_verbatim_label (self->body);
  gtk_label_set_max_width_chars (self->body, 72);
  gtk_label_set_xalign (self->body, 0);
  gtk_widget_add_css_class (GTK_WIDGET (self->body), "body");
  gtk_widget_set_parent (GTK_WIDGET (self->body), GTK_WIDGET (self));
}

/**
 * wb_message_line_new:
 *
 * Returns: (transfer floating): an empty line
 */
GtkWidget *
wb_message_line_new (void)
{
  return g_object_new (WB_TYPE_MESSAGE_LINE, NULL);
}

static void
show_message (WbMessageLine *self,
              WbWireRow *row,
              const WbWireEvent *event,
              const char *charset,
              gboolean hex)
{
  const WbWireConversation *conversation = wb_wire_row_get_conversation (row);
  gsize length = 0;
  const void *data = g_bytes_get_data (event->data, &length);
  g_autofree char *text =
      hex ? wb_text_format_hex (data, length) : wb_text_escape (data, length, charset);
  g_autofree char *size = NULL;
  g_autofree char *caption = NULL;

  size = g_strdup_printf (ngettext ("%u byte", "%u bytes", (guint) event->length),
                          (guint) event->length);
  if (conversation != NULL && conversation->server)
    caption = g_strdup_printf ("%s · %s:%u · %s", wb_wire_row_get_time (row),
                               conversation->peer_host, conversation->peer_port, size);
  else
    caption = g_strdup_printf ("%s · %s", wb_wire_row_get_time (row), size);
  gtk_label_set_text (self->caption, caption);

  if (event->length > length)
    {
      /* Translators: %s is the beginning of a text, the number counts bytes. */
      g_autofree char *cut =
          g_strdup_printf (_ ("%s … and %u bytes more"), text, (guint) (event->length - length));

      gtk_label_set_text (self->body, cut);
    }
  else
    gtk_label_set_text (self->body, length == 0 ? _ ("(an empty datagram)") : text);
}

/**
 * wb_message_line_show:
 * @charset: of the message's text
 * @hex: show the bytes instead of the text
 *
 * Shows a message or a remark.
 */
void
wb_message_line_show (WbMessageLine *self, WbWireRow *row, const char *charset, gboolean hex)
{
  const WbWireEvent *event;
  const char *classes[] = { NULL, NULL };
  GtkAlign align = GTK_ALIGN_CENTER;

  g_return_if_fail (WB_IS_MESSAGE_LINE (self));
  g_return_if_fail (WB_IS_WIRE_ROW (row));

  event = wb_wire_row_get_event (row);
  if (event->direction != WB_WIRE_LOCAL && event->data != NULL)
    {
      gboolean sent = event->direction == WB_WIRE_SENT;

      show_message (self, row, event, charset, hex);
      classes[0] = sent ? "sent" : "received";
      align = sent ? GTK_ALIGN_END : GTK_ALIGN_START;
    }
  else
    {
      gtk_label_set_text (self->body, wb_wire_row_get_text (row));
      classes[0] = event->kind == WB_WIRE_ERROR ? "failed" : "noted";
    }

  gtk_widget_set_visible (GTK_WIDGET (self->caption), align != GTK_ALIGN_CENTER);
  gtk_widget_set_halign (GTK_WIDGET (self->caption), align);
  gtk_widget_set_halign (GTK_WIDGET (self->body), align);
  gtk_widget_set_css_classes (GTK_WIDGET (self), classes);
}

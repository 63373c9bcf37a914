/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-draft-preview.h"

#include "wb-header-table.h"
#include "wb-message-structure.h"
#include "wb-text-codec.h"
#include "wb-verbatim.h"

#include <glib/gi18n-lib.h>

#define SOURCE_MAX (256 * 1024)

struct _WbDraftPreview
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *shape;
  GtkLabel *facts;
  WbMessageStructure *structure;
  WbHeaderTable *headers;
  GtkTextView *source;
};

G_DEFINE_FINAL_TYPE (WbDraftPreview, wb_draft_preview, GTK_TYPE_WIDGET)

static void
wb_draft_preview_dispose (GObject *object)
{
  g_clear_pointer (&WB_DRAFT_PREVIEW (object)->box, gtk_widget_unparent);

  G_OBJECT_CLASS (wb_draft_preview_parent_class)->dispose (object);
}

static void
wb_draft_preview_class_init (WbDraftPreviewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_draft_preview_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

/* What each shape of a mail is good for. */
static const struct
{
  const char *type;
  const char *meaning;
} shapes[] = {
  { "multipart/mixed", N_ ("multipart/mixed: a text and files beside it.") },
  { "multipart/alternative",
    N_ ("multipart/alternative: the same text twice; the reader’s program shows the last form that "
        "it knows.") },
  { "multipart/related",
    N_ ("multipart/related: a formatted text and the pictures that stand in it.") },
};

static void
add_meanings (GString *text, const WbMessagePart *part, guint depth)
{
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    if (g_ascii_strcasecmp (part->type, shapes[i].type) == 0)
      g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", _ (shapes[i].meaning));
  for (guint i = 0; part->parts && i < part->parts->len && depth < 8; i++)
    add_meanings (text, g_ptr_array_index (part->parts, i), depth + 1);
}

static char *
explain (const WbMessagePart *tree)
{
  GString *text = g_string_new (NULL);

  add_meanings (text, tree, 0);
  if (text->len == 0)
    g_string_append (text, g_ascii_strcasecmp (tree->type, "text/html") == 0
                               ? _ ("text/html: formatted text alone; programs that know no HTML "
                                    "show its source.")
                               : _ ("text/plain: plain text alone, which every program can show."));
  return g_string_free (text, FALSE);
}

static GtkWidget *
create_source (WbDraftPreview *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *text = gtk_text_view_new ();

  self->source = GTK_TEXT_VIEW (text);
  gtk_text_view_set_editable (self->source, FALSE);
  gtk_text_view_set_monospace (self->source, TRUE);
  gtk_text_view_set_wrap_mode (self->source, GTK_WRAP_CHAR);
  wb_verbatim_buffer (gtk_text_view_get_buffer (self->source));
  gtk_text_view_set_left_margin (self->source, 12);
  gtk_text_view_set_right_margin (self->source, 12);
  gtk_text_view_set_top_margin (self->source, 6);
  gtk_accessible_update_property (GTK_ACCESSIBLE (text), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Source that will be sent"), -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), text);
  return scrolled;
}

static void
wb_draft_preview_init (WbDraftPreview *self)
{
  GtkWidget *stack = gtk_stack_new ();
  GtkWidget *switcher = gtk_stack_switcher_new ();
  GtkWidget *shape = gtk_label_new (NULL);
  GtkWidget *facts = gtk_label_new (NULL);
  GtkWidget *structure = wb_message_structure_new ();

  self->structure = WB_MESSAGE_STRUCTURE (structure);
  wb_message_structure_set_savable (self->structure, FALSE);
  gtk_stack_add_titled (GTK_STACK (stack), structure, "structure", _ ("Structure"));
  self->headers = WB_HEADER_TABLE (wb_header_table_new ());
  gtk_stack_add_titled (GTK_STACK (stack), GTK_WIDGET (self->headers), "headers", _ ("Headers"));
  gtk_stack_add_titled (GTK_STACK (stack), create_source (self), "source", _ ("Source"));
  gtk_widget_set_vexpand (stack, TRUE);
  gtk_widget_add_css_class (switcher, "mail-views");
  gtk_stack_switcher_set_stack (GTK_STACK_SWITCHER (switcher), GTK_STACK (stack));
  gtk_widget_set_halign (switcher, GTK_ALIGN_CENTER);
  gtk_widget_set_margin_top (switcher, 6);
  gtk_widget_set_margin_bottom (switcher, 6);
  self->shape = GTK_LABEL (shape);
  gtk_label_set_wrap (self->shape, TRUE);
  gtk_label_set_xalign (self->shape, 0);
  gtk_widget_add_css_class (shape, "mail-note");
  self->facts = GTK_LABEL (facts);
  gtk_label_set_wrap (self->facts, TRUE);
  gtk_label_set_xalign (self->facts, 0);
  gtk_widget_add_css_class (facts, "dim-label");
  gtk_widget_add_css_class (facts, "caption");
  gtk_widget_set_margin_start (facts, 12);
  gtk_widget_set_margin_end (facts, 12);
  gtk_widget_set_margin_top (facts, 6);
  gtk_widget_set_margin_bottom (facts, 6);

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (self->box), switcher);
  gtk_box_append (GTK_BOX (self->box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (self->box), shape);
  gtk_box_append (GTK_BOX (self->box), stack);
  gtk_box_append (GTK_BOX (self->box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (self->box), facts);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

/**
 * wb_draft_preview_show:
 * @self: the pane
 * @built: what would be sent
 * @message: the same, parsed
 *
 * Main thread.
 */
void
wb_draft_preview_show (WbDraftPreview *self, const WbMailPreview *built, WbMessage *message)
{
  gsize size = 0;
  const void *data = NULL;
  g_autofree char *text = NULL;
  g_autofree char *amount = NULL;
  g_autofree char *facts = NULL;
  g_autofree char *meaning = NULL;

  g_return_if_fail (WB_IS_DRAFT_PREVIEW (self));

  data = g_bytes_get_data (built->message, &size);
  text = wb_text_decode_lossy (data, MIN (size, SOURCE_MAX), "UTF-8");
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->source), text, -1);
  wb_message_structure_set_message (self->structure, message);
  wb_header_table_set_message (self->headers, message);
  meaning = explain (wb_message_get_tree (message));
  gtk_label_set_text (self->shape, meaning);
  gtk_widget_set_visible (GTK_WIDGET (self->shape), TRUE);
  amount = g_format_size (size);
  if (built->left_out > 0)
    {
      g_autofree char *left_out = g_format_size (built->left_out);

      /* Translators: both %s are sizes such as "12 kB" */
      facts =
          g_strdup_printf (_ ("%s, without %s of large attachments that this preview leaves "
                              "out. Each line is what goes over the wire, but for the date, which "
                              "will be that of the sending."),
                           amount, left_out);
    }
  else
    /* Translators: %s is a size such as "12 kB" */
    facts = g_strdup_printf (_ ("%s. Each line is what goes over the wire, but for the date, which "
                                "will be that of the sending."),
                             amount);
  gtk_label_set_text (self->facts, facts);
}

/**
 * wb_draft_preview_error:
 * @self: the pane
 * @why: why nothing can be built from what was written so far
 *
 * Main thread.
 */
void
wb_draft_preview_error (WbDraftPreview *self, const char *why)
{
  g_return_if_fail (WB_IS_DRAFT_PREVIEW (self));

  wb_message_structure_set_message (self->structure, NULL);
  wb_header_table_set_message (self->headers, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->shape), FALSE);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->source), "", -1);
  gtk_label_set_text (self->facts, why);
}

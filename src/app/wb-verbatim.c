/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-verbatim.h"

/* Pango puts a hyphen where it breaks a word, which nobody can tell from one that is there. */

static void
inserted_cb (GtkTextBuffer *buffer, GtkTextIter *end, char *text, int length, gpointer user_data)
{
  GtkTextIter start = *end;

  gtk_text_iter_backward_chars (&start, (int) g_utf8_strlen (text, length));
  gtk_text_buffer_apply_tag (buffer, user_data, &start, end);
}

/**
 * wb_verbatim_buffer:
 * @buffer: one whose text stands for bytes, while it is empty
 *
 * Lines are wrapped without a sign that is not in the text. Main thread.
 */
void
wb_verbatim_buffer (GtkTextBuffer *buffer)
{
  GtkTextTag *tag = gtk_text_buffer_create_tag (buffer, NULL, "insert-hyphens", FALSE, NULL);

  /* The tag lives as long as the buffer's table does. */
  g_signal_connect_after (buffer, "insert-text", G_CALLBACK (inserted_cb), tag);
}

/**
 * wb_verbatim_label:
 * @label: one that shows bytes
 *
 * The same for a label. Main thread.
 */
void
wb_verbatim_label (GtkLabel *label)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (label, attributes);
}

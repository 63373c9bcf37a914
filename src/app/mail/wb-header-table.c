/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-header-table.h"

#include "wb-text-codec.h"
#include "wb-verbatim.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* More are a mistake, and would only make the window slow. */
#define MOST 200

struct _WbHeaderTable
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkListBox *list;
  GtkToggleButton *raw;
  WbMessage *message;
};

G_DEFINE_FINAL_TYPE (WbHeaderTable, wb_header_table, GTK_TYPE_WIDGET)

static const struct
{
  const char *name;
  const char *meaning;
} meanings[] = {
  { "From", N_ ("Who writes. Servers do not have to believe it. (RFC 5322, 3.6.2)") },
  { "Sender", N_ ("Who sends it, where that is not who writes. (RFC 5322, 3.6.2)") },
  { "Reply-To", N_ ("Where answers are to go instead of to who writes. (RFC 5322, 3.6.2)") },
  { "To", N_ ("Whom it is for. Who gets it is told to the server apart from this, with RCPT TO. "
              "(RFC 5322, 3.6.3)") },
  { "Cc", N_ ("Who gets a copy, for everybody to see. (RFC 5322, 3.6.3)") },
  { "Bcc", N_ ("Who gets a copy unseen; it does not travel. (RFC 5322, 3.6.3)") },
  { "Subject", N_ ("What it is about. Other letters than ASCII travel encoded. (RFC 5322, 3.6.5; "
                   "RFC 2047)") },
  { "Date", N_ ("When it was written, by the clock of who writes. (RFC 5322, 3.6.1)") },
  { "Message-ID", N_ ("Its own name in the whole world; answers refer to it. (RFC 5322, 3.6.4)") },
  { "In-Reply-To", N_ ("Which mail it answers. (RFC 5322, 3.6.4)") },
  { "References", N_ ("The mails before it, by which programs make threads. (RFC 5322, 3.6.4)") },
  { "MIME-Version", N_ ("That the body is built as MIME says. (RFC 2045, 4)") },
  { "Content-Type", N_ ("What the body is: its kind, charset, and what divides its parts. "
                        "(RFC 2045, 5)") },
  { "Content-Transfer-Encoding", N_ ("How the bytes of the body became text that every server "
                                     "passes on. (RFC 2045, 6)") },
  { "Importance", N_ ("How urgent the writer finds it; programs show it as a mark. "
                      "(RFC 4021, 2.1.54)") },
  { "X-Priority", N_ ("The same for older programs; in no standard.") },
  { "Disposition-Notification-To", N_ ("Who asks to be told that it was read; the reader may "
                                       "refuse. (RFC 8098, 2.1)") },
  { "User-Agent", N_ ("Which program wrote it.") },
  { "X-Mailer", N_ ("Which program wrote it.") },
};

static void
wb_header_table_dispose (GObject *object)
{
  WbHeaderTable *self = WB_HEADER_TABLE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->message);

  G_OBJECT_CLASS (wb_header_table_parent_class)->dispose (object);
}

static void
wb_header_table_class_init (WbHeaderTableClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_header_table_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static const char *
find_meaning (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (meanings); i++)
    if (g_ascii_strcasecmp (meanings[i].name, name) == 0)
      return _ (meanings[i].meaning);
  return g_ascii_strncasecmp (name, "X-", 2) == 0 ? _ ("In no standard; for whoever knows it.")
                                                  : NULL;
}

/* The fields as they stand in the source, their folds included. */
static GPtrArray *
split_source (WbMessage *message)
{
  GPtrArray *fields = g_ptr_array_new_with_free_func (g_free);
  GBytes *source = wb_message_get_source (message);
  gsize size = 0;
  const char *data = g_bytes_get_data (source, &size);
  const char *end = memmem (data, size, "\r\n\r\n", 4);
  const char *at = data;

  end = end ? end : data + size;
  while (at < end)
    {
      const char *stop = at;

      do
        {
          stop = memchr (stop, '\n', (gsize) (end - stop));
          stop = stop ? stop + 1 : end;
        }
      while (stop < end && (*stop == ' ' || *stop == '\t'));
      g_ptr_array_add (fields, wb_text_decode_lossy (at, (gsize) (stop - at), "UTF-8"));
      g_strchomp (g_ptr_array_index (fields, fields->len - 1));
      at = stop;
    }
  return fields;
}

static GtkWidget *
create_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  wb_verbatim_label (GTK_LABEL (label));
  if (css_class)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
add_row (WbHeaderTable *self, const char *name, const char *value, gboolean raw)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *label = create_label (value, raw ? "monospace" : NULL);
  const char *meaning = find_meaning (name);
  g_autofree char *whole = raw ? g_strdup (value) : g_strdup_printf ("%s: %s", name, value);

  if (!raw)
    gtk_box_append (GTK_BOX (box), create_label (name, "heading"));
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_box_append (GTK_BOX (box), label);
  if (meaning)
    {
      GtkWidget *caption = create_label (meaning, "caption");

      gtk_widget_add_css_class (caption, "dim-label");
      gtk_box_append (GTK_BOX (box), caption);
    }
  gtk_widget_set_margin_top (box, 6);
  gtk_widget_set_margin_bottom (box, 6);
  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, whole, -1);
  gtk_list_box_append (self->list, row);
}

static void
add_raw_rows (WbHeaderTable *self)
{
  g_autoptr (GPtrArray) fields = split_source (self->message);

  for (guint i = 0; i < MIN (fields->len, MOST); i++)
    {
      const char *field = g_ptr_array_index (fields, i);
      g_autofree char *name = g_strndup (field, strcspn (field, ":"));

      add_row (self, name, field, TRUE);
    }
}

static void
add_decoded_rows (WbHeaderTable *self)
{
  for (guint i = 0; i < MIN (wb_message_get_n_headers (self->message), MOST); i++)
    {
      const char *name = NULL;
      const char *value = NULL;

      wb_message_get_nth_header (self->message, i, &name, &value);
      add_row (self, name, value ? value : "", FALSE);
    }
}

static void
show_rows (WbHeaderTable *self)
{
  GtkListBoxRow *row = NULL;

  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  if (!self->message)
    return;
  if (gtk_toggle_button_get_active (self->raw))
    add_raw_rows (self);
  else
    add_decoded_rows (self);
}

static void
wb_header_table_init (WbHeaderTable *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *raw = gtk_toggle_button_new_with_label (_ ("As It Travels"));

  self->list = GTK_LIST_BOX (list);
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_list_box_set_show_separators (self->list, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Headers that will be sent"), -1);
  self->raw = GTK_TOGGLE_BUTTON (raw);
  gtk_widget_set_halign (raw, GTK_ALIGN_START);
  gtk_widget_set_margin_start (raw, 12);
  gtk_widget_set_margin_top (raw, 6);
  gtk_widget_set_margin_bottom (raw, 6);
  gtk_widget_set_tooltip_text (raw, _ ("Encoded and folded, as it stands in the source"));
  g_signal_connect_swapped (raw, "toggled", G_CALLBACK (show_rows), self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), list);
  gtk_widget_set_vexpand (scrolled, TRUE);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (self->box), raw);
  gtk_box_append (GTK_BOX (self->box), scrolled);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

/**
 * wb_header_table_new:
 *
 * Returns: (transfer floating): an empty table
 */
GtkWidget *
wb_header_table_new (void)
{
  return g_object_new (WB_TYPE_HEADER_TABLE, NULL);
}

/**
 * wb_header_table_set_message:
 * @self: the table
 * @message: (nullable): whose headers to show
 */
void
wb_header_table_set_message (WbHeaderTable *self, WbMessage *message)
{
  g_return_if_fail (WB_IS_HEADER_TABLE (self));

  g_set_object (&self->message, message);
  show_rows (self);
}

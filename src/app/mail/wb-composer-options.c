/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-composer-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What few mails need, behind a button: priority, receipt, charset, headers, spelling, addresses.
 */

static const char *const charsets[] = { "UTF-8", "GB18030", "Big5", "ISO-8859-1", NULL };

static const char *const dictionary_folders[] = {
  "/usr/share/hunspell",
  "/usr/share/myspell",
  "/usr/share/myspell/dicts",
  "/usr/local/share/hunspell",
  NULL,
};

static GtkWidget *
add_row (GtkGrid *grid, int row, const char *name, GtkWidget *widget)
{
  GtkWidget *label = gtk_label_new (name);

  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_grid_attach (grid, label, 0, row, 1, 1);
  gtk_grid_attach (grid, widget, 1, row, 1, 1);
  gtk_widget_set_hexpand (widget, TRUE);
  return widget;
}

/* The name of what is several rows high stands beside the first of them. */
static void
add_high_row (GtkGrid *grid, int row, const char *name, GtkWidget *widget)
{
  GtkWidget *label = NULL;

  add_row (grid, row, name, widget);
  label = gtk_grid_get_child_at (grid, 0, row);
  gtk_widget_set_valign (label, GTK_ALIGN_START);
  gtk_widget_set_margin_top (label, 5);
}

static GSettings *
get_settings (WbComposer *self)
{
  return wb_workbench_get_settings (wb_mail_store_get_workbench (self->store));
}

static void
apply_spelling (WbComposer *self)
{
  GtkStringObject *item = gtk_drop_down_get_selected_item (self->spelling);
  gboolean on = gtk_drop_down_get_selected (self->spelling) > 0 && item;

  if (self->editor_ready)
    wb_html_editor_execute (wb_mail_store_get_html (self->store), self->editor, "CheckSpelling",
                            on ? gtk_string_object_get_string (item) : "");
}

/* What was chosen once holds for the mails after it. */
static void
spelling_selected_cb (WbComposer *self)
{
  guint selected = gtk_drop_down_get_selected (self->spelling);
  GtkStringObject *item = gtk_drop_down_get_selected_item (self->spelling);

  if (!self->filling && item)
    g_settings_set_string (get_settings (self), "spelling",
                           selected > 0 ? gtk_string_object_get_string (item) : "off");
  apply_spelling (self);
}

static gpointer
list_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; dictionary_folders[i]; i++)
    {
      g_autoptr (GDir) folder = g_dir_open (dictionary_folders[i], 0, NULL);
      const char *name = NULL;

      while (folder && (name = g_dir_read_name (folder)) != NULL)
        {
          g_autofree char *language = g_str_has_suffix (name, ".dic")
                                          ? g_strndup (name, strlen (name) - strlen (".dic"))
                                          : NULL;

          if (language && !g_str_has_prefix (language, "hyph_") &&
              !g_ptr_array_find_with_equal_func (names, language, g_str_equal, NULL))
            g_ptr_array_add (names, g_steal_pointer (&language));
        }
    }
  return names;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* As the language of the program, or for another country; 0 is none. */
static guint
find_own_language (GPtrArray *names)
{
  const char *const *wanted = g_get_language_names ();

  for (guint i = 0; wanted[i]; i++)
    for (guint j = 0; j < names->len; j++)
      {
        const char *name = g_ptr_array_index (names, j);
        gsize length = strlen (wanted[i]);

        if (strncmp (name, wanted[i], length) == 0 && (name[length] == '\0' || name[length] == '_'))
          return j + 1;
      }
  return 0;
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbComposer) self = user_data;
  g_autoptr (GPtrArray) names = wb_session_run_finish (WB_SESSION (source), result, NULL);
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);
  g_autofree char *chosen = NULL;
  gboolean filling = self->filling;
  guint selected = 0;
  guint at = 0;

  if (!self->store || !names)
    return;
  g_ptr_array_sort (names, compare_names);
  gtk_string_list_append (list, names->len > 0 ? _ ("Off") : _ ("No dictionary is installed"));
  for (guint i = 0; i < names->len; i++)
    gtk_string_list_append (list, g_ptr_array_index (names, i));
  chosen = g_settings_get_string (get_settings (self), "spelling");
  if (g_ptr_array_find_with_equal_func (names, chosen, g_str_equal, &at))
    selected = at + 1;
  else if (strcmp (chosen, "off") != 0)
    selected = find_own_language (names);
  self->filling = TRUE;
  gtk_drop_down_set_model (self->spelling, G_LIST_MODEL (list));
  gtk_drop_down_set_selected (self->spelling, selected);
  self->filling = filling;
  gtk_widget_set_sensitive (GTK_WIDGET (self->spelling), names->len > 0);
  gtk_widget_set_tooltip_text (
      GTK_WIDGET (self->spelling),
      names->len > 0 ? _ ("Wrong words are marked while you write, and those that stood there "
                          "before when the cursor comes by; a right click shows better ones")
                     : _ ("Install a dictionary for Hunspell in the languages that you write, such "
                          "as the package hunspell-en-us"));
}

static GtkWidget *
create_headers (WbComposer *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *view = gtk_text_view_new ();

  self->headers = GTK_TEXT_VIEW (view);
  gtk_text_view_set_monospace (self->headers, TRUE);
  gtk_text_view_set_accepts_tab (self->headers, FALSE);
  gtk_text_view_set_wrap_mode (self->headers, GTK_WRAP_CHAR);
  gtk_widget_set_size_request (scrolled, 200, 64);
  gtk_widget_add_css_class (scrolled, "card");
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), view);
  gtk_widget_set_tooltip_text (view, _ ("One a line, such as “X-Course: Networks”"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("More headers"), -1);
  g_signal_connect_swapped (gtk_text_view_get_buffer (self->headers), "changed",
                            G_CALLBACK (wb_composer_changed), self);
  return scrolled;
}

/* What is asked for next is not to stand below it. */
static void
close_options_cb (WbComposer *self)
{
  GtkWidget *popover = gtk_widget_get_ancestor (GTK_WIDGET (self->options), GTK_TYPE_POPOVER);

  gtk_popover_popdown (GTK_POPOVER (popover));
}

static GtkWidget *
create_addresses (WbComposer *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *import = gtk_button_new_with_label (_ ("Import…"));
  GtkWidget *export = gtk_button_new_with_label (_ ("Export…"));

  g_signal_connect_swapped (import, "clicked", G_CALLBACK (close_options_cb), self);
  g_signal_connect_swapped (import, "clicked", G_CALLBACK (wb_composer_import_addresses), self);
  g_signal_connect_swapped (export, "clicked", G_CALLBACK (close_options_cb), self);
  g_signal_connect_swapped (export, "clicked", G_CALLBACK (wb_composer_export_addresses), self);
  gtk_box_append (GTK_BOX (box), import);
  gtk_box_append (GTK_BOX (box), export);
  return box;
}

static GtkWidget *
create_signature (WbComposer *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *keep = gtk_button_new_with_label (_ ("Keep This Text"));
  GtkWidget *remove = gtk_button_new_with_label (_ ("Remove"));

  gtk_widget_set_tooltip_text (keep, _ ("What stands in this mail is put below each new one"));
  g_signal_connect_swapped (keep, "clicked", G_CALLBACK (close_options_cb), self);
  g_signal_connect_swapped (keep, "clicked", G_CALLBACK (wb_composer_keep_signature), self);
  g_signal_connect_swapped (remove, "clicked", G_CALLBACK (close_options_cb), self);
  g_signal_connect_swapped (remove, "clicked", G_CALLBACK (wb_composer_remove_signature), self);
  gtk_box_append (GTK_BOX (box), keep);
  gtk_box_append (GTK_BOX (box), remove);
  return box;
}

static GtkWidget *
create_templates (WbComposer *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *keep = gtk_button_new_with_label (_ ("Keep as One…"));
  GtkWidget *use = gtk_button_new_with_label (_ ("Use…"));

  gtk_widget_set_tooltip_text (
      keep, _ ("Keeps this mail to begin others with; fields such as “{{name}}” are asked for"));
  g_signal_connect_swapped (keep, "clicked", G_CALLBACK (close_options_cb), self);
  g_signal_connect_swapped (keep, "clicked", G_CALLBACK (wb_composer_keep_template), self);
  g_signal_connect_swapped (use, "clicked", G_CALLBACK (close_options_cb), self);
  g_signal_connect_swapped (use, "clicked", G_CALLBACK (wb_composer_choose_template), self);
  gtk_box_append (GTK_BOX (box), keep);
  gtk_box_append (GTK_BOX (box), use);
  return box;
}

/**
 * wb_composer_setup_options:
 * @self: the window
 *
 * Once, when its widgets are there. Main thread.
 */
void
wb_composer_setup_options (WbComposer *self)
{
  const char *priorities[] = { _ ("Normal"), _ ("High"), _ ("Low"), NULL };
  const char *nothing[] = { _ ("Off"), NULL };
  GtkGrid *grid = self->options;
  GtkWidget *merge = NULL;
  int row = 0;

  self->priority = GTK_DROP_DOWN (
      add_row (grid, row++, _ ("Priority"), gtk_drop_down_new_from_strings (priorities)));
  self->charset = GTK_DROP_DOWN (
      add_row (grid, row++, _ ("Charset"), gtk_drop_down_new_from_strings (charsets)));
  self->spelling = GTK_DROP_DOWN (
      add_row (grid, row++, _ ("Spelling"), gtk_drop_down_new_from_strings (nothing)));
  add_high_row (grid, row++, _ ("More headers"), create_headers (self));
  add_row (grid, row++, _ ("Address book"), create_addresses (self));
  add_row (grid, row++, _ ("Signature"), create_signature (self));
  add_row (grid, row++, _ ("Templates"), create_templates (self));
  merge = gtk_button_new_with_label (_ ("For Each Row of a Table…"));
  gtk_widget_set_tooltip_text (
      merge, _ ("A mail for each row of a CSV file; “{{name}}” stands for its column “name”"));
  g_signal_connect_swapped (merge, "clicked", G_CALLBACK (close_options_cb), self);
  g_signal_connect_swapped (merge, "clicked", G_CALLBACK (wb_composer_merge), self);
  add_row (grid, row++, _ ("Mail merge"), merge);
  add_high_row (grid, row++, _ ("Delivery report"), wb_composer_create_reports (self));
  self->receipt = GTK_CHECK_BUTTON (gtk_check_button_new_with_label (_ ("Ask for a read receipt")));
  gtk_grid_attach (grid, GTK_WIDGET (self->receipt), 0, row, 2, 1);
  g_signal_connect_swapped (self->priority, "notify::selected", G_CALLBACK (wb_composer_changed),
                            self);
  g_signal_connect_swapped (self->charset, "notify::selected", G_CALLBACK (wb_composer_changed),
                            self);
  g_signal_connect_swapped (self->receipt, "toggled", G_CALLBACK (wb_composer_changed), self);
  g_signal_connect_swapped (self->spelling, "notify::selected", G_CALLBACK (spelling_selected_cb),
                            self);
  wb_session_run_async (self->session, list_thread, NULL, NULL, (GDestroyNotify) g_ptr_array_unref,
                        NULL, listed_cb, g_object_ref (self));
}

/**
 * wb_composer_start_spelling:
 * @self: the window
 *
 * Tells the editor, which is there only now, what was chosen. Main thread.
 */
void
wb_composer_start_spelling (WbComposer *self)
{
  apply_spelling (self);
}

/**
 * wb_composer_collect_options:
 * @self: the window
 * @composition: what gets them
 *
 * Main thread.
 */
void
wb_composer_collect_options (WbComposer *self, WbComposition *composition)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->headers);
  GtkTextIter start;
  GtkTextIter end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  composition->reply_to = wb_address_field_dup_text (self->reply_to);
  composition->headers = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  composition->priority = gtk_drop_down_get_selected (self->priority);
  composition->receipt = gtk_check_button_get_active (self->receipt);
  wb_composer_collect_reports (self, composition);
  composition->charset = g_strdup (charsets[gtk_drop_down_get_selected (self->charset)]);
}

/**
 * wb_composer_fill_options:
 * @self: the window
 * @composition: where they come from
 *
 * Main thread.
 */
void
wb_composer_fill_options (WbComposer *self, const WbComposition *composition)
{
  wb_address_field_set_text (self->reply_to, composition->reply_to);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->headers),
                            composition->headers ? composition->headers : "", -1);
  gtk_drop_down_set_selected (self->priority, MIN (composition->priority, 2));
  gtk_check_button_set_active (self->receipt, composition->receipt);
  wb_composer_fill_reports (self, composition);
  for (guint i = 0; charsets[i]; i++)
    if (g_strcmp0 (charsets[i], composition->charset) == 0)
      gtk_drop_down_set_selected (self->charset, i);
}

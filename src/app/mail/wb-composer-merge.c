/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-composer-private.h"
#include "wb-dialogs.h"
#include "wb-mail-merge.h"

#include <glib/gi18n-lib.h>

/* One mail for each row of a table: each is looked at, then all go to the Outbox or none. */

/* What all of them may be together, since they are built in memory. */
#define MAXIMUM_TOGETHER ((gsize) 512 * 1024 * 1024)

typedef struct
{
  WbComposer *composer;
  WbMergeTable *table;
  WbComposition *base;
  guint row;
  char *path;

  GtkWidget *window;
  GtkLabel *place;
  GtkLabel *to;
  GtkLabel *subject;
  GtkTextView *text;
  GtkWidget *go;
} Merge;

/* Of what a worker builds while the window stays. */
typedef struct
{
  WbMergeTable *table;
  WbComposition *base;
  WbAccount *account;
} Building;

static void
merge_free (gpointer data)
{
  Merge *merge = data;

  g_clear_object (&merge->composer);
  g_clear_pointer (&merge->table, wb_merge_table_free);
  g_clear_pointer (&merge->base, wb_composition_free);
  g_free (merge->path);
  g_free (merge);
}

static void
building_free (gpointer data)
{
  Building *building = data;

  g_clear_pointer (&building->table, wb_merge_table_free);
  g_clear_pointer (&building->base, wb_composition_free);
  g_clear_object (&building->account);
  g_free (building);
}

static gpointer
build_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Building *building = data;
  g_autoptr (GPtrArray) messages =
      g_ptr_array_new_with_free_func ((GDestroyNotify) wb_mail_source_unref);
  g_autoptr (WbMaildir) maildir = NULL;
  guint64 together = 0;

  for (guint i = 0; i < building->table->rows->len; i++)
    {
      g_autoptr (WbComposition) one =
          wb_composition_merge (building->base, building->table, i, error);
      WbMailSource *mail = one ? wb_composition_build (one, cancellable, error) : NULL;

      if (!mail)
        {
          /* Translators: %u is the number of a row */
          g_prefix_error (error, _ ("Mail %u: "), i + 1);
          return NULL;
        }
      g_ptr_array_add (messages, mail);
      together += wb_mail_source_get_size (mail);
      if (together > MAXIMUM_TOGETHER)
        {
          g_set_error_literal (error, WB_MAIL_ERROR, WB_MAIL_ERROR_TOO_LARGE,
                               _ ("The mails are too large together. Divide the table, or mail the "
                                  "address of a file instead of the file."));
          return NULL;
        }
    }
  maildir = wb_account_open_folder (building->account, WB_FOLDER_OUTBOX, error);
  if (!maildir || !wb_maildir_deliver_sources (maildir, messages, NULL, error))
    return NULL;
  return GUINT_TO_POINTER (messages->len);
}

static void
built_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbComposer) self = user_data;
  g_autoptr (GError) error = NULL;
  guint n = GPOINTER_TO_UINT (wb_session_run_finish (WB_SESSION (source), result, &error));
  WbAccount *account = NULL;
  g_autofree char *text = NULL;

  if (!self->store)
    return;
  wb_composer_set_busy (self, FALSE);
  if (n == 0)
    {
      wb_composer_show_error (self, error->message);
      return;
    }
  account = wb_composer_get_account (self);
  wb_mail_folder_refresh (wb_mail_store_get_folder (self->store, account, WB_FOLDER_OUTBOX));
  text = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "%u mail is in the Outbox", "%u mails are in the Outbox", n),
      n);
  wb_workbench_toast (wb_mail_store_get_workbench (self->store), text);
}

static void
go_clicked_cb (GtkButton *button, gpointer user_data)
{
  Merge *merge = user_data;
  WbComposer *self = merge->composer;
  Building *building = g_new0 (Building, 1);

  building->table = g_steal_pointer (&merge->table);
  building->base = g_steal_pointer (&merge->base);
  building->account = g_object_ref (wb_composer_get_account (self));
  gtk_label_set_text (self->step, _ ("Building the mails"));
  wb_composer_set_busy (self, TRUE);
  wb_session_run_async (self->session, build_thread, building, building_free, NULL, NULL, built_cb,
                        g_object_ref (self));
  gtk_window_destroy (GTK_WINDOW (merge->window));
}

static void
show_row (Merge *merge)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbComposition) one =
      wb_composition_merge (merge->base, merge->table, merge->row, &error);
  g_autofree char *made = NULL;
  g_autofree char *place = NULL;

  place = g_strdup_printf (
      /* Translators: %u are numbers: which of how many mails */
      _ ("Mail %u of %u"), merge->row + 1, merge->table->rows->len);
  gtk_label_set_text (merge->place, place);
  gtk_label_set_text (merge->to, one && one->to ? one->to : "");
  gtk_label_set_text (merge->subject, one && one->subject ? one->subject : "");
  if (one && one->html)
    made = wb_html_to_text (one->html);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (merge->text),
                            !one        ? error->message
                            : made      ? made
                            : one->text ? one->text
                                        : "",
                            -1);
  gtk_widget_set_sensitive (merge->go, one != NULL);
}

static void
step_clicked_cb (GtkButton *button, gpointer user_data)
{
  Merge *merge = user_data;
  int by = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "by"));

  merge->row = (guint) CLAMP ((int) merge->row + by, 0, (int) merge->table->rows->len - 1);
  show_row (merge);
}

static GtkWidget *
create_step (Merge *merge, const char *icon, const char *name, int by)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  g_object_set_data (G_OBJECT (button), "by", GINT_TO_POINTER (by));
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect (button, "clicked", G_CALLBACK (step_clicked_cb), merge);
  return button;
}

static GtkLabel *
add_line (GtkBox *box)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_margin_start (label, 12);
  gtk_widget_set_margin_end (label, 12);
  gtk_box_append (box, label);
  return GTK_LABEL (label);
}

static GtkWidget *
create_text (Merge *merge)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *text = gtk_text_view_new ();

  merge->text = GTK_TEXT_VIEW (text);
  gtk_text_view_set_editable (merge->text, FALSE);
  gtk_text_view_set_wrap_mode (merge->text, GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_left_margin (merge->text, 12);
  gtk_text_view_set_right_margin (merge->text, 12);
  gtk_text_view_set_top_margin (merge->text, 12);
  gtk_accessible_update_property (GTK_ACCESSIBLE (text), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Text of this mail"), -1);
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), text);
  return scrolled;
}

static void
show_window (Merge *merge)
{
  GtkWidget *bar = adw_header_bar_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  merge->window = adw_window_new ();
  gtk_window_set_title (GTK_WINDOW (merge->window), _ ("Mail Merge"));
  gtk_window_set_default_size (GTK_WINDOW (merge->window), 480, 420);
  gtk_window_set_modal (GTK_WINDOW (merge->window), TRUE);
  gtk_window_set_transient_for (GTK_WINDOW (merge->window), GTK_WINDOW (merge->composer));
  merge->go = gtk_button_new_with_label (_ ("Put All into the Outbox"));
  gtk_widget_add_css_class (merge->go, "suggested-action");
  g_signal_connect (merge->go, "clicked", G_CALLBACK (go_clicked_cb), merge);
  adw_header_bar_pack_start (ADW_HEADER_BAR (bar), merge->go);
  adw_header_bar_pack_end (ADW_HEADER_BAR (bar),
                           create_step (merge, "go-next-symbolic", _ ("Next mail"), 1));
  adw_header_bar_pack_end (ADW_HEADER_BAR (bar),
                           create_step (merge, "go-previous-symbolic", _ ("Previous mail"), -1));
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (bar), gtk_box_new (GTK_ORIENTATION_VERTICAL, 0));
  gtk_box_append (GTK_BOX (box), bar);
  merge->place = add_line (GTK_BOX (box));
  gtk_widget_add_css_class (GTK_WIDGET (merge->place), "dim-label");
  merge->to = add_line (GTK_BOX (box));
  merge->subject = add_line (GTK_BOX (box));
  gtk_widget_add_css_class (GTK_WIDGET (merge->subject), "heading");
  gtk_box_append (GTK_BOX (box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (box), create_text (merge));
  adw_window_set_content (ADW_WINDOW (merge->window), box);
  g_object_set_data_full (G_OBJECT (merge->window), "merge", merge, merge_free);
  show_row (merge);
  gtk_window_present (GTK_WINDOW (merge->window));
}

static gpointer
load_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  g_autofree char *text = NULL;
  gsize length = 0;

  if (!g_file_get_contents (data, &text, &length, error))
    return NULL;
  return wb_merge_table_parse (text, length, error);
}

static void
free_table (gpointer data)
{
  wb_merge_table_free (data);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Merge *merge = user_data;
  g_autoptr (GError) error = NULL;

  merge->table = wb_session_run_finish (WB_SESSION (source), result, &error);
  if (merge->table && merge->composer->store)
    {
      show_window (merge);
      return;
    }
  if (merge->composer->store)
    wb_composer_show_error (merge->composer, error->message);
  merge_free (merge);
}

static void
snapshot_taken (WbComposer *self, WbComposition *composition, const GError *error)
{
  Merge *merge = NULL;

  if (!composition)
    {
      wb_composer_show_error (self, error->message);
      return;
    }
  merge = g_new0 (Merge, 1);
  merge->composer = g_object_ref (self);
  merge->base = composition;
  wb_session_run_async (self->session, load_thread, g_steal_pointer (&self->merge_path), g_free,
                        free_table, NULL, loaded_cb, merge);
}

static void
chosen_cb (GListModel *files, gpointer user_data)
{
  WbComposer *self = user_data;
  g_autoptr (GFile) file = g_list_model_get_item (files, 0);

  if (!file || !self->store || !g_file_peek_path (file))
    return;
  g_free (self->merge_path);
  self->merge_path = g_file_get_path (file);
  wb_composer_snapshot (self, snapshot_taken);
}

/**
 * wb_composer_merge:
 * @self: the window, whose mail has fields such as "{{name}}"
 *
 * Asks for a table and shows what each mail would be. Main thread.
 */
void
wb_composer_merge (WbComposer *self)
{
  wb_choose_files (GTK_WIDGET (self), _ ("Choose a Table"), GTK_FILE_CHOOSER_ACTION_OPEN, FALSE,
                   NULL, chosen_cb, g_object_ref (self), g_object_unref);
}

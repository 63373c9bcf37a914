/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-composer-private.h"
#include "wb-dialogs.h"
#include "wb-wrap-box.h"
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
  GArray *wrong; /* (element-type guint): rows whose recipients are wrong */

  GtkWidget *window;
  GtkLabel *place;
  GtkLabel *to;
  GtkLabel *problem;
  GtkLabel *subject;
  GtkTextView *text;
  GtkWidget *go;
  GtkWidget *send;
} Merge;

/* What a worker reads; @base stays with the window to be. */
typedef struct
{
  char *path;
  const WbComposition *base;
  WbMergeTable *table;
  GArray *wrong;
} Loading;

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
  g_clear_pointer (&merge->wrong, g_array_unref);
  g_free (merge);
}

static void
loading_free (gpointer data)
{
  Loading *loading = data;

  g_free (loading->path);
  g_clear_pointer (&loading->table, wb_merge_table_free);
  g_clear_pointer (&loading->wrong, g_array_unref);
  g_free (loading);
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
  GPtrArray *names = NULL;
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
  if (!maildir || !wb_maildir_deliver_sources (maildir, messages, &names, error))
    return NULL;
  return names;
}

static void
free_names (gpointer data)
{
  g_ptr_array_unref (data);
}

static void
built_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbComposer) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) names = wb_session_run_finish (WB_SESSION (source), result, &error);
  WbAccount *account = NULL;
  g_autofree char *text = NULL;

  if (!self->store)
    return;
  wb_composer_set_busy (self, FALSE);
  if (!names)
    {
      if (g_error_matches (error, WB_MAIL_ERROR, WB_MAIL_ERROR_FILE))
        wb_composer_look_at_files (self);
      wb_composer_show_error (self, error->message);
      return;
    }
  account = wb_composer_get_account (self);
  wb_mail_folder_refresh (wb_mail_store_get_folder (self->store, account, WB_FOLDER_OUTBOX));
  if (self->merge_now)
    {
      wb_composer_send_merged (self, names);
      return;
    }
  text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u mail is in the Outbox",
                                       "%u mails are in the Outbox", names->len),
                          names->len);
  wb_workbench_toast (wb_mail_store_get_workbench (self->store), text);
}

static void
go (Merge *merge, gboolean now)
{
  WbComposer *self = merge->composer;
  Building *building = g_new0 (Building, 1);

  building->table = g_steal_pointer (&merge->table);
  building->base = g_steal_pointer (&merge->base);
  building->account = g_object_ref (wb_composer_get_account (self));
  self->merge_now = now;
  gtk_label_set_text (self->step, _ ("Building the mails"));
  wb_composer_set_busy (self, TRUE);
  wb_session_run_async (self->session, build_thread, building, building_free, free_names, NULL,
                        built_cb, g_object_ref (self));
  gtk_window_destroy (GTK_WINDOW (merge->window));
}

static void
go_clicked_cb (GtkButton *button, gpointer user_data)
{
  go (user_data, FALSE);
}

static void
send_clicked_cb (GtkButton *button, gpointer user_data)
{
  go (user_data, TRUE);
}

static char *
describe_place (Merge *merge)
{
  g_autofree char *place = g_strdup_printf (
      /* Translators: %u are numbers: which of how many mails */
      _ ("Mail %u of %u"), merge->row + 1, merge->table->rows->len);

  if (merge->wrong->len == 0)
    return g_steal_pointer (&place);
  return g_strdup_printf (
      /* Translators: %s is such as "Mail 1 of 30", %u a number of mails */
      g_dngettext (GETTEXT_PACKAGE, "%s; %u has a wrong address", "%s; %u have wrong addresses",
                   merge->wrong->len),
      place, merge->wrong->len);
}

static void
show_row (Merge *merge)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbComposition) one =
      wb_composition_merge (merge->base, merge->table, merge->row, &error);
  g_autoptr (GError) wrong = NULL;
  g_autofree char *made = NULL;
  g_autofree char *place = describe_place (merge);

  gtk_label_set_text (merge->place, place);
  gtk_label_set_text (merge->to, one && one->to ? one->to : "");
  if (one)
    wb_composition_check_recipients (one, &wrong);
  gtk_label_set_text (merge->problem, wrong ? wrong->message : "");
  gtk_widget_set_visible (GTK_WIDGET (merge->problem), wrong != NULL);
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
  gtk_widget_set_sensitive (merge->send, one != NULL);
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

/* Below, where a narrow window has one under the other. */
static GtkWidget *
create_buttons (Merge *merge)
{
  GtkWidget *row = wb_wrap_box_new (6);
  GtkWidget *space = gtk_label_new (NULL);

  merge->go = gtk_button_new_with_label (_ ("Put All into the Outbox"));
  g_signal_connect (merge->go, "clicked", G_CALLBACK (go_clicked_cb), merge);
  merge->send = gtk_button_new_with_label (_ ("Send All Now"));
  gtk_widget_add_css_class (merge->send, "suggested-action");
  g_signal_connect (merge->send, "clicked", G_CALLBACK (send_clicked_cb), merge);
  gtk_widget_set_hexpand (space, TRUE);
  wb_wrap_box_insert (WB_WRAP_BOX (row), space, NULL);
  wb_wrap_box_insert (WB_WRAP_BOX (row), merge->go, NULL);
  wb_wrap_box_insert (WB_WRAP_BOX (row), merge->send, NULL);
  gtk_widget_set_margin_start (row, 12);
  gtk_widget_set_margin_end (row, 12);
  gtk_widget_set_margin_bottom (row, 12);
  gtk_widget_set_margin_top (row, 6);
  return row;
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
  adw_header_bar_pack_start (ADW_HEADER_BAR (bar),
                             create_step (merge, "go-previous-symbolic", _ ("Previous mail"), -1));
  adw_header_bar_pack_start (ADW_HEADER_BAR (bar),
                             create_step (merge, "go-next-symbolic", _ ("Next mail"), 1));
  gtk_box_append (GTK_BOX (box), bar);
  merge->place = add_line (GTK_BOX (box));
  gtk_widget_add_css_class (GTK_WIDGET (merge->place), "dim-label");
  merge->to = add_line (GTK_BOX (box));
  merge->problem = add_line (GTK_BOX (box));
  gtk_label_set_wrap (merge->problem, TRUE);
  gtk_label_set_ellipsize (merge->problem, PANGO_ELLIPSIZE_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (merge->problem), "error");
  merge->subject = add_line (GTK_BOX (box));
  gtk_widget_add_css_class (GTK_WIDGET (merge->subject), "heading");
  gtk_box_append (GTK_BOX (box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (box), create_text (merge));
  gtk_box_append (GTK_BOX (box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (box), create_buttons (merge));
  adw_window_set_content (ADW_WINDOW (merge->window), box);
  g_object_set_data_full (G_OBJECT (merge->window), "merge", merge, merge_free);
  wb_close_on_escape (merge->window);
  /* What needs a look comes first. */
  if (merge->wrong->len > 0)
    merge->row = g_array_index (merge->wrong, guint, 0);
  show_row (merge);
  gtk_window_present (GTK_WINDOW (merge->window));
}

/* Of a row only the recipients are made: what a mail carries may be large. */
static GArray *
find_wrong (const WbComposition *base, const WbMergeTable *table)
{
  GArray *wrong = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (WbComposition) addressed = wb_composition_new ();

  addressed->to = g_strdup (base->to);
  addressed->cc = g_strdup (base->cc);
  addressed->bcc = g_strdup (base->bcc);
  for (guint i = 0; i < table->rows->len; i++)
    {
      g_autoptr (WbComposition) one = wb_composition_merge (addressed, table, i, NULL);

      if (!one || !wb_composition_check_recipients (one, NULL))
        g_array_append_val (wrong, i);
    }
  return wrong;
}

static gpointer
load_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Loading *loading = data;
  g_autofree char *text = NULL;
  gsize length = 0;

  if (!g_file_get_contents (loading->path, &text, &length, error))
    return NULL;
  loading->table = wb_merge_table_parse (text, length, error);
  if (!loading->table)
    return NULL;
  loading->wrong = find_wrong (loading->base, loading->table);
  return loading;
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Merge *merge = user_data;
  g_autoptr (GError) error = NULL;
  Loading *loading = wb_session_run_finish (WB_SESSION (source), result, &error);

  if (loading && merge->composer->store)
    {
      merge->table = g_steal_pointer (&loading->table);
      merge->wrong = g_steal_pointer (&loading->wrong);
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
  Loading *loading = NULL;

  if (!composition)
    {
      wb_composer_show_error (self, error->message);
      return;
    }
  merge = g_new0 (Merge, 1);
  merge->composer = g_object_ref (self);
  merge->base = composition;
  loading = g_new0 (Loading, 1);
  loading->path = g_steal_pointer (&self->merge_path);
  loading->base = merge->base;
  wb_session_run_async (self->session, load_thread, loading, loading_free, NULL, NULL, loaded_cb,
                        merge);
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

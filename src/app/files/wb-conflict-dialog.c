/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-conflict-dialog.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#define TIME_TO_SECOND "%Y-%m-%d %H:%M:%S"

struct _WbConflictDialog
{
  GtkWindow parent_instance;

  /* Borrowed */
  GtkListBox *choices;
  GtkCheckButton *for_all;

  /* Owned */
  WbFtpTransfer *transfer;
  gboolean answered;
};

enum
{
  DONE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbConflictDialog, wb_conflict_dialog, GTK_TYPE_WINDOW)

/* The rule to ask is that of a cancel. */
static const struct
{
  WbFtpIfExists rule;
  const char *title;
  const char *subtitle;
} answers[] = {
  { WB_FTP_IF_EXISTS_OVERWRITE, N_ ("Overwrite"),
    N_ ("The old file stays until the new one is complete") },
  { WB_FTP_IF_EXISTS_NEWER, N_ ("Overwrite If Newer"),
    N_ ("An older or equally old one is skipped") },
  { WB_FTP_IF_EXISTS_RESUME, N_ ("Resume"),
    N_ ("Skipped where the sizes are the same; what broke off goes on") },
  { WB_FTP_IF_EXISTS_RENAME, N_ ("Keep Both"), N_ ("The new one gets a number in its name") },
  { WB_FTP_IF_EXISTS_SKIP, N_ ("Skip"), N_ ("Nothing changes") },
  { WB_FTP_IF_EXISTS_ASK, N_ ("Cancel Transfer"), N_ ("It can be tried again later") },
};

static void
activated_cb (WbConflictDialog *self, GtkListBoxRow *row)
{
  WbFtpQueue *queue = wb_ftp_transfer_get_queue (self->transfer);
  WbFtpIfExists rule = answers[gtk_list_box_row_get_index (row)].rule;

  if (self->answered)
    return;
  self->answered = TRUE;
  if (queue != NULL)
    wb_ftp_queue_answer (queue, self->transfer, rule, gtk_check_button_get_active (self->for_all));
  gtk_window_destroy (GTK_WINDOW (self));
}

/* Somebody else has seen to it: the row's own Cancel, or an end of the queue. */
static void
state_cb (WbConflictDialog *self)
{
  if (!self->answered && wb_ftp_transfer_get_state (self->transfer) != WB_FTP_TRANSFER_CONFLICT)
    gtk_window_destroy (GTK_WINDOW (self));
}

static char *
describe_file (gint64 size, gint64 modified)
{
  g_autofree char *size_text = size >= 0 ? g_format_size (size) : g_strdup (_ ("size not known"));
  g_autoptr (GDateTime) time = modified >= 0 ? g_date_time_new_from_unix_local (modified) : NULL;
  g_autofree char *time_text =
      time != NULL ? g_date_time_format (time, TIME_TO_SECOND) : g_strdup (_ ("time not known"));

  return g_strdup_printf ("%s · %s", size_text, time_text);
}

static GtkWidget *
create_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
add_file (GtkGrid *grid,
          int row,
          const char *title,
          const char *where,
          gint64 size,
          gint64 modified)
{
  g_autofree char *what = describe_file (size, modified);
  GtkWidget *heading = create_label (title, "heading");
  GtkWidget *place = create_label (where, "caption");

  gtk_label_set_ellipsize (GTK_LABEL (place), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_wrap (GTK_LABEL (place), FALSE);
  gtk_widget_set_hexpand (place, TRUE);
  gtk_grid_attach (grid, heading, 0, row, 1, 1);
  gtk_grid_attach (grid, create_label (what, "numeric"), 0, row + 1, 1, 1);
  gtk_grid_attach (grid, place, 0, row + 2, 1, 1);
}

static GtkWidget *
create_files (WbFtpTransfer *transfer)
{
  const WbFtpConflict *conflict = wb_ftp_transfer_get_conflict (transfer);
  GtkWidget *grid = gtk_grid_new ();
  g_autofree char *local = g_file_get_parse_name (wb_ftp_transfer_get_local (transfer));
  g_autofree char *remote = g_utf8_make_valid (wb_ftp_transfer_get_remote (transfer), -1);
  gboolean upload = wb_ftp_transfer_is_upload (transfer);

  gtk_grid_set_row_spacing (GTK_GRID (grid), 3);
  add_file (GTK_GRID (grid), 0, _ ("There already"), upload ? remote : local, conflict->target_size,
            conflict->target_modified);
  add_file (GTK_GRID (grid), 3, _ ("To take its place"), upload ? local : remote,
            conflict->source_size, conflict->source_modified);
  gtk_widget_set_margin_top (gtk_grid_get_child_at (GTK_GRID (grid), 0, 3), 9);
  return grid;
}

static GtkWidget *
create_choices (WbConflictDialog *self)
{
  GtkWidget *list = gtk_list_box_new ();

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      GtkWidget *row = adw_action_row_new ();

      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (answers[i].title));
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _ (answers[i].subtitle));
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
      gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      _ (answers[i].title), -1);
      gtk_list_box_append (GTK_LIST_BOX (list), row);
    }
  g_signal_connect_swapped (list, "row-activated", G_CALLBACK (activated_cb), self);
  return list;
}

static void
wb_conflict_dialog_dispose (GObject *object)
{
  WbConflictDialog *self = WB_CONFLICT_DIALOG (object);

  if (self->transfer != NULL)
    g_signal_emit (self, signals[DONE], 0);
  g_clear_object (&self->transfer);

  G_OBJECT_CLASS (wb_conflict_dialog_parent_class)->dispose (object);
}

static void
wb_conflict_dialog_class_init (WbConflictDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_conflict_dialog_dispose;
  signals[DONE] = g_signal_new ("done", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
wb_conflict_dialog_init (WbConflictDialog *self)
{
}

/**
 * wb_conflict_dialog_new:
 * @transfer: one that waits for an answer
 *
 * Returns: the dialog, not shown yet
 */
GtkWidget *
wb_conflict_dialog_new (GtkWindow *parent, WbFtpTransfer *transfer)
{
  WbConflictDialog *self = NULL;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *header = adw_header_bar_new ();
  g_autofree char *base = g_file_get_basename (wb_ftp_transfer_get_local (transfer));
  g_autofree char *name = wb_ftp_name_dup_shown (base);
  /* Translators: %s is the name of a file. */
  g_autofree char *heading = g_strdup_printf (_ ("“%s” exists already"), name);

  self = g_object_new (WB_TYPE_CONFLICT_DIALOG, "transient-for", parent, "modal", TRUE, "title",
                       _ ("Name Taken"), "default-width", 400, NULL);
  self->transfer = g_object_ref (transfer);
  g_signal_connect_object (transfer, "notify::state", G_CALLBACK (state_cb), self,
                           G_CONNECT_SWAPPED);

  self->for_all =
      GTK_CHECK_BUTTON (gtk_check_button_new_with_label (_ ("Do the same for all further ones")));
  self->choices = GTK_LIST_BOX (create_choices (self));
  gtk_box_append (GTK_BOX (box), create_label (heading, "title-4"));
  gtk_box_append (GTK_BOX (box), create_files (transfer));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->for_all));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->choices));
  gtk_widget_set_margin_start (box, 18);
  gtk_widget_set_margin_end (box, 18);
  gtk_widget_set_margin_top (box, 6);
  gtk_widget_set_margin_bottom (box, 18);

  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), 640);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), box);
  gtk_window_set_titlebar (GTK_WINDOW (self), header);
  gtk_window_set_child (GTK_WINDOW (self), scroller);
  return GTK_WIDGET (self);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-case-view.h"

#include "wb-button.h"
#include "wb-capitalize.h"
#include "wb-case.h"
#include "wb-error.h"
#include "wb-step-row.h"
#include "wb-text-codec.h"
#include "wb-width-bin.h"

#include <glib/gi18n-lib.h>
#include <gtksourceview/gtksource.h>
#include <string.h>

/* A case is over in the blink of an eye; its steps are shown no faster than an eye can follow. */
#define STEP_MILLISECONDS 260

struct _WbCaseView
{
  AdwBin parent_instance;

  /* Template */
  WbWidthBin *width;
  GtkWidget *back;
  GtkLabel *title;
  GtkButton *run;
  GtkLabel *summary;
  GtkBox *columns;
  GtkListBox *steps;
  GtkLabel *error;
  AdwEntryRow *text;
  AdwComboRow *charset;
  AdwEntryRow *port;
  AdwEntryRow *against;
  AdwPasswordEntryRow *password;
  GtkToggleButton *python;
  GtkSourceView *code;

  /* Owned */
  WbWorkbench *workbench;
  WbSession *session;
  GCancellable *cancellable; /* of the run on show; NULL when none goes on */
  GQueue news;               /* News, not shown yet */
  guint news_id;
  guint number;
  int step; /* the one whose code is marked; -1 is none */
};

G_DEFINE_FINAL_TYPE (WbCaseView, wb_case_view, ADW_TYPE_BIN)

/* Cases 01, 03 and 04 are servers themselves; the others need one. */
static gboolean
case_is_server (guint number)
{
  return number == 1 || number == 3 || number == 4;
}

/* What a run tells: a step, or, with @last, how it ended. */
typedef struct
{
  WbCaseView *view;
  GCancellable *run;
  gboolean last;
  guint step;
  WbCaseStepState state;
  char *detail; /* nullable; of the last the error, if there is one */
} News;

static void
news_free (gpointer data)
{
  News *news = data;

  g_clear_object (&news->view);
  g_object_unref (news->run);
  g_free (news->detail);
  g_free (news);
}

/* ── Code ── */

static void
mark_step (WbCaseView *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->code));
  gboolean python = gtk_toggle_button_get_active (self->python);
  const guint *lines;
  const WbCaseStep *steps;
  guint n_steps = 0;
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_remove_tag_by_name (buffer, "current", &start, &end);
  steps = wb_case_get_steps (self->number, &n_steps);
  if (self->step < 0 || (guint) self->step >= n_steps)
    return;

  lines = python ? steps[self->step].python : steps[self->step].c;
  if (lines[0] == 0 || lines[1] < lines[0])
    return;
  gtk_text_buffer_get_iter_at_line (buffer, &start, (int) lines[0] - 1);
  gtk_text_buffer_get_iter_at_line (buffer, &end, (int) lines[1]);
  gtk_text_buffer_apply_tag_by_name (buffer, "current", &start, &end);
  gtk_text_view_scroll_to_iter (GTK_TEXT_VIEW (self->code), &start, 0, TRUE, 0, 0.3);
}

static void
show_code (WbCaseView *self)
{
  gboolean python = gtk_toggle_button_get_active (self->python);
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->code));
  GtkSourceLanguage *language = gtk_source_language_manager_get_language (
      gtk_source_language_manager_get_default (), python ? "python3" : "c");

  gtk_source_buffer_set_language (GTK_SOURCE_BUFFER (buffer), language);
  gtk_text_buffer_set_text (
      buffer, python ? wb_case_get_python (self->number) : wb_case_get_c (self->number), -1);
  mark_step (self);
}

static void
language_toggled_cb (WbCaseView *self)
{
  if (self->number != 0)
    show_code (self);
}

static void
update_style (WbCaseView *self)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->code));
  GtkTextTag *tag = gtk_text_tag_table_lookup (gtk_text_buffer_get_tag_table (buffer), "current");

  gtk_source_buffer_set_style_scheme (
      GTK_SOURCE_BUFFER (buffer),
      gtk_source_style_scheme_manager_get_scheme (gtk_source_style_scheme_manager_get_default (),
                                                  dark ? "Adwaita-dark" : "Adwaita"));
  g_object_set (tag, "paragraph-background", dark ? "#1c3d5c" : "#d5e6fb", NULL);
}

/* ── Running ── */

static void
set_running (WbCaseView *self, gboolean running)
{
  const char *label = running ? _ ("_Stop") : _ ("_Run");

  wb_button_set_text (self->run, label);
  if (running)
    gtk_widget_remove_css_class (GTK_WIDGET (self->run), "suggested-action");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->run), "suggested-action");
}

static void
show_error (WbCaseView *self, const char *message)
{
  gtk_label_set_text (self->error, message == NULL ? "" : message);
  gtk_widget_set_visible (GTK_WIDGET (self->error), message != NULL);
}

static void
show_news (WbCaseView *self, const News *news)
{
  static const WbStepState states[] = { WB_STEP_BEGUN, WB_STEP_DONE, WB_STEP_FAILED };
  GtkListBoxRow *row;

  if (news->last)
    {
      g_clear_object (&self->cancellable);
      set_running (self, FALSE);
      show_error (self, news->detail);
      return;
    }

  row = gtk_list_box_get_row_at_index (self->steps, (int) news->step);
  if (row != NULL)
    wb_step_row_set_state (WB_STEP_ROW (row), states[news->state], news->detail);
  self->step = (int) news->step;
  mark_step (self);
}

static gboolean show_news_timeout (gpointer user_data);

static void
show_next_news (WbCaseView *self)
{
  News *news;

  /* The end of a step and the beginning of the next come together; the eye rests on the step that
   * is going on.
   */
  while ((news = g_queue_pop_head (&self->news)) != NULL)
    {
      gboolean begun = !news->last && news->state == WB_CASE_STEP_BEGUN;
      gboolean current = news->run == self->cancellable;

      if (current)
        show_news (self, news);
      news_free (news);
      if (!current || !begun)
        continue;
      self->news_id = g_timeout_add (STEP_MILLISECONDS, show_news_timeout, self);
      return;
    }
}

static gboolean
show_news_timeout (gpointer user_data)
{
  WbCaseView *self = user_data;

  self->news_id = 0;
  show_next_news (self);
  return G_SOURCE_REMOVE;
}

static gboolean
take_news_idle (gpointer data)
{
  News *news = data;
  g_autoptr (WbCaseView) self = g_steal_pointer (&news->view);

  if (self->workbench == NULL || news->run != self->cancellable)
    {
      news_free (news);
      return G_SOURCE_REMOVE;
    }
  g_queue_push_tail (&self->news, news);
  if (self->news_id == 0)
    show_next_news (self);
  return G_SOURCE_REMOVE;
}

typedef struct
{
  WbCaseView *view;
  GCancellable *run;
  guint number;
  WbLab *lab;
  WbTrust *trust;
  WbWire *wire;
  char *text;
  char *charset;
  char *against;
  char *password;
  guint16 port;
} Run;

static void
run_free (gpointer data)
{
  Run *run = data;

  g_object_unref (run->view);
  g_object_unref (run->run);
  g_clear_object (&run->lab);
  g_object_unref (run->trust);
  g_object_unref (run->wire);
  g_free (run->text);
  g_free (run->charset);
  g_free (run->against);
  if (run->password != NULL)
    explicit_bzero (run->password, strlen (run->password));
  g_free (run->password);
  g_free (run);
}

static News *
news_new (Run *run)
{
  News *news = g_new0 (News, 1);

  news->view = g_object_ref (run->view);
  news->run = g_object_ref (run->run);
  return news;
}

/* On the thread that runs the case. */
static void
step_func (guint step, WbCaseStepState state, const char *detail, gpointer user_data)
{
  News *news = news_new (user_data);

  news->step = step;
  news->state = state;
  news->detail = g_strdup (detail);
  g_idle_add_full (G_PRIORITY_DEFAULT, take_news_idle, news, NULL);
}

static gpointer
run_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Run *run = data;
  WbCaseOptions options = {
    .lab = run->lab,
    .trust = run->trust,
    .wire = run->wire,
    .against = run->against,
    .password = run->password,
    .text = run->text,
    .charset = run->charset,
    .port = run->port,
  };
  g_autoptr (GError) local = NULL;
  News *news;

  wb_case_run (run->number, &options, step_func, run, cancellable, &local);
  news = news_new (run);
  news->last = TRUE;
  if (local != NULL && !g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    news->detail = g_strdup (local->message);
  g_idle_add_full (G_PRIORITY_DEFAULT, take_news_idle, news, NULL);
  return g_object_ref (run->run);
}

static void
ran_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbCaseView) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) run = wb_session_run_finish (WB_SESSION (source), result, &error);

  if (self->workbench != NULL && run == self->cancellable)
    {
      guint64 first, end, now;
      gboolean server;

      wb_workbench_get_case (self->workbench, &first, &end, &server);
      wb_wire_get_range (wb_workbench_get_wire (self->workbench), NULL, &now);
      wb_workbench_set_case (self->workbench, first, now, server);
    }
}

static char *
dup_if_typed (gpointer editable)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (editable));

  return *text == '\0' ? NULL : g_strdup (text);
}

static gboolean
read_port (WbCaseView *self, guint16 *port)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->port));
  guint64 number = 0;

  if (*text != '\0' && !g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT16, &number, NULL))
    return FALSE;
  *port = (guint16) number;
  return TRUE;
}

static void
lab_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  WbCaseView *self = run->view;
  g_autoptr (GError) error = NULL;
  WbLab *lab = wb_workbench_load_lab_finish (WB_WORKBENCH (source), result, &error);
  guint64 now;

  if (self->workbench == NULL || run->run != self->cancellable)
    {
      run_free (run);
      return;
    }
  if (lab == NULL)
    {
      g_clear_object (&self->cancellable);
      set_running (self, FALSE);
      show_error (self, error->message);
      run_free (run);
      return;
    }

  run->lab = g_object_ref (lab);
  wb_wire_get_range (run->wire, NULL, &now);
  wb_workbench_set_case (self->workbench, now, G_MAXUINT64, case_is_server (self->number));
  /* A session of its own each time: a case that was stopped must not keep the next one waiting. */
  g_clear_object (&self->session);
  self->session = wb_session_new ("case");
  wb_session_run_async (self->session, run_thread, run, run_free, g_object_unref, run->run, ran_cb,
                        g_object_ref (self));
}

static void
clear_run (WbCaseView *self)
{
  News *news;

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->news_id, g_source_remove);
  while ((news = g_queue_pop_head (&self->news)) != NULL)
    news_free (news);
}

static void
reset_steps (WbCaseView *self)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->steps, i)) != NULL; i++)
    wb_step_row_set_state (WB_STEP_ROW (row), WB_STEP_WAITING, NULL);
  self->step = -1;
  mark_step (self);
  show_error (self, NULL);
}

static void
start (WbCaseView *self)
{
  Run *run;
  guint16 port = 0;

  if (!read_port (self, &port))
    {
      show_error (self, _ ("A port is a number from 1 to 65535; leave it empty for a free one."));
      return;
    }

  reset_steps (self);
  self->cancellable = g_cancellable_new ();
  set_running (self, TRUE);

  run = g_new0 (Run, 1);
  run->view = g_object_ref (self);
  run->run = g_object_ref (self->cancellable);
  run->number = self->number;
  run->trust = g_object_ref (wb_workbench_get_trust (self->workbench));
  run->wire = g_object_ref (wb_workbench_get_wire (self->workbench));
  run->text = dup_if_typed (self->text);
  run->against = dup_if_typed (self->against);
  run->password = dup_if_typed (self->password);
  run->charset = g_strdup (wb_text_list_charsets ()[adw_combo_row_get_selected (self->charset)]);
  run->port = port;
  wb_workbench_load_lab_async (self->workbench, NULL, lab_loaded_cb, run);
}

static void
run_clicked_cb (WbCaseView *self)
{
  gboolean running = self->cancellable != NULL;

  clear_run (self);
  set_running (self, FALSE);
  if (!running)
    start (self);
}

/* ── The widget ── */

static void
wide_changed_cb (WbCaseView *self)
{
  gboolean wide = wb_width_bin_get_wide (self->width);

  /* The code stands beside the steps, or below them. */
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->columns),
                                  wide ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL);
  gtk_box_set_homogeneous (self->columns, wide);
}

static void
wb_case_view_dispose (GObject *object)
{
  WbCaseView *self = WB_CASE_VIEW (object);

  clear_run (self);
  g_clear_object (&self->session);
  g_clear_object (&self->workbench);

  G_OBJECT_CLASS (wb_case_view_parent_class)->dispose (object);
}

static void
bind_template_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, WbCaseView, width);
  gtk_widget_class_bind_template_child (widget_class, WbCaseView, back);
  gtk_widget_class_bind_template_child (widget_class, WbCaseView, title);
  gtk_widget_class_bind_template_child (widget_class, WbCaseView, run);
  gtk_widget_class_bind_template_child (widget_class, WbCaseView, summary);
  gtk_widget_class_bind_template_child (widget_class, WbCaseView, columns);
  gtk_widget_class_bind_template_child (widget_class, WbCaseView, steps);
  gtk_widget_class_bind_template_child (widget_class, WbCaseView, error);
  gtk_widget_class_bind_template_child (widget_class, WbCaseView, text);
  gtk_widget_class_bind_template_child (widget_class, WbCaseView, charset);
  gtk_widget_class_bind_template_child (widget_class, WbCaseView, port);
  gtk_widget_class_bind_template_child (widget_class, WbCaseView, against);
  gtk_widget_class_bind_template_child (widget_class, WbCaseView, password);
  gtk_widget_class_bind_template_child (widget_class, WbCaseView, python);
  gtk_widget_class_bind_template_child (widget_class, WbCaseView, code);
}

static void
wb_case_view_class_init (WbCaseViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_case_view_dispose;

  gtk_source_init ();
  g_type_ensure (GTK_SOURCE_TYPE_VIEW);
  g_type_ensure (WB_TYPE_WIDTH_BIN);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/wirebench/Wirebench/learn/wb-case-view.ui");
  bind_template_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, run_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, wide_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, language_toggled_cb);
}

static void
wb_case_view_init (WbCaseView *self)
{
  g_autoptr (GtkStringList) charsets = gtk_string_list_new (wb_text_list_charsets ());

  g_queue_init (&self->news);
  self->step = -1;
  gtk_widget_init_template (GTK_WIDGET (self));
  adw_combo_row_set_model (self->charset, G_LIST_MODEL (charsets));
  gtk_text_buffer_create_tag (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->code)), "current",
                              NULL);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (update_style), self, G_CONNECT_SWAPPED);
  update_style (self);
}

/**
 * wb_case_view_set_workbench:
 *
 * Hands the view what cases run with; once, before any case is chosen.
 */
void
wb_case_view_set_workbench (WbCaseView *self, WbWorkbench *workbench)
{
  g_return_if_fail (WB_IS_CASE_VIEW (self));

  g_set_object (&self->workbench, workbench);
}

static void
show_steps (WbCaseView *self)
{
  GtkListBoxRow *row;
  guint n_steps = 0;
  const WbCaseStep *steps = wb_case_get_steps (self->number, &n_steps);

  while ((row = gtk_list_box_get_row_at_index (self->steps, 0)) != NULL)
    gtk_list_box_remove (self->steps, GTK_WIDGET (row));
  for (guint i = 0; i < n_steps; i++)
    {
      g_autofree char *title = wb_capitalize (steps[i].title);

      gtk_list_box_append (self->steps, wb_step_row_new (i + 1, title));
    }
}

/**
 * wb_case_view_set_case:
 * @number: 1 to %WB_CASE_COUNT
 *
 * Shows a case, ready to run. One that runs is stopped.
 */
void
wb_case_view_set_case (WbCaseView *self, guint number)
{
  gboolean serves = case_is_server (number);
  g_autofree char *title = NULL;
  g_autofree char *numbered = NULL;

  g_return_if_fail (WB_IS_CASE_VIEW (self));
  g_return_if_fail (number >= 1 && number <= WB_CASE_COUNT);

  if (self->number == number)
    return;
  clear_run (self);
  set_running (self, FALSE);
  self->number = number;
  self->step = -1;

  title = wb_capitalize (wb_case_get_title (number));
  numbered = g_strdup_printf ("%02u · %s", number, title);
  gtk_label_set_text (self->title, numbered);
  gtk_label_set_text (self->summary, wb_case_get_summary (number));
  gtk_widget_set_visible (GTK_WIDGET (self->port), serves);
  gtk_widget_set_visible (GTK_WIDGET (self->against), !serves);
  gtk_widget_set_visible (GTK_WIDGET (self->password), number >= 6);
  gtk_editable_set_text (GTK_EDITABLE (self->text), "");
  gtk_editable_set_text (GTK_EDITABLE (self->port), "");
  gtk_editable_set_text (GTK_EDITABLE (self->against), "");
  gtk_editable_set_text (GTK_EDITABLE (self->password), "");
  show_steps (self);
  show_error (self, NULL);
  show_code (self);
}

/**
 * wb_case_view_set_collapsed:
 *
 * Tells whether the list is out of sight, so that a way back is needed.
 */
void
wb_case_view_set_collapsed (WbCaseView *self, gboolean collapsed)
{
  g_return_if_fail (WB_IS_CASE_VIEW (self));

  gtk_widget_set_visible (self->back, collapsed);
}

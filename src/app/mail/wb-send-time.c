/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-send-time.h"

#include "wb-dialogs.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <string.h>

/* When in the morning a working day begins. */
#define MORNING 8

/* A question for a day and a time. */
typedef struct
{
  WbSendTimeFunc func;
  gpointer user_data;
  GDestroyNotify user_data_free;
  GtkWindow *window;
  GtkCalendar *calendar;
  GtkSpinButton *hour;
  GtkSpinButton *minute;
  GtkLabel *when;
  GtkWidget *accept;
} Question;

static gint64
to_morning (GDateTime *day, int days)
{
  g_autoptr (GDateTime) then = g_date_time_add_days (day, days);
  g_autoptr (GDateTime) morning =
      g_date_time_new_local (g_date_time_get_year (then), g_date_time_get_month (then),
                             g_date_time_get_day_of_month (then), MORNING, 0, 0);

  return g_date_time_to_unix (morning);
}

/**
 * wb_send_time_parse:
 * @word: "tomorrow" or "monday"
 *
 * Returns: eight in the morning of that day, in seconds since the epoch; 0 for another word
 */
gint64
wb_send_time_parse (const char *word)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  if (strcmp (word, "tomorrow") == 0)
    return to_morning (now, 1);
  if (strcmp (word, "monday") == 0)
    return to_morning (now, 8 - g_date_time_get_day_of_week (now));
  return 0;
}

/**
 * wb_send_time_describe:
 * @time: in seconds since the epoch
 *
 * Returns: (transfer full): day and time, as the language writes it
 */
char *
wb_send_time_describe (gint64 time)
{
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_local (time);

  /* Translators: a day and a time, see strftime(3): “Monday 30 November, 08:00” */
  return when ? g_date_time_format (when, _ ("%A %-d %B, %H:%M")) : g_strdup ("");
}

static void
question_free (gpointer data)
{
  Question *question = data;

  if (question->user_data_free)
    question->user_data_free (question->user_data);
  g_free (question);
}

static gint64
get_time (Question *question)
{
  g_autoptr (GDateTime) day = gtk_calendar_get_date (question->calendar);
  g_autoptr (GDateTime) when = g_date_time_new_local (
      g_date_time_get_year (day), g_date_time_get_month (day), g_date_time_get_day_of_month (day),
      gtk_spin_button_get_value_as_int (question->hour),
      gtk_spin_button_get_value_as_int (question->minute), 0);

  return g_date_time_to_unix (when);
}

static void
show_time (Question *question)
{
  gint64 time = get_time (question);
  gboolean good = time > g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *text = wb_send_time_describe (time);

  gtk_label_set_text (question->when, good ? text : _ ("This time is over. Choose a later one."));
  gtk_widget_set_sensitive (question->accept, good);
}

static void
accept_clicked_cb (Question *question)
{
  question->func (get_time (question), question->user_data);
  gtk_window_destroy (question->window);
}

static gboolean
show_two_digits_cb (GtkSpinButton *spin, gpointer user_data)
{
  g_autofree char *text = g_strdup_printf ("%02d", gtk_spin_button_get_value_as_int (spin));

  gtk_editable_set_text (GTK_EDITABLE (spin), text);
  return TRUE;
}

static GtkSpinButton *
create_spin (Question *question, double most, const char *name, int value)
{
  GtkWidget *spin = gtk_spin_button_new_with_range (0, most, 1);

  g_signal_connect (spin, "output", G_CALLBACK (show_two_digits_cb), NULL);
  gtk_spin_button_set_wrap (GTK_SPIN_BUTTON (spin), TRUE);
  gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (spin), TRUE);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), value);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_swapped (spin, "value-changed", G_CALLBACK (show_time), question);
  return GTK_SPIN_BUTTON (spin);
}

static GtkWidget *
create_clock (Question *question, GDateTime *initial)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  question->hour = create_spin (question, 23, _ ("Hour"), g_date_time_get_hour (initial));
  question->minute = create_spin (question, 59, _ ("Minute"), g_date_time_get_minute (initial));
  gtk_widget_set_halign (box, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (question->hour));
  gtk_box_append (GTK_BOX (box), gtk_label_new (":"));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (question->minute));
  return box;
}

static GtkWidget *
create_header (Question *question)
{
  GtkWidget *bar = adw_header_bar_new ();
  GtkWidget *cancel = gtk_button_new_with_mnemonic (_ ("_Cancel"));

  question->accept = gtk_button_new_with_label (_ ("Send Then"));
  gtk_widget_add_css_class (question->accept, "suggested-action");
  adw_header_bar_set_show_end_title_buttons (ADW_HEADER_BAR (bar), FALSE);
  adw_header_bar_pack_start (ADW_HEADER_BAR (bar), cancel);
  adw_header_bar_pack_end (ADW_HEADER_BAR (bar), question->accept);
  g_signal_connect_swapped (cancel, "clicked", G_CALLBACK (gtk_window_destroy), question->window);
  g_signal_connect_swapped (question->accept, "clicked", G_CALLBACK (accept_clicked_cb), question);
  return bar;
}

/**
 * wb_send_time_ask:
 * @parent: what it is for
 * @initial: what to begin with, in seconds since the epoch
 * @func: called when a time to come was chosen
 * @user_data: for @func
 * @user_data_free: (nullable): frees it in any case
 *
 * Asks when a mail is to be sent, and says what that depends on. Main thread.
 */
void
wb_send_time_ask (GtkWidget *parent,
                  gint64 initial,
                  WbSendTimeFunc func,
                  gpointer user_data,
                  GDestroyNotify user_data_free)
{
  Question *question = g_new0 (Question, 1);
  g_autoptr (GDateTime) begin = g_date_time_new_from_unix_local (initial);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *whole = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *truth =
      gtk_label_new (_ ("Wirebench sends it if it runs at that time. If not, the mail "
                        "stays in the Outbox and goes when Wirebench is started "
                        "next."));

  question->func = func;
  question->user_data = user_data;
  question->user_data_free = user_data_free;
  question->window = GTK_WINDOW (adw_window_new ());
  gtk_window_set_title (question->window, _ ("Send Later"));
  gtk_window_set_modal (question->window, TRUE);
  gtk_window_set_transient_for (question->window, GTK_WINDOW (gtk_widget_get_root (parent)));
  gtk_window_set_default_size (question->window, 360, -1);
  wb_close_on_escape (GTK_WIDGET (question->window));
  question->calendar = GTK_CALENDAR (gtk_calendar_new ());
  gtk_calendar_select_day (question->calendar, begin);
  gtk_accessible_update_property (GTK_ACCESSIBLE (question->calendar),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Day"), -1);
  question->when = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (question->when), "heading");
  gtk_label_set_wrap (GTK_LABEL (truth), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (truth), 40);
  gtk_label_set_xalign (GTK_LABEL (truth), 0);
  gtk_widget_add_css_class (truth, "dim-label");
  gtk_box_append (GTK_BOX (whole), create_header (question));
  gtk_widget_set_margin_top (box, 12);
  gtk_widget_set_margin_bottom (box, 12);
  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (question->calendar));
  gtk_box_append (GTK_BOX (box), create_clock (question, begin));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (question->when));
  gtk_box_append (GTK_BOX (box), truth);
  gtk_box_append (GTK_BOX (whole), box);
  g_signal_connect_swapped (question->calendar, "day-selected", G_CALLBACK (show_time), question);
  show_time (question);
  adw_window_set_content (ADW_WINDOW (question->window), whole);
  g_object_set_data_full (G_OBJECT (question->window), "question", question, question_free);
  gtk_window_present (question->window);
}

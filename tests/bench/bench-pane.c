/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 *   bench-pane [ENTRIES]
 *
 * The pane of a folder with many entries in a window: shown, scrolled, filtered and sorted by each
 * column. Prints for each step how long it took until the rows were there, the longest frame (from
 * the frame clock's before-paint to its after-paint) and the longest time that the main loop did
 * not come round; of both also what the main thread itself used of the processor, since a busy
 * machine lengthens every wait.
 */

#include "config.h"

#include <adwaita.h>
#include <string.h>
#include <time.h>

#include "wb-file-columns.h"
#include "wb-local-pane.h"

#define SCROLL_FRAMES 120

typedef struct
{
  double wall, cpu; /* ms */
} Longest;

typedef struct
{
  GMainLoop *loop;
  WbFilePane *pane;
  GtkColumnView *view;
  GtkEditable *filter;
  GtkScrolledWindow *scroll;
  gint64 frame_wall, frame_cpu, loop_wall, loop_cpu;
  Longest frame, stall;
} Bench;

static gint64
thread_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static void
note (Longest *longest, gint64 wall, gint64 cpu)
{
  longest->wall = MAX (longest->wall, wall / 1000.0);
  longest->cpu = MAX (longest->cpu, cpu / 1000.0);
}

static void
before_paint_cb (Bench *self)
{
  self->frame_wall = g_get_monotonic_time ();
  self->frame_cpu = thread_time ();
}

static void
after_paint_cb (Bench *self)
{
  note (&self->frame, g_get_monotonic_time () - self->frame_wall, thread_time () - self->frame_cpu);
}

static gboolean
round_cb (gpointer user_data)
{
  Bench *self = user_data;
  gint64 wall = g_get_monotonic_time (), cpu = thread_time ();

  note (&self->stall, wall - self->loop_wall, cpu - self->loop_cpu);
  self->loop_wall = wall;
  self->loop_cpu = cpu;
  return G_SOURCE_CONTINUE;
}

static guint
rows (Bench *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (gtk_column_view_get_model (self->view)));
}

static GtkWidget *
find_widget (GtkWidget *root, GType type)
{
  GtkWidget *found = g_type_is_a (G_OBJECT_TYPE (root), type) ? root : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_widget (child, type);
  return found;
}

static gboolean
wake_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* Goes round until so many rows are there and the list rests for some frames. */
static void
finish (Bench *self, const char *step, gint64 begun, guint expected)
{
  guint wake = g_timeout_add (2, wake_cb, NULL);
  WbFileModel *model = WB_FILE_MODEL (
      gtk_multi_selection_get_model (GTK_MULTI_SELECTION (gtk_column_view_get_model (self->view))));
  gint64 there = 0;

  while (there == 0 || g_get_monotonic_time () < there + 300 * 1000)
    {
      g_main_context_iteration (NULL, TRUE);
      if (there == 0 && !wb_file_model_is_busy (model) && rows (self) == expected)
        there = g_get_monotonic_time ();
    }
  g_source_remove (wake);
  g_print (
      "{\"bench\": \"pane\", \"step\": \"%s\", \"rows\": %u, \"ms\": %.0f, \"frame_ms\": %.1f, "
      "\"frame_cpu_ms\": %.1f, \"stall_ms\": %.1f, \"stall_cpu_ms\": %.1f}\n",
      step, expected, (there - begun) / 1000.0, self->frame.wall, self->frame.cpu, self->stall.wall,
      self->stall.cpu);
}

static gint64
begin (Bench *self)
{
  self->frame = self->stall = (Longest){ 0 };
  self->loop_wall = g_get_monotonic_time ();
  self->loop_cpu = thread_time ();
  return self->loop_wall;
}

static gpointer
make_items (gpointer data)
{
  guint n = GPOINTER_TO_UINT (data);
  GPtrArray *items = g_ptr_array_new_full (n, g_object_unref);

  for (guint i = 0; i < n; i++)
    {
      guint number = (guint) ((guint64) i * 7919 % n);
      g_autofree char *name = g_strdup_printf ("entry %06u of the folder.txt", number);
      g_autoptr (GDateTime) modified = g_date_time_new_from_unix_utc (1700000000 + number * 60LL);
      g_autoptr (WbFtpEntry) entry = wb_ftp_entry_new (
          &(WbFtpEntryFields){ .name = name,
                               .type = i % 50 == 0 ? WB_FTP_ENTRY_DIRECTORY : WB_FTP_ENTRY_FILE,
                               .size = (gint64) number * 37 % 100003,
                               .modified = modified,
                               .mode = i % 3 == 0 ? "rw-r--r--" : "rwxr-x---",
                               .owner = i % 2 == 0 ? "student" : "ftp",
                               .raw = name });

      g_ptr_array_add (items, wb_file_item_new_remote (entry));
    }
  return items;
}

static GPtrArray *
items_from_thread (guint n)
{
  return g_thread_join (g_thread_new ("items", make_items, GUINT_TO_POINTER (n)));
}

static gboolean
scroll_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  int *frames = user_data;
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (widget));
  double range = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);

  gtk_adjustment_set_value (adjustment, range * *frames / SCROLL_FRAMES);
  return ++*frames <= SCROLL_FRAMES ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
scroll (Bench *self, guint n)
{
  int frames = 0;
  gint64 begun = begin (self);

  gtk_widget_add_tick_callback (GTK_WIDGET (self->scroll), scroll_cb, &frames, NULL);
  while (frames <= SCROLL_FRAMES)
    g_main_context_iteration (NULL, TRUE);
  finish (self, "scroll", begun, n);
}

static void
run (Bench *self, guint n)
{
  static const char *const orders[] = { "name", "size", "modified", "mode", "owner" };
  g_autoptr (GPtrArray) items = items_from_thread (n);
  g_autoptr (GPtrArray) again = items_from_thread (n);
  guint hits = 0;
  gint64 begun = begin (self);

  wb_file_pane_set_items (self->pane, "/many", items);
  g_clear_pointer (&items, g_ptr_array_unref);
  finish (self, "show", begun, n);
  scroll (self, n);
  for (guint i = 0; i < 2 * G_N_ELEMENTS (orders); i++)
    {
      g_autofree char *sort = g_strconcat (i % 2 == 0 ? "-" : "", orders[i / 2], NULL);
      g_autofree char *step = g_strconcat ("sort ", sort, NULL);

      begun = begin (self);
      g_object_set (self->pane, "sort", sort, NULL);
      finish (self, step, begun, n);
    }

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("%06u", i);

      hits += strstr (name, "01") != NULL;
    }
  begun = begin (self);
  gtk_editable_set_text (self->filter, "01");
  g_signal_emit_by_name (self->filter, "search-changed");
  finish (self, "filter", begun, hits);
  begun = begin (self);
  gtk_editable_set_text (self->filter, "");
  g_signal_emit_by_name (self->filter, "search-changed");
  finish (self, "filter off", begun, n);

  begun = begin (self);
  wb_file_pane_set_items (self->pane, "/many", again);
  g_clear_pointer (&again, g_ptr_array_unref);
  finish (self, "reload", begun, n);

  begun = begin (self);
  gtk_selection_model_select_all (gtk_column_view_get_model (self->view));
  finish (self, "select all", begun, n);
  begun = begin (self);
  g_object_set (self->pane, "sort", "-size", NULL);
  finish (self, "sort selected", begun, n);
}

int
main (int argc, char **argv)
{
  Bench self = { 0 };
  guint n = argc > 1 ? (guint) atoi (argv[1]) : 100000;
  GtkWidget *window = NULL;
  GdkFrameClock *clock = NULL;
  GSource *source = g_timeout_source_new (1);

  adw_init ();
  window = gtk_window_new ();
  self.pane = g_object_new (WB_TYPE_LOCAL_PANE, NULL);
  gtk_window_set_default_size (GTK_WINDOW (window), 900, 700);
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (self.pane));
  gtk_window_present (GTK_WINDOW (window));
  self.view = GTK_COLUMN_VIEW (find_widget (GTK_WIDGET (self.pane), GTK_TYPE_COLUMN_VIEW));
  self.filter = GTK_EDITABLE (find_widget (GTK_WIDGET (self.pane), GTK_TYPE_SEARCH_ENTRY));
  self.scroll = GTK_SCROLLED_WINDOW (
      gtk_widget_get_ancestor (GTK_WIDGET (self.view), GTK_TYPE_SCROLLED_WINDOW));
  clock = gtk_widget_get_frame_clock (window);
  g_signal_connect_swapped (clock, "before-paint", G_CALLBACK (before_paint_cb), &self);
  g_signal_connect_swapped (clock, "after-paint", G_CALLBACK (after_paint_cb), &self);
  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_set_callback (source, round_cb, &self, NULL);
  g_source_attach (source, NULL);

  /* The first frames load fonts and icons, which is not what is measured. */
  begin (&self);
  finish (&self, "start", self.loop_wall, 0);
  run (&self, n);
  gtk_window_destroy (GTK_WINDOW (window));
  g_source_destroy (source);
  g_source_unref (source);
  return 0;
}

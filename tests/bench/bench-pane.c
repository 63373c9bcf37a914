/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 *   bench-pane [ENTRIES [ADDRESS]]
 *
 * The pane of a folder with many entries in a window: shown, scrolled, filtered and sorted by each
 * column. Prints for each step how long it took until the rows were there, the longest frame (from
 * the frame clock's before-paint to its after-paint) and the longest time that the main loop did
 * not come round; of both also what the main thread itself used of the processor, since a busy
 * machine lengthens every wait. With ADDRESS the folder is a server's: it is listed by FTP, twice,
 * and how long it took is counted from the server's word that all of the list was sent.
 */

#include "config.h"

#include <adwaita.h>
#include <string.h>

#include "frame-meter.h"
#include "wb-file-columns.h"
#include "wb-local-pane.h"
#include "wb-remote-pane.h"

#define SCROLL_FRAMES 120

typedef struct
{
  GMainLoop *loop;
  WbFilePane *pane;
  GtkColumnView *view;
  GtkEditable *filter;
  GtkScrolledWindow *scroll;
  WbWire *wire; /* NULL without a server */
  FrameMeter meter;
  gboolean listed; /* the server's folder came */
} Bench;

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

/* When the server said that the data connection closes (RFC 959 §4.2.2), or 0. */
static gint64
find_last_byte (WbWire *wire)
{
  guint64 first = 0, end = 0;
  gint64 when = 0;

  wb_wire_get_range (wire, &first, &end);
  while (end-- > first && when == 0)
    {
      g_auto (WbWireEvent) event = { 0 };

      if (wb_wire_get_event (wire, end, &event) && event.kind == WB_WIRE_LINE &&
          event.direction == WB_WIRE_RECEIVED && event.data != NULL &&
          g_bytes_get_size (event.data) > 3 &&
          strncmp (g_bytes_get_data (event.data, NULL), "226", 3) == 0)
        when = event.monotonic_time;
    }
  return when;
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
  if (self->wire != NULL && begun == 0)
    begun = find_last_byte (self->wire);
  g_print (
      "{\"bench\": \"pane\", \"step\": \"%s\", \"rows\": %u, \"ms\": %.0f, \"frame_ms\": %.1f, "
      "\"frame_cpu_ms\": %.1f, \"stall_ms\": %.1f, \"stall_cpu_ms\": %.1f}\n",
      step, expected, (there - begun) / 1000.0, self->meter.frame.wall, self->meter.frame.cpu,
      self->meter.stall.wall, self->meter.stall.cpu);
}

static gint64
begin (Bench *self)
{
  frame_meter_begin (&self->meter);
  return self->meter.begun;
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
listed_cb (Bench *self)
{
  self->listed = TRUE;
}

static void
show (Bench *self, const char *step, guint n)
{
  g_autoptr (GPtrArray) items = self->wire == NULL ? items_from_thread (n) : NULL;
  gint64 begun = begin (self);

  if (items != NULL)
    {
      wb_file_pane_set_items (self->pane, "/many", items);
      g_clear_pointer (&items, g_ptr_array_unref);
      finish (self, step, begun, n);
      return;
    }
  self->listed = FALSE;
  WB_FILE_PANE_GET_CLASS (self->pane)->reload (self->pane);
  while (!self->listed)
    g_main_context_iteration (NULL, TRUE);
  finish (self, step, 0, n);
}

static void
run (Bench *self, guint n, const WbUrl *url)
{
  static const char *const orders[] = { "name", "size", "modified", "mode", "owner" };
  guint hits = 0;
  gint64 begun = 0;

  if (url != NULL)
    {
      begin (self);
      wb_remote_pane_connect (WB_REMOTE_PANE (self->pane), url, NULL);
      finish (self, "show", 0, n);
    }
  else
    show (self, "show", n);
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

  show (self, "reload", n);
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
  g_autoptr (WbUrl) url = argc > 2 ? wb_url_parse (argv[2], NULL) : NULL;
  g_autoptr (WbTrust) trust = wb_trust_new ();

  if (argc > 2 && url == NULL)
    return 2;
  adw_init ();
  window = gtk_window_new ();
  self.pane = g_object_new (url != NULL ? WB_TYPE_REMOTE_PANE : WB_TYPE_LOCAL_PANE, NULL);
  if (url != NULL)
    {
      self.wire = wb_wire_new (1 << 20);
      g_signal_connect_swapped (self.pane, "listed", G_CALLBACK (listed_cb), &self);
      wb_remote_pane_set_channels (WB_REMOTE_PANE (self.pane), self.wire, trust);
    }
  gtk_window_set_default_size (GTK_WINDOW (window), 900, 700);
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (self.pane));
  gtk_window_present (GTK_WINDOW (window));
  self.view = GTK_COLUMN_VIEW (find_widget (GTK_WIDGET (self.pane), GTK_TYPE_COLUMN_VIEW));
  self.filter = GTK_EDITABLE (find_widget (GTK_WIDGET (self.pane), GTK_TYPE_SEARCH_ENTRY));
  self.scroll = GTK_SCROLLED_WINDOW (
      gtk_widget_get_ancestor (GTK_WIDGET (self.view), GTK_TYPE_SCROLLED_WINDOW));
  frame_meter_watch_window (&self.meter, window);
  frame_meter_watch_loop (&self.meter);

  /* The first frames load fonts and icons, which is not what is measured. */
  begin (&self);
  finish (&self, "start", self.meter.begun, 0);
  run (&self, n, url);
  if (url != NULL)
    wb_remote_pane_disconnect (WB_REMOTE_PANE (self.pane));
  gtk_window_destroy (GTK_WINDOW (window));
  g_clear_object (&self.wire);
  return 0;
}

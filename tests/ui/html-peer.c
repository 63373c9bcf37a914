/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A window with one viewer or one editor, driven over stdin by test_html.py: a line in is a
 * command, a line out an event. */

#define G_LOG_DOMAIN "html-peer"

#include "config.h"

#include "wb-html.h"

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <stdio.h>
#include <string.h>

typedef struct
{
  GMainLoop *loop;
  WbHtml *html;
  GtkWidget *window;
  GtkWidget *widget;
  gboolean editor;
} Peer;

static void
say (const char *event, const char *text)
{
  g_autofree char *escaped = g_strescape (text ? text : "", NULL);

  g_print ("%s %s\n", event, escaped);
  fflush (stdout);
}

static GBytes *
resolve_cb (const char *content_id, char **content_type, gpointer user_data)
{
  static const guint8 picture[] = "GIF89a\1\0\1\0\200\0\0\0\0\0\377\377\377!\371\4\1\0\0\0\0,"
                                  "\0\0\0\0\1\0\1\0\0\2\2D\1\0;";

  say ("cid", content_id);
  *content_type = g_strdup ("image/gif");
  return g_bytes_new (picture, sizeof picture - 1);
}

static void
link_cb (GtkWidget *widget, const char *url, gpointer user_data)
{
  say ("link", url);
}

static void
hover_cb (GtkWidget *widget, const char *url, gpointer user_data)
{
  say ("hover", url);
}

static void
failed_cb (GtkWidget *widget, const char *why, gpointer user_data)
{
  say ("failed", why);
}

static void
ready_cb (GtkWidget *widget, gpointer user_data)
{
  say ("ready", NULL);
}

static void
changed_cb (GtkWidget *widget, gpointer user_data)
{
  say ("changed", NULL);
}

static void
state_cb (GtkWidget *widget, guint state, const char *block, const char *link, gpointer user_data)
{
  g_autofree char *text = g_strdup_printf ("%u %s %s", state, block, link);

  say ("state", text);
}

static void
dropped_cb (GtkWidget *widget, GdkFileList *files, gpointer user_data)
{
  g_autoptr (GSList) list = gdk_file_list_get_files (files);

  for (GSList *file = list; file; file = file->next)
    say ("dropped", g_file_peek_path (file->data));
}

static void
found_cb (GtkWidget *widget, gboolean found, gpointer user_data)
{
  say ("found", found ? "yes" : "no");
}

static void
got_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Peer *peer = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *html = wb_html_editor_get_html_finish (peer->html, peer->widget, result, &error);

  say (html ? "html" : "error", html ? html : error->message);
}

static void
obey (Peer *peer, const char *line)
{
  g_autofree char *text = g_strcompress (line);
  char *argument = strchr (text, ' ');

  if (argument)
    *argument++ = '\0';
  if (strcmp (text, "show") == 0)
    wb_html_viewer_show (peer->html, peer->widget, argument, resolve_cb, NULL, NULL);
  else if (strcmp (text, "set") == 0)
    wb_html_editor_set_html (peer->html, peer->widget, argument);
  else if (strcmp (text, "insert") == 0)
    wb_html_editor_insert_html (peer->html, peer->widget, argument);
  else if (strcmp (text, "get") == 0)
    wb_html_editor_get_html_async (peer->html, peer->widget, NULL, got_cb, peer);
  else if (strcmp (text, "focus") == 0)
    gtk_widget_grab_focus (peer->widget);
  else if (strcmp (text, "remote") == 0)
    say ("remote", wb_html_has_remote_content (argument) ? "yes" : "no");
  else
    wb_html_editor_execute (peer->html, peer->widget, text, argument);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Peer *peer = user_data;
  GDataInputStream *input = G_DATA_INPUT_STREAM (source);
  g_autofree char *line = g_data_input_stream_read_line_finish (input, result, NULL, NULL);

  if (!line)
    {
      g_main_loop_quit (peer->loop);
      return;
    }
  obey (peer, line);
  g_data_input_stream_read_line_async (input, 0, NULL, read_cb, peer);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Peer *peer = user_data;
  g_autoptr (GError) error = NULL;

  if (!wb_html_load_finish (peer->html, result, &error))
    {
      say ("unavailable", error->message);
      return;
    }
  peer->widget =
      peer->editor ? wb_html_create_editor (peer->html) : wb_html_create_viewer (peer->html);
  g_signal_connect (peer->widget, "failed", G_CALLBACK (failed_cb), peer);
  if (peer->editor)
    {
      g_signal_connect (peer->widget, "ready", G_CALLBACK (ready_cb), peer);
      g_signal_connect (peer->widget, "changed", G_CALLBACK (changed_cb), peer);
      g_signal_connect (peer->widget, "state-changed", G_CALLBACK (state_cb), peer);
      g_signal_connect (peer->widget, "files-dropped", G_CALLBACK (dropped_cb), peer);
      g_signal_connect (peer->widget, "found", G_CALLBACK (found_cb), peer);
    }
  else
    {
      g_signal_connect (peer->widget, "link-activated", G_CALLBACK (link_cb), peer);
      g_signal_connect (peer->widget, "link-hovered", G_CALLBACK (hover_cb), peer);
    }
  gtk_window_set_child (GTK_WINDOW (peer->window), peer->widget);
  say ("created", NULL);
}

int
main (int argc, char **argv)
{
  Peer peer = { .editor = argc > 1 && strcmp (argv[1], "editor") == 0 };
  g_autoptr (GInputStream) input = g_unix_input_stream_new (0, FALSE);
  g_autoptr (GDataInputStream) lines = g_data_input_stream_new (input);

  gtk_init ();
  peer.loop = g_main_loop_new (NULL, FALSE);
  peer.html = wb_html_new ();
  peer.window = gtk_window_new ();
  gtk_window_set_title (GTK_WINDOW (peer.window), "html-peer");
  gtk_window_set_default_size (GTK_WINDOW (peer.window), 800, 600);
  gtk_window_present (GTK_WINDOW (peer.window));
  wb_html_load_async (peer.html, NULL, loaded_cb, &peer);
  g_data_input_stream_read_line_async (lines, 0, NULL, read_cb, &peer);
  g_main_loop_run (peer.loop);
  gtk_window_destroy (GTK_WINDOW (peer.window));
  g_object_unref (peer.html);
  g_main_loop_unref (peer.loop);
  return 0;
}

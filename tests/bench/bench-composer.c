/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 *   bench-composer ADDRESS FILE
 *
 * A mail with FILE attached in the window in which it is written, from the account of ADDRESS:
 * shown, looked at in “What will be sent”, kept as a draft and sent. Prints for each step how long
 * it took, the longest frame (from the frame clock's before-paint to its after-paint), the longest
 * time that the main loop did not come round, of both also what the main thread itself used of the
 * processor, and how much more memory there was at the most. bench-composer.py starts it on a
 * desktop with a server.
 */

#include "config.h"

#include <adwaita.h>
#include <stdio.h>
#include <string.h>

#include "frame-meter.h"
#include "wb-composer.h"
#include "wb-init.h"
#include "wb-toolkit.h"

#define PATIENCE (300 * G_USEC_PER_SEC)

typedef struct
{
  GtkWidget *composer;
  FrameMeter meter;
  double resident; /* MiB */
  char *toast;     /* the last one */
} Bench;

/* In MiB, of "VmRSS" or "VmHWM". */
static double
memory (const char *name)
{
  g_autofree char *text = NULL;
  const char *line = NULL;

  g_file_get_contents ("/proc/self/status", &text, NULL, NULL);
  line = text ? strstr (text, name) : NULL;
  return line ? g_ascii_strtod (line + strlen (name) + 1, NULL) / 1024 : 0;
}

static void
begin (Bench *self)
{
  FILE *peak = fopen ("/proc/self/clear_refs", "w");

  if (peak)
    {
      fputs ("5", peak);
      fclose (peak);
    }
  g_clear_pointer (&self->toast, g_free);
  self->resident = memory ("VmRSS");
  frame_meter_begin (&self->meter);
}

static void
finish (Bench *self, const char *step)
{
  g_print ("{\"step\": \"%s\", \"ms\": %.0f, \"frame_ms\": %.1f, \"frame_cpu_ms\": %.1f, "
           "\"stall_ms\": %.1f, \"stall_cpu_ms\": %.1f, \"more_mib\": %.1f}\n",
           step, (g_get_monotonic_time () - self->meter.begun) / 1000.0, self->meter.frame.wall,
           self->meter.frame.cpu, self->meter.stall.wall, self->meter.stall.cpu,
           memory ("VmHWM") - self->resident);
}

static void
toast_cb (WbWorkbench *workbench, AdwToast *toast, gpointer user_data)
{
  Bench *self = user_data;

  g_free (self->toast);
  self->toast = g_strdup (adw_toast_get_title (toast));
}

/* Goes round until a toast has come that begins so, or so many milliseconds; NULL is any. */
static void
go_round (Bench *self, const char *toast, guint ms)
{
  while (toast ? !self->toast || !g_str_has_prefix (self->toast, toast)
               : g_get_monotonic_time () < self->meter.begun + ms * 1000)
    {
      g_main_context_iteration (NULL, TRUE);
      if (g_get_monotonic_time () > self->meter.begun + PATIENCE)
        g_error ("gave up waiting for “%s”", toast);
    }
}

static GtkWidget *
find_widget (GtkWidget *root, const char *type, const char *property, const char *value)
{
  g_autofree char *own = NULL;

  if (strcmp (G_OBJECT_TYPE_NAME (root), type) == 0)
    g_object_get (root, property, &own, NULL);
  if (g_strcmp0 (own, value) == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_widget (child, type, property, value);

      if (found)
        return found;
    }
  return NULL;
}

static void
open_composer (Bench *self, WbMailStore *store, WbAccount *account, const char *path)
{
  WbComposition *composition = wb_composition_new ();
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInfo) info =
      g_file_query_info (file, WB_ATTACHMENT_ATTRIBUTES, G_FILE_QUERY_INFO_NONE, NULL, NULL);
  g_autoptr (WbAttachment) attachment = wb_attachment_new_for_file (path, NULL, info);

  composition->to = g_strdup ("somebody@example.org");
  composition->subject = g_strdup ("Large");
  composition->html = g_strdup ("<p>See the <b>file</b>.</p>");
  g_ptr_array_add (composition->attachments, g_steal_pointer (&attachment));
  self->composer = wb_composer_new (store, account, composition, NULL);
  wb_composition_free (composition);
  g_object_add_weak_pointer (G_OBJECT (self->composer), (gpointer *) &self->composer);
  gtk_window_present (GTK_WINDOW (self->composer));
  frame_meter_watch_window (&self->meter, self->composer);
  while (!find_widget (self->composer, "GtkStack", "visible-child-name", "formatted"))
    go_round (self, NULL, (guint) ((g_get_monotonic_time () - self->meter.begun) / 1000 + 20));
}

int
main (int argc, char **argv)
{
  Bench self = { 0 };
  g_autoptr (WbWorkbench) workbench = NULL;
  g_autoptr (WbMailStore) store = NULL;
  WbAccount *account = NULL;

  wb_init ();
  wb_toolkit_prepare ();
  adw_init ();
  wb_toolkit_init ();
  workbench = wb_workbench_new ();
  g_signal_connect (workbench, "toast", G_CALLBACK (toast_cb), &self);
  store = wb_mail_store_new (workbench);
  account = wb_mail_store_find_account (store, argc > 2 ? argv[1] : "");
  if (!account)
    g_error ("usage: bench-composer ADDRESS FILE, where there is an account of that address");
  frame_meter_watch_loop (&self.meter);

  begin (&self);
  open_composer (&self, store, account, argv[2]);
  finish (&self, "show");
  begin (&self);
  gtk_toggle_button_set_active (
      GTK_TOGGLE_BUTTON (find_widget (self.composer, "GtkToggleButton", "icon-name",
                                      "sidebar-show-right-symbolic")),
      TRUE);
  go_round (&self, NULL, 3000);
  finish (&self, "what will be sent");
  begin (&self);
  gtk_widget_activate_action (self.composer, "composer.save-draft", NULL);
  go_round (&self, "Kept in Drafts", 0);
  finish (&self, "draft");
  begin (&self);
  gtk_widget_activate_action (self.composer, "composer.send", NULL);
  go_round (&self, "Sent to", 0);
  finish (&self, "send");
  g_free (self.toast);
  return 0;
}

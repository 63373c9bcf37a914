/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-application.h"

#include "wb-dialogs.h"
#include "wb-toolkit.h"
#include "wb-window.h"
#include "wb-workbench.h"

#include <glib/gi18n-lib.h>

struct _WbApplication
{
  AdwApplication parent_instance;

  WbWorkbench *workbench;
};

G_DEFINE_FINAL_TYPE (WbApplication, wb_application, ADW_TYPE_APPLICATION)

static WbWindow *
get_window (WbApplication *self)
{
  GtkWindow *active = gtk_application_get_active_window (GTK_APPLICATION (self));

  while (active != NULL && !WB_IS_WINDOW (active))
    active = gtk_window_get_transient_for (active);
  if (active != NULL)
    return WB_WINDOW (active);

  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next)
    if (WB_IS_WINDOW (l->data))
      return l->data;

  return wb_window_new (GTK_APPLICATION (self), self->workbench);
}

static void
quit_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  WbApplication *self = user_data;
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (GTK_APPLICATION (self)));

  /* Closing each lets it remember its size, and lets a window with unsent work object. */
  for (GList *l = windows; l != NULL; l = l->next)
    gtk_window_close (l->data);
}

static void
about_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  wb_show_about (GTK_WINDOW (get_window (user_data)));
}

static void
preferences_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  WbApplication *self = user_data;

  wb_show_preferences (GTK_WINDOW (get_window (self)), self->workbench);
}

static const GActionEntry actions[] = {
  { "quit", quit_action },
  { "about", about_action },
  { "preferences", preferences_action },
};

static const struct
{
  const char *action;
  const char *accelerators[4];
} accelerators[] = {
  { "app.quit", { "<Control>q" } },
  { "app.preferences", { "<Control>comma" } },
  { "win.show-help-overlay", { "<Control>question" } },
  { "win.show-page::mail", { "<Control>1" } },
  { "win.show-page::files", { "<Control>2" } },
  { "win.show-page::sockets", { "<Control>3" } },
  { "win.show-page::lab", { "<Control>4" } },
  { "win.show-page::learn", { "<Control>5" } },
  { "win.wire", { "F9", "<Control>grave" } },
  { "win.find-in-wire", { "<Control><Shift>f" } },
  { "win.new-mail", { "<Control>n" } },
  { "win.connect-server", { "<Control>o" } },
  { "window.close", { "<Control>w" } },
};

static void
bind_color_scheme (WbApplication *self)
{
  /* The setting's values are those of AdwColorScheme that a person can tell apart. */
  static const AdwColorScheme schemes[] = {
    ADW_COLOR_SCHEME_DEFAULT,
    ADW_COLOR_SCHEME_FORCE_LIGHT,
    ADW_COLOR_SCHEME_FORCE_DARK,
  };
  int choice = g_settings_get_enum (wb_workbench_get_settings (self->workbench), "color-scheme");

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), schemes[choice]);
}

static void
wb_application_startup (GApplication *application)
{
  WbApplication *self = WB_APPLICATION (application);

  wb_toolkit_init ();
  G_APPLICATION_CLASS (wb_application_parent_class)->startup (application);

  gtk_window_set_default_icon_name (APPLICATION_ID);
  self->workbench = wb_workbench_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  for (guint i = 0; i < G_N_ELEMENTS (accelerators); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), accelerators[i].action,
                                           accelerators[i].accelerators);

  g_signal_connect_object (wb_workbench_get_settings (self->workbench), "changed::color-scheme",
                           G_CALLBACK (bind_color_scheme), self, G_CONNECT_SWAPPED);
  bind_color_scheme (self);
}

static void
wb_application_activate (GApplication *application)
{
  WbWindow *window = get_window (WB_APPLICATION (application));

  gtk_window_present (GTK_WINDOW (window));
  wb_window_welcome (window);
}

static void
wb_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  WbWindow *window = get_window (WB_APPLICATION (application));

  gtk_window_present (GTK_WINDOW (window));
  for (int i = 0; i < n_files; i++)
    {
      g_autofree char *uri = g_file_get_uri (files[i]);

      wb_window_open_uri (window, uri);
    }
}

static void
wb_application_shutdown (GApplication *application)
{
  WbApplication *self = WB_APPLICATION (application);

  G_APPLICATION_CLASS (wb_application_parent_class)->shutdown (application);
  g_clear_object (&self->workbench);
}

static void
wb_application_class_init (WbApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->startup = wb_application_startup;
  application_class->activate = wb_application_activate;
  application_class->open = wb_application_open;
  application_class->shutdown = wb_application_shutdown;
}

static void
wb_application_init (WbApplication *self)
{
}

/**
 * wb_application_new:
 *
 * Returns: (transfer full): the program, which takes `mailto:` and `ftp:` URIs on its
 *   command line
 */
WbApplication *
wb_application_new (void)
{
  return g_object_new (WB_TYPE_APPLICATION, "application-id", APPLICATION_ID, "flags",
                       G_APPLICATION_HANDLES_OPEN, "resource-base-path",
                       "/io/github/wirebench/Wirebench", NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-window.h"

#include "wb-files-page.h"
#include "wb-fit.h"
#include "wb-lab-page.h"
#include "wb-learn-page.h"
#include "wb-mail-page.h"
#include "wb-menu-button.h"
#include "wb-outbox-clock.h"
#include "wb-sockets-page.h"
#include "wb-split-view.h"
#include "wb-welcome.h"
#include "wb-width-bin.h"
#include "wb-wire-panel.h"

#include <glib/gi18n-lib.h>

struct _WbWindow
{
  AdwApplicationWindow parent_instance;

  /* Template */
  GtkBox *content;
  AdwToastOverlay *toasts;
  AdwViewStack *stack;
  GtkMenuButton *new_button;
  GMenuModel *new_menu;
  GtkMenuButton *menu_button;
  GMenuModel *main_menu;
  AdwButtonContent *new_content;
  AdwButtonContent *wire_content;
  GtkWidget *wire_button;
  GtkPaned *paned;
  WbWidthBin *width;
  WbFit *title;

  /* Borrowed */
  WbWirePanel *wire_panel;
  AdwViewSwitcherBar *switcher_bar; /* NULL until the window is too narrow for the one above */

  /* Owned */
  WbWorkbench *workbench;
  gboolean wire_placed; /* whether the remembered height was given to the Wire */
};

G_DEFINE_FINAL_TYPE (WbWindow, wb_window, ADW_TYPE_APPLICATION_WINDOW)

static const struct
{
  const char *name;
  const char *title;
  const char *icon;
  GtkWidget *(*create) (WbWorkbench *workbench);
} pages[] = {
  { "mail", N_ ("Mail"), "mail-unread-symbolic", wb_mail_page_new },
  { "files", N_ ("Files"), "folder-symbolic", wb_files_page_new },
  { "sockets", N_ ("Sockets"), "network-transmit-receive-symbolic", wb_sockets_page_new },
  { "lab", N_ ("Lab"), "network-server-symbolic", wb_lab_page_new },
  { "learn", N_ ("Learn"), "accessories-dictionary-symbolic", wb_learn_page_new },
};

/* A page is made when it is first needed: four of five are not for the first frame. */
static GtkWidget *
get_page (WbWindow *self, const char *name)
{
  AdwBin *place = ADW_BIN (adw_view_stack_get_child_by_name (self->stack, name));

  for (guint i = 0; i < G_N_ELEMENTS (pages) && adw_bin_get_child (place) == NULL; i++)
    if (g_str_equal (pages[i].name, name))
      adw_bin_set_child (place, pages[i].create (self->workbench));
  return adw_bin_get_child (place);
}

/* Brings a page to the front and returns it. */
static GtkWidget *
show_page (WbWindow *self, const char *name)
{
  adw_view_stack_set_visible_child_name (self->stack, name);
  return get_page (self, name);
}

static void
fits_changed_cb (WbWindow *self)
{
  gboolean fits = wb_fit_get_fits (self->title);

  if (!fits && self->switcher_bar == NULL)
    {
      self->switcher_bar = ADW_VIEW_SWITCHER_BAR (adw_view_switcher_bar_new ());
      adw_view_switcher_bar_set_stack (self->switcher_bar, self->stack);
      gtk_box_append (self->content, GTK_WIDGET (self->switcher_bar));
    }
  if (self->switcher_bar != NULL)
    adw_view_switcher_bar_set_reveal (self->switcher_bar, !fits);
}

/* Writing what is there already would start the settings' daemon, and on some systems the disk. */
static void
remember (WbWindow *self, const char *key, GVariant *value)
{
  GSettings *settings = wb_workbench_get_settings (self->workbench);
  g_autoptr (GVariant) wanted = g_variant_ref_sink (value);
  g_autoptr (GVariant) known = g_settings_get_value (settings, key);

  if (!g_variant_equal (known, wanted))
    g_settings_set_value (settings, key, wanted);
}

static void
page_changed_cb (WbWindow *self)
{
  const char *page = adw_view_stack_get_visible_child_name (self->stack);

  if (page == NULL || self->workbench == NULL)
    return;
  get_page (self, page);
  remember (self, "page", g_variant_new_string (page));
  wb_wire_panel_set_page (self->wire_panel, page);
}

/* GtkPaned counts from the top; what a person means is the height of the panel below. */
static int
get_wire_height (WbWindow *self)
{
  return gtk_widget_get_height (GTK_WIDGET (self->wire_panel));
}

static void
paned_moved_cb (WbWindow *self)
{
  if (self->wire_placed && gtk_widget_get_mapped (GTK_WIDGET (self->wire_panel)) &&
      get_wire_height (self) > 0)
    remember (self, "wire-height", g_variant_new_int32 (get_wire_height (self)));
}

static void
paned_sized_cb (WbWindow *self)
{
  int height = gtk_widget_get_height (GTK_WIDGET (self->paned));
  int wanted;

  if (self->wire_placed || height <= 0 || self->workbench == NULL ||
      !gtk_widget_get_visible (GTK_WIDGET (self->wire_panel)))
    return;

  wanted = g_settings_get_int (wb_workbench_get_settings (self->workbench), "wire-height");
  gtk_paned_set_position (self->paned, MAX (height - wanted, height / 4));
  self->wire_placed = TRUE;
}

static void
set_wire_visible (WbWindow *self, gboolean visible)
{
  g_action_group_change_action_state (G_ACTION_GROUP (self), "wire",
                                      g_variant_new_boolean (visible));
}

static void
wire_change_state (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  WbWindow *self = user_data;
  gboolean visible = g_variant_get_boolean (state);

  g_simple_action_set_state (action, state);
  remember (self, "wire-visible", state);
  gtk_widget_set_visible (GTK_WIDGET (self->wire_panel), visible);
}

static void
show_page_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  WbWindow *self = user_data;

  adw_view_stack_set_visible_child_name (self->stack, g_variant_get_string (parameter, NULL));
}

static void
find_in_wire_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  WbWindow *self = user_data;

  set_wire_visible (self, TRUE);
  wb_wire_panel_find (self->wire_panel);
}

static void
new_mail_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  WbWindow *self = user_data;

  wb_mail_page_compose (WB_MAIL_PAGE (show_page (self, "mail")), NULL);
}

static void
connect_server_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  WbWindow *self = user_data;

  wb_files_page_connect (WB_FILES_PAGE (show_page (self, "files")), NULL);
}

static void
new_endpoint_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  WbWindow *self = user_data;

  wb_sockets_page_add (WB_SOCKETS_PAGE (show_page (self, "sockets")),
                       g_variant_get_string (parameter, NULL));
}

static void
talk_udp_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  wb_sockets_page_talk_udp (WB_SOCKETS_PAGE (show_page (user_data, "sockets")));
}

static void
try_files_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  show_page (user_data, "files");
}

static void
welcome_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_window_present (GTK_WINDOW (wb_welcome_new (user_data)));
}

/* GTK would make it with the window, had the file the name that it looks for. */
static void
show_help_overlay_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkApplicationWindow *window = user_data;

  if (gtk_application_window_get_help_overlay (window) == NULL)
    {
      g_autoptr (GtkBuilder) builder =
          gtk_builder_new_from_resource ("/io/github/wirebench/Wirebench/wb-shortcuts.ui");

      gtk_application_window_set_help_overlay (
          window, GTK_SHORTCUTS_WINDOW (gtk_builder_get_object (builder, "help_overlay")));
    }
  gtk_window_present (GTK_WINDOW (gtk_application_window_get_help_overlay (window)));
}

static const GActionEntry actions[] = {
  { "wire", NULL, NULL, "true", wire_change_state },
  { "show-page", show_page_action, "s" },
  { "find-in-wire", find_in_wire_action },
  { "new-mail", new_mail_action },
  { "connect-server", connect_server_action },
  { "new-endpoint", new_endpoint_action, "s" },
  { "talk-udp", talk_udp_action },
  { "try-files", try_files_action },
  { "welcome", welcome_action },
  { "show-help-overlay", show_help_overlay_action },
};

static void
toast_cb (WbWindow *self, AdwToast *toast)
{
  adw_toast_overlay_add_toast (self->toasts, g_object_ref (toast));
}

static void
page_wanted_cb (WbWindow *self, const char *page)
{
  adw_view_stack_set_visible_child_name (self->stack, page);
}

static void
wire_wanted_cb (WbWindow *self, guint conversation)
{
  set_wire_visible (self, TRUE);
  wb_wire_panel_show_conversation (self->wire_panel, conversation);
}

/* Where there is little room, the two labelled buttons of the header bar show their icons only. */
static void
wide_changed_cb (WbWindow *self)
{
  gboolean labels = wb_width_bin_get_wide (self->width);

  adw_button_content_set_label (self->new_content, labels ? _ ("_New") : "");
  adw_button_content_set_label (self->wire_content, labels ? _ ("Wire") : "");
  /* A button is named by its text, as long as it has one. */
  if (labels)
    gtk_accessible_reset_property (GTK_ACCESSIBLE (self->wire_button),
                                   GTK_ACCESSIBLE_PROPERTY_LABEL);
  else
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->wire_button),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Wire"), -1);
}

static gboolean
wb_window_close_request (GtkWindow *window)
{
  WbWindow *self = WB_WINDOW (window);
  GtkWidget *files =
      adw_bin_get_child (ADW_BIN (adw_view_stack_get_child_by_name (self->stack, "files")));
  int width = 0, height = 0;

  if (files != NULL && !wb_files_page_may_close (WB_FILES_PAGE (files)))
    return TRUE;
  gtk_window_get_default_size (window, &width, &height);
  remember (self, "window-width", g_variant_new_int32 (width));
  remember (self, "window-height", g_variant_new_int32 (height));
  remember (self, "window-maximized", g_variant_new_boolean (gtk_window_is_maximized (window)));

  return GTK_WINDOW_CLASS (wb_window_parent_class)->close_request (window);
}

static void
wb_window_dispose (GObject *object)
{
  WbWindow *self = WB_WINDOW (object);

  g_clear_object (&self->workbench);

  G_OBJECT_CLASS (wb_window_parent_class)->dispose (object);
}

static void
wb_window_class_init (WbWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = wb_window_close_request;

  g_type_ensure (WB_TYPE_FIT);
  g_type_ensure (WB_TYPE_SPLIT_VIEW);
  g_type_ensure (WB_TYPE_WIDTH_BIN);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/wirebench/Wirebench/wb-window.ui");
  gtk_widget_class_bind_template_child (widget_class, WbWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, WbWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, WbWindow, content);
  gtk_widget_class_bind_template_child (widget_class, WbWindow, new_button);
  gtk_widget_class_bind_template_child (widget_class, WbWindow, new_menu);
  gtk_widget_class_bind_template_child (widget_class, WbWindow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, WbWindow, main_menu);
  gtk_widget_class_bind_template_child (widget_class, WbWindow, new_content);
  gtk_widget_class_bind_template_child (widget_class, WbWindow, wire_content);
  gtk_widget_class_bind_template_child (widget_class, WbWindow, wire_button);
  gtk_widget_class_bind_template_child (widget_class, WbWindow, paned);
  gtk_widget_class_bind_template_child (widget_class, WbWindow, title);
  gtk_widget_class_bind_template_child (widget_class, WbWindow, width);
  gtk_widget_class_bind_template_callback (widget_class, fits_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, page_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, paned_moved_cb);
  gtk_widget_class_bind_template_callback (widget_class, paned_sized_cb);
  gtk_widget_class_bind_template_callback (widget_class, wide_changed_cb);
}

static void
wb_window_init (WbWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  wb_menu_button_set_menu (self->new_button, self->new_menu);
  wb_menu_button_set_menu (self->menu_button, self->main_menu);
}

static void
add_pages (WbWindow *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      AdwViewStackPage *page = adw_view_stack_add_titled (self->stack, adw_bin_new (),
                                                          pages[i].name, _ (pages[i].title));

      adw_view_stack_page_set_icon_name (page, pages[i].icon);
    }
}

static void
restore_state (WbWindow *self)
{
  GSettings *settings = wb_workbench_get_settings (self->workbench);
  g_autofree char *page = g_settings_get_string (settings, "page");

  gtk_window_set_default_size (GTK_WINDOW (self), g_settings_get_int (settings, "window-width"),
                               g_settings_get_int (settings, "window-height"));
  if (g_settings_get_boolean (settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  set_wire_visible (self, g_settings_get_boolean (settings, "wire-visible"));
  if (adw_view_stack_get_child_by_name (self->stack, page) != NULL)
    adw_view_stack_set_visible_child_name (self->stack, page);
  page_changed_cb (self);
}

/* What waited for its time is sent though nobody looks at the page of mails. */
static gboolean
wake_mail_cb (gpointer user_data)
{
  WbWindow *self = user_data;

  if (self->workbench != NULL && wb_outbox_clock_is_needed ())
    get_page (self, "mail");
  return G_SOURCE_REMOVE;
}

/**
 * wb_window_new:
 *
 * Makes the window as it was when it was last closed.
 *
 * Returns: (transfer none): the window, which @application owns
 */
WbWindow *
wb_window_new (GtkApplication *application, WbWorkbench *workbench)
{
  WbWindow *self = g_object_new (WB_TYPE_WINDOW, "application", application, NULL);
  GtkWidget *panel = wb_wire_panel_new (workbench);

  add_pages (self);
  self->workbench = g_object_ref (workbench);
  self->wire_panel = WB_WIRE_PANEL (panel);
  gtk_paned_set_end_child (self->paned, panel);
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  g_signal_connect_object (workbench, "toast", G_CALLBACK (toast_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (workbench, "page-wanted", G_CALLBACK (page_wanted_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (workbench, "wire-wanted", G_CALLBACK (wire_wanted_cb), self,
                           G_CONNECT_SWAPPED);
  restore_state (self);
  g_timeout_add_seconds_full (G_PRIORITY_LOW, 1, wake_mail_cb, g_object_ref (self), g_object_unref);
  return self;
}

/**
 * wb_window_welcome:
 *
 * Offers what to begin with, if that was never done before.
 */
void
wb_window_welcome (WbWindow *self)
{
  GSettings *settings;

  g_return_if_fail (WB_IS_WINDOW (self));

  settings = wb_workbench_get_settings (self->workbench);
  if (g_settings_get_boolean (settings, "welcomed"))
    return;
  g_settings_set_boolean (settings, "welcomed", TRUE);
  gtk_window_present (GTK_WINDOW (wb_welcome_new (GTK_WINDOW (self))));
}

/**
 * wb_window_open_uri:
 * @uri: `mailto:` (RFC 6068), or `ftp:`, `ftps:`, `ftpes:`
 *
 * Hands a URI to the page that can do something with it.
 */
void
wb_window_open_uri (WbWindow *self, const char *uri)
{
  g_autofree char *scheme = g_uri_parse_scheme (uri);

  g_return_if_fail (WB_IS_WINDOW (self));

  if (g_strcmp0 (scheme, "mailto") == 0)
    {
      wb_mail_page_compose (WB_MAIL_PAGE (show_page (self, "mail")), uri);
    }
  else if (g_strcmp0 (scheme, "ftp") == 0 || g_strcmp0 (scheme, "ftps") == 0 ||
           g_strcmp0 (scheme, "ftpes") == 0)
    {
      wb_files_page_connect (WB_FILES_PAGE (show_page (self, "files")), uri);
    }
  else
    {
      g_autofree char *text = g_strdup_printf (
          /* Translators: %s is an address, such as "http://example.org/". */
          _ ("Wirebench cannot open %s"), uri);

      wb_workbench_toast (self->workbench, text);
    }
}

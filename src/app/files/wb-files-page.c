/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-files-page-private.h"

#include "wb-file-offer.h"
#include "wb-local-home.h"

/* Below this width the panes stand one above the other. */
#define SIDE_BY_SIDE_WIDTH 720

G_DEFINE_FINAL_TYPE (WbFilesPage, wb_files_page, GTK_TYPE_WIDGET)

static gboolean
orient_cb (gpointer user_data)
{
  WbFilesPage *self = user_data;
  gboolean wide = gtk_widget_get_width (GTK_WIDGET (self)) >= SIDE_BY_SIDE_WIDTH;

  self->orient_id = 0;
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->paned),
                                  wide ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL);
  wb_file_pane_set_low (WB_FILE_PANE (self->remote), !wide);
  wb_queue_view_set_low (self->queue_view, !wide);
  return G_SOURCE_REMOVE;
}

static void
wb_files_page_measure (GtkWidget *widget,
                       GtkOrientation orientation,
                       int for_size,
                       int *minimum,
                       int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
  WbFilesPage *self = WB_FILES_PAGE (widget);
  GtkWidget *parts[] = { GTK_WIDGET (self->bar), GTK_WIDGET (self->local),
                         GTK_WIDGET (self->remote), GTK_WIDGET (self->queue_view) };

  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      int width = 0;

      gtk_widget_measure (self->box, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
      gtk_widget_measure (self->box, orientation, for_size < 0 ? -1 : MAX (for_size, width),
                          minimum, natural, minimum_baseline, natural_baseline);
      return;
    }

  /* Panes side by side would keep the window from getting narrow enough for the other way. */
  gtk_widget_measure (self->box, orientation, for_size, NULL, natural, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      int least = 0;

      gtk_widget_measure (parts[i], orientation, -1, &least, NULL, NULL, NULL);
      *minimum = MAX (*minimum, least);
    }
  *natural = MAX (*minimum, *natural);
}

static void
wb_files_page_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  WbFilesPage *self = WB_FILES_PAGE (widget);
  gboolean wide = width >= SIDE_BY_SIDE_WIDTH;
  GtkOrientation now = gtk_orientable_get_orientation (GTK_ORIENTABLE (self->paned));
  int least = 0;

  gtk_widget_measure (self->box, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  gtk_widget_allocate (self->box, MAX (width, least), height, baseline, NULL);

  /* Not while sizes are being given out. */
  if (wide != (now == GTK_ORIENTATION_HORIZONTAL) && self->orient_id == 0)
    self->orient_id = g_idle_add (orient_cb, self);
}

static void
wb_files_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_boolean (value, WB_FILES_PAGE (object)->synchronized);
}

static void
wb_files_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  wb_files_page_set_synchronized (WB_FILES_PAGE (object), g_value_get_boolean (value));
}

static void
wb_files_page_dispose (GObject *object)
{
  WbFilesPage *self = WB_FILES_PAGE (object);
  GtkWidget *child = NULL;

  g_clear_handle_id (&self->orient_id, g_source_remove);
  wb_files_page_leave_sites (self);
  g_clear_pointer (&self->edits, g_ptr_array_unref);
  wb_files_page_end_queues (self);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->url, wb_url_free);
  g_cancellable_cancel (self->preparing);
  g_clear_object (&self->preparing);
  g_clear_pointer (&self->site, wb_ftp_site_free);
  g_clear_pointer (&self->sync_local, g_free);
  g_clear_pointer (&self->sync_remote, g_free);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->site_down, wb_limit_unref);
  g_clear_pointer (&self->site_up, wb_limit_unref);
  g_clear_object (&self->session);
  g_clear_object (&self->workbench);

  G_OBJECT_CLASS (wb_files_page_parent_class)->dispose (object);
}

static void
wb_files_page_class_init (WbFilesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_files_page_dispose;
  G_OBJECT_CLASS (klass)->get_property = wb_files_page_get_property;
  G_OBJECT_CLASS (klass)->set_property = wb_files_page_set_property;
  g_object_class_install_property (
      G_OBJECT_CLASS (klass), 1,
      g_param_spec_boolean ("synchronized", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS));
  widget_class->measure = wb_files_page_measure;
  widget_class->size_allocate = wb_files_page_size_allocate;

  g_type_ensure (WB_TYPE_SERVER_BAR);
  g_type_ensure (WB_TYPE_LOCAL_PANE);
  g_type_ensure (WB_TYPE_REMOTE_PANE);
  g_type_ensure (WB_TYPE_QUEUE_VIEW);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/wirebench/Wirebench/files/wb-files-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WbFilesPage, box);
  gtk_widget_class_bind_template_child (widget_class, WbFilesPage, bar);
  gtk_widget_class_bind_template_child (widget_class, WbFilesPage, paned);
  gtk_widget_class_bind_template_child (widget_class, WbFilesPage, local);
  gtk_widget_class_bind_template_child (widget_class, WbFilesPage, remote);
  gtk_widget_class_bind_template_child (widget_class, WbFilesPage, queue_view);
  wb_files_page_bind_connection (widget_class);
  wb_files_page_bind_sites (widget_class);
  wb_files_page_bind_synchronized (widget_class);
  wb_files_page_bind_edits (widget_class);
  wb_files_page_bind_queues (widget_class);
  wb_files_page_bind_transfers (widget_class);
}

static void
wb_files_page_init (WbFilesPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  /* The panes begin one above the other. */
  wb_file_pane_set_low (WB_FILE_PANE (self->remote), TRUE);
  wb_queue_view_set_low (self->queue_view, TRUE);
  self->session = wb_session_new ("wb-files");
  wb_files_page_add_site_keys (self);
}

/**
 * wb_files_page_tell:
 * @text: a short sentence; no markup
 *
 * Shows @text for a moment: over the server's list, or at the bottom of the window where another
 * page is in front.
 */
void
wb_files_page_tell (WbFilesPage *self, const char *text)
{
  /* An answer may come when the window has gone. */
  if (self->workbench == NULL)
    return;
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    wb_file_pane_tell (WB_FILE_PANE (self->remote), text);
  else
    wb_workbench_toast (self->workbench, text);
}

/**
 * wb_files_page_new:
 *
 * Returns: the page, with the home folder on its left
 */
GtkWidget *
wb_files_page_new (WbWorkbench *workbench)
{
  WbFilesPage *self = g_object_new (WB_TYPE_FILES_PAGE, NULL);
  g_autoptr (GFile) home = g_file_new_for_path (wb_local_home_get_path ());

  self->workbench = g_object_ref (workbench);
  wb_remote_pane_set_channels (self->remote, wb_workbench_get_wire (workbench),
                               wb_workbench_get_trust (workbench));
  g_settings_bind (wb_workbench_get_settings (workbench), "files-local-sort", self->local, "sort",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (wb_workbench_get_settings (workbench), "files-server-sort", self->remote, "sort",
                   G_SETTINGS_BIND_DEFAULT);
  wb_local_pane_open (self->local, home);
  wb_file_offer_look_at_portal ();
  wb_files_page_load_sites (self);
  wb_files_page_begin_queues (self);
  wb_files_page_begin_edits (self);
  return GTK_WIDGET (self);
}

/**
 * wb_files_page_connect:
 * @url: (nullable): an `ftp:`, `ftps:` or `ftpes:` URL to fill in
 *
 * Asks for a server. Connecting is left to the person: a link from elsewhere never
 * sends anything by itself.
 */
void
wb_files_page_connect (WbFilesPage *self, const char *url)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbUrl) parsed = NULL;

  g_return_if_fail (WB_IS_FILES_PAGE (self));

  if (url != NULL)
    {
      parsed = wb_url_parse (url, &error);
      if (parsed == NULL)
        wb_file_pane_fail (WB_FILE_PANE (self->remote), error);
      else
        wb_server_bar_set_url (self->bar, parsed, NULL);
    }
  gtk_widget_grab_focus (GTK_WIDGET (self->bar));
}

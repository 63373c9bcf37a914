/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-files-page.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "wb-dialogs.h"
#include "wb-error.h"
#include "wb-ftp-queue.h"
#include "wb-local-pane.h"
#include "wb-queue-view.h"
#include "wb-remote-pane.h"
#include "wb-server-bar.h"

/* Connections for transfers, beside the one that lists. */
#define TRANSFER_CONNECTIONS 2

/* Below this width the panes stand one above the other. */
#define SIDE_BY_SIDE_WIDTH 720

struct _WbFilesPage
{
  GtkWidget parent_instance;

  /* Template */
  GtkWidget *box;
  WbServerBar *bar;
  GtkPaned *paned;
  WbLocalPane *local;
  WbRemotePane *remote;
  WbQueueView *queue_view;

  /* Owned */
  WbWorkbench *workbench;
  WbSession *session; /* the keyring and the lab: both may block */
  WbFtpQueue *queue;
  WbUrl *url; /* what was asked for last */
  guint orient_id;
};

G_DEFINE_FINAL_TYPE (WbFilesPage, wb_files_page, GTK_TYPE_WIDGET)

/* ── Transfers ── */

static void
idle_cb (WbFilesPage *self)
{
  if (wb_remote_pane_is_connected (self->remote))
    WB_FILE_PANE_GET_CLASS (self->remote)->reload (WB_FILE_PANE (self->remote));
  WB_FILE_PANE_GET_CLASS (self->local)->reload (WB_FILE_PANE (self->local));
}

static void
leave_queue (WbFilesPage *self)
{
  if (self->queue == NULL)
    return;
  wb_ftp_queue_cancel_all (self->queue);
  g_signal_handlers_disconnect_by_data (self->queue, self);
  wb_queue_view_set_queue (self->queue_view, NULL);
  wb_remote_pane_set_queue (self->remote, NULL);
  g_clear_object (&self->queue);
}

/**
 * Batch:
 * @files: (nullable) (element-type GFile): to upload
 * @items: (nullable) (element-type WbFileItem): to download
 *
 * What one drop or one press of a button sends.
 */
typedef struct
{
  WbFilesPage *page;
  GPtrArray *files;
  GPtrArray *items;
} Batch;

static void
batch_free (gpointer data)
{
  Batch *batch = data;

  g_object_unref (batch->page);
  g_clear_pointer (&batch->files, g_ptr_array_unref);
  g_clear_pointer (&batch->items, g_ptr_array_unref);
  g_free (batch);
}

static void
send_batch (Batch *batch, gboolean overwrite)
{
  WbFilesPage *self = batch->page;
  const char *directory = wb_remote_pane_get_directory (self->remote);

  if (self->queue == NULL || directory == NULL)
    return;
  for (guint i = 0; batch->files != NULL && i < batch->files->len; i++)
    wb_ftp_queue_add_upload (self->queue, g_ptr_array_index (batch->files, i), directory,
                             overwrite);
  for (guint i = 0; batch->items != NULL && i < batch->items->len; i++)
    wb_ftp_queue_add_download (self->queue,
                               wb_file_item_get_entry (g_ptr_array_index (batch->items, i)),
                               directory, wb_local_pane_get_folder (self->local), overwrite);
}

static void
replace_answered_cb (const char *response, gpointer user_data)
{
  if (g_str_equal (response, "replace"))
    send_batch (user_data, TRUE);
}

static guint
count_conflicts (Batch *batch, char **first)
{
  guint conflicts = 0;

  for (guint i = 0; batch->files != NULL && i < batch->files->len; i++)
    {
      g_autofree char *base = g_file_get_basename (g_ptr_array_index (batch->files, i));
      g_autofree char *name = g_filename_display_name (base);

      if (wb_file_pane_has_name (WB_FILE_PANE (batch->page->remote), name) && conflicts++ == 0)
        *first = g_steal_pointer (&name);
    }
  for (guint i = 0; batch->items != NULL && i < batch->items->len; i++)
    {
      const char *name = wb_file_item_get_name (g_ptr_array_index (batch->items, i));

      if (wb_file_pane_has_name (WB_FILE_PANE (batch->page->local), name) && conflicts++ == 0)
        *first = g_strdup (name);
    }
  return conflicts;
}

/* Asks once, for all, when something of that name is there already. */
static void
ask_and_send (Batch *batch)
{
  g_autofree char *first = NULL;
  g_autofree char *heading = NULL;
  guint conflicts = count_conflicts (batch, &first);

  if (conflicts == 0)
    {
      send_batch (batch, FALSE);
      batch_free (batch);
      return;
    }

  if (conflicts == 1)
    /* Translators: %s is the name of a file or folder. */
    heading = g_strdup_printf (_ ("Replace “%s”?"), first);
  else
    heading = g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE, "Replace %u item?", "Replace %u items?", conflicts),
        conflicts);
  wb_ask (GTK_WIDGET (batch->page), heading,
          _ ("The target has it already. The old file stays until the new one is complete."),
          "replace", _ ("_Replace"), TRUE, replace_answered_cb, batch, batch_free);
}

static Batch *
batch_new (WbFilesPage *self)
{
  Batch *batch = NULL;

  if (self->queue == NULL || !wb_remote_pane_is_connected (self->remote))
    {
      wb_workbench_toast (self->workbench, _ ("Connect to a server first"));
      return NULL;
    }
  batch = g_new0 (Batch, 1);
  batch->page = g_object_ref (self);
  return batch;
}

static void
upload (WbFilesPage *self, GPtrArray *files)
{
  Batch *batch = batch_new (self);

  if (batch == NULL)
    return;
  batch->files = g_ptr_array_ref (files);
  ask_and_send (batch);
}

static void
upload_cb (WbFilesPage *self, GPtrArray *items)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < items->len; i++)
    g_ptr_array_add (files, g_object_ref (wb_file_item_get_file (g_ptr_array_index (items, i))));
  upload (self, files);
}

static void
upload_dropped_cb (WbFilesPage *self, WbFileDrag *drag)
{
  upload_cb (self, wb_file_drag_get_items (drag));
}

static void
upload_files_cb (WbFilesPage *self, GdkFileList *list)
{
  g_autoptr (GSList) dropped = gdk_file_list_get_files (list);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  for (GSList *l = dropped; l != NULL; l = l->next)
    if (g_file_peek_path (l->data) != NULL)
      g_ptr_array_add (files, g_object_ref (l->data));
  if (files->len == 0)
    wb_workbench_toast (self->workbench, _ ("Only files of this computer can be dropped here"));
  else
    upload (self, files);
}

static void
download_cb (WbFilesPage *self, GPtrArray *items)
{
  Batch *batch = batch_new (self);

  if (batch == NULL)
    return;
  batch->items = g_ptr_array_ref (items);
  ask_and_send (batch);
}

static void
download_dropped_cb (WbFilesPage *self, WbFileDrag *drag)
{
  download_cb (self, wb_file_drag_get_items (drag));
}

/* ── The keyring ── */

typedef struct
{
  WbSecrets *secrets;
  WbUrl *url;
} KeyringJob;

static KeyringJob *
keyring_job_new (WbFilesPage *self, const WbUrl *url)
{
  KeyringJob *job = g_new0 (KeyringJob, 1);

  job->secrets = g_object_ref (wb_workbench_get_secrets (self->workbench));
  job->url = wb_url_copy (url);
  return job;
}

static void
keyring_job_free (gpointer data)
{
  KeyringJob *job = data;

  g_object_unref (job->secrets);
  wb_url_free (job->url);
  g_free (job);
}

static gpointer
look_up_job (gpointer data, GCancellable *cancellable, GError **error)
{
  KeyringJob *job = data;
  WbSecretKey key = { "ftp", job->url->host, job->url->port, job->url->user };
  char *password = wb_secrets_lookup (job->secrets, &key, cancellable, NULL);

  /* Without one the server decides; some users have none. */
  return password != NULL ? password : g_strdup ("");
}

static gpointer
store_job (gpointer data, GCancellable *cancellable, GError **error)
{
  KeyringJob *job = data;
  WbSecretKey key = { "ftp", job->url->host, job->url->port, job->url->user };

  return wb_secrets_store (job->secrets, &key, job->url->password, cancellable, error) ? data
                                                                                       : NULL;
}

static void
stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbFilesPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (wb_session_run_finish (WB_SESSION (source), result, &error) == NULL)
    wb_workbench_toast (self->workbench, error->message);
}

/* ── Connecting ── */

static void
connect_now (WbFilesPage *self)
{
  wb_server_bar_set_state (self->bar, WB_SERVER_BAR_CONNECTING);
  wb_remote_pane_connect (self->remote, self->url);
}

static void
looked_up_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbFilesPage) self = user_data;
  g_autofree char *password = wb_session_run_finish (WB_SESSION (source), result, NULL);

  if (self->url == NULL)
    return;
  g_free (self->url->password);
  self->url->password = g_steal_pointer (&password);
  connect_now (self);
}

static void
connect_to (WbFilesPage *self, WbUrl *url)
{
  leave_queue (self);
  g_clear_pointer (&self->url, wb_url_free);
  self->url = url;
  if (url->password != NULL && *url->password != '\0')
    {
      connect_now (self);
      return;
    }
  wb_session_run_async (self->session, look_up_job, keyring_job_new (self, url), keyring_job_free,
                        g_free, NULL, looked_up_cb, g_object_ref (self));
}

static void
connect_cb (WbFilesPage *self)
{
  g_autoptr (GError) error = NULL;
  WbUrl *url = wb_server_bar_dup_url (self->bar, &error);

  if (url == NULL)
    wb_file_pane_fail (WB_FILE_PANE (self->remote), error);
  else
    connect_to (self, url);
}

static void
disconnect_cb (WbFilesPage *self)
{
  leave_queue (self);
  wb_remote_pane_disconnect (self->remote);
  wb_server_bar_set_state (self->bar, WB_SERVER_BAR_IDLE);
}

static void
connected_cb (WbFilesPage *self)
{
  self->queue =
      wb_ftp_queue_new (wb_workbench_get_wire (self->workbench),
                        wb_workbench_get_trust (self->workbench), self->url, TRANSFER_CONNECTIONS);
  g_signal_connect_object (self->queue, "idle", G_CALLBACK (idle_cb), self, G_CONNECT_SWAPPED);
  wb_queue_view_set_queue (self->queue_view, self->queue);
  wb_remote_pane_set_queue (self->remote, self->queue);
  wb_server_bar_set_state (self->bar, WB_SERVER_BAR_CONNECTED);
  if (wb_server_bar_get_remember (self->bar))
    wb_session_run_async (self->session, store_job, keyring_job_new (self, self->url),
                          keyring_job_free, NULL, NULL, stored_cb, g_object_ref (self));
}

static void
disconnected_cb (WbFilesPage *self)
{
  leave_queue (self);
  wb_server_bar_set_state (self->bar, WB_SERVER_BAR_IDLE);
}

static void
pin_answered_cb (const char *response, gpointer user_data)
{
  WbFilesPage *self = user_data;
  WbTrust *trust = wb_workbench_get_trust (self->workbench);
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autofree char *fingerprint = NULL;

  if (!g_str_equal (response, "pin") || self->url == NULL)
    return;
  certificate = wb_trust_dup_refused (trust, self->url->host, self->url->port);
  if (certificate == NULL)
    return;
  fingerprint = wb_trust_get_fingerprint (certificate);
  wb_trust_add_pin (trust, self->url->host, self->url->port, fingerprint, NULL);
  connect_now (self);
}

static void
failed_cb (WbFilesPage *self, GError *error)
{
  wb_server_bar_set_state (self->bar, WB_SERVER_BAR_IDLE);
  if (g_error_matches (error, WB_ERROR, WB_ERROR_UNTRUSTED))
    wb_ask (GTK_WIDGET (self), _ ("Trust This Certificate?"), error->message, "pin",
            _ ("_Pin and Connect"), TRUE, pin_answered_cb, g_object_ref (self), g_object_unref);
}

/* ── The lab ── */

typedef struct
{
  WbLab *lab;
  char *kind;
} LabJob;

static void
lab_job_free (gpointer data)
{
  LabJob *job = data;

  g_object_unref (job->lab);
  g_free (job->kind);
  g_free (job);
}

static gpointer
start_lab_job (gpointer data, GCancellable *cancellable, GError **error)
{
  LabJob *job = data;

  if (!wb_lab_is_running (job->lab, WB_LAB_FTP) && !wb_lab_start (job->lab, WB_LAB_FTP, 0, error))
    return NULL;
  return wb_lab_dup_url (job->lab, WB_LAB_FTP, job->kind);
}

typedef struct
{
  WbFilesPage *page;
  char *kind;
} LabWish;

static void
lab_wish_free (LabWish *wish)
{
  g_object_unref (wish->page);
  g_free (wish->kind);
  g_free (wish);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LabWish, lab_wish_free)

static void
lab_started_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LabWish) wish = user_data;
  WbFilesPage *self = wish->page;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = wb_session_run_finish (WB_SESSION (source), result, &error);
  WbUrl *url = text != NULL ? wb_url_parse (text, &error) : NULL;

  if (url == NULL)
    {
      wb_file_pane_fail (WB_FILE_PANE (self->remote), error);
      return;
    }
  wb_server_bar_set_url (self->bar, url, wish->kind);
  connect_to (self, url);
}

static void
lab_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (LabWish) wish = user_data;
  WbFilesPage *self = wish->page;
  g_autoptr (GError) error = NULL;
  WbLab *lab = wb_workbench_load_lab_finish (self->workbench, result, &error);
  LabJob *job = NULL;

  if (lab == NULL)
    {
      wb_file_pane_fail (WB_FILE_PANE (self->remote), error);
      return;
    }
  job = g_new0 (LabJob, 1);
  job->lab = g_object_ref (lab);
  job->kind = g_strdup (wish->kind);
  wb_session_run_async (self->session, start_lab_job, job, lab_job_free, g_free, NULL,
                        lab_started_cb, g_steal_pointer (&wish));
}

static void
lab_cb (WbFilesPage *self, const char *kind)
{
  LabWish *wish = g_new0 (LabWish, 1);

  wish->page = g_object_ref (self);
  wish->kind = g_strdup (kind);
  wb_workbench_load_lab_async (self->workbench, NULL, lab_loaded_cb, wish);
}

/* ── The page ── */

static gboolean
orient_cb (gpointer user_data)
{
  WbFilesPage *self = user_data;
  gboolean wide = gtk_widget_get_width (GTK_WIDGET (self)) >= SIDE_BY_SIDE_WIDTH;

  self->orient_id = 0;
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->paned),
                                  wide ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL);
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
wb_files_page_dispose (GObject *object)
{
  WbFilesPage *self = WB_FILES_PAGE (object);
  GtkWidget *child = NULL;

  g_clear_handle_id (&self->orient_id, g_source_remove);
  if (self->queue != NULL)
    wb_ftp_queue_cancel_all (self->queue);
  g_clear_object (&self->queue);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->url, wb_url_free);
  g_clear_object (&self->session);
  g_clear_object (&self->workbench);

  G_OBJECT_CLASS (wb_files_page_parent_class)->dispose (object);
}

static void
wb_files_page_class_init (WbFilesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_files_page_dispose;
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
  gtk_widget_class_bind_template_callback (widget_class, connect_cb);
  gtk_widget_class_bind_template_callback (widget_class, disconnect_cb);
  gtk_widget_class_bind_template_callback (widget_class, lab_cb);
  gtk_widget_class_bind_template_callback (widget_class, upload_cb);
  gtk_widget_class_bind_template_callback (widget_class, upload_dropped_cb);
  gtk_widget_class_bind_template_callback (widget_class, upload_files_cb);
  gtk_widget_class_bind_template_callback (widget_class, download_cb);
  gtk_widget_class_bind_template_callback (widget_class, download_dropped_cb);
  gtk_widget_class_bind_template_callback (widget_class, connected_cb);
  gtk_widget_class_bind_template_callback (widget_class, disconnected_cb);
  gtk_widget_class_bind_template_callback (widget_class, failed_cb);
}

static void
wb_files_page_init (WbFilesPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->session = wb_session_new ("wb-files");
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
  g_autoptr (GFile) home = g_file_new_for_path (g_get_home_dir ());

  self->workbench = g_object_ref (workbench);
  wb_remote_pane_set_channels (self->remote, wb_workbench_get_wire (workbench),
                               wb_workbench_get_trust (workbench));
  wb_local_pane_open (self->local, home);
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

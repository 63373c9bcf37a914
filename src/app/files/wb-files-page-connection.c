/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-files-page-private.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "wb-dialogs.h"
#include "wb-error.h"

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
  wb_remote_pane_connect (self->remote, self->url, self->settings);
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
  wb_files_page_leave_queue (self);
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
  wb_files_page_leave_queue (self);
  wb_remote_pane_disconnect (self->remote);
  wb_server_bar_set_state (self->bar, WB_SERVER_BAR_IDLE);
}

static void
connected_cb (WbFilesPage *self)
{
  wb_files_page_open_queue (self);
  wb_server_bar_set_state (self->bar, WB_SERVER_BAR_CONNECTED);
  if (wb_server_bar_get_remember (self->bar))
    wb_session_run_async (self->session, store_job, keyring_job_new (self, self->url),
                          keyring_job_free, NULL, NULL, stored_cb, g_object_ref (self));
}

static void
disconnected_cb (WbFilesPage *self)
{
  wb_files_page_leave_queue (self);
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

/**
 * wb_files_page_bind_connection:
 *
 * Tells the template where its handlers for the server and the lab are.
 */
void
wb_files_page_bind_connection (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_callback (widget_class, connect_cb);
  gtk_widget_class_bind_template_callback (widget_class, disconnect_cb);
  gtk_widget_class_bind_template_callback (widget_class, lab_cb);
  gtk_widget_class_bind_template_callback (widget_class, connected_cb);
  gtk_widget_class_bind_template_callback (widget_class, disconnected_cb);
  gtk_widget_class_bind_template_callback (widget_class, failed_cb);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-files-page-private.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "wb-certificate-dialog.h"
#include "wb-dialogs.h"
#include "wb-error.h"
#include "wb-ftp-error.h"

/* ── The keyring, and what takes a while before connecting ── */

typedef struct
{
  WbSecrets *secrets;
  WbUrl *url;
  WbFtpSite *site;       /* NULL for an address that was typed */
  WbFtpClient *settings; /* what the site's are set on */
} KeyringJob;

static KeyringJob *
keyring_job_new (WbFilesPage *self, const WbUrl *url)
{
  KeyringJob *job = g_new0 (KeyringJob, 1);

  job->secrets = g_object_ref (wb_workbench_get_secrets (self->workbench));
  job->url = wb_url_copy (url);
  job->site = self->site != NULL ? wb_ftp_site_copy (self->site) : NULL;
  g_set_object (&job->settings, self->settings);
  return job;
}

static void
keyring_job_free (gpointer data)
{
  KeyringJob *job = data;

  g_object_unref (job->secrets);
  g_clear_object (&job->settings);
  g_clear_pointer (&job->site, wb_ftp_site_free);
  wb_url_free (job->url);
  g_free (job);
}

/* The address with all that was found out; no password where none is kept. */
static gpointer
prepare_job (gpointer data, GCancellable *cancellable, GError **error)
{
  KeyringJob *job = data;
  WbSecretKey key = { "ftp", job->url->host, job->url->port, job->url->user };
  g_autoptr (WbUrl) url = wb_url_copy (job->url);

  if (job->site != NULL)
    {
      if (!wb_ftp_site_apply (job->site, job->settings, cancellable, error))
        return NULL;
      g_free (url->path);
      url->path = g_strdup (job->site->remote);
    }
  if ((url->password == NULL || *url->password == '\0') &&
      (job->site == NULL || !job->site->ask_password))
    {
      g_free (url->password);
      url->password = wb_secrets_lookup (job->secrets, &key, cancellable, NULL);
    }
  return g_steal_pointer (&url);
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
    wb_files_page_tell (self, error->message);
  else if (!wb_secrets_is_lasting (wb_workbench_get_secrets (self->workbench)))
    wb_files_page_tell (self, _ ("There is no keyring, so the password is kept until "
                                 "Wirebench ends."));
}

/* ── Connecting ── */

static void
connect_now (WbFilesPage *self)
{
  wb_server_bar_set_state (self->bar, WB_SERVER_BAR_CONNECTING);
  wb_remote_pane_connect (self->remote, self->url, self->settings);
}

static void
password_cb (const char *password, gboolean remember, gpointer user_data)
{
  WbFilesPage *self = user_data;

  if (self->url == NULL || password == NULL)
    {
      wb_server_bar_set_state (self->bar, WB_SERVER_BAR_IDLE);
      return;
    }
  g_free (self->url->password);
  self->url->password = g_strdup (password);
  self->remember = remember;
  connect_now (self);
}

/* A site's password: where none is kept, or it is to be asked for, or it was wrong. */
static void
ask_password (WbFilesPage *self, const char *problem)
{
  gboolean may_keep = self->site != NULL && !self->site->ask_password;
  g_autofree char *heading = g_strdup_printf (
      /* Translators: the first %s is a user name, the second a host. */
      _ ("Password of %s at %s"), self->url->user, self->url->host);
  g_autofree char *body = NULL;

  if (problem != NULL)
    /* Translators: %s is a sentence that says what is wrong. */
    body = g_strdup_printf (_ ("%s Enter the password again. It is kept only once it has worked."),
                            problem);
  wb_ask_password (GTK_WIDGET (self), heading, body, may_keep, password_cb, g_object_ref (self),
                   g_object_unref);
}

static void
prepared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbFilesPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WbUrl) url = wb_session_run_finish (WB_SESSION (source), result, &error);

  /* The person has gone elsewhere since. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (url == NULL)
    {
      wb_server_bar_set_state (self->bar, WB_SERVER_BAR_IDLE);
      wb_file_pane_fail (WB_FILE_PANE (self->remote), error);
      return;
    }
  wb_url_free (self->url);
  self->url = g_steal_pointer (&url);
  if (self->url->password == NULL && self->site != NULL)
    ask_password (self, NULL);
  else
    {
      /* Without one the server decides; some users have none. */
      if (self->url->password == NULL)
        self->url->password = g_strdup ("");
      connect_now (self);
    }
}

static void
stop_preparing (WbFilesPage *self)
{
  g_cancellable_cancel (self->preparing);
  g_clear_object (&self->preparing);
}

/* Takes both. */
static void
connect_to (WbFilesPage *self, WbUrl *url, WbFtpSite *site)
{
  stop_preparing (self);
  self->preparing = g_cancellable_new ();
  wb_files_page_leave_queue (self);
  wb_files_page_set_synchronized (self, FALSE);
  g_clear_pointer (&self->url, wb_url_free);
  g_clear_pointer (&self->site, wb_ftp_site_free);
  g_clear_pointer (&self->site_down, wb_limit_unref);
  g_clear_pointer (&self->site_up, wb_limit_unref);
  g_clear_object (&self->settings);
  self->url = url;
  self->site = site;
  self->remember = site == NULL && wb_server_bar_get_remember (self->bar);
  self->as_text = site == NULL && wb_server_bar_get_as_text (self->bar);
  self->connections = site != NULL ? site->connections : 0;
  if (site != NULL)
    self->settings = wb_ftp_client_new (wb_workbench_get_wire (self->workbench),
                                        wb_workbench_get_trust (self->workbench));
  if (site != NULL && site->download_limit > 0)
    self->site_down = wb_limit_new ((gint64) site->download_limit * 1000);
  if (site != NULL && site->upload_limit > 0)
    self->site_up = wb_limit_new ((gint64) site->upload_limit * 1000);
  wb_server_bar_set_state (self->bar, WB_SERVER_BAR_CONNECTING);
  wb_session_run_async (self->session, prepare_job, keyring_job_new (self, url), keyring_job_free,
                        (GDestroyNotify) wb_url_free, self->preparing, prepared_cb,
                        g_object_ref (self));
}

static void
connect_cb (WbFilesPage *self)
{
  g_autoptr (GError) error = NULL;
  WbUrl *url = wb_server_bar_dup_url (self->bar, &error);

  if (url == NULL)
    wb_file_pane_fail (WB_FILE_PANE (self->remote), error);
  else
    connect_to (self, url, NULL);
}

/* The site's folder as it stands in an address. Anonymous users begin at the root, so the slash
 * that says so is left out. */
static char *
describe_folder (const WbFtpSite *site)
{
  const char *path = site->remote;

  if (site->account == WB_FTP_ACCOUNT_ANONYMOUS && *path == '/')
    path++;
  return g_strconcat (path, *path == '\0' || g_str_has_suffix (path, "/") ? "" : "/", NULL);
}

/**
 * wb_files_page_connect_site:
 * @id: of a site in the list
 *
 * Leaves the server that is connected and goes to the site.
 */
void
wb_files_page_connect_site (WbFilesPage *self, const char *id)
{
  const WbFtpSite *site = wb_ftp_site_store_find (self->sites, id);
  g_autoptr (GError) error = NULL;
  g_autoptr (WbUrl) shown = NULL;
  WbUrl *url = NULL;

  if (site == NULL)
    return;
  url = wb_ftp_site_dup_url (site, &error);
  if (url == NULL)
    {
      wb_file_pane_fail (WB_FILE_PANE (self->remote), error);
      return;
    }
  wb_remote_pane_disconnect (self->remote);
  shown = wb_url_copy (url);
  g_clear_pointer (&shown->password, g_free);
  g_free (shown->path);
  shown->path = describe_folder (site);
  wb_server_bar_set_url (self->bar, shown,
                         site->account == WB_FTP_ACCOUNT_ANONYMOUS ? "anonymous"
                         : site->account == WB_FTP_ACCOUNT_GUEST   ? "guest"
                                                                   : "real");
  connect_to (self, url, wb_ftp_site_copy (site));
}

static void
disconnect_cb (WbFilesPage *self)
{
  stop_preparing (self);
  wb_files_page_leave_queue (self);
  wb_files_page_set_synchronized (self, FALSE);
  wb_remote_pane_disconnect (self->remote);
  wb_server_bar_set_state (self->bar, WB_SERVER_BAR_IDLE);
}

static void
connected_cb (WbFilesPage *self)
{
  wb_files_page_open_queue (self);
  wb_server_bar_set_state (self->bar, WB_SERVER_BAR_CONNECTED);
  if (self->remember)
    wb_session_run_async (self->session, store_job, keyring_job_new (self, self->url),
                          keyring_job_free, NULL, NULL, stored_cb, g_object_ref (self));
  self->remember = FALSE;
  wb_files_page_arrived (self);
}

static void
disconnected_cb (WbFilesPage *self)
{
  wb_files_page_leave_queue (self);
  wb_files_page_set_synchronized (self, FALSE);
  wb_server_bar_set_state (self->bar, WB_SERVER_BAR_IDLE);
}

static void
pinned_cb (WbFilesPage *self)
{
  if (self->url != NULL && !wb_remote_pane_is_connected (self->remote))
    connect_now (self);
}

static void
failed_cb (WbFilesPage *self, GError *error)
{
  wb_server_bar_set_state (self->bar, WB_SERVER_BAR_IDLE);
  self->remember = FALSE;
  if (self->url == NULL)
    return;
  if (g_error_matches (error, WB_ERROR, WB_ERROR_UNTRUSTED))
    {
      GtkWidget *dialog = wb_certificate_dialog_new (
          GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
          wb_workbench_get_trust (self->workbench), self->url->host, self->url->port);

      g_signal_connect_object (dialog, "pinned", G_CALLBACK (pinned_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (dialog, "trust-changed", G_CALLBACK (wb_workbench_save_trust),
                               self->workbench, G_CONNECT_SWAPPED);
      gtk_window_present (GTK_WINDOW (dialog));
    }
  else if (!g_error_matches (error, WB_FTP_ERROR, WB_FTP_ERROR_LOGIN))
    return;
  else if (self->site != NULL && self->site->account != WB_FTP_ACCOUNT_ANONYMOUS)
    ask_password (self, error->message);
  else if (self->site == NULL)
    wb_server_bar_ask_password (self->bar);
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
  connect_to (self, url, NULL);
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

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-files-page-private.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "wb-conflict-dialog.h"
#include "wb-dialogs.h"
#include "wb-sync-dialog.h"
#include "wb-transfer-settings.h"

/* Who has waited for longer and looks elsewhere by now is told of the end. In µs. */
#define LONG (10 * G_USEC_PER_SEC)

/* A queue that goes on as soon as its server is connected. */
static const char left_key[] = "wb-left";

static gboolean
is_same_server (const WbUrl *a, const WbUrl *b)
{
  return g_str_equal (a->host, b->host) && a->port == b->port && a->tls == b->tls &&
         g_strcmp0 (a->user, b->user) == 0;
}

static guint
count_left (WbFtpQueue *queue)
{
  WbFtpTotals totals;

  wb_ftp_queue_get_totals (queue, &totals);
  return totals.counts[WB_FTP_TRANSFER_QUEUED] + totals.counts[WB_FTP_TRANSFER_RUNNING] +
         totals.counts[WB_FTP_TRANSFER_PAUSED] + totals.counts[WB_FTP_TRANSFER_CONFLICT];
}

static void
remove_queue (WbFilesPage *self, WbFtpQueue *queue)
{
  guint place = 0;

  g_signal_handlers_disconnect_by_data (queue, self);
  if (g_list_store_find (self->queues, queue, &place))
    g_list_store_remove (self->queues, place);
}

/* ── Conflicts ── */

static void ask_about (WbFilesPage *self, WbFtpTransfer *transfer);

static void
asked_cb (WbFilesPage *self)
{
  WbFtpTransfer *next = NULL;

  self->conflict = NULL;
  while (self->conflict == NULL && (next = g_queue_pop_head (&self->asked)) != NULL)
    {
      ask_about (self, next);
      g_object_unref (next);
    }
}

/* One at a time, whatever number of queues there are. */
static void
ask_about (WbFilesPage *self, WbFtpTransfer *transfer)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (root == NULL || wb_ftp_transfer_get_state (transfer) != WB_FTP_TRANSFER_CONFLICT)
    return;
  if (self->conflict != NULL)
    {
      g_queue_push_tail (&self->asked, g_object_ref (transfer));
      return;
    }
  self->conflict = wb_conflict_dialog_new (GTK_WINDOW (root), transfer);
  g_signal_connect_object (self->conflict, "done", G_CALLBACK (asked_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (self->conflict));
}

static void
conflict_cb (WbFilesPage *self, WbFtpTransfer *transfer)
{
  ask_about (self, transfer);
}

static void
answer_cb (WbFilesPage *self, WbFtpTransfer *transfer)
{
  ask_about (self, transfer);
}

/* ── What those see who are elsewhere ── */

static void
show_badge (WbFilesPage *self, const WbFtpTotals *totals)
{
  GtkWidget *stack = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_VIEW_STACK);
  GtkWidget *place = gtk_widget_get_parent (GTK_WIDGET (self));
  AdwViewStackPage *page = NULL;
  guint trouble = totals->counts[WB_FTP_TRANSFER_FAILED] + totals->counts[WB_FTP_TRANSFER_CONFLICT];
  guint left = totals->counts[WB_FTP_TRANSFER_QUEUED] + totals->counts[WB_FTP_TRANSFER_RUNNING] +
               totals->counts[WB_FTP_TRANSFER_CONFLICT];

  if (stack == NULL || gtk_widget_get_parent (place) == NULL)
    return;
  page = adw_view_stack_get_page (ADW_VIEW_STACK (stack), place);
  adw_view_stack_page_set_badge_number (page, left);
  adw_view_stack_page_set_needs_attention (
      page, trouble > 0 && adw_view_stack_get_visible_child (ADW_VIEW_STACK (stack)) != place);
}

static void
tell_the_end (WbFilesPage *self, const WbFtpTotals *totals)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GApplication *application = g_application_get_default ();
  g_autoptr (GNotification) notification = g_notification_new (_ ("Transfers Finished"));
  guint failed = totals->counts[WB_FTP_TRANSFER_FAILED];
  g_autofree char *body = NULL;

  if (root == NULL || application == NULL || gtk_window_is_active (GTK_WINDOW (root)))
    return;
  if (failed > 0)
    body = g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE, "%u transfer failed", "%u transfers failed", failed), failed);
  else
    body = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u file is there", "%u files are there",
                                         totals->counts[WB_FTP_TRANSFER_DONE]),
                            totals->counts[WB_FTP_TRANSFER_DONE]);
  g_notification_set_body (notification, body);
  g_application_send_notification (application, "transfers", notification);
}

/* One that was left and has nothing more to show goes. */
static void
queue_totals_cb (WbFilesPage *self, WbFtpQueue *queue)
{
  if (queue != self->queue && queue != self->copies &&
      g_list_model_get_n_items (G_LIST_MODEL (queue)) == 0)
    remove_queue (self, queue);
}

static void
totals_cb (WbFilesPage *self)
{
  WbFtpTotals totals;
  guint moving = 0;

  /* The view has its first numbers before there is anything here. */
  if (self->queues == NULL)
    return;
  wb_queue_view_get_totals (self->queue_view, &totals);
  moving = totals.counts[WB_FTP_TRANSFER_QUEUED] + totals.counts[WB_FTP_TRANSFER_RUNNING];
  show_badge (self, &totals);
  if (moving > 0 && self->busy_since == 0)
    self->busy_since = g_get_monotonic_time ();
  if (moving == 0 && self->busy_since != 0)
    {
      if (g_get_monotonic_time () - self->busy_since > LONG)
        tell_the_end (self, &totals);
      self->busy_since = 0;
    }
}

/* ── A server that lets in one alone ── */

static gpointer
quit_job (gpointer data, GCancellable *cancellable, GError **error)
{
  /* Nobody waits for the goodbye, so it may not take long. */
  wb_ftp_client_set_timeout (data, 2);
  wb_ftp_client_quit (data, NULL, NULL);
  return data;
}

static void
quit_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  wb_session_run_finish (WB_SESSION (source), result, NULL);
}

/* What a queue keeps for what may come next. */
static void
end_sessions (WbFilesPage *self, WbFtpQueue *queue)
{
  WbFtpClient *client = wb_ftp_queue_take_client (queue);

  if (client != NULL)
    wb_session_run_async (self->session, quit_job, client, g_object_unref, NULL, NULL, quit_cb,
                          NULL);
}

static gboolean
crowded_cb (WbFilesPage *self, WbFtpQueue *queue)
{
  WbFtpQueue *other = queue == self->queue ? self->copies : self->queue;

  if (queue != self->queue && queue != self->copies)
    return FALSE;
  if (wb_ftp_queue_is_idle (other))
    end_sessions (self, other);
  return wb_remote_pane_lend (self->remote, queue);
}

static void
idle_cb (WbFilesPage *self, WbFtpQueue *queue)
{
  wb_remote_pane_take_back (self->remote, queue);
  if (queue != self->queue && queue != self->copies)
    end_sessions (self, queue);
  if (queue == self->copies)
    return;
  if (wb_remote_pane_is_connected (self->remote))
    WB_FILE_PANE_GET_CLASS (self->remote)->reload (WB_FILE_PANE (self->remote));
  WB_FILE_PANE_GET_CLASS (self->local)->reload (WB_FILE_PANE (self->local));
}

/* ── Making them ── */

static void
configure (WbFilesPage *self, WbFtpQueue *queue)
{
  GSettings *settings = wb_workbench_get_settings (self->workbench);
  guint connections = g_settings_get_uint (settings, "transfer-connections");

  /* Known of the server that is connected; of another its queue hears it when that is. */
  wb_transfer_settings_apply (settings, queue,
                              (queue == self->queue || queue == self->copies) &&
                                  wb_remote_pane_has_checksums (self->remote));
  /* What goes to other programs is never to be run, whatever it is on the server. */
  if (queue == self->copies)
    wb_ftp_queue_set_keep (queue, WB_FTP_KEEP_TIME);
  /* A server that takes few is not to be asked for more. */
  if (queue == self->queue && self->connections > 0)
    connections = MIN (connections, self->connections);
  wb_ftp_queue_set_connections (queue, connections);
}

static void
settings_changed_cb (WbFilesPage *self, const char *key)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->queues));

  if (!g_str_has_prefix (key, "transfer-"))
    return;
  wb_transfer_settings_limit (wb_workbench_get_settings (self->workbench), self->down, self->up);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (WbFtpQueue) queue = g_list_model_get_item (G_LIST_MODEL (self->queues), i);

      configure (self, queue);
    }
}

static WbFtpQueue *
create_queue (WbFilesPage *self, const WbUrl *url)
{
  WbFtpQueue *queue = wb_ftp_queue_new (wb_workbench_get_wire (self->workbench),
                                        wb_workbench_get_trust (self->workbench), url, 0);

  wb_ftp_queue_set_limit (queue, self->down);
  wb_ftp_queue_set_upload_limit (queue, self->up);
  configure (self, queue);
  g_signal_connect_object (queue, "idle", G_CALLBACK (idle_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (queue, "crowded", G_CALLBACK (crowded_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (queue, "conflict", G_CALLBACK (conflict_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (queue, "totals-changed", G_CALLBACK (queue_totals_cb), self,
                           G_CONNECT_SWAPPED);
  return queue;
}

/* @kept: whether what is left in it is there again after the next start. */
static WbFtpQueue *
make_queue (WbFilesPage *self, const WbUrl *url, gboolean kept)
{
  WbFtpQueue *queue = create_queue (self, url);

  if (kept)
    wb_ftp_queue_store_watch (self->store, queue);
  g_list_store_append (self->queues, queue);
  return queue;
}

/* How to get to the server that is connected. */
static void
take_settings (WbFilesPage *self, WbFtpQueue *queue)
{
  wb_ftp_queue_set_password (queue, self->url->password);
  wb_ftp_queue_set_settings (queue, self->settings);
  wb_ftp_queue_set_limit (queue, self->site_down != NULL ? self->site_down : self->down);
  wb_ftp_queue_set_upload_limit (queue, self->site_up != NULL ? self->site_up : self->up);
  configure (self, queue);
}

/* ── Going on ── */

static void
unpause (WbFtpQueue *queue)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (queue));

  g_object_set_data (G_OBJECT (queue), left_key, NULL);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (WbFtpTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (queue), i);

      wb_ftp_transfer_unpause (transfer);
    }
}

typedef struct
{
  WbFilesPage *page;
  WbFtpQueue *queue;
  WbFtpTransfer *transfer; /* NULL for all */
} Wish;

static void
wish_free (Wish *wish)
{
  g_object_unref (wish->page);
  g_object_unref (wish->queue);
  g_clear_object (&wish->transfer);
  g_free (wish);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Wish, wish_free)

typedef struct
{
  WbSecrets *secrets;
  WbUrl *url;
} LookUp;

static void
look_up_free (gpointer data)
{
  LookUp *job = data;

  g_object_unref (job->secrets);
  wb_url_free (job->url);
  g_free (job);
}

static gpointer
look_up_job (gpointer data, GCancellable *cancellable, GError **error)
{
  LookUp *job = data;
  WbSecretKey key = { "ftp", job->url->host, job->url->port, job->url->user };
  char *password = wb_secrets_lookup (job->secrets, &key, cancellable, NULL);

  return password != NULL ? password : g_strdup ("");
}

static void
looked_up_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Wish) wish = user_data;
  WbFilesPage *self = wish->page;
  char *password = wb_session_run_finish (WB_SESSION (source), result, NULL);
  const WbUrl *url = wb_ftp_queue_get_url (wish->queue);

  if (password != NULL && *password != '\0')
    {
      wb_ftp_queue_set_password (wish->queue, password);
      if (wish->transfer != NULL)
        wb_ftp_transfer_unpause (wish->transfer);
      else
        unpause (wish->queue);
    }
  else
    {
      g_autofree char *text = g_strdup_printf (
          /* Translators: %s is the name of a server. */
          _ ("Enter the password for %s and connect; then the transfers go on"), url->host);

      g_object_set_data (G_OBJECT (wish->queue), left_key, self);
      wb_server_bar_set_url (self->bar, url, NULL);
      gtk_widget_grab_focus (GTK_WIDGET (self->bar));
      wb_files_page_tell (self, text);
    }
  wb_secret_free (password);
}

/* One that was restored knows no password: the keyring does, or the person. */
static void
resume (WbFilesPage *self, WbFtpQueue *queue, WbFtpTransfer *transfer)
{
  const WbUrl *url = wb_ftp_queue_get_url (queue);
  Wish *wish = NULL;
  LookUp *job = NULL;

  if (url->password != NULL || url->user == NULL || g_str_equal (url->user, "anonymous"))
    {
      if (transfer != NULL)
        wb_ftp_transfer_unpause (transfer);
      else
        unpause (queue);
      return;
    }
  wish = g_new0 (Wish, 1);
  wish->page = g_object_ref (self);
  wish->queue = g_object_ref (queue);
  g_set_object (&wish->transfer, transfer);
  job = g_new0 (LookUp, 1);
  job->secrets = g_object_ref (wb_workbench_get_secrets (self->workbench));
  job->url = wb_url_copy (url);
  wb_session_run_async (self->session, look_up_job, job, look_up_free,
                        (GDestroyNotify) wb_secret_free, NULL, looked_up_cb, wish);
}

static void
resume_cb (WbFilesPage *self, WbFtpTransfer *transfer)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->queues));

  if (transfer != NULL)
    {
      WbFtpQueue *queue = wb_ftp_transfer_get_queue (transfer);

      if (queue != NULL)
        resume (self, queue, transfer);
      return;
    }
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (WbFtpQueue) queue = g_list_model_get_item (G_LIST_MODEL (self->queues), i);
      WbFtpTotals totals;

      wb_ftp_queue_get_totals (queue, &totals);
      if (totals.counts[WB_FTP_TRANSFER_PAUSED] > 0)
        resume (self, queue, NULL);
    }
}

/* ── Folders made alike ── */

static void
sync_ended_cb (WbFilesPage *self)
{
  if (self->queue != NULL)
    configure (self, self->queue);
}

static void
sync_cb (WbFilesPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  const char *remote = wb_remote_pane_get_directory (self->remote);
  WbRemoteServer *server = NULL;
  GtkWidget *dialog = NULL;

  if (self->queue == NULL || remote == NULL)
    return;
  server =
      wb_remote_server_new (wb_workbench_get_wire (self->workbench),
                            wb_workbench_get_trust (self->workbench), self->url, self->settings);
  dialog = wb_sync_dialog_new (GTK_WINDOW (root), server, self->queue,
                               wb_local_pane_get_folder (self->local), remote);
  wb_remote_server_unref (server);
  g_signal_connect_object (dialog, "ended", G_CALLBACK (sync_ended_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ── Coming and going ── */

static WbFtpQueue *
find_queue (WbFilesPage *self, const WbUrl *url)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->queues));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (WbFtpQueue) queue = g_list_model_get_item (G_LIST_MODEL (self->queues), i);

      if (is_same_server (wb_ftp_queue_get_url (queue), url))
        return g_steal_pointer (&queue);
    }
  return NULL;
}

/**
 * wb_files_page_open_queue:
 *
 * Makes a queue for the server that is connected, or takes the one in which something was
 * left for it, which goes on.
 */
void
wb_files_page_open_queue (WbFilesPage *self)
{
  WbFtpQueue *queue = find_queue (self, self->url);

  wb_files_page_leave_queue (self);
  self->queue = queue != NULL ? queue : make_queue (self, self->url, TRUE);
  self->copies = make_queue (self, self->url, FALSE);
  take_settings (self, self->queue);
  take_settings (self, self->copies);
  if (g_object_get_data (G_OBJECT (self->queue), left_key) != NULL)
    unpause (self->queue);
  wb_queue_view_set_connected (self->queue_view, TRUE);
  wb_remote_pane_set_queue (self->remote, self->copies);
}

static void
pause_all (WbFtpQueue *queue)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (queue));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (WbFtpTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (queue), i);

      wb_ftp_transfer_pause (transfer);
    }
}

/**
 * wb_files_page_leave_queue:
 *
 * Stops what is on its way. What is not finished stays in the list, and goes on when the
 * server is connected again.
 */
void
wb_files_page_leave_queue (WbFilesPage *self)
{
  WbFtpTotals totals;
  guint moving = 0;

  if (self->queue == NULL)
    return;
  wb_ftp_queue_get_totals (self->queue, &totals);
  moving = totals.counts[WB_FTP_TRANSFER_QUEUED] + totals.counts[WB_FTP_TRANSFER_RUNNING];
  if (moving > 0)
    {
      g_autofree char *text = g_strdup_printf (
          g_dngettext (GETTEXT_PACKAGE, "%u transfer is paused until you connect again",
                       "%u transfers are paused until you connect again", moving),
          moving);

      pause_all (self->queue);
      g_object_set_data (G_OBJECT (self->queue), left_key, self);
      wb_files_page_tell (self, text);
    }
  if (count_left (self->queue) == 0)
    remove_queue (self, self->queue);
  wb_ftp_queue_cancel_all (self->copies);
  remove_queue (self, self->copies);
  wb_queue_view_set_connected (self->queue_view, FALSE);
  wb_remote_pane_set_queue (self->remote, NULL);
  g_clear_object (&self->copies);
  g_clear_object (&self->queue);
}

static void
restore (WbFilesPage *self)
{
  g_autoptr (GPtrArray) urls = wb_ftp_queue_store_get_urls (self->store);

  for (guint i = 0; i < urls->len; i++)
    {
      g_autoptr (WbFtpQueue) queue = create_queue (self, urls->pdata[i]);

      /* Thousands are shown at once, not one by one. */
      wb_ftp_queue_store_restore (self->store, queue, TRUE);
      g_list_store_append (self->queues, queue);
      g_object_set_data (G_OBJECT (queue), left_key, self);
    }
}

/**
 * wb_files_page_begin_queues:
 *
 * Shows what was left when the program ended. It waits for the person.
 */
void
wb_files_page_begin_queues (WbFilesPage *self)
{
  GSettings *settings = wb_workbench_get_settings (self->workbench);
  g_autoptr (GError) error = NULL;

  self->queues = g_list_store_new (WB_TYPE_FTP_QUEUE);
  self->down = wb_limit_new (0);
  self->up = wb_limit_new (0);
  g_queue_init (&self->asked);
  wb_transfer_settings_limit (settings, self->down, self->up);
  g_signal_connect_object (settings, "changed", G_CALLBACK (settings_changed_cb), self,
                           G_CONNECT_SWAPPED);
  wb_queue_view_set_settings (self->queue_view, settings);
  wb_queue_view_set_queues (self->queue_view, G_LIST_MODEL (self->queues));

  self->store = wb_ftp_queue_store_new (NULL);
  if (!wb_ftp_queue_store_load (self->store, &error))
    wb_files_page_tell (self, error->message);
  restore (self);
}

/**
 * wb_files_page_end_queues:
 *
 * Keeps what is left for the next start, and stops it.
 */
void
wb_files_page_end_queues (WbFilesPage *self)
{
  g_autoptr (GError) error = NULL;

  if (self->store != NULL && !wb_ftp_queue_store_flush (self->store, &error))
    g_warning ("%s", error->message);
  g_clear_object (&self->store);
  if (self->queues != NULL)
    while (g_list_model_get_n_items (G_LIST_MODEL (self->queues)) > 0)
      {
        g_autoptr (WbFtpQueue) queue = g_list_model_get_item (G_LIST_MODEL (self->queues), 0);

        remove_queue (self, queue);
        wb_ftp_queue_cancel_all (queue);
      }
  g_queue_clear_full (&self->asked, g_object_unref);
  g_clear_object (&self->copies);
  g_clear_object (&self->queue);
  g_clear_object (&self->queues);
  g_clear_pointer (&self->down, wb_limit_unref);
  g_clear_pointer (&self->up, wb_limit_unref);
}

static gboolean
close_cb (gpointer user_data)
{
  GtkRoot *root = gtk_widget_get_root (user_data);

  if (root != NULL)
    gtk_window_close (GTK_WINDOW (root));
  return G_SOURCE_REMOVE;
}

static void
stop_answered_cb (const char *response, gpointer user_data)
{
  WbFilesPage *self = user_data;

  if (!g_str_equal (response, "stop"))
    return;
  self->stops = TRUE;
  /* Not under the dialog, which is not gone yet. */
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, close_cb, g_object_ref (self), g_object_unref);
}

/**
 * wb_files_page_may_close:
 *
 * Asks, where something runs; the window is closed again when the person wants to leave.
 *
 * Returns: whether the window may close now
 */
gboolean
wb_files_page_may_close (WbFilesPage *self)
{
  WbFtpTotals totals;

  g_return_val_if_fail (WB_IS_FILES_PAGE (self), TRUE);

  wb_queue_view_get_totals (self->queue_view, &totals);
  if (self->stops ||
      totals.counts[WB_FTP_TRANSFER_QUEUED] + totals.counts[WB_FTP_TRANSFER_RUNNING] == 0)
    return TRUE;
  wb_ask (GTK_WIDGET (self), _ ("Transfers Are Still Running"),
          _ ("What is not finished stays in the list. The next time it waits there for you to go "
             "on, from where it broke off if the server can."),
          "stop", _ ("_Stop and Close"), FALSE, stop_answered_cb, g_object_ref (self),
          g_object_unref);
  return FALSE;
}

/**
 * wb_files_page_bind_queues:
 *
 * Tells the template where its handlers for the queues are.
 */
void
wb_files_page_bind_queues (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_callback (widget_class, resume_cb);
  gtk_widget_class_bind_template_callback (widget_class, answer_cb);
  gtk_widget_class_bind_template_callback (widget_class, totals_cb);
  gtk_widget_class_bind_template_callback (widget_class, sync_cb);
}

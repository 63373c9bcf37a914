/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-sync-dialog.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "wb-session.h"
#include "wb-sync-item.h"
#include "wb-sync-row.h"

/* Times on disk and in listings are seldom better than this, in seconds. */
#define TOLERANCE 2

/* How often a bar without an end moves, in ms. */
#define PULSE 100

/* By what files are compared, in the order of the drop-down list. */
typedef enum
{
  BY_SIZE_AND_TIME,
  BY_SIZE,
  BY_TIME,
  BY_HASH,
} By;

struct _WbSyncDialog
{
  GtkWindow parent_instance;

  /* Template */
  GtkStack *stack;
  GtkWidget *back;
  GtkWidget *compare;
  GtkWidget *run;
  AdwPreferencesRow *up_row;
  AdwPreferencesRow *down_row;
  GtkCheckButton *up;
  GtkCheckButton *down;
  GtkSwitch *remove;
  GtkSwitch *only_newer;
  GtkDropDown *what;
  GtkSpinButton *ahead;
  GtkLabel *problem;
  GtkLabel *busy_label;
  GtkProgressBar *bar;
  GtkCheckButton *all;
  GtkLabel *summary;
  GtkListView *list;
  AdwStatusPage *result;

  /* Owned */
  WbSession *session;
  WbRemoteServer *server;
  WbFtpQueue *queue;
  GFile *local;
  char *remote;
  GCancellable *cancellable;
  WbFtpSync *sync;      /* freed last: a job may still look at it */
  GListStore *items;    /* of WbSyncItem, over its actions */
  GPtrArray *transfers; /* of WbFtpTransfer: the files that are on their way */
  guint pulse_id;
  gboolean showing;
  guint failed;
  guint moved;
};

enum
{
  ENDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbSyncDialog, wb_sync_dialog, GTK_TYPE_WINDOW)

/* ── Pages ── */

static void
page_cb (WbSyncDialog *self)
{
  const char *page = gtk_stack_get_visible_child_name (self->stack);

  /* The template is not complete yet. */
  if (self->back == NULL)
    return;
  gtk_widget_set_visible (self->back, g_strcmp0 (page, "preview") == 0);
  gtk_widget_set_visible (self->compare, g_strcmp0 (page, "setup") == 0);
  gtk_widget_set_visible (self->run, g_strcmp0 (page, "preview") == 0);
}

static gboolean
pulse_cb (gpointer user_data)
{
  gtk_progress_bar_pulse (WB_SYNC_DIALOG (user_data)->bar);
  return G_SOURCE_CONTINUE;
}

static void
show_busy (WbSyncDialog *self, const char *text)
{
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  gtk_label_set_label (self->busy_label, text);
  gtk_progress_bar_set_fraction (self->bar, 0);
  if (self->pulse_id == 0)
    self->pulse_id = g_timeout_add (PULSE, pulse_cb, self);
  gtk_stack_set_visible_child_name (self->stack, "busy");
}

static void
show_page (WbSyncDialog *self, const char *page)
{
  g_clear_handle_id (&self->pulse_id, g_source_remove);
  gtk_stack_set_visible_child_name (self->stack, page);
}

static void
show_problem (WbSyncDialog *self, const GError *error)
{
  gboolean cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  gtk_label_set_label (self->problem, cancelled ? "" : error->message);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), !cancelled);
  show_page (self, "setup");
}

static void
show_result (WbSyncDialog *self, const char *icon, const char *title, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_status_page_set_icon_name (self->result, icon);
  adw_status_page_set_title (self->result, title);
  adw_status_page_set_description (self->result, escaped);
  show_page (self, "result");
}

/* ── The preview ── */

static void
show_summary (WbSyncDialog *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->items));
  guint copies = 0, deletes = 0, folders = 0, can = 0;
  gint64 bytes = 0;
  g_autofree char *size = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (WbSyncItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);
      const WbFtpSyncAction *action = wb_sync_item_get_action (item);

      can += wb_sync_item_can_choose (item);
      if (!action->chosen || !wb_sync_item_can_choose (item))
        continue;
      if (wb_sync_item_deletes (item))
        deletes++;
      else if (action->kind == WB_FTP_SYNC_MAKE_FOLDER)
        folders++;
      else
        {
          copies++;
          bytes += MAX (action->size, 0);
        }
    }
  size = g_format_size (bytes);
  text = g_strdup_printf (
      /* Translators: how many files, %s is their size together, then how many folders, and how many
       * files and folders. */
      _ ("To copy: %u (%s) · New folders: %u · To delete: %u"), copies, size, folders, deletes);
  gtk_label_set_label (self->summary, text);
  gtk_widget_set_sensitive (self->run, copies + folders + deletes > 0);

  self->showing = TRUE;
  gtk_check_button_set_active (self->all, can > 0 && copies + folders + deletes == can);
  gtk_check_button_set_inconsistent (self->all, copies + folders + deletes > 0 &&
                                                    copies + folders + deletes < can);
  self->showing = FALSE;
}

static void
chosen_cb (WbSyncDialog *self, gboolean chosen, WbSyncRow *row)
{
  wb_sync_items_choose (G_LIST_MODEL (self->items), wb_sync_row_get_item (row), chosen);
  show_summary (self);
}

static void
all_cb (WbSyncDialog *self)
{
  guint n = self->items != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->items)) : 0;

  if (self->showing)
    return;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (WbSyncItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);

      wb_sync_item_set_chosen (item, gtk_check_button_get_active (self->all));
    }
  show_summary (self);
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, WbSyncDialog *self)
{
  GtkWidget *row = wb_sync_row_new ();

  g_signal_connect_object (row, "chosen", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_list_item_set_child (list_item, row);
  gtk_list_item_set_activatable (list_item, FALSE);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, WbSyncDialog *self)
{
  wb_sync_row_set_item (WB_SYNC_ROW (gtk_list_item_get_child (list_item)),
                        gtk_list_item_get_item (list_item));
}

static void
unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, WbSyncDialog *self)
{
  wb_sync_row_set_item (WB_SYNC_ROW (gtk_list_item_get_child (list_item)), NULL);
}

/* The rows go before what they are about. */
static void
take_sync (WbSyncDialog *self, WbFtpSync *sync)
{
  g_list_store_remove_all (self->items);
  g_clear_pointer (&self->sync, wb_ftp_sync_free);
  self->sync = sync;
  for (guint i = 0; sync != NULL && i < sync->actions->len; i++)
    {
      g_autoptr (WbSyncItem) item = wb_sync_item_new (sync->actions->pdata[i]);

      g_list_store_append (self->items, item);
    }
}

static void
compared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbSyncDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  WbFtpSync *sync = wb_session_run_finish (WB_SESSION (source), result, &error);

  if (self->queue == NULL)
    {
      /* Closed meanwhile. */
      g_clear_pointer (&sync, wb_ftp_sync_free);
      return;
    }
  if (sync == NULL)
    {
      show_problem (self, error);
      return;
    }
  take_sync (self, sync);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), FALSE);
  if (sync->actions->len == 0)
    {
      show_result (self, "object-select-symbolic", _ ("Nothing to Do"),
                   _ ("The two folders are alike."));
      return;
    }
  show_summary (self);
  show_page (self, "preview");
}

static void
progress_cb (WbProgress *progress, gpointer user_data)
{
  WbSyncDialog *self = user_data;
  g_auto (WbProgressState) state = { 0 };
  g_autofree char *size = NULL;
  g_autofree char *text = NULL;

  wb_progress_get_state (progress, &state);
  size = g_format_size (MAX (state.done, 0));
  /* Translators: %s is a size, of lists of files. */
  text = g_strdup_printf (_ ("Comparing: %s of lists read"), size);
  gtk_label_set_label (self->busy_label, text);
}

static void
compare_cb (WbSyncDialog *self)
{
  WbSyncJob *job = wb_sync_job_new (self->server, NULL);
  guint by = gtk_drop_down_get_selected (self->what);
  gint64 ahead = 60 * gtk_spin_button_get_value_as_int (self->ahead);

  job->upload = gtk_check_button_get_active (self->up);
  job->local = g_object_ref (self->local);
  job->remote = g_strdup (self->remote);
  job->hash = by == BY_HASH;
  job->options.remove = gtk_switch_get_active (self->remove);
  job->options.only_newer = gtk_switch_get_active (self->only_newer);
  job->options.ignore_time = by == BY_SIZE || by == BY_HASH;
  job->options.ignore_size = by == BY_TIME;
  job->options.tolerance = TOLERANCE;
  /* It is the target's times that are put right. */
  job->options.offset = job->upload ? -ahead : ahead;
  job->progress = wb_progress_new ();
  wb_progress_watch (job->progress, progress_cb, G_OBJECT (self));

  take_sync (self, NULL);
  show_busy (self, _ ("Comparing…"));
  wb_session_run_async (self->session, wb_sync_job_compare, job, wb_sync_job_free,
                        (GDestroyNotify) wb_ftp_sync_free, self->cancellable, compared_cb,
                        g_object_ref (self));
}

static void
back_cb (WbSyncDialog *self)
{
  take_sync (self, NULL);
  show_page (self, "setup");
}

/* ── Doing it ── */

static guint
count_deletes (WbSyncDialog *self)
{
  guint count = 0;

  for (guint i = 0; i < self->sync->actions->len; i++)
    {
      const WbFtpSyncAction *action = self->sync->actions->pdata[i];

      count += action->chosen && action->reason == WB_FTP_SYNC_EXTRA;
    }
  return count;
}

static void
end (WbSyncDialog *self, const GError *error)
{
  guint deletes = count_deletes (self);
  g_autofree char *text = NULL;

  /* Closed meanwhile. */
  if (self->queue == NULL)
    return;
  g_signal_emit (self, signals[ENDED], 0);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      show_result (self, "process-stop-symbolic", _ ("Cancelled"),
                   _ ("What was done stays. Nothing was deleted that only the target has, or not "
                      "all of it."));
      return;
    }
  if (error != NULL)
    {
      show_result (self, "dialog-error-symbolic", _ ("Not Finished"), error->message);
      return;
    }
  if (self->failed > 0)
    {
      text = g_strdup_printf (
          g_dngettext (GETTEXT_PACKAGE,
                       "%u file could not be copied, so nothing more was deleted. See among the "
                       "transfers why, and synchronize again.",
                       "%u files could not be copied, so nothing more was deleted. See among the "
                       "transfers why, and synchronize again.",
                       self->failed),
          self->failed);
      show_result (self, "dialog-error-symbolic", _ ("Not Finished"), text);
      return;
    }
  /* Translators: how many files, and how many files and folders. */
  text = g_strdup_printf (_ ("Copied: %u · Deleted: %u"), self->moved, deletes);
  show_result (self, "object-select-symbolic", _ ("Done"), text);
}

static void
finished_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbSyncDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  wb_session_run_finish (WB_SESSION (source), result, &error);
  end (self, error);
}

/* All files are there, or will not come. Deletions come last, and only when nothing failed. */
static void
files_ended (WbSyncDialog *self)
{
  gboolean cancelled = g_cancellable_is_cancelled (self->cancellable);

  g_signal_handlers_disconnect_by_data (self->queue, self);
  g_clear_pointer (&self->transfers, g_ptr_array_unref);
  if (cancelled)
    {
      g_autoptr (GError) error =
          g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");

      end (self, error);
      return;
    }
  if (self->failed > 0 || count_deletes (self) == 0)
    {
      end (self, NULL);
      return;
    }
  gtk_label_set_label (self->busy_label, _ ("Deleting what only the target has…"));
  if (self->pulse_id == 0)
    self->pulse_id = g_timeout_add (PULSE, pulse_cb, self);
  wb_session_run_async (self->session, wb_sync_job_finish,
                        wb_sync_job_new (self->server, self->sync), wb_sync_job_free, NULL,
                        self->cancellable, finished_cb, g_object_ref (self));
}

static void
totals_cb (WbSyncDialog *self)
{
  gint64 done = 0, total = 0;
  guint left = 0;
  g_autofree char *done_text = NULL;
  g_autofree char *total_text = NULL;
  g_autofree char *text = NULL;

  if (self->transfers == NULL)
    return;
  self->failed = 0;
  self->moved = 0;
  for (guint i = 0; i < self->transfers->len; i++)
    {
      WbFtpTransfer *transfer = self->transfers->pdata[i];
      WbFtpTransferState state = wb_ftp_transfer_get_state (transfer);
      gint64 now = wb_ftp_transfer_get_done (transfer);

      self->failed += state == WB_FTP_TRANSFER_FAILED || state == WB_FTP_TRANSFER_CANCELLED;
      self->moved += state == WB_FTP_TRANSFER_DONE || state == WB_FTP_TRANSFER_SKIPPED;
      left += state != WB_FTP_TRANSFER_FAILED && state != WB_FTP_TRANSFER_CANCELLED &&
              state != WB_FTP_TRANSFER_DONE && state != WB_FTP_TRANSFER_SKIPPED;
      done += now;
      total += MAX (wb_ftp_transfer_get_total (transfer), now);
    }
  if (left == 0)
    {
      files_ended (self);
      return;
    }
  g_clear_handle_id (&self->pulse_id, g_source_remove);
  done_text = g_format_size (done);
  total_text = g_format_size (total);
  /* Translators: how many of how many files, then how much of how much. */
  text = g_strdup_printf (_ ("Copying: %u of %u files, %s of %s"), self->moved,
                          self->transfers->len, done_text, total_text);
  gtk_label_set_label (self->busy_label, text);
  gtk_progress_bar_set_fraction (self->bar, total > 0 ? CLAMP ((double) done / total, 0, 1) : 0);
}

static void
prepared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbSyncDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  GListModel *queue = (GListModel *) self->queue;
  guint before = 0, after = 0;

  if (wb_session_run_finish (WB_SESSION (source), result, &error) == NULL || queue == NULL)
    {
      end (self, error);
      return;
    }
  before = g_list_model_get_n_items (queue);
  /* Else all would look newer the next time. */
  wb_ftp_queue_set_keep (self->queue, WB_FTP_KEEP_TIME);
  wb_ftp_sync_enqueue (self->sync, self->queue);
  after = g_list_model_get_n_items (queue);
  self->transfers = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = before; i < after; i++)
    g_ptr_array_add (self->transfers, g_list_model_get_item (queue, i));
  g_signal_connect_object (self->queue, "totals-changed", G_CALLBACK (totals_cb), self,
                           G_CONNECT_SWAPPED);
  totals_cb (self);
}

static void
run_cb (WbSyncDialog *self)
{
  self->failed = 0;
  self->moved = 0;
  show_busy (self, _ ("Making folders…"));
  wb_session_run_async (self->session, wb_sync_job_prepare,
                        wb_sync_job_new (self->server, self->sync), wb_sync_job_free, NULL,
                        self->cancellable, prepared_cb, g_object_ref (self));
}

static void
cancel_cb (WbSyncDialog *self)
{
  g_cancellable_cancel (self->cancellable);
  for (guint i = 0; self->transfers != NULL && i < self->transfers->len; i++)
    wb_ftp_transfer_cancel (self->transfers->pdata[i]);
}

/* ── The object ── */

static gboolean
wb_sync_dialog_close_request (GtkWindow *window)
{
  cancel_cb (WB_SYNC_DIALOG (window));
  return GTK_WINDOW_CLASS (wb_sync_dialog_parent_class)->close_request (window);
}

static void
gone_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  wb_session_run_finish (WB_SESSION (source), result, NULL);
}

static void
wb_sync_dialog_dispose (GObject *object)
{
  WbSyncDialog *self = WB_SYNC_DIALOG (object);

  g_clear_handle_id (&self->pulse_id, g_source_remove);
  if (self->session != NULL)
    wb_session_run_async (self->session, wb_sync_job_quit, wb_sync_job_new (self->server, NULL),
                          wb_sync_job_free, NULL, NULL, gone_cb, NULL);
  if (self->queue != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->queue, self);
      g_signal_emit (self, signals[ENDED], 0);
    }
  g_clear_object (&self->session);
  g_clear_object (&self->queue);
  g_clear_pointer (&self->transfers, g_ptr_array_unref);

  G_OBJECT_CLASS (wb_sync_dialog_parent_class)->dispose (object);
}

static void
wb_sync_dialog_finalize (GObject *object)
{
  WbSyncDialog *self = WB_SYNC_DIALOG (object);

  g_list_store_remove_all (self->items);
  g_clear_object (&self->items);
  g_clear_pointer (&self->sync, wb_ftp_sync_free);
  g_clear_pointer (&self->server, wb_remote_server_unref);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->local);
  g_free (self->remote);

  G_OBJECT_CLASS (wb_sync_dialog_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/wirebench/Wirebench/files/wb-sync-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, WbSyncDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, WbSyncDialog, back);
  gtk_widget_class_bind_template_child (widget_class, WbSyncDialog, compare);
  gtk_widget_class_bind_template_child (widget_class, WbSyncDialog, run);
  gtk_widget_class_bind_template_child (widget_class, WbSyncDialog, up_row);
  gtk_widget_class_bind_template_child (widget_class, WbSyncDialog, down_row);
  gtk_widget_class_bind_template_child (widget_class, WbSyncDialog, up);
  gtk_widget_class_bind_template_child (widget_class, WbSyncDialog, down);
  gtk_widget_class_bind_template_child (widget_class, WbSyncDialog, remove);
  gtk_widget_class_bind_template_child (widget_class, WbSyncDialog, only_newer);
  gtk_widget_class_bind_template_child (widget_class, WbSyncDialog, what);
  gtk_widget_class_bind_template_child (widget_class, WbSyncDialog, ahead);
  gtk_widget_class_bind_template_child (widget_class, WbSyncDialog, problem);
  gtk_widget_class_bind_template_child (widget_class, WbSyncDialog, busy_label);
  gtk_widget_class_bind_template_child (widget_class, WbSyncDialog, bar);
  gtk_widget_class_bind_template_child (widget_class, WbSyncDialog, all);
  gtk_widget_class_bind_template_child (widget_class, WbSyncDialog, summary);
  gtk_widget_class_bind_template_child (widget_class, WbSyncDialog, list);
  gtk_widget_class_bind_template_child (widget_class, WbSyncDialog, result);
  gtk_widget_class_bind_template_callback (widget_class, page_cb);
  gtk_widget_class_bind_template_callback (widget_class, back_cb);
  gtk_widget_class_bind_template_callback (widget_class, compare_cb);
  gtk_widget_class_bind_template_callback (widget_class, run_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  gtk_widget_class_bind_template_callback (widget_class, all_cb);
}

static void
wb_sync_dialog_class_init (WbSyncDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_sync_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = wb_sync_dialog_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = wb_sync_dialog_close_request;
  signals[ENDED] = g_signal_new ("ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
  bind_template (widget_class);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
wb_sync_dialog_init (WbSyncDialog *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkNoSelection) selection = NULL;

  self->items = g_list_store_new (WB_TYPE_SYNC_ITEM);
  self->session = wb_session_new ("wb-sync");
  gtk_widget_init_template (GTK_WIDGET (self));

  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cb), self, 0);
  selection = gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->items)));
  gtk_list_view_set_factory (self->list, factory);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (selection));
  page_cb (self);
}

static void
set_subtitle (AdwPreferencesRow *row, const char *from, const char *to)
{
  g_autofree char *text = g_strdup_printf ("%s → %s", from, to);
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), escaped);
}

/**
 * wb_sync_dialog_new:
 * @server: where to connect to, by a session of its own
 * @queue: one of the same server, which moves the files; its `keep` is changed until `ended`
 * @local: a folder on this computer
 * @remote: a folder on the server, in its bytes
 *
 * Returns: the dialog, not shown yet
 */
GtkWidget *
wb_sync_dialog_new (GtkWindow *parent,
                    WbRemoteServer *server,
                    WbFtpQueue *queue,
                    GFile *local,
                    const char *remote)
{
  WbSyncDialog *self = g_object_new (WB_TYPE_SYNC_DIALOG, "transient-for", parent, NULL);
  g_autofree char *here = g_file_get_parse_name (local);
  g_autofree char *there = g_utf8_make_valid (remote, -1);

  self->server = wb_remote_server_ref (server);
  self->queue = g_object_ref (queue);
  self->local = g_object_ref (local);
  self->remote = g_strdup (remote);
  set_subtitle (self->up_row, here, there);
  set_subtitle (self->down_row, there, here);
  return GTK_WIDGET (self);
}

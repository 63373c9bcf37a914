/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-transfer-row.h"

#include <glib/gi18n-lib.h>

struct _WbTransferRow
{
  GtkWidget parent_instance;

  /* Template */
  GtkImage *icon;
  GtkLabel *name;
  GtkProgressBar *bar;
  GtkLabel *state;
  GtkWidget *retry;
  GtkWidget *cancel;

  /* Owned */
  WbFtpQueue *queue;
  WbFtpTransfer *transfer;
};

enum
{
  STATE_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbTransferRow, wb_transfer_row, GTK_TYPE_WIDGET)

static char *
describe_running (WbFtpTransfer *transfer)
{
  gint64 done = wb_ftp_transfer_get_done (transfer);
  gint64 total = wb_ftp_transfer_get_total (transfer);
  double rate = wb_ftp_transfer_get_rate (transfer);
  g_autofree char *done_text = g_format_size (done);
  g_autofree char *total_text = g_format_size (MAX (total, 0));
  g_autofree char *rate_text = g_format_size ((guint64) MAX (rate, 0));
  int left = rate > 0 && total > done ? (int) MIN ((total - done) / rate, 359999) : -1;

  if (total < 0)
    /* Translators: how much went by so far, and how much each second. */
    return g_strdup_printf (_ ("%s at %s/s"), done_text, rate_text);
  if (left < 0)
    /* Translators: how much of how much went by so far. */
    return g_strdup_printf (_ ("%s of %s"), done_text, total_text);
  return g_strdup_printf (
      /* Translators: how much of how much went by so far, how much each second, and the time left
       * as minutes and seconds. */
      _ ("%s of %s at %s/s, %d:%02d left"), done_text, total_text, rate_text, left / 60, left % 60);
}

static char *
describe_done (WbFtpTransfer *transfer)
{
  g_autofree char *size = g_format_size (MAX (wb_ftp_transfer_get_done (transfer), 0));

  /* Translators: %s is a size such as "3.2 MB". */
  return g_strdup_printf (_ ("Done, %s"), size);
}

static void
update_progress (WbTransferRow *self)
{
  gint64 done = wb_ftp_transfer_get_done (self->transfer);
  gint64 total = wb_ftp_transfer_get_total (self->transfer);
  g_autofree char *text = NULL;

  switch (wb_ftp_transfer_get_state (self->transfer))
    {
    case WB_FTP_TRANSFER_RUNNING:
      text = describe_running (self->transfer);
      if (total > 0)
        gtk_progress_bar_set_fraction (self->bar, CLAMP ((double) done / total, 0, 1));
      else
        gtk_progress_bar_pulse (self->bar);
      break;
    case WB_FTP_TRANSFER_DONE:
    case WB_FTP_TRANSFER_SKIPPED:
      text = describe_done (self->transfer);
      break;
    case WB_FTP_TRANSFER_FAILED:
      text = g_strdup (wb_ftp_transfer_get_error_message (self->transfer));
      break;
    case WB_FTP_TRANSFER_CANCELLED:
      text = g_strdup (_ ("Cancelled"));
      break;
    case WB_FTP_TRANSFER_QUEUED:
    case WB_FTP_TRANSFER_PAUSED:
    case WB_FTP_TRANSFER_CONFLICT:
    default:
      text = g_strdup (_ ("Waiting"));
      break;
    }
  gtk_label_set_label (self->state, text != NULL ? text : "");
}

static void
update_state (WbTransferRow *self)
{
  WbFtpTransferState state = wb_ftp_transfer_get_state (self->transfer);
  gboolean failed = state == WB_FTP_TRANSFER_FAILED;

  gtk_widget_set_visible (GTK_WIDGET (self->bar), state == WB_FTP_TRANSFER_RUNNING);
  gtk_widget_set_visible (self->retry, failed || state == WB_FTP_TRANSFER_CANCELLED);
  gtk_widget_set_visible (self->cancel,
                          state == WB_FTP_TRANSFER_RUNNING || state == WB_FTP_TRANSFER_QUEUED);
  if (failed)
    gtk_widget_add_css_class (GTK_WIDGET (self->state), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->state), "error");
  update_progress (self);
  g_signal_emit (self, signals[STATE_CHANGED], 0);
}

/**
 * wb_transfer_row_set_transfer:
 * @transfer: (nullable): what to show; %NULL when the row is out of use
 */
void
wb_transfer_row_set_transfer (WbTransferRow *self, WbFtpQueue *queue, WbFtpTransfer *transfer)
{
  g_autofree char *base = NULL;
  g_autofree char *name = NULL;

  if (self->transfer != NULL)
    g_signal_handlers_disconnect_by_data (self->transfer, self);
  g_set_object (&self->transfer, transfer);
  g_set_object (&self->queue, queue);
  if (transfer == NULL)
    return;

  gtk_image_set_from_icon_name (self->icon, wb_ftp_transfer_is_upload (transfer)
                                                ? "send-to-symbolic"
                                                : "document-save-symbolic");
  base = g_file_get_basename (wb_ftp_transfer_get_local (transfer));
  name = g_filename_display_name (base);
  gtk_label_set_label (self->name, name);
  g_signal_connect_object (transfer, "notify::state", G_CALLBACK (update_state), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (transfer, "notify::done", G_CALLBACK (update_progress), self,
                           G_CONNECT_SWAPPED);
  update_state (self);
}

static void
retry_cb (WbTransferRow *self)
{
  if (self->transfer != NULL)
    wb_ftp_queue_retry (self->queue, self->transfer);
}

static void
cancel_cb (WbTransferRow *self)
{
  if (self->transfer != NULL)
    wb_ftp_transfer_cancel (self->transfer);
}

static void
wb_transfer_row_dispose (GObject *object)
{
  WbTransferRow *self = WB_TRANSFER_ROW (object);
  GtkWidget *child = NULL;

  if (self->transfer != NULL)
    g_signal_handlers_disconnect_by_data (self->transfer, self);
  g_clear_object (&self->transfer);
  g_clear_object (&self->queue);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (wb_transfer_row_parent_class)->dispose (object);
}

static void
wb_transfer_row_class_init (WbTransferRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_transfer_row_dispose;
  signals[STATE_CHANGED] = g_signal_new ("state-changed", G_TYPE_FROM_CLASS (klass),
                                         G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/wirebench/Wirebench/files/wb-transfer-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WbTransferRow, icon);
  gtk_widget_class_bind_template_child (widget_class, WbTransferRow, name);
  gtk_widget_class_bind_template_child (widget_class, WbTransferRow, bar);
  gtk_widget_class_bind_template_child (widget_class, WbTransferRow, state);
  gtk_widget_class_bind_template_child (widget_class, WbTransferRow, retry);
  gtk_widget_class_bind_template_child (widget_class, WbTransferRow, cancel);
  gtk_widget_class_bind_template_callback (widget_class, retry_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
}

static void
wb_transfer_row_init (WbTransferRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * wb_transfer_row_new:
 *
 * Returns: a row without a transfer
 */
GtkWidget *
wb_transfer_row_new (void)
{
  return g_object_new (WB_TYPE_TRANSFER_ROW, NULL);
}

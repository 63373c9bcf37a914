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
  GtkWidget *answer;
  GtkWidget *pause;
  GtkWidget *resume;
  GtkWidget *retry;
  GtkWidget *cancel;

  /* Owned */
  WbFtpTransfer *transfer;
};

enum
{
  RESUME_WANTED,
  ANSWER_WANTED,
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
  gint64 left = wb_ftp_transfer_get_time_left (transfer);
  g_autofree char *done_text = g_format_size (done);
  g_autofree char *total_text = g_format_size (MAX (total, 0));
  g_autofree char *rate_text = g_format_size ((guint64) MAX (rate, 0));

  if (total < 0)
    /* Translators: how much went by so far, and how much each second. */
    return g_strdup_printf (_ ("%s at %s/s"), done_text, rate_text);
  if (left < 0)
    /* Translators: how much of how much went by so far. */
    return g_strdup_printf (_ ("%s of %s"), done_text, total_text);
  left = MIN (left, 359999);
  return g_strdup_printf (
      /* Translators: how much of how much went by so far, how much each second, and the time left
       * as minutes and seconds. */
      _ ("%s of %s at %s/s, %d:%02d left"), done_text, total_text, rate_text, (int) (left / 60),
      (int) (left % 60));
}

static char *
describe_waiting (WbFtpTransfer *transfer)
{
  guint attempts = wb_ftp_transfer_get_attempts (transfer);

  if (attempts == 0)
    return g_strdup (_ ("Waiting"));
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Broke off; waiting for attempt %u",
                                       "Broke off; waiting for attempt %u", attempts + 1),
                          attempts + 1);
}

static char *
describe_done (WbFtpTransfer *transfer)
{
  g_autofree char *size = g_format_size (MAX (wb_ftp_transfer_get_done (transfer), 0));

  /* Translators: %s is a size such as "3.2 MB". */
  return g_strdup_printf (_ ("Done, %s"), size);
}

static char *
describe (WbFtpTransfer *transfer)
{
  switch (wb_ftp_transfer_get_state (transfer))
    {
    case WB_FTP_TRANSFER_RUNNING:
      return describe_running (transfer);
    case WB_FTP_TRANSFER_DONE:
      return describe_done (transfer);
    case WB_FTP_TRANSFER_SKIPPED:
      return g_strdup (_ ("Skipped: it is there already"));
    case WB_FTP_TRANSFER_FAILED:
      return g_strdup (wb_ftp_transfer_get_error_message (transfer));
    case WB_FTP_TRANSFER_CANCELLED:
      return g_strdup (_ ("Cancelled"));
    case WB_FTP_TRANSFER_PAUSED:
      return g_strdup (_ ("Paused"));
    case WB_FTP_TRANSFER_CONFLICT:
      return g_strdup (_ ("There is a file of that name already: what is to be done?"));
    case WB_FTP_TRANSFER_QUEUED:
    default:
      return describe_waiting (transfer);
    }
}

static void
update_progress (WbTransferRow *self)
{
  gint64 done = wb_ftp_transfer_get_done (self->transfer);
  gint64 total = wb_ftp_transfer_get_total (self->transfer);
  g_autofree char *text = describe (self->transfer);

  if (wb_ftp_transfer_get_state (self->transfer) == WB_FTP_TRANSFER_RUNNING)
    {
      if (total > 0)
        gtk_progress_bar_set_fraction (self->bar, CLAMP ((double) done / total, 0, 1));
      else
        gtk_progress_bar_pulse (self->bar);
    }
  gtk_label_set_label (self->state, text != NULL ? text : "");
}

static void
set_css_class (GtkWidget *widget, const char *css_class, gboolean set)
{
  if (set)
    gtk_widget_add_css_class (widget, css_class);
  else
    gtk_widget_remove_css_class (widget, css_class);
}

static const char *
get_icon_name (WbFtpTransfer *transfer)
{
  switch (wb_ftp_transfer_get_state (transfer))
    {
    case WB_FTP_TRANSFER_DONE:
      return "object-select-symbolic";
    case WB_FTP_TRANSFER_FAILED:
      return "dialog-error-symbolic";
    case WB_FTP_TRANSFER_CONFLICT:
      return "dialog-question-symbolic";
    case WB_FTP_TRANSFER_PAUSED:
      return "media-playback-pause-symbolic";
    case WB_FTP_TRANSFER_CANCELLED:
    case WB_FTP_TRANSFER_SKIPPED:
    case WB_FTP_TRANSFER_RUNNING:
    case WB_FTP_TRANSFER_QUEUED:
    default:
      return wb_ftp_transfer_is_upload (transfer) ? "send-to-symbolic" : "document-save-symbolic";
    }
}

static void
update_state (WbTransferRow *self)
{
  WbFtpTransferState state = wb_ftp_transfer_get_state (self->transfer);
  gboolean over = state == WB_FTP_TRANSFER_DONE || state == WB_FTP_TRANSFER_SKIPPED ||
                  state == WB_FTP_TRANSFER_CANCELLED || state == WB_FTP_TRANSFER_FAILED;
  gboolean is_sentence = state == WB_FTP_TRANSFER_FAILED || state == WB_FTP_TRANSFER_CONFLICT;

  gtk_widget_set_visible (GTK_WIDGET (self->bar), state == WB_FTP_TRANSFER_RUNNING);
  gtk_widget_set_visible (self->answer, state == WB_FTP_TRANSFER_CONFLICT);
  gtk_widget_set_visible (self->pause,
                          state == WB_FTP_TRANSFER_RUNNING || state == WB_FTP_TRANSFER_QUEUED);
  gtk_widget_set_visible (self->resume, state == WB_FTP_TRANSFER_PAUSED);
  gtk_widget_set_visible (self->retry,
                          state == WB_FTP_TRANSFER_FAILED || state == WB_FTP_TRANSFER_CANCELLED);
  gtk_widget_set_visible (self->cancel, !over);
  gtk_image_set_from_icon_name (self->icon, get_icon_name (self->transfer));
  /* What is one line anyway need not be measured for every width. */
  gtk_label_set_wrap (self->state, is_sentence);
  gtk_label_set_ellipsize (self->state, is_sentence ? PANGO_ELLIPSIZE_NONE : PANGO_ELLIPSIZE_END);
  set_css_class (GTK_WIDGET (self->state), "error", state == WB_FTP_TRANSFER_FAILED);
  set_css_class (GTK_WIDGET (self->icon), "error", state == WB_FTP_TRANSFER_FAILED);
  set_css_class (GTK_WIDGET (self->icon), "success", state == WB_FTP_TRANSFER_DONE);
  set_css_class (GTK_WIDGET (self->icon), "accent", state == WB_FTP_TRANSFER_CONFLICT);
  set_css_class (GTK_WIDGET (self->state), "dim-label", state == WB_FTP_TRANSFER_QUEUED);
  update_progress (self);
}

/* From where to where, for who asks. Not set beforehand: GTK would look for the pointer each time.
 */
static gboolean
tooltip_cb (WbTransferRow *self, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  g_autofree char *local = NULL;
  g_autofree char *remote = NULL;
  g_autofree char *text = NULL;
  WbFtpQueue *queue = self->transfer != NULL ? wb_ftp_transfer_get_queue (self->transfer) : NULL;

  if (queue == NULL)
    return FALSE;
  local = g_file_get_parse_name (wb_ftp_transfer_get_local (self->transfer));
  remote = g_utf8_make_valid (wb_ftp_transfer_get_remote (self->transfer), -1);
  if (wb_ftp_transfer_is_upload (self->transfer))
    text = g_strdup_printf (
        /* Translators: a path on this computer, a path on a server and the server's name. */
        _ ("%s → %s on %s"), local, remote, wb_ftp_queue_get_url (queue)->host);
  else
    text = g_strdup_printf (
        /* Translators: a path on a server, the server's name and a path on this computer. */
        _ ("%s on %s → %s"), remote, wb_ftp_queue_get_url (queue)->host, local);
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

/**
 * wb_transfer_row_set_transfer:
 * @transfer: (nullable): what to show; %NULL when the row is out of use
 */
void
wb_transfer_row_set_transfer (WbTransferRow *self, WbFtpTransfer *transfer)
{
  g_autofree char *base = NULL;
  g_autofree char *name = NULL;

  if (self->transfer != NULL)
    g_signal_handlers_disconnect_by_data (self->transfer, self);
  g_set_object (&self->transfer, transfer);
  if (transfer == NULL)
    return;

  base = g_file_get_basename (wb_ftp_transfer_get_local (transfer));
  name = wb_ftp_name_dup_shown (base);
  gtk_label_set_label (self->name, name);
  g_signal_connect_object (transfer, "notify::state", G_CALLBACK (update_state), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (transfer, "notify::done", G_CALLBACK (update_progress), self,
                           G_CONNECT_SWAPPED);
  update_state (self);
}

/**
 * wb_transfer_row_get_transfer:
 *
 * Returns: (transfer none) (nullable): what is shown
 */
WbFtpTransfer *
wb_transfer_row_get_transfer (WbTransferRow *self)
{
  return self->transfer;
}

static void
answer_cb (WbTransferRow *self)
{
  g_signal_emit (self, signals[ANSWER_WANTED], 0);
}

static void
resume_cb (WbTransferRow *self)
{
  g_signal_emit (self, signals[RESUME_WANTED], 0);
}

static void
pause_cb (WbTransferRow *self)
{
  if (self->transfer != NULL)
    wb_ftp_transfer_pause (self->transfer);
}

static void
retry_cb (WbTransferRow *self)
{
  WbFtpQueue *queue = self->transfer != NULL ? wb_ftp_transfer_get_queue (self->transfer) : NULL;

  if (queue != NULL)
    wb_ftp_queue_retry (queue, self->transfer);
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
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (wb_transfer_row_parent_class)->dispose (object);
}

static void
wb_transfer_row_class_init (WbTransferRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_transfer_row_dispose;
  signals[RESUME_WANTED] = g_signal_new ("resume-wanted", G_TYPE_FROM_CLASS (klass),
                                         G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ANSWER_WANTED] = g_signal_new ("answer-wanted", G_TYPE_FROM_CLASS (klass),
                                         G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/wirebench/Wirebench/files/wb-transfer-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WbTransferRow, icon);
  gtk_widget_class_bind_template_child (widget_class, WbTransferRow, name);
  gtk_widget_class_bind_template_child (widget_class, WbTransferRow, bar);
  gtk_widget_class_bind_template_child (widget_class, WbTransferRow, state);
  gtk_widget_class_bind_template_child (widget_class, WbTransferRow, answer);
  gtk_widget_class_bind_template_child (widget_class, WbTransferRow, pause);
  gtk_widget_class_bind_template_child (widget_class, WbTransferRow, resume);
  gtk_widget_class_bind_template_child (widget_class, WbTransferRow, retry);
  gtk_widget_class_bind_template_child (widget_class, WbTransferRow, cancel);
  gtk_widget_class_bind_template_callback (widget_class, tooltip_cb);
  gtk_widget_class_bind_template_callback (widget_class, answer_cb);
  gtk_widget_class_bind_template_callback (widget_class, pause_cb);
  gtk_widget_class_bind_template_callback (widget_class, resume_cb);
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

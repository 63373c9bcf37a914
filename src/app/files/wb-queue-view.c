/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-queue-view.h"

#include <glib/gi18n-lib.h>

#include "wb-speed-graph.h"
#include "wb-transfer-row.h"
#include "wb-transfer-settings.h"

/* Of the list, in pixels. */
#define LEAST_HEIGHT 130
#define LEAST_HEIGHT_LOW 76

typedef enum
{
  SHOW_ALL,
  SHOW_RUNNING,
  SHOW_WAITING,
  SHOW_TROUBLE,
  SHOW_FINISHED,
} Show;

struct _WbQueueView
{
  GtkWidget parent_instance;

  /* Template */
  GtkWidget *heading;
  GtkDropDown *filter;
  GtkLabel *summary;
  GtkWidget *pause;
  GtkWidget *resume;
  GtkWidget *retry;
  GtkWidget *cancel;
  GtkWidget *clear;
  GtkWidget *sync;
  GtkMenuButton *settings_button;
  GtkWidget *overall;
  GtkProgressBar *bar;
  WbSpeedGraph *graph;
  GtkWidget *scroller;
  GtkListView *list;

  /* Owned */
  GListModel *queues;
  GListModel *transfers; /* of all queues */
  GPtrArray *watched;    /* of WbFtpQueue: those whose totals are listened to */
  GtkFilterListModel *shown;
  GtkCustomFilter *state_filter;
  WbFtpTotals totals;
  gboolean connected;
  guint scroll_id; /* a tick's */
  guint scroll_ticks;
  guint tick_id;
};

enum
{
  RESUME_WANTED,
  ANSWER_WANTED,
  SYNC_WANTED,
  TOTALS_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbQueueView, wb_queue_view, GTK_TYPE_WIDGET)

/* ── Which are shown ── */

static Show
get_show (WbFtpTransferState state)
{
  switch (state)
    {
    case WB_FTP_TRANSFER_RUNNING:
      return SHOW_RUNNING;
    case WB_FTP_TRANSFER_FAILED:
    case WB_FTP_TRANSFER_CONFLICT:
      return SHOW_TROUBLE;
    case WB_FTP_TRANSFER_DONE:
    case WB_FTP_TRANSFER_SKIPPED:
    case WB_FTP_TRANSFER_CANCELLED:
      return SHOW_FINISHED;
    case WB_FTP_TRANSFER_QUEUED:
    case WB_FTP_TRANSFER_PAUSED:
    default:
      return SHOW_WAITING;
    }
}

static gboolean
is_shown (gpointer item, gpointer user_data)
{
  WbQueueView *self = user_data;
  guint show = gtk_drop_down_get_selected (self->filter);

  return show == SHOW_ALL || show == get_show (wb_ftp_transfer_get_state (item));
}

static void
filter_cb (WbQueueView *self)
{
  gboolean all = gtk_drop_down_get_selected (self->filter) == SHOW_ALL;

  if (self->shown == NULL)
    return;
  /* Without one there is less to be done for each transfer that comes. */
  gtk_filter_list_model_set_filter (self->shown, all ? NULL : GTK_FILTER (self->state_filter));
  if (!all)
    gtk_filter_changed (GTK_FILTER (self->state_filter), GTK_FILTER_CHANGE_DIFFERENT);
}

/* ── Numbers ── */

static void
add_totals (WbFtpTotals *sum, const WbFtpTotals *one)
{
  for (guint i = 0; i < WB_FTP_TRANSFER_N_STATES; i++)
    sum->counts[i] += one->counts[i];
  sum->done += one->done;
  sum->total += one->total;
  sum->rate += one->rate;
}

static guint
count_left (const WbFtpTotals *totals)
{
  return totals->counts[WB_FTP_TRANSFER_QUEUED] + totals->counts[WB_FTP_TRANSFER_RUNNING] +
         totals->counts[WB_FTP_TRANSFER_PAUSED] + totals->counts[WB_FTP_TRANSFER_CONFLICT];
}

static guint
count_all (const WbFtpTotals *totals)
{
  guint n = 0;

  for (guint i = 0; i < WB_FTP_TRANSFER_N_STATES; i++)
    n += totals->counts[i];
  return n;
}

static char *
summarize (const WbFtpTotals *totals)
{
  guint n = count_all (totals);
  guint cancelled = totals->counts[WB_FTP_TRANSFER_CANCELLED];
  guint finished = n - count_left (totals) - cancelled;
  g_autofree char *done = g_format_size (MAX (totals->done, 0));
  g_autofree char *total = g_format_size (MAX (totals->total, 0));
  g_autofree char *rate = g_format_size ((guint64) totals->rate);
  GString *text = g_string_new (NULL);

  if (n == 0)
    return g_string_free (text, FALSE);
  /* Translators: how many of all transfers are done. */
  g_string_append_printf (text, _ ("%u of %u"), finished, n);
  if (totals->counts[WB_FTP_TRANSFER_FAILED] > 0)
    {
      g_string_append (text, ", ");
      g_string_append_printf (text,
                              g_dngettext (GETTEXT_PACKAGE, "%u failed", "%u failed",
                                           totals->counts[WB_FTP_TRANSFER_FAILED]),
                              totals->counts[WB_FTP_TRANSFER_FAILED]);
    }
  if (cancelled > 0)
    {
      g_string_append (text, ", ");
      g_string_append_printf (
          text, g_dngettext (GETTEXT_PACKAGE, "%u cancelled", "%u cancelled", cancelled),
          cancelled);
    }
  g_string_append (text, " · ");
  /* Translators: how much of how much went by so far. */
  g_string_append_printf (text, _ ("%s of %s"), done, total);
  if (totals->counts[WB_FTP_TRANSFER_RUNNING] > 0 && totals->rate >= 1)
    {
      g_string_append (text, " · ");
      /* Translators: %s is a size such as "3.2 MB": so much each second. */
      g_string_append_printf (text, _ ("%s/s"), rate);
    }
  if (totals->counts[WB_FTP_TRANSFER_RUNNING] > 0 && totals->time_left >= 0)
    {
      int left = (int) MIN (totals->time_left, 359999);

      g_string_append (text, " · ");
      /* Translators: the time left as minutes and seconds. */
      g_string_append_printf (text, _ ("%d:%02d left"), left / 60, left % 60);
    }
  return g_string_free (text, FALSE);
}

static void
show_totals (WbQueueView *self)
{
  const WbFtpTotals *totals = &self->totals;
  guint n = count_all (totals);
  guint left = count_left (totals);
  guint moving = totals->counts[WB_FTP_TRANSFER_QUEUED] + totals->counts[WB_FTP_TRANSFER_RUNNING];
  guint paused = totals->counts[WB_FTP_TRANSFER_PAUSED];
  g_autofree char *text = summarize (totals);

  gtk_label_set_label (self->summary, text);
  gtk_progress_bar_set_fraction (
      self->bar, totals->total > 0 ? CLAMP ((double) totals->done / totals->total, 0, 1) : 0);

  gtk_widget_set_visible (GTK_WIDGET (self->bar), left > 0);
  gtk_widget_set_hexpand (GTK_WIDGET (self->graph), left == 0);
  gtk_widget_set_visible (self->heading, n == 0);
  gtk_widget_set_visible (GTK_WIDGET (self->filter), n > 0);
  gtk_widget_set_visible (self->pause, moving > 0);
  gtk_widget_set_visible (self->resume, moving == 0 && paused > 0);
  gtk_widget_set_visible (self->retry, totals->counts[WB_FTP_TRANSFER_FAILED] > 0);
  gtk_widget_set_visible (self->cancel, left > 0);
  gtk_widget_set_visible (self->clear, left < n);
  gtk_widget_set_visible (self->scroller, n > 0);
  /* Also where nothing moves any more: what goes by itself moves the buttons from under a hand. */
  gtk_widget_set_visible (self->overall, n > 0);
  gtk_widget_set_visible (self->sync, self->connected);
  gtk_widget_set_visible (GTK_WIDGET (self), n > 0 || self->connected);
}

static gboolean
tick_cb (gpointer user_data)
{
  WbQueueView *self = user_data;
  double rates[2] = { 0, 0 };

  for (guint i = 0; i < self->watched->len; i++)
    {
      GListModel *queue = self->watched->pdata[i];
      WbFtpTotals totals;
      guint n = g_list_model_get_n_items (queue);

      wb_ftp_queue_get_totals (WB_FTP_QUEUE (queue), &totals);
      for (guint j = 0, running = totals.counts[WB_FTP_TRANSFER_RUNNING]; j < n && running > 0; j++)
        {
          g_autoptr (WbFtpTransfer) transfer = g_list_model_get_item (queue, j);

          if (wb_ftp_transfer_get_state (transfer) != WB_FTP_TRANSFER_RUNNING)
            continue;
          rates[wb_ftp_transfer_is_upload (transfer)] += wb_ftp_transfer_get_rate (transfer);
          running--;
        }
    }
  wb_speed_graph_add (self->graph, rates[0], rates[1]);
  if (self->totals.counts[WB_FTP_TRANSFER_RUNNING] > 0 || !wb_speed_graph_is_quiet (self->graph))
    return G_SOURCE_CONTINUE;
  self->tick_id = 0;
  show_totals (self);
  return G_SOURCE_REMOVE;
}

static void
update (WbQueueView *self)
{
  WbFtpTotals sum = { .time_left = -1 };
  gboolean moved = FALSE;

  for (guint i = 0; i < self->watched->len; i++)
    {
      WbFtpTotals one;

      wb_ftp_queue_get_totals (self->watched->pdata[i], &one);
      add_totals (&sum, &one);
    }
  if (sum.rate >= 1)
    sum.time_left = (gint64) ((double) (sum.total - sum.done) / sum.rate);
  for (guint i = 0; i < WB_FTP_TRANSFER_N_STATES; i++)
    moved |= sum.counts[i] != self->totals.counts[i];
  self->totals = sum;

  if (moved && gtk_drop_down_get_selected (self->filter) != SHOW_ALL)
    filter_cb (self);
  if (self->tick_id == 0 && sum.counts[WB_FTP_TRANSFER_RUNNING] > 0)
    self->tick_id = g_timeout_add_seconds (1, tick_cb, self);
  show_totals (self);
  g_signal_emit (self, signals[TOTALS_CHANGED], 0);
}

/**
 * wb_queue_view_get_totals:
 * @totals: (out): all that is shown, in numbers
 */
void
wb_queue_view_get_totals (WbQueueView *self, WbFtpTotals *totals)
{
  *totals = self->totals;
}

/* ── Rows ── */

static void
resume_cb (WbQueueView *self, WbTransferRow *row)
{
  g_signal_emit (self, signals[RESUME_WANTED], 0, wb_transfer_row_get_transfer (row));
}

static void
answer_cb (WbQueueView *self, WbTransferRow *row)
{
  g_signal_emit (self, signals[ANSWER_WANTED], 0, wb_transfer_row_get_transfer (row));
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, WbQueueView *self)
{
  GtkWidget *row = wb_transfer_row_new ();

  g_signal_connect_object (row, "resume-wanted", G_CALLBACK (resume_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "answer-wanted", G_CALLBACK (answer_cb), self, G_CONNECT_SWAPPED);
  gtk_list_item_set_child (list_item, row);
  gtk_list_item_set_activatable (list_item, FALSE);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, WbQueueView *self)
{
  wb_transfer_row_set_transfer (WB_TRANSFER_ROW (gtk_list_item_get_child (list_item)),
                                gtk_list_item_get_item (list_item));
}

static void
unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, WbQueueView *self)
{
  wb_transfer_row_set_transfer (WB_TRANSFER_ROW (gtk_list_item_get_child (list_item)), NULL);
}

/* To what was added, or to what runs where a lot waits before it. The list has made room for it in
 * the first frame. */
static gboolean
scroll_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  WbQueueView *self = user_data;
  GListModel *model = G_LIST_MODEL (self->shown);
  guint n = g_list_model_get_n_items (model);
  guint place = n;

  if (self->scroll_ticks++ == 0)
    return G_SOURCE_CONTINUE;
  self->scroll_id = 0;
  for (guint i = n; i > 0; i--)
    {
      g_autoptr (WbFtpTransfer) transfer = g_list_model_get_item (model, i - 1);
      Show show = get_show (wb_ftp_transfer_get_state (transfer));

      if (show == SHOW_FINISHED && place < n)
        break;
      place = i - 1;
      if (show == SHOW_FINISHED)
        break;
    }
  if (place < n)
    gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", place);
  return G_SOURCE_REMOVE;
}

static void
items_changed_cb (WbQueueView *self, guint position, guint removed, guint added)
{
  if (added == 0 || removed > 0)
    return;
  self->scroll_ticks = 0;
  if (self->scroll_id == 0)
    self->scroll_id = gtk_widget_add_tick_callback (GTK_WIDGET (self->list), scroll_cb, self, NULL);
}

static void
queues_changed_cb (WbQueueView *self)
{
  guint n = self->queues != NULL ? g_list_model_get_n_items (self->queues) : 0;

  for (guint i = 0; i < self->watched->len; i++)
    g_signal_handlers_disconnect_by_data (self->watched->pdata[i], self);
  g_ptr_array_set_size (self->watched, 0);
  for (guint i = 0; i < n; i++)
    {
      WbFtpQueue *queue = g_list_model_get_item (self->queues, i);

      g_signal_connect_object (queue, "totals-changed", G_CALLBACK (update), self,
                               G_CONNECT_SWAPPED);
      g_ptr_array_add (self->watched, queue);
    }
  update (self);
}

/**
 * wb_queue_view_set_queues:
 * @queues: a list of #WbFtpQueue, which may change; once
 *
 * What to show.
 */
void
wb_queue_view_set_queues (WbQueueView *self, GListModel *queues)
{
  g_return_if_fail (WB_IS_QUEUE_VIEW (self) && self->queues == NULL);

  self->queues = g_object_ref (queues);
  self->transfers = G_LIST_MODEL (gtk_flatten_list_model_new (g_object_ref (queues)));
  gtk_filter_list_model_set_model (self->shown, self->transfers);
  g_signal_connect_object (queues, "items-changed", G_CALLBACK (queues_changed_cb), self,
                           G_CONNECT_SWAPPED);
  queues_changed_cb (self);
}

/**
 * wb_queue_view_set_frozen:
 * @frozen: whether the list stands still
 *
 * Many transfers come quicker when the list looks at them once, when all are there.
 */
void
wb_queue_view_set_frozen (WbQueueView *self, gboolean frozen)
{
  gtk_filter_list_model_set_model (self->shown, frozen ? NULL : self->transfers);
}

/**
 * wb_queue_view_set_settings:
 * @settings: has the keys of wb_transfer_settings_new()
 */
void
wb_queue_view_set_settings (WbQueueView *self, GSettings *settings)
{
  gtk_menu_button_set_popover (self->settings_button, wb_transfer_settings_new (settings));
}

/**
 * wb_queue_view_set_connected:
 * @connected: whether there is a server, so that there may be transfers
 */
void
wb_queue_view_set_connected (WbQueueView *self, gboolean connected)
{
  self->connected = connected;
  show_totals (self);
}

/**
 * wb_queue_view_set_low:
 * @low: whether there is little height for it, as where the panes stand one above the other
 *
 * Shows fewer rows at once.
 */
void
wb_queue_view_set_low (WbQueueView *self, gboolean low)
{
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (self->scroller),
                                              low ? LEAST_HEIGHT_LOW : LEAST_HEIGHT);
}

/* ── All of them ── */

static void
cancel_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbQueueView *self = WB_QUEUE_VIEW (widget);

  for (guint i = 0; i < self->watched->len; i++)
    wb_ftp_queue_cancel_all (self->watched->pdata[i]);
}

static void
clear_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbQueueView *self = WB_QUEUE_VIEW (widget);

  for (guint i = 0; i < self->watched->len; i++)
    wb_ftp_queue_clear_finished (self->watched->pdata[i]);
  update (self);
}

static void
for_each (WbQueueView *self, void (*func) (WbFtpQueue *queue, WbFtpTransfer *transfer))
{
  for (guint i = 0; i < self->watched->len; i++)
    {
      GListModel *queue = self->watched->pdata[i];
      guint n = g_list_model_get_n_items (queue);

      for (guint j = 0; j < n; j++)
        {
          g_autoptr (WbFtpTransfer) transfer = g_list_model_get_item (queue, j);

          func (WB_FTP_QUEUE (queue), transfer);
        }
    }
}

static void
pause_one (WbFtpQueue *queue, WbFtpTransfer *transfer)
{
  wb_ftp_transfer_pause (transfer);
}

static void
pause_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  for_each (WB_QUEUE_VIEW (widget), pause_one);
}

static void
resume_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_signal_emit (widget, signals[RESUME_WANTED], 0, NULL);
}

static void
retry_one (WbFtpQueue *queue, WbFtpTransfer *transfer)
{
  if (wb_ftp_transfer_get_state (transfer) == WB_FTP_TRANSFER_FAILED)
    wb_ftp_queue_retry (queue, transfer);
}

static void
retry_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  for_each (WB_QUEUE_VIEW (widget), retry_one);
}

static void
sync_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_signal_emit (widget, signals[SYNC_WANTED], 0);
}

static void
wb_queue_view_dispose (GObject *object)
{
  WbQueueView *self = WB_QUEUE_VIEW (object);
  GtkWidget *child = NULL;

  if (self->scroll_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self->list), self->scroll_id);
  self->scroll_id = 0;
  g_clear_handle_id (&self->tick_id, g_source_remove);
  for (guint i = 0; i < self->watched->len; i++)
    g_signal_handlers_disconnect_by_data (self->watched->pdata[i], self);
  g_ptr_array_set_size (self->watched, 0);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->queues);
  g_clear_object (&self->transfers);
  g_clear_object (&self->shown);
  g_clear_object (&self->state_filter);

  G_OBJECT_CLASS (wb_queue_view_parent_class)->dispose (object);
}

static void
wb_queue_view_finalize (GObject *object)
{
  g_ptr_array_unref (WB_QUEUE_VIEW (object)->watched);

  G_OBJECT_CLASS (wb_queue_view_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  g_type_ensure (WB_TYPE_SPEED_GRAPH);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/wirebench/Wirebench/files/wb-queue-view.ui");
  gtk_widget_class_bind_template_child (widget_class, WbQueueView, heading);
  gtk_widget_class_bind_template_child (widget_class, WbQueueView, filter);
  gtk_widget_class_bind_template_child (widget_class, WbQueueView, summary);
  gtk_widget_class_bind_template_child (widget_class, WbQueueView, pause);
  gtk_widget_class_bind_template_child (widget_class, WbQueueView, resume);
  gtk_widget_class_bind_template_child (widget_class, WbQueueView, retry);
  gtk_widget_class_bind_template_child (widget_class, WbQueueView, cancel);
  gtk_widget_class_bind_template_child (widget_class, WbQueueView, clear);
  gtk_widget_class_bind_template_child (widget_class, WbQueueView, sync);
  gtk_widget_class_bind_template_child (widget_class, WbQueueView, settings_button);
  gtk_widget_class_bind_template_child (widget_class, WbQueueView, overall);
  gtk_widget_class_bind_template_child (widget_class, WbQueueView, bar);
  gtk_widget_class_bind_template_child (widget_class, WbQueueView, graph);
  gtk_widget_class_bind_template_child (widget_class, WbQueueView, scroller);
  gtk_widget_class_bind_template_child (widget_class, WbQueueView, list);
  gtk_widget_class_bind_template_callback (widget_class, filter_cb);
}

static void
wb_queue_view_class_init (WbQueueViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_queue_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = wb_queue_view_finalize;
  signals[RESUME_WANTED] = g_signal_new ("resume-wanted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 1, WB_TYPE_FTP_TRANSFER);
  signals[ANSWER_WANTED] = g_signal_new ("answer-wanted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 1, WB_TYPE_FTP_TRANSFER);
  signals[SYNC_WANTED] =
      g_signal_new ("sync-wanted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[TOTALS_CHANGED] =
      g_signal_new ("totals-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "queue.pause-all", NULL, pause_all_action);
  gtk_widget_class_install_action (widget_class, "queue.resume-all", NULL, resume_all_action);
  gtk_widget_class_install_action (widget_class, "queue.retry-all", NULL, retry_all_action);
  gtk_widget_class_install_action (widget_class, "queue.cancel-all", NULL, cancel_all_action);
  gtk_widget_class_install_action (widget_class, "queue.clear", NULL, clear_action);
  gtk_widget_class_install_action (widget_class, "queue.sync", NULL, sync_action);
}

static void
wb_queue_view_init (WbQueueView *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkNoSelection) selection = NULL;

  self->watched = g_ptr_array_new_with_free_func (g_object_unref);
  gtk_widget_init_template (GTK_WIDGET (self));

  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cb), self, 0);
  self->state_filter = gtk_custom_filter_new (is_shown, self, NULL);
  self->shown = gtk_filter_list_model_new (NULL, NULL);
  selection = gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->shown)));
  gtk_list_view_set_factory (self->list, factory);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (selection));
  g_signal_connect_object (self->shown, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED);
  update (self);
}

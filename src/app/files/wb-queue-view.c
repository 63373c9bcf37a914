/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-queue-view.h"

#include <glib/gi18n-lib.h>

#include "wb-transfer-row.h"

struct _WbQueueView
{
  GtkWidget parent_instance;

  /* Template */
  GtkListView *list;
  GtkLabel *summary;

  /* Owned */
  WbFtpQueue *queue;
  GtkNoSelection *model;
  guint scroll_id;
};

G_DEFINE_FINAL_TYPE (WbQueueView, wb_queue_view, GTK_TYPE_WIDGET)

static void
update (WbQueueView *self)
{
  guint counts[WB_FTP_TRANSFER_N_STATES] = { 0 };
  guint n = self->queue != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->queue)) : 0;
  guint finished = 0;
  g_autofree char *text = NULL;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (WbFtpTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (self->queue), i);

      counts[wb_ftp_transfer_get_state (transfer)]++;
    }
  finished = n - counts[WB_FTP_TRANSFER_QUEUED] - counts[WB_FTP_TRANSFER_RUNNING];

  if (counts[WB_FTP_TRANSFER_FAILED] > 0)
    text = g_strdup_printf (
        /* Translators: how many of all transfers are done, and how many of them failed. */
        _ ("%u of %u, %u failed"), finished, n, counts[WB_FTP_TRANSFER_FAILED]);
  else
    /* Translators: how many of all transfers are done. */
    text = g_strdup_printf (_ ("%u of %u"), finished, n);
  gtk_label_set_label (self->summary, text);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "queue.clear", finished > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "queue.cancel-all", finished < n);
  gtk_widget_set_visible (GTK_WIDGET (self), n > 0);
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, WbQueueView *self)
{
  GtkWidget *row = wb_transfer_row_new ();

  g_signal_connect_object (row, "state-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  gtk_list_item_set_child (list_item, row);
  gtk_list_item_set_activatable (list_item, FALSE);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, WbQueueView *self)
{
  wb_transfer_row_set_transfer (WB_TRANSFER_ROW (gtk_list_item_get_child (list_item)), self->queue,
                                gtk_list_item_get_item (list_item));
}

static void
unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, WbQueueView *self)
{
  wb_transfer_row_set_transfer (WB_TRANSFER_ROW (gtk_list_item_get_child (list_item)), NULL, NULL);
}

static gboolean
scroll_cb (gpointer user_data)
{
  WbQueueView *self = user_data;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->model));

  self->scroll_id = 0;
  if (n > 0)
    gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", n - 1);
  return G_SOURCE_REMOVE;
}

/* What was added last is what the person wants to see; the list knows of it a little later. */
static void
items_changed_cb (WbQueueView *self, guint position, guint removed, guint added)
{
  update (self);
  if (added > 0 && self->scroll_id == 0)
    self->scroll_id = g_idle_add (scroll_cb, self);
}

/**
 * wb_queue_view_set_queue:
 * @queue: (nullable): what to show
 */
void
wb_queue_view_set_queue (WbQueueView *self, WbFtpQueue *queue)
{
  g_return_if_fail (WB_IS_QUEUE_VIEW (self));

  if (self->queue != NULL)
    g_signal_handlers_disconnect_by_data (self->queue, self);
  g_set_object (&self->queue, queue);
  gtk_no_selection_set_model (self->model, G_LIST_MODEL (queue));
  if (queue != NULL)
    g_signal_connect_object (queue, "idle", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
cancel_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbQueueView *self = WB_QUEUE_VIEW (widget);

  if (self->queue != NULL)
    wb_ftp_queue_cancel_all (self->queue);
}

static void
clear_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbQueueView *self = WB_QUEUE_VIEW (widget);

  if (self->queue != NULL)
    wb_ftp_queue_clear_finished (self->queue);
}

static void
wb_queue_view_dispose (GObject *object)
{
  WbQueueView *self = WB_QUEUE_VIEW (object);
  GtkWidget *child = NULL;

  g_clear_handle_id (&self->scroll_id, g_source_remove);
  if (self->queue != NULL)
    g_signal_handlers_disconnect_by_data (self->queue, self);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->queue);
  g_clear_object (&self->model);

  G_OBJECT_CLASS (wb_queue_view_parent_class)->dispose (object);
}

static void
wb_queue_view_class_init (WbQueueViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_queue_view_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/wirebench/Wirebench/files/wb-queue-view.ui");
  gtk_widget_class_bind_template_child (widget_class, WbQueueView, list);
  gtk_widget_class_bind_template_child (widget_class, WbQueueView, summary);
  gtk_widget_class_install_action (widget_class, "queue.cancel-all", NULL, cancel_all_action);
  gtk_widget_class_install_action (widget_class, "queue.clear", NULL, clear_action);
}

static void
wb_queue_view_init (WbQueueView *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));

  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cb), self, 0);
  self->model = gtk_no_selection_new (NULL);
  gtk_list_view_set_factory (self->list, factory);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->model));
  g_signal_connect_object (self->model, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED);
  update (self);
}

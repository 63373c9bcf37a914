/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-sockets-page.h"

#include "wb-button.h"
#include "wb-endpoint-row.h"
#include "wb-endpoint-view.h"
#include "wb-endpoint.h"
#include "wb-split-view.h"

#include <glib/gi18n-lib.h>

/* A burst of changes, such as typing an address, is written once. */
#define SAVE_MILLISECONDS 400

struct _WbSocketsPage
{
  AdwBin parent_instance;

  /* Template */
  GtkStack *stack;
  GtkButton *talk;
  WbSplitView *split;
  GtkListBox *list;
  WbEndpointView *view;

  /* Owned */
  WbWorkbench *workbench;
  GListStore *endpoints;
  guint save_id;
};

G_DEFINE_FINAL_TYPE (WbSocketsPage, wb_sockets_page, ADW_TYPE_BIN)

static void
save (WbSocketsPage *self)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->endpoints)); i++)
    {
      g_autoptr (WbEndpoint) endpoint = g_list_model_get_item (G_LIST_MODEL (self->endpoints), i);

      g_variant_builder_add_value (&builder, wb_endpoint_to_variant (endpoint));
    }
  g_settings_set_value (wb_workbench_get_settings (self->workbench), "endpoints",
                        g_variant_builder_end (&builder));
}

static gboolean
save_timeout (gpointer user_data)
{
  WbSocketsPage *self = user_data;

  self->save_id = 0;
  save (self);
  return G_SOURCE_REMOVE;
}

static void
save_later (WbSocketsPage *self)
{
  if (self->save_id == 0)
    self->save_id = g_timeout_add (SAVE_MILLISECONDS, save_timeout, self);
}

static void
update_stack (WbSocketsPage *self)
{
  gboolean empty = g_list_model_get_n_items (G_LIST_MODEL (self->endpoints)) == 0;

  gtk_stack_set_visible_child_name (self->stack, empty ? "empty" : "endpoints");
}

static void
select_position (WbSocketsPage *self, guint position)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, (int) position);

  if (row != NULL)
    gtk_list_box_select_row (self->list, row);
}

static void
insert (WbSocketsPage *self, guint position, WbEndpoint *endpoint)
{
  g_signal_connect_object (endpoint, "notify", G_CALLBACK (save_later), self, G_CONNECT_SWAPPED);
  g_list_store_insert (self->endpoints, position, endpoint);
  update_stack (self);
  save_later (self);
}

typedef struct
{
  WbSocketsPage *page;
  WbEndpoint *endpoint;
  guint position;
} Removal;

static void
removal_free (gpointer data, GClosure *closure)
{
  Removal *removal = data;

  g_object_unref (removal->page);
  g_object_unref (removal->endpoint);
  g_free (removal);
}

static void
undo_clicked_cb (AdwToast *toast, Removal *removal)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (removal->page->endpoints));
  guint position = MIN (removal->position, n_items);

  insert (removal->page, position, removal->endpoint);
  select_position (removal->page, position);
}

static void
offer_undo (WbSocketsPage *self, WbEndpoint *endpoint, guint position)
{
  /* Translators: %s is such as "UDP server". */
  g_autofree char *title = g_strdup_printf (_ ("Removed: %s"), wb_endpoint_get_title (endpoint));
  AdwToast *toast = adw_toast_new (title);
  Removal *removal = g_new0 (Removal, 1);

  removal->page = g_object_ref (self);
  removal->endpoint = g_object_ref (endpoint);
  removal->position = position;
  adw_toast_set_button_label (toast, _ ("_Undo"));
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (undo_clicked_cb), removal,
                         removal_free, 0);
  wb_workbench_add_toast (self->workbench, toast);
}

static void
remove_cb (WbSocketsPage *self, WbEndpointRow *row)
{
  g_autoptr (WbEndpoint) endpoint = g_object_ref (wb_endpoint_row_get_endpoint (row));
  guint position = 0;

  if (!g_list_store_find (self->endpoints, endpoint, &position))
    return;
  wb_endpoint_stop (endpoint);
  g_list_store_remove (self->endpoints, position);
  update_stack (self);
  select_position (self, position == 0 ? 0 : position - 1);
  save_later (self);
  offer_undo (self, endpoint, position);
}

static GtkWidget *
create_row (gpointer item, gpointer user_data)
{
  GtkWidget *row = wb_endpoint_row_new (item);

  g_signal_connect_object (row, "remove", G_CALLBACK (remove_cb), user_data, G_CONNECT_SWAPPED);
  return row;
}

static void
row_selected_cb (WbSocketsPage *self, GtkListBoxRow *row)
{
  if (row != NULL)
    wb_endpoint_view_set_endpoint (self->view,
                                   wb_endpoint_row_get_endpoint (WB_ENDPOINT_ROW (row)));
}

static void
row_activated_cb (WbSocketsPage *self, GtkListBoxRow *row)
{
  wb_split_view_set_show_content (self->split, TRUE);
}

static void
collapsed_cb (WbSocketsPage *self)
{
  wb_endpoint_view_set_collapsed (self->view, wb_split_view_get_collapsed (self->split));
}

static void
wb_sockets_page_dispose (GObject *object)
{
  WbSocketsPage *self = WB_SOCKETS_PAGE (object);

  if (self->save_id != 0)
    save (self);
  g_clear_handle_id (&self->save_id, g_source_remove);
  g_clear_object (&self->endpoints);
  g_clear_object (&self->workbench);

  G_OBJECT_CLASS (wb_sockets_page_parent_class)->dispose (object);
}

static void
wb_sockets_page_class_init (WbSocketsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_sockets_page_dispose;

  g_type_ensure (WB_TYPE_SPLIT_VIEW);
  g_type_ensure (WB_TYPE_ENDPOINT_VIEW);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/wirebench/Wirebench/sockets/wb-sockets-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WbSocketsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, WbSocketsPage, talk);
  gtk_widget_class_bind_template_child (widget_class, WbSocketsPage, split);
  gtk_widget_class_bind_template_child (widget_class, WbSocketsPage, list);
  gtk_widget_class_bind_template_child (widget_class, WbSocketsPage, view);
  gtk_widget_class_bind_template_callback (widget_class, wb_sockets_page_talk_udp);
  gtk_widget_class_bind_template_callback (widget_class, row_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, collapsed_cb);
}

static void
wb_sockets_page_init (WbSocketsPage *self)
{
  self->endpoints = g_list_store_new (WB_TYPE_ENDPOINT);
  gtk_widget_init_template (GTK_WIDGET (self));
  wb_button_name_by_label (self->talk);
}

static void
load (WbSocketsPage *self)
{
  g_autoptr (GVariant) saved =
      g_settings_get_value (wb_workbench_get_settings (self->workbench), "endpoints");

  for (gsize i = 0; i < g_variant_n_children (saved); i++)
    {
      g_autoptr (GVariant) one = g_variant_get_child_value (saved, i);
      g_autoptr (WbEndpoint) endpoint = wb_endpoint_new_from_variant (self->workbench, one);

      if (endpoint == NULL)
        continue;
      g_signal_connect_object (endpoint, "notify", G_CALLBACK (save_later), self,
                               G_CONNECT_SWAPPED);
      g_list_store_append (self->endpoints, endpoint);
    }
}

/**
 * wb_sockets_page_new:
 *
 * Makes the page with the endpoints of the last time; none of them runs.
 *
 * Returns: (transfer floating): the page
 */
GtkWidget *
wb_sockets_page_new (WbWorkbench *workbench)
{
  WbSocketsPage *self = g_object_new (WB_TYPE_SOCKETS_PAGE, NULL);

  self->workbench = g_object_ref (workbench);
  wb_endpoint_view_set_workbench (self->view, workbench);
  load (self);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->endpoints), create_row, self, NULL);
  update_stack (self);
  select_position (self, 0);
  return GTK_WIDGET (self);
}

/* A new client most likely wants to talk to the server beside it. */
static void
aim_at_server (WbSocketsPage *self, WbEndpoint *client)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->endpoints));

  for (guint i = n_items; i > 0; i--)
    {
      g_autoptr (WbEndpoint) other = g_list_model_get_item (G_LIST_MODEL (self->endpoints), i - 1);
      g_autofree char *host = NULL;
      g_autofree char *port = NULL;

      if (!wb_endpoint_is_server (other) ||
          wb_endpoint_is_udp (other) != wb_endpoint_is_udp (client))
        continue;
      g_object_get (other, "host", &host, "port", &port, NULL);
      g_object_set (client, "host", host, "port", port, NULL);
      return;
    }
}

static WbEndpoint *
add (WbSocketsPage *self, WbEndpointKind kind)
{
  guint position = g_list_model_get_n_items (G_LIST_MODEL (self->endpoints));
  g_autoptr (WbEndpoint) endpoint = wb_endpoint_new (self->workbench, kind);

  if (!wb_endpoint_is_server (endpoint))
    aim_at_server (self, endpoint);
  insert (self, position, endpoint);
  select_position (self, position);
  wb_split_view_set_show_content (self->split, TRUE);
  return endpoint;
}

/**
 * wb_sockets_page_add:
 * @kind: "udp-server", "udp-client", "tcp-server" or "tcp-client"
 *
 * Adds an endpoint and shows it. A client is aimed at the newest server of its kind.
 */
void
wb_sockets_page_add (WbSocketsPage *self, const char *kind)
{
  WbEndpointKind number;

  g_return_if_fail (WB_IS_SOCKETS_PAGE (self));

  if (wb_endpoint_kind_from_name (kind, &number))
    add (self, number);
}

static void
talk_when_running_cb (WbEndpoint *server, GParamSpec *pspec, WbSocketsPage *self)
{
  if (wb_endpoint_get_state (server) == WB_ENDPOINT_STARTING)
    return;
  g_signal_handlers_disconnect_by_func (server, talk_when_running_cb, self);
  if (wb_endpoint_get_state (server) != WB_ENDPOINT_RUNNING)
    return;
  add (self, WB_ENDPOINT_UDP_CLIENT);
  wb_endpoint_view_focus_message (self->view);
}

/**
 * wb_sockets_page_talk_udp:
 *
 * Adds a UDP server that echoes, starts it, and adds a client for it.
 */
void
wb_sockets_page_talk_udp (WbSocketsPage *self)
{
  WbEndpoint *server;

  g_return_if_fail (WB_IS_SOCKETS_PAGE (self));

  server = add (self, WB_ENDPOINT_UDP_SERVER);
  g_signal_connect_object (server, "notify::state", G_CALLBACK (talk_when_running_cb), self, 0);
  wb_endpoint_start (server);
}

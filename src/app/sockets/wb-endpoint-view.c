/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-endpoint-view.h"

#include "wb-button.h"
#include "wb-follower.h"
#include "wb-message-line.h"
#include "wb-text-codec.h"
#include "wb-wire-model.h"
#include "wb-wire-row.h"

#include <glib/gi18n-lib.h>

#define TICK_MILLISECONDS 80
/* The list of clients and the counts need not be newer than the eye. */
#define TICKS_BETWEEN_COUNTS 4

struct _WbEndpointView
{
  AdwBin parent_instance;

  /* Template */
  GtkWidget *back;
  GtkLabel *title;
  GtkToggleButton *as_hex;
  GtkToggleButton *as_text;
  GtkEntry *host;
  GtkEntry *port;
  GtkButton *start;
  GtkButton *send;
  GtkWidget *reply_box;
  GtkDropDown *reply;
  GtkEntry *reply_text;
  GtkRevealer *error_revealer;
  GtkLabel *error;
  GtkScrolledWindow *scroller;
  GtkListView *list;
  GtkLabel *empty;
  GtkLabel *counts;
  GtkDropDown *input_mode;
  GtkDropDown *charset;
  GtkDropDown *line_end;
  GtkDropDown *peers;
  GtkEntry *message;

  /* Owned */
  WbEndpoint *endpoint;
  GBindingGroup *bindings;
  GSignalGroup *signals;
  WbWireModel *model;
  WbFollower *follower;
  GArray *peer_ids; /* guint64, of the rows of `peers` after the first */
  guint tick_id;
  guint tick;
};

G_DEFINE_FINAL_TYPE (WbEndpointView, wb_endpoint_view, ADW_TYPE_BIN)

static void
show_error (WbEndpointView *self, const char *message)
{
  if (message != NULL)
    gtk_label_set_text (self->error, message);
  gtk_revealer_set_reveal_child (self->error_revealer, message != NULL);
}

static const char *
get_start_label (WbEndpointView *self, gboolean runs)
{
  if (wb_endpoint_is_server (self->endpoint))
    return runs ? _ ("_Stop") : _ ("_Start");
  return runs ? _ ("_Disconnect") : _ ("_Connect");
}

static void
state_changed_cb (WbEndpointView *self)
{
  WbEndpointState state = wb_endpoint_get_state (self->endpoint);
  gboolean idle = state == WB_ENDPOINT_IDLE;
  const char *label = get_start_label (self, !idle);

  gtk_editable_set_editable (GTK_EDITABLE (self->host), idle);
  gtk_editable_set_editable (GTK_EDITABLE (self->port), idle);
  gtk_widget_set_sensitive (self->reply_box, idle);
  gtk_widget_set_sensitive (GTK_WIDGET (self->start), state != WB_ENDPOINT_STOPPING);

  wb_button_set_text (self->start, label);
  if (idle)
    gtk_widget_add_css_class (GTK_WIDGET (self->start), "suggested-action");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->start), "suggested-action");
}

static void
error_changed_cb (WbEndpointView *self)
{
  g_autofree char *error = NULL;

  g_object_get (self->endpoint, "error", &error, NULL);
  show_error (self, error);
}

static void
reply_changed_cb (WbEndpointView *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->reply_text),
                          gtk_drop_down_get_selected (self->reply) == WB_SOCKET_REPLY_FIXED);
}

static void
update_empty (WbEndpointView *self)
{
  const char *text;

  if (wb_endpoint_is_server (self->endpoint))
    text = wb_endpoint_get_state (self->endpoint) == WB_ENDPOINT_IDLE
               ? _ ("Start the server. Whatever is sent to it shows here.")
               : _ ("Waiting for the first message…");
  else
    text = _ ("Type a message below and send it.");
  gtk_label_set_text (self->empty, text);
  gtk_widget_set_visible (GTK_WIDGET (self->empty),
                          g_list_model_get_n_items (G_LIST_MODEL (self->model)) == 0);
}

static gboolean
peers_are_the_same (WbEndpointView *self, GArray *peers)
{
  if (peers->len != self->peer_ids->len)
    return FALSE;
  for (guint i = 0; i < peers->len; i++)
    if (g_array_index (peers, WbSocketPeer, i).id != g_array_index (self->peer_ids, guint64, i))
      return FALSE;
  return TRUE;
}

static guint64
get_chosen_peer (WbEndpointView *self)
{
  guint selected = gtk_drop_down_get_selected (self->peers);

  if (selected == 0 || selected == GTK_INVALID_LIST_POSITION || selected > self->peer_ids->len)
    return 0;
  return g_array_index (self->peer_ids, guint64, selected - 1);
}

static void
update_peers (WbEndpointView *self)
{
  g_autoptr (GArray) peers = wb_endpoint_dup_peers (self->endpoint);
  g_autoptr (GtkStringList) names = NULL;
  guint64 chosen = get_chosen_peer (self);
  guint position = 0;

  if (gtk_drop_down_get_model (self->peers) != NULL &&
      (peers == NULL ? self->peer_ids->len == 0 : peers_are_the_same (self, peers)))
    return;

  names = gtk_string_list_new (NULL);
  gtk_string_list_append (names, _ ("To all"));
  g_array_set_size (self->peer_ids, 0);
  for (guint i = 0; peers != NULL && i < peers->len; i++)
    {
      WbSocketPeer *peer = &g_array_index (peers, WbSocketPeer, i);

      gtk_string_list_append (names, peer->address);
      g_array_append_val (self->peer_ids, peer->id);
      if (peer->id == chosen)
        position = i + 1;
    }
  gtk_drop_down_set_model (self->peers, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->peers, position);
}

static void
update_counts (WbEndpointView *self)
{
  g_autofree char *counts = wb_endpoint_dup_counts (self->endpoint);

  gtk_label_set_text (self->counts, counts);
  if (wb_endpoint_is_server (self->endpoint))
    update_peers (self);
}

static void
update_messages (WbEndpointView *self)
{
  WbWireFilter filter = wb_endpoint_get_filter (self->endpoint);

  wb_wire_model_set_filter (self->model, &filter);
  wb_wire_model_update (self->model);
  update_empty (self);
}

static gboolean
tick_cb (gpointer user_data)
{
  WbEndpointView *self = user_data;

  if (self->endpoint == NULL)
    return G_SOURCE_CONTINUE;
  update_messages (self);
  if (self->tick++ % TICKS_BETWEEN_COUNTS == 0)
    update_counts (self);
  return G_SOURCE_CONTINUE;
}

static void
start_clicked_cb (WbEndpointView *self)
{
  if (wb_endpoint_get_state (self->endpoint) == WB_ENDPOINT_IDLE)
    wb_endpoint_start (self->endpoint);
  else
    wb_endpoint_stop (self->endpoint);
}

static void
send_clicked_cb (WbEndpointView *self)
{
  g_autoptr (GError) error = NULL;

  if (wb_endpoint_send (self->endpoint, gtk_editable_get_text (GTK_EDITABLE (self->message)),
                        get_chosen_peer (self), &error))
    gtk_editable_set_text (GTK_EDITABLE (self->message), "");
  else
    show_error (self, error->message);
  gtk_widget_grab_focus (GTK_WIDGET (self->message));
}

static void
setup_line_cb (WbEndpointView *self, GtkListItem *item)
{
  gtk_list_item_set_child (item, wb_message_line_new ());
  gtk_list_item_set_activatable (item, FALSE);
}

static void
bind_line_cb (WbEndpointView *self, GtkListItem *item)
{
  wb_message_line_show (
      WB_MESSAGE_LINE (gtk_list_item_get_child (item)), WB_WIRE_ROW (gtk_list_item_get_item (item)),
      wb_endpoint_get_charset (self->endpoint), wb_endpoint_get_hex_view (self->endpoint));
}

static void
set_up_factory (WbEndpointView *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_line_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_line_cb), self, G_CONNECT_SWAPPED);
  gtk_list_view_set_factory (self->list, factory);
}

static gboolean
charset_to_position (GBinding *binding, const GValue *from, GValue *to, gpointer user_data)
{
  const char *const *names = wb_text_list_charsets ();

  for (guint i = 0; names[i] != NULL; i++)
    if (g_strcmp0 (names[i], g_value_get_string (from)) == 0)
      g_value_set_uint (to, i);
  return TRUE;
}

static gboolean
position_to_charset (GBinding *binding, const GValue *from, GValue *to, gpointer user_data)
{
  const char *const *names = wb_text_list_charsets ();
  guint position = g_value_get_uint (from);

  if (position >= g_strv_length ((char **) names))
    return FALSE;
  g_value_set_string (to, names[position]);
  return TRUE;
}

static gboolean
flag_to_position (GBinding *binding, const GValue *from, GValue *to, gpointer user_data)
{
  g_value_set_uint (to, g_value_get_boolean (from));
  return TRUE;
}

static gboolean
position_to_flag (GBinding *binding, const GValue *from, GValue *to, gpointer user_data)
{
  g_value_set_boolean (to, g_value_get_uint (from) == 1);
  return TRUE;
}

static void
set_up_bindings (WbEndpointView *self)
{
  const GBindingFlags both = G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL;

  self->bindings = g_binding_group_new ();
  g_binding_group_bind (self->bindings, "title", self->title, "label", G_BINDING_SYNC_CREATE);
  g_binding_group_bind (self->bindings, "host", self->host, "text", both);
  g_binding_group_bind (self->bindings, "port", self->port, "text", both);
  g_binding_group_bind (self->bindings, "reply", self->reply, "selected", both);
  g_binding_group_bind (self->bindings, "reply-text", self->reply_text, "text", both);
  g_binding_group_bind (self->bindings, "line-end", self->line_end, "selected", both);
  g_binding_group_bind (self->bindings, "hex-view", self->as_hex, "active", both);
  g_binding_group_bind_full (self->bindings, "charset", self->charset, "selected", both,
                             charset_to_position, position_to_charset, NULL, NULL);
  g_binding_group_bind_full (self->bindings, "hex-input", self->input_mode, "selected", both,
                             flag_to_position, position_to_flag, NULL, NULL);

  self->signals = g_signal_group_new (WB_TYPE_ENDPOINT);
  g_signal_group_connect_swapped (self->signals, "notify::state", G_CALLBACK (state_changed_cb),
                                  self);
  g_signal_group_connect_swapped (self->signals, "notify::error", G_CALLBACK (error_changed_cb),
                                  self);
  /* A new factory has the list show its rows anew. */
  g_signal_group_connect_swapped (self->signals, "notify::charset", G_CALLBACK (set_up_factory),
                                  self);
  g_signal_group_connect_swapped (self->signals, "notify::hex-view", G_CALLBACK (set_up_factory),
                                  self);
}

static void
input_mode_changed_cb (WbEndpointView *self)
{
  gboolean hex = gtk_drop_down_get_selected (self->input_mode) == 1;

  gtk_widget_set_sensitive (GTK_WIDGET (self->line_end), !hex);
  gtk_entry_set_placeholder_text (self->message,
                                  hex ? _ ("Bytes, such as 48 65 6C") : _ ("Message"));
}

static void
wb_endpoint_view_map (GtkWidget *widget)
{
  WbEndpointView *self = WB_ENDPOINT_VIEW (widget);

  GTK_WIDGET_CLASS (wb_endpoint_view_parent_class)->map (widget);
  if (self->tick_id == 0)
    self->tick_id = g_timeout_add (TICK_MILLISECONDS, tick_cb, self);
}

static void
wb_endpoint_view_unmap (GtkWidget *widget)
{
  WbEndpointView *self = WB_ENDPOINT_VIEW (widget);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  GTK_WIDGET_CLASS (wb_endpoint_view_parent_class)->unmap (widget);
}

static void
wb_endpoint_view_dispose (GObject *object)
{
  WbEndpointView *self = WB_ENDPOINT_VIEW (object);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_object (&self->bindings);
  g_clear_object (&self->signals);
  g_clear_object (&self->follower);
  g_clear_object (&self->model);
  g_clear_object (&self->endpoint);

  G_OBJECT_CLASS (wb_endpoint_view_parent_class)->dispose (object);
}

static void
wb_endpoint_view_finalize (GObject *object)
{
  WbEndpointView *self = WB_ENDPOINT_VIEW (object);

  g_array_unref (self->peer_ids);

  G_OBJECT_CLASS (wb_endpoint_view_parent_class)->finalize (object);
}

static void
bind_template_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, WbEndpointView, back);
  gtk_widget_class_bind_template_child (widget_class, WbEndpointView, title);
  gtk_widget_class_bind_template_child (widget_class, WbEndpointView, as_hex);
  gtk_widget_class_bind_template_child (widget_class, WbEndpointView, as_text);
  gtk_widget_class_bind_template_child (widget_class, WbEndpointView, host);
  gtk_widget_class_bind_template_child (widget_class, WbEndpointView, port);
  gtk_widget_class_bind_template_child (widget_class, WbEndpointView, start);
  gtk_widget_class_bind_template_child (widget_class, WbEndpointView, send);
  gtk_widget_class_bind_template_child (widget_class, WbEndpointView, reply_box);
  gtk_widget_class_bind_template_child (widget_class, WbEndpointView, reply);
  gtk_widget_class_bind_template_child (widget_class, WbEndpointView, reply_text);
  gtk_widget_class_bind_template_child (widget_class, WbEndpointView, error_revealer);
  gtk_widget_class_bind_template_child (widget_class, WbEndpointView, error);
  gtk_widget_class_bind_template_child (widget_class, WbEndpointView, scroller);
  gtk_widget_class_bind_template_child (widget_class, WbEndpointView, list);
  gtk_widget_class_bind_template_child (widget_class, WbEndpointView, empty);
  gtk_widget_class_bind_template_child (widget_class, WbEndpointView, counts);
  gtk_widget_class_bind_template_child (widget_class, WbEndpointView, input_mode);
  gtk_widget_class_bind_template_child (widget_class, WbEndpointView, charset);
  gtk_widget_class_bind_template_child (widget_class, WbEndpointView, line_end);
  gtk_widget_class_bind_template_child (widget_class, WbEndpointView, peers);
  gtk_widget_class_bind_template_child (widget_class, WbEndpointView, message);
}

static void
wb_endpoint_view_class_init (WbEndpointViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = wb_endpoint_view_dispose;
  object_class->finalize = wb_endpoint_view_finalize;
  widget_class->map = wb_endpoint_view_map;
  widget_class->unmap = wb_endpoint_view_unmap;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/wirebench/Wirebench/sockets/wb-endpoint-view.ui");
  bind_template_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, start_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, send_clicked_cb);
}

static void
wb_endpoint_view_init (WbEndpointView *self)
{
  g_autoptr (GtkStringList) charsets = gtk_string_list_new (wb_text_list_charsets ());

  self->peer_ids = g_array_new (FALSE, FALSE, sizeof (guint64));
  gtk_widget_init_template (GTK_WIDGET (self));
  wb_button_name_by_label (self->send);
  gtk_drop_down_set_model (self->charset, G_LIST_MODEL (charsets));
  g_signal_connect_object (self->reply, "notify::selected", G_CALLBACK (reply_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->input_mode, "notify::selected", G_CALLBACK (input_mode_changed_cb),
                           self, G_CONNECT_SWAPPED);
  set_up_bindings (self);
}

/**
 * wb_endpoint_view_set_workbench:
 *
 * Hands the view the log that it shows a part of; once, before any endpoint.
 */
void
wb_endpoint_view_set_workbench (WbEndpointView *self, WbWorkbench *workbench)
{
  GtkNoSelection *selection;

  g_return_if_fail (WB_IS_ENDPOINT_VIEW (self));
  g_return_if_fail (self->model == NULL);

  self->model = wb_wire_model_new (wb_workbench_get_wire (workbench));
  selection = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->model)));
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (selection));
  g_object_unref (selection);
  self->follower = wb_follower_new (self->list, self->scroller, G_LIST_MODEL (self->model));
}

/**
 * wb_endpoint_view_set_endpoint:
 *
 * Shows @endpoint. The one that was shown goes on running.
 */
void
wb_endpoint_view_set_endpoint (WbEndpointView *self, WbEndpoint *endpoint)
{
  gboolean server;

  g_return_if_fail (WB_IS_ENDPOINT_VIEW (self));
  g_return_if_fail (WB_IS_ENDPOINT (endpoint));

  if (!g_set_object (&self->endpoint, endpoint))
    return;

  server = wb_endpoint_is_server (endpoint);
  g_binding_group_set_source (self->bindings, endpoint);
  g_signal_group_set_target (self->signals, endpoint);
  if (!wb_endpoint_get_hex_view (endpoint))
    gtk_toggle_button_set_active (self->as_text, TRUE);
  gtk_widget_set_visible (self->reply_box, server);
  gtk_widget_set_visible (GTK_WIDGET (self->peers), server);
  gtk_entry_set_placeholder_text (self->port, server ? C_ ("port", "free") : _ ("Port"));
  gtk_editable_set_text (GTK_EDITABLE (self->message), "");

  set_up_factory (self);
  state_changed_cb (self);
  error_changed_cb (self);
  reply_changed_cb (self);
  input_mode_changed_cb (self);
  update_messages (self);
  update_counts (self);
  wb_follower_catch_up (self->follower);
}

/**
 * wb_endpoint_view_set_collapsed:
 *
 * Tells whether the sidebar is out of sight, so that a way back is needed.
 */
void
wb_endpoint_view_set_collapsed (WbEndpointView *self, gboolean collapsed)
{
  g_return_if_fail (WB_IS_ENDPOINT_VIEW (self));

  gtk_widget_set_visible (self->back, collapsed);
}

/**
 * wb_endpoint_view_focus_message:
 *
 * Puts the keyboard where a message is typed.
 */
void
wb_endpoint_view_focus_message (WbEndpointView *self)
{
  g_return_if_fail (WB_IS_ENDPOINT_VIEW (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->message));
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-endpoint.h"

#include "wb-error.h"
#include "wb-text-codec.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define PEERS_MAX 200

/* The conversation of an endpoint that has not run yet: no such number is ever given out. */
#define NO_CONVERSATION G_MAXUINT32

struct _WbEndpoint
{
  GObject parent_instance;

  WbWorkbench *workbench;
  WbEndpointKind kind;

  char *host;
  char *port;
  guint reply;
  char *reply_text;
  char *charset;
  guint line_end;
  gboolean hex_input;
  gboolean hex_view;

  WbEndpointState state;
  char *error;
  char *title;
  char *subtitle;

  WbSession *session;  /* binds, connects, sends, stops */
  WbSession *receiver; /* a client's endless receive */
  GCancellable *cancellable;
  WbSocketServer *server;
  WbSocketClient *client;
  GQueue unsent; /* GBytes, waiting for the connection */
  guint16 server_port;
  guint64 first_event;
  guint32 conversation;

  /* Of a client; the receiver adds to the second pair. */
  guint64 sent;
  guint64 sent_bytes;
  gint received;
  gint64 received_bytes;
};

enum
{
  PROP_0,
  PROP_HOST,
  PROP_PORT,
  PROP_REPLY,
  PROP_REPLY_TEXT,
  PROP_CHARSET,
  PROP_LINE_END,
  PROP_HEX_INPUT,
  PROP_HEX_VIEW,
  N_SAVED,
  PROP_STATE = N_SAVED,
  PROP_ERROR,
  PROP_TITLE,
  PROP_SUBTITLE,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (WbEndpoint, wb_endpoint, G_TYPE_OBJECT)

static const struct
{
  const char *name;
  const char *title;
} kinds[WB_ENDPOINT_N_KINDS] = {
  [WB_ENDPOINT_UDP_SERVER] = { "udp-server", N_ ("UDP server") },
  [WB_ENDPOINT_UDP_CLIENT] = { "udp-client", N_ ("UDP client") },
  [WB_ENDPOINT_TCP_SERVER] = { "tcp-server", N_ ("TCP server") },
  [WB_ENDPOINT_TCP_CLIENT] = { "tcp-client", N_ ("TCP client") },
};

/* In the order of the drop-down list. */
static const char *const line_ends[] = { "", "\n", "\r\n", "\r" };

/* ── Properties ── */

static void
update_subtitle (WbEndpoint *self)
{
  const char *port = *self->port == '\0' ? C_ ("port", "free") : self->port;

  g_free (self->subtitle);
  if (strchr (self->host, ':') != NULL)
    self->subtitle = g_strdup_printf ("[%s]:%s", self->host, port);
  else
    self->subtitle = g_strdup_printf ("%s:%s", self->host, port);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SUBTITLE]);
}

static void
set_state (WbEndpoint *self, WbEndpointState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
set_error (WbEndpoint *self, const char *error)
{
  if (g_strcmp0 (self->error, error) == 0)
    return;
  g_free (self->error);
  self->error = g_strdup (error);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

static void
take_string (char **field, const GValue *value)
{
  g_free (*field);
  *field = g_value_dup_string (value);
  if (*field == NULL)
    *field = g_strdup ("");
}

static void
wb_endpoint_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  WbEndpoint *self = WB_ENDPOINT (object);

  switch (id)
    {
    case PROP_HOST:
      take_string (&self->host, value);
      update_subtitle (self);
      break;
    case PROP_PORT:
      take_string (&self->port, value);
      update_subtitle (self);
      break;
    case PROP_REPLY:
      self->reply = g_value_get_uint (value);
      break;
    case PROP_REPLY_TEXT:
      take_string (&self->reply_text, value);
      break;
    case PROP_CHARSET:
      take_string (&self->charset, value);
      break;
    case PROP_LINE_END:
      self->line_end = g_value_get_uint (value);
      break;
    case PROP_HEX_INPUT:
      self->hex_input = g_value_get_boolean (value);
      break;
    case PROP_HEX_VIEW:
      self->hex_view = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
wb_endpoint_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WbEndpoint *self = WB_ENDPOINT (object);

  switch (id)
    {
    case PROP_HOST:
      g_value_set_string (value, self->host);
      break;
    case PROP_PORT:
      g_value_set_string (value, self->port);
      break;
    case PROP_REPLY:
      g_value_set_uint (value, self->reply);
      break;
    case PROP_REPLY_TEXT:
      g_value_set_string (value, self->reply_text);
      break;
    case PROP_CHARSET:
      g_value_set_string (value, self->charset);
      break;
    case PROP_LINE_END:
      g_value_set_uint (value, self->line_end);
      break;
    case PROP_HEX_INPUT:
      g_value_set_boolean (value, self->hex_input);
      break;
    case PROP_HEX_VIEW:
      g_value_set_boolean (value, self->hex_view);
      break;
    case PROP_STATE:
      g_value_set_uint (value, self->state);
      break;
    case PROP_ERROR:
      g_value_set_string (value, self->error);
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_SUBTITLE:
      g_value_set_string (value, self->subtitle);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

/* ── Life ── */

static void
forget_client (WbEndpoint *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->client != NULL)
    wb_socket_client_close (self->client);
  g_clear_object (&self->client);
  g_queue_clear_full (&self->unsent, (GDestroyNotify) g_bytes_unref);
}

static void
wb_endpoint_dispose (GObject *object)
{
  WbEndpoint *self = WB_ENDPOINT (object);

  forget_client (self);
  g_clear_object (&self->server);
  g_clear_object (&self->session);
  g_clear_object (&self->receiver);
  g_clear_object (&self->workbench);

  G_OBJECT_CLASS (wb_endpoint_parent_class)->dispose (object);
}

static void
wb_endpoint_finalize (GObject *object)
{
  WbEndpoint *self = WB_ENDPOINT (object);

  g_free (self->host);
  g_free (self->port);
  g_free (self->reply_text);
  g_free (self->charset);
  g_free (self->error);
  g_free (self->title);
  g_free (self->subtitle);

  G_OBJECT_CLASS (wb_endpoint_parent_class)->finalize (object);
}

static void
wb_endpoint_class_init (WbEndpointClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags saved = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;
  const GParamFlags read = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->dispose = wb_endpoint_dispose;
  object_class->finalize = wb_endpoint_finalize;
  object_class->set_property = wb_endpoint_set_property;
  object_class->get_property = wb_endpoint_get_property;

  properties[PROP_HOST] = g_param_spec_string ("host", NULL, NULL, NULL, saved);
  properties[PROP_PORT] = g_param_spec_string ("port", NULL, NULL, NULL, saved);
  properties[PROP_REPLY] =
      g_param_spec_uint ("reply", NULL, NULL, 0, WB_SOCKET_REPLY_FIXED, 0, saved);
  properties[PROP_REPLY_TEXT] = g_param_spec_string ("reply-text", NULL, NULL, NULL, saved);
  properties[PROP_CHARSET] = g_param_spec_string ("charset", NULL, NULL, NULL, saved);
  properties[PROP_LINE_END] =
      g_param_spec_uint ("line-end", NULL, NULL, 0, G_N_ELEMENTS (line_ends) - 1, 0, saved);
  properties[PROP_HEX_INPUT] = g_param_spec_boolean ("hex-input", NULL, NULL, FALSE, saved);
  properties[PROP_HEX_VIEW] = g_param_spec_boolean ("hex-view", NULL, NULL, FALSE, saved);
  properties[PROP_STATE] =
      g_param_spec_uint ("state", NULL, NULL, 0, WB_ENDPOINT_STOPPING, 0, read);
  properties[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, read);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, read);
  properties[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, NULL, read);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
wb_endpoint_init (WbEndpoint *self)
{
  self->host = g_strdup ("127.0.0.1");
  self->port = g_strdup ("");
  self->reply_text = g_strdup ("");
  self->charset = g_strdup ("UTF-8");
  self->conversation = NO_CONVERSATION;
  g_queue_init (&self->unsent);
}

/**
 * wb_endpoint_kind_from_name:
 * @name: "udp-server", "udp-client", "tcp-server" or "tcp-client"
 * @kind: (out): which that is
 *
 * Returns: whether there is such a kind
 */
gboolean
wb_endpoint_kind_from_name (const char *name, WbEndpointKind *kind)
{
  for (guint i = 0; i < WB_ENDPOINT_N_KINDS; i++)
    if (g_strcmp0 (kinds[i].name, name) == 0)
      {
        *kind = i;
        return TRUE;
      }
  return FALSE;
}

/**
 * wb_endpoint_new:
 *
 * Returns: (transfer full): an endpoint on loopback; a server of that kind echoes
 */
WbEndpoint *
wb_endpoint_new (WbWorkbench *workbench, WbEndpointKind kind)
{
  WbEndpoint *self;

  g_return_val_if_fail (WB_IS_WORKBENCH (workbench), NULL);
  g_return_val_if_fail (kind < WB_ENDPOINT_N_KINDS, NULL);

  self = g_object_new (WB_TYPE_ENDPOINT, NULL);
  self->workbench = g_object_ref (workbench);
  self->kind = kind;
  self->title = g_strdup (_ (kinds[kind].title));
  self->reply = wb_endpoint_is_server (self) ? WB_SOCKET_REPLY_ECHO : WB_SOCKET_REPLY_NONE;
  update_subtitle (self);
  return self;
}

/**
 * wb_endpoint_new_from_variant:
 * @variant: of type `a{sv}`, as wb_endpoint_to_variant() made it
 *
 * Returns: (transfer full) (nullable): the endpoint; %NULL for a kind that is not known
 */
WbEndpoint *
wb_endpoint_new_from_variant (WbWorkbench *workbench, GVariant *variant)
{
  WbEndpointKind kind;
  const char *name = NULL;
  WbEndpoint *self;

  if (!g_variant_lookup (variant, "kind", "&s", &name) || !wb_endpoint_kind_from_name (name, &kind))
    return NULL;

  self = wb_endpoint_new (workbench, kind);
  for (guint i = PROP_HOST; i < N_SAVED; i++)
    {
      GParamSpec *pspec = properties[i];
      g_autoptr (GVariant) saved = g_variant_lookup_value (variant, pspec->name, NULL);
      g_auto (GValue) value = G_VALUE_INIT;

      if (saved == NULL)
        continue;
      g_dbus_gvariant_to_gvalue (saved, &value);
      if (G_VALUE_HOLDS (&value, pspec->value_type) && !g_param_value_validate (pspec, &value))
        g_object_set_property (G_OBJECT (self), pspec->name, &value);
    }
  return self;
}

/**
 * wb_endpoint_to_variant:
 *
 * Returns: (transfer floating): what the endpoint is to do, of type `a{sv}`
 */
GVariant *
wb_endpoint_to_variant (WbEndpoint *self)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_return_val_if_fail (WB_IS_ENDPOINT (self), NULL);

  g_variant_builder_add (&builder, "{sv}", "kind", g_variant_new_string (kinds[self->kind].name));
  g_variant_builder_add (&builder, "{sv}", "host", g_variant_new_string (self->host));
  g_variant_builder_add (&builder, "{sv}", "port", g_variant_new_string (self->port));
  g_variant_builder_add (&builder, "{sv}", "reply", g_variant_new_uint32 (self->reply));
  g_variant_builder_add (&builder, "{sv}", "reply-text", g_variant_new_string (self->reply_text));
  g_variant_builder_add (&builder, "{sv}", "charset", g_variant_new_string (self->charset));
  g_variant_builder_add (&builder, "{sv}", "line-end", g_variant_new_uint32 (self->line_end));
  g_variant_builder_add (&builder, "{sv}", "hex-input", g_variant_new_boolean (self->hex_input));
  g_variant_builder_add (&builder, "{sv}", "hex-view", g_variant_new_boolean (self->hex_view));
  return g_variant_builder_end (&builder);
}

/* ── Running ── */

static WbSession *
get_session (WbEndpoint *self)
{
  if (self->session == NULL)
    self->session = wb_session_new ("endpoint");
  return self->session;
}

typedef struct
{
  gboolean udp;
  char *host;
  guint16 port;
  WbSocketReply reply;
  GBytes *reply_bytes;
  WbWire *wire;
} Start;

static void
start_free (gpointer data)
{
  Start *start = data;

  g_free (start->host);
  g_clear_pointer (&start->reply_bytes, g_bytes_unref);
  g_object_unref (start->wire);
  g_free (start);
}

static gpointer
serve_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Start *start = data;
  WbSocketServerOptions options = {
    .transport = start->udp ? WB_SOCKET_UDP : WB_SOCKET_TCP,
    .address = start->host,
    .port = start->port,
    .reply = start->reply,
    .reply_bytes = start->reply_bytes,
    .wire = start->wire,
  };

  return wb_socket_server_start (&options, error);
}

static gpointer
connect_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Start *start = data;
  WbSocketClientOptions options = {
    .transport = start->udp ? WB_SOCKET_UDP : WB_SOCKET_TCP,
    .host = start->host,
    .port = start->port,
    .wire = start->wire,
  };

  return wb_socket_client_connect (&options, cancellable, error);
}

static void
serving_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbEndpoint) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *port = NULL;

  self->server = wb_session_run_finish (WB_SESSION (source), result, &error);
  if (self->server == NULL)
    {
      set_error (self, error->message);
      set_state (self, WB_ENDPOINT_IDLE);
      return;
    }
  self->server_port = wb_socket_server_get_port (self->server);
  port = g_strdup_printf ("%u", self->server_port);
  g_object_set (self, "port", port, NULL);
  set_state (self, WB_ENDPOINT_RUNNING);
}

typedef struct
{
  WbEndpoint *endpoint; /* kept alive; only its counters are touched off the main thread */
  WbSocketClient *client;
  char *message;
} Reception;

static void
reception_free (gpointer data)
{
  Reception *reception = data;

  g_object_unref (reception->endpoint);
  g_object_unref (reception->client);
  g_free (reception->message);
  g_free (reception);
}

static gboolean
tell_refusal_idle (gpointer data)
{
  Reception *reception = data;

  if (reception->endpoint->client == reception->client)
    set_error (reception->endpoint, reception->message);
  return G_SOURCE_REMOVE;
}

static void
tell_refusal (Reception *reception, const GError *refusal)
{
  Reception *copy = g_new0 (Reception, 1);

  copy->endpoint = g_object_ref (reception->endpoint);
  copy->client = g_object_ref (reception->client);
  copy->message = g_strdup (refusal->message);
  g_idle_add_full (G_PRIORITY_DEFAULT, tell_refusal_idle, copy, reception_free);
}

static gpointer
receive_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Reception *reception = data;
  gboolean end = FALSE;

  while (!end)
    {
      g_autoptr (GError) local = NULL;
      g_autoptr (GBytes) bytes =
          wb_socket_client_receive (reception->client, -1, &end, cancellable, &local);

      /* UDP: an ICMP message said that nothing listens there; the socket is as good as before. */
      if (bytes == NULL && wb_endpoint_is_udp (reception->endpoint) &&
          g_error_matches (local, WB_ERROR, WB_ERROR_REFUSED))
        {
          tell_refusal (reception, local);
          continue;
        }
      if (bytes == NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
      if (end)
        break;
      g_atomic_int_inc (&reception->endpoint->received);
      __atomic_fetch_add (&reception->endpoint->received_bytes, (gint64) g_bytes_get_size (bytes),
                          __ATOMIC_RELAXED);
    }
  return g_object_ref (reception->client);
}

static void
received_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbEndpoint) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WbSocketClient) ended = wb_session_run_finish (WB_SESSION (source), result, &error);

  /* A client that was stopped, or started anew, has been forgotten already. */
  if (self->client == NULL || self->state != WB_ENDPOINT_RUNNING ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  forget_client (self);
  set_error (self, error == NULL ? _ ("The server closed the connection.") : error->message);
  set_state (self, WB_ENDPOINT_IDLE);
}

typedef struct
{
  WbSocketClient *client;
  GBytes *bytes;
} Sending;

static void
sending_free (gpointer data)
{
  Sending *sending = data;

  g_object_unref (sending->client);
  g_bytes_unref (sending->bytes);
  g_free (sending);
}

static gpointer
send_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Sending *sending = data;

  if (!wb_socket_client_send (sending->client, sending->bytes, cancellable, error))
    return NULL;
  return g_bytes_ref (sending->bytes);
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbEndpoint) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = wb_session_run_finish (WB_SESSION (source), result, &error);

  if (bytes != NULL)
    {
      self->sent++;
      self->sent_bytes += g_bytes_get_size (bytes);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    set_error (self, error->message);
}

static void
send_by_client (WbEndpoint *self, GBytes *bytes)
{
  Sending *sending = g_new0 (Sending, 1);

  sending->client = g_object_ref (self->client);
  sending->bytes = g_bytes_ref (bytes);
  wb_session_run_async (get_session (self), send_thread, sending, sending_free,
                        (GDestroyNotify) g_bytes_unref, self->cancellable, sent_cb,
                        g_object_ref (self));
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbEndpoint) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WbSocketClient) client = wb_session_run_finish (WB_SESSION (source), result, &error);
  Reception *reception;
  GBytes *bytes;

  if (self->state != WB_ENDPOINT_STARTING)
    return;
  if (client == NULL)
    {
      forget_client (self);
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        set_error (self, error->message);
      set_state (self, WB_ENDPOINT_IDLE);
      return;
    }

  self->client = g_steal_pointer (&client);
  self->conversation = wb_socket_client_get_conversation (self->client);
  reception = g_new0 (Reception, 1);
  reception->endpoint = g_object_ref (self);
  reception->client = g_object_ref (self->client);
  g_clear_object (&self->receiver);
  self->receiver = wb_session_new ("receiver");
  wb_session_run_async (self->receiver, receive_thread, reception, reception_free, g_object_unref,
                        self->cancellable, received_cb, g_object_ref (self));
  set_state (self, WB_ENDPOINT_RUNNING);

  while ((bytes = g_queue_pop_head (&self->unsent)) != NULL)
    {
      send_by_client (self, bytes);
      g_bytes_unref (bytes);
    }
}

static gboolean
read_port (WbEndpoint *self, guint16 *port, GError **error)
{
  guint64 number = 0;
  gboolean well = *self->port == '\0' ||
                  g_ascii_string_to_unsigned (self->port, 10, 0, G_MAXUINT16, &number, NULL);

  if (well && (number > 0 || wb_endpoint_is_server (self)))
    {
      *port = (guint16) number;
      return TRUE;
    }
  g_set_error_literal (
      error, WB_ERROR, WB_ERROR_INVALID,
      wb_endpoint_is_server (self)
          ? _ ("A port is a number from 1 to 65535; leave it empty for a free one.")
          : _ ("Type the port of the server, a number from 1 to 65535."));
  return FALSE;
}

static gboolean
prepare (WbEndpoint *self, Start *start, GError **error)
{
  start->udp = wb_endpoint_is_udp (self);
  start->host = g_strstrip (g_strdup (self->host));
  start->reply = self->reply;
  start->wire = g_object_ref (wb_workbench_get_wire (self->workbench));
  if (!read_port (self, &start->port, error))
    return FALSE;
  if (self->reply == WB_SOCKET_REPLY_FIXED && wb_endpoint_is_server (self))
    start->reply_bytes = wb_text_parse_escapes (self->reply_text, self->charset, error);
  return start->reply_bytes != NULL || self->reply != WB_SOCKET_REPLY_FIXED ||
         !wb_endpoint_is_server (self);
}

/**
 * wb_endpoint_start:
 *
 * Binds or connects, on a worker; `state` and `error` tell what came of it.
 */
void
wb_endpoint_start (WbEndpoint *self)
{
  Start *start;
  g_autoptr (GError) error = NULL;

  g_return_if_fail (WB_IS_ENDPOINT (self));

  if (self->state != WB_ENDPOINT_IDLE)
    return;

  start = g_new0 (Start, 1);
  if (!prepare (self, start, &error))
    {
      start_free (start);
      set_error (self, error->message);
      return;
    }

  set_error (self, NULL);
  self->sent = self->sent_bytes = 0;
  g_atomic_int_set (&self->received, 0);
  __atomic_store_n (&self->received_bytes, 0, __ATOMIC_RELAXED);
  wb_wire_get_range (start->wire, NULL, &self->first_event);
  set_state (self, WB_ENDPOINT_STARTING);
  if (wb_endpoint_is_server (self))
    {
      wb_session_run_async (get_session (self), serve_thread, start, start_free, g_object_unref,
                            NULL, serving_cb, g_object_ref (self));
    }
  else
    {
      g_clear_object (&self->cancellable);
      self->cancellable = g_cancellable_new ();
      wb_session_run_async (get_session (self), connect_thread, start, start_free, g_object_unref,
                            self->cancellable, connected_cb, g_object_ref (self));
    }
}

static gpointer
stop_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  wb_socket_server_stop (data);
  return g_object_ref (data);
}

static void
stopped_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WbEndpoint) self = user_data;
  g_autoptr (GObject) done = wb_session_run_finish (WB_SESSION (source), result, NULL);

  set_state (self, WB_ENDPOINT_IDLE);
}

/**
 * wb_endpoint_stop:
 *
 * Ends what runs, or the attempt to connect.
 */
void
wb_endpoint_stop (WbEndpoint *self)
{
  g_return_if_fail (WB_IS_ENDPOINT (self));

  set_error (self, NULL);
  if (self->server != NULL)
    {
      set_state (self, WB_ENDPOINT_STOPPING);
      wb_session_run_async (get_session (self), stop_thread, g_steal_pointer (&self->server),
                            g_object_unref, g_object_unref, NULL, stopped_cb, g_object_ref (self));
    }
  else if (!wb_endpoint_is_server (self) && self->state != WB_ENDPOINT_IDLE)
    {
      forget_client (self);
      set_state (self, WB_ENDPOINT_IDLE);
    }
}

static gboolean
send_by_server (WbEndpoint *self, GBytes *bytes, guint64 peer, GError **error)
{
  g_autoptr (GArray) peers = NULL;

  if (self->server == NULL)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("Start the server first; then wait for a client."));
      return FALSE;
    }
  if (peer != 0)
    return wb_socket_server_send (self->server, peer, bytes, error);

  peers = wb_socket_server_dup_peers (self->server, G_MAXUINT);
  if (peers->len == 0)
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("Nobody is there yet: a server can only answer those who came."));
      return FALSE;
    }
  /* Whoever left meanwhile is no reason not to send to the others. */
  for (guint i = 0; i < peers->len; i++)
    wb_socket_server_send (self->server, g_array_index (peers, WbSocketPeer, i).id, bytes, NULL);
  return TRUE;
}

/**
 * wb_endpoint_send:
 * @text: as typed: text in the endpoint's charset, or hex if `hex-input` is set
 * @peer: of a server: to whom; 0 is to all
 *
 * Sends; a client that is not connected connects first. What goes wrong later is told
 * by `error`.
 *
 * Returns: %FALSE with @error set if @text cannot be sent as it is
 */
gboolean
wb_endpoint_send (WbEndpoint *self, const char *text, guint64 peer, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *line = NULL;

  g_return_val_if_fail (WB_IS_ENDPOINT (self), FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  line = g_strconcat (text, self->hex_input ? "" : line_ends[self->line_end], NULL);
  bytes = self->hex_input ? wb_text_parse_hex (line, error)
                          : wb_text_encode (line, self->charset, error);
  if (bytes == NULL)
    return FALSE;

  set_error (self, NULL);
  if (wb_endpoint_is_server (self))
    return send_by_server (self, bytes, peer, error);
  if (self->client != NULL)
    {
      send_by_client (self, bytes);
      return TRUE;
    }

  wb_endpoint_start (self);
  if (self->state == WB_ENDPOINT_STARTING)
    {
      g_queue_push_tail (&self->unsent, g_steal_pointer (&bytes));
      return TRUE;
    }
  g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID, self->error);
  return FALSE;
}

/* ── Looking ── */

/**
 * wb_endpoint_get_filter:
 *
 * Returns: what of the log belongs to the endpoint, since its last start
 */
WbWireFilter
wb_endpoint_get_filter (WbEndpoint *self)
{
  WbWireFilter filter = { .scope = WB_WIRE_SCOPE_SOCKETS, .conversation = NO_CONVERSATION };

  g_return_val_if_fail (WB_IS_ENDPOINT (self), filter);

  filter.first = self->first_event;
  if (!wb_endpoint_is_server (self))
    {
      filter.conversation = self->conversation;
      return filter;
    }
  if (self->server_port == 0)
    return filter;
  filter.scope = WB_WIRE_SCOPE_SERVER;
  filter.conversation = 0;
  filter.port = self->server_port;
  filter.udp = wb_endpoint_is_udp (self);
  return filter;
}

/**
 * wb_endpoint_dup_peers:
 *
 * Returns: (transfer full) (nullable) (element-type WbSocketPeer): some of the clients of
 *   a server that runs, the newest first
 */
GArray *
wb_endpoint_dup_peers (WbEndpoint *self)
{
  g_return_val_if_fail (WB_IS_ENDPOINT (self), NULL);

  return self->server == NULL ? NULL : wb_socket_server_dup_peers (self->server, PEERS_MAX);
}

/**
 * wb_endpoint_dup_counts:
 *
 * Returns: (transfer full): what went in and out since the start, as a sentence
 */
char *
wb_endpoint_dup_counts (WbEndpoint *self)
{
  g_autofree char *in = NULL;
  g_autofree char *out = NULL;
  WbSocketCounters counters = { 0 };
  GString *text;

  g_return_val_if_fail (WB_IS_ENDPOINT (self), NULL);

  if (!wb_endpoint_is_server (self))
    {
      in = g_format_size ((guint64) __atomic_load_n (&self->received_bytes, __ATOMIC_RELAXED));
      out = g_format_size (self->sent_bytes);
      /* Translators: both %s are amounts such as "12 bytes"; the numbers count how often. */
      return g_strdup_printf (_ ("Sent %u × (%s) · received %u × (%s)"), (guint) self->sent, out,
                              (guint) g_atomic_int_get (&self->received), in);
    }

  if (self->server != NULL)
    wb_socket_server_get_counters (self->server, &counters);
  in = g_format_size (counters.bytes_in);
  out = g_format_size (counters.bytes_out);
  text = g_string_new (NULL);
  g_string_append_printf (text, ngettext ("%u client", "%u clients", (guint) counters.clients),
                          (guint) counters.clients);
  /* Translators: both %s are amounts such as "12 bytes". */
  g_string_append_printf (text, _ (" · received %u × (%s) · sent %s"), (guint) counters.messages,
                          in, out);
  if (counters.dropped > 0)
    g_string_append_printf (text, _ (" · %u dropped by the system"), (guint) counters.dropped);
  if (counters.refused > 0)
    g_string_append_printf (text, _ (" · %u turned away"), (guint) counters.refused);
  return g_string_free (text, FALSE);
}

/**
 * wb_endpoint_get_kind:
 *
 * Returns: what it is
 */
WbEndpointKind
wb_endpoint_get_kind (WbEndpoint *self)
{
  g_return_val_if_fail (WB_IS_ENDPOINT (self), WB_ENDPOINT_UDP_SERVER);

  return self->kind;
}

/**
 * wb_endpoint_is_server:
 *
 * Returns: whether others come to it
 */
gboolean
wb_endpoint_is_server (WbEndpoint *self)
{
  return self->kind == WB_ENDPOINT_UDP_SERVER || self->kind == WB_ENDPOINT_TCP_SERVER;
}

/**
 * wb_endpoint_is_udp:
 *
 * Returns: whether it speaks UDP; else it is TCP. Safe from any thread.
 */
gboolean
wb_endpoint_is_udp (WbEndpoint *self)
{
  return self->kind == WB_ENDPOINT_UDP_SERVER || self->kind == WB_ENDPOINT_UDP_CLIENT;
}

/**
 * wb_endpoint_get_state:
 *
 * Returns: what runs of it
 */
WbEndpointState
wb_endpoint_get_state (WbEndpoint *self)
{
  g_return_val_if_fail (WB_IS_ENDPOINT (self), WB_ENDPOINT_IDLE);

  return self->state;
}

/**
 * wb_endpoint_get_charset:
 *
 * Returns: (transfer none): the charset of its text, both ways
 */
const char *
wb_endpoint_get_charset (WbEndpoint *self)
{
  g_return_val_if_fail (WB_IS_ENDPOINT (self), NULL);

  return self->charset;
}

/**
 * wb_endpoint_get_hex_view:
 *
 * Returns: whether its messages are shown as hex
 */
gboolean
wb_endpoint_get_hex_view (WbEndpoint *self)
{
  g_return_val_if_fail (WB_IS_ENDPOINT (self), FALSE);

  return self->hex_view;
}

/**
 * wb_endpoint_get_title:
 *
 * Returns: (transfer none): such as "UDP server"
 */
const char *
wb_endpoint_get_title (WbEndpoint *self)
{
  g_return_val_if_fail (WB_IS_ENDPOINT (self), NULL);

  return self->title;
}

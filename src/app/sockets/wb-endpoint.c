/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-endpoint-private.h"

#include "wb-error.h"
#include "wb-text-codec.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define PEERS_MAX 200

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

void
wb_endpoint_set_state (WbEndpoint *self, WbEndpointState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

void
wb_endpoint_set_error (WbEndpoint *self, const char *error)
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
wb_endpoint_dispose (GObject *object)
{
  WbEndpoint *self = WB_ENDPOINT (object);

  wb_endpoint_forget_client (self);
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
      g_param_spec_uint ("line-end", NULL, NULL, 0, WB_ENDPOINT_N_LINE_ENDS - 1, 0, saved);
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

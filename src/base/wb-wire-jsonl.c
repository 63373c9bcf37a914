/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-base"

#include "config.h"

#include "wb-wire-writer.h"

#include "wb-json.h"

#include <json-glib/json-glib.h>
#include <string.h>

static const char *const kinds[] = {
  [WB_WIRE_CONNECT] = "connect", [WB_WIRE_LINE] = "line",   [WB_WIRE_DATA] = "data",
  [WB_WIRE_BULK] = "bulk",       [WB_WIRE_TLS] = "tls",     [WB_WIRE_NOTE] = "note",
  [WB_WIRE_ERROR] = "error",     [WB_WIRE_CLOSE] = "close",
};

static const char *const directions[] = {
  [WB_WIRE_LOCAL] = "local",
  [WB_WIRE_SENT] = "sent",
  [WB_WIRE_RECEIVED] = "received",
};

static void
set_string (JsonObject *object, const char *name, const char *value)
{
  if (value != NULL && *value != '\0')
    json_object_set_string_member (object, name, value);
  else
    json_object_set_null_member (object, name);
}

static void
set_conversation (JsonObject *object, const WbWireConversation *conversation)
{
  json_object_set_string_member (object, "protocol", conversation->protocol);
  json_object_set_string_member (object, "transport", conversation->transport);
  json_object_set_boolean_member (object, "server", conversation->server);
  json_object_set_boolean_member (object, "tls", conversation->tls);
  set_string (object, "local_host", conversation->local_host);
  json_object_set_int_member (object, "local_port", conversation->local_port);
  set_string (object, "peer_host", conversation->peer_host);
  json_object_set_int_member (object, "peer_port", conversation->peer_port);
}

static void
set_data (JsonObject *object, const WbWireEvent *event)
{
  gsize size = 0;
  const char *data = g_bytes_get_data (event->data, &size);

  json_object_set_int_member (object, "length", event->length);
  json_object_set_boolean_member (object, "cut",
                                  event->kind != WB_WIRE_BULK && event->length > size);
  if (event->kind == WB_WIRE_BULK)
    return;
  if (size == 0)
    json_object_set_string_member (object, "text", "");
  else if (g_utf8_validate_len (data, size, NULL))
    {
      g_autofree char *text = g_strndup (data, size);

      json_object_set_string_member (object, "text", text);
    }
  else
    {
      g_autofree char *encoded = g_base64_encode ((const guchar *) data, size);

      json_object_set_string_member (object, "base64", encoded);
    }
}

/**
 * wb_wire_jsonl_event: (skip)
 * @conversation: (nullable): what is known of the event's conversation
 *
 * Appends one JSON object and a line end: `index`, `time` (RFC 3339, UTC),
 * `monotonic` (microseconds), `conversation`, `protocol`, `transport`, `server`,
 * `tls`, `local_host`, `local_port`, `peer_host`, `peer_port`, `kind`, `direction`,
 * `length`, `cut`, and `text`, or `base64` when the bytes are not UTF-8.
 */
void
wb_wire_jsonl_event (const WbWireEvent *event,
                     const WbWireConversation *conversation,
                     GByteArray *out)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) node = json_node_alloc ();
  g_autoptr (GDateTime) second = g_date_time_new_from_unix_utc (event->real_time / G_USEC_PER_SEC);
  g_autofree char *date = g_date_time_format (second, "%Y-%m-%dT%H:%M:%S");
  g_autofree char *time =
      g_strdup_printf ("%s.%06dZ", date, (int) (event->real_time % G_USEC_PER_SEC));
  g_autofree char *line = NULL;

  json_object_set_int_member (object, "index", event->index);
  json_object_set_string_member (object, "time", time);
  json_object_set_int_member (object, "monotonic", event->monotonic_time);
  json_object_set_int_member (object, "conversation", event->conversation);
  if (conversation != NULL)
    set_conversation (object, conversation);
  json_object_set_string_member (object, "kind", kinds[event->kind]);
  json_object_set_string_member (object, "direction", directions[event->direction]);
  set_data (object, event);

  json_node_init_object (node, object);
  line = wb_json_to_string (node);
  g_byte_array_append (out, (const guint8 *) line, strlen (line));
  g_byte_array_append (out, (const guint8 *) "\n", 1);
}

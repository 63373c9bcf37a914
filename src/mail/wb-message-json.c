/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-message.h"
#include "wb-message-private.h"

#include "wb-json.h"

#include <json-glib/json-glib.h>
#include <string.h>

static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_headers (JsonBuilder *builder, WbMessage *message)
{
  json_builder_set_member_name (builder, "headers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < wb_message_get_n_headers (message); i++)
    {
      const char *name;
      const char *value;

      wb_message_get_nth_header (message, i, &name, &value);
      json_builder_begin_array (builder);
      json_builder_add_string_value (builder, name);
      json_builder_add_string_value (builder, value);
      json_builder_end_array (builder);
    }
  json_builder_end_array (builder);
}

static void
add_mailboxes (JsonBuilder *builder, WbMessage *message, const char *name, const char *field)
{
  g_autoptr (GPtrArray) mailboxes = wb_message_get_mailboxes (message, field);

  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < mailboxes->len; i++)
    {
      const WbMailbox *mailbox = mailboxes->pdata[i];

      json_builder_begin_object (builder);
      add_string (builder, "name", mailbox->name);
      add_string (builder, "address", mailbox->address);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_part (JsonBuilder *builder, const WbMessagePart *part)
{
  json_builder_begin_object (builder);
  add_string (builder, "type", part->type);
  if (part->parts != NULL)
    {
      json_builder_set_member_name (builder, "parts");
      json_builder_begin_array (builder);
      for (guint i = 0; i < part->parts->len; i++)
        add_part (builder, part->parts->pdata[i]);
      json_builder_end_array (builder);
    }
  else
    {
      add_string (builder, "charset", part->charset);
      add_string (builder, "disposition", part->disposition);
      add_string (builder, "filename", part->file_name);
      add_string (builder, "content_id", part->content_id);
      json_builder_set_member_name (builder, "size");
      json_builder_add_int_value (builder, part->size);
      add_string (builder, "sha256", part->sha256);
    }
  json_builder_end_object (builder);
}

/**
 * wb_message_to_json:
 *
 * Describes the message as one JSON object, in the shape that `wire mail show --json` prints.
 *
 * Safe from any thread.
 *
 * Returns: (transfer full): JSON, one line
 */
char *
wb_message_to_json (WbMessage *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GDateTime) date = NULL;
  g_autofree char *date_text = NULL;
  const char *const *warnings;

  g_return_val_if_fail (WB_IS_MESSAGE (self), NULL);

  json_builder_begin_object (builder);
  add_headers (builder, self);
  add_mailboxes (builder, self, "from", "From");
  add_mailboxes (builder, self, "to", "To");
  add_mailboxes (builder, self, "cc", "Cc");
  add_mailboxes (builder, self, "reply_to", "Reply-To");
  date = wb_message_get_date (self);
  if (date != NULL)
    date_text = g_date_time_format (date, "%Y-%m-%dT%H:%M:%S%:z");
  add_string (builder, "date", date_text);
  add_string (builder, "text", wb_message_get_text (self));
  add_string (builder, "html", wb_message_get_html (self));
  json_builder_set_member_name (builder, "tree");
  add_part (builder, wb_message_get_tree (self));

  json_builder_set_member_name (builder, "warnings");
  json_builder_begin_array (builder);
  warnings = wb_message_get_warnings (self);
  for (gsize i = 0; warnings[i] != NULL; i++)
    json_builder_add_string_value (builder, warnings[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);

  root = json_builder_get_root (builder);
  return wb_json_to_string (root);
}

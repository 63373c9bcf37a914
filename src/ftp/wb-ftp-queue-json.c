/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-queue-json.h"

#include "wb-error.h"
#include "wb-json.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* {"version": 1, "servers": [{"url": "ftp://me@host:21/", "transfers": [{"upload": true, "local":
 * "file:///…", "remote": "a%20b", …}, …]}, …]}. Names are bytes, so they are percent-encoded. */

#define VERSION 1

static const char *const rules[] = { "ask", "overwrite", "newer", "resume", "rename", "skip" };

static const char *const types[] = { "unknown", "file", "directory", "link", "other" };

void
wb_ftp_saved_free (WbFtpSaved *self)
{
  wb_url_free (self->url);
  g_ptr_array_unref (self->plans);
  g_free (self);
}

/* Takes @plans. */
WbFtpSaved *
wb_ftp_saved_new (const WbUrl *url, GPtrArray *plans)
{
  WbFtpSaved *self = g_new0 (WbFtpSaved, 1);

  self->url = wb_url_copy (url);
  g_clear_pointer (&self->url->password, g_free);
  g_free (self->url->path);
  self->url->path = g_strdup ("");
  self->plans = plans;
  return self;
}

gboolean
wb_ftp_saved_is_for (const WbFtpSaved *self, const WbUrl *url)
{
  return g_str_equal (self->url->host, url->host) && self->url->port == url->port &&
         self->url->tls == url->tls && g_strcmp0 (self->url->user, url->user) == 0;
}

/* ── Writing ── */

static void
add_int (JsonBuilder *builder, const char *name, gint64 value)
{
  if (value < 0)
    return;
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
add_plan (JsonBuilder *builder, const WbFtpPlan *plan)
{
  g_autofree char *local = g_file_get_uri (plan->local);
  g_autofree char *remote =
      g_uri_escape_bytes ((const guint8 *) plan->remote, strlen (plan->remote), "/");

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "upload");
  json_builder_add_boolean_value (builder, plan->upload);
  add_string (builder, "local", local);
  add_string (builder, "remote", remote);
  add_string (builder, "type", types[plan->type]);
  add_string (builder, "if-exists", rules[plan->if_exists]);
  add_int (builder, "size", plan->size);
  add_int (builder, "modified", plan->modified);
  add_int (builder, "mode", plan->mode);
  add_int (builder, "depth", plan->depth);
  json_builder_end_object (builder);
}

/* Returns what the file holds. May be called on any thread: plans are immutable. */
char *
wb_ftp_saved_to_json (GPtrArray *saved)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  add_int (builder, "version", VERSION);
  json_builder_set_member_name (builder, "servers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < saved->len; i++)
    {
      const WbFtpSaved *server = saved->pdata[i];
      g_autofree char *url = wb_url_format (server->url);

      json_builder_begin_object (builder);
      add_string (builder, "url", url);
      json_builder_set_member_name (builder, "transfers");
      json_builder_begin_array (builder);
      for (guint j = 0; j < server->plans->len; j++)
        add_plan (builder, server->plans->pdata[j]);
      json_builder_end_array (builder);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return wb_json_to_string (root);
}

/* ── Reading: nothing in the file is trusted to be there, or to be of its kind ── */

static const char *
get_string (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
}

static gint64
get_int (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_INT64)
    return -1;
  return MAX (json_node_get_int (node), -1);
}

static guint
get_choice (JsonObject *object, const char *name, const char *const *choices, guint count)
{
  const char *value = get_string (object, name);

  for (guint i = 0; value != NULL && i < count; i++)
    if (g_str_equal (value, choices[i]))
      return i;
  return 0;
}

static WbFtpPlan *
read_plan (JsonNode *node)
{
  JsonObject *object = NULL;
  JsonNode *upload = NULL;
  const char *uri = NULL;
  const char *escaped = NULL;
  g_autofree char *remote = NULL;
  g_autoptr (GFile) local = NULL;
  WbFtpPlan *plan = NULL;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return NULL;
  object = json_node_get_object (node);
  upload = json_object_get_member (object, "upload");
  uri = get_string (object, "local");
  escaped = get_string (object, "remote");
  if (upload == NULL || !JSON_NODE_HOLDS_VALUE (upload) || uri == NULL || escaped == NULL)
    return NULL;
  /* %00 is refused here, CR and LF where commands are sent. */
  remote = g_uri_unescape_string (escaped, NULL);
  local = g_file_new_for_uri (uri);
  if (remote == NULL || *remote == '\0' || g_file_peek_path (local) == NULL)
    return NULL;

  plan = wb_ftp_plan_new (json_node_get_boolean (upload), local, remote);
  plan->type = get_choice (object, "type", types, G_N_ELEMENTS (types));
  plan->if_exists = get_choice (object, "if-exists", rules, G_N_ELEMENTS (rules));
  plan->size = get_int (object, "size");
  plan->modified = get_int (object, "modified");
  plan->mode = (int) CLAMP (get_int (object, "mode"), -1, 0777);
  plan->depth = (guint) CLAMP (get_int (object, "depth"), 0, WB_FTP_DEPTH_MAX);
  return plan;
}

static WbFtpSaved *
read_server (JsonNode *node)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonNode *list = NULL;
  g_autoptr (WbUrl) url = NULL;
  WbFtpSaved *saved = NULL;

  if (object == NULL || get_string (object, "url") == NULL)
    return NULL;
  url = wb_url_parse (get_string (object, "url"), NULL);
  list = json_object_get_member (object, "transfers");
  if (url == NULL || !g_str_equal (url->protocol, "ftp") || list == NULL ||
      !JSON_NODE_HOLDS_ARRAY (list))
    return NULL;

  saved =
      wb_ftp_saved_new (url, g_ptr_array_new_with_free_func ((GDestroyNotify) wb_ftp_plan_unref));
  for (guint i = 0; i < json_array_get_length (json_node_get_array (list)); i++)
    {
      WbFtpPlan *plan = read_plan (json_array_get_element (json_node_get_array (list), i));

      if (plan != NULL)
        g_ptr_array_add (saved->plans, plan);
    }
  return saved;
}

/* What a file holds; what is not understood in it is left out, unless it is all of it. */
GPtrArray *
wb_ftp_saved_from_json (const char *text, gsize length, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_ftp_saved_free);
  JsonNode *root = NULL;
  JsonNode *servers = NULL;

  if (json_parser_load_from_data (parser, text, (gssize) length, NULL))
    root = json_parser_get_root (parser);
  if (root != NULL && JSON_NODE_HOLDS_OBJECT (root) &&
      get_int (json_node_get_object (root), "version") == VERSION)
    servers = json_object_get_member (json_node_get_object (root), "servers");
  if (servers == NULL || !JSON_NODE_HOLDS_ARRAY (servers))
    {
      g_set_error_literal (error, WB_ERROR, WB_ERROR_INVALID,
                           _ ("The list of transfers that were left is damaged. It was put aside, "
                              "and nothing was taken from it."));
      return NULL;
    }
  for (guint i = 0; i < json_array_get_length (json_node_get_array (servers)); i++)
    {
      WbFtpSaved *saved = read_server (json_array_get_element (json_node_get_array (servers), i));

      if (saved != NULL)
        g_ptr_array_add (all, saved);
    }
  return g_steal_pointer (&all);
}

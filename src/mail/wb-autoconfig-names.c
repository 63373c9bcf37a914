/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-mail"

#include "config.h"

#include "wb-autoconfig-names.h"

#include <stdlib.h>

struct _WbAutoconfigNames
{
  GResolver parent_instance;

  GKeyFile *file; /* not changed, so any thread may read it */
};

G_DEFINE_FINAL_TYPE (WbAutoconfigNames, wb_autoconfig_names, G_TYPE_RESOLVER)

static void
free_addresses (gpointer data)
{
  g_resolver_free_addresses (data);
}

static void
free_targets (gpointer data)
{
  g_resolver_free_targets (data);
}

static void
free_records (gpointer data)
{
  g_list_free_full (data, (GDestroyNotify) g_variant_unref);
}

static char *
look_up (GResolver *resolver, const char *group, const char *name, GError **error)
{
  WbAutoconfigNames *self = WB_AUTOCONFIG_NAMES (resolver);
  g_autofree char *lower = g_ascii_strdown (name, -1);
  char *value = g_key_file_get_string (self->file, group, lower, NULL);

  if (!value)
    g_set_error (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "%s: no %s", name, group);
  return value;
}

/* "127.0.0.1" */
static GList *
lookup_by_name (GResolver *resolver, const char *name, GCancellable *cancellable, GError **error)
{
  g_autofree char *value = look_up (resolver, "hosts", name, error);
  GInetAddress *address = value ? g_inet_address_new_from_string (value) : NULL;

  if (value && !address)
    g_set_error (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_INTERNAL, "%s: %s", name, value);
  return address ? g_list_append (NULL, address) : NULL;
}

static GList *
lookup_by_name_with_flags (GResolver *resolver,
                           const char *name,
                           GResolverNameLookupFlags flags,
                           GCancellable *cancellable,
                           GError **error)
{
  GList *addresses = lookup_by_name (resolver, name, cancellable, error);

  if (addresses && flags & G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY)
    {
      free_addresses (addresses);
      g_set_error (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "%s: no IPv6", name);
      return NULL;
    }
  return addresses;
}

/* "PRIORITY WEIGHT PORT HOST" (RFC 2782) */
static GList *
lookup_service (GResolver *resolver, const char *name, GCancellable *cancellable, GError **error)
{
  g_autofree char *value = look_up (resolver, "srv", name, error);
  g_auto (GStrv) words = value ? g_strsplit (value, " ", 4) : NULL;

  if (!words)
    return NULL;
  if (g_strv_length (words) != 4)
    {
      g_set_error (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_INTERNAL, "%s: %s", name, value);
      return NULL;
    }
  return g_list_append (NULL,
                        g_srv_target_new (words[3], (guint16) atoi (words[2]),
                                          (guint16) atoi (words[0]), (guint16) atoi (words[1])));
}

/* "HOST" */
static GList *
lookup_records (GResolver *resolver,
                const char *name,
                GResolverRecordType type,
                GCancellable *cancellable,
                GError **error)
{
  g_autofree char *value =
      look_up (resolver, type == G_RESOLVER_RECORD_MX ? "mx" : "other", name, error);

  return value ? g_list_append (NULL, g_variant_ref_sink (g_variant_new ("(qs)", 10, value)))
               : NULL;
}

static void
answer (GResolver *resolver,
        GList *list,
        GDestroyNotify list_free,
        GError *error,
        GCancellable *cancellable,
        GAsyncReadyCallback callback,
        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);

  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, list, list_free);
}

static void
lookup_by_name_async (GResolver *resolver,
                      const char *name,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GError *error = NULL;
  GList *list = lookup_by_name (resolver, name, cancellable, &error);

  answer (resolver, list, free_addresses, error, cancellable, callback, user_data);
}

static void
lookup_by_name_with_flags_async (GResolver *resolver,
                                 const char *name,
                                 GResolverNameLookupFlags flags,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  GError *error = NULL;
  GList *list = lookup_by_name_with_flags (resolver, name, flags, cancellable, &error);

  answer (resolver, list, free_addresses, error, cancellable, callback, user_data);
}

static void
lookup_service_async (GResolver *resolver,
                      const char *name,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GError *error = NULL;
  GList *list = lookup_service (resolver, name, cancellable, &error);

  answer (resolver, list, free_targets, error, cancellable, callback, user_data);
}

static void
lookup_records_async (GResolver *resolver,
                      const char *name,
                      GResolverRecordType type,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GError *error = NULL;
  GList *list = lookup_records (resolver, name, type, cancellable, &error);

  answer (resolver, list, free_records, error, cancellable, callback, user_data);
}

static GList *
lookup_finish (GResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
wb_autoconfig_names_finalize (GObject *object)
{
  WbAutoconfigNames *self = WB_AUTOCONFIG_NAMES (object);

  g_key_file_unref (self->file);

  G_OBJECT_CLASS (wb_autoconfig_names_parent_class)->finalize (object);
}

static void
wb_autoconfig_names_class_init (WbAutoconfigNamesClass *klass)
{
  GResolverClass *resolver_class = G_RESOLVER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = wb_autoconfig_names_finalize;
  resolver_class->lookup_by_name = lookup_by_name;
  resolver_class->lookup_by_name_async = lookup_by_name_async;
  resolver_class->lookup_by_name_finish = lookup_finish;
  resolver_class->lookup_by_name_with_flags = lookup_by_name_with_flags;
  resolver_class->lookup_by_name_with_flags_async = lookup_by_name_with_flags_async;
  resolver_class->lookup_by_name_with_flags_finish = lookup_finish;
  resolver_class->lookup_service = lookup_service;
  resolver_class->lookup_service_async = lookup_service_async;
  resolver_class->lookup_service_finish = lookup_finish;
  resolver_class->lookup_records = lookup_records;
  resolver_class->lookup_records_async = lookup_records_async;
  resolver_class->lookup_records_finish = lookup_finish;
}

static void
wb_autoconfig_names_init (WbAutoconfigNames *self)
{
}

/**
 * wb_autoconfig_names_new:
 * @file: `[hosts]` NAME=ADDRESS, `[srv]` NAME=PRIORITY WEIGHT PORT HOST, `[mx]` NAME=HOST,
 *   names in lower case
 *
 * Returns: (transfer full): a resolver that knows these names and no others; numeric addresses
 *   need none
 */
GResolver *
wb_autoconfig_names_new (GKeyFile *file)
{
  WbAutoconfigNames *self = g_object_new (WB_TYPE_AUTOCONFIG_NAMES, NULL);

  self->file = g_key_file_ref (file);
  return G_RESOLVER (self);
}

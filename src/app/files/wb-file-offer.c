/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-file-offer.h"

#include <gio/gio.h>

/* What a program in a sandbox takes: a key, for which the portal hands out the files. GTK knows two
 * names for it, and takes it before the paths where both are offered. */
#define BY_PORTAL "application/vnd.portal."

#define DOCUMENTS "org.freedesktop.portal.Documents"

/* The document portal hands over folders, too, since version 1.18 of the portals; its interface's
 * own number was raised next by 1.19. */
#define FOLDERS_SINCE 5

static guint portal_version = 0;

static void
version_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GVariant) answer =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_autoptr (GVariant) version = NULL;

  if (answer == NULL)
    return;
  g_variant_get (answer, "(v)", &version);
  if (g_variant_is_of_type (version, G_VARIANT_TYPE_UINT32))
    portal_version = g_variant_get_uint32 (version);
}

static void
bus_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, NULL);

  if (bus != NULL)
    g_dbus_connection_call (bus, DOCUMENTS, "/org/freedesktop/portal/documents",
                            "org.freedesktop.DBus.Properties", "Get",
                            g_variant_new ("(ss)", DOCUMENTS, "version"), G_VARIANT_TYPE ("(v)"),
                            G_DBUS_CALL_FLAGS_NONE, -1, NULL, version_cb, NULL);
}

/**
 * wb_file_offer_look_at_portal:
 *
 * Asks what the document portal is able to do, if there is one; until the answer comes it is taken
 * for an old one. Main thread, once.
 */
void
wb_file_offer_look_at_portal (void)
{
  g_bus_get (G_BUS_TYPE_SESSION, NULL, bus_cb, NULL);
}

/**
 * wb_file_offer_has_folders:
 *
 * Returns: whether the portal is known to hand over folders as it does files
 */
gboolean
wb_file_offer_has_folders (void)
{
  return portal_version >= FOLDERS_SINCE;
}

/**
 * wb_file_offer_dup_formats:
 * @with_folders: whether there are folders among the files
 *
 * In what forms files are given to another program by a drag or the clipboard. An old portal
 * refuses folders, and who takes its form before the paths would get nothing at all; then there are
 * the paths alone.
 *
 * Returns: (transfer full): MIME types only
 */
GdkContentFormats *
wb_file_offer_dup_formats (gboolean with_folders)
{
  GdkContentFormatsBuilder *builder = gdk_content_formats_builder_new ();
  g_autoptr (GdkContentFormats) all = gdk_content_formats_union_serialize_mime_types (
      gdk_content_formats_new_for_gtype (GDK_TYPE_FILE_LIST));
  gsize n = 0;
  const char *const *types = gdk_content_formats_get_mime_types (all, &n);

  for (gsize i = 0; i < n; i++)
    if (g_str_has_prefix (types[i], BY_PORTAL) && (!with_folders || wb_file_offer_has_folders ()))
      gdk_content_formats_builder_add_mime_type (builder, types[i]);
  gdk_content_formats_builder_add_mime_type (builder, WB_FILE_OFFER_BY_PATH);
  return gdk_content_formats_builder_free_to_formats (builder);
}

/**
 * wb_file_offer_write_async:
 * @files: (element-type GFile): with paths
 * @type: one of the forms
 * @callback: ends with gdk_content_serialize_finish()
 *
 * Writes the files in that form. Main thread.
 */
void
wb_file_offer_write_async (GSList *files,
                           const char *type,
                           GOutputStream *stream,
                           int priority,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, gdk_file_list_new_from_list (files));
  gdk_content_serialize_async (stream, type, &value, priority, cancellable, callback, user_data);
}

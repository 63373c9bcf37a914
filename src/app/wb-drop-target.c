/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-drop-target.h"

#include "wb-flatpak.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  GArray *types; /* of GType, the best first */
  WbDropFunc func;
  gpointer user_data;
} Target;

static void
target_free (gpointer data, GClosure *closure)
{
  Target *target = data;

  g_array_unref (target->types);
  g_free (target);
}

typedef struct
{
  GtkWidget *widget; /* keeps what @user_data belongs to */
  WbDropFunc func;
  gpointer user_data;
} Reading;

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GdkDrop *drop = GDK_DROP (source);
  Reading *reading = data;
  g_autoptr (GError) error = NULL;
  const GValue *value = gdk_drop_read_value_finish (drop, result, &error);
  gboolean taken = reading->func (drop, value, error, reading->user_data);

  gdk_drop_finish (drop, taken ? GDK_ACTION_COPY : 0);
  g_object_unref (reading->widget);
  g_free (reading);
}

static gboolean
drop_cb (GtkDropTargetAsync *controller, GdkDrop *drop, double x, double y, gpointer data)
{
  Target *target = data;
  g_autoptr (GdkContentFormats) formats = gdk_content_formats_union_deserialize_gtypes (
      gdk_content_formats_ref (gdk_drop_get_formats (drop)));
  GType type = G_TYPE_INVALID;
  Reading *reading = NULL;

  for (guint i = 0; i < target->types->len && type == G_TYPE_INVALID; i++)
    if (gdk_content_formats_contain_gtype (formats, g_array_index (target->types, GType, i)))
      type = g_array_index (target->types, GType, i);
  if (type == G_TYPE_INVALID)
    return FALSE;

  reading = g_new0 (Reading, 1);
  reading->widget =
      g_object_ref (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (controller)));
  reading->func = target->func;
  reading->user_data = target->user_data;
  gdk_drop_read_value_async (drop, type, G_PRIORITY_DEFAULT, NULL, read_cb, reading);
  return TRUE;
}

/**
 * wb_drop_target_new:
 * @types: (array length=n_types): what is taken, the best first
 * @user_data: lives at least as long as the widget that gets the controller
 *
 * Takes what is dropped, by copying, on the main thread. Unlike #GtkDropTarget it tells of what
 * could not be read, which that takes for nothing at all. It is a #GtkDropTargetAsync, for who
 * wants to follow the pointer.
 *
 * Returns: (transfer full): a controller for gtk_widget_add_controller()
 */
GtkEventController *
wb_drop_target_new (const GType *types, guint n_types, WbDropFunc func, gpointer user_data)
{
  GdkContentFormatsBuilder *builder = gdk_content_formats_builder_new ();
  GdkContentFormats *formats = NULL;
  GtkDropTargetAsync *controller = NULL;
  Target *target = g_new0 (Target, 1);

  target->types = g_array_new (FALSE, FALSE, sizeof (GType));
  g_array_append_vals (target->types, types, n_types);
  target->func = func;
  target->user_data = user_data;

  for (guint i = 0; i < n_types; i++)
    gdk_content_formats_builder_add_gtype (builder, types[i]);
  formats = gdk_content_formats_union_deserialize_mime_types (
      gdk_content_formats_builder_free_to_formats (builder));
  controller = gtk_drop_target_async_new (formats, GDK_ACTION_COPY);
  g_signal_connect_data (controller, "drop", G_CALLBACK (drop_cb), target, target_free, 0);
  return GTK_EVENT_CONTROLLER (controller);
}

/**
 * wb_drop_error_explain:
 *
 * Returns: (transfer full): why what was dropped could not be read, and what to do instead
 */
char *
wb_drop_error_explain (const GError *error)
{
  /* The document portal learned to hand over folders with version 1.18 of the portals. */
  if (wb_is_flatpak ())
    return g_strdup (
        _ ("What was dropped could not be read. Many systems cannot hand a folder to a "
           "program in a sandbox. Drop files, or choose the folder with “Open "
           "Folder…”."));
  /* Translators: %s is a message of the system's. */
  return g_strdup_printf (_ ("What was dropped could not be read: %s. Drop it once more, or choose "
                             "the folder it is in on the left."),
                          error->message);
}

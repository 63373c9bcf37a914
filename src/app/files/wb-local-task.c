/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-local-task.h"

#include <glib/gi18n-lib.h>

#define BUFFER_SIZE (256 * 1024)

static const char attributes[] = "standard::name,standard::display-name,standard::type,"
                                 "standard::size,standard::is-hidden,standard::is-symlink,"
                                 "standard::symlink-target,time::modified,unix::mode,owner::user";

/**
 * wb_local_list:
 *
 * Lists a folder of this computer. Blocks.
 *
 * Returns: (transfer full) (nullable) (element-type WbFileItem): its rows, or %NULL with @error
 *   set
 */
GPtrArray *
wb_local_list (GFile *folder, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileEnumerator) children = NULL;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  children =
      g_file_enumerate_children (folder, attributes, G_FILE_QUERY_INFO_NONE, cancellable, error);
  if (children == NULL)
    return NULL;

  for (;;)
    {
      GFileInfo *info = NULL;
      GFile *file = NULL;

      if (!g_file_enumerator_iterate (children, &info, &file, cancellable, error))
        return NULL;
      if (info == NULL)
        return g_steal_pointer (&items);
      g_ptr_array_add (items, wb_file_item_new_local (file, info));
    }
}

static GFile *
file_of (const char *path)
{
  return g_path_is_absolute (path) ? g_file_new_for_path (path) : g_file_new_for_uri (path);
}

static GPtrArray *
list (gpointer where, const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) folder = file_of (path);

  return wb_local_list (folder, cancellable, error);
}

static gboolean
change_mode (gpointer where,
             const char *path,
             guint mode,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (GFile) file = file_of (path);
  g_autofree char *name = g_filename_display_name (path);
  g_autoptr (GFileInfo) info = g_file_query_info (
      file, G_FILE_ATTRIBUTE_UNIX_MODE, G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, cancellable, error);
  guint32 before = 0;

  /* Rows know no special bits, and those are to stay. */
  if (info != NULL)
    before = g_file_info_get_attribute_uint32 (info, G_FILE_ATTRIBUTE_UNIX_MODE) & 07000;
  if (info != NULL &&
      g_file_set_attribute_uint32 (file, G_FILE_ATTRIBUTE_UNIX_MODE, before | mode,
                                   G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, cancellable, error))
    return TRUE;
  /* Translators: %s is a path, and the reason follows. */
  g_prefix_error (error, _ ("While changing the permissions of “%s”: "), name);
  return FALSE;
}

static char *
checksum (gpointer where,
          const char *path,
          char **algorithm,
          GCancellable *cancellable,
          GError **error)
{
  g_autoptr (GFile) file = file_of (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, error);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *buffer = g_malloc (BUFFER_SIZE);
  gssize length = 0;

  if (stream == NULL)
    return NULL;
  while ((length = g_input_stream_read (G_INPUT_STREAM (stream), buffer, BUFFER_SIZE, cancellable,
                                        error)) > 0)
    g_checksum_update (sum, buffer, length);
  if (length < 0)
    return NULL;
  *algorithm = g_strdup ("SHA-256");
  return g_strdup (g_checksum_get_string (sum));
}

static gboolean
make_link (gpointer where,
           const char *folder,
           const char *name,
           const char *target,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (GFile) parent = file_of (folder);
  g_autoptr (GFile) made = g_file_get_child_for_display_name (parent, name, error);

  return made != NULL && g_file_make_symbolic_link (made, target, cancellable, error);
}

/**
 * wb_local_task_new:
 * @task: (transfer full): what to do
 * @folder: where
 *
 * Returns: (transfer full): both, for wb_local_task_job()
 */
WbLocalTask *
wb_local_task_new (WbFileTask *task, GFile *folder)
{
  WbLocalTask *self = g_new0 (WbLocalTask, 1);

  self->task = task;
  self->folder = g_object_ref (folder);
  return self;
}

/**
 * wb_local_task_free:
 */
void
wb_local_task_free (WbLocalTask *self)
{
  wb_file_task_free (self->task);
  g_object_unref (self->folder);
  g_free (self);
}

/**
 * wb_local_task_job:
 * @data: a #WbLocalTask
 *
 * A #WbSessionFunc: does the task. Blocks.
 *
 * Returns: (transfer full): a #WbFileFindings, or %NULL with @error set
 */
gpointer
wb_local_task_job (gpointer data, GCancellable *cancellable, GError **error)
{
  static const WbFileAccess access = { list, change_mode, checksum, make_link };
  WbLocalTask *self = data;
  const char *path = g_file_peek_path (self->folder);
  g_autofree char *uri = path == NULL ? g_file_get_uri (self->folder) : NULL;

  return wb_file_task_run (self->task, &access, NULL, path != NULL ? path : uri, cancellable,
                           error);
}

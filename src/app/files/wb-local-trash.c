/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-local-trash.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define INFO_GROUP "Trash Info"

/**
 * wb_trashed_free:
 */
void
wb_trashed_free (WbTrashed *self)
{
  g_ptr_array_unref (self->files);
  g_ptr_array_unref (self->left);
  g_free (self);
}

/**
 * wb_local_trash_job:
 * @data: a #GPtrArray of #GFile
 *
 * A #WbSessionFunc: moves files and folders to the trash. Blocks.
 *
 * Returns: (transfer full): a #WbTrashed, or %NULL with @error set
 */
gpointer
wb_local_trash_job (gpointer data, GCancellable *cancellable, GError **error)
{
  GPtrArray *files = data;
  g_autoptr (WbTrashed) trashed = g_new0 (WbTrashed, 1);

  trashed->files = g_ptr_array_new_with_free_func (g_object_unref);
  trashed->left = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < files->len; i++)
    {
      GFile *file = g_ptr_array_index (files, i);
      g_autoptr (GError) problem = NULL;

      if (g_file_trash (file, cancellable, &problem))
        g_ptr_array_add (trashed->files, g_object_ref (file));
      else if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
        g_ptr_array_add (trashed->left, g_object_ref (file));
      else
        {
          g_autofree char *name = g_file_get_parse_name (file);

          /* Translators: %s is the path of a file or folder. */
          g_propagate_prefixed_error (error, g_steal_pointer (&problem),
                                      _ ("“%s” could not be moved to the trash: "), name);
          return NULL;
        }
    }
  return g_steal_pointer (&trashed);
}

/* ── Out of the trash: the folders of the freedesktop.org trash specification ── */

/* The folder that a file system is mounted at, where its trash is when it is not the home's. */
static char *
find_top (const char *path)
{
  g_autofree char *top = g_path_get_dirname (path);
  struct stat here = { 0 };

  if (g_lstat (top, &here) != 0)
    return NULL;
  while (!g_str_equal (top, "/"))
    {
      g_autofree char *up = g_path_get_dirname (top);
      struct stat above = { 0 };

      if (g_lstat (up, &above) != 0 || above.st_dev != here.st_dev)
        break;
      g_free (top);
      top = g_steal_pointer (&up);
    }
  return g_steal_pointer (&top);
}

/* The newest entry of a trash for a path; its name without the ending. */
static char *
find_in_trash (const char *trash, const char *top, const char *path)
{
  g_autofree char *folder = g_build_filename (trash, "info", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autofree char *newest = NULL;
  g_autofree char *found = NULL;
  const char *name = NULL;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (folder, name, NULL);
      g_autoptr (GKeyFile) info = g_key_file_new ();
      g_autofree char *escaped = NULL;
      g_autofree char *raw = NULL;
      g_autofree char *whole = NULL;
      g_autofree char *date = NULL;

      if (!g_str_has_suffix (name, ".trashinfo") ||
          !g_key_file_load_from_file (info, file, G_KEY_FILE_NONE, NULL))
        continue;
      escaped = g_key_file_get_string (info, INFO_GROUP, "Path", NULL);
      raw = escaped != NULL ? g_uri_unescape_string (escaped, NULL) : NULL;
      if (raw == NULL)
        continue;
      whole = g_path_is_absolute (raw) || top == NULL ? g_strdup (raw)
                                                      : g_build_filename (top, raw, NULL);
      date = g_key_file_get_string (info, INFO_GROUP, "DeletionDate", NULL);
      if (!g_str_equal (whole, path) || (newest != NULL && g_strcmp0 (date, newest) < 0))
        continue;
      g_free (newest);
      newest = g_steal_pointer (&date);
      g_free (found);
      found = g_strndup (name, strlen (name) - strlen (".trashinfo"));
    }
  return g_steal_pointer (&found);
}

static gboolean
restore (GFile *file, GCancellable *cancellable, GError **error)
{
  const char *path = g_file_peek_path (file);
  g_autofree char *top = find_top (path);
  g_autofree char *home = g_build_filename (g_get_user_data_dir (), "Trash", NULL);
  g_autofree char *of_user = g_strdup_printf (".Trash-%u", (unsigned) getuid ());
  g_autofree char *id = g_strdup_printf ("%u", (unsigned) getuid ());
  g_autofree char *own = top != NULL ? g_build_filename (top, of_user, NULL) : NULL;
  g_autofree char *shared = top != NULL ? g_build_filename (top, ".Trash", id, NULL) : NULL;
  const char *const trashes[] = { home, own, shared };

  for (guint i = 0; i < G_N_ELEMENTS (trashes); i++)
    {
      g_autofree char *name =
          trashes[i] != NULL ? find_in_trash (trashes[i], i > 0 ? top : NULL, path) : NULL;
      g_autofree char *info_name = name != NULL ? g_strconcat (name, ".trashinfo", NULL) : NULL;
      g_autofree char *info = NULL;
      g_autoptr (GFile) kept = NULL;

      if (name == NULL)
        continue;
      kept = g_file_new_build_filename (trashes[i], "files", name, NULL);
      info = g_build_filename (trashes[i], "info", info_name, NULL);
      if (!g_file_move (kept, file, G_FILE_COPY_NOFOLLOW_SYMLINKS | G_FILE_COPY_ALL_METADATA,
                        cancellable, NULL, NULL, error))
        return FALSE;
      g_unlink (info);
      return TRUE;
    }
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
               /* Translators: %s is a path. */
               _ ("“%s” is not in a trash that can be reached from here. Open the trash in the "
                  "file manager to bring it back."),
               path);
  return FALSE;
}

/**
 * wb_local_untrash_job:
 * @data: a #GPtrArray of #GFile, by the paths that they had
 *
 * A #WbSessionFunc: brings files back out of the trash; nothing that has their names
 * now is replaced. Blocks.
 *
 * Returns: @data, or %NULL with @error set
 */
gpointer
wb_local_untrash_job (gpointer data, GCancellable *cancellable, GError **error)
{
  GPtrArray *files = data;

  for (guint i = 0; i < files->len; i++)
    if (!restore (g_ptr_array_index (files, i), cancellable, error))
      return NULL;
  return data;
}

/* ── Where there is no trash ── */

static gboolean
delete_tree (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileEnumerator) children = NULL;
  GFile *child = NULL;

  if (g_file_query_file_type (file, G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, cancellable) !=
      G_FILE_TYPE_DIRECTORY)
    return g_file_delete (file, cancellable, error);

  children = g_file_enumerate_children (file, G_FILE_ATTRIBUTE_STANDARD_NAME,
                                        G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, cancellable, error);
  if (children == NULL)
    return FALSE;
  for (;;)
    {
      if (!g_file_enumerator_iterate (children, NULL, &child, cancellable, error))
        return FALSE;
      if (child == NULL)
        return g_file_delete (file, cancellable, error);
      if (!delete_tree (child, cancellable, error))
        return FALSE;
    }
}

/**
 * wb_local_delete_job:
 * @data: a #GPtrArray of #GFile
 *
 * A #WbSessionFunc: deletes for good, folders with all that is in them, links and not
 * what they lead to. Blocks.
 *
 * Returns: @data, or %NULL with @error set
 */
gpointer
wb_local_delete_job (gpointer data, GCancellable *cancellable, GError **error)
{
  GPtrArray *files = data;

  for (guint i = 0; i < files->len; i++)
    if (!delete_tree (g_ptr_array_index (files, i), cancellable, error))
      {
        g_autofree char *name = g_file_get_parse_name (g_ptr_array_index (files, i));

        /* Translators: %s is the path of a file or folder. */
        g_prefix_error (error, _ ("While deleting “%s”: "), name);
        return NULL;
      }
  return data;
}

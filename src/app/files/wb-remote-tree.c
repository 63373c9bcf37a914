/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-remote-tree.h"

#include <glib/gi18n-lib.h>

/* A server that shows a folder in itself never ends. */
#define MAX_DEPTH 64

typedef struct
{
  WbFtpClient *client;
  WbTreeCount *count; /* (nullable): to count, not to delete */
  WbProgress *progress;
  GCancellable *cancellable;
} Walk;

static gboolean
finish_entry (Walk *walk, const char *path, gboolean folder, GError **error)
{
  if (walk->progress != NULL)
    wb_progress_add (walk->progress, 1);
  if (walk->count != NULL)
    {
      if (folder)
        walk->count->folders++;
      else
        walk->count->files++;
      return !g_cancellable_set_error_if_cancelled (walk->cancellable, error);
    }
  return folder ? wb_ftp_client_remove_directory (walk->client, path, walk->cancellable, error)
                : wb_ftp_client_remove_file (walk->client, path, walk->cancellable, error);
}

static gboolean
walk_entries (Walk *walk, const char *directory, GPtrArray *entries, guint depth, GError **error)
{
  if (depth > MAX_DEPTH)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_TOO_MANY_LINKS,
                   /* Translators: %s is the path of a folder. */
                   _ ("The folders in “%s” never end. The server may be showing a folder in "
                      "itself. Nothing more was done."),
                   directory);
      return FALSE;
    }
  for (guint i = 0; i < entries->len; i++)
    {
      WbFtpEntry *entry = g_ptr_array_index (entries, i);
      /* Only what the listing calls a folder is gone into: a link to one goes, what it leads to
       * stays. */
      gboolean folder = wb_ftp_entry_get_entry_type (entry) == WB_FTP_ENTRY_DIRECTORY;
      g_autofree char *path = g_strconcat (directory, g_str_has_suffix (directory, "/") ? "" : "/",
                                           wb_ftp_entry_get_name (entry), NULL);

      if (folder)
        {
          g_autoptr (GPtrArray) inside =
              wb_ftp_client_list (walk->client, path, NULL, walk->cancellable, error);

          if (inside == NULL || !walk_entries (walk, path, inside, depth + 1, error))
            return FALSE;
        }
      if (!finish_entry (walk, path, folder, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * wb_remote_tree_count:
 * @directory: where the entries are, as the server's bytes
 * @entries: (element-type WbFtpEntry): what to count, with all that is in it
 * @count: (inout): what is added to
 * @progress: (nullable): gets one for each file and folder
 *
 * Blocks; follows no links.
 *
 * Returns: whether all of it could be listed
 */
gboolean
wb_remote_tree_count (WbFtpClient *client,
                      const char *directory,
                      GPtrArray *entries,
                      WbTreeCount *count,
                      WbProgress *progress,
                      GCancellable *cancellable,
                      GError **error)
{
  Walk walk = { client, count, progress, cancellable };

  return walk_entries (&walk, directory, entries, 0, error);
}

/**
 * wb_remote_tree_delete:
 *
 * Deletes as wb_remote_tree_count() counts: what is inside first, links themselves
 * and never what they lead to. Ends at the first refusal; blocks.
 *
 * Returns: whether all of it is gone
 */
gboolean
wb_remote_tree_delete (WbFtpClient *client,
                       const char *directory,
                       GPtrArray *entries,
                       WbProgress *progress,
                       GCancellable *cancellable,
                       GError **error)
{
  Walk walk = { client, NULL, progress, cancellable };

  return walk_entries (&walk, directory, entries, 0, error);
}

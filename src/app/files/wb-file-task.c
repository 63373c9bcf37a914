/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-file-task.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "wb-ftp-error.h"

/* A server that shows a folder in itself never ends. */
#define MAX_DEPTH 32
#define MAX_TOO_DEEP 100
#define MAX_FOUND 10000

typedef struct
{
  WbFileTask *task;
  const WbFileAccess *access;
  gpointer where;
  GCancellable *cancellable;
  GPatternSpec *pattern; /* (nullable) */
  WbFileFindings *findings;
  guint found;
  guint too_deep; /* folders that were left out for that */
} Walk;

/**
 * wb_file_task_new:
 * @items: (nullable) (element-type WbFileItem): the rows
 *
 * Returns: (transfer full): something to do, with a progress of its own
 */
WbFileTask *
wb_file_task_new (WbFileVerb verb, GPtrArray *items)
{
  WbFileTask *task = g_new0 (WbFileTask, 1);

  task->verb = verb;
  task->items = items != NULL ? g_ptr_array_ref (items) : NULL;
  task->progress = wb_progress_new ();
  task->found = g_async_queue_new_full ((GDestroyNotify) wb_file_found_free);
  return task;
}

/**
 * wb_file_task_free:
 */
void
wb_file_task_free (WbFileTask *task)
{
  g_clear_pointer (&task->items, g_ptr_array_unref);
  g_object_unref (task->progress);
  g_async_queue_unref (task->found);
  g_free (task->pattern);
  g_free (task->name);
  g_free (task->target);
  g_free (task);
}

/**
 * wb_file_findings_free:
 */
void
wb_file_findings_free (WbFileFindings *findings)
{
  g_free (findings->digest);
  g_free (findings->algorithm);
  g_free (findings);
}

/**
 * wb_file_found_free:
 */
void
wb_file_found_free (WbFileFound *found)
{
  g_object_unref (found->item);
  g_free (found->folder);
  g_free (found->path);
  g_free (found);
}

/**
 * wb_file_mode_parse:
 * @letters: (nullable): nine letters, "rwxr-xr-x"; also with the s and t of the special bits
 * @mode: (out): the bits
 *
 * Returns: whether they say something
 */
gboolean
wb_file_mode_parse (const char *letters, guint *mode)
{
  static const guint special[] = { 04000, 02000, 01000 };

  *mode = 0;
  if (letters == NULL || strlen (letters) != 9)
    return FALSE;
  for (guint i = 0; i < 9; i++)
    {
      if (letters[i] != '-' && letters[i] != 'S' && letters[i] != 'T')
        *mode |= 0400u >> i;
      if (i % 3 == 2 && strchr ("sStT", letters[i]) != NULL)
        *mode |= special[i / 3];
    }
  return TRUE;
}

static char *
join (const char *folder, WbFileItem *item)
{
  WbFtpEntry *entry = wb_file_item_get_entry (item);
  GFile *file = wb_file_item_get_file (item);

  if (entry == NULL)
    {
      const char *path = g_file_peek_path (file);

      return path != NULL ? g_strdup (path) : g_file_get_uri (file);
    }
  return g_strconcat (folder, g_str_has_suffix (folder, "/") ? "" : "/",
                      wb_ftp_entry_get_name (entry), NULL);
}

/* Only what the listing calls a folder is gone into: links are not followed. */
static gboolean
is_real_folder (WbFileItem *item)
{
  return wb_file_item_get_entry_type (item) == WB_FTP_ENTRY_DIRECTORY;
}

static gboolean
is_in_scope (WbFileScope scope, gboolean folder, guint depth)
{
  if (depth == 0)
    return TRUE;
  return scope == WB_FILE_SCOPE_ALL_INSIDE ||
         scope == (folder ? WB_FILE_SCOPE_FOLDERS_INSIDE : WB_FILE_SCOPE_FILES_INSIDE);
}

static gboolean
change_mode (Walk *walk, WbFileItem *item, const char *path, guint depth, GError **error)
{
  WbFileTask *task = walk->task;
  guint mode = 0;

  /* The permissions of what a link leads to are not the link's to change. */
  if (wb_file_item_get_entry_type (item) == WB_FTP_ENTRY_LINK ||
      !is_in_scope (task->scope, is_real_folder (item), depth))
    return TRUE;
  if (!wb_file_mode_parse (wb_file_item_get_mode (item), &mode) &&
      (task->set | task->clear) != 0777)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   /* Translators: %s is the name of a file or folder. */
                   _ ("The permissions of “%s” are not known. Say all of them: enter three "
                      "digits."),
                   wb_file_item_get_name (item));
      return FALSE;
    }
  return walk->access->change_mode (walk->where, path, (mode & ~task->clear) | task->set,
                                    walk->cancellable, error);
}

static void
look_at (Walk *walk, WbFileItem *item, const char *folder, const char *shown)
{
  WbFileFound *found = NULL;
  WbFileFindings *findings = walk->findings;

  if (is_real_folder (item))
    findings->folders++;
  else
    findings->files++;
  if (!is_real_folder (item) && wb_file_item_get_entry_type (item) != WB_FTP_ENTRY_LINK)
    findings->size += (guint64) MAX (wb_file_item_get_size (item), 0);
  wb_progress_add (walk->task->progress, 1);

  if (walk->pattern == NULL ||
      !g_pattern_spec_match_string (walk->pattern, wb_file_item_get_folded (item)))
    return;
  if (walk->found == MAX_FOUND)
    {
      findings->is_cut = TRUE;
      return;
    }
  walk->found++;
  found = g_new0 (WbFileFound, 1);
  found->item = g_object_ref (item);
  found->folder = g_strdup (folder);
  found->path = g_strdup (shown);
  g_async_queue_push (walk->task->found, found);
}

/* A folder that may not be read is passed by, and told of at the end; a connection that is gone, or
 * the person's Cancel, ends it. */
static gboolean
is_only_refused (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ||
         g_error_matches (error, WB_FTP_ERROR, WB_FTP_ERROR_PERMISSION) ||
         g_error_matches (error, WB_FTP_ERROR, WB_FTP_ERROR_NOT_FOUND);
}

static gboolean walk_items (Walk *walk,
                            const char *folder,
                            const char *shown,
                            GPtrArray *items,
                            guint depth,
                            GError **error);

/* One deep branch does not hide what is beside it; folders that are in themselves do end. */
static gboolean
leave_out_too_deep (Walk *walk, GError **error)
{
  walk->findings->is_cut = TRUE;
  walk->too_deep++;
  if (walk->task->verb != WB_FILE_CHANGE_MODE)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_TOO_MANY_LINKS,
               _ ("There are more than %d folders inside each other here, perhaps a loop of links. "
                  "Choose a folder further inside."),
               MAX_DEPTH);
  return FALSE;
}

static gboolean
is_full (Walk *walk)
{
  return walk->too_deep >= MAX_TOO_DEEP || (walk->found == MAX_FOUND && walk->findings->is_cut);
}

static gboolean
walk_folder (Walk *walk, const char *path, const char *shown, guint depth, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GPtrArray) items = NULL;

  if (depth > MAX_DEPTH)
    return leave_out_too_deep (walk, error);
  items = walk->access->list (walk->where, path, walk->cancellable, &local);
  if (items != NULL)
    return walk_items (walk, path, shown, items, depth, error);
  if (walk->task->verb != WB_FILE_CHANGE_MODE && is_only_refused (local))
    {
      walk->findings->unread++;
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
walk_items (Walk *walk,
            const char *folder,
            const char *shown,
            GPtrArray *items,
            guint depth,
            GError **error)
{
  WbFileTask *task = walk->task;

  for (guint i = 0; i < items->len && !is_full (walk); i++)
    {
      WbFileItem *item = g_ptr_array_index (items, i);
      g_autofree char *path = join (folder, item);
      g_autofree char *inside = g_build_filename (shown, wb_file_item_get_name (item), NULL);
      gboolean enters = is_real_folder (item) &&
                        (task->verb != WB_FILE_CHANGE_MODE || task->scope != WB_FILE_SCOPE_ROWS);

      if (g_cancellable_set_error_if_cancelled (walk->cancellable, error))
        return FALSE;
      look_at (walk, item, folder, shown);
      /* Inside first: without the right to enter it could not be done any more. */
      if (enters && !walk_folder (walk, path, inside, depth + 1, error))
        return FALSE;
      if (task->verb == WB_FILE_CHANGE_MODE && !change_mode (walk, item, path, depth, error))
        return FALSE;
    }
  return TRUE;
}

static GPatternSpec *
make_pattern (const char *text)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);
  g_autofree char *around =
      strpbrk (folded, "*?") != NULL ? g_strdup (folded) : g_strconcat ("*", folded, "*", NULL);

  return g_pattern_spec_new (around);
}

static gboolean
carry_out (Walk *walk, const char *folder, GError **error)
{
  WbFileTask *task = walk->task;

  switch (task->verb)
    {
    case WB_FILE_CHECKSUM:
      {
        g_autofree char *path = join (folder, g_ptr_array_index (task->items, 0));

        walk->findings->digest = walk->access->checksum (
            walk->where, path, &walk->findings->algorithm, walk->cancellable, error);
        return walk->findings->digest != NULL;
      }
    case WB_FILE_FIND:
      walk->pattern = make_pattern (task->pattern);
      return walk_folder (walk, folder, "", 0, error);
    case WB_FILE_MAKE_LINK:
      return walk->access->make_link (walk->where, folder, task->name, task->target,
                                      walk->cancellable, error);
    case WB_FILE_MEASURE:
    case WB_FILE_CHANGE_MODE:
    default:
      return walk_items (walk, folder, "", task->items, 0, error);
    }
}

/**
 * wb_file_task_run:
 * @where: what the functions of @access get
 * @folder: where the rows are, as the server's bytes or a path of this computer
 *
 * Does it. Goes 32 folders deep at most, follows no links and finds 10,000 at most. Changing
 * permissions ends at the first refusal, and at a folder that is too deep. Blocks.
 *
 * Returns: (transfer full): what there was, or %NULL with @error set
 */
WbFileFindings *
wb_file_task_run (WbFileTask *task,
                  const WbFileAccess *access,
                  gpointer where,
                  const char *folder,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (WbFileFindings) findings = g_new0 (WbFileFindings, 1);
  Walk walk = { task, access, where, cancellable, NULL, findings, 0, 0 };
  gboolean ok = FALSE;

  wb_progress_begin (task->progress, NULL, -1);
  ok = carry_out (&walk, folder, error);
  wb_progress_end (task->progress);
  g_clear_pointer (&walk.pattern, g_pattern_spec_free);
  return ok ? g_steal_pointer (&findings) : NULL;
}

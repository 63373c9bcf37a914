/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-compare.h"

#include <string.h>

typedef struct
{
  const WbFtpSyncOptions *options;
  GPtrArray *actions;
} Comparison;

/**
 * wb_ftp_sync_action_free:
 *
 * Frees it.
 */
void
wb_ftp_sync_action_free (WbFtpSyncAction *self)
{
  g_free (self->path);
  g_free (self->target);
  g_free (self);
}

/**
 * wb_ftp_sync_kind_get_id:
 *
 * Returns: a word for scripts, which is never translated
 */
const char *
wb_ftp_sync_kind_get_id (WbFtpSyncKind kind)
{
  static const char *const ids[] = {
    "mkdir", "copy", "replace", "delete", "rmdir", "link", "skip"
  };

  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (ids), "");

  return ids[kind];
}

/**
 * wb_ftp_sync_reason_get_id:
 *
 * Returns: a word for scripts, which is never translated
 */
const char *
wb_ftp_sync_reason_get_id (WbFtpSyncReason reason)
{
  static const char *const ids[] = { "missing",   "size",       "time",         "hash",
                                     "extra",     "in-the-way", "target-newer", "link",
                                     "elsewhere", "outside",    "odd" };

  g_return_val_if_fail ((guint) reason < G_N_ELEMENTS (ids), "");

  return ids[reason];
}

static void
add (Comparison *comparison,
     WbFtpSyncKind kind,
     WbFtpSyncReason reason,
     const char *path,
     const WbFtpNode *node)
{
  WbFtpSyncAction *action = g_new0 (WbFtpSyncAction, 1);

  action->kind = kind;
  action->reason = reason;
  action->path = g_strdup (path);
  action->size = node->size;
  action->modified = node->modified;
  action->mode = node->mode;
  if (kind == WB_FTP_SYNC_MAKE_LINK)
    action->target = g_strdup (node->target);
  action->chosen = kind != WB_FTP_SYNC_SKIP;
  g_ptr_array_add (comparison->actions, action);
}

static char *
join (const char *path, const char *name)
{
  return *path == '\0' ? g_strdup (name) : g_strconcat (path, "/", name, NULL);
}

/* Whether @a, moved by @offset, is later than @b by more than the two clocks and listings allow
 * for. */
static gboolean
is_later (Comparison *comparison,
          const WbFtpNode *a,
          gint64 a_offset,
          const WbFtpNode *b,
          gint64 b_offset)
{
  gint64 slack = comparison->options->tolerance;

  if (a->modified < 0 || b->modified < 0)
    return FALSE;
  /* A precision of a second is what two equal times have. */
  slack += MAX (a->precision, b->precision) - 1;
  return a->modified + a_offset > b->modified + b_offset + slack;
}

/* Whether two files differ, and why. */
static gboolean
differ (Comparison *comparison,
        const WbFtpNode *source,
        const WbFtpNode *target,
        WbFtpSyncReason *reason)
{
  const WbFtpSyncOptions *options = comparison->options;

  if (!options->ignore_size && source->size >= 0 && target->size >= 0 &&
      source->size != target->size)
    {
      *reason = WB_FTP_SYNC_SIZE;
      return TRUE;
    }
  if (source->hash != NULL && target->hash != NULL)
    {
      *reason = WB_FTP_SYNC_HASH;
      return strcmp (source->hash, target->hash) != 0;
    }
  *reason = WB_FTP_SYNC_TIME;
  return !options->ignore_time && is_later (comparison, source, 0, target, options->offset);
}

static void
compare_files (Comparison *comparison,
               const WbFtpNode *source,
               const WbFtpNode *target,
               const char *path)
{
  WbFtpSyncReason reason = WB_FTP_SYNC_SIZE;

  if (!differ (comparison, source, target, &reason))
    return;
  if (comparison->options->only_newer &&
      is_later (comparison, target, comparison->options->offset, source, 0))
    add (comparison, WB_FTP_SYNC_SKIP, WB_FTP_SYNC_TARGET_NEWER, path, source);
  else
    add (comparison, WB_FTP_SYNC_REPLACE, reason, path, source);
}

/* What is in a folder goes before the folder. */
static void
take_away (Comparison *comparison,
           const WbFtpNode *target,
           WbFtpSyncReason reason,
           const char *path)
{
  if (target->type != WB_FTP_ENTRY_DIRECTORY)
    {
      add (comparison, WB_FTP_SYNC_DELETE_FILE, reason, path, target);
      return;
    }
  for (guint i = 0; target->children != NULL && i < target->children->len; i++)
    {
      const WbFtpNode *child = target->children->pdata[i];
      g_autofree char *below = join (path, child->name);

      take_away (comparison, child, reason, below);
    }
  add (comparison, WB_FTP_SYNC_DELETE_FOLDER, reason, path, target);
}

static void compare_folders (Comparison *comparison,
                             const WbFtpNode *source,
                             const WbFtpNode *target,
                             const char *path);

/* The target has nothing of that name. */
static void
create (Comparison *comparison, const WbFtpNode *source, const char *path)
{
  switch (source->type)
    {
    case WB_FTP_ENTRY_FILE:
      add (comparison, WB_FTP_SYNC_COPY, WB_FTP_SYNC_MISSING, path, source);
      break;
    case WB_FTP_ENTRY_DIRECTORY:
      add (comparison, WB_FTP_SYNC_MAKE_FOLDER, WB_FTP_SYNC_MISSING, path, source);
      compare_folders (comparison, source, NULL, path);
      break;
    case WB_FTP_ENTRY_LINK:
      add (comparison, WB_FTP_SYNC_MAKE_LINK, WB_FTP_SYNC_MISSING, path, source);
      break;
    case WB_FTP_ENTRY_OTHER:
    case WB_FTP_ENTRY_UNKNOWN:
    default:
      g_assert_not_reached ();
    }
}

static void
compare_links (Comparison *comparison,
               const WbFtpNode *source,
               const WbFtpNode *target,
               const char *path)
{
  if (g_strcmp0 (source->target, target->target) != 0)
    add (comparison, WB_FTP_SYNC_MAKE_LINK, WB_FTP_SYNC_ELSEWHERE, path, source);
}

/* Why nothing is done about what is in the source, where it is so. */
static gboolean
is_left_out (Comparison *comparison,
             const WbFtpNode *source,
             const char *path,
             WbFtpSyncReason *reason)
{
  gboolean link = source->type == WB_FTP_ENTRY_LINK;
  gboolean copies = link && comparison->options->links == WB_FTP_LINKS_COPY;

  if (source->type == WB_FTP_ENTRY_FILE || source->type == WB_FTP_ENTRY_DIRECTORY)
    return FALSE;
  if (copies && source->target != NULL && wb_ftp_link_stays_inside (path, source->target))
    return FALSE;
  *reason = copies && source->target != NULL ? WB_FTP_SYNC_OUTSIDE
            : link                           ? WB_FTP_SYNC_LINK
                                             : WB_FTP_SYNC_ODD;
  return TRUE;
}

static void
compare_pair (Comparison *comparison,
              const WbFtpNode *source,
              const WbFtpNode *target,
              const char *path)
{
  WbFtpSyncReason reason = WB_FTP_SYNC_ODD;

  if (is_left_out (comparison, source, path, &reason))
    {
      /* What the target has of that name is not deleted either: nobody knows what it stands for. */
      add (comparison, WB_FTP_SYNC_SKIP, reason, path, source);
      return;
    }
  if (target == NULL)
    create (comparison, source, path);
  else if (source->type != target->type)
    {
      if (!comparison->options->remove)
        {
          add (comparison, WB_FTP_SYNC_SKIP, WB_FTP_SYNC_IN_THE_WAY, path, source);
          return;
        }
      take_away (comparison, target, WB_FTP_SYNC_IN_THE_WAY, path);
      create (comparison, source, path);
    }
  else if (source->type == WB_FTP_ENTRY_LINK)
    compare_links (comparison, source, target, path);
  else if (source->type == WB_FTP_ENTRY_FILE)
    compare_files (comparison, source, target, path);
  else
    compare_folders (comparison, source, target, path);
}

/* Both are sorted, so one walk along the two of them is enough. */
static void
compare_folders (Comparison *comparison,
                 const WbFtpNode *source,
                 const WbFtpNode *target,
                 const char *path)
{
  GPtrArray *left = source->children;
  GPtrArray *right = target != NULL ? target->children : NULL;
  guint i = 0;
  guint j = 0;

  for (;;)
    {
      const WbFtpNode *a = left != NULL && i < left->len ? left->pdata[i] : NULL;
      const WbFtpNode *b = right != NULL && j < right->len ? right->pdata[j] : NULL;
      int order = a == NULL ? 1 : b == NULL ? -1 : strcmp (a->name, b->name);
      g_autofree char *below = NULL;

      if (a == NULL && b == NULL)
        return;
      below = join (path, order > 0 ? b->name : a->name);
      if (order <= 0)
        {
          compare_pair (comparison, a, order == 0 ? b : NULL, below);
          i++;
        }
      else if (comparison->options->remove)
        take_away (comparison, b, WB_FTP_SYNC_EXTRA, below);
      if (order >= 0)
        j++;
    }
}

/**
 * wb_ftp_compare:
 * @source: the root of a sorted tree, what the target is to be like
 * @target: the root of another
 * @options: what counts as different
 *
 * Compares two trees. Pure: nothing is read, written or asked. The actions are in an
 * order in which they can be carried out: a folder before what is in it, what is
 * deleted after what is in it, and before what takes its name.
 *
 * A file is replaced when the sizes differ or the source's is newer. Where both hashes
 * are known they decide instead of the times.
 *
 * Returns: (transfer full) (element-type WbFtpSyncAction): what to do; empty when the
 *   target is like the source already
 */
GPtrArray *
wb_ftp_compare (const WbFtpNode *source, const WbFtpNode *target, const WbFtpSyncOptions *options)
{
  Comparison comparison = { .options = options };

  g_return_val_if_fail (source != NULL && target != NULL && options != NULL, NULL);

  comparison.actions = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_ftp_sync_action_free);
  compare_folders (&comparison, source, target, "");
  return comparison.actions;
}

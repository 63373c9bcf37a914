/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-ftp"

#include "config.h"

#include "wb-ftp-client-private.h"
#include "wb-ftp-tree-private.h"

#include <string.h>

/* A picture of a tree on a server. */

/* How many links to folders are followed, in all and inside each other: a server that does not say
 * where it is may show a loop as ever new folders. */
#define FOLLOWED_MAX 1000
#define FOLLOWED_DEPTH_MAX 8

/* The folders from the root down to where one is. @real: the absolute path behind all links, where
 * links are followed. @below: the path in the tree. */
typedef struct _Place Place;

struct _Place
{
  const Place *above;
  const char *path;
  const char *below;
  const char *real;
  guint depth;
  guint followed;
};

static char *
join_path (const char *path, const char *name)
{
  gboolean bare = *path == '\0' || g_str_has_suffix (path, "/");

  return g_strconcat (path, bare ? "" : "/", name, NULL);
}

/* Where the server says that it is when it is at @path; NULL without an error where that is no
 * folder. The session comes back to where it was. */
static char *
find_real_path (const WbFtpReading *reading, const char *path, GError **error)
{
  WbFtpClient *client = reading->client;
  GCancellable *cancellable = reading->cancellable;
  g_autofree char *back = wb_ftp_client_get_directory (client, cancellable, error);
  g_autofree char *real = NULL;

  if (back == NULL || *path == '\0')
    return g_steal_pointer (&back);
  if (!wb_ftp_client_expect (client, WB_FTP_STEP_DIRECTORY, "CWD", path, cancellable, NULL))
    {
      if (!g_cancellable_set_error_if_cancelled (cancellable, error))
        wb_ftp_client_is_ready (client, error);
      return NULL;
    }
  real = wb_ftp_client_get_directory (client, cancellable, error);
  if (!wb_ftp_client_come_back (client, WB_FTP_STEP_DIRECTORY, back, real != NULL, cancellable,
                                error))
    return NULL;
  return g_steal_pointer (&real);
}

/* ── Where links lead ── */

static gboolean
has_unknown_target (const WbFtpNode *node)
{
  for (guint i = 0; node->children != NULL && i < node->children->len; i++)
    {
      const WbFtpNode *child = node->children->pdata[i];

      if (child->type == WB_FTP_ENTRY_LINK && (child->target == NULL || *child->target == '\0'))
        return TRUE;
    }
  return FALSE;
}

/* MLSD need not tell it, LIST does. */
static gboolean
ask_targets (WbFtpReading *reading, WbFtpNode *node, const char *path, GError **error)
{
  WbFtpListWay way = reading->client->list_way;
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GHashTable) targets = g_hash_table_new (g_str_hash, g_str_equal);

  wb_ftp_client_set_list_way (reading->client, WB_FTP_LIST_LIST);
  entries =
      wb_ftp_client_list (reading->client, path, reading->progress, reading->cancellable, error);
  wb_ftp_client_set_list_way (reading->client, way);
  if (entries == NULL)
    return FALSE;
  for (guint i = 0; i < entries->len; i++)
    if (wb_ftp_entry_get_target (entries->pdata[i]) != NULL)
      g_hash_table_insert (targets, (gpointer) wb_ftp_entry_get_name (entries->pdata[i]),
                           (gpointer) wb_ftp_entry_get_target (entries->pdata[i]));
  for (guint i = 0; i < node->children->len; i++)
    {
      WbFtpNode *child = node->children->pdata[i];

      if (child->type != WB_FTP_ENTRY_LINK)
        continue;
      g_free (child->target);
      child->target = g_strdup (g_hash_table_lookup (targets, child->name));
    }
  return TRUE;
}

static gboolean
find_targets (WbFtpReading *reading, WbFtpNode *node, const Place *place, GError **error)
{
  if (has_unknown_target (node) && !ask_targets (reading, node, place->path, error))
    return FALSE;
  for (guint i = 0; node->children != NULL && i < node->children->len; i++)
    {
      WbFtpNode *child = node->children->pdata[i];
      g_autofree char *below = join_path (place->below, child->name);
      g_autofree char *target = g_steal_pointer (&child->target);

      if (target != NULL)
        child->target = wb_ftp_link_make_relative (reading->root, below, target);
    }
  return TRUE;
}

/* ── What links lead to ── */

static gboolean
is_loop (const Place *place, const char *real)
{
  for (; place != NULL; place = place->above)
    if (g_str_equal (place->real, real))
      return TRUE;
  return FALSE;
}

/* Makes of @child what it leads to: a folder, whose @real path is told, or a file. One that leads
 * back to where it came from, or nowhere, stays a link. */
static gboolean
follow (WbFtpReading *reading,
        WbFtpNode *child,
        const char *path,
        const Place *place,
        char **real,
        GError **error)
{
  WbFtpClient *client = reading->client;
  g_autofree char *there = NULL;
  g_autoptr (GError) local = NULL;
  g_autoptr (GDateTime) modified = NULL;

  if (place->followed >= FOLLOWED_DEPTH_MAX || reading->followed++ >= FOLLOWED_MAX)
    return TRUE;
  there = find_real_path (reading, path, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (there != NULL)
    {
      if (is_loop (place, there))
        return TRUE;
      child->type = WB_FTP_ENTRY_DIRECTORY;
      *real = g_steal_pointer (&there);
      return TRUE;
    }

  child->size = wb_ftp_client_try_size (client, path, reading->cancellable, error);
  if (child->size == -2)
    return FALSE;
  if (child->size < 0)
    return TRUE;
  if (!wb_ftp_client_try_time (client, path, &modified, reading->cancellable, error))
    return FALSE;
  child->type = WB_FTP_ENTRY_FILE;
  /* Both were those of the link. */
  child->mode = -1;
  child->precision = 1;
  child->modified = modified != NULL ? g_date_time_to_unix (modified) : -1;
  return TRUE;
}

static gboolean read_folder (WbFtpReading *reading,
                             WbFtpNode *node,
                             const Place *place,
                             GError **error);

static gboolean
read_child (WbFtpReading *reading, WbFtpNode *child, const Place *above, GError **error)
{
  g_autofree char *path = join_path (above->path, child->name);
  g_autofree char *below = join_path (above->below, child->name);
  g_autofree char *real = NULL;
  Place place = { .above = above,
                  .path = path,
                  .below = below,
                  .depth = above->depth + 1,
                  .followed = above->followed };

  if (child->type == WB_FTP_ENTRY_LINK && reading->links == WB_FTP_LINKS_FOLLOW)
    {
      if (!follow (reading, child, path, above, &real, error))
        return FALSE;
      place.followed++;
    }
  if (child->type != WB_FTP_ENTRY_DIRECTORY)
    return TRUE;
  if (real == NULL && above->real != NULL)
    real = join_path (above->real, child->name);
  place.real = real;
  return read_folder (reading, child, &place, error);
}

static gboolean
read_folder (WbFtpReading *reading, WbFtpNode *node, const Place *place, GError **error)
{
  g_autoptr (GPtrArray) entries = NULL;

  if (!wb_ftp_reading_enter (reading, place->depth, error))
    return FALSE;
  entries = wb_ftp_client_list (reading->client, place->path, reading->progress,
                                reading->cancellable, error);
  if (entries == NULL)
    return FALSE;

  for (guint i = 0; i < entries->len; i++)
    {
      if (!wb_ftp_reading_count (reading, error))
        return FALSE;
      wb_ftp_node_add (node, wb_ftp_node_new_entry (entries->pdata[i]));
    }
  g_clear_pointer (&entries, g_ptr_array_unref);

  if (reading->links == WB_FTP_LINKS_COPY && !find_targets (reading, node, place, error))
    return FALSE;
  for (guint i = 0; node->children != NULL && i < node->children->len; i++)
    if (!read_child (reading, node->children->pdata[i], place, error))
      return FALSE;
  return TRUE;
}

/**
 * wb_ftp_tree_read_remote:
 * @path: a folder, in the server's bytes; "" is the current one
 * @links: what becomes of links in it: with %WB_FTP_LINKS_COPY they have a target, as far as
 *   the server tells, with %WB_FTP_LINKS_FOLLOW what they lead to is in their place, and else
 *   they are only there
 * @progress: (nullable): told of the bytes of the listings
 *
 * Lists a folder and those inside it, with one listing a folder. Only links cost more: one to be
 * followed is gone to, and where one is to be copied and the listing does not tell its target, LIST
 * is asked, too. Names that could lead out of the folder are left out.
 *
 * Errors: those of wb_ftp_client_list(), %WB_ERROR_TOO_LARGE.
 *
 * Returns: (transfer full) (nullable): the root of the sorted tree, or %NULL with
 *   @error set
 */
WbFtpNode *
wb_ftp_tree_read_remote (WbFtpClient *client,
                         const char *path,
                         WbFtpLinks links,
                         WbProgress *progress,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autoptr (WbFtpNode) root = wb_ftp_node_new ("", WB_FTP_ENTRY_DIRECTORY, -1, -1);
  g_auto (WbFtpReading) reading = {
    .client = client, .links = links, .progress = progress, .cancellable = cancellable
  };
  g_autoptr (GError) local = NULL;
  Place place = { .path = path, .below = "" };

  if (links != WB_FTP_LINKS_SKIP)
    {
      reading.root = find_real_path (&reading, path, &local);
      if (local != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
      /* That it is no folder is for the listing to say. */
      if (reading.root == NULL)
        reading.root = g_strdup (path);
      place.real = reading.root;
    }
  if (!read_folder (&reading, root, &place, error))
    return NULL;
  wb_ftp_node_sort (root);
  return g_steal_pointer (&root);
}

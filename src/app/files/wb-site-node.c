/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "wb-app"

#include "config.h"

#include "wb-site-node.h"

#include <string.h>

struct _WbSiteNode
{
  GObject parent_instance;

  char *name;
  char *detail; /* of a site: its host */
  char *folder; /* of a folder: its path; of a site: that of the folder it is in */
  char *id;     /* of a site */
  GListStore *children;
};

G_DEFINE_FINAL_TYPE (WbSiteNode, wb_site_node, G_TYPE_OBJECT)

static void
wb_site_node_finalize (GObject *object)
{
  WbSiteNode *self = WB_SITE_NODE (object);

  g_free (self->name);
  g_free (self->detail);
  g_free (self->folder);
  g_free (self->id);
  g_clear_object (&self->children);

  G_OBJECT_CLASS (wb_site_node_parent_class)->finalize (object);
}

static void
wb_site_node_class_init (WbSiteNodeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wb_site_node_finalize;
}

static void
wb_site_node_init (WbSiteNode *self)
{
}

static WbSiteNode *
folder_new (const char *path)
{
  WbSiteNode *self = g_object_new (WB_TYPE_SITE_NODE, NULL);
  const char *slash = strrchr (path, '/');

  self->name = g_strdup (slash != NULL ? slash + 1 : path);
  self->folder = g_strdup (path);
  self->children = g_list_store_new (WB_TYPE_SITE_NODE);
  return self;
}

static WbSiteNode *
site_new (const WbFtpSite *site)
{
  WbSiteNode *self = g_object_new (WB_TYPE_SITE_NODE, NULL);

  self->name = g_strdup (site->name);
  self->detail = g_strdup (site->host);
  self->folder = g_strdup (site->folder);
  self->id = g_strdup (site->id);
  return self;
}

static int
compare_nodes (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const WbSiteNode *one = a;
  const WbSiteNode *other = b;

  /* Folders first. */
  if ((one->id == NULL) != (other->id == NULL))
    return one->id == NULL ? -1 : 1;
  return g_utf8_collate (one->name, other->name);
}

static gboolean
has_text (const char *text, const char *needle)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);

  return strstr (folded, needle) != NULL;
}

static GListStore *
find_parent (GHashTable *folders, GListStore *top, const char *path)
{
  WbSiteNode *node = g_hash_table_lookup (folders, path);

  return node != NULL ? node->children : top;
}

/**
 * wb_site_node_make_tree:
 * @needle: (nullable): case-folded; only sites with it in their name, host, user or notes
 *   are taken, and no folders
 *
 * Returns: (transfer full) (element-type WbSiteNode): the rows of the first level
 */
GListModel *
wb_site_node_make_tree (WbFtpSiteStore *store, const char *needle)
{
  GListStore *top = g_list_store_new (WB_TYPE_SITE_NODE);
  g_autoptr (GHashTable) folders =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  g_autoptr (GPtrArray) paths = wb_ftp_site_store_dup_folders (store);
  GPtrArray *sites = wb_ftp_site_store_get_sites (store);

  for (guint i = 0; needle == NULL && i < paths->len; i++)
    {
      const char *path = paths->pdata[i];
      const char *slash = strrchr (path, '/');
      g_autofree char *parent = g_strndup (path, slash != NULL ? slash - path : 0);
      WbSiteNode *node = folder_new (path);

      g_hash_table_insert (folders, g_strdup (path), node);
      g_list_store_insert_sorted (find_parent (folders, top, parent), node, compare_nodes, NULL);
    }
  for (guint i = 0; i < sites->len; i++)
    {
      const WbFtpSite *site = sites->pdata[i];
      g_autoptr (WbSiteNode) node = site_new (site);

      if (needle == NULL)
        g_list_store_insert_sorted (find_parent (folders, top, site->folder), node, compare_nodes,
                                    NULL);
      else if (has_text (site->name, needle) || has_text (site->host, needle) ||
               has_text (site->user, needle) || has_text (site->notes, needle))
        g_list_store_insert_sorted (top, node, compare_nodes, NULL);
    }
  return G_LIST_MODEL (top);
}

/**
 * wb_site_node_get_name:
 *
 * Returns: what the row is called
 */
const char *
wb_site_node_get_name (WbSiteNode *self)
{
  return self->name;
}

/**
 * wb_site_node_get_detail:
 *
 * Returns: (nullable): a site's host
 */
const char *
wb_site_node_get_detail (WbSiteNode *self)
{
  return self->detail;
}

/**
 * wb_site_node_get_folder:
 *
 * Returns: a folder's own path, or that of the folder that a site is in
 */
const char *
wb_site_node_get_folder (WbSiteNode *self)
{
  return self->folder;
}

/**
 * wb_site_node_get_id:
 *
 * Returns: (nullable): a site's id; %NULL for a folder
 */
const char *
wb_site_node_get_id (WbSiteNode *self)
{
  return self->id;
}

/**
 * wb_site_node_get_children:
 *
 * Returns: (transfer none) (nullable): what is in a folder
 */
GListModel *
wb_site_node_get_children (WbSiteNode *self)
{
  return self->children != NULL ? G_LIST_MODEL (self->children) : NULL;
}

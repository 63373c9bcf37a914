/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "wb-ftp-site-store.h"

G_BEGIN_DECLS

/**
 * WbSiteNode:
 *
 * A row of the list of sites: a folder with what is in it, or a site. Immutable.
 */
#define WB_TYPE_SITE_NODE (wb_site_node_get_type ())
G_DECLARE_FINAL_TYPE (WbSiteNode, wb_site_node, WB, SITE_NODE, GObject)

GListModel *wb_site_node_make_tree    (WbFtpSiteStore  *store,
                                       const char      *needle);
const char *wb_site_node_get_name     (WbSiteNode      *self);
const char *wb_site_node_get_detail   (WbSiteNode      *self);
const char *wb_site_node_get_folder   (WbSiteNode      *self);
const char *wb_site_node_get_id       (WbSiteNode      *self);
GListModel *wb_site_node_get_children (WbSiteNode      *self);

G_END_DECLS

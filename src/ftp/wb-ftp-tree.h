/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-ftp-client.h"
#include "wb-ftp-link.h"

G_BEGIN_DECLS

/* Folders inside folders, to an end even where a server shows a loop of links as folders. */
#define WB_FTP_DEPTH_MAX 64

/**
 * WbFtpNode:
 * @name: raw bytes, one name and no path; "" for the root
 * @size: bytes, or -1 when nobody knows
 * @modified: seconds since 1970 in UTC, or -1 when nobody knows
 * @precision: how many seconds @modified may be behind the true time: 1 where seconds are
 *   known, 60 or 86400 where a listing says no more than the minute or the day
 * @mode: permission bits, or -1
 * @target: (nullable): of a link, where that was asked for: from the link's own folder on
 *   where it leads into the tree
 * @hash: (nullable): lower-case hex, where somebody has asked for it
 * @children: (element-type WbFtpNode): of a folder, sorted by name after
 *   wb_ftp_node_sort()
 *
 * A file or folder in a picture of a tree, on this computer or on a server. Plain
 * data: belongs to whoever made it.
 */
typedef struct _WbFtpNode WbFtpNode;

struct _WbFtpNode
{
  char           *name;
  WbFtpEntryType  type;
  gint64          size;
  gint64          modified;
  gint64          precision;
  int             mode;
  char           *target;
  char           *hash;
  GPtrArray      *children;
};

WbFtpNode *wb_ftp_node_new         (const char      *name,
                                    WbFtpEntryType   type,
                                    gint64           size,
                                    gint64           modified);
WbFtpNode *wb_ftp_node_new_entry   (WbFtpEntry      *entry);
void       wb_ftp_node_free        (WbFtpNode       *self);
gboolean   wb_ftp_node_add         (WbFtpNode       *self,
                                    WbFtpNode       *child);
void       wb_ftp_node_sort        (WbFtpNode       *self);
int        wb_ftp_mode_parse       (const char      *letters);

WbFtpNode *wb_ftp_tree_read_local  (GFile           *folder,
                                    WbFtpLinks       links,
                                    GCancellable    *cancellable,
                                    GError         **error);
WbFtpNode *wb_ftp_tree_read_remote (WbFtpClient     *client,
                                    const char      *path,
                                    WbFtpLinks       links,
                                    WbProgress      *progress,
                                    GCancellable    *cancellable,
                                    GError         **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbFtpNode, wb_ftp_node_free)

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-ftp-client.h"

G_BEGIN_DECLS

/**
 * WbTreeCount:
 * @files: all that is no folder; a link counts as one, wherever it leads
 */
typedef struct
{
  guint files;
  guint folders;
} WbTreeCount;

gboolean wb_remote_tree_count  (WbFtpClient   *client,
                                const char    *directory,
                                GPtrArray     *entries,
                                WbTreeCount   *count,
                                WbProgress    *progress,
                                GCancellable  *cancellable,
                                GError       **error);
gboolean wb_remote_tree_delete (WbFtpClient   *client,
                                const char    *directory,
                                GPtrArray     *entries,
                                WbProgress    *progress,
                                GCancellable  *cancellable,
                                GError       **error);

G_END_DECLS

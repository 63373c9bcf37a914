/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-ftp-tree.h"

G_BEGIN_DECLS

/* The most that a tree may hold, on either side. */
#define WB_FTP_NODES_MAX 2000000

gboolean wb_ftp_tree_fail_too_deep (GError **error);
gboolean wb_ftp_tree_fail_too_many (GError **error);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WbFtpLinks:
 * @WB_FTP_LINKS_SKIP: they are left out
 * @WB_FTP_LINKS_COPY: they become links at the target, too, where they lead to something in
 *   the same folder
 * @WB_FTP_LINKS_FOLLOW: what they lead to takes their place
 *
 * What becomes of symbolic links when one folder is made like another.
 */
typedef enum
{
  WB_FTP_LINKS_SKIP,
  WB_FTP_LINKS_COPY,
  WB_FTP_LINKS_FOLLOW,
} WbFtpLinks;

char     *wb_ftp_link_make_relative (const char  *root,
                                     const char  *path,
                                     const char  *target);
gboolean  wb_ftp_link_stays_inside  (const char  *path,
                                     const char  *target);
gboolean  wb_ftp_link_create        (const char  *root,
                                     int          folder,
                                     const char  *path,
                                     const char  *target,
                                     gboolean     replace);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * WbFtpPart:
 * @fd: open for writing
 * @path: "TARGET.part", or "TARGET.1.part" and so on where that is taken
 * @target: what it becomes
 *
 * A file that is being received, beside the name that it will have. Until it is
 * whole nothing else is touched.
 */
typedef struct
{
  int   fd;
  char *path;
  char *target;
} WbFtpPart;

gboolean wb_ftp_part_open    (WbFtpPart   *part,
                              GFile       *target,
                              gboolean     overwrite,
                              GError     **error);
gboolean wb_ftp_part_finish  (WbFtpPart   *part,
                              gboolean     overwrite,
                              GError     **error);
void     wb_ftp_part_clear   (WbFtpPart   *part);
int      wb_ftp_source_open  (GFile       *source,
                              gint64      *size,
                              GError     **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WbFtpPart, wb_ftp_part_clear)

G_END_DECLS

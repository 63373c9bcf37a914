/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "wb-ftp-origin.h"

G_BEGIN_DECLS

/**
 * WbFtpPart:
 * @fd: open for reading and writing, and locked
 * @path: "TARGET.XXXXXXXX.part", with eight digits that no other file has
 * @record: (nullable): "TARGET.XXXXXXXX.part.info", which says what the part is a part of
 * @target: what it becomes
 * @offset: how much of the file is in it already
 * @keep: leave it there when it has not been finished
 *
 * A file that is being received, beside the name that it will have. Until it is
 * whole nothing else is touched. The digits come by chance, so the name is not one that
 * another file has or is to get; those of a part that may be gone on with are made of what
 * it is a part of, so it is found again.
 */
typedef struct
{
  int       fd;
  char     *path;
  char     *record;
  char     *target;
  gint64    offset;
  gboolean  keep;
} WbFtpPart;

gboolean wb_ftp_part_open    (WbFtpPart          *part,
                              GFile              *target,
                              gboolean            overwrite,
                              GError            **error);
gboolean wb_ftp_part_begin   (WbFtpPart          *part,
                              const WbFtpOrigin  *origin,
                              GError            **error);
gboolean wb_ftp_part_restart (WbFtpPart          *part,
                              GError            **error);
gboolean wb_ftp_part_finish  (WbFtpPart          *part,
                              gboolean            overwrite,
                              GDateTime          *modified,
                              GError            **error);
void     wb_ftp_part_clear   (WbFtpPart          *part);
char    *wb_ftp_part_get_path (const char        *target,
                               const WbFtpOrigin *origin);
gboolean wb_ftp_part_is_left (const char         *target,
                              const WbFtpOrigin  *origin);
int      wb_ftp_source_open  (GFile              *source,
                              gint64             *size,
                              GError            **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WbFtpPart, wb_ftp_part_clear)

G_END_DECLS

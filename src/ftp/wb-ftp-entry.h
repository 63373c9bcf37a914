/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  WB_FTP_ENTRY_UNKNOWN,
  WB_FTP_ENTRY_FILE,
  WB_FTP_ENTRY_DIRECTORY,
  WB_FTP_ENTRY_LINK,
  WB_FTP_ENTRY_OTHER,
} WbFtpEntryType;

/**
 * WbFtpEntry:
 *
 * One row of a server's folder. Names need not be UTF-8, though they are where the client has a
 * charset that reads them: show them with wb_ftp_entry_get_display_name(), give them back to the
 * client as they are.
 *
 * Immutable once made and set up, so it may be read from any thread.
 */
#define WB_TYPE_FTP_ENTRY (wb_ftp_entry_get_type ())
G_DECLARE_FINAL_TYPE (WbFtpEntry, wb_ftp_entry, WB, FTP_ENTRY, GObject)

/**
 * WbFtpEntryFields:
 * @name: raw bytes; never "", ".", ".." or one that holds "/" or NUL
 * @size: bytes, or -1 when the listing does not say
 * @modified: (nullable): in UTC when @modified_is_utc, else in the server's own time
 * @mode: (nullable): nine letters, "rwxr-xr-x"
 * @target: (nullable): where a link leads, raw bytes
 * @raw: the line it came from
 */
typedef struct
{
  const char     *name;
  WbFtpEntryType  type;
  gint64          size;
  GDateTime      *modified;
  gboolean        modified_is_utc;
  const char     *mode;
  const char     *owner;
  const char     *group;
  const char     *target;
  const char     *raw;
} WbFtpEntryFields;

WbFtpEntry     *wb_ftp_entry_new              (const WbFtpEntryFields *fields);
const char     *wb_ftp_entry_get_name         (WbFtpEntry             *self);
const char     *wb_ftp_entry_get_display_name (WbFtpEntry             *self);
WbFtpEntryType  wb_ftp_entry_get_entry_type   (WbFtpEntry             *self);
gint64          wb_ftp_entry_get_size         (WbFtpEntry             *self);
GDateTime      *wb_ftp_entry_get_modified     (WbFtpEntry             *self);
gboolean        wb_ftp_entry_is_modified_utc  (WbFtpEntry             *self);
const char     *wb_ftp_entry_get_mode         (WbFtpEntry             *self);
const char     *wb_ftp_entry_get_owner        (WbFtpEntry             *self);
const char     *wb_ftp_entry_get_group        (WbFtpEntry             *self);
const char     *wb_ftp_entry_get_target       (WbFtpEntry             *self);
const char     *wb_ftp_entry_get_raw          (WbFtpEntry             *self);
gboolean        wb_ftp_entry_is_hidden        (WbFtpEntry             *self);

void            wb_ftp_entry_set_charset      (WbFtpEntry             *self,
                                               const char             *charset);
void            wb_ftp_entry_set_time_offset  (WbFtpEntry             *self,
                                               int                     minutes);

gboolean        wb_ftp_name_is_usable         (const char             *name);
char           *wb_ftp_name_dup_shown         (const char             *name);

G_END_DECLS
